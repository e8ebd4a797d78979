//! Collects the terms of a segment while it is read or written, and makes its term file.
//!
//! The same builder serves a segment that still grows: it answers lookups at any time, and makes the file
//! of what it holds so far as often as asked.
//!
//! Terms lie one after another in one piece of memory, and few postings lie with their term: most terms of a segment are
//! met once or a few times, and a piece of memory each would cost more than all else that is done with them.
//!
//! Promise: memory is bounded by the segment (about 80 bytes for each distinct term, 1 to 3 for each
//! posting); the same additions give the same bytes, whatever their order among terms.

use super::paged::{self, Cover};
use super::postings::{Growing, Postings};
use super::ranges::Ranges;
use super::{MAGIC, TERM_BYTES_MAX, TermFile, page, put_short};
use crate::hashing::QuickState;
use crate::terms::DerivedError;
use hashbrown::HashTable;
use onus_proof::Link;
use std::hash::BuildHasher;

/// A page ends with the term that takes it past this.
const PAGE_BYTES: usize = 8_192;

/// The terms of one segment, growing.
#[derive(Clone, Debug)]
pub struct Builder {
    first_seq: u64,
    hash: QuickState,
    slots: HashTable<Slot>,
    held: Vec<Held>,
    /// The bytes of all terms.
    terms: Vec<u8>,
}

/// One term: where its bytes lie, and its entries.
#[derive(Clone, Debug)]
struct Held {
    at: usize,
    len: u8,
    growing: Growing,
}

impl Held {
    fn term<'a>(&self, terms: &'a [u8]) -> &'a [u8] {
        terms.get(self.at..self.at + usize::from(self.len)).unwrap_or_default()
    }
}

/// Where a builder keeps what it knows of a term: for those who add to the same one again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u32);

impl Slot {
    fn place(self) -> usize {
        crate::number::small(self.0)
    }
}

impl Builder {
    /// For the segment that begins with the entry `first_seq`.
    pub fn new(first_seq: u64) -> Self {
        let (hash, slots) = (QuickState::default(), HashTable::new());
        Self { first_seq, hash, slots, held: Vec::new(), terms: Vec::new() }
    }

    /// From what a file holds, to go on where it ends.
    pub fn resume(file: &TermFile) -> Result<Self, DerivedError> {
        let mut builder = Self::new(file.first_seq());
        for entry in file.prefix(&[]) {
            let entry = entry?;
            if let Some(growing) = Option::<Growing>::from(&entry.postings()?) {
                builder.insert(entry.term(), growing)?;
            }
        }
        Ok(builder)
    }

    /// The segment's first entry.
    pub fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// States that the entry `seq` holds `term`. For each term entries come in ascending order; the same
    /// one twice counts once.
    pub fn add(&mut self, seq: u64, term: &[u8]) -> Result<(), DerivedError> {
        self.add_new(seq, term).map(|_| ())
    }

    /// As [`add`](Self::add); the slot is for [`add_again`](Self::add_again).
    pub(crate) fn add_new(&mut self, seq: u64, term: &[u8]) -> Result<Slot, DerivedError> {
        if let Some(slot) = self.slot(term) {
            return self.add_again(seq, slot).map(|()| slot);
        }
        let offset = self.offset(seq)?;
        self.insert(term, Growing::new(offset))
    }

    /// States that the entry `seq` holds the term of a slot.
    pub(crate) fn add_again(&mut self, seq: u64, slot: Slot) -> Result<(), DerivedError> {
        let offset = self.offset(seq)?;
        let pushed = self.held.get_mut(slot.place()).and_then(|held| held.growing.push(offset));
        pushed.ok_or(DerivedError::OutOfOrder { seq })
    }

    fn offset(&self, seq: u64) -> Result<u32, DerivedError> {
        let offset = seq.checked_sub(self.first_seq).and_then(|offset| u32::try_from(offset).ok());
        offset.ok_or(DerivedError::OutOfOrder { seq })
    }

