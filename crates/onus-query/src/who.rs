//! Who held one facet of an incident at an instant: since when, until when, on which entry, who waits for an answer, and
//! which accounts say otherwise. Asked of what was folded; nothing is read here.

use onus_core::ids::AgencyId;
use onus_core::responsibility::{Account, Pending, Responsibility, Span, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;

/// Who held a facet at an instant, in one account.
#[derive(Debug)]
pub struct Holder<'a> {
    /// How the facet was then.
    pub state: State,
    /// The span that the holder began, or with which it became nobody's; `None` before the facet opened.
    pub since: Option<&'a Span>,
    /// Where nobody held it before either: the span with which the caller was signposted or the incident closed.
    pub unowned_as_now_since: Option<&'a Span>,
    /// When somebody else held it, or nobody; `None` where nothing later changes it.
    pub until: Option<Timestamp>,
    /// Offers that waited for an answer then.
    pub waiting: Vec<&'a Pending>,
    /// Accounts that name another holder: `None` is the established one, then agencies in the order of their ids.
    pub disagreeing: Vec<(Option<&'a AgencyId>, State)>,
}

/// Who held `facet` at `at`, in the account of an agency, or in the established one if none is named.
#[must_use]
pub fn who<'a>(
    held: &'a Responsibility,
    facet: Facet,
    at: Timestamp,
    account: Option<&AgencyId>,
) -> Holder<'a> {
    let account = account.map_or(held.established(), |agency| held.account_of(agency));
    let state = account.at(facet, at);
    let since = account.since(facet, at);
    let as_now = account.stands_since(facet, at);
    let was_waiting =
        |offer: &&Pending| offer.from <= at && offer.to.is_none_or(|answered_at| at < answered_at);
    Holder {
        since,
        unowned_as_now_since: as_now.filter(|span| since.is_some_and(|since| since.by != span.by)),
        until: until(account, facet, at, &state),
        waiting: account.pending(facet).iter().filter(was_waiting).collect(),
        disagreeing: disagreeing(held, facet, at, &state),
        state,
    }
}

fn until(account: &Account, facet: Facet, at: Timestamp, state: &State) -> Option<Timestamp> {
    let mut later = account.spans(facet).iter().filter(|span| span.from > at);
    later.find(|span| span.state.differs_from(state)).map(|span| span.from)
}

fn disagreeing<'a>(
    held: &'a Responsibility,
    facet: Facet,
    at: Timestamp,
    state: &State,
) -> Vec<(Option<&'a AgencyId>, State)> {
    let agencies = held.agencies().iter().map(|agency| (Some(agency), held.account_of(agency)));
    std::iter::once((None, held.established()))
        .chain(agencies)
        .map(|(name, account)| (name, account.at(facet, at)))
        .filter(|(_, other)| other.differs_from(state))
        .collect()
}
