//! Where a value comes from: a constant, a column, a time, another event, or texts and columns joined.

use super::compile::{Compiler, DeclaredOtherwise};
use super::form::Shape;
use super::{ColumnId, Form, TimeId};
use onus_core::nearest::nearest;
use onus_core::shape::{FieldDef, Type};
use onus_core::toml_file::{Item, Node, Table, TomlFault, not_known};
use std::collections::HashMap;

/// One text, and where it comes from.
#[derive(Debug)]
pub(crate) enum Scalar {
    Constant(Box<str>),
    Column(FromColumn),
    Joined(Vec<Part>),
    Time(TimeId),
    Day(TimeId),
    /// The event that another template makes of the same row.
    Event(usize),
}

/// A column's cell, with what becomes of it.
#[derive(Debug)]
pub(crate) struct FromColumn {
    pub(crate) column: ColumnId,
    pub(crate) map: Option<ValueMap>,
    pub(crate) prefix: Option<Box<str>>,
    pub(crate) blank: Blank,
}

/// What a blank cell says.
#[derive(Debug)]
pub(crate) enum Blank {
    Missing,
    Says(Box<str>),
    /// The same, but the event is then marked as inferred.
    Inferred(Box<str>),
}

/// Which value a spelling stands for; prefixes are already in it.
#[derive(Debug)]
pub(crate) struct ValueMap {
    pub(crate) values: HashMap<Box<str>, Box<str>>,
    pub(crate) otherwise: Otherwise,
}

#[derive(Debug)]
pub(crate) enum Otherwise {
    Refuse,
    Missing,
    Default(Box<str>),
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(Box<str>),
    Column(ColumnId),
}

/// A value of a body.
#[derive(Debug)]
pub(crate) enum BodyValue {
    One(Scalar, Form),
    List(Vec<BodyValue>),
    /// In the order in which the model declares them.
    Members(Vec<Member>),
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) value: BodyValue,
}

impl BodyValue {
    /// Whether every row gives the same.
    pub(crate) fn is_constant(&self) -> bool {
        match self {
            Self::One(scalar, _) => matches!(scalar, Scalar::Constant(_)),
            Self::List(items) => items.iter().all(Self::is_constant),
            Self::Members(members) => members.iter().all(|member| member.value.is_constant()),
        }
    }

    /// Whether rows give few different ones, none of them personal text: worth remembering.
    pub(crate) fn is_repetitive(&self) -> bool {
        match self {
            Self::One(_, Form::FreeText | Form::Identifier) => false,
            Self::One(Scalar::Column(from), Form::Code | Form::Whole(_)) => from.map.is_some(),
            Self::One(Scalar::Constant(_) | Scalar::Column(_), _) => true,
            Self::One(..) => false,
            Self::List(items) => items.iter().all(Self::is_repetitive),
            Self::Members(members) => members.iter().all(|member| member.value.is_repetitive()),
        }
    }
}

const SCALAR_KEYS: &[&str] = &["column", "map", "prefix", "blank", "infer", "format", "time", "day", "event"];

pub(crate) fn compile_scalar(
    compiler: &mut Compiler,
    node: &Node,
    place: &str,
    form: &Form,
) -> Result<Scalar, TomlFault> {
    let constant = match &node.item {
        Item::Table(_) => return compile_source(compiler, node, place, form),
        Item::Text(text) => text.clone(),
        Item::Whole(whole) => whole.to_string(),
        Item::Bool(value) => value.to_string(),
        Item::List(_) => return Err(node.refuse(place, "expected one value, found a list")),
        Item::Moment(_) | Item::Other => {
            return Err(node.refuse(place, "expected a string, a whole number, true or false"));
        }
    };
    let is_bare = !matches!(node.item, Item::Text(_));
    if is_bare != form.is_bare() || !form.fits(&constant) {
        return Err(node.refuse(place, expected_not(form, &constant)));
    }
    Ok(Scalar::Constant(constant.into()))
}

/// What was expected; the nearest spelling where there is a list.
fn expected_not(form: &Form, given: &str) -> String {
    let near = match form {
        Form::OneOf(spellings) => nearest(spellings, given),
        _ => None,
    };
    format!(
        "expected {}{}",
        form.expected(),
        near.map(|name| format!(" (nearest: {name})")).unwrap_or_default()
    )
}

fn compile_source(
    compiler: &mut Compiler,
    node: &Node,
    place: &str,
    form: &Form,
) -> Result<Scalar, TomlFault> {
    let table = node.table(place)?;
    table.only(SCALAR_KEYS)?;
    let chosen: Vec<&str> = ["column", "format", "time", "day", "event"]
        .into_iter()
        .filter(|name| table.get(name).is_some())
        .collect();
    let [chosen] = chosen.as_slice() else {
        return Err(table.refuse("expected one of column, format, time, day, event"));
    };
    if *chosen != "column" && table.entries.len() > 1 {
        return Err(
            table.refuse(format!("{chosen} stands alone; map, prefix, blank and infer go with column"))
        );
    }
    let wrong = |expected: &str| {
        Err(table.refuse(format!("{chosen} gives {expected}; expected {}", form.expected())))
    };
    match (*chosen, form) {
        ("column", _) => compile_column(compiler, &table, form).map(Scalar::Column),
        ("format", _) => compile_joined(compiler, &table),
        ("time", Form::Timestamp) => Ok(Scalar::Time(named_time(compiler, &table, "time")?)),
        ("time", _) => wrong("an instant"),
        ("day", Form::Day) => Ok(Scalar::Day(named_time(compiler, &table, "day")?)),
        ("day", _) => wrong("a day"),
        (_, Form::EventId) => {
            let node = table.need("event")?;
            Ok(Scalar::Event(compiler.template(table.need_text("event")?, node, &table.place)?))
        }
        _ => wrong("an event"),
    }
}

