//! The data formats: events for other tools.

use super::events::{events, flag_rules, found};
use super::package::Package;
use super::texts::TextsOpened;
use super::{Contents, ExportError, ExportQuestion};
use crate::session::threads;
use onus_core::code;
use onus_core::code::Code;
use onus_core::history::KnownBy;
use onus_core::terms::{TermField, Unacceptable, Wanted};
use onus_export::data::{self, Chosen, Data, DataFormat, Derived, Event, Written, add_lanes_and_flags};
use onus_query::find::Filter;
use onus_query::period::{Period, PeriodError};
use onus_query::policy::Policies;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// Entries in a data format: those that fit, or all.
#[derive(Clone, Debug)]
pub struct DataBundle {
    /// The format.
    pub format: DataFormat,
    /// Only entries that have one of these terms; those of one field are alternatives. All if empty.
    pub terms: Vec<FilterTerm>,
    /// Only what happened then.
    pub occurred: Option<Occurred>,
    /// Which texts are opened.
    pub texts: TextsOpened,
}

/// A term that entries are chosen by, and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterTerm {
    wanted: Wanted,
    words: String,
}

impl FilterTerm {
    /// Reads one as `onus find` does.
    pub fn parse(field: TermField, text: &str) -> Result<Self, Unacceptable> {
        Ok(Self { wanted: Wanted::parse(field, text)?, words: format!("{}={text}", field.name()) })
    }
}

impl fmt::Display for FilterTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// A stretch of time in which something happened, and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurred {
    period: Period,
    words: String,
}

impl Occurred {
    /// Reads `A..B`, `A..`, `..B` or one date.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        Ok(Self { period: Period::parse(text)?, words: format!("occurred={text}") })
    }
}

impl DataBundle {
    pub(super) fn name(&self) -> Code {
        match self.format {
            DataFormat::Csv => code!("csv"),
            DataFormat::Ndjson => code!("ndjson"),
            DataFormat::Sqlite => code!("sqlite"),
            DataFormat::Parquet => code!("parquet"),
            DataFormat::Fhir => code!("fhir"),
        }
    }

    pub(super) fn check(&self, question: &ExportQuestion) -> Result<(), ExportError> {
        if self.format == DataFormat::Fhir && !self.texts.fields.is_empty() {
            return Err(ExportError::NoTexts("fhir"));
        }
        self.texts.check(question)
    }

    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let chosen = self.chosen(package)?;
        let written = write(package, self.format, &chosen, &self.texts)?;
        let is_derived = self.format == DataFormat::Sqlite;
        if is_derived {
            derive(package, &chosen)?;
        }
        let terms = self.terms.iter().map(|term| term.words.clone());
        Ok(Contents {
            filters: terms.chain(self.occurred.iter().map(|occurred| occurred.words.clone())).collect(),
            rules: if is_derived { flag_rules() } else { Vec::new() },
            incident: None,
            ground: self.texts.ground.clone().filter(|_| written.counts.opened > 0),
            counts: written.counts.into(),
        })
    }

    /// The entries that are asked for; all of them if nothing is.
    fn chosen(&self, package: &Package<'_>) -> Result<Chosen, ExportError> {
        if self.terms.is_empty() && self.occurred.is_none() {
            return Ok(Chosen::All);
        }
        let terms = self.terms.iter().map(|term| term.wanted.clone());
        let filter = terms.fold(Filter::everything(), Filter::with);
        let filter = match &self.occurred {
            Some(occurred) => filter.occurred(occurred.period),
            None => filter,
        };
        let seqs = found(&package.reader, &filter)?;
        if seqs.is_empty() {
            return Err(ExportError::NotFound {
                what: "nothing is recorded that was asked for".into(),
                hint: "`onus find` takes the same --incident, --kind and --occurred, and shows what there is",
            });
        }
        Ok(Chosen::Some(seqs))
    }
}

/// Puts lanes and flags beside the events of a SQLite file.
fn derive(package: &Package<'_>, chosen: &Chosen) -> Result<(), ExportError> {
    let incidents = match chosen {
        Chosen::All => None,
        Chosen::Some(seqs) => {
            let events = events(package, seqs)?;
            Some(events.into_iter().filter_map(|event| event.record.common.incident).collect::<BTreeSet<_>>())
        }
    };
    let policies = Policies::read(&package.reader, KnownBy::Entered)?;
    let derived = Derived {
        reader: &package.reader,
        policies: &policies,
        now: package.session.ledger().machine().now(),
        threads: threads(),
        incidents: incidents.as_ref(),
    };
    add_lanes_and_flags(package.path(), &derived).map_err(|e| ExportError::Data(e.into()))
}

/// Writes the chosen entries into the folder, with the named texts opened.
pub(super) fn write(
    package: &mut Package<'_>,
    format: DataFormat,
    chosen: &Chosen,
    texts: &TextsOpened,
) -> Result<Written, ExportError> {
    let folder = package.path().to_owned();
    let written = write_into(package, &folder, format, chosen, texts)?;
    package.list(written.files.iter().cloned());
    Ok(written)
}

/// Writes the chosen entries into a folder below, every text closed.
pub(super) fn write_below(
    package: &mut Package<'_>,
    name: &str,
    format: DataFormat,
    chosen: &Chosen,
) -> Result<Written, ExportError> {
    let folder = package.below(name)?;
    let written = write_into(package, &folder, format, chosen, &TextsOpened::default())?;
    package.list(written.files.iter().map(|file| format!("{name}/{file}")));
    Ok(written)
}

fn write_into(
    package: &mut Package<'_>,
    folder: &Path,
    format: DataFormat,
    chosen: &Chosen,
    texts: &TextsOpened,
) -> Result<Written, ExportError> {
    let session = package.session;
    let disclosure = match &texts.ground {
        Some(ground) if !texts.fields.is_empty() => Some(package.disclosure(ground)?),
        _ => None,
    };
    let not_opened = Cell::new(0);
    let mut open = |events: &mut [Event]| {
        if let Some(disclosure) = &disclosure {
            let closed = texts.open(session, disclosure, events)?;
            not_opened.set(not_opened.get() + closed);
        }
        Ok(())
    };
    let mut data = Data {
        reader: &package.reader,
        chosen,
        erased: &|key| package.erasures.on(key),
        open: &mut open,
        progress: &session.progress(),
    };
    let written = data::write(format, folder, &mut data)?;
    package.count_not_opened(not_opened.get());
    Ok(written)
}
