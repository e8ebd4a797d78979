//! The hashes of whole subtrees of the tree over the entries: what proofs are made of.
//!
//! The roots of 256 leaves, of 256 such, and so on (the levels of C2SP tiles: 8, 16, …) are kept in files
//! `log/nodes-<level>`, 32 bytes each, one after the other, so that the tile N of a level is the bytes from
//! N × 8,192 on. What lies below them is hashed from stored bytes. The files are a function of the log: whoever
//! needs a node that is not there appends what is missing, and two who do so at once write the same.
//!
//! # Promises
//! * [`Reader::folded`] believes stored bytes alone.
//!
//! # Never
//! * A verdict rests on [`Reader::subtree`]: the files are not checked. Whoever makes a proof with it checks that
//!   against a signed root, and where it does not hold calls [`Reader::forget_nodes`] and asks again.

use crate::number::memory;
use crate::outcome::ReadError;
use crate::reader::Reader;
use onus_core::seq::Seq;
use onus_core::storage::{Audience, OpenHow};
use onus_proof::{Frontier, Hash, Subtree, leaf_hash, node_hash};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::PoisonError;

const HEIGHT: u32 = 8;
const WIDTH: u64 = 1 << HEIGHT;
const HASH_BYTES: u64 = 32;

/// What is known of nodes besides the files.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    /// The files led to a wrong root: they are not read any more.
    forgotten: bool,
    /// Nodes that could not be written, by level: which is the first, and the hashes.
    unwritten: BTreeMap<u32, (u64, Vec<Hash>)>,
}

impl Reader {
    /// The hash of a whole subtree, from stored bytes alone: it reads every entry of it.
    pub fn folded(&self, subtree: Subtree) -> Result<Hash, ReadError> {
        let range = self.leaves_of(subtree)?;
        self.fold(range)
    }

    /// The hash of a whole subtree. **Not checked:** see above.
    pub fn subtree(&self, subtree: Subtree) -> Result<Hash, ReadError> {
        let range = self.leaves_of(subtree)?;
        if subtree.level < HEIGHT {
            return self.fold(range);
        }
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let level = subtree.level - subtree.level % HEIGHT;
        let hashes = self.kept(&mut nodes, level, range.start >> level..range.end >> level)?;
        Ok(root_of(hashes))
    }

    /// The kept nodes led to a wrong root: they are made anew when they are asked for next.
    pub fn forget_nodes(&self) {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        *nodes = Nodes { forgotten: true, unwritten: BTreeMap::new() };
        for level in (HEIGHT..u64::BITS).step_by(8) {
            let path = self.layout.nodes(level);
            // Where it cannot be removed, this reader does not ask it again, and the next one finds out anew.
            let _gone = self.storage.remove(&path).is_ok();
        }
    }

    /// The levels whose kept nodes are not those of the log; each node is hashed again from stored bytes.
    pub(super) fn differing_nodes(&self) -> Result<Vec<u32>, ReadError> {
        let nodes = Nodes::default();
        let mut differing = Vec::new();
        let mut below: Vec<Hash> = Vec::new();
        for level in (HEIGHT..u64::BITS).step_by(8) {
            let there = self.count(&nodes, level);
            if there == 0 {
                break;
            }
            let mut made = Vec::new();
            for index in 0..there {
                made.push(if level == HEIGHT {
                    self.fold(index << HEIGHT..(index + 1) << HEIGHT)?
                } else {
                    // A level that has more than the one below it can stand for is compared as far as that goes.
                    let range = memory(index * WIDTH)..memory((index + 1) * WIDTH);
                    match below.get(range) {
                        Some(hashes) => root_of(hashes.to_vec()),
                        None => self.fold(index << level..(index + 1) << level)?,
                    }
                });
            }
            if self.read(level, 0..there).ok().as_ref() != Some(&made) {
                differing.push(level);
            }
            below = made;
        }
        Ok(differing)
    }

    fn leaves_of(&self, subtree: Subtree) -> Result<Range<u64>, ReadError> {
        let size = self.size();
        let ends = || subtree.index.checked_add(1)?.checked_mul(1_u64.checked_shl(subtree.level)?);
        match ends().filter(|end| *end <= size) {
            Some(end) => Ok(subtree.index << subtree.level..end),
            None => Err(ReadError::NoEntry {
                seq: ends().map_or(Seq::new(u64::MAX), |end| Seq::new(end - 1)),
                size,
            }),
        }
    }

