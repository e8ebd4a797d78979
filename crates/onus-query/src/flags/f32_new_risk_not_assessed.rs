//! F32: something new was learned of the risk, or somebody called again, and nobody assessed it.

use super::around::{Around, uncertain_us};
use super::awaited::AWAITED;
use super::facts::{Facts, after_us, first_from, in_words, lowers, place};
use super::finding::is_too_long;
use super::{Absence, Code, Finding, Rule, Severity};
use crate::policy::RuleLimit;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, Token};
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Facet, InformationKind, Outcome};
use std::collections::{BTreeMap, BTreeSet};

const ASSESS: RuleLimit = RuleLimit::named("assess_new_risk_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(32),
    name: "NEW_RISK_NOT_ASSESSED",
    title: "New risk, no assessment recorded",
    severities: &[Severity::High],
    version: 1,
    says: "Risk information was recorded, or a further contact reached an agency that had had one before in the incident; and then, with no assessment recorded after it, (1) that agency decided not to attend or to wait; (2) it lowered the grade; (3) it closed the incident; or (4) the limit passed. One flag for all that came to one agency until the next assessment.",
    entry: "the information or the contact",
    silent: "Any agency's assessment counts, from the same instant on. Where within that time somebody was with the person or came, help was sent or decided on, the person was found safe or unharmed, or the response was discharged. A further contact while a unit is on its way: sent within the minutes for which one waits for an agency, and neither there nor stood down by the limit. After a death. Where an assessment or help came later than that by no more than the times are stated to be uncertain. Information of an agency that neither had a contact, opened, assessed nor decided here is its own; so is a contact that an agency had from itself. Where there was never an assessment and that agency decided not to attend, F02 says so.",
    basis: &[
        "IOPC, recommendation (policeconduct.gov.uk, node 11654)",
        "Prevention of future deaths report 2025-0246 (judiciary.uk)",
        "the number of minutes is this project's own choice",
    ],
    limits: &[ASSESS, AWAITED],
    by_account: false,
    awaits: true,
    needs: &[Absence::whole(Kind::TriageAssessed), Absence::whole(Kind::TriageReassessed)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let news = News::of(facts);
    if news.learned.is_empty() {
        return;
    }
    // By agency: the assessment that followed the last flag, so that one silence is one flag.
    let mut flagged: BTreeMap<&AgencyId, Option<Seq>> = BTreeMap::new();
    for learned in news.learned.iter().copied() {
        let (at, by) = (learned.common.occurred_at, &learned.common.asserted_by);
        if at > facts.now || news.death.is_some_and(|death| death <= at) || news.is_f02s(by, at) {
            continue;
        }
        let assessed = first_from(&news.assessed, at);
        let assessed = assessed.filter(|assessed| assessed.common.occurred_at <= facts.now);
        if flagged.get(by).is_some_and(|last| *last == assessed.map(Entry::seq)) {
            continue;
        }
        let limits = facts.limits_of_actor(learned);
        let limit_us = limits.rule_us(ASSESS);
        let decision = news.decided(by, learned).filter(|decision| decision.common.occurred_at <= facts.now);
        let in_time = decision.filter(|decision| decision.common.occurred_at <= at.plus_us(limit_us));
        let until = match in_time {
            Some(decision) => decision.common.occurred_at,
            None if is_too_long(after_us(facts.now, at.plus_us(limit_us)), &[learned]) => {
                at.plus_us(limit_us)
            }
            None => continue,
        };
        // The entry from which it is counted until when an assessment was due.
        let since = in_time.unwrap_or(learned);
        let is_assessed = assessed.is_some_and(|assessed| {
            !is_too_long(after_us(assessed.common.occurred_at, until), &[since, assessed])
        });
        let is_chased = in_time.is_none() && learned.head.kind == Kind::ContactReceived.number();
        if is_assessed
            || news.is_met(facts, at, until.plus_us(uncertain_us(since)))
            || is_chased && news.is_on_the_way(at, until, limits.rule_us(AWAITED))
        {
            continue;
        }
        flagged.insert(by, assessed.map(Entry::seq));
        let title = title(learned, in_time, assessed.map(|assessed| assessed.common.occurred_at), limit_us);
        let others = in_time.into_iter().chain(assessed).map(Entry::seq);
        let waits = decision.is_none() && assessed.is_none();
        let finding = Finding::new(&RULE, Severity::High, learned, title).resting_on(others);
        let due = at.plus_us(limit_us);
        found.push(finding.under(limits.policy()).waiting(waits, (due, by), || {
            let is_contact = learned.head.kind == Kind::ContactReceived.number();
            let what = if is_contact { "further contact" } else { "risk information" };
            format!("assess: {what} recorded at {}", at.london_beside(due))
        }));
    }
}

fn title(learned: &Entry, decision: Option<&Entry>, assessed: Option<Timestamp>, limit_us: i64) -> String {
    let what = if learned.head.kind == Kind::ContactReceived.number() {
        "a further contact was recorded"
    } else {
        "risk information was recorded"
    };
    let at = learned.common.occurred_at;
    match (decision, assessed) {
        (Some(decision), _) => {
            let decided = match Kind::from_number(decision.head.kind) {
                Some(Kind::GradeChanged) => "the grade was lowered",
                Some(Kind::IncidentClosed) => "the incident was closed",
                _ => "attendance was decided on",
            };
            let after = in_words(after_us(decision.common.occurred_at, at));
            format!("{what}, and {decided} {after} later with no assessment recorded in between")
        }
        (None, Some(assessed)) => format!(
            "{what}, and the next assessment recorded is {} later; the limit is {}",
            in_words(after_us(assessed, at)),
            in_words(limit_us)
        ),
        (None, None) => format!("{what}, and no assessment recorded within {}", in_words(limit_us)),
    }
}

/// What came in, and what followed; each in world order.
#[derive(Default)]
struct News<'a> {
    learned: Vec<&'a Entry>,
    assessed: Vec<&'a Entry>,
    /// By agency: decisions to stay away or to wait.
    decided: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    /// When help was sent or decided on, or the need ended.
    met: Around,
    death: Option<Timestamp>,
    /// When units set off, and until when each was on its way: until it was there, stood down, or the incident closed.
    on_the_way: Vec<(Timestamp, Timestamp)>,
    /// Agencies that decided not to attend.
    declined: BTreeSet<&'a AgencyId>,
}

