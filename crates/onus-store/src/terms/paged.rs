//! The frame that the derived files of the log share: a header, a directory, pages.
//!
//! Integers are little-endian, CRCs are CRC-32 (IEEE).
//!
//! | at | bytes | field | a reader MUST refuse the file unless |
//! |---:|---:|---|---|
//! | 0 | 4 | magic | it is the one of its kind: `ONT2` terms, `ONP1` positions, `ONS1` spans |
//! | 4 | 4 | pages | how many pages follow the directory |
//! | 8 | 8 | first_seq | (of the segment; compared with it) |
//! | 16 | 4 | count | (entries covered, from `first_seq` on) |
//! | 20 | 4 | directory_len | the directory lies within the file |
//! | 24 | 8 | covered_bytes | (bytes of the segment covered, from its start) |
//! | 32 | 32 | last_link | (the chain link after the last entry covered) |
//! | 64 | 4 | directory_crc | of the directory |
//! | 68 | 4 | header_crc | of bytes 0..68 |
//! | 72 | directory_len | directory | `pages` times {page_len u32, page_crc u32}, then what the kind adds |
//! | … | page_len each | pages | one after another, and the file ends with the last one |
//!
//! So every byte stands under a CRC. CRCs tell a torn or rotten file from a whole one; they are not
//! integrity, and nothing that is proved ever rests on a derived file.
//!
//! Promise: opening reads header and directory, no page; nothing is allocated that is longer than the file.

use super::bytes::{take_array, take_u32, take_u64};
use crate::terms::DerivedError;
use onus_core::storage::StoredFile;
use onus_proof::Link;
use std::sync::Arc;

const HEADER_BYTES: usize = 72;
const HEADER_CRC_AT: usize = 68;
/// Read at once when a file is opened: header and directory of all but the largest files.
const FIRST_READ_BYTES: u64 = 8_192;

/// Which part of which segment a derived file speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
    pub(crate) last_link: Link,
    pub(crate) covered_bytes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Page {
    at: u64,
    len: u32,
    crc: u32,
}

/// An open derived file whose header and directory have been checked.
#[derive(Debug)]
pub(crate) struct Paged {
    file: Arc<dyn StoredFile>,
    cover: Cover,
    pages: Vec<Page>,
}

/// The bytes of a derived file; `own` is what its kind adds to the directory.
pub(crate) fn write(
    magic: [u8; 4],
    cover: &Cover,
    own: &[u8],
    pages: &[Vec<u8>],
) -> Result<Vec<u8>, DerivedError> {
    let mut directory = Vec::with_capacity(pages.len() * 8 + own.len());
    for page in pages {
        directory.extend_from_slice(&length(page)?.to_le_bytes());
        directory.extend_from_slice(&crc32fast::hash(page).to_le_bytes());
    }
    directory.extend_from_slice(own);
    let body_bytes: usize = pages.iter().map(Vec::len).sum();
    let mut file = Vec::with_capacity(HEADER_BYTES + directory.len() + body_bytes);
    file.extend_from_slice(&magic);
    let page_count = u32::try_from(pages.len()).map_err(|_| DerivedError::TooLarge)?;
    file.extend_from_slice(&page_count.to_le_bytes());
    file.extend_from_slice(&cover.first_seq.to_le_bytes());
    file.extend_from_slice(&cover.count.to_le_bytes());
    file.extend_from_slice(&length(&directory)?.to_le_bytes());
    file.extend_from_slice(&cover.covered_bytes.to_le_bytes());
    file.extend_from_slice(cover.last_link.as_bytes());
    file.extend_from_slice(&crc32fast::hash(&directory).to_le_bytes());
    file.extend_from_slice(&crc32fast::hash(&file).to_le_bytes());
    file.extend_from_slice(&directory);
    for page in pages {
        file.extend_from_slice(page);
    }
    Ok(file)
}

fn length(bytes: &[u8]) -> Result<u32, DerivedError> {
    u32::try_from(bytes.len()).map_err(|_| DerivedError::TooLarge)
}

