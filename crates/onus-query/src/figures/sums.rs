//! Sums by day: what the incidents that one agency numbered with one date add to the figures, by the day on which they
//! began. A report adds them up and looks at no incident.
//!
//! What no incident can say of itself stays apart: when the next one about the same person or place began, and how
//! long a time that is still unowned lasts. Both are added when a report is made, by the rules of [`Metric::part`].
//!
//! # Promise
//! * [`report_of_sums`] gives what [`Incidents::report`](super::Incidents::report) gives of the same rows.

use super::part::unowned;
use super::repeats::{Began, repeats};
use super::{Beside, Contribution, Days, Dimension, Figures, Metric, Report, Row, age_name, strand_name};
use onus_core::ids::{AgencyId, Token};
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{AgeBand, Strand};
use std::collections::{BTreeMap, BTreeSet};

/// The sums of the incidents of one agency and date, by the day on which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub(crate) days: BTreeMap<LocalDate, DaySums>,
}

/// Those that began on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DaySums {
    pub(crate) incidents: u32,
    pub(crate) officers_assumed: u32,
    pub(crate) policies: BTreeSet<String>,
    /// By strand; together they are the whole.
    pub(crate) strands: BTreeMap<Option<Strand>, Group>,
    /// By age band; together they are the whole once more.
    pub(crate) ages: BTreeMap<Option<AgeBand>, Group>,
    /// Those about a known person or place, in the order of the incidents.
    pub(crate) met: Vec<Met>,
}

/// What one group adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) figures: Figures,
    /// Incidents in the figure of time unowned whose response still stands so: since when, and how long it had before.
    pub(crate) unowned: Vec<(Timestamp, i64)>,
}

/// One incident about a known person or place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) began: Timestamp,
    pub(crate) subject: Option<Token>,
    pub(crate) location: Option<Token>,
    pub(crate) strand: Option<Strand>,
    pub(crate) age_band: Option<AgeBand>,
    /// Whether the figures of repeats count it.
    pub(crate) counts: bool,
}

impl Sums {
    /// Of rows of one agency and date, which come in the order of their incidents.
    #[must_use]
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut sums = Self::default();
        for row in rows {
            sums.days.entry(row.day).or_default().add(row);
        }
        sums
    }
}

impl Sums {
    /// Whether nothing is in them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }
}

impl DaySums {
    fn add(&mut self, row: &Row) {
        self.incidents += 1;
        self.officers_assumed += u32::from(row.officer_us.is_some() && !row.officers_stated);
        for policy in &row.policies {
            if !self.policies.contains(policy) {
                self.policies.insert(policy.clone());
            }
        }
        self.strands.entry(row.strand).or_default().add(row);
        self.ages.entry(row.age_band).or_default().add(row);
        if is_met(row) {
            self.met.push(Met {
                began: row.began,
                subject: row.subject,
                location: row.location,
                strand: row.strand,
                age_band: row.age_band,
                counts: row.is_in_scope(),
            });
        }
    }
}

fn is_met(row: &Row) -> bool {
    row.subject.is_some() || row.location.is_some()
}

impl Group {
    fn add(&mut self, row: &Row) {
        // Not read by any figure that is added here.
        let beside = Beside { as_of_us: 0, repeat_us: None };
        let is_timed = matches!(Metric::TimeUnowned.part(row, &beside), Contribution::Time(_));
        let still = row.unowned_since.filter(|_| is_timed);
        self.unowned.extend(still.map(|since| (since, row.unowned_us)));
        for (figure, metric) in self.figures.0.iter_mut().zip(Metric::ALL) {
            let later = match metric {
                Metric::TimeUnowned => still.is_some(),
                metric => metric.is_of_repeats() && row.is_in_scope() && is_met(row),
            };
            if !later {
                figure.add(*metric, metric.part(row, &beside));
            }
        }
    }

    /// With the times that still run, counted up to an instant.
    fn as_of(&self, as_of: Timestamp) -> Figures {
        let mut figures = self.figures.clone();
        if let Some(figure) = figures.of_mut(Metric::TimeUnowned) {
            for (since, before_us) in &self.unowned {
                figure.add(Metric::TimeUnowned, unowned(*before_us, Some(*since), as_of.as_us()));
            }
        }
        figures
    }
}

/// The figures of a period, of all agencies or of one: from the sums of everybody, as far as the period reaches, in the
/// order of agency and date. Spans that have not ended are counted up to `as_of`.
#[must_use]
pub fn report_of_sums(
    sums: &[(AgencyId, Sums)],
    period: Days,
    owner: Option<&AgencyId>,
    as_of: Timestamp,
) -> Report {
    let mut report = Report::empty(period);
    let mut met: Vec<(&AgencyId, bool, &Met)> = Vec::new();
    for (of, sums) in sums {
        let is_asked = owner.is_none_or(|owner| owner == of);
        for (day, sums) in sums.days.range(period.from..=period.reach().to) {
            let counts = is_asked && period.has(*day);
            met.extend(sums.met.iter().map(|met| (of, counts, met)));
            if counts {
                report.add(of, sums, as_of);
            }
        }
    }
    let began =
        met.iter().map(|(_, _, met)| Began { at: met.began, subject: met.subject, location: met.location });
    let gaps = repeats(began);
    for ((of, _, met), gap_us) in met.iter().zip(&gaps).filter(|((_, counts, met), _)| *counts && met.counts)
    {
        report.add_repeat(of, met, *gap_us);
    }
    report.finish();
    report
}

impl Report {
    fn group(&mut self, dimension: Dimension, name: &str) -> &mut Figures {
        self.groups.entry((dimension, name.to_owned())).or_default()
    }

    fn add(&mut self, owner: &AgencyId, sums: &DaySums, as_of: Timestamp) {
        self.incidents += u64::from(sums.incidents);
        self.officers_assumed += u64::from(sums.officers_assumed);
        self.policies.extend(sums.policies.iter().cloned());
        let mut whole = Figures::default();
        for (strand, group) in &sums.strands {
            let figures = group.as_of(as_of);
            self.group(Dimension::Strand, strand_name(*strand)).merge(&figures);
            whole.merge(&figures);
        }
        for (age_band, group) in &sums.ages {
            self.group(Dimension::AgeBand, age_name(*age_band)).merge(&group.as_of(as_of));
        }
        self.group(Dimension::Agency, &owner.to_string()).merge(&whole);
        self.total.merge(&whole);
    }

    fn add_repeat(&mut self, owner: &AgencyId, met: &Met, gap_us: Option<i64>) {
        for metric in Metric::ALL.iter().filter(|metric| metric.is_of_repeats()) {
            let part = metric.repeated(gap_us);
            let add = |figures: &mut Figures| {
                if let Some(figure) = figures.of_mut(*metric) {
                    figure.add(*metric, part);
                }
            };
            add(&mut self.total);
            add(self.group(Dimension::Agency, &owner.to_string()));
            add(self.group(Dimension::Strand, strand_name(met.strand)));
            add(self.group(Dimension::AgeBand, age_name(met.age_band)));
        }
    }
}
