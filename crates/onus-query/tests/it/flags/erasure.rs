//! F40: texts erased soon after what kept them was released or lifted.

use super::*;
use onus_core::bodies::closing::{EntryWithdrawn, LegalHoldPlaced, LegalHoldReleased};
use onus_core::bodies::ledger_wide::{PersonalDataErased, ProcessingRestricted, RestrictionLifted};
use onus_core::sealed::Sealed;
use onus_core::seq::Seq;
use onus_core::vocabulary::{Attendance, InformationKind};
use onus_testkit::events::{actor, code};

const DAY: i64 = 24 * HOUR;
const LIMIT: i64 = 30 * DAY;

fn placed(call: &mut IncidentEvents, seconds: i64) -> Event {
    let authorised_by = actor(POLICE, Role::Superintendent, 1);
    on(seconds, call.event(Body::LegalHoldPlaced(LegalHoldPlaced { reference: code("h-1"), authorised_by })))
}

fn released(call: &mut IncidentEvents, seconds: i64) -> Event {
    let authorised_by = actor(POLICE, Role::Superintendent, 1);
    on(
        seconds,
        call.event(Body::LegalHoldReleased(LegalHoldReleased { reference: code("h-1"), authorised_by })),
    )
}

fn erased(call: &mut IncidentEvents, seconds: i64, keys: &[u64]) -> Event {
    let body =
        PersonalDataErased { key_ids: keys.to_vec(), basis: code("period-over"), authorisers: Vec::new() };
    on(seconds, call.event(Body::PersonalDataErased(body)))
}

fn restricted(call: &mut IncidentEvents, seconds: i64, entries: &[&Event]) -> Event {
    let body = ProcessingRestricted {
        entries: entries.iter().map(|event| event.id()).collect(),
        purposes_allowed: Vec::new(),
        basis: code("dpa-47"),
        authorised_by: None,
    };
    on(seconds, call.event(Body::ProcessingRestricted(body)))
}

fn lifted(call: &mut IncidentEvents, seconds: i64, restriction: &Event) -> Event {
    let body =
        RestrictionLifted { restriction: restriction.id(), basis: code("dpa-47"), authorised_by: None };
    on(seconds, call.event(Body::RestrictionLifted(body)))
}

fn withdrawn(call: &mut IncidentEvents, seconds: i64, of: &Event) -> Event {
    on(seconds, call.event(Body::EntryWithdrawn(EntryWithdrawn { event_id: of.id(), reason: None })))
}

#[test]
fn f40_an_erasure_soon_after_a_release_is_flagged() {
    for (what, after, expected) in
        [("at once", 0, true), ("at the limit", LIMIT, true), ("a second past it", LIMIT + 1, false)]
    {
        let mut call = call();
        let events = [placed(&mut call, 0), released(&mut call, DAY), erased(&mut call, DAY + after, &[7])];
        let found = raised("F40", &events, &[], 10 * LATER);
        let expected = if expected { vec![(3, "established".to_owned(), "critical")] } else { Vec::new() };
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn f40_only_what_ended_a_hold_before_the_erasure_counts() {
    // The erasure flagged, and the release that it rests on.
    type Expected = Option<(u64, u64)>;
    let mut call = call();
    let (hold, release) = (placed(&mut call, 0), released(&mut call, DAY));
    let erasure = |call: &mut IncidentEvents| erased(call, 2 * DAY, &[7]);
    let elsewhere = released(&mut call, DAY).by(AMBULANCE, Role::Supervisor);
    let (undone, redone) = (withdrawn(&mut call, DAY + 1, &release), released(&mut call, DAY + 2));
    let late_withdrawal = withdrawn(&mut call, 3 * DAY, &release);
    let again = released(&mut call, DAY + HOUR);
    let cases: [(&str, Vec<Event>, Expected); 8] = [
        ("nothing kept it", vec![erasure(&mut call)], None),
        ("held no longer", vec![hold.clone(), release.clone(), erasure(&mut call)], Some((3, 2))),
        ("what was not placed", vec![release.clone(), erasure(&mut call)], None),
        ("of another agency", vec![hold.clone(), elsewhere, erasure(&mut call)], None),
        ("after the erasure", vec![hold.clone(), erasure(&mut call), released(&mut call, 3 * DAY)], None),
        (
            "released, withdrawn, released",
            vec![hold.clone(), release.clone(), undone, redone, erasure(&mut call)],
            Some((5, 4)),
        ),
        (
            "withdrawn after the erasure",
            vec![hold.clone(), release.clone(), erasure(&mut call), late_withdrawal],
            Some((3, 2)),
        ),
        ("released twice: the first counts", vec![hold, release, again, erasure(&mut call)], Some((4, 2))),
    ];
    for (what, events, expected) in cases {
        let found = findings("F40", &history(&events), &[], None, LATER);
        let found: Vec<(u64, Vec<Seq>)> =
            found.into_iter().map(|finding| (finding.entry.get(), finding.others)).collect();
        let expected: Vec<(u64, Vec<Seq>)> =
            expected.into_iter().map(|(entry, release)| (entry, vec![Seq::new(release)])).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn f40_the_ledgers_clock_counts_and_not_what_a_release_says_of_itself() {
    let mut call = call();
    let backdated = released(&mut call, -400 * DAY);
    let backdated = entered(DAY, backdated);
    let events = [placed(&mut call, -401 * DAY), backdated, erased(&mut call, 2 * DAY, &[7])];
    assert_eq!(flagged("F40", &events), [3]);
}

#[test]
fn f40_a_restriction_covers_its_own_texts() {
    let mut call = call();
    let text = |key_id| Sealed { key_id, ..Sealed::withheld(4) };
    let told = |call: &mut IncidentEvents, key| {
        let told = call.information(InformationKind::Note);
        on(0, body!(told, InformationRecorded, |body| body.text = Some(Box::new(text(key)))))
    };
    let (first, second) = (told(&mut call, 7), told(&mut call, 8));
    let decision = on(0, call.decided(Attendance::NoDeploy));
    let cases: [(&str, Vec<&Event>, &[u64], bool); 5] = [
        ("its own", vec![&first], &[7], true),
        ("its own and another's", vec![&first], &[8, 7], true),
        ("another's", vec![&first], &[8], false),
        ("of the whole incident", vec![], &[8], true),
        ("of an entry without a text", vec![&decision], &[7], false),
    ];
    for (what, covers, keys, expected) in cases {
        let mut call = call.clone();
        let restriction = restricted(&mut call, MIN, &covers);
        let lifting = lifted(&mut call, DAY, &restriction);
        let erasure = erased(&mut call, 2 * DAY, keys);
        let events = [first.clone(), second.clone(), decision.clone(), restriction, lifting, erasure];
        assert_eq!(flagged("F40", &events), if expected { vec![6] } else { Vec::new() }, "{what}");
    }
    let restriction = restricted(&mut call, MIN, &[]);
    let events = [first, restriction, erased(&mut call, 2 * DAY, &[7])];
    assert!(flagged("F40", &events).is_empty(), "not lifted");
}

#[test]
fn f40_an_erasure_after_now_is_not_looked_at() {
    let mut call = call();
    let events = [placed(&mut call, 0), released(&mut call, DAY), erased(&mut call, 2 * DAY, &[7])];
    assert!(raised("F40", &events, &[], 2 * DAY - 1).is_empty());
    assert_eq!(raised("F40", &events, &[], 2 * DAY).len(), 1);
}
