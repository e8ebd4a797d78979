//! `onus status`: how the ledger is.

use super::session;
use crate::args::{Cli, TableArgs};
use crate::exit::{Cause, Failure};
use crate::output;
use onus_service::sentences;

pub(crate) fn run(cli: &Cli, args: &TableArgs) -> Result<(), Failure> {
    let status = session(cli).status()?;
    output::one(args.format, &status, |out| {
        sentences::status(&status).iter().try_for_each(|line| writeln!(out, "{line}"))
    })?;
    if status.good { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
}
