//! One ledger on disk, whole: opened to read, or to record.
//!
//! Promise: what `record` acknowledges is durable, in the name of an identity that a profile allows.
//! Never: a rule of the domain, or plain text (that is `reveal`).

use crate::account::others_may_change;
use crate::caller::Caller;
use crate::clock::ClockRule;
use crate::events::{MakeEventError, NewEvent};
use crate::identity::{Identity, ProfileError, Profiles};
use crate::machine::{Machine, ReadClock};
use crate::paths::Paths;
use crate::rights::RightsError;
use crate::same::is_same;
use crate::schema;
use crate::sealing::{SealError, Sealer};
use crate::small_files::read_text;
use onus_core::blame::{Blame, Blamed};
use onus_core::bodies::ledger_wide::ClockStepped;
use onus_core::code::Origin;
use onus_core::codec::DecodeError;
use onus_core::entry::{EncodedEvent, EntryHead};
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::model::SubmittedBy;
use onus_core::record::{Draft, Record};
use onus_core::seq::Seq;
use onus_core::vocabulary::Channel;
use onus_store::{
    Clock, ClockAnswer, Expect, OpenOptions, Opening, PendingReceipts, Reader, Receipt, Recovery,
    SameContent, Verdict, VerifyError, Writer,
};
use onus_vault::{KeyId, Vault, WrappingKind};
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

/// An event that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Its name.
    pub event_id: EventId,
    /// Its receipt.
    pub receipt: Receipt,
}

/// Requests handed to the writer, answered when they are durable.
#[derive(Debug)]
pub struct Submission {
    event_ids: Vec<EventId>,
    pending: PendingReceipts,
}

impl Submission {
    /// Waits until the request is durable.
    pub fn wait(self) -> Result<Vec<Acknowledged>, RecordError> {
        let receipts = self.pending.wait()?;
        Ok(self
            .event_ids
            .into_iter()
            .zip(receipts)
            .map(|(event_id, receipt)| Acknowledged { event_id, receipt })
            .collect())
    }
}

impl Ledger {
    /// The ledger in `dir`, on this machine; `wait` is how long to wait for another that appends.
    #[must_use]
    pub fn at(machine: Machine, dir: &Path, wait: Duration) -> Self {
        Self { machine, paths: Paths::new(dir), wait }
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

    /// Opens the writer of this ledger's log, and publishes the schema first where it differs from the last
    /// one published.
    pub(crate) fn recorder(
        &self,
        reader: &Reader,
        agency: AgencyId,
        submitted_by: SubmittedBy,
        vault: Option<Arc<Vault>>,
        load: Load,
    ) -> Result<(Recorder, Recovery), OpenError> {
        let rule = ClockRule::new(last_step(reader)?);
        let channel = submitted_by.channel;
        let clock = clock(rule, self.machine.reading().clone(), agency.clone(), channel);
        let same_vault = vault.clone();
        let same = move |new: &EncodedEvent, stored: &[u8]| is_same(same_vault.as_deref(), new, stored);
        let options = OpenOptions {
            wait: self.wait,
            share: true,
            threads: load == Load::Many,
            same: SameContent(Box::new(same)),
            ..OpenOptions::default()
        };
        let storage = Arc::clone(self.machine.storage());
        let (writer, recovery) = Writer::open(storage, self.paths.dir(), clock, options)?;
        let sealer = Sealer::new(vault, self.machine.reading().clone(), submitted_by);
        let origin = reader.identity().origin.clone();
        let recorder = Recorder { writer, sealer, agency, channel, origin, machine: self.machine.clone() };
        recorder.publish_schema(reader)?;
        Ok((recorder, recovery))
    }
}

/// The caller's agency, or the ledger's own where the caller claims no identity, and the caller's channel.
pub(crate) fn submitted_by(caller: &Caller, ledgers: &AgencyId) -> SubmittedBy {
    let agency = caller.identity().map_or(ledgers, Identity::agency);
    SubmittedBy::new(agency.clone(), caller.channel())
}

/// How much a recorder is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    /// One event of the software's own: starting helpers would cost more than they save.
    One,
    /// Whatever comes.
    Many,
}

/// A ledger opened to record. Shared by reference between threads.
pub struct Recorder {
    writer: Writer,
    sealer: Sealer,
    agency: AgencyId,
    channel: Channel,
    origin: Origin,
    machine: Machine,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("agency", &self.agency).finish_non_exhaustive()
    }
}

