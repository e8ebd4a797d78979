//! One open file of a [`FaultFs`](super::FaultFs).

use super::{Change, FaultFs, NodeId, Operation, Regular, Verdict, World};
use onus_core::storage::StoredFile;
use std::io;
use std::path::PathBuf;

/// A handle. Dropping it releases its lock.
#[derive(Debug)]
pub(super) struct FaultFile {
    pub(super) fs: FaultFs,
    pub(super) path: PathBuf,
    pub(super) node: NodeId,
    pub(super) handle: u64,
    pub(super) may_write: bool,
}

impl FaultFile {
    /// A write or a new length, of which part may be done although it fails.
    fn change(&self, operation: Operation, at: u64, change: &Change) -> io::Result<()> {
        if !self.may_write {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let len = if let Change::Write { bytes, .. } = change { bytes.len() } else { 0 };
        let mut world = self.fs.world();
        match world.begin(self.fs.run, operation, &self.path, at, len) {
            Verdict::Done => {
                self.node_of(&mut world)?.change(change.clone());
                Ok(())
            }
            Verdict::Fails { error, after_bytes } => {
                if let Change::Write { at, bytes } = change
                    && after_bytes > 0
                {
                    let bytes = bytes.iter().take(after_bytes).copied().collect();
                    self.node_of(&mut world)?.change(Change::Write { at: *at, bytes });
                }
                Err(error)
            }
        }
    }

    fn node_of<'a>(&self, world: &'a mut World) -> io::Result<&'a mut Regular> {
        world.disk.file(self.node).ok_or_else(|| io::ErrorKind::IsADirectory.into())
    }
}

impl StoredFile for FaultFile {
    fn len(&self) -> io::Result<u64> {
        let mut world = self.fs.world();
        world.attempt(self.fs.run, Operation::Read, &self.path)?;
        u64::try_from(self.node_of(&mut world)?.cache.len()).map_err(io::Error::other)
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let mut world = self.fs.world();
        world.attempt(self.fs.run, Operation::Read, &self.path)?;
        let start = usize::try_from(at).map_err(io::Error::other)?;
        let rest = self.node_of(&mut world)?.cache.get(start..).unwrap_or_default();
        into.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Ok(rest.len().min(into.len()))
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let start = usize::try_from(at).map_err(io::Error::other)?;
        self.change(Operation::Write, at, &Change::Write { at: start, bytes: bytes.to_vec() })
    }

    fn set_len(&self, len_bytes: u64) -> io::Result<()> {
        let len = usize::try_from(len_bytes).map_err(io::Error::other)?;
        self.change(Operation::SetLen, len_bytes, &Change::SetLen(len))
    }

    fn sync(&self) -> io::Result<()> {
        let mut world = self.fs.world();
        match world.attempt(self.fs.run, Operation::Sync, &self.path) {
            Ok(()) => {
                self.node_of(&mut world)?.sync();
                Ok(())
            }
            Err(error) => {
                if world.powered && self.fs.run == world.run {
                    let mut seed = world.seed.clone();
                    self.node_of(&mut world)?.fail_sync(&mut seed);
                    world.seed = seed;
                }
                Err(error)
            }
        }
    }

    fn try_lock(&self) -> io::Result<bool> {
        let mut world = self.fs.world();
        world.attempt(self.fs.run, Operation::Lock, &self.path)?;
        let file = self.node_of(&mut world)?;
        Ok(*file.locked_by.get_or_insert(self.handle) == self.handle)
    }
}

impl Drop for FaultFile {
    fn drop(&mut self) {
        let mut world = self.fs.world();
        if let Some(file) = world.disk.file(self.node)
            && file.locked_by == Some(self.handle)
        {
            file.locked_by = None;
        }
    }
}
