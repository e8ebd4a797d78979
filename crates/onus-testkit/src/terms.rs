//! Which terms a record should have, worked out by hand from its decoded fields: what the reading of bytes and the
//! answers of indexes are compared with.
//!
//! Never: it uses nothing of `onus_core::terms` but the names of the fields.

use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::Body;
use onus_core::record::Record;
use onus_core::terms::TermField;
use std::collections::BTreeSet;

/// Field and spelling of every term that a record should have.
#[must_use]
pub fn terms_of(record: &Record) -> BTreeSet<(TermField, String)> {
    use TermField as F;
    let common = &record.common;
    let mut terms = BTreeSet::new();
    let mut put = |field, text: String| {
        terms.insert((field, text));
    };
    put(F::Incident, common.incident.as_ref().map_or("none".into(), Incident::to_string));
    put(F::Kind, record.kind().name().into());
    put(F::Agency, common.actor.agency.to_string());
    put(F::Role, common.actor.role.as_str().into());
    put(F::Source, common.source.system.to_string());
    put(F::Day, common.occurred_at.london_day().to_string());
    common.entered_at.iter().for_each(|at| put(F::EnteredDay, at.london_day().to_string()));
    common.subject.iter().for_each(|token| put(F::Subject, token.to_string()));
    common.location.iter().for_each(|token| put(F::Location, token.to_string()));
    common.policy.iter().for_each(|of| put(F::Policy, format!("{}@{}", of.policy, of.version)));
    let mut counterpart = |agency: &AgencyId| {
        if *agency != common.actor.agency {
            put(F::Counterpart, agency.to_string());
        }
    };
    match &record.body {
        Body::AgencyNotified(body) => counterpart(&body.agency),
        Body::HandoverOffered(body) => [&body.from, &body.to].into_iter().for_each(counterpart),
        Body::OfficersReleased(body) => body.to_agency.iter().for_each(counterpart),
        Body::AssistanceRequested(body) => [&body.from, &body.to].into_iter().for_each(counterpart),
        Body::CallerInformed(body) => body.agency.iter().for_each(counterpart),
        Body::PersonLeft(body) => counterpart(&body.from),
        Body::SubjectLinked(body) => {
            put(F::Subject, body.subject.to_string());
            put(F::Subject, body.same_as.to_string());
        }
        Body::TriageAssessed(body) => {
            put(F::Strand, body.strand.as_str().into());
            put(F::Risk, body.risk_to_life.as_str().into());
        }
        Body::TriageReassessed(body) => {
            put(F::Strand, body.strand.as_str().into());
            put(F::Risk, body.risk_to_life.as_str().into());
        }
        Body::AttendanceDecided(body) => {
            body.to.iter().for_each(counterpart);
            put(F::Outcome, body.outcome.as_str().into());
            body.limbs_met.iter().for_each(|limb| put(F::Limb, limb.as_str().into()));
        }
        Body::OutcomeRecorded(body) => put(F::Outcome, body.outcome.as_str().into()),
        _ => {}
    }
    terms
}
