//! The process's surroundings: standard output and error, the terminal, passphrases.

use crate::exit::{Cause, Failure, output};
use indicatif::ProgressBar;
use onus_ledger::Passphrase;
use onus_service::{ActRecorded, sentences};
use onus_store::Recovery;
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Words for people, on standard error. A closed standard error is nobody's failure.
pub(crate) fn say(words: &dyn fmt::Display) {
    no_bar();
    let text = words.to_string();
    let mut err = io::stderr().lock();
    if !text.is_empty()
        && (err.write_all(text.as_bytes()).is_err()
            || (!text.ends_with('\n') && err.write_all(b"\n").is_err()))
    {
        return;
    }
    let _closed = err.flush().is_err();
}

/// What opening a ledger for recording repaired.
pub(crate) fn recovery(recovery: &Recovery) {
    for note in sentences::recovery(recovery) {
        say(&format_args!("onus: {note}"));
    }
}

/// Says that an act is recorded, and what follows from it.
pub(crate) fn recorded(done: &ActRecorded, follows: &str) {
    say(&format_args!("Recorded as entry {}: {follows}.", done.seq));
}

/// What is said of a document that nobody signed.
pub(crate) fn not_signed(what: &str) -> String {
    format!(
        "onus: NOT SIGNED: this ledger has no key for manifests, so nobody can tell who made {what}, and `onus check` will \
         not call it good; make the key: onus key generate manifest"
    )
}

/// What the log said of its own state.
pub(crate) fn notes(notes: &[String]) {
    for note in notes {
        self::note(note);
    }
}

/// A note beside an answer, on standard error.
pub(crate) fn note(words: &str) {
    say(&format_args!("onus: {words}"));
}

/// The bar of the work that is under way.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// How far long work has come, as a bar on standard error, and only on a terminal.
pub(crate) fn progress(done: u64, total: u64) {
    let mut bar = BAR.lock().unwrap_or_else(PoisonError::into_inner);
    let bar = bar.get_or_insert_with(|| entries_bar(total));
    bar.set_length(total);
    bar.set_position(done);
}

/// Takes the bar away before anything else is written.
fn no_bar() {
    if let Some(bar) = BAR.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}

/// What clap has to say, with its own exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _closed = error.print().is_err();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// Writes data to standard output.
pub(crate) fn data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    no_bar();
    let mut out = BufWriter::new(io::stdout().lock());
    write(&mut out).and_then(|()| out.flush()).map_err(|e| output(&e))
}

/// How wide text may be.
pub(crate) fn width() -> usize {
    const WIDTH_MAX: usize = 110;
    const WIDTH_ELSEWHERE: usize = 100;
    rustix::termios::tcgetwinsize(io::stdout())
        .ok()
        .map(|size| usize::from(size.ws_col))
        .filter(|columns| *columns > 0)
        .map_or(WIDTH_ELSEWHERE, |columns| columns.min(WIDTH_MAX))
}

/// Whether letters beyond ASCII can be shown: not where the locale names another encoding than UTF-8.
pub(crate) fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// How many threads read and compute at once.
pub(crate) fn threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// A process that handles plain text and keys leaves no core dump.
pub(crate) fn no_core_dumps() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let no_limit = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let not_dumpable = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    if no_limit.is_err() && not_dumpable.is_err() {
        say(&"onus: warning: this system does not let a process forbid core dumps");
    }
}

/// The passphrase: from the environment, or asked for on the terminal. Never an argument, which others
/// on the machine could read.
pub(crate) fn passphrase(variable: &str, question: &str) -> Result<Passphrase, Failure> {
    checked(passphrase_text(variable, question)?)
}

fn checked(text: String) -> Result<Passphrase, Failure> {
    Passphrase::new(text).ok_or_else(|| Failure::new(Cause::Refused, "the passphrase is empty"))
}

fn passphrase_text(variable: &str, question: &str) -> Result<String, Failure> {
    match std::env::var(variable) {
        Ok(text) => Ok(text),
        Err(_) if io::stdin().is_terminal() => prompt(question),
        Err(_) => {
            Err(Failure::new(Cause::Usage, "a passphrase is needed and there is no terminal to ask on")
                .hint(format_args!("set {variable} in the environment")))
        }
    }
}

fn prompt(question: &str) -> Result<String, Failure> {
    rpassword::prompt_password(question)
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read the passphrase: {e}")))
}

/// A new passphrase, asked for twice where it is typed.
pub(crate) fn new_passphrase(variable: &str) -> Result<Passphrase, Failure> {
    let first = passphrase_text(variable, "New passphrase: ")?;
    if std::env::var_os(variable).is_none() && prompt("The same again: ")? != first {
        return Err(Failure::new(Cause::Refused, "the two passphrases differ; nothing was changed"));
    }
    checked(first)
}

/// A bar for bytes read, on standard error, and only on a terminal.
pub(crate) fn bytes_bar() -> ProgressBar {
    let style =
        indicatif::ProgressStyle::with_template("{bar:40} {percent}%  {binary_bytes_per_sec}  {eta} left")
            .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// A bar for entries read, on standard error, and only on a terminal.
pub(crate) fn entries_bar(entries: u64) -> ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{bar:40} {percent}%  {per_sec}  {eta} left")
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    ProgressBar::new(entries).with_style(style)
}

/// A bar for rows, on standard error, and only on a terminal.
pub(crate) fn rows_bar(rows: u64) -> ProgressBar {
    let style = indicatif::ProgressStyle::with_template(
        "{bar:40} {percent}%  {human_pos} of {human_len} rows  {per_sec}  {eta} left",
    )
    .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    ProgressBar::new(rows).with_style(style)
}
