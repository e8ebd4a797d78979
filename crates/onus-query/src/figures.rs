//! The figures of a period: what each counts, over which incidents, by which groups.
//!
//! An incident belongs to the London day on which its first entry that speaks occurred, and to the agency that numbered
//! it. `docs/report.md` defines every figure.
//!
//! # Promises
//! * Every figure can name its incidents: [`Incidents::listed`].
//! * Sums are whole numbers. The same ledger at the same size gives the same figures.

mod escalations;
mod gather;
mod metric;
mod part;
mod published;
mod repeats;
mod row;
mod seen;
mod sums;
mod suppress;
mod tally;
mod units;
mod waiting;

pub(crate) use gather::in_batches;
pub use gather::{Gathered, gather};
pub use metric::{Measure, Metric};
pub use part::{Beside, Contribution, Exclusion};
pub use published::Published;
pub use row::Row;
pub(crate) use sums::{DaySums, Group, Met};
pub use sums::{Sums, report_of_sums};
pub use tally::{Figure, float};

use onus_core::ids::AgencyId;
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{AgeBand, Strand};
use repeats::{Began, repeats};
use std::collections::{BTreeMap, BTreeSet};

/// Days of an average month: a year of 365.25 days by twelve.
const MONTH_DAYS: f64 = 30.4375;
const HOUR_US: f64 = 3_600_000_000.0;

/// A span of London days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: LocalDate,
    /// The last day, not before the first.
    pub to: LocalDate,
}

impl Days {
    /// `None` if it would end before it starts.
    #[must_use]
    pub fn new(from: LocalDate, to: LocalDate) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// How many months it is, of 30.4375 days each.
    #[must_use]
    pub fn months(self) -> f64 {
        f64::from(self.to.days_since_1970() - self.from.days_since_1970() + 1) / MONTH_DAYS
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn has(self, day: LocalDate) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// The days whose incidents its figures depend on: its own, and those on which a repeat of one of them may begin.
    #[must_use]
    pub fn reach(self) -> Self {
        // A week later, by a clock that was put forward meanwhile, may be the eighth day.
        let to = LocalDate::from_days(self.to.days_since_1970().saturating_add(8)).unwrap_or(self.to);
        Self { to, ..self }
    }
}

/// By what incidents are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// By the agency that numbered them.
    Agency,
    /// By the strand of the last assessment.
    Strand,
    /// By the age band of the last assessment that states one.
    AgeBand,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: &[Self] = &[Self::Agency, Self::Strand, Self::AgeBand];

    /// Its name in tables and exports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Strand => "strand",
            Self::AgeBand => "age_band",
        }
    }

    fn group(self, row: &Row) -> String {
        match self {
            Self::Agency => row.incident.owner.to_string(),
            Self::Strand => strand_name(row.strand).into(),
            Self::AgeBand => age_name(row.age_band).into(),
        }
    }
}

fn strand_name(strand: Option<Strand>) -> &'static str {
    strand.map_or("not_assessed", Strand::as_str)
}

fn age_name(age_band: Option<AgeBand>) -> &'static str {
    age_band.map_or("not_stated", AgeBand::as_str)
}

/// Every figure of one group, in the order of [`Metric::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures(Vec<Figure>);

impl Default for Figures {
    fn default() -> Self {
        Self(vec![Figure::default(); Metric::ALL.len()])
    }
}

impl Figures {
    fn add(&mut self, parts: &[Contribution]) {
        for ((figure, metric), part) in self.0.iter_mut().zip(Metric::ALL).zip(parts) {
            figure.add(*metric, *part);
        }
    }

    /// Of figures in the order of [`Metric::ALL`].
    pub(crate) fn of_each(figures: Vec<Figure>) -> Self {
        Self(figures)
    }

    fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(figure, other)| figure.merge(other));
    }

    fn of_mut(&mut self, metric: Metric) -> Option<&mut Figure> {
        Metric::ALL.iter().zip(&mut self.0).find(|(of, _)| **of == metric).map(|(_, figure)| figure)
    }

    /// Each figure with its name.
    pub fn iter(&self) -> impl Iterator<Item = (Metric, &Figure)> {
        Metric::ALL.iter().copied().zip(&self.0)
    }

    /// One figure.
    #[must_use]
    pub fn of(&self, metric: Metric) -> Option<&Figure> {
        self.iter().find(|(of, _)| *of == metric).map(|(_, figure)| figure)
    }
}

