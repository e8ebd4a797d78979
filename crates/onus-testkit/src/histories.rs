//! Histories as tests tell them: of events made by hand, or of the drafts of a published case. No ledger and no
//! vault stand behind them: texts are withheld, tokens made from the identifier alone.

use crate::events::{Event, event_id};
use crate::samples;
use onus_core::entry::EntryHead;
use onus_core::field_no::FieldNo;
use onus_core::history::{Entry, History};
use onus_core::ids::{EventId, Incident, Token};
use onus_core::record::{Draft, Record};
use onus_core::sealed::{Plain, Sealed};
use onus_core::seq::Seq;
use onus_core::stage::{Asserted, Sealing, SubmittedBy};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Channel;
use std::convert::Infallible;

/// A history of events in the order of the ledger, from entry 1 on; recorded when they were entered, else when they
/// happened.
#[must_use]
pub fn history(incident: &Incident, events: &[Event]) -> History {
    let entries = events.iter().zip(1..).map(|(event, seq)| entry(event.record().clone(), Seq::new(seq)));
    History::new(incident.clone(), entries.collect())
}

/// One entry at a place in the ledger.
#[must_use]
pub fn entry(record: Record, seq: Seq) -> Entry {
    let kind = record.kind();
    let recorded_at = record.common.entered_at.unwrap_or(record.common.occurred_at);
    let incident_version = u32::try_from(seq.get()).unwrap_or(u32::MAX);
    let head = EntryHead { seq, recorded_at, incident_version, ..samples::head(kind) };
    Entry { head, common: record.common, body: Some(record.body), counter_signed: false }
}

/// The entries of a case's drafts, in the order of its lines, from entry 1 on; each submitted by the agency whose
/// statement it is.
///
/// # Panics
/// If a line is not a draft.
#[must_use]
#[expect(clippy::expect_used, reason = "a case that does not parse is a failed test")]
pub fn case_entries(drafts: &str) -> Vec<Entry> {
    let record = |(line, seq): (&str, u64)| {
        let draft = Draft::parse(line.as_bytes()).expect("a draft");
        let agency = match &draft.common.asserted_by {
            Asserted::By(agency) => agency.clone(),
            Asserted::BySubmitter => draft.common.actor.agency.clone(),
        };
        let mut unsealed =
            Unsealed { submitted_by: SubmittedBy::new(agency, Channel::Cli), seq: Seq::new(seq) };
        entry(draft.seal(&mut unsealed).unwrap_or_else(|never| match never {}), Seq::new(seq))
    };
    drafts.lines().zip(1..).map(record).collect()
}

/// The histories of the incidents of a case, in the order in which they first stand there.
#[must_use]
pub fn case_histories(drafts: &str) -> Vec<History> {
    let mut incidents: Vec<(Incident, Vec<Entry>)> = Vec::new();
    for entry in case_entries(drafts) {
        let Some(incident) = entry.common.incident.clone() else { continue };
        match incidents.iter_mut().find(|(known, _)| *known == incident) {
            Some((_, entries)) => entries.push(entry),
            None => incidents.push((incident, vec![entry])),
        }
    }
    incidents.into_iter().map(|(incident, entries)| History::new(incident, entries)).collect()
}

struct Unsealed {
    submitted_by: SubmittedBy,
    seq: Seq,
}

impl Sealing for Unsealed {
    type Error = Infallible;

    fn text(&mut self, _: FieldNo, plain: &Plain) -> Result<Sealed, Infallible> {
        Ok(Sealed::withheld(plain.chars()))
    }

    fn token(&mut self, id: &Plain) -> Result<Token, Infallible> {
        let mut bytes = [0_u8; 16];
        for (at, byte) in id.expose().bytes().enumerate() {
            if let Some(place) = bytes.get_mut(at % 16) {
                *place = place.wrapping_mul(31).wrapping_add(byte);
            }
        }
        Ok(Token::from_bytes(bytes))
    }

    fn event_id(&mut self) -> Result<EventId, Infallible> {
        Ok(event_id(Timestamp::MIN, self.seq.get()))
    }

    fn submitted_by(&mut self) -> Result<SubmittedBy, Infallible> {
        Ok(self.submitted_by.clone())
    }
}
