//! F05, F07, F18, F20, F24, F31, F32, F34, F35: a row for each operator that no other room has.

use super::accounts::{at_place, by, power};
use super::boundaries::{NO, YES, are_flagged, asked, decided, reopened, sent, told, unit_came};
use super::ladder::ladder;
use super::*;
use onus_core::bodies::custody::{DetentionEnded, DetentionExtended, OfficersReleased};
use onus_core::bodies::decision::AgencyNotified;
use onus_core::bodies::handover::ResponsibilityDischarged;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, DeclineReason, DetentionGround, DischargeGround,
    EscalationLevel, Facet, InformationKind, Informed, NotificationMethod, Relation, Spelt, Told,
};
use onus_query::flags::Severity;
use onus_testkit::events::{agency, token};
use std::collections::BTreeSet;

type Story<'a> = &'a dyn Fn(&mut IncidentEvents) -> Vec<Event>;

fn titles(code: &str, stories: &[Story<'_>]) -> usize {
    let title = |story: &Story<'_>| {
        let events = story(&mut call());
        let found = findings(code, &history(&events), &[], None, LATER);
        assert!(!found.is_empty(), "{code}");
        found[0].title.clone()
    };
    stories.iter().map(title).collect::<BTreeSet<_>>().len()
}

fn discharged(call: &mut IncidentEvents, seconds: i64, facet: Facet) -> Event {
    let body = ResponsibilityDischarged { facet, ground: DischargeGround::NeedMet };
    by(call, seconds, POLICE, Body::ResponsibilityDischarged(body))
}

#[test]
fn f07_f18_f31_f35_what_differs_is_told_in_other_words() {
    let reversed = |call: &mut IncidentEvents, first, said, second| {
        vec![decided(call, 0, first, POLICE), told(call, MIN, said), decided(call, 2 * MIN, second, POLICE)]
    };
    let both_ways: [Story<'_>; 2] = [
        &|call| reversed(call, Attendance::Deploy, Informed::Attending, Attendance::ReversedToNoDeploy),
        &|call| reversed(call, Attendance::NoDeploy, Informed::NotAttending, Attendance::ReversedToDeploy),
    ];
    assert_eq!(titles("F07", &both_ways), 2);
    let again = |call: &mut IncidentEvents, first: Event| {
        vec![first, on(MIN, call.closed()), reopened(call, 2 * MIN)]
    };
    let reopenings: [Story<'_>; 3] = [
        &|call| again(call, on(0, super::call().opened())),
        &|call| again(call, triage(&mut super::call(), 0, NO, NO, NO).with_id(77)),
        &|call| vec![triage(call, 0, NO, NO, NO)],
    ];
    assert_eq!(titles("F18", &reopenings), 3);
    let left = |call: &mut IncidentEvents, life, harm| {
        let body = Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None });
        vec![triage(call, 0, life, harm, NO), on(HOUR, call.event(body))]
    };
    let needs: [Story<'_>; 3] =
        [&|call| left(call, YES, YES), &|call| left(call, YES, NO), &|call| left(call, NO, YES)];
    assert_eq!(titles("F31", &needs), 3);
    let late: [Story<'_>; 4] = [
        &|call| {
            let request = asked(call, 0, (AMBULANCE, POLICE), Assistance::ForceEntry);
            let (id, answer) = (request.id(), AssistanceAnswer::Will);
            let body = answer_to(id, answer, None);
            vec![request, by(call, HOUR, POLICE, body)]
        },
        &|call| vec![asked(call, 0, (AMBULANCE, POLICE), Assistance::ForceEntry), sent(call, HOUR, POLICE)],
        &|call| {
            let request = asked(call, 0, (AMBULANCE, POLICE), Assistance::ForceEntry);
            vec![request, unit_came(call, HOUR, POLICE, None)]
        },
        &|call| {
            let request = asked(call, 0, (AMBULANCE, POLICE), Assistance::ForceEntry);
            let body = AgencyNotified {
                agency: agency(AMBULANCE),
                method: NotificationMethod::Telephone,
                partner_ref: None,
                told: Told::Other,
                needed_by: None,
                content_digest: None,
            };
            vec![request, by(call, HOUR, POLICE, Body::AgencyNotified(body))]
        },
    ];
    assert_eq!(titles("F35", &late), 4);
}

