//! The contract of a commit log, kept by local files and by memory.

use super::files::FileCommits;
use super::{Appended, CommitLog, NewCommit, StoredCommit, Tip};
use crate::layout::Layout;
use crate::outcome::{Expect, ReadError};
use crate::recover::{self, Tail, read_identity};
use crate::writer::{ClockAnswer, ClockQuestion, OpenOptions, Writer};
use crate::{Identity, OsFiles, Reader, create};
use onus_core::code::Origin;
use onus_core::entry::{EncodedEvent, IdOrigin};
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;
use onus_proof::Link;
use onus_testkit::samples::{Fullness, record};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Entries after which a segment ends, so that the history has several.
const SEGMENT_ENTRIES: u64 = 4;

fn start() -> Timestamp {
    Timestamp::from_us(1_700_000_000_000_000).unwrap()
}

fn identity() -> Identity {
    let origin = Origin::new("mps.police.uk/onus").unwrap();
    Identity { id: [0x11; 16], origin, created: start() }
}

/// A new ledger: its first commit is the same every time.
fn new_ledger(dir: &Path) {
    let Identity { id, origin, created } = identity();
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
    let Tail { first_seq, file, at, chain, head, .. } = tail;
    let (storage, segment_entries, head_due) = (Arc::new(OsFiles), SEGMENT_ENTRIES, None);
    FileCommits { storage, layout, first_seq, file, at, chain, head, segment_entries, head_due }
}

/// The commits that a writer makes of this history, entry 0 first, and the tip after each.
fn history(last: u8) -> Vec<(StoredCommit, Tip)> {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    new_ledger(&dir);
    let options = OpenOptions { threads: false, segment_entries: SEGMENT_ENTRIES, ..OpenOptions::default() };
    let clock = Box::new(|question: ClockQuestion| ClockAnswer {
        recorded_at: question.previous.plus_us(1_000_000),
        first: None,
    });
    let writer = Writer::open(Arc::new(OsFiles), &dir, clock, options).unwrap().0;
    for n in 0..8 {
        writer.append(vec![event(2 * n), event(if n == 7 { last } else { 2 * n + 1 })], Expect::Any).unwrap();
    }
    writer.close().unwrap();
    let end = Reader::open(Arc::new(OsFiles), &dir).unwrap();
    let commits = files(&dir).read(0).unwrap();
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

/// Commits in memory, shared by all who write: what another engine is like.
#[derive(Debug)]
struct MemoryCommits {
    shared: Arc<Mutex<Vec<(StoredCommit, Tip)>>>,
    epoch: u64,
    /// The answer to the next append is lost, after it was carried out.
    loses_answer: bool,
}

impl MemoryCommits {
    fn new() -> Self {
        Self { shared: Arc::default(), epoch: 1, loses_answer: false }
    }

    /// Another writer, who has taken over.
    fn taken_over(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), epoch: self.epoch + 1, loses_answer: false }
    }
}

impl CommitLog for MemoryCommits {
    fn append(&mut self, commit: &NewCommit<'_>) -> Appended {
        let tip = self.tip();
        let mut kept = self.shared.lock().unwrap();
        let fenced = Appended::Fenced { by_epoch: tip.epoch, at: tip.next_seq };
        if let Some((there, _)) = kept.iter().find(|(there, _)| there.first_seq == commit.first_seq) {
            return if there.bytes == commit.bytes { Appended::Acked } else { fenced };
        }
        if (commit.first_seq, commit.link_before) != (tip.next_seq, tip.link) || commit.epoch < tip.epoch {
            return fenced;
        }
        let NewCommit { first_seq, link_before, epoch, bytes, next_seq, link_after } = *commit;
        let stored = StoredCommit { first_seq, link_before, epoch, bytes: bytes.to_vec() };
        kept.push((stored, Tip { next_seq, link: link_after, epoch }));
        if std::mem::take(&mut self.loses_answer) {
            return Appended::Unknown(crate::outcome::AppendError::Closed);
        }
        Appended::Acked
    }

    fn tip(&self) -> Tip {
        let genesis = Tip { next_seq: 0, link: identity().genesis(), epoch: 0 };
        self.shared.lock().unwrap().last().map_or(genesis, |(_, tip)| *tip)
    }

    fn read(&self, from_seq: u64) -> Result<Vec<StoredCommit>, ReadError> {
        let kept = self.shared.lock().unwrap();
        Ok(kept
            .iter()
            .map(|(commit, _)| commit.clone())
            .filter(|commit| commit.first_seq >= from_seq)
            .collect())
    }
}

/// Both kinds, each holding the first commit of the history.
fn each(act: impl Fn(&mut dyn CommitLog)) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    new_ledger(&dir);
    act(&mut files(&dir));
    let mut memory = MemoryCommits::new();
    assert!(is_acked(&memory.append(&new_commit(&history(15)[0]))));
    act(&mut memory);
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
            assert_eq!(log.read(from_seq).unwrap(), expected, "from {from_seq}");
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
        assert_eq!(log.read(0).unwrap().len(), history.len());
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
        assert_eq!(log.read(ours[8].0.first_seq).unwrap(), [ours[8].0.clone()]);
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
fn an_answer_that_was_lost_is_asked_for_again_and_a_writer_of_an_older_epoch_is_fenced() {
    let history = history(15);
    let mut first = MemoryCommits::new();
    assert!(is_acked(&first.append(&new_commit(&history[0]))));
    first.loses_answer = true;
    assert!(matches!(first.append(&new_commit(&history[1])), Appended::Unknown(_)));
    assert!(is_acked(&first.append(&new_commit(&history[1]))));

    let mut second = first.taken_over();
    let epoch = second.epoch;
    assert!(is_acked(&second.append(&NewCommit { epoch, ..new_commit(&history[2]) })));
    let late = first.append(&new_commit(&history[3]));
    assert!(matches!(late, Appended::Fenced { by_epoch: 2, .. }), "{late:?}");
}
