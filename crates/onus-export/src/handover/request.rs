//! The request: one offer, proven and opened for its receiver.
//!
//! One JSON object: `format`; `offer` and `schema`, each a C2SP `tlog-proof` that brings its entry along; and
//! `risk_summary_key`, the key of that one text in base64, or `risk_summary_withheld`, why there is none.

use onus_core::blame::{Blame, Blamed};
use onus_core::code;
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_ledger::{
    Caller, Disclosure, EntryTexts, Export, FieldKey, OpenError, RevealError, Unlocked, open_disclosed,
};
use onus_proof::base64_text;
use onus_proof::{Policy, SignedCheckpoint, TlogProof, TlogProofError, VerifiedCheckpoint, leaf_hash};
use onus_query::ReadError;
use onus_query::handover::Original;
use onus_query::proofs::{ProveError, inclusion};
use serde::{Deserialize, Serialize};

const FORMAT: &str = "onus-handover-request/1";
/// The sealed field `risk_summary` of `HandoverOffered`.
const RISK_SUMMARY: FieldNo = FieldNo::new(16);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    offer: String,
    schema: String,
    risk_summary_key: Option<String>,
    risk_summary_withheld: Option<String>,
}

/// What is asked for.
#[derive(Debug)]
pub struct OfferRequest<'a> {
    /// The offer's place in the ledger.
    pub seq: Seq,
    /// On what ground the risk summary is opened.
    pub ground: &'a Code,
    /// Why, where that is stated.
    pub why: Option<&'a Plain>,
}

/// A request, made and recorded.
#[derive(Debug)]
pub struct RequestFile {
    /// The file's text.
    pub text: String,
    /// Whom the offer was made to.
    pub to: AgencyId,
    /// Why the risk summary stays sealed, where there is one that does.
    pub withheld: Option<String>,
}

/// Why no request was made. Nothing was handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The entry is no offer.
    #[error("entry {seq} is not a HandoverOffered that this release can read")]
    NotAnOffer {
        /// The entry.
        seq: Seq,
    },
    /// The ledger has published no schema.
    #[error("the ledger has published no schema yet: record anything first")]
    NoSchema,
    /// The ledger did not open, or did not allow it.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The key was not handed out, or the access ledger could not be written.
    #[error(transparent)]
    Reveal(#[from] RevealError),
    /// No proof could be made.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// A text of this program's own is too long.
    #[error("the request could not be written: this program is at fault, please report it")]
    Fault,
}

impl Blamed for RequestError {
    fn blame(&self) -> Blame {
        match self {
            Self::NotAnOffer { .. } | Self::NoSchema => Blame::Caller,
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Reveal(e) => e.blame(),
            Self::Prove(e) => e.blame(),
            Self::Fault => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotAnOffer { .. } => Some("`onus show INCIDENT` says which entry an offer is".into()),
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Reveal(e) => e.hint(),
            _ => None,
        }
    }
}

/// Makes a request under a checkpoint that reaches the offer, after the access ledger has it.
pub fn request(
    keys: &Unlocked,
    caller: &Caller,
    checkpoint: &SignedCheckpoint,
    question: &OfferRequest<'_>,
) -> Result<RequestFile, RequestError> {
    let seq = question.seq;
    let ledger = keys.ledger();
    ledger.identity_of(caller)?;
    let reader = ledger.read()?;
    let original = Original::new(reader.entry(seq)?.bytes().to_vec());
    let original = original.map_err(|_| RequestError::NotAnOffer { seq })?;
    let offer = original.offer().ok_or(RequestError::NotAnOffer { seq })?;
    let schemas = reader.of_kind(Kind::SchemaPublished.number())?;
    let schema = schemas.iter().rev().find(|one| **one < seq).or(schemas.first());
    let schema = *schema.ok_or(RequestError::NoSchema)?;
    let head = checkpoint.unchecked().head();
    let proof = |seq: Seq| -> Result<String, RequestError> {
        let bytes = reader.entry(seq)?.bytes().to_vec();
        let path = inclusion(&reader, seq, &head)?;
        Ok(TlogProof::new(Some(bytes), seq.get(), path, checkpoint.clone()).to_string())
    };
    let (offer_proof, schema_proof) = (proof(seq)?, proof(schema)?);
    let to = offer.to.clone();
    let recipient = Plain::new(&to.to_string()).ok_or(RequestError::Fault)?;
    let mut key = None;
    let mut withheld = None;
    if offer.risk_summary.is_some() {
        let disclosure =
            Disclosure { recipients: &recipient, ground: question.ground.clone(), why: question.why };
        let texts = [EntryTexts { seq, fields: vec![RISK_SUMMARY] }];
        for handed in keys.disclose(caller, &disclosure, &texts)? {
            match handed.key {
                Ok(handed) => key = Some(base64_text::encode(handed.expose())),
                Err(why) => withheld = Some(why.to_string()),
            }
        }
    }
    keys.record_export(
        caller,
        &Export {
            incident: original.entry().common.incident.as_ref(),
            format: code!("handover-request"),
            filters: None,
            size: head.size,
            included: 1,
            withheld: u64::from(withheld.is_some()),
            erased: 0,
            recipients: Some(&recipient),
            why: question.why,
        },
    )?;
    let file = File {
        format: FORMAT.into(),
        offer: offer_proof,
        schema: schema_proof,
        risk_summary_key: key,
        risk_summary_withheld: withheld.clone(),
    };
    let mut text = serde_json::to_string_pretty(&file).map_err(|_| RequestError::Fault)?;
    text.push('\n');
    Ok(RequestFile { text, to, withheld })
}

