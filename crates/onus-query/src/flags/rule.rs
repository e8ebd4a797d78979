//! What a rule is: its code, its words, where it comes from, and how it judges.

use super::Finding;
use super::facts::Facts;
use crate::policy::RuleLimit;
use onus_core::kinds::Kind;
use onus_core::vocabulary::Spelt;
use std::fmt;

/// What every output that holds a flag says.
pub const INDICATOR: &str = "an indicator, not a finding";

/// A flag's code, such as `F07`. Numbers are given once; some are not in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub(super) u8);

impl Code {
    /// Reads `F07`, `f7` or the rule's name; `None` if there is no such rule.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        super::RULES
            .iter()
            .find(|rule| {
                rule.name.eq_ignore_ascii_case(text)
                    || text
                        .strip_prefix(['F', 'f'])
                        .filter(|digits| (1..=2).contains(&digits.len()))
                        .and_then(|digits| digits.parse().ok())
                        == Some(rule.code.0)
            })
            .map(|rule| rule.code)
    }

    /// The code of a number; `None` if there is no such rule.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        super::rule(Self(number)).map(|rule| rule.code)
    }

    /// Its number, 1 to 99.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F{:02}", self.0)
    }
}

/// How much a flag asks to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// To be looked at.
    Medium,
    /// To be looked at soon.
    High,
    /// To be looked at first.
    Critical,
}

impl Spelt for Severity {
    const NAME: &'static str = "Severity";
    const SPELLINGS: &'static [&'static str] = &["low", "medium", "high", "critical"];
    fn spelling(self) -> &'static str {
        self.as_str()
    }
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// In a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }
}

/// A kind of event on whose absence a rule rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The kind.
    pub kind: Kind,
    /// What the rule leaves out in an incident whose source never carries it; `None` if it says nothing there at all.
    pub left_out: Option<&'static str>,
}

impl Absence {
    /// Without the kind the rule says nothing.
    pub(super) const fn whole(kind: Kind) -> Self {
        Self { kind, left_out: None }
    }

    /// Without the kind the rule leaves out a part.
    pub(super) const fn part(kind: Kind, left_out: &'static str) -> Self {
        Self { kind, left_out: Some(left_out) }
    }
}

/// One rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: &'static str,
    /// Its name for people: what a page prints, where the name is for machines.
    pub title: &'static str,
    /// The severities that it gives, the least first.
    pub severities: &'static [Severity],
    /// Counts up whenever the rule would judge some record differently.
    pub version: u16,
    /// What it looks for, in one or two sentences.
    pub says: &'static str,
    /// Which entry it names.
    pub entry: &'static str,
    /// When it stays silent although it might not seem so.
    pub silent: &'static str,
    /// Where it comes from.
    pub basis: &'static [&'static str],
    /// Its own limits, each stated in `docs/policies/default.toml`.
    pub limits: &'static [RuleLimit],
    /// Whether it is judged account by account, and not on the record alone.
    pub by_account: bool,
    /// Whether something has to come before its limit passes, while somebody can still act.
    pub awaits: bool,
    /// On the absence of which kinds it rests, as a whole or in part.
    pub needs: &'static [Absence],
    pub(super) judge: fn(&Facts<'_>, &mut Vec<Finding>),
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("code", &self.code)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
