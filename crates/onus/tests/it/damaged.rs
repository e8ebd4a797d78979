//! A fault never becomes an answer: on a damaged copy each read command gives the answer of the whole ledger, or ends
//! with an exit code that is not 0 and a word on standard error.

use crate::frozen;
use crate::ledger::{Ledger, Run, contact, copy_of, decision};
use std::path::{Path, PathBuf};

const INCIDENT: &str = "police:sussex/2023-05-01/142";
const DPO: &str = "police:sussex/data_protection_officer";
const PERSON: &str = "police:sussex/data_protection_officer/00112233445566778899aabbccddeeff";
const LOG: &str = "ledger/log/00000000000000000000.seg";
const ACCESS_LOG: &str = "ledger.private/access/log/00000000000000000000.seg";

/// A ledger that has something to say to every command: a hold, a restriction, keys, a checkpoint, readings.
fn with_everything() -> Ledger {
    let ledger = Ledger::new();
    ledger.record(&[contact(142, 1), decision(142, 2, "ambulance most appropriate")].join("\n"));
    let done = |args: &[&str]| {
        let run = ledger.run(&[&["--as", DPO], args].concat(), "");
        assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
    };
    done(&["key", "generate", "checkpoint"]);
    done(&["key", "generate", "manifest"]);
    done(&["checkpoint"]);
    done(&["restrict", INCIDENT, "--purpose", "claims", "--basis", "s47", "--authorised-by", PERSON]);
    done(&["show", INCIDENT, "--reveal", "--for", "claims", "--why", "claim 88"]);
    done(&["show", INCIDENT, "--reveal", "--for", "claims", "--why", "claim 89"]);
    ledger.record(&[contact(143, 3), decision(143, 4, "no concern"), contact(144, 5)].join("\n"));
    // The hold is the last word of the ledger: whoever loses its end loses the hold.
    done(&["hold", "place", INCIDENT, "--reference", "inquest-88", "--authorised-by", PERSON]);
    std::fs::write(ledger.folder().join("schedule.toml"), crate::retention::SCHEDULE).unwrap();
    ledger
}

/// Questions that leave nothing behind, so that many can be asked of one copy.
const QUESTIONS: &[&[&str]] = &[
    &["show", INCIDENT, "--as-at", "2023-05-02T00:00+01:00"],
    &["who", INCIDENT, "--facet", "contact", "--at", "2023-05-01T20:40+01:00"],
    &["dispute", INCIDENT],
    &["find", "--kind", "AttendanceDecided"],
    &["find", "--count"],
    &["find", "--group-by", "kind"],
    &["report", "--from", "2023-05-01", "--until", "2023-05-01"],
    &["report", "--coverage"],
    &["sample", "--frame"],
    &["flags", "--as-of", "2026-01-01T00:00Z"],
    &["stats"],
    &["prove", "2"],
    &["key", "show"],
    &["hold", "list"],
    &["restrictions"],
    &["policy", "list"],
    &["policy", "in-force", "--agency", "police:sussex", "--at", "2023-05-01T20:31+01:00"],
    &["retention", "due", "--rules", "schedule.toml", "--on", "2040-01-01"],
    &["access", "find"],
    &["access", "report"],
    &["access", "verify"],
    &["index", "verify"],
    &["verify"],
    &["verify", "--access"],
    &["seal", "status"],
    &["token", "PC 1234"],
];

/// Questions that write: into the access ledger, or what was signed last. Each gets a copy of its own.
const WRITING: &[&[&str]] = &[
    &[
        "--as",
        DPO,
        "show",
        INCIDENT,
        "--as-at",
        "2023-05-02T00:00+01:00",
        "--reveal",
        "--for",
        "claims",
        "--why",
        "x",
    ],
    &["checkpoint"],
];

fn ask(ledger: &Ledger, question: &[&str]) -> Run {
    ledger.run(question, "")
}

