//! F05, F06, F20: times in which nobody held the response, what begins and ends them, and whom one waits for.

use super::accounts::{arrived, assumed, by, closed, died, released};
use super::*;
use onus_core::bodies::closing::{IncidentReopened, OutcomeRecorded};
use onus_core::bodies::contact::InformationRecorded;
use onus_core::bodies::decision::{AgencyAcknowledged, ResourceStoodDown};
use onus_core::model::Moment;
use onus_core::vocabulary::{Attendance, DeclineReason, Facet, InformationKind, Outcome, Tri, UnownedReason};
use onus_testkit::events::{agency, code, token};

/// The limit of F05.
const UNOWNED: i64 = 15 * MIN;
/// For how long one waits for an agency that gave a reference, and for a slipped promise.
const AWAITED: i64 = (60 + 15) * MIN;

fn reopened(call: &mut IncidentEvents, seconds: i64) -> Event {
    by(call, seconds, POLICE, Body::IncidentReopened(IncidentReopened { reason: None }))
}

fn nobody_met(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    body!(arrived(call, seconds, of), ResourceArrived, |body| body.contact_made = Some(Tri::No))
}

fn refused(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.decided(Attendance::NoDeployRefer))
}

/// Opened, and a risk to life.
fn at_risk(call: &mut IncidentEvents) -> Vec<Event> {
    vec![on(0, call.opened()), triage(call, MIN, Tri::Yes, Tri::No, Tri::No)]
}

fn notified(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.notified(AMBULANCE))
}

fn receipt(call: &mut IncidentEvents, seconds: i64, of: &Event, reference: bool) -> Event {
    let body =
        AgencyAcknowledged { notified_event: Some(of.id()), reference: reference.then(|| code("CAD-1")) };
    by(call, seconds, AMBULANCE, Body::AgencyAcknowledged(body))
}

fn promise(call: &mut IncidentEvents, seconds: i64, minutes: u32) -> Event {
    let body = InformationRecorded {
        kind: InformationKind::PartnerEta,
        reliability: None,
        system: None,
        agency: Some(agency(AMBULANCE)),
        eta_minutes: Some(minutes),
        needed_by: None,
        text: None,
    };
    by(call, seconds, POLICE, Body::InformationRecorded(body))
}

fn flagged_by(code: &str, events: &[Event], now: i64) -> Vec<u64> {
    raised(code, events, &[], now).into_iter().map(|(entry, ..)| entry).collect()
}

#[test]
fn f05_a_first_yes_begins_a_span() {
    let mut call = call();
    let events = at_risk(&mut call);
    assert!(flagged_by("F05", &events, MIN + UNOWNED).is_empty());
    assert_eq!(flagged_by("F05", &events, MIN + UNOWNED + 1), [2]);
    let mut second = events.clone();
    second.push(triage(&mut call, 9 * MIN, Tri::Yes, Tri::Yes, Tri::No));
    assert_eq!(flagged("F05", &second), [2], "one span, from the first");
    let harmless = [on(0, call.opened()), triage(&mut call, MIN, Tri::Unknown, Tri::No, Tri::No)];
    assert!(flagged("F05", &harmless).is_empty());
}

#[test]
fn f05_an_offer_left_unanswered_begins_a_span() {
    for (needed_by, due) in [(None, MIN + 15 * MIN), (Some(5 * MIN), 5 * MIN), (Some(-HOUR), MIN)] {
        let mut call = call();
        let offer = on(MIN, call.offered(&[Facet::Response], AMBULANCE));
        let offer = body!(offer, HandoverOffered, |body| body.needed_by = needed_by.map(at));
        let events = [on(0, call.opened()), offer.clone()];
        assert!(flagged_by("F05", &events, due + UNOWNED).is_empty(), "{needed_by:?}");
        assert_eq!(flagged_by("F05", &events, due + UNOWNED + 1), [2], "{needed_by:?}");
        let declined = on(due, call.declined(&offer, DeclineReason::NoCapacity));
        let answered = [events[0].clone(), offer, declined];
        assert_eq!(flagged("F05", &answered), [3], "the decline begins the span: {needed_by:?}");
    }
    let mut call = call();
    let custody = on(MIN, call.offered(&[Facet::Custody], AMBULANCE));
    assert!(flagged("F05", &[on(0, call.opened()), custody]).is_empty());
}

