//! What stands at the end of the log: read from `head` on, judged, and never changed.
//!
//! Opening for writing and readers that have lost `head` share this. The walk starts at the last place that
//! can be relied on (the end of what index files cover, or the block that `head` names), follows the chain
//! to the last whole commit, and says what comes after it.

use crate::block::Block;
use crate::damage::{Damage, Place, Problem};
use crate::head::Slot;
use crate::index::Files;
use crate::layout::Layout;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::walk::{Chain, Fault, Walk, WalkError, check_head};
use onus_core::seq::Seq;
use onus_core::storage::{OpenHow, Storage, StoredFile};
use onus_core::time::Timestamp;
use onus_proof::Link;
use std::io;
use std::sync::Arc;

/// What the next commit must know of the entry before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastEntry {
    pub(crate) recorded_at: Timestamp,
    pub(crate) kind: u16,
}

/// A place in the log at which a commit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) segment: u64,
    /// The byte of that segment.
    pub(crate) at: u64,
    pub(crate) chain: Chain,
    pub(crate) last: Option<LastEntry>,
}

/// What the walk found.
#[derive(Debug)]
pub(crate) struct Survey {
    /// The end of the last whole commit.
    pub(crate) whole: End,
    /// Where the commit that `head` names ends.
    pub(crate) head: Option<(u64, u64)>,
    /// What is wrong after it, in the last segment.
    pub(crate) after: Option<Damage>,
    /// The last segment, with the index of its whole commits, and its length.
    pub(crate) segment: Segment,
    pub(crate) len_bytes: u64,
}

/// Where the walk starts, and what must follow there.
#[derive(Clone, Copy, Debug)]
struct Start {
    segment: u64,
    at: u64,
    /// `None`: as the first block there says. What `head` states proves it or not.
    chain: Option<Chain>,
}

/// Which ledger is surveyed, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surveyor<'a> {
    pub(crate) storage: &'a dyn Storage,
    pub(crate) layout: &'a Layout,
    pub(crate) segments: &'a Segments,
    pub(crate) genesis: Link,
}

impl Surveyor<'_> {
    /// From `head` to the end.
    pub(crate) fn after_head(self, head: Slot) -> Result<Survey, Fault> {
        let last = self.last_segment()?;
        let holding = self.segments.holding(head.seq).ok_or_else(|| self.ends_before(head, 0))?;
        let (file, _) = self.open(last)?;
        let files =
            Files::open(self.storage, self.layout, last).ok().filter(|files| files.match_beginning(&*file));
        let start = match &files {
            Some(files) if holding == last => {
                let chain = Chain { next_seq: files.end_seq(), link: files.last_link() };
                let after = Start { segment: last, at: files.covered_bytes(), chain: Some(chain) };
                let named = files.block_of(head.seq).ok().flatten();
                named.map_or(after, |place| Start { segment: last, at: place.at, chain: None })
            }
            _ => self.start_of(holding),
        };
        let survey = self.walk(start, Some(head), files)?;
        if survey.whole.chain.next_seq <= head.seq {
            return Err(survey
                .after
                .unwrap_or_else(|| self.ends_before(head, survey.whole.chain.next_seq))
                .into());
        }
        Ok(survey)
    }

    /// From the first entry to the end.
    pub(crate) fn whole_log(self) -> Result<Survey, Fault> {
        self.last_segment()?;
        self.walk(self.start_of(0), None, None)
    }

    /// The last segment alone, from its start. It may hold no whole commit.
    pub(crate) fn last_segment_alone(self) -> Result<Survey, Fault> {
        let last = self.last_segment()?;
        self.walk(self.start_of(last), None, None)
    }

    fn last_segment(self) -> Result<u64, Fault> {
        let missing = || Damage::new(Place::file("log"), Problem::NoSegment(Seq::new(0)));
        Ok(self.segments.last().ok_or_else(missing)?)
    }

    fn start_of(self, segment: u64) -> Start {
        let genesis = Chain { next_seq: 0, link: self.genesis };
        Start { segment, at: 0, chain: (segment == 0).then_some(genesis) }
    }

    fn ends_before(self, head: Slot, entries: u64) -> Damage {
        let last = self.segments.last().unwrap_or(0);
        let problem = Problem::EndsBeforeHead { entries, head_seq: Seq::new(head.seq) };
        Damage::new(Place::segment(last, 0).with_entry(head.seq), problem)
    }

    fn open(self, segment: u64) -> Result<(Arc<dyn StoredFile>, u64), Fault> {
        let path = self.layout.segment(segment);
        let missing = Damage::new(Place::segment(segment, 0), Problem::NoSegment(Seq::new(segment)));
        let opened = self.storage.open(&path, OpenHow::Read).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Fault::Damage(missing),
            _ => Fault::Read { path: path.clone(), source: e },
        });
        let file = opened?;
        let len = file.len().map_err(Fault::reading(&path))?;
        Ok((file, len))
    }

    fn walk(self, start: Start, head: Option<Slot>, files: Option<Files>) -> Result<Survey, Fault> {
        let last = self.last_segment()?;
        let unproven = Chain { next_seq: start.segment, link: self.genesis };
        let chain = start.chain.unwrap_or(unproven);
        let mut state = State {
            whole: End { segment: start.segment, at: start.at, chain, last: None },
            chain: start.chain,
            head: None,
            commit: Vec::new(),
        };
        let mut files = files;
        let mut from = start.at;
        for segment in self.segments.from(start.segment) {
            let (file, len_bytes) = self.open(segment)?;
            if state.chain.is_some_and(|chain| start.segment != segment && chain.next_seq != segment) {
                let expected = state.chain.map_or(0, |chain| chain.next_seq);
                let problem = Problem::FirstSeq { expected: Seq::new(expected), found: Seq::new(segment) };
                return Err(Damage::new(Place::segment(segment, 0), problem).into());
            }
            let path = self.layout.segment(segment);
            let covering = files.take_if(|_| segment == last);
            let mut index = Segment::new(segment, &path, Arc::clone(&file), covering);
            let mut walk = Walk::new(&*file, from, len_bytes);
            let after = loop {
                match walk.step() {
                    Ok(Some((at, block))) => {
                        if let Err(damage) =
                            state.take(segment, at, block, head, &mut index, &path, segment == last)?
                        {
                            break Some(damage);
                        }
                    }
                    Ok(None) => break state.unfinished(segment, len_bytes),
                    Err(e @ WalkError::Bad { .. }) => match e.within(segment, &path) {
                        Fault::Damage(damage) => break Some(damage),
                        fault @ Fault::Read { .. } => return Err(fault),
                    },
                    Err(e @ WalkError::Read(_)) => return Err(e.within(segment, &path)),
                }
            };
            if segment == last {
                return Ok(Survey { whole: state.whole, head: state.head, after, segment: index, len_bytes });
            }
            if let Some(damage) = after {
                return Err(damage.into());
            }
            from = 0;
        }
        Err(Damage::new(Place::segment(start.segment, 0), Problem::NoSegment(Seq::new(start.segment))).into())
    }
}

