//! `onus retention due`: what a schedule makes due, and why. Nothing is erased here.

use super::{format, ledger, open_failure};
use crate::args::Cli;
use crate::args::retention::{DueArgs, RetentionCommand};
use crate::exit::{Cause, Failure, chain};
use crate::render::rows::write_rows;
use crate::terminal;
use onus_core::time::LocalDate;
use onus_query::incident::HistoryError;
use onus_query::retention::{Rules, Standing, review};
use serde_json::json;

const COLUMNS: [&str; 9] =
    ["incident", "standing", "due", "rule", "why", "citation", "local_choice", "restriction", "texts"];

pub(crate) fn run(cli: &Cli, command: &RetentionCommand) -> Result<(), Failure> {
    let RetentionCommand::Due(args) = command;
    due(cli, args)
}

fn due(cli: &Cli, args: &DueArgs) -> Result<(), Failure> {
    let path = args.rules.display();
    let text = std::fs::read_to_string(&args.rules)
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read {path}: {e}")))?;
    let rules = Rules::parse(&text).map_err(|e| Failure::new(Cause::Refused, format_args!("{path}: {e}")))?;
    let ledger = ledger(cli);
    let on = match &args.on {
        Some(text) => LocalDate::parse(text).map_err(|e| {
            Failure::new(Cause::Usage, format_args!("--on: expected a day such as 2030-01-01: {e}"))
        })?,
        None => ledger.machine().now().london_day(),
    };
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    super::show::tell_notes(&reader);
    let found = review(&reader, &rules, on).map_err(|e| match &e {
        HistoryError::Read(read) => Failure::new(onus_core::blame::Blamed::blame(read).into(), chain(&e)),
        _ => Failure::new(Cause::Found, chain(&e)),
    })?;
    let mut rows = Vec::new();
    for one in &found.due {
        let Some(rule) = rules.rules.get(one.rule) else { continue };
        rows.push(vec![
            json!(one.incident.to_string()),
            json!(match one.standing {
                Standing::Due => "due",
                Standing::Held => "held",
            }),
            json!(one.due.to_string()),
            json!(rule.name),
            json!(format!(
                "{} months after it was {}, {}",
                rule.period_months,
                after(rule.after.as_str()),
                one.from
            )),
            json!(rule.citation),
            json!(if rule.local_choice { "local choice" } else { "" }),
            json!(if one.restricted { "restricted" } else { "" }),
            json!(one.texts),
        ]);
    }
    terminal::data(|out| write_rows(out, format(args.format), &COLUMNS, &rows))?;
    terminal::say(&format_args!(
        "{} of {} incidents are past their period on {} by schedule {}; {} old enough for its shortest period fit no rule. \
         Nothing was erased.",
        found.due.len(),
        found.incidents,
        on.british(),
        rules.version,
        found.without_rule
    ));
    Ok(())
}

/// The day from which a period runs, in words after "it was".
fn after(spelling: &str) -> &str {
    if spelling == "last_event" { "last added to" } else { spelling }
}
