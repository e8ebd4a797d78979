//! What no check sum and no chain finds: entries that are whole and chained, and say what no writer writes.

use super::*;
use crate::block::{Block, BlockHeader, BodyReader, HEADER_BYTES};
use crate::commit::{Commit, Press};
use crate::head::Head;
use crate::walk::Chain;
use onus_core::code::Origin;
use onus_core::codec::DecodeError;
use onus_core::entry::{EncodedEvent, EntryHead, EntryVersion, IdOrigin};
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::Kind;
use onus_core::storage::{Audience, OpenHow};
use onus_core::time::Timestamp;
use onus_testkit::events::ledger_opened;
use onus_testkit::fault_fs::FaultFs;
use onus_testkit::samples::{Fullness, record};

const START_US: i64 = 1_700_000_000_000_000;

/// One entry, as a forger would have it.
#[derive(Clone, Debug)]
struct Forged {
    kind: u16,
    seq: u64,
    second: i64,
    version: u32,
    record: Vec<u8>,
}

fn event(kind: Kind, incident: Option<&str>, id: u8) -> EncodedEvent {
    let mut record = record(kind, Fullness::Bare);
    record.common.event_id = EventId::from_bytes([id; 16]).unwrap();
    record.common.incident =
        incident.map(|number| Incident::parse(&format!("police:mps/2023-11-01/{number}")).unwrap());
    record.encode(IdOrigin::Source).unwrap()
}

fn forged(event: &EncodedEvent, seq: u64, version: u32) -> Forged {
    let (kind, record) = (event.kind(), event.record().to_vec());
    Forged { kind, seq, second: i64::try_from(seq).unwrap(), version, record }
}

/// Entry 0, then events 1, 2, 3 … of two incidents in turn.
fn honest() -> Vec<Forged> {
    let opening = ledger_opened([0x11; 16], "mps.police.uk/onus", "police:mps", time(0)).encode();
    let events = (1..=9_u8).map(|n| {
        let event = event(Kind::CallBackAttempted, Some(["one", "two"][usize::from(n % 2)]), n);
        forged(&event, u64::from(n), u32::from(n).div_ceil(2))
    });
    [forged(&opening, 0, 0)].into_iter().chain(events).collect()
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_us(START_US + second * 1_000_000).unwrap()
}

/// A ledger of these entries, each a block of its own, chained and named by `head`; from the `cut`th on in a
/// second segment, which is checked apart and joined.
fn ledger(entries: &[Forged], cut: usize, epoch: impl Fn(usize) -> u64) -> FaultFs {
    let fs = FaultFs::new(1);
    let (storage, layout) = (fs.storage(), Layout::new(Path::new("/ledger")));
    for folder in [layout.dir(), &layout.log()] {
        storage.create_dir(folder, Audience::Shared).unwrap();
    }
    let put = |path: &Path, bytes: &[u8]| {
        storage.open(path, OpenHow::CreateNew(Audience::Shared)).unwrap().write_at(bytes, 0).unwrap();
    };
    let identity = LedgerIdentity {
        id: [0x11; 16],
        origin: Origin::new("mps.police.uk/onus").unwrap(),
        created: time(0),
    };
    put(&layout.ledger(), &identity.to_bytes().unwrap());
    let mut press = Press::new(false).unwrap();
    let mut chain = Chain { next_seq: 0, link: identity.genesis() };
    let mut segments = [Vec::new(), Vec::new()];
    for (index, entry) in entries.iter().enumerate() {
        let mut commit = Commit::new(&mut press, chain);
        let recorded_at = time(entry.second);
        let head = EntryHead {
            version: EntryVersion::CURRENT,
            kind: entry.kind,
            schema: 1,
            seq: Seq::new(entry.seq),
            recorded_at,
            incident_version: entry.version,
        };
        commit.push(&head, &entry.record);
        let (sealed, after, _) = commit.seal().unwrap();
        let (header, body) = sealed.bytes.split_first_chunk::<HEADER_BYTES>().unwrap();
        let header = BlockHeader { epoch: epoch(index), ..BlockHeader::parse(header).unwrap() };
        assert!(Block::check(header, body, &mut BodyReader::new()).is_ok());
        segments[usize::from(index >= cut)].extend([header.to_bytes().as_slice(), body].concat());
        chain = after;
    }
    let [first, second] = segments;
    put(&layout.segment(0), &first);
    if !second.is_empty() {
        put(&layout.segment(u64::try_from(cut).unwrap()), &second);
    }
    let file = storage.open(&layout.head(), OpenHow::CreateNew(Audience::Shared)).unwrap();
    Head::start(file, chain.next_seq - 1, chain.link, true).unwrap();
    fs
}

/// The same, however the log is cut into segments.
fn verdict(entries: &[Forged]) -> Verdict {
    let whole = check(&ledger(entries, usize::MAX, |_| 1));
    for cut in 1..entries.len() {
        let verdict = check(&ledger(entries, cut, |_| 1));
        let found = |verdict: &Verdict| {
            let bad =
                verdict.first_bad.clone().map(|bad| (bad.place.block(), bad.place.entry(), bad.problem));
            (bad, verdict.size, verdict.root, verdict.last_link)
        };
        assert_eq!(found(&verdict), found(&whole), "cut at {cut}");
    }
    whole
}

fn check(fs: &FaultFs) -> Verdict {
    verify(&*fs.storage(), Path::new("/ledger"), NonZeroUsize::MIN, &|_, _| {}).unwrap()
}

/// What is found when entry `seq` is changed so.
fn changed(seq: usize, change: impl FnOnce(&mut Forged)) -> (Option<u64>, Problem, u64) {
    let mut entries = honest();
    change(&mut entries[seq]);
    let verdict = verdict(&entries);
    let bad = verdict.first_bad.expect("the change is found");
    (bad.place.entry().map(Seq::get), bad.problem, verdict.size)
}