/// A file, and what is done to its bytes.
type Spoiled = (&'static str, fn(&mut Vec<u8>));

fn spoil(ledger: &Ledger, file: &str, how: impl FnOnce(&mut Vec<u8>)) {
    let path = ledger.folder().join(file);
    let mut bytes = std::fs::read(&path).unwrap();
    how(&mut bytes);
    // Finished segments are read-only.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
}

/// Flips a bit in the last block of a segment.
#[expect(clippy::ptr_arg, reason = "other damages change the length")]
fn flip_the_tail(bytes: &mut Vec<u8>) {
    let at = bytes.len() - 20;
    bytes[at] ^= 1;
}

/// Flips a bit in the slot of a `head` that was written last.
#[expect(clippy::ptr_arg, reason = "other damages change the length")]
fn lose_the_newest_slot(bytes: &mut Vec<u8>) {
    let generation =
        |slot: usize| u64::from_le_bytes(bytes[slot * 64 + 4..slot * 64 + 12].try_into().unwrap());
    let newest = usize::from(generation(1) > generation(0));
    bytes[newest * 64 + 20] ^= 1;
}

#[test]
fn nothing_is_answered_signed_or_handed_out_from_a_ledger_that_lost_its_end() {
    let whole = with_everything();
    let damages: [Spoiled; 3] = [
        (LOG, flip_the_tail),
        (LOG, |bytes| bytes.truncate(bytes.len() - 100)),
        ("ledger/head", |bytes| bytes.fill(0)),
    ];
    let acts: &[&[&str]] = &[
        &["--as", DPO, "evidence", INCIDENT, "-o", "case.html"],
        &["--as", DPO, "export", "ndjson", "-o", "out", "--why", "return"],
        &["--as", DPO, "hold", "release", INCIDENT, "--reference", "inquest-88", "--authorised-by", PERSON],
        &["heartbeat"],
        &["views", "rebuild"],
        &["index", "rebuild"],
    ];
    for (file, damage) in damages {
        let copy = copy_of(&whole);
        spoil(&copy, file, damage);
        let asked = QUESTIONS.iter().chain(WRITING).chain(acts);
        for question in asked {
            let words = question.join(" ");
            let of_the_private_part = ["access", "seal", "token", "--access"];
            if of_the_private_part.iter().any(|word| question.contains(word)) {
                continue;
            }
            let run = ask(&copy, question);
            assert_eq!(run.code, 1, "{words} on {file}: {} {}", run.stdout, run.stderr);
            let shows_what_is_left = ["show", "find", "verify"].iter().any(|word| question.contains(word));
            assert!(shows_what_is_left || run.stdout.is_empty(), "{words} on {file}: {}", run.stdout);
            assert!(
                words == "verify" || run.stderr.contains("head") || run.stderr.contains("log/"),
                "{words} on {file}: {}",
                run.stderr
            );
        }
        assert!(!copy.folder().join("case.html").exists() && !copy.folder().join("out").exists());
    }
}

#[test]
fn the_access_ledger_is_not_read_as_if_it_were_whole_either() {
    let whole = with_everything();
    let damages: [Spoiled; 3] = [
        (ACCESS_LOG, flip_the_tail),
        (ACCESS_LOG, |bytes| bytes.truncate(bytes.len() - 100)),
        ("ledger.private/access/head", |bytes| bytes.fill(0)),
    ];
    for (file, damage) in damages {
        let copy = copy_of(&whole);
        spoil(&copy, file, damage);
        for question in
            QUESTIONS.iter().filter(|question| question.contains(&"access") || question.contains(&"--access"))
        {
            let run = ask(&copy, question);
            assert_eq!(run.code, 1, "{question:?} on {file}: {} {}", run.stdout, run.stderr);
        }
        // And recording goes on: a fault of the one is not a fault of the other.
        copy.record(&contact(150, 50));
    }
}

#[test]
fn after_a_power_cut_tore_a_slot_of_head_every_question_gets_the_whole_answer_and_a_word() {
    let whole = with_everything();
    let torn = copy_of(&whole);
    spoil(&torn, "ledger/head", lose_the_newest_slot);
    spoil(&torn, "ledger.private/access/head", lose_the_newest_slot);
    let all_but_a_check = |question: &&&[&str]| !question.contains(&"verify");
    for question in QUESTIONS.iter().filter(all_but_a_check) {
        let (run, expected) = (ask(&torn, question), ask(&whole, question));
        assert_eq!(
            (run.code, &run.stdout),
            (expected.code, &expected.stdout),
            "{question:?}: {}",
            run.stderr
        );
    }
    let held = ask(&torn, &["hold", "list"]);
    assert!(held.stdout.contains("inquest-88"), "{}", held.stdout);
    let shown = ask(&torn, &["show", INCIDENT]);
    assert!(shown.stderr.contains("the next recording confirms them"), "{}", shown.stderr);
    let verified = ask(&torn, &["verify"]);
    assert_eq!(verified.code, 1, "{}", verified.stdout);

    // What is signed is confirmed before.
    let signed = ask(&torn, &["checkpoint"]);
    assert_eq!(signed.code, 0, "{}", signed.stderr);
    let shown = ask(&torn, &["show", INCIDENT]);
    assert!(shown.code == 0 && !shown.stderr.contains("`head`"), "{}", shown.stderr);
}

#[test]
fn a_missing_access_ledger_is_a_verdict() {
    let whole = with_everything();
    std::fs::remove_dir_all(whole.private().join("access")).unwrap();
    let run = ask(&whole, &["verify", "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let verdict: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(verdict["sound"], false);
    let found = verdict["private"].as_array().unwrap().iter().find(|part| part["part"] == "access ledger");
    assert_eq!(found.unwrap()["state"], "faulty", "{verdict}");
    let words = ask(&whole, &["verify", "--format", "table"]);
    assert!(words.code == 1 && words.stdout.contains("there is no ledger at"), "{}", words.stdout);
    assert_eq!(ask(&whole, &["verify", "--access"]).code, 1);
    assert_eq!(ask(&whole, &["verify", "--log-only"]).code, 0);
}

#[test]
fn recording_recovers_from_a_lost_head_and_reading_goes_on_from_there() {
    let whole = with_everything();
    let copy = copy_of(&whole);
    std::fs::remove_file(copy.dir().join("head")).unwrap();
    std::fs::remove_file(copy.private().join("access/head")).unwrap();

    let run = copy.run(&["record"], &contact(150, 50));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("`head` was unreadable"), "{}", run.stderr);
    let held = ask(&copy, &["hold", "list"]);
    assert!(held.code == 0 && held.stdout.contains("inquest-88"), "{}", held.stderr);

    assert_eq!(ask(&copy, &["access", "find"]).code, 1);
    let reveal = ask(&copy, WRITING[0]);
    assert_eq!(reveal.code, 0, "{}", reveal.stderr);
    let lines = ask(&copy, &["access", "find"]);
    assert!(lines.code == 0 && lines.stdout.matches("TextRevealed").count() == 3, "{}", lines.stdout);
}

/// How a file is damaged.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip(usize),
    Cut(usize),
    Zeros,
    Emptied,
    Removed,
}

impl Damage {
    /// Damages of a file of so many bytes: flips at `flips` places, and one of each other sort.
    fn of(len: usize, flips: usize) -> Vec<Self> {
        let step = (len / flips.max(1)).max(1);
        // Odd places too, so that no field of a row of rows is left out.
        let flipped = (0..len).step_by(step).enumerate().map(|(n, at)| {
            let at = (at + n * 7 % step).min(len.saturating_sub(1));
            Self::Flip(at * 8 + n % 8)
        });
        let cuts = [Self::Cut(len / 2), Self::Cut(len.saturating_sub(1))];
        flipped.chain(cuts).chain([Self::Zeros, Self::Emptied, Self::Removed]).collect()
    }

    fn strike(self, path: &Path) {
        let mut bytes = std::fs::read(path).unwrap();
        std::fs::remove_file(path).unwrap();
        match self {
            Self::Flip(bit) => bytes[bit / 8] ^= 1 << (bit % 8),
            Self::Cut(len) => bytes.truncate(len),
            Self::Zeros => bytes.fill(0),
            Self::Emptied => bytes.clear(),
            Self::Removed => return,
        }
        std::fs::write(path, bytes).unwrap();
    }
}

/// Every file below a folder that holds something and that a program wrote.
///
/// What people write (`profiles.toml`, `rights.toml`) has no check sum: a letter that differs is another rule.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() != Some("toml".as_ref()) && path.metadata().unwrap().len() > 0 {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether this run may stand for the answer of the whole ledger, or says that it does not.
fn is_honest(run: &Run, whole: &Run) -> bool {
    let same = run.code == whole.code
        && (run.stdout == whole.stdout
            || frozen::without_the_hour(&run.stdout) == frozen::without_the_hour(&whole.stdout));
    let refused = matches!(run.code, 1..=5) && !(run.stderr.is_empty() && run.stdout.is_empty());
    same || refused
}

/// Whether the long form is asked for: many more places of each file, and every question to each of them.
fn is_thorough() -> bool {
    std::env::var_os("ONUS_TORTURE").is_some_and(|value| value != "0")
}

/// A question, and whether it writes, and so needs a copy of its own.
type Asked = (&'static [&'static str], bool);

