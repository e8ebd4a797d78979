//! The figures of a period, and the incidents behind one of them.
//!
//! Promise: small numbers are hidden here, before anything is handed over, where that is asked for.

mod list;

use crate::answer::Word;
use crate::figures::{Found, ReportAnswer};
use crate::incident::{IncidentError, Known};
use crate::sentences::by_count;
use crate::session::{Session, threads};
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::AgencyId;
use onus_core::time::{LocalDate, Timestamp};
use onus_query::figures::{Days, Incidents, Report, Row, gather, report_of_sums};
use onus_query::incident::last_recorded;
use onus_query::views::{DaysSummed, Views};
use onus_store::Reader;
use std::collections::BTreeMap;

pub use list::{Counted, ListedIncident, ReportList, ReportListQuestion};

/// Of which period, beside which, and for whom.
#[derive(Clone, Debug)]
pub struct ReportQuestion {
    /// The period.
    pub period: Days,
    /// The period to compare with.
    pub baseline: Option<Days>,
    /// Only incidents that this agency numbered.
    pub agency: Option<AgencyId>,
    /// Hide counts from 1 to below this, and those from which they could be worked out.
    pub suppress: Option<u64>,
    /// What was known by when.
    pub known: Known,
    /// Whether to read the log also where there are views.
    pub from_log: bool,
}

impl ReportQuestion {
    /// All figures of a period, of all agencies, from all that is known.
    #[must_use]
    pub fn of(period: Days) -> Self {
        let known = Known::default();
        Self { period, baseline: None, agency: None, suppress: None, known, from_log: false }
    }
}

/// Why there is no report. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The ledger did not answer; it says who must act.
    #[error(transparent)]
    Ledger(#[from] IncidentError),
    /// No incident has a number of this agency.
    #[error("no incident here was numbered by {agency}")]
    NoneNumbered {
        /// The agency asked for.
        agency: AgencyId,
        /// Those that numbered incidents, and how many.
        known: Vec<(AgencyId, u64)>,
    },
}

impl Blamed for ReportError {
    fn blame(&self) -> Blame {
        match self {
            Self::Ledger(e) => e.blame(),
            Self::NoneNumbered { .. } => Blame::NotFound,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Ledger(e) => e.hint(),
            Self::NoneNumbered { known, .. } => {
                Some(format!("incidents are numbered by {}", by_count(known.clone())))
            }
        }
    }
}

impl Session {
    /// The figures of a period.
    pub fn report(&self, question: &ReportQuestion) -> Result<ReportAnswer, ReportError> {
        let reader = self.read_known(question.known)?;
        self.report_of(&reader, question)
    }

    /// The same of a log that is open.
    pub(crate) fn report_of(
        &self,
        reader: &Reader,
        question: &ReportQuestion,
    ) -> Result<ReportAnswer, ReportError> {
        let periods: Vec<Days> = std::iter::once(question.period).chain(question.baseline).collect();
        let source = self.source(reader, &periods, question.known, question.from_log)?;
        let owner = question.agency.as_ref();
        numbered_by(owner, source.owners())?;
        Ok(Found {
            report: source.report(question.period, owner),
            baseline: question.baseline.map(|baseline| source.report(baseline, owner)),
            suppress: question.suppress,
            ledger_size: reader.size(),
            known_at: question.known.at,
        }
        .into())
    }

    /// The figures of the days from `from` to `to`, over all incidents; where one is not named, from the first incident on
    /// or up to the last. `None` where there is no such day.
    pub(crate) fn report_of_days(
        &self,
        reader: &Reader,
        (from, to): (Option<LocalDate>, Option<LocalDate>),
    ) -> Result<Option<ReportAnswer>, ReportError> {
        let rows = match self.kept_in_views(reader, Views::rows) {
            Some(rows) => rows,
            None => self.gathered(reader, &[], Known::default())?.0,
        };
        let days = || rows.iter().map(|row| row.day);
        let (from, to) = (from.or_else(|| days().min()), to.or_else(|| days().max()));
        let period = from.zip(to).and_then(|(from, to)| Days::new(from, to));
        let Some(period) = period else { return Ok(None) };
        let incidents = Incidents::new(rows, counted_up_to(reader, Known::default())?);
        let found = Found {
            report: incidents.report(period, None),
            baseline: None,
            suppress: None,
            ledger_size: reader.size(),
            known_at: None,
        };
        Ok(Some(found.into()))
    }

