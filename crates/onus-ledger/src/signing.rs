//! The keys a ledger signs with: one for each purpose, encrypted at rest, registered and revoked by events.
//!
//! # Promises
//! * A key is on the disk before the ledger says that it is in force, so no registered key is lost to a crash.
//! * Whoever reads the ledger finds every key it ever signed with, from when to when.
//!
//! # Never
//! * A secret is printed, or stands unwrapped in a file.
//!
//! # Not promised
//! * An event says what its ledger says. Whoever wants to be sure of a key asks its owner by another way.

use crate::caller::Caller;
use crate::error::{OpenError, RecordError};
use crate::events::NewEvent;
use crate::ledger::{Ledger, agency_of};
use crate::recorder::{Load, submitted_by};
use crate::small_files;
use crate::unlocked::Unlocked;
use onus_core::blame::{Blame, Blamed};
use onus_core::bodies::ledger_wide::{KeyRegistered, KeyRevoked};
use onus_core::bytes::PublicKey;
use onus_core::code;
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::keys::{RegisteredKey, Revocation, handover_key_agency, handover_key_name, keys};
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_core::storage::Audience;
use onus_core::time::Timestamp;
use onus_core::vocabulary::KeyPurpose;
use onus_proof::{Algorithm, NoteSigner, VerifierKey};
use onus_store::{Expect, Reader};
use onus_vault::{HostError, Vault, WRAPPED_SECRET_BYTES};
use std::io;
use std::path::PathBuf;

/// Why nothing was signed, or nothing was done with a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The purpose has no key of its own.
    #[error("this ledger has no key for the purpose `{}`", .purpose.as_str())]
    NoPurpose {
        /// The purpose.
        purpose: KeyPurpose,
    },
    /// There is one in force. Rotate it instead.
    #[error("key {key} is in force: rotate or revoke it first")]
    InForce {
        /// The key.
        key: Box<VerifierKey>,
    },
    /// There is none in force, or its secret is not here. Generate one.
    #[error("no key for the purpose `{}` is in force here", .purpose.as_str())]
    NoneInForce {
        /// The purpose.
        purpose: KeyPurpose,
    },
    /// A key file was changed, or is of another ledger. Restore it from its backup, or revoke the key.
    #[error(
        "{path} is not a key of this ledger: restore it from its backup, or revoke the key and make another"
    )]
    Damaged {
        /// The key file.
        path: PathBuf,
    },
    /// The ledger or the vault did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The machine failed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A key file could not be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The event was not acknowledged; the key file is there, and trying again uses it.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Blamed for SigningError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoPurpose { .. } => Blame::Caller,
            Self::InForce { .. } => Blame::Conflict,
            Self::NoneInForce { .. } => Blame::NotFound,
            Self::Damaged { .. } => Blame::Damage,
            Self::Open(e) => e.blame(),
            Self::Record(e) => e.blame(),
            Self::Host(_) | Self::File { .. } => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoneInForce { purpose } => {
                Some(format!("make one: onus key generate {}", purpose.as_str()))
            }
            Self::Open(e) => e.hint(),
            Self::Record(e) => e.hint(),
            _ => None,
        }
    }
}

/// A key that the ledger registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// For what.
    pub purpose: KeyPurpose,
    /// What others check its signatures with.
    pub key: VerifierKey,
    /// The entry that registered it.
    pub seq: Seq,
    /// When that was recorded.
    pub at: Timestamp,
    /// Whether it was revoked.
    pub revoked: Option<Revocation>,
}

/// Every key the ledger registered, its own and other agencies', in the order of registration.
pub fn signing_keys(reader: &Reader) -> Result<Vec<SigningKey>, OpenError> {
    let mut seqs = reader.of_kind(Kind::KeyRegistered.number())?;
    seqs.extend(reader.of_kind(Kind::KeyRevoked.number())?);
    seqs.sort_unstable();
    let mut entries = Vec::new();
    for seq in seqs {
        // What this release cannot decode registers nothing that it could use.
        entries.extend(Entry::parse(reader.entry(seq)?.bytes()));
    }
    let usable = |known: RegisteredKey| {
        let RegisteredKey { purpose, name, public, seq, at, revoked } = known;
        // What is no usable key can verify nothing, so it is not one.
        let key = VerifierKey::new(name.as_str(), algorithm(purpose), public.as_bytes()).ok()?;
        Some(SigningKey { purpose, key, seq, at, revoked })
    };
    Ok(keys(&entries).into_iter().filter_map(usable).collect())
}

