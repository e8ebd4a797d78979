//! What earlier releases wrote: its bytes are frozen, and what it said is said today as it was then.

use onus_core::codec::DecodeError;
use onus_core::entry::{EntryHead, EntryVersion, IdOrigin};
use onus_core::kinds::Kind;
use onus_core::record::Record;
use onus_core::schema::readable_bodies;
use onus_core::seq::Seq;
use onus_core::terms::{TermField, TermReader};
use onus_testkit::samples::{self, Fullness, bytes_of};
use onus_testkit::terms::terms_of;
use std::collections::BTreeSet;
use std::fmt::Write as _;

type Sample = (EntryHead, Kind, Fullness, Vec<u8>);

/// Every record that this release reads.
fn readable(version: EntryVersion) -> impl Iterator<Item = Sample> {
    readable_bodies().flat_map(move |(kind, schema, _)| {
        [Fullness::Bare, Fullness::Full].map(|fullness| {
            let head = EntryHead { version, schema, ..samples::head(kind) };
            (head, kind, fullness, bytes_of(&head, fullness))
        })
    })
}

/// Those that it does not write.
fn older() -> impl Iterator<Item = Sample> {
    let all = EntryVersion::ALL.into_iter().flat_map(readable);
    all.filter(|(head, kind, ..)| *head != samples::head(*kind))
}

fn frozen(version: EntryVersion) -> String {
    let mut text = String::new();
    for (head, kind, fullness, bytes) in readable(version) {
        write!(text, "{} schema {} {fullness:?} ", kind.name(), head.schema).unwrap();
        for byte in bytes {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_bytes_of_every_record_of_entry_version_1_are_frozen() {
    insta::assert_snapshot!(frozen(EntryVersion::One));
}

#[test]
fn the_bytes_of_every_record_of_entry_version_2_are_frozen() {
    insta::assert_snapshot!(frozen(EntryVersion::Two));
}

#[test]
fn the_bytes_of_every_record_of_entry_version_3_are_frozen() {
    insta::assert_snapshot!(frozen(EntryVersion::Three));
}

#[test]
fn every_schema_up_to_todays_is_read() {
    for kind in Kind::ALL {
        let mut schemas = kind.older_schemas().to_vec();
        schemas.push(kind.schema());
        schemas.sort_unstable();
        assert!(schemas.iter().copied().eq(1..=kind.schema()), "{}: {schemas:?}", kind.name());
    }
}

#[test]
fn what_an_older_body_says_today_is_frozen() {
    let mut text = String::new();
    for (head, kind, fullness, bytes) in readable(EntryVersion::One) {
        if head.schema != kind.schema() {
            let said = Record::decode(&head, &bytes).unwrap().to_json();
            writeln!(text, "{} schema {} {fullness:?} {}", kind.name(), head.schema, said["body"]).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn an_entry_of_version_1_says_of_its_operator_that_it_is_not_recorded_and_all_else_as_before() {
    for (head, kind, fullness, bytes) in readable(EntryVersion::One) {
        let said = Record::decode(&head, &bytes).unwrap();
        assert_eq!(said.common.submitted_by.operator, None);
        assert_eq!(said.to_json()["submitted_by"].as_object().unwrap().len(), 2, "agency and channel");
        let common = Record::decode_common(&head, &bytes).unwrap();
        assert_eq!(common, said.common, "{} {fullness:?}", kind.name());
    }
}

#[test]
fn an_entry_before_version_3_does_not_say_whether_it_is_told_again() {
    for version in [EntryVersion::One, EntryVersion::Two] {
        for (head, kind, fullness, bytes) in readable(version) {
            let said = Record::decode(&head, &bytes).unwrap();
            assert_eq!(said.common.source.retold, None, "{} {fullness:?}", kind.name());
            assert!(
                said.to_json()["source"].get("retold").is_none(),
                "not `false`, which would state something"
            );
        }
    }
}

#[test]
fn an_older_record_written_again_is_of_todays_form_and_says_the_same() {
    for (head, kind, fullness, bytes) in older() {
        let record = Record::decode(&head, &bytes).unwrap();
        let again = record.encode(IdOrigin::Source).unwrap();
        let todays = again.head(Seq::new(0), head.recorded_at, 0);
        assert_eq!(todays, samples::head(kind));
        assert_eq!(Record::decode(&todays, again.record()).unwrap(), record, "{} {fullness:?}", kind.name());
    }
}

#[test]
fn an_older_entry_is_found_by_the_terms_of_its_fields() {
    let mut reader = TermReader::new();
    for (head, kind, fullness, bytes) in older() {
        let mut found = BTreeSet::new();
        let each = |field, term: &[u8]| {
            found.insert((field, TermField::text_of(term).unwrap()));
        };
        reader.read(&head, &bytes, each).unwrap();
        assert_eq!(found, terms_of(&Record::decode(&head, &bytes).unwrap()), "{} {fullness:?}", kind.name());
    }
}

#[test]
fn bytes_of_one_form_are_not_read_as_those_of_another() {
    for (head, kind, fullness, bytes) in older() {
        let name = kind.name();
        assert!(Record::decode(&samples::head(kind), &bytes).is_err(), "{name} {fullness:?}");
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(Record::decode(&head, &longer).is_err(), "{name} {fullness:?}");
        let later = EntryHead { schema: kind.schema() + 1, ..head };
        assert_eq!(Record::decode(&later, &bytes), Err(DecodeError::UnknownKind));
    }
}
