//! Sentences of what came in and what was asked: contacts, openings, information, assessments.

use super::Says;
use crate::labels::words;
use crate::sentences::values::{code, grade, minutes_words};
use onus_core::bodies::contact::{
    CallBackAttempted, ContactReceived, IncidentLinked, IncidentOpened, InformationRecorded,
};
use onus_core::bodies::triage::{TriageAssessed, TriageReassessed};
use onus_core::code::Code;
use onus_core::ids::AgencyId;
use onus_core::model::Common;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    CallBackResult, CallerType, ContactChannel, ContactEnd, Immediacy, InformationKind, MissingRisk,
    ReassessmentTrigger, Relation, Reliability, Strand, Tri,
};

pub(super) fn contact(own: &AgencyId, b: &ContactReceived) -> String {
    let (what, note) = channel(b.channel);
    let again = if b.repeat_of.is_some() { "; a repeat contact" } else { "" };
    let ended = b.ended.map_or("", contact_end);
    format!("{what} to {own} from {}{note}{again}{ended}.", caller(b.caller_type, b.agency.as_ref()))
}

const fn channel(channel: ContactChannel) -> (&'static str, &'static str) {
    match channel {
        ContactChannel::Emergency999 => ("999 call", ""),
        ContactChannel::NonEmergency101 => ("101 call", ""),
        ContactChannel::Nhs111 => ("Call via NHS 111", ""),
        ContactChannel::AgencyLine => ("Call on the agency line", ""),
        ContactChannel::Online => ("Online contact", ""),
        ContactChannel::TextRelay => ("Text relay call", ""),
        ContactChannel::Radio => ("Radio message", ""),
        ContactChannel::InPerson => ("Contact in person", ""),
        ContactChannel::Electronic => ("Electronic message", ""),
        ContactChannel::Other => ("Contact", "; channel recorded as 'other'"),
        ContactChannel::Unknown => ("Contact", "; channel recorded as unknown"),
    }
}

fn caller(caller: CallerType, agency: Option<&AgencyId>) -> String {
    let (who, is_of_an_agency) = match caller {
        CallerType::Member => ("a member of the public", false),
        CallerType::FamilyOrFriend => ("a relative or friend", false),
        CallerType::Subject => ("the person concerned", false),
        CallerType::HealthProfessional => ("a health professional", true),
        CallerType::Ambulance => ("the ambulance service", true),
        CallerType::SocialCare => ("social care", true),
        CallerType::CareProvider => ("a care provider", true),
        CallerType::Police => ("the police", true),
        CallerType::OtherAgency => ("another agency", true),
        CallerType::Other => ("a caller whose type is recorded as 'other'", true),
        CallerType::Unknown => ("a caller whose type is recorded as unknown", true),
    };
    match (agency, caller) {
        (None, _) => who.into(),
        (Some(agency), CallerType::HealthProfessional | CallerType::SocialCare) => {
            format!("{who} at {agency}")
        }
        (Some(agency), _) if is_of_an_agency => agency.to_string(),
        (Some(agency), _) => format!("{who}; recorded as calling for {agency}"),
    }
}

const fn contact_end(end: ContactEnd) -> &'static str {
    match end {
        ContactEnd::Normal => "",
        ContactEnd::Transferred => "; recorded as transferred",
        ContactEnd::Lost => "; the connection was lost",
        ContactEnd::Abandoned => "; ended before completion (recorded as abandoned)",
    }
}

pub(super) fn opened(own: &AgencyId, b: &IncidentOpened) -> String {
    let given = b.grade.as_ref().map(|given| format!("; grade {}", grade(given))).unwrap_or_default();
    let silent: Vec<String> = b.silent.iter().map(|kind| crate::labels::kind(kind.as_str())).collect();
    let never = match silent.as_slice() {
        [] => String::new(),
        kinds => format!(" Its source never carries: {}.", kinds.join(", ")),
    };
    format!("{own} opened the incident as {}{given}.{never}", code(&b.opening_code))
}

