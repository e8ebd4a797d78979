//! What turns, while the log grows and time passes: what comes to need somebody, whose limit passes, and what needs nobody
//! any more.
//!
//! # Promises
//! * The log is read again only when something was recorded; that a limit passes is found without reading.
//! * Each turn is given once, in the order in which the needs are listed.

use super::{IncidentError, NeedAnswer, NowAnswer, NowQuestion, Session, needed_at};
use crate::answer::{Name, Time, Word};
use crate::row::row;
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_core::vocabulary::Spelt;
use onus_query::flags::{Code, JudgedOn};
use onus_query::needs::OpenIncident;
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
    /// How many entries were read; `None` before the first time.
    size: Option<u64>,
    incidents: Vec<OpenIncident>,
    listed: BTreeMap<NeedKey, NeedAnswer>,
}

impl Session {
    /// Follows what needs somebody within so many minutes, from this moment on.
    #[must_use]
    pub fn follow_needs(&self, within_minutes: u32, who: Option<AgencyId>) -> NeedFollower<'_> {
        let question = NowQuestion { at: None, within_minutes, who };
        NeedFollower { session: self, question, size: None, incidents: Vec::new(), listed: BTreeMap::new() }
    }
}

impl NeedFollower<'_> {
    /// What turned since it was asked last; the first time, everything that is listed.
    pub fn turns(&mut self) -> Result<Vec<NeedChange>, IncidentError> {
        let reader = self.session.read()?;
        if self.size != Some(reader.size()) {
            self.incidents = self.session.open_incidents_of(&reader, None)?;
            self.size = Some(reader.size());
        }
        let now = self.session.ledger().machine().now();
        let NowAnswer { at, needs, .. } = needed_at(&self.incidents, &self.question, now);
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
        let still: BTreeSet<NeedKey> = if gone.is_empty() { BTreeSet::new() } else { self.keys() };
        // What is only too old to be listed has not ended.
        let ended = gone.into_iter().filter(|(key, _)| !still.contains(key)).map(|(_, need)| need);
        turns.extend(ended.map(|need| change(NeedTurn::Ended, need)));
        Ok(turns)
    }

    /// Every need there is, listed or not.
    fn keys(&self) -> BTreeSet<NeedKey> {
        let of = |open: &OpenIncident| {
            let key = |need: &onus_query::needs::Need| {
                (open.incident.clone(), need.code, need.seq, need.account.clone(), need.due.who.clone())
            };
            open.needs.iter().map(key).collect::<Vec<_>>()
        };
        self.incidents.iter().flat_map(of).collect()
    }
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
