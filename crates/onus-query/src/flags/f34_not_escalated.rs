//! F34: nobody was sent, or two agencies had refused, and nobody took it up the ladder.

use super::accounts::on_each;
use super::around::uncertain_us;
use super::facts::{Facts, after_us, each, in_words};
use super::finding::is_too_long;
use super::need::is_found_absent;
use super::{Absence, Code, Finding, Rule, Severity};
use crate::policy::RuleLimit;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, Token};
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::{Account, State};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, EscalationLevel, Facet, GradeLevel, Outcome};
use std::collections::{BTreeMap, BTreeSet};

const ESCALATE: RuleLimit = RuleLimit::named("escalate_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(34),
    name: "NOT_ESCALATED",
    title: "No escalation recorded",
    severities: &[Severity::Medium],
    version: 1,
    says: "No unit is recorded as sent to an open incident within the time after which the policy of its owner requires escalation, or a second agency refused the same need while nobody held the response; and no escalation is recorded within the limit after that.",
    entry: "what the minutes are counted from (the opening, a reopening, the standing down of the last unit on its way, or the decision to attend or to wait that ended a refusal), or the second refusal",
    silent: "Without a published ladder that says after how many minutes. Where within the limit a unit was sent or arrived, the owner decided not to attend or closed the incident, another agency came to hold the response, or the person died or was found safe; of two refusals, where somebody came to hold the response or arrived, is awaited, or a need was found absent. An escalation to a higher rung is one to the lower; after two refusals any agency's counts. What lies within the stated uncertainty of the times is not late.",
    basis: &[
        "IOPC, Greater Manchester Police, recommendation (policeconduct.gov.uk, node 6664): not escalated after 20 minutes without a unit",
        "IOPC, recommendation to the College of Policing, February 2023: an escalation process if there is a dispute about which is the most appropriate agency (policeconduct.gov.uk, node 4199)",
        "the number of minutes is this project's own choice",
    ],
    limits: &[ESCALATE],
    by_account: true,
    awaits: false,
    needs: &[Absence::whole(Kind::EscalationRaised), Absence::whole(Kind::ResourceDispatched)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let raised = Raised::of(facts);
    unallocated(facts, &raised, found);
    refused_twice(facts, &raised, found);
}

/// Escalations.
struct Raised<'a> {
    /// In world order: the entry, by which agency, and to which rung.
    each: Vec<(&'a Entry, &'a AgencyId, EscalationLevel)>,
    /// The most by which one of their times is stated to be uncertain, in microseconds.
    uncertain_us: i64,
}

impl<'a> Raised<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let each: Vec<_> = each!(facts, EscalationRaised)
            .map(|(entry, body)| (entry, &body.raised_by_agency, body.level))
            .collect();
        let uncertain_us = each.iter().map(|(entry, ..)| uncertain_us(entry)).max().unwrap_or(0);
        Self { each, uncertain_us }
    }

    /// Whether one that fits was raised from one instant to another, or later by no more than its time is uncertain.
    fn any(
        &self,
        (from, to): (Timestamp, Timestamp),
        fits: impl Fn(&AgencyId, EscalationLevel) -> bool,
    ) -> bool {
        let first = self.each.partition_point(|(entry, ..)| entry.common.occurred_at < from);
        let latest = to.plus_us(self.uncertain_us);
        let mut within =
            self.each.iter().skip(first).take_while(|(entry, ..)| entry.common.occurred_at <= latest);
        within.any(|(entry, by, level)| {
            !is_too_long(after_us(entry.common.occurred_at, to), &[entry]) && fits(by, *level)
        })
    }
}

