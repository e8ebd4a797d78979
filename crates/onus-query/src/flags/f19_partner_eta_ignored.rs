//! F19: relying on a partner's arrival that would be too late, or on a promise that had slipped.

use super::facts::{Facts, each, in_words};
use super::{Code, Finding, Rule, Severity};
use onus_core::bodies::contact::InformationRecorded;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::InformationKind;

pub(super) static RULE: Rule = Rule {
    code: Code(19),
    name: "PARTNER_ETA_IGNORED",
    severities: &[Severity::High],
    version: 1,
    says: "(a) A decision not to attend while a partner's known arrival exceeds the time by which help is needed, or the policy's limit for the grade. (b) A partner's arrival was stated again after the last promise had run out with no arrival of theirs known, or as later than promised, and no assessment, decision or dispatch followed within the limit (15 minutes unless a policy says otherwise).",
    entry: "(a) the decision; (b) the statement of the arrival",
    silent: "(a) by grade rests on a published policy; without one only a stated time of need counts. (b) begins with the second statement about an agency: the first is the promise.",
    basis: &[
        "Suffolk, prevention of future deaths report, 2024: declined although police knew that the ambulance would take two hours or more (mentalhealthcop.com, 15 May 2024)",
        "IOPC, recommendations to Sussex Police, November 2023 (policeconduct.gov.uk)",
    ],
    by_account: false,
    judge,
};

type Eta<'a> = (&'a Entry, &'a InformationRecorded<Stored>);

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let etas: Vec<Eta<'_>> = each!(facts, InformationRecorded)
        .filter(|(_, body)| body.kind == InformationKind::PartnerEta)
        .collect();
    if etas.is_empty() {
        return;
    }
    declined_on_a_late_arrival(facts, found);
    slipped(facts, &etas, found);
}

/// The arrival that a statement promises.
fn promised((entry, body): Eta<'_>) -> Option<Timestamp> {
    body.eta_minutes.map(|minutes| entry.common.occurred_at.plus_us(i64::from(minutes) * 60_000_000))
}

fn declined_on_a_late_arrival(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (decision, _) in facts.refusals() {
        let limits = facts.limits_of_actor(decision);
        let grade_limit_us =
            facts.grade_at(decision.common.occurred_at).and_then(|grade| limits.eta_limit_us(grade));
        let too_late = latest_of_each(facts, decision).into_iter().find_map(|eta| {
            let arrival = promised(eta)?;
            if needed_by(facts, decision, eta).is_some_and(|needed| arrival > needed) {
                return Some((eta.0, "later than help was needed".to_owned()));
            }
            let wait_us = super::facts::after_us(arrival, decision.common.occurred_at);
            grade_limit_us.filter(|limit| wait_us > *limit).map(|limit| {
                (eta.0, format!("{} away; the limit for the grade is {}", in_words(wait_us), in_words(limit)))
            })
        });
        if let Some((eta, how)) = too_late {
            let title = format!("decided not to attend while the partner's known arrival was {how}");
            found.push(
                Finding::new(&RULE, Severity::High, decision, title)
                    .resting_on([eta.seq()])
                    .under(limits.policy()),
            );
        }
    }
}

/// The last statement of arrival known to a decision, for each agency.
fn latest_of_each<'a>(facts: &Facts<'a>, decision: &'a Entry) -> Vec<Eta<'a>> {
    let mut known: Vec<Eta<'a>> = facts
        .known_to(decision)
        .filter_map(|entry| match &entry.body {
            Some(Body::InformationRecorded(body))
                if body.kind == InformationKind::PartnerEta && body.eta_minutes.is_some() =>
            {
                Some((entry, body))
            }
            _ => None,
        })
        .collect();
    known.sort_by_key(|(entry, _)| (entry.common.occurred_at, entry.seq()));
    let mut latest: Vec<Eta<'a>> = Vec::new();
    for eta in known {
        latest.retain(|earlier| earlier.1.agency != eta.1.agency);
        latest.push(eta);
    }
    latest
}

/// By when help was needed: as the statement says, else as that agency was last told.
fn needed_by<'a>(facts: &Facts<'a>, decision: &'a Entry, eta: Eta<'a>) -> Option<Timestamp> {
    let told = |entry: &'a Entry| match &entry.body {
        Some(Body::AgencyNotified(body)) if Some(&body.agency) == eta.1.agency.as_ref() => body.needed_by,
        _ => None,
    };
    eta.1.needed_by.or_else(|| facts.known_to(decision).filter_map(told).last())
}

fn slipped<'a>(facts: &Facts<'a>, etas: &[Eta<'a>], found: &mut Vec<Finding>) {
    for (place, (entry, body)) in etas.iter().copied().enumerate() {
        let earlier = etas.iter().take(place).rev().copied();
        let last_promise =
            earlier.filter(|eta| eta.1.agency == body.agency).find_map(|eta| Some((eta.0, promised(eta)?)));
        let Some((promise, arrival)) = last_promise else { continue };
        let ran_out = entry.common.occurred_at > arrival && !has_arrived(facts, entry, body.agency.as_ref());
        let later = promised((entry, body)).is_some_and(|again| again > arrival);
        let how = match (ran_out, later) {
            (true, _) => "the promised arrival had run out",
            (false, true) => "the arrival was put off",
            (false, false) => continue,
        };
        let limits = facts.limits_of_actor(entry);
        let limit_us = limits.slipped_promise_us();
        if is_acted_on(facts, entry, limit_us) || !facts.is_past(entry.common.occurred_at, limit_us) {
            continue;
        }
        let title =
            format!("{how}, and no assessment, decision or dispatch followed within {}", in_words(limit_us));
        found.push(
            Finding::new(&RULE, Severity::High, entry, title)
                .resting_on([promise.seq()])
                .under(limits.policy()),
        );
    }
}

/// Whether an arrival of the agency was known to who stated the time anew.
fn has_arrived<'a>(facts: &Facts<'a>, to: &'a Entry, agency: Option<&AgencyId>) -> bool {
    facts.known_to(to).any(|entry| match &entry.body {
        Some(Body::ResourceArrived(arrived)) => agency.is_none_or(|agency| arrived.agency == *agency),
        _ => false,
    })
}

fn is_acted_on(facts: &Facts<'_>, entry: &Entry, limit_us: i64) -> bool {
    const ACTS: [Kind; 4] =
        [Kind::TriageAssessed, Kind::TriageReassessed, Kind::AttendanceDecided, Kind::ResourceDispatched];
    let at = entry.common.occurred_at;
    facts.speaking().iter().any(|act| {
        ACTS.iter().any(|kind| kind.number() == act.head.kind)
            && act.common.occurred_at >= at
            && act.common.occurred_at <= at.plus_us(limit_us)
    })
}
