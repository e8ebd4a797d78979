//! What an auditor would flag: small pure rules over what is recorded (`docs/flags.md`).
//!
//! A flag is **an indicator, not a finding**: it says what to look at, never what somebody did wrong.
//!
//! # Promises
//! * A rule depends on the history, the context and *now*, on nothing else. Whoever has the log gets the same.
//! * What is flagged names its rule and the rule's version, the entry concerned, the others that it rests on, the
//!   account on which it was judged and the policy that was in force.
//! * A source that does not say enough is left alone: a batch without entry times is not called late, and what a source
//!   never carries is missing in no incident of it.
//!
//! # Never
//! * Nothing is written back. Flags are derived each time, and never stored as facts.

mod accounts;
mod around;
mod arrivals;
mod awaited;
mod closed_unheld;
mod context;
mod death;
mod facts;
mod finding;
mod graded;
mod leavings;
mod ledger_wide;
mod need;
mod page;
mod refusals;
mod repeats;
mod rule;
mod running;
mod sightings;
mod survey;
mod tellings;
mod why_silent;
mod word;

mod f01_no_rationale;
mod f02_risk_not_asked;
mod f03_declined_with_life_risk;
mod f04_life_risk_unknown_declined;
mod f05_no_onward_owner;
mod f06_receipt_treated_as_acceptance;
mod f07_reversal_not_told;
mod f08_caller_not_told;
mod f09_handover_over_60;
mod f10_released_before_accepted;
mod f11_late_entry;
mod f12_backfilled_after_outcome;
mod f13_before_effective;
mod f14_superseded_version;
mod f15_no_authority;
mod f16_self_review;
mod f17_downgrade_unsupervised;
mod f18_reassessment_overdue;
mod f19_partner_eta_ignored;
mod f20_neither_attended;
mod f21_repeat_contact;
mod f22_escalation_unresolved;
mod f23_checks_missing;
mod f24_s136_limits;
mod f25_dsi_duties;
mod f26_record_integrity;
mod f27_response_overdue;
mod f28_capture_short;
mod f29_crime_declined;
mod f30_incomplete_assessment;
mod f31_left_without_taker;
mod f32_new_risk_not_assessed;
mod f33_change_not_told;
mod f34_not_escalated;
mod f35_request_unanswered;
mod f36_referred_not_told;
mod f37_caller_lost;
mod f38_silent_while_overdue;
mod f39_power_in_a_home;
mod f40_erased_after_release;

pub(crate) use graded::Graded;

pub use context::Context;
pub use facts::lowers;
pub use finding::{Deadline, Finding, JudgedOn};
pub use ledger_wide::{LedgerWide, judge_ledger};
pub use page::page;
pub use repeats::Repeats;
pub use rule::{Absence, Code, INDICATOR, Rule, Severity};
pub use survey::Survey;
pub use why_silent::{SilenceReason, why_silent};

use facts::Facts;
use onus_core::history::History;
use onus_core::ids::AgencyId;
use onus_core::responsibility::Responsibility;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;

/// What an auditor would flag in one incident, at an instant, in the order of codes.
///
/// The history is what was known; take [`History::known`] of it first to look from an earlier knowledge. What
/// happens after `now` in the world is not looked at by the rules that wait for something.
#[must_use]
pub fn judge(history: &History, context: &Context<'_>, now: Timestamp) -> Vec<Finding> {
    by_rules(&Facts::new(history, context, now), |_| true)
}

/// The same by those rules alone that leave somebody something to do, and who held what, which they fold on the way.
pub(crate) fn judge_what_waits(
    history: &History,
    context: &Context<'_>,
    now: Timestamp,
) -> (Vec<Finding>, Responsibility) {
    let facts = Facts::new(history, context, now);
    let found = by_rules(&facts, |rule| rule.awaits);
    (found, facts.into_responsibility())
}

/// The refusals of attendance of an incident, by whatever name, and which agency refused; in world order.
pub(crate) fn refusals_of(history: &History, context: &Context<'_>) -> Vec<(Seq, AgencyId)> {
    let facts = Facts::new(history, context, Timestamp::MAX);
    facts.refusals().iter().map(|refusal| (refusal.entry.seq(), refusal.agency.clone())).collect()
}

fn by_rules(facts: &Facts<'_>, wanted: impl Fn(&Rule) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES.iter().filter(|rule| wanted(rule) && facts.carries_needs_of(rule)) {
        (rule.judge)(facts, &mut found);
    }
    found.into_iter().map(|finding| finding.with_sources_of(facts.history)).collect()
}

/// Every rule. A test holds that none is missing.
pub static RULES: &[&Rule] = &[
    &f01_no_rationale::RULE,
    &f02_risk_not_asked::RULE,
    &f03_declined_with_life_risk::RULE,
    &f04_life_risk_unknown_declined::RULE,
    &f05_no_onward_owner::RULE,
    &f06_receipt_treated_as_acceptance::RULE,
    &f07_reversal_not_told::RULE,
    &f08_caller_not_told::RULE,
    &f09_handover_over_60::RULE,
    &f10_released_before_accepted::RULE,
    &f11_late_entry::RULE,
    &f12_backfilled_after_outcome::RULE,
    &f13_before_effective::RULE,
    &f14_superseded_version::RULE,
    &f15_no_authority::RULE,
    &f16_self_review::RULE,
    &f17_downgrade_unsupervised::RULE,
    &f18_reassessment_overdue::RULE,
    &f19_partner_eta_ignored::RULE,
    &f20_neither_attended::RULE,
    &f21_repeat_contact::RULE,
    &f22_escalation_unresolved::RULE,
    &f23_checks_missing::RULE,
    &f24_s136_limits::RULE,
    &f25_dsi_duties::RULE,
    &f26_record_integrity::RULE,
    &f27_response_overdue::RULE,
    &f28_capture_short::RULE,
    &f29_crime_declined::RULE,
    &f30_incomplete_assessment::RULE,
    &f31_left_without_taker::RULE,
    &f32_new_risk_not_assessed::RULE,
    &f33_change_not_told::RULE,
    &f34_not_escalated::RULE,
    &f35_request_unanswered::RULE,
    &f36_referred_not_told::RULE,
    &f37_caller_lost::RULE,
    &f38_silent_while_overdue::RULE,
    &f39_power_in_a_home::RULE,
    &f40_erased_after_release::RULE,
];

/// The rule of a code.
#[must_use]
pub fn rule(code: Code) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code == code)
}