    fn insert(&mut self, term: &[u8], growing: Growing) -> Result<Slot, DerivedError> {
        const { assert!(TERM_BYTES_MAX == 255, "a term's length is one byte") };
        let len = u8::try_from(term.len()).ok().filter(|len| *len > 0);
        let len = len.ok_or(DerivedError::TermLength { bytes: term.len() })?;
        let slot = Slot(crate::number::field(self.held.len()));
        self.held.push(Held { at: self.terms.len(), len, growing });
        self.terms.extend_from_slice(term);
        let Self { hash, slots, held, terms, .. } = self;
        slots.insert_unique(hash.hash_one(term), slot, |slot| {
            hash.hash_one(held.get(slot.place()).map_or(&[][..], |held| held.term(terms)))
        });
        Ok(slot)
    }

    fn slot(&self, term: &[u8]) -> Option<Slot> {
        let is_it =
            |slot: &Slot| self.held.get(slot.place()).is_some_and(|held| held.term(&self.terms) == term);
        self.slots.find(self.hash.hash_one(term), is_it).copied()
    }

    fn get(&self, term: &[u8]) -> Option<&Growing> {
        self.held.get(self.slot(term)?.place()).map(|held| &held.growing)
    }

    fn all(&self) -> impl Iterator<Item = (&[u8], &Growing)> {
        self.held.iter().map(|held| (held.term(&self.terms), &held.growing))
    }

    /// The entries added so far that hold `term`.
    pub fn lookup(&self, term: &[u8]) -> Option<Postings> {
        self.get(term).map(|growing| growing.snapshot(self.first_seq))
    }

    /// The last entry added so far that holds `term`.
    pub fn last(&self, term: &[u8]) -> Option<u64> {
        self.get(term).map(|growing| self.first_seq.saturating_add(u64::from(growing.last())))
    }

    /// Every term so far that begins with `prefix`, ascending, and how many entries hold it.
    pub fn prefix(&self, prefix: &[u8]) -> Vec<(&[u8], u64)> {
        let held = self.all().filter(|(term, _)| term.starts_with(prefix));
        let mut found: Vec<_> = held.map(|(term, growing)| (term, u64::from(growing.count()))).collect();
        found.sort_unstable();
        found
    }

    /// Every term, ascending. Compared by their first bytes as numbers, which tells nearly all apart without looking
    /// each term up in memory.
    fn sorted(&self) -> Vec<(&[u8], &Growing)> {
        let mut keyed: Vec<(u128, &[u8], &Growing)> =
            self.all().map(|(term, held)| (front(term), term, held)).collect();
        keyed.sort_unstable_by(|(front, term, _), (other_front, other, _)| {
            front.cmp(other_front).then_with(|| term.cmp(other))
        });
        keyed.into_iter().map(|(_, term, held)| (term, held)).collect()
    }

    /// The term file of what was added: `count` entries from the first one on, the chain link after the
    /// last of them, and how many bytes of the segment they take.
    pub fn finish(&self, count: u32, last_link: Link, covered_bytes: u64) -> Result<Vec<u8>, DerivedError> {
        let sorted = self.sorted();
        if let Some(beyond) = sorted.iter().map(|(_, held)| held.last()).find(|last| *last >= count) {
            return Err(DerivedError::OutOfOrder { seq: self.first_seq.saturating_add(u64::from(beyond)) });
        }
        let mut own = Vec::new();
        Ranges::of(sorted.iter().map(|(term, _)| *term)).write(&mut own)?;
        let mut pages: Vec<Vec<u8>> = Vec::new();
        let mut open = Vec::new();
        let mut before: &[u8] = &[];
        for (term, held) in sorted {
            if open.is_empty() {
                put_short(&mut own, term)?;
            }
            page::push(&mut open, before, term, held.count(), &held.encode())?;
            before = term;
            if open.len() >= PAGE_BYTES {
                pages.push(std::mem::take(&mut open));
                before = &[];
            }
        }
        if !open.is_empty() {
            pages.push(open);
        }
        let cover = Cover { first_seq: self.first_seq, count, last_link, covered_bytes };
        paged::write(MAGIC, &cover, &own, &pages)
    }
}

/// The first 16 bytes of a term, zeros behind a shorter one: in the order of the terms, but for ties.
fn front(term: &[u8]) -> u128 {
    if let Some(front) = term.first_chunk::<16>() {
        return u128::from_be_bytes(*front);
    }
    let mut front = [0; 16];
    front.iter_mut().zip(term).for_each(|(byte, of_term)| *byte = *of_term);
    u128::from_be_bytes(front)
}
