//! What the source of an incident never carries is missing in no incident of it.

use super::*;
use onus_core::kinds::{Kind, Maker, Scope};
use onus_core::vocabulary::{Attendance, DeclineReason, Facet};
use onus_query::flags::{RULES, SilenceReason, rule, why_silent};
use onus_query::never_carried::NeverCarried;
use onus_testkit::events::code;

/// An opening whose source never carries some kinds.
fn opened(call: &mut IncidentEvents, silent: &[Kind]) -> Event {
    body!(on(0, call.opened()), IncidentOpened, |body| {
        body.grade = Some(graded(GradeLevel::Priority, Some(60)));
        body.silent = silent.iter().map(|kind| code(kind.name())).collect();
    })
}

/// A kind on whose absence a flag rests, and what happens after the opening that raises it.
type Absence = (&'static str, Kind, fn(&mut IncidentEvents) -> Vec<Event>);

const ABSENCES: &[Absence] = &[
    ("F01", Kind::AttendanceDecided, |call| vec![on(HOUR, call.closed())]),
    ("F01", Kind::ResourceArrived, |call| vec![on(HOUR, call.closed())]),
    ("F02", Kind::TriageAssessed, |call| vec![on(MIN, call.decided(Attendance::NoDeploy))]),
    ("F05", Kind::HandoverAccepted, |call| vec![on(MIN, call.decided(Attendance::NoDeploy))]),
    ("F05", Kind::ResourceArrived, |call| vec![on(MIN, call.decided(Attendance::NoDeploy))]),
    ("F05", Kind::TriageAssessed, |call| vec![on(MIN, call.closed())]),
    ("F08", Kind::CallerInformed, |call| vec![on(MIN, call.decided(Attendance::Deploy))]),
    ("F18", Kind::TriageReassessed, |_| vec![]),
    ("F18", Kind::ResourceArrived, |_| vec![]),
    ("F20", Kind::ResourceArrived, |call| vec![on(HOUR, call.closed())]),
    ("F27", Kind::ResourceArrived, |_| vec![]),
    ("F38", Kind::ResourceArrived, |_| vec![]),
];

#[test]
fn a_rule_is_silent_where_the_source_never_carries_what_it_misses() {
    for (flag, kind, more) in ABSENCES {
        let raised = |silent: &[Kind]| {
            let mut call = call();
            let mut events = vec![opened(&mut call, silent)];
            events.extend(more(&mut call));
            !flagged(flag, &events).is_empty()
        };
        assert!(raised(&[]), "{flag}: nothing is declared");
        assert!(raised(&[Kind::PersonLeft]), "{flag}: another kind is declared");
        assert!(!raised(&[*kind]), "{flag} without {kind:?}");
        assert!(!raised(&[Kind::PersonLeft, *kind]), "{flag} without {kind:?} among others");
    }
}

#[test]
fn every_opening_has_to_declare_it_and_its_own_source_may_not_disprove_it() {
    let never = |events: &[Event]| {
        let history = history(events);
        NeverCarried::of(&history.speaking()).kinds().to_vec()
    };
    let declared = [Kind::ResourceArrived, Kind::TriageAssessed];
    let mut call = call();
    let first = opened(&mut call, &declared);
    let elsewhere = |event: Event| event.with(|record| record.common.source.system = code("another-system"));
    let arrived = body_of_arrival(&mut call);
    assert_eq!(never(&[opened(&mut call, &[])]), []);
    let in_order = [Kind::TriageAssessed, Kind::ResourceArrived];
    assert_eq!(never(std::slice::from_ref(&first)), in_order, "in the order of their numbers");
    let again = elsewhere(opened(&mut call, &[Kind::TriageAssessed]));
    assert_eq!(never(&[first.clone(), again]), [Kind::TriageAssessed], "what all of them declare");
    let silent_on_nothing = elsewhere(opened(&mut call, &[]));
    assert_eq!(never(&[first.clone(), silent_on_nothing]), []);
    assert_eq!(never(&[first.clone(), arrived.clone()]), [Kind::TriageAssessed], "its own source shows one");
    assert_eq!(never(&[first.clone(), elsewhere(arrived)]), in_order, "another source shows one");
    let unknown = body!(first, IncidentOpened, |body| body.silent = vec![code("NoSuchKind")]);
    assert_eq!(never(&[unknown]), [], "what is no kind says nothing");
}

fn body_of_arrival(call: &mut IncidentEvents) -> Event {
    use onus_core::bodies::decision::ResourceArrived;
    on(
        HOUR,
        call.event(Body::ResourceArrived(ResourceArrived {
            agency: onus_testkit::events::agency(POLICE),
            callsign_token: None,
            purpose: None,
            contact_made: None,
            entry: None,
        })),
    )
}

/// What is stated is judged, whatever else is never carried.
#[test]
fn a_part_that_rests_on_another_absence_is_left_out_alone() {
    let silent = [Kind::AttendanceDecided, Kind::ResourceArrived, Kind::TriageAssessed];
    let mut call = call();
    let offer = on(MIN, call.offered(&[Facet::Response], AMBULANCE));
    let declined = on(2 * MIN, call.declined(&offer, DeclineReason::NoCapacity));
    let closed = on(HOUR, call.closed());
    let events = [opened(&mut call, &silent), offer, declined, closed];
    assert_eq!(flagged("F01", &events), [3], "the stated refusal, and not the closing");
}

#[test]
fn a_severity_that_rests_on_an_absence_is_the_lower_one() {
    for (silent, expected) in [(&[][..], "medium"), (&[Kind::CallerInformed], "low")] {
        let mut call = call();
        let events = [
            opened(&mut call, silent),
            triage(&mut call, MIN, Tri::Unknown, Tri::No, Tri::No),
            on(2 * MIN, call.decided(Attendance::NoDeploySignpost)),
        ];
        let found = raised("F04", &events, &[], LATER);
        assert_eq!(found.iter().map(|(.., severity)| *severity).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn what_a_rule_needs_is_what_a_source_can_carry() {
    for rule in RULES {
        for need in rule.needs {
            let is_carried = need.kind.maker() == Maker::Draft && need.kind.scope() == Scope::Incident;
            assert!(is_carried, "{} needs {:?}", rule.code, need.kind);
        }
    }
}

#[test]
fn why_a_rule_is_silent_is_read_off_the_record() {
    use SilenceReason::{
        NeverCarried, NoEntryTimes, NoPolicy, NoRefusal, Raised, Recorded, Retold, WithinUncertainty,
    };
    let policies = Policies::default();
    let why = |flag: &str, events: &[Event]| {
        let rule = rule(Code::parse(flag).unwrap()).unwrap();
        let reasons =
            why_silent(&history(events), &Context { policies: &policies, repeats: None }, at(LATER), rule);
        reasons
            .into_iter()
            .map(|reason| match reason {
                Raised(seq) => format!("raised at {seq}"),
                NeverCarried(need) => format!("{:?} never, {}", need.kind, need.left_out.is_some()),
                Recorded(need, count) => format!("{:?} {count}", need.kind),
                NoRefusal => "no refusal".into(),
                NoEntryTimes(untimed, all) => format!("{untimed} of {all} untimed"),
                Retold(retold, all) => format!("{retold} of {all} retold"),
                WithinUncertainty(count) => format!("{count} within the uncertainty"),
                NoPolicy => "no policy".into(),
            })
            .collect::<Vec<_>>()
    };
    let imported = |event: Event| {
        event.with(|record| record.common.submitted_by.channel = onus_core::vocabulary::Channel::Import)
    };
    let mut call = call();
    let closed = on(HOUR, call.closed());
    let carries = [opened(&mut call, &[]), closed.clone()];
    let silent = [imported(opened(&mut call, &[Kind::ResourceArrived])), imported(closed)];
    assert_eq!(why("F20", &carries), ["raised at 2", "ResourceArrived 0"]);
    assert_eq!(why("F20", &silent), ["ResourceArrived never, false"]);
    let of_silent = ["AttendanceDecided 0", "ResourceArrived never, true", "no refusal", "2 of 2 untimed"];
    assert_eq!(why("F01", &silent), of_silent);
    assert_eq!(why("F15", &carries).last().unwrap(), "no policy");
    let retold = carries.map(|event| event.with(|record| record.common.source.retold = Some(true)));
    assert_eq!(why("F11", &retold), ["2 of 2 retold"]);
    assert_eq!(why("F39", &silent), Vec::<String>::new(), "a rule that rests on no absence");
}
