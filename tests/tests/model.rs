//! Any sequence of appends, conditions, retries, crashes and reopenings behaves like a plain list.

#![expect(clippy::expect_used, clippy::panic, reason = "a test's panic is its verdict")]

use onus_core::blame::Blamed as _;
use onus_core::entry::{EncodedEvent, EntryHead};
use onus_core::ids::{Incident, IncidentKey};
use onus_core::seq::Seq;
use onus_store::{AppendError, Expect, Receipt, Recorded, Writer};
use onus_testkit::events;
use onus_testkit::fault_fs::{Effect, FaultFs, Operation, Survivors, When};
use onus_tests::torture::{self, create, long_form, reader, verify};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;

/// Few incidents and few ids, so that they meet often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    incident: u8,
    id: u8,
    /// Another content under the same id.
    other: bool,
}

impl Said {
    fn key(self) -> IncidentKey {
        Incident::parse(&self.incident_text()).expect("an incident").key()
    }

    fn incident_text(self) -> String {
        format!("police:sussex/2023-11-0{}/7", 1 + self.incident)
    }

    fn encode(self) -> EncodedEvent {
        let event = events::incident(&self.incident_text()).contact().with_id(self.id.into());
        let event = if self.other { event.with(|record| record.common.uncertainty_s = 60) } else { event };
        event.encode()
    }
}

#[derive(Clone, Debug)]
enum Condition {
    Any,
    New,
    /// The incident's version, and so much more.
    Version(u32),
}

#[derive(Clone, Debug)]
enum Doing {
    Append(Vec<Said>, Condition),
    /// Several requests handed in before the first answer is taken.
    Pipeline(Vec<Vec<Said>>),
    Reopen,
    Kill,
    PowerCut {
        seed: u64,
    },
    /// The next append dies so many operations in, at that byte.
    CutDuring {
        request: Vec<Said>,
        operations: u64,
        bytes: usize,
        seed: u64,
    },
    /// The next append's write or sync fails.
    FailDuring {
        request: Vec<Said>,
        sync: bool,
        seed: u64,
        then_cut: bool,
    },
}

fn said() -> impl Strategy<Value = Said> {
    (0_u8..4, 0_u8..12, prop::bool::weighted(0.1)).prop_map(|(incident, id, other)| Said {
        incident,
        id,
        other,
    })
}

fn request() -> impl Strategy<Value = Vec<Said>> {
    prop::collection::vec(said(), 1..5)
}

fn doing() -> impl Strategy<Value = Doing> {
    let condition = prop_oneof![
        6 => Just(Condition::Any),
        2 => Just(Condition::New),
        2 => (0_u32..3).prop_map(Condition::Version),
    ];
    prop_oneof![
        12 => (request(), condition).prop_map(|(request, condition)| Doing::Append(request, condition)),
        2 => prop::collection::vec(request(), 1..6).prop_map(Doing::Pipeline),
        2 => Just(Doing::Reopen),
        1 => Just(Doing::Kill),
        1 => any::<u64>().prop_map(|seed| Doing::PowerCut { seed }),
        2 => (request(), 0_u64..6, 0_usize..400, any::<u64>())
            .prop_map(|(request, operations, bytes, seed)| Doing::CutDuring { request, operations, bytes, seed }),
        1 => (request(), any::<bool>(), any::<u64>(), any::<bool>())
            .prop_map(|(request, sync, seed, then_cut)| Doing::FailDuring { request, sync, seed, then_cut }),
    ]
}

/// The ledger, and the list that it must be like.
struct Both {
    fs: FaultFs,
    writer: Option<Writer>,
    /// Every entry after the first.
    list: Vec<Said>,
}

/// What the list says of a request.
enum Verdict {
    /// Place, version, and whether it is new, of each event.
    Recorded(Vec<(u64, u32, Recorded)>),
    Refused,
}

impl Both {
    fn new() -> Self {
        let fs = FaultFs::new(3);
        create(&fs).expect("a new ledger");
        Self { fs, writer: None, list: Vec::new() }
    }

