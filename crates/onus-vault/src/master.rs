//! `MASTER`: the random key that wraps every slot, itself wrapped under a key file or a passphrase.
//!
//! Two copies, at 0 and at 4,096, of which one is zeros. A change writes the other copy with the next
//! revision, syncs, then zeroes the former copy and syncs. So at every instant a whole copy is on the
//! disk; the highest revision that checks counts; and what wrapped the former master does not stay. (A
//! rename would leave the former file's blocks unwiped if the power went just after it.) Opening puts in
//! order what a crash left: it makes sure of the copy that counts and zeroes the other. A new MASTER
//! holds the same copy twice, so that the first opening does this too, and makes the folder's name durable.
//!
//! A copy, 256 bytes:
//!
//! | at | bytes | field | MUST |
//! |---:|---:|---|---|
//! | 0 | 4 | magic | `ONM1` |
//! | 4 | 4 | version | 1 |
//! | 8 | 8 | revision | from 1, +1 at each change; names `keyfile.<revision>` |
//! | 16 | 16 | ledger id | that of the ledger |
//! | 32 | 8 | generation | from 1, +1 at each rotation; names `slots.<generation>` |
//! | 40 | 4 | source | 1 key file, 2 Argon2id version 1.3 |
//! | 44 | 4 | memory, KiB | zero for a key file, as the next three; bounds are checked before allocating |
//! | 48 | 4 | passes | |
//! | 52 | 4 | lanes | |
//! | 56 | 16 | salt | |
//! | 72 | 12 | nonce | random |
//! | 84 | 48 | master | AES-256-GCM under the wrapping key, associated data: bytes 0..72 |
//! | 132 | 12 | nonce | random |
//! | 144 | 48 | token key | AES-256-GCM under the master, associated data: `onus token key v1` ‖ ledger id |
//! | 192 | 48 | reserved | zero |
//! | 240 | 16 | check | first 16 bytes of BLAKE3 over bytes 0..240: tells damage from a wrong key |

use crate::bytes::{Cut, record};
use crate::folder::{Folder, MASTER, VaultFile};
use crate::guard::Source;
use crate::host::HostError;
use crate::key::{NONCE_BYTES, Secret, WRAPPED_BYTES, check_of, fill_random, unwrap, wrap};
use crate::passphrase::Costs;
use onus_core::storage::OpenHow;

const MAGIC: &[u8; 4] = b"ONM1";
const VERSION: u32 = 1;
const HEAD_BYTES: usize = 72;
const CHECKED_BYTES: usize = 240;
const CHECK_BYTES: usize = 16;
const COPY_BYTES: usize = CHECKED_BYTES + CHECK_BYTES;
const COPIES_AT: [u64; 2] = [0, 4096];
const TOKEN_PREFIX: &[u8] = b"onus token key v1";
const _: () = assert!(COPY_BYTES == 256, "the layout above");

/// The two keys that MASTER guards.
#[derive(Clone)]
pub(crate) struct MasterKeys {
    pub(crate) master: Secret,
    pub(crate) token: Secret,
}

/// One whole copy, whose wrapped keys nobody has unwrapped yet.
#[derive(Clone)]
pub(crate) struct WrappedMaster {
    pub(crate) ledger_id: [u8; 16],
    pub(crate) revision: u64,
    pub(crate) generation: u64,
    pub(crate) source: Source,
    bytes: [u8; COPY_BYTES],
}

/// What the copy that does not count is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    Zero,
    /// Torn or damaged.
    Broken,
    /// An earlier revision, or the same.
    Whole,
}

/// MASTER as found.
pub(crate) enum Found {
    /// The copy that counts.
    Whole {
        file: VaultFile,
        counts: Box<WrappedMaster>,
        place: usize,
        other: Other,
    },
    /// Written by a later release.
    Unknown(u32),
    /// Neither copy checks.
    Damaged,
    Missing,
}

/// Reads MASTER. Changes nothing.
pub(crate) fn read(folder: &Folder, how: OpenHow) -> Result<Found, HostError> {
    let Some(file) = folder.open(MASTER, how)? else { return Ok(Found::Missing) };
    let mut counts: Option<(usize, WrappedMaster)> = None;
    let mut others = [Other::Broken; 2];
    for (place, (at, other)) in COPIES_AT.iter().zip(&mut others).enumerate() {
        let mut bytes = [0; COPY_BYTES];
        file.read(&mut bytes, *at)?;
        match parse(&bytes) {
            Ok(None) if bytes == [0; COPY_BYTES] => *other = Other::Zero,
            Ok(None) => {}
            Ok(Some(copy)) => {
                *other = Other::Whole;
                if counts.as_ref().is_none_or(|(_, best)| best.revision < copy.revision) {
                    counts = Some((place, copy));
                }
            }
            Err(UnknownVersion(version)) => return Ok(Found::Unknown(version)),
        }
    }
    let Some((place, counts)) = counts else { return Ok(Found::Damaged) };
    let other = others.get(1 - place).copied().unwrap_or(Other::Broken);
    Ok(Found::Whole { file, counts: Box::new(counts), place, other })
}

/// Makes MASTER with the same copy twice: until the first opening has settled it. The caller syncs the
/// folder.
pub(crate) fn make(folder: &Folder, first: &WrappedMaster) -> Result<(), HostError> {
    let file = folder.create(MASTER)?;
    write(&file, 0, &first.bytes)?;
    write(&file, 1, &first.bytes)?;
    file.sync()
}

