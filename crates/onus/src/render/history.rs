//! An incident's history: for people as text, for machines as JSON, for spreadsheets as CSV.
//!
//! Order is the ledger's: the order in which things were recorded. Times are shown in Europe/London with
//! their offset.

use crate::render::cells::{printable, spreadsheet_safe, wrapped};
use crate::render::members::{differences, told};
use crate::render::names::Names;
use crate::render::says::{label, person, says, words};
use crate::render::{flags, holding};
use onus_core::entry::EntryHead;
use onus_core::history::{Entry, KnownBy, Vantage};
use onus_core::ids::{EventId, Incident};
use onus_core::model::Common;
use onus_core::record::Record;
use onus_core::responsibility::Responsibility;
use onus_core::sealed::Plain;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_query::flags::{Finding, INDICATOR};
use onus_query::handover::Standing;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// One entry, as far as it may be shown.
pub(crate) struct Shown {
    pub(crate) head: EntryHead,
    pub(crate) content: Content,
    /// What the note that it carries is worth, where it carries one and somebody looked.
    pub(crate) standing: Option<Standing>,
}

pub(crate) enum Content {
    /// The record and its texts.
    Known { record: Box<Record>, texts: Vec<(u16, Text)> },
    /// A kind that this release does not know: the common record alone.
    Unknown(Box<Common<Stored>>),
}

/// A sealed text, as far as it may be shown.
pub(crate) enum Text {
    Sealed { chars: u32 },
    Unreadable { chars: u32, why: String },
    Open(Plain),
}

impl Shown {
    /// Without opening anything.
    pub(crate) fn closed(head: EntryHead, record: Record) -> Self {
        let texts = record.sealed_texts();
        let texts =
            texts.into_iter().map(|(field, sealed)| (field, Text::Sealed { chars: sealed.chars })).collect();
        Self { head, content: Content::Known { record: Box::new(record), texts }, standing: None }
    }

    pub(crate) fn common(&self) -> &Common<Stored> {
        match &self.content {
            Content::Known { record, .. } => &record.common,
            Content::Unknown(common) => common,
        }
    }

    /// The same for the fold.
    pub(crate) fn entry(&self) -> Entry {
        let body = match &self.content {
            Content::Known { record, .. } => Some(record.body.clone()),
            Content::Unknown(_) => None,
        };
        let counter_signed = matches!(self.standing, Some(Standing::Signed { .. }));
        Entry { head: self.head, common: self.common().clone(), body, counter_signed }
    }

    /// Whether it had happened and was known, from a vantage.
    pub(crate) fn is_seen_from(&self, vantage: &Vantage) -> bool {
        vantage.as_at.is_none_or(|as_at| self.common().occurred_at <= as_at)
            && vantage.known_at.is_none_or(|known_at| self.entry().known_at(vantage.known_by) <= known_at)
    }

    /// Its kind's name.
    fn kind(&self) -> String {
        match &self.content {
            Content::Known { record, .. } => record.kind().name().into(),
            Content::Unknown(_) => format!("kind {}", self.head.kind),
        }
    }

    pub(crate) fn sentence(&self) -> String {
        match &self.content {
            Content::Known { record, .. } => {
                let said = says(&record.common, &record.body);
                match &self.standing {
                    Some(standing) => format!("{said} {}", signature_words(standing)),
                    None => said,
                }
            }
            Content::Unknown(_) => {
                format!("An event of kind {}, which this release does not know.", self.head.kind)
            }
        }
    }

    fn texts(&self) -> Vec<(&'static str, String)> {
        match &self.content {
            Content::Known { record, texts } => {
                texts.iter().map(|(field, text)| (label(&record.body, *field), text.in_words())).collect()
            }
            Content::Unknown(_) => Vec::new(),
        }
    }
}

pub(crate) use onus_service::sentences::signature as signature_words;

/// What a note is worth, for machines.
pub(crate) fn signature_json(standing: &Standing) -> Value {
    match standing {
        Standing::Signed { by, in_origin } => json!({
            "counter_signed": true, "by": by.to_string(),
            "in_origin": in_origin.as_ref().map(ToString::to_string), "reason": null,
        }),
        Standing::Alone(reason) => json!({
            "counter_signed": false, "by": null, "in_origin": null, "reason": reason.as_str(),
        }),
    }
}