    /// The incidents of one figure: those that are in it or were left out of it.
    pub fn report_list(&self, question: &ReportListQuestion) -> Result<ReportList, ReportError> {
        let metric = question.metric;
        let reader = self.read_known(question.known)?;
        let (rows, owners) = self.gathered(&reader, &[question.period], question.known)?;
        let incidents = Incidents::new(rows, counted_up_to(&reader, question.known)?);
        let owner = question.agency.as_ref();
        numbered_by(owner, &owners)?;
        let listed = incidents.listed(question.period, metric, owner).map(ListedIncident::from);
        Ok(ReportList { metric: Word(metric), incidents: listed.collect() })
    }

    /// What is known of some periods: from the views where there are any and the log is not asked for, else from the log.
    fn source(
        &self,
        reader: &Reader,
        periods: &[Days],
        known: Known,
        from_log: bool,
    ) -> Result<Source, ReportError> {
        let as_of = counted_up_to(reader, known)?;
        // Views are of what is known now.
        if !from_log
            && known.at.is_none()
            && let Some(sums) = self.kept_in_views(reader, |views| views.sums(periods))
        {
            return Ok(Source::Sums(sums, as_of));
        }
        let (rows, owners) = self.gathered(reader, periods, known)?;
        Ok(Source::Rows(Incidents::new(rows, as_of), owners))
    }

    fn gathered(
        &self,
        reader: &Reader,
        periods: &[Days],
        known: Known,
    ) -> Result<(Vec<Row>, Owners), ReportError> {
        let progress = self.progress_of(reader);
        let gathered = gather(reader, periods, &known.vantage(None), threads(), &progress);
        let gathered = gathered.map_err(IncidentError::from)?;
        Ok((gathered.rows, gathered.owners))
    }
}

/// Up to when, and no further, a span that has not ended is counted: the ledger's time at its last entry.
fn counted_up_to(reader: &Reader, known: Known) -> Result<Timestamp, ReportError> {
    let last =
        known.at.map_or_else(|| last_recorded(reader), |at| Ok(Some(at))).map_err(IncidentError::from)?;
    Ok(last.unwrap_or(Timestamp::MIN))
}

/// How many incidents each agency numbered.
type Owners = BTreeMap<AgencyId, u64>;

/// What is known of some periods.
enum Source {
    /// Every incident in reach.
    Rows(Incidents, Owners),
    /// Sums by day, and up to when a span that has not ended is counted.
    Sums(DaysSummed, Timestamp),
}

impl Source {
    fn owners(&self) -> &Owners {
        match self {
            Self::Rows(_, owners) => owners,
            Self::Sums(sums, _) => &sums.owners,
        }
    }

    fn report(&self, period: Days, owner: Option<&AgencyId>) -> Report {
        match self {
            Self::Rows(incidents, _) => incidents.report(period, owner),
            Self::Sums(sums, as_of) => report_of_sums(&sums.sums, period, owner, *as_of),
        }
    }
}

/// Whether the agency asked for numbered any incident.
fn numbered_by(agency: Option<&AgencyId>, owners: &Owners) -> Result<(), ReportError> {
    match agency.filter(|agency| !owners.contains_key(*agency)) {
        None => Ok(()),
        Some(agency) => Err(ReportError::NoneNumbered {
            agency: agency.clone(),
            known: owners.iter().map(|(agency, count)| (agency.clone(), *count)).collect(),
        }),
    }
}
