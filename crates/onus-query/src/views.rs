//! Views: every incident's row, kept in sled, so that a report need not read the whole log again.
//!
//! They are derived, and may be deleted at any time. One follower at a time brings them up to the log's head, rows
//! written whole and never added to, so that doing a step again changes nothing (`docs/format.md` §10).
//!
//! # Promises
//! * Views are used only while a watermark ties them to this ledger, to a number of its entries, and to the chain link
//!   after the last of them, which is compared with the log at every opening.
//! * Views that are of another ledger or form, ahead of the log, tied to another link, left half-written before a
//!   restart of the machine, or over which sled fails or panics, are moved aside and folded anew, and [`Opened`] says so.
//!
//! # Not promised
//! * Rows that somebody changed by hand without sled's noticing are not found by opening; [`Views::differences`] folds
//!   everything again and finds them. A figure that has to stand up is taken from the log.

mod coding;
mod tree;
mod watermark;

use crate::figures::{QUIET_ENTRIES, Row, gather, in_batches};
use crate::handover::mark;
use crate::incident::{HistoryError, history};
use onus_core::history::{Entry, History};
use onus_core::ids::Incident;
use onus_proof::Link;
use onus_store::{ReadError, Reader};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{self, Write as _};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use tree::{Changes, Tree, TreeError};
use watermark::{Watermark, sync_files};

/// The form of the views.
pub const SCHEMA: u32 = 1;
/// Entries in one step, which is written at once.
const STEP_ENTRIES: u64 = 65_536;
/// Into so many values the incidents of one agency and day are spread.
const SHARDS: u8 = 8;
const MARK_KEY: [u8; 1] = [0];
const ROWS: u8 = 1;

/// Why views could not be used. The log is untouched in every case, and can be folded instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewsError {
    /// The log did not answer.
    #[error(transparent)]
    Log(#[from] HistoryError),
    /// The folder of the views cannot be read or written.
    #[error("cannot use the views in {path}: {source}")]
    Files {
        /// Which folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process is following the log.
    #[error("another process is using the views in {path}")]
    Busy {
        /// Which folder.
        path: PathBuf,
    },
    /// sled failed right after the views were made anew.
    #[error("the views cannot be kept: {0}")]
    Store(String),
}

impl From<ReadError> for ViewsError {
    fn from(error: ReadError) -> Self {
        Self::Log(error.into())
    }
}

impl From<TreeError> for ViewsError {
    fn from(error: TreeError) -> Self {
        Self::Store(error.to_string())
    }
}

/// Why views were made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// There were none.
    New,
    /// It was asked for.
    Asked,
    /// The watermark cannot be read.
    NoWatermark,
    /// They are of another ledger, or in another form.
    Other,
    /// They speak of more entries than the log holds.
    Ahead,
    /// They were made of another history: the chain link differs.
    OtherLink,
    /// The machine was restarted while they were being written.
    Restarted,
    /// What is stored is not what the watermark says.
    Behind,
    /// sled failed.
    Failed(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "there were none",
            Self::Asked => "it was asked for",
            Self::NoWatermark => "their watermark cannot be read",
            Self::Other => "they were of another ledger or in another form",
            Self::Ahead => "they spoke of more entries than the log holds",
            Self::OtherLink => "they were made of another history than the log's",
            Self::Restarted => "the machine was restarted while they were being written",
            Self::Behind => "they did not hold what their watermark says",
            Self::Failed(why) => return write!(f, "their store failed: {why}"),
        })
    }
}

/// What opening did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// They were as the log is.
    Current,
    /// So many entries were followed.
    CaughtUp(u64),
    /// They were made anew.
    Rebuilt(Why),
}

/// Open views, as far as the reader's head.
#[derive(Debug)]
pub struct Views {
    folder: PathBuf,
    tree: Tree,
    mark: Watermark,
    /// Held while they are open.
    _lock: File,
}

/// An incident whose entries still come.
struct Held {
    entries: Vec<Entry>,
    last: u64,
    /// Whether its row is still to be written.
    touched: bool,
}

impl Views {
    /// Where the views of a ledger stand.
    #[must_use]
    pub fn folder(ledger: &Path) -> PathBuf {
        ledger.join("views")
    }

    /// Whether there are any.
    #[must_use]
    pub fn exist(ledger: &Path) -> bool {
        Self::folder(ledger).is_dir()
    }

    /// Opens the views of a ledger and follows the log up to the reader's head. `boot` names the machine's boot.
    pub fn open(
        ledger: &Path,
        reader: &Reader,
        boot: &str,
        progress: &dyn Fn(u64),
    ) -> Result<(Self, Opened), ViewsError> {
        let folder = Self::folder(ledger);
        let lock = lock(&folder)?;
        match Self::sound(&folder, reader, boot, &lock)? {
            Ok(mut views) => {
                let before = views.mark.applied;
                match views.follow(reader, boot, progress) {
                    Ok(()) if before == reader.size() => Ok((views, Opened::Current)),
                    Ok(()) => Ok((views, Opened::CaughtUp(reader.size() - before))),
                    Err(ViewsError::Store(why)) => {
                        drop(views);
                        Self::anew(&folder, lock, reader, boot, Why::Failed(why), progress)
                    }
                    Err(e) => Err(e),
                }
            }
            Err(why) => Self::anew(&folder, lock, reader, boot, why, progress),
        }
    }

