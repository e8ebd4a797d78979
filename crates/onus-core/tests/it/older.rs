//! Bodies of older schemas: their bytes are frozen, and what they say is said today as it was then.

use onus_core::codec::DecodeError;
use onus_core::entry::{EntryHead, IdOrigin};
use onus_core::kinds::Kind;
use onus_core::record::Record;
use onus_core::terms::TermReader;
use onus_core::time::Timestamp;
use onus_testkit::samples::{Fullness, record_bytes_in};
use onus_testkit::terms::terms_of;
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn older() -> impl Iterator<Item = (EntryHead, Kind, Fullness, Vec<u8>)> {
    let schemas =
        |kind: &Kind| kind.older_schemas().iter().map(|schema| (*kind, *schema)).collect::<Vec<_>>();
    Kind::ALL.iter().flat_map(schemas).flat_map(|(kind, schema)| {
        [Fullness::Bare, Fullness::Full].map(|fullness| {
            let recorded_at = Timestamp::MIN;
            let head = EntryHead { kind: kind.number(), schema, seq: 0, recorded_at, incident_version: 1 };
            (head, kind, fullness, record_bytes_in(kind, schema, fullness))
        })
    })
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
fn the_bytes_of_every_older_schema_are_frozen() {
    let mut text = String::new();
    for (head, kind, fullness, bytes) in older() {
        write!(text, "{} schema {} {fullness:?} ", kind.name(), head.schema).unwrap();
        for byte in bytes {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_an_older_entry_says_today_is_frozen() {
    let mut text = String::new();
    for (head, _, fullness, bytes) in older() {
        let said = Record::decode(&head, &bytes).unwrap().to_json();
        writeln!(text, "{} schema {} {fullness:?} {}", said["event"], head.schema, said["body"]).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn an_older_record_written_again_is_of_todays_schema_and_says_the_same() {
    for (head, kind, fullness, bytes) in older() {
        let record = Record::decode(&head, &bytes).unwrap();
        let again = record.encode(IdOrigin::Source).unwrap();
        assert_eq!(again.schema(), kind.schema());
        let head = EntryHead { schema: again.schema(), ..head };
        assert_eq!(Record::decode(&head, again.record()).unwrap(), record, "{} {fullness:?}", kind.name());
    }
}

#[test]
fn an_older_entry_is_found_by_the_terms_of_its_fields() {
    let mut reader = TermReader::new();
    for (head, kind, fullness, bytes) in older() {
        let mut found = BTreeSet::new();
        let each = |field, term: &[u8]| {
            found.insert((field, onus_core::terms::TermField::text_of(term).unwrap()));
        };
        reader.read(&head, &bytes, each).unwrap();
        assert_eq!(found, terms_of(&Record::decode(&head, &bytes).unwrap()), "{} {fullness:?}", kind.name());
    }
}

#[test]
fn bytes_of_one_schema_are_not_read_as_those_of_another() {
    for (head, kind, fullness, bytes) in older() {
        let todays = EntryHead { schema: kind.schema(), ..head };
        assert!(Record::decode(&todays, &bytes).is_err(), "{} {fullness:?}", kind.name());
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(Record::decode(&head, &longer).is_err(), "{} {fullness:?}", kind.name());
        let later = EntryHead { schema: kind.schema() + 1, ..head };
        assert_eq!(Record::decode(&later, &bytes), Err(DecodeError::UnknownKind));
    }
}
