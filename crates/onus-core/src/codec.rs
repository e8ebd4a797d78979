//! Records to bytes and back. The only module that names `bincode`.
//!
//! The codec is bincode 1.3.3 `DefaultOptions`: little-endian, varint integers, bare struct fields in
//! order, enumerations by index. It accepts over-long varints, so everything that comes in is
//! encoded again and compared: only canonical bytes are a record.

use crate::blame::{Blame, Blamed};
use crate::ids::{EventId, Incident};
use crate::limits::RECORD_BYTES_MAX;
use bincode::{DefaultOptions, Options};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why bytes are not a record. Carries no content: a library's message may quote values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end before the record does.
    #[error("the entry is shorter than its head")]
    Truncated,
    /// Over the limit of an entry.
    #[error("the entry is longer than 65,535 bytes")]
    TooLong,
    /// An entry version that this release does not read.
    #[error("the entry has a version that this release does not know")]
    UnknownVersion,
    /// Not codec 1.
    #[error("the entry has a codec that this release does not know")]
    UnknownCodec,
    /// Reserved bytes are in use.
    #[error("reserved bytes of the entry are not zero")]
    ReservedNotZero,
    /// A kind or body version that this release does not know; the common record may still be read.
    #[error("the entry is of a kind or body version that this release does not know")]
    UnknownKind,
    /// The bytes are not a record of that kind.
    #[error("the record does not decode")]
    Malformed,
    /// The bytes decode, but are not the bytes that encoding gives.
    #[error("the record is not canonically encoded")]
    NotCanonical,
}

impl Blamed for DecodeError {
    /// What decodes is an entry that was recorded, or claims to be.
    fn blame(&self) -> Blame {
        match self {
            Self::UnknownVersion | Self::UnknownCodec | Self::UnknownKind => Blame::Environment,
            Self::Truncated
            | Self::TooLong
            | Self::ReservedNotZero
            | Self::Malformed
            | Self::NotCanonical => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self.blame() {
            Blame::Environment => Some("a later release wrote it: read it with that release".into()),
            _ => Some("run `onus verify` for the first bad place".into()),
        }
    }
}

/// The record is longer than an entry can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is longer than an entry can hold (65,507 bytes); shorten its texts or lists")]
pub struct TooLong;

impl Blamed for TooLong {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

fn options() -> impl Options {
    DefaultOptions::new().with_limit(u64::try_from(RECORD_BYTES_MAX).unwrap_or(u64::MAX))
}

/// Appends the encoding of `value`.
pub(crate) fn encode_into<T: Serialize>(value: &T, bytes: &mut Vec<u8>) -> Result<(), TooLong> {
    // Under a limit bincode would encode twice, the first time to count; the length is checked below.
    DefaultOptions::new().serialize_into(&mut *bytes, value).map_err(|_| TooLong)?;
    if bytes.len() > RECORD_BYTES_MAX { Err(TooLong) } else { Ok(()) }
}

/// Decodes a value that fills `bytes` exactly, in canonical form.
pub(crate) fn decode_exact<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > RECORD_BYTES_MAX {
        return Err(DecodeError::TooLong);
    }
    let value: T =
        options().reject_trailing_bytes().deserialize(bytes).map_err(|_| DecodeError::Malformed)?;
    let mut again = Vec::with_capacity(bytes.len());
    encode_into(&value, &mut again).map_err(|_| DecodeError::NotCanonical)?;
    if again == bytes { Ok(value) } else { Err(DecodeError::NotCanonical) }
}

/// Decodes a value in canonical form from the front of `bytes`, and returns it with what follows it.
pub(crate) fn decode_split<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<(T, &[u8]), DecodeError> {
    const USUAL_BYTES: usize = 256;
    if bytes.len() > RECORD_BYTES_MAX {
        return Err(DecodeError::TooLong);
    }
    let value: T = decode_front(bytes)?;
    let mut again = Vec::with_capacity(USUAL_BYTES);
    encode_into(&value, &mut again).map_err(|_| DecodeError::NotCanonical)?;
    bytes.strip_prefix(again.as_slice()).map(|rest| (value, rest)).ok_or(DecodeError::NotCanonical)
}

/// Decodes a value from the front of `bytes`, whatever follows it.
pub(crate) fn decode_front<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    options().allow_trailing_bytes().deserialize(bytes).map_err(|_| DecodeError::Malformed)
}

/// Event id and incident: the first two fields of every common record.
pub(crate) fn decode_outline(record: &[u8]) -> Result<(EventId, Option<Incident>), DecodeError> {
    decode_front(record)
}
