//! One published case that the demo records: its drafts, who looked into it, and what they found.

use onus_core::ids::Incident;
use onus_core::record::Draft;

/// One published case.
pub(super) struct Case {
    /// Called by force and year; no person is named.
    pub(super) name: &'static str,
    /// Its drafts, one a line, in the order in which they were entered.
    pub(super) lines: &'static str,
    /// Who looked into it.
    pub(super) source: &'static str,
    /// What the demo shows by it, in one sentence.
    pub(super) shows: &'static str,
    /// What they found.
    pub(super) found: &'static str,
    /// Whether the demo has the handover signed by its receiver.
    pub(super) counter_signed: bool,
}

impl Case {
    /// Its drafts. A test holds that every line parses.
    pub(super) fn drafts(&self) -> Vec<Draft> {
        self.lines.lines().filter_map(|line| Draft::parse(line.as_bytes()).ok()).collect()
    }

    /// Its incidents, in the order in which they begin.
    pub(super) fn incidents(&self) -> Vec<Incident> {
        let mut incidents = Vec::new();
        for incident in self.drafts().into_iter().filter_map(|draft| draft.common.incident) {
            if !incidents.contains(&incident) {
                incidents.push(incident);
            }
        }
        incidents
    }
}
