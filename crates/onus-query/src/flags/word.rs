//! A handover as only the side that gives says it: somebody accepted, and the established account does not move on it.
//!
//! Promise: what the receiver contradicts is no such word.

use super::facts::Facts;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::Span;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;

/// The acceptance with which a span of an agency's own account began, if the agency itself says that it was accepted from
/// it, and the receiver does not say otherwise.
pub(super) fn accepted_by_word<'a>(facts: &Facts<'a>, giver: &AgencyId, span: &Span) -> Option<&'a Entry> {
    let entry = facts.history.entry_at(span.by)?;
    let is_word = entry.head.kind == Kind::HandoverAccepted.number()
        && entry.common.asserted_by == *giver
        && !span.state.is_held_by(giver);
    let mut receivers = span.state.holders().iter();
    let is_contradicted = |receiver| facts.responsibility().is_left_out_of(receiver, span.by);
    (is_word && !receivers.any(is_contradicted)).then_some(entry)
}

/// The span of an agency's own account at an instant, where it began with such a word, and that word.
pub(super) fn word_at<'s, 'a>(
    facts: &'s Facts<'a>,
    giver: &AgencyId,
    facet: Facet,
    at: Timestamp,
) -> Option<(&'s Span, &'a Entry)> {
    let span = facts.responsibility().account_of(giver).span_at(facet, at)?;
    Some((span, accepted_by_word(facts, giver, span)?))
}

/// What a word lacks to count: *the receiver's role*, or both of its reference and a risk summary in the offer.
pub(super) fn lacks(facts: &Facts<'_>, accepted: &Entry) -> &'static str {
    let Some(Body::HandoverAccepted(body)) = &accepted.body else { return "no acceptance" };
    let offer = body.offer.and_then(|offer| facts.history.entry(offer));
    let content_passed = offer.is_some_and(|offer| match &offer.body {
        Some(Body::HandoverOffered(offered)) => offered.risk_summary.is_some(),
        _ => false,
    });
    if body.reference.is_some() || content_passed {
        "the receiver's role is not named, or its signature is not one"
    } else {
        "with neither the receiver's reference nor a risk summary in the offer"
    }
}
