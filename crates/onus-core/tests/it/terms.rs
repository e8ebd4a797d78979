//! The terms read off an entry's bytes against those of the decoded record, worked out by hand from its fields.

use onus_core::entry::EntryHead;
use onus_core::kinds::Kind;
use onus_core::record::Record;
use onus_core::terms::{TermField, TermReader, Wanted};
use onus_testkit::samples::{Fullness, head, record};
use onus_testkit::terms::terms_of;
use onus_testkit::workload::Workload;
use std::collections::BTreeSet;

/// What the reader finds, each term spelt out and read back again.
fn found(reader: &mut TermReader, head: &EntryHead, record: &[u8]) -> BTreeSet<(TermField, String)> {
    let mut found = BTreeSet::new();
    let each = |field: TermField, term: &[u8]| {
        assert_eq!(TermField::of_term(term), Some(field));
        let text = TermField::text_of(term).unwrap();
        if field != TermField::Kind || Kind::from_name(&text).is_some() {
            let wanted = Wanted::parse(field, &text).unwrap();
            assert_eq!(wanted.term(), Some(term), "{} {text}", field.name());
        }
        found.insert((field, text));
    };
    reader.read(head, record, each).unwrap();
    found
}

fn bytes_of(record: &Record) -> Vec<u8> {
    record.encode(onus_core::entry::IdOrigin::Source).unwrap().record().to_vec()
}

#[test]
fn every_kind_has_the_terms_of_its_fields_however_full_it_is() {
    let mut reader = TermReader::new();
    for kind in Kind::ALL {
        for fullness in [Fullness::Bare, Fullness::Full] {
            let record = record(*kind, fullness);
            let found = found(&mut reader, &head(*kind), &bytes_of(&record));
            assert_eq!(found, terms_of(&record), "{} {fullness:?}", kind.name());
        }
    }
}

#[test]
fn a_working_day_has_the_terms_of_its_fields() {
    let mut workload = Workload::new(7, 40);
    let mut reader = TermReader::new();
    let mut met = BTreeSet::new();
    for _ in 0..3_000 {
        let event = workload.event();
        let found = found(&mut reader, &head(event.record().kind()), &bytes_of(event.record()));
        assert_eq!(found, terms_of(event.record()));
        met.extend(found.into_iter().map(|(field, _)| field));
    }
    assert!(met.len() >= 13, "the workload has too few fields: {met:?}");
}

#[test]
fn a_kind_of_a_later_release_has_the_terms_of_its_common_record() {
    let record = record(Kind::TriageAssessed, Fullness::Full);
    let bytes = bytes_of(&record);
    let mut known = terms_of(&record);
    known.retain(|(field, _)| !matches!(field, TermField::Strand | TermField::Risk | TermField::Kind));
    for later in [
        EntryHead { kind: 60_000, ..head(Kind::TriageAssessed) },
        EntryHead { schema: 9, ..head(Kind::TriageAssessed) },
    ] {
        let mut found = found(&mut TermReader::new(), &later, &bytes);
        found.retain(|(field, _)| *field != TermField::Kind);
        assert_eq!(found, known);
    }
}

#[test]
fn bytes_that_end_early_or_are_anything_give_an_error_or_terms_and_never_a_panic() {
    let mut reader = TermReader::new();
    let mut seed = onus_testkit::seed::Seed::new(3);
    for kind in Kind::ALL {
        let whole = bytes_of(&record(*kind, Fullness::Full));
        for end in 0..whole.len() {
            let _read = reader.read(&head(*kind), &whole[..end], |_, _| {}).is_ok();
        }
        assert!(reader.read(&head(*kind), &whole[..20], |_, _| {}).is_err());
        for _ in 0..200 {
            let mut changed = whole.clone();
            let at = seed.index(changed.len());
            changed[at] = u8::try_from(seed.below(256)).unwrap();
            let each = |_, term: &[u8]| assert!(term.len() <= 255 || changed.len() > 255);
            let _read = reader.read(&head(*kind), &changed, each).is_ok();
        }
    }
}

#[test]
fn a_spelling_that_is_none_is_refused_with_the_nearest_or_what_is_expected() {
    let refusal = |field, text| Wanted::parse(field, text).unwrap_err().to_string();
    assert_eq!(
        refusal(TermField::Strand, "walkout healthcare"),
        format!(
            "not a value of strand: did you mean walkout_healthcare? Expected {}",
            TermField::Strand.expected()
        )
    );
    assert_eq!(
        refusal(TermField::Risk, "perhaps so"),
        "not a value of risk: expected one of yes, no, unknown, not_asked"
    );
    assert!(refusal(TermField::Kind, "AttendanceDecide").contains("AttendanceDecided"));
    for (field, text) in [
        (TermField::Agency, "met police"),
        (TermField::Subject, "Jane Smith"),
        (TermField::Day, "01/11/2023"),
        (TermField::Incident, "log 4471"),
        (TermField::Policy, "rcrp 2"),
    ] {
        let refusal = refusal(field, text);
        assert!(refusal.contains("expected") && !refusal.contains(text), "{refusal}");
    }
}

#[test]
fn a_front_stands_for_all_that_begins_with_it() {
    let holds = |field, front: &str, text: &str| {
        let term = Wanted::parse(field, text).unwrap();
        Wanted::parse(field, front).unwrap().holds(term.term().unwrap())
    };
    assert!(holds(TermField::Policy, "mps-rcrp", "mps-rcrp@2"));
    assert!(!holds(TermField::Policy, "mps-rcrp", "mps-rcrp2@2"));
    assert!(holds(TermField::Agency, "police", "police:mps"));
    assert!(!holds(TermField::Agency, "police:mp", "police:mps"));
    assert!(holds(TermField::Incident, "police:mps/2023-11-01", "police:mps/2023-11-01/7"));
    assert!(!holds(TermField::Incident, "police:mps/2023-11-01", "police:mps/2023-11-02/7"));
    assert!(holds(TermField::Incident, "police:mps", "police:mps/2023-11-02/7"));
}
