//! Two agencies that witness each other, with real processes on the loopback; and each attack carried out.

use crate::ledger::{Ledger, Run, contact};
use crate::proof::{copied, copy_folder};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

/// An agency with a ledger, and what it gives to its partners.
struct Agency {
    ledger: Ledger,
    log_key: String,
    witness_key: String,
}

impl Agency {
    fn new(origin: &str, agency: &str) -> Self {
        let ledger = Ledger::none();
        done(&ledger.run(&["init", "--origin", origin, "--agency", agency], ""));
        ledger.record(&contact(142, 1));
        let log_key = done(&ledger.run(&["key", "generate", "checkpoint"], "")).trim().to_owned();
        let witness_key = done(&ledger.run(&["key", "generate", "witness"], "")).trim().to_owned();
        Self { ledger, log_key, witness_key }
    }

    fn police() -> Self {
        Self::new("police.example/onus", "police:sussex")
    }

    fn trust() -> Self {
        Self::new("trust.example/onus", "mh_trust:RV5")
    }

    fn witnesses(&self, other: &Self) {
        done(&self.ledger.run(&["witness", "add", &other.log_key], ""));
    }

    fn serve(&self) -> Serving {
        Serving::of(&self.ledger)
    }

    /// A checkpoint, asked of this witness.
    fn checkpoint(&self, by: &Serving, witness: &Self) -> Run {
        self.ledger.run(&["checkpoint", "--witness", &by.url, "--witness-key", &witness.witness_key], "")
    }

    /// Where its witness keeps what it cosigned.
    fn memory(&self) -> std::path::PathBuf {
        self.ledger.private().join("witness")
    }
}

/// A witness that runs.
struct Serving {
    child: Child,
    url: String,
    words: BufReader<std::process::ChildStderr>,
}

impl Serving {
    fn of(ledger: &Ledger) -> Self {
        let mut child = ledger
            .command(&["witness", "serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        words.read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, url, words }
    }

    /// Ends it as a service manager does; its exit code, and what it had to say.
    fn end(mut self) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut words = String::new();
        self.words.read_to_string(&mut words).unwrap();
        (self.child.wait().unwrap().code(), words)
    }

    /// The status and the body of an answer to a request of its own making.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: w\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ended = self.child.kill().is_ok() && self.child.wait().is_ok();
    }
}

fn done(run: &Run) -> String {
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout.clone()
}

/// One more entry, so that the ledgers differ in it.
fn say(ledger: &Ledger, n: u32) {
    ledger.record(&contact(142, n));
}

fn keep(ledger: &Ledger, name: &str, text: &str) {
    std::fs::write(ledger.folder().join(name), text).unwrap();
}

#[test]
fn two_agencies_witness_each_other_and_their_partners_ask_for_it() {
    let (police, trust) = (Agency::police(), Agency::trust());
    police.witnesses(&trust);
    trust.witnesses(&police);
    let (at_police, at_trust) = (police.serve(), trust.serve());

    let ours = done(&police.checkpoint(&at_trust, &trust));
    let theirs = done(&trust.checkpoint(&at_police, &police));
    assert!(ours.contains("\u{2014} trust.example/onus/witness "), "{ours}");
    assert!(theirs.contains("\u{2014} police.example/onus/witness "), "{theirs}");

    // A reader who asks for the partner's cosignature, elsewhere.
    let reader = Ledger::none();
    let partners = format!("log {}\nwitness trust {}\nquorum trust\n", police.log_key, trust.witness_key);
    keep(&reader, "policy", &partners);
    keep(&reader, "head", &ours);
    keep(&reader, "stripped", ours.rsplit_once("\u{2014} trust").unwrap().0);
    let good = reader.run(&["check", "head", "--policy", "policy"], "");
    assert!(good.code == 0 && good.stdout.contains("with 1 cosignatures"), "{}", good.stdout);
    let stripped = reader.run(&["check", "stripped", "--policy", "policy"], "");
    assert!(stripped.code == 1 && stripped.stdout.contains("quorum is not met"), "{}", stripped.stdout);

    // The witness shows what it cosigned to whoever asks; the ledgers grow on.
    let shown = done(&trust.ledger.run(&["witness", "show", "--format", "json"], ""));
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown[0]["size"].to_string(), ours.lines().nth(1).unwrap());
    say(&police.ledger, 2);
    let later = done(&police.checkpoint(&at_trust, &trust));
    assert_ne!(later.lines().nth(1), ours.lines().nth(1));

    // A policy that names addresses is all that a timer needs, and a proof carries the cosignature along.
    let with_url = partners.replace(&trust.witness_key, &format!("{} {}", trust.witness_key, at_trust.url));
    keep(&police.ledger, "partners.policy", &with_url);
    done(&police.ledger.run(&["checkpoint", "--policy", "partners.policy"], ""));
    let proof = done(&police.ledger.run(&["prove", "1"], ""));
    keep(&reader, "entry", &proof);
    assert_eq!(reader.run(&["check", "entry", "--policy", "policy"], "").code, 0);

    let (code, words) = at_trust.end();
    assert_eq!(code, Some(0));
    assert!(words.contains("police.example/onus: cosigned") && words.contains("Witness ended."), "{words}");
}

