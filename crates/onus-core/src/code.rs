//! The short strings a record may hold in clear: never free text.
//!
//! A `Code` is 1 to 64 bytes of `A-Za-z0-9._:/+-` (`docs/format.md` §5). What a person wrote in
//! their own words is never a code: it is sealed.

use crate::limits::{AGENCY_CODE_BYTES_MAX, CODE_BYTES_MAX, INCIDENT_NUMBER_BYTES_MAX, ORIGIN_BYTES_MAX};
use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

fn is_code(text: &str, bytes_max: usize) -> bool {
    (1..=bytes_max).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/+-".contains(&b))
}

macro_rules! code_like {
    ($(#[$doc:meta])* $name:ident, $max:expr, $expected:literal, $extra:expr) => {
        $(#[$doc])*
        ///
        /// Held inline up to 24 bytes, which nearly all are: decoding a record then allocates nothing for it.
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(CompactString);

        impl $name {
            /// What a text must look like to be one.
            pub const EXPECTED: &str = $expected;

            /// `None` unless the text is one.
            #[must_use]
            pub fn new(text: &str) -> Option<Self> {
                let extra: fn(&str) -> bool = $extra;
                (is_code(text, $max) && extra(text)).then(|| Self(CompactString::from(text)))
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
    Code, CODE_BYTES_MAX, "a code: 1 to 64 of A-Z a-z 0-9 . _ : / + -", |_| true
);
code_like!(
    /// An incident's number within its owner and day: a code of at most 32.
    IncidentNumber, INCIDENT_NUMBER_BYTES_MAX, "an incident number: 1 to 32 of A-Z a-z 0-9 . _ : / + -", |_| true
);
code_like!(
    /// The code half of an agency identifier: at most 32, without `:` and `/`.
    AgencyCode, AGENCY_CODE_BYTES_MAX, "an agency code: 1 to 32 of A-Z a-z 0-9 . _ + -",
    |text| !text.contains([':', '/'])
);
code_like!(
    /// A ledger's name, the C2SP origin line: a schema-less URL such as `mps.police.uk/onus`, at
    /// most 48 bytes, without `+` (which no signed-note key name may hold).
    Origin, ORIGIN_BYTES_MAX, "an origin such as mps.police.uk/onus: 1 to 48 of A-Z a-z 0-9 . _ : / -",
    |text| !text.contains('+') && !text.contains("://")
);

impl Code {
    /// The source system of events that the software itself makes: `onus`.
    pub const ONUS: Self = Self(CompactString::const_new("onus"));
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
