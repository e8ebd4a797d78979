//! Who came to the person, who was there when, and who left.
//!
//! # Promises
//! * An arrival counts unless it is recorded that no contact was made. An arrival at a place of safety counts.
//! * An agency leaves when its officers are released, or when its last unit at the scene is stood down. A closed incident
//!   ends what is not recorded.

use super::facts::{Facts, first_from};
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, Token};
use onus_core::kinds::{Body, Kind};
use onus_core::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Arrivals and leavings of one incident.
#[derive(Debug, Default)]
pub(super) struct Arrivals<'a> {
    /// Those that count, in world order.
    counted: Vec<&'a Entry>,
    /// The first of a unit of each agency.
    first_of: BTreeMap<&'a AgencyId, &'a Entry>,
    /// Of each agency, from when to when it was there; still there if `None`.
    there: BTreeMap<&'a AgencyId, Vec<Stay>>,
    /// From when to when anybody was there, in order, apart from each other.
    anybody: Vec<Stay>,
    /// In world order.
    leavings: Vec<Leaving<'a>>,
}

/// A time at the scene: from when, and to when if it ended.
pub(super) type Stay = (Timestamp, Option<Timestamp>);

/// An agency left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaving<'a> {
    /// The release of officers, or the last unit's standing down.
    pub(super) entry: &'a Entry,
    /// Who left.
    pub(super) agency: &'a AgencyId,
}

impl<'a> Arrivals<'a> {
    /// Of an incident.
    pub(super) fn of(facts: &Facts<'a>) -> Self {
        const KINDS: [Kind; 3] =
            [Kind::ResourceArrived, Kind::ArrivedAtPlaceOfSafety, Kind::OfficersReleased];
        let mut arrivals = Self::default();
        if KINDS.iter().all(|kind| facts.of(*kind).next().is_none()) {
            return arrivals;
        }
        let mut units: BTreeMap<&'a AgencyId, BTreeSet<Option<Token>>> = BTreeMap::new();
        for entry in facts.speaking().iter().copied() {
            let at = entry.common.occurred_at;
            match &entry.body {
                Some(Body::ResourceArrived(body)) => {
                    units.entry(&body.agency).or_default().insert(body.callsign_token);
                    if body.counts() {
                        arrivals.counted.push(entry);
                        arrivals.first_of.entry(&body.agency).or_insert(entry);
                        arrivals.begin(&body.agency, at);
                    }
                }
                Some(Body::ArrivedAtPlaceOfSafety(_)) => arrivals.counted.push(entry),
                Some(Body::ResourceStoodDown(body)) => {
                    let of_agency = units.entry(&body.agency).or_default();
                    let were_there = !of_agency.is_empty();
                    let named = of_agency.remove(&body.callsign_token);
                    if !named && body.callsign_token.is_none() {
                        of_agency.pop_last();
                    }
                    if were_there && of_agency.is_empty() {
                        arrivals.leave(&body.agency, entry);
                    }
                }
                Some(Body::OfficersReleased(_)) => {
                    let agency = &entry.common.asserted_by;
                    units.remove(agency);
                    arrivals.leave(agency, entry);
                }
                Some(Body::IncidentClosed(_)) => {
                    for stay in arrivals.there.values_mut().filter_map(|stays| stays.last_mut()) {
                        stay.1.get_or_insert(at);
                    }
                }
                _ => {}
            }
        }
        arrivals.anybody = together(arrivals.there.values().flatten().copied().collect());
        arrivals
    }

    fn begin(&mut self, agency: &'a AgencyId, at: Timestamp) {
        let stays = self.there.entry(agency).or_default();
        if stays.last().is_none_or(|(_, to)| to.is_some()) {
            stays.push((at, None));
        }
    }

    fn leave(&mut self, agency: &'a AgencyId, entry: &'a Entry) {
        self.leavings.push(Leaving { entry, agency });
        if let Some((_, to)) = self.there.get_mut(agency).and_then(|stays| stays.last_mut()) {
            to.get_or_insert(entry.common.occurred_at);
        }
    }

    /// The first arrival that counts, at an instant or after it.
    pub(super) fn first_from(&self, at: Timestamp) -> Option<&'a Entry> {
        first_from(&self.counted, at)
    }

    /// The first arrival that counts: of a unit of an agency, or any.
    pub(super) fn first_of(&self, agency: Option<&AgencyId>) -> Option<&'a Entry> {
        match agency {
            Some(agency) => self.first_of.get(agency).copied(),
            None => self.counted.first().copied(),
        }
    }

    /// The last arrival that counts, by an instant.
    pub(super) fn last_by(&self, at: Timestamp) -> Option<&'a Entry> {
        let by_then = self.counted.partition_point(|entry| entry.common.occurred_at <= at);
        self.counted.get(by_then.checked_sub(1)?).copied()
    }

    /// Whether any arrival counts by an instant.
    pub(super) fn any_by(&self, at: Timestamp) -> bool {
        self.last_by(at).is_some()
    }

    /// From when to when an agency was there, in order: from an arrival that counts until it left.
    pub(super) fn stays_of(&self, agency: &AgencyId) -> &[Stay] {
        self.there.get(agency).map_or(&[], Vec::as_slice)
    }

    /// The time, without a gap, in which anybody was there, where somebody was at an instant.
    pub(super) fn stay_at(&self, at: Timestamp) -> Option<Stay> {
        let begun = self.anybody.partition_point(|(from, _)| *from <= at);
        let stay = *self.anybody.get(begun.checked_sub(1)?)?;
        stay.1.is_none_or(|to| at < to).then_some(stay)
    }

    /// Agencies leaving, in world order.
    pub(super) fn leavings(&self) -> &[Leaving<'a>] {
        &self.leavings
    }
}

/// Times, taken together where they touch or overlap; in order.
fn together(mut stays: Vec<Stay>) -> Vec<Stay> {
    stays.sort_unstable();
    let mut found: Vec<Stay> = Vec::new();
    for (from, to) in stays {
        match found.last_mut() {
            Some((_, last)) if last.is_none_or(|last| from <= last) => {
                *last = last.zip(to).map(|(last, to)| last.max(to));
            }
            _ => found.push((from, to)),
        }
    }
    found
}
