//! Returns: fields and rules that stand in files with their citations, never in code.
//!
//! # Never
//! * A message quotes what was read of a file.

pub mod foi;
pub mod s136;

use onus_core::blame::{Blame, Blamed};
use onus_core::toml_file::TomlFault;

/// Why a file of a return was refused. Nothing was exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Not the expected TOML.
    #[error("{0}; docs/returns shows what belongs there")]
    Form(TomlFault),
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
