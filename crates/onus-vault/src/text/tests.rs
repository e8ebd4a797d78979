//! What a sealed text is, held by frozen bytes and by a second formula from the primitives.

use super::*;
use aes_gcm::KeyInit;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::BlockCipherEncrypt;
use onus_core::field_no::FieldNo;
use proptest::prelude::*;
use std::collections::HashMap;
use std::fmt::Write;

const TEXT: &str = "Caller says he has not been seen since Tuesday – neighbour has a key";
const FIELD: FieldNo = FieldNo::new(0x0102);
// Frozen, and computed once by other implementations of BLAKE3, SHA-256 and AES-GCM.
const SALT: &str = "2c471cd708083e1c9b00c512f9298ee5";
const COMMITMENT: &str = "706b0af5afc4bcfcd4ce62f93f1f7e57beba737e3d8d8f748daa6f0c51f9d78e";
const CIPHERTEXT: &str = "17248d1df8ef8b381481737adffff069294082f0c3cca83d77bfe153312a052732146a005b64ac79cdf8a35109edf5a2138672f0e33b6561330292365998ee310ef8c03bc53958fba3cf165aa05dd32510045d921fd4";

fn slot_key(number: u64, first_byte: u8) -> SlotKey {
    let mut key = [0; 32];
    key.iter_mut().zip(0_u8..).for_each(|(to, step)| *to = first_byte.wrapping_add(step));
    SlotKey::new(KeyId::new(number).unwrap(), Secret::new(key))
}

fn event(byte: u8) -> EventId {
    EventId::from_bytes([byte; 16]).unwrap()
}

