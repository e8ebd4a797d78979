//! What needs somebody now, and which incidents are open: the limits of the flags, asked before they pass.
//!
//! # Promises
//! * It is answered from the views where there are any, which follow the log first; else, and for an earlier moment, from the
//!   log itself.
//! * What is left out is counted.
//!
//! # Never
//! * It is no flag and no finding: it says what is due, not that anybody failed.

mod follow;

pub use follow::{NeedChange, NeedFollower, NeedTurn};

use crate::answer::{Name, Time, Word};
use crate::incident::{IncidentError, Known};
use crate::row::row;
use crate::session::{Session, threads};
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_query::flags::{Code, JudgedOn, Severity, rule};
use onus_query::incident::last_recorded;
use onus_query::needs::{LISTED_FOR_US, Need, OpenIncident, Waiting, from_the_log};
use onus_query::policy::Policies;
use onus_query::views::Views;
use onus_store::Reader;
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Reverse;

const MINUTE_US: i64 = 60_000_000;
/// What is due this soon is listed by its severity first.
const SOON_US: i64 = 60 * MINUTE_US;

/// What needs somebody.
#[derive(Clone, Debug)]
pub struct NowQuestion {
    /// When; this moment if `None`. Of a moment before the last entry what was known then counts, of a later one all.
    pub at: Option<Timestamp>,
    /// What is due within so many minutes from then is listed.
    pub within_minutes: u32,
    /// Only what this agency could do.
    pub who: Option<AgencyId>,
}

/// What needs somebody, the most urgent first.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NowAnswer {
    /// The moment.
    pub at: Time,
    /// What is due within an hour or overdue, the gravest first, then by when; then what is due later, by when.
    pub needs: Vec<NeedAnswer>,
    /// How many incidents are open.
    pub open_incidents: u64,
    /// How much is due later than was asked for.
    pub due_later: u64,
    /// How much was due more than 14 days before, and is not listed.
    pub long_overdue: u64,
    /// What is due within so many minutes was asked for; no part of the answer as data.
    #[serde(skip)]
    pub within_minutes: u32,
}

/// One thing that somebody has to do by a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NeedAnswer {
    /// The incident.
    pub incident: Name<Incident>,
    /// When the limit passes or passed.
    pub due: Time,
    /// Whole minutes left; less than 0 where the limit has passed.
    pub minutes_left: i64,
    /// How much the flag that is raised then asks to be looked at.
    pub severity: Word<Severity>,
    /// What is so, and what is needed.
    pub needs: String,
    /// Who could act.
    pub who: Name<AgencyId>,
    /// The flag that is raised once the limit has passed.
    pub code: Name<Code>,
    /// Its name.
    pub name: &'static str,
    /// The entry that it points to.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// On which account: `established`, or an agency's own.
    pub account: Name<JudgedOn>,
}

row!(NeedAnswer { incident, due, minutes_left, severity, needs, who, code, name, seq, account });

/// An open incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenIncidentAnswer {
    /// Which.
    pub incident: Name<Incident>,
    /// When its first event happened.
    pub began: Time,
    /// When its last event happened.
    pub last: Time,
    /// How many entries it has.
    pub entries: u64,
    /// Who holds the response, with spaces between; empty if nobody does.
    pub response: String,
    /// When the next limit passes; null if nothing waits.
    pub next_due: Option<Time>,
}

row!(OpenIncidentAnswer { incident, began, last, entries, response, next_due });

impl Session {
    /// What needs somebody.
    pub fn now(&self, question: &NowQuestion) -> Result<NowAnswer, IncidentError> {
        let at = question.at.unwrap_or_else(|| self.ledger().machine().now());
        let waiting = self.waiting_at(&self.read()?, question.at, listed_since(at))?;
        Ok(needed_at(&waiting, question, at))
    }

    /// The incidents that are open, the one with the latest event first.
    pub fn open_incidents(&self, at: Option<Timestamp>) -> Result<Vec<OpenIncidentAnswer>, IncidentError> {
        let Waiting { mut incidents, .. } = self.waiting_at(&self.read()?, at, Timestamp::MAX)?;
        incidents.retain(|open| open.is_open);
        incidents.sort_by(|one, other| {
            (Reverse(one.last), &one.incident).cmp(&(Reverse(other.last), &other.incident))
        });
        Ok(incidents.iter().map(OpenIncidentAnswer::from).collect())
    }

