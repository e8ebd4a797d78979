//! A row compared with what the ledger holds. Nothing is written.

use onus_core::record::Draft;
use onus_core::seq::Seq;
use onus_import::{Bound, Planned};
use onus_ledger::{CompareError, DraftComparer, DraftState};
use std::sync::Arc;

/// Revisions of one event that an import goes through; past them something else is wrong.
pub(super) const REVISIONS_MAX: u32 = 1_000;

/// What a row comes to.
#[derive(Default)]
pub(super) struct Comparison {
    /// The revision of each event that is there or would be appended.
    pub(super) revisions: Vec<u32>,
    /// Events of which nothing is there.
    pub(super) new: u64,
    /// Events that are there, in whichever revision.
    pub(super) there: u64,
    /// Events whose next revision would be appended.
    pub(super) corrections: u64,
    /// The first event that is there with other content, and where.
    pub(super) changed: Option<(usize, Seq)>,
}

pub(super) fn compare(
    comparer: &mut DraftComparer,
    bound: &mut Bound,
    planned: &[Planned],
) -> Result<Comparison, CompareError> {
    let mut found = Comparison::default();
    for (index, event) in planned.iter().enumerate() {
        let (mut revision, mut other) = (0, None);
        loop {
            let draft = revised(bound, event, revision);
            match comparer.state_of(&draft)? {
                DraftState::Differs { seq } if revision < REVISIONS_MAX => {
                    other = other.or(Some(seq));
                    revision += 1;
                }
                DraftState::Recorded { .. } => {
                    found.there += 1;
                    break;
                }
                _ => {
                    found.new += u64::from(revision == 0);
                    found.corrections += u64::from(revision > 0);
                    found.changed = found.changed.or(other.map(|seq| (index, seq)));
                    break;
                }
            }
        }
        found.revisions.push(revision);
    }
    Ok(found)
}

pub(super) fn revised(bound: &mut Bound, planned: &Planned, revision: u32) -> Draft {
    if revision == 0 { planned.draft.clone() } else { bound.revise(planned, revision).draft }
}

/// The first event that the ledger holds, that nobody has withdrawn, and that the row no longer makes.
pub(super) fn gone(
    comparer: &mut DraftComparer,
    bound: &mut Bound,
    planned: &[Planned],
) -> Result<Option<(Arc<str>, Seq)>, CompareError> {
    let incident = planned.first().and_then(|planned| planned.draft.common.incident.clone());
    // All that the row makes is there: with as many entries as that, nothing else is.
    if comparer.count(incident.as_ref())? <= planned.len() {
        return Ok(None);
    }
    for (template, event_id) in bound.silent(planned) {
        if let Some(seq) = comparer.seq_of(incident.as_ref(), &event_id)? {
            return Ok(Some((template, seq)));
        }
    }
    Ok(None)
}

/// What is wrong with a row that no longer makes an event, with both places.
pub(super) fn gone_words(template: &str, seq: Seq) -> String {
    format!(
        "event {template} of this row is in the ledger, as entry {seq}, and the row no longer makes it; if it is to count \
         no more, record an EntryWithdrawn that says so"
    )
}

/// What is wrong with a changed row, with both places.
pub(super) fn changed_words(template: &str, seq: Option<Seq>) -> String {
    let place = seq.map_or_else(|| "earlier in this import".to_owned(), |seq| format!("as entry {seq}"));
    format!(
        "event {template} of this row is in the ledger, {place}, with other content; --on-change correct appends what this \
         row says as a correction"
    )
}
