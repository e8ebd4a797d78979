//! Power cuts at every step of writing and of recovery. Every acknowledged event is there, no half event is,
//! the next append works, and what was moved aside is reported.

use crate::support::{Ledger, event, options, ticking, times};
use onus_core::entry::EncodedEvent;
use onus_core::seq::Seq;
use onus_store::{Expect, OpenOptions, Receipt, Recovery, Writer, verify};
use onus_testkit::fault_fs::{Effect, FaultFs, Operation, Survivors, When};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

const SEGMENT_ENTRIES: u64 = 12;
/// Both kinds of oblivion, and three in between.
const SURVIVORS: [Survivors; 5] = [
    Survivors::Nothing,
    Survivors::Everything,
    Survivors::Seeded(1),
    Survivors::Seeded(2),
    Survivors::Seeded(3),
];

fn dir() -> PathBuf {
    PathBuf::from("/ledger")
}

fn fresh() -> FaultFs {
    let fs = FaultFs::new(7);
    Ledger::on(fs.storage(), dir());
    fs.fork()
}

fn open(fs: &FaultFs) -> Result<(Writer, Recovery), onus_store::OpenError> {
    let options = OpenOptions { segment_entries: SEGMENT_ENTRIES, ..options() };
    Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options)
}

/// Requests of one to five events over three incidents; the seventh goes over several blocks.
fn requests() -> Vec<Vec<EncodedEvent>> {
    let mut n = 0;
    (1..=9)
        .map(|request| {
            let events = if request == 7 { 300 } else { request % 5 + 1 };
            (0..events)
                .map(|_| {
                    n += 1;
                    event(n % 3 + 1, n)
                })
                .collect()
        })
        .collect()
}

/// Opens, appends and closes until the power goes; returns what was acknowledged.
fn run(fs: &FaultFs) -> Vec<Receipt> {
    let mut acknowledged = Vec::new();
    let Ok((writer, _)) = open(fs) else { return acknowledged };
    for events in requests() {
        match writer.append(events, Expect::Any) {
            Ok(receipts) => acknowledged.extend(receipts),
            Err(_) => return acknowledged,
        }
    }
    drop(writer.close());
    acknowledged
}

