//! Why a ledger did not open, or drafts were not recorded; and who has to act.

use crate::agency_names::AgencyNamesError;
use crate::events::MakeEventError;
use crate::identity::ProfileError;
use crate::rights::RightsError;
use crate::sealing::SealError;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::seq::Seq;
use std::io;
use std::path::PathBuf;

/// Why a ledger could not be opened. Nothing acknowledged was touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The log did not open; it says who must act.
    #[error(transparent)]
    Log(#[from] onus_store::OpenError),
    /// An entry could not be read.
    #[error(transparent)]
    Read(#[from] onus_store::ReadError),
    /// Entry 0 is not what every ledger begins with. The ledger is damaged.
    #[error("entry 0 is not a LedgerOpened that this release can read")]
    NotALedger,
    /// The key vault did not open; it says who must act.
    #[error(transparent)]
    Vault(#[from] onus_vault::OpenError),
    /// The vault is older than the ledger, and could not be told which of its slots are used. It says who must act.
    #[error(transparent)]
    Skip(#[from] onus_vault::SkipError),
    /// An erasure that the ledger records could not be applied again. The vault says who must act.
    #[error(transparent)]
    Erase(#[from] onus_vault::EraseError),
    /// The private directory is not here, and with it every key. Ask where it is.
    #[error("this ledger's private directory is not here, and with it its keys")]
    NoKeys,
    /// The caller claims no identity, and nobody may do this in the ledger's name alone.
    #[error("this needs the identity of the person who does it, as agency/role[/token]")]
    NoIdentity,
    /// The vault is guarded by a passphrase, and none was given.
    #[error("the keys of this ledger are guarded by a passphrase, and none was given")]
    PassphraseNeeded,
    /// No profile allows this identity to this account. An administrator of the ledger can add it.
    #[error("the account {account} may not act as {identity}: {profiles} does not allow it")]
    NotAllowed {
        /// The operating-system account.
        account: String,
        /// The identity asked for.
        identity: String,
        /// The profile file.
        profiles: PathBuf,
    },
    /// Nobody may use an identity where there is no profile file.
    #[error("{profiles} is not here, so nobody may act as {identity}")]
    NoProfiles {
        /// The identity asked for.
        identity: String,
        /// Where the profile file would stand.
        profiles: PathBuf,
    },
    /// Accounts other than its owner can change the profile file, so it says nothing. Take the right away from them.
    #[error(
        "{profiles} can be changed by other accounts than its owner's, so it is not believed: chmod go-w"
    )]
    ProfilesOpen {
        /// The profile file.
        profiles: PathBuf,
    },
    /// The profile file has an error; an administrator corrects it.
    #[error(transparent)]
    Profiles(#[from] ProfileError),
    /// The rights file has an error; an administrator corrects it.
    #[error(transparent)]
    Rights(#[from] RightsError),
    /// The file of the agencies' names has an error; an administrator corrects it.
    #[error(transparent)]
    AgencyNames(#[from] AgencyNamesError),
    /// An entry cannot be decoded. `onus verify` says what else is wrong with the log.
    #[error("entry {seq} cannot be decoded: {why}")]
    Entry {
        /// The entry.
        seq: Seq,
        /// Why.
        why: DecodeError,
    },
    /// A private file could not be read.
    #[error("cannot read {path}")]
    Private {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// What must be recorded first could not be.
    #[error(transparent)]
    First(#[from] RecordError),
}

/// Why drafts were not recorded. A request is recorded whole or not at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A draft could not be sealed. Nothing of the request was written.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The log did not acknowledge it; it says what state things are in and who must act.
    #[error(transparent)]
    Append(#[from] onus_store::AppendError),
    /// An event of the software's own could not be made. Nothing was written.
    #[error(transparent)]
    Make(#[from] MakeEventError),
    /// The schema could not be compressed. Nothing was written.
    #[error("the schema of this release cannot be published")]
    Schema(#[source] io::Error),
}

impl Blamed for OpenError {
    fn blame(&self) -> Blame {
        match self {
            Self::Log(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::NotALedger | Self::Entry { .. } => Blame::Damage,
            Self::NoKeys | Self::NoIdentity => Blame::Caller,
            Self::NotAllowed { .. }
            | Self::NoProfiles { .. }
            | Self::ProfilesOpen { .. }
            | Self::Profiles(_)
            | Self::Rights(_) => Blame::NotAllowed,
            Self::AgencyNames(e) => e.blame(),
            Self::First(e) => e.blame(),
            Self::Vault(e) => e.blame(),
            Self::Skip(e) => e.blame(),
            Self::Erase(e) => e.blame(),
            Self::PassphraseNeeded | Self::Private { .. } => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Log(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::First(e) => e.hint(),
            Self::Vault(e) => e.hint(),
            Self::AgencyNames(e) => e.hint(),
            Self::PassphraseNeeded => Some("set ONUS_PASSPHRASE, or run on a terminal".into()),
            Self::NoIdentity => Some(
                "profiles.toml in the private directory says which account may use which identity".into(),
            ),
            _ => None,
        }
    }
}

impl Blamed for RecordError {
    fn blame(&self) -> Blame {
        match self {
            Self::Seal(e) => e.blame(),
            Self::Append(e) => e.blame(),
            Self::Make(_) | Self::Schema(_) => Blame::Environment,
        }
    }
}
