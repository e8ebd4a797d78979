//! A block's bytes: header and body (`docs/format.md` §3), and the entries in it.
//!
//! Pure: bytes in, checked types out. A [`BlockHeader`] comes only out of a check of its 80 bytes, a
//! [`Block`] only out of a check of its body; whether they stand where they should is for those who know
//! what came before (`walk`).
//!
//! Promises: no panic on any bytes; no allocation beyond the stated lengths, and none before they are
//! within their limits.

use crate::damage::Problem;
use crate::limits::{
    COMMIT_ENTRIES_MAX, COMMIT_RAW_BYTES_MAX, COMPRESSED_FROM_BYTES, LENGTH_BYTES, STORED_BYTES_MAX,
};
use crate::number::{field, small, wide};
use onus_core::limits::ENTRY_HEAD_BYTES;
use onus_proof::Link;
use std::io;
use std::ops::Range;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::find_frame_compressed_size;

/// The header's length.
pub(crate) const HEADER_BYTES: usize = 80;
const CRC_AT: usize = 76;
const MAGIC: [u8; 4] = *b"ONB1";
const COMPRESSED: u8 = 0b01;
const GOES_ON: u8 = 0b10;
const COMPRESSION_LEVEL: i32 = 1;
/// The writer's epoch on one machine.
pub(crate) const EPOCH: u64 = 1;

/// What stands before every block, checked by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockHeader {
    pub(crate) compressed: bool,
    /// The commit goes on in the next block.
    pub(crate) goes_on: bool,
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
    pub(crate) raw_len: u32,
    pub(crate) stored_len: u32,
    pub(crate) body_crc: u32,
    pub(crate) link_before: Link,
    pub(crate) epoch: u64,
}

impl BlockHeader {
    /// The header as it is stored.
    pub(crate) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0_u8; HEADER_BYTES];
        let flags = if self.compressed { COMPRESSED } else { 0 } | if self.goes_on { GOES_ON } else { 0 };
        let fields = MAGIC
            .into_iter()
            .chain([flags, 0, 0, 0])
            .chain(self.first_seq.to_le_bytes())
            .chain(self.count.to_le_bytes())
            .chain(self.raw_len.to_le_bytes())
            .chain(self.stored_len.to_le_bytes())
            .chain(self.body_crc.to_le_bytes())
            .chain(*self.link_before.as_bytes())
            .chain(self.epoch.to_le_bytes())
            .chain([0; 4]);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        if let Some((checked, crc)) = bytes.split_last_chunk_mut::<4>() {
            *crc = crc32fast::hash(checked).to_le_bytes();
        }
        bytes
    }

    /// Reads a header and checks all that it says of itself.
    pub(crate) fn parse(bytes: &[u8; HEADER_BYTES]) -> Result<Self, Problem> {
        let mut rest = bytes.as_slice();
        if take::<4>(&mut rest)? != MAGIC {
            return Err(Problem::Magic);
        }
        let crc = bytes.last_chunk::<4>().map_or(0, |crc| u32::from_le_bytes(*crc));
        if bytes.get(..CRC_AT).map(crc32fast::hash) != Some(crc) {
            return Err(Problem::HeaderCrc);
        }
        let [flags] = take::<1>(&mut rest)?;
        let reserved = take::<3>(&mut rest)?;
        let header = Self {
            compressed: flags & COMPRESSED != 0,
            goes_on: flags & GOES_ON != 0,
            first_seq: u64::from_le_bytes(take(&mut rest)?),
            count: u32::from_le_bytes(take(&mut rest)?),
            raw_len: u32::from_le_bytes(take(&mut rest)?),
            stored_len: u32::from_le_bytes(take(&mut rest)?),
            body_crc: u32::from_le_bytes(take(&mut rest)?),
            link_before: Link::from_bytes(take(&mut rest)?),
            epoch: u64::from_le_bytes(take(&mut rest)?),
        };
        if flags & !(COMPRESSED | GOES_ON) != 0 {
            return Err(Problem::Flags);
        }
        if reserved != [0; 3] || take::<4>(&mut rest)? != [0; 4] {
            return Err(Problem::Reserved);
        }
        header.check_limits()?;
        Ok(header)
    }

    fn check_limits(&self) -> Result<(), Problem> {
        let within = (1..=COMMIT_ENTRIES_MAX).contains(&small(self.count))
            && small(self.raw_len) <= COMMIT_RAW_BYTES_MAX
            && self.stored_len <= STORED_BYTES_MAX
            && self.first_seq.checked_add(u64::from(self.count)).is_some();
        // A body that is not compressed is stored as it is.
        let same = self.compressed || self.raw_len == self.stored_len;
        if within && same { Ok(()) } else { Err(Problem::Limit) }
    }

    /// The seq after the block's last entry.
    pub(crate) fn end_seq(&self) -> u64 {
        self.first_seq.saturating_add(u64::from(self.count))
    }

    /// The block's bytes, header included; within 32 bits by the limit of `stored_len`.
    pub(crate) fn block_bytes(&self) -> u32 {
        field(HEADER_BYTES).saturating_add(self.stored_len)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Problem> {
    let (front, back) = rest.split_first_chunk::<N>().ok_or(Problem::HeaderCut)?;
    *rest = back;
    Ok(*front)
}

/// A block whose body was checked: its entries, as they were hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    header: BlockHeader,
    raw: Vec<u8>,
}

