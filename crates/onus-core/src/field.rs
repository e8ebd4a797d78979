//! What a field can do: describe itself, be read from a draft, be sealed, be shown as JSON.
//!
//! The traits have an implementation for every type that a record is made of; structs get theirs from
//! the `record!` macro and enumerations from `vocabulary!`, so a type is declared once and nothing
//! about it is written twice.

mod staged;

use crate::cell::{Cell, Column, Holds};
use crate::draft::{At, DraftError, FromDraft};
use crate::field_no::FieldNo;
use crate::ids::{AgencyId, EventId, Incident};
use crate::json::Json;
use crate::limits::LIST_ITEMS_MAX;
use crate::sealed::Sealed;
use crate::shape::{DraftForm, Type, TypeDef, Wire};
use crate::stage::Sealing;
use crate::time::{LocalDate, TimeError, Timestamp};
use serde_json::Value;

/// A value as records hold it.
pub trait Field {
    /// What it looks like.
    fn shape() -> Type;
    /// As JSON, in the form of a draft; sealed text as its length.
    fn to_json(&self) -> Value;
    /// Shows every sealed text in it, in order, with the number of its field.
    fn visit_sealed(&mut self, _field: FieldNo, _visit: &mut dyn FnMut(FieldNo, &mut Sealed)) {}
    /// What its one column in a table holds; see [`columns`](Field::columns) for values that have several.
    fn holds(_field: FieldNo) -> Holds {
        Holds::Text
    }
    /// The columns that it takes in a table, under `name`.
    fn columns(name: &str, doc: &str, field: FieldNo, out: &mut Vec<Column>) {
        out.push(Column { name: name.into(), doc: doc.into(), holds: Self::holds(field) });
    }
    /// Its cells, one for each of its columns.
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>));
    /// As many absent cells as it has columns.
    fn blank(row: &mut dyn FnMut(Cell<'_>)) {
        row(Cell::Absent);
    }
}

/// A value on its way from draft to record.
pub(crate) trait Seal {
    type Stored;
    fn seal<B: Sealing>(self, field: FieldNo, by: &mut B) -> Result<Self::Stored, B::Error>;
}

/// Values that are the same in a draft and in a record.
macro_rules! unchanged_by_sealing {
    ($($name:ty),+) => {$(
        impl $crate::field::Seal for $name {
            type Stored = Self;
            fn seal<B: $crate::stage::Sealing>(self, _: $crate::field_no::FieldNo, _: &mut B) -> Result<Self, B::Error> {
                Ok(self)
            }
        }
    )+};
}
pub(crate) use unchanged_by_sealing;

