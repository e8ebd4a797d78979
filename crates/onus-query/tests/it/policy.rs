//! Which policy was in force: the met's three announced starts, and what else can happen to a version.

use crate::stage::entries;
use onus_core::bodies::policy::{PolicyPublished, PolicyScope, PolicyWithdrawn, Thresholds};
use onus_core::history::KnownBy;
use onus_core::kinds::Body;
use onus_core::model::PolicyRef;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgeBand, Role, Strand};
use onus_query::policy::{Policies, PolicyQuestion, Uncounted, VersionState};
use onus_testkit::events::{Event, agency, code, ledger_wide, time};

const FORCE: &str = "police:met";

fn named(version: &str) -> PolicyRef {
    PolicyRef { policy: code("rcrp"), version: code(version) }
}

pub(crate) fn policy(version: &str, from: &str) -> PolicyPublished {
    PolicyPublished {
        policy: named(version),
        supersedes: None,
        scope: PolicyScope { force: agency(FORCE), strands: Vec::new(), age_bands: Vec::new() },
        effective_from: time(from),
        effective_to: None,
        thresholds: Thresholds {
            unowned_minutes: None,
            tell_minutes: None,
            slipped_promise_minutes: None,
            retriage_minutes: None,
            late_entry_minutes: None,
            rationale_chars_min: None,
            repeat_window_hours: None,
            handover_minutes: None,
        },
        question_sets: Vec::new(),
        required_checks: Vec::new(),
        authority: Vec::new(),
        publishers: Vec::new(),
        downgrade: None,
        escalation: Vec::new(),
        grade_targets: Vec::new(),
        eta_limits: Vec::new(),
        follow_up_after: Vec::new(),
        limits: Vec::new(),
    }
}

pub(crate) fn published(entered: &str, policy: PolicyPublished) -> Event {
    let force = policy.scope.force.to_string();
    ledger_wide(&force, time(entered), 1, Body::PolicyPublished(Box::new(policy))).with(|record| {
        record.common.actor.role = Role::Sro;
        record.common.entered_at = Some(time(entered));
    })
}

fn by(role: Role, event: Event) -> Event {
    event.with(|record| record.common.actor.role = role)
}

fn with(mut policy: PolicyPublished, change: impl FnOnce(&mut PolicyPublished)) -> PolicyPublished {
    change(&mut policy);
    policy
}

fn policies(events: &[Event]) -> Policies {
    Policies::new(&entries(events), KnownBy::Entered)
}

/// What is in force at an instant, as known at another: the versions' names.
fn in_force(
    policies: &Policies,
    at: &str,
    known_at: &str,
    of: (Option<Strand>, Option<AgeBand>),
) -> Vec<String> {
    let force = agency(FORCE);
    let question = PolicyQuestion {
        force: &force,
        strand: of.0,
        age_band: of.1,
        at: time(at),
        known_at: time(known_at),
    };
    policies.in_force(&question).iter().map(|version| version.policy().version.to_string()).collect()
}

fn anyone(policies: &Policies, at: &str, known_at: &str) -> Vec<String> {
    in_force(policies, at, known_at, (None, None))
}

fn standing(policies: &Policies, version: &str, at: &str) -> VersionState {
    let force = agency(FORCE);
    let question = PolicyQuestion {
        force: &force,
        strand: None,
        age_band: None,
        at: time(at),
        known_at: Timestamp::MAX,
    };
    let found = policies.versions().find(|known| known.policy().version.as_str() == version).unwrap();
    policies.standing(found, &question)
}

/// The founding case: postponed twice before it began.
fn met() -> Policies {
    policies(&[
        published("2023-05-24T00:00+01:00", policy("v1", "2023-08-31T00:00+01:00")),
        published(
            "2023-08-17T00:00+01:00",
            with(policy("v2", "2023-10-31T00:00Z"), |policy| policy.supersedes = Some(named("v1"))),
        ),
        published(
            "2023-10-20T00:00+01:00",
            with(policy("v3", "2023-11-01T00:00Z"), |policy| policy.supersedes = Some(named("v2"))),
        ),
    ])
}

#[test]
fn a_start_that_was_postponed_before_it_came_never_comes() {
    let met = met();
    for at in
        ["2023-08-31T00:00+01:00", "2023-10-30T22:44Z", "2023-10-31T00:00Z", "2023-10-31T23:59:59.999999Z"]
    {
        assert!(anyone(&met, at, at).is_empty(), "{at}");
    }
    assert_eq!(anyone(&met, "2023-11-01T00:00Z", "2023-11-01T00:00Z"), ["v3"]);
    assert_eq!(standing(&met, "v1", "2024-01-01T00:00Z"), VersionState::NeverStarts(Seq::new(2)));
    assert_eq!(standing(&met, "v2", "2024-01-01T00:00Z"), VersionState::NeverStarts(Seq::new(3)));
}

