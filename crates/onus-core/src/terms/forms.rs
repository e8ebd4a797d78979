//! Where the terms stand in a record: which fields of the common record and of each body they are made of, and
//! how to get there over everything else.
//!
//! The way is compiled by [`crate::walk`] from the description of the types ([`Type`]), the one from which the
//! published schema is made; the two tables here name fields and nothing about their bytes.

use super::TermField;
use crate::common;
use crate::entry::{EntryHead, EntryVersion};
use crate::kinds::Kind;
use crate::schema::readable_bodies;
use crate::shape::{Type, Wire};
use crate::walk::{Step, steps_by_field};
use std::sync::LazyLock;

/// Which fields of every record.
const COMMON: &[(&str, TermField)] = &[
    ("incident", TermField::Incident),
    ("occurred_at", TermField::Day),
    ("entered_at", TermField::EnteredDay),
    ("actor.agency", TermField::Agency),
    ("actor.role", TermField::Role),
    ("subject", TermField::Subject),
    ("location", TermField::Location),
    ("source.system", TermField::Source),
    ("policy", TermField::Policy),
];

/// Which fields of which bodies.
const BODIES: &[(Kind, &str, TermField)] = &[
    (Kind::TriageAssessed, "strand", TermField::Strand),
    (Kind::TriageAssessed, "risk_to_life", TermField::Risk),
    (Kind::TriageReassessed, "strand", TermField::Strand),
    (Kind::TriageReassessed, "risk_to_life", TermField::Risk),
    (Kind::AttendanceDecided, "outcome", TermField::Outcome),
    (Kind::AttendanceDecided, "limbs_met", TermField::Limb),
    (Kind::OutcomeRecorded, "outcome", TermField::Outcome),
    (Kind::AgencyNotified, "agency", TermField::Counterpart),
    (Kind::HandoverOffered, "from", TermField::Counterpart),
    (Kind::HandoverOffered, "to", TermField::Counterpart),
    (Kind::OfficersReleased, "to_agency", TermField::Counterpart),
    (Kind::AttendanceDecided, "to", TermField::Counterpart),
    (Kind::CallerInformed, "agency", TermField::Counterpart),
    (Kind::AssistanceRequested, "from", TermField::Counterpart),
    (Kind::AssistanceRequested, "to", TermField::Counterpart),
    (Kind::PersonLeft, "from", TermField::Counterpart),
    (Kind::SubjectLinked, "subject", TermField::Subject),
    (Kind::SubjectLinked, "same_as", TermField::Subject),
];

/// What is taken: for which field, and how it is written.
pub(super) type Mark = (TermField, Form);

/// How a value that is taken stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A varint below 256, which one more byte may tell from other enumerations of the same field.
    Enumerated(Option<u8>),
    /// 16 bytes.
    Token,
    /// Zigzag microseconds, of which the local day is taken.
    Instant,
    /// A length and a code.
    Code,
    /// Kind, then code.
    Agency,
    /// Policy, then version.
    Policy,
    /// An option of owner, day, number.
    Incident,
}

/// The way through one kind's records, up to the last term.
#[derive(Debug)]
struct Way {
    version: EntryVersion,
    kind: u16,
    schema: u16,
    steps: Box<[Step<Mark>]>,
}

/// The ways through every kind's records.
#[derive(Debug)]
pub(super) struct Forms {
    /// By version, kind and schema; those of kinds whose bodies have terms.
    ways: Vec<Way>,
    /// Through the common record alone, by version.
    common: Vec<(EntryVersion, Box<[Step<Mark>]>)>,
}

/// Those of this release.
pub(super) static FORMS: LazyLock<Forms> = LazyLock::new(Forms::of_this_release);

impl Forms {
    fn of_this_release() -> Self {
        let mut forms = Self { ways: Vec::new(), common: Vec::new() };
        for version in EntryVersion::ALL {
            let common = fields(&common::shape_in(version), COMMON);
            forms.ways.extend(readable_bodies().filter_map(|(kind, schema, body)| {
                let taken: Vec<(&str, TermField)> = BODIES
                    .iter()
                    .filter(|(of, ..)| *of == kind)
                    .map(|(_, path, field)| (*path, *field))
                    .collect();
                let body = up_to_last_term(fields(&body, &taken));
                let steps = common.iter().flatten().copied().chain(body.iter().copied()).collect();
                (!taken.is_empty()).then_some(Way { version, kind: kind.number(), schema, steps })
            }));
            forms.common.push((version, up_to_last_term(common)));
        }
        forms
    }

    /// The way through a record.
    pub(super) fn way(&self, head: &EntryHead) -> &[Step<Mark>] {
        let is_its =
            |way: &&Way| (way.kind, way.schema, way.version) == (head.kind, head.schema, head.version);
        let common = || self.common.iter().find(|(version, _)| *version == head.version);
        match self.ways.iter().find(is_its) {
            Some(way) => &way.steps,
            None => common().map(|(_, steps)| steps.as_ref()).unwrap_or_default(),
        }
    }
}

/// The steps of each field of a struct, values of these places taken.
fn fields(of: &Type, taken: &[(&str, TermField)]) -> Vec<Vec<Step<Mark>>> {
    steps_by_field(of, &|place, of| {
        let (_, field) = taken.iter().find(|(at, _)| *at == place)?;
        form(*field, of).map(|form| (*field, form))
    })
}

fn up_to_last_term(fields: Vec<Vec<Step<Mark>>>) -> Box<[Step<Mark>]> {
    let takes = |steps: &Vec<Step<Mark>>| steps.iter().any(|step| matches!(step, Step::Take(..)));
    let kept = fields.iter().rposition(takes).map_or(0, |last| last + 1);
    fields.into_iter().take(kept).flatten().collect()
}

fn form(field: TermField, of: &Type) -> Option<Form> {
    let def = match of {
        Type::Option(_) if field == TermField::Incident => return Some(Form::Incident),
        Type::Named(def) => def(),
        _ => return None,
    };
    match (def.name, def.wire) {
        // Two enumerations share the field `outcome`.
        ("Attendance", _) => Some(Form::Enumerated(Some(0))),
        ("Outcome", _) => Some(Form::Enumerated(Some(1))),
        (_, Wire::Enum(_)) => Some(Form::Enumerated(None)),
        ("Token", _) => Some(Form::Token),
        ("Timestamp", _) => Some(Form::Instant),
        ("Code", _) => Some(Form::Code),
        ("AgencyId", _) => Some(Form::Agency),
        ("PolicyRef", _) => Some(Form::Policy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_the_tables_name_is_there_and_has_a_form() {
        let takes = |steps: &[Step<Mark>]| steps.iter().filter(|step| matches!(step, Step::Take(..))).count();
        assert!(FORMS.common.iter().map(|(version, _)| *version).eq(EntryVersion::ALL));
        assert!(FORMS.common.iter().all(|(_, steps)| takes(steps) == COMMON.len()));
        for way in &FORMS.ways {
            let own = BODIES.iter().filter(|(kind, ..)| kind.number() == way.kind).count();
            let kind = Kind::from_number(way.kind).unwrap();
            let of_body = takes(&way.steps) - COMMON.len();
            // An older body may lack the field.
            assert!(
                if way.schema == kind.schema() { of_body == own } else { of_body <= own },
                "kind {}",
                way.kind
            );
        }
    }
}
