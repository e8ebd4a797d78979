//! A wrong key, a missing file, a file of another ledger, damage: each has its own answer, and nothing is
//! changed by asking.

use crate::disk::{self, of, private_dir};
use crate::slots::*;
use onus_core::field_no::FieldNo;
use onus_core::storage::OpenHow;
use onus_testkit::fault_fs::FaultFs;
use onus_vault::*;

const MASTER: &str = "MASTER";
const SLOTS: &str = "slots.1";
const KEYFILE: &str = "keyfile.1";

fn refusal(fs: &FaultFs) -> OpenError {
    let before = fs.fork();
    let refused = open(fs).unwrap_err();
    for path in before.files(&private_dir()) {
        assert_eq!(fs.read(&path), before.read(&path), "opening changed {} and then refused", path.display());
    }
    refused
}

fn with_file_of_another(ledger_id: [u8; 16], path: &str) -> FaultFs {
    let (fs, other) = (disk::empty(), disk::empty());
    drop(create(&fs));
    drop(Vault::create(&other.storage(), &private_dir(), ledger_id, Wrapping::KeyFile).unwrap());
    fs.put(&of(path), disk::read(&other, path));
    fs
}

#[test]
fn files_of_another_ledger_are_named() {
    for path in [MASTER, SLOTS] {
        let refused = refusal(&with_file_of_another([9; 16], path));
        assert!(
            matches!(&refused, OpenError::OtherLedger { path: named } if named.ends_with(path)),
            "{refused}"
        );
    }
    let refused = refusal(&with_file_of_another([9; 16], KEYFILE));
    assert!(matches!(refused, OpenError::Unlock(UnlockError::KeyFileOfOtherLedger { .. })), "{refused}");
}

#[test]
fn a_key_file_that_is_whole_but_not_the_one_is_a_wrong_key() {
    let refused = refusal(&with_file_of_another(LEDGER, KEYFILE));
    assert!(matches!(refused, OpenError::Unlock(UnlockError::WrongKeyFile { .. })), "{refused}");
}

#[test]
fn slots_of_another_vault_of_this_ledger_give_no_key_and_no_text() {
    let fs = with_file_of_another(LEDGER, SLOTS);
    let vault = open(&fs).unwrap();
    assert!(matches!(vault.allocate(), Err(AllocateError::Slot(SlotError::Damaged { key_id: 1 }))));
    assert!(matches!(vault.slot(id(1)), Err(SlotError::Damaged { key_id: 1 })));
}

#[test]
fn missing_files_are_named() {
    let whole = disk::empty();
    assert!(matches!(open(&whole), Err(OpenError::NoVault { .. })));
    drop(create(&whole));
    let without = |path: &str| {
        let fs = whole.fork();
        fs.take_away(&of(path));
        open(&fs).unwrap_err()
    };
    assert!(matches!(without(MASTER), OpenError::NoVault { .. }));
    assert!(matches!(without(SLOTS), OpenError::SlotsMissing { .. }));
    assert!(matches!(without(KEYFILE), OpenError::Unlock(UnlockError::KeyFileMissing { .. })));
}

/// Every bit of every file: the vault refuses with an error of that file, or the text still opens (the bit
/// was in a second copy, in a mark or in another slot), or exactly its slot is refused.
#[test]
fn no_damaged_bit_passes_unseen_or_gives_another_text() {
    let whole = disk::empty();
    let vault = create(&whole);
    let sealed = seal(&vault.allocate().unwrap());
    drop(vault);
    for (path, checked) in [(MASTER, 0..256), (KEYFILE, 0..64), (SLOTS, 0..192)] {
        let bytes = disk::read(&whole, path);
        for bit in checked.start * 8..checked.end * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let fs = whole.fork();
            fs.put(&of(path), altered);
            match (open(&fs), path, bit / 8) {
                (Err(OpenError::MasterDamaged { .. }), MASTER, _)
                | (Err(OpenError::Unlock(UnlockError::KeyFileDamaged { .. })), KEYFILE, _)
                | (Err(OpenError::SlotsDamaged { .. }), SLOTS, 0..36) => {}
                (Ok(vault), SLOTS, 36..68 | 128..192) => assert!(opens(&vault, &sealed)),
                (Ok(vault), SLOTS, 68..128) => assert!(
                    matches!(
                        vault.open_text(&sealed, &event(), FieldNo::new(1)),
                        Err(OpenTextError::Slot(SlotError::Damaged { key_id: 1 }))
                    ),
                    "{path} {bit}"
                ),
                (outcome, ..) => panic!("{path} bit {bit}: {outcome:?}"),
            }
        }
    }
}

