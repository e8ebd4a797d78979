//! Text at the two stages of its life: plain in a draft, sealed in a record.
//!
//! `Sealed` is the only type a record has for what a person wrote in their own words. Its bytes are
//! fixed by `docs/format.md` §8; only the key vault can make or open one. `Plain` exists between
//! the reading of a draft and its sealing, is never serialised, and prints as its length alone.

use crate::code::Code;
use crate::limits::TEXT_BYTES_MAX;
use crate::time::LocalDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Bytes of the salt of a sealed text.
pub const SALT_BYTES: usize = 16;
/// Bytes of the commitment of a sealed text.
pub const COMMITMENT_BYTES: usize = 32;
/// Bytes that AES-256-GCM adds to a text.
pub const TAG_BYTES: usize = 16;

/// Free text under a key slot of its incident (`docs/format.md` §8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The key slot; 0 with no ciphertext means withheld or erased at the source.
    pub key_id: u64,
    /// Length of the text in Unicode scalar values.
    pub chars: u32,
    /// What makes the field key differ for another text.
    pub salt: [u8; SALT_BYTES],
    /// SHA-256 over the field key: one ciphertext cannot tell two stories.
    pub commitment: [u8; COMMITMENT_BYTES],
    /// The text under AES-256-GCM, tag included.
    pub ciphertext: Bytes,
}

impl Sealed {
    /// A text whose content stayed at the source: its length is known, nothing else.
    #[must_use]
    pub fn withheld(chars: u32) -> Self {
        Self {
            key_id: 0,
            chars,
            salt: [0; SALT_BYTES],
            commitment: [0; COMMITMENT_BYTES],
            ciphertext: Bytes::default(),
        }
    }

    /// A text whose content stayed at the source, and what the source says of that.
    #[must_use]
    pub fn absent(absent: &Absent) -> Self {
        let (word, says) = match &absent.says {
            Says::Withheld(ground) => (WITHHELD, ground.as_str().to_owned()),
            Says::Erased(on) => (ERASED, on.to_string()),
        };
        let mut sealed = Self::withheld(absent.chars);
        sealed.salt.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
        sealed.commitment.iter_mut().zip(says.bytes()).for_each(|(to, from)| *to = from);
        sealed
    }

    /// What the source says of a text that it did not hand on; `None` where the text is here, or nothing is said.
    #[must_use]
    pub fn absence(&self) -> Option<Absent> {
        if !self.is_withheld() {
            return None;
        }
        let text = |bytes: &[u8]| {
            let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            std::str::from_utf8(bytes.get(..end)?).ok().map(str::to_owned)
        };
        let (word, says) = (text(&self.salt)?, text(&self.commitment)?);
        let says = match word.as_bytes() {
            WITHHELD => Says::Withheld(Code::new(&says)?),
            ERASED => Says::Erased(LocalDate::parse(&says).ok()?),
            _ => return None,
        };
        Some(Absent { chars: self.chars, says })
    }

    /// Whether there is nothing that any key could open.
    #[must_use]
    pub fn is_withheld(&self) -> bool {
        self.key_id == 0 && self.ciphertext.as_slice().is_empty()
    }
}

const WITHHELD: &[u8] = b"withheld";
const ERASED: &[u8] = b"erased";

/// A text that its source did not hand on: its length, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    chars: u32,
    says: Says,
}

/// Why a source did not hand a text on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It was withheld, on this ground.
    Withheld(Code),
    /// It was erased, on this day.
    Erased(LocalDate),
}

impl Absent {
    /// The longest ground, in bytes.
    pub const GROUND_BYTES_MAX: usize = COMMITMENT_BYTES;

    /// `None` unless the length is that of a text, and the ground fits.
    #[must_use]
    pub fn new(chars: u32, says: Says) -> Option<Self> {
        let is_text = usize::try_from(chars).is_ok_and(|chars| (1..=TEXT_BYTES_MAX).contains(&chars));
        let fits = match &says {
            Says::Withheld(ground) => ground.as_str().len() <= Self::GROUND_BYTES_MAX,
            Says::Erased(_) => true,
        };
        (is_text && fits).then_some(Self { chars, says })
    }

    /// The length in Unicode scalar values.
    #[must_use]
    pub fn chars(&self) -> u32 {
        self.chars
    }

    /// Why.
    #[must_use]
    pub fn says(&self) -> &Says {
        &self.says
    }
}

/// Text as a draft states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftText {
    /// In clear, to be sealed.
    Plain(Plain),
    /// Only that its source has it, or had it.
    Absent(Absent),
}

impl DraftText {
    /// Its length in Unicode scalar values.
    #[must_use]
    pub fn chars(&self) -> u32 {
        match self {
            Self::Plain(plain) => plain.chars(),
            Self::Absent(absent) => absent.chars(),
        }
    }

    /// The text, where the draft has it.
    #[must_use]
    pub fn plain(&self) -> Option<&Plain> {
        match self {
            Self::Plain(plain) => Some(plain),
            Self::Absent(_) => None,
        }
    }
}

impl From<Plain> for DraftText {
    fn from(plain: Plain) -> Self {
        Self::Plain(plain)
    }
}

/// Free text in clear, 1 to 16,384 bytes of UTF-8. Prints as its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain(Box<str>);

impl Plain {
    /// `None` when empty or too long.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (1..=TEXT_BYTES_MAX).contains(&text.len()).then(|| Self(text.into()))
    }

    /// The text, for the vault that seals it and the person it was revealed to.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Unicode scalar values, at least 1.
    #[must_use]
    pub fn chars(&self) -> u32 {
        u32::try_from(self.0.chars().count()).unwrap_or(u32::MAX)
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plain({} characters)", self.chars())
    }
}

/// Machine bytes of a stated limit: ciphertext, a signed note, a schema. Never text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// These bytes; limits are the caller's, checked where the field is read.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(|bytes| Self(bytes.to_vec()))
    }
}
