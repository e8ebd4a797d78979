//! F25: a death or serious injury after police contact, and what the law then asks for is missing.

use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgencyKind, DsiVerdict, Facet, Outcome, Role};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(25),
    name: "DSI_DUTIES",
    title: "Referral and legal hold after a death or serious injury",
    severities: &[Severity::Critical],
    version: 2,
    says: "A death or serious injury with police contact before it in this incident, and by the end of the next day (Europe/London) no legal hold was in force, or it was neither referred nor, with who decided, considered and found not referable. One flag names what is missing, or came late.",
    entry: "the outcome",
    silent: "Nothing is missing before the next day is over; it is counted from when the person was found, where that is later. A hold counts from when it was placed; what was released after that day is not asked about here. An outcome found not referable needs no hold, unless the police held custody or used a power before it. Several agencies may record one outcome: the first is named.",
    basis: &[
        "College of Policing, Authorised Professional Practice, death or serious injury; HMICFRS glossary",
        "Police Reform Act 2002, Schedule 3 Part 2A (legislation.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let first = each!(facts, OutcomeRecorded)
        .find(|(_, body)| matches!(body.outcome, Outcome::Death | Outcome::SeriousInjury));
    let Some((outcome, body)) = first else { return };
    let Some(contact) = police_contact(facts, outcome) else { return };
    let at = outcome.common.occurred_at;
    let due = end_of_next_day(body.found_at.as_ref().map_or(at, |found| found.at.max(at)));
    if facts.now <= due {
        return;
    }
    let considered = Considered::of(facts, due);
    let needs_a_hold = !considered.is_not_referable || police_held(facts, at);
    let hold = if needs_a_hold { hold_missing(facts, due) } else { None };
    let missing: Vec<&str> = hold.into_iter().chain(considered.referral_missing).collect();
    if !missing.is_empty() {
        let title = format!(
            "{} recorded, with police contact recorded before it: {} (in this ledger, by the end of {})",
            words(body.outcome),
            missing.join(", "),
            due.london_day().british()
        );
        found.push(Finding::new(&RULE, Severity::Critical, outcome, title).resting_on([contact.seq()]));
    }
}

/// Whether it was referred, or considered.
struct Considered {
    /// Whether, by now, it was found not referable by somebody who is named.
    is_not_referable: bool,
    /// What is missing of referring or considering, by a day's end.
    referral_missing: Option<&'static str>,
}

impl Considered {
    fn of(facts: &Facts<'_>, due: Timestamp) -> Self {
        let referred = facts.of(Kind::DsiReferred).map(|entry| entry.common.occurred_at).min();
        let referred = referred.filter(|at| *at <= facts.now);
        let (mut in_time, mut latest, mut unnamed) = (None, None, false);
        for (entry, body) in each!(facts, DsiConsidered) {
            let at = entry.common.occurred_at;
            let by = &body.authorised_by;
            if at > facts.now {
                continue;
            }
            if by.role == Role::Unknown && by.staff.is_none() {
                unnamed = true;
                continue;
            }
            latest = Some(body.verdict);
            if at <= due {
                in_time = latest;
            }
        }
        let referral_missing = match (referred, in_time, latest) {
            (Some(at), ..) if at <= due => None,
            (_, Some(DsiVerdict::NotReferable), _) => None,
            (Some(_), ..) => Some("the referral came after the end of the next day"),
            (None, Some(DsiVerdict::Referable), _) => Some("decided as referable, and no referral recorded"),
            (None, None, Some(_)) => Some("whether to refer it was considered after the end of the next day"),
            (None, None, None) if unnamed => {
                Some("no referral recorded, and who decided whether to refer is not named")
            }
            (None, None, None) => Some("no referral recorded, nor a decision that none is needed"),
        };
        Self { is_not_referable: latest == Some(DsiVerdict::NotReferable), referral_missing }
    }
}

/// Whether the police had used a power or held custody by an instant.
fn police_held(facts: &Facts<'_>, by: Timestamp) -> bool {
    let power = facts.of(Kind::PowerExercised).any(|entry| {
        let is_police = [&entry.common.actor.agency, &entry.common.asserted_by]
            .iter()
            .any(|agency| agency.kind() == AgencyKind::Police);
        is_police && entry.common.occurred_at <= by
    });
    let custody = facts.responsibility().established().spans(Facet::Custody).iter();
    power
        || custody
            .take_while(|span| span.from <= by)
            .any(|span| span.state.holders().iter().any(|holder| holder.kind() == AgencyKind::Police))
}

fn words(outcome: Outcome) -> &'static str {
    if outcome == Outcome::Death { "a death" } else { "a serious injury" }
}

/// The first thing that police state of the incident, before the outcome.
fn police_contact<'a>(facts: &Facts<'a>, outcome: &'a Entry) -> Option<&'a Entry> {
    facts.speaking().iter().copied().find(|entry| {
        entry.common.asserted_by.kind() == AgencyKind::Police
            && entry.common.occurred_at <= outcome.common.occurred_at
            && entry.head.kind != Kind::OutcomeRecorded.number()
    })
}

/// What is missing of a hold in force at an instant.
fn hold_missing(facts: &Facts<'_>, at: Timestamp) -> Option<&'static str> {
    let mut released = BTreeMap::new();
    for (entry, body) in each!(facts, LegalHoldReleased) {
        if entry.common.occurred_at <= at {
            // In world order: the last of a reference stays.
            released.insert(&body.reference, entry.common.occurred_at);
        }
    }
    let mut missing = "no legal hold recorded";
    for (placed, hold) in each!(facts, LegalHoldPlaced) {
        let from = placed.common.occurred_at;
        if from <= at && released.get(&hold.reference).is_none_or(|released| *released < from) {
            return None;
        }
        if from <= at {
            missing = "the legal hold was released before the end of the next day";
        } else if from <= facts.now && missing == "no legal hold recorded" {
            missing = "the legal hold came after the end of the next day";
        }
    }
    Some(missing)
}

/// The last microsecond of the day after, in Europe/London.
fn end_of_next_day(at: Timestamp) -> Timestamp {
    const HOUR_US: i64 = 3_600_000_000;
    let day_after_next = at.london_day().days_since_1970().saturating_add(2);
    let midnight_utc = Timestamp::from_us(i64::from(day_after_next) * 24 * HOUR_US).unwrap_or(Timestamp::MAX);
    // In summer that day begins in London an hour before it does in UTC.
    let in_summer = midnight_utc.plus_us(-HOUR_US);
    let begins =
        if in_summer.london_day().days_since_1970() >= day_after_next { in_summer } else { midnight_utc };
    begins.plus_us(-1)
}
