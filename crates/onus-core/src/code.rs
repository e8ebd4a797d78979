//! The short strings a record may hold in clear: never free text.
//!
//! A `Code` is 1 to 64 bytes of `A-Za-z0-9._:/+-` (`docs/format.md` §5). What a person wrote in
//! their own words is never a code: it is sealed.

use crate::limits::{AGENCY_CODE_BYTES_MAX, CODE_BYTES_MAX, INCIDENT_NUMBER_BYTES_MAX, ORIGIN_BYTES_MAX};
use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

/// Which short strings a type takes: at least one byte, of ASCII letters, digits and its marks. The one source of
/// these bounds, for the codec, for drafts and for those who check bytes without decoding them.
#[derive(Debug)]
pub struct TextForm {
    bytes_max: usize,
    marks: &'static str,
    never: Option<&'static str>,
    /// By byte, whether it may stand in the string.
    takes: [bool; 256],
}

impl TextForm {
    const fn new(bytes_max: usize, marks: &'static str, never: Option<&'static str>) -> Self {
        let mut takes = [false; 256];
        let mut rest: &mut [bool] = &mut takes;
        let mut byte = 0_u8;
        while let Some((first, after)) = rest.split_first_mut() {
            *first = byte.is_ascii_alphanumeric() || has(marks.as_bytes(), byte);
            rest = after;
            byte = byte.wrapping_add(1);
        }
        Self { bytes_max, marks, never, takes }
    }

    /// The most bytes that a string may have.
    #[must_use]
    pub const fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    /// Whether these bytes are such a string.
    #[must_use]
    pub fn holds(&self, text: &[u8]) -> bool {
        // Without branches: a log of millions of entries is checked string by string.
        let known = |all: bool, byte: &u8| all & self.takes.get(usize::from(*byte)).copied().unwrap_or(false);
        let never = self.never.map(str::as_bytes).unwrap_or_default();
        !text.is_empty()
            && text.len() <= self.bytes_max
            && text.iter().fold(true, known)
            && (never.is_empty() || !text.windows(never.len()).any(|part| part == never))
    }

    /// An ECMA 262 pattern of such a string, without anchors. What may not stand in it is left to the reader.
    #[must_use]
    pub fn pattern(&self) -> String {
        self.pattern_up_to(self.bytes_max)
    }

    /// The same for a shorter string of the same bytes.
    #[must_use]
    pub(crate) fn pattern_up_to(&self, bytes_max: usize) -> String {
        format!("[A-Za-z0-9{}]{{1,{bytes_max}}}", self.marks)
    }

    /// [`holds`](Self::holds) for what is known when the program is built; slower.
    const fn holds_in_const(&self, text: &[u8]) -> bool {
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            if !first.is_ascii_alphanumeric() && !has(self.marks.as_bytes(), *first) {
                return false;
            }
            rest = after;
        }
        !text.is_empty() && text.len() <= self.bytes_max && self.never.is_none()
    }
}

const fn has(bytes: &[u8], byte: u8) -> bool {
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if *first == byte {
            return true;
        }
        rest = after;
    }
    false
}

