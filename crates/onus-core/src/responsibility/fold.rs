//! The transitions: what each statement does to each facet.

use super::Quality;
use super::need::Need;
use super::state::{Account, Facets, Pending, Span, State, Timeline};
use super::statement::{Acceptance, Says, Statement};
use crate::ids::{AgencyId, EventId, Token};
use crate::seq::Seq;
use crate::time::Timestamp;
use crate::vocabulary::{Facet, UnownedReason};
use std::collections::{BTreeMap, BTreeSet};

/// Which statements count, and how far.
pub(super) enum Counted<'a> {
    /// One agency's own, taken at its word.
    Lane(&'a AgencyId),
    /// Everybody's, but for some; of the acceptances those that are established, and those of `own`.
    Established { left_out: &'a BTreeSet<Seq>, own: Option<&'a AgencyId> },
}

/// Folds statements, which are in the order of time.
pub(super) fn fold(statements: &[Statement], counted: &Counted<'_>) -> Account {
    let lane = matches!(counted, Counted::Lane(_));
    let mut fold = Fold { facets: Facets::default(), lane, need: Need::default() };
    fold.facets.of_mut(Facet::Contact).each_its_own = true;
    for statement in statements {
        if counted.counts(statement) {
            fold.take(statement);
        }
    }
    let mut timelines = Facets::default();
    for facet in Facet::ALL {
        *timelines.of_mut(*facet) = std::mem::take(&mut fold.facets.of_mut(*facet).line);
    }
    Account::new(timelines)
}

impl Counted<'_> {
    fn counts(&self, statement: &Statement) -> bool {
        match self {
            Self::Lane(agency) => statement.by == **agency,
            Self::Established { left_out, own } => {
                let word = matches!(&statement.says, Says::Accepts(acceptance) if !acceptance.established);
                !left_out.contains(&statement.seq) && (!word || own.is_some_and(|own| *own == statement.by))
            }
        }
    }
}

struct Fold {
    facets: Facets<FacetSoFar>,
    /// In a lane one facet has one holder: an agency's later word replaces its earlier one.
    lane: bool,
    need: Need,
}

/// One facet while it is folded.
#[derive(Default)]
struct FacetSoFar {
    line: Timeline,
    /// The offers that wait for an answer, by their places among the pending ones.
    waiting: BTreeMap<EventId, BTreeSet<usize>>,
    holders: Vec<Holder>,
    /// Whether a decision says that the holders act together.
    joint: bool,
    /// Whether several hold it each for its own caller, so that it is never doubly owned.
    each_its_own: bool,
}

/// Who holds, and by which statement of how good a quality.
struct Holder {
    agency: AgencyId,
    quality: Quality,
    seq: Seq,
}

/// What moves a facet, and when.
#[derive(Clone, Copy)]
struct Cause {
    at: Timestamp,
    seq: Seq,
}

impl Fold {
    fn take(&mut self, statement: &Statement) {
        let cause = Cause { at: statement.at, seq: statement.seq };
        let by = &statement.by;
        match &statement.says {
            Says::Contact { quality } => {
                self.facets.of_mut(Facet::Contact).add(by, *quality, self.lane, cause);
            }
            Says::OpensResponse => self.open(Facet::Response, cause),
            Says::Assesses { is_first, is_at_risk } => {
                self.need.assessed(*is_at_risk);
                if *is_first {
                    self.open(Facet::Response, cause);
                }
            }
            Says::Responds { joint, quality } => self.respond(by, *joint, *quality, cause),
            Says::LeavesResponse => {
                self.open(Facet::Response, cause);
                let unclaimed = State::Unclaimed { signposted: false };
                self.facets.of_mut(Facet::Response).leave(by, unclaimed, cause);
            }
            Says::Signposts => self.signpost(cause),
            Says::Assumes { facet, quality } => self.assume(*facet, by, *quality, cause),
            Says::Discharges { facet } => self.discharge(*facet, by, cause),
            Says::Offers { offer, to, facets } => self.offer(*offer, to, facets, cause),
            Says::Accepts(acceptance) => self.accept(acceptance, cause),
            Says::Refuses { offer, facets } => self.refuse(*offer, facets, cause),
            Says::TakesIntoCustody { quality } => {
                self.need.power_used();
                self.assume(Facet::Custody, by, *quality, cause);
                self.open(Facet::Care, cause);
            }
            Says::EndsDetention => {
                self.need.detention_ended();
                self.facets.of_mut(Facet::Custody).end(State::Discharged, cause);
            }
            Says::Conveys { by, quality } => self.assume(Facet::Conveyance, by, *quality, cause),
            Says::PersonLeaves { from } => self.person_leaves(from, cause),
            Says::ArrivesAtPlace => self.facets.of_mut(Facet::Conveyance).end(State::Discharged, cause),
            Says::UnitArrives { callsign } => self.need.arrives(by, *callsign),
            Says::UnitStandsDown { callsign } => self.stand_down(by, *callsign, cause),
            Says::ReleasesOfficers => self.release(by, cause),
            Says::Outcome { opens_follow_up, is_safe } => {
                if *is_safe {
                    self.need.ended();
                }
                if *opens_follow_up {
                    self.open(Facet::FollowUp, cause);
                }
            }
            Says::Death => self.end_all(cause),
            Says::Closes { reason } => self.close(by, *reason, cause),
            Says::Reopens => self.reopen(by, cause),
        }
    }

