//! Escalations and disputes between agencies. A determination annotates; it never rewrites.

use crate::declare::record;
use crate::ids::{AgencyId, EventId};
use crate::model::{Actor, Interval};
use crate::vocabulary::{EscalationLevel, EscalationOutcome, Facet};

record! {
    /// A disagreement was taken up the ladder.
    struct EscalationRaised {
        /// To which rung.
        level: EscalationLevel,
        /// By which agency.
        raised_by_agency: AgencyId,
        /// The target for an answer, in minutes.
        target_minutes: Option<u32>,
    }

    /// An escalation was answered.
    struct EscalationResolved<S> {
        /// The escalation.
        escalation: Option<EventId>,
        /// How.
        outcome: EscalationOutcome,
        /// What was agreed.
        text: Option<S::Text> = sealed(16),
    }

    /// An agency disputes who held a facet.
    struct DisputeOpened<S> {
        /// When.
        interval: Interval,
        /// Which facet.
        facet: Facet,
        /// What it claims.
        claim: Option<S::Text> = sealed(16),
        /// What it cites.
        evidence: Vec<EventId>,
    }

    /// An agency stated its position in a dispute.
    struct PositionStated<S> {
        /// The dispute.
        dispute: Option<EventId>,
        /// When.
        interval: Interval,
        /// Which facet.
        facet: Facet,
        /// Who held it, in its account; absent means nobody.
        holder: Option<AgencyId>,
        /// What it claims.
        claim: Option<S::Text> = sealed(16),
        /// What it cites.
        evidence: Vec<EventId>,
    }

    /// A dispute was determined.
    struct DisputeDetermined<S> {
        /// The dispute.
        dispute: Option<EventId>,
        /// When.
        interval: Interval,
        /// Which facet.
        facet: Facet,
        /// Who held it, as determined; absent means nobody.
        holder: Option<AgencyId>,
        /// By whom.
        determined_by: Option<Actor<S>>,
        /// Why.
        claim: Option<S::Text> = sealed(16),
        /// What it rests on.
        evidence: Vec<EventId>,
    }
}
