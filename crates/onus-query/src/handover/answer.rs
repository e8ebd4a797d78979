//! What a receiver signs: the text of a note for the purpose `handover`, one field a line, in one order and spelling.
//!
//! It names the offer by its ledger, its incident, its id and SHA-256 of its entry's bytes, so it answers that offer and
//! no other; and it carries those bytes along where they fit, so that it can be judged where that ledger is not.

use onus_core::blame::{Blame, Blamed};
use onus_core::bytes::Digest;
use onus_core::code::{Code, Origin};
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::limits::NOTE_BYTES_MAX;
use onus_core::sealed::Plain;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{DeclineReason, Facet, Role};
use onus_proof::base64_text;
use onus_proof::{Note, NoteSigner, Statement, StatementError};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What the note is signed for: its first line is `onus/handover/v1`.
const PURPOSE: &str = "handover";
/// What stands where there is nothing.
const NONE: &str = "-";

/// What an offer is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Accepted as offered.
    Accepted,
    /// Accepted, if the conditions are kept.
    AcceptedWithConditions,
    /// Not accepted.
    Refused,
}

impl Said {
    /// Every answer.
    pub const ALL: &[Self] = &[Self::Accepted, Self::AcceptedWithConditions, Self::Refused];

    /// Its spelling in the note.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithConditions => "accepted-with-conditions",
            Self::Refused => "refused",
        }
    }
}

/// Why an answer could not be written down or signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The text is no answer: a line is missing, changed, or spelt in another way.
    #[error("the note is not an answer to an offer, spelt as one is")]
    Form,
    /// A fault of this program.
    #[error("the answer could not be stated on lines: {0}")]
    Statement(#[from] StatementError),
    /// A fault of this program.
    #[error("the answer could not be signed: {0}")]
    Note(#[from] onus_proof::NoteError),
    /// The note is longer than a ledger takes.
    #[error("the signed note would be longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
}

impl Blamed for AnswerError {
    fn blame(&self) -> Blame {
        match self {
            Self::Form | Self::TooLong => Blame::Caller,
            Self::Statement(_) | Self::Note(_) => Blame::Environment,
        }
    }
}

/// A receiver's answer to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The ledger that holds the offer.
    pub origin: Origin,
    /// The incident.
    pub incident: Incident,
    /// The offer.
    pub offer: EventId,
    /// SHA-256 of the offer's entry, as it is stored there.
    pub entry_sha256: Digest,
    /// Which facets, in the order of the vocabulary; never none.
    pub facets: Vec<Facet>,
    /// What it says.
    pub said: Said,
    /// Who answers: whom the offer was made to.
    pub by: AgencyId,
    /// In which role.
    pub role: Role,
    /// The receiver's reference.
    pub reference: Option<Code>,
    /// Why it was refused, as a code.
    pub reason: Option<DeclineReason>,
    /// When, by the receiver's clock.
    pub at: Timestamp,
    /// What [`conditions_digest`] gives for the conditions, where there are any.
    pub conditions_sha256: Option<Digest>,
    /// The offer's entry, as it is stored, where it fits.
    pub entry: Option<Vec<u8>>,
}

/// The digest that stands in a note for the conditions. Their last line is random, so that nobody finds a short text
/// by trying.
#[must_use]
pub fn conditions_digest(conditions: &Plain) -> Digest {
    let hash = Sha256::new()
        .chain_update("onus handover conditions v1\n")
        .chain_update(conditions.expose().as_bytes())
        .finalize();
    Digest::from_bytes(hash.into())
}

