//! A ledger to be measured: the log alone, without vault, profiles or access ledger.

use anyhow::Context as _;
use onus_core::bodies::ledger_wide::LedgerOpened;
use onus_core::bytes::LedgerId;
use onus_core::code::{Code, Origin};
use onus_core::entry::{EncodedEvent, IdOrigin};
use onus_core::field_no::FieldNo;
use onus_core::ids::{AgencyId, EventId, Token};
use onus_core::kinds::Body;
use onus_core::model::{Actor, Common, Source, SubmittedBy};
use onus_core::record::{Draft, Record};
use onus_core::sealed::{Plain, Sealed};
use onus_core::stage::Sealing;
use onus_core::storage::Storage;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Channel, Regime, Role};
use onus_ledger::Machine;
use onus_store::{Clock, ClockAnswer, LedgerIdentity, OpenOptions, OsFiles, Reader, Recovery, Writer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const LEDGER_ID: [u8; 16] = [0x0b; 16];

/// The log of one ledger.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    commits: Arc<AtomicU64>,
}

impl Stand {
    /// A new one.
    pub(crate) fn create(dir: &Path) -> anyhow::Result<Self> {
        let stand = Self::at(dir);
        let created = Machine::this().now();
        let origin = Origin::new("bench.invalid/onus").context("the origin is misspelt")?;
        let identity = LedgerIdentity { id: LEDGER_ID, origin, created };
        onus_store::create(&*stand.storage, dir, &identity, &opening(&identity)?, created)?;
        Ok(stand)
    }

    /// One that is there.
    pub(crate) fn at(dir: &Path) -> Self {
        Self { storage: Arc::new(OsFiles), dir: dir.to_owned(), commits: Arc::default() }
    }

    /// Its directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// Opened for writing, by this process alone.
    pub(crate) fn writer(&self) -> anyhow::Result<(Writer, Recovery)> {
        self.writer_with(self.clock())
    }

    /// The same by a clock that has stopped.
    pub(crate) fn writer_at(&self, recorded_at: Timestamp) -> anyhow::Result<(Writer, Recovery)> {
        self.writer_with(Box::new(move |_| ClockAnswer { recorded_at, first: None }))
    }

    fn writer_with(&self, clock: Clock) -> anyhow::Result<(Writer, Recovery)> {
        let options = OpenOptions { wait: Duration::from_secs(5), ..OpenOptions::default() };
        Ok(Writer::open(Arc::clone(&self.storage), &self.dir, clock, options)?)
    }

    /// Opened for reading.
    pub(crate) fn reader(&self) -> anyhow::Result<Reader> {
        Ok(Reader::open(Arc::clone(&self.storage), &self.dir)?)
    }

    /// How many commits were made since last asked.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.swap(0, Ordering::Relaxed)
    }

    /// The machine's clock, which also counts: it is asked once for each commit.
    fn clock(&self) -> Clock {
        let (machine, commits) = (Machine::this(), Arc::clone(&self.commits));
        Box::new(move |_| {
            commits.fetch_add(1, Ordering::Relaxed);
            ClockAnswer { recorded_at: machine.now(), first: None }
        })
    }
}

fn opening(identity: &LedgerIdentity) -> anyhow::Result<EncodedEvent> {
    let agency = AgencyId::parse("police:mps").context("the agency is misspelt")?;
    let opened = LedgerOpened {
        id: LedgerId::from_bytes(identity.id),
        origin: identity.origin.clone(),
        agency: agency.clone(),
        created: identity.created,
    };
    let common = Common {
        event_id: EventId::from_bytes(LEDGER_ID).context("the id is not one")?,
        incident: None,
        occurred_at: identity.created,
        uncertainty_s: 0,
        entered_at: None,
        late_reason: None,
        actor: Actor { agency: agency.clone(), role: Role::System, staff: None },
        asserted_by: agency.clone(),
        submitted_by: SubmittedBy::new(agency, Channel::Cli),
        subject: None,
        location: None,
        source: Source { system: Code::ONUS, reference: None, inferred: false, retold: None },
        policy: None,
        regime: Regime::Undetermined,
        corrects: None,
        causes: Vec::new(),
    };
    Ok(Record { common, body: Body::LedgerOpened(opened) }.encode(IdOrigin::Software)?)
}

/// Turns drafts without text into events: what the ledger does on a caller's thread, less the vault.
#[derive(Debug)]
pub(crate) struct Clear {
    submitted_by: SubmittedBy,
    /// Whether a text stays at the source, its length alone being told; else it is refused.
    withholds: bool,
}

/// A draft of the workload had a text or no id of its own.
#[derive(Debug, thiserror::Error)]
#[error("a draft needs a vault")]
pub(crate) struct NeedsVault;

impl Clear {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let agency = AgencyId::parse("police:mps").context("the agency is misspelt")?;
        Ok(Self { submitted_by: SubmittedBy::new(agency, Channel::Http), withholds: false })
    }

    /// As an import does it, of whose entries nobody knows when they were made, with texts left at the source.
    pub(crate) fn imported() -> anyhow::Result<Self> {
        let agency = AgencyId::parse("police:mps").context("the agency is misspelt")?;
        Ok(Self { submitted_by: SubmittedBy::new(agency, Channel::Import), withholds: true })
    }

    /// Checks and encodes one draft.
    pub(crate) fn encode(&mut self, draft: Draft) -> anyhow::Result<EncodedEvent> {
        let origin = draft.id_origin();
        Ok(draft.seal(self)?.encode(origin)?)
    }

    /// The same for many.
    pub(crate) fn encode_all(&mut self, drafts: Vec<Draft>) -> anyhow::Result<Vec<EncodedEvent>> {
        drafts.into_iter().map(|draft| self.encode(draft)).collect()
    }
}

impl Sealing for Clear {
    type Error = NeedsVault;

    fn text(&mut self, _: FieldNo, plain: &Plain) -> Result<Sealed, NeedsVault> {
        if self.withholds { Ok(Sealed::withheld(plain.chars())) } else { Err(NeedsVault) }
    }

    fn token(&mut self, _: &Plain) -> Result<Token, NeedsVault> {
        Err(NeedsVault)
    }

    fn event_id(&mut self) -> Result<EventId, NeedsVault> {
        Err(NeedsVault)
    }

    fn submitted_by(&mut self) -> Result<SubmittedBy, NeedsVault> {
        Ok(self.submitted_by.clone())
    }
}
