//! Grades, and for whose arrival one waits meanwhile.

use super::facts::Facts;
use super::refusals::Manner;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Grade;
use onus_core::responsibility::{Account, Span, State};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;

/// A grade, and the entry that states it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Graded<'a> {
    pub(super) entry: &'a Entry,
    pub(crate) grade: &'a Grade,
}

impl<'a> Graded<'a> {
    /// What an entry states.
    pub(crate) fn of(entry: &'a Entry) -> Option<Self> {
        let grade = match &entry.body {
            Some(Body::IncidentOpened(opened)) => opened.grade.as_ref(),
            Some(Body::AttendanceDecided(decision)) => decision.grade.as_ref(),
            Some(Body::GradeChanged(changed)) => Some(&changed.to),
            _ => None,
        }?;
        Some(Self { entry, grade })
    }

    /// When it was stated.
    pub(super) fn at(&self) -> Timestamp {
        self.entry.common.occurred_at
    }
}

/// An unbroken time in which one waits for an agency's arrival.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait<'w> {
    /// The holder of the response, or the incident's owner where nobody holds it.
    pub(super) agency: &'w AgencyId,
    pub(super) from: Timestamp,
    pub(super) to: Option<Timestamp>,
    /// The entry that began it, by its place in the ledger.
    pub(super) by: Seq,
    /// Whether that is a reopening.
    pub(super) is_reopened: bool,
}

/// For whose arrival one waits in an account, and when, in order. Nobody is waited for while the response is discharged or
/// the incident closed, nor the owner from its refusal on until it decides otherwise.
pub(super) fn waits<'w>(facts: &'w Facts<'_>, account: &'w Account) -> Vec<Wait<'w>> {
    let owner = &facts.history.incident().owner;
    let refused = refused(facts, owner);
    let mut found: Vec<Wait<'w>> = Vec::new();
    for span in account.spans(Facet::Response) {
        match &span.state {
            State::Unclaimed { .. } => {
                for (from, to) in apart_from(&refused, span) {
                    add(facts, &mut found, Wait { from, to, ..wait(owner, span) });
                }
            }
            state => {
                let holders = state.holders();
                let agency = holders.iter().find(|holder| *holder == owner).or(holders.first());
                if let Some(agency) = agency {
                    add(facts, &mut found, wait(agency, span));
                }
            }
        }
    }
    found
}

fn wait<'w>(agency: &'w AgencyId, span: &Span) -> Wait<'w> {
    Wait { agency, from: span.from, to: span.to, by: span.by, is_reopened: false }
}

fn add<'w>(facts: &Facts<'_>, found: &mut Vec<Wait<'w>>, mut wait: Wait<'w>) {
    match found.last_mut() {
        Some(last) if last.to == Some(wait.from) && last.agency == wait.agency => last.to = wait.to,
        _ => {
            let began = facts.history.entry_at(wait.by);
            wait.is_reopened = began.is_some_and(|entry| entry.head.kind == Kind::IncidentReopened.number());
            found.push(wait);
        }
    }
}

/// From when to when an agency had refused to attend, in order.
fn refused(facts: &Facts<'_>, agency: &AgencyId) -> Vec<(Timestamp, Timestamp)> {
    let mut turns: Vec<(Timestamp, Seq, bool)> = facts
        .refusals()
        .iter()
        .filter(|refusal| refusal.agency == agency && refusal.manner != Manner::Closed)
        .map(|refusal| (refusal.entry.common.occurred_at, refusal.entry.seq(), true))
        .collect();
    if turns.is_empty() {
        return Vec::new();
    }
    let decides = |entry: &Entry| entry.common.actor.agency == *agency || entry.common.asserted_by == *agency;
    let taken_up = facts
        .decisions()
        .filter(|(entry, decision)| decides(entry) && !decision.outcome.is_no_deployment())
        .map(|(entry, _)| entry)
        .chain(facts.of(Kind::IncidentReopened));
    turns.extend(taken_up.map(|entry| (entry.common.occurred_at, entry.seq(), false)));
    turns.sort_unstable();
    let mut found: Vec<(Timestamp, Timestamp)> = Vec::new();
    let mut since = None;
    for (at, _, refuses) in turns {
        if refuses {
            since.get_or_insert(at);
        } else if let Some(from) = since.take() {
            found.push((from, at));
        }
    }
    found.extend(since.map(|from| (from, Timestamp::MAX)));
    found
}

/// The parts of a span that lie in none of some times, which are in order.
fn apart_from(times: &[(Timestamp, Timestamp)], span: &Span) -> Vec<(Timestamp, Option<Timestamp>)> {
    let end = span.to.unwrap_or(Timestamp::MAX);
    let mut parts = Vec::new();
    let mut from = span.from;
    for (left, taken_up) in times.iter().skip(times.partition_point(|(_, to)| *to <= span.from)) {
        if *left >= end {
            break;
        }
        if *left > from {
            parts.push((from, Some(*left)));
        }
        from = from.max(*taken_up);
    }
    if from < end {
        parts.push((from, span.to));
    }
    parts
}
