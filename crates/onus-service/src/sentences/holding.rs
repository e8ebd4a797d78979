//! Who held what, in words: always as recorded, and by whom.

use crate::acceptances::AcceptanceRecorded;
use crate::answer::{HolderState, Holding};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::responsibility::{Quality, Responsibility};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, UnownedReason};

/// Who, in a word or two.
#[must_use]
pub fn holder(facet: Facet, holding: &Holding) -> String {
    let names = || {
        let names: Vec<String> = holding.holders.iter().map(|agency| agency.0.to_string()).collect();
        names.join(" and ")
    };
    match (holding.state, holding.unowned_reason) {
        (HolderState::NotOpen, _) => "not opened".into(),
        (HolderState::Unclaimed, _) => "no holder recorded".into(),
        (HolderState::UnclaimedSignposted, _) => "no holder recorded (caller signposted)".into(),
        (HolderState::ClosedUnclaimed, reason) => {
            let why = reason.map_or("", |reason| closed_for(reason.0));
            format!("no holder recorded (closed{why})")
        }
        (HolderState::Held, _) => names(),
        (HolderState::Shared, _) if facet == Facet::Contact => {
            format!("{} (each has a contact recorded)", names())
        }
        (HolderState::Shared, _) => format!("{} (jointly)", names()),
        (HolderState::DoublyOwned, _) => format!("{} (each by itself: doubly owned)", names()),
        (HolderState::Discharged, _) => "ended".into(),
    }
}

const fn closed_for(reason: UnownedReason) -> &'static str {
    match reason {
        UnownedReason::NoNeedIdentified => "; reason stated: no need identified",
        UnownedReason::AdviceGiven => "; reason stated: advice given",
        UnownedReason::Signposted => "; reason stated: caller signposted",
        UnownedReason::AcknowledgedByAgency => "; reason stated: an agency had acknowledged receipt",
        UnownedReason::DeclinedByAll => "; reason stated: every agency asked had declined",
        UnownedReason::Other => "; reason recorded as 'other'",
    }
}

/// How good a statement is, and whose it is where that is not the holder's own.
#[must_use]
pub fn quality(quality: Quality, stated_by: Option<&AgencyId>) -> String {
    let by = stated_by.map_or("the other side".into(), ToString::to_string);
    match quality {
        Quality::CounterSigned => "counter-signed".into(),
        Quality::Own => "own statement".into(),
        Quality::Evidenced => format!(
            "stated by {by}, with the role and a reference or risk summary; not confirmed by who accepted"
        ),
        Quality::AssertedAlone => format!("stated by {by} alone"),
    }
}

/// An offer, and what is recorded of its acceptance by whom; times beside that of the page.
#[must_use]
pub fn offer(
    to: &AgencyId,
    (from, answered): (Timestamp, Option<Timestamp>),
    acceptances: &[AcceptanceRecorded],
    beside: Timestamp,
) -> String {
    let mut text = format!("offered to {to} at {}", from.london_beside(beside));
    for accepted in acceptances {
        let (at, by) = (accepted.at.london_beside(beside), &accepted.recorded_by);
        let alone = if accepted.is_own { "" } else { " alone" };
        text = format!("{text}; acceptance at {at} recorded by {by}{alone} [entry {}]", accepted.seq);
    }
    match (acceptances, answered) {
        ([], None) => format!("{text}; no answer recorded"),
        ([], Some(at)) => format!("{text}; answered at {}", at.london_beside(beside)),
        _ => text,
    }
}

/// A notice or an arrival, which a reader must not take for a holder; `None` for any other entry.
#[must_use]
pub fn no_holder(entry: &Entry) -> Option<String> {
    match entry.body.as_ref()? {
        Body::AgencyNotified(body) => Some(format!("{} told (not a handover)", body.agency)),
        Body::AgencyAcknowledged(_) => {
            Some(format!("{} acknowledged receipt (not an acceptance)", entry.common.actor.agency))
        }
        Body::ResourceArrived(body) => Some(format!("{} unit at scene", body.agency)),
        _ => None,
    }
}

/// How long no agency is recorded as holding the response up to `end`; `None` if one always is.
#[must_use]
pub fn unowned(held: &Responsibility, end: Timestamp) -> Option<String> {
    let spans = held.established().spans(Facet::Response).iter().filter(|span| span.state.is_unowned());
    let us =
        |from: Timestamp, to: Timestamp| u64::try_from(to.as_us().saturating_sub(from.as_us())).unwrap_or(0);
    let us: u64 = spans.map(|span| us(span.from, span.to.unwrap_or(end))).sum();
    (us > 0).then(|| {
        format!("No agency is recorded as holding the response for {} in all.", duration_s(us / 1_000_000))
    })
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
