//! The command line of Onus: parse, call, render.
//!
//! Data goes to standard output, words to standard error, and how it ended is the exit code
//! (`docs/architecture.md`). No rule of the domain is here, and nothing here can open sealed text: that is
//! `onus_ledger`'s `reveal`.

mod args;
mod commands;
mod exit;
mod new_file;
mod output;
mod progress;
mod questions;
mod rejects_file;
mod render;
mod session;
mod terminal;
mod trust;
mod witnesses;

use clap::Parser;
use std::process::ExitCode;

/// Entries, rows and terms are millions of small pieces of memory, allocated on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    terminal::no_core_dumps();
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return terminal::usage(&error),
    };
    match commands::run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::say(&failure);
            failure.cause.code()
        }
    }
}
