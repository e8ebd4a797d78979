//! Whether the vault is as new as what names its slots.
//!
//! A vault restored from a backup has free slots that entries of the ledger name already. Handed out again, one slot
//! would serve two incidents, and erasing the one would erase the other. So every opening of the vault makes sure that
//! no entry names a slot beyond those that the vault handed out, and marks as used what it finds.
//!
//! Reading every entry for that would take seconds in a large ledger. `slots-used` in the private directory says up to
//! which entries this was made sure of, and how far the slots went then. What it says of the log stays true for ever,
//! because entries are never rewritten; a vault with fewer slots than it states is older than it, and then everything
//! is read. It is derived: without it, or where it does not check, everything is read once and it is written again.
//!
//! | at | bytes | field |
//! |---:|---:|---|
//! | 0 | 4 | magic `ONU1` |
//! | 4 | 4 | zero |
//! | 8 | 16 | ledger id |
//! | 24 | 8 | entries of the ledger that were looked at |
//! | 32 | 8 | entries of the access ledger that were looked at |
//! | 40 | 8 | the first slot that none of them names, nor any after it |
//! | 48 | 16 | first 16 bytes of SHA-256 over bytes 0..48 |

use crate::error::OpenError;
use crate::ledger::Ledger;
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_core::storage::{Audience, OpenHow};
use onus_store::{ReadError, Reader};
use onus_vault::{KeyId, Vault};
use sha2::{Digest as _, Sha256};
use std::io;

const MAGIC: &[u8; 4] = b"ONU1";
const BYTES: usize = 64;
const CHECKED_BYTES: usize = 48;
/// So many entries beyond the mark are read at each opening before it is written again.
const READ_EACH_TIME_MAX: u64 = 256;

/// What was made sure of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    operational: u64,
    access: u64,
    first_unused: u64,
}

impl Mark {
    fn to_bytes(self, ledger_id: &[u8; 16]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(ledger_id);
        for number in [self.operational, self.access, self.first_unused] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let check = Sha256::digest(&bytes);
        bytes.extend(check.iter().take(BYTES - CHECKED_BYTES));
        bytes
    }

    fn parse(bytes: &[u8; BYTES], ledger_id: &[u8; 16]) -> Option<Self> {
        let number = |at: usize| {
            let eight: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
            Some(u64::from_le_bytes(eight))
        };
        let mark = Self { operational: number(24)?, access: number(32)?, first_unused: number(40)? };
        (mark.to_bytes(ledger_id) == bytes).then_some(mark)
    }
}

impl Ledger {
    /// Marks as used every slot that an entry names and this vault has not handed out.
    pub(crate) fn bring_in_step(&self, vault: &Vault, reader: &Reader) -> Result<(), OpenError> {
        // Recording must not wait for an access ledger that is damaged; then nothing is said about its entries.
        let access = self.access().read().ok();
        let first_unused = vault.first_unused().map_err(onus_vault::SkipError::Host)?;
        let now = Mark {
            operational: reader.size(),
            access: access.as_ref().map_or(0, Reader::size),
            first_unused,
        };
        let found = self.read_mark(&reader.identity().id);
        let holds = |mark: &Mark| {
            mark.operational <= now.operational
                && mark.first_unused <= first_unused
                && (access.is_none() || mark.access <= now.access)
        };
        let from = found.filter(holds).unwrap_or(Mark { operational: 0, access: 0, first_unused: 0 });
        let mut highest = highest_slot(reader, from.operational)?;
        if let Some(access) = &access {
            highest = highest.max(highest_slot(access, from.access)?);
        }
        if let Some(highest) = highest.filter(|highest| highest.get() >= first_unused) {
            vault.skip_used(highest)?;
        }
        let read = (now.operational - from.operational) + now.access.saturating_sub(from.access);
        if access.is_some() && (read > READ_EACH_TIME_MAX || found != Some(from)) {
            let beyond = highest.map_or(0, |highest| highest.get() + 1);
            self.write_mark(&Mark { first_unused: first_unused.max(beyond), ..now }, reader);
        }
        Ok(())
    }

    fn read_mark(&self, ledger_id: &[u8; 16]) -> Option<Mark> {
        let file = self.machine.storage().open(&self.paths.slots_used(), OpenHow::Read).ok()?;
        let mut bytes = [0; BYTES];
        file.read_exact_at(&mut bytes, 0).ok()?;
        Mark::parse(&bytes, ledger_id)
    }

    /// Unsynced, and a failure is nobody's: without it more is read next time.
    fn write_mark(&self, mark: &Mark, reader: &Reader) {
        let storage = self.machine.storage();
        let path = self.paths.slots_used();
        let new = path.with_extension("new");
        let write = || -> io::Result<()> {
            let file = storage.open(&new, OpenHow::OpenOrCreate(Audience::Private))?;
            file.set_len(0)?;
            file.write_at(&mark.to_bytes(&reader.identity().id), 0)?;
            storage.rename(&new, &path)
        };
        drop(write());
    }
}

/// The highest slot that entries from `from` on name. Entries that this release cannot decode name none that it
/// could open.
fn highest_slot(reader: &Reader, from: u64) -> Result<Option<KeyId>, ReadError> {
    let mut highest = 0;
    for entry in reader.entries(from..reader.size()) {
        let entry = entry?;
        let Ok((head, record)) = EntryHead::parse(entry.bytes()) else { continue };
        let Ok(mut record) = Record::decode(&head, record) else { continue };
        record.visit_sealed(&mut |_, sealed| highest = highest.max(sealed.key_id));
    }
    Ok(KeyId::new(highest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_not_where_a_bit_differs_or_for_another_ledger() {
        let mark = Mark { operational: 7, access: 3, first_unused: 12 };
        let bytes: [u8; BYTES] = mark.to_bytes(&[5; 16]).try_into().unwrap();
        assert_eq!(Mark::parse(&bytes, &[5; 16]), Some(mark));
        assert_eq!(Mark::parse(&bytes, &[6; 16]), None);
        for at in 0..BYTES {
            let mut other = bytes;
            other[at] ^= 1;
            assert_eq!(Mark::parse(&other, &[5; 16]), None, "byte {at}");
        }
    }
}
