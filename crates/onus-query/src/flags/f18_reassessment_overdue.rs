//! F18: an open incident that nobody assessed again.

use super::accounts::on_each;
use super::facts::{Facts, each, in_words, place};
use super::running::Running;
use super::{Code, Finding, Need, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::responsibility::{Account, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Outcome};

pub(super) static RULE: Rule = Rule {
    code: Code(18),
    name: "REASSESSMENT_OVERDUE",
    severities: &[Severity::Medium],
    version: 2,
    says: "An open incident was not assessed again within the limit (3.5 hours unless a policy says otherwise) of its opening, of its reopening or of the assessment before, while its response was neither ended nor held by an agency other than the incident's owner. One flag for each of these.",
    entry: "the last assessment, or IncidentOpened or IncidentReopened where none came after it",
    silent: "A closed incident, and what follows a death. Not while anybody is with the person: from an arrival that counts, one with contact, until the last agency there has left; the time is then counted again from that leaving. What lies within the stated uncertainty of the assessment's time is not overdue.",
    basis: &[
        "Kent Police, victim standards, contact: open incidents are assessed again at 3.5 hours (kent.police.uk)",
    ],
    limits: &[],
    by_account: true,
    needs: &[
        Need::whole(Kind::TriageAssessed),
        Need::whole(Kind::TriageReassessed),
        Need::whole(Kind::ResourceArrived),
    ],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if overdue(facts).is_empty() {
        return;
    }
    on_each(facts, Facet::Response, |account, on| {
        for of_mark in running(facts, account).chunk_by(|one, next| one.began.seq() == next.began.seq()) {
            let Some(first) = of_mark.first().map(|running| running.began) else { continue };
            let limits = facts.limits_of_actor(first);
            let what = match first.head.kind {
                kind if kind == Kind::IncidentOpened.number() => "opening",
                kind if kind == Kind::IncidentReopened.number() => "reopening",
                _ => "assessment",
            };
            let title =
                format!("not assessed again within {} of this {what}", in_words(limits.retriage_us()));
            let finding = Finding::new(&RULE, Severity::Medium, first, title);
            let owner = &facts.history.incident().owner;
            let last = of_mark.last().filter(|running| running.until == facts.now);
            let finding = finding.on(on.clone()).under(limits.policy());
            found.push(finding.waiting(last.is_some(), last.map_or(facts.now, |running| running.due), owner));
        }
    });
}

/// When, in an account, an open incident was overdue for assessing again.
pub(super) fn running<'a>(facts: &Facts<'a>, account: &Account) -> Vec<Running<'a>> {
    overdue(facts).iter().flat_map(|running| waiting(facts, account, running)).collect()
}

/// When the incident was open, nobody was with the person and no assessment had come in time; in the order of time.
fn overdue<'a>(facts: &Facts<'a>) -> Vec<Running<'a>> {
    let opened = facts.of(Kind::IncidentOpened).next();
    let assessed = facts.triages().map(|triage| triage.entry);
    let mut marks: Vec<&Entry> =
        opened.into_iter().chain(assessed).chain(facts.of(Kind::IncidentReopened)).collect();
    marks.sort_by_key(|entry| place(entry));
    let next = marks.iter().skip(1).map(|entry| Some(entry.common.occurred_at)).chain([None]);
    let mut unseen = Vec::new();
    for (mark, next) in marks.iter().zip(next) {
        let until = next.unwrap_or(Timestamp::MAX).min(facts.now);
        add_unseen(facts, mark, until, &mut unseen);
    }
    if unseen.is_empty() {
        return unseen;
    }
    let open = open_times(facts);
    let mut found = Vec::new();
    for running in unseen {
        let first = open.partition_point(|(_, to)| *to <= running.due);
        for (from, to) in open.iter().skip(first).take_while(|(from, _)| *from < running.until) {
            let (due, until) = (running.due.max(*from), running.until.min(*to));
            if due < until {
                found.push(Running { due, until, ..running });
            }
        }
    }
    found
}

/// From the limit after a mark on, and after each leaving, while nobody was with the person.
fn add_unseen<'a>(facts: &Facts<'a>, mark: &'a Entry, until: Timestamp, unseen: &mut Vec<Running<'a>>) {
    let limit_us = facts.limits_of_actor(mark).retriage_us();
    let mut counted_from = mark.common.occurred_at;
    let mut uncertain_us = i64::from(mark.common.uncertainty_s) * 1_000_000;
    while counted_from.plus_us(limit_us).plus_us(uncertain_us) < until {
        // Somebody is there: until when?
        match facts.arrivals().stay_at(counted_from) {
            Some((_, None)) => return,
            Some((_, Some(left))) => {
                (counted_from, uncertain_us) = (left, 0);
                continue;
            }
            None => {}
        }
        let due = counted_from.plus_us(limit_us);
        let next = facts.arrivals().first_from(counted_from.plus_us(1)).map(|entry| entry.common.occurred_at);
        let end = next.map_or(until, |next| next.min(until));
        if due.plus_us(uncertain_us) < end {
            unseen.push(Running { began: mark, from: counted_from, due, until: end });
        }
        let Some(next) = next else { return };
        (counted_from, uncertain_us) = (next, 0);
    }
}

/// The parts of a time in which, in an account, the response was neither ended nor another agency's.
fn waiting<'a>(facts: &Facts<'a>, account: &Account, running: &Running<'a>) -> Vec<Running<'a>> {
    let owner = &facts.history.incident().owner;
    let waits = |state: &State| match state {
        State::Discharged | State::ClosedUnclaimed { .. } => false,
        state => state.holders().is_empty() || state.is_held_by(owner),
    };
    let (from, to) = (running.due, running.until);
    let spans = account.spans(Facet::Response);
    let opened = spans.first().map_or(Timestamp::MAX, |first| first.from);
    let mut parts: Vec<(Timestamp, Timestamp)> = Vec::new();
    if from < opened {
        parts.push((from, to.min(opened)));
    }
    let first = spans.partition_point(|span| span.to.is_some_and(|end| end <= from));
    for span in spans.iter().skip(first).take_while(|span| span.from < to).filter(|span| waits(&span.state)) {
        let part = (span.from.max(from), span.to.map_or(to, |end| end.min(to)));
        match parts.last_mut() {
            Some(last) if last.1 == part.0 => last.1 = part.1,
            _ => parts.push(part),
        }
    }
    parts.into_iter().map(|(due, until)| Running { due, until, ..*running }).collect()
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
