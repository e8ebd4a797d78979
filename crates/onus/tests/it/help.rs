//! What the help says, as `docs/commands.md` has it; and that it can be had in every form.
//!
//! `ONUS_BLESS=1 cargo test -p onus --test it help::` writes the page again.

use crate::ledger::Ledger;
use std::fmt::Write as _;
use std::{env, fs, path::Path};

const INTRODUCTION: &str = "# Commands

This page is what the program's own help says, command by command. It is made from it by
`crates/onus/tests/it/help.rs`, which fails where the two differ. Do not edit it: change the command's arguments in
`crates/onus/src/args`, then run `ONUS_BLESS=1 cargo test -p onus --test it help::`.

[operating.md](operating.md) says how a ledger is set up, backed up and watched; [answers](answers) holds the JSON
Schema of what each command prints with `--json`.

";

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

/// The page: a table of all commands, then the help of each as it is printed.
fn page(help: &str, all: &[(String, String)]) -> String {
    let mut page = format!("{INTRODUCTION}| command | |\n|---|---|\n");
    for (name, help) in all {
        let about = help.lines().next().unwrap_or_default();
        let anchor = name.replace(' ', "-");
        writeln!(page, "| [`onus {name}`](#onus-{anchor}) | {about} |").unwrap();
    }
    writeln!(page, "\n## onus\n\n```text\n{}```", untrailed(help)).unwrap();
    for (name, help) in all {
        writeln!(page, "\n## onus {name}\n\n```text\n{}```", untrailed(help)).unwrap();
    }
    page
}

/// The lines without spaces at their ends.
fn untrailed(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.push("");
    lines.join("\n")
}

#[test]
fn the_page_of_commands_is_what_the_help_says() {
    let ledger = Ledger::none();
    let help = ledger.run(&["--help"], "").stdout;
    let all = commands(&ledger, &[], &help);
    assert!(all.len() > 41 && all.iter().any(|(name, _)| name == "handover sign"), "{}", all.len());
    let expected = page(&help, &all);

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    if env::var_os("ONUS_BLESS").is_some() {
        fs::write(&file, &expected).unwrap();
    }

    let found = fs::read_to_string(&file).unwrap_or_default();
    let differs = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert!(found == expected, "docs/commands.md is not what the help says; first: {differs:?}");
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
