//! F38: the log falls silent while something is overdue.

use super::*;
use onus_core::vocabulary::Channel as Submitted;

/// Nobody holds the response from the assessment on, so that F05 runs from 15 minutes after it.
fn at_risk(call: &mut IncidentEvents) -> Vec<Event> {
    vec![triage(call, 0, Tri::Yes, Tri::No, Tri::No)]
}

const RUNS: i64 = 15 * MIN;

fn word(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.informed(onus_core::vocabulary::Informed::Other))
}

#[test]
fn f38_an_hour_without_an_entry_of_the_owner_while_something_is_overdue() {
    let cases = [
        ("nothing, at the limit", None, RUNS + HOUR, None),
        ("nothing, a second past it", None, RUNS + HOUR + 1, Some(1)),
        ("a word within the hour", Some(RUNS + HOUR), RUNS + HOUR + 1, None),
        ("and an hour after that word", Some(RUNS + HOUR), RUNS + 2 * HOUR + 1, Some(2)),
        ("a word before it was overdue", Some(RUNS - 1), RUNS + HOUR + 1, Some(2)),
        ("a word too late", Some(RUNS + HOUR + 1), LATER, Some(1)),
    ];
    for (what, said, now, expected) in cases {
        let mut call = call();
        let mut events = at_risk(&mut call);
        events.extend(said.map(|seconds| word(&mut call, seconds)));
        let found: Vec<u64> = raised("F38", &events, &[], now).into_iter().map(|(entry, ..)| entry).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<u64>>(), "{what}");
    }
}

#[test]
fn f38_what_others_record_breaks_no_silence() {
    let mut call = call();
    let mut events = at_risk(&mut call);
    events.push(word(&mut call, RUNS + MIN).by(AMBULANCE, Role::CallHandler));
    assert_eq!(raised("F38", &events, &[], RUNS + HOUR + 1).len(), 1);
}

#[test]
fn f38_is_raised_once_for_a_time_in_which_several_things_are_overdue() {
    let mut call = call();
    let mut events = at_risk(&mut call);
    events.insert(0, on(0, call.opened()));
    assert_eq!(raised("F38", &events, &[], LATER).len(), 1);
}

#[test]
fn f38_leaves_alone_what_is_not_overdue_and_batches_without_entry_times() {
    let mut call = call();
    let no_risk = [triage(&mut call, 0, Tri::No, Tri::No, Tri::No)];
    assert!(raised("F38", &no_risk, &[], 3 * HOUR).is_empty());
    let batch: Vec<Event> = at_risk(&mut call)
        .into_iter()
        .map(|event| {
            event.with(|record| {
                record.common.entered_at = None;
                record.common.submitted_by.channel = Submitted::Import;
            })
        })
        .collect();
    assert!(raised("F38", &batch, &[], LATER).is_empty());
}
