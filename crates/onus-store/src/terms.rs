//! Term files: which entries of a segment hold what a question asks for (`docs/format.md` §9).
//!
//! A **term** is one field byte and a value whose bytes sort as its values do. A term file maps every term
//! of one segment to its postings. It is made from the segment alone, at any time, and may be deleted at
//! will; it counts only while it [matches](TermFile::matches) the segment, and no fact stands in it alone.
//!
//! # Layout
//! The frame is that of `paged`, magic `ONT2`. What terms add to the directory, after the page table:
//!
//! | field | form | meaning |
//! |---|---|---|
//! | ranges | u8 | how many ranges of incidents follow, at most 64; 0 if no entry belongs to an incident |
//! | range | for each {u8 length, bytes} twice | its lowest and its highest incident term; ranges ascend and do not overlap |
//! | first terms | for each page u8 length, bytes | the first term of that page, ascending |
//!
//! Each owner has a range of its own, so that the days of one do not hide behind the names of others; from the
//! 65th owner on, ranges of neighbours are joined.
//!
//! The pages are those of `page`; terms ascend through all of them, and a page ends with the term that takes
//! it to 8 KiB. Why pages and not one map of the whole segment: one incident is found by reading 8 KiB, not
//! the quarter of a megabyte that the terms of a segment take, so nothing need be kept in memory for a
//! segment but its directory, and no byte of a damaged file can lead a reader astray.
//!
//! Which terms an entry has is [`onus_core::terms`]'s to say.
//!
//! # Promises
//! * Opening reads header and directory only; a lookup reads one page.
//! * Bytes that are not a term file give an error, never a panic, and never memory beyond the file's length.

mod build;
pub(crate) mod bytes;
mod page;
pub(crate) mod paged;
mod postings;
mod ranges;
mod spans;
mod walk;

pub use build::Builder;
pub(crate) use build::Slot;
pub use postings::Postings;
pub(crate) use ranges::Ranges;
pub(crate) use spans::Spans;
pub use walk::{Term, Terms};

use bytes::take_short;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::IncidentKey;
use onus_core::storage::StoredFile;
use onus_core::terms::TermField;
use onus_proof::Link;
use paged::Paged;
use std::io;
use std::sync::Arc;

/// The last byte moves on when entries get other terms: a file of another release is then noticed as one.
const MAGIC: [u8; 4] = *b"ONT2";
const INCIDENT: u8 = TermField::Incident.byte();
const KIND: u8 = TermField::Kind.byte();
/// The longest term, its field byte included.
pub const TERM_BYTES_MAX: usize = 255;

