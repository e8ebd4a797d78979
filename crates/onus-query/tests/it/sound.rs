//! A sound month: 2,000 incidents, all of them within policy, written down with the usual dirt. A flag above `low` in it
//! is noise, and noise is a defect of the rule that raises it.
//!
//! The policy is `docs/policies/default.toml`. Each shape is a function that says what happens in it:
//!
//! * `attended`: help came. Life at risk and attended within the target; a second call while officers are on the way; a
//!   response deferred, told and kept; a unit stood down and replaced; reopened and attended again; a refusal
//!   reversed; a grade lowered by a supervisor; a natural death, considered and not referable; a call cut off.
//! * `refused`: help was not sent, and need not be. No need found; signposted; an honest `unknown` with a safety net; a
//!   referral attended within its promise; a promise that slipped and was acted on; a repeat caller, linked.
//!   Here too: a patient who has not come back, looked for and found safe.
//! * `partners`: who asks, declines and accepts. A partner's decline and another's acceptance; a decline while the police
//!   hold the response; entry for a crew at the door; a check declined with reasons; a dispute taken up the ladder.
//! * `held`: sections 135 and 136. Handed over and assessed within the day; passed to a hospital, whose end is not recorded
//!   here; extended; under a warrant.
//!
//! `dirt` says how each is written down. Chance comes from one seed: the same month each time.

mod attended;
mod dirt;
mod held;
mod partners;
mod refused;
mod story;

use dirt::Dirt;
use onus_core::history::{History, KnownBy, Vantage};
use onus_core::time::Timestamp;
use onus_query::flags::{Context, Finding, Repeats, Severity, judge};
use onus_query::policy::Policies;
use onus_testkit::events::time;
use onus_testkit::seed::Seed;
use std::collections::{BTreeMap, BTreeSet};
use story::Story;

const INCIDENTS: u64 = 2_000;

/// A shape of one incident.
type Shape = fn(&mut Story<'_>);

/// The shapes, but for the one that takes two incidents.
const SHAPES: [(&str, Shape); 24] = [
    ("immediate", attended::immediate),
    ("second_call_on_the_way", attended::second_call_on_the_way),
    ("deferred", attended::deferred),
    ("replaced", attended::replaced),
    ("reopened", attended::reopened),
    ("reversed", attended::reversed),
    ("downgraded", attended::downgraded),
    ("natural_death", attended::natural_death),
    ("cut_off", attended::cut_off),
    ("no_need", refused::no_need),
    ("signposted", refused::signposted),
    ("honest_unknown", refused::honest_unknown),
    ("referred", refused::referred),
    ("promise_slipped", refused::promise_slipped),
    ("not_returned", refused::not_returned),
    ("declined_then_accepted", partners::declined_then_accepted),
    ("declined_while_held", partners::declined_while_held),
    ("entry_asked", partners::entry_asked),
    ("check_declined", partners::check_declined),
    ("escalated", partners::escalated),
    ("s136", held::s136),
    ("passed_on", held::passed_on),
    ("extended", held::extended),
    ("warrant", held::warrant),
];

/// An incident of the month.
struct Told {
    shape: &'static str,
    dirt: Dirt,
    history: History,
}

fn month() -> Vec<Told> {
    let mut seed = Seed::new(202_405);
    let mut told: Vec<Told> = Vec::new();
    let mut number = 0;
    while number < INCIDENTS {
        number += 1;
        let which = seed.index(SHAPES.len() + 1);
        let (shape, incidents) = if let Some((name, tell)) = SHAPES.get(which) {
            let mut story = Story::new(number, &mut seed);
            tell(&mut story);
            (*name, vec![story.events])
        } else {
            number += 1;
            ("repeat_caller", refused::repeat_caller(Story::new(number - 1, &mut seed), number))
        };
        let dirt = *seed.pick(&dirt::ALL);
        for events in incidents {
            let history = dirt::written(&events, dirt, &mut seed);
            told.push(Told { shape, dirt, history });
        }
    }
    told
}

/// What is found in an incident, above `low`.
fn noise(history: &History, repeats: &Repeats, now: Timestamp) -> Vec<Finding> {
    let policies = Policies::new(&[], KnownBy::Entered);
    let context = Context { policies: &policies, repeats: Some(repeats) };
    let found = judge(history, &context, now);
    found.into_iter().filter(|finding| finding.severity > Severity::Low).collect()
}

/// Each noise once, with how often it came.
fn none(found: impl IntoIterator<Item = (&'static str, Dirt, Finding)>) {
    let mut noises: BTreeMap<(String, &str, String), (u64, BTreeSet<Dirt>)> = BTreeMap::new();
    for (shape, dirt, finding) in found {
        let what = (
            finding.code.to_string(),
            shape,
            finding.title.chars().filter(|c| !c.is_ascii_digit()).collect(),
        );
        let (count, dirts) = noises.entry(what).or_default();
        *count += 1;
        dirts.insert(dirt);
    }
    let lines: Vec<String> = noises
        .iter()
        .map(|((code, shape, title), (count, dirts))| {
            format!("{code} in {shape}, {count} times, {dirts:?}: {title}")
        })
        .collect();
    assert!(lines.is_empty(), "a sound month raised:\n{}", lines.join("\n"));
}

#[test]
fn a_sound_month_raises_nothing_above_low() {
    let month = month();
    assert!(u64::try_from(month.len()).unwrap() >= INCIDENTS);
    let told: BTreeSet<(&str, Dirt)> = month.iter().map(|told| (told.shape, told.dirt)).collect();
    assert_eq!(told.len(), (SHAPES.len() + 1) * dirt::ALL.len(), "every shape with every dirt");
    let repeats = Repeats::of(month.iter().map(|told| &told.history));
    let years_later = time("2030-01-01T00:00Z");
    let later = month.iter().flat_map(|told| {
        let found = noise(&told.history, &repeats, years_later);
        found.into_iter().map(|finding| (told.shape, told.dirt, finding))
    });
    none(later);
}

#[test]
fn a_sound_month_raises_nothing_above_low_while_it_goes_on() {
    let month = month();
    let repeats = Repeats::of(month.iter().map(|told| &told.history));
    // What is written down later is not known meanwhile.
    let as_it_goes = |told: &&Told| told.dirt == Dirt::Live;
    let meanwhile = month.iter().filter(as_it_goes).flat_map(|told| {
        let repeats = &repeats;
        told.history.entries().iter().flat_map(move |entry| {
            let now = entry.known_at(KnownBy::Entered);
            let known = told.history.known(&Vantage { known_at: Some(now), ..Vantage::default() });
            let found = noise(&known, repeats, now);
            found.into_iter().map(|finding| (told.shape, told.dirt, finding))
        })
    });
    none(meanwhile);
}