fn plain(text: &str) -> Plain {
    Plain::new(text).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// §8 again, by other calls: incremental hashing, the allocating cipher, parts joined by hand.
fn seal_by_the_primitives(
    slot_key: &[u8; 32],
    id: u64,
    event_id: &EventId,
    field: FieldNo,
    text: &str,
) -> Sealed {
    let place = [event_id.as_bytes().as_slice(), &field.get().to_le_bytes()].concat();
    let salt_key = blake3::Hasher::new_derive_key("onus 2026-11 sealed salt").update(slot_key).finalize();
    let salt: [u8; 16] = blake3::Hasher::new_keyed(salt_key.as_bytes())
        .update(&place)
        .update(text.as_bytes())
        .finalize()
        .as_bytes()[..16]
        .try_into()
        .unwrap();
    let field_key = blake3::Hasher::new_derive_key("onus 2026-11 sealed field")
        .update(slot_key)
        .update(&place)
        .update(&salt)
        .finalize();
    let chars = u32::try_from(text.chars().count()).unwrap();
    let aad = [place.as_slice(), &chars.to_le_bytes()].concat();
    let ciphertext = Aes256Gcm::new_from_slice(field_key.as_bytes())
        .unwrap()
        .encrypt(&[0; 12].into(), Payload { msg: text.as_bytes(), aad: &aad })
        .unwrap();
    let commitment = Sha256::digest([b"onus sealed field v1".as_slice(), field_key.as_bytes()].concat());
    Sealed { key_id: id, chars, salt, commitment: commitment.into(), ciphertext: Bytes::new(ciphertext) }
}

#[test]
fn the_bytes_of_a_sealed_text_are_frozen() {
    let key = slot_key(7, 0);

    let sealed = key.seal(&event(0xab), FIELD, &plain(TEXT)).unwrap();

    assert_eq!((sealed.key_id, sealed.chars), (7, 68));
    assert_eq!(hex(&sealed.salt), SALT);
    assert_eq!(hex(&sealed.commitment), COMMITMENT);
    assert_eq!(hex(sealed.ciphertext.as_slice()), CIPHERTEXT);
    assert_eq!(key.open_text(&sealed, &event(0xab), FIELD).unwrap(), plain(TEXT));
}

#[test]
fn the_longest_and_the_shortest_text_open() {
    for text in ["a".to_owned(), "é".to_owned(), "x".repeat(TEXT_BYTES_MAX), "語".repeat(TEXT_BYTES_MAX / 3)]
    {
        let key = slot_key(1, 9);
        let sealed = key.seal(&event(1), FieldNo::new(1), &plain(&text)).unwrap();
        assert_eq!(sealed.ciphertext.as_slice().len(), text.len() + TAG_BYTES);
        assert_eq!(key.open_text(&sealed, &event(1), FieldNo::new(1)).unwrap().expose(), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sealing_is_the_formula_of_the_format(text in ".{1,200}", first: u8, id in 1_u64..1000, place: u8, field: u16) {
        let field = FieldNo::new(field);
        prop_assume!(place != 0 && place != 0xff && text.len() <= TEXT_BYTES_MAX);
        let key = slot_key(id, first);
        let sealed = key.seal(&event(place), field, &plain(&text)).unwrap();
        prop_assert_eq!(&sealed, &seal_by_the_primitives(key.key.expose(), id, &event(place), field, &text));
        prop_assert_eq!(key.seal(&event(place), field, &plain(&text)).unwrap(), sealed);
    }

    /// The nonce is always zero, so a key must never come twice, but for the same text in the same place.
    #[test]
    fn another_text_event_field_or_slot_never_meets_the_same_key(
        cases in prop::collection::vec(("[ab]{1,3}", 1_u8..4, 0_u16..3, 1_u64..4), 2..60)
    ) {
        let mut seen = HashMap::new();
        for (text, place, field, id) in cases {
            let field = FieldNo::new(field);
            let key = slot_key(id, u8::try_from(id).unwrap());
            let sealed = key.seal(&event(place), field, &plain(&text)).unwrap();
            let field_key = *key.field_key(&sealed, &event(place), field).unwrap().expose();
            let story = (text, place, field, id);
            let first = seen.entry(field_key).or_insert_with(|| story.clone());
            prop_assert_eq!(first, &story);
        }
    }
}

#[test]
fn a_text_moved_to_another_event_field_or_slot_does_not_open() {
    let key = slot_key(3, 0);
    let sealed = key.seal(&event(1), FieldNo::new(5), &plain(TEXT)).unwrap();
    assert!(key.open_text(&sealed, &event(1), FieldNo::new(5)).is_ok());

    let renamed = Sealed { key_id: 4, ..sealed.clone() };
    for refused in [
        key.open_text(&sealed, &event(2), FieldNo::new(5)),
        key.open_text(&sealed, &event(1), FieldNo::new(6)),
        slot_key(3, 1).open_text(&sealed, &event(1), FieldNo::new(5)),
        slot_key(4, 0).open_text(&sealed, &event(1), FieldNo::new(5)),
        slot_key(4, 1).open_text(&renamed, &event(1), FieldNo::new(5)),
    ] {
        assert!(matches!(refused, Err(OpenTextError::OtherKey)), "{refused:?}");
    }
}

#[test]
fn the_ciphertexts_of_two_texts_cannot_be_exchanged() {
    let key = slot_key(3, 0);
    let one = key.seal(&event(1), FieldNo::new(5), &plain("one")).unwrap();
    let two = key.seal(&event(1), FieldNo::new(5), &plain("two")).unwrap();
    let mixed = Sealed { ciphertext: two.ciphertext.clone(), ..one.clone() };
    assert!(matches!(key.open_text(&mixed, &event(1), FieldNo::new(5)), Err(OpenTextError::Altered)));
    let mixed = Sealed { salt: two.salt, ..one };
    assert!(matches!(key.open_text(&mixed, &event(1), FieldNo::new(5)), Err(OpenTextError::OtherKey)));
}

#[test]
fn no_bit_of_a_sealed_text_can_change() {
    let key = slot_key(7, 0);
    let sealed = key.seal(&event(1), FIELD, &plain(TEXT)).unwrap();
    let refused = |altered: &Sealed| key.open_text(altered, &event(1), FIELD).unwrap_err();

    for bit in 0..8 {
        for at in 0..SALT_BYTES {
            let mut altered = sealed.clone();
            altered.salt[at] ^= 1 << bit;
            assert!(matches!(refused(&altered), OpenTextError::OtherKey));
        }
        for at in 0..COMMITMENT_BYTES {
            let mut altered = sealed.clone();
            altered.commitment[at] ^= 1 << bit;
            assert!(matches!(refused(&altered), OpenTextError::OtherKey));
        }
        for at in 0..sealed.ciphertext.as_slice().len() {
            let mut bytes = sealed.ciphertext.as_slice().to_vec();
            bytes[at] ^= 1 << bit;
            let altered = Sealed { ciphertext: Bytes::new(bytes), ..sealed.clone() };
            assert!(matches!(refused(&altered), OpenTextError::Altered));
        }
    }
    for bit in 0..32 {
        assert!(matches!(
            refused(&Sealed { chars: sealed.chars ^ 1 << bit, ..sealed.clone() }),
            OpenTextError::Altered
        ));
    }
    for bit in 0..64 {
        assert!(matches!(
            refused(&Sealed { key_id: sealed.key_id ^ 1 << bit, ..sealed.clone() }),
            OpenTextError::OtherKey
        ));
    }
    for kept in 0..sealed.ciphertext.as_slice().len() {
        let cut = Bytes::new(sealed.ciphertext.as_slice()[..kept].to_vec());
        assert!(matches!(refused(&Sealed { ciphertext: cut, ..sealed.clone() }), OpenTextError::Altered));
    }
}

#[test]
fn what_stayed_at_its_source_says_so() {
    let refused = slot_key(1, 0).open_text(&Sealed::withheld(214), &event(1), FieldNo::new(1)).unwrap_err();
    assert!(matches!(refused, OpenTextError::Withheld { chars: 214 }));
}

/// A text sealed by someone who holds the slot key and breaks the format on purpose.
#[test]
fn a_length_or_an_encoding_that_was_lied_about_is_not_shown() {
    let field_key = FieldKey::from_bytes([5; 32]);
    let forge = |body: &[u8], chars: u32| {
        let aad = associated_of(&place_of(&event(1), FieldNo::new(1)), chars);
        let ciphertext = Aes256Gcm::new(&[5; 32].into())
            .encrypt(&[0; 12].into(), Payload { msg: body, aad: &aad })
            .unwrap();
        let sealed = Sealed {
            key_id: 1,
            chars,
            salt: [0; 16],
            commitment: field_key.commitment(),
            ciphertext: Bytes::new(ciphertext),
        };
        open_with_field_key(&sealed, &event(1), FieldNo::new(1), &field_key)
    };
    assert_eq!(forge(b"four", 4).unwrap().expose(), "four");
    for (body, chars) in [
        (b"four".as_slice(), 5),
        ("né".as_bytes(), 3),
        (b"\xff\xfe", 2),
        (b"", 0),
        (&vec![b'x'; TEXT_BYTES_MAX + 1], u32::try_from(TEXT_BYTES_MAX + 1).unwrap()),
    ] {
        assert!(matches!(forge(body, chars), Err(OpenTextError::Malformed)), "{chars}");
    }
}

/// AES-GCM does not commit to its key: here is one ciphertext that both of two keys open. The commitment
/// lets only one of them through.
#[test]
fn one_ciphertext_cannot_tell_two_stories() {
    let (one, two) = ([1; 32], [2; 32]);
    let aad = associated_of(&place_of(&event(1), FieldNo::new(1)), 16);
    let ciphertext = two_key_ciphertext(one, two, &aad);
    for key in [one, two] {
        let opened =
            Aes256Gcm::new(&key.into()).decrypt(&[0; 12].into(), Payload { msg: &ciphertext, aad: &aad });
        assert!(opened.is_ok(), "the crafted ciphertext must open under both keys");
    }

    let sealed = Sealed {
        key_id: 1,
        chars: 16,
        salt: [0; 16],
        commitment: FieldKey::from_bytes(one).commitment(),
        ciphertext: Bytes::new(ciphertext),
    };

    let under = |key| {
        open_with_field_key(&sealed, &event(1), FieldNo::new(1), &FieldKey::from_bytes(key)).unwrap_err()
    };
    assert!(matches!(under(two), OpenTextError::OtherKey));
    // It opens under the key that it commits to, to 16 bytes that are no text.
    assert!(matches!(under(one), OpenTextError::Malformed));
}

/// One block such that both keys give the same tag: with GHASH = A1·H⁴ + A2·H³ + C·H² + L·H and tag =
/// GHASH + E(J0), solve for C.
fn two_key_ciphertext(one: [u8; 32], two: [u8; 32], aad: &[u8; 22]) -> Vec<u8> {
    let block = |bytes: &[u8]| {
        let mut padded = [0; 16];
        padded[..bytes.len()].copy_from_slice(bytes);
        u128::from_be_bytes(padded)
    };
    let lengths = (22 * 8_u128) << 64 | 128;
    let of_key = |key: [u8; 32]| {
        let aes = Aes256::new(&key.into());
        let encrypt = |input: u128| {
            let mut bytes = input.to_be_bytes().into();
            aes.encrypt_block(&mut bytes);
            u128::from_be_bytes(bytes.into())
        };
        let h = encrypt(0);
        let (h2, h3) = (times(h, h), times(h, times(h, h)));
        let rest = times(block(&aad[..16]), times(h2, h2))
            ^ times(block(&aad[16..]), h3)
            ^ times(lengths, h)
            ^ encrypt(1);
        (h2, rest)
    };
    let ((h_one, rest_one), (h_two, rest_two)) = (of_key(one), of_key(two));
    let c = times(rest_one ^ rest_two, inverse(h_one ^ h_two));
    let tag = times(c, h_one) ^ rest_one;
    [c.to_be_bytes(), tag.to_be_bytes()].concat()
}

/// Multiplication in GF(2¹²⁸), in GCM's bit order.
fn times(a: u128, b: u128) -> u128 {
    let (mut product, mut shifted) = (0, b);
    for bit in (0..128).rev() {
        if a >> bit & 1 == 1 {
            product ^= shifted;
        }
        shifted = shifted >> 1 ^ if shifted & 1 == 1 { 0xe1 << 120 } else { 0 };
    }
    product
}

/// a to the power 2¹²⁸ − 2.
fn inverse(a: u128) -> u128 {
    let (mut power, mut result) = (times(a, a), 1 << 127);
    for _ in 1..128 {
        result = times(result, power);
        power = times(power, power);
    }
    result
}

#[test]
fn nothing_secret_is_printed() {
    let key = slot_key(7, 0x41);
    let sealed = key.seal(&event(1), FieldNo::new(1), &plain(TEXT)).unwrap();
    let field_key = key.field_key(&sealed, &event(1), FieldNo::new(1)).unwrap();
    let mut altered = sealed.clone();
    altered.salt[0] ^= 1;
    let printed = format!(
        "{key:?} {field_key:?} {:?} {}",
        key.open_text(&altered, &event(1), FieldNo::new(1)),
        OpenTextError::Withheld { chars: 1 }
    );
    assert!(printed.contains("SlotKey") && printed.contains("FieldKey"));
    for secret in
        [hex(key.key.expose()), hex(field_key.expose()), "Caller".into(), "41, 42".into(), "65, 66".into()]
    {
        assert!(!printed.contains(&secret), "{printed}");
    }
}
