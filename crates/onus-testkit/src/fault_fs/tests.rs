//! The disk that fails, held to its word.

use super::*;
use Operation::{Create, CreateDir, Sync, SyncDir, Write};
use std::collections::BTreeSet;

const SHARED: OpenHow = OpenHow::CreateNew(Audience::Shared);

fn at(path: &str) -> &Path {
    Path::new(path)
}

/// A disk with one synced file `/d/f` that holds `old`, and that file.
fn with_file() -> (FaultFs, Arc<dyn StoredFile>) {
    let fs = FaultFs::new(7);
    fs.create_dir(at("/d"), Audience::Shared).unwrap();
    fs.sync_dir(at("/")).unwrap();
    let file = fs.open(at("/d/f"), SHARED).unwrap();
    file.write_at(b"old", 0).unwrap();
    file.sync().unwrap();
    fs.sync_dir(at("/d")).unwrap();
    (fs, file)
}

#[test]
fn what_was_synced_survives_and_what_was_not_may_be_lost_or_kept() {
    let (fs, file) = with_file();
    file.write_at(b"new", 3).unwrap();
    assert!(!fs.is_synced(at("/d/f")));
    assert_eq!(fs.reboot(Survivors::Nothing).read(at("/d/f")).unwrap(), b"old");
    assert_eq!(fs.reboot(Survivors::Everything).read(at("/d/f")).unwrap(), b"oldnew");
}

#[test]
fn unsynced_writes_come_back_lost_torn_zeroed_and_in_any_order() {
    let (fs, file) = with_file();
    file.write_at(b"AB", 3).unwrap();
    file.write_at(b"CD", 5).unwrap();
    let left: BTreeSet<Vec<u8>> =
        (0..2_000).map(|seed| fs.reboot(Survivors::Seeded(seed)).read(at("/d/f")).unwrap()).collect();
    for expected in
        ["old", "oldA", "oldAB", "oldABC", "oldABCD", "old\0\0CD", "oldAB\0\0", "oldA\0", "oldA\0CD"]
    {
        assert!(left.contains(expected.as_bytes()), "{expected:?} in {left:?}");
    }
    assert!(left.iter().all(|bytes| bytes.starts_with(b"old")), "synced bytes stay");
    assert_eq!(
        fs.reboot(Survivors::Seeded(5)).read(at("/d/f")),
        fs.reboot(Survivors::Seeded(5)).read(at("/d/f")),
        "the same seed leaves the same bytes"
    );
}

#[test]
fn a_name_is_durable_only_after_its_folder_is_synced() {
    let (fs, _file) = with_file();
    fs.open(at("/d/g"), SHARED).unwrap().sync().unwrap();
    assert!(!fs.names_are_synced(at("/d")));
    assert!(
        fs.name_is_synced(at("/d/f")) && !fs.name_is_synced(at("/d/g")) && !fs.name_is_synced(at("/d/none"))
    );
    assert_eq!(fs.reboot(Survivors::Nothing).read(at("/d/g")), None);

    let (fs, _file) = with_file();
    fs.rename(at("/d/f"), at("/d/h")).unwrap();
    fs.create_dir(at("/d/sub"), Audience::Private).unwrap();
    let before = fs.reboot(Survivors::Nothing);
    assert_eq!(before.files(at("/")), [at("/d/f")]);

    let (fs, _file) = with_file();
    fs.rename(at("/d/f"), at("/d/h")).unwrap();
    fs.sync_dir(at("/d")).unwrap();
    assert!(fs.names_are_synced(at("/d")));
    assert_eq!(fs.reboot(Survivors::Nothing).files(at("/")), [at("/d/h")]);

    let (fs, _file) = with_file();
    fs.remove(at("/d/f")).unwrap();
    assert_eq!(fs.names(at("/d")).unwrap(), Vec::<String>::new());
    assert_eq!(fs.reboot(Survivors::Nothing).read(at("/d/f")).unwrap(), b"old");
}

