//! Notes that are no checkpoints: what one key says for one purpose, field by field.
//!
//! The text's first line is `onus/<purpose>/v1`, every further one a field: its name, a space, its value. So
//! a signature made for one purpose can never be read as one for another, nor as a checkpoint, whose second
//! line is a number.
//!
//! # Promises
//! * A [`Statement`] is the same bytes whoever writes it: fields in the order they were given, each once.
//! * Reading one says nothing about who said it; verify the note that carries it.

use std::fmt;

const OPENING: &str = "onus/";
const CLOSING: &str = "/v1";

/// The most fields a statement may have.
pub const FIELDS_MAX: usize = 64;

/// Why a text is not a statement for the purpose asked for. Nothing was taken from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// The first line names another purpose, or none: the note says something else.
    #[error("this note was not signed for the purpose `{expected}`")]
    OtherPurpose {
        /// The purpose asked for.
        expected: String,
    },
    /// A line is not a field.
    #[error("line {line} is not a field: a lower-case name, a space, and a value")]
    Field {
        /// Which one, from 1, the first naming the purpose.
        line: usize,
    },
    /// A field stands twice.
    #[error("the field `{name}` is given twice")]
    Twice {
        /// The field's name.
        name: String,
    },
    /// A field that must be there is not.
    #[error("the field `{name}` is missing, or its value is not one")]
    Missing {
        /// The field's name.
        name: String,
    },
    /// There are too many fields.
    #[error("more than {FIELDS_MAX} fields")]
    TooMany,
}

/// What a note says for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    purpose: String,
    fields: Vec<(String, String)>,
}

impl Statement {
    /// A statement for `purpose`: lower-case letters, digits and dashes.
    pub fn new(purpose: &str) -> Result<Self, StatementError> {
        if !is_word(purpose) {
            return Err(StatementError::OtherPurpose { expected: purpose.to_owned() });
        }
        Ok(Self { purpose: purpose.to_owned(), fields: Vec::new() })
    }

    /// With one more field. The value holds no control character; it may be empty.
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Result<Self, StatementError> {
        let value = value.to_string();
        if !is_word(name) || value.chars().any(char::is_control) {
            return Err(StatementError::Field { line: self.fields.len() + 2 });
        }
        if self.get(name).is_some() {
            return Err(StatementError::Twice { name: name.to_owned() });
        }
        if self.fields.len() >= FIELDS_MAX {
            return Err(StatementError::TooMany);
        }
        self.fields.push((name.to_owned(), value));
        Ok(self)
    }

    /// Reads the text of a note that must be for `purpose`.
    pub fn parse(text: &str, purpose: &str) -> Result<Self, StatementError> {
        let other = || StatementError::OtherPurpose { expected: purpose.to_owned() };
        let mut lines = text.strip_suffix('\n').ok_or_else(other)?.split('\n');
        if lines.next().and_then(purpose_of) != Some(purpose) {
            return Err(other());
        }
        let mut statement = Self::new(purpose)?;
        for (at, line) in lines.enumerate() {
            let (name, value) = line.split_once(' ').ok_or(StatementError::Field { line: at + 2 })?;
            statement = statement.with(name, value)?;
        }
        Ok(statement)
    }

    /// The value of the field `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of the field `name`, read as a `T`.
    pub fn read<T: std::str::FromStr>(&self, name: &str) -> Result<T, StatementError> {
        let value = self.get(name).and_then(|value| value.parse().ok());
        value.ok_or_else(|| StatementError::Missing { name: name.to_owned() })
    }

    /// The fields in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Display for Statement {
    /// The note's text, with its final line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{OPENING}{}{CLOSING}", self.purpose)?;
        self.fields.iter().try_for_each(|(name, value)| writeln!(f, "{name} {value}"))
    }
}

/// The purpose that the first line of a note names, if it names one.
pub fn purpose_of(line: &str) -> Option<&str> {
    line.strip_prefix(OPENING)?.strip_suffix(CLOSING).filter(|purpose| is_word(purpose))
}

/// Whether a first line is kept for statements, so that no checkpoint may have it as its origin.
pub(crate) fn is_purpose(line: &str) -> bool {
    line.starts_with(OPENING)
}

fn is_word(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.len() <= 64 && text.bytes().all(plain)
}
