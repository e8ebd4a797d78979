//! Every pair of times over one incident of thirty events, against a fold written again from the table alone.

use onus_core::history::{Entry, History, KnownBy, Vantage};
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::model::Corrects;
use onus_core::responsibility::{Binding, Grounds, Quality, State, responsibility};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Facet, InformationKind, Informed, Role, Strand};
use onus_testkit::events::{Event, incident};
use onus_testkit::histories::history;

const DAY: &str = "2025-02-04";

/// At `20:31`, entered at `entered` if that is another time.
fn at(event: Event, clock: &str, entered: &str) -> Event {
    event.occurred_at(&format!("{DAY}T{clock}Z")).with(|record| {
        record.common.entered_at = Some(Timestamp::parse(&format!("{DAY}T{entered}Z")).unwrap());
    })
}

fn trust(event: Event) -> Event {
    event.by("mh_trust:RV5", Role::NurseInCharge).with(|record| {
        record.common.submitted_by.agency = record.common.asserted_by.clone();
    })
}

/// Written down by the police of what the trust's nurse did.
fn said_by_police(event: Event) -> Event {
    event.with(|record| record.common.actor.agency = AgencyId::parse("mh_trust:RV5").unwrap())
}

fn thirty() -> History {
    let mut call = incident("police:gmp/2025-02-04/1");
    let offer = call.offered(&[Facet::Custody, Facet::Care], "mh_trust:RV5");
    let second = call.offered(&[Facet::Response], "mh_trust:RV5");
    let wrong = call.decided(Attendance::NoDeployRefer);
    let withdrawn = call.decided(Attendance::DeployJoint);
    let lapse = |offer: &Event, facets: &[Facet]| {
        Body::HandoverLapsed(onus_core::bodies::handover::HandoverLapsed {
            offer: Some(offer.id()),
            facets: facets.to_vec(),
        })
    };
    let told_by_police = said_by_police(call.accepted(&offer));
    let said_in_passing = said_by_police(call.accepted(&second)).with(|record| {
        if let Body::HandoverAccepted(accepted) = &mut record.body {
            accepted.reference = None;
        }
    });
    let corrected = call.decided(Attendance::NoDeployAdvice).with(|record| {
        record.common.corrects = Some(Corrects { event_id: wrong.id(), reason: None });
    });
    let withdrawal = call.event(Body::EntryWithdrawn(onus_core::bodies::closing::EntryWithdrawn {
        event_id: withdrawn.id(),
        reason: None,
    }));
    let events = vec![
        at(call.contact(), "20:00", "20:00"),
        at(call.opened(), "20:01", "20:01"),
        at(call.triage(Strand::ConcernForWelfare), "20:02", "20:09"),
        at(wrong, "20:04", "20:05"),
        at(call.informed(Informed::NotAttending), "20:05", "20:05"),
        at(corrected, "20:04", "20:30"),
        at(call.notified("ambulance:nwas"), "20:06", "20:06"),
        at(trust(call.contact()), "20:08", "21:40"),
        at(call.decided(Attendance::ReversedToDeploy), "20:10", "20:10"),
        at(withdrawn, "20:12", "20:12"),
        at(withdrawal, "20:13", "20:50"),
        at(call.information(InformationKind::RiskInfo), "20:14", "20:14"),
        at(
            call.event(Body::PowerExercised(onus_core::bodies::custody::PowerExercised {
                section: onus_core::vocabulary::PowerSection::S136,
                age_band: None,
                consultation: onus_core::vocabulary::Tri::Yes,
                consultation_reason: None,
                authority: None,
                kept_at_place: false,
                place: None,
            })),
            "20:20",
            "20:21",
        ),
        at(offer.clone(), "20:30", "20:31"),
        at(told_by_police, "20:40", "20:41"),
        at(trust(call.accepted(&offer)), "21:00", "21:30"),
        at(second.clone(), "21:05", "21:05"),
        at(said_in_passing, "21:06", "21:06"),
        at(call.event(lapse(&second, &[Facet::Response])), "21:20", "21:20"),
        at(call.notified("mh_trust:RV5"), "21:21", "21:21"),
        at(trust(call.decided(Attendance::Deploy)), "21:25", "21:26"),
        at(call.information(InformationKind::Note), "21:30", "21:31"),
        at(call.decided(Attendance::ReversedToNoDeploy), "21:35", "21:36"),
        at(call.informed(Informed::Changed), "21:37", "21:37"),
        at(
            trust(call.event(Body::DetentionEnded(onus_core::bodies::custody::DetentionEnded {
                ground: onus_core::vocabulary::DetentionGround::AssessedReleased,
            }))),
            "21:50",
            "21:51",
        ),
        at(call.information(InformationKind::Note), "21:52", "21:52"),
        at(call.closed(), "21:55", "21:55"),
        at(
            call.event(Body::IncidentReopened(onus_core::bodies::closing::IncidentReopened { reason: None })),
            "22:00",
            "22:05",
        ),
        at(call.information(InformationKind::Note), "22:06", "22:06"),
        at(call.closed(), "22:10", "22:10"),
    ];
    assert_eq!(events.len(), 30);
    history(call.incident(), &events)
}

