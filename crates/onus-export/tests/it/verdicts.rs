//! What `check` says: of a good file, and of one that was changed.

use crate::answered::answered;
use crate::setting::{DISPUTE, INCIDENT, Setting};
use crate::tampering::{ALL, Case, cases, refused};
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_export::evidence::{State, TextFinding, Verdict, check};
use onus_proof::VerifierKey;
use onus_query::handover::{CounterSignature, mark};

fn verdict(setting: &Setting, html: &str) -> Verdict {
    let trusted = [setting.log.verifier().parse().unwrap()];
    check(html, &trusted).unwrap()
}

fn told(verdict: &Verdict) -> Vec<(&str, State, &str)> {
    verdict.checks.iter().map(|check| (check.id, check.state, check.reason.as_str())).collect()
}

#[test]
fn a_good_file_holds_in_every_check_under_the_ledgers_key() {
    let setting = Setting::of(DISPUTE);
    let made = setting.evidence(&["rationale"]).unwrap();
    let verdict = verdict(&setting, &made.html);
    assert_eq!(verdict.state(), State::Holds, "{:#?}", told(&verdict));
    assert_eq!(verdict.incident, INCIDENT);
    assert!(verdict.is_own_viewer);
    assert_eq!(verdict.entries.len(), 21);
    let texts: Vec<&TextFinding> =
        verdict.entries.iter().flat_map(|entry| &entry.texts).map(|text| &text.finding).collect();
    let opened = texts.iter().filter(|text| matches!(text, TextFinding::Opened(_))).count();
    assert!(opened > 0 && opened < texts.len(), "{texts:?}");
    assert!(made.html.len() < 250 * 1024, "{} bytes", made.html.len());
}

#[test]
fn every_change_is_found_and_nothing_else_is_blamed() {
    let setting = Setting::of(DISPUTE);
    let mut wrong: Vec<String> = Vec::new();
    for Case { name, html, state, failing, bad_entries } in cases(&setting) {
        let verdict = verdict(&setting, &html);
        let fails: Vec<&str> =
            verdict.checks.iter().filter(|check| check.state == State::Fails).map(|check| check.id).collect();
        let bad: Vec<usize> = verdict
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.state == State::Fails)
            .map(|(at, _)| at)
            .collect();
        let expected: Vec<usize> =
            if bad_entries == ALL { (0..verdict.entries.len()).collect() } else { bad_entries.to_vec() };
        if (verdict.state(), &*fails, &bad) != (state, failing, &expected) {
            wrong.push(format!("{name}: {:?}, {fails:?}, {bad:?}", verdict.state()));
        }
        assert_eq!(verdict.is_own_viewer, name != "the viewer is replaced", "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn without_the_ledgers_key_nothing_is_taken_to_hold() {
    let setting = Setting::of(DISPUTE);
    let made = setting.evidence(&["rationale"]).unwrap();
    let verdict = check(&made.html, &[]).unwrap();
    assert_eq!(verdict.state(), State::Open);
    assert!(verdict.checks.iter().all(|check| check.state == State::Open), "{:#?}", told(&verdict));
    assert!(verdict.entries.iter().all(|entry| entry.state == State::Open));
}

#[test]
fn a_witness_whose_key_was_brought_must_have_cosigned() {
    let setting = Setting::of(DISPUTE);
    let made = setting.evidence(&[]).unwrap();
    let log = setting.log.verifier().parse::<VerifierKey>().unwrap();
    let state = |witness: &str| check(&made.html, &[log.clone(), witness.parse().unwrap()]).unwrap().state();
    assert_eq!(state(&setting.witness.verifier()), State::Holds);
    let absent = crate::setting::TestKey::new("witness.example/absent", 4, 9);
    assert_eq!(state(&absent.verifier()), State::Fails);
}

/// Given a table of notes, each another thing than it should be.
#[test]
fn what_a_note_is_worth_is_told_as_the_ledger_tells_it() {
    let (setting, expected) = answered();
    let verdict = verdict(&setting, &setting.evidence(&[]).unwrap().html);
    assert_eq!(verdict.state(), State::Holds, "an answer that is asserted alone is no fault of the file");
    let told: Vec<(Seq, CounterSignature)> =
        verdict.entries.iter().filter_map(|entry| Some((entry.seq, entry.signature.clone()?))).collect();
    let reader = setting.ledger.read().unwrap();
    let incident = Incident::parse(INCIDENT).unwrap();
    let mut entries = onus_query::incident::history(&reader, &incident).unwrap().into_entries();
    let of_ledger: Vec<(Seq, CounterSignature)> = mark(&reader, &mut entries).unwrap().into_iter().collect();
    assert_eq!(told, of_ledger);
    let told: Vec<(&str, CounterSignature)> =
        expected.iter().map(|(name, _)| *name).zip(told.into_iter().map(|(_, worth)| worth)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_checkpoint_signed_with_a_key_that_the_ledger_had_revoked_does_not_hold() {
    let setting = Setting::of(DISPUTE);
    setting.register(&setting.log, KeyPurpose::Checkpoint);
    let made = setting.evidence(&[]).unwrap();
    assert_eq!(verdict(&setting, &made.html).state(), State::Holds);
    setting.revoke(&setting.log, KeyPurpose::Checkpoint);
    let verdict = verdict(&setting, &setting.evidence(&[]).unwrap().html);
    assert_eq!(verdict.state(), State::Fails);
    let checkpoint = verdict.checks.iter().find(|check| check.id == "checkpoint").unwrap();
    assert!(checkpoint.reason.contains("had revoked"), "{}", checkpoint.reason);
}

#[test]
fn of_two_keys_of_one_name_the_one_that_signed_counts_in_either_order() {
    let setting = Setting::of(DISPUTE);
    let html = setting.evidence(&[]).unwrap().html;
    let [signer, predecessor] =
        [setting.log.verifier(), crate::setting::TestKey::new(crate::setting::ORIGIN, 1, 68).verifier()]
            .map(|key| key.parse::<VerifierKey>().unwrap());
    for trusted in [[signer.clone(), predecessor.clone()], [predecessor.clone(), signer]] {
        let verdict = check(&html, &trusted).unwrap();
        assert_eq!(verdict.state(), State::Holds, "{:#?}", told(&verdict));
    }
    assert_eq!(check(&html, &[predecessor]).unwrap().state(), State::Fails);
}

#[test]
fn what_is_no_evidence_is_refused_whole() {
    let setting = Setting::of(DISPUTE);
    let good = setting.evidence(&[]).unwrap().html;
    for (name, html) in refused(&good) {
        assert!(check(&html, &[]).is_err(), "{name}");
    }
}
