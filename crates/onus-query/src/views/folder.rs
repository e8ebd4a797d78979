//! The folder of the views: its trees, its watermark and its lock, and what is there moved out of the way. Nothing here
//! reads or writes what the views hold.

use super::tree::{Tree, TreeError};
use super::watermark::Watermark;
use super::{SCHEMA, ViewsError, Why};
use onus_core::hex::Hex;
use onus_core::seq::Seq;
use onus_proof::Link;
use onus_store::{ReadError, Reader};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

/// The folder of each tree. What open incidents need has one of its own, which opens at once however long the log is.
const DAYS_TREE: &str = "tree/days";
pub(super) const OPEN_TREE: &str = "tree/open";

/// Opens or makes both trees of a folder.
pub(super) fn trees(folder: &Path) -> Result<(Tree, Tree), TreeError> {
    Ok((Tree::open(&folder.join(DAYS_TREE))?, Tree::open(&folder.join(OPEN_TREE))?))
}

/// The watermark of the views in a folder, if they are of this ledger and no further than it; else why not.
pub(super) fn watermark(folder: &Path, reader: &Reader) -> Result<Result<Watermark, Why>, ViewsError> {
    if !folder.join("tree").exists() {
        return Ok(Err(Why::New));
    }
    let file = folder.join("watermark");
    match Watermark::form(&file) {
        Some(SCHEMA) => {}
        Some(_) => return Ok(Err(Why::OtherForm)),
        None => return Ok(Err(Why::NoWatermark)),
    }
    let Some(mark) = Watermark::read(&file) else { return Ok(Err(Why::NoWatermark)) };
    if mark.ledger != ledger_digits(reader) {
        return Ok(Err(Why::OtherLedger));
    }
    if mark.applied > reader.size() {
        return Ok(Err(Why::Ahead));
    }
    if !mark.is_at(mark.applied, &link_at(reader, mark.applied)?) {
        return Ok(Err(Why::OtherLink));
    }
    Ok(Ok(mark))
}

pub(super) fn link_at(reader: &Reader, applied: u64) -> Result<Link, ReadError> {
    match applied {
        0 => reader.receipt(Seq::new(0)).map(|receipt| receipt.link),
        applied if applied == reader.size() => Ok(reader.last_link()),
        applied => reader.receipt(Seq::new(applied - 1)).map(|receipt| receipt.link),
    }
}

pub(super) fn ledger_digits(reader: &Reader) -> String {
    Hex(&reader.identity().id).to_string()
}

pub(super) fn lock(folder: &Path) -> Result<File, ViewsError> {
    fs::create_dir_all(folder).map_err(files(folder))?;
    let file = File::create(folder.join("lock")).map_err(files(folder))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ViewsError::Busy { path: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(files(folder)(source)),
    }
}

/// Moves what stands there out of the way; what was moved before is removed.
pub(super) fn move_aside(folder: &Path) -> io::Result<()> {
    let (tree, aside) = (folder.join("tree"), folder.join("tree.aside"));
    if tree.exists() {
        if aside.exists() {
            fs::remove_dir_all(&aside)?;
        }
        fs::rename(&tree, &aside)?;
    }
    match fs::remove_file(folder.join("watermark")) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

pub(super) fn files(path: &Path) -> impl FnOnce(io::Error) -> ViewsError + use<> {
    let path = path.to_owned();
    move |source| ViewsError::Files { path, source }
}
