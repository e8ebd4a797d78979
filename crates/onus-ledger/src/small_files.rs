//! Small files that are replaced whole: the old bytes or the new ones, never a mixture, and durable on return.

use onus_core::storage::{Audience, OpenHow, Storage};
use std::io;
use std::path::Path;

/// More than any small file has, in bytes.
const BYTES_MAX: u64 = 1 << 20;

/// The file's bytes; `None` if it is not there.
pub(crate) fn read(storage: &dyn Storage, path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match storage.open(path, OpenHow::Read) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut bytes = vec![0; usize::try_from(file.len()?.min(BYTES_MAX)).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(Some(bytes))
}

/// Replaces the file: a new one is synced, renamed over it, and its name synced.
pub(crate) fn replace(
    storage: &dyn Storage,
    path: &Path,
    bytes: &[u8],
    audience: Audience,
) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file stands in a folder"))?;
    let aside = path.with_extension("new");
    let file = storage.open(&aside, OpenHow::OpenOrCreate(audience))?;
    file.set_len(0)?;
    file.write_at(bytes, 0)?;
    file.sync()?;
    storage.rename(&aside, path)?;
    storage.sync_dir(folder)
}

/// Makes a folder if it is not there; its parent is.
pub(crate) fn make_folder(storage: &dyn Storage, path: &Path, audience: Audience) -> io::Result<()> {
    if storage.exists(path)? {
        return Ok(());
    }
    match storage.create_dir(path, audience) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    path.parent().map_or(Ok(()), |parent| storage.sync_dir(parent))
}

/// A small file's text; what is not UTF-8 is an error.
pub(crate) fn read_text(storage: &dyn Storage, path: &Path) -> io::Result<String> {
    const PROFILE_BYTES_MAX: u64 = 1 << 20;
    let file = storage.open(path, OpenHow::Read)?;
    let length = file.len()?.min(PROFILE_BYTES_MAX);
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, 0)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}
