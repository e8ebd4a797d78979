//! A retry is equal when the clear fields are equal and each sealed field opens to the same text.

use crate::setting::{Setting, decision};
use onus_store::{Expect, Recorded};

#[test]
fn the_same_text_under_another_slot_is_the_same_event() {
    let setting = Setting::new();
    let first =
        setting.recorder().record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    // Another process takes another slot, so the ciphertexts differ.
    let again =
        setting.recorder().record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    assert_eq!(again[0].receipt.outcome, Recorded::AlreadyThere);
    assert_eq!(again[0].receipt.link, first[0].receipt.link);
    assert_eq!(setting.entries().len(), 3, "opened, schema, decision");
}

#[test]
fn another_text_of_the_same_length_is_another_content() {
    let setting = Setting::new();
    setting.recorder().record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    let other = setting.recorder().record(vec![decision(1, "ambulance most INappropriat")], Expect::Any);
    assert!(other.is_err());
    let other = setting.recorder().record(vec![decision(1, "ambulance most APPROPRIATE")], Expect::Any);
    assert!(other.unwrap_err().to_string().contains("as entry 2"));
}

#[test]
fn where_the_text_was_erased_equal_clear_fields_and_length_are_enough() {
    let setting = Setting::new();
    setting.recorder().record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    let sealed = setting.entries()[2].1.sealed_texts();
    let private = setting.folder.path().join("ledger.private");
    let storage: std::sync::Arc<dyn onus_core::storage::Storage> = std::sync::Arc::new(onus_store::OsFiles);
    let id = setting.ledger.read().unwrap().identity().id;
    let vault = onus_vault::Vault::open(&storage, &private, id, onus_vault::Unlock::KeyFile).unwrap();
    vault.erase(&[onus_vault::KeyId::new(sealed[0].1.key_id).unwrap()]).unwrap();

    let again =
        setting.recorder().record(vec![decision(1, "AMBULANCE MOST APPROPRIATE")], Expect::Any).unwrap();
    assert_eq!(again[0].receipt.outcome, Recorded::AlreadyThere);
    assert!(setting.recorder().record(vec![decision(1, "of another length")], Expect::Any).is_err());
}
