//! Files of TOML that people write: the one place that reads them.
//!
//! Promise: a fault names its line, the key and what would be accepted; a key that is not known is refused with the
//! nearest known spelling and the list. Never: a file name, or a value where a form was expected.

use crate::blame::{Blame, Blamed};
use crate::lines::line_of;
use crate::nearest::nearest;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

/// What is wrong with a file, and on which line. Nothing was done with any of it; who wrote it can correct it there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}{problem}", in_place(place))]
pub struct TomlFault {
    /// Counted from 1.
    pub line: usize,
    /// Which part of the file; empty for the file as a whole.
    pub place: String,
    /// What is wrong there, and what would be accepted.
    pub problem: String,
}

impl Blamed for TomlFault {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

impl TomlFault {
    fn of(text: &str, error: &toml::de::Error, problem: String) -> Self {
        Self { line: line_of(text, error.span()), place: String::new(), problem }
    }
}

/// The text as TOML, whatever it says. What is wrong with that repeats nothing of it.
fn syntax(text: &str) -> Result<toml::Spanned<DeTable<'_>>, TomlFault> {
    DeTable::parse(text).map_err(|e| TomlFault::of(text, &e, e.message().to_owned()))
}

/// What was expected, and nothing that was read: it may be a name or an account.
fn without_values(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None if message.contains('"') => "not of the expected form".to_owned(),
        None => message.to_owned(),
    }
}

fn in_place(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

/// Reads a file whose tables and keys are those of a type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, TomlFault> {
    syntax(text)?;
    toml::from_str(text).map_err(|e: toml::de::Error| TomlFault::of(text, &e, without_values(e.message())))
}

/// One value, and its line, or that of its key.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its line, counted from 1.
    pub line: usize,
    /// What it is.
    pub item: Item,
}

/// What a value can be.
#[derive(Clone, Debug)]
pub enum Item {
    /// A string.
    Text(String),
    /// A whole number.
    Whole(i128),
    /// `true` or `false`.
    Bool(bool),
    /// A list; also tables in double brackets.
    List(Vec<Node>),
    /// A table, in the order in which its keys are sorted.
    Table(Vec<(String, Node)>),
    /// A date, a time or both, as it is written.
    Moment(String),
    /// A number with a fraction, or one that is too large for any key.
    Other,
}

/// A table that is read, with its place in words.
#[derive(Clone, Debug)]
pub struct Table<'n> {
    /// Which part of the file, in words.
    pub place: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// Its keys and values.
    pub entries: &'n [(String, Node)],
}

/// A string as a file states it.
#[must_use]
pub fn string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Reads a file as a tree in which everything knows its line.
pub fn parse(toml: &str) -> Result<Node, TomlFault> {
    let starts: Vec<usize> =
        std::iter::once(0).chain(toml.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line_of = |offset: usize| starts.partition_point(|start| *start <= offset).max(1);
    let table = syntax(toml)?;
    Ok(Node { line: 1, item: table_item(table.get_ref(), &line_of) })
}

fn table_item(table: &DeTable<'_>, line_of: &dyn Fn(usize) -> usize) -> Item {
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let line = line_of(key.span().start);
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        (name.clone().into_owned(), Node { line, item: item(value.get_ref(), line_of) })
    };
    Item::Table(table.iter().map(entry).collect())
}

fn item(value: &DeValue<'_>, line_of: &dyn Fn(usize) -> usize) -> Item {
    match value {
        DeValue::String(text) => Item::Text(text.clone().into_owned()),
        DeValue::Integer(whole) => {
            i128::from_str_radix(whole.as_str(), whole.radix()).map_or(Item::Other, Item::Whole)
        }
        DeValue::Boolean(value) => Item::Bool(*value),
        DeValue::Array(items) => Item::List(
            items
                .iter()
                .map(|value| Node { line: line_of(value.span().start), item: item(value.get_ref(), line_of) })
                .collect(),
        ),
        DeValue::Table(table) => table_item(table, line_of),
        DeValue::Datetime(moment) => Item::Moment(moment.to_string()),
        DeValue::Float(_) => Item::Other,
    }
}

impl Node {
    /// That this value is wrong.
    #[must_use]
    pub fn refuse(&self, place: &str, problem: impl Into<String>) -> TomlFault {
        TomlFault { line: self.line, place: place.to_owned(), problem: problem.into() }
    }

    /// The value as a string.
    pub fn text(&self, place: &str) -> Result<&str, TomlFault> {
        match &self.item {
            Item::Text(text) => Ok(text),
            _ => Err(self.refuse(place, "expected a string")),
        }
    }

    /// The value as true or false.
    pub fn bool(&self, place: &str) -> Result<bool, TomlFault> {
        match &self.item {
            Item::Bool(value) => Ok(*value),
            _ => Err(self.refuse(place, "expected true or false")),
        }
    }

    /// The value as a whole number.
    pub fn u32(&self, place: &str) -> Result<u32, TomlFault> {
        match &self.item {
            Item::Whole(whole) => u32::try_from(*whole).ok(),
            _ => None,
        }
        .ok_or_else(|| self.refuse(place, "expected a whole number from 0 to 4,294,967,295"))
    }

