//! A dispute laid out: the span and facet in question, what both sides say, what only one does, what became known
//! when, what each cites, which rungs were climbed. It takes no side: a determination is one more entry.

mod in_force;

pub use in_force::PolicyOfParty;

use onus_core::history::{Entry, History, KnownBy, Vantage};
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::Body;
use onus_core::model::PolicyRef;
use onus_core::responsibility::{Account, Responsibility, State};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{EscalationLevel, EscalationOutcome, Facet};
use std::collections::{BTreeMap, BTreeSet};

/// A span of a facet that is in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DisputedSpan {
    /// Which facet.
    pub facet: Facet,
    /// From this instant on.
    pub from: Timestamp,
    /// Up to this instant; still open if `None`.
    pub to: Option<Timestamp>,
}

/// What there is to say about a question. Entries are named by their place in the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispute {
    /// What is in question.
    pub question: DisputedSpan,
    /// Who contradicts whom, who opened a dispute, stated a position, or held the facet then; in the order of ids.
    pub parties: Vec<AgencyId>,
    /// How the facet stood in the established account, from the start of the span to its end.
    pub established: Vec<Stood>,
    /// The same in each party's own account.
    pub accounts: Vec<(AgencyId, Vec<Stood>)>,
    /// Entries that opened a dispute about it.
    pub opened: Vec<Seq>,
    /// Positions stated, in the order of time.
    pub positions: Vec<Position>,
    /// What more than one party asserts.
    pub agreed: Vec<Fact>,
    /// What one party asserts and no other does.
    pub one_sided: Vec<Fact>,
    /// When each fact became known, in that order.
    pub knowledge: Vec<BecameKnown>,
    /// Policies and agreements that the parties' entries cite.
    pub cited: Vec<PolicyRef>,
    /// The rungs that were climbed.
    pub ladder: Vec<Rung>,
    /// Determinations. They annotate; nothing is rewritten.
    pub determined: Vec<Seq>,
}

/// How a facet stood from an instant on, until the next of these or the end of the span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stood {
    /// From this instant on; the first one's is the start of the span.
    pub from: Timestamp,
    /// How.
    pub state: State,
}

/// What one party claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The entry.
    pub entry: Seq,
    /// Whose.
    pub agency: AgencyId,
    /// Who held it, in its account; `None` means nobody.
    pub holder: Option<AgencyId>,
    /// The entries that it cites and that stand in this incident.
    pub cites: Vec<Seq>,
    /// How many more it cites that do not.
    pub cites_elsewhere: usize,
}

/// One thing that was asserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The entry that asserts it.
    pub entry: Seq,
    /// Whose assertion it is.
    pub by: AgencyId,
    /// When it happened.
    pub at: Timestamp,
    /// Who else asserts the same, answers it, or relies on it.
    pub also: Vec<AgencyId>,
    /// Which entries contradict it.
    pub contradicted_by: Vec<Seq>,
}

/// Something became known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BecameKnown {
    /// When.
    pub at: Timestamp,
    /// The entry.
    pub entry: Seq,
    /// Who knew it then: whose statement it is.
    pub by: AgencyId,
    /// To whom it was addressed, so far as it says.
    pub addressed: Option<AgencyId>,
    /// How the facet stood at the start of the span, in the established account, on what was known then.
    pub stood: State,
}

/// One rung of the escalation ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The entry that raised it.
    pub entry: Seq,
    /// To which rung.
    pub level: EscalationLevel,
    /// By whom.
    pub by: AgencyId,
    /// When.
    pub raised: Timestamp,
    /// Minutes allowed, where the entry states them, or the policy in force then does.
    pub target_minutes: Option<u32>,
    /// When and how it was answered.
    pub answered: Option<(Timestamp, EscalationOutcome, Seq)>,
}

impl Rung {
    /// When an answer was due, where a target is stated.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        self.target_minutes.map(|minutes| self.raised.plus_us(i64::from(minutes) * 60_000_000))
    }
}

