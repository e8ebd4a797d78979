//! Handing out, erasing, guarding: what a vault does while the power stays on.

use crate::disk::{self, private_dir};
use onus_core::field_no::FieldNo;
use onus_core::ids::EventId;
use onus_core::sealed::{Plain, Sealed};
use onus_core::storage::{OpenHow, Storage, StoredFile};
use onus_testkit::fault_fs::FaultFs;
use onus_vault::*;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) const LEDGER: [u8; 16] = [0x1d; 16];
pub(crate) const TEXT: &str = "Neighbour heard shouting at 20:31, then nothing";

pub(crate) fn cheap() -> Costs {
    Costs::new(8, 1, 1).unwrap()
}

pub(crate) fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).unwrap()
}

pub(crate) fn event() -> EventId {
    EventId::from_bytes([3; 16]).unwrap()
}

pub(crate) fn plain() -> Plain {
    Plain::new(TEXT).unwrap()
}

pub(crate) fn create(fs: &FaultFs) -> Vault {
    create_on(&fs.storage()).unwrap()
}

pub(crate) fn create_on(storage: &Arc<dyn Storage>) -> Result<Vault, CreateError> {
    Vault::create(storage, &private_dir(), LEDGER, Wrapping::KeyFile)
}

pub(crate) fn open(fs: &FaultFs) -> Result<Vault, OpenError> {
    open_with(fs, Unlock::KeyFile)
}

pub(crate) fn open_with(fs: &FaultFs, with: Unlock<'_>) -> Result<Vault, OpenError> {
    open_on(&fs.storage(), with)
}

pub(crate) fn open_on(storage: &Arc<dyn Storage>, with: Unlock<'_>) -> Result<Vault, OpenError> {
    Vault::open(storage, &private_dir(), LEDGER, with)
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

pub(crate) fn id(number: u64) -> KeyId {
    KeyId::new(number).unwrap()
}

pub(crate) fn seal(slot: &SlotKey) -> Sealed {
    slot.seal(&event(), FieldNo::new(1), &plain()).unwrap()
}

pub(crate) fn opens(vault: &Vault, sealed: &Sealed) -> bool {
    vault.open_text(sealed, &event(), FieldNo::new(1)).is_ok_and(|text| text == plain())
}

#[test]
fn what_was_sealed_opens_after_the_vault_was_opened_again() {
    let fs = disk::empty();
    let vault = create(&fs);
    let slot = vault.allocate().unwrap();
    let sealed = seal(&slot);
    drop(vault);

    let vault = open(&fs).unwrap();

    assert!(opens(&vault, &sealed));
    assert_eq!(seal(&vault.slot(slot.id()).unwrap()), sealed, "a retry gives the same bytes");
    let key = vault.field_key(&sealed, &event(), FieldNo::new(1)).unwrap();
    assert_eq!(open_with_field_key(&sealed, &event(), FieldNo::new(1), &key).unwrap(), plain());
}

#[test]
fn a_command_that_records_one_event_wastes_no_slot() {
    let fs = disk::empty();
    drop(create(&fs));
    for number in 1..=5 {
        assert_eq!(open(&fs).unwrap().allocate().unwrap().id(), id(number));
    }
    let status = open(&fs).unwrap().status().unwrap();
    assert_eq!((status.live, status.free, status.erased, status.damaged), (5, 251, 0, 0));
}

#[test]
fn no_slot_is_handed_out_twice_whatever_the_number_of_threads_and_processes() {
    let fs = disk::empty();
    let (first, second) = (create(&fs), open(&fs).unwrap());
    let mut all = BTreeSet::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = [&first, &first, &second, &second]
            .into_iter()
            .map(|vault| scope.spawn(|| (0..700).map(|_| vault.allocate().unwrap().id()).collect::<Vec<_>>()))
            .collect();
        for thread in threads {
            for id in thread.join().unwrap() {
                assert!(all.insert(id), "slot {id} was handed out twice");
            }
        }
    });
    assert_eq!(all.len(), 2800);
    let third = open(&fs).unwrap();
    assert!(third.allocate().unwrap().id() > *all.last().unwrap());
}

