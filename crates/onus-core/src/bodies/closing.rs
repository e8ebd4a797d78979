//! What became of it, who was told of a death or serious injury, closing, and looking back.

use crate::code::Code;
use crate::declare::record;
use crate::ids::EventId;
use crate::model::{Actor, Moment};
use crate::vocabulary::{DsiVerdict, Judgement, LinkBasis, Outcome, UnownedReason};

record! {
    /// What became of the person.
    struct OutcomeRecorded {
        /// What.
        outcome: Outcome,
        /// Whole days since the incident was opened.
        days_since: u32,
        /// Where this is known from.
        source: Code,
        /// When the person was found.
        found_at: Option<Moment>,
        /// When the person died, as far as is known.
        died_at: Option<Moment>,
    }

    /// A death or serious injury was referred (Police Reform Act 2002 Sch 3 Pt 2A).
    struct DsiReferred<S> {
        /// The reference given.
        reference: Code,
        /// Who referred.
        authorised_by: Actor<S>,
    }

    /// Whether a death or serious injury has to be referred was considered.
    struct DsiConsidered<S> {
        /// What was decided.
        verdict: DsiVerdict,
        /// Who decided.
        authorised_by: Actor<S>,
        /// Why.
        reason: Option<S::Text> = sealed(16),
    }

    /// The incident's records must be kept.
    struct LegalHoldPlaced<S> {
        /// The reference of the hold.
        reference: Code,
        /// Who placed it.
        authorised_by: Actor<S>,
    }

    /// A hold was released.
    struct LegalHoldReleased<S> {
        /// The reference of the hold.
        reference: Code,
        /// Who released it.
        authorised_by: Actor<S>,
    }

    /// The incident was closed.
    struct IncidentClosed<S> {
        /// As what.
        closing_code: Code,
        /// Qualifiers.
        qualifiers: Vec<Code>,
        /// Why nobody holds what is still open.
        unowned_reason: Option<UnownedReason>,
        /// Why, in the words of the person who closed it.
        reason_text: Option<S::Text> = sealed(16),
    }

    /// The incident was reopened.
    struct IncidentReopened<S> {
        /// Why.
        reason: Option<S::Text> = sealed(16),
    }

    /// An entry is withdrawn. It stays, and is shown as withdrawn.
    struct EntryWithdrawn<S> {
        /// Which.
        event_id: EventId,
        /// Why.
        reason: Option<S::Text> = sealed(16),
    }

    /// Two tokens were found to be one person. What was recorded under either stays as it is.
    struct SubjectLinked<S> {
        /// The one token.
        subject: S::Token,
        /// The other.
        same_as: S::Token,
        /// On what.
        basis: LinkBasis,
    }

    /// Someone reviewed a flag, a sampled decision or an entry.
    struct ReviewRecorded<S> {
        /// The flag's code, if it is about a flag.
        flag: Option<Code>,
        /// The sample's name, if it is about a sampled item.
        sample: Option<Code>,
        /// The entry.
        entry: Option<EventId>,
        /// What the reviewer made of it.
        judgement: Judgement,
        /// In their words.
        text: Option<S::Text> = sealed(16),
    }
}
