//! F11: an entry made late.

use super::facts::{Facts, after_us, entered, in_words};
use super::{Code, Finding, Rule, Severity};
use onus_core::kinds::{Kind, Maker};

pub(super) static RULE: Rule = Rule {
    code: Code(11),
    name: "LATE_ENTRY",
    title: "Late entry",
    severities: &[Severity::Low, Severity::High],
    version: 2,
    says: "An entry was made later than the limit (15 minutes unless a policy says otherwise) after what it tells of, its stated uncertainty allowed for: low if it says why, high if it does not. When it was made is `entered_at`, else, from a live source, the ledger's own time.",
    entry: "the late entry",
    silent: "A batch without `entered_at` does not tell when its entries were made: their lateness cannot be assessed. Nor can that of an entry whose source says that it is told again (`retold`): when it was first written down is not known. A correction's own reason is a reason.",
    basis: &[
        "JESIP, joint decision log: enter at the first reasonable opportunity; if delayed more than a few minutes, say why (jesip.org.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let least_us = facts.context.policies.least_late_entry_us();
    for entry in facts.speaking() {
        let common = &entry.common;
        // Retold knowingly and later: the time of this entry says nothing of the first one.
        if common.source.retold == Some(true) {
            continue;
        }
        let Some(at) = entered(entry) else { continue };
        let late_us =
            after_us(at, common.occurred_at).saturating_sub(i64::from(common.uncertainty_s) * 1_000_000);
        if late_us <= least_us || !is_told_by_people(entry.head.kind) {
            continue;
        }
        let limits = facts.limits(entry, &common.asserted_by);
        if late_us <= limits.late_entry_us() {
            continue;
        }
        let has_reason = common.late_reason.is_some()
            || common.corrects.as_ref().is_some_and(|corrects| corrects.reason.is_some());
        let (severity, reason) = if has_reason {
            (Severity::Low, "a reason is given")
        } else {
            (Severity::High, "no reason is given")
        };
        // Told in full: what the uncertainty takes off is the limit's business.
        let title =
            format!("entered {} after it happened; {reason}", in_words(after_us(at, common.occurred_at)));
        found.push(Finding::new(&RULE, severity, entry, title).under(limits.policy()));
    }
}

/// Not what the software itself notes.
fn is_told_by_people(kind: u16) -> bool {
    Kind::from_number(kind).is_none_or(|kind| kind.maker() == Maker::Draft)
}
