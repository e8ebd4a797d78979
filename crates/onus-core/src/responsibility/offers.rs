//! The offers of a history, and which of them an answer is about.
//!
//! An answer that names an offer is about that one. Any other is about an offer only where that still waits for it: it
//! was made to the agency that answers, or by it where the offering side wrote itself down for the receiver
//! (`docs/responsibility.md`); else it is about no offer.
//!
//! Promise: finding the offer of an answer does not depend on how many entries there are, but for a logarithm.

use crate::bodies::handover::HandoverOffered;
use crate::history::Entry;
use crate::ids::{AgencyId, EventId};
use crate::kinds::Body;
use crate::stage::Stored;
use crate::vocabulary::Facet;
use std::collections::{BTreeMap, BTreeSet};

/// An offer, by its name.
pub(super) type Offer<'a> = (EventId, &'a HandoverOffered<Stored>);

/// The offers among entries that speak, and what every answer among them is about.
pub(super) struct Offers<'a> {
    /// In the order of time.
    all: Vec<Offer<'a>>,
    /// By the place of the answer among the entries.
    answers: BTreeMap<usize, Answered>,
}

/// What an answer is about.
struct Answered {
    /// The offer, by its number; none where the answer is about no offer.
    offer: Option<usize>,
    facets: Vec<Facet>,
}

/// Which side of an offer an agency is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    From,
    To,
}

/// Whose answers count when it is asked whether an offer still waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum AnswersOf<'a> {
    /// Those in one agency's account: another's account of the same answer is beside it, not after it.
    Account(&'a AgencyId),
    Anyone,
}

/// The offers of a facet with an agency on one side of them.
type Row<'a> = (Side, &'a AgencyId, Facet);

/// How an answer came to be, in the fields that every kind of answer has.
struct Answer<'a> {
    named: Option<EventId>,
    facets: &'a [Facet],
    /// Where to look for its offer, the first that has one that waits.
    looks: Looks,
}

/// Where an answer without a name looks for its offer.
#[derive(Clone, Copy)]
enum Looks {
    /// To the agency that answers; else by it, if nobody answered it yet.
    Received,
    /// By the agency that answers; else to it, if nobody answered it yet.
    Made,
    /// To or by the agency that records it: nobody acts where an offer lapses.
    Either,
}

impl<'a> Offers<'a> {
    /// Of entries in the order of time.
    pub(super) fn of(speaking: &[&'a Entry]) -> Self {
        let mut found = Finding::of(speaking);
        let mut answers = BTreeMap::new();
        for (place, entry) in speaking.iter().enumerate() {
            if let Some(answer) = answer_in(entry) {
                answers.insert(place, found.answered(place, entry, &answer));
            }
        }
        Self { all: found.all, answers }
    }

    /// The offer that the answer at a place among the entries is about.
    pub(super) fn answered_at(&self, place: usize) -> Option<Offer<'a>> {
        self.all.get(self.answers.get(&place)?.offer?).copied()
    }

    /// The facets that the answer at a place is about: those that it names, else those of its offer.
    pub(super) fn facets_at(&self, place: usize) -> &[Facet] {
        self.answers.get(&place).map_or(&[], |answer| &answer.facets)
    }
}

fn answer_in(entry: &Entry) -> Option<Answer<'_>> {
    let answer = |named, facets, looks| Some(Answer { named, facets, looks });
    match entry.body.as_ref()? {
        Body::HandoverAccepted(b) => answer(b.offer, &b.facets, Looks::Received),
        Body::HandoverDeclined(b) => answer(b.offer, &b.facets, Looks::Received),
        Body::HandoverWithdrawn(b) => answer(b.offer, &b.facets, Looks::Made),
        Body::HandoverLapsed(b) => answer(b.offer, &b.facets, Looks::Either),
        _ => None,
    }
}

/// The offers while their answers are gone through in the order of time.
struct Finding<'a> {
    all: Vec<Offer<'a>>,
    /// Where each offer is among the entries, ascending.
    places: Vec<usize>,
    by_id: BTreeMap<EventId, usize>,
    /// The numbers of the offers of a row, ascending.
    rows: BTreeMap<Row<'a>, Vec<usize>>,
    /// Of a row, by whose answers: the offers that wait no longer.
    gone: BTreeMap<(AnswersOf<'a>, Row<'a>), Gone>,
}

