//! The access ledger (DPA 2018 s.62): readings, exports, disclosures, combinations.

use crate::bytes::Digest;
use crate::code::Code;
use crate::declare::record;
use crate::ids::EventId;
use crate::model::{Operator, OsAccount};
use crate::seq::Seq;

record! {
    /// Some fields of one entry.
    struct FieldsOf {
        /// The entry's place in the operational ledger.
        seq: Seq,
        /// Its name.
        event_id: EventId,
        /// The numbers of its sealed fields.
        fields: Vec<u16>,
    }

    /// Sealed text was opened for a reader.
    struct TextRevealed<S> {
        /// What was opened.
        entries: Vec<FieldsOf>,
        /// On which account and machine.
        account: OsAccount<S>,
        /// Why.
        why: S::Text = sealed(16),
        /// Who worked the software.
        operator: Option<Operator>,
    }

    /// Records left in a file.
    struct Exported<S> {
        /// In which format.
        format: Code,
        /// A digest of the filters that chose them.
        filters: Option<Digest>,
        /// The ledger's size then.
        size: u64,
        /// How many entries were included.
        included: u64,
        /// How many texts were withheld.
        withheld: u64,
        /// How many texts were erased.
        erased: u64,
        /// On which account and machine.
        account: OsAccount<S>,
        /// For whom.
        recipients: Option<S::Text> = sealed(16),
        /// Why.
        why: Option<S::Text> = sealed(17),
        /// Who worked the software.
        operator: Option<Operator>,
    }

    /// Fields were opened for one recipient.
    struct Disclosed<S> {
        /// What was opened.
        entries: Vec<FieldsOf>,
        /// On which account and machine.
        account: OsAccount<S>,
        /// On what ground.
        ground: Code,
        /// For whom.
        recipients: S::Text = sealed(16),
        /// Why.
        why: Option<S::Text> = sealed(17),
        /// Who worked the software.
        operator: Option<Operator>,
    }

    /// Records were combined with others.
    struct DataCombined<S> {
        /// With what.
        sources: Vec<Code>,
        /// On which account and machine.
        account: OsAccount<S>,
        /// Why.
        why: Option<S::Text> = sealed(16),
        /// Who worked the software.
        operator: Option<Operator>,
    }
}
