//! `onus dispute`: what both sides say, what only one does, what was known when.

use super::format;
use super::vantage::{asked, within_knowledge};
use crate::args::{Cli, DisputeArgs, Format};
use crate::exit::{Cause, Failure, chain};
use crate::render::dispute::{Laid, write_csv, write_json, write_words};
use crate::terminal;
use onus_query::dispute::{Question, dispute, questions};
use onus_query::holding::holding;
use onus_query::policy::Policies;

pub(crate) fn run(cli: &Cli, args: &DisputeArgs) -> Result<(), Failure> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && to <= from
    {
        let problem = format_args!("--to {} is not after --from {}", to.rfc3339(), from.rfc3339());
        return Err(Failure::new(Cause::Usage, problem).hint("give a period that ends after it starts"));
    }
    let asked = asked(cli, &args.incident)?;
    let vantage = args.known.vantage(None);
    within_knowledge(&asked.reader, &vantage)?;
    let history = &asked.history;
    let policies = Policies::read(&asked.reader, vantage.known_by).map_err(|e| {
        Failure::new(Cause::Found, chain(&e)).hint("run `onus verify` for the first bad place")
    })?;
    let held = holding(history, &vantage, &policies);
    let questions = match (args.facet, args.from) {
        (Some(facet), Some(from)) => vec![Question { facet, from, to: args.to }],
        (facet, _) => questions(history, &vantage, &held)
            .into_iter()
            .filter(|question| facet.is_none_or(|facet| facet == question.facet))
            .collect(),
    };
    let disputes = questions
        .into_iter()
        .map(|question| {
            dispute(history, &vantage, &held, question, &|then| holding(history, then, &policies))
        })
        .map(|dispute| dispute.with_targets(history, &vantage, &policies));
    let laid = Laid { history, vantage, policies: &policies, disputes: disputes.collect() };
    terminal::data(|out| match format(args.format) {
        Format::Table => write_words(out, &laid, terminal::width()),
        Format::Json => write_json(out, &laid),
        Format::Csv => write_csv(out, &laid),
    })?;
    Ok(())
}