#[test]
fn an_honest_log_is_sound() {
    assert!(verdict(&honest()).is_sound(), "{:?}", verdict(&honest()));
}

#[test]
fn versions_that_are_not_dense_within_their_incident_are_named() {
    assert_eq!(
        changed(5, |entry| entry.version = 4),
        (Some(5), Problem::Version { expected: 3, found: 4 }, 5)
    );
    assert_eq!(
        changed(5, |entry| entry.version = 2),
        (Some(5), Problem::Version { expected: 3, found: 2 }, 5)
    );
    assert_eq!(
        changed(2, |entry| entry.version = 2),
        (Some(2), Problem::Version { expected: 1, found: 2 }, 2)
    );
    assert_eq!(
        changed(5, |entry| entry.version = 0),
        (Some(5), Problem::Version { expected: 1, found: 0 }, 5)
    );
    assert_eq!(
        changed(0, |entry| entry.version = 1),
        (Some(0), Problem::Version { expected: 0, found: 1 }, 0)
    );
}

#[test]
fn an_event_id_that_comes_twice_in_its_incident_is_named_with_its_first_place() {
    let (entry, problem, size) = changed(7, |entry| entry.record[..16].fill(3));
    let event_id = EventId::from_bytes([3; 16]).unwrap();
    assert_eq!(
        (entry, problem, size),
        (Some(7), Problem::EventIdRepeated { event_id, earlier: Seq::new(3) }, 7)
    );

    // The same id in another incident names another event.
    let mut entries = honest();
    entries[8].record[..16].fill(3);
    assert!(verdict(&entries).is_sound());
}

#[test]
fn time_that_goes_back_without_a_correction_is_named() {
    assert_eq!(changed(5, |entry| entry.second = 3), (Some(5), Problem::TimeBack, 5));

    let mut entries = honest();
    let correction = event(Kind::ClockCorrected, None, 77);
    entries.push(forged(&correction, 10, 0));
    let after = event(Kind::CallBackAttempted, Some("one"), 78);
    entries.push(Forged { second: -500, ..forged(&after, 11, 5) });
    assert!(verdict(&entries).is_sound(), "{:?}", verdict(&entries).first_bad);
}

#[test]
fn an_entry_that_says_it_stands_elsewhere_is_named() {
    assert_eq!(changed(4, |entry| entry.seq = 40), (Some(4), Problem::EntrySeq { found: Seq::new(40) }, 4));
}

#[test]
fn a_record_that_the_codec_would_not_write_so_is_named_of_whatever_kind() {
    let over_long = |entry: &mut Forged| {
        // The kind of the incident's owner, after the event's id and the option's one byte.
        let short = entry.record[17];
        entry.record.splice(17..18, [251, short, 0]);
    };
    assert_eq!(changed(6, over_long), (Some(6), Problem::Entry(DecodeError::NotCanonical), 6));
    let unknown = |entry: &mut Forged| {
        over_long(entry);
        entry.kind = 60_000;
    };
    assert_eq!(changed(6, unknown), (Some(6), Problem::Entry(DecodeError::Malformed), 6));
    let trailing = |entry: &mut Forged| entry.record.push(0);
    assert_eq!(changed(6, trailing), (Some(6), Problem::Entry(DecodeError::Malformed), 6));
}

#[test]
fn a_kind_that_this_release_does_not_know_is_no_damage() {
    let mut entries = honest();
    entries[6].kind = 60_000;
    entries[6].record.extend_from_slice(b"what a later release says");
    assert!(verdict(&entries).is_sound(), "{:?}", verdict(&entries).first_bad);
}

#[test]
fn a_log_that_opens_another_ledger_is_named() {
    let mut entries = honest();
    let other = ledger_opened([0x22; 16], "mps.police.uk/onus", "police:mps", time(0)).encode();
    entries[0] = forged(&other, 0, 0);
    assert_eq!(verdict(&entries).first_bad.unwrap().problem, Problem::OtherLedger);
}

#[test]
fn an_epoch_that_goes_back_is_named() {
    assert!(check(&ledger(&honest(), 5, |index| if index < 5 { 1 } else { 2 })).is_sound());
    let bad = check(&ledger(&honest(), 5, |index| if index < 5 { 2 } else { 1 })).first_bad.unwrap();
    assert_eq!((bad.place.block(), bad.problem), (Some(Seq::new(5)), Problem::Epoch));
}

#[test]
fn segments_of_two_histories_do_not_make_one() {
    // Given the same log but for one entry of the first segment, each whole with its own `head`
    let mut other = honest();
    other[2].second = 1;
    let (fs, donor) = (ledger(&honest(), 5, |_| 1), ledger(&other, 5, |_| 1));
    let first = Path::new("/ledger/log/00000000000000000000.seg");
    fs.put(first, donor.read(first).unwrap());

    let verdict = check(&fs);

    let bad = verdict.first_bad.unwrap();
    assert_eq!((bad.place.block(), bad.problem, verdict.size), (Some(Seq::new(5)), Problem::LinkBefore, 5));
}

#[test]
fn a_log_rewritten_whole_is_found_against_head() {
    let mut other = honest();
    other[9].second = 90;
    let (fs, donor) = (ledger(&honest(), usize::MAX, |_| 1), ledger(&other, usize::MAX, |_| 1));
    let log = Path::new("/ledger/log/00000000000000000000.seg");
    fs.put(log, donor.read(log).unwrap());

    let verdict = check(&fs);

    let bad = verdict.first_bad.unwrap();
    assert_eq!((bad.place.entry(), bad.problem, verdict.size), (Some(Seq::new(9)), Problem::HeadLink, 9));
}
