//! Bytes as base64 text, as the C2SP formats write them: RFC 4648 §4, padded.
//!
//! One value has one spelling: white space, missing padding and stray trailing bits are refused.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The text of `bytes`.
#[must_use]
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Reads exactly what [`encode`] writes.
#[must_use]
pub fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
