//! How answers look: data for standard output, never a decision.

pub(crate) mod cells;
pub(crate) mod history;
pub(crate) mod says;
