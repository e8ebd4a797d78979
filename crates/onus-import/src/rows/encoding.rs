//! From the bytes of a row to its text.

use super::{Encoding, Fault, Problem, row::column_of};
use memchr::memchr;

/// What the bytes 0x80 to 0x9f are in Windows-1252; 0 where they are nothing.
const WINDOWS_1252: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
    0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
    0x0153, 0, 0x017e, 0x0178,
];

impl Encoding {
    /// Its name, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Latin1 => "Latin-1",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// The text of a row, and where its cells then end.
    pub(crate) fn decode(
        self,
        line: u64,
        bytes: Vec<u8>,
        mut ends: Vec<usize>,
    ) -> Result<(String, Vec<usize>), Fault> {
        if let Some(at) = memchr(0, &bytes) {
            let problem = Problem::Nul { expected: self.name() };
            return Err(Fault { line, column: Some(column_of(&ends, at)), problem });
        }
        if self == Self::Utf8 || bytes.is_ascii() {
            return String::from_utf8(bytes)
                .map(|text| (text, std::mem::take(&mut ends)))
                .map_err(|error| self.fault(line, &ends, error.utf8_error().valid_up_to()));
        }
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
        let mut from = 0;
        let mut decoded_ends = Vec::with_capacity(ends.len());
        for end in &ends {
            for byte in bytes.get(from..*end).unwrap_or_default() {
                let char = self.char(*byte);
                text.push(char.ok_or_else(|| self.fault(line, &decoded_ends, text.len()))?);
            }
            decoded_ends.push(text.len());
            from = *end;
        }
        Ok((text, decoded_ends))
    }

    fn fault(self, line: u64, ends: &[usize], byte: usize) -> Fault {
        let problem = Problem::NotEncoded { expected: self.name() };
        Fault { line, column: Some(column_of(ends, byte)), problem }
    }

    fn char(self, byte: u8) -> Option<char> {
        match (self, byte) {
            (Self::Windows1252, 0x80..=0x9f) => {
                let code = WINDOWS_1252.get(usize::from(byte - 0x80)).copied().filter(|code| *code != 0)?;
                char::from_u32(u32::from(code))
            }
            _ => Some(char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_has_what_latin_1_lacks_and_refuses_what_it_lacks() {
        assert_eq!(Encoding::Windows1252.char(0x80), Some('€'));
        assert_eq!(Encoding::Windows1252.char(0x92), Some('’'));
        assert_eq!(Encoding::Windows1252.char(0x81), None);
        assert_eq!(Encoding::Windows1252.char(0xe9), Some('é'));
        assert_eq!(Encoding::Latin1.char(0xe9), Some('é'));
    }

    #[test]
    fn cells_end_where_they_did_after_decoding() {
        let (text, ends) = Encoding::Latin1.decode(1, b"\xe9\xe9x".to_vec(), vec![1, 3]).unwrap();
        assert_eq!((text.as_str(), ends), ("ééx", vec![2, 5]));
    }
}