#[test]
fn f05_a_span_ends_with_an_arrival_that_counts_or_the_person_found() {
    let limit = MIN + UNOWNED;
    let found = |call: &mut IncidentEvents, seconds, found_at: Option<i64>, outcome| {
        let found_at = found_at.map(|seconds| Moment { at: at(seconds), uncertainty_s: None });
        let body =
            OutcomeRecorded { outcome, days_since: 0, source: code("police"), found_at, died_at: None };
        by(call, seconds, POLICE, Body::OutcomeRecorded(body))
    };
    let mut call = call();
    let cases = [
        ("an arrival at the limit", arrived(&mut call, limit, AMBULANCE), false),
        ("a second past it", arrived(&mut call, limit + 1, AMBULANCE), true),
        ("an arrival that met nobody", nobody_met(&mut call, limit, AMBULANCE), true),
        ("found at the limit", found(&mut call, LATER, Some(limit), Outcome::Admitted), false),
        ("found a second past it", found(&mut call, LATER, Some(limit + 1), Outcome::Admitted), true),
        ("found as it happened", found(&mut call, limit, None, Outcome::LocatedSafe), false),
        ("not found", found(&mut call, limit, None, Outcome::NotLocated), true),
        ("dead", died(&mut call, limit), false),
    ];
    for (what, end, expected) in cases {
        let mut events = at_risk(&mut call);
        events.push(end);
        assert_eq!(flagged("F05", &events) == [2], expected, "{what}");
    }
}

#[test]
fn f05_closed_time_does_not_count_and_a_reopening_begins_a_span() {
    let mut call = call();
    let shut = |call: &mut IncidentEvents, seconds| closed(call, seconds, Some(UnownedReason::Other));
    let mut events = at_risk(&mut call);
    events.extend([shut(&mut call, 5 * MIN), reopened(&mut call, 9 * HOUR)]);
    let limit = 9 * HOUR + UNOWNED;
    assert_eq!(flagged_by("F05", &events, limit), [3], "closed with nobody holding it");
    assert_eq!(flagged_by("F05", &events, limit + 1), [3, 4]);
    // Found to be no matter for anybody, reopened, and closed.
    let events = [
        on(0, call.opened()),
        triage(&mut call, MIN, Tri::No, Tri::No, Tri::No),
        on(2 * MIN, call.decided(Attendance::NoDeployAdvice)),
        closed(&mut call, 5 * MIN, Some(UnownedReason::AdviceGiven)),
        reopened(&mut call, 9 * HOUR),
    ];
    assert!(flagged("F05", &events).is_empty());
}

#[test]
fn f05_closing_while_nobody_holds_the_response_is_a_finding_of_its_own() {
    use Attendance::{NoDeployAdvice, NoDeployRefer, NoDeploySignpost};
    use Tri::{No, NotAsked, Unknown, Yes};
    let cases = [
        ("a yes", Some(Yes), true, Some(NoDeploySignpost), false, true),
        ("no assessment", None, true, Some(NoDeploySignpost), false, true),
        ("no assessment and no decision", None, true, None, false, true),
        ("a referral", Some(No), true, Some(NoDeployRefer), false, true),
        ("unknown", Some(Unknown), true, Some(NoDeploySignpost), false, true),
        ("not asked", Some(NotAsked), true, Some(NoDeploySignpost), false, true),
        ("unknown with a safety net", Some(Unknown), true, Some(NoDeploySignpost), true, false),
        ("a yes with a safety net", Some(Yes), true, Some(NoDeploySignpost), true, true),
        ("three times no, signposted", Some(No), true, Some(NoDeploySignpost), false, false),
        ("three times no, incomplete", Some(No), false, Some(NoDeployAdvice), false, false),
        ("three times no, no decision", Some(No), true, None, false, false),
    ];
    for (what, life, complete, outcome, net, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.opened())];
        events.extend(life.map(|life| {
            let triage = triage(&mut call, MIN, life, No, No);
            body!(triage, TriageAssessed, |body| body.complete = complete)
        }));
        events.extend(outcome.map(|outcome| on(2 * MIN, call.decided(outcome))));
        events.extend(net.then(|| on(3 * MIN, call.informed(onus_core::vocabulary::Informed::NotAttending))));
        events.push(closed(&mut call, 4 * MIN, Some(UnownedReason::AdviceGiven)));
        let place = u64::try_from(events.len()).unwrap();
        assert_eq!(flagged("F05", &events) == [place], expected, "{what}");
    }
}

#[test]
fn f05_a_batch_that_carries_no_assessment_says_nothing_of_one() {
    use onus_core::vocabulary::Channel;
    for (channel, entered_at, expected) in
        [(Channel::Cli, None, true), (Channel::Import, None, false), (Channel::Import, Some(5 * MIN), true)]
    {
        let mut call = call();
        let shut = closed(&mut call, 5 * MIN, Some(UnownedReason::Other)).with(|record| {
            record.common.submitted_by.channel = channel;
            record.common.entered_at = entered_at.map(at);
        });
        let events = [on(0, call.opened()), shut];
        assert_eq!(flagged("F05", &events) == [2], expected, "{channel:?} {entered_at:?}");
    }
}

