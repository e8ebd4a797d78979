//! Views: every incident's row, the sums of every agency and date, and what open incidents need, kept in sled, so that
//! a report or a look at the present need not read the whole log again.
//!
//! They are derived, and may be deleted at any time. One follower at a time brings them up to the log's head, everything
//! written so that doing a step again changes nothing (`docs/format.md` §10).
//!
//! # Promises
//! * Views are used only while a watermark ties them to this ledger, to a number of its entries, and to the chain link
//!   after the last of them, which is compared with the log at every opening.
//! * Views that are of another ledger or form, ahead of the log, tied to another link, left half-written before a
//!   restart of the machine, or over which sled fails or panics, are moved aside and folded anew, and [`Opened`] says so.
//!
//! # Not promised
//! * What somebody changed by hand without sled's noticing are not found by opening; [`Views::differences`] folds
//!   everything again and finds them. A figure that has to stand up is taken from the log.

mod coding;
mod folder;
mod needs_coding;
mod opened;
mod step;
mod sums_coding;
mod tree;
mod waiting;
mod watermark;

pub use opened::{Opened, Why};

use crate::figures::{Days, Row, Sums, in_batches};
use crate::incident::HistoryError;
use crate::needs::{OpenIncident, Waiting, open_incident};
use crate::policy::Policies;
use crate::sweep::sweep;
use folder::{OPEN_TREE, files, ledger_digits, link_at, lock, move_aside, trees, watermark};
use onus_core::blame::{Blame, Blamed};
use onus_core::history::{Entry, History, KnownBy};
use onus_core::ids::{AgencyId, Incident};
use onus_core::time::{LocalDate, Timestamp};
use onus_store::{ReadError, Reader};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;
use step::Open;
use tree::{Tree, TreeError};
use waiting::{Trees, since, waiting};
use watermark::{Watermark, sync_files};

/// The form of the views.
pub const SCHEMA: u32 = 10;
/// Entries in one step, which is written at once.
const STEP_ENTRIES: u64 = 65_536;
/// An incident is let go when so many entries have come since its last one. At a kilobyte each in memory, some tens
/// of megabytes are held; a busy force's day is a few thousand entries.
const QUIET_ENTRIES: u64 = 50_000;
const MARK_KEY: [u8; 1] = [0];
const ROWS: u8 = 1;
const SUMS: u8 = 3;
const OPEN: u8 = 4;

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

impl Blamed for ViewsError {
    fn blame(&self) -> Blame {
        match self {
            Self::Log(e) => e.blame(),
            Self::Files { .. } | Self::Busy { .. } | Self::Store(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Log(e) => e.hint(),
            Self::Busy { .. } => Some("wait for it, or read the log instead".into()),
            Self::Files { .. } | Self::Store(_) => None,
        }
    }
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

/// Sums that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DaysSummed {
    /// By agency and date, in that order.
    pub sums: Vec<(AgencyId, Sums)>,
    /// How many incidents each agency numbered, on whatever day.
    pub owners: BTreeMap<AgencyId, u64>,
}

/// Where views are not what the log gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Incidents of which what is kept differs.
    pub incidents: Vec<Incident>,
    /// Agencies and dates whose sums differ.
    pub days: Vec<(AgencyId, LocalDate)>,
    /// Whether the count of what is long overdue differs, or something is counted that should be listed.
    pub overdue: bool,
}

