//! Whether a recorded answer is the one that its note's signer signed, about the offer that stands in the ledger.

use super::answer::{Answer, Said, entry_digest};
use onus_core::bodies::handover::HandoverOffered;
use onus_core::bytes::{Digest, NoteBytes};
use onus_core::code::{Code, Origin};
use onus_core::codec::DecodeError;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::keys::{RegisteredKey, handover_key_agency};
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{DeclineReason, Facet, KeyPurpose, Role};
use onus_proof::{Algorithm, Note, VerifierKey};

/// What an answer with a note is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CounterSignature {
    /// Counter-signed.
    Signed {
        /// By whom.
        by: AgencyId,
        /// The ledger whose offer was signed, where it is another one.
        in_origin: Option<Origin>,
    },
    /// Asserted alone: what was handed in as a signature is none of this answer.
    Alone(Unsigned),
}

/// Why an answer with a note is not counter-signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// What was handed in is no note.
    #[error("what was handed in as its signature is not a signed note of this form")]
    NotANote,
    /// The ledger knew no such key.
    #[error("no key that this ledger had registered for the receiver then signed the note")]
    UnknownKey,
    /// Note or signature were changed.
    #[error("the signature was not made over this note: note, signature or name were changed")]
    BadSignature,
    /// The key had been revoked before.
    #[error("the key that signed it had been revoked before it was recorded")]
    KeyRevoked,
    /// Another agency signed than whom the offer was made to.
    #[error("it was signed by another agency than the one that the offer was made to")]
    NotTheReceiver,
    /// The note answers another offer, or the offer is not here, or other bytes stand here.
    #[error("the note answers another offer than this one")]
    OtherOffer,
    /// The note is about an offer of another ledger and does not bring it along.
    #[error("the note answers an offer of another ledger, which it does not bring along")]
    OfferElsewhere,
    /// The entry says something else than the note.
    #[error("the note says something else than this entry")]
    OtherAnswer,
    /// The conditions handed in are not the ones signed.
    #[error("the conditions that were handed in are not the ones that were signed")]
    OtherConditions,
}

impl Unsigned {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::NotANote,
        Self::UnknownKey,
        Self::BadSignature,
        Self::KeyRevoked,
        Self::NotTheReceiver,
        Self::OtherOffer,
        Self::OfferElsewhere,
        Self::OtherAnswer,
        Self::OtherConditions,
    ];

    /// Its spelling: what stands as the source's reference in an entry that was recorded for this reason.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotANote => "not-a-note",
            Self::UnknownKey => "unknown-key",
            Self::BadSignature => "bad-signature",
            Self::KeyRevoked => "key-revoked",
            Self::NotTheReceiver => "not-the-receiver",
            Self::OtherOffer => "other-offer",
            Self::OfferElsewhere => "offer-elsewhere",
            Self::OtherAnswer => "other-answer",
            Self::OtherConditions => "other-conditions",
        }
    }
}

/// A recorded answer that carries a note.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Its place in the ledger.
    pub seq: Seq,
    /// The incident.
    pub incident: Option<&'a Incident>,
    /// When it says that it happened.
    pub at: Timestamp,
    /// The offer it names.
    pub offer: Option<EventId>,
    /// Its facets.
    pub facets: &'a [Facet],
    /// Whether it is an acceptance.
    pub accepts: bool,
    /// The role.
    pub role: Option<Role>,
    /// The receiver's reference.
    pub reference: Option<&'a Code>,
    /// Why it was refused.
    pub reason: Option<DeclineReason>,
    /// Whether it has conditions.
    pub has_conditions: bool,
    /// The note.
    pub note: &'a NoteBytes,
    /// What was found wrong when it was recorded, and can no longer be seen without opening a text.
    pub found: Option<Unsigned>,
}

impl<'a> Claim<'a> {
    /// The source system of entries that `onus handover record` makes.
    pub const SYSTEM: &'static str = "onus-handover";

    /// What an entry claims; `None` if it carries no note.
    #[must_use]
    pub fn of(entry: &'a Entry) -> Option<Self> {
        let common = &entry.common;
        let source = &common.source;
        let found = source.reference.as_ref().filter(|_| source.system.as_str() == Self::SYSTEM);
        let found = found
            .and_then(|code| Unsigned::ALL.iter().copied().find(|reason| reason.as_str() == code.as_str()));
        let (incident, at, seq) = (common.incident.as_ref(), common.occurred_at, entry.seq());
        match entry.body.as_ref()? {
            Body::HandoverAccepted(b) => Some(Self {
                seq,
                incident,
                at,
                offer: b.offer,
                facets: &b.facets,
                accepts: true,
                role: b.by_role,
                reference: b.reference.as_ref(),
                reason: None,
                has_conditions: b.conditions.is_some(),
                note: b.signed_note.as_ref()?,
                found,
            }),
            Body::HandoverDeclined(b) => Some(Self {
                seq,
                incident,
                at,
                offer: b.offer,
                facets: &b.facets,
                accepts: false,
                role: b.by_role,
                reference: b.reference.as_ref(),
                reason: b.reason,
                has_conditions: b.conditions.is_some(),
                note: b.signed_note.as_ref()?,
                found,
            }),
            _ => None,
        }
    }

    /// Whether it says what the note says.
    fn says(&self, answer: &Answer) -> bool {
        let signed_sorted = sorted(&answer.facets);
        self.accepts == (answer.said != Said::Refused)
            && self.has_conditions == answer.conditions_sha256.is_some()
            && self.incident == Some(&answer.incident)
            && sorted(self.facets) == signed_sorted
            && self.role == Some(answer.role)
            && self.reference == answer.reference.as_ref()
            && self.reason == answer.reason
            && self.at == answer.at
    }
}