impl<'a> News<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut news = Self::default();
        let mut met: Vec<(Timestamp, i64)> = Vec::new();
        let handles = handling(facts);
        let mut called: BTreeSet<&AgencyId> = BTreeSet::new();
        let mut sent: BTreeMap<(&AgencyId, Option<Token>), Timestamp> = BTreeMap::new();
        for entry in facts.speaking().iter().copied() {
            let (at, by) = (entry.common.occurred_at, &entry.common.asserted_by);
            match &entry.body {
                Some(Body::InformationRecorded(body)) if body.kind == InformationKind::RiskInfo => {
                    news.learned.extend(handles.contains(by).then_some(entry));
                }
                Some(Body::ContactReceived(body)) if body.agency.as_ref() != Some(by) => {
                    news.learned.extend((!called.insert(by)).then_some(entry));
                }
                Some(Body::TriageAssessed(_) | Body::TriageReassessed(_)) => {
                    news.assessed.push(entry);
                }
                Some(Body::AttendanceDecided(body)) => match body.outcome {
                    Attendance::Deploy | Attendance::DeployJoint | Attendance::ReversedToDeploy => {
                        met.push((at, uncertain_us(entry)));
                    }
                    outcome => {
                        news.declined.extend(outcome.is_no_deployment().then_some(by));
                        news.decides(entry);
                    }
                },
                Some(Body::GradeChanged(body)) if lowers(&body.from, &body.to) => news.decides(entry),
                Some(Body::IncidentClosed(_)) => {
                    news.decides(entry);
                    let until = at.plus_us(uncertain_us(entry));
                    news.on_the_way
                        .extend(std::mem::take(&mut sent).into_values().map(|since| (since, until)));
                }
                Some(Body::ResourceDispatched(body)) => {
                    met.push((at, uncertain_us(entry)));
                    sent.entry((&body.agency, body.callsign_token)).or_insert(at);
                }
                Some(Body::ResourceArrived(body)) => {
                    let since = sent.remove(&(&body.agency, body.callsign_token));
                    news.on_the_way.extend(since.map(|since| (since, at.plus_us(uncertain_us(entry)))));
                }
                Some(Body::ResourceStoodDown(body)) => {
                    let since = sent.remove(&(&body.agency, body.callsign_token));
                    news.on_the_way.extend(since.map(|since| (since, at.plus_us(uncertain_us(entry)))));
                }
                Some(Body::ResponsibilityDischarged(body)) if body.facet == Facet::Response => {
                    met.push((at, uncertain_us(entry)));
                }
                Some(Body::OutcomeRecorded(body)) => match body.outcome {
                    Outcome::Death => {
                        news.death = news.death.or(Some(at));
                        met.push((at, uncertain_us(entry)));
                    }
                    Outcome::LocatedSafe | Outcome::NoHarmKnown => met.push((at, uncertain_us(entry))),
                    _ => {}
                },
                _ => {}
            }
        }
        news.met = Around::of(met);
        news.on_the_way.extend(sent.into_values().map(|since| (since, Timestamp::MAX)));
        news.on_the_way.sort_unstable();
        news
    }

    fn decides(&mut self, entry: &'a Entry) {
        self.decided.entry(&entry.common.asserted_by).or_default().push(entry);
    }

    /// The next decision of an agency after an entry.
    fn decided(&self, by: &AgencyId, after: &Entry) -> Option<&'a Entry> {
        let decided = self.decided.get(by)?;
        decided.get(decided.partition_point(|entry| place(entry) <= place(after))).copied()
    }

    /// Whether help came, was there, was sent or decided on, or the need ended, from one instant to another.
    fn is_met(&self, facts: &Facts<'_>, from: Timestamp, to: Timestamp) -> bool {
        let arrivals = facts.arrivals();
        arrivals.stay_at(from).is_some()
            || arrivals
                .first_from(from)
                .is_some_and(|arrival| !is_too_long(after_us(arrival.common.occurred_at, to), &[arrival]))
            || self.met.any_within(from, to)
    }

    /// Whether a unit that had been sent no longer ago than so was on its way all the time from one instant to another.
    fn is_on_the_way(&self, from: Timestamp, to: Timestamp, since_us: i64) -> bool {
        let first =
            self.on_the_way.partition_point(|(sent, _)| *sent < from.plus_us(since_us.saturating_neg()));
        let mut sent = self.on_the_way.iter().skip(first).take_while(|(sent, _)| *sent <= from);
        sent.any(|(_, until)| *until >= to)
    }

    /// Whether nobody had ever assessed by an instant, and an agency decided not to attend.
    fn is_f02s(&self, by: &AgencyId, at: Timestamp) -> bool {
        self.assessed.first().is_none_or(|first| first.common.occurred_at > at) && self.declined.contains(by)
    }
}

/// Agencies that handle the call: that had a contact, opened, assessed or decided.
fn handling<'a>(facts: &Facts<'a>) -> BTreeSet<&'a AgencyId> {
    let handles = |entry: &&'a Entry| {
        matches!(
            entry.body,
            Some(
                Body::ContactReceived(_)
                    | Body::IncidentOpened(_)
                    | Body::TriageAssessed(_)
                    | Body::TriageReassessed(_)
                    | Body::AttendanceDecided(_)
            )
        )
    };
    facts.speaking().iter().copied().filter(handles).map(|entry| &entry.common.asserted_by).collect()
}
