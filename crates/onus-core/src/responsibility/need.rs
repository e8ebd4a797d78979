//! Whether somebody is still in need when an agency leaves: what is known of the risk, of powers used, and of units there.
//!
//! Never: it says who ought to take over, or that leaving was wrong.

use crate::ids::{AgencyId, Token};
use std::collections::{BTreeMap, BTreeSet};

/// What was known so far, in the order of time.
#[derive(Default)]
pub(super) struct Need {
    /// The last assessment says `yes` to risk to life or serious harm.
    at_risk: bool,
    /// A power to hold the person was used, and the detention has not ended.
    held: bool,
    /// The units of each agency that arrived and have not left; those without a callsign are one.
    units: BTreeMap<AgencyId, BTreeSet<Option<Token>>>,
}

impl Need {
    /// An assessment was made.
    pub(super) fn assessed(&mut self, is_at_risk: bool) {
        self.at_risk = is_at_risk;
    }

    /// A power was used.
    pub(super) fn power_used(&mut self) {
        self.held = true;
    }

    /// A detention ended.
    pub(super) fn detention_ended(&mut self) {
        self.held = false;
    }

    /// The need ended with a ground, or the person was found safe or unharmed.
    pub(super) fn ended(&mut self) {
        (self.at_risk, self.held) = (false, false);
    }

    /// Whether the person is known to be at risk or to be held.
    pub(super) fn is_open(&self) -> bool {
        self.at_risk || self.held
    }

    /// A unit arrived.
    pub(super) fn arrives(&mut self, of: &AgencyId, callsign: Option<Token>) {
        self.units.entry(of.clone()).or_default().insert(callsign);
    }

    /// A unit was stood down; whether it was the last one there. One that never arrived does not leave.
    pub(super) fn is_left_by_last(&mut self, of: &AgencyId, callsign: Option<Token>) -> bool {
        let Some(units) = self.units.get_mut(of) else { return false };
        let gone = units.remove(&callsign);
        // Without a callsign it is whichever is there, if only one is.
        if !gone && callsign.is_none() && units.len() == 1 {
            units.clear();
            return true;
        }
        gone && units.is_empty()
    }

    /// All officers left.
    pub(super) fn left(&mut self, by: &AgencyId) {
        self.units.remove(by);
    }
}
