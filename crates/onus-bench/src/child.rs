//! What needs a process of its own: to have its memory counted, to be killed, to start with nothing read.

use crate::args::Child;
use crate::output::line;
use crate::pipeline::{BATCH, append_all};
use crate::stand::{Clear, Stand};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::Context as _;
use onus_core::entry::EntryHead;
use onus_core::history::{KnownBy, Vantage};
use onus_core::ids::Incident;
use onus_core::record::{Draft, Record};
use onus_ledger::Machine;
use onus_query::flags::Survey;
use onus_query::policy::Policies;
use onus_store::{Expect, Reader};
use serde::{Deserialize, Serialize};
use std::fs::read_to_string;
use std::num::NonZero;
use std::time::Instant;

/// What a child that built a ledger says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Built {
    pub(crate) seconds: f64,
    pub(crate) commits: u64,
    pub(crate) peak_rss_mib: f64,
}

/// Does what the child was started for.
pub(crate) fn run(child: &Child) -> anyhow::Result<()> {
    match child {
        Child::Build { at, events } => build(&Stand::create(&at.ledger)?, *events),
        Child::BuildFlagged { at, events } => build_flagged(&Stand::create(&at.ledger)?, *events),
        Child::Flags { at, rounds } => flags(&Stand::at(&at.ledger), *rounds),
        Child::Export { at, format, folder } => {
            let written = crate::rows::written(&Stand::at(&at.ledger), format, folder)?;
            Ok(line(&serde_json::to_string(&written)?)?)
        }
        Child::BuildOneIncident { at, events } => crate::rows::build(&Stand::create(&at.ledger)?, *events),
        Child::OneIncident { at } => {
            let asked = crate::rows::asked(&Stand::at(&at.ledger))?;
            Ok(line(&serde_json::to_string(&asked)?)?)
        }
        Child::Endless { at } => endless(&Stand::at(&at.ledger)),
        Child::Show { at, incident } => {
            let entries = read_incident(&Stand::at(&at.ledger).reader()?, incident)?;
            Ok(line(&entries)?)
        }
        Child::Ask { at, incidents } => {
            let asked = crate::rows::ask(&Stand::at(&at.ledger), incidents)?;
            Ok(line(&serde_json::to_string(&asked)?)?)
        }
    }
}

/// Threads that judge incidents; one more reads.
pub(crate) const THREADS: NonZero<usize> = NonZero::<usize>::MIN.saturating_add(1);
/// The seed of the large ledger.
pub(crate) const SEED: u64 = 1;

fn build(stand: &Stand, events: u64) -> anyhow::Result<()> {
    let (writer, _) = stand.writer()?;
    let mut workload = Workload::new(SEED, Texts::Clear, Tokens::Once)?;
    let mut clear = Clear::new()?;
    let start = Instant::now();
    let batches = batches_of(events).map(|count| clear.encode_all(workload.batch(count)));
    append_all(&writer, batches)?;
    writer.close()?;
    let built = Built {
        seconds: start.elapsed().as_secs_f64(),
        commits: stand.commits(),
        peak_rss_mib: peak_rss_mib()?,
    };
    Ok(line(&serde_json::to_string(&built)?)?)
}

/// What a child that flagged a ledger says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Flagged {
    pub(crate) seconds: Vec<f64>,
    pub(crate) flags: u64,
    pub(crate) incidents: u64,
    pub(crate) peak_rss_mib: f64,
}

/// The policy that the workload cites, published before its first event.
const POLICY: &str = r#"{"event": "PolicyPublished", "event_id": "018ae5a0-0000-7000-8000-000000000001", "occurred_at": "2023-10-01T00:00:00Z", "entered_at": "2023-10-01T00:00:00Z", "actor": {"agency": "police:mps", "role": "sro"}, "source": {"system": "bench"}, "body": {"policy": {"policy": "mps-rcrp", "version": "2023-11"}, "scope": {"force": "police:mps"}, "effective_from": "2023-11-01T00:00:00Z", "thresholds": {}, "question_sets": ["mps-thrive-3"]}}"#;

fn build_flagged(stand: &Stand, events: u64) -> anyhow::Result<()> {
    let (writer, _) = stand.writer()?;
    let mut workload = Workload::new(SEED, Texts::EverySixth, Tokens::Once)?;
    let mut clear = Clear::imported()?;
    writer.append(vec![clear.encode(Draft::parse(POLICY.as_bytes())?)?], Expect::Any)?;
    append_all(&writer, batches_of(events).map(|count| clear.encode_all(workload.batch(count))))?;
    writer.close()?;
    Ok(())
}

fn flags(stand: &Stand, rounds: usize) -> anyhow::Result<()> {
    let now = Machine::this().now();
    let mut flagged = Flagged { seconds: Vec::new(), flags: 0, incidents: 0, peak_rss_mib: 0.0 };
    for _ in 0..rounds {
        let start = Instant::now();
        let reader = stand.reader()?;
        let policies = Policies::read(&reader, KnownBy::Entered)?;
        let survey = Survey { reader: &reader, policies: &policies, vantage: Vantage::default(), now };
        flagged.flags = 0;
        flagged.incidents = survey.all(THREADS, |_| flagged.flags += 1)?;
        flagged.seconds.push(start.elapsed().as_secs_f64());
    }
    flagged.peak_rss_mib = peak_rss_mib()?;
    Ok(line(&serde_json::to_string(&flagged)?)?)
}

fn endless(stand: &Stand) -> anyhow::Result<()> {
    let (writer, _) = stand.writer()?;
    // Another seed: other incidents than those that are there, but for those of equal number.
    let seed = u64::from(std::process::id());
    let mut workload = Workload::new(seed, Texts::Clear, Tokens::Once)?;
    let mut clear = Clear::new()?;
    writer.append(clear.encode_all(workload.batch(BATCH))?, Expect::Any)?;
    line(&"appending")?;
    append_all(&writer, std::iter::repeat_with(|| clear.encode_all(workload.batch(BATCH))))
}

/// Sizes of the batches that so many events make.
pub(crate) fn batches_of(events: u64) -> impl Iterator<Item = usize> {
    let mut left = usize::try_from(events).unwrap_or(usize::MAX);
    std::iter::from_fn(move || {
        let next = left.min(BATCH);
        left -= next;
        (next > 0).then_some(next)
    })
}

/// Finds an incident, reads its entries and decodes them; how many there are.
pub(crate) fn read_incident(reader: &Reader, incident: &Incident) -> anyhow::Result<usize> {
    let seqs = reader.incident(&incident.key())?;
    for seq in &seqs {
        let entry = reader.entry(*seq)?;
        let (head, record) = EntryHead::parse(entry.bytes())?;
        anyhow::ensure!(Record::decode(&head, record)?.common.incident.as_ref() == Some(incident));
    }
    Ok(seqs.len())
}

/// The most memory that this process has had, as the kernel counted it.
pub(crate) fn peak_rss_mib() -> anyhow::Result<f64> {
    let status = read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let kib: f64 = peak.context("the kernel does not say how much memory was used")?.trim().parse()?;
    Ok(kib / 1_024.0)
}
