//! How far an import is, on standard error, and only on a terminal.

use crate::terminal;
use indicatif::ProgressBar;
use onus_service::ImportProgress;
use std::cell::RefCell;

/// One bar at a time: of the file that is read through, or of the rows that are done.
#[derive(Default)]
pub(crate) struct Bars {
    bar: RefCell<Option<(Phase, ProgressBar)>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Survey,
    Rows,
}

impl Bars {
    /// Shows how far it is; a bar that is full is taken away.
    pub(crate) fn show(&self, progress: ImportProgress) {
        let (phase, done, total) = match progress {
            ImportProgress::Surveyed(done, total) => (Phase::Survey, done, total),
            ImportProgress::Rows(done, total) => (Phase::Rows, done, total),
        };
        let mut shown = self.bar.borrow_mut();
        if done >= total {
            if let Some((_, bar)) = shown.take() {
                bar.finish_and_clear();
            }
            return;
        }
        if !shown.as_ref().is_some_and(|(of, _)| *of == phase) {
            let bar = match phase {
                Phase::Survey => terminal::bytes_bar(),
                Phase::Rows => terminal::rows_bar(total),
            };
            bar.set_length(total);
            *shown = Some((phase, bar));
        }
        if let Some((_, bar)) = shown.as_ref() {
            bar.set_position(done);
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some((_, bar)) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
