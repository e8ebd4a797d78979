//! The answer that comes back: a file of one JSON object, `format`, `note` and `conditions`, and the draft of its entry.
//!
//! Whatever is wrong with the signature, the answer is recorded: as what the recording side asserts alone, with the
//! reason as the source's reference. Only what does not say which offer it answers, and how, cannot be.

use onus_core::blame::{Blame, Blamed};
use onus_core::bytes::NoteBytes;
use onus_core::code::Code;
use onus_core::history::{Entry, History};
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::kinds::Body;
use onus_core::record::Draft;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{DeclineReason, Facet, Role};
use onus_proof::base64_text;
use onus_proof::{Note, Statement};
use onus_query::handover::{
    Answer, Claim, CounterSignature, Said, Unsigned, conditions_digest, known, offers, original,
};
use onus_query::incident::{HistoryError, history};
use onus_query::{ReadError, Reader};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

const FORMAT: &str = "onus-handover-answer/1";

/// An answer as it travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerFile {
    format: String,
    /// The signed note. Nobody has checked it.
    note: String,
    /// The conditions in clear; the note has their digest.
    conditions: Option<String>,
}

/// Why an answer cannot be recorded. Nothing was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerFileError {
    /// The note names another offer than the person who records it does. Leave that out, or find the right answer.
    #[error("the note answers another offer than entry {seq}")]
    OtherOffer {
        /// The entry that was named.
        seq: Seq,
    },
    /// The file is not an answer.
    #[error("this is not an answer to an offer: it is not one JSON object of the format {FORMAT}")]
    Form,
    /// It does not say whether it accepts.
    #[error("the note does not say whether the offer is accepted, so there is nothing to record")]
    NoAnswer,
    /// It does not say what it answers.
    #[error("the note does not say which offer it answers")]
    NoOffer,
    /// The note or the conditions are over the limit of an entry.
    #[error("the note is longer than 4,096 bytes, or the conditions than 16,384")]
    TooLong,
    /// The log did not answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The incident could not be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A fault of this program.
    #[error("the entry could not be drafted ({0}): this program is at fault, please report it")]
    Draft(String),
}

impl Blamed for AnswerFileError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::History(e) => e.blame(),
            Self::OtherOffer { .. } | Self::Form | Self::NoAnswer | Self::NoOffer | Self::TooLong => {
                Blame::Caller
            }
            Self::Draft(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::History(e) => e.hint(),
            Self::OtherOffer { .. } => {
                Some("without --offer it is recorded for the offer that it names".into())
            }
            Self::NoOffer => Some("say which with --offer SEQ".into()),
            Self::Form | Self::NoAnswer | Self::TooLong | Self::Draft(_) => {
                Some("the answer can be recorded as a draft of its own: onus record".into())
            }
        }
    }
}

impl AnswerFile {
    /// A signed answer, to be sent back.
    #[must_use]
    pub fn new(note: &Note, conditions: Option<&Plain>) -> Self {
        let conditions = conditions.map(|text| text.expose().to_owned());
        Self { format: FORMAT.into(), note: note.to_string(), conditions }
    }

    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, AnswerFileError> {
        let file: Self = serde_json::from_str(text).map_err(|_| AnswerFileError::Form)?;
        if file.format == FORMAT { Ok(file) } else { Err(AnswerFileError::Form) }
    }

    /// The file's text.
    pub fn to_text(&self) -> Result<String, AnswerFileError> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").map_err(|e| AnswerFileError::Draft(e.to_string()))
    }
}

/// An answer, read beside the ledger that it came back to.
#[derive(Debug)]
pub struct IncomingAnswer {
    /// The entry to be.
    pub draft: Draft,
    /// The incident.
    pub incident: Incident,
    /// What it will be worth, if nothing is recorded in between.
    pub standing: CounterSignature,
}

/// What a note says, as far as it says it; nobody has checked it.
struct Words {
    incident: Incident,
    offer: Option<EventId>,
    accepts: bool,
    facets: Vec<Facet>,
    by: Option<AgencyId>,
    role: Option<Role>,
    reference: Option<Code>,
    reason: Option<DeclineReason>,
    at: Timestamp,
}

