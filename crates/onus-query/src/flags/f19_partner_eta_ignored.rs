//! F19: relying on a partner's arrival that would be too late, or on a promise that had slipped.

use super::facts::{Facts, after_us, each, first_from, in_words};
use super::{Absence, Code, Finding, Rule, Severity};
use crate::policy::{Limits, RuleLimit};
use onus_core::bodies::contact::InformationRecorded;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Grade;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{GradeLevel, InformationKind};
use std::collections::BTreeMap;
use std::ops::Bound;

const PARTNER_ARRIVAL_IMMEDIATE: RuleLimit = RuleLimit::named("partner_arrival_immediate_minutes");
const PARTNER_ARRIVAL: RuleLimit = RuleLimit::named("partner_arrival_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(19),
    name: "PARTNER_ETA_IGNORED",
    title: "Long ETA, or ETA passed with no action recorded",
    severities: &[Severity::Medium, Severity::High],
    version: 2,
    says: "(a) A refusal to attend while a partner's known arrival exceeds the time by which help is needed (high), or the longest arrival on which such a decision may rest: as the policy says for the grade (high), else this project's limit (medium). (b) A partner's arrival was stated again after the last promise had run out with no arrival of theirs known, or as later than promised, and no assessment, decision or dispatch followed within the limit (15 minutes unless a policy says otherwise).",
    entry: "(a) the decision; (b) the statement of the arrival",
    silent: "(a) A later statement of an agency's arrival, known to the decision, replaces an earlier one. (b) begins with the second statement about an agency: the first is the promise.",
    basis: &[
        "Suffolk, prevention of future deaths report, 2024: declined although police knew that the ambulance would take two hours or more (mentalhealthcop.com, 15 May 2024)",
        "IOPC, recommendations to Sussex Police, November 2023 (policeconduct.gov.uk)",
        "the two numbers of minutes are this project's own choice",
    ],
    limits: &[PARTNER_ARRIVAL_IMMEDIATE, PARTNER_ARRIVAL],
    by_account: false,
    awaits: false,
    needs: &[
        Absence::part(Kind::TriageAssessed, "(b) is not looked at"),
        Absence::part(Kind::AttendanceDecided, "(b) is not looked at"),
        Absence::part(Kind::ResourceDispatched, "(b) is not looked at"),
    ],
    judge,
};

/// What is done about an arrival that was put off. That an assessment was made again would be one too; a source that never
/// carries that can still carry these.
const ACTS: [Kind; 3] = [Kind::TriageAssessed, Kind::AttendanceDecided, Kind::ResourceDispatched];

type Eta<'a> = (&'a Entry, &'a InformationRecorded<Stored>);

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let etas: Vec<Eta<'_>> = each!(facts, InformationRecorded)
        .filter(|(_, body)| body.kind == InformationKind::PartnerEta)
        .collect();
    if etas.is_empty() {
        return;
    }
    declined_on_a_late_arrival(facts, found);
    if !facts.never_carried().has_any(&ACTS) {
        slipped(facts, &etas, found);
    }
}

/// The arrival that a statement promises.
fn promised((entry, body): Eta<'_>) -> Option<Timestamp> {
    body.eta_minutes.map(|minutes| entry.common.occurred_at.plus_us(i64::from(minutes) * 60_000_000))
}

fn declined_on_a_late_arrival(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let refusals = facts.refusals().iter().map(|refusal| refusal.entry);
    let mut too_late = facts.known_to(refusals, known_as, |decision, known| too_late(facts, decision, known));
    for refusal in facts.refusals() {
        let decision = refusal.entry;
        if let Some((severity, eta, how)) = too_late.remove(&decision.seq()).flatten() {
            let title = format!("{} with the partner's ETA recorded as {how}", refusal.did());
            found.push(
                Finding::new(&RULE, severity, decision, title)
                    .resting_on([eta])
                    .under(facts.limits_of_actor(decision).policy()),
            );
        }
    }
}

