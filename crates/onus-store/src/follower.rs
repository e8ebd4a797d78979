//! Writes a segment's index files: those of the unfinished one again and again as it grows, those of a
//! finished one once. From the segment's bytes alone.
//!
//! The files are derived: they are renamed into place unsynced, and whoever opens them checks them.

use crate::block::BodyReader;
use crate::damage::Problem;
use crate::index::{Files, Growing};
use crate::layout::{Layout, in_the_making};
use crate::terms::DerivedError;
use crate::walk::{Fault, Walk, WalkError, read_block};
use onus_core::seq::Seq;
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use onus_proof::Link;
use std::io;
use std::path::Path;

/// One segment, followed.
#[derive(Debug)]
pub(crate) struct Follower {
    first_seq: u64,
    growing: Growing,
}

impl Follower {
    /// Goes on where the files end, if they speak of this segment.
    pub(crate) fn of(
        storage: &dyn Storage,
        layout: &Layout,
        first_seq: u64,
        segment: &dyn StoredFile,
    ) -> Self {
        let growing = Files::open(storage, layout, first_seq)
            .ok()
            .filter(|files| files.match_beginning(segment))
            .and_then(|files| Growing::resume(&files).ok())
            .unwrap_or_else(|| Growing::new(first_seq, 0));
        Self { first_seq, growing }
    }

    /// From the segment's start, whatever files there are.
    pub(crate) fn anew(first_seq: u64) -> Self {
        Self { first_seq, growing: Growing::new(first_seq, 0) }
    }

    pub(crate) fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// Where what it holds ends.
    pub(crate) fn end_bytes(&self) -> u64 {
        self.growing.end_bytes()
    }

    /// Reads on up to `end`, at which a block ends, and writes both files.
    pub(crate) fn write_up_to(
        &mut self,
        end: u64,
        storage: &dyn Storage,
        layout: &Layout,
        segment: &dyn StoredFile,
    ) -> Result<(), Fault> {
        let (positions, terms) = self.bytes_up_to(end, layout, segment)?;
        let put = |path: &Path, bytes: &[u8]| put(storage, path, bytes).map_err(Fault::reading(path));
        put(&layout.positions(self.first_seq), &positions)?;
        put(&layout.terms(self.first_seq), &terms)
    }

    /// Reads on up to `end`, at which a block ends; the bytes of both files.
    pub(crate) fn bytes_up_to(
        &mut self,
        end: u64,
        layout: &Layout,
        segment: &dyn StoredFile,
    ) -> Result<(Vec<u8>, Vec<u8>), Fault> {
        let path = layout.segment(self.first_seq);
        let last = self.read_on(end, segment, &path)?;
        let last_link = match last {
            Some(link) => link,
            // Nothing new: the link is that of the last block already held.
            None => self.held_link(segment, &path)?,
        };
        let other = |e: DerivedError| Fault::Read { path: path.clone(), source: io::Error::other(e) };
        self.growing.to_files(last_link).map_err(other)
    }

    /// The link after the last block that it holds.
    pub(crate) fn last_link(&self, segment: &dyn StoredFile, path: &Path) -> Result<Link, Fault> {
        self.held_link(segment, path)
    }

    /// What it holds.
    pub(crate) fn growing(&self) -> &Growing {
        &self.growing
    }

    fn read_on(&mut self, end: u64, segment: &dyn StoredFile, path: &Path) -> Result<Option<Link>, Fault> {
        let mut walk = Walk::new(segment, self.growing.end_bytes(), end);
        let mut last = None;
        while let Some((at, block)) = walk.step().map_err(|e| e.within(self.first_seq, path))? {
            let first = block.header().first_seq;
            if first != self.growing.end_seq() {
                let problem =
                    Problem::FirstSeq { expected: Seq::new(self.growing.end_seq()), found: Seq::new(first) };
                return Err(WalkError::Bad { at, block: Some(first), problem }.within(self.first_seq, path));
            }
            self.growing.add(&block).map_err(|e| e.within(self.first_seq, path, at, first))?;
            last = Some(block);
        }
        Ok(last.map(|block| block.last_link()))
    }

    fn held_link(&self, segment: &dyn StoredFile, path: &Path) -> Result<Link, Fault> {
        let last = self.growing.end_seq().checked_sub(1).and_then(|seq| self.growing.block_of(seq));
        let empty = WalkError::Bad { at: 0, block: None, problem: Problem::EmptySegment };
        let place = last.ok_or_else(|| empty.within(self.first_seq, path))?;
        let block = read_block(segment, place, &mut BodyReader::new());
        Ok(block.map_err(|e| e.within(self.first_seq, path))?.last_link())
    }
}

/// Replaces a derived file: new file, rename, no sync. What a power cut leaves of it is checked before use.
pub(crate) fn put(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = in_the_making(path);
    let file = storage.open(&new, OpenHow::OpenOrCreate(Audience::Shared))?;
    file.set_len(0)?;
    file.write_at(bytes, 0)?;
    storage.rename(&new, path)
}
