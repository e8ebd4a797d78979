//! F39: section 136 used in a home, where the law gives no such power.

use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use onus_core::vocabulary::{EncounterPlace, PowerSection};

pub(super) static RULE: Rule = Rule {
    code: Code(39),
    name: "POWER_IN_A_HOME",
    title: "Section 136 in a home",
    severities: &[Severity::Critical],
    version: 1,
    says: "Use of section 136 is recorded, and the place stated with it is a dwelling, which takes in its yard, garden, garage and outhouse.",
    entry: "PowerExercised",
    silent: "Without a place stated. A yard or garden that several dwellings share is no part of one, and should not be stated as a dwelling. A warrant under section 135 is for homes.",
    basis: &[
        "Mental Health Act 1983 s.136(1A), (1B) (legislation.gov.uk)",
        "Greater Manchester Police, response to prevention of future deaths report 2018-0411 (judiciary.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (power, body) in each!(facts, PowerExercised) {
        if body.section == PowerSection::S136 && body.place == Some(EncounterPlace::Dwelling) {
            let title = "use of section 136 recorded, and the place recorded is a dwelling";
            found.push(Finding::new(&RULE, Severity::Critical, power, title));
        }
    }
}
