//! What needs somebody: due to the second when the flag is raised, and gone once it was done.

use crate::stage::{entries, history, random_incidents};
use onus_core::history::KnownBy;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Strand, Tri};
use onus_query::flags::{Context, Finding, RULES, Severity, judge};
use onus_query::needs::{Need, OpenIncident, open_incident};
use onus_query::policy::Policies;
use onus_testkit::events::{Event, incident, time};
use std::collections::BTreeMap;

const MIN: i64 = 60;

fn at(seconds: i64) -> Timestamp {
    time("2024-05-01T09:00:00+01:00").plus_us(seconds * 1_000_000)
}

fn on(seconds: i64, event: Event) -> Event {
    event.with(|record| record.common.occurred_at = at(seconds))
}

fn open(events: &[Event]) -> Option<OpenIncident> {
    open_incident(&history(events), &none())
}

fn none() -> Policies {
    Policies::new(&entries(&[]), KnownBy::Entered)
}

fn flags_at(events: &[Event], now: Timestamp) -> Vec<Finding> {
    let policies = none();
    judge(&history(events), &Context { policies: &policies, repeats: None }, now)
}

fn is_of(need: &Need, finding: &Finding) -> bool {
    (need.code, need.seq, &need.account) == (finding.code, finding.entry, &finding.account)
}

/// A call in which an assessment says that a life is at risk, and nobody takes the response.
fn at_risk() -> Vec<Event> {
    let mut call = incident("police:met/2024-05-01/1");
    let triage = call.triage(Strand::ConcernForWelfare).with(|record| {
        if let onus_core::kinds::Body::TriageAssessed(body) = &mut record.body {
            body.risk_to_life = Tri::Yes;
        }
    });
    vec![on(0, call.contact()), on(MIN, triage)]
}

#[test]
fn a_risk_to_life_that_nobody_takes_is_due_within_its_limit_and_critical_after_it() {
    let events = at_risk();
    let needs = open(&events).unwrap().needs;
    let first = needs.iter().find(|need| need.code.number() == 5).unwrap();
    assert_eq!((first.due.at, first.severity, first.seq.get()), (at(16 * MIN), Severity::Critical, 2));
    assert_eq!(first.due.who.to_string(), "police:met");
    assert_eq!(first.says(), "no holder of the response recorded since 09:01: find one");

    assert!(!flags_at(&events, at(16 * MIN)).iter().any(|found| is_of(first, found)), "not yet");
    assert!(flags_at(&events, at(16 * MIN + 1)).iter().any(|found| is_of(first, found)), "a second past it");
}

#[test]
fn what_was_done_is_needed_no_longer() {
    let mut events = at_risk();
    let mut call = incident("police:met/2024-05-01/1");
    let (_, _) = (call.contact(), call.triage(Strand::ConcernForWelfare));
    events.push(on(5 * MIN, call.decided(Attendance::Deploy)));
    let codes = |events: &[Event]| -> Vec<u8> {
        open(events).unwrap().needs.iter().map(|need| need.code.number()).collect()
    };
    assert!(codes(&at_risk()).contains(&5));
    assert!(!codes(&events).contains(&5), "the police hold the response: {:?}", codes(&events));
    assert!(codes(&events).contains(&8), "the caller is to be told: {:?}", codes(&events));
}

#[test]
fn nobody_has_to_assess_a_further_contact_of_an_incident_that_was_closed_since() {
    let mut call = incident("police:met/2024-05-01/1");
    let events = [on(0, call.contact()), on(MIN, call.contact()), on(60 * MIN, call.closed())];
    let asks = |events: &[Event]| {
        open(events).is_some_and(|open| open.needs.iter().any(|need| need.code.number() == 32))
    };
    assert!(asks(&events[..2]));
    assert!(!asks(&events));
}

#[test]
fn a_closed_incident_in_which_nothing_waits_is_not_listed() {
    let mut call = incident("police:met/2024-05-01/1");
    let events = [on(0, call.opened()), on(MIN, call.closed())];
    assert_eq!(open(&events), None);
    assert!(open(&events[..1]).unwrap().is_open);
}

/// The needs are the flags, asked before: of whatever was recorded, each is raised a second after it is due, and not when
/// it is due. Where its time is uncertain, the limit has to be passed by more than that.
#[test]
fn every_need_becomes_its_flag_when_its_limit_passes() {
    let mut seen: BTreeMap<u8, usize> = BTreeMap::new();
    for seed in 0..40 {
        for events in random_incidents(seed).values() {
            let needs: Vec<_> = open(events).into_iter().flat_map(|open| open.needs).collect();
            let left = flags_at(events, Timestamp::MAX).into_iter().filter(|found| found.due.is_some());
            for found in left {
                assert!(needs.iter().any(|need| is_of(need, &found)), "seed {seed}: {found:?} is no need");
            }
            for need in needs {
                let flagged = |now| flags_at(events, now).iter().any(|found| is_of(&need, found));
                let event = usize::try_from(need.seq.get()).unwrap() - 1;
                let uncertain_s = i64::from(events[event].record().common.uncertainty_s);
                let after = need.due.at.plus_us((1 + uncertain_s) * 1_000_000);
                assert!(!flagged(need.due.at), "seed {seed}, {need:?}: before it is due");
                assert!(flagged(after), "seed {seed}, {need:?}: not raised after it");
                *seen.entry(need.code.number()).or_default() += 1;
            }
        }
    }
    let awaits = RULES.iter().filter(|rule| rule.awaits).map(|rule| rule.code.number());
    assert!(seen.keys().all(|code| awaits.clone().any(|awaits| awaits == *code)), "{seen:?}");
    assert!(seen.len() >= 3, "too few kinds of needs to be a test: {seen:?}");
}
