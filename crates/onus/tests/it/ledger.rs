//! A ledger in a folder of its own, and the binary run against it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) struct Ledger {
    folder: tempfile::TempDir,
}

/// What one run of `onus` gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ledger {
    /// An empty folder.
    pub(crate) fn none() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A new ledger of `police:sussex`.
    pub(crate) fn new() -> Self {
        let ledger = Self::none();
        let run = ledger.run(&["init", "--origin", "police.example/onus", "--agency", "police:sussex"], "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        ledger
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    pub(crate) fn private(&self) -> PathBuf {
        self.folder.path().join("ledger.private")
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onus"));
        command.args(args).current_dir(self.folder.path()).env_clear();
        command
    }

    pub(crate) fn run(&self, args: &[&str], input: &str) -> Run {
        feed(self.command(args), input)
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &str, variable: &str, value: &str) -> Run {
        let mut command = self.command(args);
        command.env(variable, value);
        feed(command, input)
    }

    /// Records drafts and expects success.
    pub(crate) fn record(&self, drafts: &str) -> Vec<serde_json::Value> {
        let run = self.run(&["record"], drafts);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A folder with the same files.
pub(crate) fn copy_of(ledger: &Ledger) -> Ledger {
    let copy = Ledger::none();
    let from = ledger.folder().join(".");
    let done = Command::new("cp").arg("-a").arg(from).arg(copy.folder()).status().unwrap();
    assert!(done.success());
    copy
}

fn feed(mut command: Command, input: &str) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let feeder = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    Run {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// One contact of incident `number`, with an id made from `n`.
pub(crate) fn contact(number: u32, n: u32) -> String {
    format!(
        r#"{{"event":"ContactReceived","event_id":"00000000-0000-7000-8000-{n:012x}","incident":"police:sussex/2023-05-01/{number}","occurred_at":"2023-05-01T20:31:00+01:00","actor":{{"agency":"police:sussex","role":"call_handler"}},"source":{{"system":"cad"}},"body":{{"channel":"emergency_999","caller_type":"family_or_friend"}}}}"#
    )
}

/// A decision with a rationale, of incident `number`.
pub(crate) fn decision(number: u32, n: u32, rationale: &str) -> String {
    serde_json::json!({
        "event": "AttendanceDecided",
        "event_id": format!("00000000-0000-7000-8000-{n:012x}"),
        "incident": format!("police:sussex/2023-05-01/{number}"),
        "occurred_at": "2023-05-01T20:33:00+01:00",
        "actor": { "agency": "police:sussex", "role": "call_handler" },
        "source": { "system": "cad" },
        "body": { "outcome": "no_deploy_signpost", "rationale": rationale },
    })
    .to_string()
}