fn named_time(compiler: &Compiler, table: &Table<'_>, key: &str) -> Result<TimeId, TomlFault> {
    compiler.time(table.need_text(key)?, table.need(key)?, &table.place)
}

fn compile_column(compiler: &mut Compiler, table: &Table<'_>, form: &Form) -> Result<FromColumn, TomlFault> {
    let node = table.need("column")?;
    let column = compiler.column(table.need_text("column")?, node.line, &table.place);
    let prefix = table.text("prefix")?.filter(|prefix| !prefix.is_empty());
    let map = match table.get("map") {
        None => None,
        Some(node) => Some(compile_map(compiler, table, node, prefix.unwrap_or_default(), form)?),
    };
    let checked = |name: &str| -> Result<Option<Box<str>>, TomlFault> {
        let Some(node) = table.get(name) else { return Ok(None) };
        let text = match compile_scalar_constant(node) {
            Some(text) if form.fits(&text) => text,
            given => return Err(node.refuse(&table.at(name), expected_not(form, &given.unwrap_or_default()))),
        };
        Ok(Some(text.into()))
    };
    let blank = match (checked("blank")?, checked("infer")?) {
        (None, None) => Blank::Missing,
        (Some(says), None) => Blank::Says(says),
        (None, Some(inferred)) => Blank::Inferred(inferred),
        (Some(_), Some(_)) => return Err(table.refuse("expected blank or infer, not both")),
    };
    // With a map the prefix already stands before each of its values.
    let prefix = prefix.filter(|_| map.is_none()).map(Into::into);
    Ok(FromColumn { column, map, prefix, blank })
}

fn compile_scalar_constant(node: &Node) -> Option<String> {
    match &node.item {
        Item::Text(text) => Some(text.clone()),
        Item::Whole(whole) => Some(whole.to_string()),
        Item::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The map as this field uses it. Every value that it can give is checked now.
fn compile_map(
    compiler: &mut Compiler,
    table: &Table<'_>,
    node: &Node,
    prefix: &str,
    form: &Form,
) -> Result<ValueMap, TomlFault> {
    let name = node.text(&table.at("map"))?;
    let place = &table.place;
    let declared = compiler.map(name, node, place)?;
    let checked = |text: &str, line: usize| -> Result<Box<str>, TomlFault> {
        let text = format!("{prefix}{text}");
        if form.fits(&text) {
            return Ok(text.into());
        }
        let problem = format!("{} (as {place} uses it)", expected_not(form, &text));
        Err(TomlFault { line, place: format!("map, {name}"), problem })
    };
    let values = declared
        .values
        .iter()
        .map(|(from, (to, line))| Ok((from.clone(), checked(to, *line)?)))
        .collect::<Result<_, TomlFault>>()?;
    let otherwise = match &declared.otherwise {
        DeclaredOtherwise::Refuse => Otherwise::Refuse,
        DeclaredOtherwise::Missing => Otherwise::Missing,
        DeclaredOtherwise::Default(text, line) => Otherwise::Default(checked(text, *line)?),
    };
    Ok(ValueMap { values, otherwise })
}

/// `engagement/{ID}`: text, and columns in braces.
fn compile_joined(compiler: &mut Compiler, table: &Table<'_>) -> Result<Scalar, TomlFault> {
    let node = table.need("format")?;
    let unclosed = || node.refuse(&table.place, "expected text with columns in braces, such as call/{ID}");
    let mut parts = Vec::new();
    let mut rest = table.need_text("format")?;
    while let Some((text, after)) = rest.split_once('{') {
        let (column, after) = after.split_once('}').ok_or_else(unclosed)?;
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
        parts.push(Part::Column(compiler.column(column, node.line, &table.place)));
        rest = after;
    }
    if rest.contains('}') || parts.is_empty() {
        return Err(unclosed());
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.into()));
    }
    Ok(Scalar::Joined(parts))
}

/// The members of a struct of the model, none of them unknown, none of the required ones left out.
pub(crate) fn compile_members(
    compiler: &mut Compiler,
    table: &Table<'_>,
    fields: &[FieldDef],
) -> Result<Vec<Member>, TomlFault> {
    let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
    if let Some((name, node)) = table.entries.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(node.refuse(&table.place, not_known("field", name, &known)));
    }
    let mut members = Vec::new();
    for field in fields {
        match table.get(field.name) {
            Some(node) => members.push(Member {
                name: field.name,
                required: field.required,
                value: compile_value(compiler, node, &table.at(field.name), &field.of)?,
            }),
            None if field.required => {
                return Err(table.refuse(format!(
                    "{} is required; what the source does not say has no place here, so the event may have to go",
                    field.name
                )));
            }
            None => {}
        }
    }
    Ok(members)
}

fn compile_value(
    compiler: &mut Compiler,
    node: &Node,
    place: &str,
    of: &Type,
) -> Result<BodyValue, TomlFault> {
    match Form::of(of) {
        Shape::One(form) => {
            let scalar = compile_scalar(compiler, node, place, &form)?;
            Ok(BodyValue::One(scalar, form))
        }
        Shape::Members(fields) => {
            Ok(BodyValue::Members(compile_members(compiler, &node.table(place)?, &fields)?))
        }
        Shape::List(of) => {
            let items = match &node.item {
                Item::List(items) => items.iter().collect(),
                _ => vec![node],
            };
            let items = items.into_iter().map(|item| compile_value(compiler, item, place, &of));
            Ok(BodyValue::List(items.collect::<Result<_, _>>()?))
        }
    }
}
