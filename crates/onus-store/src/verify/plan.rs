//! How the log is cut into stretches that can be checked side by side.
//!
//! Only headers are read here, and of them only what it takes to find the next one and to see that no entry
//! is left out between them.

use crate::block::{BlockHeader, HEADER_BYTES};
use crate::damage::{Damage, Place, Problem};
use crate::head::Slot;
use crate::layout::Layout;
use crate::number::wide;
use crate::segments::Segments;
use crate::walk::Fault;
use onus_core::seq::Seq;
use onus_core::storage::{OpenHow, Storage, StoredFile};
use std::io;
use std::sync::Arc;

const STRETCH_BYTES: u64 = 524_288;

/// Some blocks of one segment, to be checked by one thread.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) segment: u64,
    pub(super) file: Arc<dyn StoredFile>,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) first_seq: u64,
}

impl Stretch {
    pub(super) fn bytes(&self) -> u64 {
        self.to - self.from
    }
}

/// The whole log, cut.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) stretches: Vec<Stretch>,
    /// Why the cutting ended before the log did.
    pub(super) stopped: Option<Damage>,
    /// The log's bytes.
    pub(super) log_bytes: u64,
}

/// Cuts the log. No stretch goes over the entry that `head` names.
pub(super) fn stretches(
    storage: &dyn Storage,
    layout: &Layout,
    segments: &Segments,
    head: Option<Slot>,
) -> Result<Plan, Fault> {
    let mut plan = Plan { stretches: Vec::new(), stopped: None, log_bytes: 0 };
    let mut next_seq = 0;
    if segments.last().is_none() {
        plan.stopped = Some(Damage::new(Place::file("log"), Problem::NoSegment(Seq::new(0))));
    }
    for segment in segments.firsts().iter().copied() {
        let path = layout.segment(segment);
        let file = storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let len = file.len().map_err(Fault::reading(&path))?;
        plan.log_bytes += len;
        if plan.stopped.is_some() {
            continue;
        }
        if segment != next_seq {
            let problem = Problem::FirstSeq { expected: Seq::new(next_seq), found: Seq::new(segment) };
            plan.stopped = Some(Damage::new(Place::segment(segment, 0), problem));
            continue;
        }
        let mut cutting = Cutting { file, segment, len, at: 0, next_seq };
        while let Some(stretch) = cutting.next(head.map(|head| head.seq)).map_err(Fault::reading(&path))? {
            match stretch {
                Ok(stretch) => plan.stretches.push(stretch),
                Err(damage) => {
                    plan.stopped = Some(damage);
                    break;
                }
            }
        }
        next_seq = cutting.next_seq;
    }
    Ok(plan)
}

struct Cutting {
    file: Arc<dyn StoredFile>,
    segment: u64,
    len: u64,
    at: u64,
    next_seq: u64,
}

impl Cutting {
    /// The next stretch; the damage that ends the segment only when nothing whole comes before it.
    fn next(&mut self, head_seq: Option<u64>) -> io::Result<Option<Result<Stretch, Damage>>> {
        let (from, first_seq) = (self.at, self.next_seq);
        let mut wrong =
            (self.len == 0).then(|| Damage::new(Place::segment(self.segment, 0), Problem::EmptySegment));
        while wrong.is_none() && self.at < self.len && self.at - from < STRETCH_BYTES {
            match self.header()? {
                Ok(header) => {
                    let names =
                        head_seq.is_some_and(|seq| (header.first_seq..header.end_seq()).contains(&seq));
                    self.at += u64::from(header.block_bytes());
                    self.next_seq = header.end_seq();
                    if names {
                        break;
                    }
                }
                Err(damage) => wrong = Some(damage),
            }
        }
        if self.at > from {
            let (segment, to) = (self.segment, self.at);
            return Ok(Some(Ok(Stretch { segment, file: Arc::clone(&self.file), from, to, first_seq })));
        }
        Ok(wrong.map(Err))
    }

    fn header(&self) -> io::Result<Result<BlockHeader, Damage>> {
        let place = Place::segment(self.segment, self.at);
        let mut bytes = [0; HEADER_BYTES];
        if self.len - self.at < wide(HEADER_BYTES) {
            return Ok(Err(Damage::new(place, Problem::HeaderCut)));
        }
        self.file.read_exact_at(&mut bytes, self.at)?;
        let header = match BlockHeader::parse(&bytes) {
            Ok(header) => header,
            Err(problem) => return Ok(Err(Damage::new(place, problem))),
        };
        let place = place.with_block(header.first_seq);
        if header.first_seq != self.next_seq {
            let problem =
                Problem::FirstSeq { expected: Seq::new(self.next_seq), found: Seq::new(header.first_seq) };
            return Ok(Err(Damage::new(place, problem)));
        }
        if self.len - self.at < u64::from(header.block_bytes()) {
            return Ok(Err(Damage::new(place, Problem::BodyCut)));
        }
        Ok(Ok(header))
    }
}
