//! The access ledger: who read, exported, disclosed or erased what, how often, and whether it fits the ledger.
//!
//! Promise: the reasons and recipients in it are opened only as a reading of their own, which it has first.

mod reasons;

use crate::answer::{Name, Time, Word};
use crate::labels;
use crate::row::{Cell, Row, row};
use crate::session::{Session, threads};
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::ids::{Incident, Token};
use onus_core::seq::Seq;
use onus_core::vocabulary::Regime;
use onus_ledger::{AccessFilter, AccessLine, Named, OpenError, RevealError};
use onus_store::{Verdict, VerifyError};
use reasons::Reasons;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

pub use reasons::{LineReasons, ReasonsRequest};

/// What a name is shown as where it is not in clear.
const SEALED: &str = "[sealed]";

/// One line of the access ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AccessRecord {
    /// Its number in the access ledger.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// When it was recorded, by the ledger's clock.
    pub recorded_at: Time,
    /// What happened: `TextRevealed`, `Exported`, `Disclosed`, `PersonalDataErased`, `DataCombined`.
    pub event: &'static str,
    /// Who did it.
    pub who: String,
    /// On which operating-system account; `[sealed]` where its name is not a code.
    pub account: Option<String>,
    /// On which host.
    pub host: Option<String>,
    /// The incident concerned, or agency, day and `export` or `access`.
    pub incident: Option<Name<Incident>>,
    /// The subject concerned, where one is named.
    pub subject: Option<Name<Token>>,
    /// The entries touched, or how many where they are not named.
    pub entries: EntriesTouched,
    /// How many texts.
    pub texts: u64,
    /// The purpose, ground, basis or format stated.
    #[serde(rename = "for")]
    pub what_for: Option<Name<Code>>,
    /// The version of the reading rights that were applied.
    pub rights: Option<Name<Code>>,
    /// Under which regime.
    pub regime: Word<Regime>,
    /// Whether the law asks for the line (`required`) or a policy (`policy`).
    pub label: &'static str,
    /// Where that is written.
    pub citation: String,
    /// The reasons and recipients given; null where there are none.
    pub reasons: Option<LineReasons>,
}

/// The entries that a line is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum EntriesTouched {
    /// Their numbers.
    Named(#[schemars(with = "Vec<u64>")] Vec<Seq>),
    /// How many.
    Count(u64),
}

impl Cell for EntriesTouched {
    fn cell(&self) -> String {
        match self {
            Self::Named(seqs) => seqs.cell(),
            Self::Count(count) => count.cell(),
        }
    }
}

impl Row for AccessRecord {
    const COLUMNS: &'static [&'static str] = &[
        "seq",
        "recorded_at",
        "event",
        "who",
        "account",
        "host",
        "incident",
        "subject",
        "entries",
        "texts",
        "for",
        "rights",
        "regime",
        "label",
        "citation",
        "reasons",
    ];

    fn cells(&self) -> Vec<String> {
        self.each(|cell| cell.cell())
    }

    fn shown(&self) -> Vec<String> {
        self.each(|cell| cell.shown())
    }
}

impl AccessRecord {
    pub(crate) fn of(line: &AccessLine, reasons: Option<Vec<String>>) -> Self {
        let seqs: Vec<Seq> = line.entries.iter().map(|one| one.seq).collect();
        Self {
            seq: line.seq,
            recorded_at: Time(line.recorded_at),
            event: line.kind.name(),
            who: labels::person(&line.who),
            account: line.account.as_ref().map(name),
            host: line.host.as_ref().map(name),
            incident: line.incident.clone().map(Name),
            subject: line.subject.map(Name),
            entries: match seqs.as_slice() {
                [] => EntriesTouched::Count(line.counts.0),
                _ => EntriesTouched::Named(seqs),
            },
            texts: line.counts.1,
            what_for: line.what_for.clone().map(Name),
            rights: line.rights.clone().map(Name),
            regime: Word(line.regime),
            label: line.label.as_str(),
            citation: line.citation.clone(),
            reasons: match reasons {
                Some(opened) => Some(LineReasons::Opened(opened)),
                None if line.texts.is_empty() => None,
                None => Some(LineReasons::Sealed(format!("[{} sealed]", line.texts.len()))),
            },
        }
    }

    fn each(&self, text: fn(&dyn Cell) -> String) -> Vec<String> {
        let cells: [&dyn Cell; 16] = [
            &self.seq,
            &self.recorded_at,
            &self.event,
            &self.who,
            &self.account,
            &self.host,
            &self.incident,
            &self.subject,
            &self.entries,
            &self.texts,
            &self.what_for,
            &self.rights,
            &self.regime,
            &self.label,
            &self.citation,
            &self.reasons,
        ];
        cells.into_iter().map(text).collect()
    }
}

fn name(name: &Named) -> String {
    match name {
        Named::Clear(code) => code.to_string(),
        Named::Sealed => SEALED.to_owned(),
    }
}

/// How often somebody did something, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AccessCount {
    /// Whether the law asks for the lines (`required`) or a policy (`policy`).
    pub label: &'static str,
    /// What was done.
    pub event: &'static str,
    /// By whom.
    pub who: String,
    /// On which account, `@` host; empty where none is stated.
    pub account: String,
    /// The purpose, ground, basis or format stated; empty for none.
    #[serde(rename = "for")]
    pub what_for: String,
    /// Where the label is written.
    pub citation: String,
    /// How many lines.
    pub times: u64,
    /// How many entries they touch.
    pub entries: u64,
    /// How many texts.
    pub texts: u64,
}

