//! F08: a decision of which the caller was not told, or was not told who comes instead.

use super::facts::{Facts, after_us, first_from, in_words, is_reversal, place};
use super::finding::is_too_long;
use super::refusals::asks_to_attend;
use super::tellings::{CallersOf, Telling, Word, answered, callers, tellings};
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::bodies::decision::AttendanceDecided;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Facet, Informed, Told};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(8),
    name: "CALLER_NOT_TOLD",
    title: "Decision: no telling of the caller recorded",
    severities: &[Severity::Low, Severity::High],
    version: 2,
    says: "A decision about attending that is not a reversal, and no record that the caller was informed within the limit (10 minutes unless a policy says otherwise) (high); or the caller was told that police will not attend, and is not recorded as told who comes, although another agency had been asked to (low).",
    entry: "the decision",
    silent: "Reversals are F07's; putting off a response after the caller was told that help would come is F33's. Every agency has its own caller; one that received no contact itself is content if another agency informs the caller. A caller that is an agency is told by telling that agency, or by answering its request or its offer.",
    basis: &[
        "IOPC, recommendation to the College of Policing, February 2023: the caller understands whether police will attend (policeconduct.gov.uk, node 4199)",
    ],
    limits: &[],
    by_account: false,
    awaits: true,
    needs: &[Absence::whole(Kind::CallerInformed)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if facts.decisions().next().is_none() {
        return;
    }
    let told = Informings::of(facts);
    for (entry, decision) in facts.decisions().filter(|(_, decision)| !is_reversal(decision.outcome)) {
        if is_deferral(decision.outcome) && told.had_promised_help(entry) {
            continue;
        }
        let limits = facts.limits_of_actor(entry);
        let (at, limit_us) = (entry.common.occurred_at, limits.tell_us());
        let first = told.first_of(entry);
        let is_in_time = first.is_some_and(|first| {
            !is_too_long(after_us(first.common.occurred_at, at).saturating_sub(limit_us), &[entry, first])
        });
        if !is_in_time && !is_too_long(after_us(facts.now, at).saturating_sub(limit_us), &[entry]) {
            continue;
        }
        let (severity, title, other) = match first {
            None => {
                let limit = in_words(limit_us);
                let title = format!("no record within {limit} that the caller was told of the decision");
                (Severity::High, title, None)
            }
            Some(first) if !is_in_time => {
                let after = in_words(after_us(first.common.occurred_at, at));
                let limit = in_words(limit_us);
                let title =
                    format!("the caller was told of the decision {after} after it; the limit is {limit}");
                (Severity::High, title, None)
            }
            Some(first) => {
                let Some((agency, asking)) = told.is_left_unnamed(facts, entry, decision, first, limit_us)
                else {
                    continue;
                };
                let own = &entry.common.asserted_by;
                let title = format!(
                    "the caller was told that {own} will not attend; no record that the caller was told that {agency} had been asked to"
                );
                (Severity::Low, title, asking)
            }
        };
        let others = first.into_iter().chain(other).map(Entry::seq);
        let finding = Finding::new(&RULE, severity, entry, title).resting_on(others).under(limits.policy());
        let by = (at.plus_us(limit_us), &entry.common.asserted_by);
        found.push(finding.waiting(first.is_none(), by, || {
            format!("tell the caller what was decided at {}", at.london_beside(by.0))
        }));
    }
}

/// A decision that puts the response off.
pub(super) const fn is_deferral(outcome: Attendance) -> bool {
    matches!(outcome, Attendance::DeferPendingInfo | Attendance::DeferResources)
}

/// What callers were told, and who was asked to come, each in world order.
struct Informings<'a> {
    callers: BTreeMap<&'a AgencyId, CallersOf<'a>>,
    all: Vec<&'a Entry>,
    by_agency: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    by_decision: BTreeMap<EventId, Vec<&'a Entry>>,
    /// What named who comes, by who said so.
    naming: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    /// Whom an agency asked to come.
    asked: BTreeMap<&'a AgencyId, Vec<(&'a Entry, &'a AgencyId)>>,
    /// What an agency told its callers of attending.
    words: BTreeMap<&'a AgencyId, Vec<Telling<'a>>>,
}

