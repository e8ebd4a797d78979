//! F12: what happened before an adverse outcome was written down after the outcome was.

use super::facts::{Facts, each, entered};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Outcome;

pub(super) static RULE: Rule = Rule {
    code: Code(12),
    name: "BACKFILLED_AFTER_OUTCOME",
    title: "Entry made after the outcome",
    severities: &[Severity::High],
    version: 1,
    says: "An entry tells of something before an adverse outcome (death, serious injury, self-harm) and was made after that outcome had been entered.",
    entry: "the late entry",
    silent: "Never outcomes, closings, referrals, legal holds, disputes, positions, reviews or corrections: they look back by nature. A batch without `entered_at` cannot be assessed.",
    basis: &["this project's own choice"],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

const LOOK_BACK: &[Kind] = &[
    Kind::OutcomeRecorded,
    Kind::IncidentClosed,
    Kind::DsiReferred,
    Kind::LegalHoldPlaced,
    Kind::LegalHoldReleased,
    Kind::DisputeOpened,
    Kind::PositionStated,
    Kind::DisputeDetermined,
    Kind::DecisionReviewed,
    Kind::ReviewRecorded,
    Kind::EntryWithdrawn,
    Kind::PersonalDataErased,
    Kind::ProcessingRestricted,
    Kind::RestrictionLifted,
];

/// Harm to the person.
pub(super) fn is_adverse(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Death | Outcome::SeriousInjury | Outcome::SelfHarm)
}

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    // The one that was entered first: what was entered after it was entered knowing of harm.
    let outcomes = each!(facts, OutcomeRecorded).filter(|(_, body)| is_adverse(body.outcome));
    let outcomes: Vec<(&Entry, Outcome)> = outcomes.map(|(entry, body)| (entry, body.outcome)).collect();
    if outcomes.is_empty() {
        return;
    }
    let mut outcomes = outcomes.into_iter().rev().peekable();
    let mut ahead = Ahead::default();
    let mut late: Vec<Finding> = Vec::new();
    for entry in facts.speaking().iter().rev() {
        while let Some(outcome) =
            outcomes.next_if(|(outcome, _)| outcome.common.occurred_at > entry.common.occurred_at)
        {
            ahead.put_in_front(outcome);
        }
        let looks_back = LOOK_BACK.iter().any(|kind| kind.number() == entry.head.kind);
        if looks_back || entry.common.corrects.is_some() {
            continue;
        }
        if let Some((outcome, what)) = entered(entry).and_then(|at| ahead.first_entered_before(at)) {
            let title = format!(
                "tells of a time before the outcome ({}) and was entered after it",
                what.as_str().replace('_', " ")
            );
            late.push(Finding::new(&RULE, Severity::High, entry, title).resting_on([outcome.seq()]));
        }
    }
    found.extend(late.into_iter().rev());
}

/// The outcomes that happened after an instant, the first of them last; of those that were entered no earlier than one
/// that happened before them, none, since that one always comes first.
#[derive(Default)]
struct Ahead<'a>(Vec<(Timestamp, (&'a Entry, Outcome))>);

impl<'a> Ahead<'a> {
    fn put_in_front(&mut self, outcome: (&'a Entry, Outcome)) {
        let Some(at) = entered(outcome.0) else { return };
        while self.0.last().is_some_and(|(later, _)| *later >= at) {
            self.0.pop();
        }
        self.0.push((at, outcome));
    }

    fn first_entered_before(&self, at: Timestamp) -> Option<(&'a Entry, Outcome)> {
        let before = self.0.partition_point(|(entered, _)| *entered < at);
        self.0.get(before.checked_sub(1)?).map(|(_, outcome)| *outcome)
    }
}