impl Row for AccessCount {
    const COLUMNS: &'static [&'static str] =
        &["label", "event", "who", "account", "for", "citation", "times", "entries", "texts"];

    fn cells(&self) -> Vec<String> {
        let cells: [&dyn Cell; 9] = [
            &self.label,
            &self.event,
            &self.who,
            &self.account,
            &self.what_for,
            &self.citation,
            &self.times,
            &self.entries,
            &self.texts,
        ];
        cells.into_iter().map(Cell::cell).collect()
    }

    fn shown(&self) -> Vec<String> {
        self.cells()
    }
}

/// Whether the access ledger is whole, and fits the ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AccessCheck {
    /// Whether its bytes are what was written.
    pub sound: bool,
    /// Whether the two ledgers agree.
    pub fits_the_ledger: bool,
    /// How many lines there are.
    pub lines: u64,
    /// How many entries the access ledger has.
    pub size: u64,
    /// The RFC 6962 root over them, in hex digits.
    pub root: String,
    /// The chain link after the last one, in hex digits.
    pub last_link: String,
    /// What does not fit, in words.
    pub mismatches: Vec<String>,
    /// Lines of erasures that were asked for and not carried out.
    #[schemars(with = "Vec<u64>")]
    pub not_carried_out: Vec<Seq>,
    /// Files that say who may do what, and that the account at work can change.
    pub changeable_by_this_account: Vec<String>,
    /// What was found in the bytes.
    #[serde(skip)]
    pub verdict: Verdict,
}

row!(AccessCheck { sound, fits_the_ledger, lines, size, root, last_link, mismatches, not_carried_out });

/// Why the access ledger did not answer. Nothing was opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// A ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// More lines than one reading can name.
    #[error("{found} lines have reasons; at most {max} are opened at once")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many one reading may name.
        max: usize,
    },
    /// The reasons were not opened; it says who must act.
    #[error(transparent)]
    Reveal(#[from] RevealError),
    /// The check could not be made; it says nothing about the access ledger.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

impl Blamed for AccessError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::TooMany { .. } => Blame::Caller,
            Self::Reveal(e) => e.blame(),
            Self::Verify(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::TooMany { .. } => Some("narrow the question, to a shorter time for instance".into()),
            Self::Reveal(e) => e.hint(),
            Self::Verify(e) => e.hint(),
        }
    }
}

impl Session {
    /// The lines that a filter lets through, with their reasons where those are asked for.
    pub fn access_lines(
        &self,
        filter: &AccessFilter,
        reasons: Option<&ReasonsRequest>,
    ) -> Result<Vec<AccessRecord>, AccessError> {
        let lines = self.ledger().access_lines(filter)?;
        let mut opened = match reasons {
            Some(request) => self.open_reasons(request, &lines)?,
            None => Reasons::new(),
        };
        Ok(lines.iter().map(|line| AccessRecord::of(line, opened.remove(&line.seq))).collect())
    }

    /// How often who did what, for what, of the lines that a filter lets through.
    pub fn access_report(&self, filter: &AccessFilter) -> Result<Vec<AccessCount>, AccessError> {
        Ok(counted(&self.ledger().access_lines(filter)?))
    }

    /// Reads every byte of the access ledger again, and compares it with the ledger.
    pub fn check_access(&self, progress: &dyn Fn(u64, u64)) -> Result<AccessCheck, AccessError> {
        let verdict = self.ledger().access().verify(threads(), progress)?;
        let compared = self.ledger().compare_access()?;
        Ok(AccessCheck {
            sound: verdict.is_sound(),
            fits_the_ledger: compared.mismatches.is_empty(),
            lines: compared.lines,
            size: verdict.size,
            root: verdict.root.to_string(),
            last_link: verdict.last_link.to_string(),
            mismatches: compared.mismatches.iter().map(ToString::to_string).collect(),
            not_carried_out: compared.not_carried_out,
            changeable_by_this_account: compared.changeable,
            verdict,
        })
    }
}

/// Label, event, who, account, what for, citation.
type Counted = (&'static str, &'static str, String, String, String, String);

/// How often who did what, for what, under which label.
pub(crate) fn counted(lines: &[AccessLine]) -> Vec<AccessCount> {
    let mut counts: BTreeMap<Counted, [u64; 3]> = BTreeMap::new();
    for line in lines {
        let account = match (&line.account, &line.host) {
            (None, None) => String::new(),
            (account, host) => {
                let shown = |of: &Option<Named>| of.as_ref().map(name).unwrap_or_default();
                format!("{}@{}", shown(account), shown(host))
            }
        };
        let what_for = line.what_for.as_ref().map(ToString::to_string).unwrap_or_default();
        let who = labels::person(&line.who);
        let key = (line.label.as_str(), line.kind.name(), who, account, what_for, line.citation.clone());
        let [times, entries, texts] = counts.entry(key).or_default();
        *times += 1;
        *entries += line.counts.0;
        *texts += line.counts.1;
    }
    let counts = counts.into_iter();
    counts
        .map(|((label, event, who, account, what_for, citation), [times, entries, texts])| AccessCount {
            label,
            event,
            who,
            account,
            what_for,
            citation,
            times,
            entries,
            texts,
        })
        .collect()
}
