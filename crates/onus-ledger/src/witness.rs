//! A witness of other ledgers: it cosigns a checkpoint only if that continues the last one it cosigned, and
//! remembers it before it answers (C2SP tlog-witness).
//!
//! `DIR.private/witness/` holds `logs`, the keys of the ledgers it cosigns for, as a C2SP tlog-policy without
//! witnesses; and for each ledger a file named after the SHA-256 of its origin: the last checkpoint cosigned, as a
//! signed note with the ledger's signature and the witness's own, or nothing yet. The key is the ledger's own for
//! the purpose `witness`, and stands where its other keys do.
//!
//! # Promises
//! * What a cosignature says is durable before it leaves. A crash between the two leaves a witness that is further
//!   on than the ledger thinks, which the protocol mends.
//! * One process cosigns at a time, and one request after another.
//! * Its memory is believed only with its own signature under it. A memory that is missing or damaged cosigns
//!   nothing until it is restored.
//! * Two histories of one size become a file that shows it to anyone.
//! * A key that the ledger revoked while the witness ran cosigns nothing more.
//!
//! # Not promised
//! * That it finds an older memory put in the place of a newer one by itself, unless it is shown a cosignature of
//!   its own over a greater size. The ledgers that keep its cosignatures find it.

use crate::error::OpenError;
use crate::ledger::Ledger;
use crate::signing::{SigningError, in_force, is_of_another_purpose, signing_keys};
use crate::small_files;
use crate::unlocked::Unlocked;
use onus_core::blame::{Blame, Blamed};
use onus_core::hex::Hex;
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use onus_core::vocabulary::KeyPurpose;
use onus_proof::{
    AddCheckpoint, Algorithm, Equivocation, NoteSignature, NoteSigner, Policy, PolicyError, SignedCheckpoint,
    TreeHead, VerifierKey, WitnessRefusal, judge,
};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Why a witness did not answer, or could not be set up. It has cosigned nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// There is no witness key to sign with.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The ledger could not be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Another process serves this witness. End it first.
    #[error("another process serves this witness already")]
    Busy,
    /// The list of ledgers cannot be read, or the new key does not fit it. Mend it.
    #[error("{path}: {why}")]
    Logs {
        /// The list.
        path: PathBuf,
        /// What is wrong.
        why: PolicyError,
    },
    /// A ledger's own checkpoints are no business of its own witness.
    #[error("a ledger that witnesses itself proves nothing: give the key of another one")]
    Itself,
    /// The key is a witness's own, not that with which a ledger signs.
    #[error("{key} is not a key that signs checkpoints: ask for the ledger's checkpoint key")]
    NotALog {
        /// The key.
        key: Box<VerifierKey>,
    },
    /// What was cosigned last is gone or damaged. Restore it from the newest backup, or take a new witness key.
    #[error(
        "{path} does not say what was cosigned last: restore the newest backup, or rotate the witness's key and add the ledger again"
    )]
    Memory {
        /// The file.
        path: PathBuf,
    },
    /// It was shown a cosignature of its own that it does not remember. Restore a newer memory, or take a new key.
    #[error(
        "this witness has cosigned {cosigned} entries and remembers {remembered}: an older memory was put in its place"
    )]
    Forgot {
        /// The size it cosigned.
        cosigned: u64,
        /// The size it remembers.
        remembered: u64,
    },
    /// The key that it was started with is in force no more. Start it again, with the key that is.
    #[error("the key that this witness was started with has since been revoked or replaced: start it again")]
    NotInForce,
    /// A file could not be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Blamed for WitnessError {
    fn blame(&self) -> Blame {
        match self {
            Self::Logs { .. } | Self::Itself | Self::NotALog { .. } => Blame::Caller,
            Self::Memory { .. } | Self::Forgot { .. } => Blame::Damage,
            Self::Signing(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Busy | Self::NotInForce | Self::File { .. } => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signing(e) => e.hint(),
            Self::Open(e) => e.hint(),
            _ => None,
        }
    }
}

/// Why a checkpoint was not cosigned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotCosigned {
    /// The request is refused; its sender must act.
    #[error(transparent)]
    Refused(#[from] WitnessRefusal),
    /// The witness cannot answer; whoever runs it must act.
    #[error(transparent)]
    Witness(#[from] WitnessError),
}

impl Blamed for NotCosigned {
    fn blame(&self) -> Blame {
        match self {
            Self::Refused(WitnessRefusal::UnknownOrigin) => Blame::NotFound,
            Self::Refused(WitnessRefusal::Untrusted(_)) => Blame::NotAllowed,
            Self::Refused(WitnessRefusal::Conflict { .. }) => Blame::Conflict,
            // Two histories, or what cannot be told from them.
            Self::Refused(
                WitnessRefusal::Fork | WitnessRefusal::Inconsistent(_) | WitnessRefusal::EmptyRoot,
            ) => Blame::Damage,
            Self::Refused(_) => Blame::Caller,
            Self::Witness(e) => e.blame(),
        }
    }
}

/// A ledger that a witness cosigns for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The key that its checkpoints are signed with.
    pub key: VerifierKey,
    /// The last checkpoint cosigned, if there is one.
    pub head: Option<TreeHead>,
}

