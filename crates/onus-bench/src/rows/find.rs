//! `find_count`, `find_page`, `index_rebuild`, `growth_incident`, `growth_find`, and the memory of all that.
//!
//! Measured in a child, whose memory the kernel counts: one for the large ledger, one for a tenth of it.

use crate::bounds::Name;
use crate::large::{Large, child};
use crate::output::{number, say};
use crate::pipeline::BATCH;
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::sqlite_terms::TermPeer;
use crate::stand::{Clear, Stand};
use crate::statistics::{float, median, ms, quantile, rate, us};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::ensure;
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_core::terms::{TermField, Wanted};
use onus_query::find::{Filter, Finder};
use onus_store::Reader;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;
use std::time::Instant;

const SAMPLES: usize = 101;
const REBUILDS: usize = 3;
const PAGE: usize = 50;
const SQLITE_EVENTS_MAX: u64 = 20_000_000;
/// Three terms that many entries have: 2 of 60 entries have all of them.
const QUESTION: [(TermField, &str); 3] = [
    (TermField::Kind, "AttendanceDecided"),
    (TermField::Outcome, "no_deploy_refer"),
    (TermField::Role, "call_handler"),
];

/// What a child that asked says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) hits: u64,
    pub(crate) count_ms: f64,
    pub(crate) count_again_ms: f64,
    pub(crate) page_ms: f64,
    pub(crate) page_again_ms: f64,
    pub(crate) incident_us: f64,
    pub(crate) incident_again_us: f64,
    pub(crate) rebuild_rate: f64,
    pub(crate) peak_rss_mib: f64,
}

fn filter() -> anyhow::Result<Filter> {
    QUESTION
        .iter()
        .try_fold(Filter::everything(), |filter, (field, text)| Ok(filter.with(Wanted::parse(*field, text)?)))
}

fn page(reader: &Reader, filter: &Filter) -> anyhow::Result<()> {
    let page = Finder::new(reader, filter)?.page(None, PAGE)?;
    ensure!(page.entries.len() == PAGE && page.disagreeing.is_empty());
    for entry in &page.entries {
        let (head, record) = EntryHead::parse(entry.bytes())?;
        Record::decode(&head, record)?;
    }
    Ok(())
}

/// What the child does.
pub(crate) fn ask(stand: &Stand, incidents: &[onus_core::ids::Incident]) -> anyhow::Result<Asked> {
    let filter = filter()?;
    let mut samples: [Vec<f64>; 6] = Default::default();
    let [count, count_again, pages, pages_again, incident, incident_again] = &mut samples;
    let standing = stand.reader()?;
    let hits = Finder::new(&standing, &filter)?.count()?;
    for _ in 0..SAMPLES {
        let reader = stand.reader()?;
        let start = Instant::now();
        ensure!(Finder::new(&reader, &filter)?.count()? == hits);
        count.push(ms(start.elapsed()));
        let reader = stand.reader()?;
        let start = Instant::now();
        page(&reader, &filter)?;
        pages.push(ms(start.elapsed()));
        let start = Instant::now();
        ensure!(Finder::new(&standing, &filter)?.count()? == hits);
        count_again.push(ms(start.elapsed()));
        let start = Instant::now();
        page(&standing, &filter)?;
        pages_again.push(ms(start.elapsed()));
    }
    for one in incidents {
        let reader = stand.reader()?;
        let start = Instant::now();
        ensure!(crate::child::read_incident(&reader, one)? >= 6);
        incident.push(us(start.elapsed()));
        let start = Instant::now();
        crate::child::read_incident(&standing, one)?;
        incident_again.push(us(start.elapsed()));
    }
    let mut rebuilds = Vec::new();
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    for _ in 0..REBUILDS {
        for file in std::fs::read_dir(stand.dir().join("log"))? {
            let path = file?.path();
            if path.extension().is_none_or(|end| end == "terms" || end == "pos") {
                std::fs::remove_file(path)?;
            }
        }
        let reader = stand.reader()?;
        let start = Instant::now();
        reader.rebuild_index(&reader.segments(), cores, &|_, _| {})?;
        rebuilds.push(rate(reader.size(), start.elapsed()));
        ensure!(reader.unusable()?.is_empty());
    }
    Ok(Asked {
        hits,
        count_ms: median(count),
        count_again_ms: median(count_again),
        page_ms: median(pages),
        page_again_ms: median(pages_again),
        incident_us: median(incident),
        incident_again_us: median(incident_again),
        rebuild_rate: median(&mut rebuilds),
        peak_rss_mib: crate::child::peak_rss_mib()?,
    })
}

