//! Tiles: the tree in files that never change, 256 hashes each. C2SP tlog-tiles v0.1.0.
//!
//! # Promises
//! * A tile's path has one spelling, and only tiles that can be in a tree have one.
//! * A tile's contents are exactly as many hashes as it is wide.
//!
//! # Limits
//! * An entry in a bundle has at most 65,535 bytes; the format has no room for more.

use crate::{
    decimal,
    range::POSITION_MAX,
    subtree::Subtree,
    tree::{Hash, node_hash},
};
use std::{fmt, str::FromStr};

/// How many hashes a full tile holds.
pub const TILE_WIDTH: u64 = 256;

const LEVEL_MAX: u32 = 63;
const TILE_HEIGHT: u32 = 8;

/// Why a tile, or what should be one, was refused. Nothing was taken from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// The path is none of a tile, or not its one spelling.
    #[error("not the path of a tile")]
    Path,
    /// No tree has such a tile.
    #[error("no tree has such a tile")]
    OutOfTree,
    /// The bytes are not as many hashes as the tile is wide.
    #[error("a tile {width} wide has {} bytes, not {found_bytes}", width * 32)]
    Width {
        /// How many hashes there should be.
        width: u64,
        /// How many bytes there are.
        found_bytes: usize,
    },
    /// The tile does not hold that subtree.
    #[error("the tile does not hold that subtree")]
    NotHere,
    /// The bytes are not entries, each after its length in two bytes.
    #[error("not a bundle of entries: it breaks off at entry {entry}")]
    Bundle {
        /// Which entry, from 0.
        entry: usize,
    },
    /// An entry is longer than the format has room for.
    #[error("entry {entry} of the bundle has more than 65,535 bytes")]
    EntryTooLong {
        /// Which entry, from 0.
        entry: usize,
    },
}

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes, `level` times eight levels above the leaves.
    Hashes {
        /// 0 for leaf hashes; at most 63.
        level: u32,
    },
    /// The entries themselves.
    Entries,
}

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u64,
}

impl Tile {
    /// The tile `index` (from 0, from the left) of its level, `width` (1 to 256) hashes or entries wide.
    pub fn new(kind: TileKind, index: u64, width: u64) -> Result<Self, TileError> {
        let level = level_of(kind);
        let shift = TILE_HEIGHT.saturating_mul(level);
        let start = index.checked_mul(TILE_WIDTH).ok_or(TileError::OutOfTree)?;
        let end = start.checked_add(width).ok_or(TileError::OutOfTree)?;
        let fits = POSITION_MAX.checked_shr(shift).is_some_and(|last| end <= last);
        if level > LEVEL_MAX || !(1..=TILE_WIDTH).contains(&width) || !fits {
            return Err(TileError::OutOfTree);
        }
        Ok(Self { kind, index, width })
    }

    /// The tile in a tree of `size` leaves that holds the root of `subtree`, or the hashes it is made of.
    ///
    /// None if the subtree is not whole in that tree.
    pub fn holding(subtree: Subtree, size: u64) -> Option<Self> {
        let level = subtree.level / TILE_HEIGHT;
        let within = subtree.level % TILE_HEIGHT;
        let index =
            subtree.index.checked_shl(within).filter(|first| first >> within == subtree.index)? / TILE_WIDTH;
        let nodes = size.min(POSITION_MAX).checked_shr(TILE_HEIGHT * level)?;
        let width = nodes.checked_sub(index.checked_mul(TILE_WIDTH)?)?.min(TILE_WIDTH);
        let tile = Self::new(TileKind::Hashes { level }, index, width).ok()?;
        let end = (subtree.index + 1).checked_shl(within)?;
        (end <= index * TILE_WIDTH + width).then_some(tile)
    }

    /// What it holds.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Which one of its level, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds: 256 if it is full.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// The tiles that a tree of `size` leaves has at `level`: how many full ones, and the width of the one
    /// after them (0 if there is none).
    pub fn at_level(level: u32, size: u64) -> (u64, u64) {
        let nodes = size.checked_shr(TILE_HEIGHT.saturating_mul(level)).unwrap_or(0);
        (nodes / TILE_WIDTH, nodes % TILE_WIDTH)
    }
}

