//! What is said of an entry beside its sentence: when it was entered, for whom it speaks, what it changes, what its
//! signature is worth.

use super::holding::{duration, duration_s};
use super::words;
use crate::flag::FlagAnswer;
use crate::members::differences;
use crate::row::Cell as _;
use onus_core::history::Entry;
use onus_core::model::Common;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;

const MINUTE_US: i64 = 60_000_000;

/// What the common record says beyond time and actor, where it says anything unusual.
pub(crate) fn remarks(common: &Common<Stored>) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(policy) = &common.policy {
        remarks.push(format!("Cites {} version {}.", policy.policy, policy.version));
    }
    let apart = |entered: &Timestamp| {
        entered.as_us().abs_diff(common.occurred_at.as_us()) >= MINUTE_US.unsigned_abs()
    };
    if let Some(entered) = common.entered_at.filter(apart) {
        let (at, before) = (common.occurred_at, entered < common.occurred_at);
        let (from, to) = if before { (entered, at) } else { (at, entered) };
        remarks.push(format!(
            "Entered at {}, {} {} the event; source of that time: {}.",
            entered.london_beside(at),
            duration(from, to),
            if before { "before" } else { "after" },
            common.source.system
        ));
    }
    if common.source.inferred {
        remarks
            .push(format!("Inferred by a mapping from {}; not stated by the source.", common.source.system));
    }
    remarks
}

/// What a correction states otherwise than the entry that it corrects; sealed texts are not compared.
pub(crate) fn changes(earlier: &Entry, entry: &Entry) -> Option<String> {
    let (before, after) = (earlier.body.as_ref()?, entry.body.as_ref()?);
    let changes: Vec<String> = differences(&before.to_json(), &after.to_json())
        .into_iter()
        .filter(|change| !change.member.split('.').any(|name| name == "sealed"))
        .map(|change| {
            format!("{} {} → {}", words(&change.member), change.before.shown(), change.after.shown())
        })
        .collect();
    (!changes.is_empty()).then(|| format!("Changed: {}.", changes.join("; ")))
}

/// How exact a time is, where it is not exact.
#[must_use]
pub fn precision(uncertainty_s: u32) -> &'static str {
    match uncertainty_s {
        0 => "",
        1..=60 => " (to the minute)",
        61..=3_600 => " (to the hour)",
        _ => " (to the day)",
    }
}

/// What a flag rests on beside what sources stated to the second: nothing, where that is all.
#[must_use]
pub fn rests_on(flag: &FlagAnswer) -> String {
    let inferred = flag.inferred.then(|| "rests on what a mapping inferred".to_owned());
    let uncertain = (flag.uncertainty_s > 0)
        .then(|| format!("times uncertain by up to {}", plus_minus(flag.uncertainty_s)));
    let both: Vec<String> = [inferred, uncertain].into_iter().flatten().collect();
    if both.is_empty() { String::new() } else { format!(" ({})", both.join("; ")) }
}

fn plus_minus(seconds: u32) -> String {
    if seconds < 60 { format!("{seconds} s") } else { duration_s(u64::from(seconds)) }
}

/// `+4:30`, hours and minutes; days too where there are any.
#[must_use]
pub fn elapsed(from: Timestamp, to: Timestamp) -> String {
    let minutes = (to.as_us() - from.as_us()).div_euclid(MINUTE_US);
    let (sign, minutes) = if minutes < 0 { ('-', -minutes) } else { ('+', minutes) };
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    if days > 0 {
        format!("{sign}{days}d {hours}:{minutes:02}")
    } else {
        format!("{sign}{hours}:{minutes:02}")
    }
}
