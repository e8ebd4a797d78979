//! One incident as bundles need it: its entries, who held what, its flags.

use super::ExportError;
use super::package::Package;
use crate::acceptances::Acceptances;
use crate::agencies::AgencyWords;
use crate::flag::FlagAnswer;
use crate::incident::IncidentError;
use crate::lanes::{Brush, Lanes, write_lanes};
use crate::sentences::write_spans;
use onus_core::history::{Entry, History, KnownBy, Vantage};
use onus_core::ids::Incident;
use onus_core::responsibility::Responsibility;
use onus_core::seq::Seq;
use onus_query::flags::Survey;
use onus_query::holding::holding;
use onus_query::incident::history;
use onus_query::policy::Policies;
use std::io::{self, Write};

/// Columns of the lanes in a file.
const WIDTH: usize = 120;

/// An incident that is handed out, and who held what in it.
pub(super) struct Case {
    pub(super) history: History,
    pub(super) policies: Policies,
    pub(super) held: Responsibility,
}

impl Case {
    /// Reads it; refuses one of which nothing is recorded.
    pub(super) fn read(package: &Package<'_>, incident: &Incident) -> Result<Self, ExportError> {
        let history = history(&package.reader, incident)?;
        if history.entries().is_empty() {
            return Err(IncidentError::NotFound { incident: incident.clone() }.into());
        }
        let policies = Policies::read(&package.reader, KnownBy::Entered)?;
        let held = holding(&history, &Vantage::default(), &policies);
        Ok(Self { history, policies, held })
    }

    /// The numbers of its entries, ascending.
    pub(super) fn seqs(&self) -> Vec<Seq> {
        let mut seqs: Vec<Seq> = self.history.entries().iter().map(Entry::seq).collect();
        seqs.sort_unstable();
        seqs
    }

    /// Who held what, drawn and in words.
    pub(super) fn write_lanes(&self, out: &mut dyn Write) -> io::Result<()> {
        let vantage = Vantage::default();
        let speaking = self.history.speaking_at(&vantage);
        // What leaves has codes: it does not depend on what agencies are called here.
        let agencies = AgencyWords::default();
        let drawn = Lanes { held: &self.held, entries: &speaking, vantage, agencies: &agencies };
        write_lanes(out, &drawn, Brush::UNICODE, WIDTH)?;
        writeln!(out)?;
        write_spans(out, &self.held, &speaking, &Acceptances::of(&self.history, &self.held))
    }

    /// Its flags, as known and judged now.
    pub(super) fn flags(&self, package: &Package<'_>) -> Result<Vec<FlagAnswer>, ExportError> {
        let now = package.session.ledger().machine().now();
        let survey =
            Survey { reader: &package.reader, policies: &self.policies, vantage: Vantage::default(), now };
        Ok(survey.of_history(&self.history)?.iter().map(FlagAnswer::from).collect())
    }
}

/// What was asked for, where that is one incident.
pub(super) fn filters(incident: &Incident) -> Vec<String> {
    vec![format!("incident={incident}")]
}
