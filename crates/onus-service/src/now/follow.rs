//! What turns, while the log grows and time passes: what comes to need somebody, whose limit passes, and what needs nobody
//! any more.
//!
//! # Promises
//! * The log is read again only when something was recorded; that a limit passes is found without reading.
//! * Each turn is given once, in the order in which the needs are listed.

use super::{IncidentError, NeedAnswer, NowAnswer, NowQuestion, Session, listed_since, needed_at};
use crate::answer::{Name, Time, Word};
use crate::row::row;
use onus_core::history::KnownBy;
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Spelt;
use onus_query::flags::{Code, JudgedOn};
use onus_query::incident::history;
use onus_query::needs::{Need, OpenIncident, Waiting, open_incident};
use onus_query::policy::Policies;
use onus_store::Reader;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How a need turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedTurn {
    /// It is listed for the first time.
    Came,
    /// Its limit passed.
    Passed,
    /// Nobody is needed for it any more.
    Ended,
}

impl Spelt for NeedTurn {
    const NAME: &'static str = "NeedTurn";
    const SPELLINGS: &'static [&'static str] = &["came", "passed", "ended"];
    fn spelling(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::Passed => "passed",
            Self::Ended => "ended",
        }
    }
}

/// A need that turned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NeedChange {
    /// When that was found.
    pub at: Time,
    /// `came`: it is listed for the first time; `passed`: its limit passed; `ended`: nobody is needed for it any more.
    pub turn: Word<NeedTurn>,
    /// The need; of one that ended, as it was last.
    #[serde(flatten)]
    pub need: NeedAnswer,
}

row!(NeedChange {
    at,
    turn,
    incident: need.incident,
    due: need.due,
    minutes_left: need.minutes_left,
    severity: need.severity,
    needs: need.needs,
    who: need.who,
    code: need.code,
    name: need.name,
    seq: need.seq,
    account: need.account,
});

/// One need, whatever the hour.
type NeedKey = (Incident, Code, Seq, JudgedOn, AgencyId);

/// Follows what needs somebody. See [`Session::follow_needs`].
#[derive(Debug)]
pub struct NeedFollower<'a> {
    session: &'a Session,
    question: NowQuestion,
    /// How many entries were read, and what waited then; `None` before the first time.
    read: Option<(u64, Waiting)>,
    listed: BTreeMap<NeedKey, NeedAnswer>,
}

impl Session {
    /// Follows what needs somebody within so many minutes, from this moment on.
    #[must_use]
    pub fn follow_needs(&self, within_minutes: u32, who: Option<AgencyId>) -> NeedFollower<'_> {
        let question = NowQuestion { at: None, within_minutes, who };
        NeedFollower { session: self, question, read: None, listed: BTreeMap::new() }
    }
}

impl NeedFollower<'_> {
    /// What turned since it was asked last; the first time, everything that is listed.
    pub fn turns(&mut self) -> Result<Vec<NeedChange>, IncidentError> {
        let reader = self.session.read()?;
        let now = self.session.ledger().machine().now();
        let since = listed_since(now);
        let read = self.read.take();
        let read = read.filter(|(size, waiting)| *size == reader.size() && waiting.since <= since);
        let read = match read {
            Some(read) => read,
            None => (reader.size(), self.session.waiting_at(&reader, None, since)?),
        };
        let (_, waiting) = self.read.insert(read);
        let NowAnswer { at, needs, .. } = needed_at(waiting, &self.question, now);
        let change = |turn, need| NeedChange { at, turn: Word(turn), need };
        let mut turns = Vec::new();
        let mut listed = BTreeMap::new();
        for need in needs {
            let key = key_of(&need);
            match self.listed.remove(&key) {
                None => turns.push(change(NeedTurn::Came, need.clone())),
                Some(before) if before.minutes_left >= 0 && need.minutes_left < 0 => {
                    turns.push(change(NeedTurn::Passed, need.clone()));
                }
                Some(_) => {}
            }
            listed.insert(key, need);
        }
        let gone = std::mem::replace(&mut self.listed, listed);
        let still = if gone.is_empty() { BTreeSet::new() } else { keys(&waiting.incidents) };
        for (key, need) in gone {
            // What is only too old to be listed has not ended.
            if !still.contains(&key) && !waits_unlisted(&reader, waiting, &key)? {
                turns.push(change(NeedTurn::Ended, need));
            }
        }
        Ok(turns)
    }
}

/// Whether something waits in an incident of which the views only count what is needed.
fn waits_unlisted(reader: &Reader, waiting: &Waiting, key: &NeedKey) -> Result<bool, IncidentError> {
    let incident = &key.0;
    let all_are_listed = waiting.since == Timestamp::MIN;
    if all_are_listed || waiting.incidents.iter().any(|open| open.incident == *incident) {
        return Ok(false);
    }
    let policies = Policies::read(reader, KnownBy::default())?;
    let open = open_incident(&history(reader, incident)?, &policies);
    Ok(open.is_some_and(|open| keys(&[open]).contains(key)))
}

/// Every need that is listed, whenever it is or was due.
fn keys(incidents: &[OpenIncident]) -> BTreeSet<NeedKey> {
    let of = |open: &OpenIncident| {
        let key = |need: &Need| {
            (open.incident.clone(), need.code, need.seq, need.account.clone(), need.due.who.clone())
        };
        open.needs.iter().map(key).collect::<Vec<_>>()
    };
    incidents.iter().flat_map(of).collect()
}

fn key_of(need: &NeedAnswer) -> NeedKey {
    let NeedAnswer {
        incident: Name(incident),
        code: Name(code),
        seq,
        account: Name(account),
        who: Name(who),
        ..
    } = need;
    (incident.clone(), *code, *seq, account.clone(), who.clone())
}
