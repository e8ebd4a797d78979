//! An erasure as it is asked for, and the texts that it concerns: what `erase` and `certificate` both go by.

use crate::error::OpenError;
use crate::identity::Identity;
use crate::permit::entries_of;
use onus_core::code;
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::ids::{EventId, Incident, Token};
use onus_core::kinds::Kind;
use onus_core::record::Record;
use onus_core::restriction::restrictions;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_store::Reader;

/// The format under which the access ledger notes the certificate.
pub(crate) const CERTIFICATE: Code = code!("erasure-certificate");
/// Whose texts are erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErasureScope {
    /// All of an incident.
    Incident(Incident),
    /// Those of one subject, in every incident.
    Subject(Token),
}

impl ErasureScope {
    pub(crate) fn subject(&self) -> Option<Token> {
        match self {
            Self::Incident(_) => None,
            Self::Subject(token) => Some(*token),
        }
    }
}

/// An erasure, as it is asked for.
#[derive(Clone, Debug)]
pub struct ErasureRequest<'a> {
    /// Which texts.
    pub scope: &'a ErasureScope,
    /// On what legal basis.
    pub basis: Code,
    /// The two people who authorised it.
    pub authorised_by: [&'a Identity; 2],
    /// Why, for the access ledger.
    pub why: &'a Plain,
}

/// Where a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextAt {
    /// The entry.
    pub seq: Seq,
    /// Its name.
    pub event_id: EventId,
    /// Its incident.
    pub incident: Incident,
    /// Its kind.
    pub kind: Kind,
    /// The number of the field.
    pub field: FieldNo,
    /// The text's length in Unicode scalar values.
    pub chars: u32,
    /// Its key slot.
    pub key_id: u64,
}

/// The texts of an incident, each with its slot: those of the subject, or all if there is none, and the others.
pub(crate) fn texts_of(
    reader: &Reader,
    incident: &Incident,
    subject: Option<Token>,
) -> Result<(Vec<TextAt>, Vec<TextAt>), OpenError> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for entry in entries_of(reader, &incident.key())? {
        let concerned = subject.is_none() || entry.common.subject == subject;
        let Some(body) = entry.body else { continue };
        let (seq, event_id) = (entry.head.seq, entry.common.event_id);
        let kind = body.kind();
        for (field, sealed) in (Record { common: entry.common, body }).sealed_texts() {
            let text = TextAt {
                seq,
                event_id,
                incident: incident.clone(),
                kind,
                field,
                chars: sealed.chars,
                key_id: sealed.key_id,
            };
            if concerned { own.push(text) } else { others.push(text) }
        }
    }
    Ok((own, others))
}

/// The restrictions that stand over an incident, by entry.
pub(crate) fn restricting(reader: &Reader, incident: &Incident) -> Result<Vec<Seq>, OpenError> {
    Ok(restrictions(&entries_of(reader, &incident.key())?).iter().map(|one| one.seq).collect())
}
