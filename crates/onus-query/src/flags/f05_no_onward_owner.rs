//! F05: nobody took the response on, although somebody was known to need it.

use super::accounts::{on_each, unheld_runs};
use super::around::uncertain_us;
use super::awaited::AWAITED;
use super::closed_unheld::closed_unheld;
use super::facts::{Facts, after_us, each, in_words};
use super::leavings::without_taker;
use super::refusals::{Manner, NO_DECISION};
use super::running::Running;
use super::{Absence, Code, Finding, JudgedOn, Rule, Severity, need};
use crate::policy::RuleLimit;
use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::Account;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Tri};
use std::collections::{BTreeMap, BTreeSet};

/// How long an offer of the response waits where it does not say by when an answer is needed.
const OFFER_ANSWER: RuleLimit = RuleLimit::named("offer_answer_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(5),
    name: "NO_ONWARD_OWNER",
    title: "No holder of the response recorded",
    severities: &[Severity::Critical],
    version: 2,
    says: "No agency is recorded as holding the response for longer than the limit (15 minutes unless a policy says otherwise) after: (1) a refusal to attend; (2) a handover of the response declined, withdrawn or lapsed; (3) a reopening; (4) an agency's leaving without a taker while the person was known to be at risk; (5) the first assessment that answers `yes` to risk to life or serious harm; (6) an offer of the response left unanswered. And, however short the time, an incident closed with no recorded holder of the response: (7) after a `yes` to risk to life or serious harm; (8) with no assessment; (9) after a decline; (10) after a referral; (11) after an `unknown` with no safety net given.",
    entry: "what began the span: the refusal, answer, reopening, leaving, assessment or offer; of a closing, IncidentClosed",
    silent: "Not where a need was found absent: the latest assessment known is complete, with risk to life, serious harm and crime all answered `no`, the refusal was a signpost, an advice or a closing with a stated reason, and nobody was told of a referral. Nor after a refusal on an honest `unknown`: an assessment that is complete, none of whose answers is `yes`, with nobody told of a referral, and the caller told, within the time in which people are told, that police will not attend and what to do if things get worse. Nor while an agency is awaited that was told, offered or asked, and that gave a reference or promised an arrival; once that has run out with nobody there, the span counts from its start. The span ends with a holder, an arrival that counts, a discharge, the person found, a death, the closing, or now; closed time does not count. Where it is longer than the limit by no more than the times that it runs between are stated to be uncertain, it is not flagged. A closing entered in a batch is not looked at for want of an assessment: the batch may carry none.",
    basis: &[
        "Thames Valley: cases are reviewed in which neither police nor ambulance attended (decisionmaking.westberks.gov.uk, ID 80529)",
        "the minutes for which an agency is awaited, and after which an offer is unanswered, are this project's own choice",
    ],
    limits: &[AWAITED, OFFER_ANSWER],
    by_account: true,
    awaits: true,
    needs: &[
        Absence::whole(Kind::ResourceArrived),
        Absence::whole(Kind::HandoverAccepted),
        Absence::part(Kind::TriageAssessed, "a closing is not flagged for want of an assessment"),
        NO_DECISION,
    ],
    judge,
};

/// What may begin a span: an entry, from when on nobody's holding counts, and how uncertain that is, in microseconds.
#[derive(Clone, Copy)]
struct Trigger<'a> {
    from: Timestamp,
    entry: &'a Entry,
    uncertain_us: i64,
}

/// When something ended a span, and how uncertain that is, in microseconds.
type End = (Timestamp, i64);

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let spans = Spans::of(facts);
    let closes = facts.of(Kind::IncidentClosed).next().is_some();
    if !spans.may_be_any(facts) && !closes {
        return;
    }
    on_each(facts, Facet::Response, |account, on| {
        let mut on_this: Vec<Finding> =
            spans.each(facts, account).iter().map(|span| finding(facts, span, on)).collect();
        let person_found = spans.person_found.map(|(at, _)| at);
        closed_unheld(facts, &RULE, account, on, person_found, &mut on_this);
        on_this.sort_by_key(|finding| (finding.occurred_at, finding.entry));
        found.append(&mut on_this);
    });
}

