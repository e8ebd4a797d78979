//! A file system in memory that loses what was not synced.
//!
//! What a sync makes durable is what was written since the last one; a write whose sync failed is never
//! written by a later sync, though it can be read (as Linux does). After a power cut each unsynced write
//! and each unsynced name is there, torn or lost, as the seed says.

use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

type Id = usize;

#[derive(Clone, Debug, Default)]
struct FileData {
    live: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<(usize, Vec<u8>)>,
}

#[derive(Clone, Debug)]
enum NameChange {
    Added(String, Id),
    Removed(String),
    Renamed(String, String),
}

#[derive(Clone, Debug, Default)]
struct Dir {
    live: BTreeMap<String, Id>,
    durable: BTreeMap<String, Id>,
    unsynced: Vec<NameChange>,
}

#[derive(Clone, Debug)]
enum Node {
    File(FileData),
    Dir(Dir),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This step and all that follow fail: the power is gone.
    PowerCut,
    /// This step fails, if it is a sync; what it was to sync stays readable and is lost on a power cut.
    SyncFails,
}

#[derive(Debug, Default)]
struct State {
    nodes: Vec<Node>,
    locks: HashSet<Id>,
    steps: usize,
    fault: Option<(usize, Fault)>,
    dead: bool,
}

/// A folder tree of which `/p` exists.
#[derive(Clone, Debug)]
pub(crate) struct CrashFs(Arc<Mutex<State>>);

#[derive(Debug)]
struct Handle {
    fs: CrashFs,
    id: Id,
    locked: Mutex<bool>,
}

impl Dir {
    fn change(&mut self, change: NameChange) {
        apply_name(&mut self.live, &change);
        self.unsynced.push(change);
    }
}

fn apply_name(names: &mut BTreeMap<String, Id>, change: &NameChange) {
    match change {
        NameChange::Added(name, id) => {
            names.insert(name.clone(), *id);
        }
        NameChange::Removed(name) => {
            names.remove(name);
        }
        NameChange::Renamed(from, to) => {
            if let Some(id) = names.remove(from) {
                names.insert(to.clone(), id);
            }
        }
    }
}

fn apply_write(bytes: &mut Vec<u8>, at: usize, written: &[u8]) {
    bytes.resize(bytes.len().max(at + written.len()), 0);
    bytes[at..at + written.len()].copy_from_slice(written);
}

impl State {
    fn step(&mut self, is_sync: bool) -> io::Result<()> {
        let here = self.steps;
        self.steps += 1;
        match self.fault {
            _ if self.dead => Err(Error::other("no power")),
            Some((at, Fault::PowerCut)) if at == here => {
                self.dead = true;
                Err(Error::other("the power went"))
            }
            Some((at, Fault::SyncFails)) if at == here && is_sync => Err(Error::other("not synced")),
            _ => Ok(()),
        }
    }

    fn alive(&self) -> io::Result<()> {
        if self.dead { Err(Error::other("no power")) } else { Ok(()) }
    }

    fn find(&self, path: &Path) -> Option<Id> {
        path.iter().skip(1).try_fold(0, |id, name| match &self.nodes[id] {
            Node::Dir(dir) => dir.live.get(name.to_str().unwrap()).copied(),
            Node::File(_) => None,
        })
    }

    fn parent(&mut self, path: &Path) -> io::Result<(&mut Dir, String)> {
        let id = self.find(path.parent().unwrap()).ok_or(ErrorKind::NotFound)?;
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match &mut self.nodes[id] {
            Node::Dir(dir) => Ok((dir, name)),
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
        }
    }

    fn add(&mut self, path: &Path, node: Node) -> io::Result<Id> {
        self.step(false)?;
        let id = self.nodes.len();
        let (dir, name) = self.parent(path)?;
        dir.change(NameChange::Added(name, id));
        self.nodes.push(node);
        Ok(id)
    }

    fn file(&mut self, id: Id) -> &mut FileData {
        match &mut self.nodes[id] {
            Node::File(file) => file,
            Node::Dir(_) => panic!("a folder was opened as a file"),
        }
    }
}