impl Text {
    fn in_words(&self) -> String {
        match self {
            Self::Sealed { chars } => format!("[sealed, {chars} characters]"),
            Self::Unreadable { chars, why } => format!("[sealed, {chars} characters; {why}]"),
            Self::Open(text) => format!("“{}”", printable(text.expose())),
        }
    }

    fn to_json(&self, field: u16, label: &str) -> Value {
        match self {
            Self::Sealed { chars } => json!({ "field": field, "label": label, "chars": chars }),
            Self::Unreadable { chars, why } => {
                json!({ "field": field, "label": label, "chars": chars, "unreadable": why })
            }
            Self::Open(text) => {
                json!({ "field": field, "label": label, "chars": text.chars(), "text": text.expose() })
            }
        }
    }
}

/// As text, `width` characters wide, in the order in which things happened. Where an entry names another,
/// both say so.
pub(crate) fn write_text(out: &mut dyn Write, entries: &[Shown], width: usize) -> io::Result<()> {
    const INDENT: &str = "    ";
    let body_width = width.saturating_sub(INDENT.len()).max(20);
    let start = entries.iter().map(|entry| entry.common().occurred_at).min();
    let names = Names::of(entries);
    let by_id: BTreeMap<EventId, &Shown> =
        entries.iter().map(|entry| (entry.common().event_id, entry)).collect();
    let mut in_time: Vec<&Shown> = entries.iter().collect();
    in_time.sort_by_key(|entry| (entry.common().occurred_at, entry.head.seq));
    for entry in in_time {
        let common = entry.common();
        let since = start.map(|start| elapsed(start, common.occurred_at)).unwrap_or_default();
        writeln!(
            out,
            "{}{}  {since:>7}  {}  [entry {}]",
            common.occurred_at.london_to_the_second(),
            precision(common.uncertainty_s),
            person(&common.actor),
            entry.head.seq,
        )?;
        let mut lines = vec![entry.sentence()];
        lines.extend(entry.texts().into_iter().map(|(label, text)| format!("{label}: {text}")));
        lines.extend(names.said_by(entry));
        lines.extend(changes(&by_id, entry));
        lines.extend(remarks(common));
        lines.extend(names.said_about(entry));
        for line in lines.iter().flat_map(|line| wrapped(line, body_width)) {
            writeln!(out, "{INDENT}{line}")?;
        }
    }
    Ok(())
}

/// What a correction states otherwise than the entry that it corrects; sealed texts are not compared.
fn changes(by_id: &BTreeMap<EventId, &Shown>, entry: &Shown) -> Vec<String> {
    let corrects = entry.common().corrects.as_ref().map(|corrects| corrects.event_id);
    let earlier = corrects.and_then(|id| by_id.get(&id)).copied();
    let (Some(Content::Known { record: after, .. }), Some(Content::Known { record: before, .. })) =
        (corrects.and(Some(&entry.content)), earlier.map(|earlier| &earlier.content))
    else {
        return Vec::new();
    };
    let changes: Vec<String> = differences(&before.body.to_json(), &after.body.to_json())
        .into_iter()
        .filter(|change| !change.member.split('.').any(|name| name == "sealed"))
        .map(|change| format!("{} {} → {}", words(&change.member), told(&change.before), told(&change.after)))
        .collect();
    if changes.is_empty() { changes } else { vec![format!("Changed: {}.", changes.join("; "))] }
}

/// What the common record says beyond time and actor, where it says anything unusual.
fn remarks(common: &Common<Stored>) -> Vec<String> {
    const MINUTE_US: i64 = 60_000_000;
    let mut remarks = Vec::new();
    if let Some(policy) = &common.policy {
        remarks.push(format!("Cites {} version {}.", policy.policy, policy.version));
    }
    let apart = |entered: &Timestamp| {
        entered.as_us().abs_diff(common.occurred_at.as_us()) >= MINUTE_US.unsigned_abs()
    };
    if let Some(entered) = common.entered_at.filter(apart) {
        let after = elapsed(common.occurred_at, entered);
        remarks.push(format!(
            "Entered {} ({after}), as {} says.",
            entered.london_to_the_second(),
            common.source.system
        ));
    }
    if common.asserted_by != common.actor.agency {
        remarks.push(format!("As stated by {}.", common.asserted_by));
    }
    if common.submitted_by.agency != common.asserted_by {
        remarks.push(format!("Submitted by {}, not by {}.", common.submitted_by.agency, common.asserted_by));
    }
    if common.source.inferred {
        remarks
            .push(format!("Inferred by a mapping from {}; not stated by the source.", common.source.system));
    }
    remarks
}

