//! Labels: names that a case gives to its events, so that others can refer to them without an id.
//!
//! Promise: where a field names an event, a label becomes that event's id, and one that nothing has is a fault.

use super::fault::Fault;
use super::statement::{Statement, insert};
use onus_core::ids::EventId;
use onus_core::nearest::nearest;
use onus_core::phrase::Phrase;
use onus_core::shape::Type;
use serde_json::Value;
use std::collections::BTreeMap;

const FORM: &str = "expected a label: a lower-case letter, then letters, digits, - or _";

/// The labels of a case, each with its event's id.
#[derive(Default)]
pub(super) struct Labels(BTreeMap<String, EventId>);

impl Labels {
    /// Takes the label that an event gives itself.
    pub(super) fn take(&mut self, statement: &mut Statement, id: Option<EventId>, faults: &mut Vec<Fault>) {
        let Some(label) = statement.event.remove("as") else { return };
        let Some(label) = label.as_str().filter(|label| is_label(label)) else {
            faults.push(statement.fault("as", FORM));
            return;
        };
        let Some(id) = id else { return };
        if self.0.insert(label.to_owned(), id).is_some() {
            faults.push(statement.fault("as", "another event has this label; give each its own"));
        }
    }

    /// Puts ids in the place of labels.
    pub(super) fn resolve(&self, statement: &mut Statement, faults: &mut Vec<Fault>) {
        let Some(phrase) = statement.kind().and_then(Phrase::of) else { return };
        let mut problems: Vec<(String, String)> = Vec::new();
        if let Some(about) = statement.event.remove("about") {
            put_about(phrase, statement, about, &mut problems);
        }
        let mut unknown = |path: String, given: &str| {
            problems.push((path, self.not_a_label(given)));
        };
        for field in phrase.common_fields() {
            if let Some(value) = statement.event.get_mut(field.name).filter(|_| field.name != "event_id") {
                self.put_ids(&field.of, value, field.name, &mut unknown);
            }
        }
        if let Some(Value::Object(body)) = statement.event.get_mut("body") {
            for field in phrase.body_fields() {
                if let Some(value) = body.get_mut(field.name) {
                    self.put_ids(&field.of, value, &format!("body.{}", field.name), &mut unknown);
                }
            }
        }
        faults.extend(problems.iter().map(|(path, problem)| statement.fault(path, problem)));
    }

    fn put_ids(&self, of: &Type, value: &mut Value, path: &str, unknown: &mut dyn FnMut(String, &str)) {
        match (of, value) {
            (Type::Option(inner), value) => self.put_ids(inner, value, path, unknown),
            (Type::List(inner, _), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.put_ids(inner, item, &format!("{path}[{index}]"), unknown);
                }
            }
            (of @ Type::Named(_), Value::Object(members)) => {
                for field in of.fields() {
                    if let Some(value) = members.get_mut(field.name) {
                        self.put_ids(&field.of, value, &format!("{path}.{}", field.name), unknown);
                    }
                }
            }
            (Type::Named(def), Value::String(said))
                if def().name == "EventId" && EventId::parse(said).is_none() =>
            {
                let id = self.0.get(said.as_str()).map(ToString::to_string);
                if id.is_none() {
                    unknown(path.to_owned(), said);
                }
                *said = id.unwrap_or_else(|| ANY_ID.into());
            }
            _ => {}
        }
    }

    fn not_a_label(&self, given: &str) -> String {
        let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
        let near = nearest(&known, given).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
        let known = if known.is_empty() { "none here".to_owned() } else { known.join(", ") };
        format!(
            "expected the label of an event of this case, which it gives itself with `as`{near}, or an event's id; labels: {known}"
        )
    }
}

/// In the place of a label that is not known, so that nothing else is said of it.
const ANY_ID: &str = "00000000-0000-8000-8000-000000000001";

fn is_label(label: &str) -> bool {
    let mut chars = label.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && EventId::parse(label).is_none()
}

/// Puts what an event is about into the field that says so.
fn put_about(phrase: &Phrase, statement: &mut Statement, about: Value, problems: &mut Vec<(String, String)>) {
    let labels = match about {
        Value::Array(labels) => labels,
        label => vec![label],
    };
    let (path, value): (Vec<&str>, Value) = match phrase.about() {
        None => (vec!["causes"], labels.into()),
        Some((name, true)) => (vec!["body", name], labels.into()),
        Some((name, false)) => {
            let Ok([label]) = <[Value; 1]>::try_from(labels) else {
                let problem =
                    format!("`{}` is about one event; name others with causes=LABEL,LABEL", phrase.verb);
                problems.push(("about".into(), problem));
                return;
            };
            (vec!["body", name], label)
        }
    };
    statement.say_also("about", &path.join("."));
    if !insert(&mut statement.event, &path, value) {
        problems.push(("about".into(), format!("{} says so already; say it once", path.join("."))));
    }
}
