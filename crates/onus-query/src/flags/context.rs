//! What a rule may know besides the incident.

use super::Repeats;
use crate::policy::Policies;

/// The policies of the ledger, and what stands in other incidents.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Every policy of the ledger.
    pub policies: &'a Policies,
    /// Which people and places stand in which incidents; without it F21 stays silent.
    pub repeats: Option<&'a Repeats>,
}