pub(super) fn linked(own: &AgencyId, b: &IncidentLinked) -> Says {
    let other = &b.other;
    Says::Did(match b.relation {
        Relation::Duplicate => format!("{own} linked this to {other} as a duplicate."),
        Relation::SameSubject => format!("{own} linked this to {other} as about the same person."),
        Relation::SameLocation => format!("{own} linked this to {other} as about the same place."),
        Relation::RepeatContact => format!("{own} linked this to {other} as a repeat contact."),
        Relation::TransferredTo => return Says::Recorded(format!("this as transferred to {other}.")),
        Relation::TransferredFrom => return Says::Recorded(format!("this as transferred from {other}.")),
        Relation::Related => format!("{own} linked this to {other}."),
        Relation::Other => format!("{own} linked this to {other}; how is recorded as 'other'."),
    })
}

pub(super) fn information(common: &Common<Stored>, b: &InformationRecorded<Stored>) -> Says {
    let about = b.agency.as_ref().map(|agency| format!(" about {agency}")).unwrap_or_default();
    let system = b.system.as_ref().map(system);
    let from = system.as_ref().map(|system| format!(" (source: {system})")).unwrap_or_default();
    let said = match b.kind {
        InformationKind::PartnerEta => {
            let whose = b
                .agency
                .as_ref()
                .map_or(" (for which agency is not recorded)".into(), |a| format!(" for {a}"));
            match b.eta_minutes {
                Some(minutes) => format!("an ETA given{whose}: {}{from}", minutes_words(minutes)),
                None => format!("that no ETA was given{whose}{from}"),
            }
        }
        InformationKind::SystemCheck => match system {
            Some(system) => format!("a check of {system}{about}"),
            None => format!("a system check (of which system is not recorded){about}"),
        },
        InformationKind::RiskInfo => format!("information on risk{about}{from}"),
        InformationKind::Capacity => {
            format!("information on capacity (of what is not recorded){about}{from}")
        }
        InformationKind::Note => format!("a note{about}{from}"),
        InformationKind::Other => format!("information{about}{from}"),
    };
    let reliability = b.reliability.map_or("", reliability);
    let beside = match (b.kind, b.eta_minutes) {
        (InformationKind::PartnerEta, _) | (_, None) => String::new(),
        (_, Some(minutes)) => format!("; also recorded: an ETA of {}", minutes_words(minutes)),
    };
    let needed = b.needed_by.map(|by| help_needed(common, by)).unwrap_or_default();
    Says::Recorded(format!("{said}{reliability}{beside}{needed}."))
}

/// By when help is said to be needed.
pub(super) fn help_needed(common: &Common<Stored>, by: onus_core::time::Timestamp) -> String {
    format!("; help said to be needed by {}", by.london_beside(common.occurred_at))
}

const SYSTEMS: &[(&str, &str)] = &[("local", "local systems"), ("pnc", "PNC"), ("pnd", "PND")];

fn system(code: &Code) -> String {
    let known = SYSTEMS.iter().find(|(spelt, _)| code.as_str() == *spelt);
    known.map_or_else(|| code.to_string(), |(_, written)| (*written).into())
}

const fn reliability(value: Reliability) -> &'static str {
    match value {
        Reliability::Confirmed => "; reliability recorded as confirmed",
        Reliability::Reported => "; reliability recorded as reported",
        Reliability::Unverified => "; reliability recorded as unverified",
        Reliability::Doubted => "; reliability recorded as doubted",
        Reliability::Other => "; reliability recorded as 'other'",
    }
}

pub(super) fn call_back(own: &AgencyId, b: &CallBackAttempted) -> String {
    match b.result {
        CallBackResult::Answered => format!("{own} called back: answered."),
        CallBackResult::NoAnswer => format!("{own} tried to call back: no answer."),
        CallBackResult::Engaged => format!("{own} tried to call back: engaged."),
        CallBackResult::Voicemail => format!("{own} tried to call back: voicemail."),
        CallBackResult::NumberUnobtainable => format!("{own} tried to call back: number unobtainable."),
        CallBackResult::Refused => format!("{own} called back: the caller declined to talk."),
        CallBackResult::Other => format!("{own} tried to call back; the result is recorded as 'other'."),
    }
}