/// The rules again, for the facets of this incident, at one instant and on one day's knowledge.
fn naively(entries: &[Entry], facet: Facet, as_at: Timestamp, known_at: Timestamp, by: KnownBy) -> State {
    let known: Vec<&Entry> = entries.iter().filter(|entry| entry.known_at(by) <= known_at).collect();
    let gone = |entry: &&&Entry| {
        known.iter().any(|other| {
            other.common.corrects.as_ref().is_some_and(|corrects| corrects.event_id == entry.id())
                || matches!(&other.body, Some(Body::EntryWithdrawn(b)) if b.event_id == entry.id())
        })
    };
    let mut speaking: Vec<&Entry> = known.iter().filter(|entry| !gone(entry)).copied().collect();
    speaking.sort_by_key(|entry| (entry.common.occurred_at, entry.seq()));
    let police = AgencyId::parse("police:gmp").unwrap();
    let trust = AgencyId::parse("mh_trust:RV5").unwrap();
    let trust_answers = speaking.iter().any(|entry| {
        matches!(&entry.body, Some(Body::HandoverAccepted(b)) if b.facets.contains(&Facet::Custody))
            && entry.common.asserted_by == trust
    });
    let (mut open, mut holders, mut ended, mut closed) = (false, Vec::<AgencyId>::new(), false, false);
    for entry in speaking.iter().filter(|entry| entry.common.occurred_at <= as_at) {
        let who = &entry.common.asserted_by;
        let take = |holders: &mut Vec<AgencyId>| {
            if !holders.contains(who) {
                holders.push(who.clone());
            }
        };
        match (facet, entry.body.as_ref().unwrap()) {
            (Facet::Contact, Body::ContactReceived(_)) | (Facet::Custody, Body::PowerExercised(_)) => {
                (open, ended, closed) = (true, false, false);
                take(&mut holders);
            }
            (Facet::Care, Body::PowerExercised(_))
            | (Facet::Response, Body::IncidentOpened(_) | Body::TriageAssessed(_)) => open = true,
            (Facet::Response, Body::AttendanceDecided(b)) => {
                open = true;
                match b.outcome {
                    Attendance::Deploy | Attendance::ReversedToDeploy | Attendance::DeployJoint => {
                        (ended, closed) = (false, false);
                        take(&mut holders);
                    }
                    _ => holders.retain(|holder| holder != who),
                }
            }
            (Facet::Custody | Facet::Care, Body::HandoverAccepted(b))
                if b.facets.contains(&facet) && (*who == trust || !trust_answers) =>
            {
                // The trust's own counts; the police's counts, with a reference, unless the trust says otherwise.
                (open, ended, closed) = (true, false, false);
                holders = vec![trust.clone()];
            }
            (Facet::Custody, Body::DetentionEnded(_)) => {
                (open, ended) = (true, true);
                holders.clear();
            }
            (_, Body::IncidentClosed(_)) if open => {
                if holders.is_empty() && !ended {
                    closed = true;
                }
                if holders.contains(&police) {
                    holders.retain(|holder| *holder != police);
                    ended = holders.is_empty();
                }
            }
            (_, Body::IncidentReopened(_)) if open => {
                holders.retain(|holder| *holder != police);
                if holders.is_empty() {
                    (ended, closed) = (false, false);
                }
            }
            _ => {}
        }
    }
    match holders.as_slice() {
        _ if !open => State::NotOpen,
        [] if ended => State::Discharged,
        [] if closed => State::ClosedUnclaimed { reason: None },
        [] => State::Unclaimed { signposted: false },
        [one] => State::Held(one.clone()),
        several if facet == Facet::Contact => State::Shared(several.to_vec()),
        several => State::DoublyOwned(several.to_vec()),
    }
}

#[test]
fn every_pair_of_times_agrees_with_a_fold_written_again() {
    let history = thirty();
    let quality = |binding: &Binding<'_>| match &binding.entry.body {
        Some(Body::HandoverAccepted(b)) if *binding.receiver != binding.entry.common.asserted_by => {
            if b.reference.is_some() { Quality::Evidenced } else { Quality::AssertedAlone }
        }
        _ => Quality::Own,
    };
    let grounds = Grounds { quality: &quality, opens_follow_up: &|_| false };
    let mut instants: Vec<Timestamp> = history
        .entries()
        .iter()
        .flat_map(|entry| [entry.common.occurred_at, entry.head.recorded_at])
        .flat_map(|at| [at.plus_us(-1), at])
        .collect();
    instants.sort_unstable();
    instants.dedup();
    let mut states = std::collections::BTreeSet::new();
    let mut pairs = 0;
    for by in [KnownBy::Entered, KnownBy::Recorded] {
        for as_at in &instants {
            for known_at in &instants {
                let vantage = Vantage { as_at: Some(*as_at), known_at: Some(*known_at), known_by: by };
                let held = responsibility(&history, &vantage, &grounds);
                for facet in Facet::ALL {
                    let state = held.established().at(*facet, *as_at);
                    let expected = naively(history.entries(), *facet, *as_at, *known_at, by);
                    assert_eq!(
                        state,
                        expected,
                        "{facet:?} as at {}, known at {}",
                        as_at.rfc3339(),
                        known_at.rfc3339()
                    );
                    states.insert(state.as_str());
                }
                pairs += 1;
            }
        }
    }
    assert!(pairs > 2_000, "{pairs}");
    assert!(states.len() >= 6, "the incident goes through most states: {states:?}");
}
