//! Opening a vault, which is also what puts in order whatever a crash left.
//!
//! Nothing is changed before MASTER has unwrapped and the slots have been checked: a wrong passphrase
//! never moves a byte. Then the copy of MASTER that counts is made sure of, the other zeroed, and the slot
//! and key files that it does not name are destroyed (`folder`).

use crate::folder::{FOLDER, Folder, MASTER, keyfile_name, slots_name};
use crate::guard::{Unlock, WrappingKind};
use crate::host::HostError;
use crate::master::{self, Found, Other};
use crate::slot_file::{Refused, SlotFile};
use crate::slots::Owner;
use crate::vault::Vault;
use crate::wrapping::{UnlockError, unlock};
use onus_core::storage::{OpenHow, Storage};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a vault was not opened. Its files are as they were, except after [`HostError::Write`] and
/// [`HostError::Sync`], when a further try finishes the tidying. The ledger verifies without it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no vault: without it the ledger shows everything but sealed text. Restore it from its
    /// backup.
    #[error(
        "no vault at {path}: restore it from its backup; without it sealed text cannot be read or written"
    )]
    NoVault {
        /// The vault's folder.
        path: PathBuf,
    },

    /// MASTER is truncated or damaged. Restore the vault from its backup.
    #[error("{path} is damaged: restore the whole vault folder from one backup")]
    MasterDamaged {
        /// MASTER.
        path: PathBuf,
    },

    /// A later release wrote it. Use that release.
    #[error("{path} has version {version}, which this release does not know: use the release that wrote it")]
    UnknownVersion {
        /// MASTER.
        path: PathBuf,
        /// The version it states.
        version: u32,
    },

    /// The file belongs to another ledger. Put this ledger's own vault there.
    #[error("{path} belongs to another ledger: put this ledger's own vault there")]
    OtherLedger {
        /// The file.
        path: PathBuf,
    },

    /// The master was not unwrapped; the message inside says why and what to do.
    #[error(transparent)]
    Unlock(#[from] UnlockError),

    /// The slots are not there. Restore the vault from its backup.
    #[error("{path} is missing: restore the whole vault folder from one backup")]
    SlotsMissing {
        /// The file of slots that MASTER names.
        path: PathBuf,
    },

    /// The header of the slots is damaged, or it states another generation than MASTER. Restore the vault
    /// from its backup.
    #[error("{path} is damaged: restore the whole vault folder from one backup")]
    SlotsDamaged {
        /// The file of slots.
        path: PathBuf,
    },

    /// Slots that were made are missing at the end of the file. Restore the vault from its backup.
    #[error(
        "{path} was cut off, {found} of {made} slots are left: restore the whole vault folder from one backup"
    )]
    SlotsTruncated {
        /// The file of slots.
        path: PathBuf,
        /// Slots that were made.
        made: u64,
        /// Whole slots that are there.
        found: u64,
    },

    /// The machine failed.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl From<Refused> for OpenError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing(path) => Self::SlotsMissing { path },
            Refused::Damaged(path) => Self::SlotsDamaged { path },
            Refused::OtherLedger(path) => Self::OtherLedger { path },
            Refused::Truncated { path, made, found } => Self::SlotsTruncated { path, made, found },
            Refused::Host(e) => Self::Host(e),
        }
    }
}

/// How the vault in this private directory is guarded: tells the caller whether to ask for a passphrase.
/// Changes nothing and needs no key.
pub fn wrapping_of(storage: &Arc<dyn Storage>, private_dir: &Path) -> Result<WrappingKind, OpenError> {
    let folder = folder_in(storage, private_dir)?;
    let _lock = folder.lock()?;
    match master::read(&folder, OpenHow::Read)? {
        Found::Whole { counts, .. } => Ok(counts.source.kind()),
        other => Err(not_whole(&folder, &other)),
    }
}

impl Vault {
    /// Opens the vault of this ledger in its private directory.
    pub fn open(
        storage: &Arc<dyn Storage>,
        private_dir: &Path,
        ledger_id: [u8; 16],
        with: Unlock<'_>,
    ) -> Result<Self, OpenError> {
        let folder = folder_in(storage, private_dir)?;
        let _lock = folder.lock()?;
        let (file, counts, place, other) = match master::read(&folder, OpenHow::Write)? {
            Found::Whole { file, counts, place, other } => (file, counts, place, other),
            found => return Err(not_whole(&folder, &found)),
        };
        if counts.ledger_id != ledger_id {
            return Err(OpenError::OtherLedger { path: folder.path_of(MASTER) });
        }
        let keys = unlock(&folder, &counts, with)?;
        let slots = SlotFile::open(&folder, Owner { ledger_id, generation: counts.generation })?;

        if other != Other::Zero {
            // A new vault may have been renamed without that being durable.
            storage
                .sync_dir(private_dir)
                .map_err(|source| HostError::Sync { path: private_dir.to_owned(), source })?;
            master::settle(&file, place, &counts, other)?;
        }
        folder.destroy_all_but(&[&slots_name(counts.generation), &keyfile_name_of(&counts)])?;
        Ok(Self::assemble(folder, keys, slots, &counts))
    }
}

/// The key file that a revision needs; empty where it needs none.
pub(crate) fn keyfile_name_of(wrapped: &master::WrappedMaster) -> String {
    match wrapped.source.kind() {
        WrappingKind::KeyFile => keyfile_name(wrapped.revision),
        WrappingKind::Passphrase(_) => String::new(),
    }
}

pub(crate) fn folder_in(storage: &Arc<dyn Storage>, private_dir: &Path) -> Result<Folder, OpenError> {
    let path = private_dir.join(FOLDER);
    match storage.exists(&path) {
        Ok(true) => Ok(Folder::new(storage, path)),
        Ok(false) => Err(OpenError::NoVault { path }),
        Err(source) => Err(HostError::Read { path, source }.into()),
    }
}

pub(crate) fn not_whole(folder: &Folder, found: &Found) -> OpenError {
    let path = folder.path_of(MASTER);
    match found {
        Found::Missing => OpenError::NoVault { path },
        Found::Unknown(version) => OpenError::UnknownVersion { path, version: *version },
        Found::Whole { .. } | Found::Damaged => OpenError::MasterDamaged { path },
    }
}
