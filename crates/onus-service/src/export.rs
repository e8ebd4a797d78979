//! Exports: records leave in a folder of files that says what it holds and what it withholds.
//!
//! Every export is a [`Bundle`]: it puts files into a [`Package`](package::Package), and says what they are. The rest is
//! the same for all: the folder's name is taken, a checkpoint and the manifest's key are had, the manifest is signed, the
//! access ledger has it, and only then the folder gets its name. A bundle more is one room in `export/` and one line here.
//!
//! # Promises
//! * The access ledger says that records leave before anybody can read them.
//! * Texts are withheld unless they are named; what is withheld or erased is stated and counted.
//! * Nothing is exported from a damaged ledger; a folder that was not finished is removed.

mod access_report;
mod case;
mod coroner;
mod data;
mod dispute;
mod error;
mod events;
mod foi;
mod inspection;
mod package;
mod s136;
mod schedule;
mod statement;
mod subject_access;
mod texts;

use crate::answer::Name;
use crate::row::row;
use crate::session::Session;
use onus_core::code;
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_core::sealed::Plain;
use onus_export::statement::Included;
use package::Package;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::PathBuf;

pub use access_report::AccessReportBundle;
pub use coroner::CoronerBundle;
pub use data::{DataBundle, FilterTerm, Occurred};
pub use dispute::DisputeBundle;
pub use error::ExportError;
pub use foi::FoiBundle;
pub use inspection::InspectionBundle;
pub use s136::{ReturnYear, S136Bundle};
pub use schedule::ScheduleBundle;
pub use subject_access::SubjectAccessBundle;
pub use texts::{NoTextField, TextField, TextsOpened};

/// What is exported, where it goes, to whom, and why.
#[derive(Clone, Debug)]
pub struct ExportQuestion {
    /// What.
    pub bundle: Bundle,
    /// The new folder. The one above it must be there.
    pub folder: PathBuf,
    /// Who receives the files, where that is stated.
    pub recipient: Option<Plain>,
    /// Why they are made, where that is stated.
    pub why: Option<Plain>,
}

/// A kind of export, with what it is asked.
#[derive(Clone, Debug)]
pub enum Bundle {
    /// Events for other tools.
    Data(DataBundle),
    /// The sample of an inspection, and what it rests on.
    Inspection(Box<InspectionBundle>),
    /// The annual return on sections 135 and 136.
    S136(S136Bundle),
    /// One incident for the parties to a dispute.
    Dispute(DisputeBundle),
    /// Everything on an incident, under a legal hold.
    Coroner(CoronerBundle),
    /// The access ledger of a period.
    AccessReport(AccessReportBundle),
    /// What is recorded of one person.
    SubjectAccess(SubjectAccessBundle),
    /// The figures of a period for the public.
    Foi(FoiBundle),
    /// What there is on an incident, described and not shown.
    Schedule(ScheduleBundle),
}

impl Bundle {
    /// What it is called in the manifest and in the access ledger.
    #[must_use]
    pub fn format(&self) -> Code {
        match self {
            Self::Data(data) => data.name(),
            Self::Inspection(_) => code!("inspection"),
            Self::S136(_) => code!("s136"),
            Self::Dispute(_) => code!("dispute"),
            Self::Coroner(_) => code!("coroner"),
            Self::AccessReport(_) => code!("access-report"),
            Self::SubjectAccess(_) => code!("subject-access"),
            Self::Foi(_) => code!("foi"),
            Self::Schedule(_) => code!("disclosure-schedule"),
        }
    }

    /// Refuses what can never be exported, before anything is made.
    fn check(&self, question: &ExportQuestion) -> Result<(), ExportError> {
        match self {
            Self::Data(data) => data.check(question),
            Self::Inspection(bundle) => bundle.check(question),
            Self::S136(bundle) => bundle.check(question),
            Self::Coroner(_) => coroner::check(question),
            Self::SubjectAccess(bundle) => bundle.texts.check(question),
            Self::Dispute(_) | Self::AccessReport(_) | Self::Foi(_) | Self::Schedule(_) => Ok(()),
        }
    }

    /// Puts the files in, and says what they are.
    fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        match self {
            Self::Data(data) => data.fill(package),
            Self::Inspection(bundle) => bundle.fill(package),
            Self::S136(bundle) => bundle.fill(package),
            Self::Dispute(bundle) => bundle.fill(package),
            Self::Coroner(bundle) => bundle.fill(package),
            Self::AccessReport(bundle) => bundle.fill(package),
            Self::SubjectAccess(bundle) => bundle.fill(package),
            Self::Foi(bundle) => bundle.fill(package),
            Self::Schedule(bundle) => bundle.fill(package),
        }
    }
}

/// What the files of an export are.
#[derive(Debug, Default)]
struct Contents {
    /// Which entries, in the words of the command.
    filters: Vec<String>,
    /// By which rules anything in it is judged.
    rules: Vec<String>,
    /// The incident, where all is of one.
    incident: Option<Incident>,
    /// On what ground texts were opened, where any was.
    ground: Option<Code>,
    /// What is included, withheld and erased.
    counts: Included,
}

/// An export that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Exported {
    /// The folder.
    pub folder: String,
    /// What kind of export it is.
    pub format: Name<Code>,
    /// The ledger's size then.
    pub size: u64,
    /// Entries in the files.
    pub entries: u64,
    /// Entries left out, of kinds that this release does not know.
    pub unknown: u64,
    /// Texts opened.
    pub opened: u64,
    /// Texts withheld.
    pub withheld: u64,
    /// Texts erased.
    pub erased: u64,
    /// Texts that were to be opened and could not be: they are counted as withheld.
    pub not_opened: u64,
    /// Whether the manifest is signed.
    pub signed: bool,
}

row!(Exported { folder, format, size, entries, unknown, opened, withheld, erased, not_opened, signed });

impl Session {
    /// Makes an export for the caller, who must claim an identity.
    pub fn export(&self, question: &ExportQuestion) -> Result<Exported, ExportError> {
        self.identity()?;
        question.bundle.check(question)?;
        if let Bundle::Coroner(bundle) = &question.bundle {
            bundle.hold(self, question)?;
        }
        let mut package = Package::start(self, question)?;
        let contents = question.bundle.fill(&mut package)?;
        package.finish(&contents)
    }
}
