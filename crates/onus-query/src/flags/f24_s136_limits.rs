//! F24: what the law sets for holding a person under section 135 or 136.

use super::facts::{Facts, after_us, each, first_from, in_words};
use super::finding::is_too_long;
use super::word::word_at;
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::bodies::custody::PowerExercised;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::Span;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgeBand, ConsultationReason, Facet, Outcome, PlaceOfSafety, PowerSection, Tri};

pub(super) static RULE: Rule = Rule {
    code: Code(24),
    name: "S136_LIMITS",
    title: "Section 135 and 136: duties and limits",
    severities: &[Severity::Low, Severity::High, Severity::Critical],
    version: 2,
    says: "(1) Section 136 is recorded as used with no consultation of a health professional recorded and no reason why none was practicable (high); (2) a person under 18 was held at a police station (critical); (3) a person was held under section 135 or 136 for more than 24 hours from arrival, or from being kept where they were, beyond any extension recorded (critical). Where custody was another agency's when that limit ran out, the flag names it; if no end is recorded, the flag says so, and no more (low): what became of the person is in that agency's records.",
    entry: "PowerExercised",
    silent: "No consultation is no breach where the reason says that it was not practicable: urgency, nobody available, no contact. The time ends with the detention, a death, or when the person left; closing a log ends no detention. This rule looks at no other power: those of sections 4 and 5, which have limits of their own, are left alone.",
    basis: &[
        "Mental Health Act 1983 s.136(1C), s.136A, s.136B, as described by mills-reeve.com and rcpsych.ac.uk, November 2017, and advocacyfocus.org.uk",
    ],
    limits: &[],
    by_account: false,
    awaits: true,
    needs: &[Absence::part(Kind::DetentionEnded, "how long somebody was held is not looked at")],
    judge,
};

const DAY_US: i64 = 86_400_000_000;
const HOUR_US: i64 = 3_600_000_000;
const EXTENSION_HOURS_MAX: u32 = 12;

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut detention = None;
    for (power, body) in each!(facts, PowerExercised) {
        if !matches!(body.section, PowerSection::S136 | PowerSection::S135Warrant | PowerSection::S135Return)
        {
            continue;
        }
        let detention = detention.get_or_insert_with(|| Detention::of(facts));
        not_consulted(power, body, found);
        child_at_police_station(facts, detention, power, body, found);
        if !facts.never_carried().has(Kind::DetentionEnded) {
            held_too_long(facts, detention, power, body, found);
        }
    }
}

fn not_consulted(power: &Entry, body: &PowerExercised<Stored>, found: &mut Vec<Finding>) {
    let practicable = !matches!(
        body.consultation_reason,
        Some(
            ConsultationReason::NotPracticableUrgency
                | ConsultationReason::NobodyAvailable
                | ConsultationReason::NoContact
        )
    );
    if body.section == PowerSection::S136 && body.consultation != Tri::Yes && practicable {
        let title = match body.consultation_reason {
            None => "no consultation of a health professional recorded as made first, and no reason recorded"
                .to_owned(),
            Some(why) => format!(
                "no consultation of a health professional recorded as made first; reason stated: {}",
                why.as_str().replace('_', " ")
            ),
        };
        found.push(Finding::new(&RULE, Severity::High, power, title));
    }
}

fn child_at_police_station<'a>(
    facts: &Facts<'a>,
    detention: &Detention<'a>,
    power: &'a Entry,
    body: &PowerExercised<Stored>,
    found: &mut Vec<Finding>,
) {
    let age = body.age_band.or_else(|| facts.latest_triage(power).and_then(|triage| triage.age_band));
    let is_child = matches!(age, Some(AgeBand::Under11 | AgeBand::From11To17 | AgeBand::Under18));
    let station = first_from(&detention.at_stations, power.common.occurred_at);
    if let Some(arrival) = station.filter(|_| is_child) {
        let title =
            "a person recorded as under 18 is recorded as taken to a police station as a place of safety";
        found.push(Finding::new(&RULE, Severity::Critical, power, title).resting_on([arrival.seq()]));
    }
}

