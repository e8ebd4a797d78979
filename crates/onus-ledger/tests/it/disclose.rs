//! The key of one field for one recipient, and records that leave: the access ledger first.

use crate::setting::{Setting, caller, decision};
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::kinds::Body;
use onus_core::record::Record;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_ledger::{Disclosure, EntryTexts, Export, HandedKey, RevealError, open_disclosed};
use onus_store::Expect;
use std::fs;

fn with_two_decisions() -> Setting {
    let setting = Setting::new();
    let drafts = vec![decision(1, "ambulance most appropriate"), decision(2, "no threat to life")];
    setting.recorder().record(drafts, Expect::Any).unwrap();
    setting
}

fn disclose(setting: &Setting, wanted: &[EntryTexts]) -> Result<Vec<HandedKey>, RevealError> {
    let (recipients, why) = (Plain::new("HM Coroner").unwrap(), Plain::new("inquest").unwrap());
    let ground = Code::new("coroner").unwrap();
    setting.keys().disclose(
        &caller("police:sussex/supervisor"),
        &Disclosure { recipients: &recipients, ground, why: Some(&why) },
        wanted,
    )
}

fn last_access(setting: &Setting) -> Record {
    let reader = setting.ledger.access().read().unwrap();
    let entry = reader.entry(Seq::new(reader.size() - 1)).unwrap();
    let (head, record) = onus_core::entry::EntryHead::parse(entry.bytes()).unwrap();
    Record::decode(&head, record).unwrap()
}

#[test]
fn a_handed_key_opens_its_own_field_and_no_other() {
    let setting = with_two_decisions();
    let handed =
        disclose(&setting, &[EntryTexts { seq: Seq::new(2), fields: vec![FieldNo::new(16)] }]).unwrap();
    let [HandedKey { seq, field, chars: 26, key: Ok(key) }] = handed.as_slice() else { panic!("{handed:?}") };
    assert_eq!((*seq, *field), (Seq::new(2), FieldNo::new(16)));
    let entries = setting.entries();
    let open = |seq: usize| {
        let record = &entries[seq].1;
        let (field, sealed) = record.sealed_texts().remove(0);
        open_disclosed(&sealed, &record.common.event_id, field, key).map(|text| text.expose().to_owned())
    };
    assert_eq!(open(2).unwrap(), "ambulance most appropriate");
    assert!(open(3).is_err());
}

#[test]
fn the_access_ledger_says_who_was_handed_what_under_the_incident_concerned() {
    let setting = with_two_decisions();
    disclose(&setting, &[EntryTexts { seq: Seq::new(2), fields: vec![FieldNo::new(16)] }]).unwrap();
    let record = last_access(&setting);
    assert_eq!(record.common.incident.unwrap().to_string(), "police:sussex/2026-06-01/142");
    let Body::Disclosed(disclosed) = record.body else { panic!("{:?}", record.body) };
    assert_eq!(disclosed.ground.as_str(), "coroner");
    assert_eq!(disclosed.recipients.chars, 10);
    let told: Vec<_> = disclosed.entries.iter().map(|of| (of.seq.get(), of.fields.clone())).collect();
    assert_eq!(told, [(2, vec![16])]);
}

#[test]
fn where_there_is_nothing_to_hand_out_nothing_is_written() {
    let setting = with_two_decisions();
    let before = setting.ledger.access().read().unwrap().size();
    assert!(
        disclose(&setting, &[EntryTexts { seq: Seq::new(2), fields: vec![FieldNo::new(99)] }])
            .unwrap()
            .is_empty()
    );
    assert_eq!(setting.ledger.access().read().unwrap().size(), before);
}

#[test]
fn if_the_access_ledger_cannot_be_written_nothing_leaves() {
    let setting = with_two_decisions();
    let access = setting.folder.path().join("ledger.private/access/log");
    fs::rename(&access, access.with_file_name("moved")).unwrap();
    assert!(disclose(&setting, &[EntryTexts { seq: Seq::new(2), fields: vec![] }]).is_err());
    assert!(export(&setting).is_err());
}

fn export(setting: &Setting) -> Result<(), RevealError> {
    let export = Export {
        incident: None,
        format: Code::new("ndjson").unwrap(),
        filters: None,
        size: 4,
        included: 2,
        withheld: 2,
        erased: 0,
        recipients: None,
        why: None,
    };
    setting.keys().record_export(&caller("police:sussex/supervisor"), &export)
}

#[test]
fn records_of_several_incidents_leave_under_the_day_of_their_export() {
    let setting = with_two_decisions();
    export(&setting).unwrap();
    let record = last_access(&setting);
    assert_eq!(record.common.incident.unwrap().to_string(), "police:sussex/2026-06-01/export");
    let Body::Exported(exported) = record.body else { panic!("{:?}", record.body) };
    assert_eq!((exported.included, exported.withheld, exported.size), (2, 2, 4));
}
