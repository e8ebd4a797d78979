//! The rights file: who may read which texts, and how lines of the access ledger are labelled. Policy data of the
//! ledger's owner, in `DIR.private/rights.toml`; what it means is a pure function of `onus_core::rights`.
//!
//! A ledger without the file is under the text that `init` writes, whose choices are marked as local.

use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::ids::AgencyId;
use onus_core::kinds::Kind;
use onus_core::model::PolicyRef;
use onus_core::rights::Grant;
use onus_core::toml_file::{self, TomlFault};
use onus_core::vocabulary::{Regime, Role};
use serde::Deserialize;

/// What `init` writes.
pub(crate) const TEMPLATE: &str = include_str!("rights.toml");
const POLICY: &str = "reading-rights";
const VERSION_EXPECTED: &str = "a code such as local-1";

/// Whether a line of the access ledger is there because the law requires it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// A statute requires it.
    Required,
    /// The owner's policy does.
    Policy,
}

impl Label {
    /// Its spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Policy => "policy",
        }
    }
}

/// Why the rights file cannot be used. Nobody may read a text until it is corrected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RightsError {
    /// Not the expected TOML.
    #[error("rights.toml: {0}; docs/personal-data.md shows what belongs there")]
    Form(TomlFault),
    /// A value is not what its place asks for.
    #[error("rights.toml: {place}: expected {expected}")]
    Value {
        /// Where, such as `read[0].roles`.
        place: String,
        /// What belongs there.
        expected: &'static str,
    },
}

impl Blamed for RightsError {
    fn blame(&self) -> Blame {
        Blame::NotAllowed
    }

    fn hint(&self) -> Option<String> {
        Some("an administrator of the ledger can correct rights.toml in the private directory".into())
    }
}

/// The rights of one ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    version: Code,
    grants: Vec<Grant>,
    labels: Vec<(Regime, Label, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(default)]
    read: Vec<ReadTable>,
    #[serde(default)]
    label: Vec<LabelTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadTable {
    agency: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    purposes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelTable {
    regime: String,
    label: Label,
    citation: String,
}

impl Rights {
    /// Reads `rights.toml`.
    pub fn parse(text: &str) -> Result<Self, RightsError> {
        let file: File = toml_file::read(text).map_err(RightsError::Form)?;
        let value = |place: String, expected| RightsError::Value { place, expected };
        let grant = |(index, table): (usize, ReadTable)| {
            let at = |name: &str| format!("read[{index}].{name}");
            Ok(Grant {
                agency: table
                    .agency
                    .map(|text| {
                        AgencyId::parse(&text)
                            .ok_or_else(|| value(at("agency"), "an agency such as police:mps"))
                    })
                    .transpose()?,
                roles: all(&table.roles, Role::parse)
                    .ok_or_else(|| value(at("roles"), "roles of docs/domain.md"))?,
                kinds: all(&table.events, Kind::from_name)
                    .ok_or_else(|| value(at("events"), "events of docs/domain.md"))?,
                purposes: all(&table.purposes, Code::new)
                    .ok_or_else(|| value(at("purposes"), Code::EXPECTED))?,
            })
        };
        let label = |(index, table): (usize, LabelTable)| {
            let regime = Regime::parse(&table.regime)
                .ok_or_else(|| value(format!("label[{index}].regime"), "a regime of docs/domain.md"))?;
            Ok((regime, table.label, table.citation))
        };
        Ok(Self {
            version: Code::new(&file.version).ok_or_else(|| value("version".into(), VERSION_EXPECTED))?,
            grants: file.read.into_iter().enumerate().map(grant).collect::<Result<_, RightsError>>()?,
            labels: file.label.into_iter().enumerate().map(label).collect::<Result<_, RightsError>>()?,
        })
    }

    /// Its version, as the file states it.
    #[must_use]
    pub fn version(&self) -> &Code {
        &self.version
    }

    /// The label of a line that stands under a regime, and the citation for it. A regime that the file leaves out
    /// is labelled as required: nothing is called voluntary by omission.
    #[must_use]
    pub fn label(&self, regime: Regime) -> (Label, &str) {
        self.labels
            .iter()
            .find(|(of, _, _)| *of == regime)
            .map_or((Label::Required, "not labelled in rights.toml"), |(_, label, citation)| {
                (*label, citation.as_str())
            })
    }

    /// The grants.
    pub(crate) fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// How a reading cites these rights.
    pub(crate) fn policy(&self) -> Option<PolicyRef> {
        Some(PolicyRef { policy: Code::new(POLICY)?, version: self.version.clone() })
    }
}

fn all<T>(texts: &[String], parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    texts.iter().map(|text| parse(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_core::rights::{WhoReads, may_read};

    fn reader(role: Role) -> WhoReads {
        WhoReads { agency: AgencyId::parse("police:mps").unwrap(), role: Some(role), purpose: None }
    }

    #[test]
    fn the_text_that_init_writes_grants_everything_and_labels_every_regime() {
        let rights = Rights::parse(TEMPLATE).unwrap();
        assert!(may_read(rights.grants(), &reader(Role::Dispatcher), Kind::AttendanceDecided.number()));
        for regime in Regime::ALL {
            let (label, citation) = rights.label(*regime);
            assert_eq!(label == Label::Policy, *regime == Regime::General, "{regime:?}");
            assert!(!citation.contains("not labelled"), "{regime:?}");
        }
    }

    #[test]
    fn without_a_grant_nothing_may_be_read_and_what_is_not_labelled_counts_as_required() {
        let rights = Rights::parse("version = \"v2\"").unwrap();
        assert!(!may_read(rights.grants(), &reader(Role::Supervisor), Kind::AttendanceDecided.number()));
        assert_eq!(rights.label(Regime::General).0, Label::Required);
    }

    #[test]
    fn a_broken_file_is_placed_and_not_repeated() {
        for (text, told) in [
            ("version = \"v\"\n[[raed]]", "line"),
            ("version = \"v\"\n[[read]]\nroles = [\"chief\"]", "read[0].roles"),
            ("version = \"v\"\n[[read]]\nevents = [\"Nonsense\"]", "read[0].events"),
            (
                "version = \"v\"\n[[label]]\nregime = \"none\"\nlabel = \"policy\"\ncitation = \"\"",
                "label[0].regime",
            ),
            ("version = \"a b\"", "version"),
        ] {
            let error = Rights::parse(text).unwrap_err().to_string();
            assert!(
                error.contains(told) && !error.contains("Nonsense") && !error.contains("chief"),
                "{error}"
            );
        }
    }
}
