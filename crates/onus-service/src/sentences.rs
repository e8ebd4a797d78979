//! What people read of answers: words for values, sentences for entries, spans, flags and verdicts. Terminal, pages and
//! exports take them from here.
//!
//! Promise: plain, exact British English; times in Europe/London. Never: a value that the answer does not hold.

mod certificate;
mod entry;
mod figures;
mod footnotes;
mod heading;
mod holding;
mod lines;
mod policies;
mod recovery;
mod relations;
mod remarks;
mod sampling;
mod spans;
mod status;
mod tables;
mod texts;
mod values;
mod verdict;

use onus_core::ids::AgencyId;

pub use crate::labels::{kind, label, person, text_label, words};
pub use certificate::certificate;
pub(crate) use entry::entry;
pub use entry::says;
use entry::{Beside, says_beside};
pub use figures::write_report;
pub use footnotes::{LIMITS, footnotes, time_of_death};
pub use heading::times_head;
pub use holding::{duration, duration_s, holder, no_holder, offer, quality, unowned};
pub use lines::wrapped;
pub use policies::policy_status;
pub use recovery::recovery;
pub(crate) use relations::Relations;
pub(crate) use remarks::{changes, remarks};
pub use remarks::{elapsed, precision, rests_on};
pub(crate) use sampling::independence;
pub use spans::write_spans;
pub use status::{scrub, status};
pub use tables::{printable, table};
pub use texts::signature;
pub use values::facet;
pub use verdict::{faults, log_verdict, verdict};

/// `1 flag`, `2 flags`.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The agencies with the highest counts, each with its count: `police:sussex (20), police:met (3)`.
pub(crate) fn by_count(mut counts: Vec<(AgencyId, u64)>) -> String {
    const NAMED_MAX: usize = 8;
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<String> =
        counts.iter().take(NAMED_MAX).map(|(agency, count)| format!("{agency} ({count})")).collect();
    let more = if counts.len() > NAMED_MAX { ", …" } else { "" };
    format!("{}{more}", named.join(", "))
}