#[test]
fn a_rename_replaces_a_file_at_once_or_not_at_all() {
    let (fs, _file) = with_file();
    let new = fs.open(at("/d/f.new"), SHARED).unwrap();
    new.write_at(b"new", 0).unwrap();
    new.sync().unwrap();
    fs.sync_dir(at("/d")).unwrap();
    fs.rename(at("/d/f.new"), at("/d/f")).unwrap();
    let left: BTreeSet<_> =
        (0..64).map(|seed| fs.reboot(Survivors::Seeded(seed)).read(at("/d/f")).unwrap()).collect();
    assert_eq!(left, BTreeSet::from([b"old".to_vec(), b"new".to_vec()]));
}

#[test]
fn the_power_goes_at_any_byte_of_a_write_in_flight() {
    for bytes in 0..=4 {
        let (fs, file) = with_file();
        fs.inject(When::Nth(Operation::Write, 1), Effect::PowerCut { bytes });
        file.write_at(b"A", 0).unwrap();
        file.write_at(b"tail", 3).unwrap_err();
        assert!(fs.is_dead());
        assert!(
            file.len().is_err() && fs.names(at("/")).is_err() && fs.open(at("/d/f"), OpenHow::Read).is_err()
        );
        let after = fs.reboot(Survivors::Everything);
        assert_eq!(after.read(at("/d/f")).unwrap(), [b"Ald", &b"tail"[..bytes]].concat());
        assert!(after.open(at("/d/f"), OpenHow::Read).is_ok());
    }
}

#[test]
fn steps_are_numbered_so_that_each_can_be_the_last() {
    let (fs, _file) = with_file();
    let steps: Vec<_> = fs.trace().into_iter().filter_map(|step| step.number.zip(step.operation)).collect();
    assert_eq!(steps, [(0, CreateDir), (1, SyncDir), (2, Create), (3, Write), (4, Sync), (5, SyncDir)]);
    assert_eq!(fs.steps(), 6);
    fs.inject(When::Step(6), Effect::PowerCut { bytes: 0 });
    assert!(fs.read(at("/d/f")).is_some() && fs.exists(at("/d/f")).unwrap(), "reading changes nothing");
    fs.remove(at("/d/f")).unwrap_err();
}

#[test]
fn after_a_failed_sync_the_bytes_can_be_read_but_the_disk_may_never_get_them() {
    let mut lost = 0;
    for seed in 0..16 {
        let (fs, file) = with_file();
        fs.world().seed = Seed::new(seed);
        file.write_at(b"new", 3).unwrap();
        fs.inject(When::Nth(Operation::Sync, 0), Effect::fail(io::ErrorKind::Other));
        file.sync().unwrap_err();
        file.sync().unwrap();
        let mut read = [0; 6];
        file.read_exact_at(&mut read, 0).unwrap();
        assert_eq!(&read, b"oldnew");
        let same_machine = fs.restart();
        assert_eq!(same_machine.read(at("/d/f")).unwrap(), b"oldnew");
        lost += u32::from(same_machine.reboot(Survivors::Everything).read(at("/d/f")).unwrap() == b"old");
    }
    assert!((4..16).contains(&lost), "{lost} of 16");
}

#[test]
fn bytes_written_again_after_a_failed_sync_and_synced_are_durable() {
    let (fs, file) = with_file();
    file.write_at(b"new", 3).unwrap();
    fs.inject(When::Nth(Operation::Sync, 0), Effect::fail(io::ErrorKind::Other));
    file.sync().unwrap_err();
    file.write_at(b"new", 3).unwrap();
    file.sync().unwrap();
    assert_eq!(fs.reboot(Survivors::Nothing).read(at("/d/f")).unwrap(), b"oldnew");
}

