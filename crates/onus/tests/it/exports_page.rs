//! docs/exports.md shows what each export really is: its blocks are made here anew and compared.
//!
//! `ONUS_WRITE_DOCS=1 cargo test -p onus --test it exports_page` writes them into the page.

use crate::bundles::cases;
use crate::export::WHO;
use crate::ledger::Ledger;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const SUBJECT: &str = "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5";

/// An export as the page shows it: its name, its arguments, and of which files how many lines.
type Shown = (&'static str, &'static [&'static str], &'static [(&'static str, usize)]);

const SHOWN: &[Shown] = &[
    (
        "inspection",
        &["--size", "1", "--seed", "6e6f72666f6c6b", "-o", "inspection", "--to", "HMICFRS"],
        &[("sample.csv", 3), ("flags.csv", 3), ("figures.txt", 12)],
    ),
    (
        "s136",
        &["--year", "2025", "-o", "return", "--to", "Home Office"],
        &[("return.csv", 4), ("missing.csv", 4), ("missing-by-field.csv", 14)],
    ),
    (
        "dispute",
        &["police:met/2024-06-12/1", "-o", "dispute", "--to", "the parties"],
        &[("dispute.html", 26)],
    ),
    (
        "coroner",
        &[
            "police:sussex/2023-02-14/1",
            "--reference",
            "inquest-2023-88",
            "--authorised-by",
            "police:sussex/duty_inspector/00112233445566778899aabbccddeeff",
            "--to",
            "HM Coroner",
            "--ground",
            "coroner",
            "--why",
            "inquest 2023/88",
            "-o",
            "coroner",
        ],
        &[("flags.csv", 3)],
    ),
    ("access-report", &["-o", "access", "--to", "ICO"], &[("limits.txt", 3)]),
    (
        "subject-access",
        &["--subject", SUBJECT, "-o", "request", "--to", "the person"],
        &[("texts.csv", 3), ("method.txt", 3)],
    ),
    (
        "foi",
        &["--from", "2023-01-01", "--until", "2025-12-31", "-o", "foi", "--to", "request 2026/412"],
        &[("exemptions.csv", 3), ("method.txt", 2), ("figures.csv", 5)],
    ),
    (
        "disclosure-schedule",
        &["police:sussex/2023-02-14/1", "-o", "schedule", "--to", "CPS"],
        &[("schedule.csv", 4)],
    ),
    ("sqlite", &["-o", "analyst"], &[]),
    ("csv", &["--kind", "AttendanceDecided", "-o", "decisions"], &[("AttendanceDecided.csv", 1)]),
];

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exports.md")
}

/// Hashes and tokens differ in every ledger.
fn masked(line: &str) -> String {
    let mut masked = String::new();
    let mut run = String::new();
    for c in line.chars().chain(['\n']) {
        if c.is_ascii_hexdigit() {
            run.push(c);
            continue;
        }
        masked.push_str(match run.len() {
            64 => "<64 hex digits>",
            32 => "<token>",
            _ => &run,
        });
        run.clear();
        masked.push(c);
    }
    masked.trim_end().to_owned()
}

fn block(ledger: &Ledger, (name, args, files): &Shown) -> String {
    let quoted = |arg: &&str| if arg.contains(' ') { format!("\"{arg}\"") } else { (*arg).to_owned() };
    let mut text = format!(
        "$ onus --as {WHO} export {name} {}\n",
        args.iter().map(quoted).collect::<Vec<_>>().join(" ")
    );
    let run = ledger.run(&[&["--as", WHO, "export", name], *args].concat(), "");
    assert_eq!(run.code, 0, "{name}: {}", run.stderr);
    text.push_str(&run.stderr);
    let out = args[args.iter().position(|arg| *arg == "-o").unwrap() + 1];
    let folder = ledger.folder().join(out);
    let said = crate::export::manifest(&folder);
    let mut names: Vec<&str> =
        said["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    names.extend(["manifest.json", "manifest.note", "manifest-key.tlog-proof"]);
    names.sort_unstable();
    writeln!(text, "$ find {out} -type f -printf '%P\\n' | sort\n{}", names.join("\n")).unwrap();
    for (file, lines) in *files {
        let content = std::fs::read_to_string(folder.join(file)).unwrap();
        // Of a page, what is drawn in characters: the rest is for a browser.
        let is_page = Path::new(file).extension().is_some_and(|end| end == "html");
        let asked = if is_page {
            format!("sed -n '/^<pre>/,$p' {out}/{file} | head -n {lines}")
        } else {
            format!("head -n {lines} {out}/{file}")
        };
        writeln!(text, "$ {asked}").unwrap();
        let before = |line: &&str| is_page && !line.starts_with("<pre>");
        for line in content.lines().skip_while(before).take(*lines) {
            writeln!(text, "{}", masked(line)).unwrap();
        }
    }
    if *name == "sqlite" {
        let sql = "SELECT code, severity, incident, seq FROM flags ORDER BY seq, code LIMIT 3";
        writeln!(text, "$ sqlite3 {out}/events.sqlite '{sql}'").unwrap();
        let file = rusqlite::Connection::open(folder.join("events.sqlite")).unwrap();
        let mut statement = file.prepare(sql).unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            Ok(format!(
                "{}|{}|{}|{}",
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, i64>(3)?
            ))
        };
        for line in statement.query_map([], row).unwrap() {
            writeln!(text, "{}", line.unwrap()).unwrap();
        }
    }
    text
}

#[test]
fn the_page_shows_the_real_output_of_each_export() {
    let (ledger, _) = cases();
    let contact = crate::ledger::contact(9, 0x90).replace(
        r#""source":"#,
        &format!(r#""subject":"{SUBJECT}","late_reason":"the line was busy","source":"#),
    );
    ledger.record(&contact);
    let before = std::fs::read_to_string(page()).unwrap();
    let mut after = before.clone();
    for shown in SHOWN {
        let opening = format!("```text export:{}\n", shown.0);
        let (head, tail) = after.split_once(&opening).unwrap_or_else(|| panic!("the page has no {opening}"));
        let (_, rest) = tail.split_once("\n```\n").unwrap();
        after = format!("{head}{opening}{}\n```\n{rest}", block(&ledger, shown).trim_end());
    }
    if std::env::var_os("ONUS_WRITE_DOCS").is_some() {
        std::fs::write(page(), &after).unwrap();
    } else {
        assert!(before == after, "docs/exports.md shows something else; what is true:\n{after}");
    }
}
