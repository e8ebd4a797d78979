//! Damage of each part of the private directory is found, named, and never covered by what was not checked.

use crate::setting::{Setting, decision, nobody};
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{Costs, PartState, Passphrase, PrivatePart, PrivateVerdict, Scrub, ScrubResult, Wrapping};
use onus_store::Expect;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// A ledger with two texts, keys, a checkpoint and a reading.
fn lived_in() -> Setting {
    let setting = Setting::new();
    let keys = setting.keys();
    keys.generate_key(&nobody(), KeyPurpose::Checkpoint).unwrap();
    let recorder = setting.recorder();
    recorder.record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    recorder.record(vec![decision(2, "no threat to life")], Expect::Any).unwrap();
    recorder.close().unwrap();
    keys.sign_checkpoint().unwrap();
    setting
}

fn private(setting: &Setting) -> PathBuf {
    setting.folder.path().join("ledger.private")
}

fn verdict(setting: &Setting, passphrase: Option<&Passphrase>) -> PrivateVerdict {
    setting.ledger.verify_private(passphrase).unwrap().unwrap()
}

fn scrub(setting: &Setting) -> Scrub {
    setting.ledger.scrub(None, NonZeroUsize::MIN, &|_, _| {}).unwrap()
}

fn flip(path: &PathBuf, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn file_in(folder: PathBuf, start: &str) -> PathBuf {
    let mut found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    found.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(start)).unwrap()
}

/// The faulty parts, with why.
fn faults(verdict: &PrivateVerdict) -> Vec<(PrivatePart, String)> {
    let faulty = |part: &onus_ledger::CheckedPart| match &part.state {
        PartState::Faulty(why) => Some((part.part.clone(), why.clone())),
        _ => None,
    };
    verdict.parts.iter().filter_map(faulty).collect()
}

#[test]
fn of_a_whole_ledger_everything_is_checked_and_nothing_found_and_that_is_kept() {
    let setting = lived_in();
    assert_eq!(setting.ledger.last_scrub(), None);
    let found = scrub(&setting);
    assert_eq!(
        (found.result, found.faults.len(), found.not_checked.len()),
        (ScrubResult::Good, 0, 0),
        "{found:?}"
    );
    assert_eq!(found.size, setting.ledger.read().unwrap().size());
    assert_eq!(setting.ledger.last_scrub(), Some(found));
    let verdict = verdict(&setting, None);
    assert!(verdict.is_sound() && verdict.is_complete() && verdict.slots.is_some(), "{verdict:?}");
}

#[test]
fn one_damaged_bit_of_any_slot_is_found_wherever_it_is() {
    let setting = lived_in();
    let slots = file_in(private(&setting).join("vault"), "slots");
    let whole = fs::read(&slots).unwrap();
    for at in [64 + 4, 64 + 20, 2 * 64 + 63, 3 * 64 + 16] {
        flip(&slots, at);
        let found = faults(&verdict(&setting, None));
        assert_eq!(found.len(), 1, "{at}: {found:?}");
        assert_eq!(found[0].0, PrivatePart::Slots);
        assert!(found[0].1.contains(&format!("slot {}", at / 64)), "{at}: {found:?}");
        assert_eq!(setting.keys().seal_status().unwrap().damaged, 1, "{at}");
        assert_eq!(scrub(&setting).result, ScrubResult::Faulty);
        fs::write(&slots, &whole).unwrap();
    }
    assert_eq!(scrub(&setting).result, ScrubResult::Good);
}

#[test]
fn one_damaged_bit_of_the_access_ledger_is_found() {
    let setting = lived_in();
    let log = private(&setting).join("access/log");
    let segment = fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().path());
    let segment = segment.into_iter().find(|path| path.extension().is_some_and(|ext| ext == "seg")).unwrap();
    let middle = fs::read(&segment).unwrap().len() / 2;
    flip(&segment, middle);
    let found = scrub(&setting);
    assert_eq!(found.result, ScrubResult::Faulty);
    assert!(found.faults.iter().any(|fault| fault.starts_with("access ledger")), "{found:?}");
    assert_eq!(setting.ledger.last_scrub().unwrap().result, ScrubResult::Faulty, "and stays known");
}

#[test]
fn a_damaged_or_missing_signing_key_is_named_by_its_purpose() {
    let setting = lived_in();
    let key = file_in(private(&setting).join("keys"), "checkpoint-");
    let whole = fs::read(&key).unwrap();
    flip(&key, 30);
    assert_eq!(faults(&verdict(&setting, None))[0].0, PrivatePart::SigningKey(KeyPurpose::Checkpoint));
    fs::remove_file(&key).unwrap();
    let found = faults(&verdict(&setting, None));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.contains("missing"), "{found:?}");
    fs::write(&key, whole).unwrap();
    assert!(verdict(&setting, None).is_sound());
}

#[test]
fn what_was_signed_last_is_held_against_the_log() {
    let setting = lived_in();
    let note = private(&setting).join("keys/last-signed");
    let whole = fs::read_to_string(&note).unwrap();
    for damaged in [whole.replace("onus last", "onus Last"), String::new(), whole.replacen('\n', "\n9", 1)] {
        fs::write(&note, damaged).unwrap();
        assert_eq!(faults(&verdict(&setting, None))[0].0, PrivatePart::LastSigned);
    }
    fs::remove_file(&note).unwrap();
    assert_eq!(faults(&verdict(&setting, None))[0].0, PrivatePart::LastSigned, "a checkpoint was signed");
}

#[test]
fn profiles_and_rights_that_cannot_be_read_are_faults() {
    let setting = lived_in();
    fs::write(private(&setting).join("rights.toml"), "version = [").unwrap();
    fs::write(setting.ledger.profiles_path(), "[[alow]]").unwrap();
    let found: Vec<PrivatePart> =
        faults(&verdict(&setting, None)).into_iter().map(|(part, _)| part).collect();
    assert_eq!(found, [PrivatePart::Profiles, PrivatePart::Rights]);
}

#[test]
fn under_a_passphrase_that_nobody_gave_the_slots_are_not_called_good() {
    let setting = lived_in();
    let passphrase = Passphrase::new("capitals And spaces count".into()).unwrap();
    let costs = Costs::new(64, 1, 1).unwrap();
    setting.ledger.guard_seals(None, Wrapping::Passphrase { passphrase: &passphrase, costs }).unwrap();

    let locked = verdict(&setting, None);
    assert!(locked.is_sound() && !locked.is_complete() && locked.slots.is_none(), "{locked:?}");
    assert_eq!(scrub(&setting).result, ScrubResult::Incomplete);
    assert!(verdict(&setting, Some(&passphrase)).is_complete());
    let wrong = Passphrase::new("something else".into()).unwrap();
    assert!(!verdict(&setting, Some(&wrong)).is_complete());

    // A mark can be read without a key.
    flip(&file_in(private(&setting).join("vault"), "slots"), 64);
    assert_eq!(faults(&verdict(&setting, None))[0].0, PrivatePart::Slots);
}

#[test]
fn without_the_private_directory_nothing_is_kept_and_nothing_called_complete() {
    let setting = lived_in();
    fs::rename(private(&setting), setting.folder.path().join("away")).unwrap();
    assert_eq!(setting.ledger.verify_private(None).unwrap(), None);
    assert_eq!(scrub(&setting).result, ScrubResult::Incomplete);
    assert!(!private(&setting).exists());
}
