//! Sentences of what was decided about attending, and of whom that was told.

use super::calls::help_needed;
use crate::labels::agency_and_role;
use crate::sentences::values::{code, grade, minutes_words};
use onus_core::bodies::decision::{
    AgencyAcknowledged, AgencyNotified, AttendanceDecided, CallerInformed, CallerSignposted,
    DecisionReviewed, GradeChanged,
};
use onus_core::ids::AgencyId;
use onus_core::model::Common;
use onus_core::stage::Stored;
use onus_core::vocabulary::{Attendance, Informed, Limb, NotificationMethod, Told, Tri, Verdict};
use onus_query::flags::lowers;

pub(super) fn decided(own: &AgencyId, b: &AttendanceDecided<Stored>) -> String {
    let to = b.to.as_ref();
    let (what, names_whom) = outcome(b.outcome, to);
    let mut text = format!("{own} {what}");
    if let Some(agency) = to.filter(|_| !names_whom) {
        text = format!("{text}; {agency} named in the decision");
    }
    if let Some(given) = &b.grade {
        text = format!("{text}; grade {}", grade(given));
    }
    let attends =
        matches!(b.outcome, Attendance::Deploy | Attendance::DeployJoint | Attendance::ReversedToDeploy);
    if !b.limbs_met.is_empty() {
        let mut limbs: Vec<&str> = b.limbs_met.iter().map(|limb| ground(*limb)).collect();
        limbs.dedup();
        let heading = match (attends, limbs.len()) {
            (true, 1) => "ground stated",
            (true, _) => "grounds stated",
            (false, _) => "grounds for attending recorded as met",
        };
        text = format!("{text}; {heading}: {}", limbs.join(" and "));
    }
    if let Some(reason) = &b.reason_code {
        text = format!("{text}; reason code: {}", code(reason));
    }
    // Nobody asks for a reason for going.
    match (attends || b.rationale.is_some(), &b.reason_code) {
        (true, _) => {}
        (false, Some(_)) => text.push_str("; no rationale in words recorded"),
        (false, None) => text.push_str("; no rationale recorded"),
    }
    text.push('.');
    text
}

/// What was decided, and whether that names the agency in the decision.
fn outcome(outcome: Attendance, to: Option<&AgencyId>) -> (String, bool) {
    let named = |before: &str, without: &str| match to {
        Some(to) => (format!("{before} {to}"), true),
        None => (format!("{before} {without}"), false),
    };
    let plain = |text: &str| (text.to_owned(), false);
    match outcome {
        Attendance::Deploy => plain("decided to attend"),
        Attendance::DeployJoint => named("decided to attend jointly with", "another agency"),
        Attendance::NoDeploySignpost => plain("decided not to attend; caller to be signposted"),
        Attendance::NoDeployRefer => {
            named("decided not to attend; referred to", "an agency that is not recorded")
        }
        Attendance::NoDeployTransfer => {
            named("decided not to attend; call to be transferred to", "an agency that is not recorded")
        }
        Attendance::NoDeployAdvice => plain("decided not to attend; advice to be given"),
        Attendance::NoDeploy => plain("decided not to attend"),
        Attendance::DeferPendingInfo => plain("put its decision off; reason stated: waiting for information"),
        Attendance::DeferResources => plain("put attending off; reason stated: no unit available"),
        Attendance::ReversedToNoDeploy => plain("reversed the earlier decision: not to attend"),
        Attendance::ReversedToDeploy => plain("reversed the earlier decision: to attend"),
    }
}

/// A ground as it was coded: what was stated, not what was so.
const fn ground(limb: Limb) -> &'static str {
    match limb {
        Limb::CrimeOccurred => "crime, coded as occurred",
        Limb::CrimeOccurring => "crime, coded as occurring",
        Limb::Art2Life => "risk to life, coded as real and immediate (ECHR Article 2)",
        Limb::Art3SeriousHarm => "risk of serious harm, coded as real and immediate (ECHR Article 3)",
        Limb::AssumedResponsibility => "responsibility, coded as already assumed",
        Limb::CreatedRisk => "risk, coded as created by the agency",
        Limb::StatutoryDuty => "statutory duty",
        Limb::BelowThresholdDiscretion => "threshold not met, attending at discretion",
    }
}

pub(super) fn reviewed(own: &AgencyId, b: &DecisionReviewed<Stored>) -> String {
    let verdict = match b.verdict {
        Verdict::Ratified => "ratified",
        Verdict::Overturned => "overturned",
        Verdict::ReturnedForInfo => "returned for more information",
    };
    format!("Decision reviewed by {own}: {verdict}.")
}

