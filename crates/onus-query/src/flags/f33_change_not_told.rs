//! F33: somebody was told that help would come; then it was put off, and they were not told.

use super::f08_caller_not_told::is_deferral;
use super::facts::{Facts, after_us, in_words, lowers, place};
use super::finding::is_too_long;
use super::graded::Graded;
use super::tellings::{Party, Telling, Word, tellings};
use super::{Absence, Code, Finding, Rule, Severity, f27_response_overdue};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::State;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Facet};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(33),
    name: "CHANGE_NOT_TOLD",
    title: "Change: no telling recorded",
    severities: &[Severity::High],
    version: 1,
    says: "An agency told a caller or an agency that help would come; then (1) it lowered the grade; (2) it deferred the response; (3) the target of the grade passed without an arrival; or (4) the time that it had given passed without one; and no record shows that it told them within the limit (10 minutes unless a policy says otherwise). One flag for each telling, on the first such change after it.",
    entry: "what told of the help: CallerInformed, AgencyNotified or AssistanceAnswered",
    silent: "Once the agency has reversed its decision: F07 says that. Where a unit of it arrived, or the need had ended, before the limit ran out. A telling that somebody else comes is not judged by what its teller changes. Being told of a delay, of a change or that nobody comes is being told; hearing again that help comes is not, unless with a time. Whoever was told of a delay has no target left to be told of.",
    basis: &[
        "IOPC, learning recommendations to West Yorkshire Police, December 2022: tell the caller when a grade is lowered (policeconduct.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: true,
    needs: &[Absence::whole(Kind::CallerInformed), Absence::whole(Kind::ResourceArrived)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    const TELL: [Kind; 3] = [Kind::CallerInformed, Kind::AgencyNotified, Kind::AssistanceAnswered];
    if TELL.iter().all(|kind| facts.of(*kind).next().is_none()) {
        return;
    }
    let mut changes: Option<Changes<'_>> = None;
    for (teller, told) in tellings(facts) {
        if !told.iter().any(promises_help) {
            continue;
        }
        let changes = changes.get_or_insert_with(|| Changes::of(facts));
        let mut by_party: BTreeMap<Party<'_>, Vec<Telling<'_>>> = BTreeMap::new();
        for telling in told.into_iter().filter(|telling| telling.word != Word::Other) {
            by_party.entry(telling.party).or_default().push(telling);
        }
        for told in by_party.values() {
            each_of_party(facts, changes, teller, told, found);
        }
    }
    found.sort_by_key(|finding| (finding.code, finding.entry));
}

fn promises_help(telling: &Telling<'_>) -> bool {
    matches!(telling.word, Word::Attending | Word::Later)
}

/// Whether it says that something is not as it was said before.
fn informs(telling: &Telling<'_>) -> bool {
    telling.word != Word::Attending || telling.within_minutes.is_some()
}

fn each_of_party<'a>(
    facts: &Facts<'a>,
    changes: &Changes<'a>,
    teller: &'a AgencyId,
    told: &[Telling<'a>],
    found: &mut Vec<Finding>,
) {
    let informing: Vec<&Telling<'a>> = told.iter().filter(|telling| informs(telling)).collect();
    for (which, telling) in told.iter().enumerate() {
        let is_anothers = telling.names.is_some_and(|named| named != teller);
        if !promises_help(telling) || is_anothers {
            continue;
        }
        let Some(change) = changes.first_after(facts, teller, telling) else { continue };
        let next = told.get(which + 1);
        if change.at > facts.now || next.is_some_and(|next| place(next.entry) <= (change.at, change.seq())) {
            continue;
        }
        let limits = facts.limits_of_actor(change.entry);
        let (limit_us, due) = (limits.tell_us(), change.at.plus_us(limits.tell_us()));
        let after = informing.partition_point(|told| place(told.entry) < (change.at, change.seq()));
        let told_again = informing.get(after).filter(|told| told.entry.common.occurred_at <= facts.now);
        let excess_us = |at: Timestamp| after_us(at, due);
        let is_in_time = told_again.is_some_and(|told| {
            !is_too_long(excess_us(told.entry.common.occurred_at), &[change.entry, told.entry])
        });
        if is_in_time
            || !is_too_long(excess_us(facts.now), &[change.entry])
            || changes.is_reversed(facts, teller, telling)
            || has_help_come(facts, teller, telling.entry.common.occurred_at, due)
            || has_need_ended(facts, due)
        {
            continue;
        }
        let party = telling.party;
        let later = in_words(after_us(change.at, telling.entry.common.occurred_at));
        let what = change.what;
        let title = match told_again {
            None => format!(
                "{party} was told here that help would come; {what} {later} later; no record within {} that {party} was told",
                in_words(limit_us)
            ),
            Some(told) => {
                let after = in_words(after_us(told.entry.common.occurred_at, change.at));
                let limit = in_words(limit_us);
                format!(
                    "{party} was told here that help would come; {what} {later} later; {party} was told {after} after that; the limit is {limit}"
                )
            }
        };
        let others = [change.entry.seq()].into_iter().chain(told_again.map(|told| told.entry.seq()));
        let finding = Finding::new(&RULE, Severity::High, telling.entry, title);
        let teller = &telling.entry.common.asserted_by;
        let finding =
            finding.waiting(told_again.is_none(), (due, teller), || format!("tell {party} that {what}"));
        found.push(finding.resting_on(others).under(limits.policy()));
    }
}

/// What put help off.
#[derive(Clone, Copy, Debug)]
struct Change<'a> {
    at: Timestamp,
    /// The lowered grade, the deferral; the grade whose target passed, or the promise.
    entry: &'a Entry,
    what: &'static str,
    is_decided: bool,
}

