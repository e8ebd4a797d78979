//! `verify`: every byte of the large ledger read again, on two threads.

use crate::bounds::Name;
use crate::large::{Large, LargePeer};
use crate::output::say;
use crate::rows::Row;
use crate::sqlite::ReadOnly;
use crate::statistics::{median, rate};
use anyhow::ensure;
use std::num::NonZero;
use std::time::Instant;

const THREADS: NonZero<usize> = NonZero::<usize>::MIN.saturating_add(1);
const ROUNDS: usize = 5;

pub(super) fn verify(large: &Large, peer: Option<&LargePeer>) -> anyhow::Result<Row> {
    say(&"verify …");
    let mut rates = Vec::new();
    // The first round only warms the file cache.
    for round in 0..=ROUNDS {
        let start = Instant::now();
        let verdict = onus_store::verify(&**large.stand.storage(), large.stand.dir(), THREADS, &|_, _| {})?;
        let took = start.elapsed();
        ensure!(verdict.size > large.events && verdict.is_sound(), "the large ledger does not verify");
        if round > 0 {
            rates.push(rate(verdict.size, took));
        }
    }
    let note = format!("median of {ROUNDS}, {}, file cache warm, {THREADS} threads", large.at());
    let row = Row::new(Name::Verify, median(&mut rates), note);
    let Some(peer) = peer else { return Ok(row) };
    let start = Instant::now();
    let count = ReadOnly::open(&peer.path)?.verify()?;
    let row = row.beside_sqlite(rate(count, start.elapsed()));
    Ok(Row { note: format!("{}; SQLite's table read and chained again, one thread", row.note), ..row })
}
