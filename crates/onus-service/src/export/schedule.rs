//! For a prosecutor: what there is on an incident, described and not shown (CPIA 1996). Whether an item is to be
//! disclosed is for a disclosure officer to write down.

use super::case::{Case, filters};
use super::events::{counts, events};
use super::package::Package;
use super::{Contents, ExportError};
use crate::answer::{Name, Time};
use crate::row::row;
use crate::sentences::{label, person};
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_export::data::{Event, TextState};
use onus_proof::Hash;

const METHOD: &str = "\
Each item is one entry of the ledger, described by its kind, its author and the length of its texts: not what it says.
The leaf is the SHA-256 by which the entry is found again, and by which a later copy of it is shown to be the same.
The columns `disclosed` and `reason` are empty: a disclosure officer fills them in (Criminal Procedure and \
Investigations Act 1996, Code of Practice).
";

/// The disclosure schedule of one incident.
#[derive(Clone, Debug)]
pub struct ScheduleBundle {
    /// The incident.
    pub incident: Incident,
}

/// One entry, described.
struct Described {
    item: u64,
    seq: Seq,
    event_id: Name<EventId>,
    date: Time,
    description: String,
    made_by: String,
    asserted_by: Name<AgencyId>,
    texts: Vec<String>,
    leaf: Name<Hash>,
    disclosed: &'static str,
    reason: &'static str,
}

row!(Described {
    item,
    seq,
    event_id,
    date,
    description,
    made_by,
    asserted_by,
    texts,
    leaf,
    disclosed,
    reason
});

impl ScheduleBundle {
    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let case = Case::read(package, &self.incident)?;
        let events = events(package, &case.seqs())?;
        let items: Result<Vec<Described>, ExportError> =
            (1..).zip(&events).map(|(number, event)| item(package, number, event)).collect();
        package.put_shown("schedule.csv", &items?)?;
        package.put("method.txt", METHOD.as_bytes())?;
        Ok(Contents {
            filters: filters(&self.incident),
            incident: Some(self.incident.clone()),
            counts: counts(&events).into(),
            ..Contents::default()
        })
    }
}

fn item(package: &Package<'_>, number: u64, event: &Event) -> Result<Described, ExportError> {
    let Record { common, body } = &event.record;
    let texts = event.texts.iter().map(|text| {
        let state = match &text.state {
            TextState::Erased { on } => format!(", erased on {}", on.british()),
            _ => String::new(),
        };
        format!("{}, {} characters{state}", label(body, text.field), text.sealed.chars)
    });
    Ok(Described {
        item: number,
        seq: event.head.seq,
        event_id: Name(event.id()),
        date: Time(common.occurred_at),
        description: format!("Entry of the kind {} in the decision ledger", event.kind().name()),
        made_by: person(&common.actor),
        asserted_by: Name(common.asserted_by.clone()),
        texts: texts.collect(),
        leaf: Name(package.reader.receipt(event.head.seq)?.leaf),
        disclosed: "",
        reason: "",
    })
}