/// Under what a decision knows that a partner will arrive, and by when it is needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Known<'a> {
    /// An arrival that an agency promises: when that was stated, and where.
    Eta(Option<&'a AgencyId>, Timestamp, Seq),
    /// By when an agency was told that it is needed: where.
    Needed(&'a AgencyId, Seq),
}

fn known_as(entry: &Entry) -> Option<Known<'_>> {
    match &entry.body {
        Some(Body::InformationRecorded(body))
            if body.kind == InformationKind::PartnerEta && body.eta_minutes.is_some() =>
        {
            Some(Known::Eta(body.agency.as_ref(), entry.common.occurred_at, entry.seq()))
        }
        Some(Body::AgencyNotified(body)) if body.needed_by.is_some() => {
            Some(Known::Needed(&body.agency, entry.seq()))
        }
        _ => None,
    }
}

type Board<'a> = BTreeMap<Known<'a>, &'a Entry>;

/// The known arrival that is too late for a decision, the gravest and then the first; and how.
fn too_late<'a>(
    facts: &Facts<'a>,
    decision: &'a Entry,
    known: &Board<'a>,
) -> Option<(Severity, Seq, String)> {
    let at = decision.common.occurred_at;
    let longest = Longest::of(&facts.limits_of_actor(decision), facts.grade_at(at));
    let mut found: Option<(Severity, Seq, String)> = None;
    for eta in latest_of_each(known, at) {
        let Some(arrival) = promised(eta) else { continue };
        let wait_us = after_us(arrival, at);
        let said = eta.0.common.occurred_at;
        let given = format!("{} (given at {})", in_words(after_us(arrival, said)), said.london_beside(at));
        let (severity, how) = if needed_by(known, eta, at).is_some_and(|needed| arrival > needed) {
            (Severity::High, format!("{given}, later than help was said to be needed"))
        } else if wait_us > longest.us {
            (
                if longest.is_published { Severity::High } else { Severity::Medium },
                format!("{given}; {} {}", longest.named, in_words(longest.us)),
            )
        } else {
            continue;
        };
        if found.as_ref().is_none_or(|(so_far, ..)| severity > *so_far) {
            found = Some((severity, eta.0.seq(), how));
        }
    }
    found
}

/// The longest arrival of a partner on which a decision not to attend may rest.
struct Longest {
    us: i64,
    named: &'static str,
    is_published: bool,
}

impl Longest {
    fn of(limits: &Limits<'_>, grade: Option<&Grade>) -> Self {
        if let Some(us) = grade.and_then(|grade| limits.eta_limit_us(grade)) {
            return Self { us, named: "the limit for the grade is", is_published: true };
        }
        let is_immediate = grade.is_some_and(|grade| grade.level == GradeLevel::Immediate);
        let limit = if is_immediate { PARTNER_ARRIVAL_IMMEDIATE } else { PARTNER_ARRIVAL };
        Self { us: limits.rule_us(limit), named: "the limit is", is_published: limits.states(limit) }
    }
}

/// The last statement of arrival by an instant, for each agency; in the order of time.
fn latest_of_each<'a>(known: &Board<'a>, at: Timestamp) -> Vec<Eta<'a>> {
    let mut latest: Vec<Eta<'a>> = Vec::new();
    let mut next = known.range(Known::Eta(None, Timestamp::MIN, Seq::new(0))..).next();
    while let Some((Known::Eta(agency, ..), _)) = next {
        let of_agency = |at| Known::Eta(*agency, at, Seq::new(u64::MAX));
        let upto = Known::Eta(*agency, Timestamp::MIN, Seq::new(0))..=of_agency(at);
        if let Some((_, entry)) = known.range(upto).next_back()
            && let Some(Body::InformationRecorded(body)) = &entry.body
        {
            latest.push((entry, body));
        }
        let after = (Bound::Excluded(of_agency(Timestamp::MAX)), Bound::Unbounded);
        next = known.range(after).next();
    }
    latest.sort_by_key(|(entry, _)| (entry.common.occurred_at, entry.seq()));
    latest
}

