//! Every bound of the log's files, with its unit in its name (`docs/format.md` §2 and §3).

/// Entries of one commit, and of one block.
pub const COMMIT_ENTRIES_MAX: usize = 65_536;
/// A commit's bodies before compression, together; also one block's.
pub const COMMIT_RAW_BYTES_MAX: usize = 16 * 1_048_576;
/// A block's body as it is stored.
pub(crate) const STORED_BYTES_MAX: u32 = 16 * 1_048_576;
/// A new segment starts with the first commit that begins at or after so many stored bytes …
pub const SEGMENT_BYTES: u64 = 16 * 1_048_576;
/// … or so many entries.
pub const SEGMENT_ENTRIES: u64 = 262_144;
/// An entry that would take a block's body past this starts the next block.
pub(crate) const BLOCK_RAW_BYTES: usize = 16_384;
/// A shorter body is stored as it is.
pub(crate) const COMPRESSED_FROM_BYTES: usize = 4_096;
/// `LEDGER`: far more than it can hold.
pub(crate) const LEDGER_FILE_BYTES_MAX: u64 = 4_096;
/// The length before each entry in a body.
pub(crate) const LENGTH_BYTES: usize = 2;