#[test]
fn a_fork_is_refused_by_both_witnesses_and_one_file_shows_it_to_anyone() {
    let (police, trust) = (Agency::police(), Agency::trust());
    let inspector = Agency::new("inspector.example/onus", "inspectorate:hmicfrs");
    trust.witnesses(&police);
    inspector.witnesses(&police);
    let (one, two) = (trust.serve(), inspector.serve());
    let asking = ["checkpoint", "--witness", &one.url, "--witness", &two.url];
    let asking =
        [&asking[..], &["--witness-key", &trust.witness_key, "--witness-key", &inspector.witness_key]]
            .concat();
    let first = done(&police.ledger.run(&asking, ""));
    assert_eq!(first.matches("/witness ").count(), 2, "{first}");

    // For another audience: the same beginning, then something else, as long and longer.
    let fork = copied(&police.ledger);
    say(&police.ledger, 2);
    let shown = done(&police.ledger.run(&asking, ""));
    for longer in [false, true] {
        say(&fork, if longer { 4 } else { 3 });
        let run = fork.run(&asking, "");
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert_eq!(run.stderr.matches("two histories").count(), 2, "{}", run.stderr);
        assert!(run.stdout.lines().count() == 5, "printed with the ledger's signature alone: {}", run.stdout);
    }

    // The witness has the evidence, and whoever holds the first history finds the second.
    let evidence = files(&trust.memory(), "equivocation");
    let convicted =
        police.ledger.run(&["check", evidence[0].to_str().unwrap(), "--key", &police.log_key], "");
    assert!(convicted.code == 0 && convicted.stdout.contains("two histories"), "{}", convicted.stdout);
    keep(&fork, "shown", &shown);
    keep(
        &fork,
        "policy",
        &format!(
            "log {}\nwitness t {}\nwitness i {}\ngroup both all t i\nquorum both\n",
            police.log_key, trust.witness_key, inspector.witness_key
        ),
    );
    let found = fork.run(&["verify", "--checkpoint", "shown", "--policy", "policy"], "");
    assert!(found.code == 1 && found.stderr.contains("not those that were signed"), "{}", found.stderr);
    assert_eq!(police.ledger.run(&asking, "").code, 0, "the true history goes on");
}

