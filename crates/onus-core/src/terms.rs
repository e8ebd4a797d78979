//! What an entry can be found by: its terms (`docs/format.md` §9.2).
//!
//! A **term** is one field byte and a value whose bytes sort as its values do. [`TermReader`] says which terms an
//! entry has, from its bytes alone; [`Wanted`] is what a question asks for, read from a person's spelling. Both go
//! by the same forms of value, so what is asked is what is indexed.
//!
//! | byte | field | from |
//! |---:|---|---|
//! | 1 | incident | the common record |
//! | 2 | kind | the head |
//! | 3 | agency | the common record |
//! | 4 | counterpart | bodies |
//! | 5 | role | the common record |
//! | 6 | strand | bodies |
//! | 7 | outcome | bodies |
//! | 8 | limb | bodies |
//! | 9 | risk | bodies |
//! | 10 | policy | the common record |
//! | 11 | subject | the common record |
//! | 12 | location | the common record |
//! | 13 | source | the common record |
//! | 14 | day | the common record |
//! | 15 | entered day | the common record |
//!
//! # Promises
//! * The terms of an entry are a function of its bytes: no other entry, no clock and no setting has a say.
//! * Reading them allocates nothing once a reader is warm, and decodes nothing behind the last term of a kind.
//! * An entry of a kind that this release does not know has the terms of its common record.
//!
//! # Never
//! * No term is made of sealed text, nor of its length.

mod days;
mod forms;
mod reading;
mod wanted;

pub use reading::TermReader;
pub use wanted::{Unacceptable, Wanted};

/// What one can ask for. The numbers are the field bytes of term files, assigned once and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TermField {
    /// The incident, as its key; empty for ledger-wide events.
    Incident = 1,
    /// The kind of event.
    Kind = 2,
    /// The agency of whoever acted.
    Agency = 3,
    /// The other agency of a notification, an offer or a physical handover.
    Counterpart = 4,
    /// What the person who acted was doing.
    Role = 5,
    /// The part of the policy that a triage put the call under.
    Strand = 6,
    /// What was decided about attending, or what became of the person.
    Outcome = 7,
    /// A ground on which police attend, of a decision.
    Limb = 8,
    /// The answer to the question of risk to life.
    Risk = 9,
    /// The policy and version cited.
    Policy = 10,
    /// The person concerned, as a token.
    Subject = 11,
    /// The place concerned, as a token.
    Location = 12,
    /// The system that the event comes from.
    Source = 13,
    /// The day in Europe/London on which it happened.
    Day = 14,
    /// The day in Europe/London on which the source says it was entered.
    EnteredDay = 15,
}

impl TermField {
    /// Every field, in the order of their bytes.
    pub const ALL: [Self; 15] = [
        Self::Incident,
        Self::Kind,
        Self::Agency,
        Self::Counterpart,
        Self::Role,
        Self::Strand,
        Self::Outcome,
        Self::Limb,
        Self::Risk,
        Self::Policy,
        Self::Subject,
        Self::Location,
        Self::Source,
        Self::Day,
        Self::EnteredDay,
    ];

    /// Every name, in the same order.
    pub const NAMES: [&str; 15] = [
        "incident",
        "kind",
        "agency",
        "counterpart",
        "role",
        "strand",
        "outcome",
        "limb",
        "risk",
        "policy",
        "subject",
        "location",
        "source",
        "day",
        "entered_day",
    ];

    /// The byte that its terms begin with.
    #[must_use]
    pub const fn byte(self) -> u8 {
        #[expect(clippy::as_conversions, reason = "a field-less enum whose numbers are bytes")]
        {
            self as u8
        }
    }

    /// The field of a term.
    #[must_use]
    pub fn of_term(term: &[u8]) -> Option<Self> {
        let byte = term.first()?;
        Self::ALL.into_iter().find(|field| field.byte() == *byte)
    }

    /// Its name on the command line and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.get(usize::from(self.byte()).wrapping_sub(1)).copied().unwrap_or_default()
    }

    /// The field so named.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}
