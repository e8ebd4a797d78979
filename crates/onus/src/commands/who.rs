//! `onus who`: who held a facet at an instant, since when, on which entry, and who disagrees.

use super::{agency_words, session};
use crate::args::{Cli, WhoArgs};
use crate::exit::Failure;
use crate::output;
use crate::render::who::words;
use onus_service::WhoQuestion;

pub(crate) fn run(cli: &Cli, args: &WhoArgs) -> Result<(), Failure> {
    let session = session(cli);
    let answer = session.who(&WhoQuestion {
        incident: session.incident_named(&args.incident)?,
        facet: args.facet,
        at: args.at,
        account: args.account.clone(),
        known: args.known.known(),
    })?;
    let agencies = agency_words(&session, args.format)?;
    output::one(args.format, &answer, |out| agencies.say_lines(out, |out| words(out, &answer)))
}
