//! A ledger whose keys are open: what seals, signs, reveals, hands out and erases goes through here.
//!
//! # Promises
//! * The vault is opened once, however much is done with it: a passphrase costs its computing time once.
//! * Before anything is done, every erasure that the ledger records by then is applied, so that a vault restored from
//!   before it, or a process that was running meanwhile, does not bring the text back.
//! * Before a slot is handed out, a vault that is older than the ledger has learnt which of its slots are used.
//!
//! # Never
//! * Nothing here keeps a passphrase.

use crate::caller::Caller;
use crate::error::OpenError;
use crate::ledger::{Ledger, agency_of, erased};
use crate::recorder::{Load, Recorder, submitted_by};
use onus_core::model::SubmittedBy;
use onus_store::{Reader, Recovery};
use onus_vault::{Passphrase, Unlock, Vault, WrappingKind};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A ledger with its keys open. Clones share them; they are closed with the last.
///
/// After another process has rotated the keys, every use says so ([`onus_vault::HostError::Replaced`]): unlock again.
#[derive(Clone)]
pub struct Unlocked {
    ledger: Ledger,
    vault: Arc<Vault>,
    applied: Arc<Mutex<Applied>>,
}

/// What the vault has learnt from the ledger since it was opened.
#[derive(Clone, Copy, Debug, Default)]
struct Applied {
    /// How many erasures.
    erasures: Option<usize>,
    /// Whether it knows which slots are used.
    slots: bool,
}

impl fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unlocked").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

impl Ledger {
    /// Opens the keys of this ledger; [`OpenError::NoKeys`] where the private directory is not here.
    pub fn unlock(&self, passphrase: Option<&Passphrase>) -> Result<Unlocked, OpenError> {
        let reader = self.read()?;
        let vault = self.open_vault(&reader, passphrase)?;
        let unlocked =
            Unlocked { ledger: self.clone(), vault: Arc::new(vault), applied: Arc::new(Mutex::default()) };
        unlocked.secrets(&reader)?;
        Ok(unlocked)
    }

    /// Opens the ledger to record drafts, submitted by the caller's agency (the ledger's own if the caller claims no
    /// identity). Without keys, drafts with free text or identifiers are refused. Publishes the schema first where it
    /// differs from the last one published.
    pub fn record(
        &self,
        caller: &Caller,
        keys: Option<&Unlocked>,
    ) -> Result<(Recorder, Recovery), OpenError> {
        self.check_allowed(caller)?;
        let (reader, earlier) = self.read_to_append()?;
        let agency = agency_of(&reader)?;
        let vault = keys.map(|keys| keys.slots(&reader)).transpose()?.cloned();
        let operator = caller.operator(vault.as_deref());
        let submitted_by = SubmittedBy { operator, ..submitted_by(caller, &agency) };
        let (recorder, recovery) = self.recorder(&reader, agency, submitted_by, vault, Load::Many)?;
        Ok((recorder, recovery.after(earlier.unwrap_or_default())))
    }

    /// The vault as it is on the disk. Who hands out slots or opens texts goes through [`Unlocked`].
    pub(crate) fn open_vault(
        &self,
        reader: &Reader,
        passphrase: Option<&Passphrase>,
    ) -> Result<Vault, OpenError> {
        let unlock = match (self.guarded_by()?, passphrase) {
            (None, _) => return Err(OpenError::NoKeys),
            (Some(WrappingKind::KeyFile), _) => Unlock::KeyFile,
            (Some(_), Some(passphrase)) => Unlock::Passphrase(passphrase),
            (Some(_), None) => return Err(OpenError::PassphraseNeeded),
        };
        Ok(Vault::open(self.machine.storage(), &self.paths.private(), reader.identity().id, unlock)?)
    }
}

impl Unlocked {
    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The vault, to open texts and to sign.
    pub(crate) fn secrets(&self, reader: &Reader) -> Result<&Vault, OpenError> {
        self.bring_up_to(reader, false)?;
        Ok(&self.vault)
    }

    /// The vault, to hand out slots as well.
    pub(crate) fn slots(&self, reader: &Reader) -> Result<&Arc<Vault>, OpenError> {
        self.bring_up_to(reader, true)?;
        Ok(&self.vault)
    }

    fn bring_up_to(&self, reader: &Reader, slots: bool) -> Result<(), OpenError> {
        // A thread that panicked left less noted than was applied, and applying again changes nothing.
        let mut applied = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = reader.of_kind(onus_core::kinds::Kind::PersonalDataErased.number())?.len();
        if applied.erasures != Some(recorded) {
            self.vault.reapply_erasures(erased(reader)?)?;
            applied.erasures = Some(recorded);
        }
        if slots && !applied.slots {
            self.ledger.bring_in_step(&self.vault, reader)?;
            applied.slots = true;
        }
        Ok(())
    }
}
