//! F09: more than an hour from arrival at a place of safety to acceptance.

use super::accounts::on_each;
use super::facts::{Facts, after_us, each, in_words};
use super::finding::is_too_long;
use super::word::accepted_by_word;
use super::{Absence, Code, Finding, JudgedOn, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::{Account, Span};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{DetentionGround, Facet};
use std::collections::BTreeMap;

/// The hour of the national agreement, in microseconds.
const HOUR_US: i64 = 3_600_000_000;

pub(super) static RULE: Rule = Rule {
    code: Code(9),
    name: "HANDOVER_OVER_60",
    title: "Handover over the hour",
    severities: &[Severity::Medium],
    version: 2,
    says: "More than 60 minutes, unless a policy says otherwise, passed between arrival at a place of safety and acceptance of custody (or of care, where nobody held custody) from the agency that held it on arrival; or it ended without that. An aspiration of the national agreement: reported, not called a breach.",
    entry: "the arrival",
    silent: "An agency that accepted before the arrival has nothing more to accept. A person who left, absconded or against advice, was not handed over: no flag. An acceptance that only the giving side records ends the time too, unless the receiver says otherwise.",
    basis: &[
        "gov.uk, Agreement to support mental health care and free up police time, July 2023: partners \"work towards handovers happening within one hour\"",
    ],
    limits: &[],
    by_account: true,
    awaits: true,
    needs: &[Absence::whole(Kind::HandoverAccepted)],
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
    let limits = facts.limits_of_actor(arrival);
    let limit_us = limits.handover_us();
    let end = left
        .first_after(at, facet, account, on, holder)
        .into_iter()
        .chain(left.accepted_by_word(facts, at, facet, holder))
        .filter(|span| span.from <= facts.now)
        .min_by_key(|span| (span.from, span.by));
    let until = end.map_or(facts.now, |span| span.from);
    let ending = end.and_then(|span| facts.history.entry_at(span.by));
    let between: Vec<&Entry> = std::iter::once(arrival).chain(ending).collect();
    if !is_too_long(after_us(until, at).saturating_sub(limit_us), &between) {
        return;
    }
    let (span, limit) = (in_words(after_us(until, at)), in_words(limit_us));
    let aim = if limit_us == HOUR_US { "national aim is within" } else { "limit is" };
    let title = match end.map(|end| ended(facts, end)) {
        Some(Ended::Left) => return,
        Some(Ended::Accepted) => {
            let others = if *on == JudgedOn::Established {
                otherwise(facts, at, facet, holder, until, left)
            } else {
                String::new()
            };
            format!("handover took {span} from arrival to acceptance{others}; the {aim} {limit}")
        }
        Some(Ended::Otherwise) => {
            format!("no handover recorded, and no longer held {span} after arrival; the {aim} {limit}")
        }
        None => format!("no handover recorded for {span} and still so; the {aim} {limit}"),
    };
    found.push(
        Finding::new(&RULE, Severity::Medium, arrival, title)
            .on(on.clone())
            .resting_on(end.map(|span| span.by))
            .under(limits.policy())
            .waiting(end.is_none(), (at.plus_us(limit_us), holder), || {
                format!(
                    "hand the person over: at the place of safety since {}",
                    at.london_beside(at.plus_us(limit_us))
                )
            }),
    );
}

/// How long it took by the accounts that contradict this one, where that is not the same.
fn otherwise(
    facts: &Facts<'_>,
    at: Timestamp,
    facet: Facet,
    holder: &AgencyId,
    until: Timestamp,
    left: &mut Leavings,
) -> String {
    let mut text = String::new();
    for agency in facts.responsibility().contradicting(facet) {
        let (account, on) = (facts.responsibility().account_of(agency), JudgedOn::Agency(agency.clone()));
        let Some(end) = left.first_after(at, facet, account, &on, holder) else { continue };
        if end.from != until {
            let span = in_words(after_us(end.from, at));
            text = format!("{text} ({span} by {agency}'s account)");
        }
    }
    text
}

/// How a holder came to hold no longer.
enum Ended {
    Accepted,
    /// The person left.
    Left,
    Otherwise,
}

fn ended(facts: &Facts<'_>, span: &Span) -> Ended {
    match facts.history.entry_at(span.by).and_then(|entry| entry.body.as_ref()) {
        Some(Body::HandoverAccepted(_)) => Ended::Accepted,
        Some(Body::PersonLeft(_)) => Ended::Left,
        Some(Body::DetentionEnded(end)) if end.ground == DetentionGround::Left => Ended::Left,
        _ => Ended::Otherwise,
    }
}

/// When holders no longer held, as last found; arrivals are asked about in world order.
#[derive(Default)]
struct Leavings(BTreeMap<(Facet, JudgedOn, AgencyId), usize>);

impl Leavings {
    /// The span with which a holder, as it alone says, was rid of what it held.
    fn accepted_by_word<'s>(
        &mut self,
        facts: &'s Facts<'_>,
        at: Timestamp,
        facet: Facet,
        holder: &AgencyId,
    ) -> Option<&'s Span> {
        let own = facts.responsibility().account_of(holder);
        let span = self.first_after(at, facet, own, &JudgedOn::Agency(holder.clone()), holder)?;
        accepted_by_word(facts, holder, span).map(|_| span)
    }

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
