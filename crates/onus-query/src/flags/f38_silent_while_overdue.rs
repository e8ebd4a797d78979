//! F38: while something was overdue, the log fell silent.

use super::accounts::holders_between;
use super::facts::{Facts, after_us, entered, in_words};
use super::finding::is_too_long;
use super::running::Running;
use super::{
    Code, Finding, Rule, Severity, f05_no_onward_owner, f18_reassessment_overdue, f27_response_overdue,
};
use crate::policy::RuleLimit;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use std::collections::BTreeSet;

const SILENT: RuleLimit = RuleLimit::named("silent_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(38),
    name: "SILENT_WHILE_OVERDUE",
    title: "No entry while overdue",
    severities: &[Severity::Medium],
    version: 1,
    says: "While nobody held the response too long (F05), an assessment was overdue (F18) or a unit was (F27), longer than the limit passed without any entry of the agency that owns the incident or of one that held the response. One flag for each unbroken time in which any of these ran.",
    entry: "the last entry of these agencies before the silence; where there is none, what began the time",
    silent: "A batch without entry times is left alone: its source may carry no more. What others recorded breaks no silence.",
    basis: &[
        "IOPC, Sussex Police, recommendation on a GP's request for a welfare check (recommendations, node 3821): the log holds very little while the check was overdue",
        "the number of minutes is this project's own choice",
    ],
    limits: &[SILENT],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let overdue = overdue(facts);
    if overdue.is_empty() {
        return;
    }
    let owner = &facts.history.incident().owner;
    for one in overdue.iter().filter(|(running, _)| entered(running.began).is_some()) {
        let running = &one.0;
        let established = facts.responsibility().established();
        let holders = holders_between(established.spans(Facet::Response), running.due, running.until);
        let whose: BTreeSet<&AgencyId> = holders.into_iter().chain([owner]).collect();
        found.extend(silence(facts, one, &whose));
    }
}

/// The times in which anything was overdue, in order, apart from each other; each with what was first overdue in it.
fn overdue<'a>(facts: &Facts<'a>) -> Vec<(Running<'a>, &'static str)> {
    let established = || facts.responsibility().established();
    let mut found = Vec::new();
    if facts.carries_needs_of(&f05_no_onward_owner::RULE) {
        found.extend(each_as(f05_no_onward_owner::running(facts, established()), "a holder of the response"));
    }
    if facts.carries_needs_of(&f18_reassessment_overdue::RULE) {
        found.extend(each_as(f18_reassessment_overdue::running(facts, established()), "an assessment"));
    }
    if facts.carries_needs_of(&f27_response_overdue::RULE) {
        found.extend(each_as(f27_response_overdue::running(facts, established()), "a unit at scene"));
    }
    found.sort_by_key(|(running, _)| (running.due, running.began.seq()));
    let mut apart: Vec<(Running<'a>, &'static str)> = Vec::new();
    for (running, what) in found {
        match apart.last_mut() {
            Some((last, _)) if running.due <= last.until => last.until = last.until.max(running.until),
            _ => apart.push((running, what)),
        }
    }
    apart
}

fn each_as<'a>(
    running: Vec<Running<'a>>,
    what: &'static str,
) -> impl Iterator<Item = (Running<'a>, &'static str)> {
    running.into_iter().map(move |running| (running, what))
}

/// The first time, within one in which something was overdue, that was silent for too long.
fn silence<'a>(
    facts: &Facts<'a>,
    (running, what): &(Running<'a>, &'static str),
    whose: &BTreeSet<&AgencyId>,
) -> Option<Finding> {
    let speaking = facts.speaking();
    let before = speaking.partition_point(|entry| entry.common.occurred_at <= running.due);
    let is_whose = |entry: &&&'a Entry| whose.contains(&entry.common.asserted_by);
    let (earlier, later) = speaking.split_at(before);
    let mut last: Option<&'a Entry> = earlier.iter().rev().find(is_whose).copied();
    let heard = later.iter().take_while(|entry| entry.common.occurred_at < running.until).filter(is_whose);
    for next in heard.copied().map(Some).chain([None]) {
        let until = next.map_or(running.until, |next| next.common.occurred_at);
        let began = last.unwrap_or(running.began);
        let from = began.common.occurred_at.max(running.due);
        let limits = facts.limits_of_actor(began);
        let between: Vec<&Entry> = next.into_iter().chain([began]).collect();
        if is_too_long(after_us(until, from).saturating_sub(limits.rule_us(SILENT)), &between) {
            return Some(finding(facts, began, (from, until), next, (what, whose)).under(limits.policy()));
        }
        last = next.or(last);
    }
    None
}

fn finding(
    facts: &Facts<'_>,
    began: &Entry,
    (from, until): (Timestamp, Timestamp),
    next: Option<&Entry>,
    (what, whose): (&str, &BTreeSet<&AgencyId>),
) -> Finding {
    let whose: Vec<String> = whose.iter().map(ToString::to_string).collect();
    let whose = whose.join(" or ");
    let since = began.common.occurred_at;
    let span = in_words(after_us(until, since));
    let overdue_from = from.london_beside(since);
    let died = facts.death_within(since, until);
    let title = if until == facts.now {
        format!(
            "no entry by {whose} after this for {span} and still so; overdue from {overdue_from}: {what}{died}"
        )
    } else {
        let (since, until) = (since.london_beside(since), until.london_beside(since));
        format!(
            "no entry by {whose} from {since} to {until} ({span}); overdue from {overdue_from}: {what}{died}"
        )
    };
    Finding::new(&RULE, Severity::Medium, began, title).resting_on(next.map(Entry::seq))
}
