//! What the ledger says of itself: its opening, its schema, its clock, its keys, its erasures.

use crate::bytes::{Digest, LedgerId, PublicKey, SchemaBytes};
use crate::code::{Code, Origin};
use crate::declare::record;
use crate::ids::{AgencyId, EventId};
use crate::model::Actor;
use crate::time::Timestamp;
use crate::vocabulary::KeyPurpose;

record! {
    /// The ledger was opened: always entry 0.
    struct LedgerOpened {
        /// Its id.
        id: LedgerId,
        /// Its name.
        origin: Origin,
        /// Whose it is.
        agency: AgencyId,
        /// When.
        created: Timestamp,
    }

    /// The layout of every record that this release writes.
    struct SchemaPublished {
        /// The language it is written in.
        language: Code,
        /// The schema, as one zstd frame.
        schema: SchemaBytes,
        /// SHA-256 of the schema before compression.
        sha256: Digest,
    }

    /// The machine's clock read earlier than the ledger's last entry by more than 2 s.
    struct ClockStepped {
        /// What it read.
        reading: Timestamp,
    }

    /// After a clock fault, two people set the ledger's time back to the machine's.
    struct ClockCorrected<S> {
        /// What the machine's clock read.
        reading: Timestamp,
        /// The second person.
        second: Actor<S>,
        /// Why.
        why: Code,
    }

    /// The ledger was alive and nothing had happened.
    struct HeartbeatRecorded {
        /// The size of the last checkpoint.
        size: u64,
        /// Its root.
        root: Digest,
    }

    /// A key was registered.
    struct KeyRegistered {
        /// For what.
        purpose: KeyPurpose,
        /// Its name in signed notes.
        name: Code,
        /// The key.
        public_key: PublicKey,
    }

    /// A key was revoked.
    struct KeyRevoked {
        /// For what it was.
        purpose: KeyPurpose,
        /// Its name in signed notes.
        name: Code,
        /// The key.
        public_key: PublicKey,
        /// Why.
        reason: Code,
    }

    /// Keys of sealed text were destroyed.
    struct PersonalDataErased<S> {
        /// The key slots.
        key_ids: Vec<u64>,
        /// On what legal basis.
        basis: Code,
        /// The two people who authorised it.
        authorisers: Vec<Actor<S>>,
    }

    /// Sealed text may be opened for named purposes only (DPA 2018 s.47(3), UK GDPR Art 18).
    struct ProcessingRestricted<S> {
        /// Which entries; all of the incident if empty.
        entries: Vec<EventId>,
        /// For which purposes it may still be opened.
        purposes_allowed: Vec<Code>,
        /// On what legal basis.
        basis: Code,
        /// Who authorised it.
        authorised_by: Option<Actor<S>>,
    }

    /// A restriction was lifted.
    struct RestrictionLifted<S> {
        /// The restriction.
        restriction: EventId,
        /// On what legal basis.
        basis: Code,
        /// Who authorised it.
        authorised_by: Option<Actor<S>>,
    }
}
