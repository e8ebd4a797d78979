//! For a coroner or an investigator: everything on an incident, after a legal hold is placed on it.
//!
//! The hold comes first: it is in force even where the export then fails.

use super::case::{Case, filters};
use super::data::write;
use super::events::flag_rules;
use super::package::Package;
use super::texts::{TextsOpened, stated};
use super::{Contents, ExportError, ExportQuestion};
use crate::incident::IncidentError;
use crate::session::Session;
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_export::data::{Chosen, DataFormat};
use onus_export::evidence::Selection;
use onus_export::folder::MakeError;
use onus_ledger::{HoldRequest, Identity};

/// Everything on one incident, every text opened.
#[derive(Clone, Debug)]
pub struct CoronerBundle {
    /// The incident.
    pub incident: Incident,
    /// The reference of the hold; one of this reference that the caller's agency placed already is kept.
    pub reference: Code,
    /// Who authorised the hold: agency, role and token.
    pub authorised_by: Identity,
    /// On what ground every text is opened.
    pub ground: Code,
}

/// Every text is opened: for somebody, and for a reason.
pub(super) fn check(question: &ExportQuestion) -> Result<(), ExportError> {
    stated(question.recipient.as_ref(), "the recipient")?;
    stated(question.why.as_ref(), "the reason")
}

impl CoronerBundle {
    /// Places the hold, where the caller's agency has none of this reference. No hold is placed for an export that is known
    /// to fail.
    pub(super) fn hold(&self, session: &Session, question: &ExportQuestion) -> Result<(), ExportError> {
        let agency = session.identity()?.agency();
        let reader = session.read()?;
        if reader.incident(&self.incident.key())?.is_empty() {
            return Err(IncidentError::NotFound { incident: self.incident.clone() }.into());
        }
        if question.folder.symlink_metadata().is_ok() {
            return Err(MakeError::Exists { path: question.folder.clone() }.into());
        }
        let holds = session.holds(Some(&self.incident))?;
        if holds.iter().any(|hold| hold.reference.0 == self.reference && hold.agency.0 == *agency) {
            return Ok(());
        }
        let placed = session.place_hold(&HoldRequest {
            incident: &self.incident,
            reference: self.reference.clone(),
            authorised_by: &self.authorised_by,
        })?;
        session.note(&format!(
            "a legal hold is in force over {}, entry {}: nothing under it can be erased",
            self.incident, placed.recorded.seq
        ));
        Ok(())
    }

    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let case = Case::read(package, &self.incident)?;
        let page = package.page(&self.incident, &[Selection::All], Some(&self.ground))?;
        package.put("evidence.html", page.html.as_bytes())?;
        let texts = TextsOpened::every(self.ground.clone());
        let written = write(package, DataFormat::Ndjson, &Chosen::Some(case.seqs()), &texts)?;
        let flags = case.flags(package)?;
        package.write("lanes.txt", |out| case.write_lanes(out))?;
        package.put_rows("flags.csv", &flags)?;
        Ok(Contents {
            filters: filters(&self.incident),
            rules: flag_rules(),
            incident: Some(self.incident.clone()),
            ground: Some(self.ground.clone()),
            counts: written.counts.into(),
        })
    }
}