impl Change<'_> {
    /// Its place among what happened at one instant: a target passes after everything else.
    fn seq(&self) -> Seq {
        if self.is_decided { self.entry.seq() } else { Seq::new(u64::MAX) }
    }
}

/// What each agency changed, in world order.
#[derive(Default)]
struct Changes<'a> {
    decided: BTreeMap<&'a AgencyId, Vec<Change<'a>>>,
    targets_passed: BTreeMap<&'a AgencyId, Vec<Change<'a>>>,
    reversed: BTreeMap<&'a AgencyId, Vec<Timestamp>>,
}

impl<'a> Changes<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut changes = Self::default();
        let mut last: BTreeMap<&AgencyId, Graded<'a>> = BTreeMap::new();
        for entry in facts.speaking().iter().copied() {
            let (by, at) = (&entry.common.asserted_by, entry.common.occurred_at);
            let graded = Graded::of(entry);
            let before = graded.and_then(|graded| last.insert(by, graded));
            let what = match &entry.body {
                Some(Body::GradeChanged(change)) if lowers(&change.from, &change.to) => {
                    "the grade was lowered"
                }
                Some(Body::AttendanceDecided(decision)) if is_deferral(decision.outcome) => {
                    "the response was deferred"
                }
                Some(Body::AttendanceDecided(decision)) if !decision.outcome.is_no_deployment() => {
                    match (before, graded) {
                        (Some(before), Some(graded)) if lowers(before.grade, graded.grade) => {
                            "the grade was lowered"
                        }
                        _ => continue,
                    }
                }
                _ => continue,
            };
            changes.decided.entry(by).or_default().push(Change { at, entry, what, is_decided: true });
        }
        for running in f27_response_overdue::running(facts, facts.responsibility().established()) {
            let (at, entry) = (running.due, running.began);
            let what = "the target of the grade passed";
            let passed = changes.targets_passed.entry(&entry.common.asserted_by).or_default();
            passed.push(Change { at, entry, what, is_decided: false });
        }
        for passed in changes.targets_passed.values_mut() {
            passed.sort_by_key(|change| change.at);
        }
        for (entry, decision) in facts.decisions() {
            if decision.outcome == Attendance::ReversedToNoDeploy {
                let reversed = changes.reversed.entry(&entry.common.asserted_by).or_default();
                reversed.push(entry.common.occurred_at);
            }
        }
        changes
    }

    /// The first change after a telling of which it has not told already.
    fn first_after(&self, facts: &Facts<'a>, teller: &AgencyId, telling: &Telling<'a>) -> Option<Change<'a>> {
        let told = telling.entry.common.occurred_at;
        let decided = self.decided.get(teller).and_then(|changes| {
            let after = if telling.word == Word::Later {
                // Who was told of a delay was told of what was being decided.
                let known = told.plus_us(facts.limits_of_actor(telling.entry).tell_us());
                changes.partition_point(|change| change.at <= known)
            } else {
                changes.partition_point(|change| (change.at, change.seq()) <= place(telling.entry))
            };
            changes.get(after)
        });
        let passed = if telling.word == Word::Later {
            None
        } else if let Some(minutes) = telling.within_minutes {
            Some(Change {
                at: told.plus_us(i64::from(minutes) * 60_000_000),
                entry: telling.entry,
                what: "the time that was given passed",
                is_decided: false,
            })
        } else {
            let passed = self.targets_passed.get(teller).map_or(&[][..], Vec::as_slice);
            passed.get(passed.partition_point(|change| change.at <= told)).copied()
        };
        decided.copied().into_iter().chain(passed).min_by_key(|change| (change.at, change.seq()))
    }

    fn is_reversed(&self, facts: &Facts<'a>, teller: &AgencyId, telling: &Telling<'a>) -> bool {
        let told = telling.entry.common.occurred_at;
        self.reversed.get(teller).is_some_and(|times| {
            let next = times.get(times.partition_point(|at| *at < told));
            next.is_some_and(|at| *at <= facts.now)
        })
    }
}

/// Whether a unit of an agency was there, at some instant of a time.
fn has_help_come(facts: &Facts<'_>, agency: &AgencyId, from: Timestamp, by: Timestamp) -> bool {
    let stays = facts.arrivals().stays_of(agency);
    let last = stays.partition_point(|(arrived, _)| *arrived <= by).checked_sub(1);
    last.and_then(|last| stays.get(last)).is_some_and(|(_, left)| left.is_none_or(|left| left > from))
}

/// Whether the response had ended by an instant otherwise than by closing the log.
fn has_need_ended(facts: &Facts<'_>, by: Timestamp) -> bool {
    let Some(span) = facts.responsibility().established().span_at(Facet::Response, by) else { return false };
    let is_closing = || {
        let ended = facts.history.entry_at(span.by);
        ended.is_some_and(|entry| entry.head.kind == Kind::IncidentClosed.number())
    };
    span.state == State::Discharged && !is_closing()
}
