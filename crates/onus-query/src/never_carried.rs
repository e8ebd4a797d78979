//! What the source of an incident never carries, as its opening declares it.
//!
//! A file without a column for arrivals holds incidents without arrivals, whatever happened in the world. What it never
//! carries is recorded with the opening of each incident, so that no rule and no figure takes a source's silence for
//! the world's.
//!
//! # Promises
//! * A kind is never carried where every opening that speaks declares it. One source that says nothing of the kind,
//!   or that is not known to be silent, leaves the kind as one that could have been recorded.
//! * A declaration that its own source disproves by an event of the kind counts for nothing.
//!
//! # Never
//! * Nothing is concluded from the name of a source, nor from how much it happens to hold.

use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};

/// The kinds that the source of an incident never carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NeverCarried {
    kinds: Vec<Kind>,
}

impl NeverCarried {
    /// Of the entries of an incident that speak.
    #[must_use]
    pub fn of(speaking: &[&Entry]) -> Self {
        let opened = Kind::IncidentOpened.number();
        let mut openings = speaking.iter().filter(|entry| entry.head.kind == opened).filter_map(|entry| {
            let Some(Body::IncidentOpened(body)) = &entry.body else { return None };
            Some((&entry.common.source.system, &body.silent))
        });
        let Some((first, declared)) = openings.next() else { return Self::default() };
        if declared.is_empty() {
            return Self::default();
        }
        let mut kinds: Vec<Kind> =
            declared.iter().filter_map(|name| Kind::from_name(name.as_str())).collect();
        let mut systems: Vec<&Code> = vec![first];
        for (system, declared) in openings {
            kinds.retain(|kind| declared.iter().any(|name| name.as_str() == kind.name()));
            systems.push(system);
        }
        let is_theirs = |entry: &&&Entry| systems.contains(&&entry.common.source.system);
        for entry in speaking.iter().filter(is_theirs) {
            kinds.retain(|kind| kind.number() != entry.head.kind);
        }
        Self::of_kinds(kinds)
    }

    /// Of these kinds.
    pub(crate) fn of_kinds(mut kinds: Vec<Kind>) -> Self {
        kinds.sort_unstable();
        kinds.dedup();
        Self { kinds }
    }

    /// Those kinds, in the order of their numbers.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Whether a kind is one of them.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        self.kinds.binary_search(&kind).is_ok()
    }

    /// Whether any of these is one of them.
    #[must_use]
    pub fn has_any(&self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.has(*kind))
    }
}
