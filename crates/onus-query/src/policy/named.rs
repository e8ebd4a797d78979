//! Limits of one rule each, by name. A rule's file names them, `docs/policies/default.toml` states them, and nothing
//! else has to know them.
//!
//! # Promise
//! A name ends with its unit: `_minutes`, `_hours` or `_days`. A file states only names that a rule knows, each from 1
//! to ten years; what was recorded in other ways is never refused.

use super::file::{FileError, defaults};
use onus_core::bodies::policy::{NamedLimit, PolicyPublished};
use onus_core::toml_file::{self, Item};

/// A limit of one rule, by its name in `docs/policies/default.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleLimit(&'static str);

impl RuleLimit {
    /// The limit of a name, which ends with `_minutes`, `_hours` or `_days`; a test holds that it does, and that
    /// `docs/policies/default.toml` states it.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// In words: `10 minutes unless a policy says otherwise`.
    #[must_use]
    pub fn says(self) -> String {
        match (self.stated_by(defaults()), Unit::of(self.0)) {
            (Some(value), Some(unit)) => format!("{value} {} unless a policy says otherwise", unit.word()),
            _ => "not stated".to_owned(),
        }
    }

    pub(super) fn stated_by(self, policy: &PolicyPublished) -> Option<u32> {
        policy.limits.iter().find(|stated| stated.limit.as_str() == self.0).map(|stated| stated.value)
    }

    /// So much of it, in microseconds.
    pub(super) fn us(self, value: u32) -> i64 {
        Unit::of(self.0).map_or(i64::MAX, |unit| i64::from(value).saturating_mul(unit.us()))
    }
}

/// In what a limit is stated.
#[derive(Clone, Copy)]
enum Unit {
    Minutes,
    Hours,
    Days,
}

impl Unit {
    fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('_')?.1 {
            "minutes" => Some(Self::Minutes),
            "hours" => Some(Self::Hours),
            "days" => Some(Self::Days),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    const fn us(self) -> i64 {
        match self {
            Self::Minutes => 60_000_000,
            Self::Hours => 3_600_000_000,
            Self::Days => 86_400_000_000,
        }
    }

    /// Ten years.
    const fn most(self) -> i64 {
        match self {
            Self::Minutes => 5_256_000,
            Self::Hours => 87_600,
            Self::Days => 3_650,
        }
    }
}

/// Refuses what the table `[limits]` of a file cannot state: a name that is not among the known ones, and a value that
/// is none.
pub(super) fn check(toml: &str, known: &[NamedLimit]) -> Result<(), FileError> {
    let file = toml_file::parse(toml)?;
    let Some(limits) = file.table("")?.get("limits") else { return Ok(()) };
    let Item::Table(stated) = &limits.item else {
        return Err(FileError::LimitsNoTable { line: limits.line });
    };
    for (name, value) in stated {
        let (line, name) = (value.line, name.clone());
        let unit = known.iter().find(|limit| limit.limit.as_str() == name).and_then(|_| Unit::of(&name));
        let Some(unit) = unit else {
            let known = known.iter().map(|limit| limit.limit.to_string()).collect();
            return Err(FileError::UnknownLimit { line, name, known });
        };
        if !matches!(value.item, Item::Whole(whole) if (1..=i128::from(unit.most())).contains(&whole)) {
            return Err(FileError::LimitValue { line, name, unit: unit.word(), most: unit.most() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::RULES;
    use crate::policy::body_of;
    use std::collections::BTreeSet;

    #[test]
    fn a_limit_that_a_rule_names_is_stated_in_the_defaults_and_one_stated_there_is_a_rules() {
        let named: BTreeSet<&str> =
            RULES.iter().flat_map(|rule| rule.limits).map(|limit| limit.name()).collect();
        let stated: BTreeSet<&str> = defaults().limits.iter().map(|limit| limit.limit.as_str()).collect();
        assert_eq!(named, stated, "of the rules, and in docs/policies/default.toml");
        for name in stated {
            assert!(Unit::of(name).is_some(), "{name} ends with no unit: _minutes, _hours or _days");
        }
    }

    #[test]
    fn the_defaults_keep_what_every_file_has_to_keep() {
        assert!(body_of(crate::policy::default_file()).is_ok());
    }

    #[test]
    fn a_file_states_a_limit_by_its_name() {
        let (body, policy) = body_of(&file("call_back_minutes = 1_440")).unwrap();
        assert_eq!(body["limits"], serde_json::json!([{ "limit": "call_back_minutes", "value": 1440 }]));
        assert_eq!(RuleLimit::named("call_back_minutes").stated_by(&policy), Some(1440));
        let (_, silent) = body_of(&file("")).unwrap();
        assert!(silent.limits.is_empty());
    }

    #[test]
    fn what_a_file_cannot_state_is_refused_with_its_line() {
        let value =
            "line 9: call_back_minutes has to be a whole number of minutes from 1 to 5256000 (ten years)";
        let cases = [
            ("call_back_minutes = 0", value),
            ("call_back_minutes = -1", value),
            ("call_back_minutes = 5256001", value),
            ("call_back_minutes = 99999999999999999999", value),
            ("call_back_minutes = 2.5", value),
            ("call_back_minutes = \"10\"", value),
        ];
        for (line, expected) in cases {
            assert_eq!(body_of(&file(line)).unwrap_err().to_string(), expected, "{line}");
        }
        let unknown = body_of(&file("call_bak_minutes = 10")).unwrap_err().to_string();
        let known: Vec<&str> = defaults().limits.iter().map(|limit| limit.limit.as_str()).collect();
        let expected = format!("line 9: there is no limit call_bak_minutes; there are: {}", known.join(", "));
        assert_eq!(unknown, expected);
        for line in ["call_back_minutes = 1", "call_back_minutes = 5256000"] {
            assert!(body_of(&file(line)).is_ok(), "{line}");
        }
        let list = file("").replace("[limits]", "[[limits]]\nlimit = \"call_back_minutes\"\nvalue = 3");
        let expected =
            "line 8: limits is a table: [limits], and below it a line such as name_minutes = 10 for each";
        assert_eq!(body_of(&list).unwrap_err().to_string(), expected);
    }

    /// Reality is never refused: what was recorded in other ways counts as far as that goes.
    #[test]
    fn a_limit_of_any_size_is_a_span() {
        assert_eq!(RuleLimit::named("some_days").us(u32::MAX), i64::MAX);
        assert_eq!(RuleLimit::named("some_hours").us(2), 7_200_000_000);
        assert_eq!(RuleLimit::named("some_minutes").us(0), 0);
    }

    /// A policy whose ninth line is this one of its limits.
    fn file(line: &str) -> String {
        format!(
            "effective_from = \"2026-01-01T00:00:00Z\"\n[policy]\npolicy = \"p\"\nversion = \"1\"\n\
             [scope]\nforce = \"police:met\"\n\n[limits]\n{line}\n"
        )
    }
}