impl Block {
    /// Checks a body against its header.
    pub(crate) fn check(header: BlockHeader, stored: &[u8], zstd: &mut BodyReader) -> Result<Self, Problem> {
        if wide(stored.len()) != u64::from(header.stored_len) {
            return Err(Problem::BodyCut);
        }
        if crc32fast::hash(stored) != header.body_crc {
            return Err(Problem::BodyCrc);
        }
        let raw =
            if header.compressed { zstd.decompress(stored, small(header.raw_len))? } else { stored.to_vec() };
        let block = Self { header, raw };
        if block.is_framed() { Ok(block) } else { Err(Problem::Framing) }
    }

    /// As many entries as stated, none shorter than its head, and nothing after them.
    fn is_framed(&self) -> bool {
        let mut entries = Entries { rest: &self.raw };
        let whole =
            entries.by_ref().take(small(self.header.count)).filter(|entry| entry.len() >= ENTRY_HEAD_BYTES);
        whole.count() == small(self.header.count) && entries.rest.is_empty()
    }

    pub(crate) fn header(&self) -> &BlockHeader {
        &self.header
    }

    /// The entries in order; the first has the header's `first_seq`.
    pub(crate) fn entries(&self) -> Entries<'_> {
        Entries { rest: &self.raw }
    }

    /// The entries with their places.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &[u8])> {
        (self.header.first_seq..).zip(self.entries())
    }

    /// Where the entry is whose length stands at this byte of the body.
    pub(crate) fn range_at(&self, at: usize) -> Option<Range<usize>> {
        let entry = Entries { rest: self.raw.get(at..)? }.next()?;
        let start = at + LENGTH_BYTES;
        Some(start..start + entry.len())
    }

    /// Where the entries are in the body, in order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let mut at = 0;
        self.entries().map(move |entry| {
            let start = at + LENGTH_BYTES;
            at = start + entry.len();
            start..at
        })
    }

    /// The bytes of an entry, by its range.
    pub(crate) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.raw.get(range.clone()).unwrap_or_default()
    }

    /// The entry `seq`, if the block holds it.
    pub(crate) fn entry(&self, seq: u64) -> Option<&[u8]> {
        let index = seq.checked_sub(self.header.first_seq)?;
        self.entries().nth(usize::try_from(index).ok()?)
    }

    /// The chain link after the last entry.
    pub(crate) fn last_link(&self) -> Link {
        self.entries().fold(self.header.link_before, |link, entry| link.next(entry))
    }

    /// The chain link after the entry `seq`, if the block holds it.
    pub(crate) fn link_after(&self, seq: u64) -> Option<Link> {
        let index = usize::try_from(seq.checked_sub(self.header.first_seq)?).ok()?;
        let held = index < small(self.header.count);
        held.then(|| {
            self.entries().take(index + 1).fold(self.header.link_before, |link, entry| link.next(entry))
        })
    }
}

/// The entries of a body, each behind its big-endian length.
#[derive(Clone, Debug)]
pub(crate) struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_first_chunk::<LENGTH_BYTES>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        self.rest = rest;
        Some(entry)
    }
}

/// Opens compressed bodies, one after another, with the same memory.
pub(crate) struct BodyReader(Option<Decompressor<'static>>);

impl BodyReader {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    fn decompress(&mut self, stored: &[u8], raw_len: usize) -> Result<Vec<u8>, Problem> {
        // The decoder would take several frames one after another: the format has exactly one.
        if find_frame_compressed_size(stored).ok() != Some(stored.len()) {
            return Err(Problem::Compression);
        }
        let zstd = match &mut self.0 {
            Some(zstd) => zstd,
            empty => empty.insert(Decompressor::new().map_err(|_| Problem::Compression)?),
        };
        let raw = zstd.decompress(stored, raw_len).map_err(|_| Problem::Compression)?;
        if raw.len() == raw_len { Ok(raw) } else { Err(Problem::Compression) }
    }
}

impl std::fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BodyReader")
    }
}

/// Makes blocks out of bodies, one after another, with the same memory.
pub(crate) struct BlockWriter {
    zstd: Compressor<'static>,
    squeezed: Vec<u8>,
}

