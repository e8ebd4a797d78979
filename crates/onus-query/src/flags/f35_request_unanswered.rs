//! F35: one agency asked another for help, or offered it a person's custody or care, and had no answer in time.

use super::around::{Around, uncertain_us};
use super::f09_handover_over_60 as f09;
use super::facts::{Facts, after_us, each, first_from, in_words};
use super::finding::is_too_long;
use super::{Absence, Code, Finding, Rule, Severity};
use crate::policy::RuleLimit;
use onus_core::bodies::decision::AssistanceRequested;
use onus_core::bodies::handover::HandoverOffered;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::{Account, State};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Assistance, Facet, Outcome};
use std::collections::BTreeMap;

const ANSWER: RuleLimit = RuleLimit::named("answer_request_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(35),
    name: "REQUEST_UNANSWERED",
    title: "Request: no answer recorded in time",
    severities: &[Severity::High],
    version: 1,
    says: "A request for help was not answered by the time by which help was needed or, where none is stated, within the limit; or an offer of custody or care was not answered by that time or, where none is stated, within the minutes that the policy sets for a handover. Limits are those of the agency that is asked. One flag for each request or offer.",
    entry: "the request or the offer",
    silent: "A unit of the agency asked that is sent or arrives, or that agency's notice to the one that asked, answers a request; receipt does not. A need that ended before the answer was due needs none: a death, somebody found safe or unharmed, the response discharged; for an offer, the facet ended or taken by another. An answer recorded by either side is an answer. F09 says it where somebody arrived at a place of safety meanwhile: unless a time was stated, the hour counts from the arrival. A time by which help is needed that is past when it is asked is none. An answer that is late by no more than the times are stated to be uncertain is not late.",
    basis: &[
        "Prevention of future deaths report 2022-0412, Greater Manchester (judiciary.uk): an ambulance crew's request for entry",
        "the number of minutes is this project's own choice",
    ],
    limits: &[ANSWER],
    by_account: false,
    awaits: true,
    needs: &[Absence::whole(Kind::AssistanceAnswered), Absence::whole(Kind::HandoverAccepted)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    requests(facts, found);
    offers(facts, found);
}

fn requests(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if facts.of(Kind::AssistanceRequested).next().is_none() {
        return;
    }
    let answers = Answers::of(facts);
    for (request, body) in each!(facts, AssistanceRequested) {
        let limits = facts.limits(request, &body.to);
        let at = request.common.occurred_at;
        let due = due(at, body.needed_by, limits.rule_us(ANSWER));
        let latest = due.plus_us(due_uncertain_us(request, body.needed_by));
        let answer = answers.first(request, body).filter(|answer| answer.common.occurred_at <= facts.now);
        let what = format!("{}'s request to {} {}", body.from, body.to, for_what(body.what));
        let until = answer.map_or(facts.now, |answer| answer.common.occurred_at);
        let between: Vec<&Entry> = answer.into_iter().collect();
        if is_too_long(after_us(until, latest), &between) && !answers.need_ended(at, latest) {
            let answered = answer.map(|answer| (answer.common.occurred_at, Answered::by(answer)));
            let finding = late(request, (&what, &body.to), due, answered);
            let waits = answer.is_none() && !answers.need_ended(at, facts.now);
            let finding = finding.waiting(waits, (due, &body.to), || {
                format!("answer {}: asked {}", body.from, for_what(body.what))
            });
            found.push(finding.resting_on(answer.map(Entry::seq)).under(limits.policy()));
        }
    }
}

/// By when an answer is due.
fn due(at: Timestamp, needed_by: Option<Timestamp>, limit_us: i64) -> Timestamp {
    needed_by.filter(|needed| *needed > at).unwrap_or_else(|| at.plus_us(limit_us))
}

/// How uncertain that is, in microseconds: a stated time is as certain as it is stated.
fn due_uncertain_us(asked: &Entry, needed_by: Option<Timestamp>) -> i64 {
    let is_stated = needed_by.is_some_and(|needed| needed > asked.common.occurred_at);
    if is_stated { 0 } else { uncertain_us(asked) }
}

/// What counted as an answer.
#[derive(Clone, Copy)]
enum Answered {
    Answer,
    Sent,
    Arrived,
    Notice,
}

impl Answered {
    fn by(answer: &Entry) -> Self {
        match Kind::from_number(answer.head.kind) {
            Some(Kind::ResourceDispatched) => Self::Sent,
            Some(Kind::ResourceArrived) => Self::Arrived,
            Some(Kind::AgencyNotified) => Self::Notice,
            _ => Self::Answer,
        }
    }
}

const fn for_what(what: Assistance) -> &'static str {
    match what {
        Assistance::Attend => "to attend",
        Assistance::ForceEntry => "to force entry",
        Assistance::WelfareCheck => "for a welfare check",
        Assistance::TakePrimacy => "to take primacy",
        Assistance::Stay => "to stay with the person",
        Assistance::Convey => "to convey the person",
        Assistance::Other => "for help",
    }
}

