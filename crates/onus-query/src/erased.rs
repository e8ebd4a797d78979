//! Which keys of sealed texts were destroyed, and when: what the `PersonalDataErased` entries say.

use crate::reading::{HistoryError, entries_of};
use onus_core::kinds::{Body, Kind};
use onus_core::time::Timestamp;
use onus_store::Reader;
use std::collections::BTreeMap;

/// Every erasure that a ledger records, up to the reader's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasures(BTreeMap<u64, Timestamp>);

impl Erasures {
    /// Of a ledger.
    pub fn of(reader: &Reader) -> Result<Self, HistoryError> {
        let mut erased = BTreeMap::new();
        for entry in entries_of(reader, &[Kind::PersonalDataErased])? {
            let entry = entry?;
            if let Some(Body::PersonalDataErased(body)) = &entry.body {
                for key in &body.key_ids {
                    erased.entry(*key).or_insert(entry.head.recorded_at);
                }
            }
        }
        Ok(Self(erased))
    }

    /// When the key was destroyed, by the ledger's clock; `None` if it was not.
    #[must_use]
    pub fn on(&self, key_id: u64) -> Option<Timestamp> {
        self.0.get(&key_id).copied()
    }
}