#[test]
fn f05_f32_f35_what_ends_the_need_is_the_response_and_no_other_facet() {
    are_flagged(
        "F05",
        &[(
            "an offer that was declined long after its answer was due",
            &|call| {
                let offer = on(MIN, call.offered(&[Facet::Response], AMBULANCE));
                let declined = on(40 * MIN, call.declined(&offer, DeclineReason::NoCapacity));
                vec![on(0, call.opened()), offer, declined.by(AMBULANCE, Role::EocDispatcher)]
            },
            &[2],
        )],
    );
    let news = |call: &mut IncidentEvents| on(MIN, call.information(InformationKind::RiskInfo));
    are_flagged(
        "F32",
        &[
            (
                "custody",
                &|call| vec![on(0, call.opened()), news(call), discharged(call, 5 * MIN, Facet::Custody)],
                &[2],
            ),
            (
                "the response",
                &|call| vec![on(0, call.opened()), news(call), discharged(call, 5 * MIN, Facet::Response)],
                &[],
            ),
            (
                "refused before anybody assessed: F02 says it",
                &|call| {
                    let refused = decided(call, 0, Attendance::NoDeploy, POLICE);
                    vec![refused, news(call), triage(call, HOUR, NO, NO, NO)]
                },
                &[],
            ),
        ],
    );
    let request = |call: &mut IncidentEvents| asked(call, 0, (AMBULANCE, POLICE), Assistance::ForceEntry);
    are_flagged(
        "F35",
        &[
            ("custody", &|call| vec![request(call), discharged(call, 5 * MIN, Facet::Custody)], &[1]),
            ("the response", &|call| vec![request(call), discharged(call, 5 * MIN, Facet::Response)], &[]),
            (
                "needed at once, which is no time to answer in",
                &|call| {
                    let now = body!(request(call), AssistanceRequested, |body| body.needed_by = Some(at(0)));
                    vec![now, sent(call, 10 * MIN, POLICE)]
                },
                &[],
            ),
        ],
    );
}

#[test]
fn f20_a_closing_that_is_itself_the_refusal_is_low_where_it_left_a_net() {
    let mut call = call();
    let unknown = triage(&mut call, 0, Tri::Unknown, NO, NO);
    let events = [unknown, on(HOUR, call.informed(Informed::NotAttending)), on(HOUR, call.closed())];
    assert_eq!(raised("F20", &events, &[], LATER), [(3, "established".to_owned(), "low")]);
}

#[test]
fn f24_an_extension_counts_from_the_power_to_the_end_of_the_first_day() {
    let day = 24 * HOUR;
    for (seconds, silent) in [(-1, false), (0, true), (HOUR + day, true), (HOUR + day + 1, false)] {
        let mut call = call();
        let extended = DetentionExtended { hours: 12, by_role: Role::NurseInCharge };
        let ended = DetentionEnded { ground: DetentionGround::AssessedReleased };
        let events = [
            power(&mut call, 0),
            at_place(&mut call, HOUR),
            by(&mut call, seconds, POLICE, Body::DetentionExtended(extended)),
            by(&mut call, 30 * HOUR, POLICE, Body::DetentionEnded(ended)),
        ];
        assert_eq!(flagged("F24", &events).is_empty(), silent, "{seconds}");
    }
}

#[test]
fn f34_an_opening_of_another_agency_is_not_the_owners() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    for (of, expected) in [(POLICE, 1), (AMBULANCE, 0)] {
        let opened = on(0, call().opened()).by(of, Role::CallHandler);
        assert_eq!(raised("F34", &[opened], &policies, 4 * HOUR).len(), expected, "{of}");
    }
}

#[test]
fn every_severity_is_spelt_in_its_word() {
    for severity in Severity::ALL {
        assert_eq!(severity.spelling(), severity.as_str());
        assert_eq!(Severity::parse(severity.spelling()), Some(severity));
    }
    assert_eq!(Severity::ALL.map(Severity::as_str), ["low", "medium", "high", "critical"]);
}

#[test]
fn f21_a_contact_repeats_another_unless_it_says_so_or_either_is_linked() {
    use onus_core::bodies::contact::IncidentLinked;
    use onus_core::ids::Incident;
    const OTHER: &str = "police:met/2024-05-01/2";
    const THIRD: &str = "police:met/2024-05-01/3";
    let person = |event: Event| event.with(|record| record.common.subject = Some(token(5)));
    // When the other contact was made; which incident the other names as linked; whether this one says that it repeats.
    let cases = [
        ("before", -HOUR, None, false, true),
        ("at that instant", 0, None, false, true),
        ("later", 1, None, false, false),
        ("the other links it", -HOUR, Some("police:met/2024-05-01/1"), false, false),
        ("the other links a third", -HOUR, Some(THIRD), false, true),
        ("it says so", -HOUR, None, true, false),
    ];
    for (what, seconds, linked, says_so, expected) in cases {
        let mut other = incident(OTHER);
        let first = person(on(seconds, other.contact()));
        let first_id = first.id();
        let mut others = vec![first];
        others.extend(linked.map(|linked| {
            let body =
                IncidentLinked { other: Incident::parse(linked).unwrap(), relation: Relation::RepeatContact };
            on(MIN, other.event(Body::IncidentLinked(body)))
        }));
        let own = person(on(0, call().contact()));
        let own =
            history(&[body!(own, ContactReceived, |body| body.repeat_of = says_so.then_some(first_id))]);
        let repeats = Repeats::of([&history(&others), &own]);
        assert_eq!(findings("F21", &own, &[], Some(&repeats), LATER).len() == 1, expected, "{what}");
    }
}
