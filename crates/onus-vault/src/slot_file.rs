//! `slots.<generation>` on the disk: made, read, extended. The caller holds the vault's lock to write.
//!
//! No crash and no failed sync may put two slots under one number, nor lose the count of them. Hence, for
//! the two records of `made` in the header:
//!
//! * Between two syncs only one of them is written, and the other is durable and checks.
//! * Slots are made thus: the new slots beyond `made`, and the following record as it is, sync; the leading
//!   record, sync; then the following record, made durable by whatever the caller syncs next.
//! * A following record that holds a count proves that the leading one is durable with it. Where a change
//!   finds them apart, what memory shows may not be on the disk (a failed sync): the leading record is
//!   written again and synced before anything else.

use crate::folder::{Folder, VaultFile, slots_name};
use crate::host::HostError;
use crate::key::{KEY_BYTES, NONCE_BYTES, Secret, fill_random};
use crate::slots::{FOLLOWING_AT, Header, KeyId, LEADING_AT, Owner, RawSlot, SLOT_BYTES, State, made_record};
use aes_gcm::Aes256Gcm;
use onus_core::storage::OpenHow;
use std::path::PathBuf;
use zeroize::{Zeroize, Zeroizing};

/// Slots read or written at once.
pub(crate) const CHUNK_SLOTS: u64 = 1024;
const SLOT_BYTES_ON_DISK: u64 = 64;

/// An open file of slots whose header was checked.
#[derive(Clone, Debug)]
pub(crate) struct SlotFile {
    file: VaultFile,
    owner: Owner,
}

/// Why a file of slots was not opened.
pub(crate) enum Refused {
    Missing(PathBuf),
    Damaged(PathBuf),
    OtherLedger(PathBuf),
    Truncated { path: PathBuf, made: u64, found: u64 },
    Host(HostError),
}

impl From<HostError> for Refused {
    fn from(e: HostError) -> Self {
        Self::Host(e)
    }
}

impl SlotFile {
    /// A new file: its header with `made` slots to come. The caller writes them, then syncs.
    pub(crate) fn make(folder: &Folder, owner: Owner, made: u64) -> Result<Self, HostError> {
        let file = folder.create(&slots_name(owner.generation))?;
        file.write(&Header::encode(owner, made), 0)?;
        Ok(Self { file, owner })
    }

    pub(crate) fn open(folder: &Folder, owner: Owner) -> Result<Self, Refused> {
        let name = slots_name(owner.generation);
        let Some(file) = folder.open(&name, OpenHow::Write)? else {
            return Err(Refused::Missing(folder.path_of(&name)));
        };
        let path = file.path().to_owned();
        let Some(header) = read_header(&file)? else { return Err(Refused::Damaged(path)) };
        if header.owner.ledger_id != owner.ledger_id {
            return Err(Refused::OtherLedger(path));
        }
        if header.owner != owner {
            return Err(Refused::Damaged(path));
        }
        let found = (file.len()? / SLOT_BYTES_ON_DISK).saturating_sub(1);
        if found < header.made {
            return Err(Refused::Truncated { path, made: header.made, found });
        }
        Ok(Self { file, owner })
    }

    /// The header as it stands now: another process may have extended the file, or replaced it.
    pub(crate) fn header(&self) -> Result<Header, HostError> {
        read_header(&self.file)?
            .filter(|header| header.owner == self.owner)
            .ok_or_else(|| HostError::Replaced { path: self.file.path().to_owned() })
    }

    /// `count` slots from `first`, as they stand.
    pub(crate) fn read(&self, first: u64, count: u64) -> Result<Vec<RawSlot>, HostError> {
        let mut bytes = vec![0; usize::try_from(count.saturating_mul(SLOT_BYTES_ON_DISK)).unwrap_or(0)];
        self.file.read(&mut bytes, place_of(first))?;
        Ok(bytes.as_chunks::<SLOT_BYTES>().0.iter().copied().map(RawSlot).collect())
    }