fn precision(uncertainty_s: u32) -> &'static str {
    match uncertainty_s {
        0 => "",
        1..=60 => " (to the minute)",
        61..=3_600 => " (to the hour)",
        _ => " (to the day)",
    }
}

/// `+4:30`, hours and minutes; days too where there are any.
fn elapsed(from: Timestamp, to: Timestamp) -> String {
    const MINUTE_US: i64 = 60_000_000;
    let minutes = (to.as_us() - from.as_us()).div_euclid(MINUTE_US);
    let (sign, minutes) = if minutes < 0 { ('-', -minutes) } else { ('+', minutes) };
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    if days > 0 {
        format!("{sign}{days}d {hours}:{minutes:02}")
    } else {
        format!("{sign}{hours}:{minutes:02}")
    }
}

/// What is told of an incident beside its entries.
pub(crate) struct Told<'a> {
    pub(crate) incident: &'a Incident,
    pub(crate) vantage: &'a Vantage,
    pub(crate) held: &'a Responsibility,
    /// Its flags, and the instant as of which they were judged; `None` where half the story is told.
    pub(crate) judged: Option<&'a (Vec<Finding>, Timestamp)>,
}

/// As one JSON object, with one entry and one flag in memory at a time: an incident may have very many.
#[derive(Serialize)]
struct Document<'a> {
    as_at: Option<String>,
    entries: Each<'a, Shown>,
    flags: Option<Each<'a, Finding>>,
    flags_as_of: Option<String>,
    flags_note: &'static str,
    incident: String,
    known_at: Option<String>,
    known_by: &'static str,
    responsibility: Value,
}

/// Things, each made into JSON when it is written.
struct Each<'a, T> {
    all: &'a [T],
    to_json: fn(&T) -> Value,
}

impl<T> Serialize for Each<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.all.iter().map(self.to_json))
    }
}

