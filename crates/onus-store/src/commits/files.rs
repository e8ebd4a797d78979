//! Commits kept in local segments, with `head` beside them: the record of a ledger on one machine.
//!
//! Promise: a commit is acknowledged after the sync that covers it, and `head` states it then.
//! Never: an epoch other than 1. On one machine the lock tells writers apart; a commit of another epoch is fenced.

use crate::block::EPOCH;
use crate::commits::{Appended, CommitLog, NewCommit, StoredCommit, StoredCommits, Tip};
use crate::damage::{Damage, Place, Problem};
use crate::head::{Head, Slot};
use crate::layout::Layout;
use crate::limits::SEGMENT_BYTES;
use crate::number::{memory, wide};
use crate::outcome::{AppendError, ReadError};
use crate::recover::Tail;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::survey::LastEntry;
use crate::walk::{Chain, Fault, Walk};
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// `head` is synced at least so often.
pub(crate) const HEAD_SYNC_EVERY: Duration = Duration::from_secs(10);

/// The segments and `head`, held for writing.
#[derive(Debug)]
pub(crate) struct FileCommits {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) layout: Layout,
    /// The last segment's first entry.
    pub(crate) first_seq: u64,
    /// The last segment.
    pub(crate) file: Arc<dyn StoredFile>,
    /// Where its last block ends.
    pub(crate) at: u64,
    pub(crate) chain: Chain,
    pub(crate) head: Head,
    /// A new segment begins after so many entries.
    pub(crate) segment_entries: u64,
    /// When `head` must be on the disk; `None` if it is.
    pub(crate) head_due: Option<Instant>,
}

impl CommitLog for FileCommits {
    fn append(&mut self, commit: &NewCommit<'_>) -> Appended {
        if commit.epoch != EPOCH {
            return Appended::Fenced { by_epoch: EPOCH, at: self.chain.next_seq };
        }
        if commit.first_seq != self.chain.next_seq || commit.link_before != self.chain.link {
            return self.again(commit);
        }
        match self.write(commit) {
            Ok(()) => Appended::Acked,
            Err(e) => Appended::Unknown(e),
        }
    }

    fn tip(&self) -> Tip {
        Tip { next_seq: self.chain.next_seq, link: self.chain.link, epoch: EPOCH }
    }

    fn read(&self, from_seq: u64) -> StoredCommits<'_> {
        let segments = match Segments::list(&*self.storage, &self.layout) {
            Ok(segments) => segments,
            Err(e) => return Box::new([Err(Fault::reading(&self.layout.log())(e).into())].into_iter()),
        };
        let from = segments.holding(from_seq).unwrap_or(0);
        let segments: Vec<u64> = segments.from(from).collect();
        Box::new(segments.into_iter().flat_map(move |segment| {
            let mut commits = Vec::new();
            let read = self.read_segment(segment, from_seq, &mut commits);
            commits.into_iter().map(Ok).chain(read.err().map(|fault| Err(fault.into())))
        }))
    }
}

impl FileCommits {
    /// The end of a log that was opened, and what else its opening found.
    pub(crate) fn new(
        storage: Arc<dyn Storage>,
        layout: Layout,
        tail: Tail,
        segment_entries: u64,
    ) -> (Self, (Segments, Segment, LastEntry)) {
        let Tail { segments, first_seq, segment, file, at, chain, last, head } = tail;
        let head_due = None;
        let files = Self { storage, layout, first_seq, file, at, chain, head, segment_entries, head_due };
        (files, (segments, segment, last))
    }

    /// Whether the next commit starts a segment.
    pub(crate) fn is_full(&self) -> bool {
        self.at >= SEGMENT_BYTES || self.chain.next_seq - self.first_seq >= self.segment_entries
    }

    /// What `head` stated last.
    pub(crate) fn stated(&self) -> Slot {
        self.head.newest()
    }

    pub(crate) fn sync_head(&mut self) -> Result<(), AppendError> {
        self.head.sync().map_err(syncing(&self.layout.head()))?;
        self.head_due = None;
        Ok(())
    }

    /// States that the log ends here, durably.
    pub(crate) fn close(&mut self) -> Result<(), AppendError> {
        if !self.head.newest().clean {
            self.state(true)?;
            self.sync_head()?;
        }
        Ok(())
    }