#[test]
fn f05_a_closing_after_a_decline_or_with_a_holder_or_after_an_arrival() {
    let mut call = call();
    let offer = on(2 * MIN, call.offered(&[Facet::Response], AMBULANCE));
    let declined = on(3 * MIN, call.declined(&offer, DeclineReason::NoCapacity));
    let shut = closed(&mut call, 5 * MIN, Some(UnownedReason::DeclinedByAll));
    let opened = on(0, call.opened());
    let no = triage(&mut call, MIN, Tri::No, Tri::No, Tri::No);
    assert_eq!(flagged("F05", &[opened, no, offer, declined, shut.clone()]), [5]);
    let mut held = at_risk(&mut call);
    held.extend([assumed(&mut call, 2 * MIN, AMBULANCE), shut.clone()]);
    assert!(flagged("F05", &held).is_empty());
    let mut attended = at_risk(&mut call);
    attended.extend([arrived(&mut call, 2 * MIN, AMBULANCE), shut.clone()]);
    assert!(flagged("F05", &attended).is_empty());
    let mut asked_since = at_risk(&mut call);
    asked_since.insert(1, arrived(&mut call, 0, AMBULANCE));
    asked_since.push(shut);
    assert_eq!(flagged("F05", &asked_since), [4], "the assessment came after the arrival");
}

#[test]
fn f05_while_an_agency_is_awaited_it_is_no_finding_and_afterwards_it_is_from_the_start() {
    let awaiting = |reference: bool| {
        let mut call = call();
        let mut events = at_risk(&mut call);
        events.push(refused(&mut call, 2 * MIN));
        let notified = notified(&mut call, 3 * MIN);
        events.extend([notified.clone(), receipt(&mut call, 5 * MIN, &notified, reference)]);
        (call, events)
    };
    let until = 5 * MIN + AWAITED;
    let (mut call, events) = awaiting(true);
    assert!(flagged_by("F05", &events, until).is_empty());
    let found = findings("F05", &history(&events), &[], None, until + 1);
    assert_eq!(found[0].entry.get(), 2, "from the start, which is the first `yes`");
    assert!(
        found[0].title.starts_with("no agency recorded as holding the response for 1 h 19 min"),
        "{}",
        found[0].title
    );
    let (_, unreferenced) = awaiting(false);
    assert_eq!(flagged_by("F05", &unreferenced, until), [2], "a receipt is no promise");
    let mut promised = events.clone();
    promised.push(promise(&mut call, 30 * MIN, 120));
    assert!(flagged_by("F05", &promised, (30 + 120 + 15) * MIN).is_empty());
    assert_eq!(flagged_by("F05", &promised, (30 + 120 + 15) * MIN + 1), [2]);
    let mut came = events.clone();
    came.push(arrived(&mut call, until, AMBULANCE));
    assert!(flagged("F05", &came).is_empty());
    // Who was neither told nor asked is not awaited.
    let mut heard = at_risk(&mut call);
    heard.push(promise(&mut call, 2 * MIN, 120));
    assert_eq!(flagged_by("F05", &heard, HOUR), [2]);
}

#[test]
fn f05_waiting_survives_a_closing_and_ends_with_a_no() {
    let mut call = call();
    let mut events = at_risk(&mut call);
    let notified = notified(&mut call, 3 * MIN);
    events.extend([
        notified.clone(),
        receipt(&mut call, 5 * MIN, &notified, true),
        closed(&mut call, 6 * MIN, Some(UnownedReason::AcknowledgedByAgency)),
    ]);
    let until = 5 * MIN + AWAITED;
    assert!(flagged_by("F05", &events, until).is_empty());
    assert!(flagged_by("F20", &events, until).is_empty());
    assert_eq!(raised("F06", &events, &[], until), [(5, "established".to_owned(), "low")]);
    assert_eq!(flagged_by("F05", &events, until + 1), [5]);
    assert_eq!(flagged_by("F20", &events, until + 1), [5]);
    assert_eq!(raised("F06", &events, &[], until + 1), [(5, "established".to_owned(), "high")]);
    let mut came = events.clone();
    came.push(arrived(&mut call, until, AMBULANCE));
    assert!(flagged("F05", &came).is_empty() && flagged("F20", &came).is_empty());
    assert_eq!(raised("F06", &came, &[], LATER), [(5, "established".to_owned(), "low")]);
    let offer = on(4 * MIN, call.offered(&[Facet::Response], AMBULANCE));
    let declined = on(5 * MIN + 30, call.declined(&offer, DeclineReason::NoCapacity));
    let declined = declined.by(AMBULANCE, Role::EocDispatcher);
    let mut refused = events.clone();
    refused.extend([offer, declined]);
    refused.sort_by_key(|event| event.record().common.occurred_at);
    assert!(!flagged_by("F05", &refused, until).is_empty());
}

