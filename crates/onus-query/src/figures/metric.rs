//! What each figure counts, in words. `docs/report.md` is made from them; `part.rs` counts.

use onus_core::vocabulary::Spelt;

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
        denominator "all incidents of the period, assessed or not, whose source can carry arrivals"
        excluded "incidents whose source never carries ResourceArrived"
    /// How long the caller waited.
    ContactMinutes "contact_minutes" Spread "Contact to first arrival"
        numerator "time from the first ContactReceived or, where none is recorded, from IncidentOpened, to the first ResourceArrived that does not say that no contact was made, whichever agency's"
        denominator "incidents with a contact or an opening, and such an arrival no earlier than it"
        excluded "incidents with a contact or an opening and no such arrival, or only one before it; those of which only the day of either is known; and those whose source never carries ResourceArrived"
    /// How long the first unit took.
    ArrivalMinutes "arrival_minutes" Spread "First dispatch to first arrival"
        numerator "time from the first ResourceDispatched to the first ResourceArrived, whichever agency's"
        denominator "incidents with a dispatch and an arrival no earlier than it"
        excluded "incidents with a dispatch, and no arrival or only one before it; and those whose source never carries ResourceDispatched or, where one was sent, ResourceArrived"
    /// How often a unit came in time.
    TargetMet "target_met" Share "Grade target met"
        numerator "of these, incidents in which a unit of the agency that stated the grade arrived, and was not recorded to have met nobody, within the minutes that the grade states, counted from when it was stated; an equal grade does not count again, one stated after that arrival does not count"
        denominator "incidents whose grade in force at that arrival, else the last one, states a target in minutes, and whose last attendance decision is not no_deploy, no_deploy_* or reversed_to_no_deploy; one whose target still runs counts as not met"
        excluded "such incidents whose grade states no target (one that a policy publishes is F27's), or whose source never carries ResourceArrived"
    /// How often police attended.
    DeploymentRate "deployment_rate" Share "Deployment rate"
        numerator "incidents with at least one arrival of a police unit"
        denominator "incidents assessed under the policy: at least one assessment, and the last one's strand is not out_of_scope"
        excluded "incidents that were never assessed, or whose last assessment is out_of_scope; and those whose source never carries TriageAssessed or ResourceArrived"
    /// How often somebody else had it when police did not attend.
    OnwardOwner "onward_owner" Share "Non-deployment with a confirmed onward owner"
        numerator "of these, incidents whose response another agency than the incident's owner holds, in the established account, at some time after that refusal"
        denominator "incidents, assessed or not, whose last attendance decision is no_deploy, no_deploy_* or reversed_to_no_deploy or, without any decision, which the owner refused by an answer or by closing them unattended (flags.md), and whose last assessment is not out_of_scope"
        excluded "incidents whose last decision is defer_*, or with neither a decision nor a refusal; and those whose source never carries AttendanceDecided or, where it was declined, HandoverAccepted"
    /// How long nobody had it.
    TimeUnowned "time_unowned" Total "Time unowned"
        numerator "time for which the response facet stood open and nobody's in the established account, until the person was found or had died; a span that has not ended is counted up to the time at which the ledger's last entry was recorded"
        denominator "incidents, assessed or not, whose last assessment is not out_of_scope"
        excluded "such incidents whose source never carries HandoverAccepted"
    /// How long a handover took.
    HandoverMinutes "handover_minutes" Spread "Arrival at a place of safety to acceptance"
        numerator "time from the first ArrivedAtPlaceOfSafety to the first HandoverAccepted after it"
        denominator "incidents with an arrival at a place of safety and an acceptance after it"
        excluded "incidents with an arrival and no acceptance after it; and those whose source never carries ArrivedAtPlaceOfSafety or, where there is one, HandoverAccepted"
    /// How long officers stayed.
    ReleaseMinutes "release_minutes" Spread "Arrival at a place of safety to the officers' release"
        numerator "time from the first ArrivedAtPlaceOfSafety to the last OfficersReleased"
        denominator "incidents with an arrival at a place of safety and a release after it"
        excluded "incidents with an arrival and no release after it; and those whose source never carries ArrivedAtPlaceOfSafety or, where there is one, OfficersReleased"
    /// How often an escalation changed the decision.
    OverturnRate "overturn_rate" Share "Overturn rate"
        numerator "of these, escalations that were resolved as overturned or, while they were open, answered by a review with the verdict overturned; and other decisions whose last review has that verdict"
        denominator "escalations raised, and decisions that were reviewed with a verdict while no escalation was open, each once"
        excluded "incidents whose source carries neither EscalationRaised nor DecisionReviewed; a review that only asks for information is no verdict"
    /// How often an escalation sent help that had been refused.
    HelpAdded "overturn_help_added" Share "Overturned: help added"
        numerator "of these, those that overturned a decision that sends nobody, or not yet: the decision reviewed, else the last one before the escalation"
        denominator "escalations and reviews as in the overturn rate, of which this and the next are parts; an overturn of a decision that is not recorded is in neither"
        excluded "as in the overturn rate"
    /// How often an escalation took back help.
    HelpWithdrawn "overturn_help_withdrawn" Share "Overturned: help withdrawn"
        numerator "of these, those that overturned a decision to attend"
        denominator "escalations and reviews as in the overturn rate"
        excluded "as in the overturn rate"
    /// How often the same person or place came up again within a day.
    RepeatDay "repeat_24h" Share "Repeat contact within 24 hours"
        numerator "of these, incidents after whose beginning another incident with the same subject or location token begins within 24 hours"
        denominator "incidents with a subject or location token, assessed or not, whose last assessment is not out_of_scope"
        excluded "such incidents with neither token"
    /// How often the same person or place came up again within a week.
    RepeatWeek "repeat_7d" Share "Repeat contact within 7 days"
        numerator "of these, incidents after whose beginning another incident with the same subject or location token begins within 7 days"
        denominator "incidents with a subject or location token, assessed or not, whose last assessment is not out_of_scope"
        excluded "such incidents with neither token"
    /// How often harm followed within three days.
    AdverseThreeDays "adverse_72h" Share "Adverse outcome within 72 hours"
        numerator "of these, incidents with an outcome self_harm, serious_injury or death (at the time of dying where that is stated) no later than 72 hours after the first attendance decision or, where none is recorded, after the incident's beginning"
        denominator "incidents, assessed and decided or not, whose last assessment is not out_of_scope"
        excluded "such incidents whose source never carries OutcomeRecorded"
    /// How often harm followed within four weeks.
    AdverseFourWeeks "adverse_28d" Share "Adverse outcome within 28 days"
        numerator "of these, incidents with an outcome self_harm, serious_injury or death (at the time of dying where that is stated) no later than 28 days after the first attendance decision or, where none is recorded, after the incident's beginning"
        denominator "incidents, assessed and decided or not, whose last assessment is not out_of_scope"
        excluded "such incidents whose source never carries OutcomeRecorded"
    /// How much of officers' time went in.
    OfficerHours "officer_hours" Total "Officer hours"
        numerator "for each police unit, the time from its dispatch to its own stand-down (the same callsign; where either states none, the agency's unit that was sent first and is still out) or, without it, to its agency's next OfficersReleased; times the officers that this release states, shared out evenly among the units that it ends (one to a unit, where none is stated)"
        denominator "incidents with a police unit that was sent and stood down or released"
        excluded "incidents to which a police unit was sent, and no end of it is recorded (a unit without an end beside others with one adds nothing); and those whose source never carries ResourceDispatched"
}
