//! Signed receipts, checked without any ledger; and what a key signs after its revocation.

use crate::ledger::{Ledger, contact, copy_of, decision};

fn signing() -> (Ledger, String) {
    let ledger = Ledger::new();
    let run = ledger.run(&["key", "generate", "checkpoint"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    (ledger, run.stdout.trim().to_owned())
}

fn keep(ledger: &Ledger, name: &str, args: &[&str], input: &str) -> String {
    let run = ledger.run(args, input);
    assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
    std::fs::write(ledger.folder().join(name), &run.stdout).unwrap();
    run.stdout
}

#[test]
fn a_receipt_is_signed_after_the_sync_and_decides_what_a_checkpoint_holds() {
    let (ledger, key) = signing();
    let drafts = [contact(142, 1), decision(142, 2, "ambulance most appropriate")].join("\n");
    let printed = keep(&ledger, "receipt", &["record", "--atomic", "--receipts", "signed"], &drafts);
    assert_eq!(
        printed.matches(r#""note""#).count(),
        1,
        "one note for what was acknowledged together: {printed}"
    );
    let last: serde_json::Value = serde_json::from_str(printed.lines().nth(1).unwrap()).unwrap();
    let size = last["seq"].as_u64().unwrap() + 1;
    let link = last["link"].as_str().unwrap();
    assert!(printed.lines().last().unwrap().contains(&format!("link {link}")), "{printed}");
    let same = keep(&ledger, "same", &["checkpoint"], "");
    assert_eq!(same.lines().nth(1), Some(&*size.to_string()));
    keep(&ledger, "more-receipts", &["record", "--atomic", "--receipts", "signed"], &contact(143, 3));
    keep(&ledger, "later", &["checkpoint"], "");
    keep(&ledger, "grown", &["prove", &format!("{size}..{}", size + 1)], "");

    let elsewhere = copy_of(&ledger);
    std::fs::remove_dir_all(elsewhere.dir()).unwrap();
    let check = |args: &[&str]| {
        let run = elsewhere.run(&[&["check", "receipt", "--key", &key], args].concat(), "");
        (run.code, run.stdout)
    };
    assert_eq!(check(&[]).0, 0, "signed, whatever any checkpoint says");
    let held = check(&["--checkpoint", "same"]);
    assert!(held.0 == 0 && held.1.contains("holds"), "{held:?}");
    let open = check(&["--checkpoint", "later"]);
    assert!(open.0 == 1 && open.1.starts_with("not checked") && open.1.contains("consistency"), "{open:?}");
    let shown = check(&["--checkpoint", "later", "--consistency", "grown"]);
    assert!(shown.0 == 0 && shown.1.contains("holds"), "{shown:?}");
    let both = elsewhere.run(&["check", "more-receipts", "--key", &key, "--checkpoint", "same"], "");
    assert!(both.code == 1 && both.stdout.starts_with("not checked"), "{}", both.stdout);

    // The line beside the note is signed by nobody: about the entry that the note names it must say the same.
    std::fs::write(elsewhere.folder().join("altered"), printed.replacen(link, &"0".repeat(64), 1)).unwrap();
    let altered = elsewhere.run(&["check", "altered", "--key", &key], "");
    assert!(altered.code == 1 && altered.stdout.contains("another link"), "{}", altered.stdout);
    assert!(check(&[]).1.contains("1 other lines are signed by nobody"), "{:?}", check(&[]));

    let stranger = signing().1;
    let run = elsewhere.run(&["check", "receipt", "--key", &stranger], "");
    assert!(run.code == 1 && run.stdout.starts_with("false"), "{}", run.stdout);
    std::fs::write(elsewhere.folder().join("forged"), printed.replacen("link ", "link 0", 1)).unwrap();
    let run = elsewhere.run(&["check", "forged", "--key", &key], "");
    assert!(run.code == 1 && run.stdout.starts_with("false"), "{}", run.stdout);
}

#[test]
fn a_receipt_and_a_checkpoint_of_another_history_contradict_each_other() {
    let (ledger, key) = signing();
    let other = copy_of(&ledger);
    keep(&ledger, "receipt", &["record", "--receipts", "signed"], &contact(142, 1));
    let forked = other.run(&["record"], &contact(142, 9));
    assert_eq!(forked.code, 0, "{}", forked.stderr);
    let head = keep(&other, "head", &["checkpoint"], "");
    std::fs::write(ledger.folder().join("head"), head).unwrap();
    let run = ledger.run(&["check", "receipt", "--key", &key, "--checkpoint", "head"], "");
    assert!(run.code == 1 && run.stdout.contains("two histories"), "{}", run.stdout);
}

#[test]
fn without_a_key_the_events_are_recorded_and_the_missing_signature_is_told() {
    let ledger = Ledger::new();
    let run = ledger.run(&["record", "--receipts", "signed"], &contact(142, 1));
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(
        run.stdout.contains(r#""link""#) && run.stderr.contains("1 recorded"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn what_a_key_signs_after_its_revocation_is_marked() {
    let (ledger, old) = signing();
    ledger.record(&contact(142, 1));
    let thief = copy_of(&ledger);
    let rotated = ledger.run(&["key", "rotate", "checkpoint"], "");
    let new = rotated.stdout.trim().to_owned();
    let keys = ledger.run(&["key", "show", "--format", "json"], "");
    let keys: serde_json::Value = serde_json::from_str(&keys.stdout).unwrap();
    let revocation = keys[0]["revoked"]["seq"].as_u64().unwrap();
    keep(&ledger, "head", &["checkpoint"], "");
    keep(&ledger, "revocation", &["prove", &revocation.to_string()], "");

    // The stolen key goes on signing, over a history of its own that is longer than the revocation.
    for n in 2..6 {
        thief.record(&contact(142, n));
    }
    let forged = keep(&thief, "forged", &["checkpoint"], "");
    let size = forged.lines().nth(1).unwrap().to_owned();
    std::fs::write(ledger.folder().join("forged"), &forged).unwrap();

    let trusting = ["check", "forged", "--key", &old, "--key", &new];
    assert_eq!(
        ledger.run(&trusting, "").code,
        0,
        "nothing in the file tells; whoever trusts the old key is fooled"
    );
    let told = ledger.run(&[&trusting[..], &["--revoked", "revocation"]].concat(), "");
    assert!(told.code == 1 && told.stdout.contains("had revoked it"), "{}", told.stdout);
    let good = ["check", "head", "--key", &old, "--key", &new, "--revoked", "revocation"];
    assert_eq!(ledger.run(&good, "").code, 0, "what the new key signs stands");

    assert_eq!(ledger.run(&["verify"], "").code, 0);
    let beside = ledger.dir().join("checkpoints").join(size);
    std::fs::create_dir_all(&beside).unwrap();
    std::fs::write(beside.join("checkpoint"), &forged).unwrap();
    let found = ledger.run(&["verify"], "");
    assert!(found.code == 1 && found.stderr.contains("had revoked"), "{}", found.stderr);
}
