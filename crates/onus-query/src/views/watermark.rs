//! The file beside the views that says how far they go, and whether they were left in order.

use onus_proof::Link;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// How far the views go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Watermark {
    /// The form of the views.
    pub(super) schema: u32,
    /// Which ledger, in hexadecimal digits.
    pub(super) ledger: String,
    /// Entries that are in the views.
    pub(super) applied: u64,
    /// The chain link after the last of them.
    pub(super) link: String,
    /// The boot of the machine during which this was written.
    pub(super) boot: String,
    /// Whether nothing was being written.
    pub(super) clean: bool,
}

/// What the watermarks of all forms have in common.
#[derive(Deserialize)]
struct Form {
    schema: u32,
}

impl Watermark {
    /// The form of the views beside the file, whichever release wrote it; `None` where that cannot be read.
    pub(super) fn form(path: &Path) -> Option<u32> {
        let form: Form = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        Some(form.schema)
    }

    /// `None` where there is none, or none that can be read.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Replaces the file, durably.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        path.parent().map_or(Ok(()), sync_folder)
    }

    pub(super) fn is_at(&self, applied: u64, link: &Link) -> bool {
        self.applied == applied && self.link == link.to_string()
    }
}

/// Makes names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Syncs every file in a folder: a store that flushes may leave that to the system. The store's own threads may remove
/// a file meanwhile, which then needs no sync.
pub(super) fn sync_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match if path.is_dir() {
            sync_files(&path)
        } else {
            File::open(&path).and_then(|file| file.sync_all())
        } {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            synced => synced?,
        }
    }
    sync_folder(folder)
}
