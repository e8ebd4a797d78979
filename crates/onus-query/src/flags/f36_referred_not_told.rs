//! F36: a decision left the call to an agency that was not told of it.

use super::facts::{Facts, after_us, first_from, in_words};
use super::finding::is_too_long;
use super::{Absence, Code, Finding, Rule, Severity};
use crate::policy::RuleLimit;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_core::vocabulary::{Attendance, Told};
use std::collections::{BTreeMap, BTreeSet};

const TOLD: RuleLimit = RuleLimit::named("referral_told_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(36),
    name: "REFERRED_NOT_TOLD",
    title: "Referral: no telling recorded",
    severities: &[Severity::High],
    version: 1,
    says: "A decision refers or transfers the call to an agency that it names, and within the limit nothing records that this agency was told: not before the decision by a referral, a request for help or an offer of a handover, and not after it by any notice, request or offer. One flag for all decisions of one agency that name the same one until it is told.",
    entry: "the decision",
    silent: "Where the decision names nobody, or leaves it to the caller to go there (signpost, advice). Where that agency had come to take part before: it had accepted or assumed something, or a unit of it had been sent or had arrived. Where it shows after the decision that it knows: by the same, or by acknowledging, answering, declining or deciding. Where it was the caller, and the caller was informed. Where the same agency decided otherwise, without naming it, within the limit. What is late by no more than the times are stated to be uncertain is in time.",
    basis: &[
        "IOPC, West Midlands Police, recommendation (policeconduct.gov.uk, node 4051): a third party that was to act was not told",
        "the number of minutes is this project's own choice",
    ],
    limits: &[TOLD],
    by_account: false,
    awaits: true,
    needs: &[Absence::whole(Kind::AgencyNotified)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if !facts.decisions().any(|(_, body)| body.to.is_some()) {
        return;
    }
    let known = Known::of(facts);
    // By whom, and to whom: the first telling after the last flag, so that one silence is one flag.
    let mut flagged: BTreeMap<(&AgencyId, &AgencyId), Option<&Entry>> = BTreeMap::new();
    for (decision, body) in facts.decisions() {
        let Some(to) = &body.to else { continue };
        let by = &decision.common.asserted_by;
        let at = decision.common.occurred_at;
        if to == by || !refers(body.outcome) || at > facts.now || known.before(by, to, decision) {
            continue;
        }
        let limits = facts.limits_of_actor(decision);
        let limit_us = limits.rule_us(TOLD);
        let next = known.after(by, to, decision).filter(|next| next.common.occurred_at <= facts.now);
        let due = at.plus_us(limit_us);
        let in_time =
            |entry: &Entry| !is_too_long(after_us(entry.common.occurred_at, due), &[decision, entry]);
        if !is_too_long(after_us(facts.now, due), &[decision])
            || next.is_some_and(in_time)
            || known.otherwise.get(&decision.seq()).is_some_and(|next| in_time(next))
        {
            continue;
        }
        if flagged.get(&(by, to)).is_some_and(|told| told.map(Entry::seq) == next.map(Entry::seq)) {
            continue;
        }
        flagged.insert((by, to), next);
        let title = match next {
            None => format!("referred to {to}; no record within {} that {to} was told", in_words(limit_us)),
            Some(next) => format!(
                "referred to {to}; {to} is first recorded to know of it after {}; the limit is {}",
                in_words(after_us(next.common.occurred_at, at)),
                in_words(limit_us)
            ),
        };
        let finding = Finding::new(&RULE, Severity::High, decision, title);
        let finding = finding.waiting(next.is_none(), (due, by), || format!("tell {to} of the referral"));
        found.push(finding.resting_on(next.map(Entry::seq)).under(limits.policy()));
    }
}

/// Whether an outcome leaves the call to an agency, and not to the caller.
fn refers(outcome: Attendance) -> bool {
    !matches!(outcome, Attendance::NoDeploySignpost | Attendance::NoDeployAdvice)
}

/// What shows that agencies knew of the call, each in world order.
#[derive(Default)]
struct Known<'a> {
    /// What one agency told another.
    told: BTreeMap<(&'a AgencyId, &'a AgencyId), Vec<&'a Entry>>,
    /// The same, of which the content is that the other is to act.
    asked: BTreeMap<(&'a AgencyId, &'a AgencyId), Vec<&'a Entry>>,
    /// What agencies did themselves that shows that they knew.
    acted: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    /// The same, by which they came to take part.
    took_part: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    /// Agencies that called, by whom they called.
    called: BTreeSet<(&'a AgencyId, &'a AgencyId)>,
    /// What callers were told.
    informed: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    /// After a decision, the first of the same agency that does not name the same one.
    otherwise: BTreeMap<Seq, &'a Entry>,
}

