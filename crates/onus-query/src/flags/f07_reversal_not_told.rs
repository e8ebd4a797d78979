//! F07: a decision was reversed, and somebody who had been told the earlier outcome was not told.

use super::facts::{Facts, after_us, first_from, in_words, is_reversal};
use super::finding::is_too_long;
use super::tellings::{Party, Telling, Word, tellings};
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Attendance;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(7),
    name: "REVERSAL_NOT_TOLD",
    title: "Reversal: no telling recorded",
    severities: &[Severity::Critical],
    version: 2,
    says: "A decision about attending was reversed, and a caller or an agency whom the same agency had told the earlier outcome is not recorded as told of it within the limit (10 minutes unless a policy says otherwise). One flag for each person or agency.",
    entry: "the entry that told them the earlier outcome, last before the reversal",
    silent: "Anyone who was last told what the reversal says needs no further telling. A caller that is an agency is told by telling that agency, or by answering its request. Silence breaches nothing before the limit has run out.",
    basis: &[
        "IOPC, recommendations to Sussex Police, November 2023: tell the caller of any change without delay (policeconduct.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: true,
    needs: &[Absence::whole(Kind::CallerInformed), Absence::whole(Kind::AgencyNotified)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut by_teller: Option<BTreeMap<&AgencyId, Tellings<'_>>> = None;
    for (reversal, decision) in facts.decisions().filter(|(_, decision)| is_reversal(decision.outcome)) {
        let by_teller = by_teller.get_or_insert_with(|| {
            tellings(facts).into_iter().map(|(teller, told)| (teller, Tellings::of(told))).collect()
        });
        let Some(told) = by_teller.get_mut(&reversal.common.asserted_by) else { continue };
        let to_attend = decision.outcome == Attendance::ReversedToDeploy;
        let new_word = if to_attend { Word::Attending } else { Word::NotAttending };
        let at = reversal.common.occurred_at;
        let limits = facts.limits_of_actor(reversal);
        for earlier in told.last_before(at) {
            if says(earlier.word) == new_word {
                continue;
            }
            let told_again = told.first_from(earlier.party, to_attend, at);
            let Some(title) = breach(facts, &earlier, reversal, limits.tell_us(), told_again) else {
                continue;
            };
            let others = told_again.map(Entry::seq).into_iter().chain([reversal.seq()]);
            found.push(
                Finding::new(&RULE, Severity::Critical, earlier.entry, title)
                    .resting_on(others)
                    .under(limits.policy())
                    .waiting(
                        told_again.is_none(),
                        (at.plus_us(limits.tell_us()), &reversal.common.asserted_by),
                        || {
                            let not = if to_attend { "" } else { "not " };
                            format!(
                                "tell {} that {} will {not}attend",
                                earlier.party, reversal.common.asserted_by
                            )
                        },
                    ),
            );
        }
    }
}

/// What a word says of attending: who comes later comes.
fn says(word: Word) -> Word {
    if word == Word::Later { Word::Attending } else { word }
}

fn breach(
    facts: &Facts<'_>,
    earlier: &Telling<'_>,
    reversal: &Entry,
    limit_us: i64,
    told: Option<&Entry>,
) -> Option<String> {
    let (party, by) = (earlier.party, &reversal.common.asserted_by);
    let not = if says(earlier.word) == Word::Attending { "" } else { "not " };
    let was_told = format!("{party} was told here that {by} would {not}attend");
    let limit = in_words(limit_us);
    let after = |at: Timestamp| after_us(at, reversal.common.occurred_at);
    let is_late = |at, between: &[&Entry]| is_too_long(after(at).saturating_sub(limit_us), between);
    let Some(told) = told else {
        return is_late(facts.now, &[reversal])
            .then(|| format!("{was_told}; no record within {limit} that {party} was told of the reversal"));
    };
    let at = told.common.occurred_at;
    is_late(at, &[reversal, told]).then(|| {
        let late = in_words(after(at));
        format!("{was_told}; {party} was told of the reversal {late} after it; the limit is {limit}")
    })
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
    fn of(told: Vec<Telling<'a>>) -> Self {
        let mut tellings = Self::default();
        for telling in told {
            for (to_attend, word) in [(true, Word::Attending), (false, Word::NotAttending)] {
                if says(telling.word) != word && telling.word != Word::Changed {
                    continue;
                }
                let caller = telling.reaches_caller.then_some(Party::Caller);
                for party in [Some(telling.party), caller.filter(|caller| *caller != telling.party)] {
                    let again = party.map(|party| tellings.again.entry((party, to_attend)).or_default());
                    if let Some(again) = again {
                        again.push(telling.entry);
                    }
                }
            }
            tellings.all.push(telling);
        }
        tellings
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
