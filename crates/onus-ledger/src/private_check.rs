//! What the private directory is found to be: every key slot opened, every key in force unwrapped, the note of what was
//! signed last held against the log, and the files that say who may do what read.
//!
//! # Promises
//! * What was not checked is said, with the reason, and is never counted as good.
//!
//! # Never
//! * A secret, a text or a passphrase is in what is found.
//!
//! # Not promised
//! * That the directory is the newest: an older copy of all of it, put back whole, is found only where the ledger names
//!   slots, keys or signatures that came after it.

use crate::account::others_may_change;
use crate::checkpoints::SignCheckpointError;
use crate::error::OpenError;
use crate::identity::Profiles;
use crate::ledger::{Ledger, erased};
use crate::rights::Rights;
use crate::signing::{SigningError, SigningKey, in_force};
use crate::small_files::{self, read_text};
use onus_core::vocabulary::{KeyPurpose, Spelt as _};
use onus_store::Reader;
use onus_vault::{Marks, Passphrase, Status, Unlock, UnlockError, Vault, WrappingKind};
use std::fmt;
use std::io;

/// One part of the private directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrivatePart {
    /// `vault/`: what guards the keys, and the file of slots.
    Vault,
    /// Every key slot.
    Slots,
    /// The key in force for a purpose.
    SigningKey(KeyPurpose),
    /// `keys/last-signed`.
    LastSigned,
    /// `profiles.toml`.
    Profiles,
    /// `rights.toml`.
    Rights,
    /// `witness/`.
    Witness,
    /// `access/`.
    Access,
}

impl fmt::Display for PrivatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vault => f.write_str("key vault"),
            Self::Slots => f.write_str("key slots"),
            Self::SigningKey(purpose) => write!(f, "signing key for {}", purpose.spelling()),
            Self::LastSigned => f.write_str("note of what was signed last"),
            Self::Profiles => f.write_str("profiles.toml"),
            Self::Rights => f.write_str("rights.toml"),
            Self::Witness => f.write_str("witness's memory"),
            Self::Access => f.write_str("access ledger"),
        }
    }
}

/// What a part is found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartState {
    /// As it should be.
    Good,
    /// Not as it should be, and why.
    Faulty(String),
    /// Not checked, and why.
    NotChecked(String),
}

/// What was found of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedPart {
    /// Which.
    pub part: PrivatePart,
    /// What it is.
    pub state: PartState,
}

/// What the private directory is found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateVerdict {
    /// Every part, in the order in which they were checked.
    pub parts: Vec<CheckedPart>,
    /// How many slots there are; `None` where the keys could not be opened.
    pub slots: Option<Status>,
}

impl PrivateVerdict {
    /// Whether no part is faulty. What was not checked is not known to be good: see [`Self::is_complete`].
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part.state, PartState::Faulty(_)))
    }

    /// Whether every part was checked.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part.state, PartState::NotChecked(_)))
    }

    fn put(&mut self, part: PrivatePart, state: PartState) {
        self.parts.push(CheckedPart { part, state });
    }
}

const PURPOSES: [KeyPurpose; 4] =
    [KeyPurpose::Checkpoint, KeyPurpose::Manifest, KeyPurpose::Witness, KeyPurpose::Handover];
const LOCKED: &str = "a passphrase guards the keys, and none was given";

impl Ledger {
    /// Checks the private directory; `None` if it is not here. Without the passphrase that guards the keys, slots and
    /// keys are not opened, and that is said.
    pub fn verify_private(
        &self,
        passphrase: Option<&Passphrase>,
    ) -> Result<Option<PrivateVerdict>, OpenError> {
        if !self.has_private()? {
            return Ok(None);
        }
        let reader = self.read()?;
        let mut verdict = PrivateVerdict { parts: Vec::new(), slots: None };
        let vault = self.check_vault(&reader, passphrase, &mut verdict)?;
        for purpose in PURPOSES {
            match in_force(&reader, purpose) {
                Ok(None) => {}
                Ok(Some(key)) => {
                    let state = self.key_state(vault.as_ref(), purpose, &key);
                    verdict.put(PrivatePart::SigningKey(purpose), state);
                }
                Err(SigningError::Open(e)) => return Err(e),
                Err(e) => {
                    verdict.put(PrivatePart::SigningKey(purpose), PartState::NotChecked(words(&e)));
                }
            }
        }
        verdict.put(PrivatePart::LastSigned, last_signed_state(self.check_last_signed(&reader)));
        verdict.put(PrivatePart::Profiles, self.profiles_state());
        verdict.put(PrivatePart::Rights, self.rights_state());
        if self.machine.storage().exists(&self.paths.witness()).unwrap_or(true) {
            let state = match self.witnessed() {
                Ok(_) => PartState::Good,
                Err(e) => PartState::Faulty(words(&e)),
            };
            verdict.put(PrivatePart::Witness, state);
        }
        Ok(Some(verdict))
    }

