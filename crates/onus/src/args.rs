//! What can be typed. Words and shapes only: nothing is opened or decided here.

pub(crate) mod access;
mod clock;
mod command;
mod demo;
pub(crate) mod disclose;
mod dispute;
pub(crate) mod draft;
pub(crate) mod erase;
mod evidence;
pub(crate) mod export;
mod find;
pub(crate) mod flags;
mod format;
pub(crate) mod handover;
pub(crate) mod hold;
mod import;
mod index;
mod init;
pub(crate) mod now;
pub(crate) mod policy;
mod proof;
mod record;
mod report;
pub(crate) mod restrict;
pub(crate) mod retention;
pub(crate) mod sample;
mod scrub;
mod seal;
mod show;
mod status;
mod token;
pub(crate) mod values;
mod vantage;
mod verify;
mod viewer;
mod views;
mod who;
mod witness;

pub(crate) use clock::ClockCommand;
pub(crate) use command::Command;
pub(crate) use demo::DemoArgs;
pub(crate) use dispute::DisputeArgs;
pub(crate) use evidence::EvidenceArgs;
pub(crate) use find::FindArgs;
pub(crate) use format::{Format, FormatArgs, TableArgs};
pub(crate) use import::{ImportArgs, RowsArgs, TallyArgs};
pub(crate) use index::{IndexCommand, IndexVerifyArgs};
pub(crate) use init::InitArgs;
pub(crate) use proof::{CheckArgs, KeyCommand, Provable, ProveArgs, TrustArgs};
pub(crate) use record::{Receipts, RecordArgs};
pub(crate) use report::ReportArgs;
pub(crate) use sample::SampleArgs;
pub(crate) use scrub::ScrubArgs;
pub(crate) use seal::SealCommand;
pub(crate) use show::ShowArgs;
pub(crate) use token::TokenArgs;
pub(crate) use vantage::{KnownArgs, instant};
pub(crate) use verify::VerifyArgs;
pub(crate) use viewer::ViewerArgs;
pub(crate) use views::ViewsCommand;
pub(crate) use who::WhoArgs;
pub(crate) use witness::{CheckpointArgs, HeartbeatArgs, WitnessCommand, WitnessesArgs};

use clap::Parser;
use onus_ledger::Identity;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the check found something (tampering, damage, a failed proof)
  2  usage: the command line is not understood
  3  input refused
  4  environment: I/O, lock, full disk
  5  conflict: expected version not met, event id reused
Of several causes the first of 4, 5, 3 counts.";

/// Who held the onus, when, on what grounds, and the proof.
#[derive(Debug, Parser)]
#[command(name = "onus", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    /// The ledger's directory
    #[arg(
        short = 'l',
        long = "ledger",
        env = "ONUS_LEDGER",
        default_value = "./ledger",
        global = true,
        value_name = "DIR"
    )]
    pub(crate) ledger: PathBuf,

    /// Who asks: agency, agency/role or agency/role/token; profiles.toml says which account may say so
    #[arg(long = "as", env = "ONUS_AS", global = true, value_name = "IDENTITY", value_parser = values::identity)]
    pub(crate) identity: Option<Identity>,

    /// Seconds to wait for another process that is appending
    #[arg(long, default_value_t = 5.0, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: f64,

    #[command(subcommand)]
    pub(crate) command: Command,
}

fn seconds(text: &str) -> Result<f64, String> {
    const WAIT_SECONDS_MAX: f64 = 86_400.0;
    text.parse()
        .ok()
        .filter(|seconds: &f64| (0.0..=WAIT_SECONDS_MAX).contains(seconds))
        .ok_or_else(|| "expected seconds from 0 to 86400, such as 5 or 0.5".into())
}
