//! One room a command. Each takes what was typed, calls a library, and hands the answer to `render`.

mod access;
mod check;
mod checkpoint;
mod clock;
mod demo;
mod disclose;
mod dispute;
mod erase;
mod evidence;
mod export;
mod find;
mod flags;
mod handover;
mod heartbeat;
mod hold;
mod import;
mod index;
mod init;
mod key;
mod policy;
mod prove;
mod record;
mod report;
mod restrict;
mod retention;
mod sample;
mod scrub;
mod seal;
mod show;
mod signed;
mod stats;
mod status;
mod token;
mod vantage;
mod verify;
mod viewer;
mod views;
mod who;
mod witness;

use crate::args::{Cli, Command, Format, FormatArgs};
use crate::exit::{Cause, Failure, chain};
use crate::{new_file, terminal, trust};
use clap::CommandFactory;
use onus_core::blame::Blamed as _;
use onus_core::code::Code;
use onus_core::vocabulary::Channel;
use onus_ledger::{
    Caller, Identity, Ledger, Machine, OpenError, Passphrase, RecordError, RevealError, SealError, Unlocked,
    WrappingKind,
};
use onus_service::{Listener, Session};
use onus_store::{Note, Reader};
use std::time::Duration;
use vantage::parse as parse_incident;

pub(crate) fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Demo(args) => demo::run(args),
        Command::Init(args) => init::run(cli, args),
        Command::Record(args) => record::run(cli, args),
        Command::Import(args) => import::run(cli, args),
        Command::Tally(args) => import::tally(cli, args),
        Command::Show(args) => show::run(cli, args),
        Command::Report(args) => report::run(cli, args),
        Command::Views(command) => views::run(cli, command),
        Command::Sample(args) => sample::run(cli, args),
        Command::Who(args) => who::run(cli, args),
        Command::Dispute(args) => dispute::run(cli, args),
        Command::Find(args) => find::run(cli, args),
        Command::Index(command) => index::run(cli, command),
        Command::Verify(args) => verify::run(cli, args),
        Command::Key(command) => key::run(cli, command),
        Command::Checkpoint(args) => checkpoint::run(cli, args),
        Command::Heartbeat(args) => heartbeat::run(cli, args),
        Command::Witness(command) => witness::run(cli, command),
        Command::Prove(args) => prove::run(cli, args),
        Command::Check(args) => check::run(cli, args),
        Command::Handover(command) => handover::run(cli, command),
        Command::Stats(args) => stats::run(cli, args),
        Command::Scrub(args) => scrub::run(cli, args),
        Command::Status(args) => status::run(cli, args),
        Command::Evidence(args) => evidence::run(cli, args),
        Command::Viewer(args) => viewer::run(args),
        Command::Schema => terminal::data(|out| {
            serde_json::to_writer_pretty(&mut *out, &onus_core::schema::json_schema())?;
            writeln!(out)
        }),
        Command::Token(args) => token::run(cli, args),
        Command::Flags(args) => flags::run(cli, args),
        Command::Policy(command) => policy::run(cli, command),
        Command::Seal(command) => seal::run(cli, command),
        Command::Erase(args) => erase::run(cli, args),
        Command::Disclose(args) => disclose::run(cli, args),
        Command::Access(command) => access::run(cli, command),
        Command::Retention(command) => retention::run(cli, command),
        Command::Hold(command) => hold::run(cli, command),
        Command::Restrict(args) => restrict::restrict(cli, args),
        Command::Lift(args) => restrict::lift(cli, args),
        Command::Restrictions(args) => restrict::list(cli, args),
        Command::Clock(command) => clock::run(cli, command),
        Command::Export(args) => export::run(cli, args),
        Command::Completions { shell } => terminal::data(|out| {
            let mut bytes = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "onus", &mut bytes);
            out.write_all(&bytes)
        }),
        Command::Man => terminal::data(|out| clap_mangen::Man::new(Cli::command()).render(out)),
    }
}

/// The ledger that `-l` names.
fn ledger(cli: &Cli) -> Ledger {
    Ledger::at(Machine::this(), &cli.ledger, wait(cli))
}

/// How long to wait for another process that appends.
fn wait(cli: &Cli) -> Duration {
    Duration::from_secs_f64(cli.wait)
}

/// This process's account, as whom `--as` names.
fn caller(cli: &Cli) -> Caller {
    Caller::of_this_process(cli.identity.clone(), Channel::Cli)
}

/// A session on the ledger that `-l` names, for whom `--as` names.
fn session(cli: &Cli) -> Session {
    Session::new(ledger(cli), caller(cli))
        .with_listener(Listener { note: terminal::note, progress: terminal::progress })
}

