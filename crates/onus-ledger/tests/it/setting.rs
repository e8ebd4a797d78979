//! A ledger in a folder of its own, on a machine whose clock the test sets.

use onus_core::code::Origin;
use onus_core::entry::EntryHead;
use onus_core::ids::AgencyId;
use onus_core::record::{Draft, Record};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Channel;
use onus_ledger::{Caller, Identity, Ledger, Machine, NewLedger, Recorder, Unlocked, Wrapping, create};
use onus_store::OsFiles;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

pub(crate) struct Setting {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) ledger: Ledger,
    reading_us: Arc<AtomicI64>,
}

pub(crate) const NOON: &str = "2026-06-01T12:00:00+01:00";

impl Setting {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let reading_us = Arc::new(AtomicI64::new(time(NOON).as_us()));
        let clock = Arc::clone(&reading_us);
        let reading = move || Timestamp::from_us(clock.load(Ordering::Relaxed)).unwrap();
        let machine = Machine::new(Arc::new(OsFiles), Arc::new(reading));
        let new = NewLedger {
            origin: Origin::new("police.example/onus").unwrap(),
            agency: AgencyId::parse("police:sussex").unwrap(),
        };
        let dir = folder.path().join("ledger");
        create(&machine, &nobody(), &dir, &new, Wrapping::KeyFile).unwrap();
        Self { ledger: Ledger::at(machine, &dir, Duration::from_secs(5)), folder, reading_us }
    }

    /// Sets the machine's clock.
    pub(crate) fn clock_reads(&self, text: &str) {
        self.reading_us.store(time(text).as_us(), Ordering::Relaxed);
    }

    pub(crate) fn recorder(&self) -> Recorder {
        self.ledger.record(&nobody(), Some(&self.keys())).unwrap().0
    }

    pub(crate) fn keys(&self) -> Unlocked {
        self.ledger.unlock(None).unwrap()
    }

    /// Every entry: kind and the ledger's time.
    pub(crate) fn entries(&self) -> Vec<(EntryHead, Record)> {
        let reader = self.ledger.read().unwrap();
        (0..reader.size())
            .map(|seq| {
                let entry = reader.entry(Seq::new(seq)).unwrap();
                let (head, record) = EntryHead::parse(entry.bytes()).unwrap();
                (head, Record::decode(&head, record).unwrap())
            })
            .collect()
    }

    /// Kind and time of each entry from `seq` on.
    pub(crate) fn told_from(&self, seq: usize) -> Vec<(&'static str, String)> {
        self.entries()[seq..]
            .iter()
            .map(|(head, record)| (record.kind().name(), head.recorded_at.rfc3339()))
            .collect()
    }
}

/// A caller who claims no identity.
pub(crate) fn nobody() -> Caller {
    Caller::of_this_process(None, Channel::Cli)
}

pub(crate) fn caller(identity: &str) -> Caller {
    Caller::of_this_process(Some(Identity::parse(identity).unwrap()), Channel::Cli)
}

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A decision with a rationale.
pub(crate) fn decision(n: u32, rationale: &str) -> Draft {
    let json = serde_json::json!({
        "event": "AttendanceDecided",
        "event_id": format!("00000000-0000-7000-8000-{n:012x}"),
        "incident": "police:sussex/2026-06-01/142",
        "occurred_at": NOON,
        "actor": { "agency": "police:sussex", "role": "call_handler" },
        "source": { "system": "cad" },
        "body": { "outcome": "no_deploy_signpost", "rationale": rationale },
    });
    Draft::parse(json.to_string().as_bytes()).unwrap()
}