impl Paged {
    /// Reads and checks header and directory; returns what the kind added to the directory.
    pub(crate) fn open(file: Arc<dyn StoredFile>, magic: [u8; 4]) -> Result<(Self, Vec<u8>), DerivedError> {
        let file_bytes = file.len()?;
        let mut start = vec![0; size(file_bytes.min(FIRST_READ_BYTES))?];
        file.read_exact_at(&mut start, 0)?;
        if let (Some([a, b, c, release]), [x, y, z, own]) = (start.first_chunk::<4>(), magic)
            && [*a, *b, *c] == [x, y, z]
            && release.is_ascii_digit()
            && *release != own
        {
            return Err(DerivedError::OtherRelease);
        }
        let header = Header::parse(&start, magic).ok_or(DerivedError::Damaged("its header"))?;
        let after_directory = 72_u64.saturating_add(u64::from(header.directory_len));
        if after_directory > file_bytes {
            return Err(DerivedError::Damaged("it is cut short"));
        }
        let mut directory = start.split_off(HEADER_BYTES.min(start.len()));
        let have = directory.len();
        directory.resize(size(u64::from(header.directory_len))?, 0);
        if let Some(missing) = directory.get_mut(have..).filter(|missing| !missing.is_empty()) {
            file.read_exact_at(missing, FIRST_READ_BYTES)?;
        }
        if crc32fast::hash(&directory) != header.directory_crc {
            return Err(DerivedError::Damaged("its directory"));
        }
        let (pages, own, end) = page_table(&directory, header.pages, after_directory)
            .ok_or(DerivedError::Damaged("its directory"))?;
        if end != file_bytes {
            return Err(DerivedError::Damaged("it is cut short or too long"));
        }
        Ok((Self { file, cover: header.cover, pages }, own))
    }

    pub(crate) fn cover(&self) -> &Cover {
        &self.cover
    }

    pub(crate) fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Reads and checks one page; `None` past the last one.
    pub(crate) fn page(&self, index: usize) -> Result<Option<Vec<u8>>, DerivedError> {
        let Some(page) = self.pages.get(index) else { return Ok(None) };
        let mut bytes = vec![0; size(u64::from(page.len))?];
        self.file.read_exact_at(&mut bytes, page.at)?;
        if crc32fast::hash(&bytes) == page.crc {
            Ok(Some(bytes))
        } else {
            Err(DerivedError::Damaged("one of its pages"))
        }
    }
}

fn size(bytes: u64) -> Result<usize, DerivedError> {
    usize::try_from(bytes).map_err(|_| DerivedError::TooLarge)
}

struct Header {
    cover: Cover,
    pages: u32,
    directory_len: u32,
    directory_crc: u32,
}

impl Header {
    fn parse(start: &[u8], magic: [u8; 4]) -> Option<Self> {
        let checked = start.get(..HEADER_CRC_AT)?;
        let mut at = start.get(..HEADER_BYTES)?;
        let found: [u8; 4] = take_array(&mut at)?;
        let pages = take_u32(&mut at)?;
        let first_seq = take_u64(&mut at)?;
        let count = take_u32(&mut at)?;
        let directory_len = take_u32(&mut at)?;
        let covered_bytes = take_u64(&mut at)?;
        let last_link = Link::from_bytes(take_array(&mut at)?);
        let directory_crc = take_u32(&mut at)?;
        let header_crc = take_u32(&mut at)?;
        let cover = Cover { first_seq, count, last_link, covered_bytes };
        let whole = found == magic
            && header_crc == crc32fast::hash(checked)
            && first_seq.checked_add(u64::from(count)).is_some();
        whole.then_some(Self { cover, pages, directory_len, directory_crc })
    }
}

/// The page table, what follows it in the directory, and where the last page ends.
fn page_table(directory: &[u8], pages: u32, first_page_at: u64) -> Option<(Vec<Page>, Vec<u8>, u64)> {
    let (table, own) = directory.split_at_checked(usize::try_from(pages).ok()?.checked_mul(8)?)?;
    let mut at = first_page_at;
    let mut rest = table;
    let mut found = Vec::with_capacity(table.len() / 8);
    while !rest.is_empty() {
        let page = Page { at, len: take_u32(&mut rest)?, crc: take_u32(&mut rest)? };
        at = at.checked_add(u64::from(page.len))?;
        found.push(page);
    }
    Some((found, own.to_vec(), at))
}
