//! A ledger on a disk that fails, what is done to it, and what must be true of it afterwards.
//!
//! A [`Story`] is a row of acts; it is played until the disk says no. What was acknowledged until then is the
//! measure for everything that a later opening finds ([`Played::hold_against`]).

#![expect(clippy::panic, clippy::expect_used, reason = "what is not as promised ends the test")]

use onus_core::blame::{Blame, Blamed as _};
use onus_core::code::Origin;
use onus_core::entry::{EncodedEvent, EntryHead};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_store::{
    AppendError, Clock, ClockAnswer, ClockQuestion, CreateError, Expect, LedgerIdentity, OpenError,
    OpenOptions, Reader, Receipt, Recovery, Verdict, Writer,
};
use onus_testkit::events;
use onus_testkit::fault_fs::FaultFs;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the ledger stands on its disk.
pub const DIR: &str = "/ledger";
const ORIGIN: &str = "sussex.police.uk/onus";
const AGENCY: &str = "police:sussex";

/// Whether the long form is wanted: `ONUS_TORTURE=1`.
pub fn long_form() -> bool {
    std::env::var_os("ONUS_TORTURE").is_some_and(|value| value != "0")
}

/// All of `count` places in the long form; in the short one about `some` of them, first and last included.
pub fn places(count: usize, some: usize) -> Vec<usize> {
    let step = if long_form() { 1 } else { count.div_ceil(some.max(1)).max(1) };
    let mut places: Vec<usize> = (0..count).step_by(step).collect();
    if let Some(last) = count.checked_sub(1).filter(|last| places.last() != Some(last)) {
        places.push(last);
    }
    places
}

/// A path in the ledger.
pub fn path(name: &str) -> PathBuf {
    Path::new(DIR).join(name)
}

/// The path of the segment that begins with this entry.
pub fn segment(first_seq: u64) -> PathBuf {
    path(&format!("log/{first_seq:020}.seg"))
}

/// Which ledger it is.
///
/// # Panics
/// Never: its origin is one.
pub fn identity() -> LedgerIdentity {
    LedgerIdentity { id: [0x5e; 16], origin: Origin::new(ORIGIN).expect("an origin"), created: created() }
}

fn created() -> Timestamp {
    events::time("2023-11-01T00:00:00Z")
}

/// Its entry 0.
pub fn opening() -> EncodedEvent {
    events::ledger_opened(identity().id, ORIGIN, AGENCY, created()).encode()
}

/// Makes the ledger.
pub fn create(fs: &FaultFs) -> Result<(), CreateError> {
    onus_store::create(fs, Path::new(DIR), &identity(), &opening(), created())
}

/// Opens it for writing: everything on one thread, no waiting.
pub fn open(fs: &FaultFs) -> Result<(Writer, Recovery), OpenError> {
    let options = OpenOptions { wait: Duration::ZERO, threads: false, ..OpenOptions::default() };
    Writer::open(fs.storage(), Path::new(DIR), ticking(), options)
}

/// A clock that goes on by a second at each commit.
pub fn ticking() -> Clock {
    Box::new(|asked: ClockQuestion| ClockAnswer {
        recorded_at: asked.previous.plus_us(1_000_000),
        first: None,
    })
}

/// Opens it for reading.
pub fn reader(fs: &FaultFs) -> Result<Reader, OpenError> {
    Reader::open(fs.storage(), Path::new(DIR))
}

/// Checks every byte of it.
///
/// # Panics
/// If it could not be checked at all.
pub fn verify(fs: &FaultFs) -> Verdict {
    onus_store::verify(fs, Path::new(DIR), NonZeroUsize::MIN, &|_, _| {})
        .expect("a ledger that can be checked")
}

/// Contact `n` of the incident so numbered.
pub fn contact(incident: u64, n: u64) -> EncodedEvent {
    events::contact(&format!("{AGENCY}/2023-11-01/{incident}"), n)
}

/// Many events of many incidents: a commit of several blocks.
pub fn many(first: u64, count: u64) -> Vec<EncodedEvent> {
    (first..first + count).map(|n| contact(1_000 + n % 7, n)).collect()
}

/// A ledger with these requests in it, closed.
///
/// # Panics
/// If it cannot be made.
pub fn ledger_of(requests: impl IntoIterator<Item = Vec<EncodedEvent>>) -> FaultFs {
    let fs = FaultFs::new(1);
    create(&fs).expect("a new ledger");
    let (writer, _) = open(&fs).expect("it opens");
    for request in requests {
        writer.append(request, Expect::Any).expect("it records");
    }
    writer.close().expect("it closes");
    fs
}

/// One act of a story.
#[derive(Clone, Debug)]
pub enum Act {
    /// The ledger is made.
    Create,
    /// Events are recorded together, after opening if need be.
    Append(Vec<EncodedEvent>),
    /// The ledger is closed.
    Close,
    /// The process dies; the machine stays up.
    Kill,
}

/// Acts, one after another.
#[derive(Clone, Debug, Default)]
pub struct Story(pub Vec<Act>);

