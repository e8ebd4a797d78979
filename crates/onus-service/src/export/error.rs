//! Why an export was not made, and who has to act.

use crate::access::AccessError;
use crate::act::ActError;
use crate::incident::IncidentError;
use crate::report::ReportError;
use crate::sample::SampleError;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::seq::Seq;
use onus_export::data::DataError;
use onus_export::evidence;
use onus_export::folder;
use onus_export::signer::SignerError;
use onus_ledger::{NotOpened, OpenError, RevealError};
use onus_query::find::FindError;
use onus_query::incident::HistoryError;
use onus_store::ReadError;
use std::io;

/// What is true of every export that fails once its folder is begun.
const REMOVED: &str = "nothing was handed out, and the unfinished folder was removed";

/// Why an export was not made. Nothing was handed out, and no folder is left; where texts were to be opened, or a hold
/// was to be placed, the ledgers may say so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The ledger or its keys did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The incident was not read; it says who must act.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// Entries that the export rests on could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Entries could not be found; it says who must act.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The index differs from the log.
    #[error("the index names entries that do not hold what was asked")]
    Index,
    /// An entry cannot be decoded.
    #[error("entry {seq} cannot be decoded")]
    Entry {
        /// The entry.
        seq: Seq,
        /// Why.
        source: DecodeError,
    },
    /// Nothing is recorded that was asked for.
    #[error("{what}")]
    NotFound {
        /// What is not there.
        what: String,
        /// Where to look.
        hint: &'static str,
    },
    /// No text leaves in this format.
    #[error("no text leaves in the {0} format")]
    NoTexts(&'static str),
    /// Texts are to be opened, and it is not stated for whom, on what ground or, where that is needed, why.
    #[error("texts are opened for a recipient, on a ground: {0} is missing")]
    Unstated(&'static str),
    /// The folder could not be made; it says who must act.
    #[error(transparent)]
    Folder(#[from] folder::MakeError),
    /// The files could not be written; it says who must act.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A file could not be composed.
    #[error("{file} could not be written")]
    File {
        /// The file's name in the folder.
        file: String,
        /// The cause.
        source: io::Error,
    },
    /// The page of evidence was not made; it says who must act.
    #[error(transparent)]
    Evidence(Box<evidence::MakeError>),
    /// The manifest was not signed; it says who must act.
    #[error(transparent)]
    Sign(Box<SignerError>),
    /// A text did not open with its key; it says who must act.
    #[error("entry {seq}")]
    Text {
        /// The entry.
        seq: Seq,
        /// Why.
        source: NotOpened,
    },
    /// Keys of texts were not handed out, or the export could not be recorded; it says who must act.
    #[error(transparent)]
    Reveal(#[from] RevealError),
    /// The access ledger did not answer; it says who must act.
    #[error(transparent)]
    Access(Box<AccessError>),
    /// Nothing was drawn; it says who must act.
    #[error(transparent)]
    Sample(Box<SampleError>),
    /// There are no figures; it says who must act.
    #[error(transparent)]
    Report(Box<ReportError>),
    /// The legal hold that comes first was not placed; it says who must act.
    #[error(transparent)]
    Hold(Box<ActError>),
}

macro_rules! boxed {
    ($($variant:ident($error:ty)),+ $(,)?) => {$(
        impl From<$error> for ExportError {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        }
    )+};
}
boxed!(
    Evidence(evidence::MakeError),
    Sign(SignerError),
    Access(AccessError),
    Hold(ActError),
    Sample(SampleError),
    Report(ReportError)
);

impl Blamed for ExportError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Incident(e) => e.blame(),
            Self::History(e) => e.blame(),
            Self::Find(e) => e.blame(),
            Self::Index | Self::Entry { .. } => Blame::Damage,
            Self::NotFound { .. } => Blame::NotFound,
            Self::NoTexts(_) | Self::Unstated(_) => Blame::Caller,
            Self::Folder(e) => e.blame(),
            Self::Data(e) => e.blame(),
            Self::File { .. } => Blame::Environment,
            Self::Evidence(e) => e.blame(),
            Self::Sign(e) => e.blame(),
            Self::Text { source, .. } => source.blame(),
            Self::Reveal(e) => e.blame(),
            Self::Access(e) => e.blame(),
            Self::Sample(e) => e.blame(),
            Self::Report(e) => e.blame(),
            Self::Hold(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Open(e) => return e.hint(),
            Self::Read(e) => return e.hint(),
            Self::Incident(e) => return e.hint(),
            Self::History(e) => return e.hint(),
            Self::Find(e) => return e.hint(),
            Self::Folder(e) => return e.hint(),
            Self::Evidence(e) => return e.hint(),
            Self::Sign(e) => return e.hint(),
            Self::Text { source, .. } => return source.hint(),
            Self::Reveal(e) => return e.hint(),
            Self::Access(e) => return e.hint(),
            Self::Sample(e) => return e.hint(),
            Self::Report(e) => return e.hint(),
            Self::Hold(e) => return e.hint(),
            Self::Data(e) => {
                return Some(
                    e.hint().map_or_else(|| REMOVED.to_owned(), |hint| format!("{hint}; {REMOVED}")),
                );
            }
            Self::Index => "`onus index rebuild` makes the index again; nothing was handed out",
            Self::Entry { .. } => "run `onus verify` for the first bad place",
            Self::NotFound { hint, .. } => hint,
            Self::NoTexts(_) => "csv, ndjson, sqlite and parquet hold texts that are disclosed",
            Self::File { .. } => REMOVED,
            Self::Unstated(_) => "name the recipient, the ground and the reason",
        };
        Some(hint.to_owned())
    }
}
