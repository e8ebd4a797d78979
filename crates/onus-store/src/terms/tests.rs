//! Term files against a plain ordered map, whole and damaged.

use super::*;
use onus_core::ids::Incident;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A file in memory that nobody writes.
#[derive(Debug)]
struct Fixed(Vec<u8>);

impl StoredFile for Fixed {
    fn len(&self) -> io::Result<u64> {
        Ok(wide(self.0.len()))
    }
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let rest = self.0.get(usize::try_from(at).unwrap()..).unwrap_or_default();
        let n = rest.len().min(into.len());
        into[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
    fn try_lock(&self) -> io::Result<bool> {
        Ok(true)
    }
}

pub(crate) fn fixed(bytes: Vec<u8>) -> Arc<dyn StoredFile> {
    Arc::new(Fixed(bytes))
}

fn wide(len: usize) -> u64 {
    u64::try_from(len).unwrap()
}

type Model = BTreeMap<Vec<u8>, BTreeSet<u64>>;

const LINK: Link = Link::from_bytes([7; 32]);

fn built(first_seq: u64, model: &Model) -> (Builder, Vec<u8>) {
    let mut builder = Builder::new(first_seq);
    for (term, seqs) in model {
        for seq in seqs {
            builder.add(*seq, term).unwrap();
        }
    }
    let count = model.values().flatten().max().map_or(0, |last| u32::try_from(last - first_seq).unwrap() + 1);
    let bytes = builder.finish(count, LINK, 4_711).unwrap();
    (builder, bytes)
}

fn key(text: &str) -> IncidentKey {
    Incident::parse(text).unwrap().key()
}

fn seqs(postings: &Postings) -> Vec<u64> {
    postings.iter().collect()
}

/// Every answer of `file` and `builder` is the model's.
fn check(file: &TermFile, builder: &Builder, model: &Model) {
    for (term, expected) in model {
        let found = file.lookup(term).unwrap().unwrap();
        assert!(seqs(&found).iter().eq(expected), "{term:?}");
        assert_eq!(found.last(), expected.last().copied());
        assert_eq!(found.len(), wide(expected.len()));
        assert_eq!(found.to_bitmap().len(), wide(expected.len()));
        assert!(seqs(&builder.lookup(term).unwrap()).iter().eq(expected));
        assert_eq!(builder.last(term), expected.last().copied());
        for absent in
            [[&term[..], &[0]].concat(), term[..term.len() - 1].to_vec(), [&term[..], &[255]].concat()]
        {
            assert_eq!(file.lookup(&absent).unwrap().is_some(), model.contains_key(&absent), "{absent:?}");
        }
    }
    let mut prefixes: BTreeSet<&[u8]> = model.keys().map(|term| &term[..term.len().min(2)]).collect();
    prefixes.extend([&[][..], &[0], &[1], &[2], &[255]]);
    for prefix in prefixes {
        let expected: Vec<_> = model.iter().filter(|(term, _)| term.starts_with(prefix)).collect();
        let found: Vec<_> = file.prefix(prefix).map(Result::unwrap).collect();
        assert_eq!(found.len(), expected.len());
        for (found, (term, seqs_expected)) in found.iter().zip(&expected) {
            assert_eq!(found.term(), term.as_slice());
            assert_eq!(found.count(), wide(seqs_expected.len()));
            assert!(seqs(&found.postings().unwrap()).iter().eq(seqs_expected.iter()));
        }
        let from_builder: Vec<_> =
            expected.iter().map(|(term, seqs)| (term.as_slice(), wide(seqs.len()))).collect();
        assert_eq!(builder.prefix(prefix), from_builder);
    }
}

fn models() -> impl Strategy<Value = Model> {
    let term = prop_oneof![
        proptest::collection::vec(1_u8..4, 1..6),
        proptest::collection::vec(any::<u8>(), 1..12),
        (0_u16..400).prop_map(|n| format!("\u{1}police:force/2023/{n:05}").into_bytes()),
    ];
    let held = prop_oneof![
        8 => proptest::collection::btree_set(1_000_u64..4_000, 1..8),
        1 => proptest::collection::btree_set(1_000_u64..4_000, 400..700),
    ];
    proptest::collection::btree_map(term, held, 0..300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_term_file_answers_as_a_plain_ordered_map_does(model in models()) {
        let (builder, bytes) = built(1_000, &model);
        let file = TermFile::open(fixed(bytes.clone())).unwrap();
        check(&file, &builder, &model);

        let resumed = Builder::resume(&file).unwrap();
        prop_assert_eq!(resumed.finish(file.count(), LINK, 4_711).unwrap(), bytes);
    }
}

/// A term that every entry holds, terms that many do, and incidents of six entries.
fn segment(entries: u64) -> Model {
    let mut model = Model::new();
    for seq in 50..50 + entries {
        model.entry(kind_term(1).to_vec()).or_default().insert(seq);
        model.entry(kind_term(u16::try_from(seq % 5).unwrap() + 2).to_vec()).or_default().insert(seq);
        let incident = key(&format!("police:sussex/2023-05-{:02}/{}", seq / 2_500 + 1, seq % 667));
        model.entry(incident_term(&incident)).or_default().insert(seq);
    }
    model.entry(incident_term(&IncidentKey::ledger_wide())).or_default().insert(50);
    model
}

#[test]
fn a_file_states_which_segment_and_how_much_of_it_it_covers() {
    let (_, bytes) = built(50, &segment(4_000));
    let file = TermFile::open(fixed(bytes)).unwrap();
    assert_eq!((file.first_seq(), file.count(), file.covered_bytes()), (50, 4_000, 4_711));
    assert!(file.matches(50, 4_000, &LINK));
    assert!(!file.matches(51, 4_000, &LINK));
    assert!(!file.matches(50, 3_999, &LINK));
    assert!(!file.matches(50, 4_000, &Link::from_bytes([8; 32])));
}

#[test]
fn the_ranges_of_incidents_leave_ledger_wide_events_aside() {
    let (_, bytes) = built(50, &segment(4_000));
    let file = TermFile::open(fixed(bytes)).unwrap();
    assert!(file.may_hold(&key("police:sussex/2023-05-01/0")));
    assert!(file.may_hold(&key("police:sussex/2023-05-02/99")));
    assert!(file.may_hold(&key("police:sussex/2023-05-01/700")));
    assert!(!file.may_hold(&key("police:sussex/2023-04-30/700")));
    assert!(!file.may_hold(&key("police:sussex/2023-05-03/1")));
    assert!(file.may_hold(&IncidentKey::ledger_wide()));

    let (_, empty) = built(0, &Model::new());
    let empty = TermFile::open(fixed(empty)).unwrap();
    assert!(!empty.may_hold(&key("police:sussex/2023-05-01/700")));
    assert!(empty.lookup(&kind_term(1)).unwrap().is_none());
}

#[test]
fn each_owner_has_a_range_of_its_own_and_from_the_65th_on_neighbours_share() {
    let mut model = Model::new();
    for owner in 0..100_u64 {
        for day in ["2023-05-01", "2023-05-03"] {
            let incident = key(&format!("police:force-{owner:03}/{day}/1"));
            model.entry(incident_term(&incident)).or_default().insert(owner);
        }
        let (_, bytes) = built(0, &model);
        let file = TermFile::open(fixed(bytes)).unwrap();
        for held in 0..=owner {
            assert!(file.may_hold(&key(&format!("police:force-{held:03}/2023-05-02/1"))));
        }
        let last = |day| key(&format!("police:force-{owner:03}/{day}/1"));
        assert!(!file.may_hold(&last("2023-05-04")));
        assert_eq!(file.may_hold(&last("2023-04-30")), owner >= 64 && owner % 2 == 1, "{owner}");
        assert!(!file.may_hold(&key(&format!("police:force-{:03}/2023-05-02/1", owner + 1))));
    }
}

#[test]
fn all_kinds_are_listed_with_their_counts() {
    let (_, bytes) = built(50, &segment(4_000));
    let file = TermFile::open(fixed(bytes)).unwrap();
    let kinds: Vec<_> = file
        .prefix(&any_kind())
        .map(|kind| kind.map(|kind| (kind_of(kind.term()).unwrap(), kind.count())).unwrap())
        .collect();
    assert_eq!(kinds, [(1, 4_000), (2, 800), (3, 800), (4, 800), (5, 800), (6, 800)]);
}

#[test]
fn entries_out_of_order_and_terms_of_a_wrong_length_are_refused() {
    let mut builder = Builder::new(10);
    builder.add(12, b"a").unwrap();
    builder.add(12, b"a").unwrap();
    assert_eq!(builder.lookup(b"a").unwrap().len(), 1, "the same entry counts once");
    assert!(matches!(builder.add(11, b"a"), Err(DerivedError::OutOfOrder { seq: 11 })));
    assert!(matches!(builder.add(9, b"b"), Err(DerivedError::OutOfOrder { seq: 9 })));
    assert!(matches!(builder.add(u64::MAX, b"b"), Err(DerivedError::OutOfOrder { .. })));
    assert!(matches!(builder.add(13, b""), Err(DerivedError::TermLength { bytes: 0 })));
    builder.add(13, &[1; TERM_BYTES_MAX]).unwrap();
    assert!(matches!(
        builder.add(13, &[1; TERM_BYTES_MAX + 1]),
        Err(DerivedError::TermLength { bytes: 256 })
    ));
    assert!(matches!(builder.finish(3, LINK, 0), Err(DerivedError::OutOfOrder { seq: 13 })));
}

/// Asks everything of bytes that may be anything. What it answers is its own affair; that it answers is the test.
fn ask_everything(bytes: Vec<u8>) -> Result<(), DerivedError> {
    let file = TermFile::open(fixed(bytes))?;
    for term in file.prefix(&[]) {
        let term = term?;
        term.postings()?;
    }
    for kind in 0..4 {
        file.lookup(&kind_term(kind))?;
    }
    Builder::resume(&file).map(drop)
}

#[test]
fn every_flipped_byte_and_every_cut_is_noticed() {
    let (_, whole) = built(50, &segment(600));
    ask_everything(whole.clone()).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(ask_everything(bytes).is_err(), "a bit of byte {at}");
    }
    for len in (0..whole.len()).step_by(7) {
        assert!(ask_everything(whole[..len].to_vec()).is_err(), "cut to {len}");
    }
    assert!(ask_everything([&whole[..], &[0]].concat()).is_err(), "a byte too many");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Behind valid CRCs, so that what lies beneath them meets the garbage too.
    #[test]
    fn garbage_behind_valid_crcs_never_panics(
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        page in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..64)),
    ) {
        static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| built(50, &segment(600)).1);
        let bytes = refit(WHOLE.clone(), &edits, page);
        drop(ask_everything(bytes));
    }
}

/// Changes bytes of the directory's own part and of the pages, then makes every CRC and length right again.
fn refit(whole: Vec<u8>, edits: &[(proptest::sample::Index, u8)], page: Option<Vec<u8>>) -> Vec<u8> {
    let (paged, mut own) = Paged::open(fixed(whole), MAGIC).unwrap();
    let mut held: Vec<_> = (0..paged.page_count()).map(|index| paged.page(index).unwrap().unwrap()).collect();
    for (place, value) in edits {
        let target = place.index(held.len() + 1);
        let bytes = held.get_mut(target).unwrap_or(&mut own);
        let at = place.index(bytes.len());
        bytes[at] = *value;
    }
    if let (Some(garbage), Some(last)) = (page, held.last_mut()) {
        *last = garbage;
    }
    paged::write(MAGIC, paged.cover(), &own, &held).unwrap()
}