    /// Makes the views of a ledger anew.
    pub fn rebuild(
        ledger: &Path,
        reader: &Reader,
        boot: &str,
        progress: &dyn Fn(u64),
    ) -> Result<Self, ViewsError> {
        let folder = Self::folder(ledger);
        let lock = lock(&folder)?;
        Self::anew(&folder, lock, reader, boot, Why::Asked, progress).map(|(views, _)| views)
    }

    /// How many entries they hold.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.mark.applied
    }

    /// Every incident's row, in the order of the incidents.
    pub fn rows(&self) -> Result<Vec<Row>, ViewsError> {
        let (mut rows, mut whole) = (Vec::new(), true);
        self.tree.each(&[ROWS], |mut value| {
            while !value.is_empty() {
                let Some(row) = coding::take(&mut value) else {
                    whole = false;
                    return;
                };
                rows.push(row);
            }
        })?;
        if !whole {
            return Err(ViewsError::Store("a value is not a list of rows".into()));
        }
        rows.sort_by(|a: &Row, b| a.incident.cmp(&b.incident));
        Ok(rows)
    }

    /// The incidents whose rows are not what the log gives, folded from scratch.
    pub fn differences(&self, reader: &Reader, progress: &dyn Fn(u64)) -> Result<Vec<Incident>, ViewsError> {
        let by_incident = |rows: Vec<Row>| -> BTreeMap<Incident, Row> {
            rows.into_iter().map(|row| (row.incident.clone(), row)).collect()
        };
        let kept = by_incident(self.rows()?);
        let folded = by_incident(gather(reader, self.mark.applied, QUIET_ENTRIES, progress)?);
        let incidents: BTreeSet<&Incident> = kept.keys().chain(folded.keys()).collect();
        Ok(incidents
            .into_iter()
            .filter(|incident| kept.get(incident) != folded.get(incident))
            .cloned()
            .collect())
    }

    /// The views that stand in a folder, if they can be gone on from; else why not.
    fn sound(
        folder: &Path,
        reader: &Reader,
        boot: &str,
        lock: &File,
    ) -> Result<Result<Self, Why>, ViewsError> {
        let files = files(folder);
        let stored = folder.join("tree");
        if !stored.exists() {
            return Ok(Err(Why::New));
        }
        let Some(mark) = Watermark::read(&folder.join("watermark")) else { return Ok(Err(Why::NoWatermark)) };
        if mark.schema != SCHEMA || mark.ledger != ledger_digits(reader) {
            return Ok(Err(Why::Other));
        }
        if mark.applied > reader.size() {
            return Ok(Err(Why::Ahead));
        }
        if !mark.is_at(mark.applied, &link_at(reader, mark.applied)?) {
            return Ok(Err(Why::OtherLink));
        }
        if !mark.clean && mark.boot != boot {
            return Ok(Err(Why::Restarted));
        }
        let inside = Tree::open(&stored).and_then(|tree| Ok((tree.get(&MARK_KEY)?, tree)));
        let (inside, tree) = match inside {
            Ok(opened) => opened,
            Err(e) => return Ok(Err(Why::Failed(e.to_string()))),
        };
        let applied = inside.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()).map(u64::from_be_bytes);
        let holds = match applied {
            Some(applied) if mark.clean => applied == mark.applied,
            Some(applied) => applied >= mark.applied && applied <= reader.size(),
            None => false,
        };
        if !holds {
            return Ok(Err(Why::Behind));
        }
        let lock = lock.try_clone().map_err(files)?;
        Ok(Ok(Self { folder: folder.to_owned(), tree, mark, _lock: lock }))
    }

    fn anew(
        folder: &Path,
        lock: File,
        reader: &Reader,
        boot: &str,
        why: Why,
        progress: &dyn Fn(u64),
    ) -> Result<(Self, Opened), ViewsError> {
        move_aside(folder).map_err(files(folder))?;
        let tree = Tree::open(&folder.join("tree"))?;
        let mark = Watermark {
            schema: SCHEMA,
            ledger: ledger_digits(reader),
            applied: 0,
            link: link_at(reader, 0)?.to_string(),
            boot: boot.to_owned(),
            clean: false,
        };
        let mut views = Self { folder: folder.to_owned(), tree, mark, _lock: lock };
        views.follow(reader, boot, progress)?;
        Ok((views, Opened::Rebuilt(why)))
    }

    /// Brings the views up to the reader's head.
    fn follow(&mut self, reader: &Reader, boot: &str, progress: &dyn Fn(u64)) -> Result<(), ViewsError> {
        if self.mark.clean && self.mark.applied == reader.size() {
            return Ok(());
        }
        let (from, size) = (self.mark.applied, reader.size());
        boot.clone_into(&mut self.mark.boot);
        self.mark.clean = false;
        self.write_mark()?;
        let mut held: HashMap<Incident, Held> = HashMap::new();
        let mut written = from;
        in_batches(reader, from..size, |batch| {
            let Some(last) = batch.last().map(Entry::seq) else { return Ok(()) };
            for entry in batch {
                take(reader, &mut held, entry)?;
            }
            if last + 1 - written >= STEP_ENTRIES {
                self.write(reader, &mut held, last + 1)?;
                held.retain(|_, held| held.last + QUIET_ENTRIES > last);
                written = last + 1;
            }
            progress(last - from);
            Ok::<(), ViewsError>(())
        })?;
        self.write(reader, &mut held, size)?;
        self.tree.flush()?;
        sync_files(&self.folder.join("tree")).map_err(files(&self.folder))?;
        self.mark.applied = size;
        self.mark.link = link_at(reader, size)?.to_string();
        self.mark.clean = true;
        self.write_mark()
    }

    /// Writes the rows of the incidents touched, in one batch with how far that goes.
    fn write(
        &self,
        reader: &Reader,
        held: &mut HashMap<Incident, Held>,
        applied: u64,
    ) -> Result<(), ViewsError> {
        let mut by_key: BTreeMap<Vec<u8>, BTreeMap<Incident, Option<Row>>> = BTreeMap::new();
        for (incident, held) in held.iter_mut().filter(|(_, held)| held.touched) {
            held.touched = false;
            mark(reader, &mut held.entries)?;
            let history = History::new(incident.clone(), std::mem::take(&mut held.entries));
            let row = Row::of(&history);
            held.entries = history.into_entries();
            by_key.entry(key(incident)).or_default().insert(incident.clone(), row);
        }
        let mut changes = Changes::default();
        for (key, mut rows) in by_key {
            let before = self.tree.get(&key)?.unwrap_or_default();
            let mut rest = before.as_slice();
            while !rest.is_empty() {
                let row = coding::take(&mut rest)
                    .ok_or_else(|| ViewsError::Store("a value is not a list of rows".into()))?;
                rows.entry(row.incident.clone()).or_insert(Some(row));
            }
            let mut value = Vec::with_capacity(before.len());
            rows.values().flatten().for_each(|row| coding::put(&mut value, row));
            changes.set(&key, value);
        }
        changes.set(&MARK_KEY, applied.to_be_bytes().to_vec());
        Ok(self.tree.apply(changes)?)
    }

    fn write_mark(&self) -> Result<(), ViewsError> {
        self.mark.write(&self.folder.join("watermark")).map_err(files(&self.folder))
    }
}

