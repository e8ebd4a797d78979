//! What a case says once: who acts, where, on which day, from which source; and an event completed by it.

use super::json;
use crate::tree::{Item, Node};
use onus_core::ids::EventId;
use onus_core::nearest::nearest;
use serde_json::{Map, Value, json};

/// What may stand at the top of a case.
const KEYS: &[&str] = &[
    "agency",
    "role",
    "staff",
    "people",
    "incident",
    "date",
    "zone",
    "entered",
    "asserted_by",
    "subject",
    "location",
    "system",
    "reference",
    "retold",
    "regime",
    "event",
];

/// What an event may say in a case's own words, beside the fields of a draft.
const BY: &str = "by";
const AT: &str = "at";

/// The header of a case.
pub(super) struct Header(Map<String, Value>);

impl Header {
    /// Reads what is known, and says what is not.
    pub(super) fn read(root: &Node, faults: &mut Vec<String>) -> Self {
        let mut known = Map::new();
        let Item::Table(entries) = &root.item else { return Self(known) };
        for (name, node) in entries.iter().filter(|(name, _)| name != "event") {
            if KEYS.contains(&name.as_str()) {
                match json(node) {
                    Some(value) => drop(known.insert(name.clone(), value)),
                    None => faults.push(format!("line {}: {name}: write it as a string", node.line)),
                }
            } else {
                // What is not known is not repeated: it may be personal text in the wrong place.
                let near = nearest(KEYS, name).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
                let known = KEYS.join(", ");
                faults.push(format!("line {}: this key is not known{near}; known: {known}", node.line));
            }
        }
        Self(known)
    }

    /// An event as a draft: its own members, and the header's where it says nothing.
    pub(super) fn complete(
        &self,
        node: &Node,
        id: Option<EventId>,
        faults: &mut Vec<String>,
    ) -> Option<Map<String, Value>> {
        let Some(Value::Object(mut event)) = json(node) else {
            faults.push(format!(
                "line {}: expected a table whose dates are strings and whose numbers are whole",
                node.line
            ));
            return None;
        };
        let mut refuse = |problem: String| faults.push(format!("line {}: {problem}", node.line));
        if let Some(at) = event.remove(AT) {
            match self.instant(&at) {
                Ok(instant) => self.set_times(&mut event, instant),
                Err(problem) => refuse(format!("at: {problem}")),
            }
        }
        let by = event.remove(BY);
        if !event.contains_key("actor") {
            match self.actor(by.as_ref()) {
                Ok(actor) => drop(actor.map(|actor| event.insert("actor".into(), actor))),
                Err(problem) => refuse(format!("by: {problem}")),
            }
        }
        for name in ["incident", "asserted_by", "regime"] {
            if let (Some(value), false) = (self.0.get(name), event.contains_key(name)) {
                event.insert(name.into(), value.clone());
            }
        }
        for name in ["subject", "location"] {
            if let (Some(value), false) = (self.0.get(name), event.contains_key(name)) {
                event.insert(name.into(), identifier(value));
            }
        }
        if !event.contains_key("source") {
            event.insert("source".into(), self.source());
        }
        if let (Some(id), false) = (id, event.contains_key("event_id")) {
            event.insert("event_id".into(), id.to_string().into());
        }
        Some(event)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn set_times(&self, event: &mut Map<String, Value>, instant: String) {
        if self.0.get("entered") == Some(&Value::Bool(true)) && !event.contains_key("entered_at") {
            event.insert("entered_at".into(), instant.clone().into());
        }
        event.insert("occurred_at".into(), instant.into());
    }

    /// `02:05` on the case's day, `+1 02:05` on the next one, in its zone.
    fn instant(&self, at: &Value) -> Result<String, &'static str> {
        const FORM: &str =
            "expected a time of the case's day such as \"02:05\", or of a later one: \"+1 02:05\"";
        let at = at.as_str().ok_or(FORM)?;
        let (days, time) = match at.strip_prefix('+').and_then(|rest| rest.split_once(' ')) {
            Some((days, time)) => (days.parse::<i64>().map_err(|_| FORM)?, time),
            None => (0, at),
        };
        let day = self.day().ok_or("the case says no day: write date = \"2026-01-31\" at its top")?;
        let day = day.checked_add(jiff::Span::new().try_days(days).map_err(|_| FORM)?).map_err(|_| FORM)?;
        let zone = match self.text("zone") {
            None | Some("Europe/London") => "",
            Some(zone) => zone,
        };
        Ok(format!("{day}T{time}{zone}"))
    }

    /// The case's date, or that of its incident.
    fn day(&self) -> Option<jiff::civil::Date> {
        let of_incident = || self.text("incident").and_then(|incident| incident.split('/').nth(1));
        self.text("date").or_else(of_incident)?.parse().ok()
    }

    fn actor(&self, by: Option<&Value>) -> Result<Option<Value>, &'static str> {
        let people = self.0.get("people").and_then(Value::as_object);
        let Some(by) = by else {
            let Some(agency) = self.0.get("agency") else { return Ok(None) };
            let mut actor = json!({ "agency": agency, "role": self.0.get("role") });
            add_staff(&mut actor, self.0.get("staff"));
            return Ok(Some(actor));
        };
        let name = by.as_str().unwrap_or_default();
        let mut actor =
            people.and_then(|people| people.get(name)).cloned().ok_or("expected a name of [people]")?;
        if let (Some(person), Some(agency)) = (actor.as_object_mut(), self.0.get("agency")) {
            person.entry("agency").or_insert_with(|| agency.clone());
        }
        let staff = actor.get("staff").cloned();
        add_staff(&mut actor, staff.as_ref());
        Ok(Some(actor))
    }

    fn source(&self) -> Value {
        let mut source = Map::new();
        source.insert("system".into(), self.0.get("system").cloned().unwrap_or_else(|| "by-hand".into()));
        for name in ["reference", "retold"] {
            if let Some(value) = self.0.get(name) {
                source.insert(name.into(), value.clone());
            }
        }
        source.into()
    }
}

fn add_staff(actor: &mut Value, staff: Option<&Value>) {
    if let (Some(actor), Some(staff)) = (actor.as_object_mut(), staff) {
        actor.insert("staff".into(), identifier(staff));
    }
}

/// A token as it is; any other string as an identifier that the ledger turns into one.
fn identifier(value: &Value) -> Value {
    const TOKEN_DIGITS: usize = 32;
    match value.as_str() {
        Some(text) if text.len() != TOKEN_DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            json!({ "id": text })
        }
        _ => value.clone(),
    }
}
