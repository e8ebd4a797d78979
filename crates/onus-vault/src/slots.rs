//! `slots.<generation>`: the bytes of the slots. Pure.
//!
//! 64 bytes a slot; slot *n* stands at 64 × *n*. Slot 0 does not exist (key id 0 means *withheld*): in its
//! place stands the header.
//!
//! | at | bytes | header field | MUST |
//! |---:|---:|---|---|
//! | 0 | 4 | magic | `ONS1` |
//! | 4 | 16 | ledger id | that of the ledger |
//! | 20 | 8 | generation | that of the file's name, and of MASTER |
//! | 28 | 8 | check | first 8 bytes of BLAKE3 over bytes 0..28 |
//! | 36 | 14 | made, following | u64 count ‖ first 6 bytes of BLAKE3 over it |
//! | 50 | 14 | made, leading | the same; the larger that checks counts; equal but while slots are being made |
//!
//! | at | bytes | slot field | MUST |
//! |---:|---:|---|---|
//! | 0 | 4 | state | `ONSF` free, `ONSL` live, `ONSE` erased |
//! | 4 | 12 | nonce | random; zeros when erased |
//! | 16 | 48 | slot key | AES-256-GCM under the master, associated data `onus slot key v1` ‖ ledger id ‖ n u64; zeros when erased |
//!
//! The states differ in one byte, so that no mark can be torn, and in two bits of it, so that no single
//! damaged bit makes one state of another. A slot whose state is none of these, but whose key unwraps, is
//! taken for live.
//!
//! `made` is how many slots were made and are durable. A file shorter than that was truncated; what stands
//! beyond it was being made when the power went, was never handed out, and is overwritten.

use crate::bytes::{Cut, record};
use crate::host::HostError;
use crate::key::{NONCE_BYTES, Secret, WRAPPED_BYTES, check_of, unwrap, wrap};
use aes_gcm::Aes256Gcm;
use std::fmt;
use std::num::NonZeroU64;

/// Most slots in one vault: 256 GiB of them.
pub const SLOTS_MAX: u64 = 1 << 32;

pub(crate) const SLOT_BYTES: usize = 64;
const MAGIC: &[u8; 4] = b"ONS1";
const FIXED_BYTES: usize = 28;
const FIXED_CHECK_BYTES: usize = 8;
const MADE_CHECK_BYTES: usize = 6;
const SLOT_PREFIX: &[u8] = b"onus slot key v1";
const MADE_BYTES: usize = 8 + MADE_CHECK_BYTES;
/// Where the two records of `made` stand.
pub(crate) const FOLLOWING_AT: u64 = 36;
pub(crate) const LEADING_AT: u64 = 50;
const _: () = assert!(FIXED_BYTES + FIXED_CHECK_BYTES + 2 * MADE_BYTES == SLOT_BYTES, "the header above");
const _: () = assert!(4 + NONCE_BYTES + WRAPPED_BYTES == SLOT_BYTES, "the slot above");

/// The number of a slot, from 1: what sealed texts and erasures name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(NonZeroU64);

impl KeyId {
    /// The first slot.
    pub(crate) const FIRST: Self = Self(NonZeroU64::MIN);

    /// `None` for 0, which means *withheld*, and beyond [`SLOTS_MAX`].
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).filter(|number| number.get() <= SLOTS_MAX).map(Self)
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Whose slots these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) ledger_id: [u8; 16],
    pub(crate) generation: u64,
}

/// The header, checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) owner: Owner,
    pub(crate) made: u64,
    /// The two records of `made`, where they check.
    pub(crate) following: Option<u64>,
    pub(crate) leading: Option<u64>,
}

impl Header {
    /// The header of a new file.
    pub(crate) fn encode(owner: Owner, made: u64) -> [u8; SLOT_BYTES] {
        let fixed: [u8; FIXED_BYTES] = record(&[MAGIC, &owner.ledger_id, &owner.generation.to_le_bytes()]);
        let made = made_record(made);
        record(&[&fixed, &check_of::<FIXED_CHECK_BYTES>(&fixed), &made, &made])
    }

    /// `None` if damaged.
    pub(crate) fn parse(bytes: &[u8; SLOT_BYTES]) -> Option<Self> {
        let mut cut = Cut::new(bytes);
        let fixed = cut.take::<FIXED_BYTES>()?;
        (*cut.take::<FIXED_CHECK_BYTES>()? == check_of(fixed)).then_some(())?;
        let (following, leading) = (parse_made(cut.take()?), parse_made(cut.take()?));
        let made = following.max(leading)?;
        let mut cut = Cut::new(fixed);
        (cut.take::<4>()? == MAGIC).then_some(())?;
        let ledger_id = *cut.take::<16>()?;
        Some(Self { owner: Owner { ledger_id, generation: cut.u64()? }, made, following, leading })
    }
}

/// One record of `made`.
pub(crate) fn made_record(made: u64) -> [u8; MADE_BYTES] {
    let count = made.to_le_bytes();
    record(&[&count, &check_of::<MADE_CHECK_BYTES>(&count)])
}

