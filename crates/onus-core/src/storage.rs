//! What Onus asks of a disk: the one seam between its code and a file system.
//!
//! It has two users: the operating system's files (`onus_store::OsFiles`) and the fault-injecting
//! `FaultFs` of `onus-testkit`, which loses, tears and reorders whatever was not synced. Both the
//! log and the key vault stand on it, so the trait lives in the crate that both may see.
//!
//! Promise: only traits are here. This module opens nothing and performs no I/O itself.

use std::fmt::Debug;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Who may read a new file or folder, besides the account that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever the account's umask lets in: files of the ledger directory.
    Shared,
    /// Nobody else: mode 0600 for files, 0700 for folders.
    Private,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenHow {
    /// An existing file, for reading only.
    Read,
    /// An existing file, for reading and writing.
    Write,
    /// A file that must not exist yet.
    CreateNew(Audience),
    /// An existing file, or a new empty one; never truncated.
    OpenOrCreate(Audience),
}

/// A directory tree that can lose power.
///
/// Durability follows POSIX: a file's bytes are durable after [`StoredFile::sync`], its name, a
/// rename or a removal after [`Storage::sync_dir`] of the folder that holds it.
pub trait Storage: Debug + Send + Sync {
    /// Opens a file. `NotFound` and `AlreadyExists` are told apart by the error's kind.
    fn open(&self, path: &Path, how: OpenHow) -> io::Result<Arc<dyn StoredFile>>;
    /// Names (not paths) of what a folder holds, in no particular order.
    fn names(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Whether something stands under this path.
    fn exists(&self, path: &Path) -> io::Result<bool>;
    /// Makes one folder; its parent must exist.
    fn create_dir(&self, path: &Path, audience: Audience) -> io::Result<()>;
    /// Renames a file or folder, replacing a file that stands there.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes names in this folder durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Mode 0440: a finished segment is never written again.
    fn set_read_only(&self, path: &Path) -> io::Result<()>;
}

/// One open file.
pub trait StoredFile: Debug + Send + Sync {
    /// Length in bytes.
    fn len(&self) -> io::Result<u64>;
    /// Whether it holds nothing.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Reads at most `into.len()` bytes from `at`; 0 at the end of the file.
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize>;
    /// Writes all of `bytes` at `at`, extending the file where needed.
    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Cuts or extends the file.
    fn set_len(&self, len_bytes: u64) -> io::Result<()>;
    /// Makes the file's bytes and length durable (`fdatasync`). After an error nothing is known of
    /// what reached the disk, and calling again proves nothing.
    fn sync(&self) -> io::Result<()>;
    /// Takes the file's exclusive lock, held until this handle is dropped; `false` if another has it.
    fn try_lock(&self) -> io::Result<bool>;

    /// Fills `into` from `at`, or `UnexpectedEof`.
    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let offset = u64::try_from(done).map_err(io::Error::other)?;
            match self.read_at(rest, at.saturating_add(offset)) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}
