//! What may be asked on the command line.

use crate::bounds::Name;
use clap::{Args, Parser, Subcommand};
use onus_core::ids::Incident;
use std::path::PathBuf;

/// Measures Onus and prints one row a figure, with its bound and what SQLite does of the same.
#[derive(Debug, Parser)]
#[command(name = "onus-bench", version, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    /// Entries of the large ledger on which reading, verifying and opening are measured.
    #[arg(long, value_name = "N", default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(100_000..))]
    pub(crate) events: u64,

    /// Measure these rows alone.
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_enum)]
    pub(crate) only: Vec<Name>,

    /// A folder on the disk to be measured. The rows at 10 million entries take about 5 GB there for a
    /// while; everything is removed at the end.
    #[arg(long, value_name = "D", default_value = "target/onus-bench")]
    pub(crate) dir: PathBuf,

    /// Print a JSON array of rows instead of a table.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) task: Option<Task>,
}

/// What a process of its own is needed for.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Not for people: the program starts itself with this.
    #[command(subcommand, hide = true)]
    Child(Child),
}

/// What a child does.
#[derive(Debug, Subcommand)]
pub(crate) enum Child {
    /// Makes a ledger, appends so many events in commits of 8,192, closes it, and prints what that took.
    Build {
        #[command(flatten)]
        at: At,
        /// How many events.
        #[arg(long)]
        events: u64,
    },
    /// Makes a ledger to be flagged: the same events as an import brings them, after the policy that they cite.
    BuildFlagged {
        #[command(flatten)]
        at: At,
        /// How many events.
        #[arg(long)]
        events: u64,
    },
    /// Exports a ledger once, and prints what that took.
    Export {
        #[command(flatten)]
        at: At,
        #[arg(long)]
        format: String,
        #[arg(long)]
        folder: PathBuf,
    },
    /// Flags a ledger some times over, and prints what that took.
    Flags {
        #[command(flatten)]
        at: At,
        /// How often.
        #[arg(long)]
        rounds: usize,
    },
    /// Builds a ledger of one incident of so many events.
    BuildOneIncident {
        #[command(flatten)]
        at: At,
        /// How many.
        #[arg(long)]
        events: u64,
    },
    /// Shows and flags the one incident of a ledger, and prints what that took.
    OneIncident {
        #[command(flatten)]
        at: At,
    },
    /// Appends in commits of 8,192 until it is killed; prints a line once the first is durable.
    Endless {
        #[command(flatten)]
        at: At,
    },
    /// Counts, pages, reads incidents, makes every index file anew, and prints what that took.
    Ask {
        #[command(flatten)]
        at: At,
        /// Which incidents.
        #[arg(long, value_delimiter = ',', value_parser = incident)]
        incidents: Vec<Incident>,
    },
    /// Finds and reads one incident, and prints how many entries it has.
    Show {
        #[command(flatten)]
        at: At,
        /// Which.
        #[arg(long, value_parser = incident)]
        incident: Incident,
    },
}

/// Where the ledger is.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// Its directory.
    #[arg(long)]
    pub(crate) ledger: PathBuf,
}

impl Arguments {
    /// Whether a row was asked for.
    pub(crate) fn wants(&self, name: Name) -> bool {
        self.only.is_empty() || self.only.contains(&name)
    }
}

fn incident(text: &str) -> Result<Incident, &'static str> {
    Incident::parse(text).ok_or("expected owner/date/number")
}
