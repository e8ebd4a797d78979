//! A whole event: as a draft before the ledger has it, as a record after.
//!
//! A [`Draft`] is what a person or a system states. Sealing turns it into a [`Record`], whose bytes an
//! entry holds. Well-formed drafts are never refused for what they say: only identity, kind, time and
//! spelling can be malformed.

use crate::code::{Code, Origin};
use crate::codec::{self, DecodeError, TooLong};
use crate::common;
use crate::draft::{At, DraftError, FromDraft};
use crate::entry::{EncodedEvent, EntryHead, EntryVersion, IdOrigin};
use crate::field::{Field, Seal};
use crate::field_no::FieldNo;
use crate::ids::{Incident, IncidentKey};
use crate::json::Json;
use crate::kinds::{Body, Kind, Maker, Scope};
use crate::model::Common;
use crate::sealed::Sealed;
use crate::seq::Seq;
use crate::shape::{FieldDef, Type, Wire};
use crate::stage::{Drafted, Given, Sealing, Stored};

/// An event as a draft states it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What every event says.
    pub common: Common<Drafted>,
    /// What this one says.
    pub body: Body<Drafted>,
}

/// An event as the ledger stores it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What every event says.
    pub common: Common<Stored>,
    /// What this one says.
    pub body: Body<Stored>,
}

const COMMON_NAMES: &[&str] = &[
    "event",
    "body",
    "event_id",
    "incident",
    "occurred_at",
    "uncertainty_s",
    "entered_at",
    "late_reason",
    "actor",
    "asserted_by",
    "subject",
    "location",
    "source",
    "policy",
    "regime",
    "corrects",
    "causes",
    "submitted_by",
];

impl Draft {
    /// Reads one JSON object.
    pub fn parse(line: &[u8]) -> Result<Self, DraftError> {
        let json = Json::parse(line)?;
        let top = At::TOP;
        misplaced(&json, &top)?;
        let mut members = top.members(&json, COMMON_NAMES, "an object")?.to_vec();
        let kind = read_kind(&members, &top)?;
        let body = take(&mut members, "body").unwrap_or(Json::Object(Vec::new()));
        let body = Body::read(kind, &body, &top.below("body"))?;
        settle_source(&mut members, &top)?;
        let common: Common<Drafted> = FromDraft::read(&Json::Object(members), &top)?;
        check_scope(kind, common.incident.as_ref(), &top)?;
        Ok(Self { common, body })
    }

    /// Reads the body of a draft of this kind alone, by the same rules.
    pub fn parse_body(kind: Kind, body: &[u8]) -> Result<Body<Drafted>, DraftError> {
        Body::read(kind, &Json::parse(body)?, &At::TOP.below("body"))
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// Who chose its id.
    #[must_use]
    pub fn id_origin(&self) -> IdOrigin {
        match self.common.event_id {
            Given::Source(_) => IdOrigin::Source,
            Given::Nobody => IdOrigin::Software,
        }
    }

    /// Makes the record of it: texts sealed, identifiers turned into tokens, id and submitter set.
    pub fn seal<B: Sealing>(self, by: &mut B) -> Result<Record, B::Error> {
        // The event's id is part of what binds a sealed text, so the common record goes first.
        let common = self.common.seal(FieldNo::NONE, by)?;
        let body = self.body.seal(by)?;
        Ok(Record { common, body })
    }
}

/// A field of the body put beside it is the commonest slip, so the error says that.
fn misplaced(json: &Json, top: &At<'_>) -> Result<(), DraftError> {
    let Json::Object(members) = json else { return Ok(()) };
    let event = members.iter().find_map(|(name, json)| match json {
        Json::Text(event) if name == "event" => Kind::from_name(event),
        _ => None,
    });
    let Some(Type::Named(body)) = event.map(Kind::body_shape) else { return Ok(()) };
    let Wire::Struct(fields) = body().wire else { return Ok(()) };
    let is_beside = |field: &&FieldDef| {
        !COMMON_NAMES.contains(&field.name) && members.iter().any(|(name, _)| name == field.name)
    };
    fields.iter().find(is_beside).map_or(Ok(()), |field| {
        Err(top.problem(format!("`{0}` is a field of the body: write \"body\": {{\"{0}\": …}}", field.name)))
    })
}

fn read_kind(members: &[(String, Json)], top: &At<'_>) -> Result<Kind, DraftError> {
    let at = top.below("event");
    let Some((_, json)) = members.iter().find(|(name, _)| name == "event") else {
        return Err(at.problem("is required: the kind of event, such as AttendanceDecided".into()));
    };
    let name = at.text(json, "the name of a kind of event")?;
    let drafted = || Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft).map(|kind| kind.name());
    let kind = Kind::from_name(name).ok_or_else(|| at.not_a_kind(&drafted().collect::<Vec<_>>(), name))?;
    match kind.maker() {
        Maker::Draft => Ok(kind),
        Maker::Software | Maker::Access => {
            Err(at.problem(format!("{} is recorded by the software itself, not from a draft", kind.name())))
        }
    }
}

/// Takes a member out of a draft's top; `event` goes with it, since both are read apart.
fn take(members: &mut Vec<(String, Json)>, name: &str) -> Option<Json> {
    members.retain(|(other, _)| other != "event");
    let place = members.iter().position(|(other, _)| other == name)?;
    Some(members.swap_remove(place).1).filter(|json| *json != Json::Null)
}