#[test]
fn two_slots_have_two_keys() {
    let vault = create(&disk::empty());
    let (one, two) = (seal(&vault.allocate().unwrap()), seal(&vault.allocate().unwrap()));
    assert_ne!((one.salt, one.commitment), (two.salt, two.commitment));
    let renamed = Sealed { key_id: two.key_id, ..one };
    assert!(matches!(vault.open_text(&renamed, &event(), FieldNo::new(1)), Err(OpenTextError::OtherKey)));
}

#[test]
fn an_erased_slot_is_gone_for_good_and_its_key_stands_in_no_file() {
    let fs = disk::empty();
    let vault = create(&fs);
    let (kept, erased) = (vault.allocate().unwrap(), vault.allocate().unwrap());
    let (kept_text, erased_text) = (seal(&kept), seal(&erased));
    let at = usize::try_from(erased.id().get() * 64).unwrap();
    let wrapped = disk::read(&fs, "slots.1")[at + 16..at + 64].to_vec();

    vault.erase(&[erased.id()]).unwrap();

    assert!(!holds(&disk::read(&fs, "slots.1"), &wrapped), "the wrapped key was left");
    assert!(fs.is_synced(&disk::of("slots.1")));
    for vault in [vault, open(&fs).unwrap()] {
        assert!(opens(&vault, &kept_text));
        let refused = vault.open_text(&erased_text, &event(), FieldNo::new(1)).unwrap_err();
        assert!(matches!(refused, OpenTextError::Slot(SlotError::Erased { key_id: 2 })), "{refused}");
        assert!(matches!(vault.slot(erased.id()), Err(SlotError::Erased { key_id: 2 })));
        assert_eq!(vault.reapply_erasures([erased.id()]).unwrap(), 0);
        assert_eq!(vault.status().unwrap().erased, 1);
    }
}

#[test]
fn a_slot_erased_before_it_was_handed_out_is_not_handed_out() {
    let vault = create(&disk::empty());
    let used: Vec<u64> = (0..4).map(|_| vault.allocate().unwrap().id().get()).collect();
    assert_eq!(used, [1, 2, 3, 4], "5 to 7 are set aside");
    vault.erase(&[id(5), id(6), id(9)]).unwrap();
    let used: Vec<u64> = (0..3).map(|_| vault.allocate().unwrap().id().get()).collect();
    assert_eq!(used, [7, 10, 11]);
}

#[test]
fn a_vault_older_than_its_ledger_hands_out_no_used_slot_and_erases_again() {
    let fs = disk::empty();
    let vault = create(&fs);
    drop(vault);
    let backup = fs.fork();
    let vault = open(&fs).unwrap();
    let slots: Vec<SlotKey> = (0..300).map(|_| vault.allocate().unwrap()).collect();
    let sealed: Vec<Sealed> = slots.iter().map(seal).collect();
    vault.erase(&[id(1), id(299)]).unwrap();

    let vault = open(&backup).unwrap();
    assert!(matches!(vault.slot(id(2)), Err(SlotError::NotInUse { key_id: 2 })));
    assert!(matches!(vault.slot(id(300)), Err(SlotError::NoSuchSlot { key_id: 300 })));
    assert_eq!(vault.reapply_erasures([id(1), id(299)]).unwrap(), 2);
    assert_eq!(vault.skip_used(id(300)).unwrap(), 1, "299 is known used by its erasure");
    assert_eq!(vault.skip_used(id(300)).unwrap(), 0);

    assert!(!opens(&vault, &sealed[0]));
    assert_eq!(vault.allocate().unwrap().id(), id(301));
    assert_eq!(open(&backup).unwrap().allocate().unwrap().id(), id(302));
    let far = 300 + 257 + (1 << 20);
    assert!(matches!(vault.erase(&[id(far * 2)]), Err(EraseError::FarBeyond { .. })));
    assert!(matches!(vault.skip_used(id(far * 2)), Err(SkipError::FarBeyond { .. })));
}

