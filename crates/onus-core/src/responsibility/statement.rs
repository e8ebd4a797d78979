//! What an entry says of responsibility, with the offer that it answers looked up.

use super::Contradiction;
use super::offers::{Offers, receiver_in};
use super::{Binding, Grounds, Quality};
use crate::bodies::custody::ConveyanceStarted;
use crate::history::Entry;
use crate::ids::{AgencyId, EventId, Token};
use crate::kinds::Body;
use crate::seq::Seq;
use crate::time::Timestamp;
use crate::vocabulary::{
    AgencyKind, Attendance, Conveyance, Facet, Outcome, PowerSection, Tri, UnownedReason,
};
use std::collections::BTreeSet;

/// One entry's part in the fold.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) at: Timestamp,
    pub(super) seq: Seq,
    pub(super) by: AgencyId,
    pub(super) says: Says,
}

/// What moves a facet (`docs/responsibility.md` has the same table).
#[derive(Clone, Debug)]
pub(super) enum Says {
    Contact {
        quality: Quality,
    },
    OpensResponse,
    /// The first assessment opens the response, a later one does not.
    Assesses {
        is_first: bool,
        is_at_risk: bool,
    },
    Responds {
        joint: bool,
        quality: Quality,
    },
    LeavesResponse,
    Signposts,
    Assumes {
        facet: Facet,
        quality: Quality,
    },
    Discharges {
        facet: Facet,
    },
    Offers {
        offer: EventId,
        to: AgencyId,
        facets: Vec<Facet>,
    },
    Accepts(Acceptance),
    Refuses {
        offer: Option<EventId>,
        facets: Vec<Facet>,
    },
    TakesIntoCustody {
        quality: Quality,
    },
    EndsDetention,
    Conveys {
        by: AgencyId,
        quality: Quality,
    },
    PersonLeaves {
        from: AgencyId,
    },
    ArrivesAtPlace,
    UnitArrives {
        callsign: Option<Token>,
    },
    UnitStandsDown {
        callsign: Option<Token>,
    },
    ReleasesOfficers,
    /// What became of the person, other than a death.
    Outcome {
        opens_follow_up: bool,
        is_safe: bool,
    },
    Death,
    Closes {
        reason: Option<UnownedReason>,
    },
    Reopens,
}

/// An offer was accepted, or something was without one.
#[derive(Clone, Debug)]
pub struct Acceptance {
    pub(super) offer: Option<EventId>,
    pub(super) from: Option<AgencyId>,
    pub(super) to: AgencyId,
    pub(super) facets: Vec<Facet>,
    pub(super) quality: Quality,
    /// Whether the established account moves on it.
    pub(super) established: bool,
}

impl Acceptance {
    /// Who accepted, as far as the offers known then tell.
    #[must_use]
    pub const fn receiver(&self) -> &AgencyId {
        &self.to
    }

    /// The offer that it answers, as far as it is known.
    #[must_use]
    pub const fn offer(&self) -> Option<EventId> {
        self.offer
    }
}

impl Statement {
    /// Whether it is an acceptance that nothing establishes.
    pub(super) fn is_alone(&self) -> bool {
        matches!(&self.says, Says::Accepts(acceptance) if !acceptance.established)
    }
}

/// What each entry says, in the order given.
pub(super) fn statements(speaking: &[&Entry], offers: &Offers<'_>, grounds: &Grounds<'_>) -> Vec<Statement> {
    let statement = |(place, entry): (usize, &&Entry)| {
        Some(Statement {
            at: entry.common.occurred_at,
            seq: entry.seq(),
            by: entry.common.asserted_by.clone(),
            says: says(offers, place, entry, grounds)?,
        })
    };
    speaking.iter().enumerate().filter_map(statement).collect()
}

/// Marks the acceptances that move the established account: counter-signed, own, or evidenced and not
/// contradicted by the receiver.
pub(super) fn establish(statements: &mut [Statement], contradictions: &[Contradiction]) {
    let contradicted: BTreeSet<(Seq, &AgencyId)> =
        contradictions.iter().map(|contradiction| (contradiction.statement, &contradiction.by)).collect();
    for statement in statements {
        let Says::Accepts(acceptance) = &mut statement.says else { continue };
        acceptance.established = match acceptance.quality {
            Quality::CounterSigned | Quality::Own => true,
            Quality::Evidenced => !contradicted.contains(&(statement.seq, &acceptance.to)),
            Quality::AssertedAlone => false,
        };
    }
}

