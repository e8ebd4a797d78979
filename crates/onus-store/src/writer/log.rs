//! The log as the writer holds it: its tail, its finished segments, and what was read of both lately.
//!
//! Here entries are found again and commits are put on the disk. What may be committed is decided in `plan`.

use crate::block::{Block, BodyReader};
use crate::commit::Sealed;
use crate::layout::Layout;
use crate::limits::SEGMENT_BYTES;
use crate::number::wide;
use crate::outcome::AppendError;
use crate::recent::Recent;
use crate::recover::Tail;
use crate::segment::Segment;
use crate::shelf::Shelf;
use crate::survey::LastEntry;
use crate::terms::incident_term;
use crate::walk::{Chain, Fault};
use crate::writer::indexer::{Indexer, Task};
use onus_core::ids::IncidentKey;
use onus_core::storage::{Audience, OpenHow, Storage};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So much more in the unfinished segment, and its index files are written anew.
const INDEX_EVERY_BYTES: u64 = 2 * 1_048_576;
/// … but not more often than this: under load a segment is soon finished, and then indexed once for all.
const INDEX_EVERY: Duration = Duration::from_secs(1);
/// At closing, so much may be left out of them.
const INDEX_SLACK_BYTES: u64 = 262_144;
/// `head` is synced at least so often.
pub(super) const HEAD_SYNC_EVERY: Duration = Duration::from_secs(10);

/// The segment before the last, until its index files are there.
#[derive(Debug)]
struct Settling {
    first_seq: u64,
    end_seq: u64,
    segment: Segment,
}

/// How the log is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Making {
    pub(super) threads: bool,
    pub(super) segment_entries: u64,
}

/// The log, held for writing.
#[derive(Debug)]
pub(super) struct Log {
    storage: Arc<dyn Storage>,
    layout: Layout,
    pub(super) tail: Tail,
    segment_entries: u64,
    settling: Option<Settling>,
    shelf: Shelf,
    recent: Recent,
    bodies: BodyReader,
    indexer: Indexer,
    /// Up to where the last segment's index files were asked for.
    indexed_bytes: u64,
    indexed_when: Instant,
    /// When `head` must be on the disk; `None` if it is.
    head_due: Option<Instant>,
}

impl Log {
    pub(super) fn new(
        storage: Arc<dyn Storage>,
        layout: Layout,
        tail: Tail,
        making: Making,
    ) -> io::Result<Self> {
        let mut indexer = Indexer::new(Arc::clone(&storage), layout.clone(), making.threads)?;
        let names = storage.names(&layout.log())?;
        for (first_seq, _) in tail.segments.finished() {
            let there =
                |path: &Path| path.file_name().is_some_and(|name| names.iter().any(|n| name == n.as_str()));
            if !(there(&layout.terms(first_seq)) && there(&layout.positions(first_seq))) {
                indexer.hand_in(Task { segment: first_seq, up_to: None });
            }
        }
        let shelf = Shelf::new(Arc::clone(&storage), layout.clone());
        let indexed_bytes = tail.segment.indexed_bytes();
        Ok(Self {
            storage,
            layout,
            tail,
            segment_entries: making.segment_entries,
            settling: None,
            shelf,
            recent: Recent::default(),
            bodies: BodyReader::new(),
            indexer,
            indexed_bytes,
            indexed_when: Instant::now(),
            head_due: None,
        })
    }

    pub(super) fn chain(&self) -> Chain {
        self.tail.chain
    }

    pub(super) fn last(&self) -> LastEntry {
        self.tail.last
    }

    /// The entries of an incident that files and the index of the opening lead to, ascending. Those recorded
    /// since the last two segments began are held by the caller.
    pub(super) fn entries_of(&mut self, incident: &IncidentKey) -> Result<Vec<u64>, Fault> {
        self.take_notice();
        let term = incident_term(incident);
        let mut seqs = Vec::new();
        let settling = self.settling.as_ref().map(|settling| settling.first_seq);
        self.shelf.lookup(&self.tail.segments, settling, &term, Some(incident), &mut seqs)?;
        let held = self.settling.iter().map(|settling| &settling.segment).chain([&self.tail.segment]);
        for segment in held {
            segment.lookup(&term, &mut seqs)?;
        }
        for (segment, _) in self.shelf.unindexed() {
            self.indexer.hand_in(Task { segment, up_to: None });
        }
        Ok(seqs)
    }

    /// The block that holds an entry which is on the disk.
    pub(super) fn block(&mut self, seq: u64) -> Result<Arc<Block>, Fault> {
        if let Some(block) = self.recent.holding(seq) {
            return Ok(block);
        }
        let block = self.read(seq)?;
        Ok(self.recent.put(block))
    }

    fn read(&mut self, seq: u64) -> Result<Block, Fault> {
        if seq >= self.tail.first_seq {
            return self.tail.segment.block(seq, &mut self.bodies);
        }
        match self.settling.as_ref().filter(|settling| (settling.first_seq..settling.end_seq).contains(&seq))
        {
            Some(settling) => settling.segment.block(seq, &mut self.bodies),
            None => self.shelf.block(&self.tail.segments, seq, &mut self.bodies),
        }
    }

    /// Remembers a ledger-wide entry, which no incident's state need hold.
    pub(super) fn note_ledger_wide(&mut self, seq: u64) {
        let term = incident_term(&IncidentKey::ledger_wide());
        // Refused only for an entry that it holds already.
        drop(self.tail.segment.rest.add_term(seq, &term));
    }

