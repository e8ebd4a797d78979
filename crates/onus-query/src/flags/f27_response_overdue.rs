//! F27: whoever held the response did not arrive within the target of the grade.

use super::accounts::{on_each, runs};
use super::facts::{Facts, after_us, each, in_words};
use super::{Code, Finding, JudgedOn, Rule, Severity};
use onus_core::ids::AgencyId;
use onus_core::kinds::Kind;
use onus_core::responsibility::{Account, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;

pub(super) static RULE: Rule = Rule {
    code: Code(27),
    name: "RESPONSE_OVERDUE",
    severities: &[Severity::High],
    version: 1,
    says: "An agency held the response, and no unit of it arrived within the target of the grade stated last, counted from when it came to hold and only while it held, with no reassessment and no change of grade since.",
    entry: "the entry by which the agency came to hold",
    silent: "Without a grade that states a target, or for which the policy in force or this project has one, nothing is overdue. A death ends it.",
    basis: &["IOPC, recommendation, policeconduct.gov.uk, node 3821"],
    by_account: true,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if !facts.states_a_grade() {
        return;
    }
    on_each(facts, Facet::Response, |account, on| look(facts, account, on, found));
}

fn look(facts: &Facts<'_>, account: &Account, on: &JudgedOn, found: &mut Vec<Finding>) {
    let held = runs(
        account.spans(Facet::Response),
        |span| matches!(span.state, State::Held(_)),
        |first, next| first.state == next.state,
    );
    for run in held {
        let State::Held(agency) = &run.first.state else { continue };
        let Some(entry) = facts.speaking().iter().copied().find(|entry| entry.seq() == run.first.by) else {
            continue;
        };
        let limits = facts.limits(entry, agency);
        let Some(target_us) = facts.grade_at(run.from).and_then(|grade| limits.target_us(grade)) else {
            continue;
        };
        let due = run.from.plus_us(target_us);
        let until = run.to.unwrap_or(Timestamp::MAX).min(facts.now);
        if until <= due || has_arrived(facts, agency, due) || is_looked_at_anew(facts, run.from, due) {
            continue;
        }
        let target = in_words(target_us);
        let arrival = first_arrival(facts, agency, run.from).filter(|arrival| *arrival <= until);
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

fn arrivals(facts: &Facts<'_>, agency: &AgencyId) -> impl Iterator<Item = Timestamp> {
    let units = each!(facts, ResourceArrived)
        .filter(|(_, body)| body.agency == *agency)
        .map(|(entry, _)| entry.common.occurred_at);
    let places = facts
        .of(Kind::ArrivedAtPlaceOfSafety)
        .filter(|entry| entry.common.asserted_by == *agency)
        .map(|entry| entry.common.occurred_at);
    units.chain(places)
}

fn has_arrived(facts: &Facts<'_>, agency: &AgencyId, by: Timestamp) -> bool {
    arrivals(facts, agency).any(|at| at <= by)
}

fn first_arrival(facts: &Facts<'_>, agency: &AgencyId, from: Timestamp) -> Option<Timestamp> {
    arrivals(facts, agency).filter(|at| *at >= from).min()
}

/// Assessed again, or graded anew, after the agency came to hold and before it was due.
fn is_looked_at_anew(facts: &Facts<'_>, from: Timestamp, due: Timestamp) -> bool {
    [Kind::TriageReassessed, Kind::GradeChanged].into_iter().any(|kind| {
        facts.of(kind).any(|entry| entry.common.occurred_at >= from && entry.common.occurred_at <= due)
    })
}
