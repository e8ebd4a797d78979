//! F27: no unit arrived within the target of the grade.

use super::accounts::on_each;
use super::facts::{Facts, after_us, each, in_words};
use super::graded::{Graded, Wait, waits};
use super::running::Running;
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::ids::AgencyId;
use onus_core::kinds::Kind;
use onus_core::model::Grade;
use onus_core::responsibility::Account;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Outcome};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(27),
    name: "RESPONSE_OVERDUE",
    title: "No arrival recorded within the target",
    severities: &[Severity::High],
    version: 2,
    says: "A grade was stated, and no arrival within its target is recorded of the agency that held the response, or of the incident's owner where nobody did. The time is counted from the latest of: (1) the grade in force, which an equal grade does not restart and a reassessment never does; (2) the reopening; (3) when the agency took the response on again or from another. One flag for each grade.",
    entry: "the grade: IncidentOpened, AttendanceDecided or GradeChanged",
    silent: "Without a grade that states a target, or for which the policy in force or this project has one, nothing is overdue. Nor while the owner has refused to attend and nobody holds the response, while the incident is closed, after the response was discharged, and once the person was found or had died. An agency is measured by its own grade; by another's only where it states none. An arrival without contact is none. What lies within the stated uncertainty of the grade's time is not overdue.",
    basis: &["IOPC, recommendation, policeconduct.gov.uk, node 3821"],
    limits: &[],
    by_account: true,
    awaits: true,
    needs: &[Absence::whole(Kind::ResourceArrived)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if !facts.states_a_grade() {
        return;
    }
    let stated = Stated::of(facts);
    on_each(facts, Facet::Response, |account, on| {
        stated.each_overdue(facts, account, |overdue| {
            let is_still_so = !overdue.has_arrived && overdue.until == facts.now;
            let title = overdue.title(facts, is_still_so);
            let wait = (overdue.wait.from > overdue.graded.at()).then_some(overdue.wait.by);
            let finding = Finding::new(&RULE, Severity::High, overdue.graded.entry, title);
            let limits = facts.limits(overdue.graded.entry, overdue.wait.agency);
            let finding = finding.on(on.clone()).resting_on(wait).under(limits.policy());
            found.push(finding.waiting(is_still_so, (overdue.due, overdue.wait.agency), || {
                format!("unit due at scene (target {})", in_words(overdue.target_us))
            }));
        });
    });
}

/// When, in an account, the target of a grade had run out and nobody had arrived.
pub(super) fn running<'a>(facts: &Facts<'a>, account: &Account) -> Vec<Running<'a>> {
    let mut found = Vec::new();
    if facts.states_a_grade() {
        Stated::of(facts).each_overdue(facts, account, |overdue| {
            let (began, from) = (overdue.graded.entry, overdue.from);
            found.push(Running { began, from, due: overdue.due, until: overdue.until });
        });
    }
    found
}

/// A grade whose target had run out.
struct Overdue<'a, 'w> {
    graded: Graded<'a>,
    wait: &'w Wait<'w>,
    /// From when it is counted.
    from: Timestamp,
    target_us: i64,
    due: Timestamp,
    until: Timestamp,
    has_arrived: bool,
}

impl Overdue<'_, '_> {
    fn title(&self, facts: &Facts<'_>, is_still_so: bool) -> String {
        let died = facts.death_within(self.from, self.until);
        let (agency, grade) = (self.wait.agency, words(self.graded.grade));
        let (span, target) = (in_words(after_us(self.until, self.from)), in_words(self.target_us));
        let since = if self.from == self.graded.at() {
            "the grade"
        } else if self.wait.is_reopened {
            "the reopening"
        } else {
            "it took the response on"
        };
        if is_still_so {
            format!(
                "graded {grade}: no arrival of {agency} recorded for {span} and still so; the target is {target}{died}"
            )
        } else if self.has_arrived {
            format!(
                "graded {grade}: arrival of {agency} recorded {span} after {since}; the target is {target}{died}"
            )
        } else {
            format!(
                "graded {grade}: no arrival of {agency} recorded by {span} after {since}; the target is {target}{died}"
            )
        }
    }
}

fn words(grade: &Grade) -> String {
    match &grade.local_code {
        Some(code) if grade.level == onus_core::vocabulary::GradeLevel::Other => code.to_string(),
        _ => grade.level.as_str().replace('_', " "),
    }
}

/// What was stated that bears on arriving in time.
struct Stated<'a> {
    /// Of each agency its grades, and those of all; an equal one after another left out; in world order.
    grades: BTreeMap<Option<&'a AgencyId>, Vec<Graded<'a>>>,
    /// When whom was at a place of safety, in the order of time.
    at_places: BTreeMap<&'a AgencyId, Vec<Timestamp>>,
    /// When the person was found, or seen to be unharmed, in the order of time.
    found: Vec<Timestamp>,
}

