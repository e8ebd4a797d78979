//! One incident as the bundles need it: its entries, its page of evidence, its lanes, its flags.

use super::super::vantage::not_found;
use super::super::{history_failure, parse_incident};
use super::leaving::Leaving;
use crate::exit::{Cause, Failure, chain, output};
use crate::render::holding::write_spans;
use crate::render::lanes::{Brush, Drawn, write_lanes};
use onus_core::blame::Blamed as _;
use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::history::{History, KnownBy, Vantage};
use onus_core::ids::Incident;
use onus_core::record::Record;
use onus_export::data::{Counts, Event};
use onus_export::evidence::{Evidence, Request, Selection, make_evidence};
use onus_query::flags::Survey;
use onus_query::holding::holding;
use onus_query::incident::history;
use onus_query::policy::Policies;
use onus_service::{FlagAnswer, ResponsibilityAnswer};

/// Columns of the lanes in a file.
const WIDTH: usize = 120;

/// An incident that is handed out.
pub(super) struct Case {
    pub(super) incident: Incident,
    pub(super) history: History,
    pub(super) policies: Policies,
}

impl Case {
    /// Reads it; refuses one under which nothing stands.
    pub(super) fn read(leaving: &Leaving<'_>, incident: &str) -> Result<Self, Failure> {
        let incident = parse_incident(incident)?;
        let history = history(&leaving.reader, &incident).map_err(|e| history_failure(&e))?;
        if history.entries().is_empty() {
            return Err(not_found(&incident));
        }
        let policies = Policies::read(&leaving.reader, KnownBy::Entered).map_err(|e| history_failure(&e))?;
        Ok(Self { incident, history, policies })
    }

    /// The places of its entries, ascending.
    pub(super) fn seqs(&self) -> Vec<u64> {
        let mut seqs: Vec<u64> = self.history.entries().iter().map(onus_core::history::Entry::seq).collect();
        seqs.sort_unstable();
        seqs
    }

    /// Its page of evidence, under a checkpoint that is signed now; the access ledger has it.
    pub(super) fn page(
        &self,
        leaving: &Leaving<'_>,
        disclose: &[Selection],
        ground: Option<&Code>,
    ) -> Result<Evidence, Failure> {
        let request = Request {
            incident: &self.incident,
            disclose,
            recipient: leaving.recipient.as_ref(),
            ground,
            why: leaving.why.as_ref(),
        };
        Ok(make_evidence(&leaving.keys, &leaving.caller, &request)?)
    }

    /// Who held what, drawn and in words.
    pub(super) fn lanes(&self) -> Result<Vec<u8>, Failure> {
        let vantage = Vantage::default();
        let held = holding(&self.history, &vantage, &self.policies);
        let speaking = self.history.speaking_at(&vantage);
        let mut bytes = Vec::new();
        let drawn = Drawn { held: &held, entries: &speaking, vantage };
        write_lanes(&mut bytes, &drawn, Brush::UNICODE, WIDTH).map_err(|e| output(&e))?;
        bytes.push(b'\n');
        write_spans(&mut bytes, &held).map_err(|e| output(&e))?;
        Ok(bytes)
    }

    /// The same for machines: the established account, every lane, what is contested.
    pub(super) fn held(&self) -> ResponsibilityAnswer {
        ResponsibilityAnswer::from(&holding(&self.history, &Vantage::default(), &self.policies))
    }

    /// Its flags, as known and judged now.
    pub(super) fn flags(&self, leaving: &Leaving<'_>) -> Result<Vec<FlagAnswer>, Failure> {
        let now = leaving.ledger.machine().now();
        let survey =
            Survey { reader: &leaving.reader, policies: &self.policies, vantage: Vantage::default(), now };
        let found = survey.of(&self.incident).map_err(|e| history_failure(&e))?.unwrap_or_default();
        Ok(found.iter().map(FlagAnswer::from).collect())
    }
}

/// The events at these places, every text closed.
pub(super) fn events(leaving: &Leaving<'_>, seqs: &[u64]) -> Result<Vec<Event>, Failure> {
    let mut events = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let stored = leaving.reader.entry(*seq).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
        let undecodable = |e: onus_core::codec::DecodeError| {
            Failure::new(Cause::Found, format_args!("entry {seq} cannot be decoded: {e}"))
        };
        let (head, record) = EntryHead::parse(stored.bytes()).map_err(undecodable)?;
        match Record::decode(&head, record) {
            Ok(record) => events.push(Event::closed(head, record, &|key| leaving.erasures.on(key))),
            Err(onus_core::codec::DecodeError::UnknownKind) => {}
            Err(e) => return Err(undecodable(e)),
        }
    }
    Ok(events)
}

/// What these events count for.
pub(super) fn counts(events: &[Event]) -> Counts {
    let mut counts = Counts::default();
    for event in events {
        counts.add(event);
    }
    counts
}

/// An incident as the name of a file.
pub(super) fn file_name(incident: &Incident) -> String {
    incident
        .to_string()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' })
        .collect()
}