pub(super) fn rows(scratch: &Scratch, large: &Large) -> anyhow::Result<Vec<Row>> {
    say(&"find …");
    let asked = asked(large)?;
    let small = Large::build_at(scratch, "small", large.events / 10)?;
    let asked_small = self::asked(&small)?;
    // SQLite takes an hour to be given more; its times are asked for beside the usual size.
    let beside = (large.events <= SQLITE_EVENTS_MAX).then(|| in_sqlite(scratch, large.events, asked.hits));
    let (count_sqlite, page_sqlite) = beside.transpose()?.unzip();
    let question: Vec<String> =
        QUESTION.iter().map(|(field, text)| format!("{} {text}", field.name())).collect();
    let again = |again: f64| {
        format!(
            "median of {SAMPLES}, {}, each the first question of a new reader; with one reader for all {}",
            large.at(),
            number(again, "ms")
        )
    };
    let per_hit = |asked: &Asked| asked.count_ms * 1e6 / float(asked.hits);
    let peak = asked.peak_rss_mib.max(large.built.peak_rss_mib).max(asked_small.peak_rss_mib);
    Ok(vec![
        Row::new(
            Name::FindCount,
            asked.count_ms,
            format!("{}; {}: {} hits", again(asked.count_again_ms), question.join(", "), asked.hits),
        )
        .beside_sqlite_if(count_sqlite),
        Row::new(
            Name::FindPage,
            asked.page_ms,
            format!("{}; the first {PAGE} of the same, found, read and decoded", again(asked.page_again_ms)),
        )
        .beside_sqlite_if(page_sqlite),
        Row::new(
            Name::IndexRebuild,
            asked.rebuild_rate,
            format!(
                "median of {REBUILDS}, {}, every term and position file from nothing, file cache warm",
                large.at()
            ),
        ),
        Row::new(
            Name::PeakRss,
            peak,
            format!(
                "VmHWM of the processes that appended {} ({}) and that asked and rebuilt ({})",
                number(float(large.events), "events"),
                number(large.built.peak_rss_mib, "MiB"),
                number(asked.peak_rss_mib, "MiB")
            ),
        ),
        Row::new(
            Name::GrowthIncident,
            asked.incident_us / asked_small.incident_us,
            format!(
                "one incident, first question of a new reader: {} at a tenth of the ledger, {} {}; with one reader for all \
                 {} and {}, {:.2} ×",
                number(asked_small.incident_us, "µs"),
                number(asked.incident_us, "µs"),
                large.at(),
                number(asked_small.incident_again_us, "µs"),
                number(asked.incident_again_us, "µs"),
                asked.incident_again_us / asked_small.incident_again_us
            ),
        ),
        Row::new(
            Name::GrowthFind,
            per_hit(&asked) / per_hit(&asked_small),
            format!(
                "nanoseconds of find_count for each entry counted: {:.2} at a tenth of the ledger, {:.2} {}",
                per_hit(&asked_small),
                per_hit(&asked),
                large.at()
            ),
        ),
    ])
}

fn asked(large: &Large) -> anyhow::Result<Asked> {
    let incidents: Vec<String> = large.incidents(300)?.iter().map(ToString::to_string).collect();
    let list = incidents.join(",");
    Ok(serde_json::from_slice(&child(&["ask", "--incidents", &list, "--ledger"], large.stand.dir())?)?)
}

/// The same questions of SQLite, with an index on each of the three fields.
fn in_sqlite(scratch: &Scratch, events: u64, hits: u64) -> anyhow::Result<(f64, f64)> {
    say(&"the same in SQLite …");
    let mut peer = TermPeer::create(&scratch.path("find.sqlite"))?;
    let mut workload = Workload::new(crate::child::SEED, Texts::Clear, Tokens::Once)?;
    let mut clear = Clear::new()?;
    for count in crate::child::batches_of(events) {
        debug_assert!(count <= BATCH);
        peer.append(&clear.encode_all(workload.batch(count))?)?;
    }
    peer.index(&QUESTION.map(|(field, _)| field))?;
    let wanted = QUESTION
        .iter()
        .map(|(field, text)| Ok(Wanted::parse(*field, text)?))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let terms: Vec<&[u8]> = wanted.iter().filter_map(Wanted::term).collect();
    let (mut counts, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let start = Instant::now();
        ensure!(peer.count(&terms)? == hits, "SQLite counts otherwise");
        counts.push(ms(start.elapsed()));
        let start = Instant::now();
        ensure!(peer.page(&terms, PAGE)?.len() == PAGE);
        pages.push(ms(start.elapsed()));
    }
    drop(peer);
    scratch.clear("find.sqlite");
    Ok((quantile(&mut counts, 0.5), quantile(&mut pages, 0.5)))
}
