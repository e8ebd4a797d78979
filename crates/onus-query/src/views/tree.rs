//! The one room that names sled: one tree of keys and values, written in batches, everything in it disposable.
//!
//! sled may panic over files that it did not leave so. Every call is therefore guarded: a panic is an error like others.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const CACHE_BYTES: u64 = 64 << 20;
const FLUSH_EVERY_MS: u64 = 500;
/// So long sled may take to close.
const CLOSING_MAX: Duration = Duration::from_secs(2);

/// sled did not do what was asked; its files are to be thrown away.
#[derive(Debug)]
pub(super) struct TreeError(String);

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<sled::Error> for TreeError {
    fn from(error: sled::Error) -> Self {
        Self(match error {
            // Its own words go on with an offset and a backtrace, for whoever debugs sled.
            sled::Error::Corruption { .. } => "what it stored is damaged".into(),
            other => other.to_string(),
        })
    }
}

/// An open tree; `None` once it was closed.
#[derive(Debug)]
pub(super) struct Tree(Option<sled::Db>);

impl Drop for Tree {
    /// Closing flushes, over which sled may panic too. What it left unwritten is found at the next opening.
    fn drop(&mut self) {
        let db = self.0.take();
        let _closed: Result<(), TreeError> = guarded(|| {
            drop(db);
            Ok(())
        });
    }
}

/// Keys with their new values, to be written together.
#[derive(Debug, Default)]
pub(super) struct Changes(sled::Batch);

impl Changes {
    pub(super) fn set(&mut self, key: &[u8], value: Vec<u8>) {
        self.0.insert(key, value);
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        self.0.remove(key);
    }
}

impl Tree {
    /// Opens or makes the tree in a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, TreeError> {
        guarded(|| {
            let config = sled::Config::new()
                .path(folder)
                .cache_capacity(CACHE_BYTES)
                .flush_every_ms(Some(FLUSH_EVERY_MS));
            Ok(Self(Some(opened(&config)?)))
        })
    }

    fn db(&self) -> Result<&sled::Db, TreeError> {
        self.0.as_ref().ok_or_else(|| TreeError("it was closed".into()))
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, TreeError> {
        guarded(|| Ok(self.db()?.get(key)?.map(|value| value.to_vec())))
    }

    pub(super) fn apply(&self, changes: Changes) -> Result<(), TreeError> {
        guarded(|| Ok(self.db()?.apply_batch(changes.0)?))
    }

    /// Hands every value whose key begins so to `each`, in the order of the keys.
    pub(super) fn each(&self, prefix: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), TreeError> {
        guarded(|| {
            for item in self.db()?.scan_prefix(prefix) {
                let (_, value) = item?;
                each(&value);
            }
            Ok(())
        })
    }

    pub(super) fn flush(&self) -> Result<(), TreeError> {
        guarded(|| Ok(self.db()?.flush().map(drop)?))
    }
}

/// Opens, and waits a little where sled's own lock is still held: the views' lock keeps every other process out, so it can
/// only be this one's threads, which may write on for a moment after a tree was closed.
fn opened(config: &sled::Config) -> sled::Result<sled::Db> {
    let start = Instant::now();
    loop {
        match config.open() {
            Err(sled::Error::Io(e)) if is_locked(&e) && start.elapsed() < CLOSING_MAX => {
                thread::sleep(CLOSING_MAX / 100);
            }
            other => return other,
        }
    }
}

/// sled gives no kind of its own to that error.
fn is_locked(error: &io::Error) -> bool {
    error.to_string().starts_with("could not acquire lock")
}

fn guarded<T>(act: impl FnOnce() -> Result<T, TreeError>) -> Result<T, TreeError> {
    // What a panic leaves behind is thrown away with the files.
    catch_unwind(AssertUnwindSafe(act))
        .unwrap_or_else(|_| Err(TreeError("sled panicked over its files".into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_that_is_still_closing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let first = Tree::open(folder.path()).unwrap();
        let closing = thread::spawn(move || {
            thread::sleep(CLOSING_MAX / 8);
            drop(first);
        });
        assert!(Tree::open(folder.path()).is_ok());
        closing.join().unwrap();
    }
}
