//! What the machine under the vault can refuse: a file, a sync, a lock, random bytes.
//!
//! Every operation's own error has this one inside. It names the path, never what stands in the file.

use std::io;
use std::path::PathBuf;

/// The machine did not do what the vault asked. The operator has to act.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// Nothing was changed.
    #[error("cannot read {path}: check that this account owns the vault's folder")]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Part of what was to be written may be there. This vault accepts no more changes; opening it again
    /// puts the files in order.
    #[error("cannot write {path}: check space and permissions, then open the vault again")]
    Write {
        /// What was to be written, made, renamed or removed.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Unknown whether the change is durable. This vault accepts no more changes; opening it again
    /// settles which state holds.
    #[error("cannot sync {path}: check the disk, then open the vault again")]
    Sync {
        /// What was to be made durable.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Nothing was changed. Another process is changing the vault for longer than five seconds.
    #[error("{path} is held by another process: wait until it has finished, or end it")]
    Busy {
        /// The lock file.
        path: PathBuf,
    },

    /// Nothing was changed. Another process has rotated the vault, or its files were restored or removed,
    /// since it was opened.
    #[error("{path} is no longer the file that was opened: open the vault again")]
    Replaced {
        /// The file.
        path: PathBuf,
    },

    /// Nothing was changed: an earlier write or sync of this vault failed, and what its files hold is
    /// settled by opening it again.
    #[error("an earlier change of {path} failed: open the vault again")]
    Halted {
        /// The vault's folder.
        path: PathBuf,
    },

    /// Nothing was changed. The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {source}")]
    Random {
        /// What the system said.
        source: getrandom::Error,
    },

    /// Nothing was changed. The passphrase could not be tried.
    #[error("no {memory_kib} KiB of memory to try the passphrase with: free some, or use a larger machine")]
    Memory {
        /// What Argon2id was to use, as the vault states.
        memory_kib: u32,
    },

    /// Nothing was changed. The cipher refused a length that it accepts by its specification: a fault of
    /// this program.
    #[error("the cipher refused to work: this program is at fault, please report it")]
    Cipher,
}

impl HostError {
    /// Whether the files may now differ from what this process believes of them.
    pub(crate) fn leaves_doubt(&self) -> bool {
        matches!(self, Self::Write { .. } | Self::Sync { .. })
    }
}
