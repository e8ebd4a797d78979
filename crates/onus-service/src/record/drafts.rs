//! Drafts that a program made itself: recorded together, with a receipt each.

use super::{Receipt, Recording, RecordingError};
use onus_core::record::Draft;
use onus_store::Expect;

impl Recording<'_> {
    /// Records drafts together, all of them or none, and returns when they are durable: a receipt each, in their order,
    /// whose lines count the drafts from 1.
    pub fn drafts(&self, drafts: Vec<Draft>) -> Result<Vec<Receipt>, RecordingError> {
        let done = self.recorder.record(drafts, Expect::Any);
        let done = done.map_err(|source| RecordingError::NotRecorded { line: None, source })?;
        Ok((1..).zip(&done).map(|(line, done)| Receipt::of(line, &self.origin, done)).collect())
    }
}
