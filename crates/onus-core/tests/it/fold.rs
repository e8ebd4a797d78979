//! The fold's invariants, over whatever may reach a ledger (`docs/responsibility.md`).

use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::bodies::custody::{DetentionEnded, OfficersReleased, PersonLeft, PowerExercised};
use onus_core::bodies::decision::{ResourceArrived, ResourceStoodDown};
use onus_core::bodies::dispute::{DisputeDetermined, DisputeOpened, PositionStated};
use onus_core::bodies::handover::{ResponsibilityAssumed, ResponsibilityDischarged};
use onus_core::history::{Entry, History, KnownBy, Vantage};
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::model::{Corrects, Interval};
use onus_core::responsibility::{Account, Binding, Grounds, Quality, Responsibility, State, responsibility};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    AssumptionBasis, Attendance, DetentionGround, DischargeGround, Facet, LeavingCircumstance, Outcome,
    PowerSection, Role, Strand, Tri,
};
use onus_testkit::events::{Event, agency, code};
use onus_testkit::histories::{entry, history};
use onus_testkit::stories::{AGENCIES, KINDS, Step, story};
use proptest::collection::vec;
use proptest::prelude::*;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..KINDS, 0..3_u8, any::<u8>(), 0..240_u16, any::<u8>())
        .prop_map(|(kind, by, about, minute, how)| Step { kind, by, about, minute, how });
    vec(step, 0..40)
}

fn quality(binding: &Binding<'_>) -> Quality {
    let common = &binding.entry.common;
    let own = common.asserted_by == common.submitted_by.agency && *binding.receiver == common.asserted_by;
    match &binding.entry.body {
        _ if own => Quality::Own,
        Some(Body::HandoverAccepted(accepted)) if accepted.reference.is_some() => Quality::Evidenced,
        _ => Quality::AssertedAlone,
    }
}

fn fold(history: &History, vantage: &Vantage) -> Responsibility {
    let opens_follow_up = |entry: &Entry| matches!(&entry.body, Some(Body::OutcomeRecorded(b)) if b.outcome == Outcome::Admitted);
    responsibility(history, vantage, &Grounds { quality: &quality, opens_follow_up: &opens_follow_up })
}

pub(crate) fn whole(events: &[Event]) -> Responsibility {
    fold(&told(events), &Vantage::default())
}

fn told(events: &[Event]) -> History {
    let incident = onus_core::ids::Incident::parse("police:gmp/2025-02-04/1").unwrap();
    history(&incident, events)
}

fn lane(of: &Responsibility, agency: &AgencyId) -> Account {
    of.lanes().find(|(lane, _)| *lane == agency).map(|(_, lane)| lane.clone()).unwrap_or_default()
}

/// What an account says of holders, without which entries say so.
fn states(account: &Account) -> Vec<(Facet, Timestamp, State)> {
    let spans = Facet::ALL.iter().flat_map(|facet| account.spans(*facet).iter().map(|span| (*facet, span)));
    spans.map(|(facet, span)| (facet, span.from, span.state.clone())).collect()
}

fn accounts(of: &Responsibility) -> Vec<Account> {
    let judging = of.agencies().iter().map(|agency| of.account_of(agency).clone());
    let lanes = of.lanes().map(|(_, lane)| lane.clone());
    std::iter::once(of.established().clone()).chain(judging).chain(lanes).collect()
}

