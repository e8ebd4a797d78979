//! Holds, restrictions and reading rights: pure folds, against models that say the same the long way round.

use onus_core::bodies::closing::{EntryWithdrawn, LegalHoldPlaced, LegalHoldReleased};
use onus_core::bodies::ledger_wide::{ProcessingRestricted, RestrictionLifted};
use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::history::Entry;
use onus_core::hold::holds;
use onus_core::ids::EventId;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Corrects;
use onus_core::restriction::{forbidding, restrictions};
use onus_core::rights::{Grant, WhoReads, may_read, regime_of};
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Regime, Role};
use onus_testkit::events::{IncidentEvents, actor, agency, code, incident};
use onus_testkit::samples;
use proptest::prelude::*;

const AGENCIES: [&str; 2] = ["police:sussex", "ambulance:secamb"];
const REFERENCES: [&str; 2] = ["inquest-7", "iopc-12"];

/// One entry after those that are there.
fn push(entries: &mut Vec<Entry>, events: &mut IncidentEvents, body: Body<Stored>, of: &str) -> EventId {
    let event = events.event(body);
    let mut common = event.record().common.clone();
    common.asserted_by = agency(of);
    common.submitted_by.agency = agency(of);
    let seq = u64::try_from(entries.len()).unwrap();
    let head = EntryHead {
        seq: Seq::new(seq),
        recorded_at: Timestamp::from_us(1_700_000_000_000_000 + i64::try_from(seq).unwrap()).unwrap(),
        incident_version: u32::try_from(seq).unwrap() + 1,
        ..samples::head(event.record().kind())
    };
    entries.push(Entry { head, common, body: Some(event.record().body.clone()), counter_signed: false });
    event.id()
}

fn placed(reference: &str) -> Body<Stored> {
    Body::LegalHoldPlaced(LegalHoldPlaced {
        reference: code(reference),
        authorised_by: actor(AGENCIES[0], Role::DataProtectionOfficer, 1),
    })
}

fn released(reference: &str) -> Body<Stored> {
    Body::LegalHoldReleased(LegalHoldReleased {
        reference: code(reference),
        authorised_by: actor(AGENCIES[0], Role::DataProtectionOfficer, 1),
    })
}

fn restricted(entries: Vec<EventId>, purposes: &[&str]) -> Body<Stored> {
    Body::ProcessingRestricted(ProcessingRestricted {
        entries,
        purposes_allowed: purposes.iter().map(|purpose| code(purpose)).collect(),
        basis: code("dpa-2018-s47-3"),
        authorised_by: None,
    })
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Place(usize, usize),
    Release(usize, usize),
    /// Withdraws the entry at this place from the end.
    Withdraw(usize),
    /// Corrects it, by a placing of the first reference.
    Correct(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..2_usize, 0..2_usize).prop_map(|(of, reference)| Step::Place(of, reference)),
        (0..2_usize, 0..2_usize).prop_map(|(of, reference)| Step::Release(of, reference)),
        (0..6_usize).prop_map(Step::Withdraw),
        (0..6_usize).prop_map(Step::Correct),
    ]
}

fn run(steps: &[Step]) -> Vec<Entry> {
    let mut events = incident("police:sussex/2023-05-01/1");
    let mut entries: Vec<Entry> = Vec::new();
    for step in steps {
        let earlier = |back: usize| entries.iter().rev().nth(back).map(Entry::id);
        match *step {
            Step::Place(of, reference) => {
                push(&mut entries, &mut events, placed(REFERENCES[reference]), AGENCIES[of]);
            }
            Step::Release(of, reference) => {
                push(&mut entries, &mut events, released(REFERENCES[reference]), AGENCIES[of]);
            }
            Step::Withdraw(back) => {
                let Some(event_id) = earlier(back) else { continue };
                let body = Body::EntryWithdrawn(EntryWithdrawn { event_id, reason: None });
                push(&mut entries, &mut events, body, AGENCIES[1]);
            }
            Step::Correct(back) => {
                let Some(event_id) = earlier(back) else { continue };
                push(&mut entries, &mut events, placed(REFERENCES[0]), AGENCIES[0]);
                let corrects = Some(Corrects { event_id, reason: None });
                entries.last_mut().unwrap().common.corrects = corrects;
            }
        }
    }
    entries
}

/// Whether some placing has no release after it that anybody let stand: each pair looked at by itself.
fn stands(entries: &[Entry], of: &str, reference: &str) -> bool {
    let undone = |id: EventId| {
        entries.iter().any(|entry| {
            matches!(&entry.body, Some(Body::EntryWithdrawn(body)) if body.event_id == id)
                || entry.common.corrects.as_ref().is_some_and(|corrects| corrects.event_id == id)
        })
    };
    let by = |entry: &Entry| entry.common.asserted_by == agency(of);
    entries.iter().enumerate().any(|(at, placing)| {
        matches!(&placing.body, Some(Body::LegalHoldPlaced(body)) if body.reference == code(reference))
            && by(placing) && !entries[at..].iter().any(|entry| {
            matches!(&entry.body, Some(Body::LegalHoldReleased(body)) if body.reference == code(reference))
                && by(entry)
                && !undone(entry.id())
        })
    })
}

