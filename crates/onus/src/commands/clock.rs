//! `onus clock correct`: after a clock fault, with two names.

use super::acting;
use crate::args::{Cli, ClockCommand};
use crate::exit::Failure;
use crate::terminal;

pub(crate) fn run(cli: &Cli, command: &ClockCommand) -> Result<(), Failure> {
    let ClockCommand::Correct { second, why } = command;
    let done = acting(cli, "clock correct")?.correct_clock(second, why.clone())?;
    terminal::recorded(&done, "entries after it have this machine's time");
    Ok(())
}
