//! `show_p50`, `who_p50`: who held what in one incident of six events, found, read, decoded and folded.

use crate::bounds::Name;
use crate::large::Large;
use crate::output::{number, say};
use crate::rows::Row;
use crate::statistics::{quantile, us};
use anyhow::ensure;
use onus_core::history::{KnownBy, Vantage};
use onus_core::ids::Incident;
use onus_core::vocabulary::Facet;
use onus_query::holding::{holding, policies_for};
use onus_query::incident::history;
use onus_store::Reader;
use std::hint::black_box;
use std::time::Instant;

const SAMPLES: usize = 2_000;

pub(super) fn rows(large: &Large) -> anyhow::Result<[Row; 2]> {
    say(&"who held what …");
    let incidents = large.incidents(SAMPLES)?;
    let (mut shown, mut asked, mut standing) = (Vec::new(), Vec::new(), Vec::new());
    for incident in &incidents {
        let reader = large.stand.reader()?;
        let start = Instant::now();
        show(&reader, incident)?;
        shown.push(us(start.elapsed()));
        let reader = large.stand.reader()?;
        let start = Instant::now();
        who(&reader, incident)?;
        asked.push(us(start.elapsed()));
    }
    let reader = large.stand.reader()?;
    for incident in &incidents {
        let start = Instant::now();
        who(&reader, incident)?;
        standing.push(us(start.elapsed()));
    }
    let note =
        |what: &str| format!("{what}; of {SAMPLES}, {}, each the first question of a new reader", large.at());
    let shown_note =
        note("history, established account, every lane and contested span, without drawing them");
    let asked_note = format!(
        "{}; with one reader for all {}",
        note("the response at the last event"),
        number(quantile(&mut standing, 0.5), "µs")
    );
    Ok([
        Row::new(Name::ShowP50, quantile(&mut shown, 0.5), shown_note),
        Row::new(Name::WhoP50, quantile(&mut asked, 0.5), asked_note),
    ])
}

fn show(reader: &Reader, incident: &Incident) -> anyhow::Result<()> {
    let history = history(reader, incident)?;
    let policies = policies_for(reader, &history, KnownBy::default())?;
    let held = holding(&history, &Vantage::default(), &policies);
    black_box(held.lanes().count() + held.contested().len());
    ensure!(!held.established().is_empty());
    Ok(())
}

fn who(reader: &Reader, incident: &Incident) -> anyhow::Result<()> {
    let history = history(reader, incident)?;
    let policies = policies_for(reader, &history, KnownBy::default())?;
    let held = holding(&history, &Vantage::default(), &policies);
    let last = history.entries().last().map(|entry| entry.common.occurred_at);
    black_box(last.map(|at| held.established().at(Facet::Response, at)));
    Ok(())
}
