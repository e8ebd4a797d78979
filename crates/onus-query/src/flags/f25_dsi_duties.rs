//! F25: a death or serious injury after police contact, and what the law then asks for is missing.

use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgencyKind, Outcome};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(25),
    name: "DSI_DUTIES",
    severities: &[Severity::Critical],
    version: 1,
    says: "A death or serious injury with police contact before it in this incident, and as of now no legal hold is in force, or no referral was made by the end of the next day (Europe/London). One flag names what is missing.",
    entry: "the outcome",
    silent: "The referral is not missed before the next day is over. Several agencies may record one outcome: the first is named.",
    basis: &[
        "College of Policing, Authorised Professional Practice, death or serious injury; HMICFRS glossary",
        "Police Reform Act 2002, Schedule 3 Part 2A (legislation.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let first = each!(facts, OutcomeRecorded)
        .find(|(_, body)| matches!(body.outcome, Outcome::Death | Outcome::SeriousInjury));
    let Some((outcome, body)) = first else { return };
    let at = outcome.common.occurred_at;
    let Some(contact) = police_contact(facts, outcome) else { return };
    let due = end_of_next_day(at);
    let referred = facts.of(Kind::DsiReferred).map(|entry| entry.common.occurred_at).min();
    let not_referred = match referred {
        Some(at) if at <= due => None,
        Some(_) => Some("the referral came after the end of the next day"),
        None if facts.now > due => Some("no referral"),
        None => None,
    };
    let hold = (facts.now >= at && !stands(facts)).then_some("no legal hold");
    let missing: Vec<&str> = hold.into_iter().chain(not_referred).collect();
    if !missing.is_empty() {
        let title = format!("{} after police contact: {}", words(body.outcome), missing.join(", "));
        found.push(Finding::new(&RULE, Severity::Critical, outcome, title).resting_on([contact.seq()]));
    }
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

/// Whether a hold was placed that was not released since.
fn stands(facts: &Facts<'_>) -> bool {
    let mut released = BTreeMap::new();
    for (entry, body) in each!(facts, LegalHoldReleased) {
        // In world order: the last of a reference stays.
        released.insert(&body.reference, entry.common.occurred_at);
    }
    each!(facts, LegalHoldPlaced).any(|(placed, hold)| {
        released.get(&hold.reference).is_none_or(|released| *released < placed.common.occurred_at)
    })
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
