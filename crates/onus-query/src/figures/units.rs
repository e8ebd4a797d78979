//! How long each police unit was out: its dispatch paired with its own end.

use onus_core::ids::{AgencyId, Token};
use onus_core::time::Timestamp;
use onus_core::vocabulary::AgencyKind;
use std::collections::{BTreeMap, BTreeSet};

/// The police units of one incident, taken in the order in which things happened.
#[derive(Default)]
pub(super) struct Units {
    all: Vec<Unit>,
    /// The units of each agency that are out, by their places among all.
    out: BTreeMap<AgencyId, Out>,
    /// How many units each release ended.
    ended: Vec<u32>,
}

struct Unit {
    from: Timestamp,
    end: Option<End>,
}

#[derive(Clone, Copy)]
struct End {
    at: Timestamp,
    /// The release that ended it, and the officers that it states; `None` for a stand-down.
    release: Option<(usize, Option<u32>)>,
}

/// Units that are out, in the order in which they were sent.
#[derive(Default)]
struct Out {
    all: BTreeMap<usize, Option<Token>>,
    by_callsign: BTreeMap<Option<Token>, BTreeSet<usize>>,
}

impl Out {
    fn put(&mut self, place: usize, callsign: Option<Token>) {
        self.all.insert(place, callsign);
        self.by_callsign.entry(callsign).or_default().insert(place);
    }

    fn is_out(&self, callsign: Token) -> bool {
        self.first_of(Some(callsign)).is_some()
    }

    fn first_of(&self, callsign: Option<Token>) -> Option<usize> {
        self.by_callsign.get(&callsign)?.first().copied()
    }

    /// Takes the first of a callsign; else, where one of the two has none, the first unit that may be meant.
    fn take(&mut self, callsign: Option<Token>) -> Option<usize> {
        let unnamed = || match callsign {
            Some(_) => self.first_of(None),
            None => self.all.keys().next().copied(),
        };
        let place = self.first_of(callsign).or_else(unnamed)?;
        let of = self.all.remove(&place)?;
        if let Some(places) = self.by_callsign.get_mut(&of) {
            places.remove(&place);
        }
        Some(place)
    }
}

impl Units {
    /// A callsign that is out already is not sent again.
    pub(super) fn sent(&mut self, agency: &AgencyId, callsign: Option<Token>, at: Timestamp) {
        if agency.kind() != AgencyKind::Police {
            return;
        }
        let out = self.out.entry(agency.clone()).or_default();
        if !callsign.is_some_and(|callsign| out.is_out(callsign)) {
            out.put(self.all.len(), callsign);
            self.all.push(Unit { from: at, end: None });
        }
    }

    pub(super) fn stood_down(&mut self, agency: &AgencyId, callsign: Option<Token>, at: Timestamp) {
        let meant = self.out.get_mut(agency).and_then(|out| out.take(callsign));
        if let Some(unit) = meant.and_then(|place| self.all.get_mut(place)) {
            unit.end = Some(End { at, release: None });
        }
    }

    /// All units of the agency that are still out are released.
    pub(super) fn released(&mut self, agency: &AgencyId, officers: Option<u32>, at: Timestamp) {
        let release = self.ended.len();
        let out = self.out.remove(agency).unwrap_or_default();
        self.ended.push(u32::try_from(out.all.len()).unwrap_or(u32::MAX));
        for place in out.all.into_keys() {
            if let Some(unit) = self.all.get_mut(place) {
                unit.end = Some(End { at, release: Some((release, officers)) });
            }
        }
    }

    pub(super) fn any_sent(&self) -> bool {
        !self.all.is_empty()
    }

    /// The time of all officers, in microseconds, and whether it was stated how many they were; `None` where no unit has
    /// an end.
    pub(super) fn time(&self) -> Option<(i64, bool)> {
        let (mut total_us, mut stated, mut ended) = (0_i64, true, false);
        for (unit, end) in self.all.iter().filter_map(|unit| Some((unit, unit.end?))) {
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
    fn ended_by(&self, release: usize) -> i64 {
        self.ended.get(release).map_or(1, |units| i64::from(*units).max(1))
    }
}
