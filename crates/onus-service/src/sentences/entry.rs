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

/// What an entry says, and whose act it is.
struct Act<'a> {
    doer: &'a AgencyId,
    says: Says,
}

/// What an act's sentence says, so that another than its doer may state it.
enum Says {
    /// What the doer did: a sentence that begins with the doer, or follows a colon.
    Did(String),
    /// What the doer recorded: the rest of a sentence. Where another states it, that one recorded it.
    Recorded(String),
    /// The outcome that the doer recorded: the rest of a sentence.
    Outcome(String),
}

impl Act<'_> {
    /// The sentence, as the one who recorded it states it.
    fn sentence(self, recorder: &AgencyId) -> String {
        let doer = self.doer;
        let is_own = doer == recorder;
        match self.says {
            Says::Did(sentence) if is_own => sentence,
            Says::Did(sentence) if sentence.starts_with(&doer.to_string()) => {
                format!("{recorder} records that {sentence}")
            }
            Says::Did(sentence) => format!("{recorder} records: {sentence}"),
            Says::Recorded(what) if is_own => format!("{doer} recorded {what}"),
            Says::Recorded(what) => format!("{recorder} recorded, of {doer}: {what}"),
            Says::Outcome(what) if is_own => format!("Outcome recorded by {doer}: {what}"),
            Says::Outcome(what) => format!("Outcome recorded by {recorder}, of {doer}: {what}"),
        }
    }
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
    act(common, body, beside).sentence(&common.asserted_by)
}

fn act<'a>(common: &'a Common<Stored>, body: &'a Body<Stored>, beside: &Beside<'a>) -> Act<'a> {
    let own = &common.actor.agency;
    let by_actor = |says| Act { doer: own, says };
    let did = |sentence| by_actor(Says::Did(sentence));
    let stated = |says| Act { doer: &common.asserted_by, says };
    match body {
        Body::ContactReceived(b) => did(calls::contact(own, b)),
        Body::IncidentOpened(b) => did(calls::opened(own, b)),
        Body::IncidentLinked(b) => by_actor(calls::linked(own, b)),
        Body::InformationRecorded(b) => by_actor(calls::information(common, b)),
        Body::CallBackAttempted(b) => did(calls::call_back(own, b)),
        Body::TriageAssessed(b) => did(calls::assessed(own, b)),
        Body::TriageReassessed(b) => did(calls::reassessed(own, b)),
        Body::AttendanceDecided(b) => did(decisions::decided(own, b)),
        Body::DecisionReviewed(b) => did(decisions::reviewed(own, b)),
        Body::GradeChanged(b) => did(decisions::graded(own, b)),
        Body::CallerInformed(b) => did(decisions::caller_informed(own, b)),
        Body::AgencyNotified(b) => did(decisions::agency_notified(common, b)),
        Body::AgencyAcknowledged(b) => did(decisions::acknowledged(own, b)),
        Body::CallerSignposted(b) => did(decisions::signposted(own, b)),
        Body::AssistanceRequested(b) => handovers::requested(common, b),
        Body::AssistanceAnswered(b) => handovers::answered(own, b, beside),
        Body::ResponsibilityAssumed(b) => stated(handovers::assumed(b)),
        Body::ResponsibilityDischarged(b) => stated(handovers::discharged(b)),
        Body::HandoverOffered(b) => handovers::offered(b),
        Body::HandoverAccepted(b) => handovers::accepted(common, b, beside),
        Body::HandoverDeclined(b) => handovers::declined(common, b, beside),
        Body::HandoverWithdrawn(b) => by_actor(handovers::withdrawn(b)),
        Body::HandoverLapsed(b) => by_actor(handovers::lapsed(b)),
        Body::EscalationRaised(b) => handovers::escalated(b),
        Body::EscalationResolved(b) => by_actor(handovers::escalation_ended(own, b)),
        Body::DisputeOpened(b) => stated(Says::Did(handovers::disputed(common, b))),
        Body::PositionStated(b) => stated(Says::Did(handovers::position(common, b))),
        Body::DisputeDetermined(b) => by_actor(handovers::determined(common, b)),
        Body::ResourceDispatched(b) => by_actor(custody::sent(own, b)),
        Body::ResourceArrived(b) => by_actor(custody::arrived(own, b)),
        Body::ResourceStoodDown(b) => by_actor(custody::stood_down(own, b)),
        Body::PowerExercised(b) => by_actor(custody::power(b)),
        Body::DetentionExtended(b) => by_actor(custody::extended(b)),
        Body::DetentionEnded(b) => by_actor(custody::ended(b)),
        Body::ConveyanceStarted(b) => by_actor(custody::conveyance(b)),
        Body::ArrivedAtPlaceOfSafety(b) => by_actor(custody::at_place_of_safety(b)),
        Body::OfficersReleased(b) => by_actor(custody::released(b)),
        Body::PersonLeft(b) => by_actor(custody::left(b)),
        Body::OutcomeRecorded(b) => by_actor(outcomes::outcome(common, b)),
        Body::DsiReferred(b) => by_actor(outcomes::dsi_referred(b)),
        Body::DsiConsidered(b) => by_actor(outcomes::dsi_considered(b)),
        Body::LegalHoldPlaced(b) => by_actor(outcomes::hold_placed(b)),
        Body::LegalHoldReleased(b) => by_actor(outcomes::hold_released(b)),
        Body::IncidentClosed(b) => did(outcomes::closed(own, b)),
        Body::ReviewRecorded(b) => did(outcomes::reviewed(own, b)),
        Body::SubjectLinked(b) => by_actor(outcomes::linked(b)),
        Body::IncidentReopened(_) => did(format!("{own} reopened the incident.")),
        Body::DemographicsRecorded(_) => by_actor(Says::Recorded("demographics, sealed.".into())),
        Body::EntryWithdrawn(_) => did(format!(
            "{own} withdrew an earlier entry; that entry stays on the record, marked as withdrawn."
        )),
        Body::PolicyPublished(b) => did(format!(
            "{own} published policy {} version {}, in force from {}.",
            b.policy.policy,
            b.policy.version,
            b.effective_from.london_alone()
        )),
        Body::PolicyWithdrawn(b) => did(format!(
            "{own} withdrew policy {} version {} from {}.",
            b.policy.policy,
            b.policy.version,
            b.effective_from.london_alone()
        )),
        Body::SourceTallied(b) => did(format!(
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
        | Body::DataCombined(_) => stated(Says::Did(String::new())),
    }
}
