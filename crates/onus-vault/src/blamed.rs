//! Who has to act on each of the vault's errors. The words of the errors say what to do.

use crate::{
    AllocateError, ChangeError, CostsError, CreateError, EraseError, HostError, OpenError, OpenTextError,
    RotateError, SealError, SkipError, SlotError, UnlockError,
};
use onus_core::blame::{Blame, Blamed};

impl Blamed for HostError {
    fn blame(&self) -> Blame {
        Blame::Environment
    }
}

impl Blamed for UnlockError {
    fn blame(&self) -> Blame {
        match self {
            Self::WantsPassphrase | Self::WantsKeyFile | Self::WrongPassphrase => Blame::Environment,
            Self::WrongKeyFile { .. }
            | Self::KeyFileMissing { .. }
            | Self::KeyFileDamaged { .. }
            | Self::KeyFileOfOtherLedger { .. } => Blame::Damage,
            Self::Host(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::WantsPassphrase => Some("set ONUS_PASSPHRASE, or run on a terminal".into()),
            _ => None,
        }
    }
}

impl Blamed for OpenError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoVault { .. }
            | Self::MasterDamaged { .. }
            | Self::OtherLedger { .. }
            | Self::SlotsMissing { .. }
            | Self::SlotsDamaged { .. }
            | Self::SlotsTruncated { .. } => Blame::Damage,
            Self::UnknownVersion { .. } => Blame::Environment,
            Self::Unlock(e) => e.blame(),
            Self::Host(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unlock(e) => e.hint(),
            _ => None,
        }
    }
}

impl Blamed for SlotError {
    fn blame(&self) -> Blame {
        match self {
            // As intended, and as the ledger says.
            Self::Erased { .. } => Blame::NotFound,
            Self::NoSuchSlot { .. } | Self::NotInUse { .. } | Self::Damaged { .. } => Blame::Damage,
            Self::Host(e) => e.blame(),
        }
    }
}

impl Blamed for AllocateError {
    fn blame(&self) -> Blame {
        match self {
            Self::Full => Blame::Environment,
            Self::Slot(e) => e.blame(),
            Self::Host(e) => e.blame(),
        }
    }
}

impl Blamed for SealError {
    fn blame(&self) -> Blame {
        match self {
            Self::Cipher { .. } => Blame::Environment,
        }
    }
}

impl Blamed for OpenTextError {
    fn blame(&self) -> Blame {
        match self {
            Self::Withheld { .. } => Blame::NotFound,
            Self::Slot(e) => e.blame(),
            Self::OtherKey | Self::Altered | Self::Malformed => Blame::Damage,
        }
    }
}

impl Blamed for EraseError {
    fn blame(&self) -> Blame {
        match self {
            Self::FarBeyond { .. } => Blame::Damage,
            Self::Host(e) => e.blame(),
        }
    }
}

impl Blamed for SkipError {
    fn blame(&self) -> Blame {
        match self {
            Self::FarBeyond { .. } => Blame::Damage,
            Self::Host(e) => e.blame(),
        }
    }
}

impl Blamed for RotateError {
    fn blame(&self) -> Blame {
        match self {
            Self::Unlock(e) => e.blame(),
            Self::DamagedSlot { .. } => Blame::Damage,
            Self::Host(e) => e.blame(),
        }
    }
}

impl Blamed for ChangeError {
    fn blame(&self) -> Blame {
        match self {
            Self::Host(e) => e.blame(),
        }
    }
}

impl Blamed for CreateError {
    fn blame(&self) -> Blame {
        match self {
            Self::AlreadyThere { .. } => Blame::Caller,
            Self::Open(e) => e.blame(),
            Self::Host(e) => e.blame(),
        }
    }
}

impl Blamed for CostsError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}