impl CrashFs {
    pub(crate) fn new() -> Self {
        let mut root = Dir::default();
        root.live.insert("p".to_owned(), 1);
        root.durable.clone_from(&root.live);
        let nodes = vec![Node::Dir(root), Node::Dir(Dir::default())];
        Self(Arc::new(Mutex::new(State { nodes, ..State::default() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn storage(&self) -> Arc<dyn Storage> {
        Arc::new(self.clone())
    }

    /// Lets the fault happen at the step with this number, counted from now.
    pub(crate) fn arm(&self, step: usize, fault: Fault) {
        let mut state = self.state();
        state.steps = 0;
        state.fault = Some((step, fault));
    }

    /// Takes the fault away; whether its step was reached.
    pub(crate) fn disarm(&self) -> bool {
        let mut state = self.state();
        let fault = state.fault.take();
        fault.is_some_and(|(step, _)| step < state.steps)
    }

    /// The disk after the power came back. Seed 0: nothing unsynced is there; 1: all of it; else a mix.
    pub(crate) fn after_power_cut(&self, seed: u64) -> Self {
        let mut random = seed;
        let mut next = move || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 40).unwrap()
        };
        let mut state = State { nodes: self.state().nodes.clone(), ..State::default() };
        for node in &mut state.nodes {
            match node {
                Node::File(file) => {
                    for (at, written) in std::mem::take(&mut file.unsynced) {
                        let kept = match seed {
                            0 => 0,
                            1 => written.len(),
                            _ => [0, written.len(), next() % (written.len() + 1)][next() % 3],
                        };
                        if kept > 0 {
                            apply_write(&mut file.durable, at, &written[..kept]);
                        }
                    }
                    file.live.clone_from(&file.durable);
                }
                Node::Dir(dir) => {
                    for change in std::mem::take(&mut dir.unsynced) {
                        if seed == 1 || seed > 1 && next() % 2 == 0 {
                            apply_name(&mut dir.durable, &change);
                        }
                    }
                    dir.live.clone_from(&dir.durable);
                }
            }
        }
        Self(Arc::new(Mutex::new(state)))
    }

    /// A second disk with the same content.
    pub(crate) fn copy(&self) -> Self {
        let state = State { nodes: self.state().nodes.clone(), ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn files(&self) -> BTreeSet<String> {
        self.names(Path::new("/p/vault")).unwrap().into_iter().filter(|name| name != "lock").collect()
    }

    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        let mut state = self.state();
        let id = state.find(Path::new(path)).unwrap();
        state.file(id).live.clone()
    }

    /// Puts a file there, durable, whatever stood under its name.
    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let mut state = self.state();
        let path = Path::new(path);
        let id = state.nodes.len();
        let (dir, name) = state.parent(path).unwrap();
        dir.live.insert(name.clone(), id);
        dir.durable.insert(name, id);
        let (live, durable) = (bytes.to_vec(), bytes.to_vec());
        state.nodes.push(Node::File(FileData { live, durable, ..FileData::default() }));
    }

    /// Whether these bytes stand in any file, named or not, or were overwritten only in memory.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        self.state().nodes.iter().any(|node| match node {
            Node::File(file) => {
                [&file.live, &file.durable].iter().any(|data| data.windows(bytes.len()).any(|w| w == bytes))
            }
            Node::Dir(_) => false,
        })
    }
}

impl Storage for CrashFs {
    fn open(&self, path: &Path, how: OpenHow) -> io::Result<Arc<dyn StoredFile>> {
        let mut state = self.state();
        state.alive()?;
        let id = match (state.find(path), how) {
            (Some(_), OpenHow::CreateNew(_)) => return Err(ErrorKind::AlreadyExists.into()),
            (Some(id), _) => id,
            (None, OpenHow::CreateNew(audience) | OpenHow::OpenOrCreate(audience)) => {
                assert_eq!(audience, Audience::Private, "every file of the vault is its owner's alone");
                state.add(path, Node::File(FileData::default()))?
            }
            (None, _) => return Err(ErrorKind::NotFound.into()),
        };
        drop(state);
        Ok(Arc::new(Handle { fs: self.clone(), id, locked: Mutex::new(false) }))
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        state.alive()?;
        match state.find(dir).map(|id| &state.nodes[id]) {
            Some(Node::Dir(dir)) => Ok(dir.live.keys().cloned().collect()),
            _ => Err(ErrorKind::NotFound.into()),
        }
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        let state = self.state();
        state.alive()?;
        Ok(state.find(path).is_some())
    }

    fn create_dir(&self, path: &Path, audience: Audience) -> io::Result<()> {
        assert_eq!(audience, Audience::Private);
        let mut state = self.state();
        state.alive()?;
        if state.find(path).is_some() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        state.add(path, Node::Dir(Dir::default())).map(|_| ())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        assert_eq!(from.parent(), to.parent());
        let mut state = self.state();
        state.step(false)?;
        let (dir, from) = state.parent(from)?;
        let to = to.file_name().unwrap().to_str().unwrap().to_owned();
        dir.change(NameChange::Renamed(from, to));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(false)?;
        let (dir, name) = state.parent(path)?;
        dir.change(NameChange::Removed(name));
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(true)?;
        let id = state.find(dir).ok_or(ErrorKind::NotFound)?;
        if let Node::Dir(dir) = &mut state.nodes[id] {
            dir.durable.clone_from(&dir.live);
            dir.unsynced.clear();
        }
        Ok(())
    }

    fn set_read_only(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl StoredFile for Handle {
    fn len(&self) -> io::Result<u64> {
        let mut state = self.fs.state();
        state.alive()?;
        u64::try_from(state.file(self.id).live.len()).map_err(Error::other)
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let mut state = self.fs.state();
        state.alive()?;
        let there = state.file(self.id).live.get(usize::try_from(at).unwrap()..).unwrap_or_default();
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let mut state = self.fs.state();
        state.step(false)?;
        let at = usize::try_from(at).unwrap();
        let file = state.file(self.id);
        apply_write(&mut file.live, at, bytes);
        file.unsynced.push((at, bytes.to_vec()));
        Ok(())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        panic!("the vault never cuts a file")
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.fs.state();
        let synced = state.step(true);
        let dead = state.dead;
        let file = state.file(self.id);
        if synced.is_ok() {
            for (at, written) in std::mem::take(&mut file.unsynced) {
                apply_write(&mut file.durable, at, &written);
            }
        } else if !dead {
            file.unsynced.clear();
        }
        synced
    }

    fn try_lock(&self) -> io::Result<bool> {
        let mut state = self.fs.state();
        state.alive()?;
        let taken = state.locks.insert(self.id);
        *self.locked.lock().unwrap() = taken;
        Ok(taken)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if *self.locked.lock().unwrap() {
            self.fs.state().locks.remove(&self.id);
        }
    }
}

/// Where the tests' vaults live.
pub(crate) fn private_dir() -> PathBuf {
    PathBuf::from("/p")
}
