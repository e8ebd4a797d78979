//! The folder of an export: written beside its name, and given its name when it is whole.

use crate::signature::Signature;
use crate::statement::{FileOf, FolderError, KEY_PROOF, MANIFEST, SIGNATURE, Statement, file_of};
use onus_core::blame::{Blame, Blamed};
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Why a folder could not be started or finished. Nothing is there under its name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeError {
    /// Something is there already: choose another name.
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

impl Blamed for MakeError {
    fn blame(&self) -> Blame {
        match self {
            Self::Exists { .. } => Blame::Caller,
            Self::Write { .. } => Blame::Environment,
            Self::Read(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Exists { .. } => Some("name a folder that is not there yet".into()),
            Self::Write { .. } | Self::Read(_) => {
                let check =
                    "check that the folder above it is there and can be written, and that the disk has space";
                Some(format!("nothing was handed out; {check}"))
            }
        }
    }
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
            .map_err(|source| MakeError::Write { path: path.to_path_buf(), source })?;
        Ok(Self { unfinished: Some(unfinished), path: path.to_path_buf() })
    }

    /// Where its files are written.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.unfinished.as_deref().unwrap_or(&self.path)
    }

    /// Makes a folder inside it, for its owner alone.
    pub fn below(&self, name: &str) -> Result<PathBuf, MakeError> {
        let path = self.path().join(name);
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|source| MakeError::Write { path: path.clone(), source })?;
        Ok(path)
    }

    /// These files of it, as a manifest lists them.
    pub fn list(&self, names: &[String]) -> Result<Vec<FileOf>, MakeError> {
        Ok(names.iter().map(|name| file_of(self.path(), name)).collect::<Result<_, _>>()?)
    }

    /// Writes one file of it, synced. `name` may lie in folders below.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), MakeError> {
        let path = self.path().join(name);
        let write = || -> io::Result<()> {
            if let Some(above) = path.parent() {
                DirBuilder::new().mode(0o700).recursive(true).create(above)?;
            }
            let mut file = File::create_new(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|source| MakeError::Write { path: path.clone(), source })
    }

    /// Writes the manifest with its signature, where there is one, and gives the folder its name.
    pub fn finish(mut self, statement: &Statement, signature: Option<&Signature>) -> Result<(), MakeError> {
        self.put(MANIFEST, &statement.to_bytes())?;
        if let Some(signature) = signature {
            self.put(SIGNATURE, signature.note.as_bytes())?;
            if let Some(proof) = &signature.key_proof {
                self.put(KEY_PROOF, proof.as_bytes())?;
            }
        }
        File::open(self.path())
            .and_then(|folder| folder.sync_all())
            .map_err(|source| MakeError::Write { path: self.path().to_path_buf(), source })?;
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
