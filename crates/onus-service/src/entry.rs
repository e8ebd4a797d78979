//! One entry as answers have it: where it is, what it says, what is said of it, the whole event, and its texts, closed
//! unless somebody with a right to them opened them.

use crate::answer::{Name, Time, Word};
use crate::labels::in_role;
use crate::row::{Cell, row};
use crate::sentences::{self, Relations};
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::record::Record;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::vocabulary::{Channel, Regime, Role};
use onus_query::handover::CounterSignature;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EntryAnswer {
    /// Its place in the ledger, from 0.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Its incident; null for what concerns the ledger as a whole.
    pub incident: Option<Name<Incident>>,
    /// 1, 2, 3 … within the incident; 0 for what concerns the ledger as a whole.
    pub incident_version: u32,
    /// The event's name.
    pub event_id: Name<EventId>,
    /// The kind of event, or `kind N` for one that this release does not know.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Time,
    /// How far that time may be off, in seconds; 0 for exact.
    pub uncertainty_s: u32,
    /// When it was entered, as the source claims; null where it claims nothing.
    pub entered_at: Option<Time>,
    /// When it was recorded, by the ledger's clock.
    pub recorded_at: Time,
    /// The agency of the person who acted.
    pub agency: Name<AgencyId>,
    /// What that person was doing.
    pub role: Word<Role>,
    /// The person's token, where there is one.
    pub staff: Option<String>,
    /// The agency whose statement this is.
    pub asserted_by: Name<AgencyId>,
    /// The agency that submitted it.
    pub submitted_by: Name<AgencyId>,
    /// By which way it was submitted.
    pub channel: Word<Channel>,
    /// The policy cited.
    pub policy: Option<String>,
    /// Its version.
    pub policy_version: Option<String>,
    /// The system that it comes from.
    pub source_system: String,
    /// Its name in that system.
    pub source_reference: Option<String>,
    /// Whether a mapping inferred it; the source did not state it.
    pub inferred: bool,
    /// The event that it corrects.
    pub corrects: Option<Name<EventId>>,
    /// The events that it states as its causes.
    pub causes: Vec<Name<EventId>>,
    /// The token of the person concerned.
    pub subject: Option<String>,
    /// The token of the place concerned.
    pub location: Option<String>,
    /// Under which regime of data protection it was recorded.
    pub regime: Word<Regime>,
    /// What it says, in one sentence.
    pub says: String,
    /// What is said of it beside that: when it was entered, for whom it speaks, what it changes, which entries name it.
    pub remarks: Vec<String>,
    /// Its texts, closed unless they were opened for this answer.
    pub texts: Vec<TextAnswer>,
    /// What its signed note is worth, where it carries one and the incident was read as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureAnswer>,
    /// The whole event, in the form of a draft (`onus schema`), with the length of each sealed text.
    pub event: EventAnswer,
}

/// An event in the form of a draft.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EventAnswer {
    /// What every event says.
    #[serde(flatten)]
    pub common: Map<String, Value>,
    /// What this kind of event says; left out for a kind that this release does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// A text that was sealed when it was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TextAnswer {
    /// The number of its field in the event.
    #[schemars(with = "u16")]
    pub field: FieldNo,
    /// What it is.
    pub label: String,
    /// Its length in characters.
    pub chars: u32,
    /// The text, where it was opened.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    #[schemars(with = "Option<String>")]
    pub text: Option<Plain>,
    /// Why it could not be opened, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
fn exposed<S: Serializer>(text: &Option<Plain>, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        Some(text) => serializer.serialize_str(text.expose()),
        None => serializer.serialize_none(),
    }
}

/// What a signed note is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignatureAnswer {
    /// Whether the receiver's signature was verified.
    pub counter_signed: bool,
    /// Who signed; null where nobody did whose signature counts.
    pub by: Option<Name<AgencyId>>,
    /// The ledger whose offer was signed, where it is another one.
    pub in_origin: Option<String>,
    /// Why it is not counter-signed.
    pub reason: Option<String>,
}

impl From<&CounterSignature> for SignatureAnswer {
    fn from(standing: &CounterSignature) -> Self {
        match standing {
            CounterSignature::Signed { by, in_origin } => Self {
                counter_signed: true,
                by: Some(Name(by.clone())),
                in_origin: in_origin.as_ref().map(ToString::to_string),
                reason: None,
            },
            CounterSignature::Alone(reason) => Self {
                counter_signed: false,
                by: None,
                in_origin: None,
                reason: Some(reason.as_str().into()),
            },
        }
    }
}

row!(EntryAnswer {
    incident,
    seq,
    incident_version,
    event_id,
    kind,
    occurred_at,
    uncertainty_s,
    entered_at,
    recorded_at,
    agency,
    role,
    staff,
    asserted_by,
    submitted_by,
    channel,
    policy,
    policy_version,
    source_system,
    source_reference,
    inferred,
    corrects,
    causes,
    subject,
    location,
    regime,
    says,
    texts,
    body: event.body,
});

