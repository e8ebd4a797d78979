//! F28: a source says that it sent more than stands here.

use super::{Code, Finding, Rule, Severity};
use crate::coverage::Totals;

pub(super) static RULE: Rule = Rule {
    code: Code(28),
    name: "CAPTURE_SHORT",
    title: "Fewer records than the source sent",
    severities: &[Severity::High],
    version: 1,
    says: "A source's tally for a period exceeds what was recorded of that source: entries of the kind that it names, or of any kind if it names none, whose event happened on those days (Europe/London).",
    entry: "the tally",
    silent: "Corrections are not counted. A tally in a kind of the source's own words cannot be compared. One record may have become several entries, so a tally without a kind that fits proves nothing.",
    basis: &["this project's own choice"],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge: |_, _| {},
};

pub(super) fn judge(totals: &Totals, found: &mut Vec<Finding>) {
    for (entry, covered) in totals.covered() {
        let (stated, Some(recorded)) = (covered.tallied, covered.recorded) else { continue };
        if stated > recorded {
            let title = format!("the source says that it sent {stated}; {recorded} are recorded");
            found.push(Finding::new(&RULE, Severity::High, entry, title));
        }
    }
}
