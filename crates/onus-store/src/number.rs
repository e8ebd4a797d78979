//! Conversions between the widths that files, memory and counters use.
//!
//! Promise: a value that does not fit is held at the greatest that does, never wrapped. A length held there
//! fails the limit that follows it. Nothing here knows what the numbers mean.

/// A length in memory as a length on disk.
pub(crate) fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// A length on disk as a length in memory.
pub(crate) fn memory(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// A field of 32 bits as a length in memory.
pub(crate) fn small(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// A length in memory as a field of 32 bits.
pub(crate) fn field(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
