//! Where one comparison decides: the same instant, the first of two, what is no more than nearly so.

use super::accounts::{arrived, assumed, at_place, by, died, power, released};
use super::ladder::ladder;
use super::*;
use onus_core::bodies::closing::{
    DsiConsidered, DsiReferred, LegalHoldPlaced, LegalHoldReleased, OutcomeRecorded,
};
use onus_core::bodies::decision::{AgencyNotified, CallerSignposted};
use onus_core::bodies::dispute::EscalationRaised;
use onus_core::bodies::handover::{
    HandoverAccepted, HandoverWithdrawn, ResponsibilityAssumed, ResponsibilityDischarged,
};
use onus_core::model::Actor;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    AssumptionBasis, Attendance, DischargeGround, DsiVerdict, EscalationLevel, Facet, InformationKind,
    Informed, NotificationMethod, Outcome, Told,
};
use onus_testkit::events::{actor, agency, code};

fn decided(call: &mut IncidentEvents, seconds: i64, outcome: Attendance) -> Event {
    on(seconds, call.decided(outcome))
}

fn notified(call: &mut IncidentEvents, seconds: i64, of: &str, told: Told, needed_by: Option<i64>) -> Event {
    let body = AgencyNotified {
        agency: agency(of),
        method: NotificationMethod::Telephone,
        partner_ref: None,
        told,
        needed_by: needed_by.map(at),
        content_digest: None,
    };
    by(call, seconds, POLICE, Body::AgencyNotified(body))
}

fn called_by(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    body!(on(seconds, call.contact()), ContactReceived, |body| body.agency = Some(agency(of)))
}

fn told(call: &mut IncidentEvents, seconds: i64, informed: Informed) -> Event {
    body!(on(seconds, call.informed(informed)), CallerInformed, |body| body.advice_given.clear())
}

fn outcome(call: &mut IncidentEvents, seconds: i64, outcome: Outcome) -> Event {
    let body = OutcomeRecorded { outcome, days_since: 0, source: code("cad"), found_at: None, died_at: None };
    by(call, seconds, POLICE, Body::OutcomeRecorded(body))
}

#[test]
fn f04_an_agency_that_called_is_told_by_notice_and_only_that_nobody_comes() {
    for (said, severity) in [
        (Told::NotAttending, "low"),
        (Told::Attending, "medium"),
        (Told::Other, "medium"),
        (Told::Changed, "medium"),
    ] {
        let mut call = call();
        let net = CallerSignposted { to_service: agency(AMBULANCE), safety_net_given: Tri::Yes };
        let events = [
            called_by(&mut call, -2, TRUST),
            triage(&mut call, -1, Tri::Unknown, Tri::No, Tri::No),
            decided(&mut call, 0, Attendance::NoDeployAdvice),
            notified(&mut call, MIN, TRUST, said, None),
            by(&mut call, MIN, POLICE, Body::CallerSignposted(net)),
        ];
        assert_eq!(raised("F04", &events, &[], LATER), [(3, "established".to_owned(), severity)], "{said:?}");
    }
}

#[test]
fn f05_a_withdrawal_that_names_nothing_withdraws_what_its_offer_offered() {
    for (facets, of, expected) in [
        (&[Facet::Response][..], None, true),
        (&[Facet::Custody], Some(Facet::Response), false),
        (&[], Some(Facet::Response), true),
        (&[], Some(Facet::Custody), false),
        (&[], None, false),
    ] {
        let mut call = call();
        let offer = of.map(|facet| on(0, call.offered(&[facet], AMBULANCE)));
        let body = HandoverWithdrawn {
            offer: offer.as_ref().map(Event::id),
            facets: facets.to_vec(),
            by_role: None,
            reason: None,
        };
        let withdrawn = by(&mut call, MIN, POLICE, Body::HandoverWithdrawn(body));
        let mut events = vec![on(-1, call.opened())];
        events.extend(offer);
        events.push(withdrawn);
        let withdrawal = u64::try_from(events.len()).unwrap();
        assert_eq!(flagged("F05", &events).contains(&withdrawal), expected, "{facets:?} {of:?}");
    }
}

