//! What an administrator does with the keys of sealed text, and the tokens of a ledger.

use crate::ledger::{Ledger, OpenError};
use onus_core::ids::Token;
use onus_vault::{HostError, Passphrase, RotateError, Status, Unlock, Wrapping};

/// Why nothing was done with the keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// There are no keys here. Ask where the private directory is.
    #[error("this ledger's private directory is not here, and with it its keys")]
    NoVault,
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

impl Ledger {
    /// The token under which an identifier stands in this ledger.
    pub fn token(&self, identifier: &str, passphrase: Option<&Passphrase>) -> Result<Token, KeysError> {
        Ok(self.open_vault(passphrase)?.token(identifier))
    }

    /// How many key slots there are, and how their master is guarded.
    pub fn seal_status(&self, passphrase: Option<&Passphrase>) -> Result<Status, KeysError> {
        Ok(self.open_vault(passphrase)?.status()?)
    }

    /// Makes a new master and wraps every slot again, which strands stray copies of the old slot file.
    pub fn rotate_seals(&self, passphrase: Option<&Passphrase>) -> Result<(), KeysError> {
        let mut vault = self.open_vault(passphrase)?;
        let with = passphrase.map_or(Unlock::KeyFile, Unlock::Passphrase);
        Ok(vault.rotate(with)?)
    }

    /// Guards the master another way; texts and slots stay as they are.
    pub fn guard_seals(&self, passphrase: Option<&Passphrase>, by: Wrapping<'_>) -> Result<(), KeysError> {
        Ok(self.open_vault(passphrase)?.change_wrapping(by)?)
    }

    fn open_vault(&self, passphrase: Option<&Passphrase>) -> Result<onus_vault::Vault, KeysError> {
        let reader = self.read()?;
        self.vault(&reader, passphrase)?.ok_or(KeysError::NoVault)
    }
}
