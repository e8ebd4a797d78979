//! JSON as a tree of our own, read with `serde_json` and checked by us.
//!
//! Promise: no message here, or built from here, quotes what was read. A library's error may hold
//! values, so only its line and column are kept. A name that stands twice in one object is refused:
//! two readers could take different ones.

use crate::blame::{Blame, Blamed};
use crate::limits::{DRAFT_DEPTH_MAX, DRAFT_LINE_BYTES_MAX};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

const TWICE: &str = "a name is given twice";

/// One JSON value. Numbers are whole: no field of a draft has a fraction.
#[derive(Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Whole(i128),
    Fraction,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Why a text is not one JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Over the limit of one line.
    #[error("expected at most 1,048,576 bytes in one draft")]
    TooLong,
    /// Not UTF-8.
    #[error("expected UTF-8; the first other byte is at column {column}")]
    NotUtf8 {
        /// Counted in bytes from 1.
        column: usize,
    },
    /// Not JSON.
    #[error("expected one JSON object; it breaks off or goes wrong at column {column}")]
    Syntax {
        /// Counted in bytes from 1.
        column: usize,
    },
    /// A name stands twice in one object: two readers could take different ones.
    #[error("expected each name once in an object; one is given twice by column {column}")]
    Twice {
        /// Counted in bytes from 1.
        column: usize,
    },
    /// Nesting is too deep.
    #[error("expected at most 16 levels of nesting, up to column {column}")]
    Depth {
        /// Counted in bytes from 1.
        column: usize,
    },
    /// A byte-order mark.
    #[error("expected UTF-8 without a byte-order mark; remove the first three bytes")]
    ByteOrderMark,
}

impl Blamed for JsonError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

impl Json {
    pub(crate) fn parse(line: &[u8]) -> Result<Self, JsonError> {
        if line.len() > DRAFT_LINE_BYTES_MAX {
            return Err(JsonError::TooLong);
        }
        let text =
            std::str::from_utf8(line).map_err(|e| JsonError::NotUtf8 { column: e.valid_up_to() + 1 })?;
        if text.starts_with('\u{feff}') {
            return Err(JsonError::ByteOrderMark);
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let place = |e: &serde_json::Error| e.column().max(1);
        let value = Nested(0).deserialize(&mut deserializer).map_err(|e| match e.classify() {
            // Of `Data` there are only the two errors made below, told apart by their own words.
            serde_json::error::Category::Data if e.to_string().starts_with(TWICE) => {
                JsonError::Twice { column: place(&e) }
            }
            serde_json::error::Category::Data => JsonError::Depth { column: place(&e) },
            _ => JsonError::Syntax { column: place(&e) },
        })?;
        deserializer.end().map_err(|e| JsonError::Syntax { column: place(&e) })?;
        Ok(value)
    }

    /// What kind of value it is, in words.
    pub(crate) fn form(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Whole(_) => "a whole number",
            Self::Fraction => "a number with a fraction",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Reads a value at a given depth.
struct Nested(usize);

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Fraction)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let inner = deeper::<A::Error>(self.0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Nested(inner))? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let inner = deeper::<A::Error>(self.0)?;
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some(name) = members.next_key::<OwnedName>()? {
            if object.iter().any(|(other, _)| *other == name.0) {
                return Err(de::Error::custom(TWICE));
            }
            let value = members.next_value_seed(Nested(inner))?;
            object.push((name.0, value));
        }
        Ok(Json::Object(object))
    }
}

fn deeper<E: de::Error>(depth: usize) -> Result<usize, E> {
    if depth + 1 > DRAFT_DEPTH_MAX { Err(E::custom("nested too deeply")) } else { Ok(depth + 1) }
}

struct OwnedName(String);

impl<'de> Deserialize<'de> for OwnedName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        assert!(matches!(Json::parse(br#"{"a":1,"a":2}"#), Err(JsonError::Twice { .. })));
        assert!(Json::parse(br#"{"a":1,"b":{"a":2}}"#).is_ok());
    }

    #[test]
    fn nesting_and_length_have_limits_and_broken_text_is_placed() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(nested(DRAFT_DEPTH_MAX).as_bytes()).is_ok());
        assert!(matches!(Json::parse(nested(DRAFT_DEPTH_MAX + 1).as_bytes()), Err(JsonError::Depth { .. })));
        assert_eq!(Json::parse(&vec![b' '; DRAFT_LINE_BYTES_MAX + 1]).err(), Some(JsonError::TooLong));
        assert_eq!(Json::parse(b"{\"a\":\xff}").err(), Some(JsonError::NotUtf8 { column: 6 }));
        assert!(matches!(Json::parse(b"{\"a\":1} x"), Err(JsonError::Syntax { .. })));
        assert!(matches!(Json::parse(b"{\"a\":"), Err(JsonError::Syntax { .. })));
    }
}