/// Why a term file or a position file cannot be made or used. The segment is untouched in every case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DerivedError {
    /// The disk did not answer; the file may be whole.
    #[error("cannot read an index of the log")]
    Read(#[from] io::Error),
    /// Another release wrote it. Build it again from its segment.
    #[error("an index of the log was written by another release")]
    OtherRelease,
    /// The file is torn or rotten. Build it again from its segment.
    #[error("an index of the log is damaged: {0}")]
    Damaged(&'static str),
    /// A builder was handed an entry before one it already has, or outside its segment.
    #[error("entry {seq} was handed to an index out of order")]
    OutOfOrder {
        /// The entry.
        seq: u64,
    },
    /// A term has 1 to [`TERM_BYTES_MAX`] bytes.
    #[error("a term of {bytes} bytes; the limits are 1 and {TERM_BYTES_MAX}")]
    TermLength {
        /// Its length.
        bytes: usize,
    },
    /// More than the format can hold; no segment is that large.
    #[error("an index of the log would be too large")]
    TooLarge,
}

impl Blamed for DerivedError {
    /// An index is rebuilt from the log, so a bad one is for the administrator. What a builder refuses is its caller's.
    fn blame(&self) -> Blame {
        match self {
            Self::Read(_) | Self::OtherRelease | Self::Damaged(_) => Blame::Environment,
            Self::OutOfOrder { .. } | Self::TermLength { .. } | Self::TooLarge => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::OtherRelease | Self::Damaged(_) => {
                Some("`onus index` rebuilds it from the log, which is the record".into())
            }
            _ => None,
        }
    }
}

/// The term of everything that belongs to an incident, or of all ledger-wide events.
pub fn incident_term(incident: &IncidentKey) -> Vec<u8> {
    std::iter::once(&INCIDENT).chain(incident.as_bytes()).copied().collect()
}

/// The term of every entry of a kind.
pub fn kind_term(kind: u16) -> [u8; 3] {
    let [high, low] = kind.to_be_bytes();
    [KIND, high, low]
}

/// What the terms of all kinds begin with; see [`TermFile::prefix`].
pub fn any_kind() -> [u8; 1] {
    [KIND]
}

/// What the terms of all incidents begin with, the ledger-wide one included.
pub fn any_incident() -> [u8; 1] {
    [INCIDENT]
}

/// The kind that a term stands for.
pub fn kind_of(term: &[u8]) -> Option<u16> {
    match term {
        [KIND, high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

/// The bytes of the incident key that a term stands for.
pub fn incident_of(term: &[u8]) -> Option<&[u8]> {
    term.strip_prefix(&[INCIDENT])
}

/// An open term file.
#[derive(Debug)]
pub struct TermFile {
    paged: Paged,
    ranges: Ranges,
    /// The first term of each page.
    first_terms: Vec<Box<[u8]>>,
}

impl TermFile {
    /// Opens a term file and checks its header and directory.
    pub fn open(file: Arc<dyn StoredFile>) -> Result<Self, DerivedError> {
        let (paged, own) = Paged::open(file, MAGIC)?;
        Self::of(paged, &own).ok_or(DerivedError::Damaged("its directory"))
    }

    fn of(paged: Paged, own: &[u8]) -> Option<Self> {
        let mut rest = own;
        let ranges = Ranges::take(&mut rest)?;
        let mut first_terms: Vec<Box<[u8]>> = Vec::with_capacity(paged.page_count());
        for _ in 0..paged.page_count() {
            first_terms.push(take_short(&mut rest)?.into());
        }
        let ascending = first_terms.iter().zip(first_terms.iter().skip(1)).all(|(one, next)| one < next);
        (rest.is_empty() && ascending).then_some(Self { paged, ranges, first_terms })
    }

    /// Whether it speaks of these entries: the segment's first one, their number, and the chain link after
    /// the last of them. For an unfinished segment the caller takes number and link at
    /// [`covered_bytes`](Self::covered_bytes).
    pub fn matches(&self, first_seq: u64, count: u32, last_link: &Link) -> bool {
        let cover = self.paged.cover();
        cover.first_seq == first_seq && cover.count == count && cover.last_link == *last_link
    }

    /// The segment's first entry.
    pub fn first_seq(&self) -> u64 {
        self.paged.cover().first_seq
    }

    /// How many entries it covers.
    pub fn count(&self) -> u32 {
        self.paged.cover().count
    }

    /// The chain link after the last entry that it covers.
    pub fn last_link(&self) -> Link {
        self.paged.cover().last_link
    }

    /// How many bytes of the segment it covers, from the segment's start.
    pub fn covered_bytes(&self) -> u64 {
        self.paged.cover().covered_bytes
    }

    /// Which incidents it can hold.
    pub(crate) fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Whether the incident lies within its owner's range, so that a lookup will read a page.
    pub fn may_hold(&self, incident: &IncidentKey) -> bool {
        self.ranges.may_hold(&incident_term(incident))
    }

    /// The entries that hold `term`; `None` if there is none.
    pub fn lookup(&self, term: &[u8]) -> Result<Option<Postings>, DerivedError> {
        if !self.ranges.may_hold(term) {
            return Ok(None);
        }
        let Some(bytes) = self.page_of(term).map_or(Ok(None), |index| self.paged.page(index))? else {
            return Ok(None);
        };
        match page::find(&bytes, term)? {
            None => Ok(None),
            Some(row) => self.decode(row.count, row.postings).map(Some),
        }
    }

    /// Every term that begins with `prefix`, ascending.
    pub fn prefix(&self, prefix: &[u8]) -> Terms<'_> {
        Terms::new(self, prefix, self.page_of(prefix).unwrap_or(0))
    }

    /// The page that holds `term` if any does: the last whose first term is not above it.
    fn page_of(&self, term: &[u8]) -> Option<usize> {
        self.first_terms.partition_point(|first| **first <= *term).checked_sub(1)
    }

    fn decode(&self, count: u32, bytes: &[u8]) -> Result<Postings, DerivedError> {
        let cover = self.paged.cover();
        Postings::decode(cover.first_seq, cover.count, count, bytes)
            .ok_or(DerivedError::Damaged("the postings of a term"))
    }
}

/// Writes a number of bytes as a u8, then the bytes.
fn put_short(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), DerivedError> {
    let len = u8::try_from(bytes.len()).map_err(|_| DerivedError::TermLength { bytes: bytes.len() })?;
    out.push(len);
    out.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
