//! The tests that need more than one crate, or the checkout itself. They stand in this package's `tests/`
//! folder, one file for one subject; here is only what several of them share.
//!
//! A test of one crate's promises stands with that crate.

pub mod doors;
pub mod source;
pub mod surgery;
pub mod torture;

use std::path::{Path, PathBuf};

/// The top of the checkout.
pub fn checkout() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}
