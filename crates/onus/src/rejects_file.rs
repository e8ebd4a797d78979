//! The rejects file: rows that were not imported, whole. They hold personal text, so only its owner can read
//! it, and it is never inside a ledger, which may be copied, nor among a ledger's keys.

use crate::exit::{Cause, Failure};
use onus_ledger::Ledger;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

pub(crate) struct RejectsFile {
    path: PathBuf,
    out: BufWriter<File>,
    lines: u64,
}

impl RejectsFile {
    /// Makes the file, with its first line; it must not be there yet.
    pub(crate) fn create(path: &Path, ledger: &Ledger, head: &str) -> Result<Self, Failure> {
        let shown = path.display();
        if let Some(inside) = inside_a_ledger(path, ledger) {
            return Err(Failure::new(
                Cause::Refused,
                format_args!("{shown} would be inside {}, which belongs to a ledger", inside.display()),
            )
            .hint("rejected rows hold personal text in clear: name a file elsewhere; nothing was imported"));
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
        let mut rejects = Self { path: path.to_owned(), out: BufWriter::new(file), lines: 0 };
        rejects.out.write_all(head.as_bytes()).map_err(|e| cannot_write(path, &e))?;
        Ok(rejects)
    }

    /// One row, as a line.
    pub(crate) fn put(&mut self, line: &str) -> io::Result<()> {
        self.lines += 1;
        self.out.write_all(line.as_bytes())
    }

    /// Makes the rows durable. A file without any is taken away again.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { path, out, lines } = self;
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

/// The ledger's directory, or a private one, in which a file would be.
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
