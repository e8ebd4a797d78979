//! Numbers of sealed fields.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of a sealed field of a record, as `sealed(16)` in its declaration states it. It is part of what binds a
/// ciphertext to its field, and never used again within a record. In JSON and in bytes it is its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldNo(u16);

impl FieldNo {
    /// Of a field that is not sealed.
    pub(crate) const NONE: Self = Self(0);

    /// The field of this number.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Whether it numbers a sealed field: 0 numbers none.
    #[must_use]
    pub const fn is_sealed(self) -> bool {
        self.0 != 0
    }
}

impl fmt::Display for FieldNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
