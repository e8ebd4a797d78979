//! Erasing slots, and telling the vault which slots the ledger has used.
//!
//! The ledger appends and syncs `PersonalDataErased` first; then [`Vault::erase`] overwrites the slots and
//! syncs. The entry is the truth: every open calls [`Vault::reapply_erasures`] with all that the ledger
//! holds, so a crash between the two, and a vault restored from before the erasure, end erased as well.
//!
//! A vault restored from a backup may be older than its ledger. Then its free slots include some that the
//! ledger's entries name already; [`Vault::skip_used`] keeps them from being handed out again. A slot that
//! was made after the backup is lost with its key: its number is marked erased, so that a new slot never
//! stands under it.

use crate::host::HostError;
use crate::slot_file::CHUNK_SLOTS;
use crate::slots::{Header, KeyId, RawSlot, State};
use crate::vault::Vault;

/// Slots that a ledger may be ahead of its vault: beyond this the two do not belong together.
const AHEAD_MAX: u64 = 1 << 20;

/// Why slots were not erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// Nothing was erased: the vault has far fewer slots. It belongs to another ledger, or the entry is
    /// damaged: verify the ledger.
    #[error(
        "slot {key_id} lies far beyond the {made} slots of the vault: verify the ledger, and check that the vault is its own"
    )]
    FarBeyond {
        /// The slot named.
        key_id: KeyId,
        /// How many slots the vault has.
        made: u64,
    },

    /// The machine failed. Some of the slots may be erased; erasing them again finishes it.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// Why used slots were not skipped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SkipError {
    /// Nothing was changed: the vault has far fewer slots. It belongs to another ledger, or the entry is
    /// damaged: verify the ledger.
    #[error(
        "slot {key_id} lies far beyond the {made} slots of the vault: verify the ledger, and check that the vault is its own"
    )]
    FarBeyond {
        /// The slot named.
        key_id: KeyId,
        /// How many slots the vault has.
        made: u64,
    },

    /// The machine failed. Do not allocate before a further call has succeeded.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl Vault {
    /// Overwrites these slots and syncs, whatever their state. When it returns `Ok`, no key of theirs is in
    /// the vault's files. Drop every [`crate::SlotKey`] of theirs as well.
    pub fn erase(&self, ids: &[KeyId]) -> Result<(), EraseError> {
        self.overwrite(ids)
    }

    /// Erases those of the slots that are not erased yet; gives how many that were. Cheap where there are
    /// none: one read a slot, no lock, no sync.
    pub fn reapply_erasures(&self, ids: impl IntoIterator<Item = KeyId>) -> Result<u64, EraseError> {
        let mut left = Vec::new();
        for id in ids {
            let stands = self.slots.read(id.get(), 1)?;
            if stands.first().is_none_or(|slot| slot.0 != RawSlot::gone().0) {
                left.push(id);
            }
        }
        if !left.is_empty() {
            self.overwrite(&left)?;
        }
        Ok(u64::try_from(left.len()).unwrap_or(u64::MAX))
    }

    /// Makes sure that no slot up to `highest`, the highest key id that the ledger's entries name, is ever
    /// handed out. Gives how many slots this vault had not known to be used: more than 0 means that the
    /// vault is older than its ledger. Cheap where it is not.
    pub fn skip_used(&self, highest: KeyId) -> Result<u64, SkipError> {
        if highest.get() < self.slots.first_unused(self.slots.header()?.made)? {
            return Ok(0);
        }
        let mut reserve = self.reserve();
        let _change = self.start_change()?;
        let header = self.slots.begin().inspect_err(|e| self.note(e))?;
        if highest.get() > header.made.saturating_add(AHEAD_MAX) {
            return Err(SkipError::FarBeyond { key_id: highest, made: header.made });
        }
        reserve.forget(|id| id <= highest);
        Ok(self.mark_used(header, highest).inspect_err(|e| self.note(e))?)
    }

    fn mark_used(&self, header: Header, highest: KeyId) -> Result<u64, HostError> {
        let first = self.slots.first_unused(header.made)?;
        (first..=header.made.min(highest.get()))
            .try_for_each(|number| self.slots.mark(number, State::Live))?;
        let header = self.fill_with_gone(header, highest)?;
        self.slots.finish(&header)?;
        Ok((highest.get() + 1).saturating_sub(first))
    }

    fn overwrite(&self, ids: &[KeyId]) -> Result<(), EraseError> {
        let Some(highest) = ids.iter().max().copied() else { return Ok(()) };
        let mut reserve = self.reserve();
        let _change = self.start_change()?;
        let header = self.slots.begin().inspect_err(|e| self.note(e))?;
        if highest.get() > header.made.saturating_add(AHEAD_MAX) {
            return Err(EraseError::FarBeyond { key_id: highest, made: header.made });
        }
        reserve.forget(|id| ids.contains(&id));
        self.overwrite_in_file(header, highest, ids).inspect_err(|e| self.note(e))?;
        Ok(())
    }

    fn overwrite_in_file(&self, header: Header, highest: KeyId, ids: &[KeyId]) -> Result<(), HostError> {
        for id in ids.iter().filter(|id| id.get() <= header.made) {
            self.slots.write(id.get(), &[RawSlot::gone()])?;
        }
        let header = self.fill_with_gone(header, highest)?;
        self.slots.finish(&header)
    }

    /// Marks the numbers that the file has not reached yet, up to `highest`, as erased.
    fn fill_with_gone(&self, mut header: Header, highest: KeyId) -> Result<Header, HostError> {
        while header.made < highest.get() {
            let step = (highest.get() - header.made).min(CHUNK_SLOTS);
            let gone = vec![RawSlot::gone(); usize::try_from(step).unwrap_or(1)];
            header = self.slots.extend(header, &gone)?;
        }
        Ok(header)
    }
}
