//! The forms that a text can be asked to have, taken from the model's own description of its types.

use onus_core::code::{Code, IncidentNumber};
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::limits::TEXT_BYTES_MAX;
use onus_core::shape::{DraftForm, FieldDef, Type, TypeDef, Wire};
use onus_core::time::{LocalDate, Timestamp};

/// What a text must look like to stand in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A code.
    Code,
    /// An incident's number.
    IncidentNumber,
    /// `kind:code`.
    Agency,
    /// `owner/day/number`.
    Incident,
    /// A UUID.
    EventId,
    /// An instant with its offset.
    Timestamp,
    /// A day.
    Day,
    /// One of these spellings.
    OneOf(&'static [&'static str]),
    /// A whole number up to this.
    Whole(u64),
    /// `true` or `false`.
    Bool,
    /// Free text, sealed by the ledger.
    FreeText,
    /// An identifier of a person or place, which the ledger makes a token of.
    Identifier,
    /// A form that only the model knows: it checks the whole body.
    Other(&'static str),
}

/// What a field of a body takes.
pub(crate) enum Shape {
    /// One text, number or truth.
    One(Form),
    /// Several.
    List(Type),
    /// Named members.
    Members(Vec<FieldDef>),
}

impl Form {
    /// What a field of this type takes.
    pub(crate) fn of(of: &Type) -> Shape {
        match of {
            Type::Option(inner) => Self::of(inner),
            Type::List(inner, _) => Shape::List((**inner).clone()),
            Type::Bool => Shape::One(Self::Bool),
            Type::U16 => Shape::One(Self::Whole(u64::from(u16::MAX))),
            Type::U32 => Shape::One(Self::Whole(u64::from(u32::MAX))),
            Type::U64 => Shape::One(Self::Whole(u64::MAX)),
            Type::I32(..) | Type::I64(..) | Type::Str(_) | Type::Bytes(_) | Type::Array(_) | Type::Uuid => {
                Shape::One(Self::Other("a value"))
            }
            Type::Named(def) => Self::of_named(def()),
        }
    }

    fn of_named(def: TypeDef) -> Shape {
        Shape::One(match (def.draft, def.wire) {
            (DraftForm::FreeText, _) => Self::FreeText,
            (DraftForm::Token, _) => Self::Identifier,
            (DraftForm::Text { expected, .. }, _) => match def.name {
                "Code" => Self::Code,
                "IncidentNumber" => Self::IncidentNumber,
                "AgencyId" => Self::Agency,
                "Incident" => Self::Incident,
                "EventId" => Self::EventId,
                "Timestamp" => Self::Timestamp,
                "LocalDate" => Self::Day,
                _ => Self::Other(expected),
            },
            (DraftForm::AsWire, Wire::Enum(spellings)) => Self::OneOf(spellings),
            (DraftForm::AsWire, Wire::Struct(fields)) => return Shape::Members(fields),
            (DraftForm::AsWire, Wire::Alias(of)) => return Self::of(&of),
        })
    }

    pub(crate) fn fits(&self, text: &str) -> bool {
        match self {
            Self::Code => Code::new(text).is_some(),
            Self::IncidentNumber => IncidentNumber::new(text).is_some(),
            Self::Agency => AgencyId::parse(text).is_some(),
            Self::Incident => Incident::parse(text).is_some(),
            Self::EventId => EventId::parse(text).is_some(),
            Self::Timestamp => Timestamp::parse(text).is_ok(),
            Self::Day => LocalDate::parse(text).is_ok(),
            Self::OneOf(spellings) => spellings.contains(&text),
            Self::Whole(max) => {
                text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok_and(|n| n <= *max)
            }
            Self::Bool => matches!(text, "true" | "false"),
            Self::FreeText | Self::Identifier => (1..=TEXT_BYTES_MAX).contains(&text.len()),
            Self::Other(_) => true,
        }
    }

    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Code => Code::EXPECTED.into(),
            Self::IncidentNumber => IncidentNumber::EXPECTED.into(),
            Self::Agency => "an agency such as police:mps or mh_trust:RV5".into(),
            Self::Incident => "an incident such as police:mps/2023-11-01/4471".into(),
            Self::EventId => "a UUID, or the event of another template".into(),
            Self::Timestamp => "a time of the mapping, or a text such as 2023-11-01T09:12:00+00:00".into(),
            Self::Day => "a day of the mapping, or a text such as 2023-11-01".into(),
            Self::OneOf(spellings) => format!("one of {}", spellings.join(", ")),
            Self::Whole(max) => format!("a whole number from 0 to {max}"),
            Self::Bool => "true or false".into(),
            Self::FreeText => "free text of 1 to 16,384 bytes".into(),
            Self::Identifier => "an identifier of 1 to 16,384 bytes".into(),
            Self::Other(expected) => (*expected).into(),
        }
    }

    /// Whether JSON writes it without quotes.
    pub(crate) fn is_bare(&self) -> bool {
        matches!(self, Self::Whole(_) | Self::Bool)
    }
}
