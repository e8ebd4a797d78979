//! How an incident stands: who holds each facet, which facets are contested, and what may be flagged.

use super::coding::{fixed, put_incident, take_incident, take_number, take_text, text};
use crate::flags::{Code, Context, judge};
use crate::holding::holding;
use crate::policy::Policies;
use onus_core::history::{History, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::responsibility::State;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, UnownedReason};

/// One incident as it stands at the end of what is recorded of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentState {
    /// Which incident.
    pub incident: Incident,
    /// Each facet's state in the established account, in the order of [`Facet::ALL`].
    pub facets: Vec<State>,
    /// Facets of which accounts differ, at whatever time.
    pub contested: Vec<Facet>,
    /// The flags that its own record raises, or will once enough time has passed and nothing more is recorded; without
    /// those that rest on other incidents or on the ledger as a whole (parts of F21, F26, F28).
    pub flags: Vec<Code>,
}

impl IncidentState {
    /// Of a history, under the policies of the ledger.
    #[must_use]
    pub fn of(history: &History, policies: &Policies) -> Self {
        let held = holding(history, &Vantage::default(), policies);
        let last = |facet: &Facet| {
            let spans = held.established().spans(*facet);
            spans.last().map_or(State::NotOpen, |span| span.state.clone())
        };
        let contested = |facet: &&Facet| held.contested().iter().any(|span| span.facet == **facet);
        let context = Context { policies, repeats: None };
        let mut flags: Vec<Code> =
            judge(history, &context, Timestamp::MAX).into_iter().map(|finding| finding.code).collect();
        flags.dedup();
        Self {
            incident: history.incident().clone(),
            facets: Facet::ALL.iter().map(last).collect(),
            contested: Facet::ALL.iter().filter(contested).copied().collect(),
            flags,
        }
    }

    /// The state of a facet.
    #[must_use]
    pub fn state(&self, facet: Facet) -> &State {
        let states = Facet::ALL.iter().zip(&self.facets);
        states.into_iter().find(|(of, _)| **of == facet).map_or(&State::NotOpen, |(_, state)| state)
    }
}

pub(super) fn put(out: &mut Vec<u8>, state: &IncidentState) {
    put_incident(out, &state.incident);
    for facet in &state.facets {
        let number = match facet {
            State::NotOpen => 0,
            State::Unclaimed { signposted: false } => 1,
            State::Unclaimed { signposted: true } => 2,
            State::ClosedUnclaimed { .. } => 3,
            State::Held(_) => 4,
            State::Shared(_) => 5,
            State::DoublyOwned(_) => 6,
            State::Discharged => 7,
        };
        out.push(number);
        if let State::ClosedUnclaimed { reason } = facet {
            super::coding::byte(out, reason.map(UnownedReason::number));
        }
        if !facet.holders().is_empty() {
            out.push(u8::try_from(facet.holders().len()).unwrap_or(u8::MAX));
            let holders = facet.holders().iter().take(usize::from(u8::MAX));
            holders.for_each(|holder| text(out, &holder.to_string()));
        }
    }
    out.push(state.contested.iter().fold(0, |bits, facet| bits | 1 << facet.number()));
    out.push(u8::try_from(state.flags.len()).unwrap_or(u8::MAX));
    out.extend(state.flags.iter().map(|code| code.number()));
}

/// Takes a state off the front; `None` if the bytes are none.
pub(super) fn take(bytes: &mut &[u8]) -> Option<IncidentState> {
    let incident = take_incident(bytes)?;
    let facets = Facet::ALL.iter().map(|_| take_state(bytes)).collect::<Option<_>>()?;
    let [contested, flags] = fixed(bytes)?;
    let contested = Facet::ALL.iter().filter(|facet| contested >> facet.number() & 1 == 1).copied().collect();
    let flags = (0..flags).map(|_| fixed(bytes).and_then(|[number]| Code::of_number(number)));
    let flags = flags.collect::<Option<_>>()?;
    Some(IncidentState { incident, facets, contested, flags })
}

fn take_state(bytes: &mut &[u8]) -> Option<State> {
    let [number] = fixed(bytes)?;
    let mut holders = || -> Option<Vec<AgencyId>> {
        let [count] = fixed(bytes)?;
        (0..count).map(|_| AgencyId::parse(take_text(bytes)?)).collect()
    };
    Some(match number {
        0 => State::NotOpen,
        1 => State::Unclaimed { signposted: false },
        2 => State::Unclaimed { signposted: true },
        3 => State::ClosedUnclaimed { reason: take_number(bytes, UnownedReason::ALL)? },
        4 => State::Held(holders()?.into_iter().next()?),
        5 => State::Shared(holders()?),
        6 => State::DoublyOwned(holders()?),
        7 => State::Discharged,
        _ => return None,
    })
}
