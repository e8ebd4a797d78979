//! The certificate of an erasure: what was done, and what was not reached.
//!
//! Its signature is over its JSON without white space, members by name, the signature null (`docs/personal-data.md`).

use crate::answer::{Name, Time};
use crate::labels::{person, text_label};
use crate::row::row;
use onus_core::code::{Code, Origin};
use onus_core::field_no::FieldNo;
use onus_core::ids::{EventId, Incident, Token};
use onus_core::seq::Seq;
use onus_export::signature::Signature;
use onus_ledger::{Certificate, Erasure, ErasureScope, Left, TextAt};
use onus_proof::Link;
use schemars::JsonSchema;
use serde::Serialize;

/// What a certificate is called in the note that signs it.
pub(super) const DOCUMENT: &str = "erasure-certificate";
const UNSIGNED: &str = "NOT SIGNED: the ledger has no key for manifests (onus key generate manifest makes one); compare the chain link with a checkpoint kept elsewhere";
/// What no ledger can know. The sentences are in docs/personal-data.md as well.
const OUT_OF_SIGHT: [&str; 3] = [
    "what a file system, a disk or a backup kept of overwritten bytes",
    "what somebody who read a text remembers or wrote down",
    "what the systems that the text came from still hold",
];

/// The certificate of an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErasureCertificate {
    /// `erasure`.
    pub certificate: &'static str,
    /// The ledger.
    pub origin: Name<Origin>,
    /// How many entries it had then.
    pub size: u64,
    /// The chain link after the last of them: it commits to everything before.
    pub last_link: Name<Link>,
    /// When this was made, by the machine's clock.
    pub made_at: Time,
    /// Whose texts.
    #[serde(flatten)]
    pub erased_from: ErasedFrom,
    /// The entries that record it.
    pub erasures: Vec<ErasureEntry>,
    /// The texts that can no longer be opened with this ledger's keys.
    pub texts: Vec<ErasedText>,
    /// What was not reached.
    pub not_reached: NotReached,
    /// The note that signs it; null where the ledger has no key for that.
    pub signature: Option<String>,
    /// The proof of the key that signed, where there is one.
    pub signature_key_proof: Option<String>,
    /// That it is not signed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<&'static str>,
}

/// Whose texts were erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasedFrom {
    /// All of an incident.
    Incident(Name<Incident>),
    /// Those of one subject, in every incident.
    Subject(Name<Token>),
}

/// One entry that records an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErasureEntry {
    /// Its number.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Its event.
    pub event_id: Name<EventId>,
    /// Under which incident.
    pub incident: Name<Incident>,
    /// When it was recorded.
    pub recorded_at: Time,
    /// On what legal basis.
    pub basis: Name<Code>,
    /// How many key slots it destroyed.
    pub key_slots: usize,
    /// Who authorised it.
    pub authorised_by: Vec<String>,
    /// The chain link after it, as in its receipt.
    pub link: Name<Link>,
}

/// Where a text is, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErasedText {
    /// Its incident.
    pub incident: Name<Incident>,
    /// Its entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The entry's event.
    pub event_id: Name<EventId>,
    /// The kind of event.
    pub event: &'static str,
    /// The number of the field.
    #[schemars(with = "u16")]
    pub field: FieldNo,
    /// What the field is called.
    pub text: &'static str,
    /// How many characters it has.
    pub chars: u32,
}

row!(ErasedText { incident, seq, event, text, chars });

/// What an erasure cannot reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotReached {
    /// What copies of the keys still open, in words.
    pub vault_copies: String,
    /// Who received a text or its key, by the access ledger.
    pub recipients: Vec<LeftTheLedger>,
    /// Who read a text, by the access ledger.
    pub readings: Vec<LeftTheLedger>,
    /// Texts of the same incidents under other keys, for a person to decide on.
    pub other_texts_of_the_same_incidents: Vec<ErasedText>,
    /// Entries of the access ledger about these incidents with texts of their own: reasons, recipients.
    #[schemars(with = "Vec<u64>")]
    pub access_ledger_entries_with_texts_of_their_own: Vec<Seq>,
    /// Entries that restrict the processing of what was erased.
    #[schemars(with = "Vec<u64>")]
    pub entries_that_restrict_processing: Vec<Seq>,
    /// What no ledger can know.
    pub out_of_sight: [&'static str; 3],
}

