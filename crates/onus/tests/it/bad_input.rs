//! Wrong input to each command: an error that names the place and the cure, the documented exit code,
//! and nothing half done.

use crate::ledger::{Ledger, contact};
use std::process::Stdio;

#[test]
fn a_bad_line_is_named_and_the_rest_go_on() {
    let ledger = Ledger::new();
    let lines = [
        contact(142, 1),
        "not json".into(),
        String::new(),
        contact(142, 2).replace("emergency_999", "emergency_99"),
        contact(142, 3),
    ];
    let run = ledger.run(&["record"], &lines.join("\n"));
    assert_eq!(run.code, 3);
    assert_eq!(run.stdout.lines().count(), 2);
    assert!(run.stderr.contains("line 2: expected one JSON object"), "{}", run.stderr);
    assert!(
        run.stderr.contains("line 4: body.channel: expected one of")
            && run.stderr.contains("(nearest: emergency_999)"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("2 recorded, 0 already there, 2 refused"), "{}", run.stderr);
}

#[test]
fn an_over_long_line_is_refused_and_the_next_one_is_found() {
    let ledger = Ledger::new();
    let input = format!("{}\n{}\n", "x".repeat(3_000_000), contact(142, 1));
    let run = ledger.run(&["record"], &input);
    assert_eq!((run.code, run.stdout.lines().count()), (3, 1), "{}", run.stderr);
    assert!(run.stderr.contains("line 1: expected at most 1,048,576 bytes"), "{}", run.stderr);
}

#[test]
fn wrong_words_on_the_command_line_say_what_would_be_accepted() {
    let ledger = Ledger::new();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["init", "--origin", "two words", "--agency", "police:x"], 2, "expected an origin"),
        (&["-l", "other", "init", "--origin", "a.example/x", "--agency", "police"], 2, "expected an agency"),
        (
            &[
                "-l",
                "other",
                "init",
                "--origin",
                "a.example/0123456789012345678901234567890123",
                "--agency",
                "police:x",
            ],
            3,
            "at most 41",
        ),
        (&["init", "--origin", "a.example/x", "--agency", "police:x"], 3, "exists already"),
        (&["show", "police:sussex/142"], 2, "owner/date/number"),
        (
            &["show", "police:sussex/2023-05-01/999"],
            3,
            "nothing is recorded under police:sussex/2023-05-01/999",
        ),
        (&["-l", "nowhere", "show", "police:sussex/2023-05-01/1"], 3, "there is no ledger at nowhere"),
        (&["-l", "nowhere", "verify"], 3, "there is no ledger at nowhere"),
        (&["-l", "nowhere", "stats"], 3, "there is no ledger at nowhere"),
        (&["record", "missing.ndjson"], 4, "cannot read missing.ndjson"),
        (&["--as", "nobody", "record"], 2, "expected agency, agency/role"),
        (&["--as", "police:gmp", "record"], 3, "may not act as police:gmp"),
        (&["record", "--expect", "0"], 2, "expected `new` or the incident's last version"),
        (&["--wait", "forever", "record"], 2, "expected seconds"),
        (&["token", ""], 3, "expected an identifier"),
        (&["clock", "correct", "--second", "police:sussex", "--why", "ntp"], 2, "needs --as"),
        (&["seal"], 2, "Usage"),
        (&["demo", "ledger"], 3, "the demo did not make it"),
        (&["init", "--origin", "https://a.example", "--agency", "police:x"], 2, "expected an origin"),
        (&["no-such-command"], 2, "unrecognized subcommand"),
    ];
    for (args, code, words) in cases {
        let run = ledger.run(args, "");
        assert!(run.code == *code && run.stderr.contains(words), "{args:?}: {} {}", run.code, run.stderr);
    }
    assert!(!ledger.folder().join("other").exists(), "nothing half done");
}

