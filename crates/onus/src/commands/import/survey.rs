//! Reading every file through before anything is written: a file that cannot be trusted as a whole is refused
//! as a whole.

use crate::exit::{Cause, Failure};
use crate::terminal;
use onus_import::rows::Problem;
use onus_import::{Bound, Header, Mapping, Rows, RowsError};
use std::path::{Path, PathBuf};

/// A file that was read to its end and fits the mapping.
pub(super) struct Surveyed {
    pub(super) path: PathBuf,
    pub(super) header: Header,
    /// Makes the events of its rows; each thread needs its own.
    pub(super) bound: Bound,
    pub(super) rows: u64,
}

impl Surveyed {
    /// The file as messages name it.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }
}

pub(super) fn all(mapping: &Mapping, files: &[PathBuf]) -> Result<Vec<Surveyed>, Failure> {
    files.iter().map(|path| one(mapping, path)).collect()
}

fn one(mapping: &Mapping, path: &Path) -> Result<Surveyed, Failure> {
    let cannot = |problem: &dyn std::fmt::Display| {
        Failure::new(Cause::Environment, format_args!("cannot read {}: {problem}", path.display()))
            .hint("nothing was imported")
    };
    let about = std::fs::metadata(path).map_err(|e| cannot(&e))?;
    if !about.is_file() {
        return Err(cannot(&"it is not a file, and import reads its input twice"));
    }
    let bar = terminal::bytes_bar();
    bar.set_length(about.len());
    let rows = Rows::open(path, &mapping.input()).map_err(|e| unreadable(&e))?;
    let header = rows.header().clone();
    let bound = mapping.bind(&header).map_err(|e| {
        Failure::new(Cause::Refused, format_args!("{}: {e}", path.display())).hint("nothing was imported")
    })?;
    let surveyed = rows.survey(&|progress| bar.set_position(progress.stored_bytes));
    bar.finish_and_clear();
    let rows = surveyed.map_err(|e| unreadable(&e))?.rows;
    Ok(Surveyed { path: path.to_owned(), header, bound, rows })
}

/// A file that cannot be read to its end, before anything was written.
fn unreadable(error: &RowsError) -> Failure {
    Failure::new(cause(error), error).hint("nothing was imported")
}

pub(super) fn cause(error: &RowsError) -> Cause {
    match error.problem {
        Problem::Io(_) => Cause::Environment,
        _ => Cause::Refused,
    }
}