fn without(events: &[Event], kinds: &[Kind]) -> Vec<Event> {
    events.iter().filter(|event| !kinds.contains(&event.record().kind())).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn i1_in_a_lane_a_facet_has_at_most_one_holder_at_any_time(steps in steps()) {
        let held = whole(&story(&steps));
        for (agency, lane) in held.lanes() {
            for span in Facet::ALL.iter().flat_map(|facet| lane.spans(*facet)) {
                prop_assert!(span.state.holders().len() <= 1, "{agency}: {span:?}");
            }
        }
    }

    #[test]
    fn spans_follow_each_other_without_gap_overlap_or_repetition(steps in steps()) {
        for account in accounts(&whole(&story(&steps))) {
            for facet in Facet::ALL {
                let spans = account.spans(*facet);
                for (span, next) in spans.iter().zip(spans.iter().skip(1)) {
                    prop_assert_eq!(span.to, Some(next.from));
                    prop_assert!(span.from < next.from);
                    prop_assert_ne!(&span.state, &next.state);
                }
                prop_assert!(spans.last().is_none_or(|last| last.to.is_none()));
                prop_assert!(spans.iter().all(|span| span.state != State::NotOpen));
                prop_assert!(spans.iter().all(|span| span.quality.is_some() != span.state.holders().is_empty()));
            }
        }
    }

    #[test]
    fn i2_receipt_notice_and_arrival_make_no_holder(steps in steps()) {
        let events = story(&steps);
        let marks = [Kind::AgencyNotified, Kind::AgencyAcknowledged, Kind::InformationRecorded];
        let (all, fewer) = (whole(&events), whole(&without(&events, &marks)));
        prop_assert_eq!(states(all.established()), states(fewer.established()));
        for of in AGENCIES.map(agency) {
            prop_assert_eq!(states(&lane(&all, &of)), states(&lane(&fewer, &of)));
        }
        // An arrival may contradict another's account of it, but holds nothing by itself.
        let unarrived = whole(&without(&events, &[Kind::ResourceArrived]));
        prop_assert_eq!(states(all.established()), states(unarrived.established()));
    }

    #[test]
    fn i3_a_decline_withdrawal_or_lapse_leaves_the_state_before_the_offer(steps in steps(), how in any::<u8>(), by in 0..3_u8) {
        // The answer names the offer just made: its place among all of them.
        let offers = u8::try_from(steps.iter().filter(|step| step.kind == 12).count()).unwrap();
        let later = |kind, how| Step { kind, by, about: offers, minute: 300 + u16::from(kind), how };
        let before = whole(&story(&steps));
        for answer in [15, 16] {
            let mut longer = steps.clone();
            longer.extend([later(12, 0), later(answer, how & !2)]);
            let after = whole(&story(&longer));
            prop_assert_eq!(states(before.established()), states(after.established()));
        }
    }

    #[test]
    fn a_refusal_contradicted_by_nobody_moves_nothing_in_any_lane(steps in steps()) {
        // An acceptance that names no offer looks for one that nobody has refused, so it moves with refusals on purpose.
        let named = |event: &Event| match &event.record().body {
            Body::HandoverAccepted(accepted) => accepted.offer.is_some(),
            _ => true,
        };
        let events: Vec<Event> = story(&steps).into_iter().filter(named).collect();
        let refusals = [Kind::HandoverDeclined, Kind::HandoverWithdrawn, Kind::HandoverLapsed];
        let (all, fewer) = (whole(&events), whole(&without(&events, &refusals)));
        for of in AGENCIES.map(agency) {
            prop_assert_eq!(states(&lane(&all, &of)), states(&lane(&fewer, &of)));
        }
    }

    #[test]
    fn i9_a_correction_appends_and_leaves_what_was_known_before_it_as_it_was(steps in steps(), at in any::<prop::sample::Index>()) {
        let events = story(&steps);
        prop_assume!(!events.is_empty());
        let corrected = at.get(&events).clone();
        let last = events.iter().map(|event| event.record().common.occurred_at).max().unwrap();
        let known_at = last.plus_us(60_000_000);
        let correction = corrected.clone().with_id(9_999).with(|record| {
            record.common.corrects = Some(Corrects { event_id: corrected.id(), reason: None });
            record.common.occurred_at = record.common.occurred_at.plus_us(1_000_000);
            record.common.entered_at = Some(known_at.plus_us(60_000_000));
        });
        let mut longer = events.clone();
        longer.push(correction);
        let (short, long) = (told(&events), told(&longer));
        let vantage = Vantage { as_at: None, known_at: Some(known_at), known_by: KnownBy::Entered };
        let (before, then) = (fold(&short, &Vantage::default()), fold(&long, &vantage));
        prop_assert_eq!(accounts(&before), accounts(&then));
        prop_assert!(short.entries().iter().all(|entry| long.entries().contains(entry)), "both views stay");
        prop_assert!(!long.speaking().iter().any(|entry| entry.id() == corrected.id()));
    }

    #[test]
    fn nobody_silences_another_agencys_statement(steps in steps(), at in any::<prop::sample::Index>()) {
        let events = story(&steps);
        prop_assume!(!events.is_empty());
        let contested = at.get(&events).clone();
        let other = AGENCIES.map(agency).into_iter().find(|of| *of != contested.record().common.asserted_by).unwrap();
        let correction = contested.clone().with_id(9_999).with(|record| {
            record.common.corrects = Some(Corrects { event_id: contested.id(), reason: None });
            record.common.asserted_by = other;
        });
        let mut longer = events;
        longer.push(correction);
        prop_assert!(told(&longer).speaking().iter().any(|entry| entry.id() == contested.id()));
    }

    #[test]
    fn i10_contradictory_assertions_coexist_each_in_its_own_lane(steps in steps()) {
        let events = story(&steps);
        let all = whole(&events);
        for of in AGENCIES.map(agency) {
            // Offers and their answers stay: what an answer answers is looked up among them, in whichever account.
            let own = |event: &&Event| {
                event.record().common.asserted_by == of
                    || matches!(
                        event.record().kind(),
                        Kind::HandoverOffered
                            | Kind::HandoverAccepted
                            | Kind::HandoverDeclined
                            | Kind::HandoverWithdrawn
                            | Kind::HandoverLapsed
                    )
            };
            let alone: Vec<Event> = events.iter().filter(own).cloned().collect();
            prop_assert_eq!(states(&lane(&all, &of)), states(&lane(&whole(&alone), &of)));
        }
    }

    #[test]
    fn i11_the_ledgers_order_decides_and_not_the_order_of_reading(steps in steps()) {
        let events = story(&steps);
        let mut entries: Vec<Entry> = events.iter().zip(1..).map(|(e, seq)| entry(e.record().clone(), Seq::new(seq))).collect();
        entries.reverse();
        let incident = onus_core::ids::Incident::parse("police:gmp/2025-02-04/1").unwrap();
        let reversed = History::new(incident, entries);
        prop_assert_eq!(accounts(&whole(&events)), accounts(&fold(&reversed, &Vantage::default())));
    }

    #[test]
    fn i12_a_dispute_and_its_determination_rewrite_nothing(steps in steps(), facet in prop::sample::select(Facet::ALL)) {
        let events = story(&steps);
        let mut longer = events.clone();
        let mut call = onus_testkit::events::incident("police:gmp/2025-02-04/1");
        let interval = Interval { from: call.contact().record().common.occurred_at, to: None };
        let holder = Some(agency("mh_trust:RV5"));
        for body in [
            Body::DisputeOpened(DisputeOpened { interval: interval.clone(), facet, claim: None, evidence: vec![] }),
            Body::PositionStated(PositionStated {
                dispute: None, interval: interval.clone(), facet, holder: holder.clone(), claim: None, evidence: vec![],
            }),
            Body::DisputeDetermined(DisputeDetermined {
                dispute: None, interval, facet, holder, determined_by: None, claim: None, evidence: vec![],
            }),
        ] {
            longer.push(call.event(body));
        }
        let (before, after) = (whole(&events), whole(&longer));
        prop_assert_eq!(before.established(), after.established());
        for of in AGENCIES.map(agency) {
            prop_assert_eq!(before.account_of(&of), after.account_of(&of));
            prop_assert_eq!(lane(&before, &of), lane(&after, &of));
        }
        prop_assert_eq!(before.contested(), after.contested());
    }

    #[test]
    fn as_at_cuts_the_story_short_and_changes_nothing_in_it(steps in steps(), minute in 0..300_i64) {
        let history = told(&story(&steps));
        let all = fold(&history, &Vantage::default());
        let start = Timestamp::parse("2025-02-04T09:00Z").unwrap();
        let as_at = start.plus_us(minute * 60_000_000);
        let cut = fold(&history, &Vantage { as_at: Some(as_at), ..Vantage::default() });
        for minute in 0..=minute {
            let at = start.plus_us(minute * 60_000_000);
            for facet in Facet::ALL {
                prop_assert_eq!(all.established().at(*facet, at), cut.established().at(*facet, at));
                for of in AGENCIES.map(agency) {
                    prop_assert_eq!(all.account_of(&of).at(*facet, at), cut.account_of(&of).at(*facet, at));
                }
            }
        }
    }

    #[test]
    fn death_ends_every_open_facet(steps in steps()) {
        let mut longer = steps;
        let death = Outcome::ALL.iter().position(|o| *o == Outcome::Death).and_then(|at| u8::try_from(at).ok()).unwrap();
        longer.push(Step { kind: 22, by: 0, about: death, minute: 500, how: 0 });
        let held = whole(&story(&longer));
        let later = Timestamp::parse("2025-02-05T09:00Z").unwrap();
        for facet in Facet::ALL {
            prop_assert!(matches!(held.established().at(*facet, later), State::NotOpen | State::Discharged));
        }
    }

    #[test]
    fn what_two_took_on_each_by_itself_is_listed_as_such(steps in steps()) {
        let held = whole(&story(&steps));
        let spans = Facet::ALL.iter().flat_map(|facet| {
            held.established().spans(*facet).iter().map(move |span| (*facet, span))
        });
        let doubly = spans.filter(|(_, span)| matches!(span.state, State::DoublyOwned(_)));
        let expected: Vec<_> = doubly
            .map(|(facet, span)| (facet, span.from, span.to, span.state.holders().to_vec()))
            .collect();
        let listed = held.doubly_owned().iter();
        let listed: Vec<_> =
            listed.map(|span| (span.facet, span.from, span.to, span.agencies.clone())).collect();
        prop_assert_eq!(listed, expected);
    }

    #[test]
    fn a_contested_span_says_one_thing_and_the_next_says_another(steps in steps()) {
        let held = whole(&story(&steps));
        for span in held.contested() {
            let inside = |at: Timestamp| at > span.from && span.to.is_none_or(|to| at < to);
            let own = |of: &AgencyId, state: &State| {
                let spans = held.account_of(of).spans(span.facet).iter();
                spans.filter(|own| inside(own.from)).all(|own| !own.state.differs_from(state))
            };
            prop_assert!(span.accounts.iter().all(|(of, state)| own(of, state)), "{span:?}");
            let established = held.established().spans(span.facet).iter();
            let mut established = established.filter(|own| inside(own.from));
            prop_assert!(established.all(|own| !own.state.differs_from(&span.established)), "{span:?}");
        }
        for pair in held.contested().windows(2) {
            let [one, next] = pair else { continue };
            if one.facet == next.facet && one.to == Some(next.from) {
                let mut accounts = one.accounts.iter().zip(&next.accounts);
                let is_another = one.established.differs_from(&next.established)
                    || accounts.any(|((_, state), (_, other))| state.differs_from(other));
                prop_assert!(is_another, "{one:?} {next:?}");
            }
        }
    }

    #[test]
    fn accounts_differ_from_the_established_one_in_contested_spans_and_nowhere_else(steps in steps()) {
        let held = whole(&story(&steps));
        for facet in Facet::ALL.iter().copied() {
            let of_facet = held.contested().iter().filter(|span| span.facet == facet);
            let turns = accounts(&held).iter().flat_map(|account| account.spans(facet).iter().map(|span| span.from)).collect::<Vec<_>>();
            let ends = of_facet.clone().flat_map(|span| [Some(span.from), span.to]).flatten();
            for at in turns.into_iter().chain(ends) {
                let established = held.established().at(facet, at);
                let differs = |of: &AgencyId| held.account_of(of).at(facet, at).differs_from(&established);
                let mut inside = of_facet.clone().filter(|span| span.from <= at && span.to.is_none_or(|to| at < to));
                let contested = inside.next();
                prop_assert!(inside.next().is_none(), "{facet:?} {}", at.rfc3339());
                prop_assert_eq!(held.agencies().iter().any(differs), contested.is_some(), "{:?} {}", facet, at.rfc3339());
                let Some(contested) = contested else { continue };
                prop_assert_eq!(contested.contradicted, !held.contradicting(facet).is_empty());
                let named: Vec<&AgencyId> = contested.accounts.iter().map(|(of, _)| of).collect();
                prop_assert!(named.is_sorted() && held.agencies().iter().filter(|of| differs(of)).all(|of| named.contains(&of)));
                prop_assert!(held.contradicting(facet).iter().all(|of| named.contains(&of)));
            }
        }
    }
}

