//! A power cut, and a failed sync, at every step of everything that changes a file.

use crate::crash_fs::{CrashFs, Fault, private_dir};
use crate::slots::*;
use onus_core::sealed::Sealed;
use onus_vault::*;
use std::collections::BTreeSet;

const SEEDS: u64 = 24;

/// What the ledger has acknowledged.
#[derive(Clone, Default)]
struct Acknowledged {
    handed_out: BTreeSet<KeyId>,
    texts: Vec<Sealed>,
}

impl Acknowledged {
    fn take_one(&mut self, vault: &Vault) -> Result<(), AllocateError> {
        let slot = vault.allocate()?;
        assert!(self.handed_out.insert(slot.id()), "slot {} was handed out twice", slot.id());
        self.texts.push(seal(&slot));
        Ok(())
    }

    /// Every text opens, and slots go on being handed out, each once.
    fn holds_in(&mut self, vault: &Vault, place: &str) {
        for text in &self.texts {
            assert!(opens(vault, text), "{place}: the text under slot {} was lost", text.key_id);
        }
        for _ in 0..12 {
            self.take_one(vault).unwrap();
        }
    }
}

/// Runs `change` with a fault at its first, second, third … step until no step is left. After each power
/// cut, for each way that the disk may look, `after` judges. After a failed sync the same is judged twice:
/// at once, on what memory holds, and after a power cut that follows further use.
fn at_every_step(
    prepared: impl Fn() -> (CrashFs, Acknowledged),
    change: impl Fn(&CrashFs, &mut Acknowledged) -> bool,
    after: impl Fn(&CrashFs, &mut Acknowledged, &str),
) {
    for fault in [Fault::PowerCut, Fault::SyncFails] {
        for step in 0.. {
            let (fs, mut acknowledged) = prepared();
            fs.arm(step, fault);
            let done = change(&fs, &mut acknowledged);
            if !fs.disarm() {
                assert!(done, "without a fault the change must succeed");
                assert!(step > 3, "the change has steps");
                break;
            }
            if fault == Fault::SyncFails {
                after(&fs, &mut acknowledged, &format!("sync {step} failed"));
            }
            for seed in 0..SEEDS {
                let place = format!("{fault:?} at step {step}, seed {seed}");
                let disk = fs.after_power_cut(seed);
                after(&disk, &mut acknowledged.clone(), &place);
            }
        }
    }
}

fn with_texts(count: usize) -> (CrashFs, Acknowledged) {
    let fs = CrashFs::new();
    let mut acknowledged = Acknowledged::default();
    let vault = create(&fs);
    for _ in 0..count {
        acknowledged.take_one(&vault).unwrap();
    }
    (fs, acknowledged)
}

fn only_files_in_force(fs: &CrashFs, place: &str) {
    let files = fs.files();
    let count = |prefix: &str| files.iter().filter(|name| name.starts_with(prefix)).count();
    assert_eq!((count("MASTER"), count("slots.")), (1, 1), "{place}: {files:?}");
    assert!(count("keyfile.") <= 1, "{place}: {files:?}");
    let master = fs.read("/p/vault/MASTER");
    let zero = |at: usize| master[at..at + 256].iter().all(|byte| *byte == 0);
    assert!(zero(0) != zero(4096), "{place}: one copy of MASTER, and no more, is left");
}

#[test]
fn creating_leaves_no_vault_or_a_whole_one() {
    at_every_step(
        || (CrashFs::new(), Acknowledged::default()),
        |fs, _| Vault::create(&fs.storage(), &private_dir(), LEDGER, Wrapping::KeyFile).is_ok(),
        |fs, acknowledged, place| {
            let vault = match open(fs) {
                Ok(vault) => vault,
                Err(OpenError::NoVault { .. }) => create(fs),
                Err(e) => panic!("{place}: {e}"),
            };
            acknowledged.holds_in(&vault, place);
            only_files_in_force(fs, place);
        },
    );
}

/// From slot 250 on: past the first 256, so that slots are made on the way.
#[test]
fn a_slot_is_never_handed_out_twice_and_no_handed_out_slot_is_lost() {
    at_every_step(
        || {
            let (fs, acknowledged) = with_texts(3);
            open(&fs).unwrap().skip_used(id(249)).unwrap();
            (fs, acknowledged)
        },
        |fs, acknowledged| {
            let vault = open(fs).unwrap();
            for _ in 0..20 {
                if acknowledged.take_one(&vault).is_err() {
                    // A further try gives nothing that was given before.
                    if acknowledged.take_one(&vault).is_ok() {
                        assert!(acknowledged.take_one(&vault).is_ok());
                    }
                    return false;
                }
            }
            true
        },
        |fs, acknowledged, place| {
            let vault = open(fs).unwrap_or_else(|e| panic!("{place}: {e}"));
            acknowledged.holds_in(&vault, place);
            assert_eq!(vault.status().unwrap().damaged, 0, "{place}");
        },
    );
}