/// When, in an account, nobody had held the response for longer than the limit.
pub(super) fn running<'a>(facts: &Facts<'a>, account: &Account) -> Vec<Running<'a>> {
    let spans = Spans::of(facts);
    if spans.may_be_any(facts) { spans.each(facts, account) } else { Vec::new() }
}

fn finding(facts: &Facts<'_>, running: &Running<'_>, on: &JudgedOn) -> Finding {
    let limits = facts.limits_of_actor(running.began);
    let is_still_so = running.until == facts.now;
    let span = in_words(after_us(running.until, running.from));
    let ended = if is_still_so { " and still so" } else { "" };
    let limit = in_words(limits.unowned_us());
    let died = facts.death_within(running.from, running.until);
    let title =
        format!("no agency recorded as holding the response for {span}{ended}; the limit is {limit}{died}");
    let finding = Finding::new(&RULE, Severity::Critical, running.began, title);
    let owner = &facts.history.incident().owner;
    finding.on(on.clone()).under(limits.policy()).waiting(is_still_so, (running.due, owner), || {
        format!(
            "no holder of the response recorded since {}: find one",
            running.from.london_beside(running.due)
        )
    })
}

/// What spans may begin with in every account, and what ends each.
struct Spans<'a> {
    /// In no order.
    triggers: Vec<Trigger<'a>>,
    person_found: Option<End>,
}

impl<'a> Spans<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        Self { triggers: triggers(facts), person_found: found_at(facts) }
    }

    fn may_be_any(&self, facts: &Facts<'_>) -> bool {
        !self.triggers.is_empty() || !facts.arrivals().leavings().is_empty()
    }

    /// Those of an account that were too long, in the order of time.
    fn each(&self, facts: &Facts<'a>, account: &Account) -> Vec<Running<'a>> {
        let leavings = without_taker(facts, account);
        let left: BTreeSet<Seq> = leavings.iter().map(|leaving| leaving.entry.seq()).collect();
        let leaving = leavings.iter().map(|leaving| at_once(leaving.entry));
        let mut triggers: Vec<Trigger<'_>> = self.triggers.iter().copied().chain(leaving).collect();
        triggers.sort_by_key(|trigger| (trigger.from, trigger.entry.seq()));
        let mut found = Vec::new();
        for (from, to) in unheld_runs(account.spans(Facet::Response), &left) {
            let held = to.map(|to| (to, span_began(facts, account, to)));
            let ends = [held, self.person_found, Some((facts.now, 0))];
            let end = ends.into_iter().flatten().min().unwrap_or((facts.now, 0));
            look(facts, &triggers, (from, end), &mut found);
        }
        found
    }
}

/// The spans of one unbroken time in which nobody held the response.
fn look<'a>(
    facts: &Facts<'a>,
    triggers: &[Trigger<'a>],
    (mut from, (end, end_uncertain_us)): (Timestamp, End),
    found: &mut Vec<Running<'a>>,
) {
    loop {
        let next = triggers.partition_point(|trigger| trigger.from < from);
        let Some(first) = triggers.get(next).copied().filter(|trigger| trigger.from < end) else { return };
        if let Some(stayed) = facts.arrivals().stay_at(first.from) {
            // With somebody there, the person is not without a response.
            let Some(left) = stayed.1 else { return };
            from = left;
            continue;
        }
        let arrival = facts.arrivals().first_from(first.from);
        let came = arrival.map(|arrival| (arrival.common.occurred_at, uncertain_us(arrival)));
        let (until, until_uncertain_us) =
            came.filter(|(came, _)| *came < end).unwrap_or((end, end_uncertain_us));
        let due = first.from.plus_us(facts.limits_of_actor(first.entry).unowned_us());
        let due = facts.awaited().until(due).unwrap_or(due);
        if after_us(until, due) > first.uncertain_us + until_uncertain_us {
            found.push(Running { began: first.entry, from: first.from, due, until });
        }
        // Past it, so that the next trigger is another one.
        let Some((came, _)) = came.filter(|(came, _)| *came < end) else { return };
        from = came.plus_us(1);
    }
}