/// Something that left the ledger, by the access ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftTheLedger {
    /// The entry of the access ledger.
    #[schemars(with = "u64")]
    pub access_seq: Seq,
    /// When.
    pub recorded_at: Time,
    /// What it was: `TextRevealed`, `Disclosed` or `Exported`.
    pub event: &'static str,
    /// Who did it.
    pub who: String,
    /// The ground of a disclosure, the format of an export.
    pub how: Option<Name<Code>>,
    /// To whom, where anybody is named.
    pub recipients: Option<Recipients>,
}

/// Who received something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recipients {
    /// As it was stated.
    Text(String),
    /// Why that cannot be read.
    Unreadable(String),
}

impl ErasureCertificate {
    pub(super) fn of(made: &Certificate) -> Self {
        let not = &made.not_reached;
        Self {
            certificate: "erasure",
            origin: Name(made.origin.clone()),
            size: made.size,
            last_link: Name(made.last_link),
            made_at: Time(made.made_at),
            erased_from: match &made.scope {
                ErasureScope::Incident(incident) => ErasedFrom::Incident(Name(incident.clone())),
                ErasureScope::Subject(token) => ErasedFrom::Subject(Name(*token)),
            },
            erasures: made.erasures.iter().map(ErasureEntry::of).collect(),
            texts: made.texts.iter().map(ErasedText::of).collect(),
            not_reached: NotReached {
                vault_copies: vault_copies(not.vault_generation),
                recipients: not.recipients.iter().map(LeftTheLedger::of).collect(),
                readings: not.readings.iter().map(LeftTheLedger::of).collect(),
                other_texts_of_the_same_incidents: not.other_texts.iter().map(ErasedText::of).collect(),
                access_ledger_entries_with_texts_of_their_own: not.access_texts.clone(),
                entries_that_restrict_processing: not.restrictions.clone(),
                out_of_sight: OUT_OF_SIGHT,
            },
            signature: None,
            signature_key_proof: None,
            signed: Some(UNSIGNED),
        }
    }

    pub(super) fn sign(&mut self, signature: Signature) {
        self.signature = Some(signature.note);
        self.signature_key_proof = signature.key_proof;
        self.signed = None;
    }
}

impl ErasureEntry {
    fn of(one: &Erasure) -> Self {
        Self {
            seq: one.seq,
            event_id: Name(one.event_id),
            incident: Name(one.incident.clone()),
            recorded_at: Time(one.recorded_at),
            basis: Name(one.basis.clone()),
            key_slots: one.slots,
            authorised_by: one.authorised_by.iter().map(person).collect(),
            link: Name(one.link),
        }
    }
}

impl ErasedText {
    fn of(text: &TextAt) -> Self {
        Self {
            incident: Name(text.incident.clone()),
            seq: text.seq,
            event_id: Name(text.event_id),
            event: text.kind.name(),
            field: text.field,
            text: text_label(text.kind, text.field),
            chars: text.chars,
        }
    }
}

impl LeftTheLedger {
    fn of(left: &Left) -> Self {
        Self {
            access_seq: left.access_entry,
            recorded_at: Time(left.recorded_at),
            event: left.kind.name(),
            who: person(&left.who),
            how: left.how.clone().map(Name),
            recipients: left.recipients.as_ref().map(|text| match text {
                Ok(text) => Recipients::Text(text.expose().to_owned()),
                Err(why) => Recipients::Unreadable(why.to_string()),
            }),
        }
    }
}

fn vault_copies(generation: u64) -> String {
    format!(
        "copies of the vault made so far open the texts while their key file or passphrase is had: destroy them; `onus \
         seal rotate` (the vault is at generation {generation}) strands copies of its slot file alone"
    )
}

/// What the signature of a certificate is over.
pub(super) fn document(certificate: &ErasureCertificate) -> Vec<u8> {
    let unsigned = ErasureCertificate {
        signature: None,
        signature_key_proof: None,
        signed: None,
        ..certificate.clone()
    };
    // A tree of JSON values can always be written; its members are ordered by name.
    let json = serde_json::to_value(unsigned).unwrap_or_default();
    serde_json::to_vec(&json).unwrap_or_default()
}
