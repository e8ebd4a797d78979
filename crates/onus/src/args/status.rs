//! What the help of `onus status` says; it takes a form alone.

pub(crate) const EXAMPLES: &str = "Example:\n  onus status\n\nThe exit code is 1 where the log, the key slots or the last scrub show damage. It reads what is there and\nverifies nothing: `onus verify` and `onus scrub` do.";
