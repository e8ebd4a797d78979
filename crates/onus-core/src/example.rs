//! One draft of a kind, filled in from the kind's own declaration: an example, and a form to fill in.
//!
//! Promise: what is shown reads as a draft, whatever is left commented out or not; a test holds it for every kind.

use crate::field::Field;
use crate::kinds::{Kind, Scope};
use crate::model::Common;
use crate::shape::{DraftForm, FieldDef, Type, TypeDef, Wire};
use crate::stage::Stored;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// One draft of a kind as JSON: what every draft must say, and the whole body.
#[must_use]
pub fn draft(kind: Kind) -> Value {
    let mut members = Map::new();
    members.insert("event".into(), kind.name().into());
    for field in common_of(kind).iter().filter(|field| is_stated(kind, field)) {
        members.insert(field.name.into(), value(field.name, &field.of));
    }
    let body = body_of(kind).into_iter().map(|field| (field.name.to_owned(), value(field.name, &field.of)));
    members.insert("body".into(), Value::Object(body.collect()));
    Value::Object(members)
}

/// One draft of a kind as a table of TOML that `onus draft` expands: what must be said is filled in, everything else
/// is a comment, each with what it says and what it takes.
#[must_use]
pub fn form(kind: Kind) -> String {
    let mut out = String::from("[[event]]\n");
    let Type::Named(body) = kind.body_shape() else { return out };
    write_line(&mut out, &format!("# {}", body().doc));
    write_line(&mut out, &format!("event = \"{}\"", kind.name()));
    for field in common_of(kind) {
        write_field(&mut out, &field, is_stated(kind, &field));
    }
    out.push_str("\n[event.body]\n");
    for field in body_of(kind) {
        write_field(&mut out, &field, field.required);
    }
    out
}

/// The common fields that a draft of this kind may state.
pub(crate) fn common_of(kind: Kind) -> Vec<FieldDef> {
    let has_place = |field: &FieldDef| kind.scope() != Scope::Ledger || field.name != "incident";
    let stated = |field: &FieldDef| field.name != "submitted_by";
    <Common<Stored> as Field>::shape()
        .fields()
        .into_iter()
        .filter(|field| has_place(field) && stated(field))
        .collect()
}

fn is_stated(kind: Kind, field: &FieldDef) -> bool {
    field.required || (field.name == "incident" && kind.scope() == Scope::Incident)
}

fn body_of(kind: Kind) -> Vec<FieldDef> {
    kind.body_shape().fields()
}

fn write_field(out: &mut String, field: &FieldDef, stated: bool) {
    write_line(out, &format!("# {}{}", field.doc, takes(&field.of)));
    let mark = if stated { "" } else { "#" };
    write_line(out, &format!("{mark}{} = {}", field.name, toml(&value(field.name, &field.of))));
}

fn write_line(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _written = writeln!(out, "{line}").is_ok();
}

/// What a value of this type may be, after what the field says.
fn takes(of: &Type) -> String {
    match of {
        Type::Option(inner) => takes(inner),
        Type::List(inner, _) => format!(" A list.{}", takes(inner)),
        Type::Named(def) => match def() {
            TypeDef { draft: DraftForm::Text { expected, .. }, .. } => format!(" Written as {expected}."),
            TypeDef { draft: DraftForm::FreeText, .. } => " Free text, which is sealed.".into(),
            TypeDef { draft: DraftForm::Token, .. } => {
                " A token, or an identifier that the ledger turns into one.".into()
            }
            TypeDef { wire: Wire::Enum(spellings), .. } => format!(" One of: {}.", spellings.join(", ")),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

/// A value that a draft takes for a field of this name and type.
fn value(name: &str, of: &Type) -> Value {
    match of {
        Type::Bool => true.into(),
        Type::U16 | Type::U32 | Type::U64 | Type::I32(..) | Type::I64(..) => 1.into(),
        Type::Str(_) | Type::Bytes(_) | Type::Array(_) | Type::Uuid => "00".into(),
        Type::Option(inner) => value(name, inner),
        Type::List(inner, _) => json!([value(name, inner)]),
        Type::Named(def) => named(name, &def()),
    }
}

fn named(name: &str, def: &TypeDef) -> Value {
    const EXAMPLES: &[(&str, &str)] = &[
        ("AgencyCode", "northshire"),
        ("AgencyId", "police:northshire"),
        ("Code", "code-1"),
        ("EventId", "019a4640-1a00-7c3e-8a4f-5b6c7d8e9f00"),
        ("Incident", "police:northshire/2026-01-31/142"),
        ("IncidentNumber", "142"),
        ("LocalDate", "2026-01-31"),
        ("Origin", "police.example/onus"),
        ("Timestamp", "2026-01-31T14:05"),
        ("NoteBytes", "00"),
        ("SchemaBytes", "00"),
        ("LedgerId", "00112233445566778899aabbccddeeff"),
    ];
    match (&def.draft, &def.wire) {
        // A code like any other to the ledger, but anyone who writes one means a kind.
        _ if name == "silent" => "ResourceArrived".into(),
        (DraftForm::FreeText, _) => "in the words of the person who decided".into(),
        (DraftForm::Token, _) => json!({ "id": format!("{name}-1") }),
        (DraftForm::Text { .. }, _) => EXAMPLES
            .iter()
            .find(|(known, _)| *known == def.name)
            .map_or_else(|| "ab".repeat(32).into(), |(_, example)| (*example).into()),
        (DraftForm::AsWire, Wire::Enum(spellings)) => spellings.first().copied().into(),
        (DraftForm::AsWire, Wire::Alias(of)) => value(name, of),
        (DraftForm::AsWire, Wire::Struct(fields)) => {
            let stated = fields.iter().filter(|field| field.required);
            stated
                .map(|field| (field.name.to_owned(), value(field.name, &field.of)))
                .collect::<Map<_, _>>()
                .into()
        }
    }
}

/// A value as TOML writes it, on one line.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("{name} = {}", toml(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        // Strings of JSON without control characters are strings of TOML.
        other => other.to_string(),
    }
}
