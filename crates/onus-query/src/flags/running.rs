//! A time in which something was overdue: what F05, F18 and F27 flag, and what F38 asks about while it lasts.

use onus_core::history::Entry;
use onus_core::time::Timestamp;

/// From when until when something was overdue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running<'a> {
    /// The entry that a flag of it names: the grade, or the assessment.
    pub(super) began: &'a Entry,
    /// From when it is counted.
    pub(super) from: Timestamp,
    /// When its limit ran out.
    pub(super) due: Timestamp,
    /// Until when it was overdue, no later than *now*.
    pub(super) until: Timestamp,
}
