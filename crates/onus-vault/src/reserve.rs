//! What a process has set aside and not handed out yet (`allocate`).

use crate::slots::{KeyId, RawSlot};
use std::collections::VecDeque;

/// What is left of the run set aside: marked live on the disk, handed out by this process alone.
#[derive(Default)]
pub(crate) struct Reserve {
    pub(crate) run: VecDeque<(KeyId, RawSlot)>,
    pub(crate) run_len: u64,
}

impl Reserve {
    /// Forgets these: they were erased, or are in use elsewhere.
    pub(crate) fn forget(&mut self, which: impl Fn(KeyId) -> bool) {
        self.run.retain(|(id, _)| !which(*id));
    }

    /// Forgets the whole run: its slots were re-wrapped.
    pub(crate) fn clear(&mut self) {
        self.run.clear();
    }
}
