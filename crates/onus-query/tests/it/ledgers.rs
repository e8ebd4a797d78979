//! Ledgers of random events in folders of their own.

use onus_core::code::Origin;
use onus_core::entry::EncodedEvent;
use onus_core::kinds::Kind;
use onus_core::storage::Storage;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Role;
use onus_store::{
    ClockAnswer, ClockQuestion, Expect, LedgerIdentity, OpenOptions, OsFiles, Reader, Writer, create,
};
use onus_testkit::events::{clock_corrected, ledger_opened};
use onus_testkit::seed::Seed;
use onus_testkit::workload::Workload;
use std::path::PathBuf;
use std::sync::Arc;

const START_US: i64 = 1_700_000_000_000_000;

/// A ledger, and the folder that goes with it.
pub(crate) struct Made {
    folder: tempfile::TempDir,
    segment_entries: u64,
}

/// An open writer and what it will write.
pub(crate) struct Writing {
    writer: Writer,
    workload: Workload,
    seed: Seed,
}

/// A ledger of so many events, whose segments begin after so many entries.
pub(crate) fn ledger(seed: u64, events: u64, segment_entries: u64) -> Made {
    let made = Made { folder: tempfile::tempdir().unwrap(), segment_entries };
    let created = Timestamp::from_us(START_US).unwrap();
    let identity =
        LedgerIdentity { id: [0x11; 16], origin: Origin::new("sussex.example/onus").unwrap(), created };
    let opening = ledger_opened(identity.id, identity.origin.as_str(), "police:sussex", created).encode();
    create(&OsFiles, &made.dir(), &identity, &opening, created).unwrap();
    let mut writing = made.writing(seed);
    let mut left = events;
    while left > 0 {
        let some = (1 + writing.seed.below(30)).min(left);
        writing.some(some);
        left -= some;
    }
    writing.close();
    made
}

impl Made {
    fn dir(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir().join("log")
    }

    fn storage() -> Arc<dyn Storage> {
        Arc::new(OsFiles)
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(Self::storage(), &self.dir()).unwrap()
    }

    pub(crate) fn writing(&self, seed: u64) -> Writing {
        let options = OpenOptions { segment_entries: self.segment_entries, ..OpenOptions::default() };
        let (writer, _) = Writer::open(Self::storage(), &self.dir(), clock(), options).unwrap();
        Writing { writer, workload: Workload::new(seed, 12), seed: Seed::new(seed) }
    }
}

impl Writing {
    /// Records so many events, or a correction of the clock; the size of the ledger then.
    pub(crate) fn some(&mut self, events: u64) -> u64 {
        let batch: Vec<EncodedEvent> = if self.seed.one_in(12) {
            let reading = Timestamp::from_us(START_US).unwrap();
            vec![clock_corrected("police:sussex", reading).with_id(self.seed.bits()).encode()]
        } else {
            (0..events).map(|_| self.event()).collect()
        };
        let receipts = self.writer.append(batch, Expect::Any).unwrap();
        receipts.last().unwrap().seq.next().get()
    }

    /// The next event of the workload, at times entered late, of another agency, or spread over the year.
    fn event(&mut self) -> EncodedEvent {
        let mut event = self.workload.event();
        if self.seed.one_in(3) {
            let late_us = i64::try_from(self.seed.below(200_000_000_000)).unwrap();
            event = event.with(|record| {
                record.common.entered_at = Some(record.common.occurred_at.plus_us(late_us));
            });
        }
        if self.seed.one_in(6) {
            event = event.by("ambulance:secamb", Role::EocDispatcher);
        }
        if self.seed.one_in(4) {
            let away_us = i64::try_from(self.seed.below(3_000_000_000_000)).unwrap();
            event =
                event.with(|record| record.common.occurred_at = record.common.occurred_at.plus_us(-away_us));
        }
        event.encode()
    }

    pub(crate) fn close(self) {
        self.writer.close().unwrap();
    }
}

/// Goes on by some minutes at each commit, and back by hours after a correction.
fn clock() -> onus_store::Clock {
    Box::new(|question: ClockQuestion| {
        let corrected = question.previous_kind == Kind::ClockCorrected.number();
        let step_us = if corrected { -90_000_000_000 } else { 1_700_000_000 };
        ClockAnswer { recorded_at: question.previous.plus_us(step_us), first: None }
    })
}
