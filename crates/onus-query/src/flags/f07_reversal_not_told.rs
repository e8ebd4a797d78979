//! F07: a decision was reversed, and somebody who had been told the earlier outcome was not told.

use super::facts::{Facts, first_from, in_words, is_reversal};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Informed, Told};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(7),
    name: "REVERSAL_NOT_TOLD",
    severities: &[Severity::Critical],
    version: 1,
    says: "A decision about attending was reversed, and a caller or an agency whom the same agency had told the earlier outcome was not told within the limit (10 minutes unless a policy says otherwise). One flag for each person or agency.",
    entry: "the entry that told them the earlier outcome, last before the reversal",
    silent: "Anyone who was last told what the reversal says needs no further telling. Silence breaches nothing before the limit has run out.",
    basis: &[
        "IOPC, recommendations to Sussex Police, November 2023: tell the caller of any change without delay (policeconduct.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    judge,
};

/// Who was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Party<'a> {
    Caller,
    Agency(&'a AgencyId),
}

/// What they were told of attending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Attending,
    NotAttending,
    Changed,
    Other,
}

#[derive(Clone, Copy)]
struct Telling<'a> {
    entry: &'a Entry,
    party: Party<'a>,
    word: Word,
}

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut by_teller: Option<BTreeMap<&AgencyId, Tellings<'_>>> = None;
    for (reversal, decision) in facts.decisions().filter(|(_, decision)| is_reversal(decision.outcome)) {
        let by_teller = by_teller.get_or_insert_with(|| tellings(facts));
        let Some(told) = by_teller.get_mut(&reversal.common.asserted_by) else { continue };
        let to_attend = decision.outcome == Attendance::ReversedToDeploy;
        let new_word = if to_attend { Word::Attending } else { Word::NotAttending };
        let at = reversal.common.occurred_at;
        let limits = facts.limits_of_actor(reversal);
        for earlier in told.last_before(at) {
            if earlier.word == new_word {
                continue;
            }
            let told_again = told.first_from(earlier.party, to_attend, at);
            let after = told_again.map(|telling| telling.common.occurred_at);
            let Some(title) = breach(facts, earlier.party, at, limits.tell_us(), after) else { continue };
            let others = told_again.map(Entry::seq).into_iter().chain([reversal.seq()]);
            found.push(
                Finding::new(&RULE, Severity::Critical, earlier.entry, title)
                    .resting_on(others)
                    .under(limits.policy()),
            );
        }
    }
}

fn breach(
    facts: &Facts<'_>,
    party: Party<'_>,
    reversed: Timestamp,
    limit_us: i64,
    told: Option<Timestamp>,
) -> Option<String> {
    let who = match party {
        Party::Caller => "the caller".to_owned(),
        Party::Agency(agency) => agency.to_string(),
    };
    match told {
        Some(at) if at <= reversed.plus_us(limit_us) => None,
        Some(at) => {
            let late = in_words(super::facts::after_us(at, reversed));
            Some(format!("{who} was told of the reversal after {late}; the limit is {}", in_words(limit_us)))
        }
        None if facts.is_past(reversed, limit_us) => {
            Some(format!("{who}, told the earlier outcome here, was not told that it was reversed"))
        }
        None => None,
    }
}

/// What one agency told, in world order.
#[derive(Default)]
struct Tellings<'a> {
    all: Vec<Telling<'a>>,
    /// Of each party, the last of those that were gone through, by its place among all.
    last: BTreeMap<Party<'a>, usize>,
    gone_through: usize,
    /// Of each party, what tells it that police attend (`true`), and that they do not.
    again: BTreeMap<(Party<'a>, bool), Vec<&'a Entry>>,
}

impl<'a> Tellings<'a> {
    fn add(&mut self, telling: Telling<'a>) {
        for (to_attend, word) in [(true, Word::Attending), (false, Word::NotAttending)] {
            if telling.word == word || telling.word == Word::Changed {
                self.again.entry((telling.party, to_attend)).or_default().push(telling.entry);
            }
        }
        self.all.push(telling);
    }

    /// The last that each party was told of attending before an instant, in world order; each time asked of the same
    /// instant or a later one.
    fn last_before(&mut self, at: Timestamp) -> Vec<Telling<'a>> {
        while let Some(telling) = self.all.get(self.gone_through)
            && telling.entry.common.occurred_at < at
        {
            if telling.word != Word::Other {
                self.last.insert(telling.party, self.gone_through);
            }
            self.gone_through += 1;
        }
        let mut places: Vec<usize> = self.last.values().copied().collect();
        places.sort_unstable();
        places.into_iter().filter_map(|place| self.all.get(place).copied()).collect()
    }

    /// The first thing from an instant on that tells a party whether police attend, or that it changed.
    fn first_from(&self, party: Party<'a>, to_attend: bool, at: Timestamp) -> Option<&'a Entry> {
        first_from(self.again.get(&(party, to_attend))?, at)
    }
}

/// What each agency told.
fn tellings<'a>(facts: &Facts<'a>) -> BTreeMap<&'a AgencyId, Tellings<'a>> {
    let mut by_teller: BTreeMap<&'a AgencyId, Tellings<'a>> = BTreeMap::new();
    for entry in facts.speaking().iter().copied() {
        let (party, word) = match &entry.body {
            Some(Body::CallerInformed(told)) => {
                let word = match told.informed {
                    Informed::Attending | Informed::Delayed => Word::Attending,
                    Informed::NotAttending => Word::NotAttending,
                    Informed::Changed => Word::Changed,
                    Informed::Other => Word::Other,
                };
                (Party::Caller, word)
            }
            Some(Body::AgencyNotified(told)) => {
                let word = match told.told {
                    Told::Attending => Word::Attending,
                    Told::NotAttending | Told::Referral => Word::NotAttending,
                    Told::Changed => Word::Changed,
                    Told::Other => Word::Other,
                };
                (Party::Agency(&told.agency), word)
            }
            _ => continue,
        };
        by_teller.entry(&entry.common.asserted_by).or_default().add(Telling { entry, party, word });
    }
    by_teller
}
