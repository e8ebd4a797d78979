//! The contract of a commit log, kept by local files and by memory.

use super::files::FileCommits;
use super::memory::MemoryCommits;
use super::{Appended, CommitLog, CommitStore, NewCommit, StoredCommit, StoredCommits, Tip};
use crate::layout::{Layout, parse_segment_name};
use crate::outcome::{AppendError, CommitStoreError, Expect, OpenError, Recorded};
use crate::recover::{self, read_identity};
use crate::writer::{Clock, ClockAnswer, ClockQuestion, OpenOptions, Writer};
use crate::{LedgerIdentity, OsFiles, Reader, create};
use onus_core::blame::{Blame, Blamed as _};
use onus_core::code::Origin;
use onus_core::entry::{EncodedEvent, IdOrigin};
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_core::storage::Storage;
use onus_core::time::Timestamp;
use onus_proof::Link;
use onus_testkit::samples::{Fullness, record};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Entries after which a segment ends, so that the history has several.
const SEGMENT_ENTRIES: u64 = 4;

fn start() -> Timestamp {
    Timestamp::from_us(1_700_000_000_000_000).unwrap()
}

fn identity() -> LedgerIdentity {
    let origin = Origin::new("mps.police.uk/onus").unwrap();
    LedgerIdentity { id: [0x11; 16], origin, created: start() }
}

/// A new ledger: its first commit is the same every time.
fn new_ledger(dir: &Path) {
    let LedgerIdentity { id, origin, created } = identity();
    let opening = onus_testkit::events::ledger_opened(id, origin.as_str(), "police:mps", created).encode();
    create(&OsFiles, dir, &identity(), &opening, start()).unwrap();
}

fn event(n: u8) -> EncodedEvent {
    let mut record = record(Kind::CallBackAttempted, Fullness::Bare);
    record.common.event_id = EventId::from_bytes([n + 1; 16]).unwrap();
    record.common.incident = Some(Incident::parse("police:mps/2023-11-01/1").unwrap());
    record.encode(IdOrigin::Source).unwrap()
}

/// Files of a ledger, as a writer holds them.
fn files(dir: &Path) -> FileCommits {
    let layout = Layout::new(dir);
    let identity = read_identity(&OsFiles, &layout).unwrap();
    let (tail, _) = recover::open(&OsFiles, &layout, &identity).unwrap();
    FileCommits::new(Arc::new(OsFiles), layout, tail, SEGMENT_ENTRIES).0
}

fn clock() -> Clock {
    Box::new(|question: ClockQuestion| ClockAnswer {
        recorded_at: question.previous.plus_us(1_000_000),
        first: None,
    })
}

/// The commits that a writer makes of this history, entry 0 first, and the tip after each.
fn history(last: u8) -> Vec<(StoredCommit, Tip)> {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    new_ledger(&dir);
    let options = OpenOptions { threads: false, segment_entries: SEGMENT_ENTRIES, ..OpenOptions::default() };
    let writer = Writer::open(Arc::new(OsFiles), &dir, clock(), options).unwrap().0;
    for n in 0..8 {
        writer.append(vec![event(2 * n), event(if n == 7 { last } else { 2 * n + 1 })], Expect::Any).unwrap();
    }
    writer.close().unwrap();
    let end = Reader::open(Arc::new(OsFiles), &dir).unwrap();
    let commits = commits_from(&files(&dir), 0);
    let tips: Vec<Tip> = commits
        .iter()
        .skip(1)
        .map(|next| Tip { next_seq: next.first_seq, link: next.link_before, epoch: 1 })
        .chain([Tip { next_seq: end.size(), link: end.last_link(), epoch: 1 }])
        .collect();
    commits.into_iter().zip(tips).collect()
}

fn new_commit((commit, after): &(StoredCommit, Tip)) -> NewCommit<'_> {
    NewCommit {
        first_seq: commit.first_seq,
        link_before: commit.link_before,
        epoch: commit.epoch,
        bytes: &commit.bytes,
        next_seq: after.next_seq,
        link_after: after.link,
    }
}

