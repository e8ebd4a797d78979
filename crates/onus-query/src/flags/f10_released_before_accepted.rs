//! F10: officers left while they still held custody or care, or with no more than their own word that it was accepted.

use super::accounts::on_each;
use super::facts::{Facts, each};
use super::word::{lacks, word_at};
use super::{Absence, Code, Finding, JudgedOn, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::responsibility::Account;
use onus_core::vocabulary::Facet;

pub(super) static RULE: Rule = Rule {
    code: Code(10),
    name: "RELEASED_BEFORE_ACCEPTED",
    title: "Officers left before a recorded acceptance",
    severities: &[Severity::Medium, Severity::High],
    version: 2,
    says: "Officers were released while their agency held custody or care, and no acceptance of it is recorded (high); or one is recorded by the leaving side alone, with neither the receiver's reference nor a risk summary in the offer, or without the receiver's role (medium).",
    entry: "the release",
    silent: "Where custody or care had ended by then, or was never theirs; where the receiver itself accepted; and where the leaving side records the receiver's role, and its reference or an offer with a risk summary. What the receiver contradicts is no acceptance.",
    basis: &[
        "Webley v St George's [2014] EWHC 299 (QB) (BAILII): content passed, acceptance and the time of leaving are the three facts",
    ],
    limits: &[],
    by_account: true,
    awaits: false,
    needs: &[Absence::whole(Kind::HandoverAccepted)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (release, _) in each!(facts, OfficersReleased) {
        let mut judged: Vec<JudgedOn> = Vec::new();
        for facet in [Facet::Custody, Facet::Care] {
            on_each(facts, facet, |account, on| {
                if judged.contains(on) {
                    return;
                }
                judged.push(on.clone());
                look(facts, release, account, on, found);
            });
        }
    }
}

fn look<'a>(
    facts: &Facts<'a>,
    release: &'a Entry,
    account: &Account,
    on: &JudgedOn,
    found: &mut Vec<Finding>,
) {
    if let JudgedOn::Agency(agency) = on
        && facts.responsibility().is_left_out_of(agency, release.seq())
    {
        return;
    }
    let (at, agency) = (release.common.occurred_at, &release.common.asserted_by);
    let mut unaccepted: Vec<&str> = Vec::new();
    let mut on_their_word: Vec<(&str, &Entry)> = Vec::new();
    for facet in [Facet::Custody, Facet::Care] {
        let held = account.span_at(facet, at).is_some_and(|span| span.state.is_held_by(agency));
        match word_at(facts, agency, facet, at).filter(|_| held) {
            Some((_, accepted)) => on_their_word.push((facet.as_str(), accepted)),
            None if held => unaccepted.push(facet.as_str()),
            None => {}
        }
    }
    let (severity, title) = if !unaccepted.is_empty() {
        let what = unaccepted.join(" and ");
        (
            Severity::High,
            format!(
                "officers of {agency} recorded as leaving while {what} is recorded as theirs; no acceptance of it is recorded"
            ),
        )
    } else if let Some((_, accepted)) = on_their_word.first() {
        let names: Vec<&str> = on_their_word.iter().map(|(name, _)| *name).collect();
        let (what, lacking) = (names.join(" and "), lacks(facts, accepted));
        (Severity::Medium, format!("acceptance of {what} recorded on the word of {agency} alone, {lacking}"))
    } else {
        return;
    };
    let others = on_their_word.iter().map(|(_, accepted)| accepted.seq());
    found.push(Finding::new(&RULE, severity, release, title).on(on.clone()).resting_on(others));
}
