//! What an administrator does with the keys of sealed text, and the tokens of a ledger.

use crate::error::OpenError;
use crate::ledger::{Ledger, erased};
use crate::unlocked::Unlocked;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::Token;
use onus_vault::{HostError, Passphrase, RotateError, Status, Unlock, Vault, Wrapping};

/// Why nothing was done with the keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The ledger or the vault did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The machine failed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The rotation did not finish; the vault says what state it is in.
    #[error(transparent)]
    Rotate(#[from] RotateError),
    /// The master is guarded as before.
    #[error(transparent)]
    Change(#[from] onus_vault::ChangeError),
}

impl Blamed for KeysError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Host(_) | Self::Rotate(_) | Self::Change(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Host(_) | Self::Rotate(_) | Self::Change(_) => None,
        }
    }
}

impl Unlocked {
    /// The token of an identifier in this ledger.
    pub fn token(&self, identifier: &str) -> Result<Token, KeysError> {
        Ok(self.secrets(&self.ledger().read()?)?.token(identifier))
    }

    /// How many key slots there are, and how their master is guarded.
    pub fn seal_status(&self) -> Result<Status, KeysError> {
        Ok(self.secrets(&self.ledger().read()?)?.status()?)
    }
}

impl Ledger {
    /// Makes a new master and wraps every slot again, which strands stray copies of the old slot file. Keys that are
    /// open meanwhile have to be unlocked again.
    pub fn rotate_seals(&self, passphrase: Option<&Passphrase>) -> Result<(), KeysError> {
        let mut vault = self.vault_to_change(passphrase)?;
        let with = passphrase.map_or(Unlock::KeyFile, Unlock::Passphrase);
        Ok(vault.rotate(with)?)
    }

    /// Guards the master another way; texts and slots stay as they are.
    pub fn guard_seals(&self, passphrase: Option<&Passphrase>, by: Wrapping<'_>) -> Result<(), KeysError> {
        Ok(self.vault_to_change(passphrase)?.change_wrapping(by)?)
    }

    fn vault_to_change(&self, passphrase: Option<&Passphrase>) -> Result<Vault, OpenError> {
        let reader = self.read()?;
        let vault = self.open_vault(&reader, passphrase)?;
        vault.reapply_erasures(erased(&reader)?)?;
        Ok(vault)
    }
}