/// Makes an empty or new commit log in a folder, and puts the first commit of the history into it.
type Make = fn(&Path, &NewCommit<'_>) -> Box<dyn CommitLog + Send>;

/// Every commit log there is. Another one is held to the contract by a line here.
const LOGS: [(&str, Make); 2] = [
    ("local files", |dir, _| {
        new_ledger(&dir.join("ledger"));
        Box::new(files(&dir.join("ledger")))
    }),
    ("memory", |_, first| {
        let mut memory = MemoryCommits::new(identity().genesis());
        assert!(is_acked(&memory.append(first)));
        Box::new(memory)
    }),
];

/// Each of them, holding the first commit of the history.
fn each(act: impl Fn(&mut dyn CommitLog)) {
    let history = history(15);
    for (name, make) in LOGS {
        println!("{name}");
        let folder = tempfile::tempdir().unwrap();
        act(&mut *make(folder.path(), &new_commit(&history[0])));
    }
}

fn commits_from(log: &dyn CommitLog, from_seq: u64) -> Vec<StoredCommit> {
    log.read(from_seq).collect::<Result<_, _>>().unwrap()
}

fn is_acked(appended: &Appended) -> bool {
    matches!(appended, Appended::Acked)
}

#[test]
fn what_was_acknowledged_is_read_back_in_order_from_anywhere() {
    let history = history(15);
    assert_eq!(history.len(), 9);
    each(|log| {
        for one in &history[1..] {
            let commit = new_commit(one);
            let tip = log.tip();
            assert_eq!((tip.next_seq, tip.link), (commit.first_seq, commit.link_before));
            assert!(is_acked(&log.append(&commit)));
            assert_eq!(log.tip(), one.1);
        }
        for from in 0..=history.len() {
            let from_seq = history.get(from).map_or(u64::MAX, |(commit, _)| commit.first_seq);
            let expected: Vec<StoredCommit> =
                history.iter().skip(from).map(|(commit, _)| commit.clone()).collect();
            assert_eq!(commits_from(log, from_seq), expected, "from {from_seq}");
        }
    });
}

#[test]
fn the_same_commit_again_is_acknowledged_and_stands_there_once() {
    let history = history(15);
    each(|log| {
        for one in &history[1..] {
            assert!(is_acked(&log.append(&new_commit(one))));
            assert!(is_acked(&log.append(&new_commit(one))));
        }
        assert!(is_acked(&log.append(&new_commit(&history[2]))));
        assert_eq!(commits_from(log, 0).len(), history.len());
    });
}

#[test]
fn another_commit_at_a_position_that_was_given_is_fenced_and_changes_nothing() {
    let (ours, theirs) = (history(15), history(77));
    assert_ne!(ours[8].0.bytes, theirs[8].0.bytes);
    each(|log| {
        for one in &ours[1..] {
            assert!(is_acked(&log.append(&new_commit(one))));
        }
        let appended = log.append(&new_commit(&theirs[8]));
        assert!(matches!(appended, Appended::Fenced { at, .. } if at == ours[8].1.next_seq), "{appended:?}");
        assert_eq!(log.tip(), ours[8].1);
        assert_eq!(commits_from(log, ours[8].0.first_seq), [ours[8].0.clone()]);
    });
}

#[test]
fn a_commit_that_does_not_follow_the_tip_is_fenced() {
    let history = history(15);
    each(|log| {
        let gap = log.append(&new_commit(&history[2]));
        assert!(matches!(gap, Appended::Fenced { at: 1, .. }), "{gap:?}");
        let other_link = NewCommit { link_before: Link::from_bytes([9; 32]), ..new_commit(&history[1]) };
        let appended = log.append(&other_link);
        assert!(matches!(appended, Appended::Fenced { at: 1, .. }), "{appended:?}");
        assert!(is_acked(&log.append(&new_commit(&history[1]))));
    });
}

#[test]
fn local_files_know_no_epoch_but_the_first() {
    let history = history(15);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    new_ledger(&dir);
    let mut log = files(&dir);
    let appended = log.append(&NewCommit { epoch: 2, ..new_commit(&history[1]) });
    assert!(matches!(appended, Appended::Fenced { by_epoch: 1, at: 1 }), "{appended:?}");
}

#[test]
fn a_writer_of_an_older_epoch_is_fenced_where_writers_share_a_store() {
    let history = history(15);
    let mut first = MemoryCommits::new(identity().genesis());
    assert!(is_acked(&first.append(&new_commit(&history[0]))));
    assert!(is_acked(&first.append(&new_commit(&history[1]))));
    let mut second = first.clone();
    assert!(is_acked(&second.append(&NewCommit { epoch: 2, ..new_commit(&history[2]) })));
    let late = first.append(&new_commit(&history[3]));
    assert!(matches!(late, Appended::Fenced { by_epoch: 2, .. }), "{late:?}");
}

/// What goes wrong between a writer and the log that holds the record.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    /// The commit is kept, the answer is lost.
    AnswerLost,
    /// The commit is lost too.
    CommitLost,
    /// Another writer has taken over.
    TakenOver,
}

