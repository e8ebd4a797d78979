//! What is hidden in an answer to a request for information, and on which exemptions.

use super::FileError;
use onus_core::toml_file;
use serde::Deserialize;

/// The file built in.
const BUILT_IN: &str = include_str!("../../../../docs/returns/foi.toml");

/// An exemption that is used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// The section, such as `s.40(2)`.
    pub section: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub citation: String,
    /// What is withheld on it.
    pub used_for: String,
}

/// The rules of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Their version.
    pub version: String,
    /// Numbers from 1 up to below this are hidden; 2 to 1,000.
    pub suppress_below: u64,
    /// Where that comes from.
    pub suppress_citation: String,
    /// The exemptions used.
    #[serde(default)]
    pub exemption: Vec<Exemption>,
}

impl Rules {
    /// Those of this project.
    pub fn built_in() -> Result<Self, FileError> {
        Self::parse(BUILT_IN)
    }

    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let rules: Self = toml_file::read(text).map_err(FileError::Form)?;
        if !(2..=1_000).contains(&rules.suppress_below) {
            let expected = "a number from 2 to 1000".into();
            return Err(FileError::Value { place: "suppress_below".into(), expected });
        }
        Ok(rules)
    }
}
