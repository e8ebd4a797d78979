//! A draft said as a line of a case: the other way round.
//!
//! Promise: the line expands to the draft again, save what it says that a line cannot say.

use onus_core::kinds::Kind;
use onus_core::phrase::Phrase;
use onus_core::shape::Type;
use serde_json::Value;

/// A draft as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// The line.
    pub line: String,
    /// What the draft says and the line does not, by path: lists of objects, and who is told apart by spaces.
    pub unsaid: Vec<String>,
}

/// Says a draft, one JSON object, as a line; `None` where it has no kind that a draft can be, or no time.
#[must_use]
pub fn say(draft: &Value) -> Option<CaseLine> {
    let phrase = Phrase::of(Kind::from_name(draft.get("event")?.as_str()?)?)?;
    let at = draft.get("occurred_at")?.as_str()?.replacen('T', " ", 1);
    let mut line = Line { words: vec![at, phrase.verb.to_owned()], unsaid: Vec::new() };
    let fields = phrase.body_fields();
    let body = |name: &str| draft.get("body").and_then(|body| body.get(name));
    let mut leads = 0;
    for name in phrase.leads {
        let field = fields.iter().find(|field| field.name == *name);
        let Some(word) = field.and_then(|field| bare(&field.of, body(name)?)) else { break };
        line.words.push(word);
        leads += 1;
    }
    let led = phrase.leads.get(..leads).unwrap_or_default();
    for field in fields.iter().filter(|field| !led.contains(&field.name) && phrase.text != Some(field.name)) {
        if let Some(value) = body(field.name) {
            line.field(field.name, &field.of, value);
        }
    }
    line.unsaid = line.unsaid.iter().map(|path| format!("body.{path}")).collect();
    if let Some(text) = phrase.text.and_then(body).and_then(Value::as_str) {
        line.words.push(quoted(text));
    }
    let is_of_body = |name: &str| fields.iter().any(|field| field.name == name);
    for field in phrase.common_fields() {
        match (field.name, draft.get(field.name)) {
            ("occurred_at" | "actor", _) | (_, None) => {}
            (name, Some(_)) if is_of_body(name) => line.unsaid.push(name.into()),
            (name, Some(value)) => line.field(name, &field.of, value),
        }
    }
    line.by(draft.get("actor"));
    Some(CaseLine { line: line.words.join(" "), unsaid: line.unsaid })
}

struct Line {
    words: Vec<String>,
    unsaid: Vec<String>,
}

impl Line {
    fn field(&mut self, path: &str, of: &Type, value: &Value) {
        if let Some(written) = written(of, value) {
            let is_plain = !written.is_empty()
                && !written.contains(['"', '“', '\\'])
                && !written.contains(char::is_whitespace);
            self.words.push(if is_plain {
                format!("{path}={written}")
            } else {
                format!("{path}={}", quoted(&written))
            });
            return;
        }
        match value {
            Value::Object(members) if members.is_empty() => self.words.push(format!("{path}=")),
            Value::Object(members) => {
                let fields = of.fields();
                for (name, value) in members {
                    match fields.iter().find(|field| field.name == name) {
                        Some(field) => self.field(&format!("{path}.{name}"), &field.of, value),
                        None => self.unsaid.push(format!("{path}.{name}")),
                    }
                }
            }
            _ => self.unsaid.push(path.to_owned()),
        }
    }

    /// Who acted, as agency, role and staff number.
    fn by(&mut self, actor: Option<&Value>) {
        let Some(actor) = actor else { return };
        let part =
            |name: &str| actor.get(name).and_then(|part| written_identifier(part).or_else(|| text(part)));
        let parts: Vec<String> = ["agency", "role", "staff"].iter().filter_map(|name| part(name)).collect();
        if parts.iter().any(|part| part.contains(char::is_whitespace)) {
            self.unsaid.push("actor".into());
        } else {
            self.words.push(format!("by {}", parts.join(" ")));
        }
    }
}

/// A value as it follows a verb: one word that is nothing else.
fn bare(of: &Type, value: &Value) -> Option<String> {
    let word = written(of, value).or_else(|| parts(of, value))?;
    let is_other = word.is_empty()
        || word.contains(['=', '"', '“', '#'])
        || word.contains(char::is_whitespace)
        || ["by", "as", "about"].contains(&word.as_str());
    (!is_other).then_some(word)
}

/// An object by its parts, with `/` between them.
fn parts(of: &Type, value: &Value) -> Option<String> {
    let members = value.as_object()?;
    let fields = of.fields();
    let last = fields.iter().rposition(|field| members.contains_key(field.name))?;
    let part = |(index, field): (usize, &onus_core::shape::FieldDef)| {
        let part = members.get(field.name).map_or(Some(String::new()), |value| written(&field.of, value))?;
        (index + 1 == fields.len() || !part.contains('/')).then_some(part)
    };
    let parts: Option<Vec<String>> = fields.iter().enumerate().take(last + 1).map(part).collect();
    Some(parts?.join("/"))
}

/// A value without parts, or a list of such; `None` of any other.
fn written(of: &Type, value: &Value) -> Option<String> {
    match (of, value) {
        (Type::Option(inner), value) => written(inner, value),
        (Type::List(inner, _), Value::Array(items)) => {
            let items: Option<Vec<String>> = items.iter().map(|item| written(inner, item)).collect();
            items.filter(|items| items.iter().all(|item| !item.contains(','))).map(|items| items.join(","))
        }
        (_, Value::Object(_)) => written_identifier(value),
        (_, value) => text(value),
    }
}

fn written_identifier(value: &Value) -> Option<String> {
    let members = value.as_object()?;
    (members.len() == 1).then(|| members.get("id"))?.and_then(text)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(if *value { "yes" } else { "no" }.into()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
