//! The folder of an export: written beside its name, and given its name when it is whole.

use crate::statement::{FileOf, FolderError, MANIFEST, Statement, file_of};
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Why a folder could not be begun or finished. Nothing stands under its name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeError {
    /// Something stands there already: choose another name.
    #[error("{path} is there already; an export goes into a new folder")]
    Exists {
        /// The folder asked for.
        path: PathBuf,
    },
    /// The disk did not take it.
    #[error("cannot write {path}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file just written could not be read again.
    #[error(transparent)]
    Read(#[from] FolderError),
}

/// A folder in the making. Dropped unfinished, it is removed with all that is in it.
#[derive(Debug)]
pub struct Folder {
    unfinished: Option<PathBuf>,
    path: PathBuf,
}

impl Folder {
    /// Begins the folder `path`, which must not be there yet. Only its owner can read it (0700).
    pub fn begin(path: &Path) -> Result<Self, MakeError> {
        if path.symlink_metadata().is_ok() {
            return Err(MakeError::Exists { path: path.to_path_buf() });
        }
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".unfinished-{}", std::process::id()));
        let unfinished = path.with_file_name(name);
        DirBuilder::new()
            .mode(0o700)
            .create(&unfinished)
            .map_err(|source| MakeError::Write { path: unfinished.clone(), source })?;
        Ok(Self { unfinished: Some(unfinished), path: path.to_path_buf() })
    }

    /// Where its files are written.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.unfinished.as_deref().unwrap_or(&self.path)
    }

    /// These files of it, as a manifest lists them.
    pub fn list(&self, names: &[String]) -> Result<Vec<FileOf>, MakeError> {
        Ok(names.iter().map(|name| file_of(self.path(), name)).collect::<Result<_, _>>()?)
    }

    /// Writes the manifest and gives the folder its name.
    pub fn finish(mut self, statement: &Statement) -> Result<(), MakeError> {
        let manifest = self.path().join(MANIFEST);
        let write = |path: &Path| -> io::Result<()> {
            let mut file = File::create_new(path)?;
            file.write_all(serde_json::to_string_pretty(statement)?.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            File::open(self.path())?.sync_all()
        };
        write(&manifest).map_err(|source| MakeError::Write { path: manifest, source })?;
        if self.path.symlink_metadata().is_ok() {
            return Err(MakeError::Exists { path: self.path.clone() });
        }
        fs::rename(self.path(), &self.path)
            .map_err(|source| MakeError::Write { path: self.path.clone(), source })?;
        self.unfinished = None;
        let above =
            self.path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(above)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| MakeError::Write { path: above.to_path_buf(), source })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(path) = &self.unfinished {
            // What cannot be removed stays under a name that says what it is.
            let _left = fs::remove_dir_all(path).is_err();
        }
    }
}
