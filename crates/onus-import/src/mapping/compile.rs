//! What a mapping names, while it is read: columns, times, maps and templates, each looked up by name
//! once, so that a row is mapped without names.

use super::{Form, Scalar, Typed, value::compile_scalar};
use onus_core::nearest::nearest;
use onus_core::toml_file::{Item, Node, Table, TomlFault, not_known};
use std::collections::{BTreeMap, HashMap};

/// A column, by its place among those that the mapping uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColumnId(pub(crate) usize);

/// A named time, by its place in the mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeId(pub(crate) usize);

/// A column that the mapping uses: where first, and what for.
#[derive(Clone, Debug)]
pub(crate) struct ColumnUse {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) used_for: String,
}

/// A value map as declared; each use makes its own of it.
pub(crate) struct DeclaredMap {
    pub(crate) values: HashMap<Box<str>, (Box<str>, usize)>,
    pub(crate) otherwise: DeclaredOtherwise,
    line: usize,
    used: bool,
}

#[derive(Clone)]
pub(crate) enum DeclaredOtherwise {
    Refuse,
    Missing,
    Default(Box<str>, usize),
}

/// What is known by name.
pub(crate) struct Compiler {
    pub(crate) columns: Vec<ColumnUse>,
    pub(crate) times: Vec<String>,
    pub(crate) maps: BTreeMap<String, DeclaredMap>,
    pub(crate) templates: Vec<String>,
}

impl Compiler {
    pub(crate) fn column(&mut self, name: &str, line: usize, used_for: &str) -> ColumnId {
        if let Some(place) = self.columns.iter().position(|column| column.name == name) {
            return ColumnId(place);
        }
        self.columns.push(ColumnUse { name: name.to_owned(), line, used_for: used_for.to_owned() });
        ColumnId(self.columns.len() - 1)
    }

    pub(crate) fn time(&self, name: &str, node: &Node, place: &str) -> Result<TimeId, TomlFault> {
        find("time", &self.times, name, node, place).map(TimeId)
    }

    pub(crate) fn template(&self, name: &str, node: &Node, place: &str) -> Result<usize, TomlFault> {
        find("event", &self.templates, name, node, place)
    }

    pub(crate) fn map(&mut self, name: &str, node: &Node, place: &str) -> Result<&DeclaredMap, TomlFault> {
        let known: Vec<&str> = self.maps.keys().map(String::as_str).collect();
        let problem = not_known("map", name, &known);
        match self.maps.get_mut(name) {
            None => Err(node.refuse(place, problem)),
            Some(map) => {
                map.used = true;
                Ok(map)
            }
        }
    }

    /// A value that is of one type: a constant is read now, a cell when its row comes.
    pub(crate) fn typed<T>(
        &mut self,
        node: &Node,
        place: &str,
        form: &Form,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Typed<T>, TomlFault> {
        let scalar = compile_scalar(self, node, place, form)?;
        let constant = match &scalar {
            Scalar::Constant(text) => {
                Some(parse(text).ok_or_else(|| node.refuse(place, format!("expected {}", form.expected())))?)
            }
            _ => None,
        };
        Ok(Typed { scalar, constant, parse })
    }

    pub(crate) fn check_all_used(&self) -> Result<(), TomlFault> {
        match self.maps.iter().find(|(_, map)| !map.used) {
            None => Ok(()),
            Some((name, map)) => Err(TomlFault {
                line: map.line,
                place: format!("map, {name}"),
                problem: "no column uses this map".into(),
            }),
        }
    }
}

fn find(what: &str, names: &[String], name: &str, node: &Node, place: &str) -> Result<usize, TomlFault> {
    names.iter().position(|other| other == name).ok_or_else(|| {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        node.refuse(place, not_known(what, name, &known))
    })
}

pub(crate) fn compile_maps(table: Option<&Table<'_>>) -> Result<BTreeMap<String, DeclaredMap>, TomlFault> {
    let mut maps = BTreeMap::new();
    for (name, node) in table.map(|table| table.entries).unwrap_or_default() {
        let table = node.table(format!("map, {name}"))?;
        table.only(&["values", "unlisted", "default"])?;
        let mut values = HashMap::new();
        for (from, to) in table.need("values")?.table(table.at("values"))?.entries {
            let place = table.at("values");
            let to_text = match &to.item {
                Item::Text(text) => text.clone(),
                Item::Bool(value) => value.to_string(),
                Item::Whole(whole) => whole.to_string(),
                _ => return Err(to.refuse(&place, "expected a string, a whole number, true or false")),
            };
            if values.insert(from.trim().into(), (to_text.into(), to.line)).is_some() {
                return Err(to.refuse(&place, "a spelling is given twice, outer spaces aside"));
            }
        }
        let otherwise = match (table.text("unlisted")?, table.get("default")) {
            (None | Some("refuse"), None) => DeclaredOtherwise::Refuse,
            (Some("missing"), None) => DeclaredOtherwise::Missing,
            (None, Some(node)) => {
                DeclaredOtherwise::Default(node.text(&table.at("default"))?.into(), node.line)
            }
            (Some(_), Some(_)) => return Err(table.refuse("expected default or unlisted, not both")),
            (Some(given), None) => {
                let near = nearest(&["refuse", "missing"], given).unwrap_or("refuse");
                let problem = format!("expected unlisted = \"refuse\" or \"missing\" (nearest: {near})");
                return Err(table.refuse(problem));
            }
        };
        maps.insert(name.clone(), DeclaredMap { values, otherwise, line: node.line, used: false });
    }
    Ok(maps)
}
