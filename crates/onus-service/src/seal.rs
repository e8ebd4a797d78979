//! The keys of sealed text, and the tokens of identifiers.

use crate::row::row;
use crate::session::Session;
use onus_core::ids::Token;
use onus_core::sealed::Plain;
use onus_ledger::{Costs, KeysError, Passphrase, Wrapping, WrappingKind};
use schemars::JsonSchema;
use serde::Serialize;

/// The key slots, and how their master key is guarded. A slot holds the key of the texts of one incident and subject;
/// slots are taken in runs, so more may be live than hold a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SealStatus {
    /// Slots handed out, or set aside by a process and wasted when it ended.
    pub live: u64,
    /// Slots made ahead.
    pub free: u64,
    /// Slots erased.
    pub erased: u64,
    /// Slots that cannot be read: the texts under them do not open. More than 0 asks for the backup.
    pub damaged: u64,
    /// How many master keys there have been.
    pub generation: u64,
    /// What guards the master key.
    pub guarded_by: String,
}

row!(SealStatus { live, free, erased, damaged, generation, guarded_by });

impl Session {
    /// Counts the key slots.
    pub fn seal_status(&self) -> Result<SealStatus, KeysError> {
        let status = self.keys()?.seal_status()?;
        let guarded_by = match &status.wrapping {
            WrappingKind::Passphrase(costs) => format!(
                "passphrase, Argon2id with {} KiB, {} passes, {} lanes",
                costs.memory_kib(),
                costs.passes(),
                costs.lanes()
            ),
            _ => "key file".to_owned(),
        };
        Ok(SealStatus {
            live: status.live,
            free: status.free,
            erased: status.erased,
            damaged: status.damaged,
            generation: status.generation,
            guarded_by,
        })
    }

    /// Guards the master key, which `old` guards now, by another passphrase, or by a key file if `None`.
    pub fn guard_seals(&self, old: Option<&Passphrase>, new: Option<&Passphrase>) -> Result<(), KeysError> {
        self.ledger().guard_seals(old, guarded_by(new))
    }

    /// The token under which an identifier is recorded in this ledger.
    pub fn token(&self, identifier: &Plain) -> Result<Token, KeysError> {
        self.keys()?.token(identifier.expose())
    }
}

/// A passphrase at the costs that are recommended, or a key file.
pub(crate) fn guarded_by(passphrase: Option<&Passphrase>) -> Wrapping<'_> {
    match passphrase {
        Some(passphrase) => Wrapping::Passphrase { passphrase, costs: Costs::RECOMMENDED },
        None => Wrapping::KeyFile,
    }
}
