//! A contact comes in, an incident is opened, things are learned.

use crate::code::Code;
use crate::declare::record;
use crate::ids::{AgencyId, EventId, Incident};
use crate::model::{Attachment, Grade};
use crate::time::Timestamp;
use crate::vocabulary::{
    CallBackResult, CallerType, ContactChannel, ContactEnd, InformationKind, Relation, Reliability,
};

record! {
    /// One call or message reached the agency.
    struct ContactReceived {
        /// By which way.
        channel: ContactChannel,
        /// Who made it.
        caller_type: CallerType,
        /// The recording, kept elsewhere.
        audio_ref: Option<Attachment>,
        /// An earlier contact that this one repeats.
        repeat_of: Option<EventId>,
        /// The agency that called, where the caller is one.
        agency: Option<AgencyId>,
        /// How the contact ended.
        ended: Option<ContactEnd>,
    }

    /// The agency opened an incident log.
    struct IncidentOpened {
        /// What it was opened as.
        opening_code: Code,
        /// The same, in the agency's own codes.
        local_code: Option<Code>,
        /// The first grade.
        grade: Option<Grade>,
        /// Kinds of event, by name, that the source of this incident never carries: that none is recorded says nothing of the world.
        silent: Vec<Code>,
    }

    /// Another incident is related to this one.
    struct IncidentLinked {
        /// The other incident.
        other: Incident,
        /// How.
        relation: Relation,
    }

    /// Something became known.
    struct InformationRecorded<S> {
        /// What kind of thing.
        kind: InformationKind,
        /// How far it can be relied on.
        reliability: Option<Reliability>,
        /// The system that was checked or that said so.
        system: Option<Code>,
        /// The agency that it is about.
        agency: Option<AgencyId>,
        /// A promised arrival, in minutes from `occurred_at`.
        eta_minutes: Option<u32>,
        /// By when help is needed.
        needed_by: Option<Timestamp>,
        /// What was said or found.
        text: Option<S::Text> = sealed(16),
    }

    /// Someone tried to call back.
    struct CallBackAttempted {
        /// What came of it.
        result: CallBackResult,
    }
}