/// Open views, as far as the reader's head.
#[derive(Debug)]
pub struct Views {
    folder: PathBuf,
    days: Tree,
    open: Tree,
    /// From when on what closed incidents need is kept one by one.
    since: Timestamp,
    mark: Watermark,
    /// Held while they are open.
    _lock: File,
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
        let mut rows = self.each(ROWS, coding::take)?;
        rows.sort_unstable_by(|a: &Row, b| a.incident.cmp(&b.incident));
        Ok(rows)
    }

    /// What waits: open incidents, and closed ones with a limit ahead or passed lately, in the order of their keys; how
    /// much else is long overdue.
    pub fn waiting(&self) -> Result<Waiting, ViewsError> {
        waiting(&self.open)
    }

    /// The same without opening what the figures need, where the views are as far as the log; `None` where they are not,
    /// or there is anything else to be said of them: [`open`](Self::open) says it.
    pub fn current_waiting(ledger: &Path, reader: &Reader) -> Result<Option<Waiting>, ViewsError> {
        let folder = Self::folder(ledger);
        let _lock = lock(&folder)?;
        let mark = match watermark(&folder, reader)? {
            Ok(mark) if mark.clean && mark.applied == reader.size() => mark,
            _ => return Ok(None),
        };
        let read = Tree::open(&folder.join(OPEN_TREE)).map_err(ViewsError::from).and_then(|tree| {
            let is_there = applied(&tree)? == Some(mark.applied);
            if is_there { waiting(&tree).map(Some) } else { Ok(None) }
        });
        Ok(read.unwrap_or(None))
    }

    /// Every incident that is open or in which something is needed, however long ago it was due.
    pub fn open_incidents(&self) -> Result<Vec<OpenIncident>, ViewsError> {
        self.trees().all()
    }

    fn trees(&self) -> Trees<'_> {
        Trees { days: &self.days, open: &self.open, since: self.since }
    }

    /// The sums of the days on which the figures of these periods hang, and how many incidents each agency numbered.
    pub fn sums(&self, periods: &[Days]) -> Result<DaysSummed, ViewsError> {
        let mut found = DaysSummed::default();
        self.read(SUMS, |value| {
            let needed = |day| periods.iter().any(|period| period.reach().has(day));
            let taken = sums_coding::take(value, &needed)?;
            if taken.incidents > 0 {
                *found.owners.entry(taken.owner.clone()).or_default() += taken.incidents;
            }
            if !taken.sums.is_empty() {
                found.sums.push((taken.owner, taken.sums));
            }
            Some(())
        })?;
        Ok(found)
    }

    /// What differs from what the log gives, folded from scratch.
    pub fn differences(
        &self,
        reader: &Reader,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Differences, ViewsError> {
        let mut folded: BTreeMap<Incident, Row> = BTreeMap::new();
        let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let policies = Policies::read(reader, KnownBy::Entered)?;
        let mut opens: BTreeMap<Incident, OpenIncident> = BTreeMap::new();
        let fold = |history: History| (Row::of(&history), open_incident(&history, &policies));
        sweep(reader, threads, progress, fold, |(row, open): (Option<Row>, Option<OpenIncident>)| {
            folded.extend(row.map(|row| (row.incident.clone(), row)));
            opens.extend(open.map(|open| (open.incident.clone(), open)));
        })?;
        let kept_open = self.open_incidents()?.into_iter();
        let kept_open: BTreeMap<Incident, OpenIncident> =
            kept_open.map(|open| (open.incident.clone(), open)).collect();
        let kept = self.each(ROWS, coding::take)?.into_iter();
        let kept: BTreeMap<Incident, Row> = kept.map(|row: Row| (row.incident.clone(), row)).collect();
        let mut rows: BTreeMap<(AgencyId, LocalDate), Vec<&Row>> = BTreeMap::new();
        for (incident, row) in &folded {
            rows.entry((incident.owner.clone(), incident.date)).or_default().push(row);
        }
        let mut summed: BTreeMap<(AgencyId, LocalDate), Sums> =
            rows.into_iter().map(|(of, rows)| (of, Sums::of(rows))).collect();
        let mut days = Vec::new();
        self.read(SUMS, |value| {
            let taken = sums_coding::take(value, &|_| true)?;
            let of = (taken.owner, taken.date);
            if summed.remove(&of).unwrap_or_default() != taken.sums {
                days.push(of);
            }
            Some(())
        })?;
        days.extend(summed.into_keys());
        let differs = |incident: &&Incident| {
            folded.get(*incident) != kept.get(*incident) || opens.get(*incident) != kept_open.get(*incident)
        };
        let incidents: BTreeSet<&Incident> =
            kept.keys().chain(folded.keys()).chain(kept_open.keys()).chain(opens.keys()).collect();
        let incidents = incidents.into_iter().filter(differs).cloned().collect();
        Ok(Differences { incidents, days, overdue: !self.trees().counts_hold()? })
    }

    fn each<T>(&self, kind: u8, take: impl Fn(&mut &[u8]) -> Option<T>) -> Result<Vec<T>, ViewsError> {
        let mut found = Vec::new();
        self.read(kind, |value| {
            found.extend(step::all(value, &take)?);
            Some(())
        })?;
        Ok(found)
    }

    /// Hands every value of a kind to `each`, in the order of agency and date, until one cannot be read.
    fn read(&self, kind: u8, mut each: impl FnMut(&[u8]) -> Option<()>) -> Result<(), ViewsError> {
        let mut whole = true;
        self.days.each(&[kind], |value| whole = whole && each(value).is_some())?;
        if whole { Ok(()) } else { Err(not_its_key()) }
    }

    /// The views that stand in a folder, if they can be gone on from; else why not.
    fn sound(
        folder: &Path,
        reader: &Reader,
        boot: &str,
        lock: &File,
    ) -> Result<Result<Self, Why>, ViewsError> {
        let mark = match watermark(folder, reader)? {
            Ok(mark) => mark,
            Err(why) => return Ok(Err(why)),
        };
        if !mark.clean && mark.boot != boot {
            return Ok(Err(Why::Restarted));
        }
        let inside =
            trees(folder).and_then(|(days, open)| Ok((applied(&days)?, applied(&open)?, days, open)));
        let (in_days, in_open, days, open) = match inside {
            Ok(opened) => opened,
            Err(e) => return Ok(Err(Why::Failed(e.to_string()))),
        };
        let holds = |applied: Option<u64>| match applied {
            Some(applied) if mark.clean => applied == mark.applied,
            Some(applied) => applied >= mark.applied && applied <= reader.size(),
            None => false,
        };
        if !holds(in_days) || !holds(in_open) {
            return Ok(Err(Why::Behind));
        }
        let lock = lock.try_clone().map_err(files(folder))?;
        let since = since(reader)?;
        Ok(Ok(Self { folder: folder.to_owned(), days, open, since, mark, _lock: lock }))
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
        let (days, open) = trees(folder)?;
        let mark = Watermark {
            schema: SCHEMA,
            ledger: ledger_digits(reader),
            applied: 0,
            link: link_at(reader, 0)?.to_string(),
            boot: boot.to_owned(),
            clean: false,
        };
        let since = since(reader)?;
        let mut views = Self { folder: folder.to_owned(), days, open, since, mark, _lock: lock };
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
        let policies = Policies::read(reader, KnownBy::Entered)?;
        let (mut open, mut policies_came) = (Open::default(), false);
        let trees = self.trees();
        trees.settle()?;
        let mut written = from;
        in_batches(reader, from..size, |batch| {
            let Some(last) = batch.last().map(Entry::seq) else { return Ok(()) };
            for entry in batch {
                policies_came |= Policies::may_depend_on(&entry);
                open.take(reader, entry)?;
            }
            let end = last.next().get();
            if end - written >= STEP_ENTRIES {
                open.write(reader, &policies, trees, end)?;
                open.let_go(last.get().saturating_sub(QUIET_ENTRIES));
                written = end;
            }
            progress(last.get() - from);
            Ok::<(), ViewsError>(())
        })?;
        open.write(reader, &policies, trees, size)?;
        if policies_came && from > 0 {
            trees.judge_again(reader, &policies)?;
        }
        trees.copy_counts()?;
        self.days.flush()?;
        self.open.flush()?;
        sync_files(&self.folder.join("tree")).map_err(files(&self.folder))?;
        self.mark.applied = size;
        self.mark.link = link_at(reader, size)?.to_string();
        self.mark.clean = true;
        self.write_mark()
    }

    fn write_mark(&self) -> Result<(), ViewsError> {
        self.mark.write(&self.folder.join("watermark")).map_err(files(&self.folder))
    }
}

/// How many entries a tree says that it holds.
fn applied(tree: &Tree) -> Result<Option<u64>, TreeError> {
    let bytes = tree.get(&MARK_KEY)?;
    Ok(bytes.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()).map(u64::from_be_bytes))
}

fn not_its_key() -> ViewsError {
    ViewsError::Store("a value is not what its key says".into())
}