type Call = onus_testkit::events::IncidentEvents;
type Case<'a> = (&'a str, &'a dyn Fn(&mut Call) -> Vec<Event>, State);
type Units<'a> = &'a [Option<u64>];

/// What the police's lane and the established account say of the response in the end, after the police took it on.
pub(crate) fn response_after(
    then: &dyn Fn(&mut onus_testkit::events::IncidentEvents) -> Vec<Event>,
) -> State {
    let mut call = onus_testkit::events::incident("police:gmp/2025-02-04/1");
    let mut events = vec![call.decided(Attendance::Deploy)];
    events.extend(then(&mut call));
    let held = whole(&events);
    let later = Timestamp::parse("2025-02-05T09:00Z").unwrap();
    let established = held.established().at(Facet::Response, later);
    if events.iter().all(|event| event.record().common.asserted_by == agency("police:gmp")) {
        assert_eq!(lane(&held, &agency("police:gmp")).at(Facet::Response, later), established);
    }
    established
}

fn ended(call: &mut Call) -> Event {
    call.event(Body::DetentionEnded(DetentionEnded { ground: DetentionGround::AssessedReleased }))
}

#[test]
fn who_leaves_somebody_in_need_without_a_taker_leaves_the_response_unclaimed() {
    let assessed = |call: &mut Call, life, harm| {
        call.triage(Strand::ConcernForWelfare).with(|record| {
            if let Body::TriageAssessed(triage) = &mut record.body {
                (triage.risk_to_life, triage.serious_harm) = (life, harm);
            }
        })
    };
    let at_risk = |call: &mut Call| assessed(call, Tri::Yes, Tri::Unknown);
    let released = |call: &mut Call| {
        call.event(Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None }))
    };
    let power = |call: &mut Call, section| {
        call.event(Body::PowerExercised(PowerExercised {
            section,
            age_band: None,
            consultation: Tri::Yes,
            consultation_reason: None,
            authority: None,
            kept_at_place: false,
            place: None,
        }))
    };
    let outcome = |call: &mut Call, outcome| {
        let source = code("cad");
        let body = OutcomeRecorded { outcome, days_since: 0, source, found_at: None, died_at: None };
        call.event(Body::OutcomeRecorded(body))
    };
    let discharged = |call: &mut Call, facet| {
        let ground = DischargeGround::PersonSafe;
        call.event(Body::ResponsibilityDischarged(ResponsibilityDischarged { facet, ground }))
    };
    let assumed = |call: &mut Call, facet, by: &str| {
        let body = ResponsibilityAssumed { facet, basis: AssumptionBasis::Agreement };
        call.event(Body::ResponsibilityAssumed(body)).by(by, Role::Other)
    };
    let left = |call: &mut Call| {
        let body = PersonLeft { from: agency("police:gmp"), circumstance: LeavingCircumstance::Absconded };
        call.event(Body::PersonLeft(body))
    };
    let unclaimed = State::Unclaimed { signposted: false };
    let cases: [Case<'_>; 14] = [
        ("nothing known", &|call| vec![released(call)], State::Discharged),
        ("life at risk", &|call| vec![at_risk(call), released(call)], unclaimed.clone()),
        ("harm likely", &|call| vec![assessed(call, Tri::No, Tri::Yes), released(call)], unclaimed.clone()),
        (
            "no longer at risk",
            &|call| vec![at_risk(call), assessed(call, Tri::No, Tri::Unknown), released(call)],
            State::Discharged,
        ),
        ("held still", &|call| vec![power(call, PowerSection::S136), released(call)], State::Discharged),
        (
            "held, and ran off",
            &|call| vec![power(call, PowerSection::S136), left(call), released(call)],
            unclaimed.clone(),
        ),
        (
            "released after an assessment",
            &|call| vec![power(call, PowerSection::S136), ended(call), released(call)],
            State::Discharged,
        ),
        (
            "entry to premises alone",
            &|call| vec![power(call, PowerSection::PaceS17), released(call)],
            State::Discharged,
        ),
        (
            "found safe",
            &|call| vec![at_risk(call), outcome(call, Outcome::LocatedSafe), released(call)],
            State::Discharged,
        ),
        (
            "found safe, and then at risk",
            &|call| vec![outcome(call, Outcome::LocatedSafe), at_risk(call), released(call)],
            unclaimed.clone(),
        ),
        (
            "hurt",
            &|call| vec![at_risk(call), outcome(call, Outcome::SelfHarm), released(call)],
            unclaimed.clone(),
        ),
        (
            "care given up with a ground",
            &|call| vec![at_risk(call), discharged(call, Facet::Care), released(call)],
            State::Discharged,
        ),
        (
            "care is another's",
            &|call| vec![at_risk(call), assumed(call, Facet::Care, "ambulance:nwas"), released(call)],
            State::Discharged,
        ),
        (
            "follow-up is another's",
            &|call| vec![at_risk(call), assumed(call, Facet::FollowUp, "mh_trust:RV5"), released(call)],
            unclaimed,
        ),
    ];
    for (what, then, expected) in cases {
        assert_eq!(response_after(then), expected, "{what}");
    }
}