/// Why a request is not to be answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// The text is not a request.
    #[error("this is not a request for a handover: it is not one JSON object of the format {FORMAT}")]
    Form,
    /// A proof is none, or does not hold.
    #[error("the proof of the {what} does not hold: {why}")]
    Proof {
        /// Of which entry.
        what: &'static str,
        /// Why.
        why: TlogProofError,
    },
    /// A proof does not bring its entry along, or the entry has another number.
    #[error("the {what} is not the entry that its proof is about")]
    Entry {
        /// Which entry.
        what: &'static str,
    },
    /// Offer and schema stand under different checkpoints.
    #[error("offer and schema are under different checkpoints")]
    OtherCheckpoint,
    /// The entry is no offer that this release can read.
    #[error("the entry is not an offer of a handover that this release can read")]
    NotAnOffer,
    /// The key handed out does not open the offer's text.
    #[error("the key handed out does not open the risk summary of this offer: one of them was changed")]
    Summary,
}

impl Blamed for BadRequest {
    /// A request that does not hold is what a check found.
    fn blame(&self) -> Blame {
        Blame::Damage
    }
}

/// What the request says of the risk.
#[derive(Debug)]
pub enum Summary {
    /// The offer has none.
    None,
    /// This.
    Open(Plain),
    /// It has one, of so many characters, which was not opened, and why.
    Withheld {
        /// Its length in Unicode scalar values.
        chars: u32,
        /// Why, in the sender's words.
        why: String,
    },
}

/// An offer, checked.
#[derive(Debug)]
pub struct Offer {
    /// The offer as it is stored.
    pub original: Original,
    /// What it says of the risk.
    pub summary: Summary,
    /// The checkpoint that it is under.
    pub checkpoint: VerifiedCheckpoint,
}

/// Checks a request: the checkpoint is signed as `policy` asks, offer and schema stand under it, and the key opens the
/// offer's own text.
pub fn open_request(text: &str, policy: &Policy) -> Result<Offer, BadRequest> {
    let file: File = serde_json::from_str(text).map_err(|_| BadRequest::Form)?;
    if file.format != FORMAT {
        return Err(BadRequest::Form);
    }
    let (offer, checkpoint) = proven("offer", &file.offer, policy)?;
    let (schema, of_schema) = proven("schema", &file.schema, policy)?;
    if checkpoint.head() != of_schema.head() || checkpoint.origin() != of_schema.origin() {
        return Err(BadRequest::OtherCheckpoint);
    }
    if !matches!(schema.entry().body, Some(Body::SchemaPublished(_))) {
        return Err(BadRequest::Entry { what: "schema" });
    }
    let summary = summary(&file, &offer)?;
    Ok(Offer { original: offer, summary, checkpoint })
}

fn proven(
    what: &'static str,
    text: &str,
    policy: &Policy,
) -> Result<(Original, VerifiedCheckpoint), BadRequest> {
    let proof = TlogProof::parse(text.as_bytes()).map_err(|why| BadRequest::Proof { what, why })?;
    let bytes = proof.extra().ok_or(BadRequest::Entry { what })?.to_vec();
    let checkpoint =
        proof.verify(&leaf_hash(&bytes), policy).map_err(|why| BadRequest::Proof { what, why })?;
    let entry = Original::new(bytes).map_err(|_| BadRequest::Entry { what })?;
    if entry.entry().seq().get() == proof.index() {
        Ok((entry, checkpoint))
    } else {
        Err(BadRequest::Entry { what })
    }
}

fn summary(file: &File, original: &Original) -> Result<Summary, BadRequest> {
    let offer = original.offer().ok_or(BadRequest::NotAnOffer)?;
    let Some(sealed) = &offer.risk_summary else { return Ok(Summary::None) };
    let Some(key) = &file.risk_summary_key else {
        let why = file.risk_summary_withheld.clone().unwrap_or_else(|| "the sender does not say why".into());
        return Ok(Summary::Withheld { chars: sealed.chars, why });
    };
    let key: Option<[u8; FieldKey::BYTES]> = base64_text::decode(key).and_then(|key| key.try_into().ok());
    let key = FieldKey::from_bytes(key.ok_or(BadRequest::Summary)?);
    let text = open_disclosed(sealed, &original.entry().id(), RISK_SUMMARY, &key);
    text.map(Summary::Open).map_err(|_| BadRequest::Summary)
}