/// An event that comes from another ledger says so by `origin` and `seq`; the record holds both as its reference.
fn settle_source(members: &mut [(String, Json)], top: &At<'_>) -> Result<(), DraftError> {
    let at = top.below("source");
    let Some((_, Json::Object(source))) = members.iter_mut().find(|(name, _)| name == "source") else {
        return Ok(());
    };
    let states = |source: &[(String, Json)], name: &str| {
        source.iter().any(|(other, json)| other == name && *json != Json::Null)
    };
    if states(source, "origin") || states(source, "seq") {
        if states(source, "reference") {
            return Err(at.expected("either `reference`, or `origin` and `seq`"));
        }
        let origin: Origin = at.member(source, "origin", None)?;
        let seq: Seq = at.member(source, "seq", None)?;
        let reference = reference_of(&origin, seq).ok_or_else(|| {
            at.below("seq").expected("a number that fits beside the origin in 64 characters")
        })?;
        source.retain(|(name, _)| name != "reference");
        source.push(("reference".to_owned(), Json::Text(reference.as_str().to_owned())));
    }
    source.retain(|(name, _)| name != "origin" && name != "seq");
    Ok(())
}

/// How an entry of another ledger is named as a source's reference: `ORIGIN+SEQ`. No origin holds a `+`.
#[must_use]
pub fn reference_of(origin: &Origin, seq: Seq) -> Option<Code> {
    Code::new(&format!("{origin}+{seq}"))
}

/// The ledger and the place that a reference names, if it is of that form.
#[must_use]
pub fn origin_and_seq(reference: &Code) -> Option<(Origin, Seq)> {
    let (origin, seq) = reference.as_str().split_once('+')?;
    let (origin, number) = (Origin::new(origin)?, Seq::new(seq.parse().ok()?));
    // One spelling: what is read back gives the same reference again.
    (reference_of(&origin, number).as_ref() == Some(reference)).then_some((origin, number))
}

fn check_scope(kind: Kind, incident: Option<&Incident>, top: &At<'_>) -> Result<(), DraftError> {
    let at = top.below("incident");
    match (kind.scope(), incident) {
        (Scope::Incident, None) => Err(at.problem(format!("is required for {}", kind.name()))),
        (Scope::Ledger, Some(_)) => {
            Err(at.problem(format!("{} concerns the ledger as a whole; leave the incident out", kind.name())))
        }
        _ => Ok(()),
    }
}

impl Record {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// Its bytes, with what the writer needs to know of it.
    pub fn encode(&self, id_origin: IdOrigin) -> Result<EncodedEvent, TooLong> {
        const USUAL_BYTES: usize = 256;
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        codec::encode_into(&self.common, &mut bytes)?;
        self.body.encode_into(&mut bytes)?;
        let incident = self.common.incident.as_ref().map_or_else(IncidentKey::ledger_wide, Incident::key);
        let kind = (self.kind().number(), self.kind().schema());
        EncodedEvent::new(kind, self.common.event_id, incident, id_origin, bytes).ok_or(TooLong)
    }

    /// Decodes the record of an entry whose head was read: of any schema of its kind that this release
    /// reads, with what an older one did not say as not recorded. Refuses what is not canonical.
    pub fn decode(head: &EntryHead, record: &[u8]) -> Result<Self, DecodeError> {
        let kind = Kind::from_number(head.kind).ok_or(DecodeError::UnknownKind)?;
        if kind.schema() != head.schema && !kind.older_schemas().contains(&head.schema) {
            return Err(DecodeError::UnknownKind);
        }
        let (common, body) = match head.version {
            EntryVersion::One => {
                codec::decode_split(record).map(|(common, body)| (common::from_1(common), body))?
            }
            EntryVersion::Two => {
                codec::decode_split(record).map(|(common, body)| (common::from_2(common), body))?
            }
            EntryVersion::Three => codec::decode_split(record)?,
        };
        Ok(Self { common, body: Body::decode(kind, head.schema, body)? })
    }

    /// Decodes the common record alone, which works for kinds that this release does not know.
    pub fn decode_common(head: &EntryHead, record: &[u8]) -> Result<Common<Stored>, DecodeError> {
        match head.version {
            EntryVersion::One => codec::decode_front(record).map(common::from_1),
            EntryVersion::Two => codec::decode_front(record).map(common::from_2),
            EntryVersion::Three => codec::decode_front(record),
        }
    }

    /// Shows every sealed text with the number of its field, in the order of the bytes.
    pub fn visit_sealed(&mut self, visit: &mut dyn FnMut(FieldNo, &mut Sealed)) {
        self.common.visit_sealed(FieldNo::NONE, visit);
        self.body.visit_sealed(visit);
    }

    /// Its sealed texts, each with the number of its field.
    #[must_use]
    pub fn sealed_texts(&self) -> Vec<(FieldNo, Sealed)> {
        let mut texts = Vec::new();
        self.clone().visit_sealed(&mut |field, sealed| texts.push((field, sealed.clone())));
        texts
    }

    /// The same record with every text withheld: what two records have in common when their clear
    /// fields and the lengths of their texts are the same.
    #[must_use]
    pub fn without_texts(&self) -> Self {
        let mut record = self.clone();
        record.visit_sealed(&mut |_, sealed| *sealed = Sealed::withheld(sealed.chars));
        record
    }

    /// As JSON, in the form of a draft, with sealed text as its length.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut members = serde_json::Map::new();
        members.insert("event".into(), self.kind().name().into());
        if let serde_json::Value::Object(common) = self.common.to_json() {
            members.extend(common);
        }
        members.insert("body".into(), self.body.to_json());
        serde_json::Value::Object(members)
    }
}
