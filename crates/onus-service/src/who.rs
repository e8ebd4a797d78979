//! Who held a facet of an incident at an instant, since when, on which entry, and who disagrees.

use crate::answer::{Holding, Name, Time, Word};
use crate::incident::{IncidentError, Known, with_account};
use crate::row::{Cell, row};
use crate::session::Session;
use onus_core::history::KnownBy;
use onus_core::ids::{AgencyId, Incident};
use onus_core::responsibility::Quality;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_query::holding::{holding, policies_for};
use onus_query::who::who;
use schemars::JsonSchema;
use serde::Serialize;

/// Who held a facet, asked of one incident.
#[derive(Clone, Debug)]
pub struct WhoQuestion {
    /// The incident.
    pub incident: Incident,
    /// The facet.
    pub facet: Facet,
    /// When, in the world; now if `None`.
    pub at: Option<Timestamp>,
    /// In whose account; the established one if `None`.
    pub account: Option<AgencyId>,
    /// What was known by when.
    pub known: Known,
}

/// Who held a facet at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Who {
    /// The incident.
    pub incident: Name<Incident>,
    /// The facet.
    pub facet: Word<Facet>,
    /// The instant asked about.
    pub at: Time,
    /// Only what was known by then; everything if null.
    pub known_at: Option<Time>,
    /// By whose clock: `entered`, as the sources claim, or `recorded`, the ledger's own.
    pub known_by: Word<KnownBy>,
    /// In whose account: an agency, or `established`.
    pub account: String,
    /// Who held it.
    #[serde(flatten)]
    pub holding: Holding,
    /// Since when the same held it, or nobody did.
    pub since: Option<Time>,
    /// The entry with which that began.
    #[schemars(with = "Option<u64>")]
    pub seq: Option<Seq>,
    /// How good that entry is; null where nobody holds it.
    pub quality: Option<Word<Quality>>,
    /// Since when the state is exactly this one: later than `since` where the caller was signposted, or the incident
    /// closed, while nobody held it.
    pub state_since: Option<Time>,
    /// The entry with which that state began.
    #[schemars(with = "Option<u64>")]
    pub state_seq: Option<Seq>,
    /// When that changed; null where nothing later changes it.
    pub until: Option<Time>,
    /// Offers that waited for an answer at that instant.
    pub offers_waiting: Vec<WaitingOffer>,
    /// Accounts that name another holder.
    pub disagreeing: Vec<DisagreeingAccount>,
}

/// An offer that nobody had answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WaitingOffer {
    /// To whom.
    pub agency: Name<AgencyId>,
    /// Since when.
    pub since: Time,
    /// The offer's entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
}

/// An account that names another holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DisagreeingAccount {
    /// Whose: an agency, or `established`.
    pub account: String,
    /// Who held it, by that account.
    #[serde(flatten)]
    pub holding: Holding,
}

row!(Who {
    incident,
    facet,
    at,
    known_at,
    known_by,
    account,
    state: holding.state,
    holders: holding.holders,
    since,
    until,
    seq,
    quality,
    unowned_reason: holding.unowned_reason,
    disagreeing,
});

impl Cell for DisagreeingAccount {
    fn cell(&self) -> String {
        let holders: Vec<String> = self.holding.holders.iter().map(|holder| holder.0.to_string()).collect();
        format!("{}={}({})", self.account, self.holding.state.cell(), holders.join("+"))
    }
}

impl Session {
    /// Who held a facet at an instant. Later entries count: they are part of what is known of it.
    pub fn who(&self, question: &WhoQuestion) -> Result<Who, IncidentError> {
        let read = self.incident(&question.incident, question.known)?;
        let policies = policies_for(&read.reader, &read.history, question.known.by)?;
        let held = holding(&read.history, &question.known.vantage(None), &policies);
        if let Some(agency) = &question.account {
            with_account(&held, agency)?;
        }
        let at = question.at.unwrap_or_else(|| self.ledger().machine().now());
        let holder = who(&held, question.facet, at, question.account.as_ref());
        let name = |agency: Option<&AgencyId>| agency.map_or("established".to_owned(), ToString::to_string);
        let state_since = holder.unowned_as_now_since.or(holder.since);
        Ok(Who {
            incident: Name(question.incident.clone()),
            facet: Word(question.facet),
            at: Time(at),
            known_at: question.known.at.map(Time),
            known_by: Word(question.known.by),
            account: name(question.account.as_ref()),
            holding: Holding::from(&holder.state),
            since: holder.since.map(|span| Time(span.from)),
            seq: holder.since.map(|span| span.by),
            quality: holder.since.and_then(|span| span.quality).map(Word),
            state_since: state_since.map(|span| Time(span.from)),
            state_seq: state_since.map(|span| span.by),
            until: holder.until.map(Time),
            offers_waiting: holder
                .waiting
                .iter()
                .map(|offer| WaitingOffer {
                    agency: Name(offer.agency.clone()),
                    since: Time(offer.from),
                    seq: offer.by,
                })
                .collect(),
            disagreeing: holder
                .disagreeing
                .iter()
                .map(|(account, state)| DisagreeingAccount {
                    account: name(*account),
                    holding: Holding::from(state),
                })
                .collect(),
        })
    }
}