/// How far a story came.
#[derive(Debug)]
pub struct Played {
    /// The disk, under the last process that ran.
    pub fs: FaultFs,
    /// Whether the making of the ledger was acknowledged.
    pub created: bool,
    /// How many entries the ledger had before the story, the first one included.
    pub size_before: u64,
    /// What was acknowledged, in order: events with their receipts.
    pub acknowledged: Vec<(EncodedEvent, Receipt)>,
    /// Requests that were handed in and not acknowledged: each may be there, whole.
    pub in_doubt: Vec<Vec<EncodedEvent>>,
    /// What opening found, the last time it succeeded.
    pub recovery: Option<Recovery>,
    /// What ended the story, if it was not its end: who must act, and the words.
    pub stopped_by: Option<(Blame, String)>,
}

impl Story {
    /// A ledger is made and closed twice; commits of one event, of several, of several blocks; a retry; a
    /// process that dies.
    pub fn of_a_small_ledger() -> Self {
        Self(vec![
            Act::Create,
            Act::Append(vec![contact(1, 1)]),
            Act::Append(vec![contact(1, 2), contact(2, 1), contact(1, 3)]),
            Act::Close,
            Act::Append(many(0, 130)),
            Act::Append(vec![contact(2, 1), contact(2, 2)]),
            Act::Kill,
            Act::Append(vec![contact(3, 1)]),
            Act::Close,
            Act::Append(vec![contact(3, 2)]),
        ])
    }

    /// Plays it on a disk until it ends or something fails.
    pub fn play(&self, fs: &FaultFs) -> Played {
        let mut played = Played {
            fs: fs.clone(),
            created: fs.read(&path("LEDGER")).is_some(),
            size_before: reader(fs).map_or(1, |reader| reader.size()),
            acknowledged: Vec::new(),
            in_doubt: Vec::new(),
            recovery: None,
            stopped_by: None,
        };
        let mut writer: Option<Writer> = None;
        for act in &self.0 {
            if let Err(error) = played.act(act, &mut writer) {
                played.stopped_by = Some(error);
                break;
            }
        }
        // A process that is still up when the story ends just stops.
        played.fs = if played.fs.is_dead() { played.fs.clone() } else { played.fs.restart() };
        played
    }
}

impl Played {
    fn act(&mut self, act: &Act, writer: &mut Option<Writer>) -> Result<(), (Blame, String)> {
        match act {
            Act::Create => {
                create(&self.fs).map_err(|e| (e.blame(), e.to_string()))?;
                self.created = true;
            }
            Act::Append(events) => {
                let open = if let Some(open) = writer {
                    open
                } else {
                    let (opened, recovery) = open(&self.fs).map_err(|e| (e.blame(), e.to_string()))?;
                    self.recovery = Some(recovery);
                    writer.insert(opened)
                };
                self.append(open, events)?;
            }
            Act::Close => {
                if let Some(open) = writer.take() {
                    open.close().map_err(|e| (e.blame(), e.to_string()))?;
                }
            }
            Act::Kill => {
                self.fs = self.fs.restart();
                *writer = None;
            }
        }
        Ok(())
    }

    fn append(&mut self, writer: &Writer, events: &[EncodedEvent]) -> Result<(), (Blame, String)> {
        match writer.append(events.to_vec(), Expect::Any) {
            Ok(receipts) => self.acknowledge(events, receipts),
            Err(error) => {
                self.in_doubt.push(events.to_vec());
                if matches!(error, AppendError::Write { .. } | AppendError::Sync { .. }) {
                    let again = refused(writer.append(vec![contact(8_888, 1)], Expect::Any));
                    assert!(matches!(again, AppendError::Poisoned), "after {error}: {again}");
                }
                return Err((error.blame(), error.to_string()));
            }
        }
        Ok(())
    }

    /// Notes what was acknowledged, and that the disk has it at this moment.
    fn acknowledge(&mut self, events: &[EncodedEvent], receipts: Vec<Receipt>) {
        assert_eq!(events.len(), receipts.len(), "a receipt for each event");
        for (file, _) in log_bytes(&self.fs) {
            assert!(self.fs.is_synced(&file), "{} was synced before the answer", file.display());
            assert!(
                self.fs.name_is_synced(&file),
                "the name of {} was synced before the answer",
                file.display()
            );
        }
        self.acknowledged.extend(events.iter().cloned().zip(receipts));
    }

    /// What a disk must hold after this story, whatever happened to what was not synced: the ledger opens,
    /// everything acknowledged is there, nothing is there by half, what was moved aside is said and kept, and
    /// the next event can be recorded.
    ///
    /// # Panics
    /// If it does not, with `case` in the message.
    pub fn hold_against(&self, fs: &FaultFs, case: &str) {
        if fs.read(&path("LEDGER")).is_none() {
            assert!(!self.created, "{case}: the ledger is gone");
            create(fs).unwrap_or_else(|e| panic!("{case}: a ledger can be made where none came about: {e}"));
        }
        let verdict = verify(fs);
        assert_eq!(verdict.first_bad, None, "{case}: verified before opening");
        let before = log_bytes(fs);
        let (writer, recovery) = open(fs).unwrap_or_else(|e| panic!("{case}: opens: {e} ({e:?})"));
        check_what_was_moved(fs, before, &recovery, case);
        writer
            .append(vec![contact(9_999, 1)], Expect::NewIncident)
            .unwrap_or_else(|e| panic!("{case}: goes on: {e}"));
        writer.close().unwrap_or_else(|e| panic!("{case}: closes: {e}"));

        let verdict = verify(fs);
        assert!(verdict.is_sound(), "{case}: {:?} {:?}", verdict.first_bad, verdict.head);
        self.check_entries(fs, verdict.size, case);
    }