macro_rules! enumeration_field {
    ($name:ident) => {
        impl $crate::field::Field for $name {
            fn shape() -> $crate::shape::Type {
                $crate::shape::Type::Named(|| $crate::shape::TypeDef {
                    name: $name::NAME,
                    doc: String::new(),
                    wire: $crate::shape::Wire::Enum($name::SPELLINGS),
                    draft: $crate::shape::DraftForm::AsWire,
                })
            }
            fn to_json(&self) -> serde_json::Value {
                self.as_str().into()
            }
            fn cells(&self, row: &mut dyn FnMut($crate::cell::Cell<'_>)) {
                row($crate::cell::Cell::Text(self.as_str()));
            }
        }
        impl $crate::draft::FromDraft for $name {
            fn read(
                json: &$crate::json::Json,
                at: &$crate::draft::At<'_>,
            ) -> Result<Self, $crate::draft::DraftError> {
                let spelling = at.text(json, "one of the spellings listed")?;
                $name::parse(spelling).ok_or_else(|| at.not_one_of($name::SPELLINGS, spelling))
            }
            fn required(at: &$crate::draft::At<'_>) -> $crate::draft::DraftError {
                at.problem(format!("is required: one of {}", $name::SPELLINGS.join(", ")))
            }
        }
        $crate::field::unchanged_by_sealing!($name);
    };
}
pub(crate) use enumeration_field;

/// A type that a draft writes as a string of one form.
macro_rules! text_form_field {
    ($name:ident, $doc:literal, $wire:expr, $expected:expr, $pattern:expr, |$text:ident| $parse:expr) => {
        impl Field for $name {
            fn shape() -> Type {
                Type::Named(|| TypeDef {
                    name: stringify!($name),
                    doc: $doc.into(),
                    wire: $wire,
                    draft: DraftForm::Text { expected: $expected, pattern: $pattern.into() },
                })
            }
            fn to_json(&self) -> Value {
                self.to_string().into()
            }
            fn cells(&self, row: &mut dyn FnMut($crate::cell::Cell<'_>)) {
                row($crate::cell::Cell::Text(&self.to_string()));
            }
        }
        impl FromDraft for $name {
            fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
                let $text = at.text(json, $expected)?;
                $parse.ok_or_else(|| at.expected($expected))
            }
        }
        unchanged_by_sealing!($name);
    };
}

pub(crate) use text_form_field;

use crate::code::{AgencyCode, Code, IncidentNumber, Origin};
use crate::vocabulary::AgencyKind;

text_form_field!(
    Code,
    "A short machine-readable string.",
    Wire::Alias(Type::Str(Code::FORM)),
    Code::EXPECTED,
    format!("^{}$", Code::FORM.pattern()),
    |text| Code::new(text)
);
text_form_field!(
    IncidentNumber,
    "An incident's number within its owner and day.",
    Wire::Alias(Type::Str(IncidentNumber::FORM)),
    IncidentNumber::EXPECTED,
    format!("^{}$", IncidentNumber::FORM.pattern()),
    |text| IncidentNumber::new(text)
);
text_form_field!(
    AgencyCode,
    "An agency among those of its kind.",
    Wire::Alias(Type::Str(AgencyCode::FORM)),
    AgencyCode::EXPECTED,
    format!("^{}$", AgencyCode::FORM.pattern()),
    |text| AgencyCode::new(text)
);
text_form_field!(
    Origin,
    "A ledger's name: the C2SP origin line.",
    Wire::Alias(Type::Str(Origin::FORM)),
    Origin::EXPECTED,
    format!("^{}$", Origin::FORM.pattern()),
    |text| Origin::new(text)
);
text_form_field!(
    EventId,
    "An event's name: any RFC 9562 UUID, unique within its incident.",
    Wire::Alias(Type::Uuid),
    "a UUID such as 0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e9f00",
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    |text| EventId::parse(text)
);
text_form_field!(
    AgencyId,
    "An agency: `kind:code`.",
    Wire::Struct(vec![plain_part::<AgencyKind>("kind"), plain_part::<AgencyCode>("code")]),
    "an agency such as police:mps or mh_trust:RV5",
    format!("^[a-z0-9_]+:{}$", AgencyCode::FORM.pattern()),
    |text| AgencyId::parse(text)
);
text_form_field!(
    Incident,
    "An incident: the agency that numbered it, the local day, the number: `owner/date/number`.",
    Wire::Struct(vec![
        plain_part::<AgencyId>("owner"),
        plain_part::<LocalDate>("date"),
        plain_part::<IncidentNumber>("number")
    ]),
    "an incident such as police:mps/2023-11-01/4471",
    format!(
        "^[a-z0-9_]+:{}/[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}/{}$",
        AgencyCode::FORM.pattern(),
        IncidentNumber::FORM.pattern()
    ),
    |text| Incident::parse(text)
);

/// A field of a struct whose draft form is one string.
fn plain_part<T: Field>(name: &'static str) -> crate::shape::FieldDef {
    crate::shape::FieldDef { name, doc: String::new(), of: T::shape(), sealed: FieldNo::NONE, required: true }
}

macro_rules! time_field {
    ($name:ident, $cell:ident, $doc:literal, $of:expr, $expected:literal, $pattern:literal, |$value:ident| $shown:expr) => {
        impl Field for $name {
            fn shape() -> Type {
                Type::Named(|| TypeDef {
                    name: stringify!($name),
                    doc: $doc.into(),
                    wire: Wire::Alias($of),
                    draft: DraftForm::Text { expected: $expected, pattern: $pattern.into() },
                })
            }
            fn to_json(&self) -> Value {
                let $value = self;
                $shown.into()
            }
            fn holds(_: FieldNo) -> Holds {
                Holds::$cell
            }
            fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
                row(Cell::$cell(*self));
            }
        }
        impl FromDraft for $name {
            fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
                $name::parse(at.text(json, $expected)?).map_err(|why: TimeError| at.problem(why.to_string()))
            }
        }
        unchanged_by_sealing!($name);
    };
}

time_field!(
    Timestamp,
    Instant,
    "Microseconds since 1970-01-01T00:00:00Z, from 1900 to 2199.",
    Type::I64(Timestamp::MIN.as_us(), Timestamp::MAX.as_us()),
    "a time such as 2023-11-01T09:12:00+00:00",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?$",
    |value| value.rfc3339()
);
time_field!(
    LocalDate,
    Day,
    "Days since 1970-01-01, a calendar day from 1900 to 2199.",
    Type::I32(LocalDate::MIN.days_since_1970(), LocalDate::MAX.days_since_1970()),
    "a date such as 2023-11-01",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    |value| value.to_string()
);