impl Recorder {
    /// Whose ledger it is.
    #[must_use]
    pub fn agency(&self) -> &AgencyId {
        &self.agency
    }

    /// Records drafts as one request: all of them, or none. Returns when they are durable.
    pub fn record(&self, drafts: Vec<Draft>, expect: Expect) -> Result<Vec<Acknowledged>, RecordError> {
        self.submit(drafts, expect)?.wait()
    }

    /// Seals and hands over drafts as one request, without waiting until they are durable.
    pub fn submit(&self, drafts: Vec<Draft>, expect: Expect) -> Result<Submission, RecordError> {
        let events = drafts.into_iter().map(|draft| self.seal(draft)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.submit_sealed(events, expect))
    }

    /// Seals and encodes one draft, on the caller's thread. Nothing is recorded yet.
    pub fn seal(&self, draft: Draft) -> Result<EncodedEvent, SealError> {
        self.sealer.seal(draft)
    }

    /// Hands over sealed drafts as one request.
    pub fn submit_sealed(&self, events: Vec<EncodedEvent>, expect: Expect) -> Submission {
        let event_ids = events.iter().map(EncodedEvent::event_id).collect();
        Submission { event_ids, pending: self.writer.submit(events, expect) }
    }

    /// Hands over several requests of sealed drafts at once. Each is recorded whole or not at all, in this
    /// order.
    pub fn submit_each(&self, requests: Vec<Vec<EncodedEvent>>) -> Vec<Submission> {
        let ids_of = |events: &Vec<EncodedEvent>| events.iter().map(EncodedEvent::event_id).collect();
        let event_ids: Vec<Vec<EventId>> = requests.iter().map(ids_of).collect();
        let pending = self.writer.submit_each(requests, Expect::Any);
        event_ids
            .into_iter()
            .zip(pending)
            .map(|(event_ids, pending)| Submission { event_ids, pending })
            .collect()
    }

    /// Records one event of the software's own.
    pub(crate) fn record_own(
        &self,
        event: NewEvent,
        body: Body<onus_core::stage::Stored>,
    ) -> Result<Acknowledged, RecordError> {
        let acknowledged = self.submit_sealed(vec![event.encode(body)?], Expect::Any).wait()?;
        acknowledged.into_iter().next().ok_or(RecordError::Append(onus_store::AppendError::NoReceipt))
    }

    /// The ledger's name.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Closes the log: what is derived is brought up to date, and `head` is synced.
    pub fn close(self) -> Result<(), RecordError> {
        Ok(self.writer.close()?)
    }

    fn publish_schema(&self, reader: &Reader) -> Result<(), OpenError> {
        let published = match last_of_kind(reader, Kind::SchemaPublished)? {
            Some((_, Record { body: Body::SchemaPublished(body), .. })) => Some(body.sha256),
            _ => None,
        };
        if published == Some(schema::current_sha256()) {
            return Ok(());
        }
        let body = schema::publication().map_err(RecordError::Schema)?;
        self.record_own(NewEvent::by_system(&self.agency, self.machine.now(), self.channel), body)?;
        Ok(())
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

/// The last entry of a kind that this release can read.
fn last_of_kind(reader: &Reader, kind: Kind) -> Result<Option<(EntryHead, Record)>, OpenError> {
    let Some(seq) = reader.of_kind(kind.number())?.last().copied() else { return Ok(None) };
    let entry = reader.entry(seq)?;
    let Ok((head, record)) = EntryHead::parse(entry.bytes()) else { return Ok(None) };
    Ok(Record::decode(&head, record).ok().map(|record| (head, record)))
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

/// When the last clock step was recorded, in the ledger's time.
fn last_step(reader: &Reader) -> Result<Option<onus_core::time::Timestamp>, OpenError> {
    Ok(last_of_kind(reader, Kind::ClockStepped)?.map(|(head, _)| head.recorded_at))
}

/// The clock that the log's writer asks before each commit.
fn clock(mut rule: ClockRule, reading: ReadClock, agency: AgencyId, channel: Channel) -> Clock {
    Box::new(move |question| {
        let just_corrected = question.previous_kind == Kind::ClockCorrected.number();
        let told = rule.tell(question.previous, just_corrected, reading());
        // Without randomness the step goes unrecorded this once; time is held all the same.
        let first = told.stepped.and_then(|stepped| {
            NewEvent::by_system(&agency, stepped, channel)
                .encode(Body::ClockStepped(ClockStepped { reading: stepped }))
                .ok()
        });
        ClockAnswer { recorded_at: told.recorded_at, first }
    })
}
