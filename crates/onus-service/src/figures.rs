//! The answer of a report: the figures of a period, and of the one that it is compared with.
//!
//! Promise: a number that is hidden is not in the answer, nor one from which it could be worked out.

use crate::answer::{Name, Time, Word};
use crate::quantity::{Hours, Minutes, Share};
use crate::row::{Cell, row};
use onus_core::time::{LocalDate, Timestamp};
use onus_query::figures::{Dimension, Figure, Measure, Metric, Published, Report, Saved};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

const INDICATOR: &str =
    "Figures are indicators, not findings: each says what was recorded, not what should have been.";

/// The figures of a period.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReportAnswer {
    /// How many entries the ledger had.
    pub ledger_size: u64,
    /// What was known then alone; null for all that is known.
    pub known_at: Option<Time>,
    /// Counts from 1 to below this are hidden; null where nothing is hidden.
    pub suppressed_below: Option<u64>,
    /// The period.
    pub period: PeriodFigures,
    /// The period to compare with, where one was given.
    pub baseline: Option<PeriodFigures>,
    /// What changed against the baseline; null without one, or where it would show what is hidden.
    pub against_the_baseline: Option<AgainstBaseline>,
    /// What each figure counts, by its name.
    pub definitions: BTreeMap<&'static str, MetricDefinition>,
    /// That figures are indicators, not findings.
    pub note: &'static str,
}

/// The figures of one period.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PeriodFigures {
    /// The first day, in Europe/London.
    pub from: Name<LocalDate>,
    /// The last day, included.
    pub to: Name<LocalDate>,
    /// How many incidents began in it; null where that is a small number, which is hidden.
    pub incidents: Option<u64>,
    /// The policies that decisions in them cite, as `policy@version`.
    pub policies: Vec<String>,
    /// Incidents whose officer hours count one officer, none being stated; null where small numbers are hidden.
    pub officers_assumed: Option<u64>,
    /// How many figures there are, with those of groups that have nothing to count, which are not listed.
    pub figures_in_all: u64,
    /// How many of them are hidden.
    pub figures_hidden: u64,
    /// The figures: of each, first that of all incidents, then those of each group.
    pub figures: Vec<FigureAnswer>,
}

/// One figure of one group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FigureAnswer {
    /// Of which period.
    pub period: ReportPart,
    /// Which figure.
    pub metric: Word<Metric>,
    /// By what the group is formed.
    pub by: GroupedBy,
    /// The group; `all` for all incidents together.
    pub group: String,
    /// What was counted; null where hidden.
    pub numerator: Option<u64>,
    /// Out of how many; null where hidden.
    pub denominator: Option<u64>,
    /// How many could not be judged; null where hidden.
    pub excluded: Option<u64>,
    /// How many of these because their source never carries what the figure is made of; null where hidden.
    pub excluded_never_carried: Option<u64>,
    /// The share, of a figure that is one.
    pub rate: Option<Share>,
    /// The lower bound of its 95 % interval (Wilson).
    pub wilson_low: Option<Share>,
    /// The upper bound.
    pub wilson_high: Option<Share>,
    /// The sum of times, of a figure that is one.
    pub hours: Option<Hours>,
    /// The median, of a figure that is a spread of times.
    pub median_minutes: Option<Minutes>,
    /// The time that nine in ten do not exceed.
    pub p90_minutes: Option<Minutes>,
    /// Whether it is hidden: a small number, or one from which a small number could be worked out.
    pub hidden: bool,
}

row!(FigureAnswer {
    period,
    metric,
    by,
    group,
    numerator,
    denominator,
    excluded,
    excluded_never_carried,
    rate,
    wilson_low,
    wilson_high,
    hours,
    median_minutes,
    p90_minutes,
    hidden,
});

/// Which part of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportPart {
    /// The period.
    Period,
    /// The period to compare with.
    Baseline,
}

impl Cell for ReportPart {
    fn cell(&self) -> String {
        match self {
            Self::Period => "period",
            Self::Baseline => "baseline",
        }
        .into()
    }
}

/// By what a group of incidents is formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupedBy {
    /// All incidents together.
    All,
    /// The agency that numbered them.
    Agency,
    /// The strand of the last assessment.
    Strand,
    /// The age band of the last assessment that states one.
    AgeBand,
}

impl From<Option<Dimension>> for GroupedBy {
    fn from(dimension: Option<Dimension>) -> Self {
        match dimension {
            None => Self::All,
            Some(Dimension::Agency) => Self::Agency,
            Some(Dimension::Strand) => Self::Strand,
            Some(Dimension::AgeBand) => Self::AgeBand,
        }
    }
}

impl Cell for GroupedBy {
    fn cell(&self) -> String {
        match self {
            Self::All => "all",
            Self::Agency => Dimension::Agency.as_str(),
            Self::Strand => Dimension::Strand.as_str(),
            Self::AgeBand => Dimension::AgeBand.as_str(),
        }
        .into()
    }
}

