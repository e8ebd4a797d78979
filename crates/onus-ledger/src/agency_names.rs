//! What agencies are called: `DIR/agencies.toml`, kept by the ledger's owner for people who read its pages. It is in
//! the directory that may be copied, because who may read the log may know what its codes mean.
//!
//! Promise: a name is that of one agency alone, and never reads like another agency's code. A file with a fault is
//! refused whole, each fault with its line and its cure.
//! Never: anything but words on a page. No verdict, digest, export or piece of evidence rests on it.

use onus_core::blame::{Blame, Blamed};
use onus_core::ids::AgencyId;
use onus_core::nearest::nearest;
use onus_core::toml_file::{self, Item};
use onus_core::vocabulary::AgencyKind;
use std::collections::{BTreeMap, BTreeSet};

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 80;

/// The names of agencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyNames(BTreeMap<AgencyId, String>);

/// Why the names cannot be used: every fault with its line, and what belongs there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("agencies.toml: {}", .0.join("; "))]
pub struct AgencyNamesError(Vec<String>);

impl Blamed for AgencyNamesError {
    fn blame(&self) -> Blame {
        Blame::Environment
    }

    fn hint(&self) -> Option<String> {
        Some("correct agencies.toml in the ledger's directory, or take it away: codes are then shown as they are".into())
    }
}

impl AgencyNames {
    /// Reads lines such as `"mh_trust:RV5" = "South London and Maudsley"`.
    pub fn parse(text: &str) -> Result<Self, AgencyNamesError> {
        let root = toml_file::parse(text).map_err(|fault| {
            AgencyNamesError(vec![format!(
                "line {}: expected lines such as \"mh_trust:RV5\" = \"South London and Maudsley\", each agency once",
                fault.line
            )])
        })?;
        let mut faults: Vec<(usize, String)> = Vec::new();
        let (mut names, mut known) = (BTreeMap::new(), BTreeSet::new());
        let Item::Table(mut entries) = root.item else { return Ok(Self::default()) };
        entries.sort_by_key(|(_, node)| node.line);
        for (key, node) in entries {
            let line = node.line;
            let mut refuse = |problem: String| faults.push((line, problem));
            let agency = AgencyId::parse(&key);
            if agency.is_none() {
                refuse(not_an_agency(&key));
            }
            let Item::Text(name) = node.item else {
                refuse("expected the agency's name as a string".into());
                continue;
            };
            if let Err(problem) = checked(&name) {
                refuse(problem);
            } else if !known.insert(name.to_lowercase()) {
                refuse("this name is another agency's in this file; write what tells them apart".into());
            } else if let Some(agency) = agency {
                names.insert(agency, name);
            }
        }
        if faults.is_empty() {
            return Ok(Self(names));
        }
        Err(AgencyNamesError(
            faults.into_iter().map(|(line, problem)| format!("line {line}: {problem}")).collect(),
        ))
    }

    /// What an agency is called, where the file says so.
    #[must_use]
    pub fn name(&self, agency: &AgencyId) -> Option<&str> {
        self.0.get(agency).map(String::as_str)
    }
}

fn not_an_agency(given: &str) -> String {
    let kind = given.split(':').next().unwrap_or_default();
    let near = nearest(AgencyKind::SPELLINGS, kind).filter(|near| *near != kind);
    let near = near.map(|near| format!(" (nearest kind: {near})")).unwrap_or_default();
    format!("expected an agency in quotes, such as \"mh_trust:RV5\"{near}")
}

fn checked(name: &str) -> Result<(), String> {
    let length = name.chars().count();
    if length == 0 || length > NAME_CHARS_MAX || name.trim() != name {
        return Err(format!("expected a name of 1 to {NAME_CHARS_MAX} characters, without spaces around it"));
    }
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
    };
    if name.contains(hides) {
        return Err("expected a name without control characters and without marks of direction".into());
    }
    let is_code = |word: &str| AgencyId::parse(word.trim_matches(|c: char| !c.is_alphanumeric())).is_some();
    if name.split_whitespace().any(is_code) {
        return Err(
            "a name that holds an agency's code would be read as that agency; leave the code out".into()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_its_agency() {
        let names = AgencyNames::parse("# ours\n\"mh_trust:RV5\" = \"South London and Maudsley\"\n").unwrap();
        let agency = |text: &str| AgencyId::parse(text).unwrap();
        assert_eq!(names.name(&agency("mh_trust:RV5")), Some("South London and Maudsley"));
        assert_eq!(names.name(&agency("acute_trust:RV5")), None);
        assert_eq!(AgencyNames::parse(""), Ok(AgencyNames::default()));
    }

    #[test]
    fn every_fault_is_named_with_its_line_and_its_cure() {
        let cases = [
            (
                "\"police:met\" = \"A\"\n\"polise:gmp\" = \"B\"",
                "line 2: expected an agency in quotes, such as \"mh_trust:RV5\" (nearest kind: police)",
            ),
            ("\"police:met\" = 7", "line 1: expected the agency's name as a string"),
            ("\"police:met\" = \"\"", "line 1: expected a name of 1 to 80 characters"),
            ("\"police:met\" = \"The \\u202e Met\"", "line 1: expected a name without control characters"),
            (
                "\"police:met\" = \"Met\"\n\"police:gmp\" = \"MET\"",
                "line 2: this name is another agency's in this file",
            ),
            ("\"police:met\" = \"London (ambulance:las)\"", "line 1: a name that holds an agency's code"),
            ("\"police:met\" = \"A\"\n\"police:met\" = \"B\"", "line 2: expected lines such as"),
            ("police:met = Met", "line 1: expected lines such as"),
        ];
        for (text, expected) in cases {
            let refused = AgencyNames::parse(text).unwrap_err().to_string();
            assert!(refused.contains(expected), "{text}\n{refused}");
        }
        let both =
            AgencyNames::parse("\"met\" = \"Met\"\n\"police:gmp\" = \" GMP\"").unwrap_err().to_string();
        assert!(both.contains("line 1") && both.contains("line 2"), "{both}");
    }
}
