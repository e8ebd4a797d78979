//! On which accounts a rule is judged: the established one, and where an agency's account of the facet contradicts
//! another's, also each such agency's.

use super::JudgedOn;
use super::facts::Facts;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::responsibility::{Account, Span, State};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use std::collections::BTreeSet;

/// Judges on each account that counts for a facet.
pub(super) fn on_each(facts: &Facts<'_>, facet: Facet, mut judge: impl FnMut(&Account, &JudgedOn)) {
    let responsibility = facts.responsibility();
    judge(responsibility.established(), &JudgedOn::Established);
    for agency in responsibility.contradicting(facet) {
        judge(responsibility.account_of(agency), &JudgedOn::Agency(agency.clone()));
    }
}

/// Unbroken times in which an open facet was nobody's, from when to when; still so if `None`. What somebody's leaving
/// without a taker ended is nobody's too: `left` are the places of these leavings.
pub(super) fn unheld_runs(spans: &[Span], left: &BTreeSet<Seq>) -> Vec<(Timestamp, Option<Timestamp>)> {
    let is_left = |span: &Span| span.state == State::Discharged && left.contains(&span.by);
    runs(spans, |span| span.state.is_unowned() || is_left(span), |_, _| true)
        .into_iter()
        .map(|run| (run.from, run.to))
        .collect()
}

/// Who held a facet in any part of a time.
pub(super) fn holders_between(spans: &[Span], from: Timestamp, until: Timestamp) -> Vec<&AgencyId> {
    let first = spans.partition_point(|span| span.to.is_some_and(|to| to <= from));
    let within = spans.iter().skip(first).take_while(|span| span.from < until);
    within.flat_map(|span| span.state.holders()).collect()
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

/// Whether an agency other than the one that closes held the response when it did.
pub(super) fn was_anothers(account: &Account, closing: &Entry) -> bool {
    let at = closing.common.occurred_at;
    let (before, after) = (account.at(Facet::Response, at.plus_us(-1)), account.at(Facet::Response, at));
    let own = &closing.common.asserted_by;
    [before, after].iter().any(|state| state.holders().iter().any(|holder| holder != own))
}
