//! The rejects file: rows that were not imported, whole. They hold personal text, so only its owner can read
//! it, and it never stands inside a ledger, which may be copied, nor among a ledger's keys.

use super::survey::Surveyed;
use crate::exit::{Cause, Failure};
use onus_import::{Mapping, Place, Rejects, Row};
use onus_ledger::Ledger;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

pub(super) struct RejectsFile {
    path: PathBuf,
    form: Rejects,
    out: BufWriter<File>,
    lines: u64,
}

impl RejectsFile {
    /// Makes the file; it must not be there yet.
    pub(super) fn create(
        path: &Path,
        ledger: &Ledger,
        mapping: &Mapping,
        files: &[Surveyed],
    ) -> Result<Self, Failure> {
        let shown = path.display();
        if let Some(inside) = inside_a_ledger(path, ledger) {
            return Err(Failure::new(
                Cause::Refused,
                format_args!("{shown} would stand inside {}, which belongs to a ledger", inside.display()),
            )
            .hint("rejected rows hold personal text in clear: name a file elsewhere; nothing was imported"));
        }
        let mut headers = files.iter().map(|file| &file.header);
        let first = headers.next();
        if headers.any(|header| Some(header) != first) {
            return Err(Failure::new(
                Cause::Refused,
                "the files' headers differ, and their rejects cannot share a file",
            )
            .hint("import them one by one, each with its own --rejects; nothing was imported"));
        }
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = created.map_err(|e| {
            let failure = Failure::new(Cause::Environment, format_args!("cannot make {shown}: {e}"));
            failure.hint(if e.kind() == io::ErrorKind::AlreadyExists {
                "an earlier rejects file is never overwritten: move it away or name another; nothing was imported"
            } else {
                "nothing was imported"
            })
        })?;
        let form = Rejects::new(&mapping.input());
        let mut rejects = Self { path: path.to_owned(), form, out: BufWriter::new(file), lines: 0 };
        let head = first.map(|header| rejects.form.head(header)).unwrap_or_default();
        rejects.write(&head)?;
        Ok(rejects)
    }

    pub(super) fn put(
        &mut self,
        file: &Surveyed,
        row: &Row,
        column: Option<&Place>,
        reason: &str,
    ) -> Result<(), Failure> {
        self.lines += 1;
        let line = self.form.line_with(&file.name(), &file.header, row, column, reason);
        self.write(&line)
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes()).map_err(|e| cannot_write(&self.path, &e))
    }

    /// Makes the rows durable. A file without any is taken away again.
    pub(super) fn finish(rejects: Option<Self>) -> Result<(), Failure> {
        let Some(Self { path, out, lines, .. }) = rejects else { return Ok(()) };
        let kept = match out.into_inner() {
            Ok(file) if lines > 0 => file.sync_all(),
            Ok(_) => std::fs::remove_file(&path),
            Err(e) => Err(e.into_error()),
        };
        kept.map_err(|e| cannot_write(&path, &e))
    }
}

fn cannot_write(path: &Path, problem: &dyn fmt::Display) -> Failure {
    Failure::new(Cause::Environment, format_args!("cannot write {}: {problem}", path.display())).hint(
        "rejected rows may be missing from it; import again with another file: what is there adds nothing",
    )
}

/// The ledger's directory, or a private one, in which a file would stand.
fn inside_a_ledger(path: &Path, ledger: &Ledger) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder that is not there is reported when the file is made.
    let folder = folder.canonicalize().ok()?;
    let own = ledger.dir().canonicalize().ok();
    let private = ledger.profiles_path().parent().and_then(|folder| folder.canonicalize().ok());
    let belongs = |folder: &Path| {
        Some(folder) == own.as_deref()
            || Some(folder) == private.as_deref()
            || folder.join("LEDGER").exists()
            || folder.join("profiles.toml").exists()
    };
    folder.ancestors().find(|folder| belongs(folder)).map(Path::to_owned)
}
