//! The figures of Onus, by one command.
//!
//! Every row has a name, a value, the bound that it must hold and, where there is one, the same work done
//! by SQLite in the same run. A row that misses its bound is printed like any other: this program measures,
//! it does not judge.
//!
//! # Promises
//! * Nothing is measured in a debug build, nor in memory instead of on a disk.
//! * What a row includes stands in its note.
//!
//! # Start reading at
//! `bounds` (what is asked), `rows` (how it is measured), `workload` (on what).

mod args;
mod bounds;
mod child;
mod conditions;
mod dispatches;
mod large;
mod output;
mod pipeline;
mod rows;
mod scratch;
mod sqlite;
mod sqlite_terms;
mod stand;
mod statistics;
mod workload;

use anyhow::{Context as _, bail};
use args::{Arguments, Task};
use clap::Parser as _;
use conditions::Conditions;
use scratch::Scratch;
use std::process::ExitCode;

/// Entries, rows and terms are millions of small pieces of memory, made on one thread and let go on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            output::say(&format_args!("onus-bench: {e:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        bail!("a debug build measures nothing of interest; run it with --release");
    }
    if let Some(Task::Child(child)) = &arguments.task {
        return child::run(child);
    }
    std::fs::create_dir_all(&arguments.dir).with_context(|| format!("{}", arguments.dir.display()))?;
    let file_system = conditions::file_system(&arguments.dir)?;
    if file_system.is_memory() {
        bail!(
            "{} is a {file_system}: the rows need a real disk; name one with --dir",
            arguments.dir.display()
        );
    }
    let scratch = Scratch::create(&arguments.dir)?;
    let conditions = Conditions::observe(file_system, &scratch)?;
    let rows = rows::measure(&scratch, arguments)?;
    output::results(&conditions, &rows, arguments.json)
}
