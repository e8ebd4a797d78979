//! A dispute, laid out: what both sides say, what only one does, what was known when. Nothing here takes a side.

mod laid;
mod words;

use crate::answer::{Holding, Name, Time, Word};
use crate::incident::{IncidentError, Known};
use crate::sentences::Relations;
use crate::session::Session;
use onus_core::history::{Entry, History, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_query::dispute::{Dispute, DisputedSpan, Fact, Position, Rung, Stood, dispute, questions};
use onus_query::holding::holding;
use onus_query::policy::Policies;

pub use laid::{
    DeterminationAnswer, DisputeAnswer, DisputesAnswer, FactAnswer, KnowledgeAnswer, PartAnswer, PolicyCited,
    PolicyInForce, PositionAnswer, RungAnswer,
};
pub use words::write_disputes;

/// Which dispute, in one incident.
#[derive(Clone, Debug)]
pub struct DisputeQuestion {
    /// The incident.
    pub incident: Incident,
    /// One facet alone.
    pub facet: Option<Facet>,
    /// From when until when, of that facet, instead of the intervals that are in dispute.
    pub span: Option<(Timestamp, Option<Timestamp>)>,
    /// What was known by when.
    pub known: Known,
}

impl Session {
    /// What is in dispute in an incident.
    pub fn dispute(&self, question: &DisputeQuestion) -> Result<DisputesAnswer, IncidentError> {
        let read = self.incident(&question.incident, question.known)?;
        let policies = Policies::read(&read.reader, question.known.by)?;
        let one = question.facet.zip(question.span);
        let one = one.map(|(facet, (from, to))| DisputedSpan { facet, from, to });
        let vantage = question.known.vantage(None);
        Ok(disputes(&read.history, vantage, &policies, one, question.facet))
    }
}

/// The disputes of a history: one that is named, or those that there are, of one facet or of all.
#[must_use]
pub fn disputes(
    history: &History,
    vantage: Vantage,
    policies: &Policies,
    one: Option<DisputedSpan>,
    facet: Option<Facet>,
) -> DisputesAnswer {
    let held = holding(history, &vantage, policies);
    let entries: Vec<&Entry> = history.entries().iter().collect();
    let relations = Relations::of(&entries, &held);
    let all = one.map_or_else(|| questions(history, &vantage, &held), |one| vec![one]);
    let laid = all.into_iter().filter(|question| facet.is_none_or(|facet| facet == question.facet)).map(
        |question| {
            let then = |then: &Vantage| holding(history, then, policies);
            let dispute = dispute(history, &vantage, &held, question, &then);
            let dispute = dispute.with_targets(history, &vantage, policies);
            DisputeAnswer::of(&dispute, (history, &relations), &vantage, policies)
        },
    );
    DisputesAnswer {
        incident: Name(history.incident().clone()),
        known_at: vantage.known_at.map(Time),
        disputes: laid.collect(),
    }
}

impl DisputesAnswer {
    /// Every fact, what both sides assert first.
    pub fn facts(&self) -> impl Iterator<Item = &FactAnswer> {
        self.disputes.iter().flat_map(|dispute| dispute.agreed.iter().chain(&dispute.one_sided))
    }
}

impl DisputeAnswer {
    fn of(
        dispute: &Dispute,
        (history, relations): (&History, &Relations<'_>),
        vantage: &Vantage,
        policies: &Policies,
    ) -> Self {
        let says = |seq| sentence(history, relations, seq);
        let facet = dispute.question.facet;
        let facts =
            |facts: &[Fact], both| facts.iter().map(|fact| self::fact(fact, facet, both, &says)).collect();
        let account = |(agency, stood): &(AgencyId, Vec<Stood>)| (agency.to_string(), parts(stood));
        let in_force = dispute.in_force(history, vantage, policies);
        Self {
            facet: Word(facet),
            from: Time(dispute.question.from),
            to: dispute.question.to.map(Time),
            parties: dispute.parties.iter().cloned().map(Name).collect(),
            established: parts(&dispute.established),
            accounts: dispute.accounts.iter().map(account).collect(),
            opened: dispute.opened.clone(),
            positions: dispute.positions.iter().map(PositionAnswer::from).collect(),
            agreed: facts(&dispute.agreed, true),
            one_sided: facts(&dispute.one_sided, false),
            knowledge: dispute
                .knowledge
                .iter()
                .map(|known| KnowledgeAnswer {
                    at: Time(known.at),
                    seq: known.entry,
                    by: Name(known.by.clone()),
                    addressed: known.addressed.clone().map(Name),
                    stood: Holding::from(&known.stood),
                })
                .collect(),
            in_force: in_force
                .iter()
                .map(|found| PolicyInForce {
                    agency: Name(found.agency.clone()),
                    policy: found.policy.policy.to_string(),
                    version: found.policy.version.to_string(),
                    seq: found.entry,
                    retroactive: found.retroactive,
                })
                .collect(),
            cited: dispute
                .cited
                .iter()
                .map(|cited| PolicyCited {
                    policy: cited.policy.to_string(),
                    version: cited.version.to_string(),
                })
                .collect(),
            escalation: dispute.ladder.iter().map(RungAnswer::from).collect(),
            determined: dispute
                .determined
                .iter()
                .map(|seq| DeterminationAnswer { seq: *seq, says: says(*seq) })
                .collect(),
        }
    }
}

fn parts(spans: &[Stood]) -> Vec<PartAnswer> {
    spans
        .iter()
        .map(|part| PartAnswer { from: Time(part.from), holding: Holding::from(&part.state) })
        .collect()
}

fn fact(fact: &Fact, of: Facet, both: bool, says: &dyn Fn(Seq) -> String) -> FactAnswer {
    FactAnswer {
        facet: Word(of),
        seq: fact.entry,
        at: Time(fact.at),
        by: Name(fact.by.clone()),
        asserted_by_both: both,
        also: fact.also.iter().cloned().map(Name).collect(),
        contradicted_by: fact.contradicted_by.clone(),
        says: says(fact.entry),
    }
}

fn sentence(history: &History, relations: &Relations<'_>, seq: Seq) -> String {
    history.entry_at(seq).map(|entry| relations.sentence(entry)).unwrap_or_default()
}

impl From<&Position> for PositionAnswer {
    fn from(position: &Position) -> Self {
        Self {
            seq: position.entry,
            agency: Name(position.agency.clone()),
            holder: position.holder.clone().map(Name),
            cites: position.cites.clone(),
            cites_elsewhere: position.cites_elsewhere,
        }
    }
}

impl From<&Rung> for RungAnswer {
    fn from(rung: &Rung) -> Self {
        Self {
            seq: rung.entry,
            level: Word(rung.level),
            by: Name(rung.by.clone()),
            raised: Time(rung.raised),
            target_minutes: rung.target_minutes,
            due: rung.due().map(Time),
            answered: rung.answered.map(|(at, _, _)| Time(at)),
            outcome: rung.answered.map(|(_, outcome, _)| Word(outcome)),
            answer_seq: rung.answered.map(|(_, _, seq)| seq),
        }
    }
}