impl IncomingAnswer {
    /// Reads an answer. `about` is the offer that it answers by the word of the person who records it, where the note does not say.
    pub fn read(
        reader: &Reader,
        file: &AnswerFile,
        about: Option<Seq>,
        now: Timestamp,
        entered_at: Option<Timestamp>,
    ) -> Result<Self, AnswerFileError> {
        let note = NoteBytes::new(file.note.clone().into_bytes()).ok_or(AnswerFileError::TooLong)?;
        let conditions = file.conditions.as_deref();
        let conditions =
            conditions.map(|text| Plain::new(text).ok_or(AnswerFileError::TooLong)).transpose()?;
        let about = about.map(|seq| read_offer(reader, seq)).transpose()?;
        let words = Words::of(&file.note, about.as_ref(), now)?;
        if let (Some(about), Some(named)) = (&about, words.offer)
            && about.id() != named
        {
            return Err(AnswerFileError::OtherOffer { seq: about.seq() });
        }
        let history = history(reader, &words.incident)?;
        let claim = Claim {
            seq: Seq::new(reader.size()),
            incident: Some(&words.incident),
            at: words.at,
            offer: words.offer,
            facets: &words.facets,
            accepts: words.accepts,
            role: words.role,
            reference: words.reference.as_ref(),
            reason: words.reason,
            has_conditions: conditions.is_some(),
            note: &note,
            found: other_conditions(&file.note, conditions.as_ref()),
        };
        let here = original(reader, &offers(history.entries()), &claim)?;
        let standing = known(reader)?.judge(&claim, here.as_ref());
        let draft = draft(&words, file, &standing, &history, entered_at)?;
        Ok(Self { draft, incident: words.incident, standing })
    }
}

fn read_offer(reader: &Reader, seq: Seq) -> Result<Entry, AnswerFileError> {
    let entry = Entry::parse(reader.entry(seq)?.bytes()).map_err(|why| HistoryError::Entry { seq, why })?;
    Some(entry)
        .filter(|one| matches!(one.body, Some(Body::HandoverOffered(_))))
        .ok_or(AnswerFileError::NoOffer)
}

/// Whether the conditions are others than those that the note has the digest of.
fn other_conditions(note: &str, conditions: Option<&Plain>) -> Option<Unsigned> {
    let answer = Note::parse(note.as_bytes()).ok().and_then(|note| Answer::parse(note.text()).ok())?;
    (conditions.map(conditions_digest) != answer.conditions_sha256).then_some(Unsigned::OtherConditions)
}

impl Words {
    fn of(note: &str, about: Option<&Entry>, now: Timestamp) -> Result<Self, AnswerFileError> {
        let text = note.split_once("\n\n").map_or(note, |(text, _)| text);
        let statement = Statement::parse(&format!("{text}\n"), "handover").ok();
        let said = |name: &str| statement.as_ref().and_then(|statement| statement.get(name));
        let answer = said("answer").and_then(|text| Said::ALL.iter().find(|one| one.as_str() == text));
        let offered = about.and_then(|entry| match &entry.body {
            Some(Body::HandoverOffered(offer)) => Some(offer),
            _ => None,
        });
        let facets: Option<Vec<Facet>> =
            said("facets").and_then(|text| text.split(',').map(Facet::parse).collect());
        let incident = said("incident").and_then(Incident::parse);
        let incident = incident.or_else(|| about.and_then(|entry| entry.common.incident.clone()));
        Ok(Self {
            incident: incident.ok_or(AnswerFileError::NoOffer)?,
            offer: said("offer").and_then(EventId::parse).or_else(|| about.map(Entry::id)),
            accepts: *answer.ok_or(AnswerFileError::NoAnswer)? != Said::Refused,
            facets: facets.or_else(|| offered.map(|offer| offer.facets.clone())).unwrap_or_default(),
            by: said("by").and_then(AgencyId::parse).or_else(|| offered.map(|offer| offer.to.clone())),
            role: said("role").and_then(Role::parse),
            reference: said("reference").filter(|text| *text != "-").and_then(Code::new),
            reason: said("reason").and_then(DeclineReason::parse),
            at: said("time").and_then(|text| Timestamp::parse(text).ok()).unwrap_or(now),
        })
    }
}

