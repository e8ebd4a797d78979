//! Opening for writing: what a crash left is judged, mended where it may be, and reported
//! (`docs/format.md` §3). The same code runs after a clean close.
//!
//! Only two things are ever done to bytes that are there: a torn tail is cut after it was copied and the copy
//! synced, and whole bytes beyond `head` are written again as they are. Everything else that is not as a
//! writer leaves it is damage, and then nothing is done at all.

use crate::damage::{Damage, Place, Problem};
use crate::head::{Head, Slot, Slots};
use crate::identity::LedgerIdentity;
use crate::layout::Layout;
use crate::lock::{Lock, LockError};
use crate::number::{memory, wide};
use crate::outcome::OpenError;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::survey::{LastEntry, Survey, Surveyor};
use crate::walk::{Chain, Fault};
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const COPY_BYTES: usize = 1_048_576;
const TORN_COPIES_MAX: u32 = 1_000;

/// What opening for writing found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// The last writer did not close the ledger.
    pub unclean: bool,
    /// What was cut off, and where its copy is.
    pub torn: Option<TornTail>,
    /// Entries that were whole but not yet confirmed, and now are.
    pub confirmed: u64,
    /// The slot of `head` that does not check.
    pub bad_head_slot: Option<u8>,
    /// `head` could not be read at all; the whole log was, and a new `head` was written. Entries missing at
    /// the end would not have been noticed.
    pub head_rebuilt: bool,
}

impl Recovery {
    /// What this opening and one just before it did together.
    #[must_use]
    pub fn after(self, earlier: Self) -> Self {
        Self {
            unclean: self.unclean || earlier.unclean,
            torn: earlier.torn.or(self.torn),
            confirmed: self.confirmed.max(earlier.confirmed),
            bad_head_slot: earlier.bad_head_slot.or(self.bad_head_slot),
            head_rebuilt: self.head_rebuilt || earlier.head_rebuilt,
        }
    }
}

/// A torn tail: bytes of a commit that was never acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The copy, relative to the ledger's directory; `None` if there was nothing to copy.
    pub copy: Option<String>,
    /// How many bytes.
    pub bytes: u64,
}

/// The end of the log, ready to be written to.
#[derive(Debug)]
pub(crate) struct Tail {
    pub(crate) segments: Segments,
    /// The last segment's first entry.
    pub(crate) first_seq: u64,
    /// The last segment, for reading; its index as it was at opening.
    pub(crate) segment: Segment,
    /// The same, for writing.
    pub(crate) file: Arc<dyn StoredFile>,
    /// Where its last block ends.
    pub(crate) at: u64,
    pub(crate) chain: Chain,
    pub(crate) last: LastEntry,
    pub(crate) head: Head,
}

/// Why a directory does not say which ledger it holds.
#[derive(Debug)]
pub(crate) enum NoIdentity {
    NoLedger { path: PathBuf },
    LogAlone { path: PathBuf },
    Fault(Fault),
}

impl From<NoIdentity> for OpenError {
    fn from(error: NoIdentity) -> Self {
        match error {
            NoIdentity::NoLedger { path } => Self::NoLedger { path },
            NoIdentity::LogAlone { path } => Self::NoIdentityFile { path },
            NoIdentity::Fault(fault) => fault.into(),
        }
    }
}

/// Reads which ledger stands in a directory.
pub(crate) fn read_identity(storage: &dyn Storage, layout: &Layout) -> Result<LedgerIdentity, NoIdentity> {
    let path = layout.ledger();
    let file = storage.open(&path, OpenHow::Read).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound if storage.exists(&layout.log()).unwrap_or(false) => {
            NoIdentity::LogAlone { path: layout.dir().to_owned() }
        }
        io::ErrorKind::NotFound => NoIdentity::NoLedger { path: layout.dir().to_owned() },
        _ => NoIdentity::Fault(Fault::Read { path: path.clone(), source }),
    })?;
    let read = LedgerIdentity::read(&*file).map_err(|e| NoIdentity::Fault(Fault::reading(&path)(e)))?;
    read.map_err(|problem| NoIdentity::Fault(Damage::new(Place::file("LEDGER"), problem).into()))
}

/// Does what opening for writing does first, and nothing else: judges what the last writer left, cuts a torn tail after
/// copying it, confirms whole entries, and writes `head` again where it cannot be read. Damage is left as it is, and is
/// the error. `wait` is how long to wait for the lock.
pub fn recover(storage: &dyn Storage, dir: &Path, wait: Duration) -> Result<Recovery, OpenError> {
    let layout = Layout::new(dir);
    let identity = read_identity(storage, &layout)?;
    let _lock = take_lock(storage, &layout, wait)?;
    Ok(open(storage, &layout, &identity)?.1)
}