/// Checks the block that holds the entry which `head` names: it must have the stated link, and end a commit.
pub(crate) fn check_named_by_head(block: &Block, head: Slot, place: Place) -> Result<(), Damage> {
    let header = block.header();
    let damage = |problem| Damage::new(place.with_block(header.first_seq).with_entry(head.seq), problem);
    if block.link_after(head.seq) != Some(head.link) {
        return Err(damage(Problem::HeadLink));
    }
    if head.seq.checked_add(1) != Some(header.end_seq()) || header.goes_on {
        return Err(damage(Problem::HeadInsideCommit));
    }
    Ok(())
}

/// The walk, as far as it has come.
struct State {
    whole: End,
    chain: Option<Chain>,
    head: Option<(u64, u64)>,
    /// Blocks of the commit that is not at its end yet, with their places.
    commit: Vec<(u64, Block)>,
}

impl State {
    /// Takes the next block. The outer error ends the survey, the inner one its whole part.
    #[expect(clippy::too_many_arguments, reason = "one caller; each argument is one fact of the walk")]
    fn take(
        &mut self,
        segment: u64,
        at: u64,
        block: Block,
        head: Option<Slot>,
        index: &mut Segment,
        path: &std::path::Path,
        is_last: bool,
    ) -> Result<Result<(), Damage>, Fault> {
        let header = *block.header();
        let trusted = Chain { next_seq: header.first_seq, link: header.link_before };
        let mut chain = self.chain.unwrap_or(trusted);
        if self.chain.is_none() && at == 0 && header.first_seq != segment {
            let problem =
                Problem::FirstSeq { expected: Seq::new(segment), found: Seq::new(header.first_seq) };
            return Ok(Err(Damage::new(Place::segment(segment, 0).with_block(header.first_seq), problem)));
        }
        if let Err(broken) = chain.accept(&block) {
            return Ok(Err(broken.at(segment, at, header.first_seq)));
        }
        self.chain = Some(chain);
        let end = at.saturating_add(u64::from(header.block_bytes()));
        if let Some(head) = head.filter(|head| (header.first_seq..header.end_seq()).contains(&head.seq)) {
            check_named_by_head(&block, head, Place::segment(segment, at))?;
            self.head = Some((segment, end));
        }
        let last = block
            .entries()
            .last()
            .and_then(|entry| check_head(header.end_seq().saturating_sub(1), entry).ok());
        self.commit.push((at, block));
        if !header.goes_on {
            let last = last.map(|head| LastEntry { recorded_at: head.recorded_at, kind: head.kind });
            self.whole = End { segment, at: end, chain, last };
            for (at, block) in self.commit.drain(..) {
                // What the files cover, they hold already; of earlier segments nothing need be held.
                if is_last && at >= index.rest.end_bytes() {
                    let first = block.header().first_seq;
                    index.rest.add(&block).map_err(|e| e.within(segment, path, at, first))?;
                }
            }
        }
        Ok(Ok(()))
    }

    /// At the end of a segment: what is wrong if a commit is still open, or nothing was there.
    fn unfinished(&self, segment: u64, len_bytes: u64) -> Option<Damage> {
        if let Some((at, block)) = self.commit.first() {
            let place = Place::segment(segment, *at).with_block(block.header().first_seq);
            return Some(Damage::new(place, Problem::CommitCut));
        }
        (len_bytes == 0).then(|| Damage::new(Place::segment(segment, 0), Problem::EmptySegment))
    }
}
