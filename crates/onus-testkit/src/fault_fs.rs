//! A disk in memory that fails on demand.
//!
//! It is what [`Storage`] promises and no more: whatever was not synced may be lost, torn or reordered at a
//! power cut, names included; any operation may fail; and after a failed sync the bytes that were written
//! can still be read, though the disk never got them. Locks go with the handle that holds them.
//!
//! ```
//! use onus_core::storage::{Audience, OpenHow, Storage};
//! use onus_testkit::fault_fs::{Effect, FaultFs, Survivors, When};
//! use std::path::Path;
//!
//! # fn main() -> std::io::Result<()> {
//! let fs = FaultFs::new(1);
//! let file = fs.open(Path::new("/a"), OpenHow::CreateNew(Audience::Shared))?;
//! fs.sync_dir(Path::new("/"))?;
//! fs.inject(When::Step(3), Effect::PowerCut { bytes: 0 });
//! file.write_at(b"never synced", 0)?;
//! assert!(file.sync().is_err());
//! let fs = fs.reboot(Survivors::Nothing);
//! assert_eq!(fs.read(Path::new("/a")), Some(vec![]));
//! # Ok(())
//! # }
//! ```
//!
//! Promise: the same seed, the same operations and the same faults leave the same bytes.

mod disk;
mod faults;
mod file;
mod trace;

pub use disk::Survivors;
pub use faults::{Effect, When};
pub use trace::{Operation, Step};

use crate::seed::Seed;
use disk::{Change, Disk, Folder, Node, NodeId, ROOT, Regular};
use faults::Fault;
use file::FaultFile;
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A disk in memory that fails on demand. Clones are handles to the same disk.
#[derive(Clone, Debug)]
pub struct FaultFs {
    world: Arc<Mutex<World>>,
    /// Handles of an earlier run of the program are dead.
    run: u64,
}

#[derive(Debug)]
struct World {
    disk: Disk,
    faults: Vec<Fault>,
    trace: Vec<Step>,
    next_number: u64,
    next_handle: u64,
    run: u64,
    powered: bool,
    seed: Seed,
}

/// What becomes of an operation.
enum Verdict {
    Done,
    Fails { error: io::Error, after_bytes: usize },
}

