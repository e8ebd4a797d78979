//! One event on its way out: its record, and what may be said of each of its sealed texts.

use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::field_no::FieldNo;
use onus_core::ids::EventId;
use onus_core::kinds::Kind;
use onus_core::record::Record;
use onus_core::sealed::{Plain, Says, Sealed};
use onus_core::time::{LocalDate, Timestamp};

/// What a file says of one sealed text.
#[derive(Debug)]
pub enum TextState {
    /// The text, disclosed for this file.
    Opened(Plain),
    /// Its length alone.
    Withheld,
    /// Its source did not hand it on: there is nothing to open.
    WithheldAtSource {
        /// The ground that the source states.
        ground: Option<Code>,
    },
    /// Its key was destroyed, here or at its source.
    Erased {
        /// On which day, in London.
        on: LocalDate,
    },
}

/// One sealed text of an event.
#[derive(Debug)]
pub struct Text {
    /// The number of its field.
    pub field: FieldNo,
    /// As it is stored.
    pub sealed: Sealed,
    /// What is said of it.
    pub state: TextState,
}

/// One event, as it leaves.
#[derive(Debug)]
pub struct Event {
    /// What the writer stated.
    pub head: EntryHead,
    /// The record.
    pub record: Record,
    /// Its sealed texts, in the order of the record.
    pub texts: Vec<Text>,
}

impl Event {
    /// With every text withheld, or erased where `erased` says so.
    #[must_use]
    pub fn closed(head: EntryHead, mut record: Record, erased: &dyn Fn(u64) -> Option<Timestamp>) -> Self {
        let state = |sealed: &Sealed| {
            if sealed.is_withheld() {
                return match sealed.absence().map(|absent| absent.says().clone()) {
                    Some(Says::Erased(on)) => TextState::Erased { on },
                    Some(Says::Withheld(ground)) => TextState::WithheldAtSource { ground: Some(ground) },
                    None => TextState::WithheldAtSource { ground: None },
                };
            }
            erased(sealed.key_id).map_or(TextState::Withheld, |on| TextState::Erased { on: on.london_day() })
        };
        let mut texts = Vec::new();
        record.visit_sealed(&mut |field, sealed| {
            texts.push(Text { field, state: state(sealed), sealed: sealed.clone() });
        });
        Self { head, record, texts }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.record.kind()
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.record.common.event_id
    }
}

/// How many texts of a file are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Events in the file.
    pub entries: u64,
    /// Entries of a kind that this release does not know, left out.
    pub unknown: u64,
    /// Texts in clear.
    pub opened: u64,
    /// Texts of which the length alone is stated.
    pub withheld: u64,
    /// Texts whose key was destroyed.
    pub erased: u64,
}

impl Counts {
    /// With one event more.
    pub fn add(&mut self, event: &Event) {
        self.entries += 1;
        for text in &event.texts {
            match text.state {
                TextState::Opened(_) => self.opened += 1,
                TextState::Withheld | TextState::WithheldAtSource { .. } => self.withheld += 1,
                TextState::Erased { .. } => self.erased += 1,
            }
        }
    }
}
