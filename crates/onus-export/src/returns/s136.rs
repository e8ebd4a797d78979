//! The annual return on detentions under the Mental Health Act: one row for each use of the power, field by field as
//! a file asks for them, and what is missing.
//!
//! # Promises
//! * A cell is what an entry states, in the file's words for it; nothing is inferred.
//! * What is missing is said to be, and why.

use super::FileError;
use onus_core::field_no::FieldNo;
use onus_core::history::{Entry, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_core::time::{LocalDate, Timestamp};
use onus_core::toml_file;
use onus_core::vocabulary::PowerSection;
use onus_query::Reader;
use onus_query::incident::{HistoryError, entries_of, history};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The file built in.
const BUILT_IN: &str = include_str!("../../../../docs/returns/s136.toml");

/// The sealed fields of `DemographicsRecorded`.
const AGE_BAND: FieldNo = FieldNo::new(16);
const SEX: FieldNo = FieldNo::new(17);
const ETHNICITY: FieldNo = FieldNo::new(18);

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The incident's number.
    Incident,
    /// Whose statement the use is.
    Force,
    /// When the power was used.
    ExercisedAt,
    /// Which power.
    Section,
    /// The age band.
    AgeBand,
    /// The sex.
    Sex,
    /// The ethnicity.
    Ethnicity,
    /// Whether a health professional was consulted.
    Consultation,
    /// Why not.
    ConsultationReason,
    /// The first place of safety.
    PlaceOfSafety,
    /// Its site.
    Site,
    /// The first conveyance.
    Conveyance,
    /// Why a police vehicle was used.
    PoliceVehicleReason,
    /// Onus has no field for it.
    NotRecorded,
}

/// One field of the return.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its column.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Where its value comes from.
    pub from: From,
    /// What it means.
    pub means: String,
    /// Who asks for it.
    pub citation: String,
    /// It is asked only where another value is one of these.
    #[serde(default)]
    pub only_if: BTreeMap<From, Vec<String>>,
    /// The return's words for the ledger's values; a value that has none stands as it is.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// The fields of a return.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The version of the list.
    pub version: String,
    /// What the return is.
    pub title: String,
    /// Who asks for it.
    pub citation: String,
    sections: Vec<String>,
    /// The fields, in order.
    pub field: Vec<Field>,
}

impl Fields {
    /// Those of this project.
    pub fn built_in() -> Result<Self, FileError> {
        Self::parse(BUILT_IN)
    }

    /// Reads a list.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let fields: Self = toml_file::read(text).map_err(FileError::Form)?;
        for (index, section) in fields.sections.iter().enumerate() {
            if PowerSection::parse(section).is_none() {
                let expected = format!("one of {}", PowerSection::SPELLINGS.join(", "));
                return Err(FileError::Value { place: format!("sections[{index}]"), expected });
            }
        }
        let mut names = BTreeSet::new();
        for (index, field) in fields.field.iter().enumerate() {
            if !names.insert(&field.name) {
                let expected = "a name that no other field has".into();
                return Err(FileError::Value { place: format!("field[{index}].name"), expected });
            }
        }
        Ok(fields)
    }

    fn counts(&self, section: PowerSection) -> bool {
        self.sections.iter().any(|name| name == section.as_str())
    }
}

/// One use of the power, and what follows it.
#[derive(Debug)]
pub struct Use {
    /// The entry that says so.
    pub exercised: Entry,
    conveyance: Option<Entry>,
    arrival: Option<Entry>,
    demographics: Option<Entry>,
}

/// What is known of a sealed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It was opened for this return.
    Text(String),
    /// It was not, and why.
    Not(Missing),
}

/// Why a cell is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// No entry states it.
    NotStated,
    /// Onus has no field for it.
    NoField,
    /// It is sealed and was not opened for this return.
    Withheld,
    /// Its key was destroyed.
    Erased,
}

impl Missing {
    /// In a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStated => "not_stated",
            Self::NoField => "no_field_in_onus",
            Self::Withheld => "withheld",
            Self::Erased => "erased",
        }
    }
}

/// A cell of the return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// What is stated, in the return's words.
    Stated(String),
    /// The field is not asked of this row.
    NotAsked,
    /// It is asked and missing.
    Missing(Missing),
}

/// Every use of the power from the first day to the last, both included, in the order of the ledger.
pub fn uses(
    reader: &Reader,
    fields: &Fields,
    (from, to): (LocalDate, LocalDate),
    force: Option<&AgencyId>,
) -> Result<Vec<Use>, HistoryError> {
    let mut incidents: Vec<Incident> = Vec::new();
    let mut known: BTreeSet<Incident> = BTreeSet::new();
    for entry in entries_of(reader, &[Kind::PowerExercised])? {
        if let Some(incident) = entry?.common.incident
            && known.insert(incident.clone())
        {
            incidents.push(incident);
        }
    }
    let mut found = Vec::new();
    for incident in incidents {
        let history = history(reader, &incident)?;
        let speaking = history.speaking_at(&Vantage::default());
        for entry in &speaking {
            let Some(Body::PowerExercised(power)) = &entry.body else { continue };
            let day = entry.common.occurred_at.london_day();
            let is_asked = fields.counts(power.section)
                && (from..=to).contains(&day)
                && force.is_none_or(|force| entry.common.asserted_by == *force);
            if is_asked {
                let next = |wanted: &dyn Fn(&Body<onus_core::stage::Stored>) -> bool,
                            at: Option<Timestamp>| {
                    let fits = |other: &&&Entry| {
                        same_person(entry, other)
                            && at.is_none_or(|at| other.common.occurred_at >= at)
                            && other.body.as_ref().is_some_and(wanted)
                    };
                    speaking.iter().find(fits).map(|other| (*other).clone())
                };
                let since = Some(entry.common.occurred_at);
                found.push(Use {
                    exercised: (*entry).clone(),
                    conveyance: next(&|body| matches!(body, Body::ConveyanceStarted(_)), since),
                    arrival: next(&|body| matches!(body, Body::ArrivedAtPlaceOfSafety(_)), since),
                    demographics: next(&|body| matches!(body, Body::DemographicsRecorded(_)), None),
                });
            }
        }
    }
    found.sort_by_key(|one| one.exercised.seq());
    Ok(found)
}

