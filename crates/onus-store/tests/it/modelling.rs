//! Any sequence of requests, conditions, retries, crashes and reopenings behaves like a plain list.

use crate::support::{Ledger, event, id, incident, options, ticking};
use onus_core::entry::EncodedEvent;
use onus_core::seq::Seq;
use onus_store::{AppendError, Expect, OpenOptions, Reader, Recorded, Writer, verify};
use onus_testkit::fault_fs::{FaultFs, Survivors};
use proptest::prelude::*;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
enum Act {
    /// Events by incident and id; ids repeat across acts, so that some are retries.
    Append(Vec<(u64, u64)>, Condition),
    /// The same id with other content.
    Forge(u64, u64),
    Close,
    /// The process dies; the machine stays up.
    Kill,
    /// The power goes; of what was not synced some survives.
    Crash(u64),
}

#[derive(Clone, Copy, Debug)]
enum Condition {
    Any,
    New,
    /// The version the incident has, and this much more.
    Version(u32),
}

fn act() -> impl Strategy<Value = Act> {
    let condition = prop_oneof![
        6 => Just(Condition::Any),
        1 => Just(Condition::New),
        2 => (0..2_u32).prop_map(Condition::Version),
    ];
    let events = prop::collection::vec((0..3_u64, 0..60_u64), 1..6);
    prop_oneof![
        12 => (events, condition).prop_map(|(events, condition)| Act::Append(events, condition)),
        1 => (0..3_u64, 0..60_u64).prop_map(|(incident, id)| Act::Forge(incident, id)),
        2 => Just(Act::Close),
        1 => Just(Act::Kill),
        1 => any::<u64>().prop_map(Act::Crash),
    ]
}

/// What stands under an incident: the ids in order of their versions, each with its entry.
#[derive(Default)]
struct Model {
    entries: Vec<(u64, u64)>,
    places: HashMap<(u64, u64), (u64, u32)>,
    versions: HashMap<u64, u32>,
}

/// Ids are unique within an incident only, so each incident has events of its own under the same ids.
fn made(number: u64, n: u64) -> EncodedEvent {
    event(number, n)
}

impl Model {
    /// What the ledger must answer.
    fn append(&mut self, events: &[(u64, u64)], expect: Expect) -> Option<Vec<(u64, u32, Recorded)>> {
        let (entries, places, versions) = (self.entries.len(), self.places.clone(), self.versions.clone());
        let mut met = Vec::new();
        let mut answers = Vec::new();
        for (number, n) in events {
            if let Some((seq, version)) = self.places.get(&(*number, *n)) {
                answers.push((*seq, *version, Recorded::AlreadyThere));
                continue;
            }
            let found = self.versions.get(number).copied().unwrap_or(0);
            let holds = match expect {
                Expect::Any => true,
                Expect::NewIncident => found == 0,
                Expect::Version(expected) => found == expected,
            };
            if !met.contains(number) && !holds {
                self.entries.truncate(entries);
                (self.places, self.versions) = (places, versions);
                return None;
            }
            met.push(*number);
            self.entries.push((*number, *n));
            let seq = u64::try_from(self.entries.len()).unwrap();
            self.places.insert((*number, *n), (seq, found + 1));
            self.versions.insert(*number, found + 1);
            answers.push((seq, found + 1, Recorded::New));
        }
        Some(answers)
    }
}

fn open(fs: &FaultFs) -> Writer {
    let options = OpenOptions { segment_entries: 7, ..options() };
    Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options).unwrap().0
}

fn agrees(fs: &FaultFs, model: &Model) {
    let reader = Reader::open(fs.storage(), Path::new("/ledger")).unwrap();
    assert_eq!(reader.size(), u64::try_from(model.entries.len()).unwrap() + 1);
    for number in 0..3 {
        let expected: Vec<Seq> = (1..)
            .map(Seq::new)
            .zip(&model.entries)
            .filter(|(_, (of, _))| *of == number)
            .map(|(seq, _)| seq)
            .collect();
        assert_eq!(reader.incident(&incident(number).key()).unwrap(), expected);
    }
    for (entry, (number, n)) in reader.entries(1..u64::MAX).zip(&model.entries) {
        let outline = onus_core::entry::EntryOutline::parse(entry.unwrap().bytes()).unwrap();
        assert_eq!((outline.incident, outline.event_id), (Some(incident(*number)), id(*n)));
    }
}

fn check(acts: &[Act]) {
    let mut fs = FaultFs::new(11);
    Ledger::on(fs.storage(), PathBuf::from("/ledger"));
    let mut model = Model::default();
    let mut writer = Some(open(&fs));
    for act in acts {
        match act {
            Act::Append(events, condition) => {
                let first = events.first().map_or(0, |(number, _)| *number);
                let expect = match condition {
                    Condition::Any => Expect::Any,
                    Condition::New => Expect::NewIncident,
                    Condition::Version(more) => {
                        Expect::Version(model.versions.get(&first).copied().unwrap_or(0) + more)
                    }
                };
                let request = events.iter().map(|(number, n)| made(*number, *n)).collect();
                let answered = writer.get_or_insert_with(|| open(&fs)).append(request, expect);
                let expected = model.append(events, expect);
                match (answered, expected) {
                    (Ok(receipts), Some(expected)) => {
                        let told: Vec<_> =
                            receipts.iter().map(|r| (r.seq.get(), r.incident_version, r.outcome)).collect();
                        assert_eq!(told, expected);
                    }
                    (Err(AppendError::NotNew { .. } | AppendError::VersionMoved { .. }), None) => {}
                    (answered, expected) => panic!("{act:?}: answered {answered:?}, expected {expected:?}"),
                }
            }
            Act::Forge(number, n) => {
                let mut forged = onus_testkit::samples::record(
                    onus_core::kinds::Kind::InformationRecorded,
                    onus_testkit::samples::Fullness::Bare,
                );
                forged.common.incident = Some(incident(*number));
                forged.common.event_id = id(*n);
                let forged = forged.encode(onus_core::entry::IdOrigin::Source).unwrap();
                let Some((seq, _)) = model.places.get(&(*number, *n)) else { continue };
                let refused = writer.get_or_insert_with(|| open(&fs)).append(vec![forged], Expect::Any);
                let Err(AppendError::IdReused { stands_at, .. }) = refused else { panic!("{refused:?}") };
                assert_eq!(stands_at.map(Seq::get), Some(*seq));
            }
            Act::Close => {
                // After a power cut readers see all of it again once a writer has opened.
                writer.take().unwrap_or_else(|| open(&fs)).close().unwrap();
                agrees(&fs, &model);
            }
            Act::Kill => {
                let survivor = fs.restart();
                drop(writer.take());
                fs = survivor;
            }
            Act::Crash(seed) => {
                let survivor = fs.reboot(Survivors::Seeded(*seed));
                drop(writer.take());
                fs = survivor;
            }
        }
    }
    drop(writer.map(Writer::close));
    drop(open(&fs));
    agrees(&fs, &model);
    let verdict = verify(&*fs.storage(), Path::new("/ledger"), NonZeroUsize::MIN, &|_, _| {}).unwrap();
    assert!(verdict.is_sound(), "{verdict:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(crate::support::times(60, 3_000)) })]

    #[test]
    fn any_sequence_behaves_like_a_plain_list(acts in prop::collection::vec(act(), 1..40)) {
        check(&acts);
    }
}
