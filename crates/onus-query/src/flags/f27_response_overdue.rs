//! F27: whoever held the response did not arrive within the target of the grade.

use super::accounts::{on_each, runs};
use super::facts::{Facts, after_us, in_words};
use super::{Code, Finding, JudgedOn, Rule, Severity};
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::responsibility::{Account, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(27),
    name: "RESPONSE_OVERDUE",
    severities: &[Severity::High],
    version: 1,
    says: "An agency held the response, and no unit of it arrived within the target of the grade stated last, counted from when it came to hold and only while it held, with no reassessment and no change of grade since.",
    entry: "the entry by which the agency came to hold",
    silent: "Without a grade that states a target, or for which the policy in force or this project has one, nothing is overdue. A death ends it.",
    basis: &["IOPC, recommendation, policeconduct.gov.uk, node 3821"],
    limits: &[],
    by_account: true,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if !facts.states_a_grade() {
        return;
    }
    let arrivals = Arrivals::of(facts);
    on_each(facts, Facet::Response, |account, on| look(facts, &arrivals, account, on, found));
}

fn look(
    facts: &Facts<'_>,
    arrivals: &Arrivals<'_>,
    account: &Account,
    on: &JudgedOn,
    found: &mut Vec<Finding>,
) {
    let held = runs(
        account.spans(Facet::Response),
        |span| matches!(span.state, State::Held(_)),
        |first, next| first.state == next.state,
    );
    for run in held {
        let State::Held(agency) = &run.first.state else { continue };
        let Some(entry) = facts.history.entry_at(run.first.by) else { continue };
        let limits = facts.limits(entry, agency);
        let Some(target_us) = facts.grade_at(run.from).and_then(|grade| limits.target_us(grade)) else {
            continue;
        };
        let due = run.from.plus_us(target_us);
        let until = run.to.unwrap_or(Timestamp::MAX).min(facts.now);
        if until <= due || arrivals.has_arrived(agency, due) || arrivals.is_looked_at_again(run.from, due) {
            continue;
        }
        let target = in_words(target_us);
        let arrival = arrivals.first_from(agency, run.from).filter(|arrival| *arrival <= until);
        let title = match arrival {
            Some(arrival) => {
                format!(
                    "{agency} arrived {} after it came to hold the response; the target is {target}",
                    in_words(after_us(arrival, run.from))
                )
            }
            None => format!(
                "{agency} held the response for {} and did not arrive; the target is {target}",
                in_words(after_us(until, run.from))
            ),
        };
        found.push(Finding::new(&RULE, Severity::High, entry, title).on(on.clone()).under(limits.policy()));
    }
}

/// When whose units arrived, and when it was assessed or graded again; in the order of time.
struct Arrivals<'a> {
    by_agency: BTreeMap<&'a AgencyId, Vec<Timestamp>>,
    looked_at_again: Vec<Timestamp>,
}

impl<'a> Arrivals<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut arrivals = Self { by_agency: BTreeMap::new(), looked_at_again: Vec::new() };
        for entry in facts.speaking().iter().copied() {
            let at = entry.common.occurred_at;
            let agency = match &entry.body {
                Some(Body::ResourceArrived(body)) => &body.agency,
                Some(Body::ArrivedAtPlaceOfSafety(_)) => &entry.common.asserted_by,
                Some(Body::TriageReassessed(_) | Body::GradeChanged(_)) => {
                    arrivals.looked_at_again.push(at);
                    continue;
                }
                _ => continue,
            };
            arrivals.by_agency.entry(agency).or_default().push(at);
        }
        arrivals
    }

    fn has_arrived(&self, agency: &AgencyId, by: Timestamp) -> bool {
        self.by_agency.get(agency).and_then(|times| times.first()).is_some_and(|first| *first <= by)
    }

    fn first_from(&self, agency: &AgencyId, from: Timestamp) -> Option<Timestamp> {
        self.by_agency.get(agency).and_then(|times| first_time_from(times, from))
    }

    /// Assessed again, or graded again, after the agency came to hold and before it was due.
    fn is_looked_at_again(&self, from: Timestamp, due: Timestamp) -> bool {
        first_time_from(&self.looked_at_again, from).is_some_and(|at| at <= due)
    }
}

fn first_time_from(times: &[Timestamp], from: Timestamp) -> Option<Timestamp> {
    times.get(times.partition_point(|at| *at < from)).copied()
}
