//! How answers look: data for standard output, never a decision.

pub(crate) mod coverage;
pub(crate) mod figures;
pub(crate) mod find;
pub(crate) mod flags;
pub(crate) mod history;
pub(crate) mod now;
pub(crate) mod offer;
pub(crate) mod rule;
pub(crate) mod sample;
pub(crate) mod who;
