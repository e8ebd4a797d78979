//! What the help says, frozen; and that it can be had in every form.

use crate::ledger::Ledger;

#[test]
fn help_has_every_command_examples_and_exit_codes() {
    let ledger = Ledger::none();
    let mut text = ledger.run(&["--help"], "").stdout;
    for command in [
        "init",
        "record",
        "show",
        "who",
        "dispute",
        "verify",
        "stats",
        "token",
        "seal",
        "clock",
        "flags",
        "policy",
        "hold",
        "restrict",
        "lift",
        "erase",
        "access",
        "retention",
        "demo",
        "key",
        "checkpoint",
        "prove",
        "check",
    ] {
        let help = ledger.run(&[command, "--help"], "");
        assert_eq!(help.code, 0);
        text = format!("{text}\n──── onus {command}\n{}", help.stdout);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn schema_manual_and_completions_need_no_ledger() {
    let ledger = Ledger::none();
    let schema: serde_json::Value = serde_json::from_str(&ledger.run(&["schema"], "").stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(ledger.run(&["man"], "").stdout.contains(".TH onus"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(ledger.run(&["completions", shell], "").stdout.contains("onus"), "{shell}");
    }
}
