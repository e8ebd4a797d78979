//! Who was told what about attending: callers and agencies, by whom and when.
//!
//! # Promises
//! * A caller that is an agency is told by telling that agency, and by answering what it asked.
//! * Callers of one agency are told apart by no more than their agencies: what one was told, the others that are none
//!   were told.

use super::facts::{Facts, each};
use super::refusals::asks_to_attend;
use onus_core::bodies::decision::AssistanceRequested;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AssistanceAnswer, Informed, Told};
use std::collections::BTreeMap;

/// Who was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Party<'a> {
    /// A caller that is no agency, or may be any of several.
    Caller,
    /// An agency, a calling one too.
    Agency(&'a AgencyId),
}

impl std::fmt::Display for Party<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Caller => f.write_str("the caller"),
            Self::Agency(agency) => agency.fmt(f),
        }
    }
}

/// What they were told of attending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Attending,
    /// That help comes, and later.
    Later,
    NotAttending,
    Changed,
    Other,
}

/// One telling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling<'a> {
    pub(super) entry: &'a Entry,
    pub(super) party: Party<'a>,
    /// Whether it reaches a caller whose agency is not known to be another one.
    pub(super) reaches_caller: bool,
    pub(super) word: Word,
    /// Who comes, if that was said.
    pub(super) names: Option<&'a AgencyId>,
    /// Within how many minutes, if that was said.
    pub(super) within_minutes: Option<u32>,
}

/// Who called an agency, and since when. Only who had called by then counts: a later caller takes nothing from what an
/// earlier one was told.
#[derive(Debug, Default)]
pub(super) struct CallersOf<'a> {
    /// When first anybody did who is no agency, as far as is recorded.
    others_since: Option<Timestamp>,
    /// When first each agency did that called it, or asked it for help.
    agencies: BTreeMap<&'a AgencyId, Timestamp>,
}

impl<'a> CallersOf<'a> {
    /// The only caller by an instant, if that is an agency.
    fn only(&self, at: Timestamp) -> Option<&'a AgencyId> {
        let mut agencies = self.agencies.iter().filter(|(_, since)| **since <= at).map(|(agency, _)| *agency);
        agencies.next().filter(|_| !self.is_called_by_others(at) && agencies.next().is_none())
    }

    /// Whether telling an agency at an instant tells a caller, whichever it is.
    pub(super) fn is_told_by_telling(&self, agency: &AgencyId, at: Timestamp) -> bool {
        !self.is_called_by_others(at) && self.agencies.get(agency).is_some_and(|since| *since <= at)
    }

    fn is_called_by_others(&self, at: Timestamp) -> bool {
        self.others_since.is_some_and(|since| since <= at)
    }
}

/// Who called each agency.
pub(super) fn callers<'a>(facts: &Facts<'a>) -> BTreeMap<&'a AgencyId, CallersOf<'a>> {
    let mut callers: BTreeMap<&'a AgencyId, CallersOf<'a>> = BTreeMap::new();
    for (entry, body) in each!(facts, ContactReceived) {
        let (of, at) = (callers.entry(&entry.common.asserted_by).or_default(), entry.common.occurred_at);
        match &body.agency {
            Some(agency) => {
                of.agencies.entry(agency).or_insert(at);
            }
            None => {
                of.others_since.get_or_insert(at);
            }
        }
    }
    for (entry, request) in each!(facts, AssistanceRequested) {
        let at = entry.common.occurred_at;
        let since = callers.entry(&request.to).or_default().agencies.entry(&request.from).or_insert(at);
        *since = at.min(*since);
    }
    callers
}

/// The request that an answer is about, if the entry is an answer.
pub(super) fn answered<'a>(
    facts: &Facts<'a>,
    entry: &Entry,
) -> Option<(&'a AssistanceRequested<Stored>, AssistanceAnswer)> {
    let Some(Body::AssistanceAnswered(body)) = &entry.body else { return None };
    match &facts.history.entry(body.request)?.body {
        Some(Body::AssistanceRequested(request)) => Some((request, body.answer)),
        _ => None,
    }
}

/// What each agency told, in world order.
pub(super) fn tellings<'a>(facts: &Facts<'a>) -> BTreeMap<&'a AgencyId, Vec<Telling<'a>>> {
    let callers = callers(facts);
    let mut by_teller: BTreeMap<&'a AgencyId, Vec<Telling<'a>>> = BTreeMap::new();
    for entry in facts.speaking().iter().copied() {
        let Some((teller, mut telling)) = telling(facts, entry) else { continue };
        let of = callers.get(teller);
        let at = entry.common.occurred_at;
        match (telling.party, of.and_then(|of| of.only(at))) {
            (Party::Caller, Some(only)) => telling.party = Party::Agency(only),
            (Party::Agency(agency), _) => {
                telling.reaches_caller = of.is_some_and(|of| of.is_told_by_telling(agency, at));
            }
            (Party::Caller, None) => {}
        }
        by_teller.entry(teller).or_default().push(telling);
    }
    by_teller
}

fn telling<'a>(facts: &Facts<'a>, entry: &'a Entry) -> Option<(&'a AgencyId, Telling<'a>)> {
    let own = &entry.common.asserted_by;
    let plain = |party, word| Telling {
        entry,
        party,
        reaches_caller: party == Party::Caller,
        word,
        names: None,
        within_minutes: None,
    };
    Some(match entry.body.as_ref()? {
        Body::CallerInformed(told) => {
            let word = match told.informed {
                Informed::Attending => Word::Attending,
                Informed::Delayed => Word::Later,
                Informed::NotAttending => Word::NotAttending,
                Informed::Changed => Word::Changed,
                Informed::Other => Word::Other,
            };
            let (names, within_minutes) = (told.agency.as_ref(), told.within_minutes);
            (own, Telling { names, within_minutes, ..plain(Party::Caller, word) })
        }
        Body::AgencyNotified(told) => {
            let word = match told.told {
                Told::Attending => Word::Attending,
                Told::NotAttending | Told::Referral => Word::NotAttending,
                Told::Changed => Word::Changed,
                Told::Other => Word::Other,
            };
            (own, plain(Party::Agency(&told.agency), word))
        }
        Body::AssistanceAnswered(_) => {
            let (request, answer) = answered(facts, entry)?;
            let word = match answer {
                _ if !asks_to_attend(request.what) => Word::Other,
                AssistanceAnswer::Will => Word::Attending,
                AssistanceAnswer::Later => Word::Later,
                AssistanceAnswer::WillNot | AssistanceAnswer::NotOurs => Word::NotAttending,
            };
            (&request.to, plain(Party::Agency(&request.from), word))
        }
        _ => return None,
    })
}