#[test]
fn f06_is_silent_where_the_agency_came_before_the_closing() {
    let mut call = call();
    let notified = notified(&mut call, 3 * MIN);
    let receipt = receipt(&mut call, 5 * MIN, &notified, false);
    let shut = closed(&mut call, 9 * MIN, Some(UnownedReason::AcknowledgedByAgency));
    for (what, of, seconds, expected) in [
        ("it came", AMBULANCE, 4 * MIN, &[][..]),
        ("it came as it was closed", AMBULANCE, 9 * MIN, &[]),
        ("it came later", AMBULANCE, 9 * MIN + 1, &[4]),
        ("another came", POLICE, 4 * MIN, &[5]),
    ] {
        let mut events = vec![
            on(0, call.opened()),
            notified.clone(),
            receipt.clone(),
            arrived(&mut call, seconds, of),
            shut.clone(),
        ];
        events.sort_by_key(|event| event.record().common.occurred_at);
        assert_eq!(flagged("F06", &events), expected, "{what}");
    }
}

#[test]
fn f20_looks_at_each_closing_and_at_arrivals_that_count() {
    let shut = |call: &mut IncidentEvents, seconds| closed(call, seconds, Some(UnownedReason::Other));
    let mut call = call();
    let events = [
        on(0, call.opened()),
        nobody_met(&mut call, MIN, POLICE),
        shut(&mut call, 5 * MIN),
        reopened(&mut call, HOUR),
        shut(&mut call, 2 * HOUR),
        reopened(&mut call, 3 * HOUR),
        arrived(&mut call, 4 * HOUR, POLICE),
        shut(&mut call, 5 * HOUR),
    ];
    assert_eq!(flagged("F20", &events), [3, 5]);
    assert_eq!(flagged_by("F20", &events, 2 * HOUR - 1), [3], "what has not happened is not looked at");
}

#[test]
fn f05_an_agency_that_leaves_without_a_taker_begins_a_span() {
    let stood_down = |call: &mut IncidentEvents, seconds, callsign: Option<u64>| {
        let body = ResourceStoodDown {
            agency: agency(AMBULANCE),
            callsign_token: callsign.map(token),
            purpose: None,
        };
        by(call, seconds, AMBULANCE, Body::ResourceStoodDown(body))
    };
    let unit = |call: &mut IncidentEvents, seconds, callsign: u64| {
        body!(arrived(call, seconds, AMBULANCE), ResourceArrived, |body| {
            body.callsign_token = Some(token(callsign));
        })
    };
    let mut call = call();
    // Officers who held the response leave, and nobody takes over.
    let mut left = at_risk(&mut call);
    left.extend([
        on(2 * MIN, call.decided(Attendance::Deploy)),
        arrived(&mut call, 9 * MIN, POLICE),
        released(&mut call, HOUR),
    ]);
    assert!(flagged_by("F05", &left, HOUR + UNOWNED).is_empty());
    assert_eq!(flagged_by("F05", &left, HOUR + UNOWNED + 1), [5]);
    let mut safe = left.clone();
    safe.insert(4, {
        let body = OutcomeRecorded {
            outcome: Outcome::LocatedSafe,
            days_since: 0,
            source: code("police"),
            found_at: None,
            died_at: None,
        };
        by(&mut call, HOUR - 1, POLICE, Body::OutcomeRecorded(body))
    });
    assert!(flagged("F05", &safe).is_empty());
    let mut taken = left.clone();
    taken.insert(4, assumed(&mut call, HOUR - 1, AMBULANCE));
    assert!(flagged("F05", &taken).is_empty());
    // An ambulance crew that nobody recorded as a holder: its last unit leaves.
    let mut crews = at_risk(&mut call);
    crews.extend([
        unit(&mut call, 5 * MIN, 1),
        unit(&mut call, 6 * MIN, 2),
        stood_down(&mut call, HOUR, Some(1)),
    ]);
    assert!(flagged("F05", &crews).is_empty(), "another unit of it is there");
    crews.push(stood_down(&mut call, 2 * HOUR, Some(2)));
    assert!(flagged_by("F05", &crews, 2 * HOUR + UNOWNED).is_empty());
    assert_eq!(flagged_by("F05", &crews, 2 * HOUR + UNOWNED + 1), [6]);
}
