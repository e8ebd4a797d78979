//! F31: an agency left somebody in need, and nobody had taken over.

use super::accounts::on_each;
use super::facts::Facts;
use super::leavings::without_taker;
use super::{Absence, Code, Finding, JudgedOn, Rule, Severity};
use onus_core::kinds::{Body, Kind};
use onus_core::vocabulary::{Facet, Tri};

pub(super) static RULE: Rule = Rule {
    code: Code(31),
    name: "LEFT_WITHOUT_TAKER",
    title: "Left, nobody recorded as taking over",
    severities: &[Severity::High],
    version: 1,
    says: "An agency's officers were released, or the last of its units that had arrived was stood down, while the last assessment known says `yes` to risk to life or serious harm, or after a power to hold the person was used and before a detention ended; and nobody else held the response, custody or care then.",
    entry: "the release or the standing down",
    silent: "After the response or the care was discharged, or the person was found safe (`located_safe`) or unharmed (`no_harm_known`), since that assessment or power. While another unit of the agency is there, or another agency's unit that met the person. Where custody or care was the agency's own: F10 looks at what it left. Where the agency says that another took over, and that one does not contradict it.",
    basis: &[
        "IOPC, Greater Manchester Police, recommendation (policeconduct.gov.uk, node 4180)",
        "Prevention of future deaths report, Preston, 2021 (judiciary.uk)",
        "IOPC, recommendation (policeconduct.gov.uk, node 3940)",
    ],
    limits: &[],
    by_account: true,
    awaits: false,
    needs: &[Absence::whole(Kind::HandoverAccepted)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    on_each(facts, Facet::Response, |account, on| {
        for leaving in without_taker(facts, account) {
            if leaving.entry.common.occurred_at > facts.now {
                continue;
            }
            if let JudgedOn::Agency(agency) = on
                && facts.responsibility().is_left_out_of(agency, leaving.entry.seq())
            {
                continue;
            }
            let triage = facts.latest_triage(leaving.entry);
            let need = match triage.map(|triage| (triage.risk_to_life, triage.serious_harm)) {
                Some((Tri::Yes, Tri::Yes)) => {
                    "the last assessment recorded a risk to life and a risk of serious harm"
                }
                Some((Tri::Yes, _)) => "the last assessment recorded a risk to life",
                Some((_, Tri::Yes)) => "the last assessment recorded a risk of serious harm",
                _ => "a power to hold the person is recorded as used",
            };
            let to = match &leaving.entry.body {
                Some(Body::OfficersReleased(release)) => release.to_agency.as_ref(),
                _ => None,
            };
            let taker = match to {
                Some(to) => format!("no record that {to} took over"),
                None => "nobody is recorded as taking over".to_owned(),
            };
            let title = format!("{} recorded as leaving; {need}; {taker}", leaving.agency);
            let finding = Finding::new(&RULE, Severity::High, leaving.entry, title).on(on.clone());
            found.push(finding.resting_on(triage.map(|triage| triage.entry.seq())));
        }
    });
}
