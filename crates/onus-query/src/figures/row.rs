//! What the figures need of one incident: facts of its record, no sums and no periods.

use super::seen::Facts;
use crate::flags::{Context, refusals_of};
use crate::holding::holding;
use crate::never_carried::NeverCarried;
use crate::policy::Policies;
use onus_core::history::{Entry, History, Vantage};
use onus_core::ids::{Incident, Token};
use onus_core::kinds::Body;
use onus_core::responsibility::Account;
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{AgeBand, Attendance, Facet, Strand};

/// One incident, as the figures see it. Times are microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "answers to separate questions about one incident, in any combination"
)]
pub struct Row {
    /// Which incident.
    pub incident: Incident,
    /// When the first entry that speaks of the call occurred.
    pub began: Timestamp,
    /// The London day of [`began`](Self::began).
    pub day: LocalDate,
    /// The strand that its last assessment states; `None` if it was never assessed.
    pub strand: Option<Strand>,
    /// The age band that its last assessment which states one states.
    pub age_band: Option<AgeBand>,
    /// Whether a unit of any agency arrived.
    pub attended: bool,
    /// Whether a unit of any agency was sent.
    pub sent: bool,
    /// From the first dispatch to the first arrival, whoever's; `None` where either is missing or the arrival came first.
    pub arrival_us: Option<i64>,
    /// Whether a contact or an opening is recorded.
    pub contacted: bool,
    /// From the first contact, or from the opening where none is recorded, to the first arrival that counts; `None` where it
    /// is missing or came before.
    pub contact_us: Option<i64>,
    /// Whether of either of these times only the day is known.
    pub contact_day_only: bool,
    /// Whether a grade is stated.
    pub graded: bool,
    /// Whether the target that the grade in force states was met; `None` where it states none.
    pub target_met: Option<bool>,
    /// Whether a police unit arrived.
    pub police_arrived: bool,
    /// Whether the last decision is not to attend.
    pub declined: bool,
    /// Whether nothing was decided, and the owner refused to attend all the same: by an answer, or by closing.
    pub refused: bool,
    /// Whether the last decision puts the response off.
    pub deferred: bool,
    /// Whether the established account shows the response held by an agency other than the owner after that decision.
    pub onward_owner: bool,
    /// How long the response stood unowned, ended spans only.
    pub unowned_us: i64,
    /// Since when it stands unowned, if it still does.
    pub unowned_since: Option<Timestamp>,
    /// From arrival at a place of safety to the first acceptance after it.
    pub handover_us: Option<i64>,
    /// From arrival at a place of safety to the last release of officers after it.
    pub release_us: Option<i64>,
    /// Whether the person arrived at a place of safety.
    pub place_of_safety: bool,
    /// Escalations raised, and decisions reviewed with a verdict while none was open.
    pub escalated: u32,
    /// Those of them that overturned.
    pub overturned: u32,
    /// Those of these that overturned a decision that sends nobody, or not yet.
    pub help_added: u32,
    /// Those that overturned a decision to attend.
    pub help_withdrawn: u32,
    /// When attendance was first decided.
    pub decided: Option<Timestamp>,
    /// From the first decision to the first adverse outcome after it; from the beginning where none was decided.
    pub adverse_us: Option<i64>,
    /// Whether a police unit was sent.
    pub police_sent: bool,
    /// The time of every police unit that was sent and has an end, times its officers; `None` where no unit has one.
    pub officer_us: Option<i64>,
    /// Whether the number of officers was stated for every such unit; else each of the others counts as one officer.
    pub officers_stated: bool,
    /// The person concerned, as first stated.
    pub subject: Option<Token>,
    /// The place concerned, as first stated.
    pub location: Option<Token>,
    /// The policies that its decisions cite, as `policy@version`.
    pub policies: Vec<String>,
    /// What its source never carries.
    pub never_carried: NeverCarried,
}

/// When an incident began: with its first entry that speaks and is of the call. A legal hold, a restriction, an erasure or
/// an audit's review says nothing of a call; an incident of these alone is none for the figures.
pub(super) fn began(speaking: &[&Entry]) -> Option<Timestamp> {
    let is_of_the_call = |entry: &&&Entry| {
        !matches!(
            entry.body,
            Some(
                Body::LegalHoldPlaced(_)
                    | Body::LegalHoldReleased(_)
                    | Body::ProcessingRestricted(_)
                    | Body::RestrictionLifted(_)
                    | Body::PersonalDataErased(_)
                    | Body::ReviewRecorded(_)
            )
        )
    };
    speaking.iter().find(is_of_the_call).map(|entry| entry.common.occurred_at)
}