/// Puts `next` in force in place of the copy at `place`, then zeroes that.
pub(crate) fn replace(file: &VaultFile, place: usize, next: &WrappedMaster) -> Result<(), HostError> {
    write(file, 1 - place, &next.bytes)?;
    file.sync()?;
    write(file, place, &[0; COPY_BYTES])?;
    file.sync()
}

/// Zeroes the copy that does not count. If that is whole, the one that counts is made sure of first: after a
/// failed sync memory may hold what the disk does not. If it is not, nothing is written over the one whole
/// copy there is.
pub(crate) fn settle(
    file: &VaultFile,
    place: usize,
    counts: &WrappedMaster,
    other: Other,
) -> Result<(), HostError> {
    if other == Other::Whole {
        write(file, place, &counts.bytes)?;
        file.sync()?;
    }
    write(file, 1 - place, &[0; COPY_BYTES])?;
    file.sync()
}

fn write(file: &VaultFile, place: usize, bytes: &[u8; COPY_BYTES]) -> Result<(), HostError> {
    file.write(bytes, COPIES_AT.get(place).copied().unwrap_or_default())
}

impl WrappedMaster {
    /// Wraps both keys for one revision.
    pub(crate) fn wrap(
        ledger_id: [u8; 16],
        revision: u64,
        generation: u64,
        (source, wrapping_key): (Source, &Secret),
        keys: &MasterKeys,
    ) -> Result<Self, HostError> {
        let head = head_of(&ledger_id, revision, generation, source);
        let (mut nonce, mut token_nonce) = ([0; NONCE_BYTES], [0; NONCE_BYTES]);
        fill_random(&mut nonce)?;
        fill_random(&mut token_nonce)?;
        let master = wrap(&wrapping_key.cipher(), &nonce, &head, &keys.master)?;
        let token = wrap(&keys.master.cipher(), &token_nonce, &token_place(&ledger_id), &keys.token)?;
        let checked: [u8; CHECKED_BYTES] = record(&[&head, &nonce, &master, &token_nonce, &token]);
        let bytes = record(&[&checked, &check_of::<CHECK_BYTES>(&checked)]);
        Ok(Self { ledger_id, revision, generation, source, bytes })
    }

    /// Both keys; `None` if the wrapping key is not the one.
    pub(crate) fn unwrap(&self, wrapping_key: &Secret) -> Option<MasterKeys> {
        let mut cut = Cut::new(&self.bytes);
        let head = cut.take::<HEAD_BYTES>()?;
        let master = unwrap(&wrapping_key.cipher(), cut.take()?, head, cut.take::<WRAPPED_BYTES>()?)?;
        let place = token_place(&self.ledger_id);
        let token = unwrap(&master.cipher(), cut.take()?, &place, cut.take::<WRAPPED_BYTES>()?)?;
        Some(MasterKeys { master, token })
    }
}

fn head_of(ledger_id: &[u8; 16], revision: u64, generation: u64, source: Source) -> [u8; HEAD_BYTES] {
    let (number, costs, salt) = match source {
        Source::KeyFile => (1_u32, [0; 3], [0; 16]),
        Source::Argon2id { costs, salt } => (2, [costs.memory_kib(), costs.passes(), costs.lanes()], salt),
    };
    let [memory_kib, passes, lanes] = costs.map(u32::to_le_bytes);
    record(&[
        MAGIC,
        &VERSION.to_le_bytes(),
        &revision.to_le_bytes(),
        ledger_id,
        &generation.to_le_bytes(),
        &number.to_le_bytes(),
        &memory_kib,
        &passes,
        &lanes,
        &salt,
    ])
}

fn token_place(ledger_id: &[u8; 16]) -> [u8; TOKEN_PREFIX.len() + 16] {
    record(&[TOKEN_PREFIX, ledger_id])
}

/// A whole copy that a later release wrote.
struct UnknownVersion(u32);

/// `None` for zeros, and for a copy that is torn or damaged.
fn parse(bytes: &[u8; COPY_BYTES]) -> Result<Option<WrappedMaster>, UnknownVersion> {
    let Some((checked, check)) = bytes.split_first_chunk::<CHECKED_BYTES>() else { return Ok(None) };
    if check != check_of::<CHECK_BYTES>(checked) {
        return Ok(None);
    }
    let mut cut = Cut::new(checked);
    match (cut.take::<4>(), cut.u32()) {
        (Some(MAGIC), Some(VERSION)) => Ok(parse_rest(&mut cut, *bytes)),
        (Some(MAGIC), Some(version)) => Err(UnknownVersion(version)),
        _ => Ok(None),
    }
}

fn parse_rest(cut: &mut Cut<'_>, bytes: [u8; COPY_BYTES]) -> Option<WrappedMaster> {
    let revision = cut.u64().filter(|revision| *revision > 0)?;
    let ledger_id = *cut.take::<16>()?;
    let generation = cut.u64().filter(|generation| *generation > 0)?;
    let (number, memory_kib, passes, lanes) = (cut.u32()?, cut.u32()?, cut.u32()?, cut.u32()?);
    let salt = *cut.take::<16>()?;
    let source = match number {
        1 if (memory_kib, passes, lanes, salt) == (0, 0, 0, [0; 16]) => Source::KeyFile,
        2 => Source::Argon2id { costs: Costs::new(memory_kib, passes, lanes).ok()?, salt },
        _ => return None,
    };
    cut.take::<{ 2 * (NONCE_BYTES + WRAPPED_BYTES) }>()?;
    cut.zeros::<48>()?;
    Some(WrappedMaster { ledger_id, revision, generation, source, bytes })
}
