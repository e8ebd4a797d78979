//! One incident in one page that anyone can check. The access ledger has it first.

use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_core::sealed::Plain;
use onus_export::evidence::{Evidence, MakeError, Request, Selection, make_evidence};
use onus_ledger::{Identity, OpenError};

/// Which incident goes into the page, and what is opened for whom.
#[derive(Clone, Debug)]
pub struct EvidenceQuestion {
    /// The incident.
    pub incident: Incident,
    /// The texts that are opened; the others stay sealed.
    pub disclose: Vec<Selection>,
    /// For whom. Unstated, it is anyone who holds the file.
    pub recipient: Option<Plain>,
    /// The ground on which texts are opened.
    pub ground: Option<Code>,
    /// Why; texts are opened only with a reason.
    pub why: Option<Plain>,
}

/// Why there is no page. Where texts were to be opened, the access ledger may say so; nothing was handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// Texts are opened for a reason.
    #[error("no reason given: the access ledger says why a text was opened")]
    NoReason,
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The page was not made; it says who must act.
    #[error(transparent)]
    Make(Box<MakeError>),
}

impl From<MakeError> for EvidenceError {
    fn from(error: MakeError) -> Self {
        Self::Make(Box::new(error))
    }
}

impl Blamed for EvidenceError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoReason => Blame::Caller,
            Self::Open(e) => e.blame(),
            Self::Make(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoReason => None,
            Self::Open(e) => e.hint(),
            Self::Make(e) => e.hint(),
        }
    }
}

impl Session {
    /// Makes the page under a checkpoint that is signed now. A page that opens nothing is handed out by the ledger's own
    /// agency where the caller claims no identity.
    pub fn evidence(&self, question: &EvidenceQuestion) -> Result<Evidence, EvidenceError> {
        if !question.disclose.is_empty() && question.why.is_none() {
            return Err(EvidenceError::NoReason);
        }
        let caller = match self.caller().identity() {
            None if question.disclose.is_empty() => {
                self.caller().in_the_name_of(Identity::agency_alone(self.ledger().agency()?))
            }
            _ => self.caller().clone(),
        };
        let request = Request {
            incident: &question.incident,
            disclose: &question.disclose,
            recipient: question.recipient.as_ref(),
            ground: question.ground.as_ref(),
            why: question.why.as_ref(),
        };
        Ok(make_evidence(self.keys()?, &caller, &request)?)
    }
}
