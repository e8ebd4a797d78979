//! The two stages of an event's life: as a draft states it, and as the ledger stores it.
//!
//! What differs between them are six types: free text (plain, then sealed), tokens (perhaps still an
//! identifier, then always a token), the event's id (perhaps not chosen yet), whose statement it is (perhaps
//! left to the submitter), who submitted it (never stated by the draft) and from which system it comes (which
//! entries of earlier versions say with less). Everything else is declared
//! once, over a stage.

use crate::field_no::FieldNo;
use crate::ids::{AgencyId, EventId, Token};
use crate::model::Source;
use crate::sealed::{DraftText, Plain, Sealed};
use crate::vocabulary::Channel;
use std::fmt::Debug;

/// A stage of an event's life.
pub trait Stage: Clone + Debug + PartialEq {
    /// What a person wrote in their own words.
    type Text: Clone + Debug + PartialEq;
    /// A person or a place.
    type Token: Clone + Debug + PartialEq;
    /// The event's name.
    type Id: Clone + Debug + PartialEq;
    /// Whose statement it is.
    type Assertion: Clone + Debug + PartialEq;
    /// Who handed the event to the ledger.
    type Submission: Clone + Debug + PartialEq;
    /// Which system the event comes from.
    type Source: Clone + Debug + PartialEq;
}

/// As a draft states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drafted {}

/// As the ledger stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {}

impl Stage for Drafted {
    type Text = DraftText;
    type Token = DraftToken;
    type Id = Given;
    type Assertion = Asserted;
    type Submission = NotStated;
    type Source = Source;
}

impl Stage for Stored {
    /// In a box, because most events have few of the texts that their kind may have.
    type Text = Box<Sealed>;
    type Token = Token;
    type Id = EventId;
    type Assertion = AgencyId;
    type Submission = SubmittedBy;
    type Source = Source;
}

/// A token, or what the ledger makes one from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftToken {
    /// Already a token of this ledger.
    Token(Token),
    /// The source's own identifier: never stored.
    Id(Plain),
}

/// The id that a draft gives its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The source chose one: the event can be retried.
    Source(EventId),
    /// None: the ledger makes one and names it in the receipt.
    Nobody,
}

/// Whose statement a draft is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asserted {
    /// This agency's.
    By(AgencyId),
    /// Not stated, so the submitter's own: nobody's words are put into another's mouth.
    BySubmitter,
}

/// A draft never says who submitted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotStated;

pub use crate::model::SubmittedBy;

impl SubmittedBy {
    /// An agency, by a channel; who worked the software is not recorded.
    #[must_use]
    pub fn new(agency: AgencyId, channel: Channel) -> Self {
        Self { agency, channel, operator: None }
    }
}

/// What only the ledger can supply when a draft becomes a record.
pub trait Sealing {
    /// Why it could not.
    type Error;
    /// Seals one text for its field.
    fn text(&mut self, field: FieldNo, plain: &Plain) -> Result<Sealed, Self::Error>;
    /// Makes a token of an identifier.
    fn token(&mut self, id: &Plain) -> Result<Token, Self::Error>;
    /// Chooses an id for an event that has none.
    fn event_id(&mut self) -> Result<EventId, Self::Error>;
    /// Says who submits.
    fn submitted_by(&mut self) -> Result<SubmittedBy, Self::Error>;
}
