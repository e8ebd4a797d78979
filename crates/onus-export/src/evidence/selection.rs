//! Which sealed texts are opened: `rationale` in every entry, `12/rationale` in one, `all`.

use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::schema;
use onus_core::seq::Seq;
use onus_core::shape::Wire;
use onus_ledger::EntryTexts;
use std::collections::BTreeMap;
use std::fmt;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every text of the incident.
    All,
    /// Every text of this name.
    Named(String),
    /// The text of this name in one entry.
    OfEntry(Seq, String),
}

impl Selection {
    /// What a selection must look like.
    pub const EXPECTED: &str =
        "`all`, a field such as `rationale`, or an entry and a field such as `12/rationale`";

    /// Reads one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        match text.split_once('/') {
            _ if text == "all" => Some(Self::All),
            None => is_name(text).then(|| Self::Named(text.into())),
            Some((seq, name)) => {
                let seq = Seq::new(seq.parse().ok()?);
                is_name(name).then(|| Self::OfEntry(seq, name.into()))
            }
        }
    }

    /// Whether it names this sealed text of an entry.
    #[must_use]
    pub fn names(&self, seq: Seq, kind: Kind, field: FieldNo) -> bool {
        self.takes(seq, field_names(kind).get(&field).copied().unwrap_or_default())
    }

    fn takes(&self, seq: Seq, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(wanted) => wanted == name,
            Self::OfEntry(of, wanted) => *of == seq && wanted == name,
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Named(name) => f.write_str(name),
            Self::OfEntry(seq, name) => write!(f, "{seq}/{name}"),
        }
    }
}

/// The texts of these entries that a selection takes, and the selections that take none.
pub(super) fn select<'a>(
    selections: &'a [Selection],
    entries: &[(Entry, Vec<FieldNo>)],
) -> (Vec<EntryTexts>, Vec<&'a Selection>) {
    // All of no texts is none of them.
    let mut idle: Vec<&Selection> = selections.iter().filter(|one| **one != Selection::All).collect();
    let mut wanted = Vec::new();
    for (entry, sealed) in entries {
        let Some(body) = &entry.body else { continue };
        let names = field_names(body.kind());
        let seq = entry.seq();
        let mut fields = Vec::new();
        for field in sealed {
            let name = names.get(field).copied().unwrap_or_default();
            if selections.iter().any(|selection| selection.takes(seq, name)) {
                fields.push(*field);
            }
            idle.retain(|selection| !selection.takes(seq, name));
        }
        if !fields.is_empty() {
            wanted.push(EntryTexts { seq, fields });
        }
    }
    (wanted, idle)
}

/// The sealed fields of a kind, the common record's among them, by their numbers.
fn field_names(kind: Kind) -> BTreeMap<FieldNo, &'static str> {
    let mut types = BTreeMap::new();
    kind.body_shape().collect(&mut types);
    types.extend(schema::types().into_iter().filter(|(name, _)| matches!(*name, "Common" | "Corrects")));
    let fields = types.into_values().flat_map(|def| match def.wire {
        Wire::Struct(fields) => fields,
        _ => Vec::new(),
    });
    fields.filter(|field| field.sealed.is_sealed()).map(|field| (field.sealed, field.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_are_read_as_they_are_typed() {
        assert_eq!(Selection::parse("all"), Some(Selection::All));
        assert_eq!(Selection::parse("risk_summary"), Some(Selection::Named("risk_summary".into())));
        assert_eq!(Selection::parse("12/text"), Some(Selection::OfEntry(Seq::new(12), "text".into())));
        for wrong in ["", "12/", "/text", "x/text", "Text", "text/12", "text,why"] {
            assert_eq!(Selection::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn fields_are_known_by_the_names_that_drafts_give_them() {
        let names = field_names(Kind::HandoverOffered);
        assert_eq!(names.get(&FieldNo::new(16)), Some(&"risk_summary"));
        assert_eq!(
            (names.get(&FieldNo::new(1)), names.get(&FieldNo::new(2))),
            (Some(&"late_reason"), Some(&"reason"))
        );
        assert_eq!(field_names(Kind::DemographicsRecorded).get(&FieldNo::new(18)), Some(&"ethnicity"));
    }
}
