//! Who held which facet of an incident, when, and in whose account: a pure fold over its history
//! (`docs/responsibility.md`).
//!
//! Every agency's assertions fold into its own *lane*. The *established* account moves on own decisions and
//! on acceptances that are counter-signed, own, or evidenced and not contradicted by the receiver. An
//! agency's *judging* account is the fold of everything but those statements of others that its own
//! contradict. Where accounts differ the span is *contested*.
//!
//! # Promises
//! * Nothing is decided here but what was asserted and acknowledged; legal duty is not a question of a fold.
//! * What is known resolves to a set of entries; *as at* only cuts the answer short. So an account seen as at an
//!   instant says what the whole account says of that instant.
//!
//! # Never
//! * No note is verified here: the quality of a statement is an input.

mod contested;
mod contradiction;
mod fold;
mod need;
mod offers;
mod state;
mod statement;

pub use contested::{Contested, DoublyOwned};
pub use offers::receiver_in;
pub use state::{Account, Contradiction, Pending, Quality, Span, State};
pub use statement::Acceptance;

use crate::bodies::handover::HandoverOffered;
use crate::history::{Entry, History, Vantage};
use crate::ids::AgencyId;
use crate::seq::Seq;
use crate::stage::Stored;
use crate::vocabulary::Facet;
use fold::{Counted, fold};
use offers::Offers;
use statement::{Says, Statement};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// What the fold cannot know by itself.
#[derive(Clone, Copy)]
pub struct Grounds<'a> {
    /// How good a statement is that makes a holder.
    pub quality: &'a dyn Fn(&Binding<'_>) -> Quality,
    /// Whether the policy in force has an outcome open the follow-up.
    pub opens_follow_up: &'a dyn Fn(&Entry) -> bool,
}

/// An entry that makes a holder, and whom it binds: of an acceptance, whoever accepted, as far as the offers known then
/// tell; of anything else, whose statement it is.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Who holds by it.
    pub receiver: &'a AgencyId,
    /// Of an acceptance, the offer that it answers, as far as it is known.
    pub offer: Option<&'a HandoverOffered<Stored>>,
}

impl std::fmt::Debug for Grounds<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grounds").finish_non_exhaustive()
    }
}

/// Who held what, by every account.
#[derive(Debug)]
pub struct Responsibility {
    statements: Vec<Statement>,
    agencies: Vec<AgencyId>,
    contradictions: Vec<Contradiction>,
    /// Of each agency that contradicts another, the statements that it does not count.
    left_out: BTreeMap<AgencyId, BTreeSet<Seq>>,
    /// Of each facet, the agencies that contradict each other.
    contradicting: BTreeMap<Facet, Vec<AgencyId>>,
    established: Account,
    /// The judging accounts that differ from the established one.
    judging: BTreeMap<AgencyId, Account>,
    contested: Vec<Contested>,
    doubly_owned: Vec<DoublyOwned>,
    lanes: OnceLock<Vec<(AgencyId, Account)>>,
}

