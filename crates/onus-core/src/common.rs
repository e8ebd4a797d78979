//! The common record in every entry version: what it looks like, and what an older one says today.
//!
//! Two fields have grown. Entries of version 1 did not say who worked the software (`submitted_by`), those of
//! versions 1 and 2 not whether the event is told again (`source`). Each version is a stage of its own and shares the
//! declaration of everything else.
//!
//! Promise: nothing here changes, for entries with these bytes exist.

use crate::code::Code;
use crate::declare::record;
use crate::entry::EntryVersion;
use crate::field::Field;
use crate::ids::{AgencyId, EventId, Token};
use crate::model::{Actor, Common, Corrects, Source, SubmittedBy};
use crate::sealed::Sealed;
use crate::shape::Type;
use crate::stage::{Stage, Stored};
use crate::vocabulary::Channel;

/// As the ledger stored it in entries of version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredV1 {}

impl Stage for StoredV1 {
    type Text = Box<Sealed>;
    type Token = Token;
    type Id = EventId;
    type Assertion = AgencyId;
    type Submission = SubmittedByV1;
    type Source = SourceV2;
}

/// As the ledger stored it in entries of version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredV2 {}

impl Stage for StoredV2 {
    type Text = Box<Sealed>;
    type Token = Token;
    type Id = EventId;
    type Assertion = AgencyId;
    type Submission = SubmittedBy;
    type Source = SourceV2;
}

record! {
    /// `SubmittedBy` of entry version 1: without the operator.
    struct SubmittedByV1 {
        /// The agency.
        agency: AgencyId,
        /// By which way.
        channel: Channel,
    }

    /// `Source` of entry versions 1 and 2: without whether the event is told again.
    struct SourceV2 {
        /// The system.
        system: Code,
        /// Its own name for the event.
        reference: Option<Code>,
        /// Whether the event was inferred by a mapping and not stated by the source.
        inferred: bool = or(false),
    }
}

/// Brings that of version 1 to today's: who worked the software is not recorded.
pub(crate) fn from_1(old: Common<StoredV1>) -> Common<Stored> {
    todays(old, |SubmittedByV1 { agency, channel }| SubmittedBy { agency, channel, operator: None })
}

/// Brings that of version 2 to today's.
pub(crate) fn from_2(old: Common<StoredV2>) -> Common<Stored> {
    todays(old, |submitted_by| submitted_by)
}

/// Whether the event is told again is not recorded before version 3; everything else means what it meant.
fn todays<S>(old: Common<S>, submitted_by: impl FnOnce(S::Submission) -> SubmittedBy) -> Common<Stored>
where
    S: Stage<Text = Box<Sealed>, Token = Token, Id = EventId, Assertion = AgencyId, Source = SourceV2>,
{
    let Actor { agency, role, staff } = old.actor;
    let SourceV2 { system, reference, inferred } = old.source;
    Common {
        event_id: old.event_id,
        incident: old.incident,
        occurred_at: old.occurred_at,
        uncertainty_s: old.uncertainty_s,
        entered_at: old.entered_at,
        late_reason: old.late_reason,
        actor: Actor { agency, role, staff },
        asserted_by: old.asserted_by,
        submitted_by: submitted_by(old.submitted_by),
        subject: old.subject,
        location: old.location,
        source: Source { system, reference, inferred, retold: None },
        policy: old.policy,
        regime: old.regime,
        corrects: old.corrects.map(corrects_today),
        causes: old.causes,
    }
}

/// The same bytes and the same meaning, of another stage.
fn corrects_today<S>(Corrects { event_id, reason }: Corrects<S>) -> Corrects<Stored>
where
    S: Stage<Text = Box<Sealed>, Id = EventId>,
{
    Corrects { event_id, reason }
}

/// What the common record looks like in entries of a version.
#[must_use]
pub fn shape_in(version: EntryVersion) -> Type {
    match version {
        EntryVersion::One => <Common<StoredV1> as Field>::shape(),
        EntryVersion::Two => <Common<StoredV2> as Field>::shape(),
        EntryVersion::Three => <Common<Stored> as Field>::shape(),
    }
}