    fn open(&mut self, facet: Facet, cause: Cause) {
        let so_far = self.facets.of_mut(facet);
        if so_far.state() == State::NotOpen {
            so_far.line.turn(State::Unclaimed { signposted: false }, None, cause);
        }
    }

    fn assume(&mut self, facet: Facet, by: &AgencyId, quality: Quality, cause: Cause) {
        self.facets.of_mut(facet).add(by, quality, self.lane, cause);
    }

    fn respond(&mut self, by: &AgencyId, joint: bool, quality: Quality, cause: Cause) {
        let response = self.facets.of_mut(Facet::Response);
        response.joint |= joint;
        response.add(by, quality, self.lane, cause);
    }

    fn signpost(&mut self, cause: Cause) {
        let response = self.facets.of_mut(Facet::Response);
        if response.state().is_unowned() {
            response.line.turn(State::Unclaimed { signposted: true }, None, cause);
        }
    }

    /// An agency's own responsibility ends; another's is not its to end.
    fn discharge(&mut self, facet: Facet, by: &AgencyId, cause: Cause) {
        if matches!(facet, Facet::Response | Facet::Care) {
            self.need.ended();
        }
        let so_far = self.facets.of_mut(facet);
        if so_far.holders.is_empty() {
            so_far.line.turn(State::Discharged, None, cause);
        } else {
            so_far.leave(by, State::Discharged, cause);
        }
    }

    /// The response ends with the officers' leaving, unless somebody in need is left without a taker.
    fn release(&mut self, by: &AgencyId, cause: Cause) {
        self.need.left(by);
        let after =
            if self.leaves_nobody() { State::Unclaimed { signposted: false } } else { State::Discharged };
        self.facets.of_mut(Facet::Response).leave(by, after, cause);
    }

    /// An agency holds the response on when its last unit leaves, unless somebody in need is left without a taker.
    fn stand_down(&mut self, by: &AgencyId, callsign: Option<Token>, cause: Cause) {
        if self.need.is_left_by_last(by, callsign) && self.leaves_nobody() {
            let unclaimed = State::Unclaimed { signposted: false };
            self.facets.of_mut(Facet::Response).leave(by, unclaimed, cause);
        }
    }

    /// Whether somebody is in need and nobody holds or cares for them; what is held by who leaves is not left yet.
    fn leaves_nobody(&self) -> bool {
        let is_nobodys = |facet| self.facets.of(facet).holders.is_empty();
        self.need.is_open() && is_nobodys(Facet::Custody) && is_nobodys(Facet::Care)
    }

    /// Nobody holds, cares for or conveys a person who is gone; what another agency holds is its own.
    fn person_leaves(&mut self, from: &AgencyId, cause: Cause) {
        for facet in [Facet::Custody, Facet::Care, Facet::Conveyance] {
            self.facets.of_mut(facet).leave(from, State::Discharged, cause);
        }
    }

    fn offer(&mut self, offer: EventId, to: &AgencyId, facets: &[Facet], cause: Cause) {
        for facet in facets {
            self.facets.of_mut(*facet).offered(offer, to, cause);
        }
    }

    fn accept(&mut self, acceptance: &Acceptance, cause: Cause) {
        for facet in &acceptance.facets {
            let so_far = self.facets.of_mut(*facet);
            so_far.answered(acceptance.offer, cause);
            // Who offered is replaced, where it holds; else the holder hands over.
            let giver = acceptance.from.as_ref().filter(|from| so_far.has(from));
            match giver {
                Some(giver) => so_far.holders.retain(|holder| holder.agency != *giver),
                None => so_far.holders.retain(|holder| holder.agency == acceptance.to),
            }
            so_far.add(&acceptance.to, acceptance.quality, self.lane, cause);
        }
    }

    /// A decline, withdrawal or lapse takes the offer off the table and leaves the holder where it was.
    fn refuse(&mut self, offer: Option<EventId>, facets: &[Facet], cause: Cause) {
        for facet in facets {
            self.facets.of_mut(*facet).answered(offer, cause);
        }
    }

