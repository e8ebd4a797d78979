//! The published cases that the demo records, and what was found in each.
//!
//! The facts are in `cases/*.ndjson`; `cases/README.md` says which times a source states and which are
//! constructed. What was found is told in a few words after the source named.

/// One published case.
pub(super) struct Case {
    /// Called by force and year; no person is named.
    pub(super) name: &'static str,
    /// Its drafts, in the order in which they were entered.
    pub(super) drafts: &'static str,
    /// Who looked into it.
    pub(super) source: &'static str,
    /// What they found.
    pub(super) found: &'static str,
    /// Whether the demo has the handover signed by its receiver.
    pub(super) counter_signed: bool,
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sussex-2023",
        drafts: include_str!("../../../cases/sussex-2023.ndjson"),
        source: "Independent Office for Police Conduct, recommendations to Sussex Police, November 2023",
        found: "The caller and the ambulance service were both told that police would attend. The decision was reversed on \
                review and neither was told. Police rang the ambulance service at 4½ and 7¾ hours, learned that nobody had \
                attended, and took no action. The man was found dead. The IOPC recommended clear, immediate and accurate \
                information, and telling the caller of any change without delay.",
        counter_signed: false,
    },
    Case {
        name: "manchester-north-2025",
        drafts: include_str!("../../../cases/manchester-north-2025.ndjson"),
        source: "HM Coroner, Manchester North, Regulation 28 report, October 2025",
        found: "At 20:31 the police judged the call medical; whether there was a risk to life was not asked, and the caller was \
                told to ring the ambulance service. At 20:37 the story was told again and graded category 3, a target of two \
                hours. At 20:55 the family's locksmith opened the door.",
        counter_signed: false,
    },
    Case {
        name: "met-2023-go-live",
        drafts: include_str!("../../../cases/met-2023-go-live.ndjson"),
        source: "Metropolitan Police news, November 2023, and the press of 17 August 2023",
        found: "The start of the policy moved from 31 August to 31 October and then to 1 November 2023. A decision taken on \
                30 October could not rest on it.",
        counter_signed: false,
    },
    Case {
        name: "norfolk-2024",
        drafts: include_str!("../../../cases/norfolk-2024.ndjson"),
        source: "HMICFRS, inspection of 999 and Right Care, Right Person calls in Norfolk, May 2024",
        found: "Information was not recorded consistently; system checks varied or were not made; responses were downgraded \
                without reassessment or supervisory oversight. Built here as twelve incidents, eight with one defect each.",
        counter_signed: false,
    },
    Case {
        name: "lambeth-2024-section136",
        drafts: include_str!("../../../cases/lambeth-2024-section136.ndjson"),
        source: "constructed; no report stands behind it",
        found: "A section 136 detention that goes as it should: risk summary given, acceptance by a named role with a reference, \
                officers released after it.",
        counter_signed: true,
    },
    Case {
        name: "lambeth-2024-dispute",
        drafts: include_str!("../../../cases/lambeth-2024-dispute.ndjson"),
        source: "constructed; no report stands behind it",
        found: "The police say that the trust accepted at 01:50. The trust's own entry says 03:10. Both stand in the ledger as \
                they were stated; neither is overwritten.",
        counter_signed: false,
    },
];
