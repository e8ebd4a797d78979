//! What is found in an evidence file: by `onus check` and by the viewer alike.

use super::manifest::Manifest;
use onus_core::field_no::FieldNo;
use onus_core::seq::Seq;
use onus_query::handover::CounterSignature;

/// A finding. What was not checked is never taken to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was checked, and holds.
    Holds,
    /// It was checked, and does not hold.
    Fails,
    /// It was not checked; the reason says what it would take.
    Open,
}

impl State {
    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "does not hold",
            Self::Open => "not checked",
        }
    }
}

/// One check of the whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name, the same as in the viewer: `checkpoint`, `witnesses`, `schema`, `support`, `manifest`, `whole`.
    pub id: &'static str,
    /// The finding.
    pub state: State,
    /// Why, in a sentence.
    pub reason: String,
}

/// What is found of one sealed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextFinding {
    /// It was opened for this file: the commitment fits its key, and this is what was sealed.
    Opened(String),
    /// It was not; the ground, as a code.
    Withheld(String),
    /// Neither can be said of it.
    Bad(String),
}

/// One sealed text of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The field's number within the record.
    pub field: FieldNo,
    /// Its length in Unicode scalar values, as the entry states it.
    pub chars: u32,
    /// The finding.
    pub finding: TextFinding,
}

/// One entry of the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryVerdict {
    /// Its place in the ledger, as the file states it.
    pub seq: Seq,
    /// Its number within the incident, if it can be read.
    pub version: Option<u32>,
    /// Its kind's name, if that is known.
    pub kind: Option<&'static str>,
    /// The finding.
    pub state: State,
    /// What does not hold; empty if nothing.
    pub reasons: Vec<String>,
    /// Its sealed texts.
    pub texts: Vec<Text>,
    /// What the note of an answer to an offer is worth, by the keys that the ledger registered. An answer that is
    /// asserted alone is what it was recorded as, and no fault of the file.
    pub signature: Option<CounterSignature>,
}

/// Everything that is found in one evidence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The incident, as the file states it.
    pub incident: String,
    /// The checks of the whole file.
    pub checks: Vec<Check>,
    /// The entries.
    pub entries: Vec<EntryVerdict>,
    /// What the exporter states, if it can be read.
    pub manifest: Option<Manifest>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
    /// Whether the viewer inside the file is the one of this release. It was not run.
    pub is_own_viewer: bool,
}

impl Verdict {
    /// The verdict on the whole. A witness whose key nobody brought is no condition.
    #[must_use]
    pub fn state(&self) -> State {
        let checks = self
            .checks
            .iter()
            .filter(|check| check.id != "witnesses" || check.state == State::Fails)
            .map(|check| check.state);
        let states: Vec<State> = checks.chain(self.entries.iter().map(|entry| entry.state)).collect();
        if states.contains(&State::Fails) {
            State::Fails
        } else if states.contains(&State::Open) || self.entries.is_empty() {
            State::Open
        } else {
            State::Holds
        }
    }

    /// Where it is not known whose checkpoint it is, nothing under it is taken to hold.
    pub(super) fn rest_on_checkpoint(&mut self) {
        let stands =
            |checks: &[Check]| checks.iter().any(|c| c.id == "checkpoint" && c.state == State::Holds);
        if stands(&self.checks) {
            return;
        }
        for check in self.checks.iter_mut().filter(|check| check.state == State::Holds) {
            check.state = State::Open;
            check.reason.push_str(" This rests on the checkpoint, which was not checked.");
        }
        for entry in self.entries.iter_mut().filter(|entry| entry.state == State::Holds) {
            entry.state = State::Open;
        }
    }
}
