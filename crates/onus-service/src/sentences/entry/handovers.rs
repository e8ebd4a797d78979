//! Sentences of who asked, offered and accepted what, of escalations, and of what is in dispute.

use super::{Act, Beside, Says};
use crate::labels::somebody;
use crate::sentences::values::{handover_of, interval, minutes_words, the_facet};
use onus_core::bodies::decision::{AssistanceAnswered, AssistanceRequested};
use onus_core::bodies::dispute::{
    DisputeDetermined, DisputeOpened, EscalationRaised, EscalationResolved, PositionStated,
};
use onus_core::bodies::handover::{
    HandoverAccepted, HandoverDeclined, HandoverLapsed, HandoverOffered, HandoverWithdrawn,
    ResponsibilityAssumed, ResponsibilityDischarged,
};
use onus_core::ids::AgencyId;
use onus_core::model::Common;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, AssumptionBasis, DeclineReason, DischargeGround, EscalationOutcome, Facet,
};

pub(super) fn requested<'a>(common: &Common<Stored>, b: &'a AssistanceRequested<Stored>) -> Act<'a> {
    let (from, to) = (&b.from, &b.to);
    let asked = match b.what {
        Assistance::WelfareCheck => "for a welfare check".into(),
        Assistance::Other => "for help (for what is recorded as 'other')".into(),
        what => format!("to {}", deed(what)),
    };
    let needed = b.needed_by.map(|by| super::calls::help_needed(common, by)).unwrap_or_default();
    Act { doer: from, says: Says::Did(format!("{from} asked {to} {asked}{needed}.")) }
}

/// What is asked for, as what is done.
const fn deed(what: Assistance) -> &'static str {
    match what {
        Assistance::Attend => "attend",
        Assistance::ForceEntry => "force entry",
        Assistance::WelfareCheck => "make the welfare check",
        Assistance::TakePrimacy => "take primacy",
        Assistance::Stay => "stay with the person",
        Assistance::Convey => "convey the person",
        Assistance::Other => "help as asked",
    }
}

pub(super) fn answered<'a>(
    own: &'a AgencyId,
    b: &AssistanceAnswered<Stored>,
    beside: &Beside<'a>,
) -> Act<'a> {
    // Whoever writes it down, the answer is that of whom was asked; who that was, only the request says.
    let (doer, answer) = if let Some(request) = beside.request {
        let (to, deed) = (&request.to, deed(request.what));
        let answer = match b.answer {
            AssistanceAnswer::Will => format!("{to} answered that it will {deed}"),
            AssistanceAnswer::WillNot => format!("{to} answered that it will not {deed}"),
            AssistanceAnswer::Later => format!("{to} answered that it will {deed}, but not yet"),
            AssistanceAnswer::NotOurs => format!("{to} answered that this is not its responsibility"),
        };
        (to, answer)
    } else {
        let answer = match b.answer {
            AssistanceAnswer::Will => "what was asked will be done",
            AssistanceAnswer::WillNot => "what was asked will not be done",
            AssistanceAnswer::Later => "what was asked will be done, but not yet",
            AssistanceAnswer::NotOurs => "it is not the responsibility of who was asked",
        };
        (own, format!("an answer: {answer}"))
    };
    let why = b.reason.map_or("", decline);
    let comes = matches!(b.answer, AssistanceAnswer::Will | AssistanceAnswer::Later);
    let eta = b.eta_minutes.map(minutes_words).map(|eta| {
        if comes { format!("; ETA given: {eta}") } else { format!("; also recorded: an ETA of {eta}") }
    });
    let sentence = format!("{answer}{why}{}.", eta.unwrap_or_default());
    let says = if beside.request.is_some() { Says::Did(sentence) } else { Says::Recorded(sentence) };
    Act { doer, says }
}

const fn decline(value: DeclineReason) -> &'static str {
    match value {
        DeclineReason::NotCommissioned => "; reason stated: not commissioned",
        DeclineReason::NoCapacity => "; reason stated: no capacity",
        DeclineReason::ThresholdNotMet => "; reason stated: threshold not met",
        DeclineReason::OutOfArea => "; reason stated: outside its area",
        DeclineReason::InsufficientInfo => "; reason stated: not enough information",
        DeclineReason::RiskTooHigh => "; reason stated: risk too high",
        DeclineReason::WrongAgency => "; reason stated: wrong agency",
        DeclineReason::Other => "; reason recorded as 'other'",
    }
}

pub(super) fn assumed(b: &ResponsibilityAssumed) -> Says {
    let basis = match b.basis {
        AssumptionBasis::Policy => "basis stated: its policy",
        AssumptionBasis::Agreement => "basis stated: agreement",
        AssumptionBasis::StatutoryDuty => "basis stated: statutory duty",
        AssumptionBasis::Conduct => "basis stated: its conduct",
        AssumptionBasis::CreatedRisk => "basis stated: a risk that it created",
        AssumptionBasis::Discretion => "basis stated: its discretion",
        AssumptionBasis::Other => "basis recorded as 'other'",
    };
    Says::Recorded(format!("that it took on {}; {basis}.", the_facet(b.facet)))
}

pub(super) fn discharged(b: &ResponsibilityDischarged) -> Says {
    let ground = match b.ground {
        DischargeGround::NeedMet => "reason stated: need met",
        DischargeGround::NoNeedIdentified => "reason stated: no need identified",
        DischargeGround::PersonSafe => "reason stated: person safe",
        DischargeGround::PersonDeclined => "reason stated: the person declined help",
        DischargeGround::Completed => "reason stated: completed",
        DischargeGround::Other => "reason recorded as 'other'",
    };
    Says::Recorded(format!("that it no longer holds {}; {ground}.", the_facet(b.facet)))
}

