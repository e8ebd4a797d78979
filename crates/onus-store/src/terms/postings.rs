//! Postings: the entries of a segment that hold a term, as ascending offsets from its first entry.
//!
//! Stored in one of two forms, told apart by how many there are:
//! * up to 512: varints, the first offset, then the difference to each next one (at least 1);
//! * more: a roaring bitmap in its portable form (<https://github.com/RoaringBitmap/RoaringFormatSpec>).
//!
//! Promise: what was read from bytes is ascending, as many as stated and within the segment; a set of bytes
//! that is not is refused, whatever it is.

use super::bytes::{put_varint, take_varint};
use roaring::RoaringBitmap;
use smallvec::SmallVec;

/// The most offsets that are stored as varints.
const FEW_MAX: u32 = 512;

/// Entries that hold a term, in the order of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Postings {
    first_seq: u64,
    offsets: Offsets,
}

#[derive(Clone, Debug, PartialEq)]
enum Offsets {
    Few(Vec<u32>),
    Many(RoaringBitmap),
}

impl Postings {
    /// How many entries.
    pub fn len(&self) -> u64 {
        match &self.offsets {
            Offsets::Few(offsets) => u64::try_from(offsets.len()).unwrap_or(u64::MAX),
            Offsets::Many(bitmap) => bitmap.len(),
        }
    }

    /// Whether there is none; a term that stands in a segment has at least one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places of the entries in the ledger, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        let (few, many) = match &self.offsets {
            Offsets::Few(offsets) => (Some(offsets), None),
            Offsets::Many(bitmap) => (None, Some(bitmap)),
        };
        let few = few.into_iter().flatten().copied();
        let many = many.into_iter().flat_map(RoaringBitmap::iter);
        few.chain(many).map(|offset| self.first_seq.saturating_add(u64::from(offset)))
    }

    /// The last of them.
    pub fn last(&self) -> Option<u64> {
        let offset = match &self.offsets {
            Offsets::Few(offsets) => offsets.last().copied(),
            Offsets::Many(bitmap) => bitmap.max(),
        };
        offset.map(|offset| self.first_seq.saturating_add(u64::from(offset)))
    }

    /// The same as a set of offsets from the segment's first entry, to be combined with others of the
    /// same segment.
    pub fn to_bitmap(&self) -> RoaringBitmap {
        match &self.offsets {
            Offsets::Few(offsets) => ascending(offsets.iter().copied()),
            Offsets::Many(bitmap) => bitmap.clone(),
        }
    }

    /// The same, without a copy where they are held so.
    pub fn into_bitmap(self) -> RoaringBitmap {
        match self.offsets {
            Offsets::Few(offsets) => ascending(offsets.into_iter()),
            Offsets::Many(bitmap) => bitmap,
        }
    }

    /// Reads `count` offsets below `below`; `None` if `bytes` are not exactly that.
    pub(super) fn decode(first_seq: u64, below: u32, count: u32, bytes: &[u8]) -> Option<Self> {
        let offsets =
            if count <= FEW_MAX { decode_few(below, count, bytes) } else { decode_many(below, count, bytes) };
        offsets.map(|offsets| Self { first_seq, offsets })
    }
}

/// Postings while they are collected: varints from the start, so that a segment's worth stays small.
#[derive(Clone, Debug)]
pub(super) struct Growing {
    last: u32,
    count: u32,
    deltas: SmallVec<[u8; 16]>,
}

impl Growing {
    pub(super) fn new(offset: u32) -> Self {
        let mut deltas = SmallVec::new();
        put_varint(&mut deltas, offset);
        Self { last: offset, count: 1, deltas }
    }

    /// Adds an offset. The last one again changes nothing; a lower one is refused.
    pub(super) fn push(&mut self, offset: u32) -> Option<()> {
        let step = offset.checked_sub(self.last)?;
        if step > 0 {
            put_varint(&mut self.deltas, step);
            self.last = offset;
            self.count = self.count.saturating_add(1);
        }
        Some(())
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn last(&self) -> u32 {
        self.last
    }

    pub(super) fn snapshot(&self, first_seq: u64) -> Postings {
        Postings { first_seq, offsets: Offsets::Few(self.offsets().collect()) }
    }

    /// The stored form.
    pub(super) fn encode(&self) -> std::borrow::Cow<'_, [u8]> {
        if self.count <= FEW_MAX {
            return self.deltas.as_slice().into();
        }
        let mut bitmap = ascending(self.offsets());
        bitmap.optimize();
        let mut bytes = Vec::with_capacity(bitmap.serialized_size());
        match bitmap.serialize_into(&mut bytes) {
            Ok(()) => bytes.into(),
            // Writing to memory cannot fail; if it ever did, the reader would refuse what is empty here.
            Err(_) => Vec::new().into(),
        }
    }

    fn offsets(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest = self.deltas.as_slice();
        let mut offset = 0_u32;
        std::iter::from_fn(move || {
            offset = offset.saturating_add(take_varint(&mut rest)?);
            Some(offset)
        })
    }
}

/// A bitmap of ascending offsets.
fn ascending(offsets: impl Iterator<Item = u32>) -> RoaringBitmap {
    // Refused only if they did not ascend, which whoever holds them saw to.
    RoaringBitmap::from_sorted_iter(offsets).unwrap_or_default()
}

impl From<&Postings> for Option<Growing> {
    fn from(postings: &Postings) -> Self {
        let mut offsets = postings.iter().filter_map(|seq| u32::try_from(seq - postings.first_seq).ok());
        let mut growing = Growing::new(offsets.next()?);
        offsets.try_for_each(|offset| growing.push(offset))?;
        Some(growing)
    }
}

fn decode_few(below: u32, count: u32, bytes: &[u8]) -> Option<Offsets> {
    let mut rest = bytes;
    let mut offset = take_varint(&mut rest)?;
    let mut offsets = Vec::with_capacity(usize::try_from(count).ok()?);
    offsets.push(offset);
    for _ in 1..count {
        let step = take_varint(&mut rest).filter(|step| *step > 0)?;
        offset = offset.checked_add(step)?;
        offsets.push(offset);
    }
    (count > 0 && offset < below && rest.is_empty()).then_some(Offsets::Few(offsets))
}

fn decode_many(below: u32, count: u32, bytes: &[u8]) -> Option<Offsets> {
    if containers(bytes)?.checked_mul(4)? > bytes.len() {
        return None;
    }
    let mut rest = bytes;
    let bitmap = RoaringBitmap::deserialize_from(&mut rest).ok()?;
    let whole = rest.is_empty() && bitmap.len() == u64::from(count) && bitmap.max()? < below;
    whole.then_some(Offsets::Many(bitmap))
}

/// How many containers a roaring bitmap states, before any memory is taken for them.
fn containers(bytes: &[u8]) -> Option<usize> {
    const NO_RUNS: u16 = 12_346;
    const RUNS: u16 = 12_347;
    let [c0, c1, n0, n1] = *bytes.first_chunk()?;
    match u16::from_le_bytes([c0, c1]) {
        RUNS => Some(usize::from(u16::from_le_bytes([n0, n1])) + 1),
        NO_RUNS => usize::try_from(u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?)).ok(),
        _ => None,
    }
}
