//! F05, F06, F18, F32, F34, F35, F36: a span that is too long by no more than its times are uncertain is not too long.

use super::accounts::{arrived, assumed, by};
use super::ladder::ladder;
use super::*;
use onus_core::bodies::closing::{IncidentClosed, OutcomeRecorded};
use onus_core::bodies::decision::{AgencyAcknowledged, AssistanceRequested, ResourceDispatched};
use onus_core::bodies::dispute::EscalationRaised;
use onus_core::bodies::handover::{HandoverAccepted, ResponsibilityDischarged};
use onus_core::model::Moment;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, DischargeGround, EscalationLevel, Facet, Outcome, UnownedReason,
};
use onus_query::flags::{SilenceReason, rule, why_silent};
use onus_testkit::events::{agency, code};

/// What happens: with the events, the one that begins the span, and the one that ends it so many seconds past its limit.
type Span = fn(&mut IncidentEvents, i64) -> Told;

struct Told {
    events: Vec<Event>,
    /// By their places among the events; what ends it is left out to see what is so as long as nothing does.
    began: usize,
    ended: usize,
}

fn told(events: Vec<Event>, began: usize, ended: usize) -> Told {
    Told { events, began, ended }
}

fn uncertain(seconds: u32, event: Event) -> Event {
    event.with(|record| record.common.uncertainty_s = seconds)
}

fn sent(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = ResourceDispatched { agency: agency(POLICE), callsign_token: None, purpose: None };
    by(call, seconds, POLICE, Body::ResourceDispatched(body))
}

fn escalated(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = EscalationRaised {
        level: EscalationLevel::L1,
        raised_by_agency: agency(POLICE),
        target_minutes: None,
    };
    by(call, seconds, POLICE, Body::EscalationRaised(body))
}

fn outcome(call: &mut IncidentEvents, seconds: i64, outcome: Outcome) -> Event {
    let body = OutcomeRecorded { outcome, days_since: 0, source: code("cad"), found_at: None, died_at: None };
    by(call, seconds, POLICE, Body::OutcomeRecorded(body))
}

fn discharged(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = ResponsibilityDischarged { facet: Facet::Response, ground: DischargeGround::PersonSafe };
    by(call, seconds, POLICE, Body::ResponsibilityDischarged(body))
}

fn refused(call: &mut IncidentEvents) -> Event {
    on(0, call.decided(Attendance::NoDeployRefer))
}

fn news(call: &mut IncidentEvents) -> Vec<Event> {
    vec![on(-HOUR, call.contact()), triage(call, -HOUR, Tri::No, Tri::No, Tri::No), on(0, call.contact())]
}

fn asks(call: &mut IncidentEvents) -> Event {
    let body = AssistanceRequested {
        from: agency(TRUST),
        to: agency(POLICE),
        what: Assistance::Stay,
        needed_by: None,
        text: None,
    };
    by(call, 0, TRUST, Body::AssistanceRequested(body))
}

fn closed_on_a_receipt(call: &mut IncidentEvents) -> Vec<Event> {
    let receipt = AgencyAcknowledged { notified_event: None, reference: None };
    let closing = IncidentClosed {
        closing_code: code("resolved"),
        qualifiers: Vec::new(),
        unowned_reason: Some(UnownedReason::AcknowledgedByAgency),
        reason_text: None,
    };
    vec![
        on(-2, call.opened()),
        by(call, -1, AMBULANCE, Body::AgencyAcknowledged(receipt)),
        by(call, 0, POLICE, Body::IncidentClosed(closing)),
    ]
}

/// Two refusals, the second at the beginning.
fn refused_twice(call: &mut IncidentEvents) -> Vec<Event> {
    let offer = on(-20, call.offered(&[Facet::Response], AMBULANCE));
    let declined = call.declined(&offer, onus_core::vocabulary::DeclineReason::NoCapacity);
    let declined = on(-10, declined.by(AMBULANCE, Role::EocDispatcher));
    vec![offer, declined, on(0, call.decided(Attendance::NoDeploy))]
}

const F05: i64 = 15 * MIN;
const F18: i64 = 210 * MIN;
const F32: i64 = 15 * MIN;
const RUNG: i64 = (20 + 15) * MIN;
const LIMIT: i64 = 15 * MIN;
const TOLD: i64 = HOUR;

