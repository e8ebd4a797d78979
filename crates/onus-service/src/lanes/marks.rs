//! Notices and arrivals on the time axis: drawn, and never a holder.

use super::scale::Scale;
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_core::time::Timestamp;
use onus_core::vocabulary::InformationKind;

/// The row of marks, a cell for each column.
pub(super) fn mark_cells(entries: &[&Entry], end: Timestamp, scale: &Scale) -> String {
    let mut cells = vec![' '; scale.columns()];
    for entry in entries.iter().filter(|entry| entry.common.occurred_at <= end) {
        let Some(mark) = mark(entry) else { continue };
        let column = scale.column(entry.common.occurred_at).min(cells.len().saturating_sub(1));
        if let Some(cell) = cells.get_mut(column) {
            *cell = if *cell == ' ' || *cell == mark { mark } else { '*' };
        }
    }
    cells.into_iter().collect()
}

fn mark(entry: &Entry) -> Option<char> {
    Some(match entry.body.as_ref()? {
        Body::AgencyNotified(_) => 'n',
        Body::AgencyAcknowledged(_) => 'k',
        Body::InformationRecorded(b) if b.kind == InformationKind::PartnerEta => 'i',
        Body::HandoverOffered(_) => 'o',
        Body::ResourceArrived(_) | Body::ArrivedAtPlaceOfSafety(_) => 'v',
        Body::OfficersReleased(_) => 'l',
        _ => return None,
    })
}
