//! What a ledger is found to be: every byte read again, the signatures in and beside it, what was signed before and kept
//! elsewhere, and whether it was ever silent. One verdict.
//!
//! Promise: nothing derived is believed, and [`Verdict::sound`] is false wherever anything was found.

mod against;
mod log;
mod marks;
mod private;
mod silence;

use crate::answer::Name;
use crate::row::{Cell as _, Row};
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_ledger::{Ledger, OpenError};
use onus_proof::{CheckpointError, Hash, Link, Policy};
use onus_query::incident::HistoryError;
use onus_query::proofs::ProveError;
use onus_store::{ReadError, VerifyError};
use schemars::JsonSchema;
use serde::Serialize;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub use against::{ComparedCheckpoint, Contradiction, EquivocationEvidence};
pub use log::{Damage, LogVerdict};
pub use marks::{AssertedAlone, SignatureFault, Signatures, StatedBy};
pub use private::{PrivateFinding, PrivateState};
pub use silence::{Silence, SilenceEnd};

/// Which of a ledger's two logs is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Of {
    /// The ledger itself and, where the private directory is here, the access ledger, key slots and keys in it.
    #[default]
    Both,
    /// The ledger alone.
    Log,
    /// The access ledger alone.
    Access,
}

/// What is verified, and against what.
#[derive(Clone, Debug, Default)]
pub struct VerifyQuestion {
    /// Which log.
    pub of: Of,
    /// Checkpoints that were kept elsewhere: the ledger must begin with what each of them signed.
    pub checkpoints: Vec<KeptElsewhere>,
    /// Whose keys the reader trusts; without any, checkpoints are judged by the keys that the ledger names itself, which
    /// finds less: an intruder who rewrote the ledger could have named others.
    pub trusted: Option<Policy>,
    /// Silences longer than this are found.
    pub silence_max: Option<Duration>,
    /// Whether evidence is made where two histories were signed.
    pub wants_equivocation: bool,
}

/// A checkpoint that was kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptElsewhere {
    /// The file's name.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a ledger was found to be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Verdict {
    /// Whether nothing was found: neither damage, nor a signature that is wrong, nor a contradiction, nor a silence.
    pub sound: bool,
    /// The log.
    #[serde(flatten)]
    pub log: LogVerdict,
    /// The access ledger; null where it was not verified.
    pub access: Option<LogVerdict>,
    /// Why the access ledger was not verified; null where it was.
    pub access_not_verified: Option<&'static str>,
    /// What the private directory is: key slots, keys, what was signed last, profiles; null where it was not checked.
    pub private: Option<Vec<PrivateFinding>>,
    /// What checkpoints kept elsewhere say.
    pub checkpoints: Vec<ComparedCheckpoint>,
    /// Whether these were judged by the keys that the ledger names itself, as no trusted key was given.
    pub checkpoints_by_own_keys: bool,
    /// The silences longer than asked for, an indicator and no finding of damage; null if they were not asked for.
    pub silences: Option<Vec<Silence>>,
    /// Signatures in and beside the ledger.
    pub signatures: Signatures,
}

impl Row for Verdict {
    const COLUMNS: &'static [&'static str] = &["sound", "origin", "size", "root", "last_link", "found"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.sound.to_string(),
            self.log.origin.clone(),
            self.log.size.to_string(),
            self.log.root.0.to_string(),
            self.log.last_link.0.to_string(),
            self.log.found_words().cell(),
        ]
    }

    fn shown(&self) -> Vec<String> {
        self.cells()
    }
}