    fn fold(&self, range: Range<u64>) -> Result<Hash, ReadError> {
        let mut frontier = Frontier::empty();
        for entry in self.entries(range) {
            frontier.push(leaf_hash(entry?.bytes()));
        }
        Ok(frontier.root())
    }

    /// Nodes of a level that is kept; those that are missing are made first.
    fn kept(&self, nodes: &mut Nodes, level: u32, range: Range<u64>) -> Result<Vec<Hash>, ReadError> {
        let mut there = self.count(nodes, level);
        if there < range.end {
            there = self.extend(nodes, level, there)?;
        }
        let from_memory = nodes.unwritten.get(&level).map_or(there, |(first, _)| *first);
        let split = range.end.min(from_memory).max(range.start);
        let Ok(mut hashes) = self.read(level, range.start..split) else {
            // The file went away or is shorter by now: what it had is made again, in memory.
            *nodes = Nodes { forgotten: true, unwritten: BTreeMap::new() };
            self.extend(nodes, level, 0)?;
            return self.kept(nodes, level, range);
        };
        if let Some((first, unwritten)) = nodes.unwritten.get(&level) {
            let skipped = usize::try_from(split - first.min(&split)).unwrap_or(usize::MAX);
            let wanted = usize::try_from(range.end - split).unwrap_or(0);
            hashes.extend(unwritten.iter().skip(skipped).take(wanted));
        }
        Ok(hashes)
    }

    /// How many nodes of a level there are.
    fn count(&self, nodes: &Nodes, level: u32) -> u64 {
        if let Some((first, unwritten)) = nodes.unwritten.get(&level) {
            return first + crate::number::wide(unwritten.len());
        }
        if nodes.forgotten {
            return 0;
        }
        let file = self.storage.open(&self.layout.nodes(level), OpenHow::Read);
        let bytes = file.and_then(|file| file.len()).unwrap_or(0);
        // More than the log has entries for are another log's.
        (bytes / HASH_BYTES).min(self.size() >> level)
    }

    /// Makes the nodes of a level from `there` on; how many there are then.
    fn extend(&self, nodes: &mut Nodes, level: u32, there: u64) -> Result<u64, ReadError> {
        let whole = self.size() >> level;
        let mut made = Vec::new();
        for index in there..whole {
            made.push(if level == HEIGHT {
                self.fold(index << HEIGHT..(index + 1) << HEIGHT)?
            } else {
                root_of(self.kept(nodes, level - HEIGHT, index * WIDTH..(index + 1) * WIDTH)?)
            });
        }
        let (first, unwritten) = nodes.unwritten.entry(level).or_insert_with(|| (there, Vec::new()));
        let in_file = !nodes.forgotten && unwritten.is_empty() && *first == there;
        if in_file && self.append(level, there, &made).is_ok() {
            nodes.unwritten.remove(&level);
        } else {
            // A disk that cannot be written to is no reason to give no proof.
            unwritten.extend(made);
        }
        Ok(whole)
    }

    fn append(&self, level: u32, there: u64, made: &[Hash]) -> io::Result<()> {
        let bytes: Vec<u8> = made.iter().flat_map(|hash| *hash.as_bytes()).collect();
        let file = self.storage.open(&self.layout.nodes(level), OpenHow::OpenOrCreate(Audience::Shared))?;
        // Not synced: what a power cut leaves of it is found out, and made again.
        file.write_at(&bytes, there * HASH_BYTES)
    }

    fn read(&self, level: u32, range: Range<u64>) -> io::Result<Vec<Hash>> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let file = self.storage.open(&self.layout.nodes(level), OpenHow::Read)?;
        let length = (range.end - range.start) * HASH_BYTES;
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        file.read_exact_at(&mut bytes, range.start * HASH_BYTES)?;
        let (hashes, _) = bytes.as_chunks::<32>();
        Ok(hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect())
    }
}

/// The root over nodes of one level, as many as a power of two.
fn root_of(mut hashes: Vec<Hash>) -> Hash {
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).filter_map(|pair| Some(node_hash(pair.first()?, pair.get(1)?))).collect();
    }
    hashes.pop().unwrap_or_else(|| Frontier::empty().root())
}