proptest! {
    #[test]
    fn a_hold_stands_until_its_own_agency_releases_it(steps in prop::collection::vec(step(), 0..14)) {
        let entries = run(&steps);
        let standing = holds(&entries);
        for of in AGENCIES {
            for reference in REFERENCES {
                let found = standing.iter().filter(|hold| hold.agency == agency(of) && hold.reference == code(reference));
                prop_assert_eq!(found.count(), usize::from(stands(&entries, of, reference)));
            }
        }
    }

    #[test]
    fn withdrawing_or_correcting_never_releases_a_hold(steps in prop::collection::vec(step(), 0..14), back in 0..6_usize) {
        let before = run(&steps);
        for more in [Step::Withdraw(back), Step::Correct(back)] {
            let after = run(&[steps.as_slice(), &[more]].concat());
            for hold in holds(&before) {
                let kept = |other: &onus_core::hold::Hold| other.reference == hold.reference && other.agency == hold.agency;
                prop_assert!(holds(&after).iter().any(kept), "{:?} ended hold {}", more, hold.reference);
            }
        }
    }

    #[test]
    fn under_restrictions_a_text_opens_only_for_what_all_of_them_allow(
        made in prop::collection::vec((prop::collection::vec(0..3_usize, 0..3), prop::collection::vec(0..3_usize, 0..3), any::<bool>()), 0..6),
        purpose in prop::option::of(0..3_usize),
    ) {
        const PURPOSES: [&str; 3] = ["legal-claim", "vital-interests", "complaint"];
        let mut events = incident("police:sussex/2023-05-01/1");
        let mut entries = Vec::new();
        let texts: Vec<EventId> = (0..3).map(|_| push(&mut entries, &mut events, placed("x"), AGENCIES[0])).collect();
        let mut standing = Vec::new();
        for (covered, purposes, lifted) in &made {
            let covered: Vec<EventId> = covered.iter().map(|at| texts[*at]).collect();
            let purposes: Vec<&str> = purposes.iter().map(|at| PURPOSES[*at]).collect();
            let restriction = push(&mut entries, &mut events, restricted(covered.clone(), &purposes), AGENCIES[0]);
            if *lifted {
                let body = RestrictionLifted { restriction, basis: code("ended"), authorised_by: None };
                push(&mut entries, &mut events, Body::RestrictionLifted(body), AGENCIES[0]);
            } else {
                standing.push((covered, purposes));
            }
        }
        let purpose = purpose.map(|at| PURPOSES[at]);
        for text in &texts {
            let expected = standing.iter().all(|(covered, purposes)| {
                let covers = covered.is_empty() || covered.contains(text);
                !covers || purpose.is_some_and(|purpose| purposes.contains(&purpose))
            });
            let found = restrictions(&entries);
            prop_assert_eq!(forbidding(&found, *text, purpose.map(code).as_ref()).is_none(), expected);
            prop_assert_eq!(found.len(), standing.len());
        }
    }
}

#[test]
fn a_draft_that_withdraws_a_restriction_lifts_nothing() {
    let mut events = incident("police:sussex/2023-05-01/1");
    let mut entries = Vec::new();
    let event_id = push(&mut entries, &mut events, restricted(Vec::new(), &["complaint"]), AGENCIES[0]);
    let body = Body::EntryWithdrawn(EntryWithdrawn { event_id, reason: None });
    push(&mut entries, &mut events, body, AGENCIES[0]);
    assert_eq!(restrictions(&entries).len(), 1);
}

#[test]
fn a_hold_is_released_only_through_the_agency_that_handed_it_in() {
    let mut events = incident("police:sussex/2023-05-01/1");
    let mut entries = Vec::new();
    push(&mut entries, &mut events, placed("inquest-7"), AGENCIES[0]);
    push(&mut entries, &mut events, released("inquest-7"), AGENCIES[0]);
    entries.last_mut().unwrap().common.submitted_by.agency = agency(AGENCIES[1]);
    assert_eq!(holds(&entries).len(), 1, "words put into its mouth by another release nothing");
}

#[test]
fn a_grant_covers_what_it_names_and_nothing_is_granted_where_none_does() {
    let reader = |role: Option<Role>, purpose: Option<&str>| WhoReads {
        agency: agency("police:sussex"),
        role,
        purpose: purpose.map(code),
    };
    let number = |kind: Kind| kind.number();
    let grants = [Grant {
        agency: Some(agency("police:sussex")),
        roles: vec![Role::Supervisor],
        kinds: vec![Kind::AttendanceDecided],
        purposes: vec![Code::new("complaint").unwrap()],
    }];
    let supervisor = reader(Some(Role::Supervisor), Some("complaint"));
    assert!(may_read(&grants, &supervisor, number(Kind::AttendanceDecided)));
    for (reader, kind) in [
        (supervisor.clone(), number(Kind::InformationRecorded)),
        (supervisor.clone(), 60_000),
        (reader(Some(Role::Supervisor), Some("training")), number(Kind::AttendanceDecided)),
        (reader(Some(Role::Supervisor), None), number(Kind::AttendanceDecided)),
        (reader(Some(Role::Dispatcher), Some("complaint")), number(Kind::AttendanceDecided)),
        (reader(None, Some("complaint")), number(Kind::AttendanceDecided)),
        (WhoReads { agency: agency("police:mps"), ..supervisor.clone() }, number(Kind::AttendanceDecided)),
    ] {
        assert!(!may_read(&grants, &reader, kind), "{reader:?} {kind}");
    }
    assert!(!may_read(&[], &supervisor, number(Kind::AttendanceDecided)));
    assert!(may_read(&[Grant::default()], &reader(None, None), 60_000), "a grant of everything");
}

#[test]
fn a_reading_stands_under_the_regime_of_what_it_touches() {
    use Regime::{General, LawEnforcement, Mixed, Undetermined};
    assert_eq!(regime_of([]), Undetermined);
    assert_eq!(regime_of([General, General]), General);
    assert_eq!(regime_of([General, LawEnforcement]), Mixed);
    assert_eq!(regime_of([Undetermined, LawEnforcement]), Mixed, "part of it may be law enforcement's");
}