impl<'a> Stated<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut stated = Self { grades: BTreeMap::new(), at_places: BTreeMap::new(), found: Vec::new() };
        for graded in facts.speaking().iter().filter_map(|entry| Graded::of(entry)) {
            for whose in [Some(&graded.entry.common.asserted_by), None] {
                let grades = stated.grades.entry(whose).or_default();
                if grades.last().is_none_or(|last| last.grade != graded.grade) {
                    grades.push(graded);
                }
            }
        }
        for arrival in facts.of(Kind::ArrivedAtPlaceOfSafety) {
            let agency = &arrival.common.asserted_by;
            stated.at_places.entry(agency).or_default().push(arrival.common.occurred_at);
        }
        for (entry, body) in each!(facts, OutcomeRecorded) {
            let is_found = matches!(body.outcome, Outcome::LocatedSafe | Outcome::NoHarmKnown);
            let at = body.found_at.as_ref().map(|found| found.at);
            stated.found.extend(at.or_else(|| is_found.then_some(entry.common.occurred_at)));
        }
        stated.found.sort_unstable();
        stated
    }

    /// Goes through the grades whose target had run out, in an account, with nobody there.
    fn each_overdue(&self, facts: &Facts<'a>, account: &Account, mut take: impl FnMut(&Overdue<'a, '_>)) {
        for wait in &waits(facts, account) {
            let end = wait.to.unwrap_or(Timestamp::MAX).min(facts.now);
            let grades = self.grades_for(wait.agency, end);
            let first = grades.partition_point(|graded| graded.at() <= wait.from).saturating_sub(1);
            let mut grades = grades.iter().skip(first).take_while(|graded| graded.at() < end).peekable();
            while let Some(graded) = grades.next() {
                let next = grades.peek().map_or(end, |next| next.at().min(end));
                if let Some(overdue) = self.overdue(facts, wait, *graded, next) {
                    take(&overdue);
                }
            }
        }
    }

    /// The agency's own grades if it had stated any by an instant, else everybody's.
    fn grades_for<'s>(&'s self, agency: &'s AgencyId, by: Timestamp) -> &'s [Graded<'a>] {
        let own = self.grades.get(&Some(agency)).filter(|own| own.first().is_some_and(|own| own.at() < by));
        own.or_else(|| self.grades.get(&None)).map_or(&[], Vec::as_slice)
    }

    fn overdue<'w>(
        &self,
        facts: &Facts<'a>,
        wait: &'w Wait<'w>,
        graded: Graded<'a>,
        next: Timestamp,
    ) -> Option<Overdue<'a, 'w>> {
        let target_us = facts.limits(graded.entry, wait.agency).target_us(graded.grade)?;
        let from = graded.at().max(wait.from);
        let due = from.plus_us(target_us);
        let found = self.found.get(self.found.partition_point(|found| *found < from)).copied();
        let until = found.map_or(next, |found| found.min(next));
        let uncertain = if from == graded.at() { graded.entry.common.uncertainty_s } else { 0 };
        if until <= due.plus_us(i64::from(uncertain) * 1_000_000) || self.is_there(facts, wait, due) {
            return None;
        }
        let arrival = self.arrived_after(facts, wait.agency, due).filter(|arrival| *arrival <= until);
        let has_arrived = arrival.is_some();
        let until = arrival.unwrap_or(until);
        Some(Overdue { graded, wait, from, target_us, due, until, has_arrived })
    }

    /// Whether the agency had been there since one began to wait for it, by an instant.
    fn is_there(&self, facts: &Facts<'a>, wait: &Wait<'_>, by: Timestamp) -> bool {
        let stays = facts.arrivals().stays_of(wait.agency);
        let begun = stays.partition_point(|(from, _)| *from <= by);
        let last = begun.checked_sub(1).and_then(|last| stays.get(last));
        last.is_some_and(|(from, to)| *from >= wait.from || to.is_none_or(|to| to > wait.from))
            || self.first_at_place(wait.agency, wait.from).is_some_and(|at| at <= by)
    }

    fn arrived_after(&self, facts: &Facts<'a>, agency: &AgencyId, after: Timestamp) -> Option<Timestamp> {
        let stays = facts.arrivals().stays_of(agency);
        let stay = stays.get(stays.partition_point(|(from, _)| *from <= after)).map(|(from, _)| *from);
        stay.into_iter().chain(self.first_at_place(agency, after)).min()
    }

    fn first_at_place(&self, agency: &AgencyId, from: Timestamp) -> Option<Timestamp> {
        let times = self.at_places.get(agency)?;
        times.get(times.partition_point(|at| *at < from)).copied()
    }
}
