//! F18: an open incident that nobody assessed again.

use super::accounts::on_each;
use super::around::uncertain_us;
use super::facts::{Facts, after_us, each, in_words, place};
use super::running::Running;
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::responsibility::{Account, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Outcome};

pub(super) static RULE: Rule = Rule {
    code: Code(18),
    name: "REASSESSMENT_OVERDUE",
    title: "No reassessment recorded in time",
    severities: &[Severity::Medium],
    version: 2,
    says: "An open incident was not assessed again within the limit (3.5 hours unless a policy says otherwise) of its opening, of its reopening or of the assessment before, while its response was neither ended nor held by an agency other than the incident's owner. One flag for each of these.",
    entry: "the last assessment, or IncidentOpened or IncidentReopened where none came after it",
    silent: "A closed incident, and what follows a death. Not while anybody is with the person: from an arrival that counts, one with contact, until the last agency there has left; the time is then counted again from that leaving. What lies within the stated uncertainty of the times is not overdue: of the assessment's, and of what ended the wait, the closing too.",
    basis: &[
        "Kent Police, victim standards, contact: open incidents are assessed again at 3.5 hours (kent.police.uk)",
    ],
    limits: &[],
    by_account: true,
    awaits: true,
    needs: &[
        Absence::whole(Kind::TriageAssessed),
        Absence::whole(Kind::TriageReassessed),
        Absence::whole(Kind::ResourceArrived),
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
            let (again, what) = match first.head.kind {
                kind if kind == Kind::IncidentOpened.number() => ("", "the opening"),
                kind if kind == Kind::IncidentReopened.number() && !is_assessed_by(facts, first) => {
                    ("", "the reopening")
                }
                kind if kind == Kind::IncidentReopened.number() => ("re", "the reopening"),
                _ => ("re", "this assessment"),
            };
            let until = of_mark.last().map_or(facts.now, |running| running.until);
            let died = facts.death_within(first.common.occurred_at, until);
            let limit = in_words(limits.retriage_us());
            let title = format!("no {again}assessment recorded within {limit} of {what}{died}");
            let finding = Finding::new(&RULE, Severity::Medium, first, title);
            let owner = &facts.history.incident().owner;
            let last = of_mark.last().filter(|running| running.until == facts.now);
            let finding = finding.on(on.clone()).under(limits.policy());
            let due = last.map_or(facts.now, |running| running.due);
            found.push(finding.waiting(last.is_some(), (due, owner), || {
                let since = first.common.occurred_at.london_beside(due);
                format!("{again}assess: none recorded since {} at {since}", what.replace("this", "the"))
            }));
        }
    });
}

/// Whether anybody had assessed by an entry.
fn is_assessed_by(facts: &Facts<'_>, entry: &Entry) -> bool {
    facts.triages().next().is_some_and(|first| place(first.entry) <= place(entry))
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
    let next = marks.iter().skip(1).map(|entry| Some(*entry)).chain([None]);
    let mut unseen = Vec::new();
    for (mark, next) in marks.iter().zip(next) {
        let next = next.map(end_of).filter(|(at, _)| *at <= facts.now);
        add_unseen(facts, mark, next.unwrap_or((facts.now, 0)), &mut unseen);
    }
    if unseen.is_empty() {
        return Vec::new();
    }
    let open = open_times(facts);
    let mut found = Vec::new();
    for Unseen { running, began_uncertain_us, end_uncertain_us } in unseen {
        let first = open.partition_point(|(_, (to, _))| *to <= running.due);
        for (from, closed) in open.iter().skip(first).take_while(|(from, _)| *from < running.until) {
            let due = running.due.max(*from);
            let (until, end_uncertain_us) =
                if closed.0 < running.until { *closed } else { (running.until, end_uncertain_us) };
            if after_us(until, due) > began_uncertain_us + end_uncertain_us {
                found.push(Running { due, until, ..running });
            }
        }
    }
    found
}

/// When something ended a time, and how uncertain that is, in microseconds.
type End = (Timestamp, i64);

fn end_of(entry: &Entry) -> End {
    (entry.common.occurred_at, uncertain_us(entry))
}

/// A time in which nobody was with the person, and how uncertain its two ends are, in microseconds.
struct Unseen<'a> {
    running: Running<'a>,
    began_uncertain_us: i64,
    end_uncertain_us: i64,
}

/// From the limit after a mark on, and after each leaving, while nobody was with the person.
fn add_unseen<'a>(facts: &Facts<'a>, mark: &'a Entry, last: End, unseen: &mut Vec<Unseen<'a>>) {
    let limit_us = facts.limits_of_actor(mark).retriage_us();
    let mut counted_from = mark.common.occurred_at;
    let mut began_uncertain_us = uncertain_us(mark);
    while counted_from.plus_us(limit_us).plus_us(began_uncertain_us) < last.0 {
        // Somebody is there: until when?
        match facts.arrivals().stay_at(counted_from) {
            Some((_, None)) => return,
            Some((_, Some(left))) => {
                (counted_from, began_uncertain_us) = (left, 0);
                continue;
            }
            None => {}
        }
        let due = counted_from.plus_us(limit_us);
        let next = facts.arrivals().first_from(counted_from.plus_us(1)).map(end_of);
        let (until, end_uncertain_us) = next.filter(|(at, _)| *at < last.0).unwrap_or(last);
        if due < until {
            let running = Running { began: mark, from: counted_from, due, until };
            unseen.push(Unseen { running, began_uncertain_us, end_uncertain_us });
        }
        let Some((next, next_uncertain_us)) = next else { return };
        (counted_from, began_uncertain_us) = (next, next_uncertain_us);
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
fn open_times(facts: &Facts<'_>) -> Vec<(Timestamp, End)> {
    let Some(first) = facts.speaking().first() else { return Vec::new() };
    let start = facts.of(Kind::IncidentOpened).next().unwrap_or(first).common.occurred_at;
    let death = each!(facts, OutcomeRecorded)
        .find(|(_, body)| body.outcome == Outcome::Death)
        .map_or((Timestamp::MAX, 0), |(entry, _)| end_of(entry));
    let mut times = Vec::new();
    let mut since = Some(start);
    for entry in facts.speaking() {
        let at = entry.common.occurred_at;
        if entry.head.kind == Kind::IncidentClosed.number() {
            times.extend(since.take().map(|since| (since, end_of(entry).min(death))));
        } else if entry.head.kind == Kind::IncidentReopened.number() && since.is_none() {
            since = Some(at);
        }
    }
    times.extend(since.map(|since| (since, death)));
    times
}
