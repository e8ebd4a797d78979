//! Reading blocks off a segment: one at a known place, or one after another.
//!
//! What comes back is checked by itself ([`Block`]); [`Chain`] checks that it follows what came before.
//! Reads ahead in steps of a quarter of a megabyte; holds one block besides.

use crate::block::{Block, BlockHeader, BodyReader, HEADER_BYTES};
use crate::damage::{Damage, Place, Problem};
use crate::number::{memory, small, wide};
use crate::positions::BlockPlace;
use onus_core::entry::EntryHead;
use onus_core::seq::Seq;
use onus_core::storage::StoredFile;
use onus_proof::Link;
use std::io;
use std::path::{Path, PathBuf};

const READ_AHEAD_BYTES: usize = 262_144;

/// Why a reader cannot go on: the disk did not answer, or the bytes are wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("cannot read {path}")]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Damage(#[from] Damage),
}

impl Fault {
    /// For `map_err` on whatever is done with a file.
    pub(crate) fn reading(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Read { path: path.to_owned(), source }
    }
}

/// Why the next block was not read. `at` is where its header starts.
#[derive(Debug)]
pub(crate) enum WalkError {
    Read(io::Error),
    Bad { at: u64, block: Option<u64>, problem: Problem },
}

impl WalkError {
    /// With the segment's name.
    pub(crate) fn within(self, first_seq: u64, path: &Path) -> Fault {
        match self {
            Self::Read(source) => Fault::Read { path: path.to_owned(), source },
            Self::Bad { at, block, problem } => {
                let place = Place::segment(first_seq, at);
                let place = match block {
                    Some(block) => place.with_block(block),
                    None => place,
                };
                Damage::new(place, problem).into()
            }
        }
    }
}

/// Blocks of one segment, one after another.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    file: &'a dyn StoredFile,
    at: u64,
    end: u64,
    ahead: Vec<u8>,
    ahead_at: u64,
    /// How many bytes one reading takes at least.
    read_ahead_bytes: usize,
    bodies: BodyReader,
}

impl<'a> Walk<'a> {
    /// From a byte at which a block starts, up to `end`, which the file must reach.
    pub(crate) fn new(file: &'a dyn StoredFile, from: u64, end: u64) -> Self {
        let (ahead, bodies) = (Vec::new(), BodyReader::new());
        Self { file, at: from, end, ahead, ahead_at: from, read_ahead_bytes: READ_AHEAD_BYTES, bodies }
    }

    /// The same, for who looks at one header and no further.
    pub(crate) fn at_one_header(file: &'a dyn StoredFile, from: u64, end: u64) -> Self {
        Self { read_ahead_bytes: HEADER_BYTES, ..Self::new(file, from, end) }
    }

    /// The next header; the body is left alone.
    pub(crate) fn skip(&mut self) -> Result<Option<(u64, BlockHeader)>, WalkError> {
        let at = self.at;
        let Some(header) = self.header()? else { return Ok(None) };
        let next = at.saturating_add(u64::from(header.block_bytes()));
        if next > self.end {
            return Err(WalkError::Bad { at, block: Some(header.first_seq), problem: Problem::BodyCut });
        }
        self.at = next;
        Ok(Some((at, header)))
    }

    /// The next block, its body checked.
    pub(crate) fn step(&mut self) -> Result<Option<(u64, Block)>, WalkError> {
        let Some((at, header)) = self.skip()? else { return Ok(None) };
        let bad = |problem| WalkError::Bad { at, block: Some(header.first_seq), problem };
        let step = self.load(at, small(header.block_bytes())).and_then(|()| {
            let stored = self.ahead.get(memory(at - self.ahead_at)..).unwrap_or_default();
            let stored =
                stored.get(HEADER_BYTES..HEADER_BYTES + small(header.stored_len)).unwrap_or_default();
            Block::check(header, stored, &mut self.bodies).map_err(bad)
        });
        match step {
            Ok(block) => Ok(Some((at, block))),
            Err(e) => {
                self.at = at;
                Err(e)
            }
        }
    }