/// SHA-256 of an entry's bytes, as an answer names them.
pub(super) fn entry_digest(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

impl Answer {
    /// The text of the note.
    pub fn to_text(&self) -> Result<String, AnswerError> {
        let mut facets = String::new();
        for facet in &self.facets {
            let comma = if facets.is_empty() { "" } else { "," };
            let _infallible = write!(facets, "{comma}{}", facet.as_str());
        }
        let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.into());
        let statement = Statement::new(PURPOSE)?
            .with("origin", &self.origin)?
            .with("incident", &self.incident)?
            .with("offer", self.offer)?
            .with("entry-sha256", self.entry_sha256)?
            .with("facets", facets)?
            .with("answer", self.said.as_str())?
            .with("by", &self.by)?
            .with("role", self.role.as_str())?
            .with("reference", or_none(self.reference.as_ref().map(ToString::to_string)))?
            .with("reason", or_none(self.reason.map(|reason| reason.as_str().into())))?
            .with("time", self.at.rfc3339())?
            .with("conditions-sha256", or_none(self.conditions_sha256.map(|digest| digest.to_string())))?
            .with("entry", or_none(self.entry.as_ref().map(base64_text::encode)))?;
        Ok(statement.to_string())
    }

    /// Reads the text of a note. What is read is not yet believed: nobody has checked who signed it.
    pub fn parse(text: &str) -> Result<Self, AnswerError> {
        let answer = Self::read(text).ok_or(AnswerError::Form)?;
        // One text for one answer: whatever is spelt in another way is none.
        if answer.to_text()? == text { Ok(answer) } else { Err(AnswerError::Form) }
    }

    fn read(text: &str) -> Option<Self> {
        let statement = Statement::parse(text, PURPOSE).ok()?;
        let given = |name| statement.get(name);
        // What is there and cannot be read becomes nothing, which is spelt in another way, and so is refused.
        let stated = |text: &&str| *text != NONE;
        let facets: Option<Vec<Facet>> = given("facets")?.split(',').map(Facet::parse).collect();
        Some(Self {
            origin: Origin::new(given("origin")?)?,
            incident: Incident::parse(given("incident")?)?,
            offer: EventId::parse(given("offer")?)?,
            entry_sha256: digest(given("entry-sha256")?)?,
            facets: facets?,
            said: Said::ALL.iter().copied().find(|said| Some(said.as_str()) == given("answer"))?,
            by: AgencyId::parse(given("by")?)?,
            role: Role::parse(given("role")?)?,
            reference: given("reference").filter(stated).and_then(Code::new),
            reason: given("reason").filter(stated).and_then(DeclineReason::parse),
            at: Timestamp::parse(given("time")?).ok()?,
            conditions_sha256: given("conditions-sha256").filter(stated).and_then(digest),
            entry: given("entry").filter(stated).and_then(base64_text::decode),
        })
    }

    /// Signs it. The entry's bytes are left out where the note would be too long for a ledger.
    pub fn sign(mut self, signer: &NoteSigner) -> Result<Note, AnswerError> {
        let note = Note::sign(&self.to_text()?, signer)?;
        if note.to_string().len() <= NOTE_BYTES_MAX {
            return Ok(note);
        }
        self.entry = None;
        let note = Note::sign(&self.to_text()?, signer)?;
        if note.to_string().len() <= NOTE_BYTES_MAX { Ok(note) } else { Err(AnswerError::TooLong) }
    }
}

fn digest(text: &str) -> Option<Digest> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    let pairs = digits.chunks_exact(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|pair| u8::try_from(pair.iter().fold(0, |value, digit| value * 16 + digit)).ok()).collect();
    Some(Digest::from_bytes(bytes?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Option<Answer> {
        Some(Answer {
            origin: Origin::new("police.example/onus")?,
            incident: Incident::parse("police:met/2024-05-15/1")?,
            offer: EventId::parse("00000005-0000-8000-8000-000000000010")?,
            entry_sha256: entry_digest(b"entry"),
            facets: vec![Facet::Custody, Facet::Care],
            said: Said::AcceptedWithConditions,
            by: AgencyId::parse("mh_trust:RV5")?,
            role: Role::NurseInCharge,
            reference: Code::new("RV5-s136-1"),
            reason: None,
            at: Timestamp::parse("2024-05-15T02:07:00+01:00").ok()?,
            conditions_sha256: Plain::new("one officer stays\n(0123)").as_ref().map(conditions_digest),
            entry: Some(b"entry".to_vec()),
        })
    }

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        let answer = answer().unwrap();
        let text = answer.to_text().unwrap();
        assert_eq!(text.lines().next(), Some("onus/handover/v1"));
        assert_eq!(Answer::parse(&text), Ok(answer));
    }

    #[test]
    fn an_answer_spelt_in_another_way_is_none() {
        let text = answer().unwrap().to_text().unwrap();
        for (from, to) in [
            ("+01:00", "+00:00\nmore 1"),
            ("02:07:00+01:00", "01:07:00Z"),
            ("facets custody,care", "facets custody,,care"),
            ("onus/handover/v1", "onus/manifest/v1"),
            ("reason -\n", ""),
            ("entry-sha256 ", "entry-sha256 0"),
            ("accepted-with-conditions", "accepted-with-Conditions"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert_eq!(Answer::parse(&changed), Err(AnswerError::Form), "{to}");
        }
    }
}
