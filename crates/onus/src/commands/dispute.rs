//! `onus dispute`: what both sides say, what only one does, what was known when.

use super::{agency_words, session};
use crate::args::{Cli, DisputeArgs};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_service::DisputeQuestion;
use onus_service::write_disputes;

pub(crate) fn run(cli: &Cli, args: &DisputeArgs) -> Result<(), Failure> {
    if let (Some(from), Some(until)) = (args.from, args.until)
        && until <= from
    {
        let problem = format_args!("--until {} is not after --from {}", until.rfc3339(), from.rfc3339());
        return Err(Failure::new(Cause::Usage, problem).hint("give a period that ends after it starts"));
    }
    let session = session(cli);
    let answer = session.dispute(&DisputeQuestion {
        incident: session.incident_named(&args.incident)?,
        facet: args.facet,
        span: args.from.map(|from| (from, args.until)),
        known: args.known.known(),
    })?;
    let facts: Vec<_> = answer.facts().cloned().collect();
    let agencies = agency_words(&session, args.format)?;
    output::listed(args.format, &answer, &facts, |out| {
        write_disputes(out, &answer, &agencies, terminal::width())
    })
}
