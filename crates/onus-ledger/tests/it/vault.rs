//! Keys that are wrong, missing or of another ledger: a clear error each, and the ledger still verifies.

use crate::setting::{Setting, caller, decision};
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_ledger::{EntryTexts, RevealError, RevealRequest};
use onus_store::Expect;
use std::fs;
use std::path::PathBuf;

fn with_a_decision() -> Setting {
    let setting = Setting::new();
    setting.recorder().record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    setting
}

fn reveal(setting: &Setting) -> Result<Vec<Result<String, String>>, RevealError> {
    let why = Plain::new("complaint").unwrap();
    let revealed = setting.ledger.unlock(None)?.reveal(
        &caller("police:sussex/supervisor"),
        &RevealRequest { why: &why, purpose: None },
        &[EntryTexts { seq: Seq::new(2), fields: vec![] }],
    )?;
    Ok(revealed
        .into_iter()
        .map(|revealed| revealed.text.map(|text| text.expose().to_owned()).map_err(|e| e.to_string()))
        .collect())
}

fn access_entries(setting: &Setting) -> u64 {
    setting.ledger.access().read().unwrap().size()
}

fn vault_file(setting: &Setting, name: &str) -> PathBuf {
    let folder = setting.folder.path().join("ledger.private/vault");
    let found = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    found.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with(name)).unwrap()
}

fn assert_sound(setting: &Setting) {
    assert!(setting.ledger.verify(std::num::NonZeroUsize::MIN, &|_, _| {}).unwrap().is_sound());
}

#[test]
fn a_text_opens_and_the_access_ledger_has_the_reading_first() {
    let setting = with_a_decision();
    assert_eq!(reveal(&setting).unwrap(), [Ok("ambulance most appropriate".to_owned())]);
    assert_eq!(access_entries(&setting), 3, "opened, schema, the reading");
    reveal(&setting).unwrap();
    assert_eq!(access_entries(&setting), 4, "each reading is recorded");
}

#[test]
fn if_the_reading_cannot_be_written_nothing_is_revealed() {
    let setting = with_a_decision();
    let access = setting.folder.path().join("ledger.private/access/log");
    fs::rename(&access, access.with_file_name("moved")).unwrap();
    assert!(reveal(&setting).is_err());
}

#[test]
fn a_missing_slot_file_is_named() {
    let setting = with_a_decision();
    fs::remove_file(vault_file(&setting, "slots")).unwrap();
    let error = reveal(&setting).unwrap_err().to_string();
    assert!(error.contains("slots"), "{error}");
    assert_sound(&setting);
}

#[test]
fn the_vault_of_another_ledger_is_refused() {
    let (setting, other) = (with_a_decision(), with_a_decision());
    let before = access_entries(&setting);
    let (own, foreign) = (vault_file(&setting, "slots"), vault_file(&other, "slots"));
    fs::copy(&foreign, &own).unwrap();
    let error = reveal(&setting).map_or_else(|e| e.to_string(), |texts| format!("{texts:?}"));
    assert!(!error.contains("ambulance") && error.contains("ledger"), "{error}");
    assert_sound(&setting);
    fs::copy(vault_file(&other, "MASTER"), vault_file(&setting, "MASTER")).unwrap();
    assert!(reveal(&setting).is_err());
    assert_eq!(access_entries(&setting), before, "no reading took place");
}

#[test]
fn a_wrong_key_file_is_refused() {
    let (setting, other) = (with_a_decision(), with_a_decision());
    let (own, foreign) = (vault_file(&setting, "key"), vault_file(&other, "key"));
    fs::copy(&foreign, &own).unwrap();
    assert!(reveal(&setting).is_err());
    assert_sound(&setting);
}

#[test]
fn without_the_private_directory_nothing_is_revealed() {
    let setting = with_a_decision();
    let private = setting.folder.path().join("ledger.private");
    fs::rename(&private, private.with_file_name("away")).unwrap();
    assert!(reveal(&setting).is_err());
    assert_sound(&setting);
}

/// An erasure is a promise about every vault, also one restored from before it.
#[test]
fn a_vault_restored_from_before_an_erasure_does_not_bring_the_text_back() {
    let setting = with_a_decision();
    let key_id = setting.entries()[2].1.sealed_texts()[0].1.key_id;
    assert_eq!(reveal(&setting).unwrap(), [Ok("ambulance most appropriate".to_owned())]);

    let erased = onus_core::bodies::ledger_wide::PersonalDataErased {
        key_ids: vec![key_id],
        basis: onus_core::code::Code::new("uk-gdpr-17").unwrap(),
        authorisers: vec![],
    };
    let at = crate::setting::time(crate::setting::NOON);
    let body = onus_core::kinds::Body::PersonalDataErased(erased);
    let event = onus_testkit::events::ledger_wide("police:sussex", at, 7, body).encode();
    let storage: std::sync::Arc<dyn onus_core::storage::Storage> = std::sync::Arc::new(onus_store::OsFiles);
    let clock = Box::new(|question: onus_store::ClockQuestion| onus_store::ClockAnswer {
        recorded_at: question.previous,
        first: None,
    });
    let (writer, _) =
        onus_store::Writer::open(storage, setting.ledger.dir(), clock, onus_store::OpenOptions::default())
            .unwrap();
    writer.append(vec![event], Expect::Any).unwrap();
    writer.close().unwrap();

    let texts = reveal(&setting).unwrap();
    assert!(texts[0].as_ref().is_err_and(|why| why.contains("erased")), "{texts:?}");
    assert_sound(&setting);
}
