//! Blocks taken out of a segment, changed, and put back with every check sum right: what someone does who
//! knows the format. Written from `docs/format.md` alone, apart from the code that it tests.

#![expect(clippy::expect_used, reason = "a test that cuts wrongly is mistaken")]
#![expect(clippy::indexing_slicing, reason = "a test that cuts wrongly is mistaken")]
#![expect(clippy::missing_panics_doc, reason = "a test that cuts wrongly is mistaken")]

use onus_proof::Link;

const HEADER: usize = 80;

/// One block, with its body as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The 80 bytes.
    pub header: [u8; HEADER],
    /// The body, compressed or not.
    pub body: Vec<u8>,
}

impl Block {
    /// Its first entry.
    pub fn first_seq(&self) -> u64 {
        u64::from_le_bytes(self.header[8..16].try_into().expect("8 bytes"))
    }

    /// How many entries it holds.
    pub fn count(&self) -> u32 {
        u32::from_le_bytes(self.header[16..20].try_into().expect("4 bytes"))
    }

    /// Whether the body is compressed.
    pub fn is_compressed(&self) -> bool {
        self.header[4] & 1 == 1
    }

    /// Header and body.
    pub fn bytes(&self) -> Vec<u8> {
        [&self.header[..], &self.body].concat()
    }

    /// The entries of an uncompressed body.
    pub fn entries(&self) -> Vec<Vec<u8>> {
        assert!(!self.is_compressed(), "a small block");
        let mut rest = self.body.as_slice();
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let len = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
            entries.push(rest[2..2 + len].to_vec());
            rest = &rest[2 + len..];
        }
        entries
    }

    /// The same block with other entries, uncompressed.
    #[must_use]
    pub fn with_entries(&self, entries: &[Vec<u8>]) -> Self {
        let mut block = self.clone();
        block.body = entries
            .iter()
            .flat_map(|entry| {
                [&u16::try_from(entry.len()).expect("an entry").to_be_bytes()[..], entry].concat()
            })
            .collect();
        block.header[4] &= !1;
        block.header[16..20].copy_from_slice(&u32::try_from(entries.len()).expect("a block").to_le_bytes());
        block.resealed()
    }

    /// The same block following another link.
    #[must_use]
    pub fn after(&self, link: &Link) -> Self {
        let mut block = self.clone();
        block.header[32..64].copy_from_slice(link.as_bytes());
        block.resealed()
    }

    /// The same block starting at another entry; the entries say so too.
    #[must_use]
    pub fn renumbered(&self, first_seq: u64) -> Self {
        let mut entries = self.entries();
        for (seq, entry) in (first_seq..).zip(&mut entries) {
            entry[8..16].copy_from_slice(&seq.to_le_bytes());
        }
        let mut block = self.with_entries(&entries);
        block.header[8..16].copy_from_slice(&first_seq.to_le_bytes());
        block.resealed()
    }

    /// The link after the last entry.
    pub fn last_link(&self) -> Link {
        let before = Link::from_bytes(self.header[32..64].try_into().expect("32 bytes"));
        self.entries().iter().fold(before, |link, entry| link.next(entry))
    }

    /// With check sums as they must be, whatever the lengths say.
    #[must_use]
    pub fn crcs_only(&self) -> Self {
        let mut block = self.clone();
        block.header[28..32].copy_from_slice(&crc32fast::hash(&block.body).to_le_bytes());
        let crc = crc32fast::hash(&block.header[..76]);
        block.header[76..].copy_from_slice(&crc.to_le_bytes());
        block
    }

    /// With lengths and check sums as they must be.
    #[must_use]
    pub fn resealed(&self) -> Self {
        let mut block = self.clone();
        let len = u32::try_from(block.body.len()).expect("a block");
        if !block.is_compressed() {
            block.header[20..24].copy_from_slice(&len.to_le_bytes());
        }
        block.header[24..28].copy_from_slice(&len.to_le_bytes());
        block.crcs_only()
    }
}

/// The blocks of a segment.
pub fn blocks(segment: &[u8]) -> Vec<Block> {
    let mut rest = segment;
    let mut blocks = Vec::new();
    while !rest.is_empty() {
        let header: [u8; HEADER] = rest[..HEADER].try_into().expect("80 bytes");
        let len = usize::try_from(u32::from_le_bytes([header[24], header[25], header[26], header[27]]))
            .expect("a length");
        blocks.push(Block { header, body: rest[HEADER..HEADER + len].to_vec() });
        rest = &rest[HEADER + len..];
    }
    blocks
}

/// A segment of these blocks.
pub fn segment(blocks: &[Block]) -> Vec<u8> {
    blocks.iter().flat_map(Block::bytes).collect()
}

/// The blocks numbered and chained anew, from the first one's place on: only `head` can tell.
pub fn rechained(blocks: &[Block]) -> Vec<Block> {
    let mut done: Vec<Block> = Vec::new();
    for block in blocks {
        let block = match done.last() {
            None => block.resealed(),
            Some(before) => {
                let next_seq = before.first_seq() + u64::from(before.count());
                block.renumbered(next_seq).after(&before.last_link())
            }
        };
        done.push(block);
    }
    done
}

/// A slot of `head` with its check sum right; what is not 64 bytes long stays as it is.
pub fn resealed_slot(slot: &[u8]) -> Vec<u8> {
    let mut slot = slot.to_vec();
    if slot.len() == 64 {
        let crc = crc32fast::hash(&slot[..60]);
        slot[60..].copy_from_slice(&crc.to_le_bytes());
    }
    slot
}

/// An index file (`.terms` or `.pos`) with the check sums of header, directory and pages right, as far as its
/// lengths lead to them.
pub fn resealed_index(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let field = |file: &[u8], at: usize| -> Option<usize> {
        let bytes = file.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    let Some((pages, directory)) = field(&file, 4).zip(field(&file, 20)) else { return file };
    let mut page_at = 72_usize.saturating_add(directory);
    for page in 0..pages.min(file.len() / 8) {
        let Some(len) = field(&file, 72 + page * 8) else { break };
        let end = page_at.saturating_add(len);
        let Some(crc) = file.get(page_at..end).map(crc32fast::hash) else { break };
        let at = 72 + page * 8 + 4;
        if at + 4 <= file.len() {
            file[at..at + 4].copy_from_slice(&crc.to_le_bytes());
        }
        page_at = end;
    }
    if let Some(crc) = file.get(72..72_usize.saturating_add(directory)).map(crc32fast::hash) {
        file[64..68].copy_from_slice(&crc.to_le_bytes());
    }
    if file.len() >= 72 {
        let crc = crc32fast::hash(&file[..68]);
        file[68..72].copy_from_slice(&crc.to_le_bytes());
    }
    file
}
