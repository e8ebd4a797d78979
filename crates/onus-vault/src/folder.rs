//! The vault's folder: its file names, its lock, and how a file is destroyed.
//!
//! ```text
//! DIR.private/vault/
//!   MASTER              the wrapped master (`master`)
//!   slots.<generation>  the slots wrapped under that master (`slots`)
//!   keyfile.<revision>  the wrapping key of that revision of MASTER, unless a passphrase gives it (`keyfile`)
//!   lock                held while anything here is changed or MASTER is read; its content is nothing
//! ```
//!
//! A `slots.*` or `keyfile.*` that MASTER does not name is what a crash left of a rotation or of a new
//! passphrase, either not yet or no longer in force. Opening destroys it.

use crate::host::HostError;
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

pub(crate) const FOLDER: &str = "vault";
/// Where `create` builds before it renames.
pub(crate) const FOLDER_NEW: &str = "vault.new";
pub(crate) const MASTER: &str = "MASTER";
const LOCK: &str = "lock";
const SLOTS_PREFIX: &str = "slots.";
const KEYFILE_PREFIX: &str = "keyfile.";

const LOCK_PAUSE: Duration = Duration::from_millis(5);
const LOCK_TRIES: u32 = 1000;
const WIPE_BYTES: usize = 65_536;

pub(crate) fn slots_name(generation: u64) -> String {
    format!("{SLOTS_PREFIX}{generation}")
}

pub(crate) fn keyfile_name(revision: u64) -> String {
    format!("{KEYFILE_PREFIX}{revision}")
}

/// The folder, through the one seam to the disk.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    storage: Arc<dyn Storage>,
    path: PathBuf,
}

/// The vault's lock. Dropping it lets go.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its lock alone")] Arc<dyn StoredFile>);

impl Folder {
    pub(crate) fn new(storage: &Arc<dyn Storage>, path: PathBuf) -> Self {
        Self { storage: Arc::clone(storage), path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// An existing file; `None` if there is none.
    pub(crate) fn open(&self, name: &str, how: OpenHow) -> Result<Option<VaultFile>, HostError> {
        let path = self.path_of(name);
        match self.storage.open(&path, how) {
            Ok(file) => Ok(Some(VaultFile { file, path })),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(HostError::Read { path, source }),
        }
    }

    /// A new file; one of that name is destroyed first: only a left-over can stand there.
    pub(crate) fn create(&self, name: &str) -> Result<VaultFile, HostError> {
        self.destroy(name)?;
        let path = self.path_of(name);
        match self.storage.open(&path, OpenHow::CreateNew(Audience::Private)) {
            Ok(file) => Ok(VaultFile { file, path }),
            Err(source) => Err(HostError::Write { path, source }),
        }
    }

    /// Overwrites the file with zeros, syncs that, removes it. The caller syncs the folder.
    pub(crate) fn destroy(&self, name: &str) -> Result<(), HostError> {
        let Some(file) = self.open(name, OpenHow::Write)? else { return Ok(()) };
        let zeros = vec![0; WIPE_BYTES];
        let (len, mut at) = (file.len()?, 0);
        while at < len {
            let step = usize::try_from(len - at).unwrap_or(WIPE_BYTES).min(WIPE_BYTES);
            file.write(zeros.get(..step).unwrap_or_default(), at)?;
            at = at.saturating_add(u64::try_from(step).unwrap_or(u64::MAX));
        }
        file.sync()?;
        self.storage.remove(&file.path).map_err(|source| HostError::Write { path: file.path.clone(), source })
    }

    /// Destroys every `slots.*` and `keyfile.*` but these.
    pub(crate) fn destroy_all_but(&self, keep: &[&str]) -> Result<(), HostError> {
        let mut any = false;
        for name in self.names()? {
            let ours = name.starts_with(SLOTS_PREFIX) || name.starts_with(KEYFILE_PREFIX);
            if ours && !keep.contains(&name.as_str()) {
                self.destroy(&name)?;
                any = true;
            }
        }
        if any { self.sync() } else { Ok(()) }
    }

    /// Names of what it holds.
    pub(crate) fn names(&self) -> Result<Vec<String>, HostError> {
        self.storage.names(&self.path).map_err(|source| HostError::Read { path: self.path.clone(), source })
    }

    /// Makes the names in the folder durable.
    pub(crate) fn sync(&self) -> Result<(), HostError> {
        self.storage
            .sync_dir(&self.path)
            .map_err(|source| HostError::Sync { path: self.path.clone(), source })
    }

    /// Waits up to five seconds for the lock.
    pub(crate) fn lock(&self) -> Result<Lock, HostError> {
        let path = self.path_of(LOCK);
        let file = match self.storage.open(&path, OpenHow::OpenOrCreate(Audience::Private)) {
            Ok(file) => file,
            Err(source) => return Err(HostError::Read { path, source }),
        };
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(true) => return Ok(Lock(file)),
                Ok(false) => thread::sleep(LOCK_PAUSE),
                Err(source) => return Err(HostError::Read { path, source }),
            }
        }
        Err(HostError::Busy { path })
    }
}

/// One open file of the vault, whose errors name it.
#[derive(Clone, Debug)]
pub(crate) struct VaultFile {
    file: Arc<dyn StoredFile>,
    path: PathBuf,
}

impl VaultFile {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn len(&self) -> Result<u64, HostError> {
        self.file.len().map_err(|source| self.not_read(source))
    }

    /// Fills `into`; bytes beyond the end of the file read as zeros.
    pub(crate) fn read(&self, into: &mut [u8], at: u64) -> Result<(), HostError> {
        into.fill(0);
        let there = usize::try_from(self.len()?.saturating_sub(at)).unwrap_or(usize::MAX).min(into.len());
        let into = into.get_mut(..there).unwrap_or_default();
        self.file.read_exact_at(into, at).map_err(|source| self.not_read(source))
    }

    pub(crate) fn write(&self, bytes: &[u8], at: u64) -> Result<(), HostError> {
        self.file.write_at(bytes, at).map_err(|source| HostError::Write { path: self.path.clone(), source })
    }

    pub(crate) fn sync(&self) -> Result<(), HostError> {
        self.file.sync().map_err(|source| HostError::Sync { path: self.path.clone(), source })
    }

    fn not_read(&self, source: io::Error) -> HostError {
        HostError::Read { path: self.path.clone(), source }
    }
}