fn late(
    asked: &Entry,
    (what, of): (&str, &AgencyId),
    due: Timestamp,
    answered: Option<(Timestamp, Answered)>,
) -> Finding {
    let at = asked.common.occurred_at;
    let within = in_words(after_us(due, at));
    let title = match answered {
        None => format!("no answer recorded to {what}; one was due within {within}"),
        Some((answered, how)) => {
            let after = in_words(after_us(answered, at));
            let did = match how {
                Answered::Answer => {
                    let title =
                        format!("{what} was answered after {after}; an answer was due within {within}");
                    return Finding::new(&RULE, Severity::High, asked, title);
                }
                Answered::Sent => format!("a unit of {of} is recorded as sent {after} after it"),
                Answered::Arrived => format!("a unit of {of} is recorded as at scene {after} after it"),
                Answered::Notice => format!("{of} is recorded as giving notice {after} after it"),
            };
            format!("no answer recorded to {what}; {did}; an answer was due within {within}")
        }
    };
    Finding::new(&RULE, Severity::High, asked, title)
}

/// What answers requests, and what ends the need, each in world order.
#[derive(Default)]
struct Answers<'a> {
    to_request: BTreeMap<EventId, Vec<&'a Entry>>,
    /// Units sent and arrived, by agency.
    units: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    /// Notices, by whom and to whom.
    notices: BTreeMap<(&'a AgencyId, &'a AgencyId), Vec<&'a Entry>>,
    ended: Around,
}

impl<'a> Answers<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut answers = Self::default();
        let mut ended: Vec<(Timestamp, i64)> = Vec::new();
        for entry in facts.speaking().iter().copied() {
            match &entry.body {
                Some(Body::AssistanceAnswered(body)) => {
                    answers.to_request.entry(body.request).or_default().push(entry);
                }
                Some(Body::ResourceDispatched(body)) => {
                    answers.units.entry(&body.agency).or_default().push(entry);
                }
                Some(Body::ResourceArrived(body)) => {
                    answers.units.entry(&body.agency).or_default().push(entry);
                }
                Some(Body::AgencyNotified(body)) => {
                    let notice = (&entry.common.asserted_by, &body.agency);
                    answers.notices.entry(notice).or_default().push(entry);
                }
                Some(Body::OutcomeRecorded(body)) if ends_the_need(body.outcome) => {
                    ended.push((entry.common.occurred_at, uncertain_us(entry)));
                }
                Some(Body::ResponsibilityDischarged(body)) if body.facet == Facet::Response => {
                    ended.push((entry.common.occurred_at, uncertain_us(entry)));
                }
                _ => {}
            }
        }
        answers.ended = Around::of(ended);
        answers
    }

    fn first(&self, request: &Entry, body: &AssistanceRequested<Stored>) -> Option<&'a Entry> {
        let at = request.common.occurred_at;
        [
            self.to_request.get(&request.id()),
            self.units.get(&body.to),
            self.notices.get(&(&body.to, &body.from)),
        ]
        .into_iter()
        .flatten()
        .filter_map(|entries| first_from(entries, at))
        .min_by_key(|entry| (entry.common.occurred_at, entry.seq()))
    }

    fn need_ended(&self, from: Timestamp, to: Timestamp) -> bool {
        self.ended.any_within(from, to)
    }
}

fn ends_the_need(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Death | Outcome::LocatedSafe | Outcome::NoHarmKnown)
}

