//! A case written by hand, in TOML: a header said once, then its events, expanded to drafts.
//!
//! Promise: the same case makes the same drafts under the same ids; every fault of every event is named with its
//! line; nothing is read from a clock, and what the case does not say is not invented.

use crate::case::header::Header;
use crate::tree::{self, Item, MappingError, Node};
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::EventId;
use onus_core::record::Draft;
use onus_core::time::Timestamp;
use serde_json::{Map, Value};

mod header;

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
pub fn expand(toml: &str) -> Result<Vec<CaseDraft>, CaseError> {
    let one = |error: MappingError| CaseError(vec![error.to_string()]);
    let root = tree::parse(toml).map_err(one)?;
    let Item::Table(entries) = &root.item else { return Ok(Vec::new()) };
    let mut faults = Vec::new();
    let header = Header::read(&root, &mut faults);
    let mut drafts: Vec<(Timestamp, CaseDraft)> = Vec::new();
    let ids = CaseIds::of(toml);
    let events = events(entries, &mut faults);
    for (index, node) in (1..).zip(events) {
        let Some(json) = header.complete(node, ids.id(index), &mut faults) else { continue };
        let json = Value::Object(json).to_string();
        match Draft::parse(json.as_bytes()) {
            Ok(draft) => {
                let at = draft.common.entered_at.unwrap_or(draft.common.occurred_at);
                drafts.push((at, CaseDraft { line: node.line, json }));
            }
            Err(error) => {
                let place = |fault: String| format!("line {}: {fault}", node.line);
                faults.extend(error.faults().into_iter().map(place));
            }
        }
    }
    if !faults.is_empty() {
        return Err(CaseError(faults));
    }
    drafts.sort_by_key(|(at, _)| *at);
    Ok(drafts.into_iter().map(|(_, draft)| draft).collect())
}

fn events<'n>(entries: &'n [(String, Node)], faults: &mut Vec<String>) -> &'n [Node] {
    match entries.iter().find(|(name, _)| name == "event") {
        Some((_, Node { item: Item::List(events), .. })) => events,
        Some((_, node)) => {
            faults.push(format!("line {}: event: expected [[event]], a table for each event", node.line));
            &[]
        }
        None => {
            faults.push("line 1: expected at least one [[event]]; `onus new KIND` prints one".into());
            &[]
        }
    }
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

    fn id(&self, index: u64) -> Option<EventId> {
        let mut input = blake3::Hasher::new_keyed(&self.key);
        input.update(self.text.as_bytes()).update(&index.to_le_bytes());
        let hash = input.finalize();
        let (bytes, _) = hash.as_bytes().split_first_chunk::<16>()?;
        EventId::from_bytes(uuid::Builder::from_custom_bytes(*bytes).into_uuid().into_bytes())
    }
}

/// A value of TOML as a draft's JSON.
fn json(node: &Node) -> Option<Value> {
    Some(match &node.item {
        Item::Text(text) => Value::from(text.as_str()),
        Item::Whole(whole) => i64::try_from(*whole).ok()?.into(),
        Item::Bool(value) => (*value).into(),
        Item::List(items) => items.iter().map(json).collect::<Option<Vec<_>>>()?.into(),
        Item::Table(entries) => {
            let member = |(name, node): &(String, Node)| Some((name.clone(), json(node)?));
            entries.iter().map(member).collect::<Option<Map<_, _>>>()?.into()
        }
        Item::Other => return None,
    })
}
