//! F06: an incident closed as if a receipt had been an acceptance.

use super::accounts::on_each;
use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::responsibility::State;
use onus_core::vocabulary::{Facet, UnownedReason};

pub(super) static RULE: Rule = Rule {
    code: Code(6),
    name: "RECEIPT_TREATED_AS_ACCEPTANCE",
    severities: &[Severity::High],
    version: 1,
    says: "An incident was closed while nobody held the response, and the reason stated is that an agency had acknowledged; or none is stated and the last entry of another agency before it is an acknowledgement.",
    entry: "IncidentClosed",
    silent: "Any other stated reason.",
    basis: &[
        "MAIT: a receipt confirms that a message was \"received and is being considered\" (Open Standards hub, standards/mait)",
    ],
    by_account: true,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (closed, body) in each!(facts, IncidentClosed) {
        let acknowledgement = last_of_another(facts, closed)
            .filter(|entry| entry.head.kind == Kind::AgencyAcknowledged.number());
        let (title, rests_on) = match (body.unowned_reason, acknowledgement) {
            (Some(UnownedReason::AcknowledgedByAgency), last) => {
                ("closed unowned with the reason that an agency had acknowledged", last)
            }
            (None, Some(last)) => (
                "closed unowned and without a reason; the last word of another agency is a receipt",
                Some(last),
            ),
            _ => continue,
        };
        on_each(facts, Facet::Response, |account, on| {
            // The state that the closing left.
            if matches!(account.at(Facet::Response, closed.common.occurred_at), State::ClosedUnclaimed { .. })
            {
                found.push(
                    Finding::new(&RULE, Severity::High, closed, title)
                        .on(on.clone())
                        .resting_on(rests_on.map(Entry::seq)),
                );
            }
        });
    }
}

/// The last entry before the closing that is another agency's statement.
fn last_of_another<'a>(facts: &Facts<'a>, closed: &Entry) -> Option<&'a Entry> {
    let place = |entry: &Entry| (entry.common.occurred_at, entry.seq());
    let is_anothers =
        |entry: &Entry| place(entry) < place(closed) && entry.common.asserted_by != closed.common.asserted_by;
    facts.speaking().iter().copied().rfind(|entry| is_anothers(entry))
}
