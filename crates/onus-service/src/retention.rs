//! What a retention schedule makes due, and why. Nothing is erased here.

use crate::answer::Name;
use crate::notes::notes;
use crate::row::row;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::Incident;
use onus_core::time::LocalDate;
use onus_ledger::OpenError;
use onus_query::incident::HistoryError;
use onus_query::retention::{DueState, RetentionRule, RetentionRules, review};
use schemars::JsonSchema;
use serde::Serialize;

/// An incident whose period is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DueIncident {
    /// The incident.
    pub incident: Name<Incident>,
    /// `due`, or `held` where a legal hold is in force.
    pub standing: &'static str,
    /// The day on which its period ended.
    pub due: Name<LocalDate>,
    /// The rule of the schedule.
    pub rule: String,
    /// How the day follows from the rule, in words.
    pub why: String,
    /// Where the rule's period comes from.
    pub citation: String,
    /// Whether the period is a local choice.
    pub local_choice: bool,
    /// Whether the processing of any of it is restricted.
    pub restricted: bool,
    /// How many of its texts can still be opened.
    pub texts: u64,
}

row!(DueIncident { incident, standing, due, rule, why, citation, local_choice, restricted, texts });

/// What a schedule makes due by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionDue {
    /// The day.
    pub on: LocalDate,
    /// The schedule's version.
    pub schedule: String,
    /// What is due, or held, by incident.
    pub due: Vec<DueIncident>,
    /// How many incidents there are.
    pub incidents: u64,
    /// How many of them are old enough for the shortest period and fit no rule.
    pub without_rule: u64,
    /// What the log says of its own state.
    pub notes: Vec<String>,
}

/// Why it cannot be said what is due. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetentionError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A history could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl Blamed for RetentionError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::History(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::History(e) => e.hint(),
        }
    }
}

impl Session {
    /// What the schedule makes due on or before a day, today if `None`.
    pub fn retention_due(
        &self,
        rules: &RetentionRules,
        on: Option<LocalDate>,
    ) -> Result<RetentionDue, RetentionError> {
        let on = on.unwrap_or_else(|| self.ledger().machine().now().london_day());
        let reader = self.read()?;
        let found = review(&reader, rules, on)?;
        let due = found.due.iter().filter_map(|one| {
            let rule = rules.rules.get(one.rule)?;
            Some(DueIncident {
                incident: Name(one.incident.clone()),
                standing: match one.standing {
                    DueState::Due => "due",
                    DueState::Held => "held",
                },
                due: Name(one.due),
                rule: rule.name.clone(),
                why: why(rule, one.from),
                citation: rule.citation.clone(),
                local_choice: rule.local_choice,
                restricted: one.restricted,
                texts: one.texts,
            })
        });
        Ok(RetentionDue {
            on,
            schedule: rules.version.clone(),
            due: due.collect(),
            incidents: found.incidents,
            without_rule: found.without_rule,
            notes: notes(&reader),
        })
    }
}

fn why(rule: &RetentionRule, from: LocalDate) -> String {
    let was = match rule.after.as_str() {
        "last_event" => "last added to",
        after => after,
    };
    format!("{} months after it was {was}, {from}", rule.period_months)
}
