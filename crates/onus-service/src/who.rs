//! Who held a facet of an incident at an instant, since when, on which entry, and who disagrees.

use crate::acceptances::{AcceptanceRecorded, Acceptances};
use crate::answer::{Holding, Name, Time, Word};
use crate::incident::{IncidentError, Known, with_account};
use crate::row::{Cell, row};
use crate::session::Session;
use onus_core::history::KnownBy;
use onus_core::ids::{AgencyId, Incident};
use onus_core::responsibility::{Quality, Responsibility, State};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_query::holding::{holding, policies_for};
use onus_query::who::who;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

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
    /// What else people read of it; no part of the answer as data.
    #[serde(skip)]
    pub beside: WhoBeside,
}

/// What a page says of a holder beside the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoBeside {
    /// Whose statement the entry is with which the holding began.
    pub stated_by: Option<AgencyId>,
    /// Where accounts differ at the instant: every agency that contradicts another, and who held the facet by its account,
    /// since when, on which entry.
    pub accounts: Vec<AccountOfAgency>,
    /// When the last event of the incident happened.
    pub last_event: Option<Timestamp>,
}

/// What one agency's account says at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOfAgency {
    /// Whose.
    pub agency: AgencyId,
    /// Who held it.
    pub holding: Holding,
    /// Since when, on which entry.
    pub since: Option<(Timestamp, Seq)>,
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
    /// Which acceptances of it are recorded, and by whom; no part of the answer as data.
    #[serde(skip)]
    pub acceptances: Vec<AcceptanceRecorded>,
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
        let acceptances = Acceptances::of(&read.history, &held);
        let stated_by = holder.since.and_then(|span| read.history.entry_at(span.by));
        let beside = WhoBeside {
            stated_by: stated_by.map(|entry| entry.common.asserted_by.clone()),
            accounts: if holder.disagreeing.is_empty() {
                Vec::new()
            } else {
                accounts(&held, question.facet, at, &holder.disagreeing)
            },
            last_event: read.history.speaking().last().map(|entry| entry.common.occurred_at),
        };
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
                    acceptances: acceptances.of_offer(offer.by).to_vec(),
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
            beside,
        })
    }
}

/// What every agency says that differs, or that contradicts another, in the order of their ids.
fn accounts(
    held: &Responsibility,
    facet: Facet,
    at: Timestamp,
    disagreeing: &[(Option<&AgencyId>, State)],
) -> Vec<AccountOfAgency> {
    let differing = disagreeing.iter().filter_map(|(agency, _)| *agency);
    let agencies: BTreeSet<&AgencyId> = differing.chain(held.contradicting(facet)).collect();
    let account = |agency: &AgencyId| {
        let found = who(held, facet, at, Some(agency));
        AccountOfAgency {
            agency: agency.clone(),
            holding: Holding::from(&found.state),
            since: found.since.map(|span| (span.from, span.by)),
        }
    };
    agencies.into_iter().map(account).collect()
}