#[test]
fn f11_asks_of_what_people_tell_and_of_kinds_that_it_does_not_know() {
    use onus_core::kinds::{Kind, Maker};
    let late = |kind: Kind| {
        let body = onus_testkit::samples::record(kind, onus_testkit::samples::Fullness::Bare).body;
        entered(HOUR, on(0, call().event(body)))
    };
    let mut others = 0;
    for kind in Kind::ALL.iter().copied() {
        let by_people = kind.maker() == Maker::Draft;
        others += usize::from(!by_people);
        assert_eq!(!flagged("F11", &[late(kind)]).is_empty(), by_people, "{kind:?}");
    }
    assert!(others > 0, "there are kinds that no person tells");
    let mut unknown = crate::stage::entry(&late(Kind::IncidentOpened), 1);
    unknown.head.kind = u16::MAX;
    unknown.body = None;
    let incident = unknown.common.incident.clone().unwrap();
    let later = History::new(incident, vec![unknown]);
    assert_eq!(findings("F11", &later, &[], None, LATER).len(), 1, "a kind of a later release");
}

#[test]
fn f18_what_ended_while_another_held_was_not_waited_for() {
    let mut call = call();
    let events = [
        on(0, call.opened()),
        assumed(&mut call, MIN, AMBULANCE),
        again(&mut call, 5 * HOUR),
        decided(&mut call, 5 * HOUR, Attendance::Deploy),
        on(6 * HOUR, call.closed()),
    ];
    assert!(flagged("F18", &events).is_empty());
}

#[test]
fn f19_what_was_last_known_of_an_arrival_and_of_when_it_is_needed() {
    let eta = |call: &mut IncidentEvents, seconds, kind, minutes| {
        body!(on(seconds, call.information(kind)), InformationRecorded, |body| {
            body.agency = Some(agency(AMBULANCE));
            body.eta_minutes = minutes;
        })
    };
    let refused = |events: &mut Vec<Event>, call: &mut IncidentEvents| {
        events.push(decided(call, 0, Attendance::NoDeploy));
        let refusal = u64::try_from(events.len()).unwrap();
        let found = raised("F19", events, &[], LATER);
        found.into_iter().find(|(entry, ..)| *entry == refusal).map(|(.., severity)| severity)
    };
    let late = |call: &mut IncidentEvents| eta(call, -5 * MIN, InformationKind::PartnerEta, Some(120));
    let mut call = call();
    let mut events = vec![late(&mut call)];
    assert_eq!(refused(&mut events, &mut call), Some("medium"));
    let mut events = vec![late(&mut call), eta(&mut call, -MIN, InformationKind::PartnerEta, None)];
    assert_eq!(refused(&mut events, &mut call), Some("medium"), "without a time it replaces none");
    let mut events = vec![eta(&mut call, -MIN, InformationKind::Note, Some(120))];
    assert_eq!(refused(&mut events, &mut call), None, "a note promises nothing");

    let soon = |call: &mut IncidentEvents| eta(call, -5 * MIN, InformationKind::PartnerEta, Some(50));
    let needed =
        |call: &mut IncidentEvents, seconds, by| notified(call, seconds, AMBULANCE, Told::Other, Some(by));
    let mut events =
        vec![needed(&mut call, -9 * MIN, 10 * MIN), needed(&mut call, -8 * MIN, 5 * HOUR), soon(&mut call)];
    assert_eq!(refused(&mut events, &mut call), None, "needed later after all");
    let mut events =
        vec![needed(&mut call, -9 * MIN, 5 * HOUR), needed(&mut call, -8 * MIN, 10 * MIN), soon(&mut call)];
    assert_eq!(refused(&mut events, &mut call), Some("high"), "needed sooner after all");
    let mut events = vec![soon(&mut call), needed(&mut call, 0, 10 * MIN)];
    assert_eq!(refused(&mut events, &mut call), Some("high"), "told at the same instant");
}

