//! `onus restrict`, `onus lift`, `onus restrictions`: text that opens for named purposes only.

use super::{acting, session};
use crate::args::Cli;
use crate::args::hold::StandingArgs;
use crate::args::restrict::{LiftArgs, RestrictArgs};
use crate::exit::Failure;
use crate::{output, terminal};
use onus_core::code::Code;
use onus_ledger::{LiftRequest, RestrictionRequest};

pub(crate) fn restrict(cli: &Cli, args: &RestrictArgs) -> Result<(), Failure> {
    let done = acting(cli, "a restriction")?.restrict(&RestrictionRequest {
        incident: &args.incident,
        entries: &args.entries,
        purposes: &args.purposes,
        basis: args.basis.clone(),
        authorised_by: &args.authorised_by,
    })?;
    let allowed: Vec<&str> = args.purposes.iter().map(Code::as_str).collect();
    let for_what = if allowed.is_empty() { "no purpose".to_owned() } else { allowed.join(", ") };
    terminal::recorded(&done, &format!("texts open for {for_what} until this entry is lifted"));
    Ok(())
}

pub(crate) fn lift(cli: &Cli, args: &LiftArgs) -> Result<(), Failure> {
    let done = acting(cli, "lifting a restriction")?.lift(&LiftRequest {
        incident: &args.incident,
        restriction: args.restriction,
        basis: args.basis.clone(),
        authorised_by: &args.authorised_by,
    })?;
    terminal::recorded(&done, "the restriction is lifted; others may be in force");
    Ok(())
}

pub(crate) fn list(cli: &Cli, args: &StandingArgs) -> Result<(), Failure> {
    output::rows(args.format, &session(cli).restrictions(args.incident.as_ref())?)
}
