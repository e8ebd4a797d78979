//! Handovers that their receiver signs: the request that goes out, what it says to its receiver, the answer that is signed
//! there, and the answer recorded here.

mod answer;
mod offer;
mod recorded;

use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::kinds::Kind;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_export::handover::{OfferRequest, RequestError, RequestFile, request};
use onus_ledger::{OpenError, SignCheckpointError, SigningError};
use onus_proof::NoteSigner;
use onus_store::{ReadError, Reader};

pub use answer::{AnswerError, AnswerQuestion, SignedAnswer, answer_offer};
pub use offer::OfferShown;
pub use recorded::{AnswerRecorded, AnswerSignature, RecordAnswerError, RecordAnswerQuestion};

/// Which offer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferName {
    /// By its entry's number.
    Seq(Seq),
    /// By its event id.
    Event(EventId),
}

/// Which offer goes to its receiver, and on what ground its risk summary is opened.
#[derive(Clone, Debug)]
pub struct RequestQuestion {
    /// The offer.
    pub offer: OfferName,
    /// The ground.
    pub ground: Code,
    /// Why, where that is stated.
    pub why: Option<Plain>,
}

/// Why there is no request. Nothing was handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandoverRequestError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No checkpoint was signed; it says who must act.
    #[error(transparent)]
    Checkpoint(#[from] SignCheckpointError),
    /// The request was not made; it says who must act.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// No offer has the id.
    #[error("the ledger has no offer of that id")]
    NotFound,
    /// Several offers have the id.
    #[error("several offers have that id")]
    Several,
}

impl Blamed for HandoverRequestError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Checkpoint(e) => e.blame(),
            Self::Request(e) => e.blame(),
            Self::NotFound => Blame::NotFound,
            Self::Several => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Checkpoint(e) => e.hint(),
            Self::Request(e) => e.hint(),
            Self::NotFound => Some("`onus show INCIDENT` says which entry an offer is".into()),
            Self::Several => Some("name the offer by its entry's number".into()),
        }
    }
}

impl Session {
    /// Makes the file that an offer's receiver signs, under a checkpoint that is signed now. The access ledger has it first.
    pub fn handover_request(&self, question: &RequestQuestion) -> Result<RequestFile, HandoverRequestError> {
        self.ledger().identity_of(self.caller())?;
        let seq = offer_seq(&self.ledger().read()?, question.offer)?;
        let signed = self.sign_checkpoint()?;
        let asked = OfferRequest { seq, ground: &question.ground, why: question.why.as_ref() };
        Ok(request(self.keys()?, self.caller(), &signed, &asked)?)
    }

    /// The key with which this ledger's own agency answers offers.
    pub fn handover_signer(&self) -> Result<NoteSigner, SigningError> {
        let reader = self.ledger().read()?;
        self.keys()?.signer(&reader, KeyPurpose::Handover)
    }
}

/// The entry of the offer that is meant.
fn offer_seq(reader: &Reader, offer: OfferName) -> Result<Seq, HandoverRequestError> {
    let id = match offer {
        OfferName::Seq(seq) => return Ok(seq),
        OfferName::Event(id) => id,
    };
    let mut found = Vec::new();
    for seq in reader.of_kind(Kind::HandoverOffered.number())? {
        if Entry::parse(reader.entry(seq)?.bytes()).is_ok_and(|entry| entry.id() == id) {
            found.push(seq);
        }
    }
    match found.as_slice() {
        [seq] => Ok(*seq),
        [] => Err(HandoverRequestError::NotFound),
        _ => Err(HandoverRequestError::Several),
    }
}
