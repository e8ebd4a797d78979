//! A disk with an empty private directory, and what the tests look at there.

use onus_core::storage::{Audience, Storage};
use onus_testkit::fault_fs::FaultFs;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where the tests' vaults live.
pub(crate) fn private_dir() -> PathBuf {
    PathBuf::from("/p")
}

/// The path of one of the vault's files.
pub(crate) fn of(name: &str) -> PathBuf {
    private_dir().join("vault").join(name)
}

pub(crate) fn empty() -> FaultFs {
    seeded(1)
}

/// The same, where this seed decides what failed syncs leave.
pub(crate) fn seeded(seed: u64) -> FaultFs {
    let fs = FaultFs::new(seed);
    fs.create_dir(&private_dir(), Audience::Private).unwrap();
    fs.sync_dir(Path::new("/")).unwrap();
    fs
}

pub(crate) fn read(fs: &FaultFs, name: &str) -> Vec<u8> {
    fs.read(&of(name)).unwrap()
}

/// What stands in the vault's folder, but for the lock.
pub(crate) fn names(fs: &FaultFs) -> BTreeSet<String> {
    fs.names(&of("")).unwrap().into_iter().filter(|name| name != "lock").collect()
}