/// What must hold after any crash.
fn survives(fs: &FaultFs, acknowledged: &[Receipt], story: &str) {
    let before = fs.fork();
    let (writer, recovery) = open(fs).unwrap_or_else(|e| panic!("{story}: cannot open: {e} {e:?}"));
    if let Some((torn, copy)) = recovery.torn.as_ref().and_then(|torn| Some((torn, torn.copy.as_ref()?))) {
        let kept = fs.read(&dir().join(copy)).unwrap();
        assert_eq!(u64::try_from(kept.len()).unwrap(), torn.bytes, "{story}");
    }
    let all: Vec<EncodedEvent> = requests().concat();
    let reader = onus_store::Reader::open(fs.storage(), &dir()).unwrap();
    for receipt in acknowledged {
        let found = reader.receipt(receipt.seq).unwrap_or_else(|e| panic!("{story}: {e}"));
        assert_eq!(found, *receipt, "{story}");
    }
    for entry in reader.entries(1..u64::MAX) {
        let entry = entry.unwrap();
        let event = &all[usize::try_from(entry.seq().get() - 1).unwrap()];
        assert_eq!(&entry.bytes()[28..], event.record(), "{story}: entry {}", entry.seq());
    }
    // Then the next append works, and the events that were not acknowledged can be handed in again.
    for events in requests() {
        writer.append(events, Expect::Any).unwrap_or_else(|e| panic!("{story}: cannot append: {e:?}"));
    }
    writer.close().unwrap();
    let verdict = verify(&*fs.storage(), &dir(), NonZeroUsize::MIN, &|_, _| {}).unwrap();
    assert!(verdict.is_sound(), "{story}: {:?} {:?}", verdict.first_bad, verdict.head);
    assert_eq!(verdict.size, u64::try_from(all.len()).unwrap() + 1, "{story}");
    drop(before);
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_acknowledged() {
    let base = fresh();
    let rehearsal = base.fork();
    assert_eq!(run(&rehearsal).len(), requests().concat().len());
    let trace = rehearsal.trace();
    for step in trace.iter().filter(|step| step.number.is_some()) {
        let number = step.number.unwrap();
        let cuts: Vec<usize> = match step.operation {
            Some(Operation::Write) => vec![0, 1, step.len / 2, step.len.saturating_sub(1), step.len],
            _ => vec![0],
        };
        for bytes in cuts {
            // In short form each cut meets one of the five; over all steps every pair comes up.
            let in_turn = usize::try_from(number).unwrap() + bytes;
            let met = SURVIVORS.into_iter().cycle().skip(in_turn % SURVIVORS.len());
            for survivors in met.take(usize::try_from(times(1, 5)).unwrap()) {
                let fs = base.fork();
                fs.inject(When::Step(number), Effect::PowerCut { bytes });
                let acknowledged = run(&fs);
                let story =
                    format!("cut at step {number} ({step:?}) after {bytes} bytes, {survivors:?} survives");
                survives(&fs.reboot(survivors), &acknowledged, &story);
            }
        }
    }
}

#[test]
fn a_second_power_cut_during_recovery_loses_nothing_either() {
    let base = fresh();
    let rehearsal = base.fork();
    run(&rehearsal);
    for number in (0..rehearsal.steps()).step_by(usize::try_from(times(7, 1)).unwrap()) {
        for survivors in [Survivors::Seeded(number), Survivors::Everything] {
            let fs = base.fork();
            fs.inject(When::Step(number), Effect::PowerCut { bytes: 40 });
            let acknowledged = run(&fs);
            let crashed = fs.reboot(survivors);
            let rehearsal = crashed.fork();
            let recovered = open(&rehearsal).map(|(writer, _)| drop(writer));
            assert!(recovered.is_ok());
            let outcomes = |again| [Survivors::Nothing, Survivors::Everything, Survivors::Seeded(again)];
            for (again, left) in
                (0..rehearsal.steps()).flat_map(|again| outcomes(again).map(|left| (again, left)))
            {
                let fs = crashed.fork();
                fs.inject(When::Step(again), Effect::PowerCut { bytes: 20 });
                drop(open(&fs));
                let story =
                    format!("cut at {number}, {survivors:?} survives, at step {again} of recovery {left:?}");
                survives(&fs.reboot(left), &acknowledged, &story);
            }
        }
    }
}

/// A failed sync can leave bytes that are read back as if they were there, until the power goes.
#[test]
fn what_opening_confirms_after_a_failed_sync_survives_the_next_power_cut() {
    for seed in 0..20 {
        let fs = FaultFs::new(seed);
        Ledger::on(fs.storage(), dir());
        let (writer, _) = open(&fs).unwrap();
        writer.append(vec![event(1, 1)], Expect::Any).unwrap();
        fs.inject(When::Nth(Operation::Sync, 0), Effect::fail(std::io::ErrorKind::Other));
        writer.append(vec![event(1, 2)], Expect::Any).unwrap_err();

        let again = fs.restart();
        drop(writer);
        let (writer, recovery) = open(&again).unwrap();
        assert_eq!(recovery.confirmed, 1);
        let retried = writer.append(vec![event(1, 2)], Expect::Any).unwrap();
        assert_eq!(retried[0].seq, Seq::new(2));

        let after = again.reboot(Survivors::Nothing);
        drop(writer);
        let (_writer, _) = open(&after).unwrap();
        let reader = onus_store::Reader::open(after.storage(), &dir()).unwrap();
        assert_eq!(reader.receipt(Seq::new(2)).unwrap().link, retried[0].link, "seed {seed}");
    }
}

/// A killed process leaves a `head` that may be in the page cache alone; the next one must not rely on it.
#[test]
fn a_power_cut_while_the_ledger_is_opened_after_a_kill_loses_nothing() {
    for step in 0..8 {
        for seed in 0..u64::from(times(60, 600)) {
            let base = fresh();
            let (writer, _) = open(&base).unwrap();
            let receipts: Vec<Receipt> =
                (1..=3).map(|n| writer.append(vec![event(1, n)], Expect::Any).unwrap()[0]).collect();
            let killed = base.restart();
            drop(writer);
            killed.inject(When::Step(killed.steps() + step), Effect::PowerCut { bytes: 30 });
            let cut = open(&killed).map(|(writer, _)| {
                drop(writer.append(vec![event(1, 4)], Expect::Any));
            });
            drop(cut);

            let after = killed.reboot(Survivors::Seeded(seed));
            let (_writer, _) = open(&after).unwrap_or_else(|e| panic!("step {step}, seed {seed}: {e}"));
            let reader = onus_store::Reader::open(after.storage(), &dir()).unwrap();
            for receipt in receipts {
                assert_eq!(reader.receipt(receipt.seq).unwrap(), receipt, "step {step}, seed {seed}");
            }
        }
    }
}