macro_rules! code_like {
    ($(#[$doc:meta])* $name:ident, $max:expr, $marks:literal, $never:expr, $expected:literal) => {
        $(#[$doc])*
        ///
        /// Held inline up to 24 bytes, which nearly all are: decoding a record then allocates nothing for it.
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(CompactString);

        impl $name {
            /// Which strings are one.
            pub const FORM: &TextForm = &TextForm::new($max, $marks, $never);
            /// The same in words.
            pub const EXPECTED: &str = $expected;

            /// `None` unless the text is one.
            #[must_use]
            pub fn new(text: &str) -> Option<Self> {
                Self::FORM.holds(text.as_bytes()).then(|| Self(CompactString::from(text)))
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <&str>::deserialize(deserializer)?;
                Self::new(text).ok_or_else(|| serde::de::Error::custom("not a code"))
            }
        }
    };
}

code_like!(
    /// A short machine-readable string: 1 to 64 of `A-Za-z0-9._:/+-`.
    Code, CODE_BYTES_MAX, "._:/+-", None, "a code: 1 to 64 of A-Z a-z 0-9 . _ : / + -"
);
code_like!(
    /// An incident's number within its owner and day: a code of at most 32.
    IncidentNumber, INCIDENT_NUMBER_BYTES_MAX, "._:/+-", None,
    "an incident number: 1 to 32 of A-Z a-z 0-9 . _ : / + -"
);
code_like!(
    /// The code half of an agency identifier: at most 32, without `:` and `/`.
    AgencyCode, AGENCY_CODE_BYTES_MAX, "._+-", None, "an agency code: 1 to 32 of A-Z a-z 0-9 . _ + -"
);
code_like!(
    /// A ledger's name, the C2SP origin line: a schema-less URL such as `mps.police.uk/onus`, at
    /// most 48 bytes, without `+` (which no signed-note key name may hold).
    Origin, ORIGIN_BYTES_MAX, "._:/-", Some("://"),
    "an origin such as mps.police.uk/onus: 1 to 48 of A-Z a-z 0-9 . _ : / -"
);

impl Code {
    /// The source system of events that the software itself makes: `onus`.
    pub const ONUS: Self = Self::constant("onus");

    /// A code that the program states itself. Use [`code!`](crate::code!), which fails when the program is built.
    ///
    /// # Panics
    /// If the text is no code.
    #[must_use]
    pub const fn constant(text: &'static str) -> Self {
        assert!(Self::FORM.holds_in_const(text.as_bytes()), "not a code");
        Self(CompactString::const_new(text))
    }
}

impl IncidentNumber {
    /// An incident number that the program states itself; see [`incident_number!`](crate::incident_number!).
    ///
    /// # Panics
    /// If the text is no incident number.
    #[must_use]
    pub const fn constant(text: &'static str) -> Self {
        assert!(Self::FORM.holds_in_const(text.as_bytes()), "not an incident number");
        Self(CompactString::const_new(text))
    }
}

/// A [`Code`] that the program states itself, checked when the program is built.
///
/// ```
/// assert_eq!(onus_core::code!("evidence-html").as_str(), "evidence-html");
/// ```
///
/// ```compile_fail
/// onus_core::code!("two words");
/// ```
#[macro_export]
macro_rules! code {
    ($text:literal) => {
        const { $crate::code::Code::constant($text) }
    };
}

/// An [`IncidentNumber`] that the program states itself, checked when the program is built.
#[macro_export]
macro_rules! incident_number {
    ($text:literal) => {
        const { $crate::code::IncidentNumber::constant($text) }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_to_sixty_four_bytes_of_its_alphabet() {
        assert!(Code::new(&"a".repeat(64)).is_some());
        assert!(Code::new(&"a".repeat(65)).is_none());
        for text in ["", "two words", "naïve", "tab\t", "a,b", "=1+1"] {
            assert!(Code::new(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_expected_in_words_is_what_the_form_takes() {
        for (form, expected) in [
            (Code::FORM, Code::EXPECTED),
            (IncidentNumber::FORM, IncidentNumber::EXPECTED),
            (AgencyCode::FORM, AgencyCode::EXPECTED),
            (Origin::FORM, Origin::EXPECTED),
        ] {
            let marks: Vec<String> = form.marks.chars().map(String::from).collect();
            let words = format!(": 1 to {} of A-Z a-z 0-9 {}", form.bytes_max, marks.join(" "));
            assert!(expected.ends_with(&words), "{expected}");
        }
    }

    #[test]
    fn the_software_calls_itself_onus() {
        assert_eq!(Code::new("onus"), Some(Code::ONUS));
    }

    #[test]
    fn the_shorter_codes_hold_their_own_limits() {
        assert!(
            IncidentNumber::new(&"1".repeat(32)).is_some() && IncidentNumber::new(&"1".repeat(33)).is_none()
        );
        assert!(AgencyCode::new("RV5").is_some() && AgencyCode::new("a:b").is_none());
        assert!(Origin::new("mps.police.uk/onus").is_some() && Origin::new("a+b").is_none());
        assert!(Origin::new("https://mps.police.uk/onus").is_none(), "without a scheme");
    }
}
