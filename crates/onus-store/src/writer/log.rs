//! The log as the writer holds it: its tail, its finished segments, and what was read of both lately.
//!
//! Here entries are found again and commits are put on the disk. What may be committed is decided in `plan`.

use crate::block::{Block, BodyReader};
use crate::commit::Sealed;
use crate::commits::files::FileCommits;
use crate::commits::store::acknowledged;
use crate::commits::{CommitLog as _, CommitStore, NewCommit, Tip};
use crate::head::Slot;
use crate::layout::Layout;
use crate::outcome::AppendError;
use crate::recent::Recent;
use crate::recover::Tail;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::shelf::Shelf;
use crate::survey::LastEntry;
use crate::terms::incident_term;
use crate::walk::{Chain, Fault};
use crate::writer::indexer::{Indexer, Task};
use onus_core::ids::IncidentKey;
use onus_core::storage::Storage;
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
/// The segment before the last, until its index files are there.
#[derive(Debug)]
struct Settling {
    first_seq: u64,
    end_seq: u64,
    segment: Segment,
}

/// How the log is written.
#[derive(Clone, Debug)]
pub(super) struct Making {
    pub(super) threads: bool,
    pub(super) segment_entries: u64,
    /// Where the record is, if not in these files.
    pub(super) commit_store: Option<CommitStore>,
}

/// The log, held for writing.
#[derive(Debug)]
pub(super) struct Log {
    storage: Arc<dyn Storage>,
    layout: Layout,
    /// Where each commit goes first, if the files are a copy.
    commit_store: Option<CommitStore>,
    commits: FileCommits,
    segments: Segments,
    /// The last segment, for reading; its index as it was when it was begun or opened.
    segment: Segment,
    last: LastEntry,
    settling: Option<Settling>,
    shelf: Shelf,
    recent: Recent,
    bodies: BodyReader,
    indexer: Indexer,
    /// Up to where the last segment's index files were asked for.
    indexed_bytes: u64,
    indexed_when: Instant,
}

impl Log {
    pub(super) fn new(
        storage: Arc<dyn Storage>,
        layout: Layout,
        tail: Tail,
        making: &Making,
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
        let (commits, (segments, segment, last)) =
            FileCommits::new(Arc::clone(&storage), layout.clone(), tail, making.segment_entries);
        Ok(Self {
            storage,
            layout,
            commit_store: making.commit_store.clone(),
            commits,
            segments,
            segment,
            last,
            settling: None,
            shelf,
            recent: Recent::default(),
            bodies: BodyReader::new(),
            indexer,
            indexed_bytes,
            indexed_when: Instant::now(),
        })
    }

    pub(super) fn chain(&self) -> Chain {
        let Tip { next_seq, link, .. } = self.commits.tip();
        Chain { next_seq, link }
    }

    pub(super) fn last(&self) -> LastEntry {
        self.last
    }

    /// The entries of an incident that files and the index of the opening lead to, ascending. Those recorded
    /// since the last two segments began are held by the caller.
    pub(super) fn entries_of(&mut self, incident: &IncidentKey) -> Result<Vec<u64>, Fault> {
        self.take_notice();
        let term = incident_term(incident);
        let mut seqs = Vec::new();
        let settling = self.settling.as_ref().map(|settling| settling.first_seq);
        self.shelf.lookup(&self.segments, settling, &term, Some(incident), &mut seqs)?;
        let held = self.settling.iter().map(|settling| &settling.segment).chain([&self.segment]);
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
        if seq >= self.commits.first_seq {
            return self.segment.block(seq, &mut self.bodies);
        }
        match self.settling.as_ref().filter(|settling| (settling.first_seq..settling.end_seq).contains(&seq))
        {
            Some(settling) => settling.segment.block(seq, &mut self.bodies),
            None => self.shelf.block(&self.segments, seq, &mut self.bodies),
        }
    }

    /// Remembers a ledger-wide entry, which no incident's state need hold.
    pub(super) fn note_ledger_wide(&mut self, seq: u64) {
        let term = incident_term(&IncidentKey::ledger_wide());
        // Refused only for an entry that it holds already.
        drop(self.segment.rest.add_term(seq, &term));
    }

    /// Whether the next commit starts a segment.
    pub(super) fn is_full(&self) -> bool {
        self.commits.is_full()
    }

    /// What `head` stated last.
    pub(super) fn stated(&self) -> Slot {
        self.commits.stated()
    }

    /// Commits, durably. `true` if that began a segment. After an error nothing more may be written.
    pub(super) fn write(
        &mut self,
        sealed: &Sealed,
        chain: Chain,
        last: LastEntry,
    ) -> Result<bool, AppendError> {
        let Tip { next_seq: first_seq, link: link_before, epoch } = self.commits.tip();
        let commit = NewCommit {
            first_seq,
            link_before,
            epoch,
            bytes: &sealed.bytes,
            next_seq: chain.next_seq,
            link_after: chain.link,
        };
        match &self.commit_store {
            None => acknowledged(self.commits.append(&commit))?,
            Some(store) => {
                store.append(&commit)?;
                let copied = acknowledged(self.commits.append(&commit));
                copied.map_err(|e| AppendError::NotCopied(Arc::new(e)))?;
            }
        }
        let fresh = self.commits.first_seq == first_seq;
        if fresh {
            self.turn_to_new_segment();
        }
        for (count, len) in &sealed.blocks {
            // Refused only beyond what a segment can hold.
            drop(self.segment.rest.add_place(*count, *len));
        }
        self.last = last;
        if fresh {
            self.end_previous();
        } else if self.commits.at - self.indexed_bytes >= INDEX_EVERY_BYTES
            && self.indexed_when.elapsed() >= INDEX_EVERY
        {
            self.index_tail();
        }
        Ok(fresh)
    }

    /// The commit that was just kept began a segment.
    fn turn_to_new_segment(&mut self) {
        let ended = self.segments.last().unwrap_or(0);
        let first_seq = self.commits.first_seq;
        self.settle();
        let path = self.layout.segment(first_seq);
        let new = Segment::new(first_seq, &path, Arc::clone(&self.commits.file), None);
        let segment = std::mem::replace(&mut self.segment, new);
        self.settling = Some(Settling { first_seq: ended, end_seq: first_seq, segment });
        self.segments.push(first_seq);
        self.indexed_bytes = 0;
        self.indexed_when = Instant::now();
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
        self.indexed_bytes = self.commits.at;
        self.indexed_when = Instant::now();
        self.indexer.hand_in(Task { segment: self.commits.first_seq, up_to: Some(self.commits.at) });
    }

    /// When `head` must be synced next.
    pub(super) fn head_due(&self) -> Option<Instant> {
        self.commits.head_due
    }

    pub(super) fn sync_head(&mut self) -> Result<(), AppendError> {
        self.commits.sync_head()
    }

    /// States that the log ends here, durably, and leaves the tail's index files near its end.
    pub(super) fn close(&mut self) -> Result<(), AppendError> {
        self.commits.close()?;
        if self.commits.at.saturating_sub(self.indexed_bytes) > INDEX_SLACK_BYTES {
            self.index_tail();
        }
        Ok(())
    }
}
