//! What a reader goes by: `head`, where it can be read and the log bears it out; else the last whole commit.

use crate::block::BodyReader;
use crate::damage::{Damage, Place, Problem};
use crate::head::Slot;
use crate::identity::Identity;
use crate::index::Files;
use crate::layout::Layout;
use crate::outcome::OpenError;
use crate::reader::{Note, Seen};
use crate::recover::read_head;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::survey::{Survey, Surveyor, check_named_by_head};
use crate::walk::{Fault, Walk};
use onus_core::storage::{OpenHow, Storage};
use std::sync::Arc;

/// Looks at the ledger as it is now.
pub(super) fn look(storage: &dyn Storage, layout: &Layout, identity: &Identity) -> Result<Seen, OpenError> {
    // `head` first: what it states was in the log before.
    let (_, slots) = read_head(storage, layout, OpenHow::Read)?;
    let segments = Segments::list(storage, layout).map_err(Fault::reading(&layout.log()))?;
    let mut notes: Vec<Note> = Vec::new();
    let Some(head) = slots.newest() else {
        notes.push(Note::NoHead);
        return Ok(Seen { notes, ..up_to_last_commit(storage, layout, identity, segments, u64::MAX)? });
    };
    notes.extend(slots.bad().map(Note::HeadSlot));
    match up_to_head(storage, layout, &segments, head) {
        Ok(seen) => Ok(Seen { notes, ..seen }),
        Err(Fault::Damage(damage)) => {
            notes.push(Note::Damaged(damage));
            Ok(Seen { notes, ..up_to_last_commit(storage, layout, identity, segments, head.seq)? })
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Up to the entry that `head` names, whose block is read and must have the link that `head` states.
fn up_to_head(
    storage: &dyn Storage,
    layout: &Layout,
    segments: &Segments,
    head: Slot,
) -> Result<Seen, Fault> {
    let missing = || Damage::new(Place::file("log").with_entry(head.seq), Problem::NoSegment(head.seq));
    let last = segments.holding(head.seq).ok_or_else(missing)?;
    // A segment that began after `head` was read does not count yet.
    let mut counted = segments.clone();
    while counted.last().is_some_and(|segment| segment > last) {
        counted.pop();
    }
    let path = layout.segment(last);
    let file = storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
    let len = file.len().map_err(Fault::reading(&path))?;
    let files = Files::open(storage, layout, last).ok().filter(|files| files.match_beginning(&*file));
    let mut segment = Segment::new(last, &path, Arc::clone(&file), files);
    let mut walk = Walk::new(&*file, segment.rest.end_bytes(), len);
    while segment.rest.end_seq() <= head.seq {
        let ends_early = Problem::EndsBeforeHead { entries: segment.rest.end_seq(), head_seq: head.seq };
        let Some((at, block)) = walk.step().map_err(|e| e.within(last, &path))? else {
            return Err(Damage::new(Place::segment(last, len).with_entry(head.seq), ends_early).into());
        };
        let first = block.header().first_seq;
        if first != segment.rest.end_seq() {
            let problem = Problem::FirstSeq { expected: segment.rest.end_seq(), found: first };
            return Err(Damage::new(Place::segment(last, at).with_block(first), problem).into());
        }
        segment.rest.add(&block).map_err(|e| e.within(last, &path, at, first))?;
    }
    let block = segment.block(head.seq, &mut BodyReader::new())?;
    check_named_by_head(&block, head, Place::somewhere_in(last))?;
    Ok(Seen {
        size: head.seq.saturating_add(1),
        link: head.link,
        notes: Vec::new(),
        segments: counted,
        last: segment,
    })
}

/// Up to the last whole commit that can be found, never beyond the entry `limit`.
fn up_to_last_commit(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &Identity,
    mut segments: Segments,
    limit: u64,
) -> Result<Seen, Fault> {
    while segments.last().is_some_and(|first| first > limit) {
        segments.pop();
    }
    loop {
        let surveyor = Surveyor { storage, layout, segments: &segments, genesis: identity.genesis() };
        let survey = surveyor.last_segment_alone()?;
        let last = segments.last().unwrap_or(0);
        if survey.whole.chain.next_seq > last || last == 0 {
            return Ok(seen_of(survey, segments, limit));
        }
        segments.pop();
    }
}

fn seen_of(survey: Survey, segments: Segments, limit: u64) -> Seen {
    let Survey { whole, segment, .. } = survey;
    let size = whole.chain.next_seq.min(limit.saturating_add(1));
    Seen { size, link: whole.chain.link, notes: Vec::new(), segments, last: segment }
}