#[test]
fn a_slot_in_use_whose_mark_is_damaged_opens_and_is_not_handed_out_again() {
    let fs = disk::empty();
    let sealed = seal(&create(&fs).allocate().unwrap());
    let mut slots = disk::read(&fs, SLOTS);
    slots[64] ^= 1;
    fs.put(&of(SLOTS), slots);

    let mut vault = open(&fs).unwrap();

    assert_eq!(vault.allocate().unwrap().id(), id(2));
    assert!(opens(&vault, &sealed) && vault.slot(id(1)).is_ok());
    vault.rotate(Unlock::KeyFile).unwrap();
    assert!(opens(&vault, &sealed));
    assert_eq!(&disk::read(&fs, "slots.2")[64..68], b"ONSL", "a rotation mends the mark");
}

#[test]
fn slots_of_another_generation_are_damage() {
    let fs = disk::empty();
    let mut vault = create(&fs);
    let before = fs.fork();
    vault.rotate(Unlock::KeyFile).unwrap();
    before.put(&of(SLOTS), disk::read(&fs, "slots.2"));
    assert!(matches!(refusal(&before), OpenError::SlotsDamaged { .. }));
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let whole = disk::empty();
    drop(create(&whole));
    for path in [MASTER, KEYFILE, SLOTS] {
        let bytes = disk::read(&whole, path);
        let step = if path == SLOTS { 37 } else { 1 };
        for kept in (0..bytes.len()).step_by(step) {
            let fs = whole.fork();
            fs.put(&of(path), bytes[..kept].to_vec());
            match (open(&fs), path) {
                (Err(OpenError::MasterDamaged { .. }), MASTER) if kept < 256 => {}
                (Ok(_), MASTER) if kept >= 256 => {}
                (Err(OpenError::Unlock(UnlockError::KeyFileDamaged { .. })), KEYFILE) => {}
                (Err(OpenError::SlotsDamaged { .. }), SLOTS) if kept < 50 => {}
                (Err(OpenError::SlotsTruncated { made: 256, found, .. }), SLOTS) => {
                    assert_eq!(found, (u64::try_from(kept).unwrap() / 64).saturating_sub(1));
                }
                (outcome, _) => panic!("{path} cut at {kept}: {outcome:?}"),
            }
        }
    }
}

#[test]
fn a_key_file_with_bytes_after_its_end_is_damaged() {
    let fs = disk::empty();
    drop(create(&fs));
    fs.put(&of(KEYFILE), [disk::read(&fs, KEYFILE), vec![0]].concat());
    assert!(matches!(open(&fs), Err(OpenError::Unlock(UnlockError::KeyFileDamaged { .. }))));
}

#[test]
fn a_later_version_is_told_from_damage() {
    let fs = disk::empty();
    drop(create(&fs));
    let mut master = disk::read(&fs, MASTER);
    master[4] = 2;
    let check = blake3::hash(&master[..240]);
    master[240..256].copy_from_slice(&check.as_bytes()[..16]);
    fs.put(&of(MASTER), master);
    assert!(matches!(open(&fs), Err(OpenError::UnknownVersion { version: 2, .. })));
}

/// Whoever can write MASTER can mend its check; what the wrapped key is bound to they cannot mend.
#[test]
fn what_master_states_is_bound_to_the_wrapped_key() {
    let fs = disk::empty();
    drop(create(&fs));
    let whole = disk::read(&fs, MASTER);
    for at in [8, 32] {
        let mut master = whole.clone();
        master[at] = 2;
        let check = blake3::hash(&master[..240]);
        master[240..256].copy_from_slice(&check.as_bytes()[..16]);
        fs.put(&of(MASTER), master);
        fs.put(&of("keyfile.2"), disk::read(&fs, KEYFILE));
        let refused = open(&fs).unwrap_err();
        assert!(matches!(refused, OpenError::Unlock(UnlockError::WrongKeyFile { .. })), "{at}: {refused}");
    }
}

#[test]
fn a_rotation_stops_at_a_damaged_slot_and_changes_nothing() {
    let fs = disk::empty();
    let mut vault = create(&fs);
    let sealed = seal(&vault.allocate().unwrap());
    let mut slots = disk::read(&fs, SLOTS);
    slots[3 * 64 + 20] ^= 1;
    drop(vault);
    fs.put(&of(SLOTS), slots);
    vault = open(&fs).unwrap();

    assert!(
        matches!(vault.rotate(Unlock::KeyFile), Err(RotateError::DamagedSlot { key_id }) if key_id == id(3))
    );

    assert_eq!(disk::names(&fs), ["MASTER", "keyfile.1", "slots.1"].map(String::from).into());
    assert!(opens(&vault, &sealed) && opens(&open(&fs).unwrap(), &sealed));
    vault.erase(&[id(3)]).unwrap();
    vault.rotate(Unlock::KeyFile).unwrap();
    assert!(opens(&vault, &sealed));
}

#[test]
fn a_vault_held_by_another_process_says_so_after_its_wait() {
    let fs = disk::empty();
    drop(create(&fs));
    let storage = fs.storage();
    let held = storage.open(&of("lock"), OpenHow::Read).unwrap();
    assert!(held.try_lock().unwrap());
    assert!(matches!(open(&fs), Err(OpenError::Host(HostError::Busy { .. }))));
    drop(held);
    assert!(open(&fs).is_ok());
}
