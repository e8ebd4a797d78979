//! What each source says it sent, beside what was recorded of it.

use crate::answer::Name;
use crate::incident::IncidentError;
use crate::row::row;
use crate::session::Session;
use onus_core::code::Code;
use onus_core::seq::Seq;
use onus_core::time::LocalDate;
use onus_query::coverage::Covered;
use onus_query::figures::Days;
use schemars::JsonSchema;
use serde::Serialize;

/// A control total (`onus tally`), beside what was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CoverageAnswer {
    /// The source.
    pub source: String,
    /// Of which kind, by the ledger's kinds or in the source's words; null for any.
    pub kind: Option<Name<Code>>,
    /// The first day, in Europe/London.
    pub from: Name<LocalDate>,
    /// The last day, included.
    pub to: Name<LocalDate>,
    /// How many the source says it sent.
    pub tallied: u64,
    /// How many are recorded; null where that cannot be compared.
    pub recorded: Option<u64>,
    /// How many are missing (above 0) or too many (below); null where that cannot be compared.
    pub difference: Option<i64>,
    /// The entry that records the control total.
    #[schemars(with = "u64")]
    pub seq: Seq,
}

row!(CoverageAnswer { source, kind, from, to, tallied, recorded, difference, seq });

impl CoverageAnswer {
    /// Why it is not compared with what was recorded; `None` where it is.
    #[must_use]
    pub fn not_comparable(&self) -> Option<&'static str> {
        match self.recorded {
            Some(_) => None,
            None if self.to < self.from => Some("not comparable: it ends before it starts"),
            None => Some("not comparable: not a kind of this ledger"),
        }
    }
}

impl From<Covered> for CoverageAnswer {
    fn from(covered: Covered) -> Self {
        Self {
            difference: covered.difference().and_then(|difference| i64::try_from(difference).ok()),
            source: covered.system.as_str().to_owned(),
            kind: covered.kind.map(Name),
            from: Name(covered.from),
            to: Name(covered.to),
            tallied: covered.tallied,
            recorded: covered.recorded,
            seq: covered.seq,
        }
    }
}

impl Session {
    /// Every control total that was not withdrawn, by source, kind and day; only those whose days lie in the period, where
    /// one is given.
    pub fn coverage(&self, period: Option<Days>) -> Result<Vec<CoverageAnswer>, IncidentError> {
        let reader = self.read()?;
        let mut covered = onus_query::coverage::coverage(&reader, &self.progress_of(&reader))?;
        if let Some(period) = period {
            covered.retain(|total| period.from <= total.from && total.to <= period.to);
        }
        Ok(covered.into_iter().map(CoverageAnswer::from).collect())
    }
}
