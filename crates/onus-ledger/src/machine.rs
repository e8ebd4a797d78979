//! What a ledger stands on: a disk and a clock. The only room of Onus that reads the time.

use onus_core::storage::Storage;
use onus_core::time::Timestamp;
use onus_store::OsFiles;
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the machine's time.
pub(crate) type ReadClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The disk and the clock that a ledger uses.
#[derive(Clone)]
pub struct Machine {
    storage: Arc<dyn Storage>,
    reading: ReadClock,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("storage", &self.storage).finish_non_exhaustive()
    }
}

impl Machine {
    /// The machine that this process runs on.
    #[must_use]
    pub fn this() -> Self {
        Self::new(Arc::new(OsFiles), Arc::new(system_time))
    }

    /// A machine of given parts; tests use one whose disk fails or whose clock steps.
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>, reading: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        Self { storage, reading }
    }

    pub(crate) fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    pub(crate) fn reading(&self) -> &ReadClock {
        &self.reading
    }

    /// What the machine's clock reads now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.reading)()
    }
}

/// A clock before 1970 or after 2199 reads as the nearest instant that can be recorded; the ledger's own
/// rule (`clock`) then shows the step.
#[expect(clippy::disallowed_methods, reason = "this is the ledger's clock")]
fn system_time() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_micros()).ok().and_then(Timestamp::from_us).unwrap_or(Timestamp::MAX)
}
