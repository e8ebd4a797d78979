//! `onus flags`: what an auditor would look at. Indicators, not findings.

use super::{agency_words, session};
use crate::args::flags::FlagsArgs;
use crate::args::{Cli, FormatArgs};

use crate::exit::{Cause, Failure};
use crate::output;
use crate::render::flags::Findings;
use crate::render::rule::{write_reasons, write_rule};
use crate::terminal;
use onus_query::flags::rule;
use onus_service::{FlagRule, FlagsQuestion, IncidentError, Session};

pub(crate) fn run(cli: &Cli, args: &FlagsArgs) -> Result<(), Failure> {
    if let (Some(rule), Some(name)) = (args.explain.and_then(rule), &args.why_silent) {
        let session = session(cli);
        let incident = session.incident_named(name)?;
        let answer = session.why_silent(rule, &incident, args.as_of, args.known.known())?;
        let agencies = agency_words(&session, args.format)?;
        return output::listed(args.format, &answer, &answer.reasons, |out| {
            write_reasons(out, &answer, &agencies)
        });
    }
    if let Some(rule) = args.explain.and_then(rule) {
        let answer = FlagRule::from(rule);
        return output::one(args.format, &answer, |out| write_rule(out, &answer));
    }
    if let (Some(from), Some(until)) = (args.from, args.until)
        && from > until
    {
        let problem = format_args!(
            "the period ends before it starts: --from is {}, --until is {}",
            from.london_alone(),
            until.london_alone()
        );
        return Err(
            Failure::new(Cause::Usage, problem).hint("give --from a day or time no later than --until")
        );
    }
    let session = session(cli);
    let question = FlagsQuestion {
        incident: args.incident.as_ref().map(|name| session.incident_named(name)).transpose()?,
        codes: args.code.clone(),
        severities: args.severity.clone(),
        agency: args.agency.clone(),
        account: args.account.clone(),
        from: args.from,
        until: args.until,
        as_of: args.as_of,
        known: args.known.known(),
    };
    written(&session, &question, args.format)
}

fn written(session: &Session, question: &FlagsQuestion, format: FormatArgs) -> Result<(), Failure> {
    let agencies = agency_words(session, format)?;
    let mut failed: Option<IncidentError> = None;
    terminal::data(|out| {
        let mut written = Findings::begin(out, &agencies, format.chosen())?;
        let mut outcome = Ok(());
        let judged = session.each_flag(question, |flag| {
            if outcome.is_ok() {
                outcome = written.put(&flag);
            }
        });
        outcome?;
        match judged {
            Ok(judged) => written.finish(judged.incidents, judged.as_of),
            Err(e) => {
                failed = Some(e);
                Ok(())
            }
        }
    })?;
    failed.map_or(Ok(()), |e| Err(e.into()))
}