/// A body that waits for its header: entries that were numbered and chained.
#[derive(Debug)]
pub(crate) struct RawBlock {
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
    pub(crate) link_before: Link,
    pub(crate) goes_on: bool,
    /// Each entry behind its length.
    pub(crate) raw: Vec<u8>,
}

impl RawBlock {
    pub(crate) fn entries(&self) -> Entries<'_> {
        Entries { rest: &self.raw }
    }
}

impl BlockWriter {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { zstd: Compressor::new(COMPRESSION_LEVEL)?, squeezed: Vec::new() })
    }

    /// Appends the block as it is stored; compressed where that makes it smaller.
    pub(crate) fn put(&mut self, block: &RawBlock, out: &mut Vec<u8>) -> io::Result<()> {
        let mut body = block.raw.as_slice();
        let mut compressed = false;
        if body.len() >= COMPRESSED_FROM_BYTES {
            self.squeezed.clear();
            self.squeezed.reserve(zstd::zstd_safe::compress_bound(body.len()));
            self.zstd.compress_to_buffer(body, &mut self.squeezed)?;
            compressed = self.squeezed.len() < body.len();
        }
        if compressed {
            body = &self.squeezed;
        }
        let header = BlockHeader {
            compressed,
            goes_on: block.goes_on,
            first_seq: block.first_seq,
            count: block.count,
            raw_len: field(block.raw.len()),
            stored_len: field(body.len()),
            body_crc: crc32fast::hash(body),
            link_before: block.link_before,
            epoch: EPOCH,
        };
        out.extend_from_slice(&header.to_bytes());
        out.extend_from_slice(body);
        Ok(())
    }
}