impl Unlocked {
    /// Opens this ledger's witness, for one process.
    pub fn open_witness(&self) -> Result<Witness, WitnessError> {
        let ledger = self.ledger();
        let reader = ledger.read()?;
        let signer = self.signer(&reader, KeyPurpose::Witness)?;
        let folder = ledger.paths.witness();
        let storage = ledger.machine.storage();
        small_files::make_folder(storage.as_ref(), &folder, Audience::Private).map_err(at(&folder))?;
        let path = folder.join("lock");
        let lock = storage.open(&path, OpenHow::OpenOrCreate(Audience::Private)).map_err(at(&path))?;
        if !lock.try_lock().map_err(at(&path))? {
            return Err(WitnessError::Busy);
        }
        let own = ledger.witness_keys()?;
        let witness =
            Witness { ledger: ledger.clone(), folder, signer, own, turn: Mutex::new(()), _lock: lock };
        // Whoever starts a witness learns at once that its memory is not whole.
        for key in logs(storage.as_ref(), &witness.folder)? {
            witness.memory(key.name())?;
        }
        Ok(witness)
    }
}

impl Ledger {
    /// Adds a ledger to those that this one's witness cosigns for. A witness that runs sees it at once.
    ///
    /// Several keys of one origin may stand there: after the ledger rotated its key, the old one and the new one.
    pub fn witness_log(&self, key: &VerifierKey) -> Result<(), WitnessError> {
        if key.algorithm() != Algorithm::Ed25519 || is_of_another_purpose(key.name()) {
            return Err(WitnessError::NotALog { key: Box::new(key.clone()) });
        }
        if key.name() == self.read()?.identity().origin.as_str() {
            return Err(WitnessError::Itself);
        }
        if !self.has_private()? {
            return Err(OpenError::NoKeys.into());
        }
        let folder = self.paths.witness();
        let storage = self.machine.storage().as_ref();
        small_files::make_folder(storage, &folder, Audience::Private).map_err(at(&folder))?;
        let path = folder.join(LOGS);
        let known = small_files::read(storage, &path).map_err(at(&path))?;
        if logs(storage, &folder)?.contains(key) {
            return Ok(());
        }
        let mut list = format!("log {key}\n").into_bytes();
        list.extend(known.unwrap_or_else(|| b"quorum none\n".to_vec()));
        Policy::parse(&list).map_err(|why| WitnessError::Logs { path: path.clone(), why })?;
        // The memory first: a ledger in the list without one is refused, not taken for a new one.
        let memory = memory_file(&folder, key.name());
        if !storage.exists(&memory).map_err(at(&memory))? {
            small_files::replace(storage, &memory, b"", Audience::Private).map_err(at(&memory))?;
        }
        small_files::replace(storage, &path, &list, Audience::Private).map_err(at(&path))
    }

    /// The ledgers that this one's witness cosigns for.
    pub fn witnessed(&self) -> Result<Vec<Witnessed>, WitnessError> {
        let folder = self.paths.witness();
        let storage = self.machine.storage().as_ref();
        let own = self.witness_keys()?;
        let logs = logs(storage, &folder)?;
        logs.into_iter()
            .map(|key| {
                let head = memory(storage, &folder, key.name(), &own)?.map(|last| last.unchecked().head());
                Ok(Witnessed { key, head })
            })
            .collect()
    }

    /// Every key that this ledger's witness ever signed with.
    fn witness_keys(&self) -> Result<Vec<VerifierKey>, WitnessError> {
        let keys = signing_keys(&self.read()?)?.into_iter();
        Ok(keys.filter(|known| known.purpose == KeyPurpose::Witness).map(|known| known.key).collect())
    }
}

const LOGS: &str = "logs";

/// A ledger's witness, open in this process alone.
#[derive(Debug)]
pub struct Witness {
    ledger: Ledger,
    folder: PathBuf,
    signer: NoteSigner,
    own: Vec<VerifierKey>,
    /// Judging and remembering are one step.
    turn: Mutex<()>,
    _lock: Arc<dyn StoredFile>,
}

impl Witness {
    /// What others check its cosignatures with.
    #[must_use]
    pub fn key(&self) -> VerifierKey {
        self.signer.verifier(Algorithm::Cosignature)
    }

