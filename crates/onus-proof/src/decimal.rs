//! How a size, an index or a time is written as text: decimal, without leading zeros.
//!
//! One value has one spelling. The bound is the one that C2SP sets for sizes and times alike, 2^63 − 1.

use crate::range::POSITION_MAX;

/// Reads exactly what `u64`'s `Display` writes, up to 2^63 − 1.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let value = if plain { text.parse().ok()? } else { return None };
    (value <= POSITION_MAX).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_spelling() {
        for value in [0, 1, 10, 20_852_163, POSITION_MAX] {
            assert_eq!(parse(&value.to_string()), Some(value));
        }
        for bad in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "0x1", "٣", "9223372036854775808"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