/// What changed a month against the baseline: the baseline's less the period's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AgainstBaseline {
    /// Incidents with a police arrival.
    pub deployments_avoided_a_month: f64,
    /// Officer hours.
    pub officer_hours_saved_a_month: f64,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MetricDefinition {
    /// Its title.
    pub title: &'static str,
    /// What its numerator, or its sum, is.
    pub numerator: &'static str,
    /// What its denominator is.
    pub denominator: &'static str,
    /// What is left out: what belongs in, and cannot be judged.
    pub excluded: &'static str,
}

impl From<Metric> for MetricDefinition {
    fn from(metric: Metric) -> Self {
        Self {
            title: metric.title(),
            numerator: metric.numerator(),
            denominator: metric.denominator(),
            excluded: metric.excluded(),
        }
    }
}

/// What an answer is made from; nothing of it is shown before small numbers are hidden.
pub(crate) struct Found {
    pub(crate) report: Report,
    pub(crate) baseline: Option<Report>,
    pub(crate) suppress: Option<u64>,
    pub(crate) ledger_size: u64,
    pub(crate) known_at: Option<Timestamp>,
}

impl From<Found> for ReportAnswer {
    fn from(found: Found) -> Self {
        let Found { report, baseline, suppress, .. } = &found;
        let against = baseline.as_ref().and_then(|baseline| {
            let saved = Saved::against(baseline, report).published([report, baseline], *suppress)?;
            Some(AgainstBaseline {
                deployments_avoided_a_month: saved.deployments_a_month,
                officer_hours_saved_a_month: saved.officer_hours_a_month,
            })
        });
        let of = |part, report: &Report| PeriodFigures::of(part, report, *suppress);
        Self {
            ledger_size: found.ledger_size,
            known_at: found.known_at.map(Time),
            suppressed_below: *suppress,
            period: of(ReportPart::Period, report),
            baseline: baseline.as_ref().map(|baseline| of(ReportPart::Baseline, baseline)),
            against_the_baseline: against,
            definitions: Metric::ALL.iter().map(|metric| (metric.as_str(), (*metric).into())).collect(),
            note: INDICATOR,
        }
    }
}

impl ReportAnswer {
    /// Every figure, as rows of a table: those of the period, then those of the baseline.
    #[must_use]
    pub fn rows(&self) -> Vec<FigureAnswer> {
        let baseline = self.baseline.iter().flat_map(|baseline| &baseline.figures);
        self.period.figures.iter().chain(baseline).cloned().collect()
    }
}

impl PeriodFigures {
    fn of(part: ReportPart, report: &Report, suppress: Option<u64>) -> Self {
        let published = report.published(suppress);
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Self {
            from: Name(report.period.from),
            to: Name(report.period.to),
            incidents: report.published_incidents(suppress),
            policies: report.policies.iter().cloned().collect(),
            officers_assumed: suppress.is_none().then_some(report.officers_assumed),
            figures_in_all: count(published.len()),
            figures_hidden: count(published.iter().filter(|one| one.figure.is_none()).count()),
            figures: published
                .iter()
                .filter(|one| !is_empty(one))
                .map(|one| FigureAnswer::of(part, one))
                .collect(),
        }
    }
}

/// A group that has nothing to count.
fn is_empty(one: &Published<'_>) -> bool {
    one.dimension.is_some() && one.figure.is_some_and(|figure| figure.of == 0 && figure.excluded == 0)
}

impl FigureAnswer {
    fn of(period: ReportPart, one: &Published<'_>) -> Self {
        let of_measure = |measure: Measure| one.figure.filter(|_| one.metric.measure() == measure);
        let (share, spread) = (of_measure(Measure::Share), of_measure(Measure::Spread));
        let wilson = share.and_then(Figure::wilson);
        let percentile =
            |percent| spread.and_then(|figure| figure.percentile_us(percent)).map(|us| Minutes { us });
        Self {
            period,
            metric: Word(one.metric),
            by: one.dimension.into(),
            group: one.group.to_owned(),
            numerator: one.figure.map(|figure| figure.hits),
            denominator: one.figure.map(|figure| figure.of),
            excluded: one.figure.map(|figure| figure.excluded),
            excluded_never_carried: one.figure.map(|figure| figure.never_carried),
            rate: share.and_then(Figure::rate).map(Share),
            wilson_low: wilson.map(|(low, _)| Share(low)),
            wilson_high: wilson.map(|(_, high)| Share(high)),
            hours: of_measure(Measure::Total).map(|figure| Hours::of_us(figure.total_us)),
            median_minutes: percentile(50),
            p90_minutes: percentile(90),
            hidden: one.figure.is_none(),
        }
    }
}
