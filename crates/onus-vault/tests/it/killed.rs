//! A program that is killed while the machine stays up: from one step on, nothing of what it asks is done.

use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::io::{Error, Result};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// A disk to a program that is killed at the step of this number. Counts what changes something.
#[derive(Clone, Debug)]
pub(crate) struct Killed {
    disk: Arc<dyn Storage>,
    steps: Arc<AtomicU64>,
    at: u64,
}

#[derive(Debug)]
struct File {
    file: Arc<dyn StoredFile>,
    by: Killed,
}

impl Killed {
    pub(crate) fn at(at: u64, disk: Arc<dyn Storage>) -> Self {
        Self { disk, steps: Arc::default(), at }
    }

    /// Whether it lived to take the step.
    pub(crate) fn was(&self) -> bool {
        self.steps.load(SeqCst) > self.at
    }

    fn step(&self) -> Result<()> {
        if self.steps.fetch_add(1, SeqCst) < self.at { Ok(()) } else { Err(Error::other("killed")) }
    }
}

impl Storage for Killed {
    fn open(&self, path: &Path, how: OpenHow) -> Result<Arc<dyn StoredFile>> {
        if let OpenHow::CreateNew(audience) | OpenHow::OpenOrCreate(audience) = how {
            assert_eq!(audience, Audience::Private, "every file of the vault is its owner's alone");
            self.step()?;
        }
        Ok(Arc::new(File { file: self.disk.open(path, how)?, by: self.clone() }))
    }
    fn names(&self, dir: &Path) -> Result<Vec<String>> {
        self.disk.names(dir)
    }
    fn exists(&self, path: &Path) -> Result<bool> {
        self.disk.exists(path)
    }
    fn create_dir(&self, path: &Path, audience: Audience) -> Result<()> {
        assert_eq!(audience, Audience::Private);
        self.step()?;
        self.disk.create_dir(path, audience)
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.step()?;
        self.disk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> Result<()> {
        self.step()?;
        self.disk.remove(path)
    }
    fn sync_dir(&self, dir: &Path) -> Result<()> {
        self.step()?;
        self.disk.sync_dir(dir)
    }
    fn set_read_only(&self, path: &Path) -> Result<()> {
        self.step()?;
        self.disk.set_read_only(path)
    }
}

impl StoredFile for File {
    fn len(&self) -> Result<u64> {
        self.file.len()
    }
    fn read_at(&self, into: &mut [u8], at: u64) -> Result<usize> {
        self.file.read_at(into, at)
    }
    fn write_at(&self, bytes: &[u8], at: u64) -> Result<()> {
        self.by.step()?;
        self.file.write_at(bytes, at)
    }
    fn set_len(&self, len_bytes: u64) -> Result<()> {
        self.by.step()?;
        self.file.set_len(len_bytes)
    }
    fn sync(&self) -> Result<()> {
        self.by.step()?;
        self.file.sync()
    }
    fn try_lock(&self) -> Result<bool> {
        self.file.try_lock()
    }
}
