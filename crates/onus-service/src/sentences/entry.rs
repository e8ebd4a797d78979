//! What an entry says, in one plain sentence. It repeats what was stated and adds nothing: no judgement, no inference, no
//! comment on the law.
//!
//! # Promises
//! * Every sentence about an act names the agency whose act it is; what one agency states of another begins with who
//!   states it.
//! * A detail is said only with the kind or value that it belongs to; a value that is another or not known fills no slot.
//!
//! # Never
//! * Sealed texts are no part of the sentence; [`label`](super::label) says what each of them is.

mod calls;
mod custody;
mod decisions;
mod handovers;
mod outcomes;
mod software;

use onus_core::bodies::decision::AssistanceRequested;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::model::Common;
use onus_core::stage::Stored;

/// What the other entries of its incident say of one entry: what its sentence needs and it does not hold itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside<'a> {
    /// Of an answer to an offer: whose it is, as the fold takes it; `None` where that is not known here.
    pub(super) receiver: Option<&'a AgencyId>,
    /// Of an acceptance that another states: whether who accepted signed it, or says so itself.
    pub(super) is_confirmed: bool,
    /// Of an answer to a request: the request.
    pub(super) request: Option<&'a AssistanceRequested<Stored>>,
}

/// A sentence, and whose act it tells of.
struct Told<'a> {
    doer: &'a AgencyId,
    sentence: String,
}

/// The sentence of an entry as it was read, by itself.
#[must_use]
pub(crate) fn entry(entry: &Entry) -> String {
    match &entry.body {
        Some(body) => says(&entry.common, body),
        None => format!("An event of kind {}, which this release does not know.", entry.head.kind),
    }
}

/// The sentence of a record, by itself.
#[must_use]
pub fn says(common: &Common<Stored>, body: &Body<Stored>) -> String {
    says_beside(common, body, &Beside::default())
}

/// The sentence of a record, beside those of its incident.
pub(super) fn says_beside(common: &Common<Stored>, body: &Body<Stored>, beside: &Beside<'_>) -> String {
    if let Some(said) = software::says(body) {
        return said;
    }
    let Told { doer, sentence } = told(common, body, beside);
    let recorder = &common.asserted_by;
    if recorder == doer {
        return sentence;
    }
    told_by(recorder, doer, &sentence)
}

/// What one agency states of another. The other made no entry: where the sentence says of its own act that it is recorded,
/// it is recorded by who states it.
fn told_by(recorder: &AgencyId, doer: &AgencyId, sentence: &str) -> String {
    let doing = doer.to_string();
    if let Some(recorded) = sentence.strip_prefix(&format!("{doing} recorded ")) {
        return format!("{recorder} recorded, of {doer}: {recorded}");
    }
    let by_doer = format!("recorded by {doing}");
    if sentence.contains(&by_doer) {
        return sentence.replacen(&by_doer, &format!("recorded by {recorder}, of {doer}"), 1);
    }
    // A sentence that begins with an agency goes on; any other stands after a colon.
    if sentence.starts_with(&doing) {
        format!("{recorder} records that {sentence}")
    } else {
        format!("{recorder} records: {sentence}")
    }
}

