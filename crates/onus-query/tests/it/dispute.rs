//! A dispute laid out: the ladder against its targets, what was known when, and a determination that rewrites nothing.

use onus_core::bodies::dispute::{DisputeDetermined, EscalationRaised, EscalationResolved};
use onus_core::history::{History, Vantage};
use onus_core::kinds::Body;
use onus_core::model::Interval;
use onus_core::responsibility::State;
use onus_core::seq::Seq;
use onus_core::vocabulary::{EscalationLevel, EscalationOutcome, Facet};
use onus_query::dispute::{Dispute, dispute, questions};
use onus_query::holding::holding;
use onus_query::policy::Policies;
use onus_testkit::events::{Event, agency, incident, time};
use onus_testkit::histories::{case_entries, entry};

const DISPUTE: &str = include_str!("../../../onus/cases/lambeth-2024-dispute.ndjson");
const INCIDENT: &str = "police:met/2024-06-12/1";

/// The disputed handover, and what happened to it afterwards.
fn disputed(later: &[Event]) -> History {
    let mut entries = case_entries(DISPUTE);
    let next = u64::try_from(entries.len()).unwrap() + 1;
    entries.extend(later.iter().zip(next..).map(|(event, seq)| entry(event.record().clone(), Seq::new(seq))));
    History::new(incident(INCIDENT).incident().clone(), entries)
}

fn laid(history: &History, vantage: &Vantage) -> Vec<Dispute> {
    let policies = Policies::default();
    let held = holding(history, vantage, &policies);
    questions(history, vantage, &held)
        .into_iter()
        .map(|question| dispute(history, vantage, &held, question, &|then| holding(history, then, &policies)))
        .collect()
}

#[test]
fn what_both_sides_say_and_what_only_one_does() {
    let disputes = laid(&disputed(&[]), &Vantage::default());
    let [custody, care] = disputes.as_slice() else { panic!("{disputes:?}") };
    assert_eq!((custody.question.facet, care.question.facet), (Facet::Custody, Facet::Care));
    assert_eq!(custody.parties, ["police:met", "mh_trust:RV5"].map(agency), "in the order of their kinds");
    let agreed: Vec<u64> = custody.agreed.iter().map(|fact| fact.entry.get()).collect();
    assert_eq!(agreed, [10], "the offer, which the trust answers");
    let contradicted: Vec<(u64, Vec<u64>)> = custody
        .one_sided
        .iter()
        .filter(|fact| !fact.contradicted_by.is_empty())
        .map(|fact| (fact.entry.get(), fact.contradicted_by.iter().map(|seq| seq.get()).collect()))
        .collect();
    assert_eq!(contradicted, [(11, vec![12]), (12, vec![11])]);
    let positions: Vec<_> =
        custody.positions.iter().map(|p| (p.agency.to_string(), p.cites.clone())).collect();
    assert_eq!(
        positions,
        [("police:met".into(), vec![Seq::new(11)]), ("mh_trust:RV5".into(), vec![Seq::new(12)])]
    );
}

#[test]
fn what_each_knew_comes_in_the_order_in_which_it_was_entered() {
    let disputes = laid(&disputed(&[]), &Vantage::default());
    let known: Vec<(u64, bool)> = disputes[0]
        .knowledge
        .iter()
        .map(|known| (known.entry.get(), known.addressed == Some(agency("mh_trust:RV5"))))
        .collect();
    assert_eq!(known, [(7, false), (9, false), (10, true), (11, false), (12, false)]);
    // The police's word of the acceptance, on an offer with a risk summary, counts until the trust says otherwise.
    let stood: Vec<&State> = disputes[0].knowledge.iter().map(|known| &known.stood).collect();
    let [police, trust] = ["police:met", "mh_trust:RV5"].map(|of| State::Held(agency(of)));
    assert_eq!(stood, [&police, &police, &police, &trust, &police]);
}

#[test]
fn before_the_trust_had_spoken_nothing_was_contradicted() {
    let vantage = Vantage { known_at: Some(time("2024-06-12T03:00+01:00")), ..Vantage::default() };
    assert!(laid(&disputed(&[]), &vantage).is_empty());
}

