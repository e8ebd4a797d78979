//! Reading every file through before anything is written: a file that cannot be trusted as a whole is refused as a
//! whole.

use super::{ImportError, ImportProgress};
use onus_import::{Bound, Header, Mapping, Rows};
use std::path::{Path, PathBuf};

/// A file that was read to its end and fits the mapping.
#[derive(Debug)]
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

pub(super) fn all(
    mapping: &Mapping,
    files: &[PathBuf],
    progress: &dyn Fn(ImportProgress),
) -> Result<Vec<Surveyed>, ImportError> {
    files.iter().map(|path| one(mapping, path, progress)).collect()
}

fn one(mapping: &Mapping, path: &Path, progress: &dyn Fn(ImportProgress)) -> Result<Surveyed, ImportError> {
    let about =
        std::fs::metadata(path).map_err(|source| ImportError::File { path: path.to_owned(), source })?;
    if !about.is_file() {
        return Err(ImportError::NotAFile { path: path.to_owned() });
    }
    let rows = Rows::open(path, &mapping.input()).map_err(ImportError::Survey)?;
    let header = rows.header().clone();
    let bound =
        mapping.bind(&header).map_err(|source| ImportError::Bind { path: path.to_owned(), source })?;
    let told = |done: onus_import::Progress| {
        progress(ImportProgress::Surveyed(done.stored_bytes, about.len()));
    };
    let rows = rows.survey(&told).map_err(ImportError::Survey)?.rows;
    progress(ImportProgress::Surveyed(about.len(), about.len()));
    Ok(Surveyed { path: path.to_owned(), header, bound, rows })
}
