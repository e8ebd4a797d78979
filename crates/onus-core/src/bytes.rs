//! Machine bytes: digests, keys, notes, schemas. Never text; written as hex in drafts.

use crate::draft::{At, DraftError, FromDraft};
use crate::field::{Field, text_form_field, unchanged_by_sealing};
use crate::json::Json;
use crate::sealed::Bytes;
use crate::shape::{DraftForm, Type, TypeDef, Wire};
use serde_json::Value;

/// Machine bytes of a fixed length, written as hex.
macro_rules! hex_bytes {
    ($($(#[$doc:meta])* $name:ident, $bytes:literal, $about:literal, $expected:literal, $pattern:literal);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&$crate::hex::Hex(&self.0), f)
            }
        }

        text_form_field!($name, $about, Wire::Alias(Type::Array($bytes)), $expected, $pattern,
            |text| crate::hex::bytes_of(text).map($name));
    )+};
}

hex_bytes! {
    /// A digest of 32 bytes: SHA-256 or a keyed BLAKE3, as the field says.
    Digest, 32, "A digest of 32 bytes.", "64 hex digits", "^[0-9A-Fa-f]{64}$";
    /// An Ed25519 public key.
    PublicKey, 32, "An Ed25519 public key of 32 bytes.", "64 hex digits", "^[0-9A-Fa-f]{64}$";
    /// A ledger's id.
    LedgerId, 16, "A ledger's id: the 16 bytes of its UUID.", "32 hex digits", "^[0-9A-Fa-f]{32}$";
}

macro_rules! byte_field {
    ($($(#[$doc:meta])* $name:ident, $max:expr, $about:literal, $expected:literal);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "Bytes")]
        pub struct $name(Bytes);

        impl TryFrom<Bytes> for $name {
            type Error = &'static str;

            fn try_from(bytes: Bytes) -> Result<Self, Self::Error> {
                if bytes.as_slice().len() <= Self::BYTES_MAX { Ok(Self(bytes)) } else { Err("too many bytes") }
            }
        }

        impl $name {
            /// The most bytes it may have.
            pub const BYTES_MAX: usize = $max;

            /// `None` if they are too many.
            #[must_use]
            pub fn new(bytes: Vec<u8>) -> Option<Self> {
                (bytes.len() <= Self::BYTES_MAX).then(|| Self(Bytes::new(bytes)))
            }

            /// The bytes.
            #[must_use]
            pub fn as_slice(&self) -> &[u8] {
                self.0.as_slice()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&$crate::hex::Hex(self.as_slice()), f)
            }
        }

        text_form_field!($name, $about, Wire::Alias(Type::Bytes(Self::BYTES_MAX)), $expected, "^([0-9A-Fa-f]{2})*$", |text| {
            (text.len() <= 2 * Self::BYTES_MAX).then(|| crate::hex::bytes_of_any_length(text)).flatten()
                .and_then(Self::new)
        });
    )+};
}

byte_field! {
    /// A signed note, at most 4,096 bytes.
    NoteBytes, crate::limits::NOTE_BYTES_MAX, "A C2SP signed note, at most 4,096 bytes.", "at most 4,096 bytes as hex digits";
    /// A published schema, zstd-compressed, at most 60,000 bytes.
    SchemaBytes, crate::limits::SCHEMA_BYTES_MAX, "A published schema as one zstd frame, at most 60,000 bytes.",
        "at most 60,000 bytes as hex digits";
}
