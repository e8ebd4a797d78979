//! Where the key that wraps the master comes from: a key file beside it, or a passphrase.

use crate::folder::{Folder, keyfile_name};
use crate::guard::{Source, Unlock, Wrapping};
use crate::host::HostError;
use crate::key::{Secret, fill_random};
use crate::keyfile::{self, KeyFile};
use crate::master::{MasterKeys, WrappedMaster};
use crate::passphrase::SALT_BYTES;
use std::path::PathBuf;

/// A fresh wrapping key for this revision of MASTER. A key file is durable but for its name: the caller
/// syncs the folder before MASTER names it.
pub(crate) fn fresh(
    folder: &Folder,
    ledger_id: &[u8; 16],
    revision: u64,
    wrapping: Wrapping<'_>,
) -> Result<(Source, Secret), HostError> {
    match wrapping {
        Wrapping::KeyFile => Ok((Source::KeyFile, keyfile::make(folder, ledger_id, revision)?)),
        Wrapping::Passphrase { passphrase, costs } => {
            let mut salt = [0; SALT_BYTES];
            fill_random(&mut salt)?;
            Ok((Source::Argon2id { costs, salt }, costs.derive(passphrase, &salt)?))
        }
    }
}

/// Why the master was not unwrapped. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// A key file was offered. Ask for the passphrase.
    #[error("the vault is guarded by a passphrase: give it")]
    WantsPassphrase,

    /// A passphrase was offered, and none guards this vault.
    #[error("the vault is guarded by its key file: open it without a passphrase")]
    WantsKeyFile,

    /// Not the passphrase: nothing is damaged. Type it again.
    #[error("wrong passphrase: type it again, capitals and spaces count")]
    WrongPassphrase,

    /// The key file is whole and of this ledger, but not the one that MASTER was wrapped under: the two
    /// come from different backups.
    #[error(
        "{path} is not the key that MASTER was wrapped under: restore the whole vault folder from one backup"
    )]
    WrongKeyFile {
        /// The key file.
        path: PathBuf,
    },

    /// The key file is not there.
    #[error("{path} is missing: restore it from the backup of the vault")]
    KeyFileMissing {
        /// Where it should be.
        path: PathBuf,
    },

    /// The key file is truncated or damaged.
    #[error("{path} is damaged: restore it from the backup of the vault")]
    KeyFileDamaged {
        /// The key file.
        path: PathBuf,
    },

    /// The key file is that of another ledger.
    #[error("{path} belongs to another ledger: put this ledger's own key file there")]
    KeyFileOfOtherLedger {
        /// The key file.
        path: PathBuf,
    },

    /// The machine failed.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// Unwraps the master with what the caller has.
pub(crate) fn unlock(
    folder: &Folder,
    wrapped: &WrappedMaster,
    with: Unlock<'_>,
) -> Result<MasterKeys, UnlockError> {
    match (wrapped.source, with) {
        (Source::KeyFile, Unlock::KeyFile) => {
            let path = folder.path_of(&keyfile_name(wrapped.revision));
            match keyfile::read(folder, &wrapped.ledger_id, wrapped.revision)? {
                KeyFile::Whole(key) => wrapped.unwrap(&key).ok_or(UnlockError::WrongKeyFile { path }),
                KeyFile::Missing => Err(UnlockError::KeyFileMissing { path }),
                KeyFile::Damaged => Err(UnlockError::KeyFileDamaged { path }),
                KeyFile::OtherLedger => Err(UnlockError::KeyFileOfOtherLedger { path }),
            }
        }
        (Source::Argon2id { costs, salt }, Unlock::Passphrase(passphrase)) => {
            wrapped.unwrap(&costs.derive(passphrase, &salt)?).ok_or(UnlockError::WrongPassphrase)
        }
        (Source::KeyFile, Unlock::Passphrase(_)) => Err(UnlockError::WantsKeyFile),
        (Source::Argon2id { .. }, Unlock::KeyFile) => Err(UnlockError::WantsPassphrase),
    }
}
