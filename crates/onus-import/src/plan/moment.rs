//! The times of a row.

use super::Rejected;
use super::cells::Cells;
use crate::civil::{Civil, Format};
use crate::mapping::{ColumnId, TimeRule};
use crate::reason::Reason;
use crate::zone::{NoInstant, Zone};
use onus_core::time::Timestamp;

const DAY_US: i64 = 86_400_000_000;
/// How far off a time is that happened twice, one hour apart.
const REPEATED_UNCERTAINTY_S: u32 = 3_600;
const DAY_UNCERTAINTY_S: u32 = 86_400;

/// An instant that a row names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    /// The local day, since 1970-01-01.
    pub(crate) day: i32,
    local_us: i64,
    pub(crate) uncertainty_s: u32,
    /// Whether the mapping chose the day.
    pub(crate) inferred: bool,
}

/// Reads one time; `None` where the source says that it has none.
pub(crate) fn read(
    cells: Cells<'_>,
    rule: &TimeRule,
    after: Option<&Moment>,
    zone: &mut Zone,
) -> Result<Option<Moment>, Rejected> {
    let Some(cell) = cells.present(rule.column) else { return Ok(None) };
    let is_missing = rule.missing.iter().any(|missing| **missing == *cell)
        || rule.missing_ends_with.iter().any(|end| cell.ends_with(&**end));
    if is_missing {
        return Ok(None);
    }
    let (civil, format) = read_civil(cells, rule.column, &rule.formats, cell)?;
    let mut uncertainty_s = rule.uncertainty_s.unwrap_or_else(|| format.uncertainty_s());
    let mut us_of_day = civil.us_of_day.unwrap_or(0);
    if rule.day_only_ends_with.iter().any(|end| cell.ends_with(&**end)) {
        (us_of_day, uncertainty_s) = (0, DAY_UNCERTAINTY_S);
    }
    let day = match (&rule.date, civil.day) {
        (Some((column, formats)), _) => {
            let needed_by = || Reason::Blank { needed_by: format!("time {}", rule.name) };
            let cell = cells.present(*column).ok_or_else(|| cells.reject(*column, needed_by()))?;
            read_civil(cells, *column, formats, cell)?.0.day
        }
        (None, day) => day,
    };
    let mut day = day.ok_or_else(|| cells.reject(rule.column, Reason::NotATime))?;
    let mut local_us = i64::from(day) * DAY_US + us_of_day;
    let inferred = rolls(rule, after, local_us);
    if inferred {
        day += 1;
        local_us += DAY_US;
    }
    let refuse = |why| {
        cells.reject(
            rule.column,
            match why {
                NoInstant::Repeated => Reason::RepeatedHour,
                NoInstant::Skipped => Reason::SkippedHour,
                NoInstant::OutOfRange => Reason::OutOfRange,
            },
        )
    };
    let at = if let Some(seconds) = civil.offset_s {
        let at = Timestamp::from_us(local_us - i64::from(seconds) * 1_000_000);
        at.ok_or(NoInstant::OutOfRange).map_err(refuse)?
    } else {
        let (at, was_chosen) = zone.instant(day, us_of_day, rule.repeated).map_err(refuse)?;
        if was_chosen {
            uncertainty_s = uncertainty_s.max(REPEATED_UNCERTAINTY_S);
        }
        at
    };
    Ok(Some(Moment { at, day, local_us, uncertainty_s, inferred }))
}

/// Whether a time of day belongs to the next day: it is before the one that it follows, and on the next
/// day it is at most so much after it. Any other disorder is left as the source has it.
fn rolls(rule: &TimeRule, after: Option<&Moment>, local_us: i64) -> bool {
    match (rule.after, after) {
        (Some((_, within_us)), Some(after)) => {
            local_us < after.local_us && local_us + DAY_US - after.local_us <= within_us
        }
        _ => false,
    }
}

fn read_civil<'f>(
    cells: Cells<'_>,
    column: ColumnId,
    formats: &'f [Format],
    cell: &str,
) -> Result<(Civil, &'f Format), Rejected> {
    formats
        .iter()
        .find_map(|format| format.read(cell).map(|civil| (civil, format)))
        .ok_or_else(|| cells.reject(column, Reason::NotATime))
}
