//! `head`: the lower bound of what was acknowledged (`docs/format.md` §3).
//!
//! Of the two slots one is always known to be on the disk, and only the other is written, until that has been
//! synced in its turn. So whatever a power cut does to a write that was not synced, torn or lost, the slot that
//! counts then is the last one that was synced, never an older one.
//!
//! When to write and when to sync is the writer's affair.

use crate::number::wide;
use onus_core::storage::StoredFile;
use onus_proof::Link;
use std::io;
use std::sync::Arc;

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
        Ok(Self([read_slot(file, Place::First)?, read_slot(file, Place::Second)?]))
    }

    /// The slot that counts.
    pub(crate) fn newest(&self) -> Option<Slot> {
        self.0.iter().flatten().copied().max_by_key(|slot| slot.generation)
    }

    /// The place of the slot that counts.
    fn place_of_newest(&self) -> Place {
        match self.0 {
            [Some(one), Some(two)] if two.generation > one.generation => Place::Second,
            [None, Some(_)] => Place::Second,
            _ => Place::First,
        }
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

/// Where a slot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First,
    Second,
}

impl Place {
    fn at(self) -> u64 {
        match self {
            Self::First => 0,
            Self::Second => wide(SLOT_BYTES),
        }
    }

    fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

fn read_slot(file: &dyn StoredFile, place: Place) -> io::Result<Option<Slot>> {
    let mut bytes = [0; SLOT_BYTES];
    match file.read_exact_at(&mut bytes, place.at()) {
        Ok(()) => Ok(Slot::parse(&bytes)),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(e) => Err(e),
    }
}

/// `head`, held for writing.
#[derive(Debug)]
pub(crate) struct Head {
    file: Arc<dyn StoredFile>,
    newest: Slot,
    /// Where the newest slot stands.
    place: Place,
    /// Where a slot stands that is known to be on the disk.
    synced: Place,
}

impl Head {
    /// Of a file with at least one good slot. `None` if there is none.
    pub(crate) fn of(file: Arc<dyn StoredFile>, slots: Slots) -> Option<Self> {
        let place = slots.place_of_newest();
        slots.newest().map(|newest| Self { file, newest, place, synced: place })
    }

    /// Writes and syncs both slots of a file that has no good one.
    pub(crate) fn start(file: Arc<dyn StoredFile>, seq: u64, link: Link, clean: bool) -> io::Result<Self> {
        let first = Slot { generation: 1, seq, link, clean };
        let second = Slot { generation: 2, ..first };
        file.write_at(&first.to_bytes(), Place::First.at())?;
        file.write_at(&second.to_bytes(), Place::Second.at())?;
        file.sync()?;
        Ok(Self { file, newest: second, place: Place::Second, synced: Place::Second })
    }

    pub(crate) fn newest(&self) -> Slot {
        self.newest
    }

    /// Makes sure of the newest slot, which a process that was killed may have left in the page cache alone.
    pub(crate) fn make_sure(&mut self) -> io::Result<()> {
        self.file.write_at(&self.newest.to_bytes(), self.place.at())?;
        self.sync()
    }

    /// States where the log ends, unsynced.
    pub(crate) fn state(&mut self, seq: u64, link: Link, clean: bool) -> io::Result<()> {
        let slot = Slot { generation: self.newest.generation.saturating_add(1), seq, link, clean };
        self.place = self.synced.other();
        self.file.write_at(&slot.to_bytes(), self.place.at())?;
        self.newest = slot;
        Ok(())
    }

    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.file.sync()?;
        self.synced = self.place;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os_files::OsFiles;
    use onus_core::storage::{Audience, OpenHow, Storage as _};

    fn slot(generation: u64) -> Slot {
        Slot { generation, seq: generation * 10, link: Link::from_bytes([7; 32]), clean: generation == 2 }
    }

    fn file(dir: &tempfile::TempDir) -> Arc<dyn StoredFile> {
        OsFiles.open(&dir.path().join("head"), OpenHow::OpenOrCreate(Audience::Shared)).unwrap()
    }

    #[test]
    fn a_slot_is_these_64_bytes() {
        let bytes =
            Slot { generation: 2, seq: 0x0102, link: Link::from_bytes([0xab; 32]), clean: true }.to_bytes();
        let expected = format!(
            "4f4e4831{}{}{}01{}",
            "0200000000000000",
            "0201000000000000",
            "ab".repeat(32),
            "00".repeat(7)
        );
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

    fn stated(head: &mut Head, seq: u64) {
        head.state(seq, Link::from_bytes([7; 32]), false).unwrap();
    }

    #[test]
    fn the_last_statement_counts_whether_synced_or_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(&dir);
        let mut head = Head::start(Arc::clone(&file), 0, Link::from_bytes([7; 32]), true).unwrap();
        for seq in 1..=9 {
            stated(&mut head, seq);
            if seq % 3 == 0 {
                head.sync().unwrap();
            }
            assert_eq!(Slots::read(&*file).unwrap().newest(), Some(head.newest()));
            assert_eq!(head.newest().seq, seq);
        }
    }

    #[test]
    fn the_last_synced_slot_is_not_written_until_the_other_one_was_synced() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(&dir);
        let mut head = Head::start(Arc::clone(&file), 0, Link::from_bytes([7; 32]), true).unwrap();
        stated(&mut head, 1);
        head.sync().unwrap();
        for seq in 2..=5 {
            stated(&mut head, seq);
            let Slots(slots) = Slots::read(&*file).unwrap();
            assert!(slots.iter().flatten().any(|slot| slot.seq == 1), "after statement {seq}");
        }
        // Nor by the next writer, who makes sure of what it found.
        let mut head = Head::of(Arc::clone(&file), Slots::read(&*file).unwrap()).unwrap();
        head.make_sure().unwrap();
        stated(&mut head, 6);
        let Slots(slots) = Slots::read(&*file).unwrap();
        assert!(slots.iter().flatten().any(|slot| slot.seq == 5));
    }

    #[test]
    fn a_torn_slot_leaves_the_other_one() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(&dir);
        Head::start(Arc::clone(&file), 3, Link::from_bytes([7; 32]), false).unwrap();

        file.write_at(b"torn", 84).unwrap();

        let slots = Slots::read(&*file).unwrap();
        assert_eq!((slots.newest().map(|slot| slot.generation), slots.bad()), (Some(1), Some(1)));
    }
}
