//! A case written by hand: a header in TOML said once, then its events, as tables or as lines, expanded to drafts.
//!
//! Promise: the same case makes the same drafts under the same ids, and an event makes the same draft whether it is a
//! table or a line; every fault of every event is named with its line, of a line with its column; nothing is read from a
//! clock, and what the case does not say is not invented.

use crate::case::fault::Fault;
use crate::case::header::Header;
use crate::case::labels::Labels;
use crate::case::statement::Statement;
use onus_core::blame::{Blame, Blamed};
use onus_core::draft::DraftError;
use onus_core::ids::EventId;
use onus_core::record::Draft;
use onus_core::time::Timestamp;
use onus_core::toml_file::{self, Item, Node, TomlFault};
use serde_json::Value;

mod fault;
mod header;
mod labels;
mod say;
mod statement;
mod templates;
mod value;
mod words;

pub use say::{CaseLine, say};
pub use templates::{template, template_title};

/// Ends the header, and begins the lines.
const LINES_BEGIN: &str = "---";

/// One draft of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseDraft {
    /// The line on which its event begins, from 1.
    pub line: usize,
    /// The draft, one JSON object.
    pub json: String,
}

/// Everything that is wrong with a case. None of it was expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct CaseError(Vec<String>);

impl CaseError {
    /// Every fault: its line, what is wrong, and what would be accepted.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.0
    }
}

impl Blamed for CaseError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// Expands a case to drafts, in the order in which they were entered.
pub fn expand(case: &str) -> Result<Vec<CaseDraft>, CaseError> {
    let (toml, lines) = apart(case);
    let root = toml_file::parse(&toml).map_err(|fault| CaseError(vec![with_cure(case, &fault)]))?;
    let Item::Table(entries) = &root.item else { return Ok(Vec::new()) };
    let mut faults = Vec::new();
    let header = Header::read(&root, &mut faults);
    let mut statements = of_tables(entries, lines.is_empty(), &mut faults);
    let tables = statements.len();
    let of_line = |(number, text): &(usize, &str)| Statement::of_line(*number, text, &header, &mut faults);
    statements.extend(lines.iter().filter_map(of_line).collect::<Vec<_>>());
    if statements.is_empty() && faults.is_empty() {
        faults.push(Fault::on(1, NO_EVENT));
    }
    header.check_silent(&root, &statements, &mut faults);
    let (ids, mut labels) = (CaseIds::of(case), Labels::default());
    let ids: Vec<Option<EventId>> =
        (1..).zip(&statements).map(|(index, said)| ids.of_event(index, said)).collect();
    for (statement, id) in statements.iter_mut().zip(&ids) {
        labels.take(statement, *id, &mut faults);
    }
    let mut drafts: Vec<(Timestamp, CaseDraft)> = Vec::new();
    let mut line_above = None;
    for (index, (mut statement, id)) in statements.into_iter().zip(ids).enumerate() {
        if !statement.is_readable {
            continue;
        }
        labels.resolve(&mut statement, &mut faults);
        let json = Value::Object(header.complete(&statement, id, &mut faults)).to_string();
        match Draft::parse(json.as_bytes()) {
            Ok(draft) => {
                let entered = draft.common.entered_at.unwrap_or(draft.common.occurred_at);
                if index >= tables && line_above.replace(entered).is_some_and(|above| entered < above) {
                    faults.push(statement.fault("at", EARLIER));
                }
                drafts.push((entered, CaseDraft { line: statement.line, json }));
            }
            Err(DraftError::Fields(wrong)) => {
                faults.extend(wrong.iter().map(|fault| statement.fault(&fault.path, &fault.problem)));
            }
            Err(error) => faults.push(statement.fault("the draft", &error.to_string())),
        }
    }
    if !faults.is_empty() {
        faults.sort();
        return Err(CaseError(faults.iter().map(ToString::to_string).collect()));
    }
    drafts.sort_by_key(|(at, _)| *at);
    Ok(drafts.into_iter().map(|(_, draft)| draft).collect())
}

const NO_EVENT: &str = "expected at least one event: [[event]], which `onus new KIND` prints, or a line `---` and after it lines such as 02:05 decided no_deploy";
const EARLIER: &str = "this is before the line above; lines are in the order in which they were entered: write `+1 02:05` for the next day, or state entered_at where it was entered later";

/// The header and its tables, and the lines after it, each with its number. The header keeps its line numbers.
fn apart(case: &str) -> (String, Vec<(usize, &str)>) {
    let mut lines = (1..).zip(case.lines());
    let toml: Vec<&str> =
        lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim_end() != LINES_BEGIN).collect();
    (toml.join("\n"), lines.collect())
}

/// A fault of the header, and what to do where it holds a line.
fn with_cure(case: &str, fault: &TomlFault) -> String {
    let begins_with_a_time = |line: usize| {
        let line = case.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        line.split_whitespace()
            .any(|word| word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()))
    };
    if begins_with_a_time(fault.line) {
        format!("{fault}; lines come after the header and a line `{LINES_BEGIN}`")
    } else {
        fault.to_string()
    }
}

fn of_tables(entries: &[(String, Node)], is_needed: bool, faults: &mut Vec<Fault>) -> Vec<Statement> {
    let events = match entries.iter().find(|(name, _)| name == "event") {
        Some((_, Node { item: Item::List(events), .. })) => events.as_slice(),
        Some((_, node)) => {
            faults.push(Fault::on(node.line, "event: expected [[event]], a table for each event"));
            &[]
        }
        None if is_needed => {
            faults.push(Fault::on(1, NO_EVENT));
            &[]
        }
        None => &[],
    };
    let statement = |node: &Node| {
        if let Some(Value::Object(event)) = node.json() {
            return Some(Statement::of_table(node.line, event));
        }
        let says = "expected a table whose dates are strings and whose numbers are whole";
        faults.push(Fault::on(node.line, says));
        None
    };
    events.iter().filter_map(statement).collect()
}

/// The ids of a case's events: UUIDs of version 8 from the first 16 bytes of BLAKE3 `keyed_hash`, whose key is
/// `derive_key("onus 2026-12 event id of a case", "")`, over the BLAKE3 hash of the case's text and the event's number
/// from 1 as `u64`, little-endian.
struct CaseIds {
    key: [u8; 32],
    text: blake3::Hash,
}

impl CaseIds {
    fn of(toml: &str) -> Self {
        Self {
            key: blake3::derive_key("onus 2026-12 event id of a case", b""),
            text: blake3::hash(toml.as_bytes()),
        }
    }

    /// The id that an event states, or the one that goes with its place.
    fn of_event(&self, index: u64, statement: &Statement) -> Option<EventId> {
        match statement.event.get("event_id") {
            Some(stated) => stated.as_str().and_then(EventId::parse),
            None => self.id(index),
        }
    }

    fn id(&self, index: u64) -> Option<EventId> {
        let mut input = blake3::Hasher::new_keyed(&self.key);
        input.update(self.text.as_bytes()).update(&index.to_le_bytes());
        let hash = input.finalize();
        let (bytes, _) = hash.as_bytes().split_first_chunk::<16>()?;
        EventId::from_bytes(uuid::Builder::from_custom_bytes(*bytes).into_uuid().into_bytes())
    }
}
