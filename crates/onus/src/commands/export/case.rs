//! One incident as the bundles need it: its entries, its page of evidence, its lanes, its flags.

use super::super::history_failure;
use super::super::vantage::not_found;
use super::leaving::Leaving;
use crate::exit::{Cause, Failure, chain};
use onus_core::blame::Blamed as _;
use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::history::{History, KnownBy, Vantage};
use onus_core::ids::Incident;
use onus_core::record::Record;
use onus_export::data::Event;
use onus_export::evidence::{Evidence, Request, Selection, make_evidence};
use onus_query::flags::Survey;
use onus_query::incident::history;
use onus_query::policy::Policies;
use onus_service::FlagAnswer;

/// An incident that is handed out.
pub(super) struct Case {
    pub(super) incident: Incident,
    pub(super) history: History,
    pub(super) policies: Policies,
}

impl Case {
    /// Reads it; refuses one under which nothing stands.
    pub(super) fn read(leaving: &Leaving<'_>, incident: &Incident) -> Result<Self, Failure> {
        let history = history(&leaving.reader, incident).map_err(|e| history_failure(&e))?;
        if history.entries().is_empty() {
            return Err(not_found(incident));
        }
        let policies = Policies::read(&leaving.reader, KnownBy::Entered).map_err(|e| history_failure(&e))?;
        Ok(Self { incident: incident.clone(), history, policies })
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

/// An incident as the name of a file.
pub(super) fn file_name(incident: &Incident) -> String {
    incident
        .to_string()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' })
        .collect()
}
