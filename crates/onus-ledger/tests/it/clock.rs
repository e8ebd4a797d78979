//! The machine's clock steps back an hour, and forward a year and back.

use crate::setting::{Setting, decision};
use onus_core::code::Code;
use onus_core::vocabulary::Channel;
use onus_ledger::{Caller, CorrectError, Identity};
use onus_store::Expect;

fn person(role: &str, digit: char) -> Identity {
    Identity::parse(&format!("police:sussex/{role}/{}", digit.to_string().repeat(32))).unwrap()
}

#[test]
fn a_step_back_is_recorded_once_and_time_never_goes_back() {
    let setting = Setting::new();
    let recorder = setting.recorder();
    recorder.record(vec![decision(1, "a")], Expect::Any).unwrap();
    setting.clock_reads("2026-06-01T11:00:00+01:00");
    recorder.record(vec![decision(2, "b")], Expect::Any).unwrap();
    recorder.record(vec![decision(3, "c")], Expect::Any).unwrap();
    recorder.close().unwrap();
    // Another process, while the clock is still behind, does not record the step again.
    setting.recorder().record(vec![decision(4, "d")], Expect::Any).unwrap();
    setting.clock_reads("2026-06-01T12:00:05+01:00");
    setting.recorder().record(vec![decision(5, "e")], Expect::Any).unwrap();

    let noon = "2026-06-01T12:00:00+01:00".to_owned();
    let told = setting.told_from(2);
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        kinds,
        [
            "AttendanceDecided",
            "ClockStepped",
            "AttendanceDecided",
            "AttendanceDecided",
            "AttendanceDecided",
            "AttendanceDecided"
        ]
    );
    assert!(told[..5].iter().all(|(_, at)| *at == noon), "{told:?}");
    assert_eq!(told[5].1, "2026-06-01T12:00:05+01:00");
}

fn by(identity: &Identity) -> Caller {
    Caller::of_this_process(Some(identity.clone()), Channel::Cli)
}

#[test]
fn a_year_ahead_and_back_holds_time_until_two_people_correct_it() {
    let setting = Setting::new();
    setting.clock_reads("2027-06-01T12:00:00+01:00");
    setting.recorder().record(vec![decision(1, "a")], Expect::Any).unwrap();
    setting.clock_reads("2026-06-01T13:00:00+01:00");
    setting.recorder().record(vec![decision(2, "b")], Expect::Any).unwrap();

    let why = Code::new("ntp_fault").unwrap();
    let (a, b) = (person("administrator", 'a'), person("supervisor", 'b'));
    assert!(matches!(
        setting.ledger.correct_clock(&by(&a), &a, why.clone()),
        Err(CorrectError::NotTwoPeople)
    ));
    setting.ledger.correct_clock(&by(&a), &b, why.clone()).unwrap();
    setting.recorder().record(vec![decision(3, "c")], Expect::Any).unwrap();
    assert!(matches!(
        setting.ledger.correct_clock(&by(&a), &b, why),
        Err(CorrectError::NothingToCorrect { .. })
    ));

    let told = setting.told_from(2);
    // The schema was published when the ledger was first opened, a year ahead already.
    let (ahead, right) = ("2027-06-01T12:00:00+01:00".to_owned(), "2026-06-01T13:00:00+01:00".to_owned());
    let expected = [
        ("AttendanceDecided", &ahead),
        ("ClockStepped", &ahead),
        ("AttendanceDecided", &ahead),
        ("ClockCorrected", &ahead),
        ("AttendanceDecided", &right),
    ];
    assert_eq!(told, expected.map(|(kind, at)| (kind, at.clone())));
    let verdict = setting.ledger.verify(std::num::NonZeroUsize::MIN, &|_, _| {}).unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.first_bad);
}