impl<'a> Informings<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut informed = Self {
            callers: callers(facts),
            all: Vec::new(),
            by_agency: BTreeMap::new(),
            by_decision: BTreeMap::new(),
            naming: BTreeMap::new(),
            asked: BTreeMap::new(),
            words: tellings(facts),
        };
        for told in informed.words.values_mut() {
            told.retain(|telling| telling.reaches_caller && telling.word != Word::Other);
        }
        for entry in facts.speaking().iter().copied() {
            let own = &entry.common.asserted_by;
            if let Some(Body::CallerInformed(body)) = &entry.body {
                informed.all.push(entry);
                informed.by_agency.entry(own).or_default().push(entry);
                if let Some(decision) = body.decision_event {
                    informed.by_decision.entry(decision).or_default().push(entry);
                }
                if body.agency.is_some() {
                    informed.naming.entry(own).or_default().push(entry);
                }
            }
            if let Some((by, caller)) = informs_an_agency(facts, entry)
                && informed
                    .callers
                    .get(by)
                    .is_some_and(|of| of.is_told_by_telling(caller, entry.common.occurred_at))
            {
                informed.by_agency.entry(by).or_default().push(entry);
            }
            if let Some((by, asked)) = asks(entry) {
                informed.asked.entry(by).or_default().push((entry, asked));
            }
        }
        informed
    }

    /// When the caller first heard, from the decision on.
    fn first_of(&self, decision: &Entry) -> Option<&'a Entry> {
        let (agency, at) = (&decision.common.asserted_by, decision.common.occurred_at);
        if !self.callers.contains_key(agency) {
            return first_from(&self.all, at);
        }
        let by_itself = self.by_agency.get(agency).and_then(|told| first_from(told, at));
        let of_this = self.by_decision.get(&decision.id()).and_then(|told| first_from(told, at));
        [by_itself, of_this].into_iter().flatten().min_by_key(|told| place(told))
    }

    /// Whether the caller had last been told that help would come.
    fn had_promised_help(&self, decision: &Entry) -> bool {
        let Some(words) = self.words.get(&decision.common.asserted_by) else { return false };
        let before = words.partition_point(|telling| place(telling.entry) < place(decision));
        let last = before.checked_sub(1).and_then(|last| words.get(last));
        last.is_some_and(|last| matches!(last.word, Word::Attending | Word::Later))
    }

    /// Who had been asked to come when the caller was told that nobody attends, if the caller was not told that.
    fn is_left_unnamed(
        &self,
        facts: &Facts<'a>,
        entry: &'a Entry,
        decision: &'a AttendanceDecided<Stored>,
        told: &Entry,
        limit_us: i64,
    ) -> Option<(&'a AgencyId, Option<&'a Entry>)> {
        let (own, at) = (&entry.common.asserted_by, entry.common.occurred_at);
        let is_refusal =
            matches!(&told.body, Some(Body::CallerInformed(body)) if body.informed == Informed::NotAttending);
        if !is_refusal || !decision.outcome.is_no_deployment() || !facts.is_past(at, limit_us) {
            return None;
        }
        let named = self.naming.get(own).and_then(|naming| first_from(naming, at));
        if named.is_some_and(|named| named.common.occurred_at <= at.plus_us(limit_us)) {
            return None;
        }
        let refers = matches!(decision.outcome, Attendance::NoDeployRefer | Attendance::NoDeployTransfer);
        let by_then = |asking: &Entry, by: Timestamp| asking.common.occurred_at <= by;
        let asked = self.asked.get(own).and_then(|asked| asked.first());
        asked
            .filter(|(asking, _)| by_then(asking, told.common.occurred_at))
            .map(|(asking, agency)| (*agency, Some(*asking)))
            .or_else(|| decision.to.as_ref().filter(|_| refers).map(|agency| (agency, None)))
    }
}

/// Who tells or answers which agency.
fn informs_an_agency<'a>(facts: &Facts<'a>, entry: &'a Entry) -> Option<(&'a AgencyId, &'a AgencyId)> {
    let offer = match entry.body.as_ref()? {
        Body::AgencyNotified(body) => return Some((&entry.common.asserted_by, &body.agency)),
        Body::AssistanceAnswered(_) => {
            return answered(facts, entry).map(|(request, _)| (&request.to, &request.from));
        }
        Body::HandoverDeclined(body) => body.offer?,
        Body::HandoverAccepted(body) => body.offer?,
        _ => return None,
    };
    match &facts.history.entry(offer)?.body {
        Some(Body::HandoverOffered(offer)) => Some((&offer.to, &offer.from)),
        _ => None,
    }
}

/// Who asks which other agency to come.
fn asks(entry: &Entry) -> Option<(&AgencyId, &AgencyId)> {
    let (by, asked) = match entry.body.as_ref()? {
        Body::AgencyNotified(body) if body.told == Told::Referral => {
            (&entry.common.asserted_by, &body.agency)
        }
        Body::AssistanceRequested(body) if asks_to_attend(body.what) => (&body.from, &body.to),
        Body::HandoverOffered(body) if body.facets.contains(&Facet::Response) => (&body.from, &body.to),
        _ => return None,
    };
    (by != asked).then_some((by, asked))
}
