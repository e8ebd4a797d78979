//! How answers look: data for standard output, never a decision.

pub(crate) mod cells;
pub(crate) mod figures;
pub(crate) mod history;
mod names;
pub(crate) mod sample;
pub(crate) mod says;
