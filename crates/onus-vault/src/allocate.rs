//! Handing out slots, each once.
//!
//! A text may be acknowledged only when the slot that it needs is durable, and a slot that served one
//! incident must never serve another, else erasing the one would erase the other. Two rules give both:
//!
//! 1. **Set aside, then hand out.** A run of free slots is marked live and synced before the first of them
//!    is handed out. After a crash, and after every process that ends, what is left of a run is wasted: 64
//!    bytes a slot. Nothing is written or synced when a slot of the run is taken.
//! 2. **In order, never back.** A run starts after the last slot that is not free. No state that a crash
//!    leaves within the marks of an unsynced run can bring an earlier slot back.
//!
//! A run is one slot for the first of a process and twice the former from then on, up to 4,096. So a
//! command that records one event wastes nothing and syncs once; an import that opens a million incidents
//! syncs some hundreds of times.
//!
//! Slots are made at least 256 at a time (`slot_file`), ahead of need: a run usually finds them there.

use crate::host::HostError;
use crate::slot_error::SlotError;
use crate::slot_file::fresh_slots;
use crate::slots::{KeyId, RawSlot, SLOTS_MAX, State};
use crate::text::SlotKey;
use crate::vault::Vault;
use std::collections::VecDeque;

/// Slots made at once, at least.
pub(crate) const MADE_AT_ONCE: u64 = 256;
const RUN_MAX: u64 = 4096;

/// Why no slot was handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AllocateError {
    /// The vault has [`SLOTS_MAX`] slots and makes no more. Nothing was changed. Start a new ledger.
    #[error("the vault is full, {SLOTS_MAX} slots: start a new ledger")]
    Full,

    /// A slot set aside does not unwrap. It is skipped for good; a further call gives another. If this
    /// repeats, the disk is failing: restore the vault from its backup.
    #[error(transparent)]
    Slot(SlotError),

    /// The machine failed, or the vault was replaced.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl Vault {
    /// Hands out a slot that nobody had, for one (incident, subject) pair. It is durable already.
    ///
    /// Remembering which pair it serves is the ledger's: its entries name the slot. A pair may have
    /// several slots; two pairs must never share one.
    pub fn allocate(&self) -> Result<SlotKey, AllocateError> {
        let (id, slot) = {
            let mut reserve = self.reserve();
            if reserve.run.is_empty() {
                let len = reserve.run_len.saturating_mul(2).clamp(1, RUN_MAX);
                let run = self.set_aside(len)?;
                reserve.run = run;
                reserve.run_len = len;
            }
            reserve.run.pop_front().ok_or(AllocateError::Full)?
        };
        self.key_of(id, &slot).map_err(AllocateError::Slot)
    }

    fn set_aside(&self, len: u64) -> Result<VecDeque<(KeyId, RawSlot)>, HostError> {
        let _change = self.start_change()?;
        let (first, run) = self.mark_live(len).inspect_err(|e| self.note(e))?;
        Ok((first..).map_while(KeyId::new).zip(run).collect())
    }

    /// Makes slots where they run short, marks the run live, syncs.
    fn mark_live(&self, len: u64) -> Result<(u64, Vec<RawSlot>), HostError> {
        let mut header = self.slots.begin()?;
        let first = self.slots.first_unused(header.made)?;
        let end = first.saturating_add(len).min(SLOTS_MAX + 1);
        if header.made.saturating_add(1) < end {
            let missing = (end - 1 - header.made).max(MADE_AT_ONCE).min(SLOTS_MAX - header.made);
            let fresh = fresh_slots(&self.cipher, &self.owner.ledger_id, header.made + 1, missing)?;
            header = self.slots.extend(header, &fresh)?;
        }
        let run = self.slots.read(first, end - first)?;
        (first..end).try_for_each(|number| self.slots.mark(number, State::Live))?;
        self.slots.finish(&header)?;
        Ok((first, run))
    }
}
