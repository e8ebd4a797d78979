//! Integers as they stand in a derived file, written and taken one after another.
//!
//! Fixed ones are little-endian. A varint is 7 bits a byte, low bits first, the high bit meaning that
//! another byte follows; only the shortest form of a number is one.
//!
//! Never: it allocates nothing while reading, and reading past the end is `None`.

use std::ops::ControlFlow;

/// Writes `value` as a varint of 1 to 5 bytes.
pub(crate) fn put_varint(out: &mut impl Extend<u8>, value: u32) {
    let mut rest = value;
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            return out.extend([low & 0x7f]);
        }
        out.extend([low | 0x80]);
    }
}

/// Takes a varint from the front of `bytes`.
pub(crate) fn take_varint(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    let mut at = *bytes;
    for shift in [0_u32, 7, 14, 21, 28] {
        let (&byte, rest) = at.split_first()?;
        at = rest;
        let bits = u32::from(byte & 0x7f);
        if shift == 28 && bits > 0x0f {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            *bytes = at;
            let shortest = byte != 0 || shift == 0;
            return shortest.then_some(value);
        }
    }
    None
}

/// Takes `count` bytes from the front of `bytes`.
pub(crate) fn take_bytes<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

/// Takes `N` bytes from the front of `bytes`.
pub(crate) fn take_array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

/// Takes a u32 from the front of `bytes`.
pub(crate) fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    take_array(bytes).map(u32::from_le_bytes)
}

/// Takes a u64 from the front of `bytes`.
pub(crate) fn take_u64(bytes: &mut &[u8]) -> Option<u64> {
    take_array(bytes).map(u64::from_le_bytes)
}

/// Takes a number of bytes stated as a u8, then those bytes.
pub(crate) fn take_short<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let [len] = take_array(bytes)?;
    take_bytes(bytes, usize::from(len))
}

/// How many bytes two slices begin with in common.
pub(crate) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let counted = a.iter().zip(b).try_fold(0_usize, |n, (x, y)| {
        if x == y { ControlFlow::Continue(n + 1) } else { ControlFlow::Break(n) }
    });
    match counted {
        ControlFlow::Continue(n) | ControlFlow::Break(n) => n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_varint_is_read_back_and_only_its_shortest_form() {
        for value in
            [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456, u32::MAX]
        {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            let mut rest = bytes.as_slice();
            assert_eq!(take_varint(&mut rest), Some(value));
            assert!(rest.is_empty());
            assert_eq!(take_varint(&mut &bytes[..bytes.len() - 1]), None, "{value} cut short");
        }
        assert_eq!(take_varint(&mut [0x80, 0x00].as_slice()), None, "an over-long zero");
        assert_eq!(take_varint(&mut [0xff, 0xff, 0xff, 0xff, 0x10].as_slice()), None, "beyond 32 bits");
        assert_eq!(take_varint(&mut [0x80; 9].as_slice()), None, "no end");
    }

    #[test]
    fn a_common_prefix_ends_at_the_first_difference() {
        assert_eq!(common_prefix(b"", b"a"), 0);
        assert_eq!(common_prefix(b"abc", b"abd"), 2);
        assert_eq!(common_prefix(b"ab", b"abd"), 2);
    }
}