    fn end_all(&mut self, cause: Cause) {
        for facet in Facet::ALL {
            let so_far = self.facets.of_mut(*facet);
            if so_far.state() != State::NotOpen {
                so_far.end(State::Discharged, cause);
            }
        }
    }

    fn close(&mut self, by: &AgencyId, reason: Option<UnownedReason>, cause: Cause) {
        for facet in Facet::ALL {
            let so_far = self.facets.of_mut(*facet);
            if so_far.state().is_unclaimed() {
                so_far.line.turn(State::ClosedUnclaimed { reason }, None, cause);
            } else {
                so_far.leave(by, State::Discharged, cause);
            }
        }
    }

    fn reopen(&mut self, by: &AgencyId, cause: Cause) {
        for facet in Facet::ALL {
            let so_far = self.facets.of_mut(*facet);
            let held_by_another = so_far.holders.iter().any(|holder| holder.agency != *by);
            if so_far.state() == State::NotOpen {
                continue;
            }
            if held_by_another {
                so_far.leave(by, State::Discharged, cause);
            } else {
                so_far.end(State::Unclaimed { signposted: false }, cause);
            }
        }
    }
}

impl FacetSoFar {
    fn state(&self) -> State {
        self.line.spans.last().map_or(State::NotOpen, |span| span.state.clone())
    }

    /// An offer waits for an answer from now on.
    fn offered(&mut self, offer: EventId, to: &AgencyId, cause: Cause) {
        let place = self.line.pending.len();
        self.waiting.entry(offer).or_default().insert(place);
        self.line.pending.push(Pending {
            from: cause.at,
            to: None,
            offer,
            by: cause.seq,
            agency: to.clone(),
        });
    }

    /// An offer waits no longer. An answer that is about no offer ends none.
    fn answered(&mut self, offer: Option<EventId>, cause: Cause) {
        let places = offer.and_then(|offer| self.waiting.get_mut(&offer));
        let Some(place) = places.and_then(BTreeSet::pop_last) else { return };
        if let Some(pending) = self.line.pending.get_mut(place) {
            pending.to = Some(cause.at);
        }
    }

    fn has(&self, agency: &AgencyId) -> bool {
        self.holders.iter().any(|holder| holder.agency == *agency)
    }

    /// One more holder; the only one in a lane.
    fn add(&mut self, by: &AgencyId, quality: Quality, alone: bool, cause: Cause) {
        if alone {
            self.holders.retain(|holder| holder.agency == *by);
        }
        if !self.has(by) {
            self.holders.push(Holder { agency: by.clone(), quality, seq: cause.seq });
        }
        self.show(cause);
    }

    /// An agency holds it no longer; `after` if nobody else does.
    fn leave(&mut self, by: &AgencyId, after: State, cause: Cause) {
        if !self.has(by) {
            return;
        }
        self.holders.retain(|holder| holder.agency != *by);
        if self.holders.is_empty() {
            self.end(after, cause);
        } else {
            self.show(cause);
        }
    }

    /// Nobody holds it any more.
    fn end(&mut self, state: State, cause: Cause) {
        self.holders.clear();
        self.joint = false;
        self.line.turn(state, None, cause);
    }

    /// Turns to the holders that there are now. The last to come gives the entry and its quality: who stays behind
    /// when another leaves holds by its own earlier statement.
    fn show(&mut self, cause: Cause) {
        let Some(last) = self.holders.last() else { return };
        let (quality, seq) = (Some(last.quality), last.seq);
        let agencies: Vec<AgencyId> = self.holders.iter().map(|holder| holder.agency.clone()).collect();
        let state = match agencies.as_slice() {
            [holder] => State::Held(holder.clone()),
            _ if self.joint || self.each_its_own => State::Shared(agencies),
            _ => State::DoublyOwned(agencies),
        };
        self.line.turn(state, quality, Cause { at: cause.at, seq });
    }
}

impl Timeline {
    /// Turns to a state. What lasted no time was never a state.
    fn turn(&mut self, state: State, quality: Option<Quality>, cause: Cause) {
        if self.spans.last().is_some_and(|last| last.state == state) {
            return;
        }
        if self.spans.last().is_some_and(|last| last.from == cause.at) {
            self.spans.pop();
            if let Some(last) = self.spans.last_mut()
                && last.state == state
            {
                last.to = None;
                return;
            }
        } else if let Some(last) = self.spans.last_mut() {
            last.to = Some(cause.at);
        }
        self.spans.push(Span { from: cause.at, to: None, state, by: cause.seq, quality });
    }
}