fn algorithm(purpose: KeyPurpose) -> Algorithm {
    if purpose == KeyPurpose::Witness { Algorithm::Cosignature } else { Algorithm::Ed25519 }
}

impl Unlocked {
    /// Makes a key for a purpose and registers it. The caller answers for it; the software, if nobody is named.
    pub fn generate_key(&self, caller: &Caller, purpose: KeyPurpose) -> Result<VerifierKey, SigningError> {
        let reader = self.ledger().read()?;
        if let Some(known) = in_force(&reader, purpose)? {
            return Err(SigningError::InForce { key: Box::new(known.key) });
        }
        let signer = self.make_signer(&reader, purpose)?;
        let key = signer.verifier(algorithm(purpose));
        let body = Body::KeyRegistered(registered(purpose, &key)?);
        self.ledger().record_keys(caller, &reader, vec![body])?;
        Ok(key)
    }

    /// Puts a new key in the place of the one in force. What the old one signed keeps verifying.
    pub fn rotate_key(&self, caller: &Caller, purpose: KeyPurpose) -> Result<VerifierKey, SigningError> {
        let reader = self.ledger().read()?;
        let old = in_force(&reader, purpose)?.ok_or(SigningError::NoneInForce { purpose })?;
        let signer = self.make_signer(&reader, purpose)?;
        let key = signer.verifier(algorithm(purpose));
        let bodies = vec![
            Body::KeyRevoked(revoked(&old, code!("superseded"))?),
            Body::KeyRegistered(registered(purpose, &key)?),
        ];
        self.ledger().record_keys(caller, &reader, bodies)?;
        self.ledger().forget(purpose, &old.key)?;
        Ok(key)
    }

    /// The signer for a purpose: the key in force.
    pub fn signer(&self, reader: &Reader, purpose: KeyPurpose) -> Result<NoteSigner, SigningError> {
        let known = in_force(reader, purpose)?.ok_or(SigningError::NoneInForce { purpose })?;
        let vault = self.secrets(reader)?;
        let path = self.ledger().key_file(purpose, &known.key);
        let storage = self.ledger().machine.storage();
        let bytes = small_files::read(storage.as_ref(), &path)
            .map_err(|source| SigningError::File { path: path.clone(), source })?
            .ok_or(SigningError::NoneInForce { purpose })?;
        let signer =
            unwrapped(vault, known.key.name(), &bytes).ok_or(SigningError::Damaged { path: path.clone() })?;
        if signer.verifier(algorithm(purpose)) == known.key {
            Ok(signer)
        } else {
            Err(SigningError::Damaged { path })
        }
    }

    /// A new key, on the disk, in a file named after its id.
    fn make_signer(&self, reader: &Reader, purpose: KeyPurpose) -> Result<NoteSigner, SigningError> {
        let vault = self.slots(reader)?;
        let ledger = self.ledger();
        let name = name_of(reader, purpose)?;
        let wrapped = vault.make_secret(&name)?;
        let folder = ledger.paths.keys();
        let signer =
            unwrapped(vault, &name, &wrapped).ok_or(SigningError::Damaged { path: folder.clone() })?;
        let path = ledger.key_file(purpose, &signer.verifier(algorithm(purpose)));
        let storage = ledger.machine.storage().as_ref();
        small_files::make_folder(storage, &folder, Audience::Private)
            .and_then(|()| small_files::replace(storage, &path, &wrapped, Audience::Private))
            .map_err(|source| SigningError::File { path, source })?;
        Ok(signer)
    }
}

impl Ledger {
    /// Revokes the key in force and removes its secret. Nothing is signed for the purpose until a new one is made.
    pub fn revoke_key(
        &self,
        caller: &Caller,
        purpose: KeyPurpose,
        reason: Code,
    ) -> Result<VerifierKey, SigningError> {
        let reader = self.read()?;
        let old = in_force(&reader, purpose)?.ok_or(SigningError::NoneInForce { purpose })?;
        self.record_keys(caller, &reader, vec![Body::KeyRevoked(revoked(&old, reason)?)])?;
        self.forget(purpose, &old.key)?;
        Ok(old.key)
    }

