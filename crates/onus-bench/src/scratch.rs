//! A folder of its own on the disk to be measured, removed at the end.

use anyhow::Context as _;
use std::fs::{create_dir, remove_dir_all};
use std::path::{Path, PathBuf};

/// The folder.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A new folder in `dir`, named after this process.
    pub(crate) fn create(dir: &Path) -> anyhow::Result<Self> {
        let folder = dir.join(format!("run-{}", std::process::id()));
        create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder.canonicalize()?))
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Removes what stands under a name, file or folder, so that it takes no room while others are measured.
    pub(crate) fn clear(&self, name: &str) {
        let path = self.path(name);
        // What cannot be removed now is removed with the folder.
        drop(remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path)));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(e) = remove_dir_all(&self.0) {
            crate::output::say(&format_args!("onus-bench: {} is left behind: {e}", self.0.display()));
        }
    }
}