/// Why there is no verdict. It says nothing about the ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerificationError {
    /// The log could not be checked; it says who must act.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The access ledger in the private directory could not be checked.
    #[error("the access ledger could not be verified")]
    Access(#[source] VerifyError),
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A root or a proof could not be computed; it says who must act.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// A file that was handed in is no checkpoint.
    #[error("{file}: {why}")]
    NotACheckpoint {
        /// The file.
        file: String,
        /// What is wrong.
        why: CheckpointError,
    },
    /// The checkpoints beside the ledger could not be read.
    #[error("cannot read {path}")]
    Kept {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Blamed for VerificationError {
    fn blame(&self) -> Blame {
        match self {
            // Every ledger is made with an access ledger.
            Self::Access(VerifyError::NoLedger { .. }) => Blame::Damage,
            Self::Verify(e) | Self::Access(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::History(e) => e.blame(),
            Self::Prove(e) => e.blame(),
            Self::NotACheckpoint { .. } => Blame::Caller,
            Self::Kept { .. } => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Verify(e) => e.hint(),
            Self::Access(_) => Some(
                "restore DIR.private/access from its backup, or verify the ledger alone with --log-only"
                    .into(),
            ),
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::History(e) => e.hint(),
            Self::Prove(_) | Self::NotACheckpoint { .. } | Self::Kept { .. } => None,
        }
    }
}

impl Session {
    /// Verifies the ledger. `progress` is called now and then with how many of how many bytes of a log are done.
    pub fn verify(
        &self,
        question: &VerifyQuestion,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Verdict, VerificationError> {
        let access = self.ledger().access();
        let ledger = if question.of == Of::Access { &access } else { self.ledger() };
        let log = LogVerdict::of(ledger, progress).map_err(|e| match question.of {
            Of::Access => VerificationError::Access(e),
            Of::Both | Of::Log => e.into(),
        })?;
        let beside = match question.of {
            Of::Both => self.beside(&access, progress)?,
            Of::Log | Of::Access => Beside::NotVerified("it was not asked for"),
        };
        let checkpoints = against::compare(ledger, &log, question)?;
        // A log that is not sound cannot be read through.
        let (silences, signatures) = if log.is_sound() {
            (silence::silences(ledger, question)?, marks::signatures(ledger)?)
        } else {
            (None, Signatures::default())
        };
        // Keys under a passphrase are opened by a scrub, which is handed it.
        let is_private_here = matches!(beside, Beside::Verified(_) | Beside::Missing(_));
        let mut private = match question.of {
            Of::Both if log.is_sound() && is_private_here => {
                ledger.verify_private(None)?.map(private::findings)
            }
            _ => None,
        };
        let (access, access_not_verified) = match beside {
            Beside::Verified(verdict) => (Some(verdict), None),
            Beside::NotVerified(why) => (None, Some(why)),
            Beside::Missing(why) => {
                private.get_or_insert_default().push(private::no_access_ledger(&why));
                (None, Some("it is missing, or cannot be read as one"))
            }
        };
        let is_faulty = |part: &PrivateFinding| part.state == PrivateState::Faulty;
        let sound = log.is_sound()
            && !private.iter().flatten().any(is_faulty)
            && access.as_ref().is_none_or(LogVerdict::is_sound)
            && checkpoints.iter().all(|one| one.continues)
            && silences.iter().flatten().next().is_none()
            && signatures.wrong.is_empty();
        Ok(Verdict {
            sound,
            log,
            access,
            access_not_verified,
            private,
            checkpoints_by_own_keys: !checkpoints.is_empty() && question.trusted.is_none(),
            checkpoints,
            silences,
            signatures,
        })
    }
}

impl Session {
    fn beside(&self, access: &Ledger, progress: &dyn Fn(u64, u64)) -> Result<Beside, VerificationError> {
        if !self.ledger().has_private()? {
            return Ok(Beside::NotVerified("the private directory is not here"));
        }
        match LogVerdict::of(access, progress) {
            Ok(verdict) => Ok(Beside::Verified(verdict)),
            Err(VerifyError::Read { source, .. }) if source.kind() == io::ErrorKind::PermissionDenied => {
                Ok(Beside::NotVerified("this account may not read the private directory"))
            }
            Err(
                e @ (VerifyError::NoLedger { .. }
                | VerifyError::NoIdentityFile { .. }
                | VerifyError::Identity(_)),
            ) => Ok(Beside::Missing(e)),
            Err(e) => Err(VerificationError::Access(e)),
        }
    }
}

/// What was found of the access ledger.
enum Beside {
    Verified(LogVerdict),
    /// Why not: a reader of the ledger alone may not have it.
    NotVerified(&'static str),
    /// Every ledger is made with one, and it is not there, or cannot be read as one.
    Missing(VerifyError),
}

/// The sizes of the checkpoints kept beside a ledger, ascending.
fn kept_sizes(ledger: &Ledger) -> Result<Vec<u64>, VerificationError> {
    ledger
        .checkpoint_sizes()
        .map_err(|source| VerificationError::Kept { path: ledger.dir().join("checkpoints"), source })
}

/// A root in hexadecimal digits.
pub(crate) type Root = Name<Hash>;
/// A chain link in hexadecimal digits.
pub(crate) type ChainLink = Name<Link>;
