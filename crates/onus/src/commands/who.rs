//! `onus who`: who held a facet at an instant, since when, on which entry, and who disagrees.

use super::vantage::{agency, asked, within_knowledge};
use super::{format, history_failure};
use crate::args::{Cli, Format, WhoArgs};
use crate::exit::{Cause, Failure};
use crate::render::who::{Answer, write_csv, write_json, write_words};
use crate::terminal;
use onus_query::holding::{holding, policies_for};

pub(crate) fn run(cli: &Cli, args: &WhoArgs) -> Result<(), Failure> {
    let asked = asked(cli, &args.incident)?;
    // Entries after the instant asked about are part of what is known of it.
    let vantage = args.known.vantage(None);
    within_knowledge(&asked.reader, &vantage)?;
    let policies =
        policies_for(&asked.reader, &asked.history, vantage.known_by).map_err(|e| history_failure(&e))?;
    let held = holding(&asked.history, &vantage, &policies);
    let account = args.account.as_deref().map(|text| agency("--account", text, &held)).transpose()?;
    let answer = Answer {
        incident: asked.history.incident(),
        facet: args.facet,
        at: args.at,
        vantage,
        account: account.as_ref(),
        held: &held,
    };
    terminal::data(|out| match format(args.format) {
        Format::Table => write_words(out, &answer),
        Format::Json => write_json(out, &answer),
        Format::Csv => write_csv(out, &answer),
    })?;
    if asked.damaged { Err(Failure::told(Cause::Found)) } else { Ok(()) }
}