impl FaultFs {
    /// An empty disk. The seed decides what failed syncs leave.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::over(Disk::new(), Seed::new(seed))
    }

    fn over(disk: Disk, seed: Seed) -> Self {
        let world = World {
            disk,
            faults: Vec::new(),
            trace: Vec::new(),
            next_number: 0,
            next_handle: 0,
            run: 0,
            powered: true,
            seed,
        };
        Self { world: Arc::new(Mutex::new(world)), run: 0 }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This disk, as the trait that the code under test takes.
    #[must_use]
    pub fn storage(&self) -> Arc<dyn Storage> {
        Arc::new(self.clone())
    }

    /// Makes something go wrong.
    pub fn inject(&self, when: When, effect: Effect) {
        self.world().faults.push(Fault { when, effect });
    }

    /// Takes back every fault that has not struck, and those that last.
    pub fn heal(&self) {
        self.world().faults.clear();
    }

    /// Cuts the power now: every operation fails from here on, on this handle and all others.
    pub fn cut_power(&self) {
        self.world().cut_power();
    }

    /// Whether the power has been cut.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        !self.world().powered
    }

    /// Cuts the power, if that has not happened, and starts again with what survives of it. Faults, trace
    /// and numbers start afresh.
    #[must_use]
    pub fn reboot(&self, survivors: Survivors) -> Self {
        let mut world = self.world();
        world.cut_power();
        Self::over(world.disk.after_power_cut(survivors), world.seed.clone())
    }

    /// What the next start would find if the power went now; this disk goes on.
    #[must_use]
    pub fn if_power_went(&self, survivors: Survivors) -> Self {
        let world = self.world();
        Self::over(world.disk.after_power_cut(survivors), world.seed.clone())
    }

    /// The program dies and is started again; the machine stays up, so nothing that was written is lost (yet).
    /// Files opened before are dead, their locks released. Numbers go on; faults and trace stay.
    #[must_use]
    pub fn restart(&self) -> Self {
        let mut world = self.world();
        world.run += 1;
        world.disk.unlock_all();
        Self { world: Arc::clone(&self.world), run: world.run }
    }

    /// Another disk with the same content, all of it synced.
    #[must_use]
    pub fn fork(&self) -> Self {
        let world = self.world();
        Self::over(world.disk.settled(), world.seed.clone())
    }

    /// How many operations that change something were asked for.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.world().next_number
    }

    /// What was asked for so far, in order.
    #[must_use]
    pub fn trace(&self) -> Vec<Step> {
        self.world().trace.clone()
    }

    /// Puts a remark into the trace.
    pub fn remark(&self, remark: &str) {
        let (path, number, operation) = (PathBuf::from(remark), None, None);
        self.world().trace.push(Step { number, operation, path, at: 0, len: 0, done: true });
    }

    /// What a program would read from a file now, without counting as an operation.
    #[must_use]
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let mut world = self.world();
        let id = world.find(path)?;
        world.disk.file(id).map(|file| file.cache.clone())
    }

    /// Whether a file's bytes are all on the disk (its name may not be).
    #[must_use]
    pub fn is_synced(&self, path: &Path) -> bool {
        let mut world = self.world();
        world.find(path).and_then(|id| world.disk.file(id)).is_some_and(|file| file.is_synced())
    }

    /// Whether the name of a file or folder is on the disk, and stands for what it stands for here.
    #[must_use]
    pub fn name_is_synced(&self, path: &Path) -> bool {
        let world = self.world();
        world.parent(path).is_ok_and(|(dir, name)| world.disk.name_is_synced(dir, &name))
    }

    /// Whether a folder's names are all on the disk.
    #[must_use]
    pub fn names_are_synced(&self, path: &Path) -> bool {
        let world = self.world();
        world.find(path).is_some_and(|id| world.disk.names_are_synced(id))
    }

    /// Every file below a folder, by path, in order.
    #[must_use]
    pub fn files(&self, below: &Path) -> Vec<PathBuf> {
        let world = self.world();
        let mut found = Vec::new();
        let mut open: Vec<(PathBuf, NodeId)> =
            world.find(below).map(|id| (below.to_owned(), id)).into_iter().collect();
        while let Some((path, id)) = open.pop() {
            match world.disk.folder(id) {
                Some(folder) => open.extend(folder.names.iter().map(|(name, id)| (path.join(name), *id))),
                None => found.push(path),
            }
        }
        found.sort();
        found
    }

    /// Puts a file in place behind the program's back, synced, over whatever stands there.
    ///
    /// # Panics
    /// If its folder does not exist.
    #[expect(clippy::expect_used, reason = "a test that names no folder is mistaken")]
    pub fn put(&self, path: &Path, bytes: Vec<u8>) {
        let mut world = self.world();
        let (dir, name) = world.parent(path).expect("a folder to put the file in");
        let read_only =
            world.find(path).and_then(|id| world.disk.file(id)).is_some_and(|file| file.read_only);
        let node = world.disk.add(Node::File(Regular::durable(bytes, read_only)));
        world.disk.change_names(vec![(dir, name, Some(node))]);
        world.disk.sync_names(dir);
    }

    /// Takes a file away behind the program's back.
    pub fn take_away(&self, path: &Path) {
        let mut world = self.world();
        if let Ok((dir, name)) = world.parent(path) {
            world.disk.change_names(vec![(dir, name, None)]);
            world.disk.sync_names(dir);
        }
    }
}

impl World {
    fn cut_power(&mut self) {
        self.powered = false;
        self.disk.unlock_all();
    }

    /// Counts an operation and decides what becomes of it.
    fn begin(&mut self, run: u64, operation: Operation, path: &Path, at: u64, len: usize) -> Verdict {
        if !self.powered {
            return Verdict::Fails { error: io::Error::other("the power is out"), after_bytes: 0 };
        }
        if run != self.run {
            return Verdict::Fails {
                error: io::Error::other("the program that opened this is dead"),
                after_bytes: 0,
            };
        }
        let number = operation.changes().then_some(self.next_number);
        self.next_number += u64::from(operation.changes());
        let mut effect = None;
        self.faults.retain_mut(|fault| {
            let strikes = effect.is_none() && fault.strikes(operation, number);
            if strikes {
                effect = Some(fault.effect);
            }
            !strikes || fault.lasts()
        });
        let done = effect.is_none();
        self.trace.push(Step { number, operation: Some(operation), path: path.to_owned(), at, len, done });
        match effect {
            None => Verdict::Done,
            Some(Effect::Fail { error, after_bytes }) => {
                Verdict::Fails { error: error.into(), after_bytes: after_bytes.min(len) }
            }
            Some(Effect::PowerCut { bytes }) => {
                self.cut_power();
                Verdict::Fails { error: io::Error::other("the power went"), after_bytes: bytes.min(len) }
            }
        }
    }

    /// The same, for operations that do nothing when they fail.
    fn attempt(&mut self, run: u64, operation: Operation, path: &Path) -> io::Result<()> {
        match self.begin(run, operation, path, 0, 0) {
            Verdict::Done => Ok(()),
            Verdict::Fails { error, .. } => Err(error),
        }
    }

