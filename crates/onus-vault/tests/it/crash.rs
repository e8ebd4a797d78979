//! A power cut, a failure, a kill at every step of everything that changes a file.

use crate::disk;
use crate::killed::Killed;
use crate::slots::*;
use onus_core::sealed::Sealed;
use onus_core::storage::Storage;
use onus_testkit::fault_fs::{Effect, FaultFs, Operation, Survivors, When};
use onus_vault::*;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;

const SEEDS: u64 = 8;

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

/// What happens at the step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    /// The power goes; of a write, this many bytes had been taken.
    PowerCut(usize),
    /// The operation fails; of a write, this many bytes were taken; of a sync, nobody knows.
    Fails(usize),
    /// The program is killed, the machine stays up.
    Killed,
}

const ALL: [At; 5] = [At::PowerCut(0), At::PowerCut(9), At::Fails(0), At::Fails(2), At::Killed];

fn survivors(step: u64, seed: u64) -> Survivors {
    match seed {
        0 => Survivors::Nothing,
        1 => Survivors::Everything,
        _ => Survivors::Seeded(step * SEEDS + seed),
    }
}

/// Runs `change` with something happening at its first, second, third … step until no step is left. After
/// each power cut, for each way that the disk may look, `after` judges. Where the machine stays up the same
/// is judged twice: at once, on what memory holds, and after a power cut that follows that further use.
fn at_every_step(
    happenings: &[At],
    prepared: impl Fn() -> (FaultFs, Acknowledged),
    change: impl Fn(&Arc<dyn Storage>, &mut Acknowledged) -> bool,
    after: impl Fn(&FaultFs, &mut Acknowledged, &str),
) {
    for at in happenings {
        for step in 0.. {
            let (fs, mut acknowledged) = prepared();
            let number = fs.steps() + step;
            let killed = Killed::at(if *at == At::Killed { step } else { u64::MAX }, fs.storage());
            match *at {
                At::PowerCut(bytes) => fs.inject(When::Step(number), Effect::PowerCut { bytes }),
                At::Fails(after_bytes) => {
                    fs.inject(When::Step(number), Effect::Fail { error: ErrorKind::Other, after_bytes });
                }
                At::Killed => {}
            }
            let storage: Arc<dyn Storage> = Arc::new(killed.clone());
            let done = change(&storage, &mut acknowledged);
            if !killed.was() && fs.steps() <= number {
                assert!(done, "with nothing happening the change must succeed");
                assert!(step > 1, "the change has steps");
                break;
            }
            fs.heal();
            if !fs.is_dead() {
                after(&fs, &mut acknowledged, &format!("{at:?} at step {step}"));
            }
            for seed in 0..SEEDS {
                let place = format!("{at:?} at step {step}, seed {seed}");
                after(&fs.reboot(survivors(step, seed)), &mut acknowledged.clone(), &place);
            }
        }
    }
}

fn with_texts(count: usize) -> (FaultFs, Acknowledged) {
    let fs = disk::empty();
    let mut acknowledged = Acknowledged::default();
    let vault = create(&fs);
    for _ in 0..count {
        acknowledged.take_one(&vault).unwrap();
    }
    (fs, acknowledged)
}

fn only_files_in_force(fs: &FaultFs, place: &str) {
    let files = disk::names(fs);
    let count = |prefix: &str| files.iter().filter(|name| name.starts_with(prefix)).count();
    assert_eq!((count("MASTER"), count("slots.")), (1, 1), "{place}: {files:?}");
    assert!(count("keyfile.") <= 1, "{place}: {files:?}");
    let master = disk::read(fs, "MASTER");
    let zero = |at: usize| master[at..at + 256].iter().all(|byte| *byte == 0);
    assert!(zero(0) != zero(4096), "{place}: one copy of MASTER, and no more, is left");
}

fn no_vault_or_a_whole_one(fs: &FaultFs, acknowledged: &mut Acknowledged, place: &str) {
    let vault = match open(fs) {
        Ok(vault) => vault,
        Err(OpenError::NoVault { .. }) => create(fs),
        Err(e) => panic!("{place}: {e}"),
    };
    acknowledged.holds_in(&vault, place);
    only_files_in_force(fs, place);
}

#[test]
fn creating_leaves_no_vault_or_a_whole_one() {
    let prepared = || (disk::empty(), Acknowledged::default());
    let change = |storage: &Arc<dyn Storage>, _: &mut Acknowledged| create_on(storage).is_ok();
    let happenings = [At::PowerCut(0), At::PowerCut(9), At::Killed];
    at_every_step(&happenings, prepared, change, no_vault_or_a_whole_one);
    // After a failed sync of the private directory nothing makes the name of the new vault durable: a vault
    // whose making failed is not used but made again.
    at_every_step(&[At::Fails(0), At::Fails(2)], prepared, change, |fs, acknowledged, place| {
        if place.contains("seed") {
            no_vault_or_a_whole_one(fs, acknowledged, place);
        }
    });
}

/// At slot 250, short of 256: so that slots are made on the way.
fn about_to_make_slots(fs: FaultFs) -> (FaultFs, Acknowledged) {
    let mut acknowledged = Acknowledged::default();
    acknowledged.take_one(&create(&fs)).unwrap();
    open(&fs).unwrap().skip_used(id(249)).unwrap();
    (fs, acknowledged)
}