/// Whether two entries may speak of one person: nothing says otherwise.
fn same_person(one: &Entry, other: &Entry) -> bool {
    match (&one.common.subject, &other.common.subject) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

impl Use {
    /// The entries that the row rests on, ascending.
    #[must_use]
    pub fn entries(&self) -> Vec<Seq> {
        let others = [&self.conveyance, &self.arrival, &self.demographics];
        let mut seqs: Vec<Seq> = others.into_iter().flatten().map(Entry::seq).collect();
        seqs.push(self.exercised.seq());
        seqs.sort_unstable();
        seqs.dedup();
        seqs
    }

    /// The entry whose sealed values the row needs, and which of them.
    #[must_use]
    pub fn sealed(&self) -> Option<(Seq, Vec<FieldNo>)> {
        let demographics = self.demographics.as_ref()?;
        let Some(Body::DemographicsRecorded(said)) = &demographics.body else { return None };
        let mut fields = vec![AGE_BAND];
        fields.extend(said.sex.as_ref().map(|_| SEX));
        fields.extend(said.ethnicity.as_ref().map(|_| ETHNICITY));
        Some((demographics.seq(), fields))
    }

    /// The row: a cell for each field.
    #[must_use]
    pub fn row(&self, fields: &Fields, opened: &BTreeMap<(Seq, FieldNo), Opened>) -> Vec<Cell> {
        let cell = |field: &Field| {
            let is_asked = field
                .only_if
                .iter()
                .all(|(of, values)| matches!(self.value(*of, opened), Ok(value) if values.contains(&value)));
            if !is_asked {
                return Cell::NotAsked;
            }
            match self.value(field.from, opened) {
                Ok(value) => Cell::Stated(field.words.get(&value).cloned().unwrap_or(value)),
                Err(why) => Cell::Missing(why),
            }
        };
        fields.field.iter().map(cell).collect()
    }

    fn value(&self, from: From, opened: &BTreeMap<(Seq, FieldNo), Opened>) -> Result<String, Missing> {
        let common = &self.exercised.common;
        let Some(Body::PowerExercised(power)) = &self.exercised.body else {
            return Err(Missing::NotStated);
        };
        let conveyance = match self.conveyance.as_ref().and_then(|entry| entry.body.as_ref()) {
            Some(Body::ConveyanceStarted(said)) => Some(said),
            _ => None,
        };
        let arrival = match self.arrival.as_ref().and_then(|entry| entry.body.as_ref()) {
            Some(Body::ArrivedAtPlaceOfSafety(said)) => Some(said),
            _ => None,
        };
        let sealed = |field: FieldNo| {
            let at = self.sealed().filter(|(_, fields)| fields.contains(&field));
            match at.map(|(seq, _)| opened.get(&(seq, field))) {
                None => Err(Missing::NotStated),
                Some(Some(Opened::Text(text))) => Ok(text.clone()),
                Some(Some(Opened::Not(why))) => Err(*why),
                Some(None) => Err(Missing::Withheld),
            }
        };
        let value = match from {
            From::Incident => common.incident.as_ref().map(ToString::to_string),
            From::Force => Some(common.asserted_by.to_string()),
            From::ExercisedAt => Some(common.occurred_at.rfc3339()),
            From::Section => Some(power.section.as_str().to_owned()),
            From::AgeBand => {
                let clear = power.age_band.map(|band| band.as_str().to_owned());
                return sealed(AGE_BAND).or_else(|why| clear.ok_or(why));
            }
            From::Sex => return sealed(SEX),
            From::Ethnicity => return sealed(ETHNICITY),
            From::Consultation => Some(power.consultation.as_str().to_owned()),
            From::ConsultationReason => power.consultation_reason.map(|why| why.as_str().to_owned()),
            From::PlaceOfSafety => arrival.map(|said| said.place.as_str().to_owned()),
            From::Site => arrival.and_then(|said| said.site.as_ref()).map(ToString::to_string),
            From::Conveyance => conveyance.map(|said| said.mode.as_str().to_owned()),
            From::PoliceVehicleReason => {
                conveyance.and_then(|said| said.police_vehicle_reason).map(|why| why.as_str().to_owned())
            }
            From::NotRecorded => return Err(Missing::NoField),
        };
        value.ok_or(Missing::NotStated)
    }
}