impl<'a> Known<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut known = Self::default();
        let mut alike: BTreeMap<&AgencyId, (Option<&AgencyId>, Vec<Seq>)> = BTreeMap::new();
        for entry in facts.speaking().iter().copied() {
            let (by, actor) = (&entry.common.asserted_by, &entry.common.actor.agency);
            match &entry.body {
                Some(Body::AgencyNotified(body)) => {
                    known.told.entry((by, &body.agency)).or_default().push(entry);
                    if body.told == Told::Referral {
                        known.asked.entry((by, &body.agency)).or_default().push(entry);
                    }
                }
                Some(Body::HandoverOffered(body)) => known.asks(&body.from, &body.to, entry),
                Some(Body::AssistanceRequested(body)) => known.asks(&body.from, &body.to, entry),
                Some(Body::ContactReceived(body)) => {
                    known.called.extend(body.agency.as_ref().map(|caller| (by, caller)));
                }
                Some(Body::CallerInformed(_)) => known.informed.entry(by).or_default().push(entry),
                Some(Body::ResourceDispatched(body)) => known.takes_part(&body.agency, entry),
                Some(Body::ResourceArrived(body)) => known.takes_part(&body.agency, entry),
                Some(Body::HandoverAccepted(_) | Body::ResponsibilityAssumed(_)) => {
                    known.takes_part(actor, entry);
                }
                Some(Body::AttendanceDecided(body)) => {
                    known.acts(actor, entry);
                    let (named, decisions) = alike.entry(by).or_default();
                    if *named != body.to.as_ref() {
                        let replaced = decisions.drain(..).map(|decision| (decision, entry));
                        known.otherwise.extend(replaced);
                        *named = body.to.as_ref();
                    }
                    decisions.push(entry.seq());
                }
                Some(
                    Body::AgencyAcknowledged(_) | Body::AssistanceAnswered(_) | Body::HandoverDeclined(_),
                ) => known.acts(actor, entry),
                _ => {}
            }
        }
        known
    }

    fn asks(&mut self, from: &'a AgencyId, to: &'a AgencyId, entry: &'a Entry) {
        self.told.entry((from, to)).or_default().push(entry);
        self.asked.entry((from, to)).or_default().push(entry);
    }

    fn takes_part(&mut self, agency: &'a AgencyId, entry: &'a Entry) {
        self.acts(agency, entry);
        self.took_part.entry(agency).or_default().push(entry);
    }

    fn acts(&mut self, agency: &'a AgencyId, entry: &'a Entry) {
        self.acted.entry(agency).or_default().push(entry);
    }

    /// Whether an agency had asked another to act, or that one had come to take part, by a decision.
    fn before(&self, by: &'a AgencyId, to: &'a AgencyId, decision: &Entry) -> bool {
        let at = decision.common.occurred_at;
        let first = |entries: Option<&Vec<&Entry>>| {
            entries.and_then(|entries| entries.first()).is_some_and(|first| first.common.occurred_at <= at)
        };
        first(self.asked.get(&(by, to))) || first(self.took_part.get(to))
    }

    /// What first shows, from a decision on, that an agency knew.
    fn after(&self, by: &'a AgencyId, to: &'a AgencyId, decision: &Entry) -> Option<&'a Entry> {
        let informed = if self.called.contains(&(by, to)) { self.informed.get(by) } else { None };
        [self.told.get(&(by, to)), self.acted.get(to), informed]
            .into_iter()
            .flatten()
            .filter_map(|entries| first_from(entries, decision.common.occurred_at))
            .min_by_key(|entry| (entry.common.occurred_at, entry.seq()))
    }
}