impl<'a> Finding<'a> {
    fn of(speaking: &[&'a Entry]) -> Self {
        let mut found = Self {
            all: Vec::new(),
            places: Vec::new(),
            by_id: BTreeMap::new(),
            rows: BTreeMap::new(),
            gone: BTreeMap::new(),
        };
        for (place, entry) in speaking.iter().enumerate() {
            let Some(Body::HandoverOffered(offer)) = &entry.body else { continue };
            let number = found.all.len();
            found.all.push((entry.id(), offer));
            found.places.push(place);
            found.by_id.entry(entry.id()).or_insert(number);
            for facet in offer.facets.iter().copied().collect::<BTreeSet<_>>() {
                for (side, agency) in [(Side::From, &offer.from), (Side::To, &offer.to)] {
                    found.rows.entry((side, agency, facet)).or_default().push(number);
                }
            }
        }
        found
    }

    fn answered(&mut self, place: usize, entry: &'a Entry, answer: &Answer<'_>) -> Answered {
        let account = AnswersOf::Account(&entry.common.asserted_by);
        let (offer, facets) = match answer.named {
            Some(id) => {
                let offer = self.by_id.get(&id).copied();
                (offer, facets_or_offered(answer.facets, offer.and_then(|number| self.all.get(number))))
            }
            None => self.waiting_for(place, entry, answer),
        };
        if let Some(number) = offer {
            self.answer(number, &facets, account);
        }
        Answered { offer, facets }
    }

    /// The last offer that still waits for an answer without a name, and the facets that it is then about.
    fn waiting_for(
        &mut self,
        place: usize,
        entry: &'a Entry,
        answer: &Answer<'_>,
    ) -> (Option<usize>, Vec<Facet>) {
        let (by, own) = (&entry.common.actor.agency, AnswersOf::Account(&entry.common.asserted_by));
        let looks: &[&[(Side, AnswersOf<'a>)]] = match answer.looks {
            Looks::Received => &[&[(Side::To, own)], &[(Side::From, AnswersOf::Anyone)]],
            Looks::Made => &[&[(Side::From, own)], &[(Side::To, AnswersOf::Anyone)]],
            Looks::Either => &[&[(Side::From, own), (Side::To, own)]],
        };
        let among = if answer.facets.is_empty() { Facet::ALL } else { answer.facets };
        let before = self.places.partition_point(|offered| *offered < place);
        for sides in looks {
            let mut found: Option<(usize, Side, AnswersOf<'a>)> = None;
            for (side, account) in *sides {
                let last =
                    among.iter().filter_map(|facet| self.last(*account, (*side, by, *facet), before)).max();
                found = found.max(last.map(|number| (number, *side, *account)));
            }
            let Some((number, side, account)) = found else { continue };
            let facets = if answer.facets.is_empty() {
                let waits = |facet: &Facet| self.last(account, (side, by, *facet), before) == Some(number);
                Facet::ALL.iter().copied().filter(waits).collect()
            } else {
                answer.facets.to_vec()
            };
            return (Some(number), facets);
        }
        (None, answer.facets.to_vec())
    }

    /// The last offer of a row among the first so many offers that waits, by these answers.
    fn last(&mut self, account: AnswersOf<'a>, row: Row<'a>, before: usize) -> Option<usize> {
        let numbers = self.rows.get(&row)?;
        let upto = numbers.partition_point(|number| *number < before);
        let upto = match self.gone.get_mut(&(account, row)) {
            Some(gone) => gone.upto(upto),
            None => upto,
        };
        numbers.get(upto.checked_sub(1)?).copied()
    }

    /// An offer waits no longer for an answer about these facets.
    fn answer(&mut self, number: usize, facets: &[Facet], account: AnswersOf<'a>) {
        let Some((_, offer)) = self.all.get(number).copied() else { return };
        for facet in facets {
            for (side, agency) in [(Side::From, &offer.from), (Side::To, &offer.to)] {
                let row = (side, agency, *facet);
                let Some(numbers) = self.rows.get(&row) else { continue };
                let Ok(at) = numbers.binary_search(&number) else { continue };
                for account in [account, AnswersOf::Anyone] {
                    self.gone.entry((account, row)).or_default().take(at);
                }
            }
        }
    }
}

/// Which offers of a row wait no longer: of each run of them, where it begins.
#[derive(Default)]
struct Gone {
    /// First of a run, and the first after it; runs neither touch nor overlap.
    runs: BTreeMap<usize, usize>,
}

impl Gone {
    /// How many offers there are up to the last that waits, of the first so many.
    fn upto(&self, count: usize) -> usize {
        match self.runs.range(..count).next_back() {
            Some((first, after)) if *after >= count => *first,
            _ => count,
        }
    }

    fn take(&mut self, at: usize) {
        if self.upto(at + 1) <= at {
            return;
        }
        let after = self.runs.remove(&(at + 1)).unwrap_or(at + 1);
        match self.runs.range_mut(..at).next_back() {
            Some((_, end)) if *end == at => *end = after,
            _ => {
                self.runs.insert(at, after);
            }
        }
    }
}

/// An answer that names no facets answers the whole offer.
fn facets_or_offered(facets: &[Facet], offer: Option<&Offer<'_>>) -> Vec<Facet> {
    match offer {
        Some((_, offer)) if facets.is_empty() => offer.facets.clone(),
        _ => facets.to_vec(),
    }
}

/// Who accepted or declined: the actor; but nobody answers their own offer, so an answer written down by the offering
/// side with itself as the actor is taken as the answer of whom it was offered to.
#[must_use]
pub fn receiver_in<'a>(entry: &'a Entry, offer: Option<&'a HandoverOffered<Stored>>) -> &'a AgencyId {
    match offer {
        Some(offer) if entry.common.actor.agency == offer.from => &offer.to,
        _ => &entry.common.actor.agency,
    }
}