    /// Whether the file with a key's secret is in the private directory; nothing is said of what is in it.
    #[must_use]
    pub fn has_secret_of(&self, known: &SigningKey) -> bool {
        self.machine.storage().exists(&self.key_file(known.purpose, &known.key)).unwrap_or(false)
    }

    pub(crate) fn key_file(&self, purpose: KeyPurpose, key: &VerifierKey) -> PathBuf {
        self.paths.keys().join(format!("{}-{}.key", purpose.as_str(), key.id()))
    }

    /// The secret of a key that is no longer in force serves nobody but a thief.
    fn forget(&self, purpose: KeyPurpose, key: &VerifierKey) -> Result<(), SigningError> {
        let path = self.key_file(purpose, key);
        let storage = self.machine.storage();
        match storage.remove(&path).and_then(|()| storage.sync_dir(&self.paths.keys())) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(SigningError::File { path, source })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn record_keys(
        &self,
        caller: &Caller,
        reader: &Reader,
        bodies: Vec<Body<onus_core::stage::Stored>>,
    ) -> Result<(), SigningError> {
        self.check_allowed(caller)?;
        let agency = agency_of(reader)?;
        let event = NewEvent::by_caller(caller, &agency, self.machine.now());
        let events: Vec<_> = bodies
            .into_iter()
            .map(|body| event.clone().encode(body).map_err(RecordError::from))
            .collect::<Result<_, _>>()?;
        let by = submitted_by(caller, &agency);
        let (recorder, _) = self.recorder(reader, agency, by, None, Load::One)?;
        recorder.submit_sealed(events, Expect::Any).wait()?;
        Ok(recorder.close()?)
    }
}

/// Whether these bytes of a key file are the secret of this key.
pub(crate) fn is_secret_of(vault: &Vault, key: &VerifierKey, bytes: &[u8]) -> bool {
    unwrapped(vault, key.name(), bytes).is_some_and(|signer| signer.verifier(key.algorithm()) == *key)
}

fn unwrapped(vault: &Vault, name: &str, bytes: &[u8]) -> Option<NoteSigner> {
    let wrapped: &[u8; WRAPPED_SECRET_BYTES] = bytes.try_into().ok()?;
    vault.with_secret(name, wrapped, |secret| NoteSigner::from_seed(name, secret).ok())?
}

/// The last of the ledger's own keys registered for a purpose that was not revoked.
pub(crate) fn in_force(reader: &Reader, purpose: KeyPurpose) -> Result<Option<SigningKey>, SigningError> {
    let name = name_of(reader, purpose)?;
    let mut keys = signing_keys(reader)?;
    keys.retain(|known| known.purpose == purpose && known.key.name() == name && known.revoked.is_none());
    Ok(keys.pop())
}

const MANIFEST: &str = "/manifest";

/// Whether a key of this name signs manifests or answers to offers, and so no checkpoints.
pub(crate) fn is_of_another_purpose(name: &str) -> bool {
    name.ends_with(MANIFEST) || handover_key_agency(name).is_some()
}

/// What a purpose's key is called in signed notes (`docs/format.md` §7).
fn name_of(reader: &Reader, purpose: KeyPurpose) -> Result<String, SigningError> {
    let origin = &reader.identity().origin;
    match purpose {
        KeyPurpose::Checkpoint => Ok(origin.to_string()),
        KeyPurpose::Manifest => Ok(format!("{origin}{MANIFEST}")),
        KeyPurpose::Witness => Ok(format!("{origin}/witness")),
        KeyPurpose::Handover => Ok(handover_key_name(&agency_of(reader)?)),
        KeyPurpose::Other => Err(SigningError::NoPurpose { purpose }),
    }
}

pub(crate) fn registered(purpose: KeyPurpose, key: &VerifierKey) -> Result<KeyRegistered, SigningError> {
    let name = Code::new(key.name()).ok_or(SigningError::NoPurpose { purpose })?;
    Ok(KeyRegistered { purpose, name, public_key: PublicKey::from_bytes(*key.public()) })
}

pub(crate) fn revoked(old: &SigningKey, reason: Code) -> Result<KeyRevoked, SigningError> {
    let KeyRegistered { purpose, name, public_key } = registered(old.purpose, &old.key)?;
    Ok(KeyRevoked { purpose, name, public_key, reason })
}