    /// Cosigns a checkpoint that continues what was cosigned last; that is durable when this returns.
    pub fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<NoteSignature, NotCosigned> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = request.checkpoint.unchecked().origin();
        let mut keys = logs(self.storage(), &self.folder)?;
        keys.retain(|key| key.name() == origin);
        if keys.is_empty() {
            return Err(WitnessRefusal::UnknownOrigin.into());
        }
        let last = self.memory(origin)?;
        let known = last.as_ref().map(|last| last.unchecked().head());
        let judged = judge(request, &keys, known);
        if matches!(judged, Ok(_) | Err(WitnessRefusal::Conflict { .. })) {
            self.check_memory(&request.checkpoint, known)?;
        }
        let verified = match judged {
            Ok(verified) => verified,
            Err(refusal) => {
                self.keep_evidence(&refusal, request, last)?;
                return Err(refusal.into());
            }
        };
        self.check_key()?;
        let time_s = u64::try_from(self.ledger.machine.now().as_us() / 1_000_000).unwrap_or(0);
        let cosignature = verified.cosign(&self.signer, time_s);
        // Whatever else was signed is not this witness's to remember.
        let mut last = verified.to_signed();
        last.retain(|line| keys.iter().any(|key| line.name() == key.name() && line.id() == key.id()));
        let path = memory_file(&self.folder, origin);
        last.add([cosignature.clone()]).map_err(|_| WitnessError::Memory { path: path.clone() })?;
        self.write(&path, &last.to_string())?;
        Ok(cosignature)
    }

    /// The last checkpoint cosigned for the origin of which this is the SHA-256 in lower-case hexadecimal digits.
    pub fn checkpoint(&self, origin_sha256: &str) -> Result<Option<SignedCheckpoint>, WitnessError> {
        let logs = logs(self.storage(), &self.folder)?;
        let Some(key) = logs.iter().find(|key| hashed(key.name()) == origin_sha256) else { return Ok(None) };
        self.memory(key.name())
    }

    fn memory(&self, origin: &str) -> Result<Option<SignedCheckpoint>, WitnessError> {
        memory(self.storage(), &self.folder, origin, &self.own)
    }

    /// A cosignature of our own over more than we remember says that an older memory stands here.
    fn check_memory(
        &self,
        submitted: &SignedCheckpoint,
        known: Option<TreeHead>,
    ) -> Result<(), WitnessError> {
        let cosigned = submitted.unchecked().head().size;
        let remembered = known.map_or(0, |known| known.size);
        if cosigned > remembered && submitted.note().clone().verify(&self.own).is_ok() {
            return Err(WitnessError::Forgot { cosigned, remembered });
        }
        Ok(())
    }

    /// The log has signed what does not continue what it signed before: both notes are worth keeping.
    fn keep_evidence(
        &self,
        refusal: &WitnessRefusal,
        request: &AddCheckpoint,
        last: Option<SignedCheckpoint>,
    ) -> Result<(), WitnessError> {
        let submitted = &request.checkpoint;
        let memory = memory_file(&self.folder, submitted.unchecked().origin());
        match (refusal, last) {
            (WitnessRefusal::Fork, Some(last)) => {
                let evidence = Equivocation::same_size(last, submitted.clone());
                self.write(&memory.with_extension("equivocation"), &evidence.to_string())
            }
            // The proof may be at fault, so this convicts nobody; the last one refused is kept.
            (WitnessRefusal::Inconsistent(_), Some(_)) => {
                self.write(&memory.with_extension("refused"), &submitted.to_string())
            }
            _ => Ok(()),
        }
    }

    fn write(&self, path: &Path, text: &str) -> Result<(), WitnessError> {
        small_files::replace(self.storage(), path, text.as_bytes(), Audience::Private).map_err(at(path))
    }

    fn storage(&self) -> &dyn Storage {
        self.ledger.machine.storage().as_ref()
    }

    /// A key that the ledger has revoked meanwhile cosigns nothing more.
    fn check_key(&self) -> Result<(), WitnessError> {
        let reader = self.ledger.read()?;
        match in_force(&reader, KeyPurpose::Witness)? {
            Some(known) if known.key == self.key() => Ok(()),
            _ => Err(WitnessError::NotInForce),
        }
    }
}

/// The keys of the ledgers that are cosigned for.
fn logs(storage: &dyn Storage, folder: &Path) -> Result<Vec<VerifierKey>, WitnessError> {
    let path = folder.join(LOGS);
    let Some(list) = small_files::read(storage, &path).map_err(at(&path))? else { return Ok(Vec::new()) };
    let list = Policy::parse(&list).map_err(|why| WitnessError::Logs { path, why })?;
    Ok(list.logs().to_vec())
}

/// What was cosigned last for `origin`, with our own signature under it.
fn memory(
    storage: &dyn Storage,
    folder: &Path,
    origin: &str,
    own: &[VerifierKey],
) -> Result<Option<SignedCheckpoint>, WitnessError> {
    let path = memory_file(folder, origin);
    let bytes = small_files::read(storage, &path).map_err(at(&path))?;
    match bytes.as_deref() {
        Some([]) => Ok(None),
        Some(bytes) => SignedCheckpoint::parse(bytes)
            .ok()
            .filter(|last| last.unchecked().origin() == origin && last.note().clone().verify(own).is_ok())
            .map(Some)
            .ok_or(WitnessError::Memory { path }),
        None => Err(WitnessError::Memory { path }),
    }
}

fn memory_file(folder: &Path, origin: &str) -> PathBuf {
    folder.join(hashed(origin))
}

fn hashed(origin: &str) -> String {
    Hex(&Sha256::digest(origin.as_bytes())).to_string()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> WitnessError + use<> {
    let path = path.to_owned();
    move |source| WitnessError::File { path, source }
}