/// The questions that stand in dispute, and those on which accounts contradict each other; by facet and time.
#[must_use]
pub fn questions(history: &History, vantage: &Vantage, held: &Responsibility) -> Vec<DisputedSpan> {
    let opened = history.speaking_at(vantage).into_iter().filter_map(|entry| match &entry.body {
        Some(Body::DisputeOpened(b)) => {
            Some(DisputedSpan { facet: b.facet, from: b.interval.from, to: b.interval.to })
        }
        _ => None,
    });
    let contested = held.contested().iter().filter(|span| span.contradicted).map(|span| DisputedSpan {
        facet: span.facet,
        from: span.from,
        to: span.to,
    });
    let doubly = held.doubly_owned().iter().map(|span| DisputedSpan {
        facet: span.facet,
        from: span.from,
        to: span.to,
    });
    opened.chain(contested).chain(doubly).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Lays one question out. `refold` folds the history as seen from another vantage.
pub fn dispute(
    history: &History,
    vantage: &Vantage,
    held: &Responsibility,
    question: DisputedSpan,
    refold: &dyn Fn(&Vantage) -> Responsibility,
) -> Dispute {
    let speaking = history.speaking_at(vantage);
    let about = Matter { history, speaking: &speaking, question };
    let parties = about.parties(held);
    let beside = Beside::of(&speaking, held);
    let facts: Vec<Fact> = speaking
        .iter()
        .filter(|entry| about.is_fact(entry) && parties.contains(&entry.common.asserted_by))
        .map(|entry| fact(entry, &parties, &beside))
        .collect();
    let (agreed, one_sided): (Vec<Fact>, Vec<Fact>) =
        facts.into_iter().partition(|fact| !fact.also.is_empty());
    let seqs = |wanted: &dyn Fn(&Entry) -> bool| {
        speaking.iter().filter(|entry| wanted(entry)).map(|entry| entry.seq()).collect()
    };
    Dispute {
        question,
        established: stood(held.established(), question),
        accounts: parties
            .iter()
            .map(|agency| (agency.clone(), stood(held.account_of(agency), question)))
            .collect(),
        opened: seqs(
            &|entry| matches!(&entry.body, Some(Body::DisputeOpened(b)) if about.meets(b.facet, b.interval.from, b.interval.to)),
        ),
        positions: about.positions(),
        knowledge: about.knowledge(agreed.iter().chain(&one_sided), vantage.known_by, refold),
        cited: about.cited(&parties),
        ladder: about.ladder(),
        determined: seqs(
            &|entry| matches!(&entry.body, Some(Body::DisputeDetermined(b)) if about.meets(b.facet, b.interval.from, b.interval.to)),
        ),
        agreed,
        one_sided,
        parties,
    }
}

/// An account's answer over the whole span, cut wherever it changes.
fn stood(account: &Account, question: DisputedSpan) -> Vec<Stood> {
    let DisputedSpan { facet, from, to } = question;
    let mut stood = vec![Stood { from, state: account.at(facet, from) }];
    let within = |at: Timestamp| from < at && to.is_none_or(|to| at < to);
    for span in account.spans(facet).iter().filter(|span| within(span.from)) {
        if stood.last().is_some_and(|before| before.state != span.state) {
            stood.push(Stood { from: span.from, state: span.state.clone() });
        }
    }
    stood
}

struct Matter<'a> {
    history: &'a History,
    speaking: &'a [&'a Entry],
    question: DisputedSpan,
}

