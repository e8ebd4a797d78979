//! Erasing: what is gone, what stands, what is told, and that a crash anywhere ends well.

use crate::setting::{NOON, Setting, caller, nobody, time};
use onus_core::code::{Code, Origin};
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::{Body, Kind};
use onus_core::record::{Draft, Record};
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::storage::Storage;
use onus_ledger::{
    Certificate, Disclosure, EntryTexts, EraseError, ErasureRequest, ErasureScope, HoldRequest, Identity,
    Ledger, Machine, NewLedger, RevealRequest, Wrapping, create,
};
use onus_store::Expect;
use onus_testkit::fault_fs::{Effect, FaultFs, Survivors, When};
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const TEXT: &str = "Canary-Jane-Smith said that she would wait";
const DPO: &str = "police:sussex/data_protection_officer/00112233445566778899aabbccddeeff";
const SUPERINTENDENT: &str = "police:sussex/superintendent/ffeeddccbbaa99887766554433221100";

fn identity(text: &str) -> Identity {
    Identity::parse(text).unwrap()
}

fn incident(number: u32) -> Incident {
    Incident::parse(&format!("police:sussex/2026-06-01/{number}")).unwrap()
}

/// A decision in incident `number`, about a subject if one is named.
fn told(number: u32, n: u32, text: &str, subject: Option<&str>) -> Draft {
    let mut json = serde_json::json!({
        "event": "AttendanceDecided",
        "event_id": format!("00000000-0000-7000-8000-{n:012x}"),
        "incident": incident(number).to_string(),
        "occurred_at": NOON,
        "actor": { "agency": "police:sussex", "role": "call_handler" },
        "source": { "system": "cad" },
        "body": { "outcome": "no_deploy_signpost", "rationale": text },
    });
    if let Some(subject) = subject {
        json["subject"] = serde_json::json!({ "id": subject });
    }
    Draft::parse(json.to_string().as_bytes()).unwrap()
}

fn erase_by(ledger: &Ledger, scope: &ErasureScope, people: [&str; 2]) -> Result<Certificate, EraseError> {
    let why = Plain::new("request 2026/31").unwrap();
    let people = people.map(identity);
    let request = ErasureRequest {
        scope,
        basis: Code::new("uk-gdpr-17-1-d").unwrap(),
        authorised_by: [&people[0], &people[1]],
        why: &why,
    };
    ledger.unlock(None)?.erase(&caller(DPO), &request)
}

fn erase(ledger: &Ledger, scope: &ErasureScope) -> Result<Certificate, EraseError> {
    erase_by(ledger, scope, [DPO, SUPERINTENDENT])
}

/// What an entry's texts give.
fn open(ledger: &Ledger, seq: u64) -> Result<String, String> {
    let why = Plain::new("looking").unwrap();
    let request = RevealRequest { why: &why, purpose: None };
    let keys = ledger.unlock(None).unwrap();
    let mut revealed =
        keys.reveal(&caller(DPO), &request, &[EntryTexts { seq: Seq::new(seq), fields: vec![] }]).unwrap();
    revealed.remove(0).text.map(|text| text.expose().to_owned()).map_err(|why| why.to_string())
}

fn sound(ledger: &Ledger) {
    assert!(ledger.verify(NonZeroUsize::MIN, &|_, _| {}).unwrap().is_sound());
    assert!(ledger.access().verify(NonZeroUsize::MIN, &|_, _| {}).unwrap().is_sound());
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found
}