fn parse_made(bytes: &[u8; MADE_BYTES]) -> Option<u64> {
    let made = Cut::new(bytes).u64().filter(|made| *made <= SLOTS_MAX)?;
    (made_record(made) == *bytes).then_some(made)
}

/// The state of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Made, not handed out.
    Free,
    /// Handed out, or set aside to be.
    Live,
    /// Erased.
    Gone,
}

impl State {
    pub(crate) const fn bytes(self) -> &'static [u8; 4] {
        match self {
            Self::Free => b"ONSF",
            Self::Live => b"ONSL",
            Self::Gone => b"ONSE",
        }
    }
}

/// The 64 bytes of one slot, as they stand in the file.
#[derive(Clone, Copy)]
pub(crate) struct RawSlot(pub(crate) [u8; SLOT_BYTES]);

impl RawSlot {
    /// What is left of a slot that was erased.
    pub(crate) fn gone() -> Self {
        Self(record(&[State::Gone.bytes()]))
    }

    pub(crate) fn wrap(
        cipher: &Aes256Gcm,
        nonce: &[u8; NONCE_BYTES],
        (ledger_id, id): (&[u8; 16], KeyId),
        (state, key): (State, &Secret),
    ) -> Result<Self, HostError> {
        let wrapped = wrap(cipher, nonce, &slot_place(ledger_id, id), key)?;
        Ok(Self(record(&[state.bytes(), nonce, &wrapped])))
    }

    /// `None` if the state is none of the three.
    pub(crate) fn state(&self) -> Option<State> {
        let state = self.0.first_chunk::<4>()?;
        [State::Free, State::Live, State::Gone].into_iter().find(|known| known.bytes() == state)
    }

    /// The slot key; `None` if it is not this slot of this ledger under this master.
    pub(crate) fn unwrap(&self, cipher: &Aes256Gcm, ledger_id: &[u8; 16], id: KeyId) -> Option<Secret> {
        let mut cut = Cut::new(&self.0);
        cut.take::<4>()?;
        unwrap(cipher, cut.take()?, &slot_place(ledger_id, id), cut.take::<WRAPPED_BYTES>()?)
    }
}

fn slot_place(ledger_id: &[u8; 16], id: KeyId) -> [u8; SLOT_PREFIX.len() + 16 + 8] {
    record(&[SLOT_PREFIX, ledger_id, &id.get().to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: [u8; 16] = [7; 16];

    fn slot(number: u64) -> (Aes256Gcm, RawSlot, KeyId) {
        let (cipher, id) = (Secret::new([1; 32]).cipher(), KeyId::new(number).unwrap());
        let slot = RawSlot::wrap(&cipher, &[2; 12], (&LEDGER, id), (State::Free, &Secret::new([3; 32])));
        (cipher, slot.unwrap(), id)
    }

    #[test]
    fn a_slot_unwraps_in_its_own_place_and_ledger_alone() {
        let (cipher, slot, id) = slot(5);
        assert_eq!(slot.unwrap(&cipher, &LEDGER, id).unwrap().expose(), &[3; 32]);
        assert!(slot.unwrap(&cipher, &LEDGER, KeyId::new(6).unwrap()).is_none());
        assert!(slot.unwrap(&cipher, &[8; 16], id).is_none());
        assert!(slot.unwrap(&Secret::new([2; 32]).cipher(), &LEDGER, id).is_none());
    }

    #[test]
    fn marks_differ_in_one_byte_and_no_damaged_bit_makes_another() {
        let (_, free, _) = slot(1);
        assert_eq!(free.state(), Some(State::Free));
        for state in [State::Free, State::Live, State::Gone] {
            let differ =
                |other: State| state.bytes().iter().zip(other.bytes()).filter(|(a, b)| a != b).count();
            assert!(differ(State::Free) <= 1 && differ(State::Live) <= 1 && differ(State::Gone) <= 1);
            for bit in 0..32 {
                let mut damaged = free;
                damaged.0[..4].copy_from_slice(state.bytes());
                assert_eq!(damaged.state(), Some(state));
                damaged.0[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(damaged.state(), None);
            }
        }
        assert_eq!(RawSlot([0; SLOT_BYTES]).state(), None, "a hole in the file is no slot");
    }

    #[test]
    fn the_larger_count_that_checks_is_how_many_were_made() {
        let owner = Owner { ledger_id: LEDGER, generation: 9 };
        let mut bytes = Header::encode(owner, 256);
        let read = |bytes: &[u8; SLOT_BYTES]| {
            Header::parse(bytes).map(|header| (header.made, header.following, header.leading))
        };
        assert_eq!(read(&bytes), Some((256, Some(256), Some(256))));
        bytes[50..].copy_from_slice(&made_record(512));
        assert_eq!(read(&bytes), Some((512, Some(256), Some(512))));
        bytes[63] ^= 1;
        assert_eq!(read(&bytes), Some((256, Some(256), None)));
        bytes[36] ^= 1;
        assert_eq!(read(&bytes), None);
        bytes[50..].copy_from_slice(&made_record(SLOTS_MAX + 1));
        assert_eq!(read(&bytes), None);
    }
}
