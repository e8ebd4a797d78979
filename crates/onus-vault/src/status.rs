//! What a vault is found to be: every slot opened and counted; without the keys, its files and its slots' marks alone.
//!
//! Never: a slot is counted as good whose key was not unwrapped; [`marks`] counts none at all.

use crate::folder::MASTER;
use crate::guard::WrappingKind;
use crate::host::HostError;
use crate::master::{self, Found};
use crate::open::{OpenError, folder_in, not_whole};
use crate::slot_file::{CHUNK_SLOTS, SlotFile};
use crate::slots::{KeyId, Owner, RawSlot, State};
use crate::vault::Vault;
use onus_core::storage::{OpenHow, Storage};
use std::path::Path;
use std::sync::Arc;

/// The state of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Slots made ahead, not handed out.
    pub free: u64,
    /// Slots handed out, or set aside by a process and wasted when it ended.
    pub live: u64,
    /// Slots erased.
    pub erased: u64,
    /// Slots whose key does not unwrap, or that were erased and hold bytes all the same: more than 0 asks for the backup.
    pub damaged: u64,
    /// The first of them.
    pub first_damaged: Option<KeyId>,
    /// How many masters there have been: 1, and 1 more for each rotation.
    pub generation: u64,
    /// What guards the master.
    pub wrapping: WrappingKind,
}

impl Status {
    /// All slots that were made.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.free + self.live + self.erased + self.damaged
    }
}

/// What the marks of a vault's slots say. No slot was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Slots that were made.
    pub slots: u64,
    /// Slots without a mark that can be read.
    pub unmarked: u64,
}

/// Reads a vault's files and its slots' marks, as far as that needs no key. Changes nothing.
pub fn marks(
    storage: &Arc<dyn Storage>,
    private_dir: &Path,
    ledger_id: [u8; 16],
) -> Result<Marks, OpenError> {
    let folder = folder_in(storage, private_dir)?;
    let _lock = folder.lock()?;
    let counts = match master::read(&folder, OpenHow::Read)? {
        Found::Whole { counts, .. } => counts,
        other => return Err(not_whole(&folder, &other)),
    };
    if counts.ledger_id != ledger_id {
        return Err(OpenError::OtherLedger { path: folder.path_of(MASTER) });
    }
    let file = SlotFile::open(&folder, Owner { ledger_id, generation: counts.generation })?;
    let slots = file.header()?.made;
    let mut marks = Marks { slots, unmarked: 0 };
    let mut at = 1;
    while at <= slots {
        let read = file.read(at, (slots - at + 1).min(CHUNK_SLOTS))?;
        let unmarked = read.iter().filter(|slot| slot.state().is_none()).count();
        marks.unmarked += u64::try_from(unmarked).unwrap_or(u64::MAX);
        at = at.saturating_add(CHUNK_SLOTS);
    }
    Ok(marks)
}

impl Vault {
    /// Opens every slot, once, and counts them.
    pub fn status(&self) -> Result<Status, HostError> {
        let made = self.slots.header()?.made;
        let mut status = Status {
            free: 0,
            live: 0,
            erased: 0,
            damaged: 0,
            first_damaged: None,
            generation: self.owner.generation,
            wrapping: self.wrapping,
        };
        let mut at = 1;
        while at <= made {
            let slots = self.slots.read(at, (made - at + 1).min(CHUNK_SLOTS))?;
            for (id, slot) in (at..).map_while(KeyId::new).zip(slots) {
                match self.whole_state_of(id, &slot) {
                    Some(State::Free) => status.free += 1,
                    Some(State::Live) => status.live += 1,
                    Some(State::Gone) => status.erased += 1,
                    None => {
                        status.damaged += 1;
                        status.first_damaged = status.first_damaged.or(Some(id));
                    }
                }
            }
            at = at.saturating_add(CHUNK_SLOTS);
        }
        Ok(status)
    }

    /// The slot's state, if its bytes are what the state asks for. One whose mark alone is damaged is in use.
    fn whole_state_of(&self, id: KeyId, slot: &RawSlot) -> Option<State> {
        match slot.state() {
            Some(State::Gone) => (slot.0 == RawSlot::gone().0).then_some(State::Gone),
            state => self.key_of(id, slot).ok().map(|_| state.unwrap_or(State::Live)),
        }
    }
}