/// The figures of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which days.
    pub period: Days,
    /// Incidents in it.
    pub incidents: u64,
    /// Over all of them.
    pub total: Figures,
    /// By each dimension, by group.
    pub groups: BTreeMap<(Dimension, String), Figures>,
    /// The policies that decisions in them cite, as `policy@version`.
    pub policies: BTreeSet<String>,
    /// Incidents whose officer hours rest on one officer, none being stated.
    pub officers_assumed: u64,
}

impl Report {
    fn empty(period: Days) -> Self {
        Self {
            period,
            incidents: 0,
            total: Figures::default(),
            groups: BTreeMap::new(),
            policies: BTreeSet::new(),
            officers_assumed: 0,
        }
    }

    fn finish(&mut self) {
        let all = self.groups.values_mut().chain([&mut self.total]);
        all.flat_map(|figures| &mut figures.0).for_each(Figure::finish);
    }
}

/// One incident in a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<'a> {
    /// The incident.
    pub row: &'a Row,
    /// What it contributes.
    pub part: Contribution,
}

/// The rows of a ledger, ready to be asked.
#[derive(Debug)]
pub struct Incidents {
    rows: Vec<Row>,
    repeats: Vec<Option<i64>>,
    as_of_us: i64,
}

impl Incidents {
    /// Of all rows; spans that have not ended are counted up to `as_of`.
    #[must_use]
    pub fn new(rows: Vec<Row>, as_of: Timestamp) -> Self {
        let began =
            rows.iter().map(|row| Began { at: row.began, subject: row.subject, location: row.location });
        Self { repeats: repeats(began), rows, as_of_us: as_of.as_us() }
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The figures of a period: of all agencies, or of one.
    #[must_use]
    pub fn report(&self, period: Days, owner: Option<&AgencyId>) -> Report {
        let mut report = Report::empty(period);
        for (row, beside) in self.within(period, owner) {
            let parts: Vec<Contribution> =
                Metric::ALL.iter().map(|metric| metric.part(row, &beside)).collect();
            report.incidents += 1;
            report.total.add(&parts);
            for dimension in Dimension::ALL {
                report.groups.entry((*dimension, dimension.group(row))).or_default().add(&parts);
            }
            for policy in
                row.policies.iter().filter(|policy| !report.policies.contains(*policy)).collect::<Vec<_>>()
            {
                report.policies.insert(policy.clone());
            }
            report.officers_assumed += u64::from(row.officer_us.is_some() && !row.officers_stated);
        }
        report.finish();
        report
    }

    /// The incidents of a figure, of all agencies or of one: those that are in it or were excluded from it.
    pub fn listed<'a>(
        &'a self,
        period: Days,
        metric: Metric,
        owner: Option<&'a AgencyId>,
    ) -> impl Iterator<Item = Listed<'a>> {
        self.within(period, owner)
            .map(move |(row, beside)| Listed { row, part: metric.part(row, &beside) })
            .filter(|listed| listed.part != Contribution::Outside)
    }

    fn within<'a>(
        &'a self,
        period: Days,
        owner: Option<&'a AgencyId>,
    ) -> impl Iterator<Item = (&'a Row, Beside)> {
        self.rows
            .iter()
            .zip(&self.repeats)
            .filter(move |(row, _)| period.has(row.day))
            .filter(move |(row, _)| owner.is_none_or(|owner| *owner == row.incident.owner))
            .map(|(row, repeat_us)| (row, Beside { as_of_us: self.as_of_us, repeat_us: *repeat_us }))
    }
}

/// What changed a month against a baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saved {
    /// Incidents with a police arrival, a month: the baseline's less the period's.
    pub deployments_a_month: f64,
    /// Officer hours, a month: the baseline's less the period's.
    pub officer_hours_a_month: f64,
}

impl Saved {
    /// A period against its baseline.
    #[must_use]
    pub fn against(baseline: &Report, period: &Report) -> Self {
        let deployments = |report: &Report| {
            let hits = report.total.of(Metric::DeploymentRate).map_or(0, |figure| figure.hits);
            float(hits) / report.period.months()
        };
        let hours = |report: &Report| {
            let total_us = report.total.of(Metric::OfficerHours).map_or(0, |figure| figure.total_us);
            hours(total_us) / report.period.months()
        };
        Self {
            deployments_a_month: deployments(baseline) - deployments(period),
            officer_hours_a_month: hours(baseline) - hours(period),
        }
    }
}

/// Hours of a sum of microseconds.
#[must_use]
pub fn hours(total_us: i128) -> f64 {
    #[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "shown to a tenth of an hour")]
    {
        total_us as f64 / HOUR_US
    }
}