/// Takes an entry to the others of its incident, which are read again if they were let go.
fn take(reader: &Reader, held: &mut HashMap<Incident, Held>, entry: Entry) -> Result<(), HistoryError> {
    let Some(incident) = entry.common.incident.clone() else { return Ok(()) };
    let last = entry.seq();
    if let Some(held) = held.get_mut(&incident) {
        // One that was read again holds what is still to come.
        if held.entries.last().is_some_and(|known| known.seq() < last) {
            held.entries.push(entry);
        }
        (held.last, held.touched) = (last, true);
        return Ok(());
    }
    let entries = if entry.head.incident_version > 1 {
        history(reader, &incident)?.entries().to_vec()
    } else {
        vec![entry]
    };
    held.insert(incident, Held { entries, last, touched: true });
    Ok(())
}

/// The value in which an incident's row stands.
fn key(incident: &Incident) -> Vec<u8> {
    let number = incident.number.as_str();
    let whole = incident.key();
    let day = whole.as_bytes().len().saturating_sub(number.len());
    let shard = number.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % SHARDS;
    let prefix = whole.as_bytes().get(..day).unwrap_or_default();
    std::iter::once(ROWS).chain(prefix.iter().copied()).chain([shard]).collect()
}

fn link_at(reader: &Reader, applied: u64) -> Result<Link, ReadError> {
    match applied {
        0 => reader.receipt(0).map(|receipt| receipt.link),
        applied if applied == reader.size() => Ok(reader.last_link()),
        applied => reader.receipt(applied - 1).map(|receipt| receipt.link),
    }
}

fn ledger_digits(reader: &Reader) -> String {
    reader.identity().id.iter().fold(String::with_capacity(32), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _written = write!(digits, "{byte:02x}").is_ok();
        digits
    })
}

fn lock(folder: &Path) -> Result<File, ViewsError> {
    fs::create_dir_all(folder).map_err(files(folder))?;
    let file = File::create(folder.join("lock")).map_err(files(folder))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ViewsError::Busy { path: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(files(folder)(source)),
    }
}

/// Moves what stands there out of the way; what was moved before is removed.
fn move_aside(folder: &Path) -> io::Result<()> {
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

fn files(path: &Path) -> impl FnOnce(io::Error) -> ViewsError + use<> {
    let path = path.to_owned();
    move |source| ViewsError::Files { path, source }
}
