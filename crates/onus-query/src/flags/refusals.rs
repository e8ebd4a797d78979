//! Refusals of attendance, by whatever name: a decision not to attend, a declined handover of the response, a request
//! for help answered with a no, an incident closed by its owner without any decision.
//!
//! # Promises
//! * A declined handover leaves the response with its holder: while another than who declines holds it, nobody refused.
//! * A decision and an answer of one agency to one need are one refusal, and so are two accounts of one answer.
//! * They are in world order.

use super::accounts::was_anothers;
use super::facts::{Facts, each, entered, first_from, place};
use super::rule::Absence;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::sealed::Sealed;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Assistance, AssistanceAnswer, Attendance, Facet, Relation, Strand};
use std::collections::BTreeMap;

/// One refusal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal<'a> {
    /// The entry concerned: the decision, the answer or the closing.
    pub(super) entry: &'a Entry,
    /// Who refused. An answer written down by who had asked is that of who was asked.
    pub(super) agency: &'a AgencyId,
    /// In which way.
    pub(super) manner: Manner,
    /// Why, in words: a decision's rationale, the reason of an answer or of a closing.
    pub(super) words: Option<&'a Sealed>,
}

impl Refusal<'_> {
    /// Who did what, in words.
    pub(super) fn did(&self) -> String {
        format!("{} {}", self.agency, self.manner.did())
    }
}

/// In which way somebody refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// A decision that says no more than that nobody attends, or takes an earlier one back.
    Declined,
    /// A decision that points the caller to another service.
    Signposted,
    /// A decision that ends with advice.
    Advised,
    /// A decision that refers the call to another agency, or transfers it.
    Referred,
    /// A handover of the response was declined.
    HandoverDeclined,
    /// A request for help was answered with a no.
    RequestDeclined,
    /// The owner closed the incident with no decision about attending in the record.
    Closed,
}

impl Manner {
    fn of(outcome: Attendance) -> Option<Self> {
        match outcome {
            Attendance::NoDeploy | Attendance::ReversedToNoDeploy => Some(Self::Declined),
            Attendance::NoDeploySignpost => Some(Self::Signposted),
            Attendance::NoDeployAdvice => Some(Self::Advised),
            Attendance::NoDeployRefer | Attendance::NoDeployTransfer => Some(Self::Referred),
            Attendance::Deploy
            | Attendance::DeployJoint
            | Attendance::DeferPendingInfo
            | Attendance::DeferResources
            | Attendance::ReversedToDeploy => None,
        }
    }

    /// What was done, as a title begins.
    pub(super) const fn did(self) -> &'static str {
        match self {
            Self::Declined | Self::Signposted | Self::Advised | Self::Referred => "decided not to attend",
            Self::HandoverDeclined => "declined to take the response on",
            Self::RequestDeclined => "declined a request for help",
            Self::Closed => "closed without attending",
        }
    }

    /// Whether it is an answer to an offer or to a request.
    pub(super) const fn is_answer(self) -> bool {
        matches!(self, Self::HandoverDeclined | Self::RequestDeclined)
    }
}

/// The refusals of an incident, in world order.
pub(super) fn refusals<'a>(facts: &Facts<'a>) -> Vec<Refusal<'a>> {
    let mut found: Vec<Refusal<'a>> = facts.decisions().filter_map(decided).collect();
    found.extend(answers(facts));
    let owner = &facts.history.incident().owner;
    let has_refused = found.iter().any(|refusal| refusal.agency == owner);
    let decides = |entry: &Entry| entry.common.actor.agency == *owner || entry.common.asserted_by == *owner;
    if !has_refused && !facts.decisions().any(|(entry, _)| decides(entry)) {
        found.extend(closings(facts, owner));
    }
    found.sort_by_key(|refusal| place(refusal.entry));
    found
}

fn decided<'a>(
    (entry, decision): (
        &'a Entry,
        &'a onus_core::bodies::decision::AttendanceDecided<onus_core::stage::Stored>,
    ),
) -> Option<Refusal<'a>> {
    Some(Refusal {
        entry,
        agency: &entry.common.actor.agency,
        manner: Manner::of(decision.outcome)?,
        words: decision.rationale.as_deref(),
    })
}