impl Matter<'_> {
    fn meets(&self, facet: Facet, from: Timestamp, to: Option<Timestamp>) -> bool {
        let before = |a: Timestamp, b: Option<Timestamp>| b.is_none_or(|b| a < b);
        facet == self.question.facet && before(from, self.question.to) && before(self.question.from, to)
    }

    fn parties(&self, held: &Responsibility) -> Vec<AgencyId> {
        let mut parties: BTreeSet<AgencyId> = held
            .contested()
            .iter()
            .filter(|span| self.meets(span.facet, span.from, span.to))
            .flat_map(|span| span.accounts.iter().map(|(agency, _)| agency.clone()))
            .collect();
        let established = stood(held.established(), self.question);
        parties.extend(established.iter().flat_map(|stood| stood.state.holders()).cloned());
        for entry in self.speaking {
            match &entry.body {
                Some(Body::DisputeOpened(b)) if self.meets(b.facet, b.interval.from, b.interval.to) => {
                    parties.insert(entry.common.asserted_by.clone());
                }
                Some(Body::PositionStated(b)) if self.meets(b.facet, b.interval.from, b.interval.to) => {
                    parties.insert(entry.common.asserted_by.clone());
                    parties.extend(b.holder.clone());
                }
                _ => {}
            }
        }
        parties.into_iter().collect()
    }

    /// Whether an entry is about the facet, and happened before the span was over.
    fn is_fact(&self, entry: &Entry) -> bool {
        self.question.to.is_none_or(|to| entry.common.occurred_at <= to)
            && concerns(self.history, entry).contains(&self.question.facet)
    }

    fn positions(&self) -> Vec<Position> {
        let position = |entry: &&Entry| match &entry.body {
            Some(Body::PositionStated(b)) if self.meets(b.facet, b.interval.from, b.interval.to) => {
                let cites: Vec<Seq> =
                    b.evidence.iter().filter_map(|id| self.history.entry(*id)).map(Entry::seq).collect();
                Some(Position {
                    entry: entry.seq(),
                    agency: entry.common.asserted_by.clone(),
                    holder: b.holder.clone(),
                    cites_elsewhere: b.evidence.len() - cites.len(),
                    cites,
                })
            }
            _ => None,
        };
        self.speaking.iter().filter_map(position).collect()
    }

    fn knowledge<'f>(
        &self,
        facts: impl Iterator<Item = &'f Fact>,
        known_by: KnownBy,
        refold: &dyn Fn(&Vantage) -> Responsibility,
    ) -> Vec<BecameKnown> {
        let mut known: Vec<BecameKnown> = facts
            .filter_map(|fact| self.history.entry_at(fact.entry))
            .map(|entry| {
                let at = entry.known_at(known_by);
                let then = refold(&Vantage { as_at: None, known_at: Some(at), known_by });
                BecameKnown {
                    at,
                    entry: entry.seq(),
                    by: entry.common.asserted_by.clone(),
                    addressed: addressed(self.history, entry),
                    stood: then.established().at(self.question.facet, self.question.from),
                }
            })
            .collect();
        known.sort_by_key(|known| (known.at, known.entry));
        known
    }

    fn cited(&self, parties: &[AgencyId]) -> Vec<PolicyRef> {
        let mut seen = BTreeSet::new();
        self.speaking
            .iter()
            .filter(|entry| parties.contains(&entry.common.asserted_by))
            .filter_map(|entry| entry.common.policy.clone())
            .filter(|cited| seen.insert((cited.policy.to_string(), cited.version.to_string())))
            .collect()
    }

    fn ladder(&self) -> Vec<Rung> {
        let mut answers: BTreeMap<EventId, (Timestamp, EscalationOutcome, Seq)> = BTreeMap::new();
        for entry in self.speaking {
            if let Some(Body::EscalationResolved(answer)) = &entry.body
                && let Some(escalation) = answer.escalation
            {
                let answered = (entry.common.occurred_at, answer.outcome, entry.seq());
                answers.entry(escalation).or_insert(answered);
            }
        }
        let rung = |entry: &&Entry| match &entry.body {
            Some(Body::EscalationRaised(b)) => Some(Rung {
                entry: entry.seq(),
                level: b.level,
                by: b.raised_by_agency.clone(),
                raised: entry.common.occurred_at,
                target_minutes: b.target_minutes,
                answered: answers.get(&entry.id()).copied(),
            }),
            _ => None,
        };
        self.speaking.iter().filter_map(rung).collect()
    }
}

