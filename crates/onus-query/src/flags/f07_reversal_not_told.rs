//! F07: a decision was reversed, and somebody who had been told the earlier outcome was not told.

use super::facts::{Facts, each, in_words, is_reversal};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Informed, Told};

pub(super) static RULE: Rule = Rule {
    code: Code(7),
    name: "REVERSAL_NOT_TOLD",
    severities: &[Severity::Critical],
    version: 1,
    says: "A decision about attending was reversed, and a caller or an agency whom the same agency had told the earlier outcome was not told within the limit (10 minutes unless a policy says otherwise). One flag for each person or agency.",
    entry: "the entry that told them the earlier outcome, last before the reversal",
    silent: "Whoever had last been told what the reversal says needs no telling. Silence breaches nothing before the limit has run out.",
    basis: &[
        "IOPC, recommendations to Sussex Police, November 2023: tell the caller of any change without delay (policeconduct.gov.uk)",
    ],
    by_account: false,
    judge,
};

/// Who was told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

struct Telling<'a> {
    entry: &'a Entry,
    party: Party<'a>,
    word: Word,
}

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (reversal, decision) in facts.decisions().filter(|(_, decision)| is_reversal(decision.outcome)) {
        let to_attend = decision.outcome == Attendance::ReversedToDeploy;
        let new_word = if to_attend { Word::Attending } else { Word::NotAttending };
        let at = reversal.common.occurred_at;
        let limits = facts.limits_of_actor(reversal);
        let told = tellings(facts, &reversal.common.asserted_by);
        for earlier in last_before(&told, at).into_iter().filter(|earlier| earlier.word != new_word) {
            let tells = |later: &&Telling<'_>| {
                later.party == earlier.party
                    && later.entry.common.occurred_at >= at
                    && later.entry.seq() != earlier.entry.seq()
                    && (later.word == new_word || later.word == Word::Changed)
            };
            let told_again = told.iter().find(tells);
            let after = told_again.map(|telling| telling.entry.common.occurred_at);
            let Some(title) = breach(facts, &earlier.party, at, limits.tell_us(), after) else { continue };
            let others = told_again.map(|telling| telling.entry.seq()).into_iter().chain([reversal.seq()]);
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
    party: &Party<'_>,
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

/// What an agency told, in world order.
fn tellings<'a>(facts: &Facts<'a>, teller: &AgencyId) -> Vec<Telling<'a>> {
    let callers = each!(facts, CallerInformed).map(|(entry, told)| {
        let word = match told.informed {
            Informed::Attending | Informed::Delayed => Word::Attending,
            Informed::NotAttending => Word::NotAttending,
            Informed::Changed => Word::Changed,
            Informed::Other => Word::Other,
        };
        Telling { entry, party: Party::Caller, word }
    });
    let agencies = each!(facts, AgencyNotified).map(|(entry, told)| {
        let word = match told.told {
            Told::Attending => Word::Attending,
            Told::NotAttending | Told::Referral => Word::NotAttending,
            Told::Changed => Word::Changed,
            Told::Other => Word::Other,
        };
        Telling { entry, party: Party::Agency(&told.agency), word }
    });
    let mut told: Vec<Telling<'a>> =
        callers.chain(agencies).filter(|telling| telling.entry.common.asserted_by == *teller).collect();
    told.sort_by_key(|telling| (telling.entry.common.occurred_at, telling.entry.seq()));
    told
}

/// The last that each party was told of attending before an instant.
fn last_before<'a, 'b>(told: &'b [Telling<'a>], at: Timestamp) -> Vec<&'b Telling<'a>> {
    let mut last: Vec<&Telling<'a>> = Vec::new();
    for telling in
        told.iter().filter(|telling| telling.entry.common.occurred_at < at && telling.word != Word::Other)
    {
        last.retain(|earlier| earlier.party != telling.party);
        last.push(telling);
    }
    last
}