fn sorted(facets: &[Facet]) -> Vec<Facet> {
    let mut facets = facets.to_vec();
    facets.sort_unstable();
    facets.dedup();
    facets
}

/// An offer as it is stored, and what it says.
#[derive(Clone, Debug)]
pub struct Original {
    bytes: Vec<u8>,
    entry: Entry,
}

impl Original {
    /// Decodes stored bytes.
    pub fn new(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        let entry = Entry::parse(&bytes)?;
        Ok(Self { bytes, entry })
    }

    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Its bytes, as they are stored.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes: what an answer names.
    #[must_use]
    pub fn digest(&self) -> Digest {
        entry_digest(&self.bytes)
    }

    /// What it offers; `None` if it is no offer.
    #[must_use]
    pub fn offer(&self) -> Option<&HandoverOffered<Stored>> {
        match &self.entry.body {
            Some(Body::HandoverOffered(offer)) => Some(offer),
            _ => None,
        }
    }

    /// Whether an answer is about these very bytes, under the names that they have.
    fn is_meant_by(&self, answer: &Answer) -> bool {
        self.digest() == answer.entry_sha256
            && self.entry.id() == answer.offer
            && self.entry.common.incident.as_ref() == Some(&answer.incident)
            && self.offer().is_some_and(|offer| {
                !answer.facets.is_empty() && answer.facets.iter().all(|facet| offer.facets.contains(facet))
            })
    }

    /// Whether both offer the same to the same, whatever ledger wrote them down.
    fn offers_as(&self, other: &Self) -> bool {
        let terms = |one: &Self| {
            let offer = one.offer()?;
            let incident = one.entry.common.incident.clone();
            Some((one.entry.id(), incident, sorted(&offer.facets), offer.from.clone(), offer.to.clone()))
        };
        terms(self).is_some() && terms(self) == terms(other)
    }
}

/// What a ledger knows of keys.
#[derive(Clone, Debug)]
pub struct KnownKeys {
    /// The ledger's name.
    pub origin: Origin,
    /// Every key it registered.
    pub keys: Vec<RegisteredKey>,
}

impl KnownKeys {
    /// What a recorded answer is worth; `here` is the offer that it names, as it stands in this ledger before it.
    #[must_use]
    pub fn judge(&self, claim: &Claim<'_>, here: Option<&Original>) -> CounterSignature {
        match self.signed(claim, here) {
            Ok((by, in_origin)) => CounterSignature::Signed { by, in_origin },
            Err(reason) => CounterSignature::Alone(reason),
        }
    }

    fn signed(
        &self,
        claim: &Claim<'_>,
        here: Option<&Original>,
    ) -> Result<(AgencyId, Option<Origin>), Unsigned> {
        let note = Note::parse(claim.note.as_slice()).map_err(|_| Unsigned::NotANote)?;
        let answer = Answer::parse(note.text()).map_err(|_| Unsigned::NotANote)?;
        self.signer_of(&note, &answer.by, claim.seq)?;
        if claim.offer != Some(answer.offer) {
            return Err(Unsigned::OtherOffer);
        }
        let in_origin = (answer.origin != self.origin).then(|| answer.origin.clone());
        let signed_offer = if in_origin.is_some() {
            let brought = answer.entry.clone().ok_or(Unsigned::OfferElsewhere)?;
            let brought = Original::new(brought).map_err(|_| Unsigned::OtherOffer)?;
            if here.is_some_and(|here| !here.offers_as(&brought)) {
                return Err(Unsigned::OtherOffer);
            }
            brought
        } else {
            here.cloned().ok_or(Unsigned::OtherOffer)?
        };
        if !signed_offer.is_meant_by(&answer) {
            return Err(Unsigned::OtherOffer);
        }
        if signed_offer.offer().is_none_or(|offer| offer.to != answer.by) {
            return Err(Unsigned::NotTheReceiver);
        }
        if !claim.says(&answer) {
            return Err(Unsigned::OtherAnswer);
        }
        // What the record itself shows comes first; what only the recorder could see is taken at its word.
        claim.found.map_or(Ok((answer.by, in_origin)), Err)
    }

    /// Whether `by`'s key signed, and counted when the entry at `seq` was recorded.
    fn signer_of(&self, note: &Note, by: &AgencyId, seq: Seq) -> Result<(), Unsigned> {
        let of_receiver = |key: &&RegisteredKey| {
            key.purpose == KeyPurpose::Handover && handover_key_agency(key.name.as_str()).as_ref() == Some(by)
        };
        let mut reason = Unsigned::UnknownKey;
        for known in self.keys.iter().filter(of_receiver) {
            let key = VerifierKey::new(known.name.as_str(), Algorithm::Ed25519, known.public.as_bytes());
            let Ok(key) = key else { continue };
            match note.clone().verify(std::slice::from_ref(&key)) {
                Ok(_) if known.counts_at(seq) => return Ok(()),
                Ok(_) if known.seq < seq => reason = Unsigned::KeyRevoked,
                Ok(_) | Err(onus_proof::UntrustedNote::NoKnownKey) => {}
                Err(_) if reason == Unsigned::UnknownKey => reason = Unsigned::BadSignature,
                Err(_) => {}
            }
        }
        Err(reason)
    }
}