#[test]
fn every_rung_is_held_against_its_target() {
    let mut call = incident(INCIDENT);
    let raise = |level, target_minutes| {
        let raised_by_agency = agency("police:met");
        Body::EscalationRaised(EscalationRaised { level, raised_by_agency, target_minutes })
    };
    let first = call.event(raise(EscalationLevel::L1, Some(30))).occurred_at("2024-06-12T02:00+01:00");
    let second = call.event(raise(EscalationLevel::L2, Some(60))).occurred_at("2024-06-12T02:40+01:00");
    let answer = |call: &mut onus_testkit::events::IncidentEvents, raised: &Event, at: &str| {
        call.event(Body::EscalationResolved(EscalationResolved {
            escalation: Some(raised.id()),
            outcome: EscalationOutcome::Agreed,
            text: None,
        }))
        .occurred_at(at)
    };
    let answered = answer(&mut call, &first, "2024-06-12T02:35+01:00");
    let disputes = laid(&disputed(&[first, answered, second]), &Vantage::default());
    let [one, two] = disputes[0].ladder.as_slice() else { panic!("{:?}", disputes[0].ladder) };
    assert_eq!(one.due(), Some(time("2024-06-12T02:30+01:00")));
    assert_eq!(one.answered.map(|(at, _, _)| at), Some(time("2024-06-12T02:35+01:00")), "five minutes late");
    assert_eq!(
        (two.level, two.answered, two.due()),
        (EscalationLevel::L2, None, Some(time("2024-06-12T03:40+01:00")))
    );
}

#[test]
fn a_determination_stands_beside_both_accounts_and_changes_neither() {
    let mut call = incident(INCIDENT);
    let interval =
        Interval { from: time("2024-06-12T01:50+01:00"), to: Some(time("2024-06-12T03:10+01:00")) };
    let determined = call.event(Body::DisputeDetermined(DisputeDetermined {
        dispute: None,
        interval,
        facet: Facet::Custody,
        holder: Some(agency("mh_trust:RV5")),
        determined_by: None,
        claim: None,
        evidence: vec![],
    }));
    let (before, after) = (disputed(&[]), disputed(&[determined.occurred_at("2024-06-20T09:00+01:00")]));
    let (before, after) = (laid(&before, &Vantage::default()), laid(&after, &Vantage::default()));
    assert_eq!((before[0].determined.len(), after[0].determined.as_slice()), (0, &[Seq::new(22)][..]));
    assert_eq!(before[0].accounts, after[0].accounts);
    assert_eq!(before[0].established, after[0].established);
    assert!(after[1].determined.is_empty(), "care was not determined");
}

#[test]
fn a_policy_in_force_is_named_for_each_party_and_its_ladder_gives_the_targets() {
    use crate::policy::{policy, published};
    use onus_core::bodies::policy::LadderRung;
    use onus_core::vocabulary::Role;
    use onus_query::policy::Policies;

    let mut body = policy("v1", "2024-01-01T00:00:00+00:00");
    body.scope.force = agency("police:met");
    body.escalation = vec![LadderRung {
        level: EscalationLevel::L1,
        role: Role::Supervisor,
        target_minutes: Some(30),
        after_minutes: None,
    }];
    let record = published("2023-12-01T00:00:00+00:00", body).record().clone();
    let policies = Policies::new(&[entry(record, Seq::new(900))], onus_core::history::KnownBy::Entered);
    let mut call = incident(INCIDENT);
    let raised = call
        .event(Body::EscalationRaised(EscalationRaised {
            level: EscalationLevel::L1,
            raised_by_agency: agency("police:met"),
            target_minutes: None,
        }))
        .occurred_at("2024-06-12T02:00+01:00");
    let history = disputed(&[raised]);
    let vantage = Vantage::default();

    let dispute = laid(&history, &vantage).remove(0);
    let in_force = dispute.in_force(&history, &vantage, &policies);
    assert_eq!(in_force.len(), 1, "the trust published none: {in_force:?}");
    assert_eq!((in_force[0].entry.get(), in_force[0].retroactive), (900, false));
    assert_eq!(dispute.ladder[0].target_minutes, None);
    assert_eq!(dispute.with_targets(&history, &vantage, &policies).ladder[0].target_minutes, Some(30));
}
