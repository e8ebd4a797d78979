//! F26: something about the record itself: its clock, its chain, its checkpoints, or a decision that cites what
//! was not there yet.

use super::facts::Facts;
use super::{Code, Finding, Rule, Severity};
use onus_core::history::{Entry, KnownBy};
use onus_core::seq::Seq;

pub(super) static RULE: Rule = Rule {
    code: Code(26),
    name: "RECORD_INTEGRITY",
    title: "Integrity of the record",
    severities: &[Severity::Critical],
    version: 2,
    says: "The ledger's clock stepped back or was corrected; the chain breaks; two checkpoints contradict each other; or a decision cites an entry that was made after it.",
    entry: "the entry about the clock, the last entry before a break, the heartbeat that names the second checkpoint, or the decision",
    silent: "A chain break is told by `onus verify` first; here it is repeated as far as the reader met it. Of checkpoints only those that heartbeats name are compared, with each other; `onus verify` compares each with the entries themselves, and `onus verify --checkpoint` those kept elsewhere.",
    basis: &[
        "this project's own choice; a decision rests on what was entered before it (JESIP, joint decision log)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (decision, body) in facts.decisions() {
        let cited = body.considered.iter().chain(&decision.common.causes);
        let order = |entry: &Entry| (entry.known_at(KnownBy::Entered), entry.seq());
        let mut later: Vec<Seq> = cited
            .filter_map(|id| facts.history.entry(*id))
            .filter(|entry| order(entry) > order(decision))
            .map(Entry::seq)
            .collect();
        later.dedup();
        if !later.is_empty() {
            let title = "the decision cites what was entered after it";
            found.push(Finding::new(&RULE, Severity::Critical, decision, title).resting_on(later));
        }
    }
}