fn unallocated(facts: &Facts<'_>, raised: &Raised<'_>, found: &mut Vec<Finding>) {
    let owner = &facts.history.incident().owner;
    if facts.context.policies.of(owner).is_empty() {
        return;
    }
    let without_unit = without_unit(facts, owner);
    on_each(facts, Facet::Response, |account, on| {
        for (since, until) in &without_unit {
            let limits = facts.limits(since, owner);
            let from = since.common.occurred_at;
            let limit_us = limits.rule_us(ESCALATE);
            let until = until.filter(|until| until.common.occurred_at <= facts.now);
            let ended = until.map_or(facts.now, |until| until.common.occurred_at);
            let between: Vec<&Entry> = until.into_iter().chain([*since]).collect();
            let missed = limits.rungs_us().filter(|(level, rung_us)| {
                let by = from.plus_us(*rung_us).plus_us(limit_us);
                let late = by.plus_us(uncertain_us(since));
                is_too_long(after_us(ended, by), &between)
                    && [by, late].iter().all(|at| is_to_be_sent(facts, account, owner, *at))
                    && !raised.any((from, late), |agency, to| agency == owner && to >= *level)
            });
            let Some((level, after_us)) = missed.min_by_key(|(_, after_us)| *after_us) else { continue };
            let title = format!(
                "no unit recorded as sent within {}; no escalation to level {} recorded within {} after that",
                in_words(after_us),
                level.as_str().trim_start_matches('l'),
                in_words(limit_us)
            );
            let finding = Finding::new(&RULE, Severity::Medium, since, title);
            found.push(finding.on(on.clone()).under(limits.policy()));
        }
    });
}

/// Whether the owner still has to send somebody: no other agency holds the response, and the grade asks for a unit soon.
fn is_to_be_sent(facts: &Facts<'_>, account: &Account, owner: &AgencyId, at: Timestamp) -> bool {
    let state = account.at(Facet::Response, at);
    let grade = facts.grade_at(at).map(|grade| grade.level);
    (state.holders().is_empty() || state.is_held_by(owner))
        && !matches!(grade, Some(GradeLevel::Scheduled | GradeLevel::ResolvedWithoutDeployment))
}

/// Times in which a unit was still to be sent: what began each, and what ended it.
fn without_unit<'a>(facts: &Facts<'a>, owner: &AgencyId) -> Vec<(&'a Entry, Option<&'a Entry>)> {
    let mut times = Vec::new();
    let mut since: Option<&'a Entry> = None;
    let mut is_refused = false;
    // Units on their way, while none has come and nothing else has ended the wait.
    let mut sent: BTreeMap<&AgencyId, Vec<Option<Token>>> = BTreeMap::new();
    for entry in facts.speaking().iter().copied() {
        let is_owners = entry.common.asserted_by == *owner;
        let ends = match &entry.body {
            Some(Body::IncidentOpened(_)) if is_owners => {
                since = since.or(Some(entry));
                false
            }
            Some(Body::IncidentReopened(_)) => {
                since = Some(entry);
                false
            }
            Some(Body::AttendanceDecided(decision)) if is_owners => {
                if decision.outcome.is_no_deployment() {
                    is_refused = true;
                } else if std::mem::take(&mut is_refused) {
                    since = Some(entry);
                }
                is_refused
            }
            Some(Body::OutcomeRecorded(body)) => {
                matches!(body.outcome, Outcome::Death | Outcome::LocatedSafe | Outcome::NoHarmKnown)
            }
            Some(Body::ResourceDispatched(unit)) => {
                if since.is_some() || !sent.is_empty() {
                    sent.entry(&unit.agency).or_default().push(unit.callsign_token);
                }
                times.extend(since.take().map(|since| (since, Some(entry))));
                false
            }
            Some(Body::ResourceStoodDown(unit)) => {
                if stand_down(&mut sent, &unit.agency, unit.callsign_token) && sent.is_empty() {
                    since = Some(entry);
                }
                false
            }
            Some(Body::ResourceArrived(_) | Body::IncidentClosed(_)) => true,
            _ => false,
        };
        if ends {
            sent.clear();
            times.extend(since.take().map(|since| (since, Some(entry))));
        }
    }
    times.extend(since.map(|since| (since, None)));
    times
}

/// Takes a unit from those on their way: the one named, else the last of its agency. Whether there was one.
fn stand_down<'a>(
    sent: &mut BTreeMap<&'a AgencyId, Vec<Option<Token>>>,
    agency: &'a AgencyId,
    unit: Option<Token>,
) -> bool {
    let Some(units) = sent.get_mut(agency) else { return false };
    let named = units.iter().position(|sent| *sent == unit);
    let Some(place) = named.or_else(|| units.len().checked_sub(1).filter(|_| unit.is_none())) else {
        return false;
    };
    units.swap_remove(place);
    if units.is_empty() {
        sent.remove(agency);
    }
    true
}