macro_rules! whole_number_field {
    ($($name:ty, $of:expr, $expected:literal);+ $(;)?) => {$(
        impl Field for $name {
            fn shape() -> Type {
                $of
            }
            fn to_json(&self) -> Value {
                (*self).into()
            }
            fn holds(_: FieldNo) -> Holds {
                Holds::Number
            }
            fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
                row(Cell::Number((*self).into()));
            }
        }
        impl FromDraft for $name {
            fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
                match json {
                    Json::Whole(number) => <$name>::try_from(*number).map_err(|_| at.expected($expected)),
                    other => Err(at.expected_not($expected, other)),
                }
            }
        }
        unchanged_by_sealing!($name);
    )+};
}

whole_number_field!(
    u16, Type::U16, "a whole number from 0 to 65,535";
    u32, Type::U32, "a whole number from 0 to 4,294,967,295";
    u64, Type::U64, "a whole number from 0 to 18,446,744,073,709,551,615";
);

impl Field for bool {
    fn shape() -> Type {
        Type::Bool
    }
    fn to_json(&self) -> Value {
        (*self).into()
    }
    fn holds(_: FieldNo) -> Holds {
        Holds::Bool
    }
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
        row(Cell::Bool(*self));
    }
}
impl FromDraft for bool {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        match json {
            Json::Bool(value) => Ok(*value),
            other => Err(at.expected_not("true or false", other)),
        }
    }
}
unchanged_by_sealing!(bool);

impl<T: Field> Field for Option<T> {
    fn shape() -> Type {
        Type::Option(Box::new(T::shape()))
    }
    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, Field::to_json)
    }
    fn visit_sealed(&mut self, field: FieldNo, visit: &mut dyn FnMut(FieldNo, &mut Sealed)) {
        if let Some(value) = self {
            value.visit_sealed(field, visit);
        }
    }
    fn columns(name: &str, doc: &str, field: FieldNo, out: &mut Vec<Column>) {
        T::columns(name, doc, field, out);
    }
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
        match self {
            Some(value) => value.cells(row),
            None => T::blank(row),
        }
    }
    fn blank(row: &mut dyn FnMut(Cell<'_>)) {
        T::blank(row);
    }
}
impl<T: FromDraft> FromDraft for Option<T> {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        T::read(json, at).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}
impl<T: Seal> Seal for Option<T> {
    type Stored = Option<T::Stored>;
    fn seal<B: Sealing>(self, field: FieldNo, by: &mut B) -> Result<Self::Stored, B::Error> {
        self.map(|value| value.seal(field, by)).transpose()
    }
}

/// What is large and rare is kept in a box, and nothing but its place in memory differs.
impl<T: Field> Field for Box<T> {
    fn shape() -> Type {
        T::shape()
    }
    fn to_json(&self) -> Value {
        T::to_json(self)
    }
    fn visit_sealed(&mut self, field: FieldNo, visit: &mut dyn FnMut(FieldNo, &mut Sealed)) {
        T::visit_sealed(self, field, visit);
    }
    fn holds(field: FieldNo) -> Holds {
        T::holds(field)
    }
    fn columns(name: &str, doc: &str, field: FieldNo, out: &mut Vec<Column>) {
        T::columns(name, doc, field, out);
    }
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
        T::cells(self, row);
    }
    fn blank(row: &mut dyn FnMut(Cell<'_>)) {
        T::blank(row);
    }
}
impl<T: FromDraft> FromDraft for Box<T> {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        T::read(json, at).map(Self::new)
    }
}
impl<T: Seal> Seal for Box<T> {
    type Stored = Box<T::Stored>;
    fn seal<B: Sealing>(self, field: FieldNo, by: &mut B) -> Result<Self::Stored, B::Error> {
        T::seal(*self, field, by).map(Box::new)
    }
}

impl<T: Field> Field for Vec<T> {
    fn shape() -> Type {
        Type::List(Box::new(T::shape()), LIST_ITEMS_MAX)
    }
    fn to_json(&self) -> Value {
        self.iter().map(Field::to_json).collect()
    }
    fn visit_sealed(&mut self, field: FieldNo, visit: &mut dyn FnMut(FieldNo, &mut Sealed)) {
        for value in self {
            value.visit_sealed(field, visit);
        }
    }
    fn holds(_: FieldNo) -> Holds {
        Holds::List
    }
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
        if self.is_empty() {
            row(Cell::Absent);
        } else {
            row(Cell::List(&self.to_json().to_string()));
        }
    }
}
impl<T: FromDraft> FromDraft for Vec<T> {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        at.list(json, LIST_ITEMS_MAX)
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}
impl<T: Seal> Seal for Vec<T> {
    type Stored = Vec<T::Stored>;
    fn seal<B: Sealing>(self, field: FieldNo, by: &mut B) -> Result<Self::Stored, B::Error> {
        self.into_iter().map(|value| value.seal(field, by)).collect()
    }
}
