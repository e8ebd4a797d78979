//! Entries as exports need them: where they are, and their events with every text closed.

use super::ExportError;
use super::package::Package;
use onus_core::codec::DecodeError;
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_export::data::{Counts, Event};
use onus_query::find::{Filter, Finder};
use onus_query::flags::RULES;
use onus_store::{Reader, StoredEntry};

/// How many entries are looked up at a time.
const PAGE: usize = 65_536;

/// The numbers of every entry that fits, ascending.
pub(super) fn found(reader: &Reader, filter: &Filter) -> Result<Vec<Seq>, ExportError> {
    let finder = Finder::new(reader, filter)?;
    let mut seqs = Vec::new();
    let mut after = None;
    loop {
        let page = finder.page(after, PAGE)?;
        if !page.disagreeing.is_empty() {
            return Err(ExportError::Index);
        }
        seqs.extend(page.entries.iter().map(StoredEntry::seq));
        after = page.next_after;
        if after.is_none() {
            return Ok(seqs);
        }
    }
}

/// The events of these entries, every text closed; those of kinds that this release does not know are left out.
pub(super) fn events(package: &Package<'_>, seqs: &[Seq]) -> Result<Vec<Event>, ExportError> {
    let mut events = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let stored = package.reader.entry(*seq)?;
        let undecodable = |source| ExportError::Entry { seq: *seq, source };
        let (head, record) = EntryHead::parse(stored.bytes()).map_err(undecodable)?;
        match Record::decode(&head, record) {
            Ok(record) => events.push(Event::closed(head, record, &|key| package.erasures.on(key))),
            Err(DecodeError::UnknownKind) => {}
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

/// Every rule of flags, as code and version.
pub(super) fn flag_rules() -> Vec<String> {
    RULES.iter().map(|rule| format!("{} v{}", rule.code, rule.version)).collect()
}