#[test]
fn a_closed_pipe_is_quiet() {
    let ledger = Ledger::new();
    ledger.record(&(0..200).map(|n| contact(142, n + 1)).collect::<Vec<_>>().join("\n"));
    let mut child = ledger
        .command(&["show", "police:sussex/2023-05-01/142", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn two_names_that_are_one_person_do_not_correct_the_clock_and_a_right_clock_is_left_alone() {
    let ledger = Ledger::new();
    let (a, b) = ("00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100");
    let correct = |first: &str, second: &str| {
        ledger.run(
            &[
                "--as",
                &format!("police:sussex/administrator/{first}"),
                "clock",
                "correct",
                "--second",
                &format!("police:sussex/supervisor/{second}"),
                "--why",
                "ntp_fault",
            ],
            "",
        )
    };
    let alone = correct(a, a);
    assert!(alone.code == 3 && alone.stderr.contains("two different people"), "{}", alone.stderr);
    let nothing = correct(a, b);
    assert_eq!(nothing.code, 3);
    assert!(nothing.stderr.contains("nothing to correct"), "{}", nothing.stderr);
}

#[test]
fn a_damaged_ledger_never_answers_as_if_it_were_whole() {
    let ledger = Ledger::new();
    ledger.record(&[contact(142, 1), contact(143, 2)].join("\n"));
    let segment = ledger.dir().join("log/00000000000000000000.seg");
    let bytes = std::fs::read(&segment).unwrap();
    let shown = |incident: &str| ledger.run(&["show", &format!("police:sussex/2023-05-01/{incident}")], "");

    std::fs::write(&segment, &bytes[..bytes.len() - 9]).unwrap();
    let lost = shown("143");
    assert_eq!(lost.code, 1, "{}", lost.stderr);
    assert!(lost.stderr.contains("later ones may be"), "{}", lost.stderr);
    assert_eq!(lost.stderr.matches("the ledger is damaged").count(), 1, "{}", lost.stderr);
    let partial = shown("142");
    assert_eq!(partial.code, 1, "what can be read is shown, and the exit code says that it may not be all");

    std::fs::write(&segment, &bytes).unwrap();
    std::fs::remove_file(ledger.dir().join("LEDGER")).unwrap();
    for args in [&["verify"][..], &["show", "police:sussex/2023-05-01/142"], &["stats"]] {
        let run = ledger.run(args, "");
        assert!(
            run.code == 1 && run.stderr.contains("its file LEDGER is missing"),
            "{args:?}: {}",
            run.stderr
        );
    }
}

#[test]
fn receipts_that_cannot_be_printed_do_not_hide_what_was_recorded() {
    use std::io::Write;
    let ledger = Ledger::new();
    let mut child = ledger
        .command(&["record"])
        .stdin(Stdio::piped())
        .stdout(std::fs::File::create("/dev/full").unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", contact(142, 1)).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(
        stderr.contains("1 recorded") && stderr.contains("is recorded, though not every receipt"),
        "{stderr}"
    );
}

#[test]
fn a_byte_order_mark_is_named() {
    let run = Ledger::new().run(&["record"], &format!("\u{feff}{}", contact(142, 1)));
    assert!(run.code == 3 && run.stderr.contains("byte-order mark"), "{}", run.stderr);
}

#[test]
fn a_copy_without_its_private_directory_says_so_when_text_is_asked_for() {
    let ledger = Ledger::new();
    ledger.record(&contact(142, 1));
    std::fs::rename(ledger.private(), ledger.folder().join("elsewhere")).unwrap();
    let reveal = ["--as", "police:sussex", "show", "police:sussex/2023-05-01/142", "--reveal", "--why", "x"];
    let run = ledger.run(&reveal, "");
    assert!(run.code == 3 && run.stderr.contains("private directory is not here"), "{}", run.stderr);
    let run = ledger.run(&["--as", "police:sussex", "record"], &contact(142, 2));
    assert!(run.code == 3 && run.stderr.contains("profiles.toml is not here"), "{}", run.stderr);
}