    fn find(&self, path: &Path) -> Option<NodeId> {
        names(path).try_fold(ROOT, |dir, name| self.disk.folder(dir)?.names.get(name).copied())
    }

    /// The folder that holds a path's last name, and that name.
    fn parent(&self, path: &Path) -> io::Result<(NodeId, String)> {
        let name = names(path).last().ok_or(io::ErrorKind::InvalidInput)?;
        let dir = path.parent().and_then(|parent| self.find(parent)).ok_or(io::ErrorKind::NotFound)?;
        self.disk.folder(dir).ok_or(io::ErrorKind::NotADirectory)?;
        Ok((dir, name.to_owned()))
    }

    fn make(&mut self, path: &Path, node: Node) -> io::Result<NodeId> {
        let (dir, name) = self.parent(path)?;
        let id = self.disk.add(node);
        self.disk.change_names(vec![(dir, name, Some(id))]);
        Ok(id)
    }
}

fn names(path: &Path) -> impl Iterator<Item = &str> {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    })
}

impl Storage for FaultFs {
    fn open(&self, path: &Path, how: OpenHow) -> io::Result<Arc<dyn StoredFile>> {
        let mut world = self.world();
        let found = world.find(path);
        let make = match (found, how) {
            (None, OpenHow::CreateNew(_) | OpenHow::OpenOrCreate(_)) => true,
            (Some(_), OpenHow::CreateNew(_)) => {
                world.attempt(self.run, Operation::Open, path)?;
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            _ => false,
        };
        world.attempt(self.run, if make { Operation::Create } else { Operation::Open }, path)?;
        let node = if make {
            world.make(path, Node::File(Regular::default()))?
        } else {
            let id = found.ok_or(io::ErrorKind::NotFound)?;
            let file = world.disk.file(id).ok_or(io::ErrorKind::IsADirectory)?;
            if file.read_only && how != OpenHow::Read {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            id
        };
        world.next_handle += 1;
        let (fs, path, handle) = (self.clone(), path.to_owned(), world.next_handle);
        Ok(Arc::new(FaultFile { fs, path, node, handle, may_write: how != OpenHow::Read }))
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut world = self.world();
        world.attempt(self.run, Operation::Read, dir)?;
        let id = world.find(dir).ok_or(io::ErrorKind::NotFound)?;
        let folder = world.disk.folder(id).ok_or(io::ErrorKind::NotADirectory)?;
        Ok(folder.names.keys().cloned().collect())
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        let mut world = self.world();
        world.attempt(self.run, Operation::Read, path)?;
        Ok(world.find(path).is_some())
    }

    fn create_dir(&self, path: &Path, _: Audience) -> io::Result<()> {
        let mut world = self.world();
        world.attempt(self.run, Operation::CreateDir, path)?;
        if world.find(path).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        world.make(path, Node::Dir(Folder::default())).map(drop)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.attempt(self.run, Operation::Rename, from)?;
        let node = world.find(from).ok_or(io::ErrorKind::NotFound)?;
        if world.find(to).is_some_and(|there| there != node && world.disk.folder(there).is_some()) {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        let ((from_dir, from_name), (to_dir, to_name)) = (world.parent(from)?, world.parent(to)?);
        world.disk.change_names(vec![(from_dir, from_name, None), (to_dir, to_name, Some(node))]);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.attempt(self.run, Operation::Remove, path)?;
        let id = world.find(path).ok_or(io::ErrorKind::NotFound)?;
        world.disk.file(id).ok_or(io::ErrorKind::IsADirectory)?;
        let (dir, name) = world.parent(path)?;
        world.disk.change_names(vec![(dir, name, None)]);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut world = self.world();
        let verdict = world.attempt(self.run, Operation::SyncDir, dir);
        let id = world.find(dir).ok_or(io::ErrorKind::NotFound);
        match (&verdict, id) {
            (Ok(()), Ok(id)) => world.disk.sync_names(id),
            (Ok(()), Err(missing)) => return Err(missing.into()),
            (Err(_), Ok(id)) if world.powered && self.run == world.run => {
                let world = &mut *world;
                world.disk.fail_sync_names(id, &mut world.seed);
            }
            (Err(_), _) => {}
        }
        verdict
    }

    fn set_read_only(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.attempt(self.run, Operation::SetReadOnly, path)?;
        let id = world.find(path).ok_or(io::ErrorKind::NotFound)?;
        world.disk.file(id).ok_or(io::ErrorKind::IsADirectory)?.read_only = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
