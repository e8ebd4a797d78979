//! The values that answers are made of, each with one form in JSON: times in UTC, enumerations by their spelling, names
//! as they are written.

use onus_core::ids::AgencyId;
use onus_core::responsibility::State;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Spelt, UnownedReason};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// An instant: RFC 3339 in UTC, such as `2025-01-16T20:33:00Z`, with six decimals where there are microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.utc())
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time", "description": "RFC 3339, in UTC." })
    }
}

/// A value of an enumeration, by its spelling (`docs/domain.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<T>(pub T);

impl<T: Spelt> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.spelling())
    }
}

impl<T: Spelt> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": T::SPELLINGS })
    }
}

/// A name as it is written everywhere: an agency, an incident, an event's id, a hash in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name<T>(pub T);

impl<T: fmt::Display> Serialize for Name<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<T> JsonSchema for Name<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// How a facet is held (`docs/responsibility.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolderState {
    /// Nothing has opened the facet.
    NotOpen,
    /// Open, and nobody holds it.
    Unclaimed,
    /// The same, and the caller was pointed to a service meanwhile.
    UnclaimedSignposted,
    /// The incident was closed while nobody held it.
    ClosedUnclaimed,
    /// One agency holds it.
    Held,
    /// Several hold it together.
    Shared,
    /// Several took it on, each by itself.
    DoublyOwned,
    /// It ended.
    Discharged,
}

/// Who holds a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Holding {
    /// How the facet is held.
    pub state: HolderState,
    /// Who holds it, the earliest first; empty for nobody.
    pub holders: Vec<Name<AgencyId>>,
    /// Why nobody holds it after the closing, where the closing says so.
    pub unowned_reason: Option<Word<UnownedReason>>,
}

impl From<&State> for Holding {
    fn from(state: &State) -> Self {
        let unowned_reason = match state {
            State::ClosedUnclaimed { reason } => reason.map(Word),
            _ => None,
        };
        Self {
            state: match state {
                State::NotOpen => HolderState::NotOpen,
                State::Unclaimed { signposted: false } => HolderState::Unclaimed,
                State::Unclaimed { signposted: true } => HolderState::UnclaimedSignposted,
                State::ClosedUnclaimed { .. } => HolderState::ClosedUnclaimed,
                State::Held(_) => HolderState::Held,
                State::Shared(_) => HolderState::Shared,
                State::DoublyOwned(_) => HolderState::DoublyOwned,
                State::Discharged => HolderState::Discharged,
            },
            holders: state.holders().iter().cloned().map(Name).collect(),
            unowned_reason,
        }
    }
}