/// What stands beside a fact: entries of the same kind, those that name it, those that contradict it.
struct Beside<'a> {
    /// In the order of time.
    by_kind: BTreeMap<u16, Vec<&'a Entry>>,
    named_by: BTreeMap<EventId, Vec<&'a Entry>>,
    contradicted_by: BTreeMap<Seq, Vec<Seq>>,
    /// The greatest uncertainty of any entry, in seconds.
    uncertain_s: u32,
}

impl<'a> Beside<'a> {
    fn of(speaking: &[&'a Entry], held: &Responsibility) -> Self {
        let mut beside = Self {
            by_kind: BTreeMap::new(),
            named_by: BTreeMap::new(),
            contradicted_by: BTreeMap::new(),
            uncertain_s: speaking.iter().map(|entry| entry.common.uncertainty_s).max().unwrap_or(0),
        };
        for entry in speaking.iter().copied() {
            beside.by_kind.entry(entry.head.kind).or_default().push(entry);
            for named in names(entry) {
                beside.named_by.entry(named).or_default().push(entry);
            }
        }
        for contradiction in held.contradictions() {
            beside.contradicted_by.entry(contradiction.statement).or_default().push(contradiction.against);
        }
        beside
    }

    /// Entries that say the same as one, or name it.
    fn agreeing<'b>(&'b self, entry: &'b Entry) -> impl Iterator<Item = &'a Entry> + 'b {
        const SECOND_US: i64 = 1_000_000;
        let apart_us = (i64::from(self.uncertain_s) + i64::from(entry.common.uncertainty_s)) * SECOND_US;
        let (from, to) =
            (entry.common.occurred_at.plus_us(-apart_us), entry.common.occurred_at.plus_us(apart_us));
        let of_kind = self.by_kind.get(&entry.head.kind).map_or(&[][..], Vec::as_slice);
        let first = of_kind.partition_point(|other| other.common.occurred_at < from);
        let same = of_kind
            .iter()
            .skip(first)
            .take_while(move |other| other.common.occurred_at <= to)
            .filter(|other| same_fact(entry, other));
        let named_by = self.named_by.get(&entry.id()).map_or(&[][..], Vec::as_slice);
        same.chain(named_by).copied()
    }
}

fn fact(entry: &Entry, parties: &[AgencyId], beside: &Beside<'_>) -> Fact {
    let contradicted_by = beside.contradicted_by.get(&entry.seq()).cloned().unwrap_or_default();
    let relies = |other: &&Entry| {
        other.common.asserted_by != entry.common.asserted_by
            && parties.contains(&other.common.asserted_by)
            && !contradicted_by.contains(&other.seq())
    };
    let also: BTreeSet<&AgencyId> =
        beside.agreeing(entry).filter(relies).map(|other| &other.common.asserted_by).collect();
    Fact {
        entry: entry.seq(),
        by: entry.common.asserted_by.clone(),
        at: entry.common.occurred_at,
        also: also.into_iter().cloned().collect(),
        contradicted_by,
    }
}

/// Two entries of the same kind that say the same of the same time.
fn same_fact(one: &Entry, other: &Entry) -> bool {
    let apart_us = one.common.occurred_at.as_us().abs_diff(other.common.occurred_at.as_us());
    let uncertain_s = u64::from(one.common.uncertainty_s) + u64::from(other.common.uncertainty_s);
    one.head.kind == other.head.kind
        && one.common.corrects == other.common.corrects
        && apart_us <= uncertain_s * 1_000_000
        && match (&one.body, &other.body) {
            (Some(Body::HandoverAccepted(a)), Some(Body::HandoverAccepted(b))) => a.offer == b.offer,
            (Some(Body::HandoverDeclined(a)), Some(Body::HandoverDeclined(b))) => a.offer == b.offer,
            (a, b) => a == b,
        }
}