/// By when help was needed: as the statement says, else as that agency was last told.
fn needed_by<'a>(known: &Board<'a>, eta: Eta<'a>, at: Timestamp) -> Option<Timestamp> {
    let told = |agency: &'a AgencyId| {
        let of_agency = Known::Needed(agency, Seq::new(0))..=Known::Needed(agency, Seq::new(u64::MAX));
        let told = known.range(of_agency).rev().find(|(_, entry)| entry.common.occurred_at <= at);
        told.and_then(|(_, entry)| match &entry.body {
            Some(Body::AgencyNotified(body)) => body.needed_by,
            _ => None,
        })
    };
    eta.1.needed_by.or_else(|| eta.1.agency.as_ref().and_then(told))
}

fn slipped<'a>(facts: &Facts<'a>, etas: &[Eta<'a>], found: &mut Vec<Finding>) {
    let arrived = arrived(facts, etas);
    let acts = acts(facts);
    let mut last_promises: BTreeMap<Option<&AgencyId>, (&Entry, Timestamp)> = BTreeMap::new();
    for eta in etas.iter().copied() {
        let (entry, body) = eta;
        let last_promise = match promised(eta) {
            Some(arrival) => last_promises.insert(body.agency.as_ref(), (entry, arrival)),
            None => last_promises.get(&body.agency.as_ref()).copied(),
        };
        let Some((promise, arrival)) = last_promise else { continue };
        let has_arrived = arrived.get(&entry.seq()).copied().unwrap_or(false);
        let ran_out = entry.common.occurred_at > arrival && !has_arrived;
        let later = promised(eta).is_some_and(|again| again > arrival);
        let how = match (ran_out, later) {
            (true, _) => "ETA passed with no arrival recorded",
            (false, true) => "ETA put back",
            (false, false) => continue,
        };
        let limits = facts.limits_of_actor(entry);
        let (at, limit_us) = (entry.common.occurred_at, limits.slipped_promise_us());
        let is_acted_on =
            first_from(&acts, at).is_some_and(|act| act.common.occurred_at <= at.plus_us(limit_us));
        if is_acted_on || !facts.is_past(at, limit_us) {
            continue;
        }
        let title =
            format!("{how}; no assessment, decision or dispatch recorded within {}", in_words(limit_us));
        found.push(
            Finding::new(&RULE, Severity::High, entry, title)
                .resting_on([promise.seq()])
                .under(limits.policy()),
        );
    }
}

/// Of each statement of arrival, whether an arrival of the agency was known to who made it; of any, where it names none.
fn arrived<'a>(facts: &Facts<'a>, etas: &[Eta<'a>]) -> BTreeMap<Seq, bool> {
    let (of_agency, of_any): (Vec<Eta<'a>>, Vec<Eta<'a>>) =
        etas.iter().copied().partition(|(_, body)| body.agency.is_some());
    let agencies: BTreeMap<Seq, Option<&AgencyId>> =
        of_agency.iter().map(|(entry, body)| (entry.seq(), body.agency.as_ref())).collect();
    let arrival = |entry: &'a Entry, by_agency: bool| match &entry.body {
        Some(Body::ResourceArrived(body)) => {
            Some((by_agency.then_some(&body.agency), entry.common.occurred_at, entry.seq()))
        }
        _ => None,
    };
    let is_known = |entry: &'a Entry, known: &BTreeMap<(Option<&'a AgencyId>, Timestamp, Seq), &'a Entry>| {
        let agency = agencies.get(&entry.seq()).copied().flatten();
        let by_then =
            (agency, Timestamp::MIN, Seq::new(0))..=(agency, entry.common.occurred_at, Seq::new(u64::MAX));
        known.range(by_then).next().is_some()
    };
    let entries = |etas: Vec<Eta<'a>>| etas.into_iter().map(|(entry, _)| entry);
    let mut arrived = facts.known_to(entries(of_agency), |entry| arrival(entry, true), is_known);
    arrived.extend(facts.known_to(entries(of_any), |entry| arrival(entry, false), is_known));
    arrived
}

/// What is done about an arrival that was put off.
fn acts<'a>(facts: &Facts<'a>) -> Vec<&'a Entry> {
    let is_act = |entry: &&Entry| {
        ACTS.iter().chain([&Kind::TriageReassessed]).any(|kind| kind.number() == entry.head.kind)
    };
    facts.speaking().iter().copied().filter(is_act).collect()
}
