//! Builders, a disk that fails, and samples: for tests and figures, never for the product.
//!
//! Start at [`events`] (what happened, in a test's words), then [`fault_fs`] (what a disk may do to it),
//! [`workload`] (events without end) and [`samples`] (one record of every kind).

pub mod bodies;
pub mod events;
pub mod fault_fs;
pub mod histories;
pub mod samples;
pub mod seed;
pub mod stories;
pub mod terms;
pub mod workload;