fn files(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

#[test]
fn what_was_cosigned_finds_an_older_directory_and_a_rewritten_one() {
    let (police, trust) = (Agency::police(), Agency::trust());
    trust.witnesses(&police);
    let at_trust = trust.serve();
    let older = copied(&police.ledger);
    say(&police.ledger, 2);
    let shown = done(&police.checkpoint(&at_trust, &trust));
    let partners = format!("log {}\nwitness trust {}\nquorum trust\n", police.log_key, trust.witness_key);

    // The whole of it was put back, private directory too: it is sound, and remembers nothing newer.
    keep(&older, "shown", &shown);
    keep(&older, "policy", &partners);
    assert_eq!(older.run(&["verify"], "").code, 0);
    let found = older.run(&["verify", "--checkpoint", "shown", "--policy", "policy"], "");
    assert!(found.code == 1 && found.stderr.contains("entries are missing at the end"), "{}", found.stderr);
    let asking = ["checkpoint", "--witness", &at_trust.url, "--witness-key", &trust.witness_key];
    let run = older.run(&asking, "");
    assert!(run.code == 1 && run.stderr.contains("this is an older copy"), "{}", run.stderr);

    // Rewritten from the start under the same keys: another entry where the first one stood.
    say(&older, 9);
    say(&older, 10);
    let found =
        older.run(&["verify", "--checkpoint", "shown", "--policy", "policy", "--equivocation", "both"], "");
    assert!(found.code == 1 && found.stderr.contains("not those that were signed"), "{}", found.stderr);
    let run = older.run(&asking, "");
    assert!(run.code == 1 && run.stderr.contains("two histories"), "{}", run.stderr);
    let found = older
        .run(&["verify", "--checkpoint", "shown", "--key", &police.log_key, "--equivocation", "both"], "");
    assert!(found.code == 1 && found.stderr.contains("both were signed"), "{}", found.stderr);
    assert_eq!(older.run(&["check", "both", "--key", &police.log_key], "").code, 0);
}

#[test]
fn a_witness_that_restarts_remembers_and_one_that_was_put_back_is_found_out() {
    let (police, trust) = (Agency::police(), Agency::trust());
    trust.witnesses(&police);
    let first = trust.serve();
    let busy = trust.ledger.run(&["witness", "serve", "--listen", "127.0.0.1:0"], "");
    assert!(busy.code == 4 && busy.stderr.contains("another process"), "{}", busy.stderr);
    done(&police.checkpoint(&first, &trust));
    let before = Ledger::none();
    copy_folder(&trust.memory(), &before.folder().join("witness"));
    say(&police.ledger, 2);
    done(&police.checkpoint(&first, &trust));
    // A power cut, not an orderly end.
    drop(first);

    // It goes on where it was, also for a ledger that never got its last answer.
    let second = trust.serve();
    let newest = std::fs::read_dir(police.ledger.dir().join("checkpoints")).unwrap();
    let newest = newest
        .map(|item| item.unwrap().path())
        .max_by_key(|path| path.file_name().unwrap().to_str().unwrap().parse::<u64>().unwrap());
    std::fs::remove_dir_all(newest.unwrap()).unwrap();
    say(&police.ledger, 3);
    done(&police.checkpoint(&second, &trust));
    drop(second);

    // An older memory in its place: the ledger that keeps its cosignatures says so.
    let whole = Ledger::none();
    copy_folder(&trust.memory(), &whole.folder().join("witness"));
    std::fs::remove_dir_all(trust.memory()).unwrap();
    copy_folder(&before.folder().join("witness"), &trust.memory());
    let third = trust.serve();
    let found = police.checkpoint(&third, &trust);
    assert!(found.code == 1 && found.stderr.contains("restored from an older state"), "{}", found.stderr);
    say(&police.ledger, 4);
    let found = police.checkpoint(&third, &trust);
    assert!(found.code == 1 && found.stderr.contains("restored from an older state"), "{}", found.stderr);
    let (_, words) = third.end();
    assert!(
        words.contains("an older memory was put in its place"),
        "it was shown its own signature: {words}"
    );

    // With the newest memory it goes on; without one, or with one that nobody signed, it does not start.
    std::fs::remove_dir_all(trust.memory()).unwrap();
    copy_folder(&whole.folder().join("witness"), &trust.memory());
    done(&police.checkpoint(&trust.serve(), &trust));
    let memory = std::fs::read_dir(trust.memory()).unwrap().map(|item| item.unwrap().path());
    let memory = memory.max_by_key(|path| path.file_name().unwrap().len()).unwrap();
    let text = std::fs::read_to_string(&memory).unwrap();
    let size = text.lines().nth(1).unwrap();
    for bad in [Some(text.replacen(size, "1", 1)), None] {
        match bad {
            Some(bad) => std::fs::write(&memory, bad).unwrap(),
            None => std::fs::remove_file(&memory).unwrap(),
        }
        let run = trust.ledger.run(&["witness", "serve", "--listen", "127.0.0.1:0"], "");
        assert!(run.code == 1 && run.stderr.contains("what was cosigned last"), "{}", run.stderr);
    }
}

#[test]
fn a_checkpoint_is_printed_where_a_witness_is_missing_and_a_bad_cosignature_is_refused() {
    let (police, trust) = (Agency::police(), Agency::trust());
    trust.witnesses(&police);
    let at_trust = trust.serve();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{closed}");
    let run = police.ledger.run(
        &[
            "checkpoint",
            "--witness",
            &nobody,
            "--witness",
            &at_trust.url,
            "--witness-key",
            &trust.witness_key,
        ],
        "",
    );
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stderr.contains(&nobody) && !run.stderr.contains(&at_trust.url), "{}", run.stderr);
    assert!(run.stdout.contains("trust.example/onus/witness"), "the other one's is there: {}", run.stdout);

    // Signed by a key that nobody told this ledger of.
    let run = police
        .ledger
        .run(&["checkpoint", "--witness", &at_trust.url, "--witness-key", &police.witness_key], "");
    assert!(run.code == 4 && run.stderr.contains("not signed by a key that is known"), "{}", run.stderr);
    let run = police.ledger.run(&["checkpoint", "--witness", &at_trust.url], "");
    assert!(run.code == 2 && run.stderr.contains("is not known"), "{}", run.stderr);
    let run = police
        .ledger
        .run(&["checkpoint", "--witness", "https://w.example", "--witness-key", &trust.witness_key], "");
    assert!(run.code == 2 && run.stderr.contains("a proxy"), "{}", run.stderr);

    // Somebody on the way answers with the cosignature of another checkpoint.
    let old = run_line(&done(&police.checkpoint(&at_trust, &trust)));
    say(&police.ledger, 2);
    let (url, impostor) = impostor(old.clone());
    let run = police.ledger.run(&["checkpoint", "--witness", &url, "--witness-key", &trust.witness_key], "");
    impostor.join().unwrap();
    assert!(run.code == 1 && run.stderr.contains("did not make it"), "{}", run.stderr);
    assert!(!run.stdout.contains("trust.example"), "{}", run.stdout);
    assert!(
        !done(&police.ledger.run(&["checkpoint"], "")).contains("trust.example"),
        "nothing of it was kept"
    );
}