#[test]
fn f20_looks_at_a_closing_at_once_and_at_one_without_a_refusal() {
    let mut call = call();
    let events = [on(0, call.opened()), decided(&mut call, MIN, Attendance::Deploy), on(HOUR, call.closed())];
    assert_eq!(raised("F20", &events, &[], HOUR), [(3, "established".to_owned(), "medium")]);
    assert!(raised("F20", &events, &[], HOUR - 1).is_empty());
}

#[test]
fn f24_a_death_ends_a_detention_and_no_other_outcome_does() {
    for (what, expected) in [(Outcome::Death, false), (Outcome::Admitted, true), (Outcome::SelfHarm, true)] {
        let mut call = call();
        let events = [power(&mut call, 0), at_place(&mut call, HOUR), outcome(&mut call, 5 * HOUR, what)];
        assert_eq!(flagged("F24", &events) == [1], expected, "{what:?}");
    }
}

#[test]
fn f25_the_first_referral_counts_and_who_considered_it_is_named_by_role_or_person() {
    let day = 24 * HOUR;
    let by_whom = |role, person: bool| {
        let of = actor(POLICE, role, 3);
        if person { of } else { Actor::<Stored> { staff: None, ..of } }
    };
    let referred = |call: &mut IncidentEvents, seconds| {
        let authorised_by = by_whom(Role::DutyInspector, true);
        by(call, seconds, POLICE, Body::DsiReferred(DsiReferred { reference: code("R-1"), authorised_by }))
    };
    let placed = |call: &mut IncidentEvents, seconds| {
        let authorised_by = by_whom(Role::DutyInspector, true);
        by(
            call,
            seconds,
            POLICE,
            Body::LegalHoldPlaced(LegalHoldPlaced { reference: code("H-1"), authorised_by }),
        )
    };
    let released = |call: &mut IncidentEvents, seconds| {
        let authorised_by = by_whom(Role::DutyInspector, true);
        let body = LegalHoldReleased { reference: code("H-1"), authorised_by };
        by(call, seconds, POLICE, Body::LegalHoldReleased(body))
    };
    let considered = |call: &mut IncidentEvents, role, person| {
        let (verdict, authorised_by) = (DsiVerdict::NotReferable, by_whom(role, person));
        let body = DsiConsidered { verdict, authorised_by, reason: None };
        by(call, 2 * HOUR, POLICE, Body::DsiConsidered(body))
    };
    let mut call = call();
    let c = &mut call;
    let cases = [
        ("referred in time and again", vec![placed(c, HOUR), referred(c, HOUR), referred(c, 9 * day)], false),
        ("referred too late", vec![placed(c, HOUR), referred(c, 9 * day)], true),
        (
            "a hold released as it was placed",
            vec![placed(c, HOUR), released(c, HOUR), referred(c, HOUR)],
            true,
        ),
        ("a role alone", vec![considered(c, Role::DutyInspector, false)], false),
        ("a person alone", vec![considered(c, Role::Unknown, true)], false),
        ("nobody", vec![considered(c, Role::Unknown, false)], true),
    ];
    for (what, more, expected) in cases {
        let mut events = vec![on(-HOUR, c.contact()), died(c, 0)];
        events.extend(more);
        assert_eq!(flagged("F25", &events) == [2], expected, "{what}");
    }
}

