//! Every bound of an import, with its unit in its name. `docs/mappings/README.md` states the same numbers.

/// One mapping.
pub const MAPPING_BYTES_MAX: usize = 4 * 1_048_576;
/// Event templates of one mapping.
pub const TEMPLATES_MAX: usize = 256;
/// One cell of a row, decoded.
pub const CELL_BYTES_MAX: usize = 1_048_576;
/// One row, however many lines of the file it takes.
pub const ROW_BYTES_MAX: usize = 4 * 1_048_576;
/// Columns of one file.
pub const COLUMNS_MAX: usize = 4_096;
/// What one compressed file may come to.
pub const DECOMPRESSED_BYTES_MAX: u64 = 64 * 1_073_741_824;
/// How many times its size a compressed file may come to …
pub const DECOMPRESSED_RATIO_MAX: u64 = 1_000;
/// … beyond its first bytes, which may come from however few.
pub const DECOMPRESSED_FREE_BYTES: u64 = 64 * 1_048_576;
/// The largest window of a zstd frame, as a power of two: what decompressing may hold in memory.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// Bodies kept per template, so that an equal one is not read again.
pub(crate) const BODIES_KEPT_MAX: usize = 4_096;