/// The lock under which one process at a time appends.
pub(crate) fn take_lock(storage: &dyn Storage, layout: &Layout, wait: Duration) -> Result<Lock, OpenError> {
    Lock::take(storage, layout, wait).map_err(|e| match e {
        LockError::Held(holder) => OpenError::Locked { lock: layout.lock(), holder },
        LockError::File(source) => OpenError::Write { path: layout.lock(), source },
    })
}

/// Opens the log for writing. The lock is held.
pub(crate) fn open(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &LedgerIdentity,
) -> Result<(Tail, Recovery), OpenError> {
    let mut recovery = Recovery::default();
    loop {
        if let Some(tail) = attempt(storage, layout, identity, &mut recovery)? {
            return Ok((tail, recovery));
        }
    }
}

/// `None` if a segment without a whole commit was set aside: the one before it is the last now.
fn attempt(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &LedgerIdentity,
    recovery: &mut Recovery,
) -> Result<Option<Tail>, OpenError> {
    let (head_file, slots) = read_head(storage, layout, OpenHow::Write)?;
    let segments = Segments::list(storage, layout).map_err(Fault::reading(&layout.log()))?;
    let surveyor = Surveyor { storage, layout, segments: &segments, genesis: identity.genesis() };
    let head = slots.newest();
    let survey = if let Some(head) = head { surveyor.after_head(head)? } else { surveyor.whole_log()? };
    recovery.bad_head_slot = recovery.bad_head_slot.or(head.and_then(|_| slots.bad()));
    recovery.head_rebuilt |= head.is_none();
    recovery.unclean |= head.is_none_or(|head| !head.clean);
    let last = segments.last().unwrap_or(0);
    if let Some(head) = head.filter(|head| head.clean) {
        nothing_beyond(head, &survey, last)?;
    } else if let Some(damage) = &survey.after {
        if head.is_none() {
            return Err(damage.clone().into());
        }
        cut_torn_tail(storage, layout, &survey, last, recovery)?;
        if survey.whole.segment != last {
            return Ok(None);
        }
    }
    let Some(before) = survey.whole.last else {
        return Err(Damage::new(Place::segment(last, 0), Problem::EmptySegment).into());
    };
    let path = layout.segment(last);
    let writing = |source| OpenError::Write { path: path.clone(), source };
    let file = storage.open(&path, OpenHow::Write).map_err(writing)?;
    let unclean = head.is_none_or(|head| !head.clean);
    if unclean {
        let from = survey.head.unwrap_or((last, 0));
        write_again(storage, layout, &segments, from, (last, survey.whole.at))?;
    }
    let end = survey.whole.chain;
    let last_seq = end.next_seq.saturating_sub(1);
    recovery.confirmed = recovery.confirmed.max(head.map_or(0, |head| last_seq.saturating_sub(head.seq)));
    let head = match head_file.and_then(|file| Head::of(file, slots)) {
        Some(head) => renew_head(layout, head, slots.bad(), end)?,
        None => rebuild_head(storage, layout, end)?,
    };
    let first_seq = last;
    let tail = Tail {
        segments,
        first_seq,
        segment: survey.segment,
        file,
        at: survey.whole.at,
        chain: end,
        last: before,
        head,
    };
    Ok(Some(tail))
}

