//! Returns: fields and rules that stand in files with their citations, never in code.
//!
//! # Never
//! * A message quotes what was read of a file.

pub mod foi;
pub mod s136;

use onus_core::blame::{Blame, Blamed};

/// Why a file of a return was refused. Nothing was exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Not the expected TOML.
    #[error("line {line}: not as it should be; docs/returns shows one")]
    Form {
        /// The line, from 1.
        line: usize,
    },
    /// A value is not what its place asks for.
    #[error("{place}: expected {expected}")]
    Value {
        /// Where, such as `field[2].from`.
        place: String,
        /// What belongs there.
        expected: String,
    },
}

impl Blamed for FileError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|e| {
        let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        FileError::Form { line: before.matches('\n').count() + 1 }
    })
}
