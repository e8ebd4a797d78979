//! NDJSON: one object per line. Its members are the columns; a dot in a column's name goes into an
//! object (`person.ref`). Numbers keep the digits they are written with; a list is no cell.

use super::source::Feed;
use super::{Encoding, Fault, Input, Problem, Row};
use crate::limits::{CELL_BYTES_MAX, ROW_BYTES_MAX};
use crate::reason::Reason;
use memchr::memchr;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// Reads objects as rows of the columns that are wanted.
pub(crate) struct Reader {
    wanted: HashMap<String, usize>,
    ignored: HashSet<String>,
    cells: Vec<Option<String>>,
    line: u64,
}

impl Reader {
    pub(crate) fn new(input: &Input) -> Self {
        let wanted = input.columns.iter().enumerate().map(|(place, name)| (name.clone(), place)).collect();
        let ignored = input.ignored.iter().cloned().collect();
        Self { wanted, ignored, cells: vec![None; input.columns.len()], line: 0 }
    }

    /// Reads the next object; `false` at the end. Empty lines are skipped.
    pub(crate) fn read(&mut self, feed: &mut Feed, row: &mut Row) -> Result<bool, Fault> {
        loop {
            let (mut bytes, ends) = row.take();
            if !self.read_line(feed, &mut bytes)? {
                return Ok(false);
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                row.fill(self.line, String::new(), ends);
                continue;
            }
            let (raw, _) = Encoding::Utf8.decode(self.line, bytes, Vec::new())?;
            self.cells.fill(None);
            let defect = self.parse(&raw).err();
            let (mut text, mut ends) = (String::new(), ends);
            for cell in &self.cells {
                text.push_str(cell.as_deref().unwrap_or_default());
                ends.push(text.len());
            }
            row.fill(self.line, text, ends);
            row.keep_raw(raw, defect);
            return Ok(true);
        }
    }

    fn read_line(&mut self, feed: &mut Feed, bytes: &mut Vec<u8>) -> Result<bool, Fault> {
        self.line += 1;
        let fault = |problem| Fault { line: self.line, column: None, problem };
        loop {
            let chunk = feed.fill().map_err(fault)?;
            if chunk.is_empty() {
                return Ok(!bytes.is_empty());
            }
            let (used, ends) = memchr(b'\n', chunk).map_or((chunk.len(), false), |at| (at + 1, true));
            bytes.extend_from_slice(chunk.get(..used).unwrap_or_default());
            feed.consume(used);
            if bytes.len() > ROW_BYTES_MAX {
                return Err(fault(Problem::RowTooLong));
            }
            if ends {
                return Ok(true);
            }
        }
    }

    fn parse(&mut self, line: &str) -> Result<(), Reason> {
        let mut deserializer = serde_json::Deserializer::from_str(line);
        let mut found = None;
        let members = Members {
            prefix: String::new(),
            wanted: &self.wanted,
            ignored: &self.ignored,
            cells: &mut self.cells,
            found: &mut found,
        };
        let result = members.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        match (result, found) {
            (_, Some(reason)) => Err(reason),
            (Err(error), None) => Err(Reason::NotJson { column: error.column().max(1) }),
            (Ok(()), None) => Ok(()),
        }
    }
}

/// Reads the members of an object into the cells that are wanted.
struct Members<'r> {
    prefix: String,
    wanted: &'r HashMap<String, usize>,
    ignored: &'r HashSet<String>,
    cells: &'r mut Vec<Option<String>>,
    /// What is wrong, in our words: a library's error could quote.
    found: &'r mut Option<Reason>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    /// Null in place of an object of wanted members: all of them are blank.
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        if self.prefix.is_empty() { Err(E::custom("not an object")) } else { Ok(()) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut place = 0;
        while let Some(name) = members.next_key::<String>()? {
            place += 1;
            let name = format!("{}{name}", self.prefix);
            let wanted = self.wanted.get(&name).copied();
            let within = format!("{name}.");
            let mut known = self.wanted.keys().chain(self.ignored);
            if wanted.is_none() && known.any(|other| other.starts_with(&within)) {
                members.next_value_seed(Members {
                    prefix: within,
                    wanted: self.wanted,
                    ignored: self.ignored,
                    cells: &mut *self.cells,
                    found: &mut *self.found,
                })?;
                continue;
            }
            let Some(cell) = wanted.and_then(|place| self.cells.get_mut(place)) else {
                members.next_value::<IgnoredAny>()?;
                if !self.ignored.contains(&name) && !self.ignored.contains("*") {
                    self.found.get_or_insert(Reason::UnknownMember { number: place });
                }
                continue;
            };
            if cell.is_some() {
                *self.found = Some(Reason::MemberTwice { number: place });
                return Err(de::Error::custom("a member is given twice"));
            }
            let value = cell_text(members.next_value::<&RawValue>()?.get());
            if value.as_ref().is_none_or(|value| value.len() > CELL_BYTES_MAX || value.contains('\0')) {
                *self.found = Some(Reason::NotACell { number: place });
                return Err(de::Error::custom("not a cell"));
            }
            *cell = value;
        }
        Ok(())
    }
}

/// The text of a cell; `None` for a list or an object.
fn cell_text(json: &str) -> Option<String> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).ok(),
        Some(b'[' | b'{') | None => None,
        Some(b'n') => Some(String::new()),
        Some(_) => Some(json.to_owned()),
    }
}
