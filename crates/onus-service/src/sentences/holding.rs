//! Who held what, in words.

use super::words;
use crate::answer::{HolderState, Holding};
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_core::responsibility::{Quality, Responsibility};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;

/// Who, in a word or two.
#[must_use]
pub fn holder(facet: Facet, holding: &Holding) -> String {
    let names = || {
        let names: Vec<String> = holding.holders.iter().map(|agency| agency.0.to_string()).collect();
        names.join(" and ")
    };
    match (holding.state, holding.unowned_reason) {
        (HolderState::NotOpen, _) => "nobody (not open)".into(),
        (HolderState::Unclaimed, _) => "nobody".into(),
        (HolderState::UnclaimedSignposted, _) => "nobody (the caller was signposted)".into(),
        (HolderState::ClosedUnclaimed, Some(reason)) => {
            format!("nobody (closed: {})", words(reason.0.as_str()))
        }
        (HolderState::ClosedUnclaimed, None) => "nobody (closed, no reason stated)".into(),
        (HolderState::Held, _) => names(),
        (HolderState::Shared, _) if facet == Facet::Contact => {
            format!("{} (each for its own caller)", names())
        }
        (HolderState::Shared, _) => format!("{} (jointly)", names()),
        (HolderState::DoublyOwned, _) => format!("{} (each by itself: doubly owned)", names()),
        (HolderState::Discharged, _) => "nobody (ended)".into(),
    }
}

/// How good a statement is.
#[must_use]
pub fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::CounterSigned => "counter-signed",
        Quality::Own => "own statement",
        Quality::Evidenced => "evidenced",
        Quality::AssertedAlone => "asserted alone",
    }
}

/// A notice or an arrival, which a reader must not take for a holder; `None` for any other entry.
#[must_use]
pub fn no_holder(entry: &Entry) -> Option<String> {
    match entry.body.as_ref()? {
        Body::AgencyNotified(body) => Some(format!("{} was told; that makes no holder", body.agency)),
        Body::AgencyAcknowledged(_) => {
            Some(format!("{} confirmed receipt, which is not acceptance", entry.common.actor.agency))
        }
        Body::ResourceArrived(body) => Some(format!("{} arrived", body.agency)),
        _ => None,
    }
}

/// How long nobody held the response up to `end`; `None` if somebody always did.
#[must_use]
pub fn unowned(held: &Responsibility, end: Timestamp) -> Option<String> {
    let spans = held.established().spans(Facet::Response).iter().filter(|span| span.state.is_unowned());
    let us =
        |from: Timestamp, to: Timestamp| u64::try_from(to.as_us().saturating_sub(from.as_us())).unwrap_or(0);
    let us: u64 = spans.map(|span| us(span.from, span.to.unwrap_or(end))).sum();
    (us > 0).then(|| format!("Nobody held the response for {} in all.", duration_s(us / 1_000_000)))
}

/// `11 h 18 min`.
#[must_use]
pub fn duration(from: Timestamp, to: Timestamp) -> String {
    duration_s(u64::try_from(to.as_us().saturating_sub(from.as_us()) / 1_000_000).unwrap_or(0))
}

/// So many seconds, in days, hours and minutes.
#[must_use]
pub fn duration_s(seconds: u64) -> String {
    let minutes = seconds / 60;
    let parts = [(minutes / 1_440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if parts.is_empty() { "under 1 min".into() } else { parts.join(" ") }
}