    fn writer(&mut self) -> &Writer {
        if self.writer.is_none() {
            self.writer = Some(torture::open(&self.fs).expect("it opens").0);
        }
        self.writer.as_ref().expect("it is open")
    }

    fn version(list: &[Said], incident: u8) -> u32 {
        u32::try_from(list.iter().filter(|said| said.incident == incident).count()).expect("few")
    }

    /// What recording the request after the list would give; the list goes on if it is recorded.
    fn model(list: &mut Vec<Said>, request: &[Said], expect: Expect) -> Verdict {
        let before = list.clone();
        let mut done = Vec::new();
        for said in request {
            let there = list.iter().position(|known| (known.incident, known.id) == (said.incident, said.id));
            match there {
                Some(place) if list.get(place) != Some(said) => {
                    *list = before;
                    return Verdict::Refused;
                }
                Some(place) => {
                    let version = Self::version(list.get(..=place).unwrap_or_default(), said.incident);
                    done.push((u64::try_from(place).expect("few") + 1, version, Recorded::AlreadyThere));
                }
                None => {
                    list.push(*said);
                    let place = u64::try_from(list.len()).expect("few");
                    done.push((place, Self::version(list, said.incident), Recorded::New));
                }
            }
        }
        // What was there already is answered whatever was expected; an incident that something is added to must be
        // as stated.
        let holds = |said: &Said| match expect {
            Expect::Any => true,
            Expect::NewIncident => Self::version(&before, said.incident) == 0,
            Expect::Version(version) => Self::version(&before, said.incident) == version,
        };
        let added = list.iter().skip(before.len());
        if !added.clone().all(holds) {
            *list = before;
            return Verdict::Refused;
        }
        Verdict::Recorded(done)
    }

    fn compare(answer: Result<Vec<Receipt>, AppendError>, verdict: Verdict, doing: &str) {
        match (answer, verdict) {
            (Ok(receipts), Verdict::Recorded(expected)) => {
                let found: Vec<_> =
                    receipts.iter().map(|r| (r.seq.get(), r.incident_version, r.outcome)).collect();
                assert_eq!(found, expected, "{doing}");
            }
            (Err(error), Verdict::Refused) => {
                assert_eq!(error.blame(), onus_core::blame::Blame::Conflict, "{doing}: {error}");
            }
            (Ok(_), Verdict::Refused) => panic!("{doing}: recorded, and should have been refused"),
            (Err(error), Verdict::Recorded(_)) => panic!("{doing}: {error}"),
        }
    }

    fn expect(&self, request: &[Said], condition: &Condition) -> Expect {
        match condition {
            Condition::Any => Expect::Any,
            Condition::New => Expect::NewIncident,
            Condition::Version(more) => {
                let first = request.first().map_or(0, |said| said.incident);
                Expect::Version(Self::version(&self.list, first) + more)
            }
        }
    }