    /// A commit for a position that was given already: the same bytes again, or another's.
    fn again(&self, commit: &NewCommit<'_>) -> Appended {
        let fenced = Appended::Fenced { by_epoch: EPOCH, at: self.chain.next_seq };
        if commit.first_seq >= self.chain.next_seq {
            return fenced;
        }
        match self.read(commit.first_seq).next() {
            Some(Ok(first)) if first.first_seq == commit.first_seq && first.bytes == commit.bytes => {
                Appended::Acked
            }
            Some(Err(ReadError::Read { path, source })) => {
                Appended::Unknown(AppendError::Read { path, source: Arc::new(source) })
            }
            Some(Err(ReadError::Damage(damage))) => Appended::Unknown(AppendError::Damage(damage)),
            _ => fenced,
        }
    }

    /// Puts a commit on the disk, durably, and states so in `head`. After an error nothing more may be written.
    fn write(&mut self, commit: &NewCommit<'_>) -> Result<(), AppendError> {
        if self.head.newest().clean {
            self.begin()?;
        }
        let fresh = self.is_full();
        if fresh {
            let path = self.layout.segment(commit.first_seq);
            let how = OpenHow::CreateNew(Audience::Shared);
            self.file = self.storage.open(&path, how).map_err(writing(&path))?;
            self.first_seq = commit.first_seq;
            self.at = 0;
        }
        let path = self.layout.segment(self.first_seq);
        self.file.write_at(commit.bytes, self.at).map_err(writing(&path))?;
        self.file.sync().map_err(syncing(&path))?;
        if fresh {
            self.storage.sync_dir(&self.layout.log()).map_err(syncing(&self.layout.log()))?;
        }
        self.at += wide(commit.bytes.len());
        self.chain = Chain { next_seq: commit.next_seq, link: commit.link_after };
        self.state(false)?;
        if fresh {
            self.sync_head()?;
        }
        Ok(())
    }

    /// Before the first block: what a crash leaves from here on is not a clean end.
    fn begin(&mut self) -> Result<(), AppendError> {
        // Whoever closed may have been killed before its sync, or been told that it failed: then the page counts
        // as written, and only writing it again brings it to the disk.
        self.head.make_sure().map_err(writing(&self.layout.head()))?;
        self.state(false)?;
        self.sync_head()
    }

    /// States in `head` where the log ends, unsynced.
    fn state(&mut self, clean: bool) -> Result<(), AppendError> {
        let Chain { next_seq, link } = self.chain;
        self.head.state(next_seq.saturating_sub(1), link, clean).map_err(writing(&self.layout.head()))?;
        self.head_due.get_or_insert_with(|| Instant::now() + HEAD_SYNC_EVERY);
        Ok(())
    }

    /// The commits of one segment, up to the tip.
    fn read_segment(
        &self,
        segment: u64,
        from_seq: u64,
        commits: &mut Vec<StoredCommit>,
    ) -> Result<(), Fault> {
        let path = self.layout.segment(segment);
        let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let end =
            if segment == self.first_seq { self.at } else { file.len().map_err(Fault::reading(&path))? };
        let mut walk = Walk::new(&*file, 0, end);
        let mut open: Option<(u64, StoredCommit)> = None;
        while let Some((at, header)) = walk.skip().map_err(|e| e.within(segment, &path))? {
            let (start, mut commit) = open.take().unwrap_or_else(|| {
                let (first_seq, link_before, epoch) = (header.first_seq, header.link_before, header.epoch);
                (at, StoredCommit { first_seq, link_before, epoch, bytes: Vec::new() })
            });
            if header.goes_on {
                open = Some((start, commit));
                continue;
            }
            if commit.first_seq >= from_seq {
                let block_end = at.saturating_add(u64::from(header.block_bytes()));
                commit.bytes.resize(memory(block_end - start), 0);
                file.read_exact_at(&mut commit.bytes, start).map_err(Fault::reading(&path))?;
                commits.push(commit);
            }
        }
        match open {
            Some((start, commit)) => {
                let place = Place::segment(segment, start).with_block(commit.first_seq);
                Err(Damage::new(place, Problem::CommitCut).into())
            }
            None => Ok(()),
        }
    }
}

fn writing(path: &Path) -> impl Fn(io::Error) -> AppendError {
    move |source| AppendError::Write { path: path.to_owned(), source: Arc::new(source) }
}

fn syncing(path: &Path) -> impl Fn(io::Error) -> AppendError {
    move |source| AppendError::Sync { path: path.to_owned(), source: Arc::new(source) }
}