/// A commit log that has one trouble, once.
#[derive(Debug)]
struct Troubled<L>(L, Arc<Mutex<Option<Trouble>>>);

impl<L: CommitLog> CommitLog for Troubled<L> {
    fn append(&mut self, commit: &NewCommit<'_>) -> Appended {
        let unanswered =
            || Appended::Unknown(AppendError::Unanswered { source: Arc::new(ErrorKind::TimedOut.into()) });
        match self.1.lock().unwrap().take() {
            None => self.0.append(commit),
            Some(Trouble::AnswerLost) => {
                assert!(is_acked(&self.0.append(commit)));
                unanswered()
            }
            Some(Trouble::CommitLost) => unanswered(),
            Some(Trouble::TakenOver) => Appended::Fenced { by_epoch: 2, at: commit.first_seq + 1 },
        }
    }

    fn tip(&self) -> Tip {
        self.0.tip()
    }

    fn read(&self, from_seq: u64) -> StoredCommits<'_> {
        self.0.read(from_seq)
    }
}

/// Opens the ledger with its record kept elsewhere.
fn open_with(dir: &Path, record: &CommitStore) -> Result<Writer, OpenError> {
    let commit_store = Some(record.clone());
    let options = OpenOptions {
        threads: false,
        segment_entries: SEGMENT_ENTRIES,
        commit_store,
        ..OpenOptions::default()
    };
    Ok(Writer::open(Arc::new(OsFiles), dir, clock(), options)?.0)
}

fn reader(dir: &Path) -> Reader {
    Reader::open(Arc::new(OsFiles), dir).unwrap()
}

fn segments(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = OsFiles.names(&dir.join("log")).unwrap().into_iter();
    let segments = names.filter(|name| parse_segment_name(name).is_some());
    segments.map(|name| (name.clone(), std::fs::read(dir.join("log").join(name)).unwrap())).collect()
}

/// A new ledger whose record is in memory.
fn with_memory(dir: &Path) -> (MemoryCommits, CommitStore) {
    new_ledger(dir);
    let memory = MemoryCommits::new(identity().genesis());
    let record = CommitStore::new(memory.clone());
    let storage: Arc<dyn Storage> = Arc::new(OsFiles);
    let tip = record.fill_from(&storage, dir, Duration::ZERO).unwrap();
    assert_eq!(tip, memory.tip());
    (memory, record)
}

#[test]
fn a_writer_records_through_any_commit_log_and_receipts_and_tip_agree() {
    for (name, make) in LOGS {
        let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let dir = here.path().join("ledger");
        new_ledger(&dir);
        let first = commits_from(&files(&dir), 0).remove(0);
        let after = reader(&dir).last_link();
        let first_tip = Tip { next_seq: 1, link: after, epoch: 1 };
        let record = CommitStore::new(make(elsewhere.path(), &new_commit(&(first, first_tip))));

        let writer = open_with(&dir, &record).unwrap();
        for n in 0..8 {
            let receipts = writer.append(vec![event(2 * n), event(2 * n + 1)], Expect::Any).unwrap();
            let tip = record.tip();
            let last = receipts.last().unwrap();
            assert_eq!((tip.next_seq, tip.link), (last.seq.next().get(), last.link), "{name}");
            assert_eq!(reader(&dir).receipt(last.seq).unwrap().link, last.link, "{name}");
        }
        writer.close().unwrap();
        let copy = here.path().join("copy");
        new_ledger(&copy);
        open_with(&copy, &record).unwrap().close().unwrap();
        assert_eq!(segments(&copy), segments(&dir), "{name}");
        let tip = record.tip();
        assert_eq!((reader(&copy).size(), reader(&copy).last_link()), (tip.next_seq, tip.link), "{name}");
    }
}

