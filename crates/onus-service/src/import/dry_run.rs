//! What an import would do, found out by reading alone.

use super::compare::{changed_words, compare, gone, gone_words};
use super::{Import, ImportError, ImportProgress, ImportSummary, OnChange, RejectedRow, RejectedRows};
use onus_import::Rows;

const ROWS_BETWEEN: u64 = 1_024;

pub(super) fn run(
    import: Import<'_>,
    rejected: RejectedRows<'_>,
    progress: &dyn Fn(ImportProgress),
    summary: &mut ImportSummary,
) -> Result<(), ImportError> {
    let Import { request, files, mut comparer, form, .. } = import;
    for file in &files {
        let mut bound = file.bound.clone();
        let mut rows = Rows::open(&file.path, &request.mapping.input()).map_err(ImportError::Rows)?;
        let mut done = 0_u64;
        while let Some(row) = rows.next_row().map_err(ImportError::Rows)? {
            summary.rows_read += 1;
            done += 1;
            if done.is_multiple_of(ROWS_BETWEEN) {
                progress(ImportProgress::Rows(done, file.rows));
            }
            let mut reject = |column, reason: &str| {
                rejected(&RejectedRow { file, form: &form, row, column, reason })
                    .map_err(ImportError::Rejects)
            };
            let planned = match bound.events(row) {
                Ok(planned) => planned,
                Err(found) => {
                    summary.reject(found.reason.code());
                    reject(found.column.as_ref(), &found.reason.to_string())?;
                    continue;
                }
            };
            let compared = compare(&mut comparer, &mut bound, &planned)?;
            if let (Some((index, seq)), OnChange::Reject) = (compared.changed, request.on_change) {
                let template = planned.get(index).map_or("", |planned| &planned.template);
                summary.rows_changed += 1;
                reject(None, &changed_words(template, Some(seq)))?;
                continue;
            }
            summary.rows_corrected += u64::from(compared.changed.is_some());
            summary.events_written += compared.new + compared.corrections;
            summary.events_already_there += compared.there;
            if compared.there > 0
                && let Some((template, seq)) = gone(&mut comparer, &mut bound, &planned)?
            {
                summary.rows_changed += 1;
                reject(None, &gone_words(&template, seq))?;
            }
        }
        progress(ImportProgress::Rows(file.rows, file.rows));
    }
    Ok(())
}