fn offers(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if facts.of(Kind::HandoverOffered).next().is_none() {
        return;
    }
    let first_arrival = facts.of(Kind::ArrivedAtPlaceOfSafety).next().map(|entry| entry.common.occurred_at);
    let mut over_the_hour = Vec::new();
    (f09::RULE.judge)(facts, &mut over_the_hour);
    let over_the_hour = over_the_hour.iter().map(|finding| finding.occurred_at).min();
    let answers = answers_uncertain_us(facts);
    let mut waiting = Waiting::default();
    for (offer, body) in each!(facts, HandoverOffered) {
        let Some(facet) = [Facet::Custody, Facet::Care].into_iter().find(|facet| body.facets.contains(facet))
        else {
            continue;
        };
        let limits = facts.limits(offer, &body.to);
        let at = offer.common.occurred_at;
        let due = due(at, body.needed_by, limits.handover_us());
        let latest = due.plus_us(due_uncertain_us(offer, body.needed_by));
        let answered = waiting.until(facts, offer, body, facet).filter(|answered| *answered <= facts.now);
        let until = answered.unwrap_or(facts.now);
        let answer_uncertain_us = answered.and_then(|at| answers.get(&at)).copied().unwrap_or(0);
        let is_late = after_us(until, latest) > answer_uncertain_us;
        let is_stated = body.needed_by == Some(due);
        let is_f09s = over_the_hour.is_some_and(|arrival| arrival <= until)
            || !is_stated && first_arrival.is_some_and(|arrival| arrival <= due);
        if is_late && !is_f09s && ![due, latest].iter().any(|at| is_over(facts, body, facet, *at)) {
            let what = format!("the offer of {} to {}", facet.as_str(), body.to);
            let answered = answered.map(|at| (at, Answered::Answer));
            let finding = late(offer, (&what, &body.to), due, answered).under(limits.policy());
            let waits = answered.is_none() && !is_over(facts, body, facet, facts.now);
            found.push(finding.waiting(waits, (due, &body.to), || {
                format!("answer {}: offered {}", body.from, facet.as_str())
            }));
        }
    }
}

/// By how much the time of an answer to an offer is uncertain at most, in microseconds, by that time.
fn answers_uncertain_us(facts: &Facts<'_>) -> BTreeMap<Timestamp, i64> {
    const ANSWERS: [Kind; 4] =
        [Kind::HandoverAccepted, Kind::HandoverDeclined, Kind::HandoverWithdrawn, Kind::HandoverLapsed];
    let mut uncertain: BTreeMap<Timestamp, i64> = BTreeMap::new();
    for answer in ANSWERS.into_iter().flat_map(|kind| facts.of(kind)) {
        let most = uncertain.entry(answer.common.occurred_at).or_default();
        *most = uncertain_us(answer).max(*most);
    }
    uncertain
}

/// Whether there was nothing left of a facet for an agency to hand over.
fn is_over(facts: &Facts<'_>, offer: &HandoverOffered<Stored>, facet: Facet, at: Timestamp) -> bool {
    match facts.responsibility().established().at(facet, at) {
        State::Discharged => true,
        state => !state.holders().is_empty() && !state.is_held_by(&offer.from),
    }
}

/// Until when each offer of a facet waited.
type WaitedUntil = BTreeMap<EventId, Option<Timestamp>>;

/// The same, by account; the established one has no agency.
#[derive(Default)]
struct Waiting<'a>(BTreeMap<(Option<&'a AgencyId>, Facet), WaitedUntil>);

impl<'a> Waiting<'a> {
    /// When an offer was answered first: as is established, or as either side says.
    fn until(
        &mut self,
        facts: &Facts<'a>,
        offer: &'a Entry,
        body: &'a HandoverOffered<Stored>,
        facet: Facet,
    ) -> Option<Timestamp> {
        let responsibility = facts.responsibility();
        let established = responsibility.established();
        let sides = [&offer.common.asserted_by, &body.from, &body.to];
        let own = sides
            .into_iter()
            .map(|agency| (Some(agency), responsibility.account_of(agency)))
            .filter(|(_, account)| !std::ptr::eq(*account, established));
        std::iter::once((None, established))
            .chain(own)
            .filter_map(|(agency, account)| {
                let waited = self.0.entry((agency, facet)).or_insert_with(|| waited_until(account, facet));
                waited.get(&offer.id()).copied().flatten()
            })
            .min()
    }
}

fn waited_until(account: &Account, facet: Facet) -> WaitedUntil {
    account.pending(facet).iter().map(|pending| (pending.offer, pending.to)).collect()
}
