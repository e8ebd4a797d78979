//! What follows from the events of a SQLite export, put beside them: who held what, and flags.
//!
//! Both are derived when the file is made, by the rules stated in the manifest, and say nothing that the events do
//! not. They stand in the STRICT tables `derived_lane` and `derived_flag`, and are read through the views `lanes` and
//! `flags`.

use super::sink::SinkError;
use super::{DataError, sqlite::FILE};
use onus_core::blame::{Blame, Blamed};
use onus_core::history::{History, Vantage};
use onus_core::ids::Incident;
use onus_core::responsibility::{Account, Responsibility, Span};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_query::Reader;
use onus_query::flags::{Finding, INDICATOR, Survey, rule};
use onus_query::holding::holding;
use onus_query::incident::{HistoryError, history};
use onus_query::policy::Policies;
use rusqlite::{Connection, params};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

const TABLES: &str = "\
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;
CREATE TABLE derived_lane (incident TEXT, account TEXT, facet TEXT, from_at TEXT, from_at_us INTEGER, to_at TEXT,
  to_at_us INTEGER, state TEXT, holders TEXT, by_seq INTEGER) STRICT;
CREATE TABLE derived_flag (code TEXT, name TEXT, rule_version INTEGER, severity TEXT, incident TEXT, seq INTEGER,
  occurred_at TEXT, occurred_at_us INTEGER, agency TEXT, account TEXT, title TEXT, other_seqs TEXT, policy TEXT,
  inferred INTEGER, uncertainty_s INTEGER, note TEXT) STRICT;
";
const VIEWS: &str = "\
CREATE VIEW lanes AS SELECT * FROM derived_lane;
CREATE VIEW flags AS SELECT * FROM derived_flag;
COMMIT;
";

/// From what lanes and flags are derived.
#[derive(Debug)]
pub struct Derived<'a> {
    /// The log.
    pub reader: &'a Reader,
    /// The policies that it published.
    pub policies: &'a Policies,
    /// As of when flags are judged.
    pub now: Timestamp,
    /// How many threads look.
    pub threads: NonZeroUsize,
    /// The incidents whose entries are in the file; all if `None`.
    pub incidents: Option<&'a BTreeSet<Incident>>,
}

/// Why lanes and flags could not be added. The file is unfinished: remove it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DerivedError {
    /// An incident could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The file could not be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

impl Blamed for DerivedError {
    fn blame(&self) -> Blame {
        match self {
            Self::History(e) => e.blame(),
            Self::Sink(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::History(e) => e.hint(),
            Self::Sink(e) => e.hint(),
        }
    }
}

impl From<rusqlite::Error> for DerivedError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sink(SinkError::sqlite(error))
    }
}

/// Adds lanes and flags to the file that [`super::write`] made in `folder`.
pub fn add_lanes_and_flags(folder: &Path, derived: &Derived<'_>) -> Result<(), DerivedError> {
    let path = folder.join(FILE);
    let connection = Connection::open(&path)?;
    connection.execute_batch(TABLES)?;
    let vantage = Vantage::default();
    let Derived { reader, policies, now, threads, incidents } = *derived;
    let survey = Survey { reader, policies, vantage, now };
    let failed: RefCell<Option<DerivedError>> = RefCell::new(None);
    let keep = |done: Result<(), DerivedError>| {
        if let Err(e) = done {
            failed.borrow_mut().get_or_insert(e);
        }
    };
    match incidents {
        None => {
            let held =
                |history: &History| lane_rows(history.incident(), &holding(history, &vantage, policies));
            let each = |rows: Vec<LaneRow>| keep(rows.iter().try_for_each(|row| lane(&connection, row)));
            survey.all_beside(threads, held, each, |finding| keep(flag(&connection, &finding)))?;
        }
        Some(incidents) => {
            for incident in incidents {
                let history = history(reader, incident)?;
                let rows = lane_rows(incident, &holding(&history, &vantage, policies));
                rows.iter().try_for_each(|row| lane(&connection, row))?;
                for finding in survey.of_history(&history)? {
                    flag(&connection, &finding)?;
                }
            }
        }
    }
    if let Some(e) = failed.into_inner() {
        return Err(e);
    }
    connection.execute_batch(VIEWS)?;
    connection.close().map_err(|(_, e)| e)?;
    let synced = File::open(&path).and_then(|file| file.sync_all());
    synced.map_err(|e| SinkError::write(&path, e).into())
}

/// One span of one account.
struct LaneRow {
    incident: Arc<str>,
    account: Arc<str>,
    facet: Facet,
    span: Span,
}

fn lane_rows(incident: &Incident, held: &Responsibility) -> Vec<LaneRow> {
    let incident: Arc<str> = incident.to_string().into();
    let mut rows = Vec::new();
    let mut add = |name: &str, account: &Account| {
        let account_name: Arc<str> = name.into();
        for facet in Facet::ALL {
            rows.extend(account.spans(*facet).iter().map(|span| LaneRow {
                incident: Arc::clone(&incident),
                account: Arc::clone(&account_name),
                facet: *facet,
                span: span.clone(),
            }));
        }
    };
    add("established", held.established());
    held.lanes().for_each(|(agency, account)| add(&agency.to_string(), account));
    rows
}

fn lane(connection: &Connection, row: &LaneRow) -> Result<(), DerivedError> {
    let mut statement = connection.prepare_cached("INSERT INTO derived_lane VALUES (?,?,?,?,?,?,?,?,?,?)")?;
    let span = &row.span;
    let holders: Vec<String> = span.state.holders().iter().map(ToString::to_string).collect();
    statement.execute(params![
        &*row.incident,
        &*row.account,
        row.facet.as_str(),
        span.from.rfc3339(),
        span.from.as_us(),
        span.to.map(Timestamp::rfc3339),
        span.to.map(Timestamp::as_us),
        span.state.as_str(),
        holders.join(" "),
        i64::try_from(span.by.get()).unwrap_or(i64::MAX),
    ])?;
    Ok(())
}

fn flag(connection: &Connection, finding: &Finding) -> Result<(), DerivedError> {
    let mut statement =
        connection.prepare_cached("INSERT INTO derived_flag VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")?;
    let others: Vec<String> = finding.others.iter().map(Seq::to_string).collect();
    statement.execute(params![
        finding.code.to_string(),
        rule(finding.code).map_or("", |rule| rule.name),
        finding.version,
        finding.severity.as_str(),
        finding.incident.as_ref().map(ToString::to_string),
        i64::try_from(finding.entry.get()).unwrap_or(i64::MAX),
        finding.occurred_at.rfc3339(),
        finding.occurred_at.as_us(),
        finding.agency.to_string(),
        finding.account.to_string(),
        finding.title,
        others.join(" "),
        finding.policy.as_ref().map(|policy| format!("{}@{}", policy.policy, policy.version)),
        finding.inferred,
        finding.uncertainty_s,
        INDICATOR,
    ])?;
    Ok(())
}

impl From<DerivedError> for DataError {
    fn from(error: DerivedError) -> Self {
        match error {
            DerivedError::Sink(error) => Self::Sink(error),
            DerivedError::History(error) => Self::Derived(error),
        }
    }
}