    pub(crate) fn write(&self, first: u64, slots: &[RawSlot]) -> Result<(), HostError> {
        let bytes: Vec<u8> = slots.iter().flat_map(|slot| slot.0).collect();
        self.file.write(&bytes, place_of(first))
    }

    pub(crate) fn sync(&self) -> Result<(), HostError> {
        self.file.sync()
    }

    /// The first slot after all that were ever set aside or erased. Slots are taken in order and nothing
    /// before this one is taken again, whatever its state.
    pub(crate) fn first_unused(&self, made: u64) -> Result<u64, HostError> {
        let mut end = made;
        while end > 0 {
            let first = end.saturating_sub(CHUNK_SLOTS - 1).max(1);
            let slots = self.read(first, end - first + 1)?;
            for (slot, number) in slots.iter().rev().zip((first..=end).rev()) {
                if slot.state() != Some(State::Free) {
                    return Ok(number + 1);
                }
            }
            end = first - 1;
        }
        Ok(1)
    }

    /// The header to start a change from: its count is on the disk.
    pub(crate) fn begin(&self) -> Result<Header, HostError> {
        let header = self.header()?;
        if header.following.is_some() && header.following != header.leading {
            self.file.write(&made_record(header.made), LEADING_AT)?;
            self.sync()?;
        }
        Ok(header)
    }

    /// Puts `slots` after the last one made. Ends with the following record still to be written.
    pub(crate) fn extend(&self, header: Header, slots: &[RawSlot]) -> Result<Header, HostError> {
        let made = header.made + u64::try_from(slots.len()).unwrap_or(0);
        self.write(header.made + 1, slots)?;
        self.finish(&header)?;
        self.file.write(&made_record(made), LEADING_AT)?;
        self.sync()?;
        Ok(Header { made, following: None, leading: Some(made), ..header })
    }

    /// Writes the following record and makes durable whatever the change wrote.
    pub(crate) fn finish(&self, header: &Header) -> Result<(), HostError> {
        self.file.write(&made_record(header.made), FOLLOWING_AT)?;
        self.sync()
    }

    /// Marks one slot, without sync.
    pub(crate) fn mark(&self, number: u64, state: State) -> Result<(), HostError> {
        self.file.write(state.bytes(), place_of(number))
    }
}

/// `count` free slots with fresh keys, to stand from `first` on.
pub(crate) fn fresh_slots(
    cipher: &Aes256Gcm,
    ledger_id: &[u8; 16],
    first: u64,
    count: u64,
) -> Result<Vec<RawSlot>, HostError> {
    const FRESH_BYTES: usize = KEY_BYTES + NONCE_BYTES;
    let mut random = Zeroizing::new(vec![0; usize::try_from(count).unwrap_or(0).saturating_mul(FRESH_BYTES)]);
    fill_random(&mut random)?;
    let mut slots = Vec::with_capacity(random.len() / FRESH_BYTES);
    for (fresh, number) in random.as_chunks_mut::<FRESH_BYTES>().0.iter_mut().zip(first..) {
        let (Some((nonce, key)), Some(id)) = (fresh.split_first_chunk::<NONCE_BYTES>(), KeyId::new(number))
        else {
            break;
        };
        let mut secret = Secret::new([0; KEY_BYTES]);
        secret.expose_mut().iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        slots.push(RawSlot::wrap(cipher, nonce, (ledger_id, id), (State::Free, &secret))?);
        fresh.zeroize();
    }
    Ok(slots)
}

fn read_header(file: &VaultFile) -> Result<Option<Header>, HostError> {
    let mut bytes = [0; SLOT_BYTES];
    file.read(&mut bytes, 0)?;
    Ok(Header::parse(&bytes))
}

fn place_of(number: u64) -> u64 {
    number.saturating_mul(SLOT_BYTES_ON_DISK)
}
