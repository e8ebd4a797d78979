//! The reasons and recipients that lines of the access ledger give: opened as a reading of their own.

use super::AccessError;
use crate::labels::text_label;
use crate::row::Cell;
use crate::session::Session;
use onus_core::code::Code;
use onus_core::kinds::Kind;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_ledger::{AccessLine, EntryTexts, RevealRequest};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many lines' reasons are opened at once: one reading has to name them all.
const LINES_MAX: usize = 1_000;

/// That the reasons are opened too, and why.
#[derive(Debug)]
pub struct ReasonsRequest {
    /// Why they are opened.
    pub why: Plain,
    /// For which purpose, where restrictions and reading rights ask for one.
    pub purpose: Option<Code>,
}

/// The reasons that a line gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum LineReasons {
    /// How many there are, closed: `[2 sealed]`.
    Sealed(String),
    /// Each with what it is: `Why: audit 2026/7`.
    Opened(Vec<String>),
}

impl Cell for LineReasons {
    fn cell(&self) -> String {
        match self {
            Self::Sealed(words) => words.clone(),
            Self::Opened(texts) => texts.cell(),
        }
    }
}

/// What was opened, by line.
pub(super) type Reasons = BTreeMap<Seq, Vec<String>>;

impl Session {
    /// Opens the texts of these lines: the access ledger has that first.
    pub(super) fn open_reasons(
        &self,
        request: &ReasonsRequest,
        lines: &[AccessLine],
    ) -> Result<Reasons, AccessError> {
        self.identity()?;
        let wanted: Vec<EntryTexts> = lines
            .iter()
            .filter(|line| !line.texts.is_empty())
            .map(|line| EntryTexts { seq: line.seq, fields: Vec::new() })
            .collect();
        if wanted.len() > LINES_MAX {
            return Err(AccessError::TooMany { found: wanted.len(), max: LINES_MAX });
        }
        let reveal = RevealRequest { why: &request.why, purpose: request.purpose.clone() };
        let kinds: BTreeMap<Seq, Kind> = lines.iter().map(|line| (line.seq, line.kind)).collect();
        let mut reasons = Reasons::new();
        for one in self.keys()?.reveal_access(self.caller(), &reveal, &wanted)? {
            let kind = kinds.get(&one.seq).copied().unwrap_or(Kind::TextRevealed);
            let text =
                one.text.map_or_else(|why| format!("[sealed; {why}]"), |text| text.expose().to_owned());
            let reason = format!("{}: {text}", text_label(kind, one.field));
            reasons.entry(one.seq).or_default().push(reason);
        }
        Ok(reasons)
    }
}