#[test]
fn f27_says_from_when_it_counts_and_whether_it_goes_on() {
    let target = 15 * MIN;
    let opened = |call: &mut IncidentEvents| {
        body!(on(0, call.opened()), IncidentOpened, |body| body.grade =
            Some(graded(GradeLevel::Immediate, None)))
    };
    let titles = |events: &[Event], now| -> Vec<(String, bool)> {
        let found = findings("F27", &history(events), &[], None, now);
        found.into_iter().map(|finding| (finding.title, finding.due.is_some())).collect()
    };
    let title = |text: &str, waits| vec![(text.to_owned(), waits)];
    let mut call = call();
    let open = [opened(&mut call)];
    let still =
        "graded immediate: no arrival of police:met recorded for 20 min and still so; the target is 15 min";
    assert_eq!(titles(&open, 20 * MIN), title(still, true));
    let came = [open[0].clone(), arrived(&mut call, 20 * MIN, POLICE)];
    let late =
        "graded immediate: arrival of police:met recorded 20 min after the grade; the target is 15 min";
    assert_eq!(titles(&came, LATER), title(late, false));
    assert_eq!(titles(&came, 20 * MIN), title(late, false), "arrived this instant");
    let closed = [open[0].clone(), on(HOUR, call.closed())];
    let never =
        "graded immediate: no arrival of police:met recorded by 1 h after the grade; the target is 15 min";
    assert_eq!(titles(&closed, LATER), title(never, false));
    let taken_on = [
        open[0].clone(),
        decided(&mut call, MIN, Attendance::NoDeploy),
        decided(&mut call, HOUR, Attendance::ReversedToDeploy),
        arrived(&mut call, 2 * HOUR, POLICE),
    ];
    let on_it = "graded immediate: arrival of police:met recorded 1 h after it took the response on; the target is 15 min";
    assert_eq!(titles(&taken_on, LATER), title(on_it, false));
    for (seconds, in_time) in [(target, true), (target + 1, false)] {
        let events = [open[0].clone(), at_place(&mut call, seconds), on(HOUR, call.closed())];
        assert_eq!(titles(&events, LATER).is_empty(), in_time, "at a place of safety after {seconds}");
    }
}

#[test]
fn f09_a_holder_that_shares_custody_holds_it_until_it_alone_holds_no_longer() {
    let mut call = call();
    let custody = |call: &mut IncidentEvents, seconds| {
        let body = ResponsibilityAssumed { facet: Facet::Custody, basis: AssumptionBasis::Agreement };
        by(call, seconds, TRUST, Body::ResponsibilityAssumed(body))
    };
    let gone = |call: &mut IncidentEvents, seconds| {
        let body = ResponsibilityDischarged { facet: Facet::Custody, ground: DischargeGround::Completed };
        by(call, seconds, POLICE, Body::ResponsibilityDischarged(body))
    };
    for shared in [-MIN, 30 * MIN] {
        for (seconds, expected) in [(60 * MIN, false), (90 * MIN, true)] {
            let mut events = vec![power(&mut call, -2 * MIN), custody(&mut call, shared)];
            events.extend([at_place(&mut call, 0), gone(&mut call, seconds)]);
            let found = findings("F09", &history(&events), &[], None, LATER);
            assert_eq!(!found.is_empty(), expected, "{found:?}");
            assert!(found.iter().all(|finding| finding.title.contains("1 h 30 min")), "{found:?}");
        }
    }
}

#[test]
fn f10_says_what_the_first_of_two_acceptances_lacks() {
    let mut call = call();
    let accepted = |call: &mut IncidentEvents, facet, by_role, reference: Option<&str>| {
        let offer = on(HOUR, call.offered(&[facet], TRUST));
        let body = HandoverAccepted {
            offer: Some(offer.id()),
            facets: vec![facet],
            by_role,
            reference: reference.map(code),
            conditions: None,
            signed_note: None,
        };
        [offer, by(call, 2 * HOUR, POLICE, Body::HandoverAccepted(body))]
    };
    let mut events = vec![power(&mut call, 0)];
    events.push(by(
        &mut call,
        0,
        POLICE,
        Body::ResponsibilityAssumed(ResponsibilityAssumed {
            facet: Facet::Care,
            basis: AssumptionBasis::Conduct,
        }),
    ));
    events.extend(accepted(&mut call, Facet::Custody, Some(Role::NurseInCharge), None));
    events.extend(accepted(&mut call, Facet::Care, None, Some("A-1")));
    events.push(released(&mut call, 3 * HOUR));
    let found = findings("F10", &history(&events), &[], None, LATER);
    let titles: Vec<&str> = found.iter().map(|finding| finding.title.as_str()).collect();
    let lacks = "with neither the receiver's reference nor a risk summary in the offer";
    assert_eq!(
        titles,
        [format!("acceptance of custody and care recorded on the word of police:met alone, {lacks}")]
    );
}