fn any_file_holds(folder: &Path, needle: &[u8]) -> bool {
    files(folder).iter().any(|path| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

/// The wrapped key of a slot, as the vault's file has it.
fn wrapped_key(folder: &Path, slot: u64) -> Vec<u8> {
    let path = files(folder).into_iter().find(|path| path.to_string_lossy().contains("slots.1")).unwrap();
    let at = usize::try_from(slot * 64).unwrap();
    fs::read(path).unwrap()[at + 4..at + 64].to_vec()
}

fn key_id(record: &Record) -> u64 {
    record.sealed_texts()[0].1.key_id
}

#[test]
fn an_erased_text_is_nowhere_and_all_else_stands() {
    let setting = Setting::new();
    let recorder = setting.recorder();
    let receipts = recorder
        .record(vec![told(142, 1, TEXT, None), told(7, 2, "another call", None)], Expect::Any)
        .unwrap();
    recorder.close().unwrap();
    let folder = setting.folder.path();
    let key = wrapped_key(folder, key_id(&setting.entries()[2].1));
    assert!(any_file_holds(folder, &key) && !any_file_holds(folder, TEXT.as_bytes()));

    let certificate = erase(&setting.ledger, &ErasureScope::Incident(incident(142))).unwrap();

    assert!(!any_file_holds(folder, &key), "the wrapped key is overwritten");
    assert!(!any_file_holds(folder, TEXT.as_bytes()));
    assert!(open(&setting.ledger, 2).unwrap_err().contains("erased"));
    assert_eq!(open(&setting.ledger, 3).unwrap(), "another call");
    sound(&setting.ledger);
    for receipt in receipts {
        let now = setting.ledger.read().unwrap().receipt(receipt.receipt.seq).unwrap();
        assert_eq!(now.link, receipt.receipt.link, "every old receipt stands");
    }
    assert_eq!(certificate.texts.iter().map(|text| text.seq.get()).collect::<Vec<_>>(), [2]);
    let [erasure] = certificate.erasures.as_slice() else { panic!("{:?}", certificate.erasures) };
    assert_eq!(
        (erasure.slots, erasure.authorised_by.len(), erasure.basis.as_str()),
        (1, 2, "uk-gdpr-17-1-d")
    );
}

#[test]
fn the_access_ledger_has_the_erasure_first_with_account_and_reason() {
    let setting = Setting::new();
    setting.recorder().record(vec![told(142, 1, TEXT, None)], Expect::Any).unwrap();
    let certificate = erase(&setting.ledger, &ErasureScope::Incident(incident(142))).unwrap();
    let access = setting.ledger.access().read().unwrap();
    let of = |seq: u64| {
        let entry = access.entry(Seq::new(seq)).unwrap();
        onus_core::history::Entry::parse(entry.bytes()).unwrap()
    };
    let (erased, noted) = (of(2), of(3));
    assert_eq!(erased.id(), certificate.erasures[0].event_id, "the same event in both");
    assert!(matches!(erased.body, Some(Body::PersonalDataErased(_))));
    let Some(Body::Exported(noted)) = noted.body else { panic!() };
    assert!(noted.why.is_some() && (noted.account.account.is_some() || noted.account.account_text.is_some()));
}

#[test]
fn while_a_hold_stands_nothing_is_erased_and_it_is_named() {
    let setting = Setting::new();
    setting
        .recorder()
        .record(vec![told(142, 1, TEXT, Some("NHS 9")), told(7, 2, "too", Some("NHS 9"))], Expect::Any)
        .unwrap();
    let (who, of) = (identity(DPO), incident(7));
    let asked =
        HoldRequest { incident: &of, reference: Code::new("inquest-88").unwrap(), authorised_by: &who };
    setting.ledger.place_hold(&caller(DPO), &asked).unwrap();
    let subject = ErasureScope::Subject(setting.keys().token("NHS 9").unwrap());
    let before = (setting.ledger.read().unwrap().size(), setting.ledger.access().read().unwrap().size());

    for scope in [ErasureScope::Incident(incident(7)), subject.clone()] {
        let refused = erase(&setting.ledger, &scope).unwrap_err().to_string();
        assert!(
            refused.contains("inquest-88") && refused.contains("police:sussex/2026-06-01/7"),
            "{refused}"
        );
    }
    let after = (setting.ledger.read().unwrap().size(), setting.ledger.access().read().unwrap().size());
    assert_eq!(before, after, "a hold over one incident stops the whole, before anything is written");
    setting.ledger.release_hold(&caller(DPO), &asked).unwrap();
    assert_eq!(erase(&setting.ledger, &subject).unwrap().texts.len(), 2);
}

#[test]
fn a_subjects_texts_go_and_the_others_of_the_incident_are_listed_for_a_person() {
    let setting = Setting::new();
    let drafts = vec![
        told(142, 1, TEXT, Some("NHS 9")),
        told(142, 2, "about nobody", None),
        told(7, 3, "elsewhere", Some("NHS 9")),
    ];
    setting.recorder().record(drafts, Expect::Any).unwrap();
    let token = setting.keys().token("NHS 9").unwrap();
    let certificate = erase(&setting.ledger, &ErasureScope::Subject(token)).unwrap();
    assert_eq!(
        certificate.texts.iter().map(|text| text.seq.get()).collect::<Vec<_>>(),
        [2, 4],
        "in both incidents"
    );
    assert_eq!(
        certificate.not_reached.other_texts.iter().map(|text| text.seq.get()).collect::<Vec<_>>(),
        [3]
    );
    assert_eq!(open(&setting.ledger, 3).unwrap(), "about nobody");
    for seq in [2, 4] {
        assert!(open(&setting.ledger, seq).is_err());
    }
}

#[test]
fn one_person_alone_erases_nothing() {
    let setting = Setting::new();
    setting.recorder().record(vec![told(142, 1, TEXT, None)], Expect::Any).unwrap();
    let scope = ErasureScope::Incident(incident(142));
    for people in [[DPO, DPO], [DPO, "police:sussex/superintendent"]] {
        assert!(matches!(erase_by(&setting.ledger, &scope, people), Err(EraseError::NotTwoPeople)));
    }
    assert_eq!(open(&setting.ledger, 2).unwrap(), TEXT);
    assert!(matches!(erase(&setting.ledger, &ErasureScope::Incident(incident(8))), Err(EraseError::Nothing)));
}

#[test]
fn who_received_or_read_the_text_is_named() {
    let setting = Setting::new();
    setting.recorder().record(vec![told(142, 1, TEXT, None)], Expect::Any).unwrap();
    open(&setting.ledger, 2).unwrap();
    let recipients = Plain::new("HM Coroner for West Sussex").unwrap();
    let ground = Code::new("coroner").unwrap();
    let disclosure = Disclosure { recipients: &recipients, ground, why: None };
    setting
        .keys()
        .disclose(&caller(DPO), &disclosure, &[EntryTexts { seq: Seq::new(2), fields: vec![] }])
        .unwrap();

    let not = erase(&setting.ledger, &ErasureScope::Incident(incident(142))).unwrap().not_reached;

    let [left] = not.recipients.as_slice() else { panic!("{:?}", not.recipients) };
    assert_eq!(left.recipients.as_ref().unwrap().as_ref().unwrap().expose(), "HM Coroner for West Sussex");
    assert_eq!((left.kind, not.readings.len()), (Kind::Disclosed, 1));
    assert!(!not.access_texts.is_empty());
    let access = setting.ledger.access().read().unwrap();
    let last = access.entry(Seq::new(access.size() - 1)).unwrap();
    let last = onus_core::history::Entry::parse(last.bytes()).unwrap();
    assert_eq!(
        last.common.incident.unwrap().number.as_str(),
        "access",
        "opening the recipients is a reading too"
    );
}

#[test]
fn run_again_it_writes_nothing_more_and_certifies_the_same() {
    let setting = Setting::new();
    setting.recorder().record(vec![told(142, 1, TEXT, None)], Expect::Any).unwrap();
    let scope = ErasureScope::Incident(incident(142));
    let first = erase(&setting.ledger, &scope).unwrap();
    let size = setting.ledger.access().read().unwrap().size();
    let second = erase(&setting.ledger, &scope).unwrap();
    assert_eq!((&first.erasures, &first.texts), (&second.erasures, &second.texts));
    assert_eq!(setting.ledger.access().read().unwrap().size(), size);
}

#[test]
fn who_goes_on_recording_never_seals_under_an_erased_key() {
    let setting = Setting::new();
    let recorder = setting.recorder();
    recorder.record(vec![told(142, 1, TEXT, None)], Expect::Any).unwrap();
    erase(&setting.ledger, &ErasureScope::Incident(incident(142))).unwrap();
    recorder.record(vec![told(142, 2, "said afterwards", None)], Expect::Any).unwrap();
    recorder.close().unwrap();
    assert_eq!(open(&setting.ledger, 4).unwrap(), "said afterwards");
    let again = erase(&setting.ledger, &ErasureScope::Incident(incident(142))).unwrap();
    assert_eq!((again.erasures.len(), again.texts.len()), (2, 2), "what came later is erased as well");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in files(from) {
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

#[test]
fn a_vault_restored_from_before_the_erasure_does_not_open_the_text() {
    let setting = Setting::new();
    setting.recorder().record(vec![told(142, 1, TEXT, None)], Expect::Any).unwrap();
    let vault = setting.folder.path().join("ledger.private/vault");
    let backup = setting.folder.path().join("backup");
    copy(&vault, &backup);
    erase(&setting.ledger, &ErasureScope::Incident(incident(142))).unwrap();
    copy(&backup, &vault);
    assert!(open(&setting.ledger, 2).unwrap_err().contains("erased"));
    assert_eq!(wrapped_key(&vault, key_id(&setting.entries()[2].1)), [0; 60], "and its key is gone again");
    sound(&setting.ledger);
}

#[test]
fn a_restored_older_vault_hands_out_no_slot_that_an_entry_names() {
    let setting = Setting::new();
    let record = |number, n, text| {
        let recorder = setting.recorder();
        recorder.record(vec![told(number, n, text, None)], Expect::Any).unwrap();
        recorder.close().unwrap();
    };
    record(1, 1, "before the backup");
    let vault = setting.folder.path().join("ledger.private/vault");
    let backup = setting.folder.path().join("backup");
    copy(&vault, &backup);
    record(2, 2, "after the backup");
    open(&setting.ledger, 3).unwrap();
    copy(&backup, &vault);

    record(3, 3, "after the restore");

    let entries = setting.entries();
    let mut slots: Vec<u64> = entries[2..].iter().map(|(_, record)| key_id(record)).collect();
    let access = setting.ledger.access().read().unwrap();
    let reading = access.entry(Seq::new(2)).unwrap();
    let (head, record) = onus_core::entry::EntryHead::parse(reading.bytes()).unwrap();
    slots.push(key_id(&Record::decode(&head, record).unwrap()));
    let count = slots.len();
    slots.sort_unstable();
    slots.dedup();
    assert_eq!(slots.len(), count, "each slot serves one: {slots:?}");
    erase(&setting.ledger, &ErasureScope::Incident(incident(2))).unwrap();
    assert_eq!(open(&setting.ledger, 4).unwrap(), "after the restore");
    assert_eq!(open(&setting.ledger, 2).unwrap(), "before the backup");
}

// ---------------------------------------------------------------------------------------------------------
// A crash at every step

fn on(storage: Arc<dyn Storage>) -> Ledger {
    let machine = Machine::new(storage, Arc::new(|| time(NOON)));
    Ledger::at(machine, Path::new("/ledger"), Duration::from_secs(1))
}

fn prepared() -> FaultFs {
    let fs = FaultFs::new(1);
    let machine = Machine::new(fs.storage(), Arc::new(|| time(NOON)));
    let new = NewLedger {
        origin: Origin::new("police.example/onus").unwrap(),
        agency: AgencyId::parse("police:sussex").unwrap(),
    };
    create(&machine, &nobody(), Path::new("/ledger"), &new, Wrapping::KeyFile).unwrap();
    let ledger = on(fs.storage());
    let (recorder, _) = ledger.record(&nobody(), Some(&ledger.unlock(None).unwrap())).unwrap();
    recorder.record(vec![told(142, 1, TEXT, None), told(7, 2, "another call", None)], Expect::Any).unwrap();
    recorder.close().unwrap();
    open(&on(fs.storage()), 3).unwrap();
    fs
}

/// Erased wholly or not at all, the other incident untouched, and the access ledger ahead of the ledger.
fn judge(fs: &FaultFs, acknowledged: bool, place: &str) {
    let ledger = on(fs.storage());
    // Where `head` was torn, readers refuse until an act that appends has recovered the log, as the next erasure does.
    let (reader, _) = ledger.read_to_append().unwrap_or_else(|e| panic!("{place}: {e}"));
    ledger.access().read_to_append().unwrap_or_else(|e| panic!("{place}: {e}"));
    let recorded = reader.of_kind(Kind::PersonalDataErased.number()).unwrap();
    assert!(!acknowledged || !recorded.is_empty(), "{place}: an acknowledged erasure is recorded");
    match open(&ledger, 2) {
        Ok(text) => assert!(text == TEXT && recorded.is_empty(), "{place}: recorded and readable"),
        Err(why) => assert!(why.contains("erased") && !recorded.is_empty(), "{place}: {why}"),
    }
    assert_eq!(open(&ledger, 3).unwrap(), "another call", "{place}");
    if let Some(seq) = recorded.first() {
        let event_id = |reader: &onus_store::Reader, seq: u64| {
            onus_core::history::Entry::parse(reader.entry(Seq::new(seq)).unwrap().bytes()).unwrap().id()
        };
        let access = ledger.access().read().unwrap();
        let noted = access.of_kind(Kind::PersonalDataErased.number()).unwrap();
        let id = event_id(&reader, seq.get());
        assert!(
            noted.iter().any(|at| event_id(&access, at.get()) == id),
            "{place}: the access ledger had it first"
        );
    }
    let certificate =
        erase(&ledger, &ErasureScope::Incident(incident(142))).unwrap_or_else(|e| panic!("{place}: {e}"));
    assert_eq!(
        (certificate.texts.len(), certificate.erasures.len()),
        (1, 1),
        "{place}: run again it finishes"
    );
    assert!(open(&ledger, 2).is_err(), "{place}");
    sound(&ledger);
}

#[test]
fn a_crash_or_a_failure_at_any_step_leaves_a_text_erased_wholly_or_not_at_all() {
    let whole = prepared();
    for (effect, name) in [
        (Effect::PowerCut { bytes: 0 }, "power cut"),
        (Effect::PowerCut { bytes: 5 }, "power cut within a write"),
        (Effect::Fail { error: std::io::ErrorKind::Other, after_bytes: 0 }, "failure"),
    ] {
        for step in 0.. {
            let fs = whole.fork();
            let number = fs.steps() + step;
            fs.inject(When::Step(number), effect);
            let done = erase(&on(fs.storage()), &ErasureScope::Incident(incident(142))).is_ok();
            if fs.steps() <= number {
                assert!(done && step > 10, "with nothing happening it succeeds, in {step} steps");
                break;
            }
            fs.heal();
            for (seed, survivors) in
                [Survivors::Nothing, Survivors::Everything, Survivors::Seeded(step)].into_iter().enumerate()
            {
                judge(&fs.reboot(survivors), done, &format!("{name} at step {step}, survivors {seed}"));
            }
        }
    }
}