fn draft(
    words: &Words,
    file: &AnswerFile,
    standing: &CounterSignature,
    history: &History,
    entered_at: Option<Timestamp>,
) -> Result<Draft, AnswerFileError> {
    let fault = |e: &dyn std::fmt::Display| AnswerFileError::Draft(e.to_string());
    let offer = words.offer.and_then(|id| history.entry(id));
    let offered_to = offer.and_then(|entry| match &entry.body {
        Some(Body::HandoverOffered(offer)) => Some(offer.to.clone()),
        _ => None,
    });
    let by = words.by.clone().or(offered_to).ok_or(AnswerFileError::NoOffer)?;
    let reason = match standing {
        CounterSignature::Signed { .. } => None,
        CounterSignature::Alone(reason) => Some(reason.as_str()),
    };
    let note = NoteBytes::new(file.note.clone().into_bytes()).ok_or(AnswerFileError::TooLong)?;
    let mut body = json!({
        "facets": words.facets.iter().map(|facet| facet.as_str()).collect::<Vec<_>>(),
        "signed_note": note.to_string(),
    });
    let mut top = json!({
        "event": if words.accepts { "HandoverAccepted" } else { "HandoverDeclined" },
        "event_id": event_id(file, reason).ok_or_else(|| fault(&"no id"))?.to_string(),
        "incident": words.incident.to_string(),
        "occurred_at": words.at.rfc3339(),
        "actor": { "agency": by.to_string(), "role": words.role.unwrap_or(Role::Unknown).as_str() },
        "source": { "system": Claim::SYSTEM },
    });
    let mut set = |place: &str, name: &str, value: Option<String>| {
        let into = if place.is_empty() { Some(&mut top) } else { top.get_mut(place) };
        if let (Some(value), Some(object)) = (value, into.and_then(|json| json.as_object_mut())) {
            object.insert(name.into(), value.into());
        }
    };
    set("source", "reference", reason.map(Into::into));
    set("", "entered_at", entered_at.map(Timestamp::rfc3339));
    set("", "subject", offer.and_then(|entry| entry.common.subject).map(|token| token.to_string()));
    set("", "regime", offer.map(|entry| entry.common.regime.as_str().into()));
    if let Some(object) = body.as_object_mut() {
        let mut set = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                object.insert(name.into(), value.into());
            }
        };
        set("offer", words.offer.map(|id| id.to_string()));
        set("by_role", words.role.map(|role| role.as_str().into()));
        set("reference", words.reference.as_ref().map(ToString::to_string));
        set("conditions", file.conditions.clone());
        if !words.accepts {
            set("reason", words.reason.map(|reason| reason.as_str().into()));
        }
    }
    if let Some(top) = top.as_object_mut() {
        top.insert("body".into(), body);
    }
    Draft::parse(top.to_string().as_bytes()).map_err(|e| fault(&e))
}

/// The same answer found the same is recorded once; found otherwise (its key is known by then) it is one more entry.
fn event_id(file: &AnswerFile, reason: Option<&str>) -> Option<EventId> {
    let hash = Sha256::new()
        .chain_update("onus handover answer v1\n")
        .chain_update(base64_text::encode(&file.note))
        .chain_update("\n")
        .chain_update(base64_text::encode(file.conditions.as_deref().unwrap_or_default()))
        .chain_update("\n")
        .chain_update(reason.unwrap_or("signed"))
        .finalize();
    let (first, _) = hash.split_first_chunk::<16>()?;
    // RFC 9562, version 8: the rest is the maker's own.
    let mut bytes = *first;
    set_version(&mut bytes);
    EventId::from_bytes(bytes)
}

fn set_version(bytes: &mut [u8; 16]) {
    if let Some(byte) = bytes.get_mut(6) {
        *byte = (*byte & 0x0f) | 0x80;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = (*byte & 0x3f) | 0x80;
    }
}
