//! F25: what a death or serious injury after police contact asks for.

use super::*;
use onus_core::bodies::closing::{DsiReferred, LegalHoldPlaced, LegalHoldReleased, OutcomeRecorded};
use onus_core::seq::Seq;
use onus_core::vocabulary::Outcome;
use onus_testkit::events::{actor, code};

fn outcome(call: &mut IncidentEvents, outcome: Outcome) -> Event {
    on(
        HOUR,
        call.event(Body::OutcomeRecorded(OutcomeRecorded {
            outcome,
            days_since: 0,
            source: code("police"),
            found_at: None,
            died_at: None,
        })),
    )
}

fn held(call: &mut IncidentEvents) -> Event {
    let by = actor(POLICE, Role::DutyInspector, 2);
    on(
        2 * HOUR,
        call.event(Body::LegalHoldPlaced(LegalHoldPlaced { reference: code("H-1"), authorised_by: by })),
    )
}

fn released(call: &mut IncidentEvents) -> Event {
    let by = actor(POLICE, Role::DutyInspector, 2);
    on(
        3 * HOUR,
        call.event(Body::LegalHoldReleased(LegalHoldReleased { reference: code("H-1"), authorised_by: by })),
    )
}

fn referred(call: &mut IncidentEvents, when: &str) -> Event {
    let by = actor(POLICE, Role::DutyInspector, 2);
    let event = call.event(Body::DsiReferred(DsiReferred { reference: code("IOPC-1"), authorised_by: by }));
    event.with(|record| record.common.occurred_at = time(when))
}

/// In summer the next day ends in London an hour before it does in UTC.
const LAST_SECOND: &str = "2024-05-02T23:59:59+01:00";
const TOO_LATE: &str = "2024-05-03T00:00:00+01:00";

#[test]
fn f25_a_hold_stands_and_the_referral_is_made_by_the_end_of_the_next_day() {
    let titles = |with_hold: bool, referral: Option<&str>, now: &str| -> Vec<String> {
        let mut call = call();
        let mut events = vec![on(0, call.contact()), outcome(&mut call, Outcome::Death)];
        events.extend(with_hold.then(|| held(&mut call)));
        events.extend(referral.map(|when| referred(&mut call, when)));
        let seconds = (time(now).as_us() - at(0).as_us()) / 1_000_000;
        let found = findings("F25", &history(&events), &[], None, seconds);
        assert!(
            found
                .iter()
                .all(|finding| finding.entry == Seq::new(2) && finding.severity.as_str() == "critical")
        );
        found.into_iter().map(|finding| finding.title).collect()
    };
    let later = "2024-06-01T00:00Z";
    assert_eq!(titles(false, None, later), ["a death after police contact: no legal hold, no referral"]);
    assert_eq!(titles(true, None, LAST_SECOND), [""; 0]);
    assert_eq!(titles(true, None, TOO_LATE), ["a death after police contact: no referral"]);
    assert_eq!(titles(false, None, LAST_SECOND), ["a death after police contact: no legal hold"]);
    assert_eq!(titles(true, Some(LAST_SECOND), later), [""; 0]);
    assert_eq!(
        titles(true, Some(TOO_LATE), later),
        ["a death after police contact: the referral came after the end of the next day"]
    );
}

#[test]
fn f25_only_after_police_contact_and_only_for_death_or_serious_injury() {
    let mut call = call();
    let by_police = on(0, call.contact());
    let by_ambulance = on(0, call.contact()).by(AMBULANCE, Role::EocDispatcher);
    let found = |contact: &Event, harm| {
        flagged("F25", &[contact.clone(), outcome(&mut incident("police:met/2024-05-01/1"), harm)]).len()
    };
    assert_eq!(found(&by_police, Outcome::SeriousInjury), 1);
    assert_eq!(found(&by_police, Outcome::SelfHarm), 0);
    assert_eq!(found(&by_ambulance, Outcome::Death), 0);
    let after = [outcome(&mut call, Outcome::Death), on(HOUR + 1, call.contact())];
    assert!(flagged("F25", &after).is_empty());
    let let_go = [
        by_police,
        outcome(&mut call, Outcome::Death),
        held(&mut call),
        released(&mut call),
        referred(&mut call, LAST_SECOND),
    ];
    assert_eq!(flagged("F25", &let_go), [2]);
}
