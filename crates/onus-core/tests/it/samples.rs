//! Bytes of one record of every kind: written from the description, read by the codec.

use onus_core::entry::IdOrigin;
use onus_core::kinds::Kind;
use onus_testkit::samples::{Fullness, head, record, record_bytes};

#[test]
fn description_and_codec_agree_for_every_kind() {
    for kind in Kind::ALL {
        for fullness in [Fullness::Bare, Fullness::Full] {
            let encoded = record(*kind, fullness).encode(IdOrigin::Source).unwrap();
            assert_eq!(encoded.record(), record_bytes(*kind, fullness), "{} {fullness:?}", kind.name());
        }
    }
}

#[test]
fn every_byte_changed_is_another_record_or_none() {
    use onus_core::record::Record;

    for kind in Kind::ALL {
        let bytes = record_bytes(*kind, Fullness::Full);
        let original = record(*kind, Fullness::Full);
        let head = head(*kind);
        for at in 0..bytes.len() {
            for change in [1, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                if let Ok(other) = Record::decode(&head, &changed) {
                    assert_ne!(other, original, "{} byte {at}", kind.name());
                }
            }
            assert!(Record::decode(&head, &bytes[..at]).is_err());
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(Record::decode(&head, &longer).is_err(), "trailing bytes are refused");
    }
}

#[test]
fn an_over_long_number_is_not_canonical() {
    use onus_core::codec::DecodeError;
    use onus_core::record::Record;

    // The count of IncidentClosed's qualifiers is one byte; two absent options follow it.
    let kind = Kind::IncidentClosed;
    let head = head(kind);
    let bytes = record_bytes(kind, Fullness::Bare);
    let (rest, tail) = bytes.split_at(bytes.len() - 3);
    assert_eq!(tail, [0, 0, 0], "no qualifiers, no reason, no text");
    let over_long = [rest, &[251, 0, 0], &[0, 0]].concat();
    assert_eq!(Record::decode(&head, &over_long), Err(DecodeError::NotCanonical));
}