    fn act(&mut self, doing: &Doing) {
        let words = format!("{doing:?}");
        match doing {
            Doing::Append(request, condition) => {
                let expect = self.expect(request, condition);
                let answer = self.writer().append(encode(request), expect);
                let verdict = Self::model(&mut self.list, request, expect);
                Self::compare(answer, verdict, &words);
            }
            Doing::Pipeline(requests) => {
                let pending: Vec<_> = requests
                    .iter()
                    .map(|request| self.writer().submit(encode(request), Expect::Any))
                    .collect();
                for (request, pending) in requests.iter().zip(pending) {
                    let verdict = Self::model(&mut self.list, request, Expect::Any);
                    Self::compare(pending.wait(), verdict, &words);
                }
            }
            Doing::Reopen => {
                if let Some(writer) = self.writer.take() {
                    writer.close().expect("it closes");
                }
            }
            Doing::Kill => {
                self.fs = self.fs.restart();
                self.writer = None;
            }
            Doing::PowerCut { seed } => {
                self.fs = self.fs.reboot(Survivors::Seeded(*seed));
                self.writer = None;
            }
            Doing::CutDuring { request, operations, bytes, seed } => {
                self.writer();
                let step = self.fs.steps() + operations;
                self.fs.inject(When::Step(step), Effect::PowerCut { bytes: *bytes });
                let answer = self.writer().append(encode(request), Expect::Any);
                self.fs = self.fs.reboot(Survivors::Seeded(*seed));
                self.writer = None;
                self.settle(request, answer, &words);
            }
            Doing::FailDuring { request, sync, seed, then_cut } => {
                self.writer();
                let kind = if *sync { Operation::Sync } else { Operation::Write };
                let fails = Effect::Fail { error: std::io::ErrorKind::StorageFull, after_bytes: 90 };
                self.fs.inject(When::Nth(kind, seed % 3), fails);
                let answer = self.writer().append(encode(request), Expect::Any);
                self.fs.heal();
                self.fs =
                    if *then_cut { self.fs.reboot(Survivors::Seeded(*seed)) } else { self.fs.restart() };
                self.writer = None;
                self.settle(request, answer, &words);
            }
        }
    }

    /// After a fault: an answer that was given holds; without one the request is there whole or not at all.
    fn settle(&mut self, request: &[Said], answer: Result<Vec<Receipt>, AppendError>, words: &str) {
        let mut with = self.list.clone();
        let verdict = Self::model(&mut with, request, Expect::Any);
        if !matches!(&answer, Err(error) if error.blame() == onus_core::blame::Blame::Environment) {
            self.list = with;
            Self::compare(answer, verdict, words);
            return;
        }
        self.writer();
        let size = reader(&self.fs).expect("it reads").size();
        let sizes = [&self.list, &with].map(|list| u64::try_from(list.len()).expect("few") + 1);
        assert!(sizes.contains(&size), "{words}: {size} entries, expected one of {sizes:?}");
        if sizes.last() == Some(&size) {
            self.list = with;
        }
    }

    /// The ledger says what the list says.
    fn check(&self, words: &str) {
        let reader = reader(&self.fs).expect("it reads");
        assert_eq!(reader.size(), u64::try_from(self.list.len()).expect("few") + 1, "{words}");
        let mut incidents: BTreeMap<u8, Vec<u64>> = BTreeMap::new();
        for (seq, said) in (1..).zip(&self.list) {
            let places = incidents.entry(said.incident).or_default();
            places.push(seq);
            let entry = reader.entry(Seq::new(seq)).expect("it reads");
            let (head, record) = EntryHead::parse(entry.bytes()).expect("an entry");
            assert_eq!(record, said.encode().record(), "{words}: entry {seq}");
            assert_eq!(usize::try_from(head.incident_version), Ok(places.len()), "{words}: entry {seq}");
        }
        for (incident, places) in incidents {
            let key = Said { incident, id: 0, other: false }.key();
            assert_eq!(
                reader.incident(&key).expect("it finds"),
                places.into_iter().map(Seq::new).collect::<Vec<_>>(),
                "{words}"
            );
        }
    }
}

fn encode(request: &[Said]) -> Vec<EncodedEvent> {
    request.iter().map(|said| said.encode()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if long_form() { 4_000 } else { 150 },
        // The short form tries the same cases each time.
        rng_seed: if long_form() { RngSeed::Random } else { RngSeed::Fixed(20_231_101) },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_ledger_behaves_like_a_plain_list(doings in prop::collection::vec(doing(), 1..40)) {
        let mut both = Both::new();
        for doing in &doings {
            both.act(doing);
        }
        // What is in doubt is settled by opening once more, which mends a torn slot of `head` too.
        both.writer();
        both.check("at the end");
        if let Some(writer) = both.writer.take() {
            writer.close().expect("it closes");
        }
        both.check("closed");
        let verdict = verify(&both.fs);
        prop_assert!(verdict.is_sound(), "{:?} {:?}", verdict.first_bad, verdict.head);
    }
}
