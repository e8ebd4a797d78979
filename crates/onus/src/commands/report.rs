//! `onus report`: the figures of a period, and the incidents behind each.

use super::{agency_words, session};
use crate::args::{Cli, ReportArgs};
use crate::exit::{Cause, Failure};
use crate::questions::period;
use crate::render::{coverage, figures};
use crate::{output, terminal};
use onus_query::figures::Days;
use onus_service::sentences::write_report;
use onus_service::{ReportListQuestion, ReportQuestion};

pub(crate) fn run(cli: &Cli, args: &ReportArgs) -> Result<(), Failure> {
    let days = args.from.zip(args.until);
    let asked = days.map(|(from, to)| period(("--from", from), ("--until", to))).transpose()?;
    if args.coverage {
        return covered(cli, args, asked);
    }
    let Some(asked) = asked else {
        return Err(Failure::new(Cause::Usage, "expected --from and --until, or --coverage"));
    };
    let session = session(cli);
    let (agency, known) = (args.agency.clone(), args.known.known());
    if let Some(metric) = args.list {
        let answer = session.report_list(&ReportListQuestion { metric, period: asked, agency, known })?;
        return output::listed(args.format, &answer, &answer.incidents, |out| {
            figures::write_list(out, &answer)
        });
    }
    let baseline = args.baseline_from.zip(args.baseline_until);
    let baseline = baseline.map(|(from, to)| period(("--baseline-from", from), ("--baseline-until", to)));
    let answer = session.report(&ReportQuestion {
        period: asked,
        baseline: baseline.transpose()?,
        agency,
        suppress: args.suppress,
        known,
        from_log: args.from_log,
    })?;
    let agencies = agency_words(&session, args.format)?;
    output::listed(args.format, &answer, &answer.rows(), |out| write_report(out, &answer, &agencies))
}

/// What each source says it sent beside what was recorded, of the tallies whose days lie in the period.
fn covered(cli: &Cli, args: &ReportArgs, asked: Option<Days>) -> Result<(), Failure> {
    let answer = session(cli).coverage(asked)?;
    if answer.is_empty() {
        terminal::note(
            "no control totals are recorded for this; `onus tally FILE` records what a source says it sent",
        );
    }
    output::listed(args.format, &answer, &answer, |out| coverage::write(out, &answer))
}
