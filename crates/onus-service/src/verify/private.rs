//! What the private directory beside a ledger is found to be: key slots, signing keys, what was signed last, profiles.

use crate::answer::Name;
use onus_core::blame::chain;
use onus_ledger::{CheckedPart, PartState, PrivatePart, PrivateVerdict};
use onus_store::VerifyError;
use schemars::JsonSchema;
use serde::Serialize;

/// What one part of the private directory was found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PrivateFinding {
    /// Which part.
    pub part: Name<PrivatePart>,
    /// What it is.
    pub state: PrivateState,
    /// What is wrong with it, or why it was not checked; null where it is good.
    pub why: Option<String>,
}

/// What a part of the private directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrivateState {
    /// As it should be.
    Good,
    /// Not as it should be.
    Faulty,
    /// Not checked; that is no fault.
    NotChecked,
}

/// The access ledger, where it is missing or what it is cannot be read. Every ledger is made with one.
pub(super) fn no_access_ledger(why: &VerifyError) -> PrivateFinding {
    let why = format!("{}; restore DIR.private/access from its backup", chain(why));
    PrivateFinding { part: Name(PrivatePart::Access), state: PrivateState::Faulty, why: Some(why) }
}

/// The parts, in the order in which they were checked.
pub(super) fn findings(verdict: PrivateVerdict) -> Vec<PrivateFinding> {
    let finding = |CheckedPart { part, state }| {
        let (state, why) = match state {
            PartState::Good => (PrivateState::Good, None),
            PartState::Faulty(why) => (PrivateState::Faulty, Some(why)),
            PartState::NotChecked(why) => (PrivateState::NotChecked, Some(why)),
        };
        PrivateFinding { part: Name(part), state, why }
    };
    verdict.parts.into_iter().map(finding).collect()
}
