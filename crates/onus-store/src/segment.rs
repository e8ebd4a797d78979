//! One segment, open for looking things up: its file, and its index.
//!
//! Index files cover the segment from its start, memory covers what follows them (all of it where there are
//! no files). Files that turn out damaged when they are used are left aside, and the segment is read instead:
//! an index can cost time, never an answer.

use crate::block::{Block, BodyReader};
use crate::damage::{Damage, Place, Problem};
use crate::index::{Files, Growing, Unusable};
use crate::positions::BlockPlace;
use crate::terms::Ranges;
use crate::walk::{Fault, Walk, read_block};
use onus_core::seq::Seq;
use onus_core::storage::StoredFile;
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A segment and its index.
#[derive(Debug)]
pub(crate) struct Segment {
    first_seq: u64,
    path: PathBuf,
    file: Arc<dyn StoredFile>,
    files: Option<Files>,
    /// In place of files that turned out damaged: what they should have covered.
    read: OnceLock<Growing>,
    unusable: Option<Unusable>,
    pub(crate) rest: Growing,
}

impl Segment {
    /// Whose files, if any, cover it up to where the rest begins.
    pub(crate) fn new(first_seq: u64, path: &Path, file: Arc<dyn StoredFile>, files: Option<Files>) -> Self {
        let rest = match &files {
            Some(files) => Growing::new(files.end_seq(), files.covered_bytes()),
            None => Growing::new(first_seq, 0),
        };
        let unusable = files.is_none().then_some(Unusable::Missing);
        Self { first_seq, path: path.to_owned(), file, files, read: OnceLock::new(), unusable, rest }
    }

    /// Without files: a finished segment, read from end to end and indexed in memory. `end_seq` is where the next one
    /// begins; a segment that does not reach so far has lost entries.
    pub(crate) fn read_through(
        (first_seq, end_seq): (u64, u64),
        path: &Path,
        file: Arc<dyn StoredFile>,
        unusable: Unusable,
    ) -> Result<Self, Fault> {
        let end = file.len().map_err(Fault::reading(path))?;
        let mut segment = Self::new(first_seq, path, file, None);
        segment.unusable = Some(unusable);
        segment.rest = segment.read_up_to(end)?;
        let found = segment.rest.end_seq();
        if found != end_seq {
            let problem = Problem::SegmentEndsEarly {
                last: Seq::new(found.saturating_sub(1)),
                next: Seq::new(end_seq),
            };
            return Err(Damage::new(Place::segment(first_seq, end), problem).into());
        }
        Ok(segment)
    }

    pub(crate) fn file(&self) -> &Arc<dyn StoredFile> {
        &self.file
    }

    /// Whether every answer comes from files that are as they should be.
    pub(crate) fn is_indexed(&self) -> bool {
        self.unusable.is_none() && self.read.get().is_none()
    }

    /// Why not.
    pub(crate) fn unusable(&self) -> Option<Unusable> {
        self.unusable.or(self.read.get().map(|_| Unusable::Damaged))
    }

    /// How much the files cover.
    pub(crate) fn indexed_bytes(&self) -> u64 {
        self.files.as_ref().map_or(0, Files::covered_bytes)
    }

    /// Which incidents it can hold, if it is finished.
    pub(crate) fn ranges(&self) -> Ranges {
        match &self.files {
            Some(files) => files.ranges().clone(),
            None => self.rest.ranges(),
        }
    }

    /// The entries that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(&self, term: &[u8], seqs: &mut Vec<u64>) -> Result<(), Fault> {
        if let Some(files) = &self.files {
            let before = seqs.len();
            if self.read.get().is_some() || files.lookup(term, seqs).is_err() {
                seqs.truncate(before);
                self.read_instead(files)?.lookup(term, seqs);
            }
        }
        self.rest.lookup(term, seqs);
        Ok(())
    }

    /// The entries that hold the term, as offsets from the first.
    pub(crate) fn postings(&self, term: &[u8]) -> Result<RoaringBitmap, Fault> {
        let mut found = RoaringBitmap::new();
        if let Some(files) = &self.files {
            let asked = if self.read.get().is_some() { None } else { files.postings(term).ok() };
            found = match asked {
                Some(found) => found,
                None => self.read_instead(files)?.postings(self.first_seq, term),
            };
        }
        found |= self.rest.postings(self.first_seq, term);
        Ok(found)
    }

    /// Every term that begins with `prefix`, with its entries as offsets from the first.
    pub(crate) fn terms(&self, prefix: &[u8]) -> Result<BTreeMap<Vec<u8>, RoaringBitmap>, Fault> {
        let mut found = BTreeMap::new();
        if let Some(files) = &self.files
            && (self.read.get().is_some() || files.terms(prefix, &mut found).is_err())
        {
            found.clear();
            self.read_instead(files)?.terms(self.first_seq, prefix, &mut found);
        }
        self.rest.terms(self.first_seq, prefix, &mut found);
        Ok(found)
    }

    /// The block that holds the entry.
    pub(crate) fn block(&self, seq: u64, bodies: &mut BodyReader) -> Result<Block, Fault> {
        let place = match self.files.as_ref().filter(|files| seq < files.end_seq()) {
            None => self.rest.block_of(seq),
            Some(files) => {
                let named = files.block_of(seq).ok().flatten().filter(|_| self.read.get().is_none());
                let led_to = named.and_then(|place| read_block(&*self.file, place, bodies).ok());
                if let Some(block) = led_to.filter(|block| holds(block, seq)) {
                    return Ok(block);
                }
                // The file led nowhere. The segment itself says what is the matter, if anything is.
                self.read_instead(files)?.block_of(seq)
            }
        };
        let missing = || {
            Damage::new(
                Place::somewhere_in(self.first_seq).with_entry(seq),
                Problem::NoSegment(Seq::new(seq)),
            )
        };
        let place: BlockPlace = place.ok_or_else(missing)?;
        read_block(&*self.file, place, bodies).map_err(|e| e.within(self.first_seq, &self.path))
    }

    fn read_instead(&self, files: &Files) -> Result<&Growing, Fault> {
        if let Some(read) = self.read.get() {
            return Ok(read);
        }
        let read = self.read_up_to(files.covered_bytes())?;
        Ok(self.read.get_or_init(|| read))
    }

    fn read_up_to(&self, end: u64) -> Result<Growing, Fault> {
        let mut growing = Growing::new(self.first_seq, 0);
        let mut walk = Walk::new(&*self.file, 0, end);
        while let Some((at, block)) = walk.step().map_err(|e| e.within(self.first_seq, &self.path))? {
            let first = block.header().first_seq;
            if first != growing.end_seq() {
                let problem =
                    Problem::FirstSeq { expected: Seq::new(growing.end_seq()), found: Seq::new(first) };
                return Err(Damage::new(Place::segment(self.first_seq, at).with_block(first), problem).into());
            }
            growing.add(&block).map_err(|e| e.within(self.first_seq, &self.path, at, first))?;
        }
        Ok(growing)
    }
}

fn holds(block: &Block, seq: u64) -> bool {
    (block.header().first_seq..block.header().end_seq()).contains(&seq)
}