fn held_too_long<'a>(
    facts: &Facts<'a>,
    detention: &Detention<'a>,
    power: &'a Entry,
    body: &PowerExercised<Stored>,
    found: &mut Vec<Finding>,
) {
    let arrival = first_from(&detention.arrivals, power.common.occurred_at);
    let Some(start) = (if body.kept_at_place { Some(power) } else { arrival }) else { return };
    let from = start.common.occurred_at;
    let extended = detention.extended_hours(power.common.occurred_at, from.plus_us(DAY_US));
    let limit_us = DAY_US + i64::from(extended) * HOUR_US;
    let end = first_from(&detention.ends, from).filter(|end| end.common.occurred_at <= facts.now);
    let until = end.map_or(facts.now, |end| end.common.occurred_at);
    let due = from.plus_us(limit_us);
    let between: Vec<&Entry> = std::iter::once(start).chain(end).collect();
    if !is_too_long(after_us(until, due), &between) {
        return;
    }
    let (held, limit) = (in_words(after_us(until, from)), in_words(limit_us));
    let keeper = keeper(facts, power, due);
    let (severity, title) = match (end, &keeper) {
        (Some(_), None) => {
            (Severity::Critical, format!("detention recorded for {held}; the limit is {limit}"))
        }
        (Some(_), Some((keeper, _))) => (
            Severity::Critical,
            format!("detention recorded for {held}, at the end by {keeper}; the limit is {limit}"),
        ),
        (None, None) => (
            Severity::Critical,
            format!(
                "detention recorded for {held} and still so, as no end is recorded; the limit is {limit}"
            ),
        ),
        (None, Some((keeper, _))) => (
            Severity::Low,
            format!(
                "custody or detention recorded as passed to {keeper}; no end of the detention is recorded in this ledger"
            ),
        ),
    };
    let who = keeper.as_ref().map_or(&power.common.asserted_by, |(keeper, _)| keeper).clone();
    let others = end.map(Entry::seq).into_iter().chain(keeper.map(|(_, by)| by)).chain([start.seq()]);
    let finding = Finding::new(&RULE, severity, power, title).resting_on(others);
    found.push(finding.waiting(end.is_none(), (due, &who), || {
        format!("limit of the detention that began at {}: {limit}", from.london_beside(due))
    }));
}

/// Which agency, not the one that used the power, had custody at an instant, and by which entry: as is established, else
/// as the agency that used the power says.
fn keeper(facts: &Facts<'_>, power: &Entry, at: Timestamp) -> Option<(AgencyId, Seq)> {
    let user = &power.common.asserted_by;
    let another = |span: &Span| {
        let keeper = span.state.holders().iter().find(|holder| *holder != user)?;
        Some((keeper.clone(), span.by))
    };
    let established = facts.responsibility().established().span_at(Facet::Custody, at);
    let word = || word_at(facts, user, Facet::Custody, at).map(|(span, _)| span);
    established.and_then(another).or_else(|| word().and_then(another))
}

/// What bears on how long somebody is held, in world order.
struct Detention<'a> {
    arrivals: Vec<&'a Entry>,
    at_stations: Vec<&'a Entry>,
    ends: Vec<&'a Entry>,
    extensions: Vec<&'a Entry>,
    /// The hours of the first so many extensions, in all.
    hours: Vec<u64>,
}

impl<'a> Detention<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut detention = Self {
            arrivals: Vec::new(),
            at_stations: Vec::new(),
            ends: Vec::new(),
            extensions: Vec::new(),
            hours: vec![0],
        };
        for entry in facts.speaking().iter().copied() {
            match &entry.body {
                Some(Body::ArrivedAtPlaceOfSafety(body)) => {
                    detention.arrivals.push(entry);
                    if body.place == PlaceOfSafety::PoliceStation {
                        detention.at_stations.push(entry);
                    }
                }
                Some(Body::DetentionExtended(body)) => {
                    let before = detention.hours.last().copied().unwrap_or(0);
                    detention.extensions.push(entry);
                    detention.hours.push(before.saturating_add(u64::from(body.hours)));
                }
                Some(Body::OutcomeRecorded(body)) if body.outcome == Outcome::Death => {
                    detention.ends.push(entry);
                }
                Some(Body::DetentionEnded(_) | Body::PersonLeft(_)) => detention.ends.push(entry),
                _ => {}
            }
        }
        detention
    }

    /// By how many hours it was extended from one instant to another, both included; at most what may count.
    fn extended_hours(&self, from: Timestamp, to: Timestamp) -> u32 {
        let first = self.extensions.partition_point(|entry| entry.common.occurred_at < from);
        let after = self.extensions.partition_point(|entry| entry.common.occurred_at <= to).max(first);
        let upto = |count: usize| self.hours.get(count).copied().unwrap_or(0);
        let hours = upto(after).saturating_sub(upto(first));
        u32::try_from(hours).unwrap_or(EXTENSION_HOURS_MAX).min(EXTENSION_HOURS_MAX)
    }
}
