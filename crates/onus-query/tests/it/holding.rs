//! Who held what in the published cases (`crates/onus/cases/README.md`).

use onus_core::history::{History, Vantage};
use onus_core::ids::AgencyId;
use onus_core::responsibility::{Account, Quality, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_query::holding::holding;
use onus_query::policy::Policies;
use onus_testkit::events::{agency, time};
use onus_testkit::histories::case_histories;

const SUSSEX: &str = include_str!("../../../onus/cases/sussex-2023.ndjson");
const MANCHESTER: &str = include_str!("../../../onus/cases/manchester-north-2025.ndjson");
const LAMBETH: &str = include_str!("../../../onus/cases/lambeth-2024-section136.ndjson");
const DISPUTE: &str = include_str!("../../../onus/cases/lambeth-2024-dispute.ndjson");
const MET: &str = include_str!("../../../onus/cases/met-2023-go-live.ndjson");

fn only(case: &str) -> History {
    let mut histories = case_histories(case);
    assert_eq!(histories.len(), 1);
    histories.remove(0)
}

/// `20:31 unclaimed`, `20:38 held ambulance:nwas` …, by the clock in London.
fn told(account: &Account, facet: Facet) -> Vec<String> {
    let clock = |at: Timestamp| at.london_to_the_second().get(11..16).unwrap_or_default().to_owned();
    account
        .spans(facet)
        .iter()
        .map(|span| {
            let holders: Vec<String> = span.state.holders().iter().map(ToString::to_string).collect();
            format!("{} {} {}", clock(span.from), span.state.as_str(), holders.join("+")).trim().to_owned()
        })
        .collect()
}

#[test]
fn in_sussex_nobody_held_the_response_for_eleven_hours() {
    let history = only(SUSSEX);
    let held = holding(&history, &Vantage::default(), &Policies::default());
    assert_eq!(
        told(held.established(), Facet::Response),
        [
            "20:00 unclaimed",
            "20:03 held police:sussex",
            "20:12 unclaimed",
            "07:30 held police:sussex",
            "07:50 discharged",
        ]
    );
    assert!(held.contested().is_empty() && held.contradictions().is_empty());
    let ambulance = agency("ambulance:secamb");
    assert!(held.lanes().all(|(of, lane)| *of != ambulance || lane.spans(Facet::Response).is_empty()));
}

#[test]
fn in_manchester_the_ambulance_service_held_it_from_its_own_decision_on() {
    let held = holding(&only(MANCHESTER), &Vantage::default(), &Policies::default());
    assert_eq!(
        told(held.established(), Facet::Response),
        ["20:31 unclaimed", "20:33 unclaimed_signposted", "20:38 held ambulance:nwas", "20:55 discharged"]
    );
    assert_eq!(
        told(held.established(), Facet::Contact),
        ["20:31 held police:gmp", "20:37 shared police:gmp+ambulance:nwas", "20:55 discharged"]
    );
    assert!(held.doubly_owned().is_empty());
    let since = held.established().since(Facet::Response, time("2025-02-04T20:37Z")).unwrap();
    assert_eq!(since.from, time("2025-02-04T20:31Z"), "a signpost begins nothing");
}

#[test]
fn in_lambeth_custody_and_care_passed_on_evidence_that_nothing_contradicts() {
    let held = holding(&only(LAMBETH), &Vantage::default(), &Policies::default());
    assert_eq!(
        told(held.established(), Facet::Custody),
        ["00:50 held police:met", "02:07 held mh_trust:RV5", "11:00 discharged"]
    );
    assert_eq!(told(held.established(), Facet::Care), ["00:50 unclaimed", "02:07 held mh_trust:RV5"]);
    // The police say that an ambulance conveyed, and not whose: nobody holds it on that.
    assert_eq!(told(held.established(), Facet::Conveyance), ["01:20 discharged"]);
    let span = held.established().span_at(Facet::Custody, time("2024-05-15T03:00+01:00")).unwrap();
    assert_eq!(span.quality, Some(Quality::Evidenced));
    assert!(held.contested().is_empty());
}

#[test]
fn the_disputed_handover_is_contested_from_one_time_to_the_other() {
    let history = only(DISPUTE);
    let held = holding(&history, &Vantage::default(), &Policies::default());
    let [police, trust] = ["police:met", "mh_trust:RV5"].map(agency);
    for facet in [Facet::Custody, Facet::Care] {
        let contested: Vec<_> = held.contested().iter().filter(|span| span.facet == facet).collect();
        let [span] = contested.as_slice() else { panic!("{contested:?}") };
        assert_eq!(span.from, time("2024-06-12T01:50+01:00"));
        assert_eq!(span.to, Some(time("2024-06-12T03:10+01:00")));
        assert!(span.contradicted);
        assert_eq!(held.contradicting(facet), [trust.clone(), police.clone()].to_vec().sorted());
    }
    let within = time("2024-06-12T02:30+01:00");
    let custody = |account: &Account| account.at(Facet::Custody, within);
    assert_eq!(custody(held.established()), State::Held(police.clone()), "the earlier holder keeps it");
    assert_eq!(custody(held.account_of(&police)), State::Held(trust.clone()));
    assert_eq!(custody(held.account_of(&trust)), State::Held(police.clone()));
    let lane = |of: &AgencyId| held.lanes().find(|(agency, _)| *agency == of).map(|(_, lane)| lane.clone());
    assert_eq!(
        told(&lane(&police).unwrap(), Facet::Custody),
        ["00:50 held police:met", "01:50 held mh_trust:RV5"]
    );
    assert_eq!(told(&lane(&trust).unwrap(), Facet::Custody), ["03:10 held mh_trust:RV5", "11:00 discharged"]);
    let span = held.established().span_at(Facet::Custody, time("2024-06-12T04:00+01:00")).unwrap();
    assert_eq!(span.quality, Some(Quality::Own));
}

#[test]
fn a_live_transfer_that_is_accepted_leaves_nothing_unowned_at_the_close() {
    let histories = case_histories(MET);
    let [_, transferred, _] = histories.as_slice() else { panic!("three incidents") };
    let held = holding(transferred, &Vantage::default(), &Policies::default());
    let told = told(held.established(), Facet::Response);
    assert_eq!(
        told,
        ["09:12 unclaimed", "09:17 unclaimed_signposted", "09:20 held nhs_111:london"],
        "the police close an incident that another agency holds"
    );
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl Sorted for Vec<AgencyId> {
    fn sorted(mut self) -> Self {
        self.sort();
        self
    }
}
