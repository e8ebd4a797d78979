//! `onus retention due`: what a schedule makes due, and why. Nothing is erased here.

use super::session;
use crate::args::Cli;
use crate::args::retention::{DueArgs, RetentionCommand};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_query::retention::RetentionRules;

pub(crate) fn run(cli: &Cli, command: &RetentionCommand) -> Result<(), Failure> {
    let RetentionCommand::Due(args) = command;
    due(cli, args)
}

fn due(cli: &Cli, args: &DueArgs) -> Result<(), Failure> {
    let path = args.rules.display();
    let text = std::fs::read_to_string(&args.rules)
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read {path}: {e}")))?;
    let rules = RetentionRules::parse(&text)
        .map_err(|e| Failure::new(Cause::Refused, format_args!("{path}: {e}")))?;
    let answer = session(cli).retention_due(&rules, args.at)?;
    terminal::notes(&answer.notes);
    output::rows(args.format, &answer.due)?;
    terminal::say(&format_args!(
        "{} of {} incidents are past their period on {} by schedule {}; {} old enough for its shortest period fit no rule. \
         Nothing was erased.",
        answer.due.len(),
        answer.incidents,
        answer.on.british(),
        answer.schedule,
        answer.without_rule
    ));
    Ok(())
}
