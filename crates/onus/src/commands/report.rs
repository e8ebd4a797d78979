//! `onus report`: the figures of a period, and the incidents behind each.

use super::tell_notes;
use super::vantage::within_knowledge;
use super::verify::threads;
use super::views::{boot, tell_opened};
use super::{format, history_failure, ledger, open_failure};
use crate::args::{Cli, ReportArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::figures::{Shown, write, write_list};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::entry::EntryHead;
use onus_core::history::Vantage;
use onus_core::ids::AgencyId;
use onus_core::time::{LocalDate, Timestamp};
use onus_ledger::Ledger;
use onus_query::figures::{Incidents, Period, Report, Row, Saved, gather, report_of_sums};
use onus_query::views::{DaysSummed, Views};
use onus_store::Reader;
use std::collections::BTreeMap;

/// Agencies that are named where the one asked for numbered no incident.
const AGENCIES_TOLD_MAX: usize = 8;

pub(crate) fn run(cli: &Cli, args: &ReportArgs) -> Result<(), Failure> {
    let asked = match (args.from, args.to) {
        (Some(from), Some(to)) => Some(period("--from", from, "--to", to)?),
        _ => None,
    };
    if args.coverage {
        return coverage(cli, args, asked);
    }
    let Some(period) = asked else {
        return Err(Failure::new(Cause::Usage, "expected --from and --to, or --coverage"));
    };
    let baseline = match (args.baseline_from, args.baseline_to) {
        (Some(from), Some(to)) => Some(self::period("--baseline-from", from, "--baseline-to", to)?),
        _ => None,
    };
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    tell_notes(&reader);
    within_knowledge(&reader, &args.known.vantage(None))?;
    let periods: Vec<Period> = std::iter::once(period).chain(baseline).collect();
    let known = Known::read(&ledger, &reader, &periods, args)?;
    if let Some(agency) = &args.agency
        && !known.owners().contains_key(agency)
    {
        return Err(Failure::new(Cause::Refused, format_args!("no incident here was numbered by {agency}"))
            .hint(told(known.owners())));
    }
    let owner = args.agency.as_ref();
    terminal::data(|out| {
        if let (Some(metric), Known::Rows(incidents, _)) = (args.list, &known) {
            return write_list(out, format(args.format), metric, incidents.listed(period, metric, owner));
        }
        let report = known.report(period, owner);
        let baseline = baseline.map(|baseline| known.report(baseline, owner));
        let saved = baseline.as_ref().map(|baseline| Saved::against(baseline, &report));
        let shown = Shown {
            report,
            baseline,
            saved,
            suppress: args.suppress,
            ledger_size: reader.size(),
            vantage: args.known.vantage(None),
        };
        write(out, format(args.format), &shown)
    })?;
    Ok(())
}

/// What each source says it sent beside what was recorded, of the tallies whose days lie in the period asked for.
fn coverage(cli: &Cli, args: &ReportArgs, asked: Option<Period>) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    tell_notes(&reader);
    let bar = terminal::entries_bar(reader.size());
    let covered = onus_query::coverage::coverage(&reader, &|done| bar.set_position(done));
    let mut covered = covered.map_err(|e| Failure::new(Cause::Found, chain(&e)))?;
    bar.finish_and_clear();
    if let Some(period) = asked {
        covered.retain(|tally| period.from <= tally.from && tally.to <= period.to);
    }
    if covered.is_empty() {
        terminal::say(
            &"onus: no control totals are recorded for this; `onus tally FILE` records what a source says it sent",
        );
    }
    terminal::data(|out| crate::render::coverage::write(out, format(args.format), &covered))?;
    Ok(())
}

pub(super) fn period(
    from_name: &str,
    from: LocalDate,
    to_name: &str,
    to: LocalDate,
) -> Result<Period, Failure> {
    Period::new(from, to).ok_or_else(|| {
        Failure::new(Cause::Usage, format_args!("{to_name}: {to} lies before {from_name}, {from}"))
            .hint("both days are included; name the same day twice for one day")
    })
}

