//! How long somebody waited for a unit: from the contact to the first arrival, and against the target of the grade.

use crate::flags::Graded;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::model::Grade;
use onus_core::time::Timestamp;

/// From here on only the day of a time is known.
const DAY_S: u32 = 86_400;
const MINUTE_US: i64 = 60_000_000;

/// What has been seen of one incident, entry after entry, in the order in which things happened.
#[derive(Default)]
pub(super) struct Waiting {
    contact: Option<Moment>,
    opened: Option<Moment>,
    arrived: Option<Moment>,
    in_force: Option<InForce>,
}

#[derive(Clone, Copy)]
struct Moment {
    at: Timestamp,
    is_day_only: bool,
}

impl Moment {
    fn of(entry: &Entry) -> Self {
        Self { at: entry.common.occurred_at, is_day_only: entry.common.uncertainty_s >= DAY_S }
    }
}

/// The grade in force, until a unit of the agency that stated it arrives.
struct InForce {
    grade: Grade,
    since: Timestamp,
    agency: AgencyId,
    arrived: Option<Timestamp>,
}

impl Waiting {
    pub(super) fn see(&mut self, entry: &Entry) {
        if let Some(graded) = Graded::of(entry) {
            self.graded(entry, graded.grade);
        }
        match &entry.body {
            Some(Body::ContactReceived(_)) => {
                self.contact.get_or_insert(Moment::of(entry));
            }
            Some(Body::IncidentOpened(_)) => {
                self.opened.get_or_insert(Moment::of(entry));
            }
            Some(Body::ResourceArrived(unit)) if unit.counts() => {
                self.arrived.get_or_insert(Moment::of(entry));
                if let Some(in_force) = self.in_force.as_mut().filter(|grade| grade.agency == unit.agency) {
                    in_force.arrived.get_or_insert(entry.common.occurred_at);
                }
            }
            _ => {}
        }
    }

    /// An equal grade does not begin anew, and one stated after the arrival changes nothing.
    fn graded(&mut self, entry: &Entry, grade: &Grade) {
        let goes_on = self.in_force.as_ref().is_some_and(|now| now.arrived.is_some() || now.grade == *grade);
        if !goes_on {
            let (since, agency) = (entry.common.occurred_at, entry.common.asserted_by.clone());
            self.in_force = Some(InForce { grade: grade.clone(), since, agency, arrived: None });
        }
    }

    /// From when one waits.
    fn began(&self) -> Option<Moment> {
        self.contact.or(self.opened)
    }

    pub(super) fn is_contacted(&self) -> bool {
        self.began().is_some()
    }

    /// From the first contact, or from the opening where none is recorded, to the first arrival that counts.
    pub(super) fn contact_us(&self) -> Option<i64> {
        let (began, arrived) = (self.began()?, self.arrived?);
        (arrived.at >= began.at).then(|| arrived.at.as_us() - began.at.as_us())
    }

    /// Whether of either of these times only the day is known.
    pub(super) fn is_day_only(&self) -> bool {
        self.began().into_iter().chain(self.arrived).any(|moment| moment.is_day_only)
    }

    pub(super) fn is_graded(&self) -> bool {
        self.in_force.is_some()
    }

    /// Whether the target that the grade in force states was met; `None` where it states none.
    pub(super) fn target_met(&self) -> Option<bool> {
        let in_force = self.in_force.as_ref()?;
        let due = in_force.since.plus_us(i64::from(in_force.grade.target_minutes?) * MINUTE_US);
        Some(in_force.arrived.is_some_and(|arrived| arrived <= due))
    }
}
