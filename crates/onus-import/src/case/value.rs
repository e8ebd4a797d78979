//! A value as a line of a case writes it, to the JSON that a draft takes for its type: a list with commas, an object of a
//! few parts with `/` between them.
//!
//! Never: a judgement of the value. What is no value of its type stays as it was written, and reading the draft says so.

use onus_core::shape::{DraftForm, FieldDef, Type, TypeDef, Wire};
use serde_json::{Map, Value, json};

/// What the case knows that a value can rest on.
pub(super) trait Known {
    /// An instant, of a time as the case writes it.
    fn instant(&self, written: &str) -> Option<String>;
    /// Somebody whom the case names.
    fn person(&self, name: &str) -> Option<Value>;
}

/// The fields of an object of this type; none where it is another type.
pub(super) fn fields_of(of: &Type) -> Vec<FieldDef> {
    match of {
        Type::Option(inner) => fields_of(inner),
        Type::Named(def) => match def().wire {
            Wire::Struct(fields) => fields,
            Wire::Alias(of) => fields_of(&of),
            Wire::Enum(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The type of the field that a path of names leads to.
pub(super) fn field_at(fields: &[FieldDef], path: &[&str]) -> Option<Type> {
    let (first, rest) = path.split_first()?;
    let field = fields.iter().find(|field| field.name == *first)?;
    if rest.is_empty() { Some(field.of.clone()) } else { field_at(&fields_of(&field.of), rest) }
}

/// The value.
pub(super) fn value(of: &Type, written: &str, known: &dyn Known) -> Value {
    match of {
        Type::Option(inner) => value(inner, written, known),
        Type::List(inner, _) => written.split(',').map(|item| value(inner, item, known)).collect(),
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
        Type::Named(def) => named(&def(), written, known),
    }
}

fn named(def: &TypeDef, written: &str, known: &dyn Known) -> Value {
    if def.name == "Timestamp" {
        return known.instant(written).map_or_else(|| written.into(), Value::from);
    }
    match (&def.draft, &def.wire) {
        (DraftForm::FreeText | DraftForm::Text { .. }, _) | (_, Wire::Enum(_)) => written.into(),
        (DraftForm::Token, _) => identifier(&written.into()),
        (DraftForm::AsWire, Wire::Alias(of)) => value(of, written, known),
        (DraftForm::AsWire, Wire::Struct(fields)) => match known.person(written) {
            Some(person) if def.name == "Actor" => person,
            _ => parts(fields, written, known),
        },
    }
}

/// The parts of an object in the order of its fields; the last one takes what is left.
fn parts(fields: &[FieldDef], written: &str, known: &dyn Known) -> Value {
    let parts = written.splitn(fields.len().max(1), '/');
    let stated = fields.iter().zip(parts).filter(|(_, part)| !part.is_empty());
    let member = |(field, part): (&FieldDef, &str)| (field.name.to_owned(), value(&field.of, part, known));
    Value::Object(stated.map(member).collect::<Map<_, _>>())
}

/// A token as it is; any other string as an identifier that the ledger turns into one.
pub(super) fn identifier(value: &Value) -> Value {
    const TOKEN_DIGITS: usize = 32;
    match value.as_str() {
        Some(text) if text.len() != TOKEN_DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            json!({ "id": text })
        }
        _ => value.clone(),
    }
}