fn refused_twice(facts: &Facts<'_>, raised: &Raised<'_>, found: &mut Vec<Finding>) {
    let seconds = second_refusals(facts);
    if seconds.is_empty() {
        return;
    }
    on_each(facts, Facet::Response, |account, on| {
        for second in &seconds {
            found
                .extend(look_at_second(facts, raised, second, account).map(|finding| finding.on(on.clone())));
        }
    });
}

fn look_at_second(
    facts: &Facts<'_>,
    raised: &Raised<'_>,
    second: &Second<'_>,
    account: &Account,
) -> Option<Finding> {
    let (first, entry) = (second.first, second.entry);
    let at = entry.common.occurred_at;
    let limits = facts.limits_of_actor(entry);
    let limit_us = limits.rule_us(ESCALATE);
    let by = at.plus_us(limit_us);
    let is_nobodys = |at| {
        let state = account.at(Facet::Response, at);
        state.holders().is_empty() && state != State::Discharged
    };
    let late = by.plus_us(uncertain_us(entry));
    let arrival = facts.arrivals().first_from(at);
    let came =
        arrival.is_some_and(|arrival| !is_too_long(after_us(arrival.common.occurred_at, late), &[arrival]));
    if facts.now <= late
        || ![at, by, late].into_iter().all(is_nobodys)
        || came
        || facts.awaited().until(by).is_some()
        || is_found_absent(facts, entry)
        || raised.any((first.common.occurred_at, late), |_, _| true)
    {
        return None;
    }
    let title = format!(
        "{} refused what {} had refused; no escalation recorded within {}",
        second.agency,
        second.first_agency,
        in_words(limit_us)
    );
    let finding = Finding::new(&RULE, Severity::Medium, entry, title);
    Some(finding.resting_on([first.seq()]).under(limits.policy()))
}

/// A refusal by an agency while another's was its last word.
struct Second<'a> {
    entry: &'a Entry,
    agency: &'a AgencyId,
    first: &'a Entry,
    first_agency: &'a AgencyId,
}

/// The first of each stretch in which nobody came and none of the two took it on.
fn second_refusals<'a>(facts: &Facts<'a>) -> Vec<Second<'a>> {
    let refusals: BTreeMap<Seq, &'a AgencyId> =
        facts.refusals().iter().map(|refusal| (refusal.entry.seq(), refusal.agency)).collect();
    let mut seconds = Vec::new();
    if refusals.values().collect::<BTreeSet<_>>().len() < 2 {
        return seconds;
    }
    // The last words of agencies that refused, and whether a second one was found since.
    let mut refusing: BTreeMap<&AgencyId, &Entry> = BTreeMap::new();
    let mut is_found = false;
    for entry in facts.speaking().iter().copied() {
        if let Some(agency) = refusals.get(&entry.seq()).copied() {
            refusing.entry(agency).or_insert(entry);
            let other = refusing.iter().find(|(other, _)| **other != agency);
            if let Some((first_agency, first)) = other.filter(|_| !is_found) {
                seconds.push(Second { entry, agency, first, first_agency });
                is_found = true;
            }
        } else if let Some(takes_on) = takes_on(entry) {
            let before = refusing.len();
            match takes_on {
                TakesOn::Agency(agency) => {
                    refusing.remove(agency);
                }
                TakesOn::Everybody => refusing.clear(),
            }
            is_found &= refusing.len() == before;
        }
    }
    seconds
}

/// Whose refusals an entry ends.
enum TakesOn<'a> {
    Agency(&'a AgencyId),
    Everybody,
}

fn takes_on(entry: &Entry) -> Option<TakesOn<'_>> {
    Some(match entry.body.as_ref()? {
        Body::ResourceArrived(unit) if unit.counts() => TakesOn::Everybody,
        Body::ResourceDispatched(unit) => TakesOn::Agency(&unit.agency),
        Body::HandoverAccepted(_) | Body::ResponsibilityAssumed(_) => {
            TakesOn::Agency(&entry.common.actor.agency)
        }
        Body::AttendanceDecided(decision) => match decision.outcome {
            Attendance::Deploy | Attendance::DeployJoint | Attendance::ReversedToDeploy => {
                TakesOn::Agency(&entry.common.actor.agency)
            }
            _ => return None,
        },
        _ => return None,
    })
}