/// The cosignature's line.
fn run_line(checkpoint: &str) -> String {
    let line = checkpoint.lines().find(|line| line.contains("/witness ")).unwrap();
    format!("{line}\n")
}

/// Answers one request, well formed, with this body.
fn impostor(body: String) -> (String, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"=\n") {
            let mut some = [0; 4096];
            let n = stream.read(&mut some).unwrap();
            asked.extend(&some[..n]);
        }
        let length = body.len();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .unwrap();
    });
    (url, answering)
}

#[test]
fn the_service_answers_as_the_specification_has_it() {
    let (police, trust) = (Agency::police(), Agency::trust());
    trust.witnesses(&police);
    let at_trust = trust.serve();
    let note = done(&police.ledger.run(&["checkpoint"], ""));
    let stranger = done(&Agency::new("stranger.example/onus", "police:kent").ledger.run(&["checkpoint"], ""));
    let size: u64 = note.lines().nth(1).unwrap().parse().unwrap();
    let unsigned =
        note.replacen(note.lines().nth(2).unwrap(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", 1);
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let shown = format!("/{}/checkpoint", sha256_of_police());
    assert_eq!(at_trust.ask("GET", &shown, "").0, 404, "nothing was cosigned yet");
    let asked = [
        ("POST", "/add-checkpoint", format!("old {}\n\n{note}", size + 1), 400, "the old size is greater"),
        ("POST", "/add-checkpoint", "old 0\n\nnot a note\n".into(), 400, ""),
        ("POST", "/add-checkpoint", format!("old 0\n\n{stranger}"), 404, ""),
        ("POST", "/add-checkpoint", format!("old 0\n\n{unsigned}"), 403, ""),
        ("POST", "/add-checkpoint", format!("old 1\n\n{note}"), 409, "0\n"),
        ("POST", "/add-checkpoint", format!("old 0\n{hash}\n{note}"), 422, ""),
        ("POST", "/add-checkpoint", "x".repeat(1_100_000), 413, ""),
        ("GET", "/add-checkpoint", String::new(), 405, ""),
        ("POST", "/elsewhere", String::new(), 404, ""),
        ("POST", "/add-checkpoint", format!("old 0\n\n{note}"), 200, "\u{2014} trust.example/onus/witness "),
        ("POST", "/add-checkpoint", format!("old 0\n\n{note}"), 409, &format!("{size}\n")),
        (
            "POST",
            "/add-checkpoint",
            format!("old {size}\n\n{note}"),
            200,
            "\u{2014} trust.example/onus/witness ",
        ),
        ("GET", &shown, String::new(), 200, &note),
    ];
    for (method, path, body, status, begins) in asked {
        let (found, answer) = at_trust.ask(method, path, &body);
        let what = body.get(..40.min(body.len())).unwrap_or_default();
        assert!(found == status && answer.starts_with(begins), "{method} {path} {what}: {found} {answer}");
    }
    assert!(at_trust.ask("GET", &shown, "").1.contains("trust.example/onus/witness"));

    let itself = police.ledger.run(&["witness", "add", &police.log_key], "");
    assert!(itself.code == 3 && itself.stderr.contains("proves nothing"), "{}", itself.stderr);
    let wrong = police.ledger.run(&["witness", "add", &trust.witness_key], "");
    assert_eq!(wrong.code, 3, "{}", wrong.stderr);
    let twice = trust.ledger.run(&["witness", "add", &police.log_key], "");
    assert_eq!(twice.code, 0, "{}", twice.stderr);
    let manifest = done(&police.ledger.run(&["key", "generate", "manifest"], ""));
    let other = trust.ledger.run(&["witness", "add", manifest.trim()], "");
    assert!(other.code == 3 && other.stderr.contains("checkpoint key"), "{}", other.stderr);
}

/// Of `police.example/onus`, by `sha256sum`.
fn sha256_of_police() -> String {
    "6c0c39bca5b22b6a56b97ca0c453ea05b94b42697269c5fb920c8883196de5ff".into()
}

#[test]
fn a_heartbeat_fills_a_silence_and_verify_lists_the_others() {
    let (police, trust) = (Agency::police(), Agency::trust());
    trust.witnesses(&police);
    let at_trust = trust.serve();
    let url = at_trust.url.clone();
    let witness = ["--witness", &url, "--witness-key", &trust.witness_key];
    let heartbeat = [&["heartbeat"][..], &witness].concat();

    // The same checkpoint, cosigned again: the ledger has not grown.
    let first = done(&police.ledger.run(&heartbeat, ""));
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let second = done(&police.ledger.run(&heartbeat, ""));
    assert_eq!(first.lines().nth(1), second.lines().nth(1));
    assert_ne!(run_line(&first), run_line(&second));
    assert_eq!(second.matches("/witness ").count(), 1, "the last one is enough under the note");

    let silences = |trusted: &str, longest: &str| {
        let run = police
            .ledger
            .run(&["verify", "--max-silence", longest, "--key", trusted, "--format", "json"], "");
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        (run.code, json["silences"].as_array().unwrap().clone())
    };
    let (code, none) = silences(&trust.witness_key, "1h");
    assert!(code == 0 && none.is_empty(), "{none:?}");
    // Nobody's word but the ledger's: since its last entry, nothing.
    let (code, found) = silences(&police.log_key, "1s");
    assert!(code == 1 && found.len() == 1, "{found:?}");
    assert_eq!(found[0]["before"], "now");
    assert!(found[0]["after"].as_str().unwrap().starts_with("entry "), "{found:?}");

    // Without a witness, or where none answers, the ledger's own word.
    let size = |note: &str| note.lines().nth(1).unwrap().parse::<u64>().unwrap();
    let own = done(&police.ledger.run(&["heartbeat"], ""));
    assert_eq!(size(&own), size(&second) + 1);
    let (_, words) = at_trust.end();
    assert!(words.contains("cosigned"));
    let alone = police.ledger.run(&heartbeat, "");
    assert!(alone.code == 4 && alone.stderr.contains("own heartbeat"), "{}", alone.stderr);
    assert_eq!(size(&alone.stdout), size(&own) + 1);
    let kind =
        done(&police.ledger.run(&["find", "--kind", "HeartbeatRecorded", "--count", "--format", "csv"], ""));
    assert!(kind.lines().any(|line| line.contains('2')), "{kind}");
}

#[test]
fn a_witness_whose_key_is_revoked_while_it_runs_cosigns_nothing_more() {
    let (police, trust) = (Agency::police(), Agency::trust());
    trust.witnesses(&police);
    let at_trust = trust.serve();
    done(&police.checkpoint(&at_trust, &trust));
    done(&trust.ledger.run(&["key", "revoke", "witness", "--reason", "stolen"], ""));
    say(&police.ledger, 77);
    let run = police.checkpoint(&at_trust, &trust);
    assert_ne!(run.code, 0, "{}", run.stdout);
    let (_, words) = at_trust.end();
    assert!(words.contains("has since been revoked or replaced"), "{words}");
}