const SPANS: [(&str, &str, Span); 18] = [
    ("F05", "somebody arrives", |c, s| told(vec![refused(c), arrived(c, F05 + s, AMBULANCE)], 0, 1)),
    ("F05", "somebody takes it on", |c, s| told(vec![refused(c), assumed(c, F05 + s, AMBULANCE)], 0, 1)),
    ("F05", "found safe", |c, s| told(vec![refused(c), outcome(c, F05 + s, Outcome::LocatedSafe)], 0, 1)),
    ("F06", "a unit after the closing", |c, s| {
        let mut events = closed_on_a_receipt(c);
        events.push(arrived(c, s, AMBULANCE));
        told(events, 2, 3)
    }),
    ("F18", "assessed again", |c, s| told(vec![on(0, c.opened()), again(c, F18 + s)], 0, 1)),
    ("F18", "closed", |c, s| told(vec![on(0, c.opened()), on(F18 + s, c.closed())], 0, 1)),
    ("F18", "somebody comes", |c, s| told(vec![on(0, c.opened()), arrived(c, F18 + s, POLICE)], 0, 1)),
    ("F32", "assessed again", |c, s| {
        let mut events = news(c);
        events.push(again(c, F32 + s));
        told(events, 2, 3)
    }),
    ("F32", "a unit sent", |c, s| {
        let mut events = news(c);
        events.push(sent(c, F32 + s));
        told(events, 2, 3)
    }),
    ("F32", "somebody comes", |c, s| {
        let mut events = news(c);
        events.push(arrived(c, F32 + s, AMBULANCE));
        told(events, 2, 3)
    }),
    ("F32", "the response discharged", |c, s| {
        let mut events = news(c);
        events.push(discharged(c, F32 + s));
        told(events, 2, 3)
    }),
    ("F34", "a unit sent", |c, s| told(vec![on(0, c.opened()), sent(c, RUNG + s)], 0, 1)),
    ("F34", "taken up the ladder", |c, s| told(vec![on(0, c.opened()), escalated(c, RUNG + s)], 0, 1)),
    ("F34", "two refusals taken up", |c, s| {
        let mut events = refused_twice(c);
        events.push(escalated(c, LIMIT + s));
        told(events, 2, 3)
    }),
    ("F34", "somebody comes after two", |c, s| {
        let mut events = refused_twice(c);
        events.push(arrived(c, LIMIT + s, AMBULANCE));
        told(events, 2, 3)
    }),
    ("F35", "answered", |c, s| {
        let request = asks(c);
        let answer = answer_to(request.id(), AssistanceAnswer::Will, None);
        let answer = by(c, LIMIT + s, POLICE, answer);
        told(vec![request, answer], 0, 1)
    }),
    ("F35", "an offer of custody answered", |c, s| {
        let offer = on(0, c.offered(&[Facet::Custody], TRUST));
        let accepted = HandoverAccepted {
            offer: Some(offer.id()),
            facets: vec![Facet::Custody],
            by_role: Some(Role::NurseInCharge),
            reference: Some(code("A-1")),
            conditions: None,
            signed_note: None,
        };
        let accepted = by(c, TOLD + s, TRUST, Body::HandoverAccepted(accepted));
        told(vec![offer, accepted], 0, 1)
    }),
    ("F36", "told", |c, s| {
        let decided = body!(refused(c), AttendanceDecided, |body| body.to = Some(agency(AMBULANCE)));
        let notified = on(TOLD + s, c.notified(AMBULANCE));
        told(vec![decided, notified], 0, 1)
    }),
];

#[test]
fn no_span_is_too_long_by_less_than_its_times_are_uncertain() {
    const TIMES: [(u32, u32, i64, bool); 9] = [
        (0, 0, 0, false),
        (0, 0, 1, true),
        (60, 0, 60, false),
        (60, 0, 61, true),
        (0, 60, 60, false),
        (0, 60, 61, true),
        (60, 30, 90, false),
        (60, 30, 91, true),
        (600, 600, 1_199, false),
    ];
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    for (code, what, span) in SPANS {
        for (began_s, ended_s, over_s, expected) in TIMES {
            let Told { mut events, began, ended } = span(&mut call(), over_s);
            events[began] = uncertain(began_s, events[began].clone());
            events[ended] = uncertain(ended_s, events[ended].clone());
            let mut found = raised(code, &events, &policies, LATER);
            found.retain(|(entry, ..)| usize::try_from(*entry).unwrap() == began + 1);
            assert_eq!(!found.is_empty(), expected, "{code}, {what}: {began_s} {ended_s} {over_s} {found:?}");
        }
    }
}

