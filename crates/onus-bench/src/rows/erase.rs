//! `erase`: the texts of one incident among many erased: access ledger, ledger, keys, each synced, and the certificate.

use crate::bounds::Name;
use crate::output::{number, say};
use crate::pipeline::BATCH;
use crate::rows::Row;
use crate::rows::sealed::{append_all, by, new_ledger};
use crate::scratch::Scratch;
use crate::statistics::{float, median, ms};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::{Context as _, ensure};
use onus_core::code;
use onus_core::history::Entry;
use onus_core::ids::Incident;
use onus_core::record::Record;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_ledger::{ErasureRequest, ErasureScope, Identity, Ledger};
use std::time::Instant;

const SAMPLES: usize = 21;

pub(super) fn erase(scratch: &Scratch, events: u64) -> anyhow::Result<Row> {
    say(&"erase …");
    let ledger = new_ledger(&scratch.path("erase"))?;
    let (recorder, _) = ledger.record(&by(None), Some(&ledger.unlock(None)?))?;
    let mut workload = Workload::new(8, Texts::EverySixth, Tokens::Once)?;
    let batch = u64::try_from(BATCH)?;
    for _ in 0..events.div_ceil(batch) {
        append_all(&recorder, vec![workload.batch(BATCH)])?;
    }
    recorder.close()?;
    let incidents = incidents(&ledger)?;
    let person = |text: &str| Identity::parse(text).context("an identity is misspelt");
    let first = person("police:mps/data_protection_officer/00112233445566778899aabbccddeeff")?;
    let second = person("police:mps/superintendent/ffeeddccbbaa99887766554433221100")?;
    let why = Plain::new("measuring").context("the reason is empty")?;
    let basis = code!("measuring");
    let caller = by(Some(first.clone()));
    let mut took = Vec::new();
    for incident in incidents {
        let scope = ErasureScope::Incident(incident);
        let request = ErasureRequest {
            scope: &scope,
            basis: basis.clone(),
            authorised_by: [&first, &second],
            why: &why,
        };
        let start = Instant::now();
        let certificate = ledger.unlock(None)?.erase(&caller, &request)?;
        took.push(ms(start.elapsed()));
        ensure!(certificate.erasures.len() == 1 && !certificate.texts.is_empty(), "nothing was erased");
    }
    let size = ledger.read()?.size();
    let slowest = took.iter().copied().fold(0.0, f64::max);
    for name in ["erase", "erase.private"] {
        scratch.clear(name);
    }
    let note = format!(
        "median of {SAMPLES} incidents, at {}; slowest {}; opening both ledgers and the vault, five syncs and the certificate \
         included",
        number(float(size), "events"),
        number(slowest, "ms")
    );
    Ok(Row::new(Name::Erase, median(&mut took), note))
}

/// Incidents with a text, from all over the ledger.
fn incidents(ledger: &Ledger) -> anyhow::Result<Vec<Incident>> {
    let reader = ledger.read()?;
    let mut found: Vec<Incident> = Vec::new();
    let mut place = 0x9e37_79b9_u64;
    while found.len() < SAMPLES {
        place = place.wrapping_add(2_147_483_647 * 1_000_003) % reader.size();
        let entry = Entry::parse(reader.entry(Seq::new(place))?.bytes())?;
        let Some(body) = entry.body else { continue };
        let record = Record { common: entry.common, body };
        let has_text = !record.sealed_texts().is_empty();
        if let Some(incident) = record.common.incident.filter(|one| has_text && !found.contains(one)) {
            found.push(incident);
        }
    }
    Ok(found)
}
