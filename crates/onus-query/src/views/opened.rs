//! What opening views did, and why views that stood there were not used. Nothing here opens any.

use std::fmt;

/// What opening did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// They were as the log is.
    Current,
    /// So many entries were followed.
    CaughtUp(u64),
    /// They were made anew.
    Rebuilt(Why),
}

/// Why views were made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// There were none.
    New,
    /// It was asked for.
    Asked,
    /// The watermark cannot be read.
    NoWatermark,
    /// They are in the form of another version of Onus.
    OtherForm,
    /// They are of another ledger.
    OtherLedger,
    /// They speak of more entries than the log holds.
    Ahead,
    /// They were made of another history: the chain link differs.
    OtherLink,
    /// The machine was restarted while they were being written.
    Restarted,
    /// What is stored is not what the watermark says.
    Behind,
    /// sled failed.
    Failed(String),
}

impl Why {
    /// Whether what stood there was not what whoever made it had left: damaged, changed, or another ledger's.
    #[must_use]
    pub fn is_found_wrong(&self) -> bool {
        match self {
            Self::New | Self::Asked | Self::OtherForm | Self::Restarted => false,
            Self::NoWatermark
            | Self::OtherLedger
            | Self::Ahead
            | Self::OtherLink
            | Self::Behind
            | Self::Failed(_) => true,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "there were none",
            Self::Asked => "it was asked for",
            Self::NoWatermark => "their watermark cannot be read",
            Self::OtherForm => "they were in the form of another version of Onus",
            Self::OtherLedger => "they were of another ledger",
            Self::Ahead => "they spoke of more entries than the log holds",
            Self::OtherLink => "they were made of another history than the log's",
            Self::Restarted => "the machine was restarted while they were being written",
            Self::Behind => "they did not hold what their watermark says",
            Self::Failed(why) => return write!(f, "their store failed: {why}"),
        })
    }
}
