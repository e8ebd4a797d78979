//! What a sample is drawn from: refusals by whatever name, which nothing recorded or undone later takes out.

use crate::figures::{ledger, reader};
use onus_core::bodies::closing::EntryWithdrawn;
use onus_core::kinds::Body;
use onus_core::time::LocalDate;
use onus_core::vocabulary::{Attendance, Channel, DeclineReason, Facet, Strand};
use onus_query::sample::{FrameDefinition, FrameKind, framed_agencies};
use onus_testkit::events::{Event, IncidentEvents, agency, incident};

/// What happens in one incident; the number of the events that a frame of refusals and one of decisions have.
type Story = (&'static str, fn(&mut IncidentEvents) -> Vec<Event>, &'static [u64], &'static [u64]);

fn withdrawn(call: &mut IncidentEvents, event: &Event) -> Event {
    call.event(Body::EntryWithdrawn(EntryWithdrawn { event_id: event.id(), reason: None }))
}

const STORIES: &[Story] = &[
    ("a decision not to attend", |call| vec![call.contact(), call.decided(Attendance::NoDeploy)], &[1], &[1]),
    ("a decision to attend", |call| vec![call.contact(), call.decided(Attendance::Deploy)], &[], &[1]),
    (
        "a declined handover of the response",
        |call| {
            let offer = call.offered(&[Facet::Response], "ambulance:las");
            let declined = call.declined(&offer, DeclineReason::NoCapacity);
            vec![offer, declined]
        },
        &[1],
        &[],
    ),
    ("a closing that nobody attended", |call| vec![call.opened(), call.closed()], &[1], &[]),
    (
        "the same in a batch without entry times",
        |call| {
            let imported = |event: Event| {
                event.with(|record| {
                    record.common.submitted_by.channel = Channel::Import;
                    record.common.entered_at = None;
                })
            };
            [call.opened(), call.closed()].map(imported).to_vec()
        },
        &[],
        &[],
    ),
    (
        "a refusal that was withdrawn",
        |call| {
            let decided = call.decided(Attendance::NoDeployAdvice);
            let undone = withdrawn(call, &decided);
            vec![decided, undone]
        },
        &[0],
        &[0],
    ),
    (
        "a closing behind a decision to attend that was withdrawn",
        |call| {
            let decided = call.decided(Attendance::Deploy);
            let undone = withdrawn(call, &decided);
            vec![decided, call.closed(), undone]
        },
        &[1],
        &[0],
    ),
];

fn frame(dir: &std::path::Path, definition: &FrameDefinition, size: Option<u64>) -> Vec<u64> {
    let reader = reader(dir);
    let frame = definition.lay(&reader, size.unwrap_or(reader.size())).unwrap();
    frame.iter().map(|framed| framed.entry.seq().get()).collect()
}

#[test]
fn a_refusal_is_in_the_frame_by_whatever_name_and_whatever_becomes_of_it() {
    for (what, story, refusals, decisions) in STORIES {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        ledger(&dir, &story(&mut incident("police:met/2024-05-01/1")));
        let of = |kind| frame(&dir, &FrameDefinition { kind, ..FrameDefinition::default() }, None);
        let places = |events: &[u64]| -> Vec<u64> { events.iter().map(|event| event + 1).collect() };
        assert_eq!(of(FrameKind::Refusal), places(refusals), "{what}");
        assert_eq!(of(FrameKind::AttendanceDecided), places(decisions), "{what}");
    }
}

#[test]
fn what_is_recorded_after_the_checkpoint_changes_no_frame() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let mut call = incident("police:met/2024-05-01/1");
    let first = [call.opened(), call.closed()];
    let later = [call.decided(Attendance::Deploy)];
    ledger(&dir, &[&first[..], &later].concat());
    assert_eq!(frame(&dir, &FrameDefinition::default(), Some(3)), [2], "nothing was decided then");
    assert_eq!(frame(&dir, &FrameDefinition::default(), None), Vec::<u64>::new());
}

#[test]
fn conditions_are_of_who_refused_what_and_when() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let mut all = Vec::new();
    for (number, (_, story, ..)) in STORIES[..4].iter().enumerate() {
        let mut call = incident(&format!("police:met/2024-05-01/{number}"));
        all.push(call.triage(Strand::ConcernForWelfare));
        all.extend(story(&mut call));
    }
    ledger(&dir, &all);
    let found = |narrow: &dyn Fn(&mut FrameDefinition)| {
        let mut definition = FrameDefinition::default();
        narrow(&mut definition);
        frame(&dir, &definition, None)
    };
    // Three entries each, the genesis before them: a decision, an answer of the ambulance, a closing.
    assert_eq!(found(&|_| {}), [3, 9, 12]);
    assert_eq!(found(&|of| of.agency = Some(agency("ambulance:las"))), [9]);
    assert_eq!(found(&|of| of.agency = Some(agency("police:met"))), [3, 12]);
    assert_eq!(found(&|of| of.outcome = Some(Attendance::NoDeploy)), [3]);
    assert_eq!(found(&|of| of.strand = Some(Strand::ConcernForWelfare)), [3, 9, 12]);
    assert_eq!(found(&|of| of.strand = Some(Strand::Transport)), Vec::<u64>::new());
    assert_eq!(found(&|of| of.from = LocalDate::parse("2199-01-01").ok()), Vec::<u64>::new());
    let reader = reader(&dir);
    let agencies = framed_agencies(&reader, reader.size(), FrameKind::Refusal).unwrap();
    assert_eq!(agencies, [(agency("police:met"), 2), (agency("ambulance:las"), 1)]);
}
