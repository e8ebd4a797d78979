//! The common record in every entry version: what it looks like, and what an older one says today.
//!
//! That of version 1 differs from today's in one field: `submitted_by` did not say who worked the software. As a
//! stage of its own it shares the declaration of everything else.
//!
//! Promise: nothing here changes, for entries with these bytes exist.

use crate::declare::record;
use crate::entry::EntryVersion;
use crate::field::Field;
use crate::ids::{AgencyId, EventId, Token};
use crate::model::{Actor, Common, Corrects, SubmittedBy};
use crate::sealed::Sealed;
use crate::shape::Type;
use crate::stage::{Stage, Stored};
use crate::vocabulary::Channel;

/// As the ledger stored it in entries of version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredV1 {}

impl Stage for StoredV1 {
    type Text = Sealed;
    type Token = Token;
    type Id = EventId;
    type Assertion = AgencyId;
    type Submission = SubmittedByV1;
}

record! {
    /// `SubmittedBy` of entry version 1: without the operator.
    struct SubmittedByV1 {
        /// The agency.
        agency: AgencyId,
        /// By which way.
        channel: Channel,
    }
}

/// Brings it to today's: who worked the software is not recorded.
pub(crate) fn from_1(old: Common<StoredV1>) -> Common<Stored> {
    let SubmittedByV1 { agency, channel } = old.submitted_by;
    let Actor { agency: actor, role, staff } = old.actor;
    Common {
        event_id: old.event_id,
        incident: old.incident,
        occurred_at: old.occurred_at,
        uncertainty_s: old.uncertainty_s,
        entered_at: old.entered_at,
        late_reason: old.late_reason,
        actor: Actor { agency: actor, role, staff },
        asserted_by: old.asserted_by,
        submitted_by: SubmittedBy { agency, channel, operator: None },
        subject: old.subject,
        location: old.location,
        source: old.source,
        policy: old.policy,
        regime: old.regime,
        corrects: old.corrects.map(corrects_from_1),
        causes: old.causes,
    }
}

/// The same bytes and the same meaning, of another stage.
fn corrects_from_1(Corrects { event_id, reason }: Corrects<StoredV1>) -> Corrects<Stored> {
    Corrects { event_id, reason }
}

/// What the common record looks like in entries of a version.
#[must_use]
pub fn shape_in(version: EntryVersion) -> Type {
    match version {
        EntryVersion::One => <Common<StoredV1> as Field>::shape(),
        EntryVersion::Two => <Common<Stored> as Field>::shape(),
    }
}
