//! Where accounts differ, and where two agencies took on the same thing at once.

use super::state::{Account, State};
use crate::ids::AgencyId;
use crate::time::Timestamp;
use crate::vocabulary::Facet;
use std::collections::{BTreeMap, BTreeSet};

/// A span of which accounts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contested {
    /// Which facet.
    pub facet: Facet,
    /// From this instant on.
    pub from: Timestamp,
    /// Up to this instant; still so if `None`.
    pub to: Option<Timestamp>,
    /// How the facet stands in the established account: the earlier holder keeps it.
    pub established: State,
    /// How it stands in the accounts of those who contradict each other, or whose account nothing establishes.
    pub accounts: Vec<(AgencyId, State)>,
    /// Whether two agencies' statements contradict each other; if not, one says so alone.
    pub contradicted: bool,
}

/// A span that several took on, each by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoublyOwned {
    /// Which facet.
    pub facet: Facet,
    /// From this instant on.
    pub from: Timestamp,
    /// Up to this instant; still so if `None`.
    pub to: Option<Timestamp>,
    /// Who, the earliest first.
    pub agencies: Vec<AgencyId>,
}

pub(super) fn contested(
    established: &Account,
    judging: &BTreeMap<AgencyId, Account>,
    contradicting: &BTreeMap<Facet, Vec<AgencyId>>,
) -> Vec<Contested> {
    let mut found = Vec::new();
    if judging.is_empty() {
        return found;
    }
    for facet in Facet::ALL {
        let concerned = contradicting.get(facet).map_or(&[][..], Vec::as_slice);
        let contradicted = !concerned.is_empty();
        let parties: BTreeSet<&AgencyId> = judging.keys().chain(concerned).collect();
        let account = |agency: &AgencyId| judging.get(agency).unwrap_or(established);
        let turns: BTreeSet<Timestamp> = judging
            .values()
            .chain([established])
            .flat_map(|account| account.spans(*facet).iter().map(|span| span.from))
            .collect();
        let mut turns = turns.into_iter().peekable();
        while let Some(from) = turns.next() {
            let state = established.at(*facet, from);
            let accounts: Vec<(AgencyId, State)> =
                parties.iter().map(|agency| ((*agency).clone(), account(agency).at(*facet, from))).collect();
            if accounts.iter().any(|(_, other)| other.differs_from(&state)) {
                let to = turns.peek().copied();
                join(
                    &mut found,
                    Contested { facet: *facet, from, to, established: state, accounts, contradicted },
                );
            }
        }
    }
    found
}

/// Adjoining spans in which every account says the same are one.
fn join(found: &mut Vec<Contested>, next: Contested) {
    if let Some(last) = found.last_mut()
        && last.facet == next.facet
        && last.to == Some(next.from)
        && !last.established.differs_from(&next.established)
        && last.accounts.iter().zip(&next.accounts).all(|((_, one), (_, other))| !one.differs_from(other))
    {
        last.to = next.to;
    } else {
        found.push(next);
    }
}

pub(super) fn doubly_owned(established: &Account) -> Vec<DoublyOwned> {
    let spans =
        Facet::ALL.iter().flat_map(|facet| established.spans(*facet).iter().map(|span| (*facet, span)));
    spans
        .filter_map(|(facet, span)| match &span.state {
            State::DoublyOwned(agencies) => {
                Some(DoublyOwned { facet, from: span.from, to: span.to, agencies: agencies.clone() })
            }
            _ => None,
        })
        .collect()
}
