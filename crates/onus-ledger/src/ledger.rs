//! One ledger on disk, whole: opened to read.
//!
//! Promise: nobody acts under an identity that no profile allows to their account.
//! Never: a rule of the domain, or plain text (that is `reveal`).

use crate::account::others_may_change;
use crate::agency_names::AgencyNames;
use crate::caller::Caller;
use crate::error::OpenError;
use crate::identity::{Identity, Profiles};
use crate::machine::Machine;
use crate::paths::Paths;
use crate::small_files::read_text;
use onus_core::entry::EntryHead;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_store::{Opening, Reader, Recovery, Verdict, VerifyError};
use onus_vault::{KeyId, WrappingKind};
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A ledger's place on a machine. Nothing is held open.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) machine: Machine,
    pub(crate) paths: Paths,
    pub(crate) wait: Duration,
}

impl Ledger {
    /// The ledger in `dir`, on this machine; `wait` is how long to wait for another that appends.
    #[must_use]
    pub fn at(machine: Machine, dir: &Path, wait: Duration) -> Self {
        Self { machine, paths: Paths::new(dir), wait }
    }

    /// The file of the agencies' names. Administrators edit it; it need not be there.
    #[must_use]
    pub fn agency_names_path(&self) -> PathBuf {
        self.paths.agency_names()
    }

    /// What agencies are called. Nothing where the file is not here, or is not for this account to read: codes then are
    /// shown as they are.
    pub fn agency_names(&self) -> Result<AgencyNames, OpenError> {
        let path = self.paths.agency_names();
        match read_text(self.machine.storage().as_ref(), &path) {
            Ok(text) => Ok(AgencyNames::parse(&text)?),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
                Ok(AgencyNames::default())
            }
            Err(source) => Err(OpenError::Private { path, source }),
        }
    }

    /// The machine it stands on.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The access ledger beside it, as a ledger of its own.
    #[must_use]
    pub fn access(&self) -> Self {
        Self { machine: self.machine.clone(), paths: Paths::new(&self.paths.access()), wait: self.wait }
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.paths.dir()
    }

    /// The profile file: which account may act as whom. Administrators edit it.
    #[must_use]
    pub fn profiles_path(&self) -> PathBuf {
        self.paths.profiles()
    }

    /// Whose ledger it is, as entry 0 says.
    pub fn agency(&self) -> Result<AgencyId, OpenError> {
        agency_of(&self.read()?)
    }

    /// Opens the log for reading, up to what is confirmed. Needs no lock and no private directory. A log that lost
    /// confirmed entries, or may have, is an error.
    pub fn read(&self) -> Result<Reader, OpenError> {
        Ok(self.read_even_damaged()?.whole()?)
    }

    /// The same, and what is left of a damaged log: for showing that, and saying so, and nothing else.
    pub fn read_even_damaged(&self) -> Result<Opening, OpenError> {
        Ok(Opening::open(Arc::clone(self.machine.storage()), self.paths.dir())?)
    }

    /// Opens the log for reading to those who are about to append. Where `head` was torn or lost, the log recovers from that
    /// first, as any opening for writing does, and the recovery is reported; other damage is an error.
    pub fn read_to_append(&self) -> Result<(Reader, Option<Recovery>), OpenError> {
        match self.read_even_damaged()? {
            Opening::Whole(reader) if reader.unconfirmed() == 0 => Ok((reader, None)),
            Opening::Whole(_) | Opening::Damaged(_) => {
                let storage = self.machine.storage().as_ref();
                let recovery = onus_store::recover(storage, self.paths.dir(), self.wait)?;
                Ok((self.read()?, Some(recovery)))
            }
        }
    }

    /// Opens the log for reading to those who are about to sign it. Entries that a torn `head` leaves unconfirmed are
    /// confirmed first; damage is an error.
    pub(crate) fn read_to_sign(&self) -> Result<Reader, OpenError> {
        let reader = self.read()?;
        if reader.unconfirmed() == 0 { Ok(reader) } else { Ok(self.read_to_append()?.0) }
    }

    /// Re-reads every byte, trusting nothing derived (`onus_store::verify`).
    pub fn verify(&self, threads: NonZeroUsize, progress: &dyn Fn(u64, u64)) -> Result<Verdict, VerifyError> {
        onus_store::verify(self.machine.storage().as_ref(), self.paths.dir(), threads, progress)
    }

    /// Whether the private directory stands beside the ledger.
    pub fn has_private(&self) -> Result<bool, OpenError> {
        let path = self.paths.private();
        self.machine.storage().exists(&path).map_err(|source| OpenError::Private { path, source })
    }

    /// How the vault is guarded; `None` without the private directory.
    pub fn guarded_by(&self) -> Result<Option<WrappingKind>, OpenError> {
        if !self.has_private()? {
            return Ok(None);
        }
        Ok(Some(onus_vault::wrapping_of(self.machine.storage(), &self.paths.private())?))
    }

    /// Checks that the caller's account may use the identity that the caller claims, if any. Without a private directory
    /// there is no profile, and nobody may use any.
    pub fn check_allowed(&self, caller: &Caller) -> Result<(), OpenError> {
        let Some(identity) = caller.identity() else { return Ok(()) };
        let path = self.paths.profiles();
        if others_may_change(&path) {
            return Err(OpenError::ProfilesOpen { profiles: path });
        }
        let profiles = match read_text(self.machine.storage().as_ref(), &path) {
            Ok(text) => Profiles::parse(&text)?,
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::NoProfiles { identity: identity.to_string(), profiles: path });
            }
            Err(source) => return Err(OpenError::Private { path, source }),
        };
        if profiles.allow(caller.account(), identity) {
            return Ok(());
        }
        Err(OpenError::NotAllowed {
            account: caller.account().name().to_owned(),
            identity: identity.to_string(),
            profiles: path,
        })
    }

    /// The identity that the caller claims, which a profile allows. For what nobody may do in the ledger's name alone.
    pub fn identity_of<'a>(&self, caller: &'a Caller) -> Result<&'a Identity, OpenError> {
        let identity = caller.identity().ok_or(OpenError::NoIdentity)?;
        self.check_allowed(caller)?;
        Ok(identity)
    }
}

/// The agency that entry 0 names.
pub(crate) fn agency_of(reader: &Reader) -> Result<AgencyId, OpenError> {
    let entry = reader.entry(Seq::new(0))?;
    let (head, record) = EntryHead::parse(entry.bytes()).map_err(|_| OpenError::NotALedger)?;
    match Record::decode(&head, record).map(|record| record.body) {
        Ok(Body::LedgerOpened(opened)) => Ok(opened.agency),
        _ => Err(OpenError::NotALedger),
    }
}

/// The key slots that the ledger says were erased.
pub(crate) fn erased(reader: &Reader) -> Result<Vec<KeyId>, OpenError> {
    let mut ids = Vec::new();
    for seq in reader.of_kind(Kind::PersonalDataErased.number())? {
        let entry = reader.entry(seq)?;
        let Ok((head, record)) = EntryHead::parse(entry.bytes()) else { continue };
        if let Ok(Record { body: Body::PersonalDataErased(body), .. }) = Record::decode(&head, record) {
            ids.extend(body.key_ids.into_iter().filter_map(KeyId::new));
        }
    }
    Ok(ids)
}
