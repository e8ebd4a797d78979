//! One room a command. Each takes what was typed, calls a library, and hands the answer to `render`.

mod access;
mod check;
mod checkpoint;
mod clock;
mod demo;
mod disclose;
mod dispute;
mod draft;
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
mod now;
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
mod stats;
mod status;
mod token;
mod verify;
mod viewer;
mod views;
mod who;
mod witness;

use crate::args::{Cli, Command};
use crate::exit::Failure;
use crate::session::{
    acting, acting_identity, agency_words, ledger, passphrase, session, session_to_append, unlocked_session,
    wait,
};
use crate::{terminal, trust};
use clap::CommandFactory;

pub(crate) fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Demo(args) => demo::run(args),
        Command::Init(args) => init::run(cli, args),
        Command::Record(args) => record::run(cli, args),
        Command::Import(args) => import::run(cli, args),
        Command::Tally(args) => import::tally(cli, args),
        Command::Show(args) => show::run(cli, args),
        Command::Now(args) => now::run(cli, args),
        Command::Ls(args) => now::ls(cli, args),
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
        Command::New(args) => draft::new(args),
        Command::Draft(args) => draft::run(args),
        Command::Schema(args) => draft::schema(args),
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