impl Cell for TextAnswer {
    fn cell(&self) -> String {
        format!("{}: {}", self.label, self.words())
    }
}

impl Cell for Value {
    fn cell(&self) -> String {
        self.to_string()
    }
}

impl TextAnswer {
    /// The text in quotation marks, or that it is sealed.
    #[must_use]
    pub fn words(&self) -> String {
        match (&self.text, &self.unreadable) {
            (Some(text), _) => format!("“{}”", text.expose()),
            (None, Some(why)) => format!("[sealed, {} characters; {why}]", self.chars),
            (None, None) => format!("[sealed, {} characters]", self.chars),
        }
    }
}

impl EntryAnswer {
    /// Whose entry it is, for a heading. Where one agency states what another did, it is the entry of who states it: the
    /// other's person is named as the one that it is of.
    #[must_use]
    pub fn recorder(&self) -> String {
        let person = in_role(&self.agency.0, self.role.0);
        let stated = if self.asserted_by == self.agency {
            person
        } else {
            format!("{}, of {person}", self.asserted_by.0)
        };
        if self.submitted_by == self.asserted_by {
            stated
        } else {
            format!("{stated}, entered by {}", self.submitted_by.0)
        }
    }

    /// Without opening anything; `relations` are those of the entries of its incident that are shown with it.
    pub(crate) fn closed(
        entry: &Entry,
        standing: Option<&CounterSignature>,
        relations: Option<&Relations<'_>>,
    ) -> Self {
        let Entry { head, common, body, .. } = entry;
        let record = body.clone().map(|body| Record { common: common.clone(), body });
        let kind = record
            .as_ref()
            .map_or_else(|| format!("kind {}", head.kind), |record| record.kind().name().into());
        Self {
            seq: head.seq,
            incident: common.incident.clone().map(Name),
            incident_version: head.incident_version,
            event_id: Name(common.event_id),
            kind,
            occurred_at: Time(common.occurred_at),
            uncertainty_s: common.uncertainty_s,
            entered_at: common.entered_at.map(Time),
            recorded_at: Time(head.recorded_at),
            agency: Name(common.actor.agency.clone()),
            role: Word(common.actor.role),
            staff: common.actor.staff.map(|staff| staff.to_string()),
            asserted_by: Name(common.asserted_by.clone()),
            submitted_by: Name(common.submitted_by.agency.clone()),
            channel: Word(common.submitted_by.channel),
            policy: common.policy.as_ref().map(|policy| policy.policy.to_string()),
            policy_version: common.policy.as_ref().map(|policy| policy.version.to_string()),
            source_system: common.source.system.to_string(),
            source_reference: common.source.reference.as_ref().map(ToString::to_string),
            inferred: common.source.inferred,
            corrects: common.corrects.as_ref().map(|corrects| Name(corrects.event_id)),
            causes: common.causes.iter().copied().map(Name).collect(),
            subject: common.subject.map(|subject| subject.to_string()),
            location: common.location.map(|location| location.to_string()),
            regime: Word(common.regime),
            says: says(entry, standing, relations),
            remarks: remarks(entry, relations),
            texts: record.as_ref().map(texts).unwrap_or_default(),
            signature: standing.map(SignatureAnswer::from),
            event: record.as_ref().map_or_else(
                || EventAnswer::unknown(head.kind, common.event_id),
                |record| EventAnswer::of(record.to_json()),
            ),
        }
    }
}

impl EventAnswer {
    fn of(event: Value) -> Self {
        let Value::Object(mut common) = event else { return Self { common: Map::new(), body: None } };
        let body = common.remove("body");
        Self { common, body }
    }

    fn unknown(kind: u16, event_id: EventId) -> Self {
        let members = [("kind", Value::from(kind)), ("event_id", Value::from(event_id.to_string()))];
        let common = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { common, body: None }
    }
}

fn says(entry: &Entry, standing: Option<&CounterSignature>, relations: Option<&Relations<'_>>) -> String {
    let said = relations.map_or_else(|| sentences::entry(entry), |relations| relations.sentence(entry));
    match standing {
        Some(standing) => format!("{said} {}", sentences::signature(standing)),
        None => said,
    }
}

fn remarks(entry: &Entry, relations: Option<&Relations<'_>>) -> Vec<String> {
    let mut lines = relations.map(|relations| relations.said_by(entry)).unwrap_or_default();
    let corrected = relations.and_then(|relations| relations.corrected(entry));
    lines.extend(corrected.and_then(|earlier| sentences::changes(earlier, entry)));
    lines.extend(sentences::remarks(&entry.common));
    lines.extend(relations.map(|relations| relations.said_about(entry)).unwrap_or_default());
    lines
}

fn texts(record: &Record) -> Vec<TextAnswer> {
    let text = |(field, sealed): (FieldNo, onus_core::sealed::Sealed)| TextAnswer {
        field,
        label: sentences::label(&record.body, field).into(),
        chars: sealed.chars,
        text: None,
        unreadable: None,
    };
    record.sealed_texts().into_iter().map(text).collect()
}
