//! The body of an event: written as the draft's JSON and read by the model, so that nothing stands here
//! that the model would not accept from anyone.
//!
//! Sources say the same things over and over. A body of codes and enumerations that was read before is
//! taken from memory; one with free text or identifiers in it never is.

use super::Rejected;
use super::cells::Values;
use crate::limits::BODIES_KEPT_MAX;
use crate::mapping::{BodyValue, Form, Member, Template};
use crate::reason::Reason;
use onus_core::kinds::Body;
use onus_core::record::Draft;
use onus_core::stage::Drafted;
use std::collections::HashMap;

/// Reads the bodies of one template.
#[derive(Clone)]
pub(crate) struct Bodies {
    keeps: bool,
    constant: Option<Body<Drafted>>,
    is_constant: bool,
    kept: HashMap<Box<str>, Body<Drafted>>,
    json: String,
}

impl Bodies {
    pub(crate) fn of(template: &Template) -> Self {
        Self {
            keeps: template.body.iter().all(|member| member.value.is_repetitive()),
            is_constant: template.body.iter().all(|member| member.value.is_constant()),
            constant: None,
            kept: HashMap::new(),
            json: String::new(),
        }
    }

    pub(crate) fn read<'r>(
        &mut self,
        template: &'r Template,
        values: &mut Values<'r>,
    ) -> Result<Body<Drafted>, Rejected> {
        if let Some(body) = &self.constant {
            return Ok(body.clone());
        }
        self.json.clear();
        write_members(&template.body, values, &mut self.json)?;
        if let Some(body) = self.kept.get(&*self.json) {
            return Ok(body.clone());
        }
        let body = Draft::parse_body(template.kind, self.json.as_bytes()).map_err(|problem| {
            let (template, problem) = (template.name.to_string(), problem.to_string());
            values.cells.reject_row(Reason::Body { template, problem })
        })?;
        if self.is_constant {
            self.constant = Some(body.clone());
        } else if self.keeps {
            if self.kept.len() >= BODIES_KEPT_MAX {
                self.kept.clear();
            }
            self.kept.insert(self.json.as_str().into(), body.clone());
        }
        Ok(body)
    }
}

/// Writes an object without the members that the source does not say; those required are asked for.
fn write_members<'r>(
    members: &'r [Member],
    values: &mut Values<'r>,
    json: &mut String,
) -> Result<(), Rejected> {
    json.push('{');
    let mut is_first = true;
    for member in members {
        let before = json.len();
        if !is_first {
            json.push(',');
        }
        json.push('"');
        json.push_str(member.name);
        json.push_str("\":");
        if write_value(&member.value, values, json)? {
            is_first = false;
        } else if member.required {
            return Err(blank(member, values));
        } else {
            json.truncate(before);
        }
    }
    json.push('}');
    Ok(())
}

/// Writes one value; `false`, and nothing, where the source does not say it.
fn write_value<'r>(
    value: &'r BodyValue,
    values: &mut Values<'r>,
    json: &mut String,
) -> Result<bool, Rejected> {
    match value {
        BodyValue::One(scalar, form) => {
            let Some(text) = values.text(scalar, form)? else { return Ok(false) };
            write_text(&text, form, json);
            Ok(true)
        }
        BodyValue::List(items) => {
            json.push('[');
            let mut is_first = true;
            for item in items {
                let before = json.len();
                if !is_first {
                    json.push(',');
                }
                if write_value(item, values, json)? {
                    is_first = false;
                } else {
                    json.truncate(before);
                }
            }
            json.push(']');
            Ok(true)
        }
        BodyValue::Members(members) => {
            // A part of which the source does not say what it must have is not there.
            for member in members.iter().filter(|member| member.required) {
                let before = json.len();
                let is_said = write_value(&member.value, values, json)?;
                json.truncate(before);
                if !is_said {
                    return Ok(false);
                }
            }
            write_members(members, values, json)?;
            Ok(true)
        }
    }
}

fn write_text(text: &str, form: &Form, json: &mut String) {
    match form {
        Form::Whole(_) => {
            // JSON has no leading zeros.
            let digits = text.trim_start_matches('0');
            json.push_str(if digits.is_empty() { "0" } else { digits });
        }
        Form::Bool => json.push_str(text),
        Form::FreeText | Form::Other(_) => push_quoted(text, json),
        Form::Identifier => {
            json.push_str("{\"id\":");
            push_quoted(text, json);
            json.push('}');
        }
        // Their alphabets need no escapes.
        _ => {
            json.push('"');
            json.push_str(text);
            json.push('"');
        }
    }
}

fn push_quoted(text: &str, json: &mut String) {
    json.push_str(&serde_json::Value::from(text).to_string());
}

fn blank(member: &Member, values: &Values<'_>) -> Rejected {
    let mut value = &member.value;
    loop {
        match value {
            BodyValue::One(scalar, _) => return values.blank(scalar, &format!("body.{}", member.name)),
            BodyValue::Members(members) => match members.iter().find(|inner| inner.required) {
                Some(inner) => value = &inner.value,
                None => break,
            },
            BodyValue::List(_) => break,
        }
    }
    values.cells.reject_row(Reason::Blank { needed_by: format!("body.{}", member.name) })
}
