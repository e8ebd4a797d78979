//! `keyfile.<revision>`: the wrapping key where no passphrase guards the vault. Mode 0600, 64 bytes.
//!
//! | at | bytes | field | MUST |
//! |---:|---:|---|---|
//! | 0 | 4 | magic | `ONK1` |
//! | 4 | 4 | reserved | zero |
//! | 8 | 16 | ledger id | that of the ledger |
//! | 24 | 32 | key | random |
//! | 56 | 8 | check | first 8 bytes of BLAKE3 over bytes 0..56 |
//!
//! The number in its name is the revision of MASTER that it opens. A revision that needs a key file makes
//! its own, so a key file is written once and never changed.

use crate::bytes::{Cut, record};
use crate::folder::{Folder, keyfile_name};
use crate::host::HostError;
use crate::key::{Secret, check_of};
use onus_core::storage::OpenHow;
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"ONK1";
const CHECKED_BYTES: usize = 56;
const CHECK_BYTES: usize = 8;
const FILE_BYTES: usize = CHECKED_BYTES + CHECK_BYTES;
const _: () = assert!(FILE_BYTES == 64, "the layout above");

/// What stands under the name of a key file.
pub(crate) enum KeyFile {
    Whole(Secret),
    Missing,
    Damaged,
    OtherLedger,
}

/// Makes a key file of this revision, durable but for its name: the caller syncs the folder.
pub(crate) fn make(folder: &Folder, ledger_id: &[u8; 16], revision: u64) -> Result<Secret, HostError> {
    let key = Secret::random()?;
    let file = folder.create(&keyfile_name(revision))?;
    file.write(encode(ledger_id, &key).as_slice(), 0)?;
    file.sync()?;
    Ok(key)
}

/// Reads the key file of this revision.
pub(crate) fn read(folder: &Folder, ledger_id: &[u8; 16], revision: u64) -> Result<KeyFile, HostError> {
    let Some(file) = folder.open(&keyfile_name(revision), OpenHow::Read)? else {
        return Ok(KeyFile::Missing);
    };
    let mut bytes = Zeroizing::new([0; FILE_BYTES]);
    file.read(bytes.as_mut_slice(), 0)?;
    if usize::try_from(file.len()?) != Ok(FILE_BYTES) {
        return Ok(KeyFile::Damaged);
    }
    Ok(match parse(&bytes) {
        Some((id, _)) if id != *ledger_id => KeyFile::OtherLedger,
        Some((_, key)) => KeyFile::Whole(key),
        None => KeyFile::Damaged,
    })
}

fn encode(ledger_id: &[u8; 16], key: &Secret) -> Zeroizing<[u8; FILE_BYTES]> {
    let head = Zeroizing::new(record::<CHECKED_BYTES>(&[MAGIC, &[0; 4], ledger_id, key.expose()]));
    Zeroizing::new(record(&[head.as_slice(), &check_of::<CHECK_BYTES>(head.as_slice())]))
}

fn parse(bytes: &[u8; FILE_BYTES]) -> Option<([u8; 16], Secret)> {
    let (head, check) = bytes.split_first_chunk::<CHECKED_BYTES>()?;
    if check != check_of::<CHECK_BYTES>(head) {
        return None;
    }
    let mut cut = Cut::new(head);
    (cut.take::<4>()? == MAGIC).then_some(())?;
    cut.zeros::<4>()?;
    let ledger_id = *cut.take::<16>()?;
    Some((ledger_id, Secret::new(*cut.take::<32>()?)))
}
