//! What a reader goes by: `head`, where it can be read and the log bears it out; else the last whole commit.

use crate::block::BodyReader;
use crate::damage::{Damage, Place, Problem};
use crate::head::Slot;
use crate::identity::Identity;
use crate::index::{Files, SegmentIndex};
use crate::layout::Layout;
use crate::outcome::OpenError;
use crate::reader::{Note, Seen};
use crate::recover::read_head;
use crate::segments::Segments;
use crate::survey::{Survey, Surveyor, check_named_by_head};
use crate::terms::DerivedError;
use crate::walk::{Fault, Walk, read_block};
use onus_core::storage::{OpenHow, Storage};
use std::io;

/// Looks at the ledger as it is now.
pub(super) fn look(storage: &dyn Storage, layout: &Layout, identity: &Identity) -> Result<Seen, OpenError> {
    // `head` first: what it states was in the log before.
    let (_, slots) = read_head(storage, layout, OpenHow::Read)?;
    let segments = Segments::list(storage, layout).map_err(Fault::reading(&layout.log()))?;
    let mut notes: Vec<Note> = Vec::new();
    let seen = match slots.newest() {
        Some(head) => {
            notes.extend(slots.bad().map(Note::HeadSlot));
            match up_to_head(storage, layout, &segments, head) {
                Ok(seen) => Ok(seen),
                Err(Fault::Damage(damage)) => {
                    notes.push(Note::Damaged(damage));
                    up_to_last_commit(storage, layout, identity, segments, Some(head))
                }
                Err(fault) => Err(fault),
            }
        }
        None => {
            notes.push(Note::NoHead);
            up_to_last_commit(storage, layout, identity, segments, None)
        }
    };
    let mut seen = seen?;
    notes.append(&mut seen.notes);
    Ok(Seen { notes, ..seen })
}

/// Up to the entry that `head` names, whose block is read and must have the link that `head` states.
fn up_to_head(storage: &dyn Storage, layout: &Layout, segments: &Segments, head: Slot) -> Result<Seen, Fault> {
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
    let files = Files::open(storage, layout, last).filter(|files| files.match_beginning(&*file));
    let mut index = SegmentIndex::beginning_with(files, last);
    let mut walk = Walk::new(&*file, index.rest.end_bytes(), len);
    while index.rest.end_seq() <= head.seq {
        let ends_early = Problem::EndsBeforeHead { entries: index.rest.end_seq(), head_seq: head.seq };
        let Some((at, block)) = walk.step().map_err(|e| e.within(last, &path))? else {
            return Err(Damage::new(Place::segment(last, len).with_entry(head.seq), ends_early).into());
        };
        let first = block.header().first_seq;
        if first != index.rest.end_seq() {
            let problem = Problem::FirstSeq { expected: index.rest.end_seq(), found: first };
            return Err(Damage::new(Place::segment(last, at).with_block(first), problem).into());
        }
        index.rest.add(&block).map_err(|e| e.within(last, &path, at, first))?;
    }
    let other = |e: DerivedError| Fault::Read { path: path.clone(), source: io::Error::other(e) };
    let place = index.block_of(head.seq).map_err(other)?.ok_or_else(missing)?;
    let block = read_block(&*file, place, &mut BodyReader::new()).map_err(|e| e.within(last, &path))?;
    check_named_by_head(&block, head, last, place.at)?;
    Ok(Seen { size: head.seq.saturating_add(1), link: head.link, notes: Vec::new(), segments: counted, file, index })
}

/// Up to the last whole commit that can be found, never beyond what `head` states.
fn up_to_last_commit(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &Identity,
    mut segments: Segments,
    head: Option<Slot>,
) -> Result<Seen, Fault> {
    let limit = head.map_or(u64::MAX, |head| head.seq);
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
    let Survey { whole, file, index, after, .. } = survey;
    let size = whole.chain.next_seq.min(limit.saturating_add(1));
    let notes = after.filter(|_| limit != u64::MAX).map(Note::Damaged).into_iter().collect();
    Seen { size, link: whole.chain.link, notes, segments, file, index }
}
