//! What a reader goes by: `head`, where it can be read and the log bears it out; else the last whole commit.
//!
//! One slot that does not check is what a power cut can leave. The other one is then the last that was synced, and the
//! log holds everything that was acknowledged after it: it is read to its end, as the next opening to write will
//! confirm it. No good slot, or a clean one with entries after it, is nothing that a power cut leaves: damage.

use crate::block::BodyReader;
use crate::damage::{Damage, Place, Problem};
use crate::head::{Slot, Slots};
use crate::identity::LedgerIdentity;
use crate::index::Files;
use crate::layout::Layout;
use crate::outcome::OpenError;
use crate::reader::Seen;
use crate::recover::read_head;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::survey::{Survey, Surveyor, check_named_by_head};
use crate::walk::{Fault, Walk};
use onus_core::seq::Seq;
use onus_core::storage::{OpenHow, Storage};
use std::sync::Arc;

/// Looks at a ledger whose `head` moves while it seems damaged are taken to be a writer's doing, so many times.
const LOOKS_MAX: u32 = 16;

/// Looks at the ledger as it is now.
pub(super) fn look(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &LedgerIdentity,
) -> Result<Seen, OpenError> {
    let mut looks = 1;
    loop {
        // `head` first: what it states was in the log before.
        let (_, slots) = read_head(storage, layout, OpenHow::Read)?;
        let seen = look_by(storage, layout, identity, slots)?;
        if (seen.damage.is_none() && seen.unconfirmed == 0) || looks == LOOKS_MAX {
            return Ok(seen);
        }
        // Damage stays, and so does a torn slot. What a writer was at when `head` was read is another matter, and `head` tells.
        if read_head(storage, layout, OpenHow::Read)?.1 == slots {
            return Ok(seen);
        }
        looks += 1;
    }
}

/// The ledger as these slots of `head` state it.
fn look_by(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &LedgerIdentity,
    slots: Slots,
) -> Result<Seen, Fault> {
    let segments = Segments::list(storage, layout).map_err(Fault::reading(&layout.log()))?;
    let Some(head) = slots.newest() else {
        let damage = Some(Damage::new(Place::file("head"), Problem::NoHead));
        return Ok(Seen { damage, ..up_to_last_commit(storage, layout, identity, segments, u64::MAX)? });
    };
    let surveyor = Surveyor { storage, layout, segments: &segments, genesis: identity.genesis() };
    let found = up_to_head(storage, layout, &segments, head).and_then(|seen| match slots.bad() {
        Some(slot) => past_head(surveyor, head, slot, seen),
        None => Ok(seen),
    });
    match found {
        Ok(seen) => Ok(seen),
        Err(Fault::Damage(damage)) => {
            let damage = Some(damage);
            Ok(Seen { damage, ..up_to_last_commit(storage, layout, identity, segments, head.seq)? })
        }
        Err(fault) => Err(fault),
    }
}

/// On to the last whole commit, where the slot that does not check may have confirmed what follows the good one.
fn past_head(surveyor: Surveyor<'_>, head: Slot, slot: u8, seen: Seen) -> Result<Seen, Fault> {
    let seen = Seen { bad_slot: Some(slot), ..seen };
    let survey = surveyor.after_head(head)?;
    let entries = survey.whole.chain.next_seq.saturating_sub(seen.size);
    if entries == 0 {
        return Ok(seen);
    }
    // The commit before an empty last segment is found by opening to write.
    if head.clean || surveyor.segments.last() != Some(survey.whole.segment) {
        let problem = Problem::HeadSlotBeforeEnd { slot, entries };
        let damage = Some(Damage::new(Place::file("head"), problem));
        return Ok(Seen { bad_slot: None, damage, ..seen });
    }
    let whole = seen_of(survey, surveyor.segments.clone(), u64::MAX);
    Ok(Seen { bad_slot: Some(slot), unconfirmed: entries, ..whole })
}

/// Up to the entry that `head` names, whose block is read and must have the link that `head` states.
fn up_to_head(
    storage: &dyn Storage,
    layout: &Layout,
    segments: &Segments,
    head: Slot,
) -> Result<Seen, Fault> {
    let missing = |seq| Damage::new(Place::file("log").with_entry(seq), Problem::NoSegment(Seq::new(seq)));
    let last = segments.holding(head.seq).ok_or_else(|| missing(head.seq))?;
    if segments.firsts().first() != Some(&0) {
        return Err(missing(0).into());
    }
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
        let ends_early =
            Problem::EndsBeforeHead { entries: segment.rest.end_seq(), head_seq: Seq::new(head.seq) };
        let Some((at, block)) = walk.step().map_err(|e| e.within(last, &path))? else {
            return Err(Damage::new(Place::segment(last, len).with_entry(head.seq), ends_early).into());
        };
        let first = block.header().first_seq;
        if first != segment.rest.end_seq() {
            let problem =
                Problem::FirstSeq { expected: Seq::new(segment.rest.end_seq()), found: Seq::new(first) };
            return Err(Damage::new(Place::segment(last, at).with_block(first), problem).into());
        }
        segment.rest.add(&block).map_err(|e| e.within(last, &path, at, first))?;
    }
    let block = segment.block(head.seq, &mut BodyReader::new())?;
    check_named_by_head(&block, head, Place::somewhere_in(last))?;
    Ok(Seen {
        size: head.seq.saturating_add(1),
        link: head.link,
        bad_slot: None,
        unconfirmed: 0,
        damage: None,
        segments: counted,
        last: segment,
    })
}

/// Up to the last whole commit that can be found, never beyond the entry `limit`.
fn up_to_last_commit(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &LedgerIdentity,
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
    let (link, unconfirmed) = (whole.chain.link, 0);
    Seen { size, link, bad_slot: None, unconfirmed, damage: None, segments, last: segment }
}
