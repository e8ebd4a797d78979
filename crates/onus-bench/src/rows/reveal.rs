//! `reveal`: one sealed text opened, the reading synced in the access ledger first.

use crate::bounds::{Bound, Name};
use crate::conditions::Probe;
use crate::output::number;
use crate::pipeline::BATCH;
use crate::rows::Row;
use crate::rows::sealed::{append_all, by, new_ledger};
use crate::scratch::Scratch;
use crate::statistics::{median, ms};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::{Context as _, ensure};
use onus_core::field_no::FieldNo;
use onus_core::kinds::Kind;
use onus_core::sealed::Plain;
use onus_ledger::{EntryTexts, Identity, RevealRequest};
use std::time::Instant;

const SAMPLES: usize = 200;
/// The number of `AttendanceDecided.rationale`.
const RATIONALE: FieldNo = FieldNo::new(16);

pub(super) fn reveal(scratch: &Scratch) -> anyhow::Result<Row> {
    let ledger = new_ledger(&scratch.path("reveal"))?;
    let (recorder, _) = ledger.record(&by(None), Some(&ledger.unlock(None)?))?;
    append_all(&recorder, vec![Workload::new(7, Texts::EverySixth, Tokens::Once)?.batch(BATCH)])?;
    recorder.close()?;
    let decisions = ledger.read()?.of_kind(Kind::AttendanceDecided.number())?;
    let who = Identity::parse("police:mps/supervisor").context("the identity is misspelt")?;
    let caller = by(Some(who));
    let why = Plain::new("measuring").context("the reason is empty")?;
    let mut probe = Probe::create(&scratch.path("reveal.probe"))?;
    let (mut took, mut bare) = (Vec::new(), Vec::new());
    for seq in decisions.iter().copied().cycle().take(SAMPLES) {
        bare.push(probe.sync()? / 1e3);
        let start = Instant::now();
        let texts = [EntryTexts { seq, fields: vec![RATIONALE] }];
        let request = RevealRequest { why: &why, purpose: None };
        let revealed = ledger.unlock(None)?.reveal(&caller, &request, &texts)?;
        took.push(ms(start.elapsed()));
        ensure!(revealed.iter().all(|one| one.text.is_ok()) && revealed.len() == 1);
    }
    for name in ["reveal", "reveal.private", "reveal.probe"] {
        scratch.clear(name);
    }
    let (took, bare) = (median(&mut took), median(&mut bare));
    let note =
        format!("median of {SAMPLES}; the bound is 1 ms and one bare sync, here {}", number(bare, "ms"));
    let row = Row::new(Name::Reveal, took, note);
    let Bound::AtMost(most) = row.bound else { return Ok(row) };
    Ok(row.bounded(Bound::AtMost(most + bare)))
}