/// Damages every file of a ledger in every way, and puts questions to each damaged copy: of the questions that write
/// nothing every `stride`th to one damage, the others to the next.
fn put_questions_to_damaged_copies(whole: &Ledger, questions: &[Asked], flips: usize, stride: usize) {
    let expected: Vec<Run> = questions.iter().map(|(question, _)| ask(&copy_of(whole), question)).collect();
    let mut strikes: Vec<(PathBuf, Damage)> = Vec::new();
    for path in [whole.dir(), whole.private()].iter().flat_map(|folder| files(folder)) {
        let len = usize::try_from(path.metadata().unwrap().len()).unwrap();
        let name = path.strip_prefix(whole.folder()).unwrap().to_owned();
        strikes.extend(Damage::of(len, flips).into_iter().map(|damage| (name.clone(), damage)));
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let wrong = std::sync::Mutex::new(Vec::new());
    let struck = |name: &Path, damage: Damage| {
        let copy = copy_of(whole);
        damage.strike(&copy.folder().join(name));
        copy
    };
    let work = || {
        loop {
            let turn = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some((name, damage)) = strikes.get(turn) else { break };
            let copy = struck(name, *damage);
            for (n, (question, writes)) in questions.iter().enumerate() {
                if !(n + turn).is_multiple_of(stride) {
                    continue;
                }
                let run = if *writes { ask(&struck(name, *damage), question) } else { ask(&copy, question) };
                if !is_honest(&run, &expected[n]) {
                    let story = format!("{} {damage:?}: {}", name.display(), question.join(" "));
                    let told = format!("{story}\n{} {} {}", run.code, run.stdout, run.stderr);
                    wrong.lock().unwrap().push(told);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} damages: {}", wrong.len(), strikes.len(), wrong.join("\n"));
}

#[test]
fn every_question_to_every_damaged_file_gets_the_whole_answer_or_an_error() {
    let whole = with_everything();
    let reading = QUESTIONS.iter().map(|question| (*question, false));
    let questions: Vec<Asked> = reading.chain(WRITING.iter().map(|question| (*question, true))).collect();
    for (question, _) in &questions {
        let run = ask(&copy_of(&whole), question);
        assert_eq!(run.code, 0, "{question:?}: {}", run.stderr);
    }
    let (flips, stride) = if is_thorough() { (64, 1) } else { (3, 1) };
    put_questions_to_damaged_copies(&whole, &questions, flips, stride);
}

/// The frozen ledger has every kind, a witness's memory, cosignatures, and entries that an older release wrote.
#[test]
fn every_question_to_every_damaged_file_of_the_frozen_ledger_gets_the_whole_answer_or_an_error() {
    let whole = frozen::thawed();
    let reading = frozen::QUESTIONS.iter().map(|(_, question)| (*question, false));
    let questions: Vec<Asked> =
        reading.chain(frozen::REVEALED.iter().map(|(_, question)| (*question, true))).collect();
    let (flips, stride) = if is_thorough() { (64, 1) } else { (2, 8) };
    put_questions_to_damaged_copies(&whole, &questions, flips, stride);
}
