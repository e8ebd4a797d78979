//! How long each police unit was out: its dispatch paired with its own end.

use onus_core::ids::{AgencyId, Token};
use onus_core::time::Timestamp;
use onus_core::vocabulary::AgencyKind;

/// The police units of one incident, taken in the order in which things happened.
#[derive(Default)]
pub(super) struct Units {
    units: Vec<Unit>,
    releases: u32,
}

struct Unit {
    agency: AgencyId,
    callsign: Option<Token>,
    from: Timestamp,
    end: Option<End>,
}

#[derive(Clone, Copy)]
struct End {
    at: Timestamp,
    /// The release that ended it, and the officers that it states; `None` for a stand-down.
    release: Option<(u32, Option<u32>)>,
}

impl Units {
    /// A callsign that is out already is not sent again.
    pub(super) fn sent(&mut self, agency: &AgencyId, callsign: Option<Token>, at: Timestamp) {
        let is_out = |unit: &Unit| {
            unit.end.is_none() && callsign.is_some() && unit.agency == *agency && unit.callsign == callsign
        };
        if agency.kind() == AgencyKind::Police && !self.units.iter().any(is_out) {
            self.units.push(Unit { agency: agency.clone(), callsign, from: at, end: None });
        }
    }

    pub(super) fn stood_down(&mut self, agency: &AgencyId, callsign: Option<Token>, at: Timestamp) {
        let out = |unit: &Unit| unit.end.is_none() && unit.agency == *agency;
        let unnamed = |unit: &Unit| callsign.is_none() || unit.callsign.is_none();
        let own = self.units.iter().position(|unit| out(unit) && unit.callsign == callsign);
        let meant = own.or_else(|| self.units.iter().position(|unit| out(unit) && unnamed(unit)));
        if let Some(unit) = meant.and_then(|place| self.units.get_mut(place)) {
            unit.end = Some(End { at, release: None });
        }
    }

    /// All units of the agency that are still out are released.
    pub(super) fn released(&mut self, agency: &AgencyId, officers: Option<u32>, at: Timestamp) {
        self.releases += 1;
        for unit in self.units.iter_mut().filter(|unit| unit.end.is_none() && unit.agency == *agency) {
            unit.end = Some(End { at, release: Some((self.releases, officers)) });
        }
    }

    pub(super) fn any_sent(&self) -> bool {
        !self.units.is_empty()
    }

    /// The time of all officers, in microseconds, and whether it was stated how many they were; `None` where no unit has
    /// an end.
    pub(super) fn time(&self) -> Option<(i64, bool)> {
        let (mut total_us, mut stated, mut ended) = (0_i64, true, false);
        for (unit, end) in self.units.iter().filter_map(|unit| Some((unit, unit.end?))) {
            ended = true;
            let us = end.at.as_us() - unit.from.as_us();
            let of_release = end.release.and_then(|(release, officers)| Some((release, officers?)));
            stated &= of_release.is_some();
            let (officers, shared) = of_release
                .map_or((1, 1), |(release, officers)| (i64::from(officers.max(1)), self.ended_by(release)));
            total_us = total_us.saturating_add(us.saturating_mul(officers) / shared);
        }
        ended.then_some((total_us, stated))
    }

    /// How many units a release ended: at least the one that asks.
    fn ended_by(&self, release: u32) -> i64 {
        let by = |unit: &&Unit| {
            unit.end.is_some_and(|end| end.release.is_some_and(|(number, _)| number == release))
        };
        i64::try_from(self.units.iter().filter(by).count()).unwrap_or(i64::MAX).max(1)
    }
}
