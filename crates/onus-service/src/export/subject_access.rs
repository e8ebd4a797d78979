//! For a person: what is recorded of them, in every incident.
//!
//! Texts may speak of others, so that each is opened only where it is named; every other is listed with its length.
//! Who received the person's data is not taken from the access ledger, whose lines may serve the purposes of DPA 2018
//! s.62(4) alone.

use super::data::write;
use super::events::{events, found};
use super::package::Package;
use super::texts::TextsOpened;
use super::{Contents, ExportError};
use crate::answer::{Name, Time};
use crate::row::row;
use crate::sentences::{label, says};
use onus_core::field_no::FieldNo;
use onus_core::ids::{AgencyId, Incident, Token};
use onus_core::seq::Seq;
use onus_core::terms::{TermField, Wanted};
use onus_export::data::{Chosen, DataFormat, Event, Text, TextState};
use onus_query::find::Filter;

const METHOD: &str = "\
entries.csv    what is recorded under the person's token, in plain sentences
events.ndjson  the same, whole, for other software
texts.csv      every text of these entries: opened, withheld or erased

Entries of the same incidents that name nobody, or somebody else, are not in these files. Who received the
person's data is not taken from the access ledger: its lines may be used for the purposes of section 62(4) of
the Data Protection Act 2018 alone.
";

/// What is recorded of one person.
#[derive(Clone, Debug)]
pub struct SubjectAccessBundle {
    /// The person's token.
    pub subject: Token,
    /// Which texts are opened.
    pub texts: TextsOpened,
}

/// One entry, in a sentence.
struct Said {
    seq: Seq,
    incident: Option<Name<Incident>>,
    happened: Time,
    recorded: Time,
    event: &'static str,
    says: String,
    by: Name<AgencyId>,
}

row!(Said { seq, incident, happened, recorded, event, says, by });

/// One text of such an entry.
struct TextListed {
    seq: Seq,
    event: &'static str,
    text: &'static str,
    field: FieldNo,
    characters: u32,
    state: String,
}

row!(TextListed { seq, event, text, field, characters, state });

impl SubjectAccessBundle {
    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let subject = self.subject.to_string();
        let wanted = Wanted::parse(TermField::Subject, &subject).map_err(|_| nobody())?;
        let seqs = found(&package.reader, &Filter::everything().with(wanted))?;
        if seqs.is_empty() {
            return Err(nobody());
        }
        let events = events(package, &seqs)?;
        let written = write(package, DataFormat::Ndjson, &Chosen::Some(seqs), &self.texts)?;
        package.put_shown("entries.csv", &events.iter().map(said).collect::<Vec<_>>())?;
        let texts = events.iter().flat_map(|event| event.texts.iter().map(|text| self.listed(event, text)));
        package.put_rows("texts.csv", &texts.collect::<Vec<_>>())?;
        package.put("method.txt", METHOD.as_bytes())?;
        Ok(Contents {
            filters: vec![format!("subject={subject}")],
            ground: self.texts.ground.clone().filter(|_| written.counts.opened > 0),
            counts: written.counts.into(),
            ..Contents::default()
        })
    }

    fn listed(&self, event: &Event, text: &Text) -> TextListed {
        TextListed {
            seq: event.head.seq,
            event: event.kind().name(),
            text: label(&event.record.body, text.field),
            field: text.field,
            characters: text.sealed.chars,
            state: match &text.state {
                TextState::Erased { on } => format!("erased on {}", on.british()),
                _ if self.texts.names(event.kind(), text.field) => {
                    "named to be opened: see events.ndjson".into()
                }
                _ => "withheld: not disclosed".into(),
            },
        }
    }
}

fn nobody() -> ExportError {
    ExportError::NotFound {
        what: "nothing is recorded of that person".into(),
        hint: "`onus token` prints the token of an identifier in this ledger",
    }
}

fn said(event: &Event) -> Said {
    let common = &event.record.common;
    Said {
        seq: event.head.seq,
        incident: common.incident.clone().map(Name),
        happened: Time(common.occurred_at),
        recorded: Time(event.head.recorded_at),
        event: event.kind().name(),
        says: says(common, &event.record.body),
        by: Name(common.asserted_by.clone()),
    }
}
