//! `append_batch_sealed`: as `append_batch_clear`, through the whole ledger, with one text in six events.

use crate::bounds::Name;
use crate::output::number;
use crate::pipeline::BATCH;
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::statistics::{float, median, rate};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::Context as _;
use onus_core::code::Origin;
use onus_core::ids::AgencyId;
use onus_core::record::Draft;
use onus_core::vocabulary::Channel;
use onus_ledger::{Caller, Identity, Ledger, Machine, NewLedger, Recorder, Submission, Wrapping};
use onus_store::Expect;
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;
const BATCHES_A_ROUND: usize = 32;

pub(super) fn append_batch_sealed(scratch: &Scratch) -> anyhow::Result<Row> {
    let ledger = new_ledger(&scratch.path("sealed"))?;
    let (recorder, _) = ledger.record(&by(None), Some(&ledger.unlock(None)?))?;
    let mut workload = Workload::new(6, Texts::EverySixth, Tokens::Once)?;
    let events = u64::try_from(BATCHES_A_ROUND * BATCH)?;
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let drafts: Vec<Vec<Draft>> = (0..BATCHES_A_ROUND).map(|_| workload.batch(BATCH)).collect();
        let start = Instant::now();
        append_all(&recorder, drafts)?;
        rates.push(rate(events, start.elapsed()));
    }
    recorder.close()?;
    scratch.clear("sealed");
    scratch.clear("sealed.private");
    let note = format!(
        "median of {ROUNDS} rounds of {}; through the ledger with its vault: tokens, slots, sealing and encoding by the one \
         caller; the lock is shared as the command line shares it",
        number(float(events), "events")
    );
    Ok(Row::new(Name::AppendBatchSealed, median(&mut rates), note))
}

/// This process's account, as this identity, by HTTP.
pub(super) fn by(identity: Option<Identity>) -> Caller {
    Caller::of_this_process(identity, Channel::Http)
}

/// A ledger with vault, profiles and access ledger.
pub(super) fn new_ledger(dir: &Path) -> anyhow::Result<Ledger> {
    let machine = Machine::this();
    let origin = Origin::new("bench.invalid/onus").context("the origin is misspelt")?;
    let agency = AgencyId::parse("police:mps").context("the agency is misspelt")?;
    onus_ledger::create(&machine, &by(None), dir, &NewLedger { origin, agency }, Wrapping::KeyFile)?;
    Ok(Ledger::at(machine, dir, Duration::from_secs(5)))
}

/// Seals the next batch while the last one is committed.
pub(super) fn append_all(recorder: &Recorder, batches: Vec<Vec<Draft>>) -> anyhow::Result<()> {
    let mut under_way: Option<Submission> = None;
    for batch in batches {
        let next = recorder.submit(batch, Expect::Any)?;
        if let Some(last) = under_way.replace(next) {
            last.wait()?;
        }
    }
    under_way.map_or(Ok(()), |last| Ok(last.wait().map(drop)?))
}
