//! The model describing itself: the JSON Schema of a draft, and the schema that a ledger publishes so
//! that a copied directory explains itself (`docs/format.md` §4). Both are made from the types.

use crate::code::{Code, Origin};
use crate::field::Field;
use crate::kinds::{Kind, Maker, Scope};
use crate::limits::TEXT_BYTES_MAX;
use crate::model::Common;
use crate::sealed::Absent;
use crate::shape::{DraftForm, FieldDef, Type, TypeDef, Wire};
use crate::stage::Stored;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The language of the published schema.
pub const LANGUAGE: &str = "onus-schema/1";

/// Every named type that a record of this release is made of, by name.
#[must_use]
pub fn types() -> BTreeMap<&'static str, TypeDef> {
    let mut found = BTreeMap::new();
    <Common<Stored> as Field>::shape().collect(&mut found);
    for kind in Kind::ALL {
        kind.body_shape().collect(&mut found);
    }
    found
}

/// The layout of every record that this release writes or reads, for a reader that has nothing but the bytes
/// and `docs/format.md`.
#[must_use]
pub fn published() -> Value {
    let kinds: Vec<Value> = readable_bodies()
        .map(|(kind, schema, body)| {
            json!({
                "number": kind.number(), "name": kind.name(), "schema": schema, "body": body.expression(),
            })
        })
        .collect();
    let mut types = types();
    readable_bodies().for_each(|(.., body)| body.collect(&mut types));
    let types: Map<String, Value> =
        types.into_iter().map(|(name, def)| (name.to_owned(), published_type(&def))).collect();
    json!({
        "language": LANGUAGE,
        "entry_version": crate::entry::EntryVersion::CURRENT.number(),
        "codec": crate::entry::CODEC_BINCODE,
        "common": "Common",
        "kinds": kinds,
        "types": types,
    })
}

/// Every body that this release reads: of each kind the one that it writes, then the older ones.
pub fn readable_bodies() -> impl Iterator<Item = (Kind, u16, Type)> {
    Kind::ALL.iter().flat_map(|kind| {
        let schemas = std::iter::once(kind.schema()).chain(kind.older_schemas().iter().copied());
        schemas.filter_map(|schema| Some((*kind, schema, kind.body_shape_in(schema)?)))
    })
}

fn published_type(def: &TypeDef) -> Value {
    let mut about = Map::new();
    if !def.doc.is_empty() {
        about.insert("doc".into(), def.doc.clone().into());
    }
    match &def.wire {
        Wire::Alias(of) => about.insert("alias".into(), of.expression().into()),
        Wire::Enum(spellings) => about.insert("enum".into(), json!(spellings)),
        Wire::Struct(fields) => about.insert("struct".into(), fields.iter().map(published_field).collect()),
    };
    Value::Object(about)
}

fn published_field(field: &FieldDef) -> Value {
    let mut about = Map::new();
    about.insert("name".into(), field.name.into());
    about.insert("type".into(), field.of.expression().into());
    if field.sealed.is_sealed() {
        about.insert("sealed".into(), field.sealed.get().into());
    }
    if !field.doc.is_empty() {
        about.insert("doc".into(), field.doc.clone().into());
    }
    Value::Object(about)
}

/// The JSON Schema (2020-12) of one draft.
#[must_use]
pub fn json_schema() -> Value {
    let types = types();
    let mut defs: Map<String, Value> = types
        .values()
        .filter(|def| !matches!(def.name, "SubmittedBy" | "LedgerId"))
        .map(|def| (def.name.to_owned(), draft_type(def)))
        .collect();
    let drafts: Vec<&Kind> = Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft).collect();
    for kind in &drafts {
        defs.insert(format!("event.{}", kind.name()), event(**kind));
    }
    let reachable = reachable(&defs, &drafts);
    defs.retain(|name, _| reachable.contains(name));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One draft of an Onus event",
        "description": "One JSON object per line. An absent member and null mean the same.",
        "type": "object",
        "required": ["event"],
        "oneOf": drafts.iter().map(|kind| reference(&format!("event.{}", kind.name()))).collect::<Vec<_>>(),
        "$defs": defs,
    })
}