#[test]
fn skipped_slots_of_a_restored_vault_still_open() {
    let fs = disk::empty();
    let vault = create(&fs);
    drop(vault);
    let backup = fs.fork();
    let vault = open(&fs).unwrap();
    let sealed: Vec<Sealed> = (0..9).map(|_| seal(&vault.allocate().unwrap())).collect();

    let vault = open(&backup).unwrap();
    assert!(opens(&vault, &sealed[8]), "the key of a slot made ahead was in the backup");
    assert_eq!(vault.skip_used(id(9)).unwrap(), 9);
    assert!(opens(&vault, &sealed[8]) && vault.slot(id(9)).is_ok());
    assert_eq!(vault.allocate().unwrap().id(), id(10));
}

#[test]
fn rotating_makes_all_files_new_and_keeps_every_text_and_token() {
    let fs = disk::empty();
    let mut vault = create(&fs);
    let slots: Vec<SlotKey> = (0..5).map(|_| vault.allocate().unwrap()).collect();
    let sealed: Vec<Sealed> = slots.iter().map(seal).collect();
    vault.erase(&[id(2)]).unwrap();
    let token = vault.token("nominal/4471");
    let before = fs.fork();
    let handle = |name| -> Arc<dyn StoredFile> { fs.storage().open(&disk::of(name), OpenHow::Read).unwrap() };
    let (slots_file, key_file) = (handle("slots.1"), handle("keyfile.1"));

    vault.rotate(Unlock::KeyFile).unwrap();

    assert_eq!(disk::names(&fs), ["MASTER", "keyfile.2", "slots.2"].map(String::from).into());
    for vault in [vault, open(&fs).unwrap()] {
        let readable: Vec<bool> = sealed.iter().map(|text| opens(&vault, text)).collect();
        assert_eq!(readable, [true, false, true, true, true]);
        assert_eq!(vault.token("nominal/4471"), token);
        assert!(vault.allocate().unwrap().id() > id(5));
        assert_eq!(vault.status().unwrap().generation, 2);
    }
    let master = disk::read(&before, "MASTER");
    assert!(!holds(&disk::read(&fs, "MASTER"), &master[84..132]), "the former master was left");
    assert!(fs.is_synced(&disk::of("MASTER")) && fs.names_are_synced(&disk::of("")));
    for (file, len) in [(slots_file, 257 * 64), (key_file, 64)] {
        let mut bytes = vec![1; len];
        file.read_exact_at(&mut bytes, 0).unwrap();
        assert_eq!(bytes, vec![0; len], "a former file was removed and not overwritten");
    }
}

#[test]
fn a_vault_that_another_process_rotated_says_so() {
    let fs = disk::empty();
    let mut vault = create(&fs);
    let mut other = open(&fs).unwrap();
    let slot = other.allocate().unwrap();
    vault.rotate(Unlock::KeyFile).unwrap();

    let replaced = |e: &HostError| matches!(e, HostError::Replaced { .. });
    assert!(matches!(other.slot(slot.id()), Err(SlotError::Host(e)) if replaced(&e)));
    assert!(matches!(other.allocate(), Err(AllocateError::Host(e)) if replaced(&e)));
    assert!(matches!(other.erase(&[slot.id()]), Err(EraseError::Host(e)) if replaced(&e)));
    assert!(matches!(other.status(), Err(e) if replaced(&e)));
    assert!(matches!(other.rotate(Unlock::KeyFile), Err(RotateError::Host(e)) if replaced(&e)));
    let changed = other.change_wrapping(Wrapping::KeyFile);
    assert!(
        matches!(changed, Err(ChangeError::Host(e)) if replaced(&e)),
        "the former master must not come back"
    );
    assert!(open(&fs).is_ok());
    assert!(opens(&vault, &seal(&slot)), "what it had sealed is not lost");
}

