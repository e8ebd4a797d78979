//! What one incident contributes to each figure, and why it contributes nothing.

use super::metric::Metric;
use super::row::Row;
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// What one incident contributes to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contribution {
    /// Nothing: it is not asked of this incident.
    Outside,
    /// It belongs in and cannot be judged.
    Excluded(Exclusion),
    /// So many of so many.
    Counts {
        /// The numerator.
        hits: u64,
        /// The denominator.
        of: u64,
    },
    /// So much time.
    Time(i64),
}

/// Why an incident that belongs in cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// Its source never carries what the figure is made of.
    NeverCarried(Kind),
    /// It was never assessed.
    NotAssessed,
    /// Its last assessment puts it out of the policy's scope.
    OutOfScope,
    /// No decision about attending is recorded.
    NotDecided,
    /// The last decision puts the response off.
    Deferred,
    /// It has neither a person's token nor a place's.
    NoToken,
    /// No arrival is recorded, or only one before what the time is counted from.
    NoArrival,
    /// No acceptance after the arrival is recorded.
    NoAcceptance,
    /// No release after the arrival is recorded.
    NoRelease,
    /// No end of a unit's time is recorded.
    NoEnd,
    /// The grade states no target.
    NoTarget,
    /// Of one of its times only the day is known.
    DayOnly,
}

impl Exclusion {
    /// In words that follow "excluded:".
    #[must_use]
    pub fn says(self) -> String {
        let says = match self {
            Self::NeverCarried(kind) => return format!("its source never carries {}", kind.name()),
            Self::NotAssessed => "never assessed",
            Self::OutOfScope => "out of the policy's scope",
            Self::NotDecided => "no decision about attending is recorded",
            Self::Deferred => "the last decision puts the response off",
            Self::NoToken => "no token of a person or place",
            Self::NoArrival => "no arrival is recorded, or only one before",
            Self::NoAcceptance => "no acceptance after the arrival is recorded",
            Self::NoRelease => "no release after the arrival is recorded",
            Self::NoEnd => "no end of a police unit's time is recorded",
            Self::NoTarget => "its grade states no target",
            Self::DayOnly => "of one of its times only the day is known",
        };
        says.to_owned()
    }

    /// Whether the silence of the source is the reason.
    #[must_use]
    pub const fn is_of_source(self) -> bool {
        matches!(self, Self::NeverCarried(_))
    }
}

/// What a figure needs besides the incident's own row.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// Up to when a span that has not ended is counted.
    pub as_of_us: i64,
    /// How long after it began the next incident of the same person or place began.
    pub repeat_us: Option<i64>,
}

impl Metric {
    /// What an incident contributes.
    #[must_use]
    pub fn part(self, row: &Row, beside: &Beside) -> Contribution {
        use Contribution::{Excluded, Outside};
        if let Some(why) = self.silenced(row) {
            return Excluded(Exclusion::NeverCarried(why));
        }
        match self {
            Self::Attended => share(row.attended),
            Self::ContactMinutes if !row.contacted => Outside,
            Self::ContactMinutes if row.contact_day_only => Excluded(Exclusion::DayOnly),
            Self::ContactMinutes => time(row.contact_us, Exclusion::NoArrival),
            Self::ArrivalMinutes if !row.sent => Outside,
            Self::ArrivalMinutes => time(row.arrival_us, Exclusion::NoArrival),
            Self::TargetMet if !row.graded || row.declined => Outside,
            Self::TargetMet => row.target_met.map_or(Excluded(Exclusion::NoTarget), share),
            Self::OverturnRate => overturned(row, row.overturned),
            Self::HelpAdded => overturned(row, row.help_added),
            Self::HelpWithdrawn => overturned(row, row.help_withdrawn),
            Self::HandoverMinutes | Self::ReleaseMinutes if !row.place_of_safety => Outside,
            Self::HandoverMinutes => time(row.handover_us, Exclusion::NoAcceptance),
            Self::ReleaseMinutes => time(row.release_us, Exclusion::NoRelease),
            Self::OfficerHours if !row.police_sent => Outside,
            Self::OfficerHours => time(row.officer_us, Exclusion::NoEnd),
            Self::DeploymentRate if row.strand.is_none() => Excluded(Exclusion::NotAssessed),
            Self::DeploymentRate if !row.is_in_scope() => Excluded(Exclusion::OutOfScope),
            Self::DeploymentRate => share(row.police_arrived),
            _ if !row.is_in_scope() => Outside,
            Self::OnwardOwner if row.declined || row.refused => share(row.onward_owner),
            Self::OnwardOwner if row.deferred => Excluded(Exclusion::Deferred),
            Self::OnwardOwner if row.decided.is_none() => Excluded(Exclusion::NotDecided),
            Self::OnwardOwner => Outside,
            Self::TimeUnowned => unowned(row.unowned_us, row.unowned_since, beside.as_of_us),
            Self::RepeatDay | Self::RepeatWeek if row.subject.is_none() && row.location.is_none() => {
                Excluded(Exclusion::NoToken)
            }
            Self::RepeatDay | Self::RepeatWeek => self.repeated(beside.repeat_us),
            Self::AdverseThreeDays => share(row.adverse_us.is_some_and(|after| after <= 72 * HOUR_US)),
            Self::AdverseFourWeeks => share(row.adverse_us.is_some_and(|after| after <= 28 * DAY_US)),
        }
    }

