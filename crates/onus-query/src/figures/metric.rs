//! What each figure counts, in words and in code. `docs/report.md` is made from the words.

use super::row::Row;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Spelt;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// Declares the figures: name, title, what is counted, out of what, what is left out.
macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident $spelling:literal $measure:ident $title:literal numerator $numerator:literal denominator $denominator:literal excluded $excluded:literal)+) => {
        /// A figure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric { $($(#[$doc])* $name),+ }

        impl Metric {
            /// Every figure, in the order of the report.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// Every spelling, in the same order.
            pub const SPELLINGS: &[&str] = &[$($spelling),+];

            /// The figure so spelt.
            #[must_use]
            pub fn parse(spelling: &str) -> Option<Self> {
                match spelling { $($spelling => Some(Self::$name),)+ _ => None }
            }

            /// Its spelling.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $spelling),+ }
            }

            /// Its title.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// What its numerator, or its sum, is.
            #[must_use]
            pub const fn numerator(self) -> &'static str {
                match self { $(Self::$name => $numerator),+ }
            }

            /// What its denominator is.
            #[must_use]
            pub const fn denominator(self) -> &'static str {
                match self { $(Self::$name => $denominator),+ }
            }

            /// What is counted as excluded: what belongs in, and cannot be judged.
            #[must_use]
            pub const fn excluded(self) -> &'static str {
                match self { $(Self::$name => $excluded),+ }
            }

            /// What kind of figure it is.
            #[must_use]
            pub const fn measure(self) -> Measure {
                match self { $(Self::$name => Measure::$measure),+ }
            }
        }
    };
}

impl Spelt for Metric {
    const NAME: &'static str = "Metric";
    const SPELLINGS: &'static [&'static str] = Self::SPELLINGS;

    fn spelling(self) -> &'static str {
        self.as_str()
    }
}

/// What kind of figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A share, with a Wilson interval.
    Share,
    /// A sum of time.
    Total,
    /// A distribution of times: median and 90th percentile.
    Spread,
}

metrics! {
    /// How often anybody attended.
    Attended "attended" Share "Attended by any agency"
        numerator "incidents with at least one arrival of a unit, whichever agency's"
        denominator "all incidents of the period, assessed or not"
        excluded "none"
    /// How long the first unit took.
    ArrivalMinutes "arrival_minutes" Spread "First dispatch to first arrival"
        numerator "time from the first ResourceDispatched to the first ResourceArrived, whichever agency's"
        denominator "incidents with a dispatch and an arrival no earlier than it"
        excluded "incidents with a dispatch, and no arrival or only one before it"
    /// How often police attended.
    DeploymentRate "deployment_rate" Share "Deployment rate"
        numerator "incidents with at least one arrival of a police unit"
        denominator "incidents assessed under the policy: at least one assessment, and the last one's strand is not out_of_scope"
        excluded "incidents that were never assessed, or whose last assessment is out_of_scope"
    /// How often somebody else had it when police did not attend.
    OnwardOwner "onward_owner" Share "Non-deployment with a confirmed onward owner"
        numerator "of these, incidents whose response another agency than the incident's owner holds, in the established account, at some time after that decision"
        denominator "assessed incidents whose last attendance decision is no_deploy_* or reversed_to_no_deploy"
        excluded "none"
    /// How long nobody had it.
    TimeUnowned "time_unowned" Total "Time unowned"
        numerator "time for which the response facet stood open and nobody's in the established account; a span that has not ended is counted up to the time at which the ledger's last entry was recorded"
        denominator "assessed incidents"
        excluded "none"
    /// How long a handover took.
    HandoverMinutes "handover_minutes" Spread "Arrival at a place of safety to acceptance"
        numerator "time from the first ArrivedAtPlaceOfSafety to the first HandoverAccepted after it"
        denominator "incidents with an arrival at a place of safety and an acceptance after it"
        excluded "incidents with an arrival and no acceptance after it"
    /// How long officers stayed.
    ReleaseMinutes "release_minutes" Spread "Arrival at a place of safety to the officers' release"
        numerator "time from the first ArrivedAtPlaceOfSafety to the last OfficersReleased"
        denominator "incidents with an arrival at a place of safety and a release after it"
        excluded "incidents with an arrival and no release after it"
    /// How often an escalation changed the decision.
    OverturnRate "overturn_rate" Share "Overturn rate"
        numerator "of these, escalations that were resolved as overturned or, while they were open, answered by a review with the verdict overturned; and other decisions whose last review has that verdict"
        denominator "escalations raised, and decisions that were reviewed with a verdict while no escalation was open, each once"
        excluded "none; a review that only asks for information is no verdict"
    /// How often the same person or place came up again within a day.
    RepeatDay "repeat_24h" Share "Repeat contact within 24 hours"
        numerator "of these, incidents after whose beginning another incident with the same subject or location token begins within 24 hours"
        denominator "assessed incidents with a subject or location token"
        excluded "assessed incidents with neither token"
    /// How often the same person or place came up again within a week.
    RepeatWeek "repeat_7d" Share "Repeat contact within 7 days"
        numerator "of these, incidents after whose beginning another incident with the same subject or location token begins within 7 days"
        denominator "assessed incidents with a subject or location token"
        excluded "assessed incidents with neither token"
    /// How often harm followed within three days.
    AdverseThreeDays "adverse_72h" Share "Adverse outcome within 72 hours"
        numerator "of these, incidents with an outcome self_harm, serious_injury or death no later than 72 hours after the first attendance decision"
        denominator "assessed incidents with an attendance decision"
        excluded "assessed incidents without one"
    /// How often harm followed within four weeks.
    AdverseFourWeeks "adverse_28d" Share "Adverse outcome within 28 days"
        numerator "of these, incidents with an outcome self_harm, serious_injury or death no later than 28 days after the first attendance decision"
        denominator "assessed incidents with an attendance decision"
        excluded "assessed incidents without one"
    /// How much of officers' time went in.
    OfficerHours "officer_hours" Total "Officer hours"
        numerator "for each police unit, the time from its dispatch to its own stand-down (the same callsign; where either states none, the agency's unit that was sent first and is still out) or, without it, to its agency's next OfficersReleased; times the officers that this release states, shared out evenly among the units that it ends (one to a unit, where none is stated)"
        denominator "incidents with a police unit that was sent and stood down or released"
        excluded "incidents to which a police unit was sent, and no end of it is recorded; a unit without an end beside others with one adds nothing"
}