impl fmt::Display for Tile {
    /// The path after the log's prefix, such as `tile/0/x001/x234/067.p/12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        while let Some(group) = groups.pop() {
            if groups.is_empty() { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
        }
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        let (kind, place) =
            path.strip_prefix("tile/").and_then(|path| path.split_once('/')).ok_or(TileError::Path)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => {
                let level = decimal::parse(level).and_then(|level| u32::try_from(level).ok());
                TileKind::Hashes { level: level.ok_or(TileError::Path)? }
            }
        };
        let (groups, width) = match place.split_once(".p/") {
            Some((groups, width)) => (groups, decimal::parse(width).ok_or(TileError::Path)?),
            None => (place, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let plain = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let value: u64 = digits.parse().ok().filter(|_| plain).ok_or(TileError::Path)?;
            index =
                index.checked_mul(1000).and_then(|index| index.checked_add(value)).ok_or(TileError::Path)?;
        }
        let tile = Self::new(kind, index, width)?;
        // Only the one spelling reads back as itself.
        if tile.to_string() == path { Ok(tile) } else { Err(TileError::Path) }
    }
}

/// What a tile of hashes holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileHashes {
    tile: Tile,
    hashes: Vec<Hash>,
}

impl TileHashes {
    /// Reads the contents of `tile`. Their number is checked; their truth is what a signed root says of it.
    pub fn parse(tile: Tile, bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let wide = u64::try_from(hashes.len()).is_ok_and(|found| found == tile.width);
        if !wide || !rest.is_empty() {
            return Err(TileError::Width { width: tile.width, found_bytes: bytes.len() });
        }
        Ok(Self { tile, hashes: hashes.iter().copied().map(Hash::from_bytes).collect() })
    }

    /// The hash of `subtree`, folded from the hashes held here.
    pub fn hash_of(&self, subtree: Subtree) -> Result<Hash, TileError> {
        let within = subtree.level % TILE_HEIGHT;
        let level = subtree.level / TILE_HEIGHT;
        let first = subtree.index.checked_shl(within).filter(|first| first >> within == subtree.index);
        let first = first.ok_or(TileError::NotHere)?;
        if self.tile.kind != (TileKind::Hashes { level }) || first / TILE_WIDTH != self.tile.index {
            return Err(TileError::NotHere);
        }
        let start = usize::try_from(first % TILE_WIDTH).map_err(|_| TileError::NotHere)?;
        let hashes = self.hashes.get(start..start + (1 << within)).ok_or(TileError::NotHere)?;
        let mut row = hashes.to_vec();
        while row.len() > 1 {
            let (pairs, _) = row.as_chunks::<2>();
            row = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        row.first().copied().ok_or(TileError::NotHere)
    }

    /// The hashes from the left.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }
}

/// Writes entries as a bundle: each after its length in two bytes, the greater first.
pub fn write_bundle<'entry>(entries: impl IntoIterator<Item = &'entry [u8]>) -> Result<Vec<u8>, TileError> {
    let mut bundle = Vec::new();
    for (entry, bytes) in entries.into_iter().enumerate() {
        let length = u16::try_from(bytes.len()).map_err(|_| TileError::EntryTooLong { entry })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(bytes);
    }
    Ok(bundle)
}

/// Reads a bundle of at most 256 entries.
pub fn read_bundle(mut bundle: &[u8]) -> Result<Vec<&[u8]>, TileError> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let cut = TileError::Bundle { entry: entries.len() };
        if u64::try_from(entries.len()).is_ok_and(|found| found == TILE_WIDTH) {
            return Err(cut);
        }
        let (length, rest) = bundle.split_first_chunk::<2>().ok_or(cut)?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(cut)?;
        entries.push(entry);
        bundle = rest;
    }
    Ok(entries)
}

fn level_of(kind: TileKind) -> u32 {
    match kind {
        TileKind::Hashes { level } => level,
        TileKind::Entries => 0,
    }
}