#[test]
fn what_was_not_yet_entered_does_not_exist() {
    let met = met();
    // In June the first version was still going to start in August.
    assert_eq!(anyone(&met, "2023-08-31T00:00+01:00", "2023-06-01T00:00+01:00"), ["v1"]);
    assert_eq!(anyone(&met, "2023-10-31T00:00Z", "2023-10-01T00:00+01:00"), ["v2"]);
    assert!(anyone(&met, "2023-11-01T00:00Z", "2023-05-23T00:00+01:00").is_empty());
}

#[test]
fn a_newer_version_ends_the_older_at_its_own_start_to_the_microsecond() {
    let events = [
        published("2024-01-01T00:00Z", policy("v1", "2024-01-10T00:00Z")),
        published("2024-02-01T00:00Z", policy("v2", "2024-02-06T00:00Z")),
    ];
    let policies = policies(&events);
    for (at, expected) in [
        ("2024-01-09T23:59:59.999999Z", &[][..]),
        ("2024-01-10T00:00Z", &["v1"]),
        ("2024-02-05T23:59:59.999999Z", &["v1"]),
        ("2024-02-06T00:00Z", &["v2"]),
    ] {
        assert_eq!(anyone(&policies, at, at), expected, "{at}");
    }
}

#[test]
fn a_retroactive_version_is_shown_and_excuses_nothing_that_was_decided_before_its_entry() {
    let events = [
        published("2024-01-01T00:00Z", policy("v1", "2024-01-10T00:00Z")),
        published("2024-03-10T00:00Z", policy("v2", "2024-03-01T00:00Z")),
    ];
    let policies = policies(&events);
    assert_eq!(anyone(&policies, "2024-03-05T00:00Z", "2024-03-05T00:00Z"), ["v1"]);
    assert_eq!(anyone(&policies, "2024-03-12T00:00Z", "2024-03-12T00:00Z"), ["v2"]);
    // Who looks back later sees that it claims to have been in force.
    assert_eq!(anyone(&policies, "2024-03-05T00:00Z", "2024-03-12T00:00Z"), ["v2"]);
    assert!(policies.versions().last().unwrap().is_retroactive());
}

