//! The log goes over into a new segment: the same promises, where the most files change at once.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use onus_core::entry::EncodedEvent;
use onus_core::kinds::Body;
use onus_core::sealed::{Bytes, Sealed};
use onus_core::storage::{OpenHow, Storage as _};
use onus_core::vocabulary::InformationKind;
use onus_store::{Expect, SEGMENT_BYTES};
use onus_testkit::events::incident;
use onus_testkit::fault_fs::{Effect, FaultFs, Survivors, When};
use onus_testkit::seed::Seed;
use onus_tests::torture::{
    Act, Story, contact, ledger_of, log_bytes, long_form, many, open, path, reader, verify,
};
use std::sync::LazyLock;

/// An event of 60,000 bytes that nothing makes shorter.
fn heavy(n: u64) -> EncodedEvent {
    let mut seed = Seed::new(n);
    let ciphertext = std::iter::repeat_with(|| seed.bits().to_le_bytes()).take(7_500).flatten().collect();
    let mut call = incident(&format!("police:sussex/2023-11-02/{n}"));
    let event = call.information(InformationKind::Note).with(|record| {
        if let Body::InformationRecorded(body) = &mut record.body {
            body.text = Some(Box::new(Sealed {
                key_id: n + 1,
                ciphertext: Bytes::new(ciphertext),
                ..Sealed::withheld(15_000)
            }));
        }
    });
    event.encode()
}

/// A closed ledger whose next commit starts a segment.
static FULL: LazyLock<FaultFs> = LazyLock::new(|| {
    let fs = ledger_of([(0..200).map(heavy).collect(), many(0, 50), (200..290).map(heavy).collect()]);
    let [(_, bytes)] = log_bytes(&fs).try_into().expect("one segment");
    assert!(u64::try_from(bytes.len()).expect("a segment") >= SEGMENT_BYTES);
    fs
});

fn story() -> Story {
    Story(vec![
        Act::Append(vec![contact(1, 1), contact(2, 1)]),
        Act::Append(vec![contact(1, 2)]),
        Act::Close,
        Act::Append(vec![contact(1, 3)]),
    ])
}

#[test]
fn a_full_segment_is_finished_indexed_read_only_and_never_touched_again() {
    let fs = FULL.fork();
    let before = log_bytes(&fs);
    let played = story().play(&fs);
    assert_eq!(played.stopped_by, None);

    let after = log_bytes(&played.fs);
    assert_eq!(after.len(), 2, "a second segment");
    assert_eq!(after.first(), before.first(), "the first one is as it was");
    let (finished, _) = after.first().expect("a segment");
    assert!(played.fs.open(finished, OpenHow::Write).is_err(), "the first one is read-only");
    for end in ["terms", "pos"] {
        assert!(played.fs.read(&finished.with_extension(end)).is_some(), "the first one has its .{end} file");
    }
    assert!(verify(&played.fs).first_bad.is_none());
    let seqs = reader(&played.fs).expect("it reads").incident(heavy(7).incident()).expect("it finds");
    assert_eq!(seqs, [8].map(onus_core::seq::Seq::new), "what is in the finished segment is found");
}

#[test]
fn after_a_power_cut_at_any_operation_of_a_rotation_all_that_was_acknowledged_is_there() {
    let steps = story().play(&FULL.fork()).fs.steps();
    for step in 0..=steps {
        let fs = FULL.fork();
        fs.inject(When::Step(step), Effect::PowerCut { bytes: 100 });
        let played = story().play(&fs);
        let mixtures = if long_form() { 12 } else { 1 };
        let seeded = (0..mixtures).map(|n| Survivors::Seeded(step * 100 + n));
        for survivors in [Survivors::Nothing].into_iter().chain(seeded) {
            let case = format!("power cut at operation {step} of a rotation, {survivors:?} left");
            played.hold_against(&played.fs.if_power_went(survivors), &case);
        }
    }
}

#[test]
fn an_operation_of_a_rotation_that_fails_once_acknowledges_nothing_falsely() {
    let steps = story().play(&FULL.fork()).fs.steps();
    for step in 0..=steps {
        let fs = FULL.fork();
        fs.inject(When::Step(step), Effect::Fail { error: std::io::ErrorKind::StorageFull, after_bytes: 40 });
        let played = story().play(&fs);
        played.fs.heal();
        let case = format!("operation {step} of a rotation failed ({:?})", played.stopped_by);
        if long_form() || step % 2 == 0 {
            played.hold_against(
                &played.fs.if_power_went(Survivors::Seeded(step)),
                &format!("{case}, then a power cut"),
            );
        } else {
            played.hold_against(&played.fs.fork(), &case);
        }
    }
}

#[test]
fn index_files_of_a_finished_segment_are_made_again_and_change_no_answer() {
    let fs = story().play(&FULL.fork()).fs;
    for end in ["terms", "pos"] {
        let fs = fs.fork();
        fs.take_away(&path(&format!("log/{:020}.{end}", 0)));
        assert_eq!(
            reader(&fs).expect("it reads").incident(heavy(250).incident()).expect("it finds"),
            [301].map(onus_core::seq::Seq::new),
            "without .{end}"
        );
        let (writer, _) = open(&fs).expect("it opens");
        writer.append(vec![heavy(250)], Expect::Any).expect("it is there already");
        writer.close().expect("it closes");
        assert!(fs.read(&path(&format!("log/{:020}.{end}", 0))).is_some(), ".{end} was made again");
    }
}