pub(super) fn graded(own: &AgencyId, b: &GradeChanged<Stored>) -> String {
    let (from, to) = (grade(&b.from), grade(&b.to));
    let changed = if lowers(&b.from, &b.to) {
        format!("lowered the grade from {from} to {to}")
    } else if lowers(&b.to, &b.from) {
        format!("raised the grade from {from} to {to}")
    } else if b.from.level == b.to.level {
        format!("kept the level of the grade and changed {from} to {to}")
    } else {
        format!("changed the grade from {from} to {to}")
    };
    // Whether somebody else has to authorise it is the policy's: F17 says where nobody did.
    let authorised = b.authorised_by.as_ref().map(agency_and_role);
    let authorised = authorised.map(|by| format!("; authorised by {by}")).unwrap_or_default();
    format!("{own} {changed}{authorised}.")
}

pub(super) fn caller_informed(own: &AgencyId, b: &CallerInformed) -> String {
    let within = b.within_minutes.map(|m| format!(" within {}", minutes_words(m))).unwrap_or_default();
    let comes = match &b.agency {
        Some(agency) => Some(format!("that {agency} will attend{within}")),
        None if within.is_empty() => None,
        None => Some(format!("that help will come{within} (service not recorded)")),
    };
    let and_comes = comes.as_ref().map(|comes| format!(" and {comes}")).unwrap_or_default();
    let told = match (b.informed, &comes) {
        (Informed::Attending, Some(comes)) => comes.clone(),
        (Informed::Attending, None) => "that help will come (service not recorded)".into(),
        (Informed::NotAttending, _) => format!("that {own} will not attend{and_comes}"),
        (Informed::Changed, Some(comes)) => format!("of a change of decision: {comes}"),
        (Informed::Changed, None) => "of a change of decision (to what is not recorded)".into(),
        (Informed::Delayed, _) => format!("of a delay{and_comes}"),
        (Informed::Other, Some(comes)) => format!("{comes}; what else was said is not recorded"),
        (Informed::Other, None) => "something; what was said is not recorded".into(),
    };
    let understood = match b.understood {
        Tri::Yes => "; recorded that the caller understood",
        Tri::No => "; recorded that the caller did not understand",
        Tri::Unknown => "; whether the caller understood is recorded as unknown",
        Tri::NotAsked => "; the caller was not asked whether they understood",
    };
    format!("Caller told by {own} {told}{understood}.")
}

pub(super) fn agency_notified(common: &Common<Stored>, b: &AgencyNotified) -> String {
    let (own, agency) = (&common.actor.agency, &b.agency);
    let reference = b.partner_ref.as_ref().map(|r| format!("; reference {r} given")).unwrap_or_default();
    let needed = b.needed_by.map(|by| help_needed(common, by)).unwrap_or_default();
    let what = match b.told {
        Told::Attending => format!("that {own} will attend"),
        Told::NotAttending => format!("that {own} will not attend"),
        Told::Changed => "of a change of decision (to what is not recorded)".into(),
        Told::Referral => "a referral".into(),
        Told::Other => "what is not recorded".into(),
    };
    let how = method(b.method);
    // What is sent is not yet read.
    let is_sent = matches!(b.method, NotificationMethod::Electronic | NotificationMethod::Email);
    let text = match (b.told, is_sent) {
        (Told::Other, true) => {
            format!(
                "sent {agency} a message {how}; what it said is not recorded; whether it was read is not recorded"
            )
        }
        (Told::Other, false) => format!("contacted {agency} {how}; what was said is not recorded"),
        (Told::Referral, true) => {
            format!("sent {agency} a referral {how}; whether it was read is not recorded")
        }
        (Told::Referral, false) => format!("passed {what} to {agency} {how}"),
        (_, true) => {
            let what =
                what.strip_prefix("of ").map_or_else(|| what.clone(), |what| format!("telling of {what}"));
            format!("sent {agency} a message {how} {what}; whether it was read is not recorded")
        }
        (_, false) => format!("told {agency} {how} {what}"),
    };
    format!("{own} {text}{reference}{needed}.")
}

const fn method(method: NotificationMethod) -> &'static str {
    match method {
        NotificationMethod::Telephone => "by telephone",
        NotificationMethod::LiveTransfer => "by live transfer of the call",
        NotificationMethod::Electronic => "electronically",
        NotificationMethod::Radio => "by radio",
        NotificationMethod::InPerson => "in person",
        NotificationMethod::Email => "by email",
        NotificationMethod::Other => "(by which way is recorded as 'other')",
        NotificationMethod::Unknown => "(by which way is recorded as unknown)",
    }
}

pub(super) fn acknowledged(own: &AgencyId, b: &AgencyAcknowledged) -> String {
    let reference = b.reference.as_ref().map(|r| format!("; reference {r}")).unwrap_or_default();
    format!("{own} acknowledged receipt{reference}.")
}

pub(super) fn signposted(own: &AgencyId, b: &CallerSignposted) -> String {
    let net = match b.safety_net_given {
        Tri::Yes => "caller told what to do if things get worse",
        Tri::No => "recorded that the caller was not told what to do if things get worse",
        Tri::Unknown => "whether the caller was told what to do if things get worse is recorded as unknown",
        Tri::NotAsked => "whether the caller was told what to do if things get worse is not recorded",
    };
    format!("{own} signposted the caller to {}; {net}.", b.to_service)
}