    fn header(&mut self) -> Result<Option<BlockHeader>, WalkError> {
        let at = self.at;
        if at >= self.end {
            return Ok(None);
        }
        let bad = |problem| WalkError::Bad { at, block: None, problem };
        if self.end - at < wide(HEADER_BYTES) {
            return Err(bad(Problem::HeaderCut));
        }
        self.load(at, HEADER_BYTES)?;
        let bytes = self.ahead.get(memory(at - self.ahead_at)..).and_then(<[u8]>::first_chunk);
        BlockHeader::parse(bytes.ok_or_else(|| bad(Problem::HeaderCut))?).map(Some).map_err(bad)
    }

    /// Sees to it that `ahead` holds these bytes, which lie before `end`.
    fn load(&mut self, at: u64, len: usize) -> Result<(), WalkError> {
        let held = at >= self.ahead_at
            && at.saturating_add(wide(len)) <= self.ahead_at.saturating_add(wide(self.ahead.len()));
        if held {
            return Ok(());
        }
        let wanted = memory((self.end - at).min(wide(len.max(self.read_ahead_bytes))));
        self.ahead.resize(wanted, 0);
        self.ahead_at = at;
        let read = self.file.read_exact_at(&mut self.ahead, at);
        if read.is_err() {
            self.ahead.clear();
        }
        match read {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                Err(WalkError::Bad { at, block: None, problem: Problem::BodyCut })
            }
            other => other.map_err(WalkError::Read),
        }
    }
}

/// Reads the block at a place that an index names, and checks that it is that block.
pub(crate) fn read_block(
    file: &dyn StoredFile,
    place: BlockPlace,
    bodies: &mut BodyReader,
) -> Result<Block, WalkError> {
    let bad = |problem| WalkError::Bad { at: place.at, block: Some(place.first_seq), problem };
    let mut bytes = vec![0; small(place.len)];
    match file.read_exact_at(&mut bytes, place.at) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(bad(Problem::BodyCut)),
        other => other.map_err(WalkError::Read)?,
    }
    let (header, stored) = bytes.split_first_chunk().ok_or_else(|| bad(Problem::HeaderCut))?;
    let header = BlockHeader::parse(header).map_err(bad)?;
    if header.first_seq != place.first_seq || header.count != place.count {
        return Err(bad(Problem::FirstSeq {
            expected: Seq::new(place.first_seq),
            found: Seq::new(header.first_seq),
        }));
    }
    Block::check(header, stored, bodies).map_err(bad)
}

/// What a block must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) next_seq: u64,
    pub(crate) link: Link,
}

/// What is wrong with a block that does not follow, and with which of its entries.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) entry: Option<u64>,
    pub(crate) problem: Problem,
}

impl Broken {
    fn block(problem: Problem) -> Self {
        Self { entry: None, problem }
    }

    /// With its place.
    pub(crate) fn at(self, segment: u64, offset: u64, block: u64) -> Damage {
        let place = Place::segment(segment, offset).with_block(block);
        Damage::new(if let Some(seq) = self.entry { place.with_entry(seq) } else { place }, self.problem)
    }
}

impl Chain {
    /// Checks that the header follows.
    pub(crate) fn precedes(&self, header: &BlockHeader) -> Result<(), Broken> {
        if header.first_seq != self.next_seq {
            let (expected, found) = (self.next_seq, header.first_seq);
            return Err(Broken::block(Problem::FirstSeq {
                expected: Seq::new(expected),
                found: Seq::new(found),
            }));
        }
        if header.link_before != self.link {
            return Err(Broken::block(Problem::LinkBefore));
        }
        Ok(())
    }

    /// Checks that the block follows and that its entries say so, and goes to its end.
    pub(crate) fn accept(&mut self, block: &Block) -> Result<(), Broken> {
        self.precedes(block.header())?;
        for (seq, entry) in block.numbered() {
            check_head(seq, entry)?;
        }
        *self = Self { next_seq: block.header().end_seq(), link: block.last_link() };
        Ok(())
    }
}

/// Checks that an entry's head can be read and states its own place.
pub(crate) fn check_head(seq: u64, entry: &[u8]) -> Result<EntryHead, Broken> {
    let broken = |problem| Broken { entry: Some(seq), problem };
    let (head, _) = EntryHead::parse(entry).map_err(|e| broken(Problem::Entry(e)))?;
    if head.seq == Seq::new(seq) { Ok(head) } else { Err(broken(Problem::EntrySeq { found: head.seq })) }
}
