//! Ways to change an evidence file, and what each must be found out by. Every change is made to the data, spelt
//! again as an exporter spells it, so that nothing but the proofs can notice.

use crate::setting::{INCIDENT, Setting, TestKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onus_export::evidence::State;
use serde_json::{Value, json};

const OPENS: &str = "<script type=\"application/json\" id=\"onus-evidence\">";

/// One file, and what is to be found in it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) html: String,
    pub(crate) state: State,
    /// The checks of the whole that fail.
    pub(crate) failing: &'static [&'static str],
    /// The entries that fail, by their number within the file.
    pub(crate) bad_entries: &'static [usize],
}

/// The data of a page.
fn data(html: &str) -> Value {
    let block = html.split(OPENS).nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(block).unwrap()
}

/// The page with other data.
fn with(html: &str, data: &Value) -> String {
    let (before, rest) = html.split_once(OPENS).unwrap();
    let end = rest.find("</script>").unwrap();
    let block = spell(data).replace('<', "\\u003c");
    format!("{before}{OPENS}{block}{}", &rest[end..])
}

/// In the order of members that the format states; `serde_json` sorts them.
fn spell(data: &Value) -> String {
    const ORDER: [&str; 19] = [
        "format",
        "incident",
        "checkpoint",
        "manifest",
        "keys",
        "schemas",
        "entries",
        "support",
        "nodes",
        "opened",
        "withheld",
        "seq",
        "field",
        "key",
        "chars",
        "ground",
        "bytes",
        "path",
        "text",
    ];
    match data {
        Value::Object(members) => {
            let known = ORDER.iter().filter_map(|name| members.get_key_value(*name));
            let strange = members.iter().filter(|(name, _)| !ORDER.contains(&name.as_str()));
            let members: Vec<String> =
                known.chain(strange).map(|(name, value)| format!("\"{name}\":{}", spell(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(spell).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

fn flip(value: &mut Value, at: usize) {
    let mut bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
    let at = at.min(bytes.len() - 1);
    bytes[at] ^= 1;
    *value = STANDARD.encode(bytes).into();
}

fn note_text(data: &Value, note: &str) -> String {
    format!("{}\n", data[note].as_str().unwrap().rsplit_once("\n\n").unwrap().0)
}

/// Every way, each by itself.
#[expect(clippy::too_many_lines, reason = "one change after another: a table, not a procedure")]
pub(crate) fn cases(setting: &Setting) -> Vec<Case> {
    let good = setting.evidence(&["rationale"]).unwrap().html;
    let sealed = setting.evidence(&[]).unwrap().html;
    let forger = TestKey::new(&format!("{}/manifest", crate::setting::ORIGIN), 1, 66);
    let mut cases = vec![
        Case { name: "good", html: good.clone(), state: State::Holds, failing: &[], bad_entries: &[] },
        Case { name: "withheld", html: sealed, state: State::Holds, failing: &[], bad_entries: &[] },
    ];
    let mut change = |name, failing, bad_entries, change: &dyn Fn(&mut Value)| {
        let mut data = data(&good);
        change(&mut data);
        let html = with(&good, &data);
        assert_ne!(html, good, "{name} changes something");
        cases.push(Case { name, html, state: State::Fails, failing, bad_entries });
    };
    change("a bit of an entry is flipped", &["manifest"], &[4], &|data| {
        flip(&mut data["entries"][4]["bytes"], 40);
    });
    change("an entry in the middle is omitted", &["manifest", "whole"], &[], &|data| {
        data["entries"].as_array_mut().unwrap().remove(7);
    });
    change("the last entry is omitted and the manifest signed by a stranger", &["manifest"], &[], &|data| {
        let entries = data["entries"].as_array_mut().unwrap();
        let last = entries.pop().unwrap()["seq"].clone();
        let left = entries.len();
        let digest = digest(entries);
        data["withheld"].as_array_mut().unwrap().retain(|text| text["seq"] != last);
        data["opened"].as_array_mut().unwrap().retain(|text| text["seq"] != last);
        let (opened, withheld) =
            (data["opened"].as_array().unwrap().len(), data["withheld"].as_array().unwrap().len());
        let text = note_text(data, "manifest");
        let line = |line: &str| match line.split_once(' ') {
            Some(("entries", _)) => format!("entries {left}\n"),
            Some(("digest", _)) => format!("digest {digest}\n"),
            Some(("opened", _)) => format!("opened {opened}\n"),
            Some(("withheld", _)) => format!("withheld {withheld}\n"),
            _ => format!("{line}\n"),
        };
        data["manifest"] = forger.sign(&text.lines().map(line).collect::<String>()).into();
        data["keys"][1] = forger.verifier().into();
    });
    change("two entries change places", &["manifest", "whole"], &[], &|data| {
        data["entries"].as_array_mut().unwrap().swap(5, 6);
    });
    change("an entry is given another place", &["whole"], &[3], &|data| {
        let seq = data["entries"][3]["seq"].as_u64().unwrap() + 100;
        data["entries"][3]["seq"] = seq.into();
    });
    change(
        "an entry of the ledger is passed off as the incident's",
        &["manifest", "whole"],
        &[21],
        &|data| {
            let stranger = data["support"][1].clone();
            data["entries"].as_array_mut().unwrap().push(stranger);
        },
    );
    change("a proof leads elsewhere", &[], &[9], &|data| {
        data["entries"][9]["path"][0] = data["entries"][9]["path"][1].clone();
    });
    change("a proof is cut", &[], &[9], &|data| {
        data["entries"][9]["path"].as_array_mut().unwrap().pop();
    });
    change(
        "the checkpoint states another size",
        &["checkpoint", "witnesses", "schema", "support", "manifest", "whole"],
        ALL,
        &|data| {
            let note = data["checkpoint"].as_str().unwrap();
            let size = note.lines().nth(1).unwrap();
            data["checkpoint"] = note.replacen(&format!("\n{size}\n"), "\n99999\n", 1).into();
        },
    );
    change("the checkpoint is signed by a stranger of the same name", &["checkpoint"], &[], &|data| {
        let stranger = TestKey::new(crate::setting::ORIGIN, 1, 67);
        data["checkpoint"] = stranger.sign(&note_text(data, "checkpoint")).into();
        data["keys"][0] = stranger.verifier().into();
    });
    change("a cosignature is altered", &["witnesses"], &[], &|data| {
        let note = note_text(data, "checkpoint");
        let cosigned =
            format!("{}{}", setting.log.sign(&note), setting.witness.cosign("other\n", 1_718_265_600));
        data["checkpoint"] = cosigned.into();
    });
    change("a text's key is exchanged", &[], &[3], &|data| {
        assert_eq!(data["opened"][0]["seq"], data["entries"][3]["seq"]);
        flip(&mut data["opened"][0]["key"], 5);
    });
    change("an opened text is also said to be withheld", &["manifest"], &[3], &|data| {
        let (seq, field) = (data["opened"][0]["seq"].clone(), data["opened"][0]["field"].clone());
        let item = json!({ "seq": seq, "field": field, "chars": 1, "ground": "not_disclosed" });
        data["withheld"].as_array_mut().unwrap().push(item);
    });
    change("a withheld text is given another length", &[], &[9], &|data| {
        let chars = data["withheld"][0]["chars"].as_u64().unwrap() + 1;
        assert_eq!(data["withheld"][0]["seq"], data["entries"][9]["seq"]);
        data["withheld"][0]["chars"] = chars.into();
    });
    change("a withheld text is passed over", &["manifest"], &[9], &|data| {
        data["withheld"].as_array_mut().unwrap().remove(0);
    });
    change(
        "the layout is another than the published one",
        &["schema", "support", "manifest", "whole"],
        ALL,
        &|data| {
            let text = data["schemas"][0]["text"].as_str().unwrap().replacen(
                "no_deploy_signpost",
                "deploy_signpost",
                1,
            );
            data["schemas"][0]["text"] = text.into();
        },
    );
    change("the manifest gives another reason", &["manifest"], &[], &|data| {
        let note = data["manifest"].as_str().unwrap().replace("inquest 2024/17", "inquest 2024/18");
        data["manifest"] = note.into();
    });
    change("the file calls itself another incident's", &["manifest", "whole"], ALL, &|data| {
        data["incident"] = INCIDENT.replace("/1", "/2").into();
    });
    change("the registration of the manifest's key is left out", &["manifest"], &[], &|data| {
        data["support"].as_array_mut().unwrap().pop();
    });
    let other_viewer = good.replace("does not hold", "does surely hold");
    assert_ne!(other_viewer, good);
    cases.push(Case {
        name: "the viewer is replaced",
        html: other_viewer,
        state: State::Holds,
        failing: &[],
        bad_entries: &[],
    });
    cases
}

/// Stands for every entry.
pub(crate) const ALL: &[usize] = &[usize::MAX];

fn digest(entries: &[Value]) -> String {
    use sha2::{Digest as _, Sha256};
    let mut hasher = Sha256::new();
    for entry in entries {
        let bytes = STANDARD.decode(entry["bytes"].as_str().unwrap()).unwrap();
        hasher.update(onus_proof::leaf_hash(&bytes).as_bytes());
    }
    STANDARD.encode(hasher.finalize())
}

/// Files that are no evidence at all.
pub(crate) fn refused(good: &str) -> Vec<(&'static str, String)> {
    let block = |from: &str, to: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good);
        changed
    };
    vec![
        ("a second block", format!("{good}{OPENS}{{}}</script>")),
        ("a stranger among the members", block("\"opened\":[", "\"more\":1,\"opened\":[")),
        ("another spelling", block("\"opened\":[", "\"opened\" : [")),
        ("a later format", block("onus-evidence/1", "onus-evidence/2")),
        ("no block", good.replace(OPENS, "<script>")),
    ]
}
