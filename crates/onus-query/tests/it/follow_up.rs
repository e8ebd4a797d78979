//! Which outcomes open the follow-up: those that the policy in force names, for whoever states them.

use crate::policy::{policy, published};
use crate::stage::{entries, entry};
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::bodies::policy::PolicyPublished;
use onus_core::history::{History, KnownBy, Vantage};
use onus_core::kinds::Body;
use onus_core::responsibility::State;
use onus_core::vocabulary::{AgeBand, Facet, Outcome, Role, Strand};
use onus_query::holding::holding;
use onus_query::policy::Policies;
use onus_testkit::events::{Event, code, incident, time};

/// When the outcome of every test occurred.
const AT: &str = "2024-05-01T12:00Z";

fn outcome(of: &str, outcome: Outcome) -> History {
    let mut events = incident("police:met/2024-05-01/7");
    let said = [
        events.opened().occurred_at("2024-05-01T09:00Z"),
        events.triage(Strand::AwolMentalHealth).occurred_at("2024-05-01T09:10Z").with(|record| {
            if let Body::TriageAssessed(triage) = &mut record.body {
                triage.age_band = Some(AgeBand::From25To34);
            }
        }),
        // An assessment that nobody knew of at the outcome.
        events.triage(Strand::Transport).occurred_at("2024-05-01T09:20Z").with(|record| {
            record.common.entered_at = Some(time("2024-05-02T09:00Z"));
        }),
        events
            .event(Body::OutcomeRecorded(OutcomeRecorded {
                outcome,
                days_since: 0,
                source: code("ward"),
                found_at: None,
                died_at: None,
            }))
            .by(of, Role::Other)
            .occurred_at(AT),
    ];
    crate::stage::history(&said)
}

fn names(from: &str, outcomes: &[Outcome]) -> PolicyPublished {
    PolicyPublished { follow_up_after: outcomes.to_vec(), ..policy("v1", from) }
}

fn opens(history: &History, published: &[Event], known_by: KnownBy) -> bool {
    let vantage = Vantage { known_by, ..Vantage::default() };
    let held = holding(history, &vantage, &Policies::new(&entries(published), known_by));
    match held.established().at(Facet::FollowUp, time(AT)) {
        State::NotOpen => false,
        State::Unclaimed { signposted: false } => true,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_outcome_opens_the_follow_up_where_the_policy_in_force_names_it() {
    let admitted = [Outcome::Admitted, Outcome::NotLocated];
    let scoped = |change: fn(&mut PolicyPublished)| {
        let mut policy = names("2024-05-01T00:00Z", &admitted);
        change(&mut policy);
        published("2024-04-01T00:00Z", policy)
    };
    // Entered while the first was in force: one entered earlier would have taken its place from the start.
    let newer =
        published("2024-05-01T06:00Z", PolicyPublished { follow_up_after: Vec::new(), ..policy("v2", AT) });
    let one_second_later = published(
        "2024-05-01T06:00Z",
        PolicyPublished { follow_up_after: Vec::new(), ..policy("v2", "2024-05-01T12:00:01Z") },
    );
    let cases: Vec<(&str, Vec<Event>, bool)> = vec![
        ("without a policy", vec![], false),
        ("named", vec![scoped(|_| {})], true),
        ("another outcome named", vec![scoped(|p| p.follow_up_after = vec![Outcome::Detained])], false),
        (
            "from the instant of the outcome on",
            vec![published("2024-04-01T00:00Z", names(AT, &admitted))],
            true,
        ),
        (
            "from a second later",
            vec![published("2024-04-01T00:00Z", names("2024-05-01T12:00:01Z", &admitted))],
            false,
        ),
        (
            "entered a microsecond before",
            vec![published("2024-05-01T11:59:59.999999Z", names("2024-05-01T00:00Z", &admitted))],
            true,
        ),
        ("entered at the same instant", vec![published(AT, names("2024-05-01T00:00Z", &admitted))], false),
        ("replaced at that instant", vec![scoped(|_| {}), newer], false),
        ("replaced a second later", vec![scoped(|_| {}), one_second_later], true),
        ("of this strand", vec![scoped(|p| p.scope.strands = vec![Strand::AwolMentalHealth])], true),
        ("of another strand", vec![scoped(|p| p.scope.strands = vec![Strand::Transport])], false),
        ("of this age", vec![scoped(|p| p.scope.age_bands = vec![AgeBand::From18])], true),
        ("of another age", vec![scoped(|p| p.scope.age_bands = vec![AgeBand::Under18])], false),
    ];
    let history = outcome("police:met", Outcome::Admitted);
    for (what, published, expected) in cases {
        assert_eq!(opens(&history, &published, KnownBy::Entered), expected, "{what}");
    }
    let death = outcome("police:met", Outcome::Death);
    let names_death = scoped(|p| p.follow_up_after = vec![Outcome::Death]);
    assert!(!opens(&death, &[names_death], KnownBy::Entered), "a death ends every facet and opens none");
}

#[test]
fn who_has_no_policy_is_asked_about_under_the_owners() {
    let police = published("2024-04-01T00:00Z", names("2024-04-02T00:00Z", &[Outcome::Admitted]));
    let by_trust = outcome("acute_trust:RJ1", Outcome::Admitted);
    assert!(opens(&by_trust, std::slice::from_ref(&police), KnownBy::Entered));
    // Its own policy, which names nothing, is the one that counts for what it says.
    let mut own = names("2024-04-02T00:00Z", &[]);
    own.scope.force = onus_testkit::events::agency("acute_trust:RJ1");
    let own = published("2024-04-01T00:00Z", own);
    assert!(!opens(&by_trust, &[police, own], KnownBy::Entered));
}

#[test]
fn a_policy_that_claims_an_earlier_entry_does_not_count_by_the_ledgers_clock() {
    let event = published("2024-04-01T00:00Z", names("2024-04-02T00:00Z", &[Outcome::Admitted]));
    let mut late = entry(&event, 1);
    late.head.recorded_at = time("2024-06-01T00:00Z");
    let history = outcome("police:met", Outcome::Admitted);
    for (known_by, expected) in [(KnownBy::Entered, true), (KnownBy::Recorded, false)] {
        let vantage = Vantage { known_by, ..Vantage::default() };
        let held = holding(&history, &vantage, &Policies::new(std::slice::from_ref(&late), known_by));
        assert_eq!(held.established().spans(Facet::FollowUp).is_empty(), !expected, "{known_by:?}");
    }
}