impl std::fmt::Debug for BlockWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlockWriter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(n: u8, len: usize) -> Vec<u8> {
        (0..len.max(ENTRY_HEAD_BYTES)).map(|at| n ^ u8::try_from(at % 7).unwrap()).collect()
    }

    fn raw(entries: &[Vec<u8>]) -> RawBlock {
        let mut raw = Vec::new();
        for entry in entries {
            raw.extend_from_slice(&u16::try_from(entry.len()).unwrap().to_be_bytes());
            raw.extend_from_slice(entry);
        }
        let (count, link_before) = (u32::try_from(entries.len()).unwrap(), Link::from_bytes([0xab; 32]));
        RawBlock { first_seq: 0x0102, count, link_before, goes_on: true, raw }
    }

    fn stored(entries: &[Vec<u8>]) -> Vec<u8> {
        let mut out = Vec::new();
        BlockWriter::new().unwrap().put(&raw(entries), &mut out).unwrap();
        out
    }

    fn read(bytes: &[u8]) -> Result<Block, Problem> {
        let (header, stored) = bytes.split_first_chunk().ok_or(Problem::HeaderCut)?;
        Block::check(BlockHeader::parse(header)?, stored, &mut BodyReader::new())
    }

    /// With its check sum made good again.
    fn resealed(mut bytes: Vec<u8>, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
        change(&mut bytes);
        let crc = crc32fast::hash(&bytes[..CRC_AT]).to_le_bytes();
        bytes[CRC_AT..HEADER_BYTES].copy_from_slice(&crc);
        bytes
    }

    #[test]
    fn a_block_is_these_bytes() {
        let bytes = stored(&[entry(1, 28)]);
        let body = format!("001c{}", hex::encode(entry(1, 28)));
        let header = format!(
            "4f4e4231{}{}{}{}{}{}{}{}{}",
            "02000000",
            "0201000000000000",
            "01000000",
            "1e000000",
            "1e000000",
            "c0b57aa7",
            "ab".repeat(32),
            "0100000000000000",
            "00000000"
        );
        assert_eq!(hex::encode(&bytes[..CRC_AT]), header);
        assert_eq!(hex::encode(&bytes[CRC_AT..HEADER_BYTES]), "af8386c6");
        assert_eq!(hex::encode(&bytes[HEADER_BYTES..]), body);
    }

    #[test]
    fn a_body_is_compressed_from_4_kib_on_if_that_makes_it_smaller() {
        let flags = |entries: &[Vec<u8>]| stored(entries)[4];
        assert_eq!(flags(&[entry(1, 4_093)]), GOES_ON);
        assert_eq!(flags(&[entry(1, 4_094)]), GOES_ON | COMPRESSED);
        let noise: Vec<u8> = blake3_like(9_000);
        assert_eq!(flags(&[noise]), GOES_ON);
    }

    /// Bytes that no compressor makes smaller.
    fn blake3_like(len: usize) -> Vec<u8> {
        let mut link = Link::from_bytes([1; 32]);
        let mut bytes = Vec::new();
        while bytes.len() < len {
            link = link.next(b"noise");
            bytes.extend_from_slice(link.as_bytes());
        }
        bytes.truncate(len);
        bytes
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        for entries in [vec![entry(1, 30), entry(2, 40)], vec![entry(3, 5_000)]] {
            let good = stored(&entries);
            assert!(read(&good).is_ok());
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                assert!(read(&bad).is_err(), "bit {bit}");
            }
            for len in 0..good.len() {
                assert!(read(&good[..len]).is_err(), "{len} bytes kept");
            }
        }
    }

    #[test]
    fn a_header_that_checks_is_still_refused_for_what_it_says() {
        let good = stored(&[entry(1, 28)]);
        let said = |change: fn(&mut [u8])| read(&resealed(good.clone(), change)).unwrap_err();
        assert_eq!(said(|bytes| bytes[0] = b'X'), Problem::Magic);
        assert_eq!(said(|bytes| bytes[4] |= 4), Problem::Flags);
        assert_eq!(said(|bytes| bytes[5] = 1), Problem::Reserved);
        assert_eq!(said(|bytes| bytes[75] = 1), Problem::Reserved);
        assert_eq!(said(|bytes| bytes[16..20].fill(0)), Problem::Limit);
        assert_eq!(said(|bytes| bytes[16..20].copy_from_slice(&65_537_u32.to_le_bytes())), Problem::Limit);
        assert_eq!(
            said(|bytes| bytes[20..24].copy_from_slice(&16_777_217_u32.to_le_bytes())),
            Problem::Limit
        );
        assert_eq!(said(|bytes| bytes[24..28].copy_from_slice(&u32::MAX.to_le_bytes())), Problem::Limit);
        assert_eq!(said(|bytes| bytes[8..16].fill(0xff)), Problem::Limit);
        assert_eq!(said(|bytes| bytes[16] = 2), Problem::Framing);
    }

    #[test]
    fn a_body_of_two_frames_or_of_another_length_is_refused() {
        let good = stored(&[entry(3, 5_000)]);
        let frame = good[HEADER_BYTES..].to_vec();
        for (body, raw_len) in
            [([frame.clone(), frame.clone()].concat(), 10_004_u32), (frame.clone(), 5_001), (frame, 5_003)]
        {
            let mut bytes = [&good[..HEADER_BYTES], &body].concat();
            bytes[20..24].copy_from_slice(&raw_len.to_le_bytes());
            bytes[24..28].copy_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
            bytes[28..32].copy_from_slice(&crc32fast::hash(&body).to_le_bytes());
            assert_eq!(read(&resealed(bytes, |_| {})), Err(Problem::Compression));
        }
    }

    #[test]
    fn an_entry_shorter_than_its_head_is_refused() {
        let bytes = stored(&[vec![7; ENTRY_HEAD_BYTES - 1]]);
        assert_eq!(read(&bytes), Err(Problem::Framing));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn what_was_put_is_read_back(lens in prop::collection::vec(28..3_000_usize, 1..20)) {
            let entries: Vec<Vec<u8>> = lens.iter().zip(0_u8..).map(|(len, n)| entry(n, *len)).collect();
            let block = read(&stored(&entries)).unwrap();
            prop_assert_eq!(block.entries().map(<[u8]>::to_vec).collect::<Vec<_>>(), entries.clone());
            for (seq, entry) in (0x0102..).zip(&entries) {
                prop_assert_eq!(block.entry(seq), Some(entry.as_slice()));
            }
            let ranges: Vec<_> = block.ranges().collect();
            prop_assert!(ranges.iter().zip(&entries).all(|(range, entry)| block.bytes(range) == entry.as_slice()));
            prop_assert_eq!(block.link_after(block.header().end_seq() - 1), Some(block.last_link()));
        }

        #[test]
        fn garbage_behind_a_header_that_checks_never_panics(bytes in prop::collection::vec(any::<u8>(), 80..400)) {
            let mut bytes = bytes;
            bytes[..4].copy_from_slice(&MAGIC);
            (bytes[4], bytes[17], bytes[18], bytes[19]) = (bytes[4] & 3, 0, 0, 0);
            bytes[5..8].fill(0);
            bytes[72..76].fill(0);
            let stored_len = u32::try_from(bytes.len() - HEADER_BYTES).unwrap();
            bytes[24..28].copy_from_slice(&stored_len.to_le_bytes());
            (bytes[22], bytes[23]) = (bytes[22] & 0x0f, 0);
            let crc = crc32fast::hash(&bytes[HEADER_BYTES..]).to_le_bytes();
            bytes[28..32].copy_from_slice(&crc);
            drop(read(&resealed(bytes, |_| {})));
        }
    }
}