#[test]
fn a_slot_is_never_handed_out_twice_and_no_handed_out_slot_is_lost() {
    at_every_step(
        &ALL,
        || about_to_make_slots(disk::empty()),
        |storage, acknowledged| {
            let Ok(vault) = open_on(storage, Unlock::KeyFile) else { return false };
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

/// After the failed sync memory shows more than the disk has, and the next program believes it. The syncs are
/// those around the making of slots; the power goes in the midst of a write.
#[test]
fn a_power_cut_after_a_failed_sync_loses_no_slot() {
    for (failed, step, seed) in
        (2..6).flat_map(|failed| (0..8).flat_map(move |step| (0..20).map(move |seed| (failed, step, seed))))
    {
        let place = format!("sync {failed} failed, power cut {step} steps later, seed {seed}");
        let (fs, mut acknowledged) = about_to_make_slots(disk::seeded(seed));
        fs.inject(When::Nth(Operation::Sync, failed), Effect::fail(ErrorKind::Other));
        let vault = open(&fs).unwrap();
        while acknowledged.handed_out.len() < 20 && acknowledged.take_one(&vault).is_ok() {}
        drop(vault);
        fs.heal();
        fs.inject(When::Step(fs.steps() + step), Effect::PowerCut { bytes: 5 });
        if let Ok(vault) = open(&fs) {
            // Half of the time slots are made again at once.
            if seed % 2 == 1 {
                vault.erase(&[id(900)]).ok();
            }
            while acknowledged.handed_out.len() < 30 && acknowledged.take_one(&vault).is_ok() {}
        }
        let fs = fs.reboot(Survivors::Everything);
        let vault = open(&fs).unwrap_or_else(|e| panic!("{place}: {e}"));
        acknowledged.holds_in(&vault, &place);
    }
}

#[test]
fn after_an_interrupted_erasure_the_ledger_erases_again_and_nothing_else_is_lost() {
    let erased = [id(2), id(5), id(300)];
    at_every_step(
        &ALL,
        || with_texts(8),
        |storage, _| open_on(storage, Unlock::KeyFile).is_ok_and(|vault| vault.erase(&erased).is_ok()),
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
        &ALL,
        || with_texts(20),
        |storage, _| {
            open_on(storage, Unlock::KeyFile).is_ok_and(|mut vault| vault.rotate(Unlock::KeyFile).is_ok())
        },
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
            &ALL,
            || {
                let (fs, acknowledged) = with_texts(3);
                open(&fs).unwrap().change_wrapping(from).unwrap();
                (fs, acknowledged)
            },
            |storage, _| {
                open_on(storage, unlock(from)).is_ok_and(|mut vault| vault.change_wrapping(to).is_ok())
            },
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
    let (fs, acknowledged) = with_texts(2);
    let mut tidied = 0;
    for step in 0.. {
        let rotating = fs.fork();
        rotating.inject(When::Step(rotating.steps() + step), Effect::PowerCut { bytes: 100 });
        if open(&rotating).unwrap().rotate(Unlock::KeyFile).is_ok() {
            break;
        }
        let left = rotating.reboot(Survivors::Everything);
        let before = left.fork();
        drop(open(&before).unwrap());
        if before.steps() == 0 {
            continue;
        }
        tidied += 1;
        at_every_step(
            &[At::PowerCut(0), At::PowerCut(9)],
            || (left.fork(), acknowledged.clone()),
            |storage, _| open_on(storage, Unlock::KeyFile).is_ok(),
            |fs, acknowledged, place| {
                let vault = open(fs).unwrap_or_else(|e| panic!("rotation cut at {step}, {place}: {e}"));
                only_files_in_force(fs, place);
                acknowledged.holds_in(&vault, place);
            },
        );
    }
    assert!(tidied > 8, "{tidied} ways to leave a rotation half done");
}

#[test]
fn after_a_failed_sync_nothing_more_is_changed_until_the_vault_is_opened_again() {
    let (fs, mut acknowledged) = with_texts(3);
    let mut vault = open(&fs).unwrap();
    fs.inject(When::Nth(Operation::Sync, 0), Effect::fail(ErrorKind::Other));
    let refused = vault.allocate();
    assert!(matches!(refused, Err(AllocateError::Host(HostError::Sync { .. }))), "{refused:?}");

    let halted = |e: &HostError| matches!(e, HostError::Halted { .. });
    assert!(matches!(vault.allocate(), Err(AllocateError::Host(e)) if halted(&e)));
    assert!(matches!(vault.erase(&[id(1)]), Err(EraseError::Host(e)) if halted(&e)));
    assert!(matches!(vault.rotate(Unlock::KeyFile), Err(RotateError::Host(e)) if halted(&e)));
    assert!(matches!(vault.change_wrapping(Wrapping::KeyFile), Err(ChangeError::Host(e)) if halted(&e)));
    assert!(opens(&vault, &acknowledged.texts[0]), "reading goes on");
    acknowledged.holds_in(&open(&fs).unwrap(), "opened again");
}
