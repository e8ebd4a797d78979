//! What an entry says, in one plain sentence. It repeats what was stated and adds nothing: no judgement, no inference.
//!
//! Sealed texts are not part of the sentence; [`label`](super::label) says what each of them is.

use super::spellings::{
    basis, call_back, consulted, decline, detention_end, discharge, escalation_end, judgement, outcome,
    place_of_safety, police_vehicle, trigger, unowned,
};
use super::values::{
    Answers, account, answers, assistance, attendance, caller, capital, channel, contact_end, contacted,
    conveyance, encounter, facet, grade, ground, handover_of, information, informed, interval, link, met,
    method, minutes_words, moment, person_left, power, purpose, relation,
};
use super::words;
use crate::labels::{agency_and_role, somebody};
use onus_core::kinds::Body;
use onus_core::model::Common;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    AssistanceAnswer, Conveyance, DsiVerdict, InformationKind, Informed, PowerSection, Told, Tri, Verdict,
};

/// What an answer is not.
const NO_ACCEPTANCE: &str = " This is no acceptance of responsibility.";

/// The sentence.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm a kind: a table, not a procedure")]
pub fn says(common: &Common<Stored>, body: &Body<Stored>) -> String {
    match body {
        Body::ContactReceived(b) => {
            let again = if b.repeat_of.is_some() { "; a repeat contact" } else { "" };
            let agency = b.agency.as_ref().map(|agency| format!(", {agency}")).unwrap_or_default();
            let ended = b.ended.map(contact_end).unwrap_or_default();
            format!(
                "Contact received{} from {}{agency}{again}.{ended}",
                channel(b.channel),
                caller(b.caller_type)
            )
        }
        Body::IncidentOpened(b) => {
            let grade = b.grade.as_ref().map(|g| format!(", grade {}", grade(g))).unwrap_or_default();
            let silent: Vec<String> = b.silent.iter().map(|kind| super::kind(kind.as_str())).collect();
            let never = match silent.as_slice() {
                [] => String::new(),
                kinds => format!(" Its source never carries: {}.", kinds.join(", ")),
            };
            format!("Incident opened as {}{grade}.{never}", b.opening_code)
        }
        Body::IncidentLinked(b) => format!("Linked to {}: {}.", b.other, relation(b.relation)),
        Body::InformationRecorded(b) => {
            let mut parts = vec![information(b.kind).to_owned()];
            parts.extend(b.system.as_ref().map(|system| format!("system {system}")));
            parts.extend(b.agency.as_ref().map(|agency| format!("about {agency}")));
            match (b.kind, b.eta_minutes) {
                (_, Some(minutes)) => {
                    parts.push(format!("arrival in {} given", minutes_words(minutes)));
                }
                (InformationKind::PartnerEta, None) => parts.push("no time of arrival given".into()),
                _ => {}
            }
            parts.extend(b.needed_by.map(|by| format!("needed by {}", by.london())));
            parts.extend(
                b.reliability.map(|reliability| format!("reliability: {}", words(reliability.as_str()))),
            );
            parts.retain(|part| !part.is_empty());
            if parts.is_empty() {
                return "Information recorded.".into();
            }
            format!("Information recorded: {}.", parts.join(", "))
        }
        Body::CallBackAttempted(b) => call_back(b.result).into(),
        Body::TriageAssessed(b) => format!("Assessed: {}.", answers(&Answers::of(b))),
        Body::TriageReassessed(b) => {
            format!("Assessed again{}: {}.", trigger(b.trigger), answers(&Answers::of_again(b)))
        }
        Body::AttendanceDecided(b) => {
            let mut text = format!("Decided: {}", attendance(b.outcome, b.to.as_ref()));
            if let Some(given) = &b.grade {
                text = format!("{text}, grade {}", grade(given));
            }
            if !b.limbs_met.is_empty() {
                let limbs: Vec<&str> = b.limbs_met.iter().map(|limb| ground(*limb)).collect();
                text = format!("{text}; threshold recorded as met: {}", limbs.join(", "));
            }
            if let Some(code) = &b.reason_code {
                text = format!("{text}; reason {code}");
            }
            if b.rationale.is_none() {
                text.push_str("; no rationale recorded");
            }
            text.push('.');
            text
        }
        Body::DecisionReviewed(b) => match b.verdict {
            Verdict::Ratified => "Decision reviewed: ratified.".into(),
            Verdict::Overturned => "Decision reviewed: overturned.".into(),
            Verdict::ReturnedForInfo => "Decision reviewed: returned for more information.".into(),
        },
        Body::GradeChanged(b) => {
            let by = agency_and_role(&common.actor);
            let authorised = b.authorised_by.as_ref().map_or_else(
                || "; no authorisation by anybody else is recorded".into(),
                |other| format!("; authorised by {}", agency_and_role(other)),
            );
            format!("Grade changed from {} to {} by {by}{authorised}.", grade(&b.from), grade(&b.to))
        }
        Body::CallerInformed(b) => {
            let told = informed(b.informed, &common.asserted_by, b.agency.as_ref(), b.within_minutes);
            let understood = match b.understood {
                Tri::Yes => "; the caller is recorded as understanding",
                Tri::No => "; the caller is recorded as not understanding",
                Tri::Unknown | Tri::NotAsked => "",
            };
            if b.informed == Informed::Other && b.agency.is_none() && b.within_minutes.is_none() {
                return format!("Caller spoken to; what was said is not recorded{understood}.");
            }
            format!("Caller told {told}{understood}.")
        }
        Body::AgencyNotified(b) => {
            let own = &common.asserted_by;
            let told = match b.told {
                Told::Attending => format!("that {own} will attend"),
                Told::NotAttending => format!("that {own} will not attend"),
                Told::Changed => "that the earlier decision has changed".into(),
                Told::Referral => "of a referral".into(),
                Told::Other => return contacted(b),
            };
            let by = b.needed_by.map(|by| format!(", needed by {}", by.london())).unwrap_or_default();
            format!("{} told {told}, {}{by}.", b.agency, method(b.method))
        }
        Body::AgencyAcknowledged(b) => {
            let reference = b.reference.as_ref().map(|r| format!(", reference {r}")).unwrap_or_default();
            format!("{} acknowledged receipt{reference}. This is no acceptance.", common.actor.agency)
        }
        Body::AssistanceRequested(b) => {
            let by = b.needed_by.map(|by| format!(", needed by {}", by.london())).unwrap_or_default();
            format!("{} asked {} {}{by}.", b.from, b.to, assistance(b.what))
        }
        Body::AssistanceAnswered(b) => {
            let eta =
                b.eta_minutes.map(|m| format!("; arrival in {} given", minutes_words(m))).unwrap_or_default();
            let why = b.reason.map_or("", decline);
            let (answer, caution) = match b.answer {
                AssistanceAnswer::Will => ("agreed to help", NO_ACCEPTANCE),
                AssistanceAnswer::WillNot => ("declined to help", ""),
                AssistanceAnswer::Later => ("agreed to help, but not yet", NO_ACCEPTANCE),
                AssistanceAnswer::NotOurs => ("answered that this is not its responsibility", ""),
            };
            format!("{} {answer}{why}{eta}.{caution}", common.actor.agency)
        }
        Body::CallerSignposted(b) => {
            let net = match b.safety_net_given {
                Tri::Yes => "told what to do if things change",
                Tri::No => "not told what to do if things change",
                Tri::Unknown | Tri::NotAsked => "whether told what to do if things change is not recorded",
            };
            format!("Caller signposted to {}; {net}.", b.to_service)
        }
        Body::ResponsibilityAssumed(b) => {
            format!("{} took on {}{}.", common.asserted_by, facet(b.facet), basis(b.basis))
        }
        Body::ResponsibilityDischarged(b) => {
            let (whose, ground) = (&common.asserted_by, discharge(b.ground));
            format!("Responsibility of {whose} for {} ended{ground}.", facet(b.facet))
        }
        Body::HandoverOffered(b) => {
            let summary = if b.risk_summary.is_none() { "; no risk summary recorded" } else { "" };
            format!("{} offered {} {}{summary}.", b.from, b.to, handover_of(&b.facets))
        }
        Body::HandoverAccepted(b) => {
            let mut text = format!("{} accepted", capital(&handover_of(&b.facets)));
            text.push_str(
                &b.by_role.map_or("; the role is not recorded".into(), |by| format!(" by {}", somebody(by))),
            );
            text.push_str(&b.reference.as_ref().map(|r| format!(", reference {r}")).unwrap_or_default());
            if b.signed_note.is_some() {
                text.push_str(", with a signed note");
            }
            text.push('.');
            text
        }
        Body::HandoverDeclined(b) => {
            let why = b.reason.map_or("; no reason recorded", decline);
            format!("{} declined{why}.", capital(&handover_of(&b.facets)))
        }
        Body::HandoverWithdrawn(b) => format!("Offer of {} withdrawn.", handover_of(&b.facets)),
        Body::HandoverLapsed(b) => {
            format!("Offer of {} recorded as lapsed without an answer.", handover_of(&b.facets))
        }
        Body::ResourceDispatched(b) => {
            format!("Unit of {} sent{}.", b.agency, purpose(b.purpose))
        }
        Body::ResourceArrived(b) => {
            let purpose = purpose(b.purpose);
            format!("Unit of {} arrived{purpose}{}.", b.agency, met(b.contact_made, b.entry))
        }
        Body::ResourceStoodDown(b) => {
            format!("Unit of {} stood down{}.", b.agency, purpose(b.purpose))
        }
        Body::PowerExercised(b) => {
            let consulted = match b.consultation {
                // The duty to consult is that of s.136(1C) alone.
                Tri::Unknown | Tri::NotAsked if b.section != PowerSection::S136 => "",
                answer => consulted(answer),
            };
            let kept = if b.kept_at_place { "; the person was kept where they were" } else { "" };
            format!("{}{}{consulted}{kept}.", power(b.section), b.place.map_or("", encounter))
        }
        Body::DetentionExtended(b) => {
            format!("Detention extended by {} h, by {}.", b.hours, somebody(b.by_role))
        }
        Body::DetentionEnded(b) => format!("Detention ended{}.", detention_end(b.ground)),
        Body::ConveyanceStarted(b) => {
            let whose = b.agency.as_ref().map(|agency| format!(", by {agency}")).unwrap_or_default();
            // Why there was no ambulance is a reason for the police's own vehicle alone.
            let why = b.police_vehicle_reason.filter(|_| b.mode == Conveyance::PoliceVehicle);
            format!("Conveyance started{}{whose}{}.", conveyance(b.mode), why.map_or("", police_vehicle))
        }
        Body::ArrivedAtPlaceOfSafety(b) => {
            let site = b.site.as_ref().map(|site| format!(", site {site}")).unwrap_or_default();
            format!("Arrived at a place of safety: {}{site}.", place_of_safety(b.place))
        }
        Body::OfficersReleased(b) => {
            let officers = b.officers.map_or("Officers".into(), |n| format!("{n} officers"));
            format!(
                "{officers} released{}.",
                b.to_agency.as_ref().map(|to| format!(", leaving the person with {to}")).unwrap_or_default()
            )
        }
        Body::PersonLeft(b) => person_left(b),
        Body::DemographicsRecorded(_) => "Demographics recorded, sealed.".into(),
        Body::EscalationRaised(b) => {
            let target = b
                .target_minutes
                .map(|m| format!(", answer due within {}", minutes_words(m)))
                .unwrap_or_default();
            let level = b.level.as_str().trim_start_matches('l');
            format!("Escalated to level {level} by {}{target}.", b.raised_by_agency)
        }
        Body::EscalationResolved(b) => escalation_end(b.outcome).into(),
        Body::DisputeOpened(b) => {
            format!("Dispute opened about {}, {}.", facet(b.facet), interval(&b.interval))
        }
        Body::PositionStated(b) => {
            let holder = b.holder.as_ref().map_or("nobody".into(), ToString::to_string);
            let (by, facet) = (&common.asserted_by, facet(b.facet));
            format!("{by} says that {holder} held {facet}, {}.", interval(&b.interval))
        }
        Body::DisputeDetermined(b) => {
            let holder = b.holder.as_ref().map_or("nobody".into(), ToString::to_string);
            format!(
                "Dispute determined: {holder} held {}, {}. Earlier entries are unchanged.",
                facet(b.facet),
                interval(&b.interval)
            )
        }
        Body::OutcomeRecorded(b) => {
            let found = b.found_at.as_ref().map(|at| format!("; found {}", moment(at))).unwrap_or_default();
            let died = b
                .died_at
                .as_ref()
                .map(|at| format!("; time of death stated as {}", moment(at)))
                .unwrap_or_default();
            format!("Outcome: {} (reported by {}){found}{died}.", outcome(b.outcome), b.source)
        }
        Body::DsiReferred(b) => format!(
            "Referred as a death or serious injury, reference {}, authorised by {}.",
            b.reference,
            agency_and_role(&b.authorised_by)
        ),
        Body::LegalHoldPlaced(b) => {
            format!("Legal hold {} placed, authorised by {}.", b.reference, agency_and_role(&b.authorised_by))
        }
        Body::LegalHoldReleased(b) => {
            format!(
                "Legal hold {} released, authorised by {}.",
                b.reference,
                agency_and_role(&b.authorised_by)
            )
        }
        Body::IncidentClosed(b) => {
            let why = b
                .unowned_reason
                .map(|reason| format!("; reason recorded for no service holding it: {}", unowned(reason)));
            format!("Incident closed as {}{}.", b.closing_code, why.unwrap_or_default())
        }
        Body::IncidentReopened(_) => "Incident reopened.".into(),
        Body::EntryWithdrawn(b) => {
            format!("Event {} withdrawn; it stays on the record, marked as withdrawn.", b.event_id)
        }
        Body::DsiConsidered(b) => {
            let verdict = match b.verdict {
                DsiVerdict::Referable => "referable",
                DsiVerdict::NotReferable => "not referable",
            };
            format!(
                "Considered as a death or serious injury and recorded as {verdict}; decided by {}.",
                agency_and_role(&b.authorised_by)
            )
        }
        Body::SubjectLinked(b) => {
            format!("{} and {} recorded as one person; basis: {}.", b.subject, b.same_as, link(b.basis))
        }
        Body::ReviewRecorded(b) => format!("Reviewed: {}.", judgement(b.judgement)),
        Body::PolicyPublished(b) => format!(
            "Policy {} version {} published, effective {}.",
            b.policy.policy,
            b.policy.version,
            b.effective_from.london()
        ),
        Body::PolicyWithdrawn(b) => format!(
            "Policy {} version {} withdrawn from {}.",
            b.policy.policy,
            b.policy.version,
            b.effective_from.london()
        ),
        Body::SourceTallied(b) => format!(
            "{} says it sent {} records for {} to {}.",
            b.system,
            b.count,
            b.period.from.british(),
            b.period.to.british()
        ),
        Body::LedgerOpened(b) => format!("Ledger {} opened for {}.", b.origin, b.agency),
        Body::SchemaPublished(b) => format!("Schema published, {}.", b.language),
        Body::ClockStepped(b) => format!("The machine's clock stepped back: it read {}.", b.reading.london()),
        Body::ClockCorrected(b) => {
            format!(
                "Clock corrected to {}, with {} ({}).",
                b.reading.london(),
                agency_and_role(&b.second),
                b.why
            )
        }
        Body::HeartbeatRecorded(b) => format!("Alive; last checkpoint of {} entries.", b.size),
        Body::KeyRegistered(b) => format!("Key {} registered for {}.", b.name, words(b.purpose.as_str())),
        Body::KeyRevoked(b) => format!("Key {} revoked ({}).", b.name, b.reason),
        Body::PersonalDataErased(b) => {
            format!("Personal data erased under {} keys, basis {}.", b.key_ids.len(), b.basis)
        }
        Body::ProcessingRestricted(b) => format!("Processing restricted, basis {}.", b.basis),
        Body::RestrictionLifted(b) => format!("Restriction lifted, basis {}.", b.basis),
        Body::TextRevealed(b) => {
            let fields: usize = b.entries.iter().map(|entry| entry.fields.len()).sum();
            let noun = if fields == 1 { "text" } else { "texts" };
            format!("{fields} sealed {noun} opened{}.", account(&b.account))
        }
        Body::Exported(b) => format!("Exported {} entries as {}.", b.included, b.format),
        Body::Disclosed(b) => {
            format!("Fields of {} entries disclosed, ground {}.", b.entries.len(), b.ground)
        }
        Body::DataCombined(b) => format!("Combined with {} sources.", b.sources.len()),
    }
}
