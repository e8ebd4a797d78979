//! F10: officers left while they still held custody or care, or handed over without saying what the risk is.

use super::accounts::on_each;
use super::facts::{Facts, each};
use super::{Code, Finding, JudgedOn, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_core::responsibility::Account;
use onus_core::seq::Seq;
use onus_core::vocabulary::Facet;

pub(super) static RULE: Rule = Rule {
    code: Code(10),
    name: "RELEASED_BEFORE_ACCEPTED",
    severities: &[Severity::High],
    version: 1,
    says: "Officers were released while their agency held custody or care, so before anybody had accepted; or somebody had accepted it from them on an offer without a risk summary.",
    entry: "the release",
    silent: "Where custody or care had ended by then, or was never theirs.",
    basis: &[
        "Webley v St George's [2014] EWHC 299 (QB) (BAILII): content passed, acceptance and the time of leaving are the three facts",
    ],
    limits: &[],
    by_account: true,
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
    let mut untold: Vec<(&str, Seq)> = Vec::new();
    for facet in [Facet::Custody, Facet::Care] {
        let Some(span) = account.span_at(facet, at) else { continue };
        if span.state.is_held_by(agency) {
            unaccepted.push(facet.as_str());
        } else if let Some(offer) = offer_without_risk_summary(facts, agency, span.by) {
            untold.push((facet.as_str(), offer));
        }
    }
    let (title, others) = if !unaccepted.is_empty() {
        (
            format!(
                "officers left while {} was still theirs: nobody had accepted it",
                unaccepted.join(" and ")
            ),
            None,
        )
    } else if let Some((_, offer)) = untold.first() {
        let names: Vec<&str> = untold.iter().map(|(name, _)| *name).collect();
        (
            format!("officers left after handing over {} without a risk summary", names.join(" and ")),
            Some(*offer),
        )
    } else {
        return;
    };
    found.push(Finding::new(&RULE, Severity::High, release, title).on(on.clone()).resting_on(others));
}

/// The offer of this agency that an acceptance answered, if it had no risk summary.
fn offer_without_risk_summary(
    facts: &Facts<'_>,
    agency: &onus_core::ids::AgencyId,
    accepted: Seq,
) -> Option<Seq> {
    let accepted = facts.history.entry_at(accepted)?;
    let Some(Body::HandoverAccepted(body)) = &accepted.body else { return None };
    let offer = facts.history.entry(body.offer?)?;
    match &offer.body {
        Some(Body::HandoverOffered(offered)) if offered.from == *agency && offered.risk_summary.is_none() => {
            Some(offer.seq())
        }
        _ => None,
    }
}
