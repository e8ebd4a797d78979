//! The published cases that the demo records, and what was found in each.
//!
//! The facts are in `cases/*.ndjson`; `cases/README.md` says which times a source states and which are
//! constructed. What was found is told in a few words after the source named.

use onus_core::ids::Incident;
use onus_core::record::Draft;

/// One published case.
pub(super) struct Case {
    /// Called by force and year; no person is named.
    pub(super) name: &'static str,
    /// Its drafts, one a line, in the order in which they were entered.
    lines: &'static str,
    /// Who looked into it.
    pub(super) source: &'static str,
    /// What the demo shows by it, in one sentence.
    pub(super) shows: &'static str,
    /// What they found.
    pub(super) found: &'static str,
    /// Whether the demo has the handover signed by its receiver.
    pub(super) counter_signed: bool,
}

impl Case {
    /// Its drafts. A test holds that every line parses.
    pub(super) fn drafts(&self) -> Vec<Draft> {
        self.lines.lines().filter_map(|line| Draft::parse(line.as_bytes()).ok()).collect()
    }

    /// Its incidents, in the order in which they begin.
    pub(super) fn incidents(&self) -> Vec<Incident> {
        let mut incidents = Vec::new();
        for incident in self.drafts().into_iter().filter_map(|draft| draft.common.incident) {
            if !incidents.contains(&incident) {
                incidents.push(incident);
            }
        }
        incidents
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sussex-2023",
        lines: include_str!("../../../cases/sussex-2023.ndjson"),
        source: "Independent Office for Police Conduct, recommendations to Sussex Police, November 2023",
        shows: "Caller and ambulance service were told that police would attend; the decision was reversed, and neither was told.",
        found: "The caller and the ambulance service were both told that police would attend. The decision was reversed on \
                review and neither was told. Police rang the ambulance service at 4½ and 7¾ hours, learned that nobody had \
                attended, and took no action. The man was found dead. The IOPC recommended clear, immediate and accurate \
                information, and telling the caller of any change without delay.",
        counter_signed: false,
    },
    Case {
        name: "manchester-north-2025",
        lines: include_str!("../../../cases/manchester-north-2025.ndjson"),
        source: "HM Coroner, Manchester North, Regulation 28 report, October 2025",
        shows: "Whether there was a risk to life was not asked; six minutes later the same story was graded category 3.",
        found: "At 20:31 the police judged the call medical; whether there was a risk to life was not asked, and the caller was \
                told to ring the ambulance service. At 20:37 the story was told again and graded category 3, a target of two \
                hours. At 20:55 the family's locksmith opened the door.",
        counter_signed: false,
    },
    Case {
        name: "met-2023-go-live",
        lines: include_str!("../../../cases/met-2023-go-live.ndjson"),
        source: "Metropolitan Police news, November 2023, and the press of 17 August 2023",
        shows: "A decision rests on a policy that was not yet in force: the date had moved.",
        found: "The start of the policy moved from 31 August to 31 October and then to 1 November 2023. A decision taken on \
                30 October could not rest on it.",
        counter_signed: false,
    },
    Case {
        name: "norfolk-2024",
        lines: include_str!("../../../cases/norfolk-2024.ndjson"),
        source: "HMICFRS, inspection of 999 and Right Care, Right Person calls in Norfolk, May 2024",
        shows: "Twelve incidents, eight of them with one defect each in what was recorded, checked or decided.",
        found: "Information was not recorded consistently; system checks varied or were not made; responses were downgraded \
                without reassessment or supervisory oversight. Built here as twelve incidents, eight with one defect each.",
        counter_signed: false,
    },
    Case {
        name: "lambeth-2024-section136",
        lines: include_str!("../../../cases/lambeth-2024-section136.ndjson"),
        source: "constructed; no report stands behind it",
        shows: "A handover that goes as it should, with the acceptance signed by its receiver.",
        found: "A section 136 detention that goes as it should: risk summary given, acceptance by a named role with a reference, \
                officers released after it.",
        counter_signed: true,
    },
    Case {
        name: "lambeth-2024-dispute",
        lines: include_str!("../../../cases/lambeth-2024-dispute.ndjson"),
        source: "constructed; no report stands behind it",
        shows: "Two agencies say different times for one acceptance; both accounts are kept, and no side is taken.",
        found: "The police say that the trust accepted at 01:50. The trust's own entry says 03:10. Both stand in the ledger as \
                they were stated; neither is overwritten.",
        counter_signed: false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_case_parses() {
        for case in CASES {
            assert_eq!(case.drafts().len(), case.lines.lines().count(), "{}", case.name);
        }
    }
}
