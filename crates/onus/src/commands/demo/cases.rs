//! The published cases that the demo records, and what was found in each.
//!
//! The facts are in `cases/*.ndjson`; `cases/README.md` says which times a source states and which are
//! constructed. The variants there, which change one fact of a case, are for tests and not recorded. What was
//! found is told in a few words after the source named.

use super::case::Case;

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
    Case {
        name: "suffolk-2021",
        lines: include_str!("../../../cases/suffolk-2021.ndjson"),
        source: "HM Coroner, Suffolk, report to prevent future deaths, as described by mentalhealthcop.com, May 2024",
        shows: "A welfare check was declined without a reason, with the ambulance known to be two hours away.",
        found: "A mental health crisis team asked for a welfare check. It was declined, and no reason was given, \
                although the police were told that an ambulance would take two hours at least. The man died \
                overnight.",
        counter_signed: false,
    },
    Case {
        name: "west-yorkshire-2023",
        lines: include_str!("../../../cases/west-yorkshire-2023.ndjson"),
        source: "Independent Office for Police Conduct, recommendation to the College of Policing, February 2023",
        shows: "Referred to the ambulance service; the caller learned that police would not come when she rang again.",
        found: "The threshold for a safe and well check was held not to be met, and the ambulance service to be the \
                right agency. The friend who had called was not told; no ambulance could be sent for over four \
                hours. The IOPC recommended a way to escalate such disputes, and callers who know whether police \
                will attend.",
        counter_signed: false,
    },
    Case {
        name: "sussex-2018",
        lines: include_str!("../../../cases/sussex-2018.ndjson"),
        source: "Independent Office for Police Conduct, investigation, Sussex Police, June 2018",
        shows: "Graded for a quarter of an hour, then lowered, closed, reopened and held until the morning.",
        found: "A mental health unit reported a voluntary patient not back from leave. The call was graded high \
                risk; others downgraded it, closed it, opened it again and held it until the morning. He was found \
                dead within two hours of an officer's being tasked.",
        counter_signed: false,
    },
    Case {
        name: "sussex-2019",
        lines: include_str!("../../../cases/sussex-2019.ndjson"),
        source: "Independent Office for Police Conduct, recommendations to Sussex Police, November 2019",
        shows: "A welfare check due within the hour was made after seventeen.",
        found: "A surgery asked for a welfare check, graded for one hour. An officer attended about 17 hours later \
                and found the patient dead. The log said very little about the want of resources.",
        counter_signed: false,
    },
    Case {
        name: "webley-2014",
        lines: include_str!("../../../cases/webley-2014.ndjson"),
        source: "High Court, [2014] EWHC 299 (QB)",
        shows: "A handover in hospital that the court held to be sound: what was said, who took over, when officers left.",
        found: "Officers told the hospital that the patient was at high risk and might abscond, stayed until its \
                security had taken over, and left. He absconded later. The claim against the police was dismissed.",
        counter_signed: false,
    },
    Case {
        name: "wyp-2022",
        lines: include_str!("../../../cases/wyp-2022.ndjson"),
        source: "Independent Office for Police Conduct, recommendation to West Yorkshire Police, December 2022",
        shows: "The grade was lowered from one hour to 48, and the caller, who was waiting outside, was not told.",
        found: "A supervisor lowered the grade from priority to standard. The caller was not told, and waited for \
                police outside her partner's address. Had she known, she could have done something else.",
        counter_signed: false,
    },
    Case {
        name: "huddersfield-2024",
        lines: include_str!("../../../cases/huddersfield-2024.ndjson"),
        source: "HM Coroner, report to prevent future deaths to West Yorkshire Police, 2025, as reported by examinerlive.co.uk",
        shows: "A caller was sent from police to ambulance and back, and gave up; no service was sent.",
        found: "The caller was sent to the ambulance service, which had no location, and back to the police, and \
                ended the call. No service was sent. The coroner called it a missed opportunity.",
        counter_signed: false,
    },
    Case {
        name: "wmp-2021",
        lines: include_str!("../../../cases/wmp-2021.ndjson"),
        source: "Independent Office for Police Conduct, recommendations to West Midlands Police, June 2021",
        shows: "A housing association was to see to her, and was never told.",
        found: "Police decided not to attend, and took the housing association to be the one to see whether the \
                patient was at home. Supervisor and sergeant each thought that the other would tell it. It was never \
                told; she was found dead over a month later.",
        counter_signed: false,
    },
    Case {
        name: "gmp-2021-a",
        lines: include_str!("../../../cases/gmp-2021-a.ndjson"),
        source: "Independent Office for Police Conduct, investigation, Greater Manchester Police, April 2021",
        shows: "No unit for hours, and the escalation that the policy asks for was not made.",
        found: "A welfare check was graded for one hour. There were delays, and the escalation policy was not \
                adhered to. She was found dead almost five hours after the call.",
        counter_signed: false,
    },
    Case {
        name: "gmp-2021-b",
        lines: include_str!("../../../cases/gmp-2021-b.ndjson"),
        source: "HM Coroner, report to prevent future deaths to Greater Manchester Police, as described by mentalhealthcop.wordpress.com, May 2022",
        shows: "An ambulance crew at the door asked for entry to be forced; police came 2 h 21 min later.",
        found: "The crew was at the door at 14:10, asked the police to force entry at 14:26, and asked again several \
                times. Police arrived at 16:47, and she was found dead.",
        counter_signed: false,
    },
    Case {
        name: "gmp-2020",
        lines: include_str!("../../../cases/gmp-2020.ndjson"),
        source: "Independent Office for Police Conduct, investigation, Greater Manchester Police, December 2020",
        shows: "Officers left a man to wait for an ambulance, and nobody had taken over.",
        found: "A man had threatened to jump from a window. Officers said that they would take him to hospital, then \
                that he could await the ambulance in his room, and left. He fell as they were leaving, and died \
                later.",
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
