//! A ledger opened to record: drafts sealed on the caller's thread, handed to the writer, acknowledged when durable.

use crate::caller::Caller;
use crate::clock::ClockRule;
use crate::error::{OpenError, RecordError};
use crate::events::NewEvent;
use crate::identity::Identity;
use crate::ledger::Ledger;
use crate::machine::{Machine, ReadClock};
use crate::same::is_same;
use crate::schema;
use crate::sealing::{SealError, Sealer};
use onus_core::bodies::ledger_wide::ClockStepped;
use onus_core::code::Origin;
use onus_core::entry::{EncodedEvent, EntryHead};
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::model::SubmittedBy;
use onus_core::record::{Draft, Record};
use onus_core::vocabulary::Channel;
use onus_store::{
    Clock, ClockAnswer, Expect, OpenOptions, PendingReceipts, Reader, Receipt, Recovery, SameContent, Writer,
};
use onus_vault::Vault;
use std::sync::Arc;

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

/// The last entry of a kind that this release can read.
fn last_of_kind(reader: &Reader, kind: Kind) -> Result<Option<(EntryHead, Record)>, OpenError> {
    let Some(seq) = reader.of_kind(kind.number())?.last().copied() else { return Ok(None) };
    let entry = reader.entry(seq)?;
    let Ok((head, record)) = EntryHead::parse(entry.bytes()) else { return Ok(None) };
    Ok(Record::decode(&head, record).ok().map(|record| (head, record)))
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
