//! A file that a command makes: for its owner alone, never in the place of another, whole or not there.

use crate::exit::{Cause, Failure};
use std::fs::{File, OpenOptions, remove_file};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file with nothing in it yet. It is gone again unless it is finished.
pub(crate) struct NewFile {
    file: File,
    path: PathBuf,
    is_whole: bool,
}

impl NewFile {
    /// Takes the name, before anything is done that cannot be undone.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|e| {
            let failure =
                Failure::new(Cause::Environment, format_args!("cannot write {}: {e}", path.display()));
            if e.kind() == std::io::ErrorKind::AlreadyExists {
                failure.hint("name another file, or move that one away; nothing was written")
            } else {
                failure.hint("nothing was written")
            }
        })?;
        Ok(Self { file, path: path.to_owned(), is_whole: false })
    }

    /// Writes all of it, and syncs it.
    pub(crate) fn finish(mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        written.map_err(|e| {
            Failure::new(Cause::Environment, format_args!("cannot write {}: {e}", self.path.display()))
        })?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_whole {
            let _gone = remove_file(&self.path).is_ok();
        }
    }
}
