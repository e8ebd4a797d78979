//! The common record, and the small structs that bodies share (`docs/format.md` §5).

use crate::bytes::Digest;
use crate::code::Code;
use crate::declare::record;
use crate::ids::{AgencyId, EventId, Incident, Token};
use crate::time::{LocalDate, Timestamp};
use crate::vocabulary::{Channel, GradeLevel, Regime, Role};

record! {
    /// What every event says, whatever its kind.
    struct Common<S> {
        /// The event's name, unique within its incident. A draft may leave it out: the ledger then makes one (and the draft cannot be retried).
        event_id: S::Id = ledger(),
        /// The incident; absent for ledger-wide events.
        incident: Option<Incident>,
        /// When it happened in the world.
        occurred_at: Timestamp,
        /// How far off that may be, in seconds: 0 exact, 60 to the minute, 86,400 only the day.
        uncertainty_s: u32 = or(0),
        /// When the source system says the entry was made: its claim.
        entered_at: Option<Timestamp>,
        /// Why it was entered late.
        late_reason: Option<S::Text> = sealed(1),
        /// Who did it.
        actor: Actor<S>,
        /// The agency whose statement this is; in a draft the submitter's unless stated.
        asserted_by: S::Assertion = ledger(),
        /// Who handed it to the ledger; set by the ledger.
        submitted_by: S::Submission = ledger(),
        /// The person concerned.
        subject: Option<S::Token>,
        /// The place concerned.
        location: Option<S::Token>,
        /// Which system the event comes from.
        source: S::Source,
        /// The policy that the actor cites.
        policy: Option<PolicyRef>,
        /// The data-protection regime; `undetermined` unless stated.
        regime: Regime = or(Regime::Undetermined),
        /// The earlier event of the same kind that this one corrects.
        corrects: Option<Corrects<S>>,
        /// Events of the same incident that led to this one.
        causes: Vec<EventId>,
    }

    /// Who acted: agency, role, and the person as a token.
    struct Actor<S> {
        /// The agency.
        agency: AgencyId,
        /// What the person was doing.
        role: Role,
        /// The person, under the ledger's token key.
        staff: Option<S::Token>,
    }

    /// Which earlier event is corrected, and why.
    struct Corrects<S> {
        /// The event corrected.
        event_id: EventId,
        /// Why.
        reason: Option<S::Text> = sealed(2),
    }

    /// Who handed an event to the ledger.
    struct SubmittedBy {
        /// The agency.
        agency: AgencyId,
        /// By which way.
        channel: Channel,
        /// Who worked the software; not recorded in entries of version 1.
        operator: Option<Operator>,
    }

    /// Who worked the software: people and accounts as tokens, never by name.
    struct Operator {
        /// In which role.
        role: Option<Role>,
        /// The person; absent where the account is bound to nobody.
        person: Option<Token>,
        /// The account of the operating system, or of the server, as a token.
        account: Option<Token>,
        /// The account that first logged in, which Linux keeps through `su` and `sudo`.
        login_uid: Option<u32>,
    }

    /// Which system an event comes from.
    struct Source {
        /// The system.
        system: Code,
        /// Its own name for the event.
        reference: Option<Code>,
        /// Whether the event was inferred by a mapping and not stated by the source; `false` unless stated.
        inferred: bool = or(false),
        /// Whether it is told again from other material, later and knowingly; not recorded in entries before version 3.
        retold: Option<bool>,
    }

    /// A time of its own, beside that of the event.
    struct Moment {
        /// When.
        at: Timestamp,
        /// How far off that may be, in seconds; not recorded if absent.
        uncertainty_s: Option<u32>,
    }

    /// One version of a policy.
    struct PolicyRef {
        /// The policy.
        policy: Code,
        /// The version.
        version: Code,
    }

    /// A call's grade: the normalised level, the local code, and the target if one is stated.
    struct Grade {
        /// The level.
        level: GradeLevel,
        /// The force's or service's own code.
        local_code: Option<Code>,
        /// The target, in minutes; a stated one wins over the policy's.
        target_minutes: Option<u32>,
    }

    /// A span of time; open-ended without `to`.
    struct Interval {
        /// From this instant on.
        from: Timestamp,
        /// Up to this instant.
        to: Option<Timestamp>,
    }

    /// A span of days, both included, in Europe/London.
    struct Days {
        /// The first day.
        from: LocalDate,
        /// The last day.
        to: LocalDate,
    }

    /// Material that stays outside the ledger.
    struct Attachment {
        /// Where its keeper finds it.
        reference: Code,
        /// A keyed BLAKE3 digest of it.
        digest: Option<Digest>,
        /// Its length in bytes.
        length_bytes: Option<u64>,
        /// Its media type.
        media_type: Option<Code>,
    }

    /// An operating-system account and host; sealed where the name is not a code.
    struct OsAccount<S> {
        /// The account.
        account: Option<Code>,
        /// The account, where its name is not a code.
        account_text: Option<S::Text> = sealed(8),
        /// The host.
        host: Option<Code>,
        /// The host, where its name is not a code.
        host_text: Option<S::Text> = sealed(9),
    }
}
