//! On which accounts a rule is judged: the established one, and where an agency's account of the facet contradicts
//! another's, also each such agency's.

use super::JudgedOn;
use super::facts::Facts;
use onus_core::responsibility::{Account, Span};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;

/// Judges on each account that counts for a facet.
pub(super) fn on_each(facts: &Facts<'_>, facet: Facet, mut judge: impl FnMut(&Account, &JudgedOn)) {
    let responsibility = facts.responsibility();
    judge(responsibility.established(), &JudgedOn::Established);
    for agency in responsibility.contradicting(facet) {
        judge(responsibility.account_of(agency), &JudgedOn::Agency(agency.clone()));
    }
}

/// Unbroken times in which an open facet was nobody's, from when to when; still so if `None`.
pub(super) fn unclaimed_runs(spans: &[Span]) -> Vec<(Timestamp, Option<Timestamp>)> {
    runs(spans, |span| span.state.is_unowned(), |_, _| true)
        .into_iter()
        .map(|run| (run.from, run.to))
        .collect()
}

/// An unbroken time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    pub(super) from: Timestamp,
    pub(super) to: Option<Timestamp>,
    /// The span that began it.
    pub(super) first: &'a Span,
}

/// Neighbouring spans that are wanted and continue one another, taken together.
pub(super) fn runs<'a>(
    spans: &'a [Span],
    wanted: impl Fn(&Span) -> bool,
    continues: impl Fn(&Span, &Span) -> bool,
) -> Vec<Run<'a>> {
    let mut found: Vec<Run<'a>> = Vec::new();
    for span in spans.iter().filter(|span| wanted(span)) {
        match found.last_mut() {
            Some(run) if run.to == Some(span.from) && continues(run.first, span) => run.to = span.to,
            _ => found.push(Run { from: span.from, to: span.to, first: span }),
        }
    }
    found
}
