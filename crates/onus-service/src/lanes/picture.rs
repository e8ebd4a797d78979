//! The lanes of an incident as the viewer's picture draws them: by this ledger's rule, each agency's own lane under
//! it, and last what is contested.

use crate::answer::Holding;
use crate::sentences;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::responsibility::{Account, Responsibility, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, UnownedReason};
use onus_export::document::{Drawn, Lane, Mark, Offered, Picture, Span};

/// The picture of what was held, by these entries.
pub(crate) fn picture(title: &str, held: &Responsibility, entries: &[&Entry]) -> Picture {
    let own = held.lanes().filter(|(_, lane)| !lane.is_empty());
    let own = own.map(|(agency, account)| lane(agency.to_string(), account, marks(entries, agency)));
    let mut lanes = vec![lane("by this ledger's rule".into(), held.established(), Vec::new())];
    lanes.extend(own);
    lanes.extend(contested(held));
    Picture { title: title.to_owned(), lanes }
}

fn lane(name: String, account: &Account, marks: Vec<Mark>) -> Lane {
    let mut lane = Lane { name, marks, ..Lane::default() };
    for facet in Facet::ALL {
        let (spans, pending) = (account.spans(*facet), account.pending(*facet));
        if spans.is_empty() && pending.is_empty() {
            continue;
        }
        lane.facets.push(facet.as_str());
        lane.spans.extend(spans.iter().filter_map(|span| {
            let state = drawn(*facet, &span.state)?;
            Some(Span { facet: facet.as_str(), state, from_us: span.from.as_us(), until_us: us(span.to) })
        }));
        lane.offered.extend(pending.iter().map(|offer| Offered {
            facet: facet.as_str(),
            to: offer.agency.to_string(),
            from_us: offer.from.as_us(),
            until_us: us(offer.to),
        }));
    }
    lane
}

/// Where accounts differ, in a lane of its own.
fn contested(held: &Responsibility) -> Option<Lane> {
    let mut lane = Lane { name: "contested".into(), ..Lane::default() };
    for contested in held.contested() {
        let facet = contested.facet.as_str();
        if !lane.facets.contains(&facet) {
            lane.facets.push(facet);
        }
        let (from_us, until_us) = (contested.from.as_us(), us(contested.to));
        lane.spans.push(Span { facet, state: Drawn::Contested, from_us, until_us });
    }
    (!lane.spans.is_empty()).then_some(lane)
}

fn marks(entries: &[&Entry], agency: &AgencyId) -> Vec<Mark> {
    let own = entries.iter().filter(|entry| entry.common.asserted_by == *agency);
    let mark = |entry: &&Entry| Mark {
        at_us: entry.common.occurred_at.as_us(),
        version: entry.head.incident_version,
        title: match &entry.body {
            Some(body) => sentences::kind(body.kind().name()),
            None => format!("kind {}", entry.head.kind),
        },
    };
    own.map(mark).collect()
}

/// A state that is drawn: what is not open or has ended is left blank.
fn drawn(facet: Facet, state: &State) -> Option<Drawn> {
    match state {
        State::NotOpen | State::Discharged => None,
        State::Unclaimed { signposted } => Some(Drawn::Unclaimed { signposted: *signposted }),
        State::ClosedUnclaimed { reason } => {
            Some(Drawn::ClosedUnclaimed { reason: reason.map(UnownedReason::as_str) })
        }
        State::Held(_) | State::Shared(_) | State::DoublyOwned(_) => {
            Some(Drawn::Held { holder: sentences::holder(facet, &Holding::from(state)) })
        }
    }
}

fn us(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_us)
}
