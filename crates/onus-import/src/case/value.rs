//! A value as a line of a case writes it, to the JSON that a draft takes for its type: a list with commas, an object of a
//! few parts with `/` between them.
//!
//! Never: a judgement of the value. What is no value of its type stays as it was written, and reading the draft says so.

use super::header::{CaseDay, identifier};
use onus_core::shape::{DraftForm, FieldDef, Type, TypeDef, Wire};
use serde_json::{Map, Value};

/// The type of the field that a path of names leads to.
pub(super) fn field_at(fields: &[FieldDef], path: &[&str]) -> Option<Type> {
    let (first, rest) = path.split_first()?;
    let field = fields.iter().find(|field| field.name == *first)?;
    if rest.is_empty() { Some(field.of.clone()) } else { field_at(&field.of.fields(), rest) }
}

/// The value.
pub(super) fn value(of: &Type, written: &str, day: &CaseDay<'_>) -> Value {
    match of {
        Type::Option(inner) => value(inner, written, day),
        Type::List(inner, _) => written.split(',').map(|item| value(inner, item, day)).collect(),
        Type::Bool => match written {
            "yes" | "true" => true.into(),
            "no" | "false" => false.into(),
            other => other.into(),
        },
        Type::U16 | Type::U32 | Type::U64 => {
            written.parse::<u64>().map_or_else(|_| written.into(), Value::from)
        }
        Type::I32(..) | Type::I64(..) => written.parse::<i64>().map_or_else(|_| written.into(), Value::from),
        Type::Str(_) | Type::Bytes(_) | Type::Array(_) | Type::Uuid => written.into(),
        Type::Named(def) => named(&def(), written, day),
    }
}

fn named(def: &TypeDef, written: &str, day: &CaseDay<'_>) -> Value {
    if def.name == "Timestamp" {
        return day.instant(written).map_or_else(|_| written.into(), Value::from);
    }
    match (&def.draft, &def.wire) {
        (DraftForm::FreeText | DraftForm::Text { .. }, _) | (_, Wire::Enum(_)) => written.into(),
        (DraftForm::Token, _) => identifier(&written.into()),
        (DraftForm::AsWire, Wire::Alias(of)) => value(of, written, day),
        (DraftForm::AsWire, Wire::Struct(fields)) => match day.header.person(written) {
            Some(person) if def.name == "Actor" => person,
            _ => parts(fields, written, day),
        },
    }
}

/// The parts of an object in the order of its fields; the last one takes what is left.
fn parts(fields: &[FieldDef], written: &str, day: &CaseDay<'_>) -> Value {
    let parts = written.splitn(fields.len().max(1), '/');
    let stated = fields.iter().zip(parts).filter(|(_, part)| !part.is_empty());
    let member = |(field, part): (&FieldDef, &str)| (field.name.to_owned(), value(&field.of, part, day));
    Value::Object(stated.map(member).collect::<Map<_, _>>())
}
