//! A canary in every place of a draft never comes back in an error.

use onus_core::record::Draft;
use serde_json::{Value, json};

const CANARY: &str = "Canary-JaneSmith-4HighStreet";

/// Every draft that has the canary in one place: as a value, and as a name.
fn with_canary(draft: &Value) -> Vec<Value> {
    let mut pointers = Vec::new();
    collect(draft, &mut String::new(), &mut pointers);
    let mut drafts = Vec::new();
    for pointer in &pointers {
        for canary in [
            json!(CANARY),
            json!({ CANARY: 1 }),
            json!([CANARY]),
            json!({ "id": [CANARY] }),
            json!(format!("x {CANARY} \u{1f600}")),
        ] {
            let mut changed = draft.clone();
            *changed.pointer_mut(pointer).unwrap() = canary;
            drafts.push(changed);
        }
        let mut named = draft.clone();
        if let Some(object) = named.pointer_mut(pointer).and_then(Value::as_object_mut) {
            object.insert(CANARY.into(), json!(1));
            drafts.push(named);
        }
    }
    drafts
}

fn collect(value: &Value, path: &mut String, pointers: &mut Vec<String>) {
    pointers.push(path.clone());
    let mut child = |name: &str, value: &Value| {
        let length = path.len();
        path.push('/');
        path.push_str(name);
        collect(value, path, pointers);
        path.truncate(length);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| child(name, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| child(&i.to_string(), value)),
        _ => {}
    }
}

#[test]
fn no_error_repeats_what_was_read() {
    let draft = json!({
        "event": "GradeChanged",
        "event_id": "0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e9f00",
        "incident": "police:sussex/2023-05-01/142",
        "occurred_at": "2023-05-01T20:31:00+01:00",
        "uncertainty_s": 60,
        "entered_at": "2023-05-01T20:33:00+01:00",
        "late_reason": "busy",
        "actor": { "agency": "police:sussex", "role": "call_handler", "staff": { "id": "PC 1" } },
        "asserted_by": "police:sussex",
        "subject": { "id": "a person" },
        "location": "00112233445566778899aabbccddeeff",
        "source": { "system": "cad", "reference": "x-1", "inferred": false },
        "policy": { "policy": "p", "version": "1" },
        "regime": "general",
        "corrects": { "event_id": "0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e9f01", "reason": "typing error" },
        "causes": ["0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e9f02"],
        "body": {
            "from": { "level": "priority", "local_code": "2", "target_minutes": 60 },
            "to": { "level": "scheduled" },
            "rationale": "calm now",
            "authorised_by": { "agency": "police:sussex", "role": "supervisor" },
        },
    });
    Draft::parse(draft.to_string().as_bytes()).expect("the draft without a canary is sound");
    let mut refused = 0;
    for changed in with_canary(&draft) {
        let text = changed.to_string();
        for line in
            [text.as_str(), &text[..text.len() - 1], &text.replace(": ", ""), &format!("{text}{CANARY}")]
        {
            if let Err(error) = Draft::parse(line.as_bytes()) {
                refused += 1;
                for shown in [error.to_string(), format!("{error:?}")] {
                    assert!(!shown.contains("Canary") && !shown.contains("JaneSmith"), "{shown}");
                }
            }
        }
    }
    assert!(refused > 300, "the canary was refused {refused} times");
}

#[test]
fn plain_text_prints_as_its_length() {
    let line = format!(
        r#"{{"event":"IncidentReopened","incident":"police:a/2023-01-01/1","occurred_at":"2023-01-01T00:00Z","actor":{{"agency":"police:a","role":"unknown"}},"source":{{"system":"t"}},"body":{{"reason":"{CANARY}"}}}}"#
    );
    let draft = Draft::parse(line.as_bytes()).unwrap();
    let shown = format!("{draft:?}");
    assert!(!shown.contains("Canary") && shown.contains("Plain(28 characters)"), "{shown}");
}