#[test]
fn the_last_unit_that_leaves_somebody_in_need_leaves_the_response_unclaimed() {
    use onus_testkit::events::{IncidentEvents, token};
    let at_risk = |call: &mut IncidentEvents| {
        call.triage(Strand::ConcernForWelfare).with(|record| {
            if let Body::TriageAssessed(triage) = &mut record.body {
                triage.risk_to_life = Tri::Yes;
            }
        })
    };
    let police = State::Held(agency("police:gmp"));
    let unclaimed = State::Unclaimed { signposted: false };
    // Units that arrive, and then units that are stood down, by their callsigns.
    let cases: [(&str, Units<'_>, Units<'_>, &State); 8] = [
        ("the only one", &[Some(1)], &[Some(1)], &unclaimed),
        ("one of two", &[Some(1), Some(2)], &[Some(2)], &police),
        ("both", &[Some(1), Some(2)], &[Some(2), Some(1)], &unclaimed),
        ("one that never arrived", &[Some(1)], &[Some(2)], &police),
        ("one on its way, and nobody there", &[], &[Some(1)], &police),
        ("without callsigns", &[None], &[None], &unclaimed),
        ("without a callsign, of the only one", &[Some(1)], &[None], &unclaimed),
        ("without a callsign, of two", &[Some(1), Some(2)], &[None], &police),
    ];
    for (what, arrive, stand_down, expected) in cases {
        let then = |call: &mut IncidentEvents| {
            let mut events = vec![at_risk(call)];
            for unit in arrive {
                events.push(call.event(Body::ResourceArrived(ResourceArrived {
                    agency: agency("police:gmp"),
                    callsign_token: unit.map(token),
                    purpose: None,
                    contact_made: None,
                    entry: None,
                })));
            }
            for unit in stand_down {
                events.push(call.event(Body::ResourceStoodDown(ResourceStoodDown {
                    agency: agency("police:gmp"),
                    callsign_token: unit.map(token),
                    purpose: None,
                })));
            }
            events
        };
        assert_eq!(response_after(&then), *expected, "{what}");
    }
}