    /// Whether the next commit starts a segment.
    pub(super) fn is_full(&self) -> bool {
        self.tail.at >= SEGMENT_BYTES
            || self.tail.chain.next_seq - self.tail.first_seq >= self.segment_entries
    }

    /// Puts a commit on the disk, durably, and states so in `head`. `true` if it began a segment. After an
    /// error nothing more may be written.
    pub(super) fn write(
        &mut self,
        sealed: &Sealed,
        chain: Chain,
        last: LastEntry,
    ) -> Result<bool, AppendError> {
        if self.tail.head.newest().clean {
            self.begin()?;
        }
        let fresh = self.is_full();
        if fresh {
            self.begin_segment()?;
        }
        let path = self.layout.segment(self.tail.first_seq);
        self.tail.file.write_at(&sealed.bytes, self.tail.at).map_err(writing(&path))?;
        self.tail.file.sync().map_err(syncing(&path))?;
        if fresh {
            self.storage.sync_dir(&self.layout.log()).map_err(syncing(&self.layout.log()))?;
        }
        for (count, len) in &sealed.blocks {
            // Refused only beyond what a segment can hold.
            drop(self.tail.segment.rest.add_place(*count, *len));
        }
        self.tail.at += wide(sealed.bytes.len());
        self.tail.chain = chain;
        self.tail.last = last;
        self.state(false)?;
        if fresh {
            self.sync_head()?;
            self.end_previous();
        } else if self.tail.at - self.indexed_bytes >= INDEX_EVERY_BYTES
            && self.indexed_when.elapsed() >= INDEX_EVERY
        {
            self.index_tail();
        }
        Ok(fresh)
    }

    fn begin_segment(&mut self) -> Result<(), AppendError> {
        let (ended, first_seq) = (self.tail.first_seq, self.tail.chain.next_seq);
        let path = self.layout.segment(first_seq);
        let file = self.storage.open(&path, OpenHow::CreateNew(Audience::Shared)).map_err(writing(&path))?;
        self.settle();
        let fresh = Segment::new(first_seq, &path, Arc::clone(&file), None);
        let segment = std::mem::replace(&mut self.tail.segment, fresh);
        self.settling = Some(Settling { first_seq: ended, end_seq: first_seq, segment });
        self.tail.file = file;
        self.tail.first_seq = first_seq;
        self.tail.segments.push(first_seq);
        self.tail.at = 0;
        self.indexed_bytes = 0;
        self.indexed_when = Instant::now();
        Ok(())
    }

    /// The segment before the last is finished, and everything in it known to be on the disk.
    fn end_previous(&mut self) {
        if let Some(segment) = self.settling.as_ref().map(|settling| settling.first_seq) {
            // A mode is a courtesy: without it the segment is as whole as before.
            drop(self.storage.set_read_only(&self.layout.segment(segment)));
            self.indexer.hand_in(Task { segment, up_to: None });
        }
    }

    /// Waits until the segment before the last has its index files, so that it can be let go.
    pub(super) fn settle(&mut self) {
        if let Some(settling) = self.settling.take() {
            for done in self.indexer.wait_for(settling.first_seq) {
                self.shelf.forget(done);
            }
        }
    }

    fn take_notice(&mut self) {
        for done in self.indexer.done() {
            self.shelf.forget(done);
        }
    }

    fn index_tail(&mut self) {
        self.indexed_bytes = self.tail.at;
        self.indexed_when = Instant::now();
        self.indexer.hand_in(Task { segment: self.tail.first_seq, up_to: Some(self.tail.at) });
    }

    /// Before the first block: what a crash leaves from here on is not a clean end.
    fn begin(&mut self) -> Result<(), AppendError> {
        // Whoever closed may have been killed before its sync, or been told that it failed: then the page counts
        // as written, and only writing it again brings it to the disk.
        self.tail.head.make_sure().map_err(writing(&self.layout.head()))?;
        self.state(false)?;
        self.sync_head()
    }

    /// States in `head` where the log ends, unsynced.
    fn state(&mut self, clean: bool) -> Result<(), AppendError> {
        let Chain { next_seq, link } = self.tail.chain;
        self.tail
            .head
            .state(next_seq.saturating_sub(1), link, clean)
            .map_err(writing(&self.layout.head()))?;
        self.head_due.get_or_insert_with(|| Instant::now() + HEAD_SYNC_EVERY);
        Ok(())
    }

    /// When `head` must be synced next.
    pub(super) fn head_due(&self) -> Option<Instant> {
        self.head_due
    }

    pub(super) fn sync_head(&mut self) -> Result<(), AppendError> {
        self.tail.head.sync().map_err(syncing(&self.layout.head()))?;
        self.head_due = None;
        Ok(())
    }

    /// States that the log ends here, durably, and leaves the tail's index files near its end.
    pub(super) fn close(&mut self) -> Result<(), AppendError> {
        if !self.tail.head.newest().clean {
            self.state(true)?;
            self.sync_head()?;
        }
        if self.tail.at.saturating_sub(self.indexed_bytes) > INDEX_SLACK_BYTES {
            self.index_tail();
        }
        Ok(())
    }
}

fn writing(path: &Path) -> impl Fn(io::Error) -> AppendError {
    move |source| AppendError::Write { path: path.to_owned(), source: Arc::new(source) }
}

fn syncing(path: &Path) -> impl Fn(io::Error) -> AppendError {
    move |source| AppendError::Sync { path: path.to_owned(), source: Arc::new(source) }
}