    /// A string, or a list of strings.
    pub fn texts(&self, place: &str) -> Result<Vec<&str>, TomlFault> {
        match &self.item {
            Item::Text(text) => Ok(vec![text]),
            Item::List(items) => items.iter().map(|item| item.text(place)).collect(),
            _ => Err(self.refuse(place, "expected a string or a list of strings")),
        }
    }

    /// The value as JSON, in which a date is text; nothing where it has a fraction or no key could hold it.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        Some(match &self.item {
            Item::Text(text) | Item::Moment(text) => Value::from(text.as_str()),
            Item::Whole(whole) => i64::try_from(*whole).ok()?.into(),
            Item::Bool(value) => (*value).into(),
            Item::List(items) => items.iter().map(Self::json).collect::<Option<Vec<_>>>()?.into(),
            Item::Table(entries) => {
                let member = |(name, node): &(String, Self)| Some((name.clone(), node.json()?));
                entries.iter().map(member).collect::<Option<Map<_, _>>>()?.into()
            }
            Item::Other => return None,
        })
    }

    /// The value as a table, at a place in words.
    pub fn table(&self, place: impl Into<String>) -> Result<Table<'_>, TomlFault> {
        let place = place.into();
        match &self.item {
            Item::Table(entries) => Ok(Table { place, line: self.line, entries }),
            _ => Err(self.refuse(&place, "expected a table")),
        }
    }
}

impl<'n> Table<'n> {
    /// That this table is wrong.
    #[must_use]
    pub fn refuse(&self, problem: impl Into<String>) -> TomlFault {
        TomlFault { line: self.line, place: self.place.clone(), problem: problem.into() }
    }

    /// Refuses a key that is not one of these.
    pub fn only(&self, known: &[&str]) -> Result<(), TomlFault> {
        match self.entries.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, node)) => Err(node.refuse(&self.place, not_known("key", name, known))),
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(other, _)| other == name).map(|(_, node)| node)
    }

    /// The value of a key that has to be there.
    pub fn need(&self, name: &str) -> Result<&'n Node, TomlFault> {
        self.get(name).ok_or_else(|| self.refuse(format!("{name} is required")))
    }

    /// The place of a key of it, in words.
    #[must_use]
    pub fn at(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}, {name}", self.place) }
    }

    /// The string of a key.
    pub fn text(&self, name: &str) -> Result<Option<&'n str>, TomlFault> {
        self.get(name).map(|node| node.text(&self.at(name))).transpose()
    }

    /// The string of a key that has to be there.
    pub fn need_text(&self, name: &str) -> Result<&'n str, TomlFault> {
        self.need(name)?.text(&self.at(name))
    }

    /// The strings of a key: none where it is absent.
    pub fn texts(&self, name: &str) -> Result<Vec<&'n str>, TomlFault> {
        self.get(name).map_or(Ok(Vec::new()), |node| node.texts(&self.at(name)))
    }

    /// Whether a key says true; false where it is absent.
    pub fn bool(&self, name: &str) -> Result<bool, TomlFault> {
        self.get(name).map_or(Ok(false), |node| node.bool(&self.at(name)))
    }

    /// The whole number of a key.
    pub fn u32(&self, name: &str) -> Result<Option<u32>, TomlFault> {
        self.get(name).map(|node| node.u32(&self.at(name))).transpose()
    }

    /// The table of a key.
    pub fn table(&self, name: &str) -> Result<Option<Table<'n>>, TomlFault> {
        self.get(name).map(|node| node.table(self.at(name))).transpose()
    }
}

/// `column "Citty" is not known (nearest: City); known are …`, for names that the mapping itself gives.
#[must_use]
pub fn not_known(what: &str, given: &str, known: &[&str]) -> String {
    let near = nearest(known, given).map(|name| format!(" (nearest: {name})")).unwrap_or_default();
    let known = if known.is_empty() { "none is".to_owned() } else { known.join(", ") };
    format!("{what} {given:?} is not known{near}; known: {known}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[expect(dead_code, reason = "only whether it can be read is asked")]
        version: u32,
    }

    #[test]
    fn a_fault_names_its_line_and_what_is_expected_and_repeats_nothing_of_the_file() {
        let cases = [
            ("\nJane = 2", "line 2: expected `version`"),
            ("\n\nversion = \"Jane\"", "line 3: expected u32"),
            ("other = 3", "line 1: expected `version`"),
            ("", "line 1: missing field `version`"),
            ("version = ", "line 1: string values must be quoted, expected literal string"),
        ];
        for (text, expected) in cases {
            let fault = read::<File>(text).unwrap_err().to_string();
            assert_eq!(fault, expected, "{text:?}");
            assert!(!fault.contains("Jane"));
        }
    }

    #[test]
    fn a_tree_knows_the_line_of_every_value() {
        let root = parse("one = 1\n[two]\nthree = [\n  \"a\",\n  2026-01-02,\n]\n").unwrap();
        let top = root.table("").unwrap();
        let two = top.table("two").unwrap().unwrap();
        let Item::List(items) = &two.need("three").unwrap().item else { panic!("a list") };
        assert_eq!(items.iter().map(|item| item.line).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(
            root.json().unwrap(),
            serde_json::json!({ "one": 1, "two": { "three": ["a", "2026-01-02"] } })
        );
        assert_eq!(two.need("four").unwrap_err().to_string(), "line 2: two: four is required");
        assert!(parse("half = 0.5").unwrap().json().is_none());
    }
}
