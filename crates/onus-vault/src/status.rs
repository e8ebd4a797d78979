//! What a vault can say of itself without a key: counts and how it is guarded.

use crate::host::HostError;
use crate::slot_file::CHUNK_SLOTS;
use crate::slots::{KeyId, State};
use crate::vault::Vault;
use crate::wrapping::WrappingKind;

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
    /// Slots neither whose state nor whose key can be read: more than 0 asks for the backup.
    pub damaged: u64,
    /// How many masters there have been: 1, and 1 more for each rotation.
    pub generation: u64,
    /// What guards the master.
    pub wrapping: WrappingKind,
}

impl Vault {
    /// Counts the slots by reading them all, once.
    pub fn status(&self) -> Result<Status, HostError> {
        let made = self.slots.header()?.made;
        let mut status = Status {
            free: 0,
            live: 0,
            erased: 0,
            damaged: 0,
            generation: self.owner.generation,
            wrapping: self.wrapping,
        };
        let mut at = 1;
        while at <= made {
            let slots = self.slots.read(at, (made - at + 1).min(CHUNK_SLOTS))?;
            for (id, slot) in (at..).map_while(KeyId::new).zip(slots) {
                *match self.state_of(id, &slot) {
                    Some(State::Free) => &mut status.free,
                    Some(State::Live) => &mut status.live,
                    Some(State::Gone) => &mut status.erased,
                    None => &mut status.damaged,
                } += 1;
            }
            at = at.saturating_add(CHUNK_SLOTS);
        }
        Ok(status)
    }
}