/// Folds a history as seen from a vantage.
#[must_use]
pub fn responsibility(history: &History, vantage: &Vantage, grounds: &Grounds<'_>) -> Responsibility {
    let speaking = history.speaking_at(vantage);
    let offers = Offers::of(&speaking);
    let mut statements = statement::statements(&speaking, &offers, grounds);
    let agencies: Vec<AgencyId> = speaking
        .iter()
        .map(|entry| &entry.common.asserted_by)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .cloned()
        .collect();
    // One agency cannot contradict another where there is only one.
    let contradictions =
        if agencies.len() > 1 { contradiction::contradictions(&speaking, &offers) } else { Vec::new() };
    statement::establish(&mut statements, &contradictions);
    if let Some(as_at) = vantage.as_at {
        statements.retain(|statement| statement.at <= as_at);
    }
    let nothing = BTreeSet::new();
    let established = fold(&statements, &Counted::Established { left_out: &nothing, own: None });
    let mut left_out: BTreeMap<AgencyId, BTreeSet<Seq>> = BTreeMap::new();
    let mut contradicting: BTreeMap<Facet, BTreeSet<&AgencyId>> = BTreeMap::new();
    for contradiction in &contradictions {
        left_out.entry(contradiction.by.clone()).or_default().insert(contradiction.statement);
        for facet in &contradiction.facets {
            contradicting.entry(*facet).or_default().extend([&contradiction.by, &contradiction.of]);
        }
    }
    let contradicting: BTreeMap<Facet, Vec<AgencyId>> = contradicting
        .into_iter()
        .map(|(facet, agencies)| (facet, agencies.into_iter().cloned().collect()))
        .collect();
    let alone: BTreeSet<&AgencyId> =
        statements.iter().filter(|statement| statement.is_alone()).map(|statement| &statement.by).collect();
    let mut judging = BTreeMap::new();
    for agency in &agencies {
        let left_out = left_out.get(agency);
        if left_out.is_none() && !alone.contains(agency) {
            continue;
        }
        let counted = Counted::Established { left_out: left_out.unwrap_or(&nothing), own: Some(agency) };
        judging.insert(agency.clone(), fold(&statements, &counted));
    }
    let contested = contested::contested(&established, &judging, &contradicting);
    let doubly_owned = contested::doubly_owned(&established);
    Responsibility {
        statements,
        agencies,
        contradictions,
        left_out,
        contradicting,
        established,
        judging,
        contested,
        doubly_owned,
        lanes: OnceLock::new(),
    }
}

impl Responsibility {
    /// What is established: the account that moves only on what the rules accept.
    #[must_use]
    pub fn established(&self) -> &Account {
        &self.established
    }

    /// Each agency's own assertions alone, taken at its word; agencies in the order of their ids. An agency that
    /// asserted nothing of responsibility has an empty account.
    pub fn lanes(&self) -> impl Iterator<Item = (&AgencyId, &Account)> {
        self.lanes
            .get_or_init(|| {
                self.agencies
                    .iter()
                    .map(|agency| (agency.clone(), fold(&self.statements, &Counted::Lane(agency))))
                    .collect()
            })
            .iter()
            .map(|(agency, account)| (agency, account))
    }

    /// Whether nothing that anybody said opened any facet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.established.is_empty() && self.lanes().all(|(_, lane)| lane.is_empty())
    }

    /// Every agency that asserted anything, in the order of their ids.
    #[must_use]
    pub fn agencies(&self) -> &[AgencyId] {
        &self.agencies
    }

    /// The account on which an agency is judged: all entries except those statements of others that its own
    /// contradict. The established one for an agency that neither contradicts nor stands alone.
    #[must_use]
    pub fn account_of(&self, agency: &AgencyId) -> &Account {
        self.judging.get(agency).unwrap_or(&self.established)
    }

    /// Whether an agency's own statements contradict an entry of another: it is then no part of its account.
    #[must_use]
    pub fn is_left_out_of(&self, agency: &AgencyId, seq: Seq) -> bool {
        self.left_out.get(agency).is_some_and(|left_out| left_out.contains(&seq))
    }

    /// Agencies whose account of a facet contradicts another's, in the order of their ids.
    #[must_use]
    pub fn contradicting(&self, facet: Facet) -> &[AgencyId] {
        self.contradicting.get(&facet).map_or(&[], Vec::as_slice)
    }

    /// Every acceptance, by its entry.
    pub fn acceptances(&self) -> impl Iterator<Item = (Seq, &Acceptance)> {
        self.statements.iter().filter_map(|statement| match &statement.says {
            Says::Accepts(acceptance) => Some((statement.seq, acceptance)),
            _ => None,
        })
    }

    /// Statements about one matter that cannot both be so.
    #[must_use]
    pub fn contradictions(&self) -> &[Contradiction] {
        &self.contradictions
    }

    /// Spans of which accounts differ, by facet and time.
    #[must_use]
    pub fn contested(&self) -> &[Contested] {
        &self.contested
    }

    /// Spans that two agencies took on at once, each by itself and neither jointly.
    #[must_use]
    pub fn doubly_owned(&self) -> &[DoublyOwned] {
        &self.doubly_owned
    }
}