/// Answers that refuse, each with what it answers where that is known, in world order.
fn answers<'a>(facts: &Facts<'a>) -> Vec<Refusal<'a>> {
    const ANSWERS: [Kind; 2] = [Kind::HandoverDeclined, Kind::AssistanceAnswered];
    if ANSWERS.iter().all(|kind| facts.of(*kind).next().is_none()) {
        return Vec::new();
    }
    let asked = Asked::of(facts);
    let mut by_need: BTreeMap<(&'a AgencyId, EventId), Refusal<'a>> = BTreeMap::new();
    let mut alone = Vec::new();
    for entry in facts.speaking().iter().copied() {
        let Some((refusal, ask)) = answered(facts, &asked, entry) else { continue };
        if asked.is_decided(facts, &refusal, ask) {
            continue;
        }
        let Some(ask) = ask else {
            alone.push(refusal);
            continue;
        };
        let known = by_need.entry((refusal.agency, ask.id())).or_insert(refusal);
        let is_own = |of: &Refusal<'_>| of.entry.common.asserted_by == *of.agency;
        if is_own(&refusal) && !is_own(known) {
            *known = refusal;
        }
    }
    alone.extend(by_need.into_values());
    alone
}

/// An entry as an answer that refuses, with the offer or the request that it answers.
fn answered<'a>(
    facts: &Facts<'a>,
    asked: &Asked<'a>,
    entry: &'a Entry,
) -> Option<(Refusal<'a>, Option<&'a Entry>)> {
    let actor = &entry.common.actor.agency;
    match entry.body.as_ref()? {
        Body::HandoverDeclined(body) => {
            let named = body.offer.and_then(|id| facts.history.entry(id));
            let offer = named.or_else(|| asked.last_offer(actor, entry));
            let offered = offer.and_then(|offer| match &offer.body {
                Some(Body::HandoverOffered(offered)) => Some(offered),
                _ => None,
            });
            let declined = if body.facets.is_empty() { &offered?.facets } else { &body.facets };
            let agency = match offered {
                Some(offered) if offered.from == *actor => &offered.to,
                _ => actor,
            };
            let words = body.reason_text.as_deref().or(body.conditions.as_deref());
            let refusal = Refusal { entry, agency, manner: Manner::HandoverDeclined, words };
            (declined.contains(&Facet::Response) && !is_anothers(facts, entry, agency))
                .then_some((refusal, offer))
        }
        Body::AssistanceAnswered(body) => {
            let asking = facts.history.entry(body.request)?;
            let Some(Body::AssistanceRequested(request)) = &asking.body else { return None };
            let refuses = matches!(body.answer, AssistanceAnswer::WillNot | AssistanceAnswer::NotOurs);
            let agency = if request.from == *actor { &request.to } else { actor };
            let words = body.reason_text.as_deref();
            let refusal = Refusal { entry, agency, manner: Manner::RequestDeclined, words };
            (refuses && asks_to_attend(request.what)).then_some((refusal, Some(asking)))
        }
        _ => None,
    }
}

/// Whether another agency than this one held the response when an entry's event happened.
fn is_anothers(facts: &Facts<'_>, entry: &Entry, agency: &AgencyId) -> bool {
    let state = facts.responsibility().established().at(Facet::Response, entry.common.occurred_at);
    state.holders().iter().any(|holder| holder != agency)
}

/// Whether help of a kind is somebody's coming.
pub(super) const fn asks_to_attend(what: Assistance) -> bool {
    matches!(
        what,
        Assistance::Attend | Assistance::ForceEntry | Assistance::WelfareCheck | Assistance::TakePrimacy
    )
}

/// Who was offered the response, and who decided what, each in world order.
struct Asked<'a> {
    offers: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    decisions: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
}

