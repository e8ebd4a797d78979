//! Bytes as hexadecimal digits and back: the one place for both.

/// Bytes that are shown as lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // 32 bytes at a time, not one: an export's entry has several ids, tokens and digests.
        for chunk in self.0.chunks(32) {
            let mut text = [0; 64];
            for (pair, byte) in text.chunks_exact_mut(2).zip(chunk) {
                for (digit, half) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
                    *digit = DIGITS.get(usize::from(half)).copied().unwrap_or_default();
                }
            }
            let digits = text.get(..chunk.len() * 2).unwrap_or_default();
            f.write_str(std::str::from_utf8(digits).unwrap_or_default())?;
        }
        Ok(())
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Reads exactly `2 × N` hex digits, of either case.
#[must_use]
pub fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    read(text, &mut bytes).then_some(bytes)
}

/// Reads any even number of hex digits, of either case.
#[must_use]
pub fn bytes_of_any_length(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    read(text, &mut bytes).then_some(bytes)
}

fn read(text: &str, bytes: &mut [u8]) -> bool {
    let digits = text.as_bytes();
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut pairs = digits.chunks_exact(2).map(|pair| match pair {
        [high, low] => Some((digit(*high)? << 4) | digit(*low)?),
        _ => None,
    });
    let filled = bytes.iter_mut().all(|byte| match pairs.next().flatten() {
        Some(value) => {
            *byte = value;
            true
        }
        None => false,
    });
    filled && digits.len() == bytes.len() * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_either_case_are_read_and_lower_ones_written() {
        assert_eq!(bytes_of("0aFF"), Some([0x0a, 0xff]));
        assert_eq!(bytes_of_any_length("0aFF00"), Some(vec![0x0a, 0xff, 0]));
        assert_eq!(bytes_of_any_length(""), Some(Vec::new()));
        assert_eq!(Hex(&[0x0a; 40]).to_string(), "0a".repeat(40));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["0", "0a0", "0g", "+1", "é", "0x"] {
            assert_eq!((bytes_of::<1>(text), bytes_of_any_length(text)), (None, None), "{text}");
        }
        assert_eq!((bytes_of::<2>("0a"), bytes_of::<1>("0a0a")), (None, None));
    }
}
