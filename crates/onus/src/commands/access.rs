//! `onus access`: what the access ledger says, and whether it fits the ledger.

use super::{acting_identity, session, unlocked_session};
use crate::args::access::{AccessCommand, FindArgs, ReportArgs, Span};
use crate::args::{Cli, TableArgs};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_ledger::AccessFilter;
use onus_service::{AccessCheck, ReasonsRequest, sentences};
use std::io::{self, Write};

pub(crate) fn run(cli: &Cli, command: &AccessCommand) -> Result<(), Failure> {
    match command {
        AccessCommand::Find(args) => find(cli, args),
        AccessCommand::Report(args) => report(cli, args),
        AccessCommand::Verify(args) => verify(cli, args),
    }
}

fn find(cli: &Cli, args: &FindArgs) -> Result<(), Failure> {
    ordered(&args.span)?;
    let session = if args.reasons {
        acting_identity(cli, "--reasons")?;
        unlocked_session(cli)?
    } else {
        session(cli)
    };
    let reasons =
        args.why.as_ref().map(|why| ReasonsRequest { why: why.clone(), purpose: args.what_for.clone() });
    output::rows(args.format, &session.access_lines(&filter(args), reasons.as_ref())?)
}

fn filter(args: &FindArgs) -> AccessFilter {
    AccessFilter {
        incident: args.incident.clone(),
        entry: args.entry,
        who: args.by.clone(),
        account: args.account.clone(),
        kind: args.event,
        what_for: args.what_for.clone(),
        label: args.label.map(Into::into),
        from: args.span.from,
        until: args.span.until,
    }
}

/// A period that ends before it starts is a slip of the keyboard.
fn ordered(span: &Span) -> Result<(), Failure> {
    let (Some(from), Some(until)) = (span.from, span.until) else { return Ok(()) };
    if from <= until {
        return Ok(());
    }
    let problem = format_args!(
        "the period ends before it starts: --from is {}, --until is {}",
        from.london_alone(),
        until.london_alone()
    );
    Err(Failure::new(Cause::Usage, problem).hint("give --from a day or time no later than --until"))
}

fn report(cli: &Cli, args: &ReportArgs) -> Result<(), Failure> {
    ordered(&args.span)?;
    let filter = AccessFilter { from: args.span.from, until: args.span.until, ..AccessFilter::default() };
    output::rows(args.format, &session(cli).access_report(&filter)?)
}

fn verify(cli: &Cli, args: &TableArgs) -> Result<(), Failure> {
    let bar = terminal::bytes_bar();
    let check = session(cli).check_access(&|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    output::one(args.format, &check, |out| words(out, &check))?;
    if check.sound && check.fits_the_ledger { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
}

fn words(out: &mut dyn Write, check: &AccessCheck) -> io::Result<()> {
    output::lines(out, &sentences::log_verdict(&(&check.verdict).into()))?;
    writeln!(out, "\n{} lines compared with the ledger.", check.lines)?;
    for mismatch in &check.mismatches {
        writeln!(out, "  {mismatch}")?;
    }
    for line in &check.not_carried_out {
        writeln!(out, "  note: line {line} asks for an erasure that was not carried out")?;
    }
    for file in &check.changeable_by_this_account {
        writeln!(out, "  note: this account can change {file}, and so what it is allowed")?;
    }
    Ok(())
}
