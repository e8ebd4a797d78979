//! The access ledger, before it named the operator.

use crate::bodies::access::{DataCombined, Disclosed, Exported, FieldsOf, TextRevealed};
use crate::bytes::Digest;
use crate::code::Code;
use crate::declare::record;
use crate::model::OsAccount;
use crate::stage::Stored;

record! {
    /// Schema 1 of `TextRevealed`: without the operator.
    struct TextRevealedV1<S> {
        /// What was opened.
        entries: Vec<FieldsOf>,
        /// On which account and machine.
        account: OsAccount<S>,
        /// Why.
        why: S::Text = sealed(16),
    }

    /// Schema 1 of `Exported`: without the operator.
    struct ExportedV1<S> {
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
    }

    /// Schema 1 of `Disclosed`: without the operator.
    struct DisclosedV1<S> {
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
    }

    /// Schema 1 of `DataCombined`: without the operator.
    struct DataCombinedV1<S> {
        /// With what.
        sources: Vec<Code>,
        /// On which account and machine.
        account: OsAccount<S>,
        /// Why.
        why: Option<S::Text> = sealed(16),
    }
}

/// `TextRevealed` from schema 1.
pub(crate) fn text_revealed_1(old: TextRevealedV1<Stored>) -> TextRevealed<Stored> {
    let TextRevealedV1 { entries, account, why } = old;
    TextRevealed { entries, account, why, operator: None }
}

/// `Exported` from schema 1.
pub(crate) fn exported_1(old: ExportedV1<Stored>) -> Exported<Stored> {
    let ExportedV1 { format, filters, size, included, withheld, erased, account, recipients, why } = old;
    Exported { format, filters, size, included, withheld, erased, account, recipients, why, operator: None }
}

/// `Disclosed` from schema 1.
pub(crate) fn disclosed_1(old: DisclosedV1<Stored>) -> Disclosed<Stored> {
    let DisclosedV1 { entries, account, ground, recipients, why } = old;
    Disclosed { entries, account, ground, recipients, why, operator: None }
}

/// `DataCombined` from schema 1.
pub(crate) fn data_combined_1(old: DataCombinedV1<Stored>) -> DataCombined<Stored> {
    let DataCombinedV1 { sources, account, why } = old;
    DataCombined { sources, account, why, operator: None }
}
