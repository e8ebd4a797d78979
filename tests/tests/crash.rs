//! The power goes, at every operation and within every write; what was acknowledged stays.
//!
//! The long form (`ONUS_TORTURE=1`) takes every byte of every write; the short one some of each.

use onus_testkit::fault_fs::{Effect, FaultFs, Operation, Survivors, When};
use onus_tests::torture::{Act, Played, Story, contact, long_form, many, open, places};

/// What may be left of what was not synced: nothing, everything, and mixtures.
fn survivors(step: u64) -> Vec<Survivors> {
    let mixtures = if long_form() { 12 } else { 3 };
    let seeded = (0..mixtures).map(|n| Survivors::Seeded(step * 1_000 + n));
    [Survivors::Nothing, Survivors::Everything].into_iter().chain(seeded).collect()
}

fn play_until(story: &Story, step: u64, bytes: usize) -> Played {
    let fs = FaultFs::new(step);
    fs.inject(When::Step(step), Effect::PowerCut { bytes });
    story.play(&fs)
}

#[test]
fn after_a_power_cut_at_any_operation_all_that_was_acknowledged_is_there() {
    let story = Story::of_a_small_ledger();
    let steps = story.play(&FaultFs::new(0)).fs.steps();
    assert!(steps > 40, "the story does much: {steps} operations");
    for step in 0..=steps {
        let played = play_until(&story, step, 0);
        for survivors in survivors(step) {
            let case = format!("power cut at operation {step}, {survivors:?} left");
            played.hold_against(&played.fs.if_power_went(survivors), &case);
        }
    }
}

#[test]
fn after_a_power_cut_within_any_write_no_half_event_is_there() {
    let story = Story::of_a_small_ledger();
    let trace = story.play(&FaultFs::new(0)).fs.trace();
    let writes = trace.iter().filter(|step| step.operation == Some(Operation::Write));
    for (step, len) in writes.filter_map(|write| Some((write.number?, write.len))) {
        for bytes in places(len + 1, 20) {
            let played = play_until(&story, step, bytes);
            let mixture = Survivors::Seeded(step + u64::try_from(bytes).expect("few bytes"));
            for survivors in [Survivors::Everything, mixture] {
                let case =
                    format!("power cut at byte {bytes} of the write of operation {step}, {survivors:?} left");
                played.hold_against(&played.fs.if_power_went(survivors), &case);
            }
        }
    }
}

/// The second power cut strikes the opening that mends what the first one left.
#[test]
fn a_power_cut_during_recovery_costs_nothing_either() {
    let story = Story::of_a_small_ledger();
    let steps = story.play(&FaultFs::new(0)).fs.steps();
    for step in places(usize::try_from(steps).expect("few steps"), 40) {
        let step = u64::try_from(step).expect("few steps");
        let played = play_until(&story, step, 100);
        if !played.created {
            continue;
        }
        for survivors in [Survivors::Everything, Survivors::Seeded(step)] {
            let whole = played.fs.if_power_went(survivors);
            drop(open(&whole));
            for second in 0..whole.steps() {
                let fs = played.fs.if_power_went(survivors);
                fs.inject(When::Step(second), Effect::PowerCut { bytes: 40 });
                drop(open(&fs));
                for again in [Survivors::Nothing, Survivors::Everything, Survivors::Seeded(second)] {
                    let case = format!(
                        "cut at operation {step}, {survivors:?} left; again at {second}, {again:?} left"
                    );
                    played.hold_against(&fs.if_power_went(again), &case);
                }
            }
        }
    }
}

/// What the process after the failed sync does.
fn later() -> Story {
    Story(vec![
        Act::Append(vec![contact(77, 1)]),
        Act::Append(many(500, 90)),
        Act::Close,
        Act::Append(vec![contact(77, 2)]),
    ])
}

fn play_with_failed_sync(step: u64, seed: u64) -> Played {
    let fs = FaultFs::new(seed);
    fs.inject(When::Step(step), Effect::fail(std::io::ErrorKind::Other));
    Story::of_a_small_ledger().play(&fs)
}

/// The numbers of all syncs of the story.
fn syncs() -> Vec<u64> {
    let trace = Story::of_a_small_ledger().play(&FaultFs::new(0)).fs.trace();
    let syncs =
        trace.iter().filter(|step| matches!(step.operation, Some(Operation::Sync | Operation::SyncDir)));
    syncs.filter_map(|sync| sync.number).collect()
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_until_reopening_and_nothing_is_lost_then() {
    for step in syncs() {
        for seed in 0..if long_form() { 16 } else { 4 } {
            let mut played = play_with_failed_sync(step, seed);
            let case = format!("sync of operation {step} failed, seed {seed}");
            assert!(played.stopped_by.is_some(), "{case}: and somebody was told");
            // The power goes while only the page cache has it …
            let left = if seed % 2 == 0 { Survivors::Everything } else { Survivors::Seeded(seed) };
            played.hold_against(&played.fs.if_power_went(left), &format!("{case}, then a power cut"));
            if !played.created {
                continue;
            }
            // … or another process opens the ledger first, and then the power goes.
            let more = later().play(&played.fs);
            assert_eq!(more.stopped_by, None, "{case}: opening again");
            played.go_on(more);
            for survivors in [Survivors::Nothing, Survivors::Seeded(seed)] {
                played.hold_against(
                    &played.fs.if_power_went(survivors),
                    &format!("{case}, reopened, then a power cut"),
                );
            }
        }
    }
}

/// Three faults in a row: a sync fails, the next process goes on over what only the page cache holds, and the
/// power goes under it.
#[test]
fn a_power_cut_under_the_process_after_a_failed_sync_costs_nothing_either() {
    for (step, seed) in syncs()
        .into_iter()
        .flat_map(|step| (0..if long_form() { 12 } else { 2 }).map(move |seed| (step, seed)))
    {
        let first = play_with_failed_sync(step, seed);
        if !first.created {
            continue;
        }
        for second in first.fs.steps()..later().play(&first.fs).fs.steps() {
            let mut played = play_with_failed_sync(step, seed);
            played.fs.inject(When::Step(second), Effect::PowerCut { bytes: 30 });
            let more = later().play(&played.fs);
            played.go_on(more);
            for survivors in [Survivors::Nothing, Survivors::Everything, Survivors::Seeded(second)] {
                let case =
                    format!("sync {step} failed, seed {seed}, power cut at {second}, {survivors:?} left");
                played.hold_against(&played.fs.if_power_went(survivors), &case);
            }
        }
    }
}
