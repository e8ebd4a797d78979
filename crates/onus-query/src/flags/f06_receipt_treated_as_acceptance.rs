//! F06: an incident closed as if a receipt had been an acceptance.

use super::accounts::on_each;
use super::awaited::AWAITED;
use super::facts::{Facts, after_us, each};
use super::finding::is_too_long;
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::State;
use onus_core::vocabulary::{Facet, UnownedReason};

pub(super) static RULE: Rule = Rule {
    code: Code(6),
    name: "RECEIPT_TREATED_AS_ACCEPTANCE",
    title: "Closed on a receipt",
    severities: &[Severity::Low, Severity::High],
    version: 2,
    says: "An incident was closed while nobody held the response, and the reason stated is that an agency had acknowledged; or none is stated and the last entry of another agency before it is an acknowledgement. Low while that agency is awaited (it gave a reference, or promised an arrival), and where somebody then came in that time; else high.",
    entry: "IncidentClosed",
    silent: "Any other stated reason. Nor where a unit of the agency that acknowledged, or of any agency where it is not named, arrived before the closing, or after it by no more than the two times are stated to be uncertain.",
    basis: &[
        "MAIT: a receipt confirms that a message was \"received and is being considered\" (Open Standards hub, standards/mait)",
    ],
    limits: &[AWAITED],
    by_account: true,
    awaits: false,
    needs: &[Absence::whole(Kind::ResourceArrived), Absence::whole(Kind::HandoverAccepted)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut last_of_others = None;
    for (closed, body) in each!(facts, IncidentClosed) {
        let last_of_others = last_of_others.get_or_insert_with(|| LastOfOthers::of(facts));
        let acknowledgement = last_of_others
            .before(closed)
            .filter(|entry| entry.head.kind == Kind::AgencyAcknowledged.number());
        let (title, rests_on) = match (body.unowned_reason, acknowledgement) {
            (Some(UnownedReason::AcknowledgedByAgency), last) => {
                ("closed with no recorded holder; the reason stated is that an agency had acknowledged", last)
            }
            (None, Some(last)) => (
                "closed with no recorded holder and no stated reason; the last entry of another agency before it is a receipt",
                Some(last),
            ),
            _ => continue,
        };
        let at = closed.common.occurred_at;
        let arrival = facts.arrivals().first_of(rests_on.and_then(|receipt| acknowledging(facts, receipt)));
        let after_us = arrival.map(|arrival| (after_us(arrival.common.occurred_at, at), arrival));
        if after_us.is_some_and(|(after_us, arrival)| !is_too_long(after_us, &[arrival, closed])) {
            continue;
        }
        let severity = if facts.awaited().excuses(facts, at) { Severity::Low } else { Severity::High };
        on_each(facts, Facet::Response, |account, on| {
            // The state that the closing left.
            if matches!(account.at(Facet::Response, at), State::ClosedUnclaimed { .. }) {
                found.push(
                    Finding::new(&RULE, severity, closed, title)
                        .on(on.clone())
                        .resting_on(rests_on.map(Entry::seq)),
                );
            }
        });
    }
}

/// Who acknowledged.
fn acknowledging<'a>(facts: &Facts<'a>, receipt: &'a Entry) -> Option<&'a AgencyId> {
    let Some(Body::AgencyAcknowledged(body)) = &receipt.body else { return None };
    let notified = body.notified_event.and_then(|id| facts.history.entry(id));
    match notified.map(|notified| &notified.body) {
        Some(Some(Body::AgencyNotified(notified))) => Some(&notified.agency),
        _ => Some(&receipt.common.asserted_by),
    }
}

/// Of each entry that speaks, the last one before it that is another agency's statement.
struct LastOfOthers<'a> {
    speaking: Vec<&'a Entry>,
    before: Vec<Option<&'a Entry>>,
}

impl<'a> LastOfOthers<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut before = Vec::with_capacity(facts.speaking().len());
        let mut previous: Option<(&'a Entry, Option<&'a Entry>)> = None;
        for entry in facts.speaking().iter().copied() {
            let last = match previous {
                Some((previous, last)) if previous.common.asserted_by == entry.common.asserted_by => last,
                Some((previous, _)) => Some(previous),
                None => None,
            };
            before.push(last);
            previous = Some((entry, last));
        }
        Self { speaking: facts.speaking().to_vec(), before }
    }

    fn before(&self, closed: &Entry) -> Option<&'a Entry> {
        let place = |entry: &Entry| (entry.common.occurred_at, entry.seq());
        let at = self.speaking.binary_search_by_key(&place(closed), |entry| place(entry)).ok()?;
        *self.before.get(at)?
    }
}