    /// What a later process on the same disk added.
    pub fn go_on(&mut self, later: Self) {
        self.fs = later.fs;
        self.acknowledged.extend(later.acknowledged);
        self.in_doubt.extend(later.in_doubt);
    }

    fn check_entries(&self, fs: &FaultFs, size: u64, case: &str) {
        let reader = reader(fs).unwrap_or_else(|e| panic!("{case}: reads: {e}"));
        assert_eq!(reader.size(), size, "{case}");
        let mut new = BTreeMap::new();
        for (event, receipt) in &self.acknowledged {
            let found =
                reader.receipt(receipt.seq).unwrap_or_else(|e| panic!("{case}: entry {}: {e}", receipt.seq));
            let (leaf, link, at) = (receipt.leaf, receipt.link, receipt.recorded_at);
            assert_eq!(
                (found.leaf, found.link, found.recorded_at),
                (leaf, link, at),
                "{case}: entry {}",
                receipt.seq
            );
            assert_eq!(
                record_of(&reader, receipt.seq.get(), case),
                event.record(),
                "{case}: entry {}",
                receipt.seq
            );
            new.insert(receipt.seq.get(), event);
        }
        // What is neither acknowledged nor the last entry, recorded to see whether it can be, was in doubt, and
        // is there whole.
        let mut doubtful: Vec<Vec<&EncodedEvent>> = Vec::new();
        for request in &self.in_doubt {
            doubtful.push(request.iter().filter(|event| !new.values().any(|known| known == event)).collect());
        }
        let mut seq = self.size_before;
        while seq < size - 1 {
            if new.contains_key(&seq) {
                seq += 1;
                continue;
            }
            let record = record_of(&reader, seq, case);
            let request =
                doubtful.iter().position(|events| events.first().is_some_and(|e| e.record() == record));
            let request = request.unwrap_or_else(|| panic!("{case}: nobody handed in entry {seq}"));
            for event in doubtful.swap_remove(request) {
                assert!(seq < size - 1, "{case}: a request ends in its middle, after entry {seq}");
                assert_eq!(record_of(&reader, seq, case), event.record(), "{case}: entry {seq}");
                seq += 1;
            }
        }
    }
}

fn record_of(reader: &Reader, seq: u64, case: &str) -> Vec<u8> {
    let entry = reader.entry(Seq::new(seq)).unwrap_or_else(|e| panic!("{case}: entry {seq}: {e}"));
    let (head, record) =
        EntryHead::parse(entry.bytes()).unwrap_or_else(|e| panic!("{case}: entry {seq}: {e}"));
    assert_eq!(head.seq, Seq::new(seq), "{case}");
    record.to_vec()
}

/// Every segment's bytes, by path.
pub fn log_bytes(fs: &FaultFs) -> Vec<(PathBuf, Vec<u8>)> {
    let segments =
        fs.files(&path("log")).into_iter().filter(|file| file.extension().is_some_and(|end| end == "seg"));
    segments.filter_map(|file| fs.read(&file).map(|bytes| (file, bytes))).collect()
}

/// Whatever opening took from the log is in the copy that it names, to the byte.
fn check_what_was_moved(fs: &FaultFs, before: Vec<(PathBuf, Vec<u8>)>, recovery: &Recovery, case: &str) {
    let mut moved = Vec::new();
    for (file, bytes) in before {
        let after = fs.read(&file).unwrap_or_default();
        assert!(bytes.starts_with(&after), "{case}: {} was only cut", file.display());
        moved.extend_from_slice(bytes.get(after.len()..).unwrap_or_default());
    }
    let stated = recovery.torn.as_ref().map_or(0, |torn| torn.bytes);
    assert_eq!(u64::try_from(moved.len()).ok(), Some(stated), "{case}: the report says how much was moved");
    if let Some(copy) = recovery.torn.as_ref().and_then(|torn| torn.copy.as_ref()) {
        assert_eq!(fs.read(&path(copy)), Some(moved), "{case}: the copy is whole");
        assert!(fs.is_synced(&path(copy)), "{case}: the copy is synced");
    } else {
        assert!(moved.is_empty(), "{case}: what was moved is kept");
    }
}

/// The error of an append that must fail.
///
/// # Panics
/// If it was acknowledged.
pub fn refused(result: Result<Vec<Receipt>, AppendError>) -> AppendError {
    result.expect_err("an append that cannot be acknowledged")
}
