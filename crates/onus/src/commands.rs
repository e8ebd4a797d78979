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

use crate::args::{Cli, Command};
use crate::exit::{Cause, Failure, chain};
use crate::session::{
    acting, caller, ledger, passphrase, session, session_to_append, unlocked, unlocked_session, wait, who,
};
use crate::{terminal, trust};
use clap::CommandFactory;
use onus_core::blame::Blamed as _;
use onus_core::code::Code;
use onus_ledger::{Ledger, OpenError, RevealError};
use onus_store::{Reader, ReaderNote};

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

fn parse_code(option: &str, text: &str) -> Result<Code, Failure> {
    Code::new(text)
        .ok_or_else(|| Failure::new(Cause::Usage, format_args!("{option}: expected {}", Code::EXPECTED)))
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

/// Says what the reader has to say besides its answers.
fn tell_notes(reader: &Reader) {
    let mut told: Vec<ReaderNote> = Vec::new();
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