    /// What waits, of which everything that was due since then is listed.
    fn waiting_at(
        &self,
        reader: &Reader,
        at: Option<Timestamp>,
        since: Timestamp,
    ) -> Result<Waiting, IncidentError> {
        // After the last entry nothing more became known: what is due by then is what will be, if nothing is recorded.
        let last = last_recorded(reader)?;
        let at = at.filter(|at| last.is_some_and(|last| *at < last));
        let known = Known { at, ..Known::default() };
        let kept = match at {
            None => self.current_in_views(reader).or_else(|| self.kept_in_views(reader, Views::waiting)),
            Some(_) => None,
        };
        // Where the machine's clock is behind the ledger's, the views may count what is to be listed.
        match kept.filter(|kept| kept.since <= since) {
            Some(kept) => Ok(kept),
            None => self.waiting_in_the_log(reader, known),
        }
    }

    fn waiting_in_the_log(&self, reader: &Reader, known: Known) -> Result<Waiting, IncidentError> {
        let policies = Policies::read(reader, known.by)?;
        let progress = self.progress_of(reader);
        Ok(from_the_log(reader, &policies, known.vantage(None), threads(), &progress)?)
    }
}

/// What was due before this is counted at that moment, and not listed.
fn listed_since(at: Timestamp) -> Timestamp {
    at.plus_us(-LISTED_FOR_US)
}

/// What of all that waits needs somebody at a moment.
fn needed_at(waiting: &Waiting, question: &NowQuestion, at: Timestamp) -> NowAnswer {
    let incidents = &waiting.incidents;
    let is_wanted = |who: &AgencyId| question.who.as_ref().is_none_or(|wanted| wanted == who);
    let mut answer = NowAnswer {
        at: Time(at),
        needs: Vec::new(),
        open_incidents: count(incidents.iter().filter(|open| open.is_open)),
        due_later: 0,
        long_overdue: waiting.overdue.iter().filter(|(who, _)| is_wanted(who)).map(|(_, count)| count).sum(),
        within_minutes: question.within_minutes,
    };
    let until = at.plus_us(i64::from(question.within_minutes) * MINUTE_US);
    let since = listed_since(at);
    for open in incidents {
        for need in open.needs.iter().filter(|need| is_wanted(&need.due.who)) {
            if need.due.at > until {
                answer.due_later += 1;
            } else if need.due.at < since {
                answer.long_overdue += 1;
            } else {
                answer.needs.push(need_answer(open, need, at));
            }
        }
    }
    let soon = at.plus_us(SOON_US);
    answer.needs.sort_by_cached_key(|need| {
        let is_later = need.due.0 > soon;
        let gravest = Reverse((!is_later).then_some(need.severity.0));
        (is_later, gravest, need.due.0, need.seq, need.account.0.to_string())
    });
    answer
}

fn need_answer(open: &OpenIncident, need: &Need, at: Timestamp) -> NeedAnswer {
    NeedAnswer {
        incident: Name(open.incident.clone()),
        due: Time(need.due.at),
        minutes_left: need.due.at.as_us().saturating_sub(at.as_us()).div_euclid(MINUTE_US),
        severity: Word(need.severity),
        needs: need.says().to_owned(),
        who: Name(need.due.who.clone()),
        code: Name(need.code),
        name: rule(need.code).map_or("", |rule| rule.name),
        seq: need.seq,
        account: Name(need.account.clone()),
    }
}

impl From<&OpenIncident> for OpenIncidentAnswer {
    fn from(open: &OpenIncident) -> Self {
        let holders: Vec<String> = open.holders.iter().map(ToString::to_string).collect();
        Self {
            incident: Name(open.incident.clone()),
            began: Time(open.began),
            last: Time(open.last),
            entries: open.entries,
            response: holders.join(" "),
            next_due: open.needs.first().map(|need| Time(need.due.at)),
        }
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}