impl<'a> Asked<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut asked = Self { offers: BTreeMap::new(), decisions: BTreeMap::new() };
        for (entry, body) in each!(facts, HandoverOffered) {
            if body.facets.contains(&Facet::Response) {
                asked.offers.entry(&body.to).or_default().push(entry);
            }
        }
        for (entry, _) in facts.decisions() {
            asked.decisions.entry(&entry.common.actor.agency).or_default().push(entry);
        }
        asked
    }

    /// The last offer of the response to an agency before its answer.
    fn last_offer(&self, to: &AgencyId, answer: &Entry) -> Option<&'a Entry> {
        let offers = self.offers.get(to)?;
        let before = offers.partition_point(|offer| place(offer) < place(answer));
        offers.get(before.checked_sub(1)?).copied()
    }

    /// Whether the agency that answers had decided the same since it was asked, or decided it within the time in which
    /// people are told.
    fn is_decided(&self, facts: &Facts<'a>, answer: &Refusal<'a>, ask: Option<&Entry>) -> bool {
        let Some(decisions) = self.decisions.get(answer.agency) else { return false };
        let at = answer.entry.common.occurred_at;
        let soon_us = facts.limits(answer.entry, answer.agency).tell_us();
        let since = ask.map_or(at.plus_us(-soon_us), |ask| ask.common.occurred_at);
        let by_then = decisions.partition_point(|decision| decision.common.occurred_at <= at);
        let before = by_then.checked_sub(1).and_then(|last| decisions.get(last));
        let before = before.filter(|decision| decision.common.occurred_at >= since).copied();
        let after = || {
            first_from(decisions, at).filter(|decision| decision.common.occurred_at <= at.plus_us(soon_us))
        };
        before.or_else(after).is_some_and(|decision| match &decision.body {
            Some(Body::AttendanceDecided(body)) => body.outcome.is_no_deployment(),
            _ => false,
        })
    }
}

const NOT_A_REFUSAL: &str = "a closing without a decision is not taken for a refusal";
/// On the absence of a decision a closing is a refusal.
pub(super) const NO_DECISION: Absence = Absence::part(Kind::AttendanceDecided, NOT_A_REFUSAL);
/// And on that of an arrival.
pub(super) const NO_ARRIVAL: Absence = Absence::part(Kind::ResourceArrived, NOT_A_REFUSAL);

/// Closings by the owner, who decided nothing, of what nobody attended and nobody else held.
///
/// A batch may carry no decisions at all, and its silence is not that of the world: its closings are left alone, and
/// so are those of a source that never carries decisions or arrivals.
fn closings<'a>(facts: &Facts<'a>, owner: &AgencyId) -> Vec<Refusal<'a>> {
    let mut found = Vec::new();
    if facts.never_carried().has_any(&[NO_DECISION.kind, NO_ARRIVAL.kind]) || is_no_call(facts) {
        return found;
    }
    let mut open = true;
    for entry in facts.speaking().iter().copied() {
        match &entry.body {
            Some(Body::IncidentReopened(_)) => open = true,
            Some(Body::IncidentClosed(body)) => {
                let was_open = std::mem::replace(&mut open, false);
                if was_open && entry.common.asserted_by == *owner && is_unattended(facts, entry) {
                    let (manner, words) = (Manner::Closed, body.reason_text.as_deref());
                    found.push(Refusal { entry, agency: &entry.common.asserted_by, manner, words });
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether the incident is a duplicate or a test.
fn is_no_call(facts: &Facts<'_>) -> bool {
    const NO_CALL: [&str; 2] = ["duplicate", "test"];
    let says_so = |code: &onus_core::code::Code| NO_CALL.contains(&code.as_str());
    each!(facts, IncidentLinked).any(|(_, link)| link.relation == Relation::Duplicate)
        || each!(facts, IncidentOpened).any(|(_, opened)| says_so(&opened.opening_code))
        || each!(facts, IncidentClosed)
            .any(|(_, closed)| says_so(&closed.closing_code) || closed.qualifiers.iter().any(says_so))
}

fn is_unattended(facts: &Facts<'_>, closing: &Entry) -> bool {
    let at: Timestamp = closing.common.occurred_at;
    entered(closing).is_some()
        && !facts.arrivals().any_by(at)
        && facts.latest_triage(closing).is_none_or(|triage| triage.strand != Strand::OutOfScope)
        && !was_anothers(facts.responsibility().established(), closing)
}