/// A handover of what is named, else the one that an offer names.
fn answered_handover(facets: &[Facet]) -> String {
    handover_of(facets).unwrap_or("the handover that was offered".into())
}

pub(super) fn offered(b: &HandoverOffered<Stored>) -> Act<'_> {
    let (from, to) = (&b.from, &b.to);
    let what = handover_of(&b.facets).unwrap_or("a handover (of what is not recorded)".into());
    let summary = if b.risk_summary.is_none() { "; no risk summary recorded" } else { "" };
    Act { doer: from, says: Says::Did(format!("{from} offered {to} {what}{summary}.")) }
}

pub(super) fn accepted<'a>(
    common: &'a Common<Stored>,
    b: &HandoverAccepted<Stored>,
    beside: &Beside<'a>,
) -> Act<'a> {
    let doer = beside.receiver.unwrap_or(&common.actor.agency);
    let what = match (handover_of(&b.facets), b.offer) {
        (Some(what), _) => what,
        (None, Some(_)) => "the handover that was offered".into(),
        (None, None) => "a handover (of what is not recorded)".into(),
    };
    let by = b.by_role.map_or("role not recorded".into(), somebody);
    let reference = b.reference.as_ref().map(|r| format!("; reference {r}")).unwrap_or_default();
    let note = if b.signed_note.is_some() { "; signed note attached" } else { "" };
    let recorder = &common.asserted_by;
    if beside.receiver.is_none() && recorder == doer {
        // It may be the offering side that wrote itself down: the entry alone does not tell.
        let says = Says::Recorded(format!("the acceptance of {what} ({by}){reference}{note}."));
        return Act { doer, says };
    }
    let alone = if recorder == doer || beside.is_confirmed {
        String::new()
    } else {
        format!("; on {recorder}'s word alone")
    };
    Act { doer, says: Says::Did(format!("{doer} ({by}) accepted {what}{reference}{note}{alone}.")) }
}

pub(super) fn declined<'a>(
    common: &'a Common<Stored>,
    b: &HandoverDeclined<Stored>,
    beside: &Beside<'a>,
) -> Act<'a> {
    let doer = beside.receiver.unwrap_or(&common.actor.agency);
    let what = answered_handover(&b.facets);
    let by = b.by_role.map(|role| format!(" ({})", somebody(role))).unwrap_or_default();
    let reference = b.reference.as_ref().map(|r| format!("; reference {r}")).unwrap_or_default();
    let why = b.reason.map_or("; no reason code recorded", decline);
    let says = if beside.receiver.is_none() && common.asserted_by == *doer {
        Says::Recorded(format!("{what} as declined{by}{reference}{why}."))
    } else {
        Says::Did(format!("{doer}{by} declined {what}{reference}{why}."))
    };
    Act { doer, says }
}

pub(super) fn withdrawn(b: &HandoverWithdrawn<Stored>) -> Says {
    match handover_of(&b.facets) {
        Some(what) => Says::Recorded(format!("the offer of {what} as withdrawn.")),
        None => Says::Recorded("the offer of a handover as withdrawn.".into()),
    }
}

pub(super) fn lapsed(b: &HandoverLapsed) -> Says {
    let what = handover_of(&b.facets).unwrap_or("a handover".into());
    Says::Recorded(format!("the offer of {what} as lapsed without an answer."))
}

pub(super) fn escalated(b: &EscalationRaised) -> Act<'_> {
    let target = b.target_minutes.map(|m| format!("; answer due within {}", minutes_words(m)));
    let (level, doer) = (b.level.as_str().trim_start_matches('l'), &b.raised_by_agency);
    Act { doer, says: Says::Did(format!("{doer} escalated to level {level}{}.", target.unwrap_or_default())) }
}

pub(super) fn escalation_ended(own: &AgencyId, b: &EscalationResolved<Stored>) -> Says {
    Says::Did(match b.outcome {
        EscalationOutcome::Upheld => format!("{own} answered the escalation: first decision upheld."),
        EscalationOutcome::Overturned => format!("{own} answered the escalation: first decision overturned."),
        EscalationOutcome::Agreed => format!("{own} answered the escalation: agreed."),
        EscalationOutcome::Unresolved => format!("{own} closed the escalation without agreement."),
        EscalationOutcome::Withdrawn => return Says::Recorded("the escalation as withdrawn.".into()),
        EscalationOutcome::Other => {
            format!("{own} answered the escalation; the result is recorded as 'other'.")
        }
    })
}

pub(super) fn disputed(common: &Common<Stored>, b: &DisputeOpened<Stored>) -> String {
    let (own, facet) = (&common.asserted_by, the_facet(b.facet));
    format!("{own} opened a dispute about who held {facet} {}.", interval(&b.interval, common.occurred_at))
}

pub(super) fn position(common: &Common<Stored>, b: &PositionStated<Stored>) -> String {
    let (own, held) = (&common.asserted_by, held(b.holder.as_ref(), b.facet));
    format!("{own} says that {held} {}.", interval(&b.interval, common.occurred_at))
}

pub(super) fn determined(common: &Common<Stored>, b: &DisputeDetermined<Stored>) -> Says {
    let held = held(b.holder.as_ref(), b.facet);
    let when = interval(&b.interval, common.occurred_at);
    Says::Recorded(format!(
        "a determination of the dispute: that {held} {when}. Earlier entries are unchanged."
    ))
}

fn held(holder: Option<&AgencyId>, facet: Facet) -> String {
    let holder = holder.map_or("no agency".into(), ToString::to_string);
    format!("{holder} held {}", the_facet(facet))
}
