//! A full disk and a disk that fails: a clear error, nothing acknowledged, and the ledger goes on afterwards.

use onus_core::blame::Blame;
use onus_testkit::fault_fs::{Effect, FaultFs, Operation, When};
use onus_tests::torture::{Played, Story, long_form};
use std::io;

const ERRORS: [io::ErrorKind; 2] = [io::ErrorKind::StorageFull, io::ErrorKind::Other];

/// How far the story comes when this goes wrong, and that the ledger is whole when it is put right.
fn play_with(when: When, effect: Effect, case: &str) -> Played {
    let fs = FaultFs::new(11);
    fs.inject(when, effect);
    let played = Story::of_a_small_ledger().play(&fs);
    if let Some((kind, words)) = &played.stopped_by {
        assert_eq!(*kind, Blame::Environment, "{case}: who must act: {words}");
        assert!(words.contains('/'), "{case}: the file is named: {words}");
    }
    played.fs.heal();
    played.hold_against(&played.fs.fork(), case);
    played
}

/// The numbers of operations of these kinds in the story, when nothing fails.
fn steps(kinds: &[Operation]) -> Vec<u64> {
    let trace = Story::of_a_small_ledger().play(&FaultFs::new(11)).fs.trace();
    let wanted = trace.iter().filter(|step| step.operation.is_some_and(|kind| kinds.contains(&kind)));
    wanted.filter_map(|step| step.number).collect()
}

#[test]
fn a_write_that_fails_once_wherever_it_is_acknowledges_nothing_falsely() {
    for step in steps(&[Operation::Write, Operation::SetLen]) {
        for error in ERRORS {
            for after_bytes in if long_form() { vec![0, 1, 63, 79, 80, 81, 500] } else { vec![0, 81] } {
                let case = format!("{error} after {after_bytes} bytes of the write of operation {step}");
                play_with(When::Step(step), Effect::Fail { error, after_bytes }, &case);
            }
        }
    }
}

#[test]
fn a_sync_that_fails_once_wherever_it_is_stops_the_writer() {
    for step in steps(&[Operation::Sync, Operation::SyncDir]) {
        for error in ERRORS {
            let case = format!("{error} at the sync of operation {step}");
            let played = play_with(When::Step(step), Effect::fail(error), &case);
            assert!(played.stopped_by.is_some(), "{case}: nobody was told");
        }
    }
}

#[test]
fn any_other_operation_that_fails_once_is_an_error_or_does_no_harm() {
    let kinds = [
        Operation::Create,
        Operation::CreateDir,
        Operation::Rename,
        Operation::Remove,
        Operation::SetReadOnly,
    ];
    for step in steps(&kinds) {
        for error in ERRORS {
            play_with(When::Step(step), Effect::fail(error), &format!("{error} at operation {step}"));
        }
    }
}

#[test]
fn a_disk_that_stays_full_from_any_write_on_keeps_all_that_it_had() {
    let writes = steps(&[Operation::Write]).len();
    for nth in 0..u64::try_from(writes).expect("few writes") {
        let full = Effect::Fail { error: io::ErrorKind::StorageFull, after_bytes: 30 };
        let case = format!("full from write {nth} on");
        let played = play_with(When::EveryFrom(Operation::Write, nth), full, &case);
        assert!(played.stopped_by.is_some(), "{case}: nobody was told");
    }
}

#[test]
fn a_read_that_fails_once_is_an_error_or_does_no_harm() {
    for kind in [Operation::Open, Operation::Read, Operation::Lock] {
        for nth in 0.. {
            let fs = FaultFs::new(11);
            fs.inject(When::Nth(kind, nth), Effect::fail(io::ErrorKind::Other));
            let played = Story::of_a_small_ledger().play(&fs);
            if played.fs.trace().iter().all(|step| step.done) {
                assert!(nth > 2, "{kind:?} happens more than {nth} times");
                break;
            }
            played.fs.heal();
            let case = format!("{kind:?} {nth} failed ({:?})", played.stopped_by);
            assert!(played.stopped_by.as_ref().is_none_or(|(who, _)| *who == Blame::Environment), "{case}");
            played.hold_against(&played.fs.fork(), &case);
        }
    }
}
