//! How much room is left on the disk that a ledger is on.

use crate::ledger::Ledger;
use nix::sys::statvfs::statvfs;

impl Ledger {
    /// Bytes that this account can still write beside the ledger; `None` if the system does not say.
    #[must_use]
    pub fn free_disk_bytes(&self) -> Option<u64> {
        let about = statvfs(self.dir()).ok()?;
        about.blocks_available().checked_mul(about.fragment_size())
    }
}
