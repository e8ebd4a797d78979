//! The members of a stated body, each by its path, and how two bodies differ: `thresholds.tell_minutes`,
//! `authority[0].role`, `limits.call_back_minutes`, `question_sets`.
//!
//! Promise: lists of plain values stay whole, and what is not stated has no member.

use crate::row::{Cell, row};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A member that two bodies state otherwise; null where one does not state it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// Its path.
    pub member: String,
    /// What the first states.
    pub before: Stated,
    /// What the second states.
    pub after: Stated,
}

/// The value of a member; null where it is not stated, for which people see a dash.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Stated(pub Value);

impl Cell for Stated {
    fn cell(&self) -> String {
        cell(&self.0)
    }

    fn shown(&self) -> String {
        if self.0.is_null() { "—".into() } else { self.cell() }
    }
}

row!(Difference { member, before, after });

/// Members that differ, by name.
#[must_use]
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let (before, after) = (flat(before), flat(after));
    let mut members: Vec<&String> = before.keys().chain(after.keys()).collect();
    members.sort_unstable();
    members.dedup();
    members
        .into_iter()
        .filter(|member| before.get(*member) != after.get(*member))
        .map(|member| {
            let of =
                |side: &BTreeMap<String, Value>| Stated(side.get(member).cloned().unwrap_or(Value::Null));
            Difference { member: member.clone(), before: of(&before), after: of(&after) }
        })
        .collect()
}

/// Every member that is stated.
#[must_use]
pub fn flat(body: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    walk(body, String::new(), &mut found);
    found
}

fn walk(value: &Value, path: String, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(member, path, found);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (at, item) in items.iter().enumerate() {
                if let Some((name, value)) = named_limit(item) {
                    found.entry(format!("{path}.{name}")).or_insert_with(|| value.clone());
                    continue;
                }
                walk(item, format!("{path}[{}]", row_name(item, at)), found);
            }
        }
        plain => {
            found.insert(path, plain.clone());
        }
    }
}

/// A limit by name is a member of that name, as in a file. Of two with one name the first counts.
fn named_limit(item: &Value) -> Option<(&str, &Value)> {
    Some((item.get("limit")?.as_str()?, item.get("value")?))
}

/// A row of a list goes by its grade, where it has one, so that it is compared with the same grade's.
fn row_name(item: &Value, at: usize) -> String {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    match (text("level"), text("local_code")) {
        (Some(level), Some(code)) => format!("{level} {code}"),
        (Some(level), None) => level.to_owned(),
        (None, _) => at.to_string(),
    }
}

/// Lists with commas between, nothing for what is not stated.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
