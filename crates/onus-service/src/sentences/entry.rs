//! What an entry says, in one plain sentence. It repeats what was stated and adds nothing: no judgement, no inference.
//!
//! Sealed texts are not part of the sentence; [`label`](super::label) says what each of them is.

use super::values::{
    Answers, account, answers, assistance, attendance, caller, channel, circumstance, contact_end,
    conveyance, encounter, facet, facets, grade, ground, information, informed, interval, link, met, method,
    minutes_words, moment, power, purpose, relation,
};
use super::words;
use crate::labels::{agency_and_role, somebody};
use onus_core::kinds::Body;
use onus_core::model::Common;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    AssistanceAnswer, DispatchPurpose, DsiVerdict, InformationKind, Told, Tri, Verdict,
};

/// The sentence.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm a kind: a table, not a procedure")]
pub fn says(common: &Common<Stored>, body: &Body<Stored>) -> String {
    match body {
        Body::ContactReceived(b) => {
            let again = if b.repeat_of.is_some() { "; it repeats an earlier one" } else { "" };
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
                    parts.push(format!("arrival promised within {}", minutes_words(minutes)));
                }
                (InformationKind::PartnerEta, None) => parts.push("no time of arrival given".into()),
                _ => {}
            }
            parts.extend(b.needed_by.map(|by| format!("needed by {}", by.london())));
            parts.extend(
                b.reliability.map(|reliability| format!("reliability: {}", words(reliability.as_str()))),
            );
            format!("Information recorded: {}.", parts.join(", "))
        }
        Body::CallBackAttempted(b) => format!("Call-back attempted; result: {}.", words(b.result.as_str())),
        Body::TriageAssessed(b) => format!("Assessed: {}.", answers(&Answers::of(b))),
        Body::TriageReassessed(b) => {
            format!(
                "Assessed again (because of: {}): {}.",
                words(b.trigger.as_str()),
                answers(&Answers::of_again(b))
            )
        }
        Body::AttendanceDecided(b) => {
            let mut text = format!("Decided: {}", attendance(b.outcome, b.to.as_ref()));
            if let Some(given) = &b.grade {
                text = format!("{text}, grade {}", grade(given));
            }
            if !b.limbs_met.is_empty() {
                let limbs: Vec<&str> = b.limbs_met.iter().map(|limb| ground(*limb)).collect();
                text = format!("{text}; ground: {}", limbs.join(", "));
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
                Tri::Yes => "; recorded as understood",
                Tri::No => "; recorded as not understood",
                Tri::Unknown | Tri::NotAsked => "",
            };
            format!("Caller told {told}{understood}.")
        }
        Body::AgencyNotified(b) => {
            let own = &common.asserted_by;
            let told = match b.told {
                Told::Attending => format!("that {own} will attend"),
                Told::NotAttending => format!("that {own} will not attend"),
                Told::Changed => "that the earlier decision has changed".into(),
                Told::Referral => "of a referral".into(),
                Told::Other => "of another matter".into(),
            };
            let by = b.needed_by.map(|by| format!(", needed by {}", by.london())).unwrap_or_default();
            format!("{} told {told}, {}{by}.", b.agency, method(b.method))
        }
        Body::AgencyAcknowledged(b) => {
            let reference = b.reference.as_ref().map(|r| format!(", reference {r}")).unwrap_or_default();
            format!("Receipt acknowledged{reference}. Receipt is not acceptance.")
        }
        Body::AssistanceRequested(b) => {
            let by = b.needed_by.map(|by| format!(", needed by {}", by.london())).unwrap_or_default();
            format!("{} asked {} {}{by}.", b.from, b.to, assistance(b.what))
        }
        Body::AssistanceAnswered(b) => {
            let eta = b
                .eta_minutes
                .map(|m| format!("; arrival within {} is stated", minutes_words(m)))
                .unwrap_or_default();
            let why =
                b.reason.map(|reason| format!("; reason: {}", words(reason.as_str()))).unwrap_or_default();
            let answer = match b.answer {
                AssistanceAnswer::Will => "will help",
                AssistanceAnswer::WillNot => "will not help",
                AssistanceAnswer::Later => "will help later",
                AssistanceAnswer::NotOurs => "is not the agency to ask",
            };
            format!(
                "{} answered that it {answer}{eta}{why}. An answer is not an acceptance of responsibility.",
                common.actor.agency
            )
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
            format!("Responsibility for {} assumed; basis: {}.", facet(b.facet), words(b.basis.as_str()))
        }
        Body::ResponsibilityDischarged(b) => {
            format!("Responsibility for {} discharged; ground: {}.", facet(b.facet), words(b.ground.as_str()))
        }
        Body::HandoverOffered(b) => {
            let summary = if b.risk_summary.is_none() { "; no risk summary recorded" } else { "" };
            format!("Handover of {} offered by {} to {}{summary}.", facets(&b.facets), b.from, b.to)
        }
        Body::HandoverAccepted(b) => {
            let mut text = format!("Handover of {} accepted", facets(&b.facets));
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
            let why =
                b.reason.map(|reason| format!("; reason: {}", words(reason.as_str()))).unwrap_or_default();
            format!("Handover of {} declined{why}.", facets(&b.facets))
        }
        Body::HandoverWithdrawn(b) => format!("Offer of {} withdrawn.", facets(&b.facets)),
        Body::HandoverLapsed(b) => {
            format!("Offer of {} recorded as lapsed without an answer.", facets(&b.facets))
        }
        Body::ResourceDispatched(b) => {
            format!("Unit of {} sent{}.", b.agency, purpose(b.purpose.map(DispatchPurpose::as_str)))
        }
        Body::ResourceArrived(b) => {
            let purpose = purpose(b.purpose.map(DispatchPurpose::as_str));
            format!("Unit of {} arrived{purpose}{}.", b.agency, met(b.contact_made, b.entry))
        }
        Body::ResourceStoodDown(b) => {
            format!("Unit of {} stood down{}.", b.agency, purpose(b.purpose.map(DispatchPurpose::as_str)))
        }
        Body::PowerExercised(b) => {
            let consulted = match b.consultation {
                Tri::Yes => "a health professional was consulted first",
                Tri::No => "no health professional was consulted first",
                Tri::Unknown | Tri::NotAsked => "whether a health professional was consulted is not recorded",
            };
            let kept = if b.kept_at_place { "; the person was kept where they were" } else { "" };
            let place = b.place.map(|place| format!(", {}", encounter(place))).unwrap_or_default();
            format!("Power used: {}{place}; {consulted}{kept}.", power(b.section))
        }
        Body::DetentionExtended(b) => {
            format!("Detention extended by {} h, by {}.", b.hours, somebody(b.by_role))
        }
        Body::DetentionEnded(b) => format!("Detention ended; ground: {}.", words(b.ground.as_str())),
        Body::ConveyanceStarted(b) => {
            let why = b
                .police_vehicle_reason
                .map(|reason| format!("; why a police vehicle: {}", words(reason.as_str())))
                .unwrap_or_default();
            let whose = b.agency.as_ref().map(|agency| format!(", by {agency}")).unwrap_or_default();
            format!("Conveyance started {}{whose}{why}.", conveyance(b.mode))
        }
        Body::ArrivedAtPlaceOfSafety(b) => {
            let site = b.site.as_ref().map(|site| format!(", site {site}")).unwrap_or_default();
            format!("Arrived at a place of safety: {}{site}.", words(b.place.as_str()))
        }
        Body::OfficersReleased(b) => {
            let officers = b.officers.map_or("Officers".into(), |n| format!("{n} officers"));
            format!(
                "{officers} released{}.",
                b.to_agency.as_ref().map(|to| format!(", leaving the person with {to}")).unwrap_or_default()
            )
        }
        Body::PersonLeft(b) => format!("The person left {}: {}.", b.from, circumstance(b.circumstance)),
        Body::DemographicsRecorded(_) => "Demographics recorded, sealed.".into(),
        Body::EscalationRaised(b) => {
            let target = b
                .target_minutes
                .map(|m| format!(", answer due within {}", minutes_words(m)))
                .unwrap_or_default();
            let level = b.level.as_str().trim_start_matches('l');
            format!("Escalated to level {level} by {}{target}.", b.raised_by_agency)
        }
        Body::EscalationResolved(b) => format!("Escalation ended; result: {}.", words(b.outcome.as_str())),
        Body::DisputeOpened(b) => {
            format!("Dispute opened about {}, {}.", facet(b.facet), interval(&b.interval))
        }
        Body::PositionStated(b) => {
            let holder = b.holder.as_ref().map_or("nobody".into(), ToString::to_string);
            format!("Position stated: {holder} held {}, {}.", facet(b.facet), interval(&b.interval))
        }
        Body::DisputeDetermined(b) => {
            let holder = b.holder.as_ref().map_or("nobody".into(), ToString::to_string);
            format!(
                "Dispute determined: {holder} held {}, {}. The entries stay as they are.",
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
            format!("Outcome: {}, as {} says{found}{died}.", words(b.outcome.as_str()), b.source)
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
                .map(|reason| {
                    format!("; reason given for leaving it with nobody: {}", words(reason.as_str()))
                })
                .unwrap_or_default();
            format!("Incident closed as {}{why}.", b.closing_code)
        }
        Body::IncidentReopened(_) => "Incident reopened.".into(),
        Body::EntryWithdrawn(b) => format!("Event {} withdrawn; it stays and is shown.", b.event_id),
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
        Body::ReviewRecorded(b) => format!("Review recorded; judgement: {}.", words(b.judgement.as_str())),
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