    /// What the figure is made of and the incident's source never carries, where that leaves nothing to judge.
    fn silenced(self, row: &Row) -> Option<Kind> {
        let never = |kind: Kind| row.never_carried.has(kind).then_some(kind);
        match self {
            Self::Attended | Self::ContactMinutes => never(Kind::ResourceArrived),
            Self::ArrivalMinutes => {
                never(Kind::ResourceDispatched).or_else(|| row.sent.then(|| never(Kind::ResourceArrived))?)
            }
            Self::TargetMet => (row.graded && !row.declined).then(|| never(Kind::ResourceArrived))?,
            Self::DeploymentRate => never(Kind::TriageAssessed).or_else(|| never(Kind::ResourceArrived)),
            // One of them is enough to find what was overturned.
            Self::OverturnRate | Self::HelpAdded | Self::HelpWithdrawn if row.escalated > 0 => None,
            Self::OverturnRate | Self::HelpAdded | Self::HelpWithdrawn => {
                never(Kind::EscalationRaised).and_then(|_| never(Kind::DecisionReviewed))
            }
            Self::HandoverMinutes => never(Kind::ArrivedAtPlaceOfSafety)
                .or_else(|| row.place_of_safety.then(|| never(Kind::HandoverAccepted))?),
            Self::ReleaseMinutes => never(Kind::ArrivedAtPlaceOfSafety)
                .or_else(|| row.place_of_safety.then(|| never(Kind::OfficersReleased))?),
            Self::OfficerHours => never(Kind::ResourceDispatched),
            _ if !row.is_in_scope() => None,
            Self::OnwardOwner => never(Kind::AttendanceDecided)
                .or_else(|| (row.declined || row.refused).then(|| never(Kind::HandoverAccepted))?),
            Self::TimeUnowned => never(Kind::HandoverAccepted),
            Self::AdverseThreeDays | Self::AdverseFourWeeks => never(Kind::OutcomeRecorded),
            Self::RepeatDay | Self::RepeatWeek => None,
        }
    }

    /// Whether what an incident contributes hangs on which others came after it.
    pub(super) fn is_of_repeats(self) -> bool {
        matches!(self, Self::RepeatDay | Self::RepeatWeek)
    }

    /// What an incident with a token contributes to a figure of repeats, by how long after it the next one of the same
    /// person or place began.
    pub(super) fn repeated(self, gap_us: Option<i64>) -> Contribution {
        let within = if self == Self::RepeatDay { DAY_US } else { 7 * DAY_US };
        Contribution::Counts { hits: u64::from(gap_us.is_some_and(|gap| gap <= within)), of: 1 }
    }
}

fn share(hit: bool) -> Contribution {
    Contribution::Counts { hits: u64::from(hit), of: 1 }
}

fn time(us: Option<i64>, without: Exclusion) -> Contribution {
    us.map_or(Contribution::Excluded(without), Contribution::Time)
}

/// Of what was escalated or reviewed in an incident.
fn overturned(row: &Row, hits: u32) -> Contribution {
    if row.escalated == 0 {
        return Contribution::Outside;
    }
    Contribution::Counts { hits: u64::from(hits.min(row.escalated)), of: u64::from(row.escalated) }
}

/// Time unowned: what is over, and what still is from an instant on.
pub(super) fn unowned(over_us: i64, since: Option<Timestamp>, as_of_us: i64) -> Contribution {
    Contribution::Time(over_us + since.map_or(0, |since| (as_of_us - since.as_us()).max(0)))
}