#[test]
fn a_passphrase_guards_the_vault_from_the_moment_it_is_set() {
    let fs = disk::empty();
    let mut vault = create(&fs);
    let sealed = seal(&vault.allocate().unwrap());
    let (first, second) = (passphrase("correct horse"), passphrase("Correct horse"));

    vault.change_wrapping(Wrapping::Passphrase { passphrase: &first, costs: cheap() }).unwrap();

    assert_eq!(disk::names(&fs), ["MASTER", "slots.1"].map(String::from).into());
    assert_eq!(wrapping_of(&fs.storage(), &private_dir()).unwrap(), WrappingKind::Passphrase(cheap()));
    let refused = |with| match open_with(&fs, with) {
        Err(OpenError::Unlock(e)) => e,
        other => panic!("{other:?}"),
    };
    assert!(matches!(refused(Unlock::KeyFile), UnlockError::WantsPassphrase));
    assert!(matches!(refused(Unlock::Passphrase(&second)), UnlockError::WrongPassphrase));

    let mut vault = open_with(&fs, Unlock::Passphrase(&first)).unwrap();
    assert!(opens(&vault, &sealed));
    assert!(matches!(
        vault.rotate(Unlock::Passphrase(&second)),
        Err(RotateError::Unlock(UnlockError::WrongPassphrase))
    ));
    vault.rotate(Unlock::Passphrase(&first)).unwrap();
    vault.change_wrapping(Wrapping::Passphrase { passphrase: &second, costs: cheap() }).unwrap();
    assert!(matches!(refused(Unlock::Passphrase(&first)), UnlockError::WrongPassphrase));
    let mut vault = open_with(&fs, Unlock::Passphrase(&second)).unwrap();
    vault.change_wrapping(Wrapping::KeyFile).unwrap();
    assert!(matches!(refused(Unlock::Passphrase(&second)), UnlockError::WantsKeyFile));
    assert!(opens(&open(&fs).unwrap(), &sealed));
}

#[test]
fn a_vault_is_never_made_over_another() {
    let fs = disk::empty();
    drop(create(&fs));
    let refused = Vault::create(&fs.storage(), &private_dir(), LEDGER, Wrapping::KeyFile);
    assert!(matches!(refused, Err(CreateError::AlreadyThere { .. })));
    assert!(open(&fs).is_ok());
}

#[test]
fn a_token_is_the_keyed_hash_of_its_identifier_and_differs_between_vaults() {
    let (one, two) = (create(&disk::empty()), create(&disk::empty()));
    assert_eq!(one.token("a"), one.token("a"));
    assert_ne!(one.token("a"), one.token("b"));
    assert_ne!(one.token("a"), two.token("a"));
}

#[test]
fn nothing_secret_is_printed() {
    let fs = disk::empty();
    let secret = passphrase("tell nobody");
    let wrapping = Wrapping::Passphrase { passphrase: &secret, costs: cheap() };
    let vault = Vault::create(&fs.storage(), &private_dir(), LEDGER, wrapping).unwrap();
    let slot = vault.allocate().unwrap();
    let refused = open_with(&fs, Unlock::Passphrase(&passphrase("tell somebody")));

    let printed = format!("{vault:?} {slot:?} {wrapping:?} {secret:?} {refused:?} {:?}", vault.status());

    assert!(printed.contains("generation") && printed.contains("WrongPassphrase"));
    assert!(!printed.contains("nobody") && !printed.contains("somebody"), "{printed}");
    // Keys would be printed as lists of numbers or as long runs of hexadecimal digits.
    assert!(!printed.contains('['), "{printed}");
    let longest = printed.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max().unwrap();
    assert!(longest < 16, "{printed}");
}

#[test]
fn costs_out_of_bounds_are_refused_before_any_memory_is_asked_for() {
    assert!(Costs::new(65_536, 3, 4).is_ok_and(|costs| costs == Costs::RECOMMENDED));
    for (memory_kib, passes, lanes) in [
        (7, 1, 1),
        (15, 1, 2),
        (2 * 1024 * 1024 + 1, 1, 1),
        (8, 0, 1),
        (8, 65, 1),
        (8, 1, 0),
        (4096, 1, 65),
        (u32::MAX, 1, u32::MAX),
    ] {
        assert!(Costs::new(memory_kib, passes, lanes).is_err(), "{memory_kib} {passes} {lanes}");
    }
    assert!(Passphrase::new(String::new()).is_none());
    assert!(
        KeyId::new(0).is_none() && KeyId::new(SLOTS_MAX).is_some() && KeyId::new(SLOTS_MAX + 1).is_none()
    );
}
