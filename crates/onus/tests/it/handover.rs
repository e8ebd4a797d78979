//! An offer is signed by its receiver and recorded; every way to get a signature wrong is tried.

use crate::ledger::{Ledger, Run};
use onus_core::bytes::{Digest, NoteBytes};
use onus_core::code::Origin;
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Role};
use onus_proof::{Algorithm, NoteSigner};
use onus_query::handover::{Answer, Said};
use serde_json::{Value, json};

const INCIDENT: &str = "police:sussex/2023-05-01/142";
const SUMMARY: &str = "spoke of ending his life; calm since";

/// A ledger with an offer to mh_trust:RV5, the request for it, and the keys of both sides.
struct Given {
    ledger: Ledger,
    sender: String,
    trust: String,
    offer: u64,
}

fn offer(n: u32, to: &str) -> String {
    json!({
        "event": "HandoverOffered",
        "event_id": format!("00000000-0000-7000-8000-{n:012x}"),
        "incident": INCIDENT,
        "occurred_at": "2023-05-01T22:00:00+01:00",
        "actor": { "agency": "police:sussex", "role": "response_officer" },
        "source": { "system": "cad" },
        "body": { "facets": ["custody", "care"], "from": "police:sussex", "to": to, "risk_summary": SUMMARY },
    })
    .to_string()
}

fn ok(run: Run) -> String {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    run.stdout
}

/// An answer's note as a draft has it.
fn hex(answer: &Value) -> String {
    NoteBytes::new(answer["note"].as_str().unwrap().as_bytes().to_vec()).unwrap().to_string()
}

fn given() -> Given {
    let ledger = Ledger::new();
    let receipts = ledger.record(&offer(10, "mh_trust:RV5"));
    let sender = ok(ledger.run(&["key", "generate", "checkpoint"], "")).trim().to_owned();
    let trust = ok(ledger.run(&["handover", "key", "mh_trust:RV5", "-o", "rv5.key", "--no-passphrase"], ""))
        .trim()
        .to_owned();
    Given { ledger, sender, trust, offer: receipts[0]["seq"].as_u64().unwrap() }
}

impl Given {
    fn registered(self) -> Self {
        ok(self.ledger.run(&["key", "register", &self.trust], ""));
        self
    }

    fn request(&self) {
        let offer = self.offer.to_string();
        let asked = ["--as", "police:sussex/supervisor", "handover", "request", &offer, "-o", "offer.json"];
        ok(self.ledger.run(&asked, ""));
    }

    fn sign(&self, to: &str, more: &[&str]) -> Run {
        let mut args = vec!["handover", "sign", "offer.json", "--key", &self.sender, "--key-file", "rv5.key"];
        args.extend(["--role", "nurse_in_charge", "--reference", "RV5-1", "-o", to]);
        args.extend(more);
        self.ledger.run(&args, "")
    }

    fn signed(&self) -> Value {
        self.request();
        ok(self.sign("answer.json", &["--answer", "accepted", "--at", "2023-05-01T22:40:00+01:00"]));
        self.read("answer.json")
    }

    fn read(&self, name: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.ledger.folder().join(name)).unwrap()).unwrap()
    }

    fn record(&self, answer: &Value) -> Run {
        std::fs::write(self.ledger.folder().join("back.json"), answer.to_string()).unwrap();
        self.ledger.run(&["handover", "record", "back.json", "--json"], "")
    }

    /// Records an answer that is worth nothing, and holds that it is recorded all the same, with the reason.
    fn is_alone(&self, answer: &Value, reason: &str) {
        let run = self.record(answer);
        assert_eq!(run.code, 1, "{reason}: {}{}", run.stdout, run.stderr);
        let told: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(told["signature"]["reason"], reason, "{told}");
        let shown = self.shown();
        let entry =
            shown["entries"].as_array().unwrap().iter().find(|one| one["seq"] == told["seq"]).unwrap();
        assert_eq!(entry["signature"]["counter_signed"], false);
        let kept = entry["event"]["body"]["signed_note"].as_str().unwrap();
        let note = hex(answer);
        assert_eq!(kept, note, "{reason}: the note is kept as it came");
        assert_eq!(self.quality(), Value::Null, "{reason}: nothing is established by it");
    }

    fn shown(&self) -> Value {
        serde_json::from_str(&ok(self.ledger.run(&["show", INCIDENT, "--format", "json"], ""))).unwrap()
    }

    /// How good the statement is by which somebody holds custody.
    fn quality(&self) -> Value {
        let args = ["who", INCIDENT, "--facet", "custody", "--at", "2023-05-02T09:00", "--format", "json"];
        let who: Value = serde_json::from_str(&ok(self.ledger.run(&args, ""))).unwrap();
        who["quality"].clone()
    }
}

