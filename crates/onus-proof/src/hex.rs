//! How 32 bytes are written as text: 64 hexadecimal digits, lower case.
//!
//! One value has one spelling, so two texts are equal exactly when the bytes are. Upper case, spaces and
//! prefixes are refused, never mended.

use std::fmt;

/// The text is not the one spelling of 32 bytes. Nothing was taken from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 64 lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct HexError;

/// Writes the 64 digits of `bytes`.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, bytes: &[u8; 32]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads exactly what [`write`] writes.
pub(crate) fn parse(text: &str) -> Result<[u8; 32], HexError> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(HexError) };
    if pairs.len() != 32 {
        return Err(HexError);
    }
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Ok(bytes)
}

fn digit(ascii: u8) -> Result<u8, HexError> {
    match ascii {
        b'0'..=b'9' => Ok(ascii - b'0'),
        b'a'..=b'f' => Ok(ascii - b'a' + 10),
        _ => Err(HexError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_read_back_as_it_was_written() {
        for first in 0..=u8::MAX {
            let mut bytes = [0x5a; 32];
            bytes[0] = first;

            let text = std::fmt::from_fn(|f| write(f, &bytes)).to_string();

            assert_eq!(parse(&text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn any_other_spelling_is_refused() {
        let good = "0a".repeat(32);
        assert!(parse(&good).is_ok());

        for bad in [
            String::new(),
            good.to_uppercase(),
            format!("{good}0"),
            format!("{good}0a"),
            format!(" {}", &good[1..]),
            format!("0x{}", &good[2..]),
            format!("+{}", &good[1..]),
            good[1..].to_owned(),
            "é".repeat(32),
            good.replacen('a', "g", 1),
        ] {
            assert_eq!(parse(&bad), Err(HexError), "{bad:?}");
        }
    }
}
