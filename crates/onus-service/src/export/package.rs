//! An export in the making: a folder under another name, what goes into it, and its end.
//!
//! Promise: the folder gets its name only when the access ledger has the export; dropped before, it is removed.

use super::statement::{about, statement};
use super::{Contents, ExportError, ExportQuestion, Exported};
use crate::answer::Name;
use crate::row::{Row, write_cells};
use crate::session::Session;
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_export::evidence::{Evidence, Request, Selection, make_evidence};
use onus_export::folder::Folder;
use onus_export::signature::Signing;
use onus_export::signer::Signer;
use onus_ledger::{Disclosure, Export};
use onus_query::erased::Erasures;
use onus_store::Reader;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An export in the making.
pub(super) struct Package<'a> {
    pub(super) session: &'a Session,
    pub(super) reader: Reader,
    pub(super) erasures: Erasures,
    question: &'a ExportQuestion,
    format: Code,
    signer: Option<Signer>,
    folder: Folder,
    files: Vec<String>,
    not_opened: u64,
}

impl<'a> Package<'a> {
    /// Starts: the keys open, the folder's name is free, and the ledger can be read and is whole.
    pub(super) fn start(session: &'a Session, question: &'a ExportQuestion) -> Result<Self, ExportError> {
        let format = question.bundle.format();
        let keys = session.keys()?;
        let folder = Folder::begin(&question.folder)?;
        // A checkpoint first, so that the proof of the manifest's key, and the root stated, are under it.
        let signer = Signer::of(keys)?;
        let reader = session.read()?;
        let erasures = Erasures::of(&reader)?;
        let files = Vec::new();
        Ok(Self { session, reader, erasures, question, format, signer, folder, files, not_opened: 0 })
    }

    /// For whom texts are opened, on a ground; an error where nobody is named.
    pub(super) fn disclosure(&self, ground: &Code) -> Result<Disclosure<'a>, ExportError> {
        let recipients = self.question.recipient.as_ref().ok_or(ExportError::Unstated("the recipient"))?;
        Ok(Disclosure { recipients, ground: ground.clone(), why: self.question.why.as_ref() })
    }

    /// The page of evidence of an incident, under a checkpoint that is signed now; the access ledger has it.
    pub(super) fn page(
        &self,
        incident: &Incident,
        disclose: &[Selection],
        ground: Option<&Code>,
    ) -> Result<Evidence, ExportError> {
        let request = Request {
            incident,
            disclose,
            recipient: self.question.recipient.as_ref(),
            ground,
            why: self.question.why.as_ref(),
        };
        Ok(make_evidence(self.session.keys()?, self.session.caller(), &request)?)
    }

    /// Counts texts that were to be opened and could not be.
    pub(super) fn count_not_opened(&mut self, count: u64) {
        self.not_opened += count;
    }

    /// The folder in the making, for writers of their own; [`Self::list`] has what they wrote.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A folder below it, for writers of their own.
    pub(super) fn below(&self, name: &str) -> Result<PathBuf, ExportError> {
        Ok(self.folder.below(name)?)
    }

    /// Lists files that are in the folder already.
    pub(super) fn list(&mut self, names: impl IntoIterator<Item = String>) {
        self.files.extend(names);
    }

    /// Puts a file into the folder.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        self.folder.put(name, bytes)?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Puts a file into the folder, as `write` writes it.
    pub(super) fn write(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ExportError> {
        let mut bytes = Vec::new();
        write(&mut bytes).map_err(|source| ExportError::File { file: name.to_owned(), source })?;
        self.put(name, &bytes)
    }

    /// Puts an answer into the folder as data.
    pub(super) fn put_json(&mut self, name: &str, answer: &impl Serialize) -> Result<(), ExportError> {
        self.write(name, |out| {
            serde_json::to_writer_pretty(&mut *out, answer)?;
            writeln!(out)
        })
    }

    /// Puts a table into the folder.
    pub(super) fn put_rows<R: Row>(&mut self, name: &str, rows: &[R]) -> Result<(), ExportError> {
        self.write(name, |out| crate::row::write_csv(out, rows))
    }

    /// Puts a table into the folder whose readers are people: times in Europe/London.
    pub(super) fn put_shown<R: Row>(&mut self, name: &str, rows: &[R]) -> Result<(), ExportError> {
        self.write(name, |out| write_cells(out, R::COLUMNS, rows.iter().map(Row::shown)))
    }

    /// States, signs, records, names.
    pub(super) fn finish(mut self, contents: &Contents) -> Result<Exported, ExportError> {
        let mut statement = statement(self.session, &self.reader, self.question, contents)?;
        self.write("about.txt", |out| about(out, &statement))?;
        statement.files = self.folder.list(&self.files)?;
        let signing = Signing {
            origin: &statement.origin,
            document: &format!("export {}", statement.format),
            size: statement.size,
            made_at: &statement.made_at,
            made_by: &statement.made_by,
        };
        let bytes = statement.to_bytes();
        let signature = self.signer.as_ref().map(|signer| signer.sign(&signing, &bytes)).transpose()?;
        let counts = statement.counts;
        let export = Export {
            incident: contents.incident.as_ref(),
            format: self.format.clone(),
            filters: None,
            size: statement.size,
            included: counts.entries,
            withheld: counts.withheld,
            erased: counts.erased,
            recipients: self.question.recipient.as_ref(),
            why: self.question.why.as_ref(),
        };
        self.session.keys()?.record_export(self.session.caller(), &export)?;
        self.folder.finish(&statement, signature.as_ref())?;
        Ok(Exported {
            folder: self.question.folder.display().to_string(),
            format: Name(self.format),
            size: statement.size,
            entries: counts.entries,
            unknown: counts.unknown,
            opened: counts.opened,
            withheld: counts.withheld,
            erased: counts.erased,
            not_opened: self.not_opened,
            signed: signature.is_some(),
        })
    }
}
