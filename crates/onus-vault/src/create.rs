//! Making a vault: built whole under another name, synced, renamed. A crash leaves no vault, or all of it.

use crate::OpenError;
use crate::allocate::MADE_AT_ONCE;
use crate::folder::{FOLDER, FOLDER_NEW, Folder};
use crate::guard::{Unlock, Wrapping};
use crate::host::HostError;
use crate::key::Secret;
use crate::master::{self, MasterKeys, WrappedMaster};
use crate::slot_file::{SlotFile, fresh_slots};
use crate::slots::{KeyId, Owner};
use crate::vault::Vault;
use crate::wrapping::fresh;
use onus_core::storage::{Audience, Storage};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a vault was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Nothing was changed: a vault stands there, and a new one would make its ledger's texts unreadable.
    #[error("{path} is there already: use it, or choose another directory")]
    AlreadyThere {
        /// The vault's folder.
        path: PathBuf,
    },

    /// It was made and then did not open. Nothing is sealed under it yet: remove it and create it again.
    #[error(transparent)]
    Open(#[from] OpenError),

    /// The machine failed. Either no vault is there, and creating it again starts afresh; or a whole one is,
    /// of which it is unknown whether it would survive a power cut: nothing is sealed under it yet, so remove
    /// it and create it again.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl Vault {
    /// Makes the vault of a ledger in its private directory (which must exist, mode 0700) and opens it.
    pub fn create(
        storage: &Arc<dyn Storage>,
        private_dir: &Path,
        ledger_id: [u8; 16],
        wrapping: Wrapping<'_>,
    ) -> Result<Self, CreateError> {
        let path = private_dir.join(FOLDER);
        match storage.exists(&path) {
            Ok(false) => {}
            Ok(true) => return Err(CreateError::AlreadyThere { path }),
            Err(source) => return Err(HostError::Read { path, source }.into()),
        }
        let built = folder_to_build_in(storage, private_dir.join(FOLDER_NEW))?;
        build(&built, ledger_id, wrapping)?;
        storage
            .rename(built.path(), &path)
            .map_err(|source| HostError::Write { path: path.clone(), source })?;
        storage
            .sync_dir(private_dir)
            .map_err(|source| HostError::Sync { path: private_dir.to_owned(), source })?;
        let with = match wrapping {
            Wrapping::KeyFile => Unlock::KeyFile,
            Wrapping::Passphrase { passphrase, .. } => Unlock::Passphrase(passphrase),
        };
        Ok(Self::open(storage, private_dir, ledger_id, with)?)
    }
}

/// The folder to build in. What an earlier attempt left there is destroyed file by file as it is made anew.
fn folder_to_build_in(storage: &Arc<dyn Storage>, path: PathBuf) -> Result<Folder, HostError> {
    match storage.create_dir(&path, Audience::Private) {
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
            Err(HostError::Write { path, source })
        }
        _ => Ok(Folder::new(storage, path)),
    }
}

fn build(folder: &Folder, ledger_id: [u8; 16], wrapping: Wrapping<'_>) -> Result<(), HostError> {
    let (revision, generation) = (1, 1);
    let keys = MasterKeys { master: Secret::random()?, token: Secret::random()? };
    let free = fresh_slots(&keys.master.cipher(), &ledger_id, KeyId::FIRST.get(), MADE_AT_ONCE)?;
    let slots = SlotFile::make(folder, Owner { ledger_id, generation }, MADE_AT_ONCE)?;
    slots.write(KeyId::FIRST.get(), &free)?;
    slots.sync()?;
    let (source, wrapping_key) = fresh(folder, &ledger_id, revision, wrapping)?;
    let first = WrappedMaster::wrap(ledger_id, revision, generation, (source, &wrapping_key), &keys)?;
    master::make(folder, &first)?;
    folder.sync()
}
