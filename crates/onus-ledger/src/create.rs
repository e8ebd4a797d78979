//! Making a new ledger: first what is private, then the ledger itself, so that nothing is recorded
//! before what guards it is on the disk.

use crate::caller::Caller;
use crate::events::{MakeEventError, NewEvent};
use crate::identity::Profiles;
use crate::machine::Machine;
use crate::paths::Paths;
use onus_core::blame::{Blame, Blamed};
use onus_core::bodies::ledger_wide::LedgerOpened;
use onus_core::bytes::LedgerId;
use onus_core::code::Origin;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::storage::{Audience, OpenHow, Storage};
use onus_store::LedgerIdentity;
use onus_vault::{Vault, Wrapping};
use std::io;
use std::path::{Path, PathBuf};

/// What the access ledger's origin has after the ledger's own.
pub(crate) const ACCESS_SUFFIX: &str = "/access";

/// Why a ledger was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Something stands there. Nothing was touched.
    #[error("{path} exists already")]
    Exists {
        /// What stands there.
        path: PathBuf,
    },
    /// A private directory without its ledger: an earlier attempt was interrupted. Move it away.
    #[error(
        "{path} exists but its ledger does not: an earlier init was interrupted; move it away, then try again"
    )]
    HalfMade {
        /// The private directory.
        path: PathBuf,
    },
    /// The origin leaves no room for the access ledger's. Nothing was touched.
    #[error("the origin is too long: at most 41 characters, because the access ledger's is 7 longer")]
    OriginTooLong,
    /// A file could not be made. What was made so far stands in the private directory.
    #[error("cannot make {path}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The key vault could not be made.
    #[error(transparent)]
    Vault(#[from] onus_vault::CreateError),
    /// The log could not be made.
    #[error(transparent)]
    Log(#[from] onus_store::CreateError),
    /// The first event could not be made.
    #[error(transparent)]
    Make(#[from] MakeEventError),
}

impl Blamed for CreateError {
    fn blame(&self) -> Blame {
        match self {
            Self::Exists { .. } | Self::HalfMade { .. } | Self::OriginTooLong => Blame::Caller,
            Self::Log(e) => e.blame(),
            Self::Write { .. } | Self::Vault(_) | Self::Make(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Exists { .. } => {
                Some("record into it, or name another directory: onus -l DIR init …".into())
            }
            Self::Write { .. } => Some("the folder that is to hold it must exist and be writable".into()),
            Self::Log(e) => e.hint(),
            Self::HalfMade { .. } | Self::OriginTooLong | Self::Vault(_) | Self::Make(_) => None,
        }
    }
}

/// What a new ledger is called, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLedger {
    /// Its name.
    pub origin: Origin,
    /// Its agency.
    pub agency: AgencyId,
}

/// Makes a ledger in `dir`, which must not exist, and its private directory beside it. The caller's account may then
/// act for the ledger's agency.
pub fn create(
    machine: &Machine,
    caller: &Caller,
    dir: &Path,
    new: &NewLedger,
    wrapping: Wrapping<'_>,
) -> Result<(), CreateError> {
    let paths = Paths::new(dir);
    let storage = machine.storage();
    let access_origin =
        Origin::new(&format!("{}{ACCESS_SUFFIX}", new.origin)).ok_or(CreateError::OriginTooLong)?;
    let stands = |path: &Path| {
        storage.exists(path).map_err(|source| CreateError::Write { path: path.to_owned(), source })
    };
    if stands(paths.dir())? {
        return Err(CreateError::Exists { path: paths.dir().to_owned() });
    }
    let private = paths.private();
    if stands(&private)? {
        return Err(CreateError::HalfMade { path: private });
    }
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| CreateError::Write { path, source }
    };
    storage.create_dir(&private, Audience::Private).map_err(at(&private))?;
    if let Some(parent) =
        private.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
    {
        storage.sync_dir(parent).map_err(at(parent))?;
    }
    let identity = LedgerIdentity { id: random_id()?, origin: new.origin.clone(), created: machine.now() };
    drop(Vault::create(storage, &private, identity.id, wrapping)?);
    let profiles = Profiles::for_creator(caller.account(), &new.agency);
    write_private(storage.as_ref(), &paths.profiles(), profiles.to_toml().as_bytes())
        .map_err(at(&paths.profiles()))?;
    write_private(storage.as_ref(), &paths.rights(), crate::rights::TEMPLATE.as_bytes())
        .map_err(at(&paths.rights()))?;
    let access = LedgerIdentity { id: random_id()?, origin: access_origin, created: identity.created };
    create_log(storage.as_ref(), &paths.access(), &access, &new.agency, caller)?;
    storage.sync_dir(&private).map_err(at(&private))?;
    create_log(storage.as_ref(), paths.dir(), &identity, &new.agency, caller)
}

fn create_log(
    storage: &dyn Storage,
    dir: &Path,
    identity: &LedgerIdentity,
    agency: &AgencyId,
    caller: &Caller,
) -> Result<(), CreateError> {
    let opened = LedgerOpened {
        id: LedgerId::from_bytes(identity.id),
        origin: identity.origin.clone(),
        agency: agency.clone(),
        created: identity.created,
    };
    let first = NewEvent::by_system(agency, identity.created, caller.channel());
    let first = first.encode(Body::LedgerOpened(opened))?;
    Ok(onus_store::create(storage, dir, identity, &first, identity.created)?)
}

fn random_id() -> Result<[u8; 16], MakeEventError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| MakeEventError::NoRandomness)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes())
}

fn write_private(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = storage.open(path, OpenHow::CreateNew(Audience::Private))?;
    file.write_at(bytes, 0)?;
    file.sync()
}