#[test]
fn what_the_record_did_not_acknowledge_gets_no_receipt_and_a_retry_gets_one() {
    for trouble in [Trouble::AnswerLost, Trouble::CommitLost, Trouble::TakenOver] {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        let (memory, _) = with_memory(&dir);
        let next = Arc::new(Mutex::new(None));
        let record = CommitStore::new(Troubled(memory.clone(), Arc::clone(&next)));
        let writer = open_with(&dir, &record).unwrap();
        writer.append(vec![event(0)], Expect::Any).unwrap();
        *next.lock().unwrap() = Some(trouble);

        let answer = writer.append(vec![event(1)], Expect::Any);
        match trouble {
            Trouble::TakenOver => assert!(matches!(answer, Err(AppendError::Fenced { by_epoch: 2, .. }))),
            _ => assert!(matches!(answer, Err(AppendError::Unanswered { .. })), "{answer:?}"),
        }
        assert!(matches!(writer.append(vec![event(2)], Expect::Any), Err(AppendError::Poisoned)));
        drop(writer);
        assert_eq!(reader(&dir).size(), 2, "{trouble:?}: the files hold what was not acknowledged");

        let writer = open_with(&dir, &record).unwrap();
        let receipt = writer.append(vec![event(1)], Expect::Any).unwrap().remove(0);
        let stood = if trouble == Trouble::AnswerLost { Recorded::AlreadyThere } else { Recorded::New };
        assert_eq!((receipt.seq, receipt.outcome), (Seq::new(2), stood), "{trouble:?}");
        assert_eq!(memory.tip().link, receipt.link);
    }
}

#[test]
fn files_that_are_behind_the_record_are_brought_up_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, late) = (folder.path().join("ledger"), folder.path().join("late"));
    let (_, record) = with_memory(&dir);
    new_ledger(&late);
    let writer = open_with(&dir, &record).unwrap();
    for n in 0..9 {
        writer.append(vec![event(n)], Expect::Any).unwrap();
    }
    writer.close().unwrap();

    open_with(&late, &record).unwrap().close().unwrap();
    assert_eq!(segments(&late).len(), 3);
    assert_eq!(segments(&late), segments(&dir));
    assert_eq!(reader(&late).last_link(), reader(&dir).last_link());
}

#[test]
fn a_record_that_lost_or_changed_what_it_acknowledged_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, late) = (folder.path().join("ledger"), folder.path().join("late"));
    let (memory, record) = with_memory(&dir);
    new_ledger(&late);
    let writer = open_with(&dir, &record).unwrap();
    writer.append(vec![event(0)], Expect::Any).unwrap();
    writer.close().unwrap();

    memory.damage_last();
    let error = open_with(&late, &record).unwrap_err();
    assert!(
        matches!(error, OpenError::CommitStore(CommitStoreError::Bad { first_seq, .. }) if first_seq.get() == 1),
        "{error:?}"
    );
    assert_eq!(reader(&late).size(), 1);

    memory.lose_last();
    let error = open_with(&dir, &record).unwrap_err();
    assert!(
        matches!(error, OpenError::CommitStore(CommitStoreError::Behind { record: 1, files: 2 })),
        "{error:?}"
    );
    assert_eq!(error.blame(), Blame::Damage);
    assert_eq!(reader(&dir).size(), 2);

    let other = open_with(&late, &record).unwrap();
    other.append(vec![event(9)], Expect::Any).unwrap();
    let error = open_with(&dir, &record).unwrap_err();
    assert!(matches!(error, OpenError::CommitStore(CommitStoreError::Differs { size: 2 })), "{error:?}");
}