#[test]
fn nor_while_nothing_has_ended_it() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    for (code, what, span) in SPANS.into_iter().filter(|(code, ..)| *code != "F06") {
        let Told { mut events, began, ended } = span(&mut call(), 0);
        let limit = events.remove(ended).record().common.occurred_at.as_us() - at(0).as_us();
        events[began] = uncertain(60, events[began].clone());
        for (over_s, expected) in [(60, false), (61, true)] {
            let found = raised(code, &events, &policies, limit / 1_000_000 + over_s);
            assert_eq!(!found.is_empty(), expected, "{code}, {what}: {over_s} {found:?}");
        }
    }
}

#[test]
fn a_time_that_was_stated_is_not_as_uncertain_as_the_entry_that_states_it() {
    for (over, expected) in [(0, false), (1, true)] {
        let mut call = call();
        let request = uncertain(600, asks(&mut call));
        let request = body!(request, AssistanceRequested, |body| body.needed_by = Some(at(5 * MIN)));
        assert_eq!(!raised("F35", &[request], &[], 5 * MIN + over).is_empty(), expected);
        let offer = uncertain(600, on(0, call.offered(&[Facet::Response], AMBULANCE)));
        let offer = body!(offer, HandoverOffered, |body| body.needed_by = Some(at(5 * MIN)));
        let events = [on(-1, call.opened()), offer];
        assert_eq!(!raised("F05", &events, &[], 5 * MIN + F05 + over).is_empty(), expected);
    }
}

#[test]
fn a_person_is_found_within_the_uncertainty_that_is_stated_of_that() {
    for (over, uncertainty_s, expected) in
        [(30, Some(30), false), (31, Some(30), true), (0, None, false), (1, None, true)]
    {
        let mut call = call();
        let found = outcome(&mut call, 5 * HOUR, Outcome::Admitted);
        let found = body!(found, OutcomeRecorded, |body| {
            body.found_at = Some(Moment { at: at(F05 + over), uncertainty_s });
        });
        let events = [refused(&mut call), uncertain(900, found)];
        assert_eq!(!flagged("F05", &events).is_empty(), expected, "{over} {uncertainty_s:?}");
    }
}

#[test]
fn a_rule_that_is_silent_for_that_says_so() {
    let why = |code: &str, events: &[Event]| {
        let policies = Policies::default();
        let context = Context { policies: &policies, repeats: None };
        let reasons =
            why_silent(&history(events), &context, at(LATER), rule(Code::parse(code).unwrap()).unwrap());
        let is_raised = reasons.iter().any(|reason| matches!(reason, SilenceReason::Raised(_)));
        let within = reasons.iter().find_map(|reason| match reason {
            SilenceReason::WithinUncertainty(count) => Some(*count),
            _ => None,
        });
        (is_raised, within)
    };
    for (uncertainty_s, expected) in [(0, (true, None)), (59, (true, None)), (60, (false, Some(1)))] {
        let mut call = call();
        let opened = uncertain(uncertainty_s, on(0, call.opened()));
        let events = [opened, on(F18 + 60, call.closed())];
        assert_eq!(why("F18", &events), expected, "{uncertainty_s}");
        assert_eq!(why("F37", &events), (false, None), "a rule that has nothing to look at");
        let refused = refused(&mut call);
        let found = body!(outcome(&mut call, HOUR, Outcome::Admitted), OutcomeRecorded, |body| {
            let uncertainty_s = (uncertainty_s > 0).then_some(uncertainty_s);
            body.found_at = Some(Moment { at: at(F05 + 60), uncertainty_s });
        });
        assert_eq!(why("F05", &[refused, found]), expected, "found, {uncertainty_s}");
    }
}