/// `head` and its slots; neither if there is no such file.
pub(crate) fn read_head(
    storage: &dyn Storage,
    layout: &Layout,
    how: OpenHow,
) -> Result<(Option<Arc<dyn StoredFile>>, Slots), Fault> {
    let path = layout.head();
    match storage.open(&path, how) {
        Ok(file) => {
            let slots = Slots::read(&*file).map_err(Fault::reading(&path))?;
            Ok((Some(file), slots))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok((None, Slots::MISSING)),
        Err(source) => Err(Fault::Read { path, source }),
    }
}

/// After a clean close the log ends where `head` says.
fn nothing_beyond(head: Slot, survey: &Survey, last: u64) -> Result<(), Damage> {
    let end = survey.head.filter(|(segment, _)| *segment == last).map_or(0, |(_, at)| at);
    let bytes = survey.len_bytes - end.min(survey.len_bytes);
    let ends_there = head.seq.checked_add(1) == Some(survey.whole.chain.next_seq);
    if bytes == 0 && ends_there && survey.after.is_none() {
        return Ok(());
    }
    Err(Damage::new(Place::segment(last, end), Problem::BeyondClean { bytes }))
}

fn cut_torn_tail(
    storage: &dyn Storage,
    layout: &Layout,
    survey: &Survey,
    last: u64,
    recovery: &mut Recovery,
) -> Result<(), OpenError> {
    let kept = if survey.whole.segment == last { survey.whole.at } else { 0 };
    let bytes = survey.len_bytes.saturating_sub(kept);
    let copy = (bytes > 0).then(|| copy_aside(storage, layout, survey, kept)).transpose()?;
    if bytes > 0 || recovery.torn.is_none() {
        recovery.torn = Some(TornTail { copy, bytes });
    }
    let path = layout.segment(last);
    let writing = |source| OpenError::Write { path: path.clone(), source };
    if kept == 0 {
        storage.remove(&path).map_err(writing)?;
        return storage.sync_dir(&layout.log()).map_err(writing);
    }
    let file = storage.open(&path, OpenHow::Write).map_err(writing)?;
    file.set_len(kept).map_err(writing)?;
    file.sync().map_err(writing)
}

/// Copies what follows `from` into a file of its own, durably, and names it.
fn copy_aside(
    storage: &dyn Storage,
    layout: &Layout,
    survey: &Survey,
    from: u64,
) -> Result<String, OpenError> {
    let next_seq = survey.whole.chain.next_seq;
    for again in 0..TORN_COPIES_MAX {
        let path = layout.torn(next_seq, again);
        let writing = |source| OpenError::Write { path: path.clone(), source };
        let copy = match storage.open(&path, OpenHow::CreateNew(Audience::Shared)) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
            opened => opened.map_err(writing)?,
        };
        let source = layout.segment(survey.whole.segment);
        each_piece(&**survey.segment.file(), (from, survey.len_bytes), &source, |piece, at| {
            copy.write_at(piece, at - from).map_err(writing)
        })?;
        copy.sync().map_err(writing)?;
        storage.sync_dir(&layout.log()).map_err(writing)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Ok(format!("log/{name}"));
    }
    let path = layout.torn(next_seq, 0);
    Err(OpenError::Write { path, source: io::ErrorKind::AlreadyExists.into() })
}

/// Writes the bytes between two places of the log again as they are, and syncs them: after a failed sync the
/// page cache may hold what the disk does not.
fn write_again(
    storage: &dyn Storage,
    layout: &Layout,
    segments: &Segments,
    (first, from): (u64, u64),
    (last, to): (u64, u64),
) -> Result<(), OpenError> {
    for segment in segments.from(first) {
        let path = layout.segment(segment);
        let writing = |source| OpenError::Write { path: path.clone(), source };
        let file = match storage.open(&path, OpenHow::Write) {
            // Made read-only: that is done only once everything in it is known to be on the disk.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied && segment != last => continue,
            opened => opened.map_err(writing)?,
        };
        let start = if segment == first { from } else { 0 };
        let end = if segment == last { to } else { file.len().map_err(writing)? };
        if start < end {
            each_piece(&*file, (start, end), &path, |piece, at| file.write_at(piece, at).map_err(writing))?;
            file.sync().map_err(writing)?;
        }
    }
    Ok(())
}

fn each_piece(
    file: &dyn StoredFile,
    (from, to): (u64, u64),
    path: &Path,
    mut with: impl FnMut(&[u8], u64) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    let mut piece = vec![0; memory(to - from).min(COPY_BYTES)];
    let mut at = from;
    while at < to {
        piece.truncate(memory(to - at));
        file.read_exact_at(&mut piece, at).map_err(Fault::reading(path))?;
        with(&piece, at)?;
        at += wide(piece.len());
    }
    Ok(())
}

/// After an unclean end, or where a slot does not check: states durably where the log ends now, which mends
/// the bad slot.
fn renew_head(layout: &Layout, mut head: Head, bad: Option<u8>, end: Chain) -> Result<Head, OpenError> {
    let clean = head.newest().clean;
    if !clean || bad.is_some() {
        let renewed = head.make_sure().and_then(|()| {
            head.state(end.next_seq.saturating_sub(1), end.link, clean)?;
            head.sync()
        });
        renewed.map_err(|source| OpenError::Write { path: layout.head(), source })?;
    }
    Ok(head)
}

/// In place of a `head` that could not be read.
fn rebuild_head(storage: &dyn Storage, layout: &Layout, end: Chain) -> Result<Head, OpenError> {
    let path = layout.head();
    let writing = |source| OpenError::Write { path: path.clone(), source };
    let file = storage.open(&path, OpenHow::OpenOrCreate(Audience::Shared)).map_err(writing)?;
    let head = Head::start(file, end.next_seq.saturating_sub(1), end.link, false).map_err(writing)?;
    storage.sync_dir(layout.dir()).map_err(writing)?;
    Ok(head)
}