/// The ledger with its keys open; asks for the passphrase where one guards them.
fn unlocked(ledger: &Ledger) -> Result<Unlocked, Failure> {
    let passphrase = passphrase(ledger)?;
    ledger.unlock(passphrase.as_ref()).map_err(|e| open_failure(ledger, &e))
}

/// The same; `None` where the private directory is not here, so that there are no keys.
fn unlocked_if_here(ledger: &Ledger) -> Result<Option<Unlocked>, Failure> {
    match ledger.has_private() {
        Ok(true) => unlocked(ledger).map(Some),
        Ok(false) => Ok(None),
        Err(e) => Err(open_failure(ledger, &e)),
    }
}

/// A session whose keys are open, where they are here.
fn unlocked_session(cli: &Cli) -> Result<Session, Failure> {
    let session = session(cli);
    if session.ledger().has_private()? {
        session.unlock(passphrase(session.ledger())?.as_ref())?;
    }
    Ok(session)
}

/// The same to append: where `head` was lost, the log recovers from that first, so that keys are opened by a whole
/// ledger.
fn session_to_append(cli: &Cli) -> Result<Session, Failure> {
    recover_first(&ledger(cli))?;
    unlocked_session(cli)
}

/// Where `head` was lost, recovers from that and says so.
fn recover_first(ledger: &Ledger) -> Result<(), Failure> {
    let (_, recovery) = ledger.read_to_append()?;
    recovery.iter().for_each(terminal::recovery);
    Ok(())
}

/// A session for an act, which needs `--as`.
fn acting(cli: &Cli, what: &str) -> Result<Session, Failure> {
    who(cli, what)?;
    Ok(session(cli))
}

/// The identity that `--as` names, which this command cannot do without.
fn who(cli: &Cli, what: &str) -> Result<Identity, Failure> {
    cli.identity.clone().ok_or_else(|| {
        Failure::new(Cause::Usage, format_args!("{what} needs --as agency/role[/token]: who acts"))
            .hint("profiles.toml in the private directory says which account may use which identity")
    })
}

fn parse_code(option: &str, text: &str) -> Result<Code, Failure> {
    Code::new(text)
        .ok_or_else(|| Failure::new(Cause::Usage, format_args!("{option}: expected {}", Code::EXPECTED)))
}

fn parse_identity(option: &str, text: &str) -> Result<Identity, Failure> {
    Identity::parse(text)
        .ok_or_else(|| Failure::new(Cause::Usage, format_args!("{option}: expected {}", Identity::EXPECTED)))
}

/// The passphrase of a ledger whose keys are guarded by one.
fn passphrase(ledger: &Ledger) -> Result<Option<Passphrase>, Failure> {
    match ledger.guarded_by().map_err(|e| open_failure(ledger, &e))? {
        Some(WrappingKind::Passphrase(_)) => {
            terminal::passphrase("ONUS_PASSPHRASE", "Passphrase of this ledger's keys: ").map(Some)
        }
        _ => Ok(None),
    }
}

/// The form asked for.
fn format(given: FormatArgs) -> Format {
    given.chosen()
}

fn open_failure(_: &Ledger, error: &OpenError) -> Failure {
    Failure::of(error)
}

/// A log that did not answer, or an entry that cannot be read.
fn history_failure(error: &onus_query::incident::HistoryError) -> Failure {
    let cause = match error {
        onus_query::incident::HistoryError::Read(e) => e.blame().into(),
        _ => Cause::Found,
    };
    Failure::new(cause, chain(error))
}

fn record_cause(error: &RecordError) -> Cause {
    match error {
        RecordError::Seal(e) => seal_cause(e),
        RecordError::Append(e) => e.blame().into(),
        _ => Cause::Environment,
    }
}

fn seal_cause(error: &SealError) -> Cause {
    match error {
        SealError::NoVault | SealError::TooLong(_) | SealError::Text(_) => Cause::Refused,
        _ => Cause::Environment,
    }
}

/// Says what the reader has to say besides its answers.
fn tell_notes(reader: &Reader) {
    let mut told: Vec<Note> = Vec::new();
    for note in reader.notes() {
        if !told.contains(&note) {
            terminal::say(&format_args!("onus: {note}"));
            told.push(note);
        }
    }
}

fn reveal_failure(ledger: &Ledger, error: &RevealError) -> Failure {
    match error {
        RevealError::Open(error) => open_failure(ledger, error),
        RevealError::Access(cause) => Failure::new(open_failure(ledger, cause).cause, chain(error)).hint(
            "nothing was revealed; restore DIR.private/access from its backup, or run `onus verify --access`",
        ),
        RevealError::Entry { .. } => Failure::new(Cause::Found, error),
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}
