//! Disclosing: the keys of named texts, for one recipient. The access ledger has it first.
//!
//! Promise: a key opens one text of one entry, and the entry's commitment shows that it is the right one. Never: a text.

use crate::field_keys::{FieldKeys, KeyOfText, WithheldText};
use crate::incident::{IncidentError, Known};
use crate::sentences::text_label;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::history::{Entry, History};
use onus_core::ids::Incident;
use onus_core::record::Record;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_export::evidence::Selection;
use onus_ledger::{Disclosure, EntryTexts, HandedKey, OpenError, RevealError};
use onus_proof::base64_text;
use std::collections::BTreeMap;

/// Which keys are handed out, to whom, and why.
#[derive(Clone, Debug)]
pub struct DiscloseQuestion {
    /// The incident.
    pub incident: Incident,
    /// Of which texts.
    pub texts: Vec<Selection>,
    /// Who receives the keys.
    pub recipient: Plain,
    /// On what ground.
    pub ground: Code,
    /// Why.
    pub why: Plain,
}

/// Why no key was handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscloseError {
    /// The ledger or its keys did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The incident was not read; it says who must act.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// No entry has a text of that name.
    #[error("no entry of the incident has such a text: no key was handed out")]
    NoSuchText,
    /// The keys were not handed out; it says who must act.
    #[error(transparent)]
    Reveal(#[from] RevealError),
}

impl Blamed for DiscloseError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Incident(e) => e.blame(),
            Self::NoSuchText => Blame::NotFound,
            Self::Reveal(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Incident(e) => e.hint(),
            Self::NoSuchText => Some(
                "`onus show INCIDENT` says which texts there are; the names are those of the drafts".into(),
            ),
            Self::Reveal(e) => e.hint(),
        }
    }
}

impl Session {
    /// Hands the keys of named texts to one recipient, in the name of the caller, who must claim an identity. A text that
    /// is restricted, erased, or that no reading right covers on this ground, stays closed, and the answer says why.
    pub fn disclose(&self, question: &DiscloseQuestion) -> Result<FieldKeys, DiscloseError> {
        let who = self.identity()?;
        let read = self.incident(&question.incident, Known::default())?;
        let records = records(&read.history);
        let wanted: Vec<EntryTexts> =
            records.iter().filter_map(|(seq, record)| wanted(*seq, record, &question.texts)).collect();
        if wanted.is_empty() && !question.texts.contains(&Selection::All) {
            return Err(DiscloseError::NoSuchText);
        }
        let disclosure = Disclosure {
            recipients: &question.recipient,
            ground: question.ground.clone(),
            why: Some(&question.why),
        };
        let handed = self.keys()?.disclose(self.caller(), &disclosure, &wanted)?;
        Ok(FieldKeys {
            format: FieldKeys::FORMAT.into(),
            origin: read.reader.identity().origin.to_string(),
            incident: question.incident.to_string(),
            made_at: self.ledger().machine().now().utc(),
            made_by: who.to_string(),
            recipient: question.recipient.expose().to_owned(),
            ground: question.ground.to_string(),
            keys: handed.iter().filter_map(|one| key(one, &records)).collect(),
            withheld: handed.iter().filter_map(withheld).collect(),
        })
    }
}

/// The entries that this release knows, by their numbers.
fn records(history: &History) -> BTreeMap<Seq, Record> {
    let record = |entry: &Entry| {
        Some((entry.seq(), Record { common: entry.common.clone(), body: entry.body.clone()? }))
    };
    history.entries().iter().filter_map(record).collect()
}

/// The texts of a record that are asked for.
fn wanted(seq: Seq, record: &Record, texts: &[Selection]) -> Option<EntryTexts> {
    let kind = record.kind();
    let named = |field: &FieldNo| texts.iter().any(|one| one.names(seq, kind, *field));
    let fields: Vec<FieldNo> =
        record.sealed_texts().into_iter().map(|(field, _)| field).filter(named).collect();
    (!fields.is_empty()).then_some(EntryTexts { seq, fields })
}

fn key(one: &HandedKey, records: &BTreeMap<Seq, Record>) -> Option<KeyOfText> {
    let record = records.get(&one.seq)?;
    let key = one.key.as_ref().ok()?;
    Some(KeyOfText {
        seq: one.seq,
        event_id: record.common.event_id.to_string(),
        event: record.kind().name().into(),
        field: one.field,
        text: text_label(record.kind(), one.field).into(),
        chars: one.chars,
        key: base64_text::encode(key.expose()),
    })
}

fn withheld(one: &HandedKey) -> Option<WithheldText> {
    let why = one.key.as_ref().err()?.to_string();
    Some(WithheldText { seq: one.seq, field: one.field, chars: one.chars, why })
}