    /// The vault, if it opens; what it and its slots are goes into the verdict.
    fn check_vault(
        &self,
        reader: &Reader,
        passphrase: Option<&Passphrase>,
        verdict: &mut PrivateVerdict,
    ) -> Result<Option<Vault>, OpenError> {
        let (storage, folder, id) = (self.machine.storage(), self.paths.private(), reader.identity().id);
        let unlock = match (onus_vault::wrapping_of(storage, &folder), passphrase) {
            (Ok(WrappingKind::KeyFile), _) => Unlock::KeyFile,
            (Ok(_), Some(passphrase)) => Unlock::Passphrase(passphrase),
            (Ok(_), None) => {
                let marks = onus_vault::marks(storage, &folder, id);
                verdict.put(PrivatePart::Vault, vault_state(marks.as_ref().map(|_| ())));
                verdict.put(PrivatePart::Slots, marked_state(marks.ok()));
                return Ok(None);
            }
            (Err(e), _) => {
                verdict.put(PrivatePart::Vault, vault_state(Err(&e)));
                verdict.put(PrivatePart::Slots, PartState::NotChecked("the vault did not open".into()));
                return Ok(None);
            }
        };
        let vault = Vault::open(storage, &folder, id, unlock);
        verdict.put(PrivatePart::Vault, vault_state(vault.as_ref().map(|_| ())));
        let Ok(vault) = vault else {
            verdict.put(PrivatePart::Slots, PartState::NotChecked("the vault did not open".into()));
            return Ok(None);
        };
        // As every opening does: what the ledger erased is gone before anything else.
        vault.reapply_erasures(erased(reader)?)?;
        let state = match vault.status() {
            Ok(status) => {
                verdict.slots = Some(status);
                match status.first_damaged {
                    None => PartState::Good,
                    Some(first) => PartState::Faulty(format!(
                        "{} of {} slots are damaged, the first is slot {first}: restore the vault from its backup",
                        status.damaged,
                        status.all()
                    )),
                }
            }
            Err(e) => PartState::NotChecked(words(&e)),
        };
        verdict.put(PrivatePart::Slots, state);
        Ok(Some(vault))
    }

    fn key_state(&self, vault: Option<&Vault>, purpose: KeyPurpose, key: &SigningKey) -> PartState {
        let path = self.key_file(purpose, &key.key);
        match small_files::read(self.machine.storage().as_ref(), &path) {
            Ok(None) => PartState::Faulty(format!(
                "{} is missing: restore it from the backup of the private directory",
                path.display()
            )),
            Err(e) => PartState::NotChecked(format!("cannot read {}: {e}", path.display())),
            Ok(Some(bytes)) => match vault.map(|vault| crate::signing::is_secret_of(vault, &key.key, &bytes))
            {
                Some(true) => PartState::Good,
                Some(false) => PartState::Faulty(words(&SigningError::Damaged { path })),
                None => PartState::NotChecked("its vault did not open".into()),
            },
        }
    }

    fn profiles_state(&self) -> PartState {
        let path = self.paths.profiles();
        if others_may_change(&path) {
            return PartState::Faulty(words(&OpenError::ProfilesOpen { profiles: path }));
        }
        match read_text(self.machine.storage().as_ref(), &path) {
            Ok(text) => {
                Profiles::parse(&text).map_or_else(|e| PartState::Faulty(words(&e)), |_| PartState::Good)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                PartState::Faulty("it is missing, so nobody may act under any identity".into())
            }
            Err(e) => PartState::NotChecked(e.to_string()),
        }
    }

    fn rights_state(&self) -> PartState {
        match read_text(self.machine.storage().as_ref(), &self.paths.rights()) {
            Ok(text) => {
                Rights::parse(&text).map_or_else(|e| PartState::Faulty(words(&e)), |_| PartState::Good)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                PartState::NotChecked("it is missing, so the rights that `onus init` writes apply".into())
            }
            Err(e) => PartState::NotChecked(e.to_string()),
        }
    }
}

fn vault_state(opened: Result<(), &onus_vault::OpenError>) -> PartState {
    use onus_vault::OpenError as Vault;
    match opened {
        Ok(()) => PartState::Good,
        Err(e @ (Vault::Host(_) | Vault::Unlock(UnlockError::Host(_) | UnlockError::WrongPassphrase))) => {
            PartState::NotChecked(words(e))
        }
        Err(e) => PartState::Faulty(words(e)),
    }
}

/// Without a key only the marks can be looked at.
fn marked_state(marks: Option<Marks>) -> PartState {
    match marks {
        Some(Marks { unmarked: 0, .. }) => PartState::NotChecked(format!("{LOCKED}: no slot was opened")),
        Some(Marks { slots, unmarked }) => {
            PartState::Faulty(format!("{unmarked} of {slots} slots have a damaged mark"))
        }
        None => PartState::NotChecked("the vault did not open".into()),
    }
}

fn last_signed_state(checked: Result<(), SignCheckpointError>) -> PartState {
    match checked {
        Ok(()) => PartState::Good,
        Err(
            e @ (SignCheckpointError::LastSigned { .. }
            | SignCheckpointError::RolledBack { .. }
            | SignCheckpointError::OtherHistory { .. }),
        ) => PartState::Faulty(words(&e)),
        Err(e) => PartState::NotChecked(words(&e)),
    }
}

/// An error and its causes in one line.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
