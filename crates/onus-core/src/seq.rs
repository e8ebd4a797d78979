//! The number of an entry in a log.
//!
//! # Promises
//! * In bytes and in JSON it is the bare whole number that it was before it had a type.
//!
//! # Never
//! * It is not a size, a count or an identifier of anything but one entry of one log: making one is written out.

use crate::cell::{Cell, Holds};
use crate::draft::{At, DraftError, FromDraft};
use crate::field::{Field, unchanged_by_sealing};
use crate::field_no::FieldNo;
use crate::json::Json;
use crate::shape::Type;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// An entry's number in a log: its place, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(u64);

impl Seq {
    /// The entry with this number. Whether a log has it, the log says.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number of the entry after this one. Stops at `u64::MAX`, which no log reaches.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Field for Seq {
    fn shape() -> Type {
        u64::shape()
    }
    fn to_json(&self) -> Value {
        self.0.to_json()
    }
    fn holds(field: FieldNo) -> Holds {
        u64::holds(field)
    }
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
        self.0.cells(row);
    }
}

impl FromDraft for Seq {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        u64::read(json, at).map(Self)
    }
}

unchanged_by_sealing!(Seq);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::encode_into;

    #[test]
    fn a_number_has_the_bytes_and_the_json_of_a_bare_number() {
        let bytes = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = Vec::new();
            write(&mut bytes);
            bytes
        };
        for number in [0, 250, 251, 65_536, u64::MAX] {
            let seq = Seq::new(number);

            let of_seq = bytes(&|bytes| encode_into(&seq, bytes).unwrap());
            assert_eq!(of_seq, bytes(&|bytes| encode_into(&number, bytes).unwrap()));
            assert_eq!(serde_json::to_string(&seq).unwrap(), number.to_string());
            assert_eq!(format!("{seq:>6}"), format!("{number:>6}"));
        }
    }
}