macro_rules! answers {
    ($body:expr) => {
        Answers {
            strand: $body.strand,
            risk_to_life: $body.risk_to_life,
            serious_harm: $body.serious_harm,
            crime: $body.crime,
            immediacy: $body.immediacy,
            missing_risk: $body.missing_risk,
            question_set: $body.question_set_version.as_ref(),
            complete: $body.complete,
        }
        .words()
    };
}

/// What was asked and answered, at first or again.
struct Answers<'a> {
    strand: Strand,
    risk_to_life: Tri,
    serious_harm: Tri,
    crime: Tri,
    immediacy: Immediacy,
    missing_risk: Option<MissingRisk>,
    question_set: Option<&'a Code>,
    complete: bool,
}

pub(super) fn assessed(own: &AgencyId, b: &TriageAssessed) -> String {
    format!("{own} assessed: {}.", answers!(b))
}

pub(super) fn reassessed(own: &AgencyId, b: &TriageReassessed) -> String {
    format!("{own} reassessed{}: {}.", trigger(b.trigger), answers!(b))
}

const fn trigger(value: ReassessmentTrigger) -> &'static str {
    match value {
        ReassessmentTrigger::NewInformation => " on new information",
        ReassessmentTrigger::ChangedCircumstances => " as circumstances had changed",
        ReassessmentTrigger::RepeatContact => " on a repeat contact",
        ReassessmentTrigger::TimedReview => " at a timed review",
        ReassessmentTrigger::PartnerRequest => " at a partner's request",
        ReassessmentTrigger::SupervisorRequest => " at a supervisor's request",
        ReassessmentTrigger::PromiseSlipped => " as an ETA had passed",
        ReassessmentTrigger::GradeChange => " on a change of grade",
        ReassessmentTrigger::Other => "",
    }
}

impl Answers<'_> {
    fn words(&self) -> String {
        let risks = [self.risk_to_life, self.serious_harm, self.crime];
        let mut parts: Vec<String> = ["risk to life", "serious harm", "crime"]
            .into_iter()
            .zip(risks)
            .map(|(what, answer)| format!("{what}: {}", tri(answer)))
            .collect();
        parts.extend(match self.immediacy {
            Immediacy::PresentAndOngoing => Some("immediacy: present and ongoing".to_owned()),
            Immediacy::Future => Some("immediacy: future, not present".into()),
            Immediacy::Conditional => Some("immediacy: conditional".into()),
            // Of no risk there is nothing that could be immediate.
            Immediacy::Unknown => {
                risks.iter().any(|risk| *risk != Tri::No).then(|| "no immediacy recorded".into())
            }
        });
        let missing = self.missing_risk.map(|risk| format!("missing person: {}", missing_risk(risk)));
        if self.strand != Strand::MissingPerson || missing.is_none() {
            parts.push(format!("strand: {}", strand(self.strand)));
        }
        parts.extend(missing);
        parts.extend(self.question_set.map(|set| format!("question set {set}")));
        parts.extend((!self.complete).then(|| "not every question was put".to_owned()));
        parts.join("; ")
    }
}

const fn tri(answer: Tri) -> &'static str {
    match answer {
        Tri::Yes => "yes",
        Tri::No => "no",
        Tri::Unknown => "recorded as unknown",
        Tri::NotAsked => "not asked",
    }
}

const fn missing_risk(risk: MissingRisk) -> &'static str {
    match risk {
        MissingRisk::None => "no apparent risk",
        MissingRisk::Low => "low risk",
        MissingRisk::Medium => "medium risk",
        MissingRisk::High => "high risk",
    }
}

fn strand(strand: Strand) -> String {
    match strand {
        Strand::WalkoutHealthcare => "walked out of a healthcare setting".into(),
        Strand::AwolMentalHealth => "AWOL (detained patient)".into(),
        Strand::VoluntaryNotReturned => "voluntary patient not returned".into(),
        strand => words(strand.as_str()),
    }
}
