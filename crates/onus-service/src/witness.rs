//! This ledger as a witness of others: for which it cosigns, and up to where it has.

use crate::answer::Name;
use crate::row::row;
use crate::session::Session;
use onus_ledger::{Witness, WitnessError};
use onus_proof::{Hash, VerifierKey};
use schemars::JsonSchema;
use serde::Serialize;

/// A ledger that this one's witness cosigns for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WitnessedLedger {
    /// Its name.
    pub origin: String,
    /// The key that its checkpoints are signed with.
    pub key: Name<VerifierKey>,
    /// How many of its entries were cosigned last; null before the first time.
    pub size: Option<u64>,
    /// The root over these, in hexadecimal digits.
    pub root: Option<Name<Hash>>,
}

row!(WitnessedLedger { origin, key, size, root });

impl Session {
    /// The ledgers that this one's witness cosigns for.
    pub fn witnessed(&self) -> Result<Vec<WitnessedLedger>, WitnessError> {
        let logs = self.ledger().witnessed()?.into_iter();
        Ok(logs
            .map(|log| WitnessedLedger {
                origin: log.key.name().to_owned(),
                key: Name(log.key),
                size: log.head.map(|head| head.size),
                root: log.head.map(|head| Name(head.root)),
            })
            .collect())
    }

    /// Opens this ledger's witness, for one process.
    pub fn open_witness(&self) -> Result<Witness, WitnessError> {
        self.keys()?.open_witness()
    }
}
