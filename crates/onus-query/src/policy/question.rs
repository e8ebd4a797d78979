//! What is asked of policies.

use crate::knowledge::Knowledge;
use crate::triage::Triage;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgeBand, Strand};

/// For whom, of what instant, and in whose knowledge one asks.
#[derive(Clone, Copy, Debug)]
pub struct PolicyQuestion<'a> {
    /// Whose policy.
    pub force: &'a AgencyId,
    /// Of which strand; unknown if `None`, and then no version that names strands covers it.
    pub strand: Option<Strand>,
    /// Of which age band; unknown if `None`, and then no version that names age bands covers it.
    pub age_band: Option<AgeBand>,
    /// In force then.
    pub at: Timestamp,
    /// As known then: what was entered later does not exist.
    pub known_at: Timestamp,
}

impl<'a> PolicyQuestion<'a> {
    /// For what policy of an agency an entry asks: in force when its event happened and entered before that, for the
    /// strand and age band of the latest assessment known to it.
    pub(crate) fn about(entry: &Entry, knowledge: &Knowledge<'_>, force: &'a AgencyId) -> Self {
        let of = |triage: &Triage<'_>| (triage.strand, triage.age_band);
        let known =
            Triage::of(entry).as_ref().map(of).or_else(|| knowledge.latest_triage(entry).as_ref().map(of));
        let at = entry.common.occurred_at;
        Self {
            force,
            strand: known.map(|(strand, _)| strand),
            age_band: known.and_then(|(_, age_band)| age_band),
            at,
            known_at: at.plus_us(-1),
        }
    }
}