/// The JSON Schema of one draft of one kind, with an example.
#[must_use]
pub fn json_schema_of(kind: Kind) -> Value {
    let mut whole = json_schema();
    let event = format!("event.{}", kind.name());
    let mut defs = match whole.get_mut("$defs").map(Value::take) {
        Some(Value::Object(defs)) => defs,
        _ => Map::new(),
    };
    let reachable = reachable(&defs, &[&kind]);
    defs.retain(|name, _| reachable.contains(name));
    json!({
        "$schema": whole.get("$schema"),
        "title": format!("One draft of {}", kind.name()),
        "$ref": format!("#/$defs/{event}"),
        "examples": [crate::example::draft(kind)],
        "$defs": defs,
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn event(kind: Kind) -> Value {
    let body_required = match kind.body_shape() {
        Type::Named(def) => {
            matches!(def().wire, Wire::Struct(fields) if fields.iter().any(|field| field.required))
        }
        _ => true,
    };
    let mut properties = Map::new();
    properties.insert("event".into(), json!({ "const": kind.name() }));
    properties.insert("body".into(), reference(&kind.body_shape().expression()));
    let mut required = vec!["event"];
    if body_required {
        required.push("body");
    }
    match kind.scope() {
        Scope::Incident => {
            properties.insert("incident".into(), json!({ "type": "string" }));
            required.push("incident");
        }
        Scope::Ledger => {
            properties.insert("incident".into(), json!({ "type": "null" }));
        }
        Scope::Either => {}
    }
    json!({
        "allOf": [reference("Common")],
        "properties": properties,
        "required": required,
        "unevaluatedProperties": false,
    })
}

fn draft_type(def: &TypeDef) -> Value {
    let mut about = match (&def.draft, &def.wire) {
        (DraftForm::Text { expected, pattern }, _) => {
            json!({ "type": "string", "pattern": pattern, "description": format!("{} Written as {expected}.", def.doc) })
        }
        (DraftForm::FreeText, _) => json!({
            "anyOf": [
                { "type": "string", "minLength": 1, "maxLength": TEXT_BYTES_MAX },
                {
                    "type": "object", "required": ["withheld", "ground"], "additionalProperties": false,
                    "properties": {
                        "withheld": { "type": "integer", "minimum": 1, "maximum": TEXT_BYTES_MAX },
                        "ground": { "type": "string", "pattern": format!("^{}$", Code::FORM.pattern_up_to(Absent::GROUND_BYTES_MAX)) },
                    },
                },
                {
                    "type": "object", "required": ["erased", "on"], "additionalProperties": false,
                    "properties": {
                        "erased": { "type": "integer", "minimum": 1, "maximum": TEXT_BYTES_MAX },
                        "on": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
                    },
                },
            ],
            "description": "Free text, 1 to 16,384 bytes; sealed when it is recorded. Of a text that its source withheld or erased: its length in characters, and why or when.",
        }),
        (DraftForm::Token, _) => json!({
            "anyOf": [
                { "type": "string", "pattern": "^[0-9A-Fa-f]{32}$" },
                { "type": "object", "properties": { "id": { "type": "string", "minLength": 1, "maxLength": TEXT_BYTES_MAX } }, "required": ["id"], "additionalProperties": false },
            ],
        }),
        (DraftForm::AsWire, Wire::Enum(spellings)) => json!({ "enum": spellings }),
        (DraftForm::AsWire, Wire::Alias(of)) => draft_value(of),
        (DraftForm::AsWire, Wire::Struct(fields)) => draft_object(def.name, fields),
    };
    if let Some(about) =
        about.as_object_mut().filter(|about| !def.doc.is_empty() && !about.contains_key("description"))
    {
        about.insert("description".into(), def.doc.clone().into());
    }
    about
}

fn draft_object(name: &str, fields: &[FieldDef]) -> Value {
    let is_common = name == "Common";
    let stated = || fields.iter().filter(|field| field.name != "submitted_by");
    let mut properties: Map<String, Value> = stated()
        .map(|field| {
            let mut value = match (&field.of, field.required) {
                (Type::Option(inner), _) => json!({ "anyOf": [draft_value(inner), { "type": "null" }] }),
                (of, true) => draft_value(of),
                (of, false) => json!({ "anyOf": [draft_value(of), { "type": "null" }] }),
            };
            if let Some(value) = value.as_object_mut() {
                value.insert("description".into(), field.doc.clone().into());
            }
            (field.name.to_owned(), value)
        })
        .collect();
    if name == "Source" {
        properties.insert(
            "origin".into(),
            json!({ "anyOf": [draft_value(&Origin::shape()), { "type": "null" }], "description": "With `seq`, instead of `reference`: the ledger that the event was exported from." }),
        );
        properties.insert(
            "seq".into(),
            json!({ "anyOf": [draft_value(&Type::U64), { "type": "null" }], "description": "Its place in that ledger." }),
        );
    }
    let required: Vec<&str> = stated().filter(|field| field.required).map(|field| field.name).collect();
    let mut object = json!({ "type": "object", "properties": properties, "required": required });
    // The common record's members stand beside `event` and `body`, so the event closes that object.
    if let Some(object) = object.as_object_mut().filter(|_| !is_common) {
        object.insert("additionalProperties".into(), false.into());
    }
    object
}

fn draft_value(of: &Type) -> Value {
    match of {
        Type::Bool => json!({ "type": "boolean" }),
        Type::U16 => json!({ "type": "integer", "minimum": 0, "maximum": u16::MAX }),
        Type::U32 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Type::U64 => json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX }),
        Type::I32(..) | Type::I64(..) => json!({ "type": "integer" }),
        Type::Str(_) | Type::Bytes(_) | Type::Array(_) | Type::Uuid => json!({ "type": "string" }),
        Type::Option(inner) => draft_value(inner),
        Type::List(inner, items_max) => {
            json!({ "type": "array", "items": draft_value(inner), "maxItems": items_max })
        }
        Type::Named(def) => reference(def().name),
    }
}

/// The definitions that a draft can reach.
fn reachable(defs: &Map<String, Value>, drafts: &[&Kind]) -> std::collections::BTreeSet<String> {
    let mut found = std::collections::BTreeSet::new();
    let mut waiting: Vec<String> = drafts.iter().map(|kind| format!("event.{}", kind.name())).collect();
    while let Some(name) = waiting.pop() {
        if let Some(def) = defs.get(&name).filter(|_| found.insert(name.clone())) {
            references(def, &mut waiting);
        }
    }
    found
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(name) =
                members.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/"))
            {
                found.push(name.to_owned());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
