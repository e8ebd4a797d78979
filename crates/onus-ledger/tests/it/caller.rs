//! What is recorded says by which way its caller came; and keys that are open stay true while others act.

use crate::setting::{Setting, decision, nobody};
use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::ids::Incident;
use onus_core::record::Record;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::vocabulary::{Channel, KeyPurpose};
use onus_ledger::{
    Caller, Disclosure, EntryTexts, ErasureRequest, ErasureScope, Export, HoldRequest, Identity, Ledger,
    LiftRequest, OpenError, RestrictionRequest, RevealError, RevealRequest,
};
use onus_store::Expect;

const INCIDENT: &str = "police:sussex/2026-06-01/142";
const DPO: &str = "police:sussex/data_protection_officer/00112233445566778899aabbccddeeff";

fn records(ledger: &Ledger) -> Vec<Record> {
    let reader = ledger.read().unwrap();
    let read = |seq| {
        let entry = reader.entry(seq).unwrap();
        let (head, record) = EntryHead::parse(entry.bytes()).unwrap();
        Record::decode(&head, record).unwrap()
    };
    (0..reader.size()).map(Seq::new).map(read).collect()
}

#[test]
fn whatever_a_caller_by_http_does_is_recorded_as_come_by_http() {
    let setting = Setting::new();
    let identity = Identity::parse(DPO).unwrap();
    let second = Identity::parse("police:sussex/superintendent/ffeeddccbbaa99887766554433221100").unwrap();
    let caller = Caller::of_this_process(Some(identity.clone()), Channel::Http);
    let (keys, incident) = (setting.keys(), Incident::parse(INCIDENT).unwrap());
    let (why, code) = (Plain::new("a reason").unwrap(), Code::new("a-code").unwrap());
    let texts = [EntryTexts { seq: Seq::new(2), fields: vec![] }];

    let (recorder, _) = setting.ledger.record(&caller, Some(&keys)).unwrap();
    recorder.record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    recorder.close().unwrap();
    keys.generate_key(&caller, KeyPurpose::Checkpoint).unwrap();
    keys.rotate_key(&caller, KeyPurpose::Checkpoint).unwrap();
    keys.heartbeat(&caller).unwrap();
    let hold = HoldRequest { incident: &incident, reference: code.clone(), authorised_by: &identity };
    setting.ledger.place_hold(&caller, &hold).unwrap();
    setting.ledger.release_hold(&caller, &hold).unwrap();
    let restriction = RestrictionRequest {
        incident: &incident,
        entries: &[Seq::new(2)],
        purposes: &[],
        basis: code.clone(),
        authorised_by: &identity,
    };
    let restricted = setting.ledger.restrict(&caller, &restriction).unwrap();
    let lift = LiftRequest {
        incident: &incident,
        restriction: restricted.receipt.seq,
        basis: code.clone(),
        authorised_by: &identity,
    };
    setting.ledger.lift(&caller, &lift).unwrap();
    keys.reveal(&caller, &RevealRequest { why: &why, purpose: None }, &texts).unwrap();
    let disclosure = Disclosure { recipients: &why, ground: code.clone(), why: None };
    keys.disclose(&caller, &disclosure, &texts).unwrap();
    let export = Export {
        incident: Some(&incident),
        format: code.clone(),
        filters: None,
        size: 3,
        included: 1,
        withheld: 0,
        erased: 0,
        recipients: None,
        why: None,
    };
    keys.record_export(&caller, &export).unwrap();
    let scope = ErasureScope::Incident(incident);
    let erasure =
        ErasureRequest { scope: &scope, basis: code, authorised_by: [&identity, &second], why: &why };
    keys.erase(&caller, &erasure).unwrap();

    for (ledger, least) in [(setting.ledger.clone(), 11), (setting.ledger.access(), 7)] {
        let made_after = records(&ledger).split_off(1);
        assert!(made_after.len() >= least, "{}", made_after.len());
        for record in made_after {
            let by = record.common.submitted_by.channel;
            assert_eq!(by, Channel::Http, "{}", record.kind().name());
        }
    }
}

#[test]
fn an_erasure_by_another_process_closes_the_text_to_keys_that_were_open_before() {
    let setting = Setting::new();
    setting.recorder().record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    let backup = setting.folder.path().join("backup");
    let vault = setting.folder.path().join("ledger.private/vault");
    std::fs::create_dir(&backup).unwrap();
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        for file in std::fs::read_dir(from).unwrap().map(|file| file.unwrap().path()) {
            // Into the same file, so that who has it open sees it.
            std::fs::write(to.join(file.file_name().unwrap()), std::fs::read(&file).unwrap()).unwrap();
        }
    };
    copy(&vault, &backup);
    let open_before = setting.keys();
    let why = Plain::new("looking").unwrap();
    let identity = Identity::parse(DPO).unwrap();
    let caller = Caller::of_this_process(Some(identity.clone()), Channel::Cli);
    let reveal = || {
        let texts = [EntryTexts { seq: Seq::new(2), fields: vec![] }];
        let request = RevealRequest { why: &why, purpose: None };
        open_before.reveal(&caller, &request, &texts).unwrap().remove(0).text
    };
    assert!(reveal().is_ok());

    let second = Identity::parse("police:sussex/superintendent/ffeeddccbbaa99887766554433221100").unwrap();
    let scope = ErasureScope::Incident(Incident::parse(INCIDENT).unwrap());
    let erasure = ErasureRequest {
        scope: &scope,
        basis: Code::new("uk-gdpr-17-1-d").unwrap(),
        authorised_by: [&identity, &second],
        why: &why,
    };
    setting.keys().erase(&caller, &erasure).unwrap();
    // As if that process had crashed between recording the erasure and overwriting the slot.
    copy(&backup, &vault);

    let error = reveal().unwrap_err().to_string();
    assert!(error.contains("erased"), "{error}");
}

#[test]
fn what_needs_a_person_is_refused_to_a_caller_without_identity() {
    let setting = Setting::new();
    setting.recorder().record(vec![decision(1, "ambulance most appropriate")], Expect::Any).unwrap();
    let why = Plain::new("looking").unwrap();
    let texts = [EntryTexts { seq: Seq::new(2), fields: vec![] }];
    let before = setting.ledger.access().read().unwrap().size();
    let refused = setting.keys().reveal(&nobody(), &RevealRequest { why: &why, purpose: None }, &texts);
    assert!(matches!(refused, Err(RevealError::Open(OpenError::NoIdentity))), "{refused:?}");
    assert_eq!(setting.ledger.access().read().unwrap().size(), before);
}
