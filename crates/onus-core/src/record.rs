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
use crate::faults::Faults;
use crate::field::{Field, Seal};
use crate::field_no::FieldNo;
use crate::ids::{Incident, IncidentKey};
use crate::json::Json;
use crate::kinds::{Body, Kind, Maker, Scope};
use crate::model::Common;
use crate::sealed::Sealed;
use crate::seq::Seq;
use crate::shape::{Type, Wire};
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
    /// Reads one JSON object. Where it is refused, every fault is named.
    pub fn parse(line: &[u8]) -> Result<Self, DraftError> {
        let top = At::TOP;
        let members = match Json::parse(line)? {
            Json::Object(members) => members,
            other => return Err(top.expected_not("an object", &other)),
        };
        let mut faults = Faults::default();
        let kind = faults.taken(read_kind(&members, &top));
        let (mut members, body) = apart(members, kind, &top, &mut faults);
        let body = kind.and_then(|kind| faults.taken(Body::read(kind, &body, &top.below("body"))));
        faults.taken(settle_source(&mut members, &top));
        let common: Option<Common<Drafted>> = faults.taken(FromDraft::read(&Json::Object(members), &top));
        if let (Some(kind), Some(common)) = (kind, &common) {
            faults.taken(check_scope(kind, common.incident.as_ref(), &top));
        }
        match (common, body) {
            (Some(common), Some(body)) => faults.or(Self { common, body }),
            _ => Err(faults.into_error()),
        }
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

/// The members of a draft that are common to all kinds, and its body. A field on the wrong side of the two is the
/// commonest slip: it is said as that, and read where it belongs, so that nothing else is said of it.
fn apart(
    members: Vec<(String, Json)>,
    kind: Option<Kind>,
    top: &At<'_>,
    faults: &mut Faults,
) -> (Vec<(String, Json)>, Json) {
    let is_of_body = |name: &str| kind.is_some_and(|kind| has_in_body(kind, name));
    let (mut common, mut beside) = (Vec::new(), Vec::new());
    let mut body = Json::Object(Vec::new());
    for (place, (name, json)) in members.into_iter().enumerate() {
        match name.as_str() {
            "event" => {}
            "body" if json == Json::Null => {}
            "body" => body = json,
            known if COMMON_NAMES.contains(&known) => common.push((name, json)),
            known if is_of_body(known) => {
                faults.add(
                    top.problem(format!(
                        "`{known}` is a field of the body: state it in `body`, not beside it"
                    )),
                );
                beside.push((name, json));
            }
            unknown => faults.add(top.stranger(place, unknown, COMMON_NAMES)),
        }
    }
    if let Json::Object(inside) = &mut body {
        let is_outside = |(name, _): &mut (String, Json)| {
            let outside = COMMON_NAMES.contains(&name.as_str()) && !matches!(name.as_str(), "event" | "body");
            outside && kind.is_some() && !is_of_body(name)
        };
        for (name, json) in inside.extract_if(.., is_outside) {
            let at = top.below("body");
            faults.add(
                at.problem(format!("`{name}` is no field of the body: state it beside `body`, not in it")),
            );
            add_missing(&mut common, name, json);
        }
        for (name, json) in beside {
            add_missing(inside, name, json);
        }
    }
    (common, body)
}

/// Adds a member, unless one of its name is there.
fn add_missing(members: &mut Vec<(String, Json)>, name: String, json: Json) {
    if !members.iter().any(|(other, _)| *other == name) {
        members.push((name, json));
    }
}

/// Whether a kind's body has a field of this name.
fn has_in_body(kind: Kind, name: &str) -> bool {
    let Type::Named(body) = kind.body_shape() else { return false };
    let Wire::Struct(fields) = body().wire else { return false };
    fields.iter().any(|field| field.name == name)
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