/// What one incident contributes to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contribution {
    /// Nothing: it is not asked of this incident.
    Outside,
    /// It belongs in and cannot be judged.
    Excluded,
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
        let share = |hit: bool| Contribution::Counts { hits: u64::from(hit), of: 1 };
        match self {
            Self::Attended => share(row.attended),
            Self::ArrivalMinutes if !row.sent => Contribution::Outside,
            Self::ArrivalMinutes => row.arrival_us.map_or(Contribution::Excluded, Contribution::Time),
            Self::DeploymentRate if !row.is_assessed() => Contribution::Excluded,
            Self::OverturnRate if row.escalated == 0 => Contribution::Outside,
            Self::OverturnRate => Contribution::Counts {
                hits: u64::from(row.overturned.min(row.escalated)),
                of: u64::from(row.escalated),
            },
            Self::HandoverMinutes | Self::ReleaseMinutes if !row.place_of_safety => Contribution::Outside,
            Self::HandoverMinutes => row.handover_us.map_or(Contribution::Excluded, Contribution::Time),
            Self::ReleaseMinutes => row.release_us.map_or(Contribution::Excluded, Contribution::Time),
            Self::OfficerHours if !row.police_sent => Contribution::Outside,
            Self::OfficerHours => row.officer_us.map_or(Contribution::Excluded, Contribution::Time),
            _ if !row.is_assessed() => Contribution::Outside,
            Self::DeploymentRate => share(row.police_arrived),
            Self::OnwardOwner if !row.declined => Contribution::Outside,
            Self::OnwardOwner => share(row.onward_owner),
            Self::TimeUnowned => unowned(row.unowned_us, row.unowned_since, beside.as_of_us),
            Self::RepeatDay | Self::RepeatWeek if row.subject.is_none() && row.location.is_none() => {
                Contribution::Excluded
            }
            Self::RepeatDay | Self::RepeatWeek => self.repeated(beside.repeat_us),
            Self::AdverseThreeDays | Self::AdverseFourWeeks if row.decided.is_none() => {
                Contribution::Excluded
            }
            Self::AdverseThreeDays => share(row.adverse_us.is_some_and(|after| after <= 72 * HOUR_US)),
            Self::AdverseFourWeeks => share(row.adverse_us.is_some_and(|after| after <= 28 * DAY_US)),
        }
    }

    /// Whether what an incident contributes hangs on which others came after it.
    pub(super) fn is_of_repeats(self) -> bool {
        matches!(self, Self::RepeatDay | Self::RepeatWeek)
    }

    /// What an assessed incident with a token contributes to a figure of repeats, by how long after it the next one
    /// of the same person or place began.
    pub(super) fn repeated(self, gap_us: Option<i64>) -> Contribution {
        let within = if self == Self::RepeatDay { DAY_US } else { 7 * DAY_US };
        Contribution::Counts { hits: u64::from(gap_us.is_some_and(|gap| gap <= within)), of: 1 }
    }
}

/// Time unowned: what is over, and what still is from an instant on.
pub(super) fn unowned(over_us: i64, since: Option<Timestamp>, as_of_us: i64) -> Contribution {
    Contribution::Time(over_us + since.map_or(0, |since| (as_of_us - since.as_us()).max(0)))
}
