//! `append_64_callers`: 64 threads, each with one event at a time.

use crate::bounds::Name;
use crate::output::number;
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::sqlite::Peer;
use crate::stand::{Clear, Stand};
use crate::statistics::{float, median, rate};
use crate::workload::{Texts, Tokens, Workload};
use onus_core::record::Draft;
use onus_store::{Expect, Writer};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const CALLERS: u64 = 64;
const ROUNDS: usize = 5;
const EVENTS_A_CALLER: u64 = 2_000;
/// SQLite takes one at a time, so fewer say as much.
const PEER_EVENTS_A_CALLER: u64 = 50;

/// Rounds of all callers at once.
pub(super) fn append_64_callers(scratch: &Scratch) -> anyhow::Result<Row> {
    let stand = Stand::create(&scratch.path("callers"))?;
    let (writer, _) = stand.writer()?;
    let mut workload = Workload::new(4, Texts::Clear, Tokens::Once)?;
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let drafts = for_each_caller(&mut workload, EVENTS_A_CALLER)?;
        rates.push(all_at_once(drafts, |draft, clear: &mut Clear| one(&writer, draft, clear))?);
    }
    let commits = stand.commits();
    writer.close()?;
    scratch.clear("callers");

    let peer = Mutex::new(Peer::create(&scratch.path("callers.sqlite"))?);
    let drafts = for_each_caller(&mut workload, PEER_EVENTS_A_CALLER)?;
    let sqlite = all_at_once(drafts, |draft, clear: &mut Clear| {
        let event = clear.encode(draft)?;
        peer.lock().unwrap_or_else(PoisonError::into_inner).append(&[event])
    })?;
    drop(peer);
    scratch.clear("callers.sqlite");
    let events = CALLERS * EVENTS_A_CALLER;
    let note = format!(
        "median of {ROUNDS} rounds of {}; {:.1} events a commit",
        number(float(events), "events"),
        float(events) * float(ROUNDS) / float(commits)
    );
    Ok(Row::new(Name::Append64Callers, median(&mut rates), note).beside_sqlite(sqlite))
}

fn one(writer: &Writer, draft: Draft, clear: &mut Clear) -> anyhow::Result<()> {
    let event = clear.encode(draft)?;
    writer.append(vec![event], Expect::Any)?;
    Ok(())
}

/// Shares drafts out. An incident may be in the hands of several callers, as in a control room.
fn for_each_caller(workload: &mut Workload, events: u64) -> anyhow::Result<Vec<Vec<Draft>>> {
    let events = usize::try_from(events)?;
    Ok((0..CALLERS).map(|_| workload.batch(events)).collect())
}

/// Events per second, from the moment at which all may begin until the last has its receipt.
fn all_at_once(
    drafts: Vec<Vec<Draft>>,
    record: impl Fn(Draft, &mut Clear) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<f64> {
    let events: usize = drafts.iter().map(Vec::len).sum();
    let start = Instant::now();
    std::thread::scope(|scope| {
        let callers: Vec<_> = drafts
            .into_iter()
            .map(|drafts| {
                scope.spawn(|| {
                    let mut clear = Clear::new()?;
                    drafts.into_iter().try_for_each(|draft| record(draft, &mut clear))
                })
            })
            .collect();
        callers
            .into_iter()
            .try_for_each(|caller| caller.join().map_err(|_| anyhow::anyhow!("a caller panicked"))?)
    })?;
    Ok(rate(u64::try_from(events)?, start.elapsed()))
}