#[test]
fn f07_telling_one_of_two_calling_agencies_reaches_the_caller() {
    for (again, expected) in [(true, false), (false, true)] {
        let mut call = call();
        let mut events = vec![
            called_by(&mut call, -2, TRUST),
            called_by(&mut call, -1, AMBULANCE),
            decided(&mut call, 0, Attendance::Deploy),
            told(&mut call, MIN, Informed::Attending),
            decided(&mut call, HOUR, Attendance::ReversedToNoDeploy),
        ];
        events.extend(again.then(|| notified(&mut call, HOUR + MIN, TRUST, Told::NotAttending, None)));
        assert_eq!(flagged("F07", &events) == [4], expected);
    }
}

#[test]
fn f08_names_whom_had_been_asked_by_then_and_no_later() {
    let mut call = call();
    let events = [
        on(-1, call.contact()),
        decided(&mut call, 0, Attendance::NoDeploy),
        notified(&mut call, MIN, AMBULANCE, Told::Referral, None),
        told(&mut call, 2 * MIN, Informed::NotAttending),
        notified(&mut call, 3 * MIN, TRUST, Told::Referral, None),
    ];
    let found = findings("F08", &history(&events), &[], None, LATER);
    assert_eq!(found.len(), 1);
    assert!(found[0].title.contains(AMBULANCE), "{}", found[0].title);
}

#[test]
fn f32_looks_at_a_decision_at_once_and_waits_no_longer_than_it_has_to() {
    let mut call = call();
    let mut events = vec![
        on(-HOUR, call.contact()),
        triage(&mut call, -HOUR, Tri::No, Tri::No, Tri::No),
        on(0, call.contact()),
    ];
    let due = |events: &[Event]| {
        let found = findings("F32", &history(events), &[], None, LATER);
        found.first().map(|finding| finding.due.is_some())
    };
    assert_eq!(due(&events), Some(true), "it can still be assessed");
    let assessed = [&events[..], &[again(&mut call, HOUR)]].concat();
    assert_eq!(due(&assessed), Some(false), "it was, too late");
    events.push(decided(&mut call, 0, Attendance::NoDeploy));
    assert_eq!(due(&events), Some(false), "it was decided");
    assert_eq!(raised("F32", &events, &[], 0).len(), 1, "at the same instant");
}

#[test]
fn what_is_over_can_no_longer_be_done_in_time() {
    let mut call = call();
    let waits = |code: &str, events: &[Event]| {
        let found = findings(code, &history(events), &[], None, LATER);
        found.first().map(|finding| finding.due.is_some())
    };
    let opened = on(0, call.opened());
    let closed = on(9 * HOUR, call.closed());
    assert_eq!(waits("F18", std::slice::from_ref(&opened)), Some(true));
    assert_eq!(waits("F18", &[opened, closed]), Some(false));
    let held = [power(&mut call, 0), at_place(&mut call, HOUR)];
    assert_eq!(waits("F24", &held), Some(true));
    let died = [&held[..], &[died(&mut call, 40 * HOUR)]].concat();
    assert_eq!(waits("F24", &died), Some(false));
}

#[test]
fn f34_an_escalation_is_as_uncertain_as_itself_and_not_as_another() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    let due = 35 * MIN;
    let raised_at = |call: &mut IncidentEvents, seconds, of: &str, uncertainty_s| {
        let body = EscalationRaised {
            level: EscalationLevel::L1,
            raised_by_agency: agency(of),
            target_minutes: None,
        };
        let event = on(seconds, call.event(Body::EscalationRaised(body)));
        event.with(|record| record.common.uncertainty_s = uncertainty_s)
    };
    for (own, others, silent) in [(60, 0, true), (0, 60, false)] {
        let mut call = call();
        let events = [
            on(0, call.opened()),
            raised_at(&mut call, due + 60, POLICE, own),
            raised_at(&mut call, due + 60, AMBULANCE, others),
        ];
        assert_eq!(raised("F34", &events, &policies, LATER).is_empty(), silent, "{own} {others}");
    }
}
