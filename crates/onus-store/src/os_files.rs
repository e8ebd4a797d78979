//! The operating system's files behind the storage seam: the only `std::fs` of this crate.
//!
//! The system calls of one commit, in order: `pwrite` of the blocks, `fdatasync` of the segment, `pwrite` of
//! the `head` slot. A new segment adds `open(O_EXCL)` before and `fsync` of the folder after.
//!
//! What cannot be promised from here: that the disk tells the truth about `fdatasync`.

use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsFiles;

impl Storage for OsFiles {
    fn open(&self, path: &Path, how: OpenHow) -> io::Result<Arc<dyn StoredFile>> {
        let mut options = OpenOptions::new();
        options.read(true);
        match how {
            OpenHow::Read => &mut options,
            OpenHow::Write => options.write(true),
            OpenHow::CreateNew(audience) => options.write(true).create_new(true).mode(file_mode(audience)),
            OpenHow::OpenOrCreate(audience) => {
                options.write(true).create(true).truncate(false).mode(file_mode(audience))
            }
        };
        Ok(Arc::new(OsFile(options.open(path)?)))
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        std::fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn create_dir(&self, path: &Path, audience: Audience) -> io::Result<()> {
        let mode = match audience {
            Audience::Shared => 0o777,
            Audience::Private => 0o700,
        };
        DirBuilder::new().mode(mode).create(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn set_read_only(&self, path: &Path) -> io::Result<()> {
        std::fs::set_permissions(path, Permissions::from_mode(0o440))
    }
}

/// What the umask then narrows further.
fn file_mode(audience: Audience) -> u32 {
    match audience {
        Audience::Shared => 0o666,
        Audience::Private => 0o600,
    }
}

#[derive(Debug)]
struct OsFile(File);

impl StoredFile for OsFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        self.0.read_at(into, at)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, at)
    }

    fn set_len(&self, len_bytes: u64) -> io::Result<()> {
        self.0.set_len(len_bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn try_lock(&self) -> io::Result<bool> {
        match self.0.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_files_and_folders_are_for_their_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, file) = (dir.path().join("vault"), dir.path().join("vault/MASTER"));

        OsFiles.create_dir(&folder, Audience::Private).unwrap();
        OsFiles.open(&file, OpenHow::CreateNew(Audience::Private)).unwrap();

        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        OsFiles.set_read_only(&file).unwrap();
        assert_eq!(mode(&file), 0o440);
    }

    #[test]
    fn a_lock_is_held_until_its_handle_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let open = || OsFiles.open(&path, OpenHow::OpenOrCreate(Audience::Shared)).unwrap();

        let (first, second) = (open(), open());
        assert!(first.try_lock().unwrap());
        assert!(!second.try_lock().unwrap());
        drop(first);
        assert!(second.try_lock().unwrap());
    }

    #[test]
    fn opening_an_existing_file_never_truncates_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        OsFiles.open(&path, OpenHow::CreateNew(Audience::Shared)).unwrap().write_at(b"kept", 0).unwrap();

        let again = OsFiles.open(&path, OpenHow::OpenOrCreate(Audience::Shared)).unwrap();

        assert_eq!(again.len().unwrap(), 4);
        let refused = OsFiles.open(&path, OpenHow::CreateNew(Audience::Shared)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
    }
}