fn told<'a>(common: &'a Common<Stored>, body: &'a Body<Stored>, beside: &Beside<'a>) -> Told<'a> {
    let own = &common.actor.agency;
    let by_actor = |sentence| Told { doer: own, sentence };
    let stated = |sentence| Told { doer: &common.asserted_by, sentence };
    match body {
        Body::ContactReceived(b) => by_actor(calls::contact(own, b)),
        Body::IncidentOpened(b) => by_actor(calls::opened(own, b)),
        Body::IncidentLinked(b) => by_actor(calls::linked(own, b)),
        Body::InformationRecorded(b) => by_actor(calls::information(common, b)),
        Body::CallBackAttempted(b) => by_actor(calls::call_back(own, b)),
        Body::TriageAssessed(b) => by_actor(calls::assessed(own, b)),
        Body::TriageReassessed(b) => by_actor(calls::reassessed(own, b)),
        Body::AttendanceDecided(b) => by_actor(decisions::decided(own, b)),
        Body::DecisionReviewed(b) => by_actor(decisions::reviewed(own, b)),
        Body::GradeChanged(b) => by_actor(decisions::graded(own, b)),
        Body::CallerInformed(b) => by_actor(decisions::caller_told(own, b)),
        Body::AgencyNotified(b) => by_actor(decisions::agency_told(common, b)),
        Body::AgencyAcknowledged(b) => by_actor(decisions::acknowledged(own, b)),
        Body::CallerSignposted(b) => by_actor(decisions::signposted(own, b)),
        Body::AssistanceRequested(b) => handovers::requested(common, b),
        Body::AssistanceAnswered(b) => handovers::answered(own, b, beside),
        Body::ResponsibilityAssumed(b) => stated(handovers::assumed(&common.asserted_by, b)),
        Body::ResponsibilityDischarged(b) => stated(handovers::discharged(&common.asserted_by, b)),
        Body::HandoverOffered(b) => handovers::offered(b),
        Body::HandoverAccepted(b) => handovers::accepted(common, b, beside),
        Body::HandoverDeclined(b) => handovers::declined(common, b, beside),
        Body::HandoverWithdrawn(b) => by_actor(handovers::withdrawn(own, b)),
        Body::HandoverLapsed(b) => by_actor(handovers::lapsed(own, b)),
        Body::EscalationRaised(b) => handovers::escalated(b),
        Body::EscalationResolved(b) => by_actor(handovers::escalation_ended(own, b)),
        Body::DisputeOpened(b) => stated(handovers::disputed(common, b)),
        Body::PositionStated(b) => stated(handovers::position(common, b)),
        Body::DisputeDetermined(b) => by_actor(handovers::determined(common, b)),
        Body::ResourceDispatched(b) => by_actor(custody::sent(own, b)),
        Body::ResourceArrived(b) => by_actor(custody::arrived(own, b)),
        Body::ResourceStoodDown(b) => by_actor(custody::stood_down(own, b)),
        Body::PowerExercised(b) => by_actor(custody::power(own, b)),
        Body::DetentionExtended(b) => by_actor(custody::extended(own, b)),
        Body::DetentionEnded(b) => by_actor(custody::ended(own, b)),
        Body::ConveyanceStarted(b) => by_actor(custody::conveyance(own, b)),
        Body::ArrivedAtPlaceOfSafety(b) => by_actor(custody::at_place_of_safety(own, b)),
        Body::OfficersReleased(b) => by_actor(custody::released(own, b)),
        Body::PersonLeft(b) => by_actor(custody::left(own, b)),
        Body::OutcomeRecorded(b) => by_actor(outcomes::outcome(common, b)),
        Body::DsiReferred(b) => by_actor(outcomes::dsi_referred(own, b)),
        Body::DsiConsidered(b) => by_actor(outcomes::dsi_considered(own, b)),
        Body::LegalHoldPlaced(b) => by_actor(outcomes::hold_placed(own, b)),
        Body::LegalHoldReleased(b) => by_actor(outcomes::hold_released(own, b)),
        Body::IncidentClosed(b) => by_actor(outcomes::closed(own, b)),
        Body::ReviewRecorded(b) => by_actor(outcomes::reviewed(own, b)),
        Body::SubjectLinked(b) => by_actor(outcomes::linked(own, b)),
        Body::IncidentReopened(_) => by_actor(format!("{own} reopened the incident.")),
        Body::DemographicsRecorded(_) => by_actor(format!("{own} recorded demographics, sealed.")),
        Body::EntryWithdrawn(_) => by_actor(format!(
            "{own} withdrew an earlier entry; that entry stays on the record, marked as withdrawn."
        )),
        Body::PolicyPublished(b) => by_actor(format!(
            "{own} published policy {} version {}, in force from {}.",
            b.policy.policy,
            b.policy.version,
            b.effective_from.london_alone()
        )),
        Body::PolicyWithdrawn(b) => by_actor(format!(
            "{own} withdrew policy {} version {} from {}.",
            b.policy.policy,
            b.policy.version,
            b.effective_from.london_alone()
        )),
        Body::SourceTallied(b) => by_actor(format!(
            "Source {} says it sent {} records for {} to {}, as {own} recorded.",
            b.system,
            b.count,
            b.period.from.british(),
            b.period.to.british()
        )),
        // Said above.
        Body::LedgerOpened(_)
        | Body::SchemaPublished(_)
        | Body::ClockStepped(_)
        | Body::ClockCorrected(_)
        | Body::HeartbeatRecorded(_)
        | Body::KeyRegistered(_)
        | Body::KeyRevoked(_)
        | Body::PersonalDataErased(_)
        | Body::ProcessingRestricted(_)
        | Body::RestrictionLifted(_)
        | Body::TextRevealed(_)
        | Body::Exported(_)
        | Body::Disclosed(_)
        | Body::DataCombined(_) => stated(String::new()),
    }
}
