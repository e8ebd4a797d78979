//! What the help says, frozen; and that it can be had in every form.

use crate::ledger::Ledger;

/// Every command and every command under it, as the help itself lists them.
fn commands(ledger: &Ledger, above: &[String], help: &str) -> Vec<(String, String)> {
    let listed = help.split("\nCommands:\n").nth(1).unwrap_or_default();
    let names = listed.lines().take_while(|line| !line.is_empty()).filter_map(|line| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && name != "help").then_some(name)
    });
    let mut found = Vec::new();
    for name in names {
        let path = [above, &[name.to_owned()]].concat();
        let words: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = ledger.run(&words, "");
        assert_eq!(help.code, 0, "{words:?}");
        let below = commands(ledger, &path, &help.stdout);
        found.push((path.join(" "), help.stdout));
        found.extend(below);
    }
    found
}

#[test]
fn help_has_every_command_examples_and_exit_codes() {
    let ledger = Ledger::none();
    let mut text = ledger.run(&["--help"], "").stdout;
    let all = commands(&ledger, &[], &text);
    assert!(all.len() > 41 && all.iter().any(|(name, _)| name == "handover sign"), "{}", all.len());
    for (name, help) in all {
        text = format!("{text}\n──── onus {name}\n{help}");
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