/// The entries that an entry answers, relies on or cites.
fn names(entry: &Entry) -> Vec<EventId> {
    let mut named = entry.common.causes.clone();
    match &entry.body {
        Some(Body::HandoverAccepted(b)) => named.extend(b.offer),
        Some(Body::HandoverDeclined(b)) => named.extend(b.offer),
        Some(Body::HandoverWithdrawn(b)) => named.extend(b.offer),
        Some(Body::HandoverLapsed(b)) => named.extend(b.offer),
        Some(Body::AgencyAcknowledged(b)) => named.extend(b.notified_event),
        Some(Body::AttendanceDecided(b)) => named.extend(b.considered.iter().copied()),
        Some(Body::CallerInformed(b)) => named.extend(b.decision_event),
        Some(Body::PositionStated(b)) => named.extend(b.evidence.iter().copied()),
        _ => {}
    }
    named
}

/// To whom an entry says that it was said.
fn addressed(history: &History, entry: &Entry) -> Option<AgencyId> {
    let offering = |offer: Option<EventId>| match &history.entry(offer?)?.body {
        Some(Body::HandoverOffered(offer)) => Some(offer.from.clone()),
        _ => None,
    };
    let other = |agency: AgencyId| Some(agency).filter(|agency| *agency != entry.common.asserted_by);
    match entry.body.as_ref()? {
        Body::AgencyNotified(b) => other(b.agency.clone()),
        Body::HandoverOffered(b) => other(b.to.clone()),
        Body::HandoverAccepted(b) => offering(b.offer).and_then(other),
        Body::HandoverDeclined(b) => offering(b.offer).and_then(other),
        _ => None,
    }
}

/// The facets that an entry is about.
fn concerns(history: &History, entry: &Entry) -> Vec<Facet> {
    use Facet::{Care, Contact, Conveyance, Custody, FollowUp, Response};
    let answered = |offer: Option<EventId>, facets: &[Facet]| match offer.and_then(|id| history.entry(id)) {
        Some(Entry { body: Some(Body::HandoverOffered(offer)), .. }) if facets.is_empty() => {
            offer.facets.clone()
        }
        _ => facets.to_vec(),
    };
    let Some(body) = &entry.body else { return Vec::new() };
    match body {
        Body::ContactReceived(_) | Body::CallerInformed(_) | Body::CallBackAttempted(_) => vec![Contact],
        Body::IncidentOpened(_)
        | Body::TriageAssessed(_)
        | Body::TriageReassessed(_)
        | Body::AttendanceDecided(_)
        | Body::DecisionReviewed(_)
        | Body::AgencyNotified(_)
        | Body::AgencyAcknowledged(_)
        | Body::AssistanceRequested(_)
        | Body::AssistanceAnswered(_)
        | Body::CallerSignposted(_)
        | Body::ResourceDispatched(_)
        | Body::ResourceArrived(_)
        | Body::ResourceStoodDown(_) => vec![Response],
        Body::ResponsibilityAssumed(b) => vec![b.facet],
        Body::ResponsibilityDischarged(b) => vec![b.facet],
        Body::HandoverOffered(b) => b.facets.clone(),
        Body::HandoverAccepted(b) => answered(b.offer, &b.facets),
        Body::HandoverDeclined(b) => answered(b.offer, &b.facets),
        Body::HandoverWithdrawn(b) => answered(b.offer, &b.facets),
        Body::HandoverLapsed(b) => answered(b.offer, &b.facets),
        Body::PowerExercised(_) => vec![Custody, Care],
        Body::DetentionExtended(_) | Body::DetentionEnded(_) => vec![Custody],
        Body::ConveyanceStarted(_) => vec![Conveyance],
        Body::ArrivedAtPlaceOfSafety(_) | Body::PersonLeft(_) => vec![Custody, Care, Conveyance],
        Body::OfficersReleased(_) => vec![Response, Custody, Care],
        Body::OutcomeRecorded(_) => vec![FollowUp],
        Body::IncidentClosed(_) | Body::IncidentReopened(_) => Facet::ALL.to_vec(),
        _ => Vec::new(),
    }
}
