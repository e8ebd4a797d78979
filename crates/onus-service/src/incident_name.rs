//! How people name an incident: whole, or, for one of the ledger's own agency, by its day and number, or by today's number.
//!
//! Promise: a short name is of the agency that the ledger names, and its day is one in Europe/London. Never: a search; an
//! incident is named by one number alone only on the day that it was given.

use crate::session::Session;
use onus_core::code::IncidentNumber;
use onus_core::ids::Incident;
use onus_core::time::LocalDate;
use onus_ledger::OpenError;

/// An incident as somebody named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentName {
    /// `police:sussex/2023-05-01/142`.
    Whole(Incident),
    /// `2023-05-01/142`: the ledger's agency's.
    OfDay(LocalDate, IncidentNumber),
    /// `142`: the ledger's agency's of today.
    OfToday(IncidentNumber),
}

impl IncidentName {
    /// What [`IncidentName::parse`] reads, in words.
    pub const EXPECTED: &'static str = "an incident as owner/date/number, such as police:sussex/2023-05-01/142; for the ledger's own agency date/number, or the number alone for today's";

    /// Reads a name; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split('/').count() {
            // An agency alone is no number, although a number may be written so.
            1 if text.contains(':') => None,
            1 => IncidentNumber::new(text).map(Self::OfToday),
            2 => {
                let (date, number) = text.split_once('/')?;
                Some(Self::OfDay(LocalDate::parse(date).ok()?, IncidentNumber::new(number)?))
            }
            _ => Incident::parse(text).map(Self::Whole),
        }
    }
}

impl Session {
    /// The incident of a name. Whether anything is recorded under it, the question about it says.
    pub fn incident_named(&self, name: &IncidentName) -> Result<Incident, OpenError> {
        let (date, number) = match name {
            IncidentName::Whole(incident) => return Ok(incident.clone()),
            IncidentName::OfDay(date, number) => (*date, number),
            IncidentName::OfToday(number) => (self.ledger().machine().now().london_day(), number),
        };
        Ok(Incident { owner: self.ledger().agency()?, date, number: number.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_named_whole_by_day_or_by_todays_number() {
        let number = |text: &str| IncidentNumber::new(text).unwrap();
        let day = LocalDate::parse("2023-05-01").unwrap();
        let whole = "police:sussex/2023-05-01/142";
        for (text, expected) in [
            (whole, Some(IncidentName::Whole(Incident::parse(whole).unwrap()))),
            ("2023-05-01/142", Some(IncidentName::OfDay(day, number("142")))),
            ("142", Some(IncidentName::OfToday(number("142")))),
            ("", None),
            ("2023-05-41/142", None),
            ("police:sussex", None),
            ("police:sussex/142", None),
            ("sussex/2023-05-01/142", None),
        ] {
            assert_eq!(IncidentName::parse(text), expected, "{text:?}");
        }
    }
}