/// What begins a span in every account, in no order.
fn triggers<'a>(facts: &Facts<'a>) -> Vec<Trigger<'a>> {
    let mut found: Vec<Trigger<'a>> = Vec::new();
    // A closing begins no span: there is no open time after it.
    let refusals = facts.refusals().iter().filter(|refusal| refusal.manner != Manner::Closed);
    let refusals = refusals.filter(|refusal| !need::is_left_with_a_net(facts, refusal, refusal.entry));
    found.extend(refusals.map(|refusal| at_once(refusal.entry)));
    for entry in facts.speaking().iter().copied() {
        let begins = match &entry.body {
            Some(Body::HandoverWithdrawn(body)) => is_of_response(facts, &body.facets, body.offer),
            Some(Body::HandoverLapsed(body)) => is_of_response(facts, &body.facets, body.offer),
            Some(Body::IncidentReopened(_)) => true,
            _ => false,
        };
        found.extend(begins.then(|| at_once(entry)));
    }
    let is_yes =
        |triage: &crate::triage::Triage<'_>| [triage.risk_to_life, triage.serious_harm].contains(&Tri::Yes);
    found.extend(facts.triages().find(is_yes).map(|triage| at_once(triage.entry)));
    found.retain(|trigger| !need::is_found_absent(facts, trigger.entry));
    found.extend(unanswered(facts));
    found
}

fn at_once(entry: &Entry) -> Trigger<'_> {
    Trigger { from: entry.common.occurred_at, entry, uncertain_us: uncertain_us(entry) }
}

/// How uncertain it is when a span of the response began that began at an instant, in microseconds.
fn span_began(facts: &Facts<'_>, account: &Account, at: Timestamp) -> i64 {
    let span = account.span_at(Facet::Response, at);
    span.and_then(|span| facts.history.entry_at(span.by)).map_or(0, uncertain_us)
}

fn is_of_response(facts: &Facts<'_>, named: &[Facet], offer: Option<EventId>) -> bool {
    named.contains(&Facet::Response)
        || named.is_empty()
            && offer.and_then(|id| facts.history.entry(id)).is_some_and(|offer| match &offer.body {
                Some(Body::HandoverOffered(offer)) => offer.facets.contains(&Facet::Response),
                _ => false,
            })
}

/// Offers of the response that nobody had answered by when an answer was needed.
fn unanswered<'a>(facts: &Facts<'a>) -> Vec<Trigger<'a>> {
    let offers: Vec<_> = each!(facts, HandoverOffered)
        .filter(|(_, body)| body.facets.contains(&Facet::Response))
        .map(|(entry, body)| {
            let limit_us = facts.limits_of_actor(entry).rule_us(OFFER_ANSWER);
            let due = body.needed_by.unwrap_or_else(|| entry.common.occurred_at.plus_us(limit_us));
            // A stated time is as certain as it is stated.
            let is_stated = body.needed_by.is_some_and(|needed| needed > entry.common.occurred_at);
            let uncertain_us = if is_stated { 0 } else { uncertain_us(entry) };
            Trigger { from: due.max(entry.common.occurred_at), entry, uncertain_us }
        })
        .collect();
    if offers.is_empty() {
        return offers;
    }
    let pending = facts.responsibility().established().pending(Facet::Response);
    let waited: BTreeMap<Seq, Option<Timestamp>> =
        pending.iter().map(|pending| (pending.by, pending.to)).collect();
    let waits = |trigger: &Trigger<'a>| match waited.get(&trigger.entry.seq()) {
        Some(to) => to.is_none_or(|to| to > trigger.from),
        None => false,
    };
    offers.into_iter().filter(waits).collect()
}

/// When the person was found: by when that is said to have been, else when it was recorded as having happened.
fn found_at(facts: &Facts<'_>) -> Option<End> {
    each!(facts, OutcomeRecorded)
        .filter(|(_, body)| body.outcome.is_person_found())
        .map(|(entry, body)| match &body.found_at {
            Some(found) => (found.at, i64::from(found.uncertainty_s.unwrap_or(0)) * 1_000_000),
            None => (entry.common.occurred_at, uncertain_us(entry)),
        })
        .min()
}
