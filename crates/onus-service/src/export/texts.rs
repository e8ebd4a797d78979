//! The texts that are opened in an export: named by kind and field, handed out by the ledger's door alone.

use super::{ExportError, ExportQuestion};
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::cell::Holds;
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::flat::columns;
use onus_core::kinds::Kind;
use onus_export::data::{DataError, Event, TextState};
use onus_ledger::{Disclosure, EntryTexts, RevealError, open_disclosed};
use std::collections::BTreeSet;

/// A sealed text of a kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextField {
    kind: Kind,
    field: FieldNo,
}

/// A text names no sealed text of a kind of event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected Kind.field of a sealed text, such as {}", .examples.join(", "))]
pub struct NoTextField {
    /// What could be named instead.
    pub examples: Vec<String>,
}

impl Blamed for NoTextField {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// Which texts an export opens, and on what ground.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextsOpened {
    /// The texts; the others are withheld.
    pub fields: BTreeSet<TextField>,
    /// On what ground.
    pub ground: Option<Code>,
}

impl TextField {
    /// Reads one as `Kind.field`, such as `AttendanceDecided.rationale`.
    pub fn parse(text: &str) -> Result<Self, NoTextField> {
        let example = || NoTextField { examples: vec!["AttendanceDecided.rationale".to_owned()] };
        let (kind, field) = text.split_once('.').ok_or_else(example)?;
        let kind = Kind::from_name(kind).ok_or_else(example)?;
        let found = sealed(kind).find(|(name, _)| name == field);
        found.map(|(_, field)| Self { kind, field }).ok_or_else(|| NoTextField {
            examples: sealed(kind).map(|(name, _)| format!("{}.{name}", kind.name())).collect(),
        })
    }

    /// The text of a field of a kind of event.
    pub(super) fn new(kind: Kind, field: FieldNo) -> Self {
        Self { kind, field }
    }
}

/// The sealed fields of a kind, as drafts name them.
fn sealed(kind: Kind) -> impl Iterator<Item = (String, FieldNo)> {
    columns(kind).into_iter().filter_map(|column| match column.holds {
        Holds::Sealed(number) => Some((column.name.trim_start_matches("body_").to_owned(), number)),
        _ => None,
    })
}

impl TextsOpened {
    /// Every sealed text of every kind of event.
    pub(super) fn every(ground: Code) -> Self {
        let of = |kind: &Kind| {
            let kind = *kind;
            sealed(kind).map(move |(_, field)| TextField { kind, field })
        };
        Self { fields: Kind::ALL.iter().flat_map(of).collect(), ground: Some(ground) }
    }

    /// Whether a text is named.
    pub(super) fn names(&self, kind: Kind, field: FieldNo) -> bool {
        self.fields.contains(&TextField::new(kind, field))
    }

    /// Texts are opened for somebody, on a ground.
    pub(super) fn check(&self, question: &ExportQuestion) -> Result<(), ExportError> {
        if self.fields.is_empty() {
            return Ok(());
        }
        stated(self.ground.as_ref(), "the ground")?;
        stated(question.recipient.as_ref(), "the recipient")
    }

    /// Opens the named texts of these events; the access ledger has it first. Returns how many could not be opened.
    pub(super) fn open(
        &self,
        session: &Session,
        disclosure: &Disclosure<'_>,
        events: &mut [Event],
    ) -> Result<u64, DataError> {
        let wanted: Vec<EntryTexts> = events.iter().filter_map(|event| self.wanted(event)).collect();
        if wanted.is_empty() {
            return Ok(0);
        }
        let keys = session.keys().map_err(RevealError::from)?;
        let handed = keys.disclose(session.caller(), disclosure, &wanted)?;
        let mut not_opened = 0;
        for one in handed {
            let Ok(at) = events.binary_search_by_key(&one.seq, |event| event.head.seq) else { continue };
            let Some(event) = events.get_mut(at) else { continue };
            let id = event.id();
            let text = event.texts.iter_mut().find(|text| text.field == one.field);
            if let (Some(text), Ok(key)) = (text, &one.key)
                && let Ok(plain) = open_disclosed(&text.sealed, &id, one.field, key)
            {
                text.state = TextState::Opened(plain);
            } else {
                not_opened += 1;
            }
        }
        Ok(not_opened)
    }

    fn wanted(&self, event: &Event) -> Option<EntryTexts> {
        let texts = event.texts.iter().filter(|text| matches!(text.state, TextState::Withheld));
        let fields: Vec<FieldNo> =
            texts.map(|text| text.field).filter(|field| self.names(event.kind(), *field)).collect();
        (!fields.is_empty()).then_some(EntryTexts { seq: event.head.seq, fields })
    }
}

/// What must be stated before a text is opened.
pub(super) fn stated<T>(value: Option<&T>, what: &'static str) -> Result<(), ExportError> {
    value.map(|_| ()).ok_or(ExportError::Unstated(what))
}