/// From where it was seen, the entries, who held what.
pub(crate) fn write_json(out: &mut dyn Write, told: &Told<'_>, entries: &[Shown]) -> io::Result<()> {
    let Told { incident, vantage, held, judged } = told;
    let known_by = match vantage.known_by {
        KnownBy::Entered => "entered",
        KnownBy::Recorded => "recorded",
    };
    let document = Document {
        as_at: vantage.as_at.map(Timestamp::rfc3339),
        entries: Each { all: entries, to_json: entry_json },
        flags: judged.map(|(flags, _)| Each { all: flags, to_json: flags::json_of }),
        flags_as_of: judged.map(|(_, as_of)| as_of.rfc3339()),
        flags_note: INDICATOR,
        incident: incident.to_string(),
        known_at: vantage.known_at.map(Timestamp::rfc3339),
        known_by,
        responsibility: holding::to_json(held),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// One entry as JSON.
pub(crate) fn entry_json(entry: &Shown) -> Value {
    let mut about = json!({
        "seq": entry.head.seq,
        "incident_version": entry.head.incident_version,
        "recorded_at": entry.head.recorded_at.rfc3339(),
        "says": entry.sentence(),
    });
    let (event, texts) = match &entry.content {
        Content::Known { record, texts } => {
            let texts: Vec<Value> =
                texts.iter().map(|(field, text)| text.to_json(*field, label(&record.body, *field))).collect();
            (record.to_json(), texts)
        }
        Content::Unknown(common) => {
            (json!({ "kind": entry.head.kind, "event_id": common.event_id.to_string() }), vec![])
        }
    };
    if let Some(about) = about.as_object_mut() {
        about.insert("event".into(), event);
        about.insert("texts".into(), texts.into());
        if let Some(standing) = &entry.standing {
            about.insert("signature".into(), signature_json(standing));
        }
    }
    about
}

const CSV_HEAD: &[&str] = &[
    "incident",
    "seq",
    "incident_version",
    "event_id",
    "kind",
    "occurred_at",
    "uncertainty_s",
    "entered_at",
    "recorded_at",
    "agency",
    "role",
    "staff",
    "asserted_by",
    "submitted_by",
    "channel",
    "policy",
    "policy_version",
    "source_system",
    "source_reference",
    "inferred",
    "corrects",
    "causes",
    "subject",
    "location",
    "regime",
    "says",
    "texts",
    "body",
];

/// The codes of the flags that name each entry, each once.
fn codes_by_entry(flags: &[Finding]) -> BTreeMap<u64, String> {
    let mut by_entry: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for flag in flags {
        by_entry.entry(flag.entry).or_default().push(flag.code.to_string());
    }
    let join = |(seq, mut codes): (u64, Vec<String>)| {
        codes.dedup();
        (seq, codes.join(" "))
    };
    by_entry.into_iter().map(join).collect()
}

/// As CSV, one row an entry; in a last column the codes of the flags that name it, where flags were judged.
pub(crate) fn write_csv(out: &mut dyn Write, entries: &[Shown], flags: Option<&[Finding]>) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(CSV_HEAD.iter().copied().chain(flags.map(|_| "flags")))?;
    let codes = flags.map(codes_by_entry);
    for entry in entries {
        let common = entry.common();
        let text = |value: Option<String>| value.unwrap_or_default();
        let texts: Vec<String> =
            entry.texts().into_iter().map(|(label, text)| format!("{label}: {text}")).collect();
        let causes: Vec<String> = common.causes.iter().map(ToString::to_string).collect();
        let body = match &entry.content {
            Content::Known { record, .. } => record.body.to_json().to_string(),
            Content::Unknown(_) => String::new(),
        };
        let row = [
            text(common.incident.as_ref().map(ToString::to_string)),
            entry.head.seq.to_string(),
            entry.head.incident_version.to_string(),
            common.event_id.to_string(),
            entry.kind(),
            common.occurred_at.rfc3339(),
            common.uncertainty_s.to_string(),
            text(common.entered_at.map(Timestamp::rfc3339)),
            entry.head.recorded_at.rfc3339(),
            common.actor.agency.to_string(),
            common.actor.role.as_str().to_owned(),
            text(common.actor.staff.map(|staff| staff.to_string())),
            common.asserted_by.to_string(),
            common.submitted_by.agency.to_string(),
            common.submitted_by.channel.as_str().to_owned(),
            text(common.policy.as_ref().map(|policy| policy.policy.to_string())),
            text(common.policy.as_ref().map(|policy| policy.version.to_string())),
            common.source.system.to_string(),
            text(common.source.reference.as_ref().map(ToString::to_string)),
            common.source.inferred.to_string(),
            text(common.corrects.as_ref().map(|corrects| corrects.event_id.to_string())),
            causes.join(" "),
            text(common.subject.map(|subject| subject.to_string())),
            text(common.location.map(|location| location.to_string())),
            common.regime.as_str().to_owned(),
            entry.sentence(),
            texts.join(" "),
            body,
        ];
        let codes = codes.as_ref().map(|codes| codes.get(&entry.head.seq).cloned().unwrap_or_default());
        csv.write_record(row.iter().chain(codes.as_ref()).map(|cell| spreadsheet_safe(cell)))?;
    }
    csv.flush()
}

/// What the head of an incident's history says of it.
pub(crate) fn heading(incident: &str, origin: &str, entries: &[Shown]) -> String {
    let recorded = |entry: Option<&Shown>| {
        entry.map(|entry| entry.head.recorded_at.london_to_the_second()).unwrap_or_default()
    };
    let count = entries.len();
    let noun = if count == 1 { "entry" } else { "entries" };
    format!(
        "{incident}\n{count} {noun} in {origin}, recorded {} to {}",
        recorded(entries.first()),
        recorded(entries.last()),
    )
}

/// Kinds by name, in words, for people.
pub(crate) fn kind_words(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(c.to_lowercase());
    }
    words(&text)
}
