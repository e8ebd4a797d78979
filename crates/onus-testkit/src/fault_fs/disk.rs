//! Files and folders twice over: as programs see them, and as the disk has them.
//!
//! A change is seen at once and reaches the disk when its file or folder is synced. What happens to the
//! others at a power cut is chosen here: each is lost, kept, torn, or torn with its whole length (zeros at the end),
//! independently of the others.

use crate::seed::Seed;
use std::collections::BTreeMap;

pub(super) type NodeId = usize;
pub(super) const ROOT: NodeId = 0;

/// What a power cut leaves of all that was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survivors {
    /// Nothing.
    Nothing,
    /// All of it, except what a failed sync dropped.
    Everything,
    /// Some of it: any subset, any write torn, chosen by this seed.
    Seeded(u64),
}

#[derive(Clone, Debug)]
pub(super) enum Change {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    SetLen(usize),
    /// A write of which the file's new length reached the disk, and none of its bytes.
    Extended(usize),
}

impl Change {
    pub(super) fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::SetLen(len) => to.resize(*len, 0),
            Self::Extended(len) => to.resize(to.len().max(*len), 0),
            Self::Write { at, bytes } => {
                let end = at.saturating_add(bytes.len());
                to.resize(to.len().max(end), 0);
                to.iter_mut().skip(*at).zip(bytes).for_each(|(old, new)| *old = *new);
            }
        }
    }

    /// What is left of it, in order.
    fn survivors(&self, seed: &mut Seed) -> Vec<Self> {
        match (self, seed.below(8)) {
            (_, 0..=2) => Vec::new(),
            (Self::Write { at, bytes }, fate @ 3..=5) => {
                let kept: Vec<u8> = bytes.iter().take(seed.index(bytes.len() + 1)).copied().collect();
                let torn = Self::Write { at: *at, bytes: kept };
                let extended = Self::Extended(at.saturating_add(bytes.len()));
                if fate == 5 { vec![torn, extended] } else { vec![torn] }
            }
            _ => vec![self.clone()],
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Regular {
    pub(super) cache: Vec<u8>,
    disk: Vec<u8>,
    pending: Vec<Change>,
    pub(super) read_only: bool,
    pub(super) locked_by: Option<u64>,
}

impl Regular {
    pub(super) fn durable(bytes: Vec<u8>, read_only: bool) -> Self {
        Self { disk: bytes.clone(), cache: bytes, read_only, ..Self::default() }
    }

    pub(super) fn change(&mut self, change: Change) {
        change.apply(&mut self.cache);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.disk);
        }
    }

    /// A sync that failed: some changes arrived, no other ever will.
    pub(super) fn fail_sync(&mut self, seed: &mut Seed) {
        let nothing_arrives = seed.one_in(2);
        for change in self.pending.drain(..) {
            for arrived in change.survivors(seed).iter().filter(|_| !nothing_arrives) {
                arrived.apply(&mut self.disk);
            }
        }
    }

    pub(super) fn is_synced(&self) -> bool {
        self.pending.is_empty() && self.cache == self.disk
    }

    fn after_power_cut(&self, survivors: Survivors, seed: &mut Seed) -> Self {
        let mut bytes = self.disk.clone();
        // Half of the time as an ordered journal leaves it, half of the time in any order.
        let in_order = seed.one_in(2);
        let mut last_in_order = seed.index(self.pending.len() + 1);
        let mut cut = false;
        for change in &self.pending {
            let kept = match survivors {
                Survivors::Nothing => Vec::new(),
                Survivors::Everything => vec![change.clone()],
                Survivors::Seeded(_) if in_order && last_in_order > 0 => {
                    last_in_order -= 1;
                    vec![change.clone()]
                }
                Survivors::Seeded(_) if in_order && cut => Vec::new(),
                Survivors::Seeded(_) => {
                    cut = true;
                    change.survivors(seed)
                }
            };
            for change in kept {
                change.apply(&mut bytes);
            }
        }
        Self::durable(bytes, self.read_only)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Folder {
    pub(super) names: BTreeMap<String, NodeId>,
    disk: BTreeMap<String, NodeId>,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    File(Regular),
    Dir(Folder),
}

/// One step in a folder or two: names that come to stand for something, or for nothing.
#[derive(Clone, Debug)]
struct NameChange(Vec<(NodeId, String, Option<NodeId>)>);

/// The whole tree.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    nodes: Vec<Node>,
    pending_names: Vec<NameChange>,
}

impl Disk {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::Dir(Folder::default())], pending_names: Vec::new() }
    }

    pub(super) fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn file(&mut self, id: NodeId) -> Option<&mut Regular> {
        match self.nodes.get_mut(id) {
            Some(Node::File(file)) => Some(file),
            _ => None,
        }
    }

    pub(super) fn folder(&self, id: NodeId) -> Option<&Folder> {
        match self.nodes.get(id) {
            Some(Node::Dir(folder)) => Some(folder),
            _ => None,
        }
    }

    pub(super) fn unlock_all(&mut self) {
        for node in &mut self.nodes {
            if let Node::File(file) = node {
                file.locked_by = None;
            }
        }
    }

    /// Changes names at once, for programs.
    pub(super) fn change_names(&mut self, edits: Vec<(NodeId, String, Option<NodeId>)>) {
        let change = NameChange(edits);
        for (dir, name, node) in &change.0 {
            if let Some(Node::Dir(folder)) = self.nodes.get_mut(*dir) {
                set(&mut folder.names, name, *node);
            }
        }
        self.pending_names.push(change);
    }

    /// Brings the names of a folder to the disk.
    pub(super) fn sync_names(&mut self, dir: NodeId) {
        let (now, later) = std::mem::take(&mut self.pending_names)
            .into_iter()
            .partition(|change| change.0.iter().any(|(touched, ..)| *touched == dir));
        self.pending_names = later;
        self.settle(now);
    }

    /// A sync of a folder that failed: some names arrived, no other ever will.
    pub(super) fn fail_sync_names(&mut self, dir: NodeId, seed: &mut Seed) {
        let (now, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending_names)
            .into_iter()
            .partition(|change| change.0.iter().any(|(touched, ..)| *touched == dir));
        self.pending_names = later;
        self.settle(now.into_iter().filter(|_| seed.one_in(2)).collect());
    }

    pub(super) fn names_are_synced(&self, dir: NodeId) -> bool {
        !self.pending_names.iter().any(|change| change.0.iter().any(|(touched, ..)| *touched == dir))
            && self.folder(dir).is_some_and(|folder| folder.names == folder.disk)
    }

    pub(super) fn name_is_synced(&self, dir: NodeId, name: &str) -> bool {
        self.folder(dir).is_some_and(|folder| {
            folder.names.contains_key(name) && folder.names.get(name) == folder.disk.get(name)
        })
    }

    fn settle(&mut self, changes: Vec<NameChange>) {
        for (dir, name, node) in changes.into_iter().flat_map(|change| change.0) {
            if let Some(Node::Dir(folder)) = self.nodes.get_mut(dir) {
                set(&mut folder.disk, &name, node);
            }
        }
    }

    /// The disk as the next start finds it.
    pub(super) fn after_power_cut(&self, survivors: Survivors) -> Self {
        let mut seed = Seed::new(if let Survivors::Seeded(seed) = survivors { seed } else { 0 });
        let mut after = self.clone();
        let names = std::mem::take(&mut after.pending_names).into_iter().filter(|_| match survivors {
            Survivors::Nothing => false,
            Survivors::Everything => true,
            Survivors::Seeded(_) => seed.one_in(2),
        });
        let names = names.collect();
        after.settle(names);
        for node in &mut after.nodes {
            match node {
                Node::File(file) => *file = file.after_power_cut(survivors, &mut seed),
                Node::Dir(folder) => folder.names = folder.disk.clone(),
            }
        }
        after
    }

    /// Everything that programs see, as if it had been synced.
    pub(super) fn settled(&self) -> Self {
        let mut after = self.clone();
        after.pending_names.clear();
        for node in &mut after.nodes {
            match node {
                Node::File(file) => {
                    *file = Regular::durable(std::mem::take(&mut file.cache), file.read_only);
                }
                Node::Dir(folder) => folder.disk = folder.names.clone(),
            }
        }
        after
    }
}

fn set(names: &mut BTreeMap<String, NodeId>, name: &str, node: Option<NodeId>) {
    match node {
        Some(node) => names.insert(name.to_owned(), node),
        None => names.remove(name),
    };
}
