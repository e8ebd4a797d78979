//! Responsibility is assumed, offered, accepted, declined, given up. Receipt is not acceptance.

use crate::bytes::NoteBytes;
use crate::code::Code;
use crate::declare::record;
use crate::ids::{AgencyId, EventId};
use crate::time::Timestamp;
use crate::vocabulary::{AssumptionBasis, DeclineReason, DischargeGround, Facet, Role};

record! {
    /// The asserting agency took a facet on.
    struct ResponsibilityAssumed {
        /// Which facet.
        facet: Facet,
        /// On what ground.
        basis: AssumptionBasis,
    }

    /// The asserting agency's responsibility for a facet ended.
    struct ResponsibilityDischarged {
        /// Which facet.
        facet: Facet,
        /// On what ground.
        ground: DischargeGround,
    }

    /// One agency offered facets to another.
    struct HandoverOffered<S> {
        /// Which facets.
        facets: Vec<Facet>,
        /// Who offers.
        from: AgencyId,
        /// To whom.
        to: AgencyId,
        /// What the receiver was told of the risk.
        risk_summary: Option<S::Text> = sealed(16),
        /// By when an answer is needed.
        needed_by: Option<Timestamp>,
    }

    /// An offer was accepted.
    struct HandoverAccepted<S> {
        /// The offer; an acceptance may come without one.
        offer: Option<EventId>,
        /// Which facets.
        facets: Vec<Facet>,
        /// The role that accepted.
        by_role: Option<Role>,
        /// The receiver's reference.
        reference: Option<Code>,
        /// What the acceptance depends on.
        conditions: Option<S::Text> = sealed(16),
        /// The receiver's signature over the offer, as a signed note.
        signed_note: Option<NoteBytes>,
    }

    /// An offer was declined.
    struct HandoverDeclined<S> {
        /// The offer.
        offer: Option<EventId>,
        /// Which facets.
        facets: Vec<Facet>,
        /// The role that declined.
        by_role: Option<Role>,
        /// The receiver's reference.
        reference: Option<Code>,
        /// Why, as a code.
        reason: Option<DeclineReason>,
        /// Why, in their words, and what would change it.
        conditions: Option<S::Text> = sealed(16),
        /// The receiver's signature over the offer, as a signed note.
        signed_note: Option<NoteBytes>,
        /// Why, in the words of the person who declined.
        reason_text: Option<S::Text> = sealed(17),
    }

    /// An offer was withdrawn by who made it.
    struct HandoverWithdrawn<S> {
        /// The offer.
        offer: Option<EventId>,
        /// Which facets.
        facets: Vec<Facet>,
        /// The role that withdrew it.
        by_role: Option<Role>,
        /// Why.
        reason: Option<S::Text> = sealed(16),
    }

    /// An offer ran out unanswered.
    struct HandoverLapsed {
        /// The offer.
        offer: Option<EventId>,
        /// Which facets.
        facets: Vec<Facet>,
    }
}
