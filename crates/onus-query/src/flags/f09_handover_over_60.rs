//! F09: more than an hour from arrival at a place of safety to acceptance.

use super::accounts::on_each;
use super::facts::{Facts, after_us, each, in_words};
use super::{Code, Finding, JudgedOn, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::Kind;
use onus_core::responsibility::{Account, Span};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(9),
    name: "HANDOVER_OVER_60",
    severities: &[Severity::Medium],
    version: 1,
    says: "From arrival at a place of safety until custody (or, where nobody held custody, care) left the agency that held it on arrival, more than 60 minutes passed, unless a policy says otherwise. An aspiration of the national agreement: reported, not called a breach.",
    entry: "the arrival",
    silent: "An agency that accepted before the arrival has nothing more to accept.",
    basis: &[
        "gov.uk, Agreement to support mental health care and free up police time, July 2023: partners \"work towards handovers happening within one hour\"",
    ],
    limits: &[],
    by_account: true,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut left = Leavings::default();
    for (arrival, _) in each!(facts, ArrivedAtPlaceOfSafety) {
        // Custody where anybody holds it, in the established account; else care.
        let at = arrival.common.occurred_at;
        let established = facts.responsibility().established();
        let facet = [Facet::Custody, Facet::Care]
            .into_iter()
            .find(|facet| !established.at(*facet, at).holders().is_empty())
            .unwrap_or(Facet::Custody);
        on_each(facts, facet, |account, on| look(facts, arrival, facet, (account, on), &mut left, found));
    }
}

fn look<'a>(
    facts: &Facts<'a>,
    arrival: &'a Entry,
    facet: Facet,
    (account, on): (&Account, &JudgedOn),
    left: &mut Leavings,
    found: &mut Vec<Finding>,
) {
    // Another agency's statement of the arrival is no part of an account that has its own.
    if let JudgedOn::Agency(agency) = on
        && facts.responsibility().is_left_out_of(agency, arrival.seq())
    {
        return;
    }
    let at = arrival.common.occurred_at;
    let Some(held) = account.span_at(facet, at) else { return };
    let Some(holder) = held.state.holders().first() else { return };
    let began = facts.history.entry_at(held.by);
    if began.is_some_and(|entry| entry.head.kind == Kind::HandoverAccepted.number()) {
        return;
    }
    let left = left.first_after(at, facet, account, on, holder).map(|span| (span.from, span.by));
    let limits = facts.limits_of_actor(arrival);
    let limit_us = limits.handover_us();
    let until = left.map_or(facts.now, |(from, _)| from.min(facts.now));
    if until <= at.plus_us(limit_us) {
        return;
    }
    let (span, limit) = (in_words(after_us(until, at)), in_words(limit_us));
    let title = match left {
        Some(_) => format!("{span} from arrival to handover; {limit} are worked towards"),
        None => format!("not handed over {span} after arrival; {limit} are worked towards"),
    };
    found.push(
        Finding::new(&RULE, Severity::Medium, arrival, title)
            .on(on.clone())
            .resting_on(left.map(|(_, by)| by))
            .under(limits.policy()),
    );
}

/// When holders no longer held, as last found; arrivals are asked about in world order.
#[derive(Default)]
struct Leavings(BTreeMap<(Facet, JudgedOn, AgencyId), usize>);

impl Leavings {
    /// The first span that began after an instant and that a holder does not hold.
    fn first_after<'s>(
        &mut self,
        at: Timestamp,
        facet: Facet,
        account: &'s Account,
        on: &JudgedOn,
        holder: &AgencyId,
    ) -> Option<&'s Span> {
        let spans = account.spans(facet);
        let start = spans.partition_point(|span| span.from <= at);
        let found = self.0.entry((facet, on.clone(), holder.clone())).or_insert(0);
        // What was found from an earlier instant on is still the first, if it has not begun by now.
        let is_found = *found > start;
        if !is_found {
            let after = spans.iter().skip(start).position(|span| !span.state.is_held_by(holder));
            // One more than the place, so that 0 is none.
            *found = after.map_or(spans.len(), |after| start + after) + 1;
        }
        spans.get(*found - 1)
    }
}