fn says(offers: &Offers<'_>, place: usize, entry: &Entry, grounds: &Grounds<'_>) -> Option<Says> {
    let quality_for = |receiver| (grounds.quality)(&Binding { entry, receiver, offer: None });
    let quality = || quality_for(&entry.common.asserted_by);
    Some(match entry.body.as_ref()? {
        Body::ContactReceived(_) => Says::Contact { quality: quality() },
        Body::IncidentOpened(_) => Says::OpensResponse,
        Body::TriageAssessed(triage) => {
            let is_at_risk = [triage.risk_to_life, triage.serious_harm].contains(&Tri::Yes);
            Says::Assesses { is_first: true, is_at_risk }
        }
        Body::TriageReassessed(triage) => {
            let is_at_risk = [triage.risk_to_life, triage.serious_harm].contains(&Tri::Yes);
            Says::Assesses { is_first: false, is_at_risk }
        }
        Body::AttendanceDecided(decision) => match decision.outcome {
            Attendance::Deploy | Attendance::ReversedToDeploy => {
                Says::Responds { joint: false, quality: quality() }
            }
            Attendance::DeployJoint => Says::Responds { joint: true, quality: quality() },
            Attendance::DeferPendingInfo | Attendance::DeferResources => Says::OpensResponse,
            Attendance::NoDeploy
            | Attendance::NoDeploySignpost
            | Attendance::NoDeployRefer
            | Attendance::NoDeployTransfer
            | Attendance::NoDeployAdvice
            | Attendance::ReversedToNoDeploy => Says::LeavesResponse,
        },
        Body::ResourceDispatched(unit) if unit.agency == entry.common.asserted_by => {
            Says::Responds { joint: false, quality: quality() }
        }
        Body::ResourceArrived(unit) if unit.agency == entry.common.asserted_by => {
            Says::UnitArrives { callsign: unit.callsign_token }
        }
        Body::ResourceStoodDown(unit) if unit.agency == entry.common.asserted_by => {
            Says::UnitStandsDown { callsign: unit.callsign_token }
        }
        Body::CallerSignposted(_) => Says::Signposts,
        Body::ResponsibilityAssumed(assumed) => Says::Assumes { facet: assumed.facet, quality: quality() },
        Body::ResponsibilityDischarged(discharged) => Says::Discharges { facet: discharged.facet },
        Body::HandoverOffered(offer) => {
            Says::Offers { offer: entry.id(), to: offer.to.clone(), facets: offer.facets.clone() }
        }
        Body::HandoverAccepted(_) => {
            let (id, offer) = offers.answered_at(place).unzip();
            let receiver = receiver_in(entry, offer);
            Says::Accepts(Acceptance {
                offer: id,
                from: offer.map(|offer| offer.from.clone()),
                to: receiver.clone(),
                facets: offers.facets_at(place).to_vec(),
                quality: (grounds.quality)(&Binding { entry, receiver, offer }),
                established: false,
            })
        }
        Body::HandoverDeclined(_) | Body::HandoverWithdrawn(_) | Body::HandoverLapsed(_) => Says::Refuses {
            offer: offers.answered_at(place).map(|(id, _)| id),
            facets: offers.facets_at(place).to_vec(),
        },
        // Entry to premises holds nobody.
        Body::PowerExercised(power) if power.section == PowerSection::PaceS17 => return None,
        Body::PowerExercised(_) => Says::TakesIntoCustody { quality: quality() },
        Body::PersonLeft(left) => Says::PersonLeaves { from: left.from.clone() },
        Body::DetentionEnded(_) => Says::EndsDetention,
        Body::ConveyanceStarted(conveyance) => {
            let receiver = conveyed_by(entry, conveyance)?;
            Says::Conveys { by: receiver.clone(), quality: quality_for(receiver) }
        }
        Body::ArrivedAtPlaceOfSafety(_) => Says::ArrivesAtPlace,
        Body::OfficersReleased(_) => Says::ReleasesOfficers,
        Body::OutcomeRecorded(outcome) if outcome.outcome == Outcome::Death => Says::Death,
        Body::OutcomeRecorded(outcome) => Says::Outcome {
            opens_follow_up: (grounds.opens_follow_up)(entry),
            is_safe: matches!(outcome.outcome, Outcome::LocatedSafe | Outcome::NoHarmKnown),
        },
        Body::IncidentClosed(closed) => Says::Closes { reason: closed.unowned_reason },
        Body::IncidentReopened(_) => Says::Reopens,
        _ => return None,
    })
}

/// Whose vehicle or staff conveys. An ambulance is not that of the police who say so: without a name, nobody's.
fn conveyed_by<'a>(entry: &'a Entry, conveyance: &'a ConveyanceStarted) -> Option<&'a AgencyId> {
    let common = &entry.common;
    match (&conveyance.agency, conveyance.mode) {
        (Some(agency), _) => Some(agency),
        (None, Conveyance::Ambulance) => [&common.actor.agency, &common.asserted_by]
            .into_iter()
            .find(|by| by.kind() == AgencyKind::Ambulance),
        (None, _) => Some(&common.asserted_by),
    }
}
