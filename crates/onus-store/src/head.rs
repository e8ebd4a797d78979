//! `head`: the lower bound of what was acknowledged (`docs/format.md` §3).
//!
//! Two slots are written in turn, so that a torn write costs one of them at most. This room knows the bytes
//! and the file; when to write and when to sync is the writer's affair.

use crate::number::wide;
use onus_core::storage::StoredFile;
use onus_proof::Link;
use std::io;

/// A slot's length.
pub(crate) const SLOT_BYTES: usize = 64;
const CRC_AT: usize = 60;
const MAGIC: [u8; 4] = *b"ONH1";

/// What one slot states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// One more at each write; the highest counts.
    pub(crate) generation: u64,
    /// The last synced entry.
    pub(crate) seq: u64,
    /// The chain link after it.
    pub(crate) link: Link,
    /// Whether the last writer closed the ledger.
    pub(crate) clean: bool,
}

impl Slot {
    /// The slot as it is stored.
    pub(crate) fn to_bytes(self) -> [u8; SLOT_BYTES] {
        let mut bytes = [0_u8; SLOT_BYTES];
        let fields = MAGIC
            .into_iter()
            .chain(self.generation.to_le_bytes())
            .chain(self.seq.to_le_bytes())
            .chain(*self.link.as_bytes())
            .chain([u8::from(self.clean)])
            .chain([0; 7]);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        if let Some((checked, crc)) = bytes.split_last_chunk_mut::<4>() {
            *crc = crc32fast::hash(checked).to_le_bytes();
        }
        bytes
    }

    /// `None` unless every byte is as a writer leaves it.
    pub(crate) fn parse(bytes: &[u8; SLOT_BYTES]) -> Option<Self> {
        let (checked, crc) = bytes.split_at_checked(CRC_AT)?;
        let mut rest = checked.strip_prefix(&MAGIC)?;
        let slot = Self {
            generation: u64::from_le_bytes(take(&mut rest)?),
            seq: u64::from_le_bytes(take(&mut rest)?),
            link: Link::from_bytes(take(&mut rest)?),
            clean: match take(&mut rest)? {
                [0] => false,
                [1] => true,
                _ => return None,
            },
        };
        (rest == [0; 7] && crc32fast::hash(checked).to_le_bytes() == crc).then_some(slot)
    }

    /// Where the slot of this generation stands.
    fn at(generation: u64) -> u64 {
        generation % 2 * wide(SLOT_BYTES)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (front, back) = rest.split_first_chunk::<N>()?;
    *rest = back;
    Some(*front)
}

/// Both slots, as they were found; `None` where one does not check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slots(pub(crate) [Option<Slot>; 2]);

impl Slots {
    /// Of a ledger whose `head` is not there.
    pub(crate) const MISSING: Self = Self([None, None]);

    /// Reads both slots. A writer may be at one of them this very moment, so a slot that does not check is
    /// read again before it is believed.
    pub(crate) fn read(file: &dyn StoredFile) -> io::Result<Self> {
        let mut found = Self::read_once(file)?;
        for _ in 0..3 {
            if found.bad().is_none() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
            found = Self::read_once(file)?;
        }
        Ok(found)
    }

    fn read_once(file: &dyn StoredFile) -> io::Result<Self> {
        Ok(Self([read_slot(file, 0)?, read_slot(file, 1)?]))
    }

    /// The slot that counts.
    pub(crate) fn newest(&self) -> Option<Slot> {
        self.0.iter().flatten().copied().max_by_key(|slot| slot.generation)
    }

    /// The first slot that does not check, if either does not.
    pub(crate) fn bad(&self) -> Option<u8> {
        match self.0 {
            [None, _] => Some(0),
            [_, None] => Some(1),
            _ => None,
        }
    }
}

/// A slot in place of the one that stands there; `None` also for one of another parity than its place.
fn read_slot(file: &dyn StoredFile, parity: u64) -> io::Result<Option<Slot>> {
    let mut bytes = [0; SLOT_BYTES];
    match file.read_exact_at(&mut bytes, Slot::at(parity)) {
        Ok(()) => Ok(Slot::parse(&bytes).filter(|slot| slot.generation % 2 == parity)),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(e) => Err(e),
    }
}

/// Writes a slot over the older one; not synced.
pub(crate) fn write_slot(file: &dyn StoredFile, slot: Slot) -> io::Result<()> {
    file.write_at(&slot.to_bytes(), Slot::at(slot.generation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os_files::OsFiles;
    use onus_core::storage::{Audience, OpenHow, Storage as _};
    use std::sync::Arc;

    fn slot(generation: u64) -> Slot {
        Slot { generation, seq: generation * 10, link: Link::from_bytes([7; 32]), clean: generation == 2 }
    }

    fn file(dir: &tempfile::TempDir) -> Arc<dyn StoredFile> {
        OsFiles.open(&dir.path().join("head"), OpenHow::OpenOrCreate(Audience::Shared)).unwrap()
    }

    #[test]
    fn a_slot_is_these_64_bytes() {
        let bytes = Slot { generation: 2, seq: 0x0102, link: Link::from_bytes([0xab; 32]), clean: true }.to_bytes();
        let expected = format!("4f4e4831{}{}{}01{}", "0200000000000000", "0201000000000000", "ab".repeat(32), "00".repeat(7));
        assert_eq!(hex::encode(&bytes[..60]), expected);
        assert_eq!(hex::encode(&bytes[60..]), "4ca4b9d0");
    }

    #[test]
    fn a_slot_with_any_bit_flipped_does_not_check() {
        let good = slot(2).to_bytes();
        assert_eq!(Slot::parse(&good), Some(slot(2)));
        for bit in 0..SLOT_BYTES * 8 {
            let mut bad = good;
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Slot::parse(&bad), None, "bit {bit}");
        }
    }

    #[test]
    fn the_highest_generation_counts_and_each_write_goes_over_the_older_slot() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(&dir);
        for generation in 1..=5 {
            write_slot(&*file, slot(generation)).unwrap();
            assert_eq!(Slots::read(&*file).unwrap().newest(), Some(slot(generation)));
        }
        assert_eq!(Slots::read(&*file).unwrap(), Slots([Some(slot(4)), Some(slot(5))]));
    }

    #[test]
    fn a_torn_slot_leaves_the_other_one() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(&dir);
        write_slot(&*file, slot(1)).unwrap();
        write_slot(&*file, slot(2)).unwrap();

        file.write_at(b"torn", 20).unwrap();

        let slots = Slots::read(&*file).unwrap();
        assert_eq!((slots.newest(), slots.bad()), (Some(slot(1)), Some(0)));
    }

    #[test]
    fn a_copy_of_one_slot_over_the_other_does_not_check() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(&dir);
        write_slot(&*file, slot(1)).unwrap();
        file.write_at(&slot(1).to_bytes(), 0).unwrap();

        assert_eq!(Slots::read(&*file).unwrap(), Slots([None, Some(slot(1))]));
    }
}
