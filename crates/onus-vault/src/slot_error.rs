//! Why a slot gives no key.

use crate::host::HostError;

/// Why a slot gave no key. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SlotError {
    /// The slot was erased: what was sealed under it is unreadable for ever, as intended.
    #[error("slot {key_id} was erased: its text can no longer be read")]
    Erased {
        /// The slot.
        key_id: u64,
    },

    /// The vault never made such a slot: it is older than the entry, or of another ledger. Restore a
    /// later backup of the vault.
    #[error("the vault has no slot {key_id}: restore a later backup of the vault")]
    NoSuchSlot {
        /// The slot.
        key_id: u64,
    },

    /// The slot exists but was not handed out, as far as this vault knows: it is older than the entry that
    /// names it. Call [`crate::Vault::skip_used`] with the highest key id in the ledger, then again.
    #[error(
        "slot {key_id} was never handed out by this vault: it is older than the ledger, skip its used slots first"
    )]
    NotInUse {
        /// The slot.
        key_id: u64,
    },

    /// The slot's bytes are damaged. Restore the vault from its backup.
    #[error("slot {key_id} is damaged: restore the vault from its backup")]
    Damaged {
        /// The slot.
        key_id: u64,
    },

    /// The machine failed, or the vault was replaced.
    #[error(transparent)]
    Host(#[from] HostError),
}