impl Row {
    /// Of a history; `None` if nothing of it speaks of a call.
    #[must_use]
    pub fn of(history: &History) -> Option<Self> {
        Self::of_speaking(history, &history.speaking())
    }

    /// The same, of those entries of it that speak.
    pub(crate) fn of_speaking(history: &History, speaking: &[&Entry]) -> Option<Self> {
        let began = began(speaking)?;
        let mut facts = Facts::default();
        for entry in speaking {
            facts.see(entry);
        }
        let (escalated, officers) = (facts.escalations.counts(), facts.units.time());
        let may_refuse = facts.may_refuse();
        let last_outcome = facts.last_decision.map(|(outcome, _)| outcome);
        let mut row = Self {
            incident: history.incident().clone(),
            began,
            day: began.london_day(),
            strand: facts.strand,
            age_band: facts.age_band,
            attended: facts.first_arrival.is_some(),
            sent: facts.first_sent.is_some(),
            arrival_us: facts.arrival(),
            contacted: facts.waiting.is_contacted(),
            contact_us: facts.waiting.contact_us(),
            contact_day_only: facts.waiting.is_day_only(),
            graded: facts.waiting.is_graded(),
            target_met: facts.waiting.target_met(),
            police_arrived: facts.police_arrived,
            declined: last_outcome.is_some_and(Attendance::is_no_deployment),
            refused: false,
            deferred: matches!(last_outcome, Some(Attendance::DeferPendingInfo | Attendance::DeferResources)),
            onward_owner: false,
            unowned_us: 0,
            unowned_since: None,
            handover_us: facts.handover(),
            release_us: facts.release(),
            place_of_safety: facts.arrived_safe.is_some(),
            escalated: escalated.all,
            overturned: escalated.overturned,
            help_added: escalated.help_added,
            help_withdrawn: escalated.help_withdrawn,
            decided: facts.first_decision,
            adverse_us: facts.adverse(began),
            police_sent: facts.units.any_sent(),
            officer_us: officers.map(|(us, _)| us),
            officers_stated: officers.is_some_and(|(_, stated)| stated),
            subject: facts.subject,
            location: facts.location,
            policies: facts.policies,
            never_carried: NeverCarried::of(speaking),
        };
        let decided_at = facts.last_decision.filter(|_| row.declined).map(|(_, at)| at);
        let refused_at = if may_refuse { refused_at(history) } else { None };
        row.refused = refused_at.is_some();
        // Folding is the dear part: only what was decided or assessed can stand unowned.
        if facts.opens_response {
            // Policies decide on the follow-up alone, of which no figure speaks.
            let holding = holding(history, &Vantage::default(), &Policies::default());
            row.read(holding.established(), decided_at.or(refused_at), facts.found);
        }
        Some(row)
    }

    /// Whether the incident is within the policy's scope: one that was never assessed is not known to be out of it.
    #[must_use]
    pub fn is_in_scope(&self) -> bool {
        self.strand != Some(Strand::OutOfScope)
    }

    fn read(&mut self, established: &Account, refused_at: Option<Timestamp>, found: Option<Timestamp>) {
        for span in established.spans(Facet::Response) {
            if span.state.is_unowned() {
                // A time that ran when the person was found is over then.
                let found = found.filter(|found| *found >= span.from);
                match [span.to, found].into_iter().flatten().min() {
                    Some(to) => self.unowned_us += to.as_us() - span.from.as_us(),
                    None => self.unowned_since = Some(span.from),
                }
            }
            let after = refused_at.is_some_and(|refused| span.to.is_none_or(|to| to > refused));
            let by_another = span.state.holders().iter().any(|holder| *holder != self.incident.owner);
            self.onward_owner |= after && by_another;
        }
    }
}

/// When the owner of an incident without decisions refused to attend, by an answer or by closing it.
fn refused_at(history: &History) -> Option<Timestamp> {
    let (policies, owner) = (Policies::default(), &history.incident().owner);
    let refusals = refusals_of(history, &Context { policies: &policies, repeats: None });
    let (seq, _) = refusals.into_iter().rev().find(|(_, agency)| agency == owner)?;
    history.entry_at(seq).map(|entry| entry.common.occurred_at)
}
