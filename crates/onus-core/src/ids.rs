//! Names of things: events, agencies, incidents, people and places (as tokens).

use crate::code::{AgencyCode, IncidentNumber};
use crate::time::LocalDate;
use crate::vocabulary::AgencyKind;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// An event's name: any RFC 9562 UUID, unique within its incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct EventId([u8; 16]);

impl EventId {
    /// From its 16 bytes. Any value but all zeros and all ones, which RFC 9562 keeps for *nil* and
    /// *max*.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        (bytes != [0; 16] && bytes != [0xff; 16]).then_some(Self(bytes))
    }

    /// Reads the hyphenated form of 36 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        uuid::Uuid::try_parse(text).ok().and_then(|id| Self::from_bytes(id.into_bytes()))
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_bytes(<[u8; 16]>::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("the nil or max UUID names no event"))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", uuid::Uuid::from_bytes(self.0))
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventId({self})")
    }
}

/// A person or a place under the ledger's own token key: linkable inside one ledger, not guessable
/// outside it (`docs/format.md` §5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token([u8; 16]);

impl Token {
    /// From its 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads 32 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        crate::hex::bytes_of(text).map(Self)
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::hex::Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({self})")
    }
}

/// `kind:code`, such as `police:mps`, `ambulance:las` or `mh_trust:RV5`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AgencyId {
    kind: AgencyKind,
    code: AgencyCode,
}

impl AgencyId {
    /// Of its two halves.
    #[must_use]
    pub fn new(kind: AgencyKind, code: AgencyCode) -> Self {
        Self { kind, code }
    }

    /// Reads `kind:code`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, code) = text.split_once(':')?;
        Some(Self { kind: AgencyKind::parse(kind)?, code: AgencyCode::new(code)? })
    }

    /// What kind of agency it is.
    #[must_use]
    pub fn kind(&self) -> AgencyKind {
        self.kind
    }

    /// Its code among agencies of its kind.
    #[must_use]
    pub fn code(&self) -> &AgencyCode {
        &self.code
    }
}

impl fmt::Display for AgencyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.code)
    }
}

/// An incident: the agency that numbered it, the local day, and the number, which starts again each
/// day. Written `police:mps/2023-11-01/4471`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Incident {
    /// Whose number it is.
    pub owner: AgencyId,
    /// The day, in the owner's local time.
    pub date: LocalDate,
    /// The number within that day.
    pub number: IncidentNumber,
}

impl Incident {
    /// Reads `owner/date/number`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, rest) = text.split_once('/')?;
        let (date, number) = rest.split_once('/')?;
        Some(Self {
            owner: AgencyId::parse(owner)?,
            date: LocalDate::parse(date).ok()?,
            number: IncidentNumber::new(number)?,
        })
    }

    /// Its place in the order of incidents: by owner, then day, then number.
    #[must_use]
    pub fn key(&self) -> IncidentKey {
        let code = self.owner.code.as_str().as_bytes();
        let number = self.number.as_str().as_bytes();
        let mut key = Vec::with_capacity(1 + code.len() + 1 + 4 + number.len());
        key.push(self.owner.kind.number());
        key.extend_from_slice(code);
        key.push(0);
        // Flipping the sign bit makes big-endian bytes sort as the numbers do.
        key.extend_from_slice(&(self.date.days_since_1970() ^ i32::MIN).to_be_bytes());
        key.extend_from_slice(number);
        IncidentKey(key.into_boxed_slice())
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.owner, self.date, self.number)
    }
}

/// An incident as bytes that sort by owner, day and number. Empty for the ledger-wide events, which
/// count as one incident (`docs/format.md` §5).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentKey(Box<[u8]>);

impl IncidentKey {
    /// The key that all ledger-wide events share.
    #[must_use]
    pub fn ledger_wide() -> Self {
        Self(Box::default())
    }

    /// Whether this stands for the ledger-wide events.
    #[must_use]
    pub fn is_ledger_wide(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_and_incidents_are_read_as_they_are_written() {
        for text in ["police:mps", "mh_trust:RV5", "nhs_111:london"] {
            assert_eq!(AgencyId::parse(text).unwrap().to_string(), text);
        }
        for text in ["police:mps/2023-11-01/4471", "ambulance:las/2024-02-29/CAD/7"] {
            assert_eq!(Incident::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "police",
            "polcie:mps",
            "police:",
            "police:a/b",
            "police:mps/2023-02-30/1",
            "police:mps/2023-11-01/",
        ] {
            assert!(AgencyId::parse(text).is_none() || text.contains('/'), "{text}");
            assert!(Incident::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn incident_keys_sort_by_owner_then_day_then_number() {
        let mut incidents: Vec<Incident> = [
            "police:mps/1969-12-31/9",
            "police:mp/2030-01-01/1",
            "police:mps/2023-11-01/2",
            "police:mps/2023-11-01/10",
            "ambulance:las/2023-01-01/1",
            "police:mps/1970-01-01/1",
        ]
        .into_iter()
        .map(|text| Incident::parse(text).unwrap())
        .collect();
        let mut by_key = incidents.clone();
        incidents.sort();
        by_key.sort_by_key(Incident::key);
        assert_eq!(incidents, by_key);
    }

    #[test]
    fn identifiers_of_the_wrong_form_are_refused() {
        assert!(EventId::parse("00000000-0000-0000-0000-000000000000").is_none());
        assert!(EventId::parse("0191d6b0c1d27c3e8a4f5b6c7d8e9f00").is_none());
        assert!(EventId::parse("0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e9f00").is_some());
        assert!(Token::parse("zz").is_none() && Token::parse(&"é".repeat(16)).is_none());
        assert_eq!(Token::parse(&"0A".repeat(16)).unwrap().to_string(), "0a".repeat(16));
    }
}