/// Every incident's row: from the views where there are any and the log is not asked for, else from the log.
pub(super) fn rows(ledger: &Ledger, reader: &Reader, from_log: bool) -> Result<Vec<Row>, Failure> {
    let bar = terminal::entries_bar(reader.size());
    let progress = |done| bar.set_position(done);
    if !from_log && Views::exist(ledger.dir()) {
        let kept = Views::open(ledger.dir(), reader, &boot(), &progress)
            .and_then(|(views, opened)| Ok((views.rows()?, opened)));
        match kept {
            Ok((rows, opened)) => {
                bar.finish_and_clear();
                tell_opened(&opened);
                return Ok(rows);
            }
            Err(e) => terminal::say(&format_args!("onus: {}; the log is read instead", chain(&e))),
        }
    }
    let gathered =
        gather(reader, &[], &Vantage::default(), threads(), &progress).map_err(|e| history_failure(&e))?;
    bar.finish_and_clear();
    Ok(gathered.rows)
}

/// What is known of some periods.
enum Known {
    /// Every incident in reach, and how many each agency numbered.
    Rows(Incidents, BTreeMap<AgencyId, u64>),
    /// Sums by day, and up to when a span that has not ended is counted.
    Sums(DaysSummed, Timestamp),
}

impl Known {
    /// From the views where there are any and the log is not asked for, else from the log. A list of incidents is made
    /// of incidents.
    fn read(
        ledger: &Ledger,
        reader: &Reader,
        periods: &[Period],
        args: &ReportArgs,
    ) -> Result<Self, Failure> {
        let vantage = args.known.vantage(None);
        let as_of = vantage.known_at.map_or_else(|| last_recorded(reader), Ok)?;
        let bar = terminal::entries_bar(reader.size());
        let progress = |done| bar.set_position(done);
        // Views are of what is known now.
        let from_log = args.from_log || args.list.is_some() || vantage.known_at.is_some();
        if !from_log && Views::exist(ledger.dir()) {
            let kept = Views::open(ledger.dir(), reader, &boot(), &progress)
                .and_then(|(views, opened)| Ok((views.sums(periods)?, opened)));
            match kept {
                Ok((sums, opened)) => {
                    bar.finish_and_clear();
                    tell_opened(&opened);
                    return Ok(Self::Sums(sums, as_of));
                }
                Err(e) => terminal::say(&format_args!("onus: {}; the log is read instead", chain(&e))),
            }
        }
        let gathered =
            gather(reader, periods, &vantage, threads(), &progress).map_err(|e| history_failure(&e))?;
        bar.finish_and_clear();
        Ok(Self::Rows(Incidents::new(gathered.rows, as_of), gathered.owners))
    }

    fn owners(&self) -> &BTreeMap<AgencyId, u64> {
        match self {
            Self::Rows(_, owners) => owners,
            Self::Sums(sums, _) => &sums.owners,
        }
    }

    fn report(&self, period: Period, owner: Option<&AgencyId>) -> Report {
        match self {
            Self::Rows(incidents, _) => incidents.report(period, owner),
            Self::Sums(sums, as_of) => report_of_sums(&sums.sums, period, owner, *as_of),
        }
    }
}

/// The ledger's time at its last entry: up to then, and no further, a span that has not ended is counted.
pub(super) fn last_recorded(reader: &Reader) -> Result<Timestamp, Failure> {
    let Some(last) = reader.size().checked_sub(1) else { return Ok(Timestamp::MIN) };
    let entry = reader.entry(last).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    let (head, _) = EntryHead::parse(entry.bytes())
        .map_err(|e| Failure::new(Cause::Found, format_args!("entry {last}: {e}")))?;
    Ok(head.recorded_at)
}

fn told(owners: &BTreeMap<AgencyId, u64>) -> String {
    let mut counts: Vec<_> = owners.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let told: Vec<String> =
        counts.iter().take(AGENCIES_TOLD_MAX).map(|(agency, count)| format!("{agency} ({count})")).collect();
    format!("incidents are numbered by {}", told.join(", "))
}
