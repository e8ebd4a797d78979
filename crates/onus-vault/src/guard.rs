//! What guards a vault's master: a key file beside it, or a passphrase.

use crate::passphrase::{Costs, Passphrase, SALT_BYTES};

/// How a vault is to be guarded from now on.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Wrapping<'a> {
    /// By a key file in the vault's folder: anyone who can read the folder can open the vault.
    KeyFile,
    /// By a passphrase: lost passphrase, lost texts.
    Passphrase {
        /// The passphrase.
        passphrase: &'a Passphrase,
        /// What one try of it costs.
        costs: Costs,
    },
}

/// What a vault is opened with.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Unlock<'a> {
    /// The key file in its folder.
    KeyFile,
    /// The passphrase.
    Passphrase(&'a Passphrase),
}

/// How a vault is guarded, without what guards it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WrappingKind {
    /// By a key file in the vault's folder.
    KeyFile,
    /// By a passphrase, at these costs.
    Passphrase(Costs),
}

/// The same, as MASTER stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    KeyFile,
    Argon2id { costs: Costs, salt: [u8; SALT_BYTES] },
}

impl Source {
    pub(crate) fn kind(self) -> WrappingKind {
        match self {
            Self::KeyFile => WrappingKind::KeyFile,
            Self::Argon2id { costs, .. } => WrappingKind::Passphrase(costs),
        }
    }
}
