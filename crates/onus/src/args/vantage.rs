//! From where one looks: as at, as known at, by whose clock.

use clap::{Args, ValueEnum};
use onus_core::history::KnownBy;
use onus_core::time::Timestamp;
use onus_service::Known;

/// What was known by when. An instant is RFC 3339, or a Europe/London time that happened once.
#[derive(Debug, Args)]
pub(crate) struct KnownArgs {
    /// Only what was known by then
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) known_at: Option<Timestamp>,
    /// By whose clock: when the source says it was entered, or when the ledger recorded it
    #[arg(long, value_enum, default_value_t = Clock::Entered, value_name = "CLOCK")]
    pub(crate) known_by: Clock,
}

/// Whose clock says when something became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Clock {
    /// As the source claims, where it claims anything
    Entered,
    /// The ledger's clock alone
    Recorded,
}

impl KnownArgs {
    /// What was known by when.
    pub(crate) fn known(&self) -> Known {
        let by = match self.known_by {
            Clock::Entered => KnownBy::Entered,
            Clock::Recorded => KnownBy::Recorded,
        };
        Known { at: self.known_at, by }
    }
}

/// An instant, or what would be one.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|e| e.to_string())
}