#[test]
fn a_full_disk_takes_part_of_a_write_and_goes_on_failing_until_it_is_healed() {
    let (fs, file) = with_file();
    let full = Effect::Fail { error: io::ErrorKind::StorageFull, after_bytes: 2 };
    fs.inject(When::EveryFrom(Operation::Write, 0), full);
    assert_eq!(file.write_at(b"new", 3).unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(fs.read(at("/d/f")).unwrap(), b"oldne");
    assert!(file.write_at(b"new", 3).is_err());
    fs.heal();
    file.write_at(b"new", 3).unwrap();
    assert_eq!(fs.read(at("/d/f")).unwrap(), b"oldnew");
}

#[test]
fn any_operation_can_be_made_to_fail_once() {
    let every = [
        Operation::Open,
        Operation::Create,
        Operation::CreateDir,
        Operation::Read,
        Operation::Write,
        Operation::SetLen,
        Operation::Sync,
        Operation::SyncDir,
        Operation::Rename,
        Operation::Remove,
        Operation::SetReadOnly,
        Operation::Lock,
    ];
    for operation in every {
        let (fs, file) = with_file();
        fs.inject(When::Nth(operation, 0), Effect::fail(io::ErrorKind::Other));
        let attempt = |fs: &FaultFs| match operation {
            Operation::Open => fs.open(at("/d/f"), OpenHow::Read).map(drop),
            Operation::Create => fs.open(at("/d/g"), SHARED).map(drop),
            Operation::CreateDir => fs.create_dir(at("/d/sub"), Audience::Shared),
            Operation::Read => fs.names(at("/d")).map(drop),
            Operation::Write => file.write_at(b"x", 0),
            Operation::SetLen => file.set_len(1),
            Operation::Sync => file.sync(),
            Operation::SyncDir => fs.sync_dir(at("/d")),
            Operation::Rename => fs.rename(at("/d/f"), at("/d/h")),
            Operation::Remove => fs.remove(at("/d/f")),
            Operation::SetReadOnly => fs.set_read_only(at("/d/f")),
            Operation::Lock => file.try_lock().map(drop),
        };
        assert!(attempt(&fs).is_err(), "{operation:?}");
        assert!(fs.trace().iter().any(|step| !step.done && step.operation == Some(operation)));
        attempt(&fs).unwrap_or_else(|error| panic!("{operation:?} fails again: {error}"));
    }
}

#[test]
fn a_lock_is_held_by_one_handle_until_it_is_dropped_or_its_program_dies() {
    let (fs, first) = with_file();
    let second = fs.open(at("/d/f"), OpenHow::Write).unwrap();
    assert!(first.try_lock().unwrap() && first.try_lock().unwrap());
    assert!(!second.try_lock().unwrap());
    drop(first);
    assert!(second.try_lock().unwrap());

    let restarted = fs.restart();
    let third = restarted.open(at("/d/f"), OpenHow::Write).unwrap();
    assert!(third.try_lock().unwrap());
    assert!(second.write_at(b"x", 0).is_err(), "the program that opened it is dead");
    drop(second);
    assert!(third.try_lock().unwrap());
}

#[test]
fn a_read_only_file_is_not_opened_for_writing_and_a_file_opened_for_reading_not_written() {
    let (fs, _file) = with_file();
    fs.set_read_only(at("/d/f")).unwrap();
    assert_eq!(fs.open(at("/d/f"), OpenHow::Write).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    let reading = fs.open(at("/d/f"), OpenHow::Read).unwrap();
    assert!(reading.write_at(b"x", 0).is_err() && reading.set_len(0).is_err());
}

#[test]
fn errors_say_what_stands_in_the_way() {
    let (fs, _file) = with_file();
    let kind = |result: io::Result<Arc<dyn StoredFile>>| result.unwrap_err().kind();
    assert_eq!(kind(fs.open(at("/d/none"), OpenHow::Read)), io::ErrorKind::NotFound);
    assert_eq!(kind(fs.open(at("/none/f"), SHARED)), io::ErrorKind::NotFound);
    assert_eq!(kind(fs.open(at("/d/f"), SHARED)), io::ErrorKind::AlreadyExists);
    assert_eq!(kind(fs.open(at("/d"), OpenHow::Read)), io::ErrorKind::IsADirectory);
    assert_eq!(fs.create_dir(at("/d"), Audience::Shared).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert!(fs.open(at("/d/f"), OpenHow::OpenOrCreate(Audience::Shared)).is_ok());
}

#[test]
fn a_fork_is_another_disk() {
    let (fs, file) = with_file();
    file.write_at(b"new", 3).unwrap();
    let other = fs.fork();
    other.put(at("/d/f"), b"rewritten".to_vec());
    assert_eq!(fs.read(at("/d/f")).unwrap(), b"oldnew");
    assert_eq!(other.reboot(Survivors::Nothing).read(at("/d/f")).unwrap(), b"rewritten");
    other.take_away(at("/d/f"));
    assert_eq!(other.files(at("/")), Vec::<PathBuf>::new());
}
