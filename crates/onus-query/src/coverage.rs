//! Whether all that was sent has come: what each source says it sent, and what stands here of it.
//!
//! Promise: what counts as recorded is the rule of flag F28, and no other.

use crate::flags::LedgerWide;
use crate::incident::HistoryError;
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::ids::IncidentKey;
use onus_core::time::LocalDate;
use onus_store::Reader;

/// One control total, beside what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The source.
    pub system: Code,
    /// Of which kind, by the ledger's kinds or in the source's words; any if `None`.
    pub kind: Option<Code>,
    /// The first day, in Europe/London.
    pub from: LocalDate,
    /// The last day, included.
    pub to: LocalDate,
    /// How many the source says it sent.
    pub tallied: u64,
    /// How many stand here; `None` where the kind is the source's own word, which cannot be compared.
    pub recorded: Option<u64>,
    /// The tally's place in the ledger.
    pub seq: u64,
}

impl Covered {
    /// How many are missing (above 0) or too many (below); `None` where the two cannot be compared.
    #[must_use]
    pub fn difference(&self) -> Option<i128> {
        self.recorded.map(|recorded| i128::from(self.tallied) - i128::from(recorded))
    }
}

/// Every control total that still speaks, by source, kind and day. `progress` is told now and then how many entries
/// were read.
pub fn coverage(reader: &Reader, progress: &dyn Fn(u64)) -> Result<Vec<Covered>, HistoryError> {
    const STEP: u64 = 16_384;
    let decode = |seq: u64, bytes: &[u8]| Entry::parse(bytes).map_err(|why| HistoryError::Entry { seq, why });
    let mut own = Vec::new();
    for seq in reader.incident(&IncidentKey::ledger_wide())? {
        own.push(decode(seq, reader.entry(seq)?.bytes())?);
    }
    let mut ledger = LedgerWide::new(&own);
    if ledger.has_tallies() {
        for stored in reader.entries(0..reader.size()) {
            let stored = stored?;
            if stored.seq().is_multiple_of(STEP) {
                progress(stored.seq());
            }
            ledger.count(&[decode(stored.seq(), stored.bytes())?]);
        }
    }
    let mut covered = ledger.covered();
    covered.sort_by(|one, other| {
        let key = |covered: &Covered| (covered.from, covered.to, covered.seq);
        (&one.system, &one.kind).cmp(&(&other.system, &other.kind)).then_with(|| key(one).cmp(&key(other)))
    });
    Ok(covered)
}
