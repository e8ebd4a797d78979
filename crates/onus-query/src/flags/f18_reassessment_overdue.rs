//! F18: an open incident that nobody assessed again.

use super::accounts::on_each;
use super::facts::{Facts, each, in_words};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::responsibility::{Account, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Outcome};

pub(super) static RULE: Rule = Rule {
    code: Code(18),
    name: "REASSESSMENT_OVERDUE",
    severities: &[Severity::Medium],
    version: 1,
    says: "An open incident was not assessed again within the limit (3.5 hours unless a policy says otherwise) while its response was neither ended nor held by an agency other than the incident's owner. One flag for each assessment.",
    entry: "the last assessment, else IncidentOpened",
    silent: "A closed incident, and what follows a death.",
    basis: &[
        "Kent Police, victim standards, contact: open incidents are assessed again at 3.5 hours (kent.police.uk)",
    ],
    limits: &[],
    by_account: true,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let opened = facts.of(Kind::IncidentOpened).next();
    let mut marks: Vec<&Entry> =
        opened.into_iter().chain(facts.triages().map(|triage| triage.entry)).collect();
    marks.sort_by_key(|entry| (entry.common.occurred_at, entry.seq()));
    let next = marks.iter().skip(1).map(|entry| Some(entry.common.occurred_at)).chain([None]);
    let overdue: Vec<(&Entry, Timestamp, Timestamp)> = marks
        .iter()
        .copied()
        .zip(next)
        .filter_map(|(mark, next)| {
            let limits = facts.limits_of_actor(mark);
            let due = mark.common.occurred_at.plus_us(limits.retriage_us());
            let until = next.unwrap_or(Timestamp::MAX).min(facts.now);
            (until > due).then_some((mark, due, until))
        })
        .collect();
    if overdue.is_empty() {
        return;
    }
    let open = open_times(facts);
    for (mark, due, until) in overdue {
        let first = open.partition_point(|(_, to)| *to <= due);
        let still_open: Vec<(Timestamp, Timestamp)> = open
            .iter()
            .skip(first)
            .take_while(|(from, _)| *from < until)
            .map(|(from, to)| ((*from).max(due), (*to).min(until)))
            .filter(|(from, to)| from < to)
            .collect();
        if still_open.is_empty() {
            continue;
        }
        on_each(facts, Facet::Response, |account, on| {
            if still_open.iter().any(|(from, to)| is_waiting(facts, account, *from, *to)) {
                let limits = facts.limits_of_actor(mark);
                let what =
                    if mark.head.kind == Kind::IncidentOpened.number() { "opening" } else { "assessment" };
                let title =
                    format!("not assessed again within {} of this {what}", in_words(limits.retriage_us()));
                found.push(
                    Finding::new(&RULE, Severity::Medium, mark, title).on(on.clone()).under(limits.policy()),
                );
            }
        });
    }
}

/// Whether after `from` and before `to` the response was ever neither ended nor another agency's.
fn is_waiting(facts: &Facts<'_>, account: &Account, from: Timestamp, to: Timestamp) -> bool {
    let owner = &facts.history.incident().owner;
    let waits = |state: &State| match state {
        State::Discharged | State::ClosedUnclaimed { .. } => false,
        state => state.holders().is_empty() || state.is_held_by(owner),
    };
    let spans = account.spans(Facet::Response);
    let first = spans.partition_point(|span| span.to.is_some_and(|end| end <= from));
    spans.first().is_none_or(|first| first.from > from)
        || spans.iter().skip(first).take_while(|span| span.from < to).any(|span| waits(&span.state))
}

/// From when to when the incident was open: until a closing or a death, and again from a reopening.
fn open_times(facts: &Facts<'_>) -> Vec<(Timestamp, Timestamp)> {
    let Some(first) = facts.speaking().first() else { return Vec::new() };
    let start = facts.of(Kind::IncidentOpened).next().unwrap_or(first).common.occurred_at;
    let death = each!(facts, OutcomeRecorded)
        .find(|(_, body)| body.outcome == Outcome::Death)
        .map_or(Timestamp::MAX, |(entry, _)| entry.common.occurred_at);
    let mut times = Vec::new();
    let mut since = Some(start);
    for entry in facts.speaking() {
        let at = entry.common.occurred_at;
        if entry.head.kind == Kind::IncidentClosed.number() {
            times.extend(since.take().map(|since| (since, at.min(death))));
        } else if entry.head.kind == Kind::IncidentReopened.number() && since.is_none() {
            since = Some(at);
        }
    }
    times.extend(since.map(|since| (since, death)));
    times
}
