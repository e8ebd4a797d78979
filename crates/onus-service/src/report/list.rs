//! The incidents behind one figure.

use crate::answer::{Name, Word};
use crate::incident::Known;
use crate::quantity::Minutes;
use crate::row::{Cell, row};
use onus_core::ids::{AgencyId, Incident};
use onus_core::time::LocalDate;
use onus_core::vocabulary::{AgeBand, Strand};
use onus_query::figures::{Contribution, Days, Listed, Metric};
use schemars::JsonSchema;
use serde::Serialize;

/// Of which figure incidents are listed. It names them, so nothing can be hidden in it.
#[derive(Clone, Debug)]
pub struct ReportListQuestion {
    /// The figure.
    pub metric: Metric,
    /// The period.
    pub period: Days,
    /// Only incidents that this agency numbered.
    pub agency: Option<AgencyId>,
    /// What was known by when.
    pub known: Known,
}

/// The incidents of one figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportList {
    /// Which figure.
    pub metric: Word<Metric>,
    /// Those that are in it or were left out of it, in the order of their names.
    pub incidents: Vec<ListedIncident>,
}

/// One incident in a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListedIncident {
    /// The incident.
    pub incident: Name<Incident>,
    /// The day on which it began, in Europe/London.
    pub day: Name<LocalDate>,
    /// The strand of its last assessment; null without one.
    pub strand: Option<Word<Strand>>,
    /// The age band of its last assessment that states one.
    pub age_band: Option<Word<AgeBand>>,
    /// Whether it counts.
    pub counted: Counted,
    /// Why it is excluded, where it is.
    pub excluded_because: Option<String>,
    /// How many times it counts, of a figure that is no time.
    pub numerator: Option<u64>,
    /// Out of how many.
    pub denominator: Option<u64>,
    /// Its time, of a figure that is one.
    pub minutes: Option<Minutes>,
}

row!(ListedIncident {
    incident,
    day,
    strand,
    age_band,
    counted,
    excluded_because,
    numerator,
    denominator,
    minutes
});

/// Whether an incident counts in a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// In the numerator, or in the sum.
    Yes,
    /// In the denominator alone.
    No,
    /// It belongs in, and cannot be judged.
    Excluded,
}

impl Cell for Counted {
    fn cell(&self) -> String {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Excluded => "excluded",
        }
        .into()
    }
}

impl From<Listed<'_>> for ListedIncident {
    fn from(Listed { row, part }: Listed<'_>) -> Self {
        let (counted, share, minutes) = match part {
            Contribution::Outside | Contribution::Excluded(_) => (Counted::Excluded, None, None),
            Contribution::Counts { hits: 0, of } => (Counted::No, Some((0, of)), None),
            Contribution::Counts { hits, of } => (Counted::Yes, Some((hits, of)), None),
            Contribution::Time(us) => (Counted::Yes, None, Some(Minutes { us })),
        };
        let excluded_because = match part {
            Contribution::Excluded(why) => Some(why.says()),
            _ => None,
        };
        Self {
            incident: Name(row.incident.clone()),
            day: Name(row.day),
            strand: row.strand.map(Word),
            age_band: row.age_band.map(Word),
            counted,
            excluded_because,
            numerator: share.map(|(hits, _)| hits),
            denominator: share.map(|(_, of)| of),
            minutes,
        }
    }
}
