//! The store, through its public interface.

mod appending;
mod support;
mod verifying;