#[test]
fn after_an_interrupted_erasure_the_ledger_erases_again_and_nothing_else_is_lost() {
    let erased = [id(2), id(5), id(300)];
    at_every_step(
        || with_texts(8),
        |fs, _| open(fs).unwrap().erase(&erased).is_ok(),
        |fs, acknowledged, place| {
            let vault = open(fs).unwrap_or_else(|e| panic!("{place}: {e}"));
            vault.reapply_erasures(erased).unwrap();
            let (gone, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut acknowledged.texts)
                .into_iter()
                .partition(|text| text.key_id == 2 || text.key_id == 5);
            assert!(gone.iter().all(|text| !opens(&vault, text)), "{place}");
            acknowledged.texts = kept;
            acknowledged.holds_in(&vault, place);
            assert!(!acknowledged.handed_out.contains(&id(300)), "{place}: an erased number came back");
        },
    );
}

#[test]
fn rotating_leaves_the_former_master_or_the_new_one_with_every_slot() {
    at_every_step(
        || with_texts(20),
        |fs, _| open(fs).unwrap().rotate(Unlock::KeyFile).is_ok(),
        |fs, acknowledged, place| {
            let mut vault = open(fs).unwrap_or_else(|e| panic!("{place}: {e}"));
            only_files_in_force(fs, place);
            acknowledged.holds_in(&vault, place);
            vault.rotate(Unlock::KeyFile).unwrap();
            acknowledged.holds_in(&vault, place);
        },
    );
}

#[test]
fn changing_what_guards_the_vault_leaves_it_open_to_the_former_or_the_new() {
    let (former, new) = (passphrase("former"), passphrase("new"));
    let wrapping = |passphrase| Wrapping::Passphrase { passphrase, costs: cheap() };
    for (from, to) in [
        (Wrapping::KeyFile, wrapping(&new)),
        (wrapping(&former), wrapping(&new)),
        (wrapping(&former), Wrapping::KeyFile),
        (Wrapping::KeyFile, Wrapping::KeyFile),
    ] {
        let unlock = |wrapping| match wrapping {
            Wrapping::Passphrase { passphrase, .. } => Unlock::Passphrase(passphrase),
            _ => Unlock::KeyFile,
        };
        at_every_step(
            || {
                let (fs, acknowledged) = with_texts(3);
                open(&fs).unwrap().change_wrapping(from).unwrap();
                (fs, acknowledged)
            },
            |fs, _| open_with(fs, unlock(from)).unwrap().change_wrapping(to).is_ok(),
            |fs, acknowledged, place| {
                let vault = open_with(fs, unlock(to))
                    .or_else(|_| open_with(fs, unlock(from)))
                    .unwrap_or_else(|e| panic!("{place}: {e}"));
                only_files_in_force(fs, place);
                acknowledged.holds_in(&vault, place);
            },
        );
    }
}

#[test]
fn opening_after_a_crash_can_itself_crash() {
    let (fs, acknowledged) = with_texts(5);
    // A rotation that stops just after the new master is in force: all the tidying is left to do.
    let mut half = None;
    for step in 0.. {
        let disk = fs.copy();
        disk.arm(step, Fault::PowerCut);
        let done = open(&disk).unwrap().rotate(Unlock::KeyFile).is_ok();
        if done {
            break;
        }
        let disk = disk.after_power_cut(1);
        if disk.files().contains("slots.1") && disk.files().contains("slots.2") {
            half = Some(disk);
        }
    }
    let half = half.unwrap();
    at_every_step(
        || (half.copy(), acknowledged.clone()),
        |fs, _| open(fs).is_ok(),
        |fs, acknowledged, place| {
            let vault = open(fs).unwrap_or_else(|e| panic!("{place}: {e}"));
            only_files_in_force(fs, place);
            acknowledged.holds_in(&vault, place);
        },
    );
}

#[test]
fn after_a_failed_sync_nothing_more_is_changed_until_the_vault_is_opened_again() {
    let (fs, mut acknowledged) = with_texts(3);
    let mut vault = open(&fs).unwrap();
    let mut refused = None;
    for step in 0..8 {
        fs.arm(step, Fault::SyncFails);
        if let Err(e) = vault.allocate() {
            refused = Some(e);
            break;
        }
    }
    fs.disarm();
    assert!(matches!(refused, Some(AllocateError::Host(HostError::Sync { .. }))), "{refused:?}");

    let halted = |e: &HostError| matches!(e, HostError::Halted { .. });
    assert!(matches!(vault.allocate(), Err(AllocateError::Host(e)) if halted(&e)));
    assert!(matches!(vault.erase(&[id(1)]), Err(EraseError::Host(e)) if halted(&e)));
    assert!(matches!(vault.rotate(Unlock::KeyFile), Err(RotateError::Host(e)) if halted(&e)));
    assert!(matches!(vault.change_wrapping(Wrapping::KeyFile), Err(ChangeError::Host(e)) if halted(&e)));
    assert!(opens(&vault, &acknowledged.texts[0]), "reading goes on");
    acknowledged.holds_in(&open(&fs).unwrap(), "opened again");
}
