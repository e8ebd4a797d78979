//! How a ledger is, and what a scrub found, in words.

use crate::scrub::{Scrub, ScrubResult};
use crate::sentences::duration_s;
use crate::status::Status;
use onus_core::vocabulary::Spelt as _;

/// What a scrub found, a line each.
#[must_use]
pub fn scrub(scrub: &Scrub) -> Vec<String> {
    let result = match scrub.result {
        ScrubResult::Good => "Nothing is wrong",
        ScrubResult::Incomplete => "Nothing that was checked is wrong, but not everything was checked",
        ScrubResult::Faulty => "SOMETHING IS WRONG",
    };
    let mut lines =
        vec![format!("{result}: {} entries checked, finished {}.", scrub.size, scrub.finished_at.0.london())];
    lines.extend(scrub.faults.iter().map(|fault| format!("  fault: {fault}")));
    lines.extend(scrub.not_checked.iter().map(|part| format!("  not checked: {part}")));
    lines
}

/// How a ledger is, a line each.
#[must_use]
pub fn status(status: &Status) -> Vec<String> {
    let mut lines = vec![format!("Ledger {} of {}", status.origin, status.agency.0)];
    let last = status.last_recorded_at.map(|at| format!(", the last recorded {}", at.0.london()));
    lines.push(format!("  entries: {}{}", status.size, last.unwrap_or_default()));
    lines.push(format!("  head: {}", status.last_link.0));
    lines.push(match &status.checkpoint {
        None => {
            "  checkpoint: none; anyone with access to the disk could rewrite the ledger unseen".to_owned()
        }
        Some(last) => format!(
            "  checkpoint: of {} entries{}; {} came after it",
            last.size,
            last.age_s.map(|age| format!(", the last of them {} ago", duration_s(age))).unwrap_or_default(),
            last.entries_since
        ),
    });
    match &status.scrub {
        None => lines.push("  scrub: none yet; run `onus scrub`, or `onus scrub --every 24h`".to_owned()),
        Some(last) => {
            lines.push(format!("  scrub: {} ago", duration_s(last.age_s)));
            lines.extend(scrub(&last.scrub).into_iter().map(|line| format!("    {line}")));
        }
    }
    for key in &status.keys {
        let here = if key.signs_here { "" } else { "; its secret is not here" };
        lines.push(format!("  key for {}: {}{here}", key.purpose.0.spelling(), key.key));
    }
    lines.push(match (&status.slots, &status.slots_not_counted) {
        (Some(slots), _) => format!(
            "  key slots: {} in use, {} free, {} erased, {} damaged",
            slots.live, slots.free, slots.erased, slots.damaged
        ),
        (None, Some(why)) => format!("  key slots: not counted, {why}"),
        (None, None) => "  key slots: not counted".to_owned(),
    });
    if let Some(free) = status.free_disk_bytes {
        lines.push(format!("  free disk space: {} MiB", free / (1 << 20)));
    }
    lines.extend(status.notes.iter().map(|note| format!("  note: {note}")));
    lines
}
