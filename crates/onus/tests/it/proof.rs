//! Keys, checkpoints and proofs as their users meet them; each attack is carried out.

use crate::ledger::{Ledger, contact, decision};
use onus_proof::{Frontier, Hash};
use std::path::Path;

/// A ledger with some entries, a key for checkpoints, and that key.
fn signing() -> (Ledger, String) {
    let ledger = Ledger::new();
    ledger.record(&[contact(142, 1), decision(142, 2, "ambulance most appropriate")].join("\n"));
    let run = ledger.run(&["key", "generate", "checkpoint"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    (ledger, run.stdout.trim().to_owned())
}

fn checkpoint(ledger: &Ledger, name: &str) {
    let run = ledger.run(&["checkpoint"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    std::fs::write(ledger.folder().join(name), run.stdout).unwrap();
}

/// The same ledger in another folder, private directory and all.
pub(crate) fn copied(ledger: &Ledger) -> Ledger {
    let copy = Ledger::none();
    copy_folder(&ledger.dir(), &copy.dir());
    copy_folder(&ledger.private(), &copy.private());
    copy
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.path().is_dir() {
            copy_folder(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).map(drop).unwrap();
        }
    }
}

/// One more entry, said by nobody's draft: a key for another purpose.
pub(crate) fn grow(ledger: &Ledger) {
    let run = ledger.run(&["key", "generate", "manifest"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

/// One more entry, of somebody's draft.
fn say(ledger: &Ledger, n: u32) {
    ledger.record(&contact(142, n));
}

#[test]
fn an_entry_and_an_incident_are_proved_to_whoever_trusts_the_key_and_to_nobody_else() {
    let (ledger, key) = signing();
    checkpoint(&ledger, "head");
    let proof = ledger.run(&["prove", "3"], "");
    assert_eq!(proof.code, 0, "{}", proof.stderr);
    let incident = ledger.run(&["show", "police:sussex/2023-05-01/142", "--format", "json"], "");
    assert_eq!(incident.code, 0, "{}", incident.stderr);
    let bundle = ledger.run(&["prove", "police:sussex/2023-05-01/142"], "");
    assert_eq!(bundle.code, 0, "{}", bundle.stderr);

    // Elsewhere: no ledger stands there.
    let reader = Ledger::none();
    let put = |name: &str, text: &str| std::fs::write(reader.folder().join(name), text).unwrap();
    put("entry", &proof.stdout);
    put("incident", &bundle.stdout);
    let good = reader.run(&["check", "entry", "incident", "--key", &key], "");
    assert_eq!((good.code, good.stdout.matches("good  ").count()), (0, 2), "{}", good.stdout);

    let other = signing().1;
    assert_eq!(reader.run(&["check", "entry", "--key", &other], "").code, 1);
    assert_eq!(reader.run(&["check", "entry"], "").code, 2, "somebody must be trusted");
    put("policy", &format!("log {key}\nquorum none\n"));
    assert_eq!(reader.run(&["check", "entry", "--policy", "policy"], "").code, 0);

    put("moved", &proof.stdout.replacen("index 3", "index 2", 1));
    let extra = proof.stdout.lines().nth(1).unwrap();
    let letter = if extra.contains('A') { ("A", "B") } else { ("B", "A") };
    put("edited", &proof.stdout.replacen(extra, &extra.replacen(letter.0, letter.1, 1), 1));
    let mut omitted: serde_json::Value = serde_json::from_str(&bundle.stdout).unwrap();
    omitted["entries"].as_array_mut().unwrap().remove(0);
    put("omitted", &omitted.to_string());
    for file in ["moved", "edited", "omitted"] {
        let run = reader.run(&["check", file, "--key", &key], "");
        assert_eq!(run.code, 1, "{file}: {}", run.stdout);
        assert!(run.stdout.starts_with("false  "), "{file}: {}", run.stdout);
    }
    put("page", "<!doctype html>");
    let page = reader.run(&["check", "page", "--key", &key], "");
    assert!(page.code == 1 && page.stdout.starts_with("false"), "{}", page.stdout);
}

#[test]
fn a_checkpoint_is_signed_again_only_over_a_continuation() {
    let (ledger, key) = signing();
    checkpoint(&ledger, "first");
    let old = copied(&ledger);
    grow(&ledger);
    checkpoint(&ledger, "second");

    let continues =
        ledger.run(&["verify", "--checkpoint", "first", "--checkpoint", "second", "--key", &key], "");
    assert_eq!(continues.code, 0, "{}", continues.stderr);

    // Roll-back: the older directory in the place of the newer, the private one kept.
    std::fs::remove_dir_all(ledger.dir()).unwrap();
    copy_folder(&old.dir(), &ledger.dir());
    let refused = ledger.run(&["checkpoint"], "");
    assert!(refused.code == 1 && refused.stderr.contains("an older copy"), "{}", refused.stderr);
    let found = ledger.run(&["verify", "--checkpoint", "second", "--key", &key], "");
    assert!(found.code == 1 && found.stderr.contains("entries are missing at the end"), "{}", found.stderr);

    // Another history of the same length, all of it sound in itself.
    let revoked = ledger.run(&["key", "revoke", "checkpoint", "--reason", "stolen"], "");
    assert_eq!(revoked.code, 0, "{}", revoked.stderr);
    assert_eq!(ledger.run(&["verify", "--log-only"], "").code, 0, "sound in itself");
    let found = ledger.run(&["verify"], "");
    assert!(found.code == 1 && found.stderr.contains("what was signed last"), "{}", found.stderr);
    let found = ledger.run(&["verify", "--checkpoint", "second", "--key", &key], "");
    assert!(found.code == 1 && found.stderr.contains("not those that were signed"), "{}", found.stderr);
    let refused = ledger.run(&["checkpoint"], "");
    assert_eq!(refused.code, 3, "a revoked key signs nothing: {}", refused.stderr);
}

/// Given a ledger that is whole in itself, and a checkpoint of another history.
#[test]
fn a_verdict_is_sound_only_where_the_exit_code_is_zero() {
    let (ledger, key) = signing();
    let other = copied(&ledger);
    grow(&ledger);
    checkpoint(&ledger, "head");
    say(&other, 5);
    std::fs::copy(ledger.folder().join("head"), other.folder().join("head")).unwrap();

    let against = ["verify", "--checkpoint", "head", "--key", &key];
    let words = other.run(&against, "");
    assert_eq!(words.code, 1);
    assert!(words.stdout.starts_with("Something is wrong with this ledger."), "{}", words.stdout);
    assert!(!words.stdout.contains("nothing is wrong"), "{}", words.stdout);
    let found = other.run(&[&against[..], &["--format", "json"]].concat(), "");
    let json: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((found.code, json["sound"].as_bool()), (1, Some(false)), "{json}");
    assert_eq!(json["found"], serde_json::json!([]), "the log itself is whole: {json}");
    assert_eq!(json["checkpoints"][0]["continues"], false, "{json}");

    let silent = ledger.run(&["verify", "--max-silence", "1s", "--format", "json"], "");
    let json: serde_json::Value = serde_json::from_str(&silent.stdout).unwrap();
    assert_eq!(json["sound"].as_bool(), Some(silent.code == 0), "{json}");
}

#[test]
fn the_access_ledger_is_verified_with_the_ledger_unless_the_log_alone_is_asked_for() {
    let (ledger, _) = signing();
    let sound = ledger.run(&["verify", "--format", "json"], "");
    let json: serde_json::Value = serde_json::from_str(&sound.stdout).unwrap();
    assert_eq!((sound.code, json["access"]["found"].as_array().map(Vec::len)), (0, Some(0)), "{json}");

    let private = |json: &serde_json::Value| {
        let parts = json["private"].as_array().unwrap().clone();
        parts.into_iter().filter(|part| part["state"] == "faulty").count()
    };
    assert_eq!(private(&json), 0, "{json}");
    let mut key = std::fs::read_dir(ledger.private().join("keys")).unwrap().map(|item| item.unwrap().path());
    let key = key.find(|path| path.extension().is_some_and(|end| end == "key")).unwrap();
    let secret = std::fs::read(&key).unwrap();
    std::fs::write(&key, [&secret[..20], &[secret[20] ^ 1], &secret[21..]].concat()).unwrap();
    let found = ledger.run(&["verify", "--format", "json"], "");
    let json: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((found.code, json["sound"].as_bool(), private(&json)), (1, Some(false), 1), "{json}");
    assert!(found.stderr.contains("signing key for checkpoint"), "{}", found.stderr);
    std::fs::write(&key, secret).unwrap();

    let segment = ledger.private().join("access/log/00000000000000000000.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    let last = bytes.len() - 9;
    bytes[last] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let found = ledger.run(&["verify", "--format", "json"], "");
    let json: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((found.code, json["sound"].as_bool()), (1, Some(false)), "{json}");
    assert!(found.stderr.contains("access ledger: log/"), "{}", found.stderr);
    let alone = ledger.run(&["verify", "--log-only"], "");
    assert_eq!(alone.code, 0, "{}", alone.stderr);
    assert!(alone.stdout.contains("The access ledger was not verified"), "{}", alone.stdout);

    std::fs::remove_dir_all(ledger.private().join("access")).unwrap();
    assert_eq!(ledger.run(&["verify"], "").code, 1, "a ledger without its access ledger is not whole");
    std::fs::remove_dir_all(ledger.private()).unwrap();
    assert_eq!(ledger.run(&["verify"], "").code, 0, "a copy without its private directory can be verified");
}

#[test]
fn a_fork_for_two_audiences_becomes_one_file_that_convicts() {
    let (ours, key) = signing();
    let theirs = copied(&ours);
    grow(&ours);
    checkpoint(&ours, "head");
    let run = theirs.run(&["key", "generate", "witness"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    grow(&theirs);
    checkpoint(&theirs, "head");
    std::fs::copy(ours.folder().join("head"), theirs.folder().join("ours")).unwrap();

    let found =
        theirs.run(&["verify", "--checkpoint", "ours", "--key", &key, "--equivocation", "evidence"], "");
    assert!(found.code == 1 && found.stderr.contains("both were signed"), "{}", found.stderr);

    let convicted = theirs.run(&["check", "evidence", "--key", &key], "");
    assert!(convicted.code == 0 && convicted.stdout.contains("two histories"), "{}", convicted.stdout);
    let stranger = signing().1;
    assert_eq!(theirs.run(&["check", "evidence", "--key", &stranger], "").code, 1);
}

#[test]
fn keys_are_encrypted_registered_rotated_and_revoked_and_old_proofs_keep_verifying() {
    let (ledger, old) = signing();
    checkpoint(&ledger, "before");
    assert_eq!(ledger.run(&["key", "generate", "checkpoint"], "").code, 5, "one is in force");
    let rotated = ledger.run(&["key", "rotate", "checkpoint"], "");
    assert_eq!(rotated.code, 0, "{}", rotated.stderr);
    let new = rotated.stdout.trim().to_owned();
    checkpoint(&ledger, "after");
    assert_eq!(ledger.run(&["check", "before", "--key", &old], "").code, 0);
    assert_eq!(ledger.run(&["check", "after", "--key", &old], "").code, 1);
    assert_eq!(ledger.run(&["check", "after", "--key", &new], "").code, 0);

    // The master changes; the signing keys outlive it.
    assert_eq!(ledger.run(&["seal", "rotate"], "").code, 0);
    checkpoint(&ledger, "later");

    let shown = ledger.run(&["key", "show", "--format", "json"], "");
    let keys: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!((keys[0]["key"].as_str().unwrap(), keys[1]["key"].as_str().unwrap()), (&*old, &*new));
    assert_eq!(keys[0]["revoked"]["reason"], "superseded");
    assert!(keys[1]["revoked"].is_null());
    let files: Vec<_> = std::fs::read_dir(ledger.private().join("keys"))
        .unwrap()
        .map(|item| item.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "key"))
        .collect();
    assert_eq!(files.len(), 1, "the old secret is gone: {files:?}");

    // A key file of another ledger, or changed, signs nothing.
    let file = ledger.private().join("keys").join(&files[0]);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(ledger.run(&["checkpoint"], "").code, 1);
}

/// Given a private directory in which somebody changed what was signed last, so that the next heartbeat repeats it.
#[test]
fn a_heartbeat_that_names_other_entries_than_stand_here_is_found() {
    let (ledger, _) = signing();
    checkpoint(&ledger, "head");
    let path = ledger.private().join("keys/last-signed");
    let kept = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = kept.lines().map(str::to_owned).collect();
    let size: u64 = lines[1].parse().unwrap();
    let mut hashes: Vec<Hash> = lines[4..].iter().map(|line| line.parse().unwrap()).collect();
    *hashes.last_mut().unwrap() = Hash::from_bytes([7; 32]);
    let frontier = Frontier::from_parts(size, hashes.clone()).unwrap();
    lines[2] = frontier.root().to_string();
    lines.truncate(4);
    lines.extend(hashes.iter().map(ToString::to_string));
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    assert_eq!(ledger.run(&["verify"], "").code, 0);
    let run = ledger.run(&["heartbeat"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = ledger.run(&["verify"], "");
    assert_eq!(found.code, 1, "{}", found.stdout);
    assert!(found.stderr.contains("a heartbeat, names"), "{}", found.stderr);
}

#[test]
fn an_entry_past_the_last_is_refused_without_advice_that_would_not_help() {
    let (ledger, _) = signing();
    checkpoint(&ledger, "head");
    let refused = ledger.run(&["prove", "99999"], "");
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("there is no entry 99999: the ledger has"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("onus checkpoint"), "{}", refused.stderr);
}

#[test]
fn a_kept_note_that_was_changed_is_found_and_made_anew() {
    let (ledger, _) = signing();
    checkpoint(&ledger, "head");
    let kept = std::fs::read_dir(ledger.dir().join("checkpoints")).unwrap().next().unwrap().unwrap();
    let path = kept.path().join("checkpoint");
    let note = std::fs::read_to_string(&path).unwrap();
    for changed in [note.replacen('\n', "0\n", 1), note.replace('\u{2014}', "-"), String::new()] {
        std::fs::write(&path, changed).unwrap();
        let found = ledger.run(&["verify"], "");
        assert!(found.code == 1 && found.stderr.contains("beside the ledger"), "{}", found.stderr);
    }
    assert_eq!(ledger.run(&["checkpoint"], "").code, 0);
    assert_eq!(ledger.run(&["verify"], "").code, 0);
}

#[test]
fn without_a_key_there_is_no_sign_of_life() {
    let ledger = Ledger::new();
    let before = ledger.run(&["stats"], "").stdout;
    assert_eq!(ledger.run(&["heartbeat"], "").code, 3);
    assert_eq!(ledger.run(&["stats"], "").stdout, before);
}