/// A note over the same offer by whatever key, saying whatever it likes.
fn note_by(signer: &NoteSigner, given: &Given, change: impl FnOnce(&mut Answer)) -> Value {
    let answer = given.signed();
    let text = answer["note"].as_str().unwrap().split_once("\n\n").unwrap().0.to_owned() + "\n";
    let mut said = Answer::parse(&text).unwrap();
    change(&mut said);
    json!({ "format": "onus-handover-answer/1", "note": said.sign(signer).unwrap().to_string(), "conditions": null })
}

#[test]
fn an_offer_is_shown_checked_signed_by_its_receiver_and_recorded_as_counter_signed() {
    let given = given().registered();
    given.request();

    let shown = ok(given.sign("answer.json", &["--answer", "accepted", "--at", "2023-05-01T22:40:00+01:00"]));
    assert!(shown.contains(SUMMARY) && shown.contains("mh_trust:RV5"), "{shown}");
    let answer = given.read("answer.json");
    assert!(answer["note"].as_str().unwrap().starts_with("onus/handover/v1\norigin police.example/onus\n"));

    let told = ok(given.record(&answer));
    assert!(told.contains(r#""counter_signed": true"#), "{told}");
    assert_eq!(given.quality(), "counter_signed");
    let words = ok(given.ledger.run(&["show", INCIDENT, "--format", "table"], ""));
    assert!(words.contains("Counter-signed by mh_trust:RV5."), "{words}");
    let again = ok(given.record(&answer));
    assert!(again.contains(r#""already_recorded": true"#), "{again}");

    // The access ledger had the risk summary's key first.
    let access = ["-l", "ledger.private/access", "show", INCIDENT, "--format", "json"];
    let access = ok(given.ledger.run(&access, ""));
    assert!(access.contains(r#""event": "Disclosed""#) && access.contains("handover-request"), "{access}");
    assert_eq!(given.ledger.run(&["verify"], "").code, 0);
}

#[test]
fn conditions_and_refusals_are_signed_too_and_texts_stay_sealed() {
    let given = given().registered();
    given.request();
    let conditions = ["--answer", "accepted-with-conditions", "--conditions", "one officer stays"];
    ok(given.sign("answer.json", &conditions));
    let answer = given.read("answer.json");
    assert!(!answer["note"].as_str().unwrap().contains("one officer"), "only its digest stands in the note");
    ok(given.record(&answer));
    assert_eq!(given.quality(), Value::Null, "accepted now, years after the instant asked about");

    ok(given.sign("no.json", &["--answer", "refused", "--reason", "no_capacity"]));
    ok(given.record(&given.read("no.json")));
    let shown = given.shown();
    let signed: Vec<&Value> =
        shown["entries"].as_array().unwrap().iter().filter(|one| one["signature"] != Value::Null).collect();
    assert_eq!(signed.len(), 2);
    assert!(signed.iter().all(|one| one["signature"]["counter_signed"] == true), "{signed:?}");
    assert!(!shown.to_string().contains("one officer stays"));
}

#[test]
fn what_was_changed_on_the_way_is_never_signed() {
    let given = given().registered();
    given.request();
    let text = std::fs::read_to_string(given.ledger.folder().join("offer.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let swap = |text: &str, at: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let offer = file["offer"].as_str().unwrap();
    let extra = offer.find("extra ").unwrap() + 6;
    let mut tried = 0;
    for at in [extra + 40, extra + 200, offer.rfind('—').unwrap() + 60] {
        let mut changed = file.clone();
        changed["offer"] = swap(offer, at).into();
        tried += refuses(&given, &changed);
    }
    for name in ["schema", "risk_summary_key"] {
        let mut changed = file.clone();
        let text = changed[name].as_str().unwrap().to_owned();
        changed[name] = swap(&text, text.len() / 2).into();
        tried += refuses(&given, &changed);
    }
    let other = self::given();
    std::fs::write(given.ledger.folder().join("offer.json"), &text).unwrap();
    let mut args = vec!["handover", "sign", "offer.json", "--key", &other.sender, "--key-file", "rv5.key"];
    args.extend(["--answer", "accepted", "--role", "nurse_in_charge", "-o", "answer.json"]);
    assert_eq!(given.ledger.run(&args, "").code, 1, "another ledger's key");
    assert_eq!(tried, 5);
    assert!(!given.ledger.folder().join("answer.json").exists());
    // Nor with the key of another agency.
    ok(given.ledger.run(&["handover", "key", "mh_trust:RXX", "-o", "rxx.key", "--no-passphrase"], ""));
    args[4] = &given.sender;
    args[6] = "rxx.key";
    assert_eq!(given.ledger.run(&args, "").code, 3);
}

fn refuses(given: &Given, changed: &Value) -> usize {
    std::fs::write(given.ledger.folder().join("offer.json"), changed.to_string()).unwrap();
    let run = given.sign("answer.json", &["--answer", "accepted"]);
    assert!(run.code == 1 && run.stdout.is_empty(), "{}{}", run.stdout, run.stderr);
    1
}

#[test]
fn a_key_nobody_registered_is_asserted_alone_until_it_is_and_then_recorded_again() {
    let given = given();
    let answer = given.signed();
    given.is_alone(&answer, "unknown-key");
    let given = given.registered();
    assert_eq!(given.quality(), Value::Null, "a later registration lends nothing to an earlier entry");
    ok(given.record(&answer));
    assert_eq!(given.quality(), "counter_signed");
}

#[test]
fn another_key_under_the_same_name_is_asserted_alone() {
    let given = given().registered();
    let thief = NoteSigner::from_seed("mh_trust:RV5/handover", &[7; 32]).unwrap();
    let answer = note_by(&thief, &given, |_| {});
    given.is_alone(&answer, "unknown-key");
}

#[test]
fn another_agencys_acceptance_is_asserted_alone() {
    let given = given().registered();
    let other = NoteSigner::from_seed("mh_trust:RXX/handover", &[9; 32]).unwrap();
    let key = other.verifier(Algorithm::Ed25519).to_string();
    ok(given.ledger.run(&["key", "register", &key], ""));
    let answer = note_by(&other, &given, |said| said.by = AgencyId::parse("mh_trust:RXX").unwrap());
    given.is_alone(&answer, "not-the-receiver");
}

#[test]
fn a_signature_on_one_offer_is_none_on_another() {
    let given = given().registered();
    let answer = given.signed();
    given.ledger.record(&offer(11, "mh_trust:RV5"));
    let note = hex(&answer);
    let replayed = json!({
        "event": "HandoverAccepted",
        "event_id": "00000000-0000-7000-8000-000000000012",
        "incident": INCIDENT,
        "occurred_at": "2023-05-01T22:40:00+01:00",
        "actor": { "agency": "mh_trust:RV5", "role": "nurse_in_charge" },
        "source": { "system": "cad" },
        "body": {
            "offer": "00000000-0000-7000-8000-00000000000b", "facets": ["custody", "care"],
            "by_role": "nurse_in_charge", "reference": "RV5-1", "signed_note": note,
        },
    });
    given.ledger.record(&replayed.to_string());
    let shown = given.shown();
    let last = shown["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(last["signature"]["reason"], "other-offer", "{last}");
    assert_eq!(given.quality(), Value::Null);
}

#[test]
fn a_wider_answer_than_the_one_signed_is_asserted_alone() {
    let given = given().registered();
    given.request();
    ok(given.sign("answer.json", &["--answer", "accepted", "--facets", "care"]));
    let answer = given.read("answer.json");
    let note = hex(&answer);
    let text = answer["note"].as_str().unwrap().to_owned();
    let at = text.lines().find_map(|line| line.strip_prefix("time ")).unwrap();
    let wider = json!({
        "event": "HandoverAccepted",
        "incident": INCIDENT,
        "occurred_at": at,
        "actor": { "agency": "mh_trust:RV5", "role": "nurse_in_charge" },
        "source": { "system": "cad" },
        "body": {
            "offer": "00000000-0000-7000-8000-00000000000a", "facets": ["custody", "care"],
            "by_role": "nurse_in_charge", "reference": "RV5-1", "signed_note": note,
        },
    });
    given.ledger.record(&wider.to_string());
    let shown = given.shown();
    let last = shown["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(last["signature"]["reason"], "other-answer", "{last}");
}

#[test]
fn a_key_revoked_before_the_answer_was_recorded_counts_no_more_and_one_revoked_later_still_does() {
    let before = given().registered();
    let answer = before.signed();
    ok(before.record(&answer));
    let of = before.trust.clone();
    let revoke = ["key", "revoke", "handover", "--of", &of, "--reason", "stolen"];
    ok(before.ledger.run(&revoke, ""));
    assert_eq!(before.quality(), "counter_signed");

    let after = given().registered();
    let answer = after.signed();
    let of = after.trust.clone();
    ok(after.ledger.run(&["key", "revoke", "handover", "--of", &of, "--reason", "stolen"], ""));
    after.is_alone(&answer, "key-revoked");
    let verified = ok(after.ledger.run(&["verify", "--format", "table"], ""));
    assert!(verified.contains("is asserted alone: the key that signed it had been revoked"), "{verified}");
    let again = after.ledger.run(&["key", "register", &of], "");
    assert_eq!(again.code, 3, "what was revoked stays revoked: {}", again.stderr);
}

#[test]
fn conditions_other_than_those_signed_are_asserted_alone() {
    let given = given().registered();
    given.request();
    ok(given
        .sign("answer.json", &["--answer", "accepted-with-conditions", "--conditions", "one officer stays"]));
    let mut answer = given.read("answer.json");
    answer["conditions"] = "no officer stays".into();
    given.is_alone(&answer, "other-conditions");
}

#[test]
fn an_answer_with_any_byte_changed_never_counts_and_is_recorded_where_it_says_what_it_answers() {
    let given = given().registered();
    let answer = given.signed();
    let note = answer["note"].as_str().unwrap();
    let mut recorded = 0;
    for at in (0..note.len()).step_by(note.len() / 40) {
        let mut bytes = note.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'b' { b'c' } else { b'b' };
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        let mut changed_answer = answer.clone();
        changed_answer["note"] = changed.into();
        let run = given.record(&changed_answer);
        assert!(!run.stdout.contains(r#""counter_signed": true"#), "{at}: {}", run.stdout);
        assert!(run.code == 1 || run.code == 3, "{at}: {}", run.stderr);
        recorded += usize::from(run.code == 1);
    }
    assert!(recorded > 20, "{recorded}");
    assert_eq!(given.quality(), Value::Null);
}

#[test]
fn elsewhere_note_and_original_bytes_travel_along() {
    let given = given().registered();
    let answer = given.signed();
    ok(given.record(&answer));

    let elsewhere = Ledger::none();
    ok(elsewhere.run(&["init", "--origin", "icb.example/onus", "--agency", "icb:sussex"], ""));
    ok(elsewhere.run(&["key", "register", &given.trust], ""));
    let mut events = String::new();
    for entry in given.shown()["entries"].as_array().unwrap() {
        let mut event = entry["event"].clone();
        let draft = event.as_object_mut().unwrap();
        draft.remove("submitted_by");
        if let Some(body) = draft["body"].as_object_mut() {
            body.remove("risk_summary");
        }
        events.push_str(&(event.to_string() + "\n"));
    }
    elsewhere.record(&events);
    let words = ok(elsewhere.run(&["show", INCIDENT, "--format", "table"], ""));
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Counter-signed by mh_trust:RV5 in police.example/onus."), "{words}");

    // Where the offer is told in another way there, the signature is not of that offer.
    let told_otherwise = Ledger::none();
    ok(told_otherwise.run(&["init", "--origin", "icb.example/onus", "--agency", "icb:sussex"], ""));
    ok(told_otherwise.run(&["key", "register", &given.trust], ""));
    told_otherwise.record(&events.replacen(
        r#""facets":["custody","care"]"#,
        r#""facets":["custody","care","follow_up"]"#,
        1,
    ));
    let words = ok(told_otherwise.run(&["show", INCIDENT, "--format", "table"], ""));
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Not counter-signed:"), "{words}");
}

#[test]
fn the_receivers_own_ledger_can_sign() {
    let given = given();
    given.request();
    let trust = Ledger::none();
    ok(trust.run(&["init", "--origin", "rv5.example/onus", "--agency", "mh_trust:RV5"], ""));
    let key = ok(trust.run(&["key", "generate", "handover"], "")).trim().to_owned();
    std::fs::copy(given.ledger.folder().join("offer.json"), trust.folder().join("offer.json")).unwrap();
    let mut args = vec!["handover", "sign", "offer.json", "--key", &given.sender];
    args.extend(["--answer", "accepted", "--role", "bed_manager", "-o", "answer.json"]);
    ok(trust.run(&args, ""));
    ok(given.ledger.run(&["key", "register", &key], ""));
    let answer: Value =
        serde_json::from_slice(&std::fs::read(trust.folder().join("answer.json")).unwrap()).unwrap();
    ok(given.record(&answer));
}

#[test]
fn an_answer_is_spelt_in_one_way() {
    let answer = Answer {
        origin: Origin::new("police.example/onus").unwrap(),
        incident: Incident::parse(INCIDENT).unwrap(),
        offer: EventId::parse("00000000-0000-7000-8000-00000000000a").unwrap(),
        entry_sha256: Digest::from_bytes([3; 32]),
        facets: vec![Facet::Custody],
        said: Said::Refused,
        by: AgencyId::parse("mh_trust:RV5").unwrap(),
        role: Role::NurseInCharge,
        reference: None,
        reason: None,
        at: Timestamp::parse("2023-05-01T22:40:00+01:00").unwrap(),
        conditions_sha256: None,
        entry: None,
    };
    insta::assert_snapshot!(answer.to_text().unwrap());
}

#[test]
fn a_key_file_is_locked_unless_that_is_left_out_and_signs_under_its_passphrase_alone() {
    let given = given();
    given.request();
    let variable = "ONUS_KEY_PASSPHRASE";
    let make = ["handover", "key", "mh_trust:RV5", "-o", "locked.key"];
    let asked = given.ledger.run(&make, "");
    assert_eq!(asked.code, 2, "{}", asked.stderr);
    assert!(asked.stderr.contains(variable), "{}", asked.stderr);
    assert!(!given.ledger.folder().join("locked.key").exists(), "nothing is left behind");

    let key_line = given.ledger.run_with(&make, "", variable, "nobody knows it");
    let key = ok(key_line).trim().to_owned();
    let kept = std::fs::read_to_string(given.ledger.folder().join("locked.key")).unwrap();
    assert!(kept.starts_with("onus-key/v2 mh_trust:RV5/handover "), "{kept}");
    ok(given.ledger.run(&["key", "register", &key], ""));

    let sign = |passphrase: &str, to: &str| {
        let mut args =
            vec!["handover", "sign", "offer.json", "--key", &given.sender, "--key-file", "locked.key"];
        args.extend(["--role", "nurse_in_charge", "--reference", "RV5-1", "-o", to]);
        args.extend(["--answer", "accepted", "--at", "2023-05-01T22:40:00+01:00"]);
        given.ledger.run_with(&args, "", variable, passphrase)
    };
    let wrong = sign("nobody knows It", "wrong.json");
    assert_eq!(wrong.code, 3, "{}", wrong.stderr);
    assert!(wrong.stderr.contains("wrong passphrase"), "{}", wrong.stderr);
    assert!(!given.ledger.folder().join("wrong.json").exists());
    ok(sign("nobody knows it", "right.json"));
    let recorded = given.record(&given.read("right.json"));
    assert_eq!(recorded.code, 0, "{}{}", recorded.stdout, recorded.stderr);
}
