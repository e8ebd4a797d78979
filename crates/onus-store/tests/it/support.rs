//! A ledger in a temporary folder, and events to record in it.

use onus_core::code::Origin;
use onus_core::entry::{EncodedEvent, IdOrigin};
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::Kind;
use onus_core::storage::Storage;
use onus_core::time::Timestamp;
use onus_store::{
    ClockAnswer, ClockQuestion, LedgerIdentity, OpenOptions, OsFiles, Reader, Recovery, Writer, create,
};
use onus_testkit::samples::{Fullness, record};
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) const START_US: i64 = 1_700_000_000_000_000;

/// An id that is the same for the same number, and looks like any other.
pub(crate) fn id(n: u64) -> EventId {
    let mut bytes = [0x5a; 16];
    bytes[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes[8..].copy_from_slice(&(n + 1).to_be_bytes());
    EventId::from_bytes(bytes).unwrap()
}

pub(crate) fn incident(number: u64) -> Incident {
    Incident::parse(&format!("police:mps/2023-11-01/{number}")).unwrap()
}

/// Event `n` in the incident so numbered.
pub(crate) fn event(number: u64, n: u64) -> EncodedEvent {
    made(Kind::CallBackAttempted, Some(incident(number)), n, IdOrigin::Source)
}

/// Event `n` of a kind, in an incident or ledger-wide.
pub(crate) fn made(kind: Kind, incident: Option<Incident>, n: u64, origin: IdOrigin) -> EncodedEvent {
    let mut record = record(kind, Fullness::Bare);
    record.common.event_id = id(n);
    record.common.incident = incident;
    record.common.occurred_at = Timestamp::from_us(START_US + i64::try_from(n).unwrap()).unwrap();
    record.encode(origin).unwrap()
}

pub(crate) struct Ledger {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) dir: PathBuf,
    _folder: Option<tempfile::TempDir>,
}

pub(crate) fn identity() -> LedgerIdentity {
    LedgerIdentity {
        id: [0x11; 16],
        origin: Origin::new("mps.police.uk/onus").unwrap(),
        created: Timestamp::from_us(START_US).unwrap(),
    }
}

impl Ledger {
    /// A new one, with its first entry.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Self::on(Arc::new(OsFiles), folder.path().join("ledger"));
        Self { _folder: Some(folder), ..ledger }
    }

    pub(crate) fn on(storage: Arc<dyn Storage>, dir: PathBuf) -> Self {
        create(&*storage, &dir, &identity(), &opening(), Timestamp::from_us(START_US).unwrap()).unwrap();
        Self { storage, dir, _folder: None }
    }

    pub(crate) fn writer(&self) -> Writer {
        self.open().0
    }

    pub(crate) fn open(&self) -> (Writer, Recovery) {
        Writer::open(Arc::clone(&self.storage), &self.dir, ticking(), options()).unwrap()
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(Arc::clone(&self.storage), &self.dir).unwrap()
    }
}

/// Entry 0.
pub(crate) fn opening() -> EncodedEvent {
    let LedgerIdentity { id, origin, created } = identity();
    onus_testkit::events::ledger_opened(id, origin.as_str(), "police:mps", created).encode()
}

/// Everything on one thread.
pub(crate) fn options() -> OpenOptions {
    OpenOptions { threads: false, ..OpenOptions::default() }
}

/// A clock that goes on by a second at each commit.
pub(crate) fn ticking() -> onus_store::Clock {
    Box::new(|question: ClockQuestion| ClockAnswer {
        recorded_at: question.previous.plus_us(1_000_000),
        first: None,
    })
}

/// How often: in short form, and with `ONUS_TORTURE` set.
pub(crate) fn times(short: u32, long: u32) -> u32 {
    if std::env::var_os("ONUS_TORTURE").is_some_and(|value| value != "0") { long } else { short }
}