#[test]
fn only_the_forces_own_agency_publishes_and_only_a_role_that_the_version_before_lets() {
    let superintendents = |policy: &mut PolicyPublished| policy.publishers = vec![Role::Superintendent];
    let first = || published("2024-01-01T00:00Z", with(policy("v1", "2024-01-10T00:00Z"), superintendents));
    let second = || published("2024-02-01T00:00Z", policy("v2", "2024-02-06T00:00Z"));
    let other = second().with(|record| record.common.submitted_by.agency = agency("ambulance:las"));
    let third = by(Role::Superintendent, published("2024-03-01T00:00Z", policy("v3", "2024-03-06T00:00Z")));
    let cases = [
        ("the first by an sro", vec![first()], Ok("v1")),
        ("the first by anyone else", vec![by(Role::Supervisor, first())], Err(Uncounted::RoleMayNotPublish)),
        ("the next by the role named", vec![first(), by(Role::Superintendent, second())], Ok("v2")),
        ("the next by the role of old", vec![first(), second()], Err(Uncounted::RoleMayNotPublish)),
        ("by another agency", vec![first(), by(Role::Superintendent, other)], Err(Uncounted::NotOwnAgency)),
        (
            "a version that names nobody keeps those before it",
            vec![first(), by(Role::Superintendent, second()), third],
            Ok("v3"),
        ),
    ];
    for (what, events, expected) in cases {
        let policies = policies(&events);
        let last = policies.versions().last().unwrap().policy().version.to_string();
        match (standing(&policies, &last, "2024-06-01T00:00Z"), expected) {
            (VersionState::InForce, Ok(version)) => assert_eq!(last, version, "{what}"),
            (VersionState::Uncounted(why), Err(expected)) => assert_eq!(why, expected, "{what}"),
            (other, _) => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_version_that_does_not_count_ends_no_other() {
    let policies = policies(&[
        published("2024-01-01T00:00Z", policy("v1", "2024-01-10T00:00Z")),
        by(Role::CallHandler, published("2024-02-01T00:00Z", policy("v2", "2024-02-06T00:00Z"))),
    ]);
    assert_eq!(anyone(&policies, "2024-06-01T00:00Z", "2024-06-01T00:00Z"), ["v1"]);
}

/// Wiltshire: strand by strand, and later for under-18s.
#[test]
fn strands_and_age_bands_start_on_days_of_their_own() {
    let scoped = |version: &str, from: &str, strands: &[Strand], bands: &[AgeBand]| {
        with(policy(version, from), |policy| {
            policy.scope.strands = strands.to_vec();
            policy.scope.age_bands = bands.to_vec();
        })
    };
    let (welfare, walkout) = (Strand::ConcernForWelfare, Strand::WalkoutHealthcare);
    let policies = policies(&[
        published("2024-04-01T00:00Z", scoped("p1", "2024-04-08T00:00Z", &[welfare], &[AgeBand::From18])),
        published("2024-10-01T00:00Z", scoped("p2", "2024-10-14T00:00Z", &[walkout], &[AgeBand::From18])),
        published("2024-12-01T00:00Z", scoped("p3", "2025-01-06T00:00Z", &[], &[AgeBand::Under18])),
    ]);
    let cases = [
        ("2024-06-01T00:00Z", Some(welfare), Some(AgeBand::From25To34), &["p1"][..]),
        ("2024-06-01T00:00Z", Some(walkout), Some(AgeBand::From25To34), &[]),
        ("2024-11-01T00:00Z", Some(welfare), Some(AgeBand::From65), &["p1"]),
        ("2024-11-01T00:00Z", Some(walkout), Some(AgeBand::From65), &["p2"]),
        ("2025-01-05T23:59Z", Some(welfare), Some(AgeBand::From11To17), &[]),
        ("2025-01-06T00:00Z", Some(welfare), Some(AgeBand::From11To17), &["p3"]),
        ("2025-01-06T00:00Z", Some(welfare), Some(AgeBand::From18To24), &["p1"]),
        ("2025-01-06T00:00Z", Some(welfare), None, &[]),
    ];
    for (at, strand, band, expected) in cases {
        assert_eq!(in_force(&policies, at, at, (strand, band)), expected, "{at} {strand:?} {band:?}");
    }
}

#[test]
fn a_version_ends_when_it_says_so_or_is_withdrawn() {
    let withdrawal = Body::PolicyWithdrawn(PolicyWithdrawn {
        policy: named("v1"),
        effective_from: time("2024-03-01T00:00Z"),
        reason: None,
    });
    let withdrawn = by(Role::Sro, ledger_wide(FORCE, time("2024-02-20T00:00Z"), 3, withdrawal));
    let cases = [
        (vec![], None, VersionState::InForce),
        (vec![], Some("2024-04-01T00:00Z"), VersionState::RanOut(time("2024-04-01T00:00Z"))),
        (vec![withdrawn.clone()], None, VersionState::Withdrawn(time("2024-03-01T00:00Z"))),
        (vec![by(Role::CallHandler, withdrawn)], None, VersionState::InForce),
    ];
    for (more, to, expected) in cases {
        let first = with(policy("v1", "2024-01-10T00:00Z"), |policy| policy.effective_to = to.map(time));
        let mut events = vec![published("2024-01-01T00:00Z", first)];
        events.extend(more);
        assert_eq!(standing(&policies(&events), "v1", "2024-06-01T00:00Z"), expected);
    }
}

#[test]
fn a_question_set_is_superseded_once_an_ended_version_listed_it_and_the_one_in_force_does_not() {
    let listing = |sets: &[&str]| {
        let sets: Vec<_> = sets.iter().map(|set| code(set)).collect();
        move |policy: &mut PolicyPublished| policy.question_sets = sets
    };
    let policies = policies(&[
        published(
            "2023-09-01T00:00+01:00",
            with(policy("v1", "2023-09-01T00:00+01:00"), listing(&["a", "b"])),
        ),
        published("2024-01-29T00:00Z", with(policy("v2", "2024-02-06T00:00Z"), listing(&["b", "c"]))),
    ]);
    let force = agency(FORCE);
    let asked = |set: &str, at: &str| {
        let question =
            PolicyQuestion { force: &force, strand: None, age_band: None, at: time(at), known_at: time(at) };
        policies.superseded_question_set(&code(set), &question).is_some()
    };
    let (before, after) = ("2024-02-05T23:59:59Z", "2024-02-06T00:00Z");
    for (set, at, expected) in [
        ("a", before, false),
        ("a", after, true),
        ("b", after, false),
        ("c", after, false),
        ("never-listed", after, false),
    ] {
        assert_eq!(asked(set, at), expected, "{set} {at}");
    }
}

#[test]
fn limits_are_the_policys_and_where_it_is_silent_the_projects_own() {
    let force = agency(FORCE);
    let at = time("2024-06-01T00:00Z");
    let question = PolicyQuestion { force: &force, strand: None, age_band: None, at, known_at: at };
    let stated = policies(&[published(
        "2024-01-01T00:00Z",
        with(policy("v1", "2024-01-10T00:00Z"), |policy| policy.thresholds.tell_minutes = Some(5)),
    )]);
    let minute = 60_000_000;
    let limits = stated.limits(&question);
    assert_eq!((limits.tell_us(), limits.unowned_us()), (5 * minute, 15 * minute));
    assert_eq!(limits.policy(), Some(&named("v1")));
    let none = Policies::default();
    assert_eq!((none.limits(&question).tell_us(), none.limits(&question).policy()), (10 * minute, None));
}
