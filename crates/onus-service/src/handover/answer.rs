//! The answer that the receiver signs. It needs no ledger of the sender's.

use onus_core::blame::{Blame, Blamed};
use onus_core::code::{Code, Origin};
use onus_core::ids::AgencyId;
use onus_core::keys::handover_key_agency;
use onus_core::sealed::Plain;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{DeclineReason, Facet, Role};
use onus_export::handover::{AnswerFile, Offer};
use onus_ledger::unguessable;
use onus_proof::NoteSigner;
use onus_query::handover::{Answer, Said, conditions_digest};

/// What the receiver answers.
#[derive(Clone, Debug)]
pub struct AnswerQuestion {
    /// Whether it is accepted.
    pub said: Said,
    /// The role of the person who answers.
    pub role: Role,
    /// Only these of the facets offered; all of them if empty.
    pub facets: Vec<Facet>,
    /// The receiver's own reference.
    pub reference: Option<Code>,
    /// Why it is refused.
    pub reason: Option<DeclineReason>,
    /// What the acceptance depends on, or what would change a refusal.
    pub conditions: Option<Plain>,
    /// When it was answered.
    pub at: Timestamp,
}

/// An answer, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAnswer {
    /// The file's text. It holds the conditions in clear.
    pub text: String,
    /// Whether it was answered after the offer was made.
    pub is_after_offer: bool,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The entry is not an offer.
    #[error("the entry is not an offer; nothing was signed")]
    NotAnOffer,
    /// The key is for another purpose.
    #[error("{name} is not a key for handovers; nothing was signed")]
    NotAHandoverKey {
        /// The key's name.
        name: String,
    },
    /// The key is another agency's.
    #[error("the offer was made to {to}, and the key is {by}'s; nothing was signed")]
    NotTheReceiver {
        /// Whom the offer was made to.
        to: AgencyId,
        /// Whose key it is.
        by: AgencyId,
    },
    /// Facets are named that were not offered, or none.
    #[error("some of the facets were not offered; nothing was signed")]
    NotOffered,
    /// Accepted with conditions, and none are given.
    #[error("an acceptance with conditions states none; nothing was signed")]
    NoConditions,
    /// Accepted without conditions, and some are given.
    #[error("conditions are given, and the answer is not accepted-with-conditions; nothing was signed")]
    Conditions,
    /// A reason of a refusal is given for an acceptance.
    #[error("a reason is given, and the answer is no refusal; nothing was signed")]
    Reason,
    /// The conditions are too long to be salted.
    #[error("the conditions are longer than 16,000 bytes; nothing was signed")]
    TooLong,
    /// The machine has no randomness, or the note could not be spelt.
    #[error("the answer could not be signed: {0}")]
    Machine(String),
}

impl Blamed for AnswerError {
    fn blame(&self) -> Blame {
        match self {
            Self::Machine(_) => Blame::Environment,
            _ => Blame::Caller,
        }
    }
}

/// Signs an answer to a checked offer.
pub fn answer_offer(
    request: &Offer,
    question: &AnswerQuestion,
    signer: &NoteSigner,
) -> Result<SignedAnswer, AnswerError> {
    let (original, entry) = (&request.original, request.original.entry());
    let offer = original.offer().ok_or(AnswerError::NotAnOffer)?;
    let by = handover_key_agency(signer.name())
        .ok_or_else(|| AnswerError::NotAHandoverKey { name: signer.name().to_owned() })?;
    if by != offer.to {
        return Err(AnswerError::NotTheReceiver { to: offer.to.clone(), by });
    }
    let chosen = |facet: &&Facet| question.facets.is_empty() || question.facets.contains(facet);
    let facets: Vec<Facet> = offer.facets.iter().filter(chosen).copied().collect();
    if question.facets.iter().any(|facet| !offer.facets.contains(facet)) || facets.is_empty() {
        return Err(AnswerError::NotOffered);
    }
    match (question.said, &question.conditions, question.reason) {
        (Said::AcceptedWithConditions, None, _) => return Err(AnswerError::NoConditions),
        (Said::Accepted, Some(_), _) => return Err(AnswerError::Conditions),
        (Said::Accepted | Said::AcceptedWithConditions, _, Some(_)) => return Err(AnswerError::Reason),
        _ => {}
    }
    let conditions = question.conditions.as_ref().map(salted).transpose()?;
    let answer = Answer {
        origin: Origin::new(request.checkpoint.origin()).ok_or(AnswerError::NotAnOffer)?,
        incident: entry.common.incident.clone().ok_or(AnswerError::NotAnOffer)?,
        offer: entry.id(),
        entry_sha256: original.digest(),
        facets,
        said: question.said,
        by,
        role: question.role,
        reference: question.reference.clone(),
        reason: question.reason,
        at: question.at,
        conditions_sha256: conditions.as_ref().map(conditions_digest),
        entry: Some(original.bytes().to_vec()),
    };
    let note = answer.sign(signer).map_err(|e| AnswerError::Machine(e.to_string()))?;
    let text = AnswerFile::new(&note, conditions.as_ref()).to_text();
    Ok(SignedAnswer {
        text: text.map_err(|e| AnswerError::Machine(e.to_string()))?,
        is_after_offer: question.at >= entry.common.occurred_at,
    })
}

/// Conditions with a last line that nobody can guess: their digest is in clear in the ledger.
fn salted(text: &Plain) -> Result<Plain, AnswerError> {
    let salt = unguessable().map_err(|e| AnswerError::Machine(e.to_string()))?;
    Plain::new(&format!("{}\n[signed {salt}]", text.expose())).ok_or(AnswerError::TooLong)
}
