//! `growth_one_incident`: who held what and every flag of one incident of 100,000 events, as a feed makes it that gives
//! every event the same incident number, beside one of a tenth. Each in a child whose memory is counted.

use crate::bounds::Name;
use crate::child::{SEED, batches_of, peak_rss_mib};
use crate::large::child;
use crate::output::{number, say};
use crate::pipeline::append_all;
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::stand::{Clear, Stand};
use crate::statistics::{float, median};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::{Context as _, ensure};
use onus_core::entry::EntryOutline;
use onus_core::history::{KnownBy, Vantage};
use onus_core::seq::Seq;
use onus_ledger::Machine;
use onus_query::flags::Survey;
use onus_query::holding::holding;
use onus_query::incident::history;
use onus_query::policy::Policies;
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::time::Instant;

const FEW: u64 = 10_000;
const MANY: u64 = 100_000;
const ROUNDS: usize = 3;

/// What a child that showed and flagged one incident says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    held_s: Vec<f64>,
    flags_s: Vec<f64>,
    flags: usize,
    peak_rss_mib: f64,
}

pub(super) fn growth(scratch: &Scratch) -> anyhow::Result<Row> {
    say(&"growth_one_incident …");
    let mut few = measured(scratch, "one-incident-few", FEW)?;
    let mut many = measured(scratch, "one-incident-many", MANY)?;
    let (held_s, flags_s) = (median(&mut many.held_s), median(&mut many.flags_s));
    let few_s = median(&mut few.held_s) + median(&mut few.flags_s);
    let growth = (held_s + flags_s) / float(MANY) / (few_s / float(FEW));
    let note = format!(
        "time an event for who held what and every flag of one incident, {} beside {}; at the larger {} and {} for {}, \
         opening and reading included; peak memory {}",
        number(float(MANY), "events"),
        number(float(FEW), "events"),
        number(held_s, "s"),
        number(flags_s, "s"),
        number(float(u64::try_from(many.flags)?), "flags"),
        number(many.peak_rss_mib, "MiB")
    );
    Ok(Row::new(Name::GrowthOneIncident, growth, note))
}

fn measured(scratch: &Scratch, name: &str, events: u64) -> anyhow::Result<Asked> {
    let dir = scratch.path(name);
    child(&["build-one-incident", "--events", &events.to_string(), "--ledger"], &dir)?;
    let asked = serde_json::from_slice(&child(&["one-incident", "--ledger"], &dir)?)?;
    scratch.clear(name);
    Ok(asked)
}

/// The usual events, all under the incident of the first.
pub(crate) fn build(stand: &Stand, events: u64) -> anyhow::Result<()> {
    let (writer, _) = stand.writer()?;
    let mut workload = Workload::new(SEED, Texts::Clear, Tokens::Once)?;
    let mut clear = Clear::imported()?;
    let mut incident = None;
    let batches = batches_of(events).map(|count| {
        let mut batch = workload.batch(count);
        for draft in &mut batch {
            let one = incident.get_or_insert_with(|| draft.common.incident.clone());
            draft.common.incident.clone_from(one);
        }
        clear.encode_all(batch)
    });
    append_all(&writer, batches)?;
    writer.close()?;
    Ok(())
}

/// Asks some times over.
pub(crate) fn asked(stand: &Stand) -> anyhow::Result<Asked> {
    let now = Machine::this().now();
    let mut asked = Asked { held_s: Vec::new(), flags_s: Vec::new(), flags: 0, peak_rss_mib: 0.0 };
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let reader = stand.reader()?;
        let last = reader.entry(Seq::new(reader.size().saturating_sub(1)))?;
        let incident =
            EntryOutline::parse(last.bytes())?.incident.context("the last entry has no incident")?;
        let policies = Policies::read(&reader, KnownBy::Entered)?;
        let of_one = history(&reader, &incident)?;
        let held = holding(&of_one, &Vantage::default(), &policies);
        black_box(held.lanes().count() + held.contested().len());
        ensure!(!held.established().is_empty());
        asked.held_s.push(start.elapsed().as_secs_f64());
        drop((of_one, held));
        let start = Instant::now();
        let survey = Survey { reader: &reader, policies: &policies, vantage: Vantage::default(), now };
        asked.flags = survey.of(&incident)?.map_or(0, |found| found.len());
        asked.flags_s.push(start.elapsed().as_secs_f64());
    }
    asked.peak_rss_mib = peak_rss_mib()?;
    Ok(asked)
}
