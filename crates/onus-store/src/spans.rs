//! The file that says which incidents each finished segment can hold: kept, and checked against the log.
//!
//! # Promises
//! * It is made of the term files, each checked against its segment as for any other use.
//! * It is used only if it names the log's own segments, and the chain link after the last of them is the one that the
//!   log has there: so it was made of this history and no other.
//!
//! # Never
//! * Nothing waits for it. Without it, or beyond its end, each segment's own files are asked.

use crate::damage::{Damage, Place, Problem};
use crate::follower::put;
use crate::index::{Files, Unusable};
use crate::layout::Layout;
use crate::segments::Segments;
use crate::terms::{DerivedError, Spans};
use crate::walk::{Fault, Walk};
use onus_core::storage::{OpenHow, Storage};
use onus_proof::Link;
use std::io;

/// The file, if it speaks of this log's finished segments, or of the first of them.
pub(crate) fn open(
    storage: &dyn Storage,
    layout: &Layout,
    segments: &Segments,
) -> Result<Result<Spans, Unusable>, Fault> {
    let read = storage.open(&layout.spans(), OpenHow::Read).map_err(Unusable::from);
    let spans = match read.and_then(|file| Spans::open(file).map_err(Unusable::from)) {
        Ok(spans) => spans,
        Err(why) => return Ok(Err(why)),
    };
    let mut finished = segments.finished();
    let mut end_seq = 0;
    for (first_seq, _) in spans.rows() {
        match finished.next() {
            Some((first, end)) if first == *first_seq => end_seq = end,
            _ => return Ok(Err(Unusable::Foreign)),
        }
    }
    let is_ours = end_seq == spans.end_seq()
        && (end_seq == 0 || link_before(storage, layout, end_seq)? == spans.last_link());
    Ok(if is_ours { Ok(spans) } else { Err(Unusable::Foreign) })
}

/// Brings the file up to the last finished segment whose index files can be used with all before it.
pub(crate) fn keep(storage: &dyn Storage, layout: &Layout) -> Result<(), Fault> {
    let segments = Segments::list(storage, layout).map_err(Fault::reading(&layout.log()))?;
    let (mut spans, mut is_stale) = match open(storage, layout, &segments)? {
        Ok(spans) => (spans, false),
        Err(Unusable::Missing) => (Spans::none(), false),
        Err(_) => (Spans::none(), true),
    };
    for (first_seq, end_seq) in segments.finished().skip(spans.rows().len()) {
        let Ok(files) = Files::open(storage, layout, first_seq) else { break };
        let link = link_before(storage, layout, end_seq)?;
        if !files.match_finished(end_seq, &link, files.covered_bytes())
            || spans.push(files.ranges().clone(), end_seq, link, files.covered_bytes()).is_err()
        {
            break;
        }
        is_stale = true;
    }
    if !is_stale {
        return Ok(());
    }
    let path = layout.spans();
    let other = |e: DerivedError| Fault::Read { path: path.clone(), source: io::Error::other(e) };
    put(storage, &path, &spans.to_bytes().map_err(other)?).map_err(Fault::reading(&path))
}

/// What the segment that begins with `first_seq` says of the link before it.
pub(crate) fn link_before(storage: &dyn Storage, layout: &Layout, first_seq: u64) -> Result<Link, Fault> {
    let path = layout.segment(first_seq);
    let file = storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
    let end = file.len().map_err(Fault::reading(&path))?;
    let header = Walk::at_one_header(&*file, 0, end).skip().map_err(|e| e.within(first_seq, &path))?;
    let empty = || Damage::new(Place::segment(first_seq, 0), Problem::EmptySegment);
    Ok(header.ok_or_else(empty)?.1.link_before)
}
