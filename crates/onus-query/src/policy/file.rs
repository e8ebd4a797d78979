//! Policies as files: TOML whose members are those of the event `PolicyPublished`; its limits by name are a table.
//!
//! Two of them belong to the project: the defaults, with which this crate is built so that the file and the
//! numbers in use are one, and a commented template.

use super::named::check;
use onus_core::blame::{Blame, Blamed};
use onus_core::bodies::policy::PolicyPublished;
use onus_core::draft::DraftError;
use onus_core::kinds::Body;
use onus_core::record::Draft;
use onus_core::toml_file::{self, TomlFault};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Why a file is no policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Not TOML, or a value that no policy has.
    #[error(transparent)]
    Toml(#[from] TomlFault),
    /// Not what `PolicyPublished` holds.
    #[error(transparent)]
    Member(#[from] DraftError),
    /// A limit that no rule has.
    #[error("line {line}: there is no limit {name}; there are: {}", known.join(", "))]
    UnknownLimit {
        /// The line, from 1.
        line: usize,
        /// What the file calls it.
        name: String,
        /// Every limit that a rule has.
        known: Vec<String>,
    },
    /// The value of a limit is no number, or out of bounds.
    #[error("line {line}: {name} has to be a whole number of {unit} from 1 to {most} (ten years)")]
    LimitValue {
        /// The line, from 1.
        line: usize,
        /// The limit.
        name: String,
        /// In what it is stated.
        unit: &'static str,
        /// The most that it can be.
        most: i64,
    },
    /// The limits are written in another form.
    #[error(
        "line {line}: limits is a table: [limits], and below it a line such as name_minutes = 10 for each"
    )]
    LimitsNoTable {
        /// The line, from 1.
        line: usize,
    },
}

impl Blamed for FileError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// The file of this project's own choices.
#[must_use]
pub fn default_file() -> &'static str {
    include_str!("../../../../docs/policies/default.toml")
}

/// A commented file to start from.
#[must_use]
pub fn template_file() -> &'static str {
    include_str!("../../../../docs/policies/template.toml")
}

/// Reads a policy's file: the body of a draft, in JSON, and what it says.
pub fn body_of(toml: &str) -> Result<(Value, PolicyPublished), FileError> {
    check(toml, &defaults().limits)?;
    read(toml)
}

fn read(toml: &str) -> Result<(Value, PolicyPublished), FileError> {
    let root = toml_file::parse(toml)?;
    let mut body =
        root.json().ok_or_else(|| root.refuse("", "expected whole numbers, without a fraction"))?;
    if let Some(members) = body.as_object_mut() {
        members.entry("thresholds").or_insert_with(|| json!({}));
        if let Some(Value::Object(limits)) = members.get("limits") {
            let listed =
                limits.iter().map(|(limit, value)| json!({ "limit": limit, "value": value })).collect();
            members.insert("limits".into(), listed);
        }
    }
    let draft = json!({
        "event": "PolicyPublished",
        "occurred_at": "2000-01-01T00:00:00Z",
        "actor": { "agency": "other:any", "role": "system" },
        "source": { "system": "onus" },
        "body": body,
    });
    match Draft::parse(draft.to_string().as_bytes())?.body {
        Body::PolicyPublished(read) => Ok((body, *read)),
        _ => Err(root.refuse("", "expected a policy").into()),
    }
}

static DEFAULTS: LazyLock<PolicyPublished> = LazyLock::new(|| match read(default_file()) {
    Ok((_, policy)) => policy,
    #[expect(clippy::panic, reason = "the file is part of the program; a test reads it")]
    Err(e) => panic!("docs/policies/default.toml: {e}"),
});

/// This project's own choices.
pub(super) fn defaults() -> &'static PolicyPublished {
    &DEFAULTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_state_every_threshold_and_what_lowering_a_grade_needs() {
        let defaults = defaults();
        let thresholds = serde_json::to_value(&defaults.thresholds).unwrap();
        for (name, value) in thresholds.as_object().unwrap() {
            assert!(value.is_number(), "{name} is not stated");
        }
        assert!(defaults.authority.is_empty() && defaults.required_checks.is_empty());
        assert!(defaults.question_sets.is_empty() && defaults.eta_limits.is_empty());
        assert!(defaults.follow_up_after.is_empty());
        assert!(
            defaults
                .downgrade
                .as_ref()
                .is_some_and(|rule| rule.reassessment && !rule.authorised_by.is_empty())
        );
        assert_eq!(defaults.grade_targets.len(), 1);
    }

    #[test]
    fn the_template_is_a_policy_as_it_stands_and_with_every_line_uncommented() {
        assert!(body_of(template_file()).is_ok());
        let full: String = template_file()
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(code) if code.starts_with('[') || code.contains(" = ") => format!("{code}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let (_, policy) = body_of(&full).unwrap_or_else(|e| panic!("{e}\n{full}"));
        assert_eq!(policy.authority.len(), 2);
        assert!(policy.downgrade.is_some() && policy.effective_to.is_some() && policy.limits.len() == 1);
    }

    #[test]
    fn an_unknown_member_is_refused_with_its_name() {
        let typo = default_file().replace("unowned_minutes", "unowned_minuts");
        let refusal = body_of(&typo).unwrap_err().to_string();
        assert!(refusal.contains("unowned_minu"), "{refusal}");
    }
}
