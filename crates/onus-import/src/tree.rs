//! The TOML of a mapping, or of a case, as a tree in which everything knows its line.
//!
//! Promise: a key that is not known is refused with its line, the nearest known spelling and the list.

use onus_core::blame::{Blame, Blamed};
use onus_core::nearest::nearest;
use toml::de::{DeTable, DeValue};

/// Why a mapping was refused. Nothing of any file was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Not TOML.
    #[error("line {line}: {problem}")]
    Toml {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A key or a value is missing, unknown, or not of the expected form.
    #[error("line {line}: {}{problem}", in_place(place))]
    At {
        /// Counted from 1.
        line: usize,
        /// Which part of the mapping.
        place: String,
        /// What is wrong and what would be accepted.
        problem: String,
    },
    /// Over the limit.
    #[error("expected a mapping of at most 4 MiB")]
    TooLong,
}

impl Blamed for MappingError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn hint(&self) -> Option<String> {
        Some("every key is in docs/mappings/README.md".into())
    }
}

fn in_place(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

/// One value, and the line on which it or its key stands.
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) item: Item,
}

pub(crate) enum Item {
    Text(String),
    Whole(i128),
    Bool(bool),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
    /// A date or a number with a fraction: no key takes one.
    Other,
}

/// A table on its way to be read: where it stands, in words.
#[derive(Clone)]
pub(crate) struct Table<'n> {
    pub(crate) place: String,
    pub(crate) line: usize,
    pub(crate) entries: &'n [(String, Node)],
}

pub(crate) fn parse(toml: &str) -> Result<Node, MappingError> {
    let starts: Vec<usize> =
        std::iter::once(0).chain(toml.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line_of = |offset: usize| starts.partition_point(|start| *start <= offset).max(1);
    let table = DeTable::parse(toml).map_err(|e| MappingError::Toml {
        line: e.span().map_or(1, |span| line_of(span.start)),
        problem: e.message().to_owned(),
    })?;
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
        DeValue::Float(_) | DeValue::Datetime(_) => Item::Other,
    }
}

impl Node {
    pub(crate) fn refuse(&self, place: &str, problem: impl Into<String>) -> MappingError {
        MappingError::At { line: self.line, place: place.to_owned(), problem: problem.into() }
    }

    pub(crate) fn text(&self, place: &str) -> Result<&str, MappingError> {
        match &self.item {
            Item::Text(text) => Ok(text),
            _ => Err(self.refuse(place, "expected a string")),
        }
    }

    pub(crate) fn bool(&self, place: &str) -> Result<bool, MappingError> {
        match &self.item {
            Item::Bool(value) => Ok(*value),
            _ => Err(self.refuse(place, "expected true or false")),
        }
    }

    pub(crate) fn u32(&self, place: &str) -> Result<u32, MappingError> {
        match &self.item {
            Item::Whole(whole) => u32::try_from(*whole).ok(),
            _ => None,
        }
        .ok_or_else(|| self.refuse(place, "expected a whole number from 0 to 4,294,967,295"))
    }

    /// A string, or a list of strings.
    pub(crate) fn texts(&self, place: &str) -> Result<Vec<&str>, MappingError> {
        match &self.item {
            Item::Text(text) => Ok(vec![text]),
            Item::List(items) => items.iter().map(|item| item.text(place)).collect(),
            _ => Err(self.refuse(place, "expected a string or a list of strings")),
        }
    }

    pub(crate) fn table(&self, place: impl Into<String>) -> Result<Table<'_>, MappingError> {
        let place = place.into();
        match &self.item {
            Item::Table(entries) => Ok(Table { place, line: self.line, entries }),
            _ => Err(self.refuse(&place, "expected a table")),
        }
    }
}

impl<'n> Table<'n> {
    pub(crate) fn refuse(&self, problem: impl Into<String>) -> MappingError {
        MappingError::At { line: self.line, place: self.place.clone(), problem: problem.into() }
    }

    /// Refuses a key that is not one of these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), MappingError> {
        match self.entries.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, node)) => Err(node.refuse(&self.place, not_known("key", name, known))),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(other, _)| other == name).map(|(_, node)| node)
    }

    pub(crate) fn need(&self, name: &str) -> Result<&'n Node, MappingError> {
        self.get(name).ok_or_else(|| self.refuse(format!("{name} is required")))
    }

    pub(crate) fn at(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}, {name}", self.place) }
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'n str>, MappingError> {
        self.get(name).map(|node| node.text(&self.at(name))).transpose()
    }

    pub(crate) fn need_text(&self, name: &str) -> Result<&'n str, MappingError> {
        self.need(name)?.text(&self.at(name))
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Vec<&'n str>, MappingError> {
        self.get(name).map_or(Ok(Vec::new()), |node| node.texts(&self.at(name)))
    }

    pub(crate) fn bool(&self, name: &str) -> Result<bool, MappingError> {
        self.get(name).map_or(Ok(false), |node| node.bool(&self.at(name)))
    }

    pub(crate) fn u32(&self, name: &str) -> Result<Option<u32>, MappingError> {
        self.get(name).map(|node| node.u32(&self.at(name))).transpose()
    }

    pub(crate) fn table(&self, name: &str) -> Result<Option<Table<'n>>, MappingError> {
        self.get(name).map(|node| node.table(self.at(name))).transpose()
    }
}

/// `column "Citty" is not known (nearest: City); known are …`, for names that the mapping itself gives.
pub(crate) fn not_known(what: &str, given: &str, known: &[&str]) -> String {
    let near = nearest(known, given).map(|name| format!(" (nearest: {name})")).unwrap_or_default();
    let known = if known.is_empty() { "none is".to_owned() } else { known.join(", ") };
    format!("{what} {given:?} is not known{near}; known: {known}")
}
