//! An open vault: what it holds, and what reading a slot gives.
//!
//! Reading needs no lock: slots are read from the file at each use, so an erasure by another process is
//! seen at once. Everything that changes a file stands in its own module and takes the lock.

use crate::folder::{Folder, Lock, MASTER};
use crate::guard::WrappingKind;
use crate::host::HostError;
use crate::master::{self, Found, MasterKeys, WrappedMaster};
use crate::reserve::Reserve;
use crate::slot_error::SlotError;
use crate::slot_file::SlotFile;
use crate::slots::{KeyId, Owner, RawSlot, State};
use crate::text::{FieldKey, OpenTextError, SlotKey, open_with_field_key};
use aes_gcm::Aes256Gcm;
use onus_core::field_no::FieldNo;
use onus_core::ids::{EventId, Token};
use onus_core::sealed::{Plain, Sealed};
use onus_core::storage::OpenHow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The open key vault of one ledger.
///
/// Shared by reference between threads. Several processes may have it open: slots are set aside, erased
/// and re-wrapped under a lock file. After another process has rotated, every use that needs the files
/// says [`HostError::Replaced`]; opening again is the cure.
pub struct Vault {
    pub(crate) folder: Folder,
    pub(crate) keys: MasterKeys,
    pub(crate) cipher: Aes256Gcm,
    pub(crate) slots: SlotFile,
    pub(crate) owner: Owner,
    pub(crate) wrapping: WrappingKind,
    reserve: Mutex<Reserve>,
    halted: AtomicBool,
}

impl Vault {
    pub(crate) fn assemble(
        folder: Folder,
        keys: MasterKeys,
        slots: SlotFile,
        wrapped: &WrappedMaster,
    ) -> Self {
        let owner = Owner { ledger_id: wrapped.ledger_id, generation: wrapped.generation };
        Self {
            cipher: keys.master.cipher(),
            folder,
            keys,
            slots,
            owner,
            wrapping: wrapped.source.kind(),
            reserve: Mutex::new(Reserve::default()),
            halted: AtomicBool::new(false),
        }
    }

    /// The token of a source's identifier of a person or a place: the first 16 bytes of BLAKE3 keyed_hash
    /// under the vault's token key (`docs/format.md` §5). The same identifier gives the same token for as
    /// long as the ledger lives: neither a rotation nor a new passphrase changes the token key.
    pub fn token(&self, identifier: &str) -> Token {
        let hash = blake3::keyed_hash(self.keys.token.expose(), identifier.as_bytes());
        let mut token = [0; 16];
        token.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        Token::from_bytes(token)
    }

    /// A slot that was handed out before, to seal further texts of the same incident and subject: the
    /// ledger's entries name it.
    pub fn slot(&self, id: KeyId) -> Result<SlotKey, SlotError> {
        match self.read_slot(id)? {
            (slot, State::Live) => self.key_of(id, &slot),
            (_, State::Free) => Err(SlotError::NotInUse { key_id: id.get() }),
            (_, State::Gone) => Err(SlotError::Erased { key_id: id.get() }),
        }
    }

    /// Whether a slot was erased, as its file says now: another process may have done it since the key was had.
    pub fn is_erased(&self, id: KeyId) -> Result<bool, HostError> {
        Ok(self.slots.read(id.get(), 1)?.first().is_some_and(|slot| slot.state() == Some(State::Gone)))
    }

    /// The number of the first slot after all that were ever set aside or erased: every slot that this vault handed
    /// out has a lower one.
    pub fn first_unused(&self) -> Result<u64, HostError> {
        self.slots.first_unused(self.slots.header()?.made)
    }

    /// How many masters there have been: 1, and 1 more for each rotation.
    pub fn generation(&self) -> u64 {
        self.owner.generation
    }

    /// Opens one field of one event.
    pub fn open_text(
        &self,
        sealed: &Sealed,
        event_id: &EventId,
        field: FieldNo,
    ) -> Result<Plain, OpenTextError> {
        open_with_field_key(sealed, event_id, field, &self.field_key(sealed, event_id, field)?)
    }

    /// The key that opens this one field, for the one recipient to whom it is disclosed.
    pub fn field_key(
        &self,
        sealed: &Sealed,
        event_id: &EventId,
        field: FieldNo,
    ) -> Result<FieldKey, OpenTextError> {
        if sealed.is_withheld() {
            return Err(OpenTextError::Withheld { chars: sealed.chars });
        }
        let id = KeyId::new(sealed.key_id).ok_or(SlotError::NoSuchSlot { key_id: sealed.key_id })?;
        let key = match self.read_slot(id)? {
            // A slot free in a vault restored from before its use still has its key.
            (slot, State::Live | State::Free) => self.key_of(id, &slot)?,
            (_, State::Gone) => return Err(SlotError::Erased { key_id: id.get() }.into()),
        };
        key.field_key(sealed, event_id, field)
    }

    fn read_slot(&self, id: KeyId) -> Result<(RawSlot, State), SlotError> {
        let key_id = id.get();
        let slot = self.slots.read(key_id, 1)?.first().copied().ok_or(SlotError::Damaged { key_id })?;
        if let Some(state) = self.state_of(id, &slot) {
            return Ok((slot, state));
        }
        // Says so if the file was replaced under this process.
        let header = self.slots.header()?;
        Err(if key_id > header.made {
            SlotError::NoSuchSlot { key_id }
        } else {
            SlotError::Damaged { key_id }
        })
    }

    /// The slot's state; live where its mark is damaged and its key is not; `None` where both are.
    pub(crate) fn state_of(&self, id: KeyId, slot: &RawSlot) -> Option<State> {
        slot.state().or_else(|| self.key_of(id, slot).ok().map(|_| State::Live))
    }

    pub(crate) fn key_of(&self, id: KeyId, slot: &RawSlot) -> Result<SlotKey, SlotError> {
        slot.unwrap(&self.cipher, &self.owner.ledger_id, id)
            .map(|key| SlotKey::new(id, key))
            .ok_or(SlotError::Damaged { key_id: id.get() })
    }

    pub(crate) fn reserve(&self) -> MutexGuard<'_, Reserve> {
        // A thread that panicked left either the run before or the run after: both are true.
        self.reserve.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to change files: no doubt from before, the lock, and still the generation that was opened.
    pub(crate) fn start_change(&self) -> Result<Change, HostError> {
        if self.halted.load(Ordering::Acquire) {
            return Err(HostError::Halted { path: self.folder.path().to_owned() });
        }
        let lock = self.folder.lock()?;
        match master::read(&self.folder, OpenHow::Write)? {
            Found::Whole { file, counts, place, .. }
                if counts.generation == self.owner.generation && counts.ledger_id == self.owner.ledger_id =>
            {
                Ok(Change { file, counts, place, _lock: lock })
            }
            _ => Err(HostError::Replaced { path: self.folder.path_of(MASTER) }),
        }
    }

    /// Notes a failure: after one that leaves memory and disk in doubt nothing more is changed.
    pub(crate) fn note(&self, failure: &HostError) {
        if failure.leaves_doubt() {
            self.halted.store(true, Ordering::Release);
        }
    }
}

/// MASTER as it stands, and the lock, for the length of one change.
pub(crate) struct Change {
    pub(crate) file: crate::folder::VaultFile,
    pub(crate) counts: Box<WrappedMaster>,
    pub(crate) place: usize,
    _lock: Lock,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("path", &self.folder.path())
            .field("generation", &self.owner.generation)
            .field("wrapping", &self.wrapping)
            .finish_non_exhaustive()
    }
}
