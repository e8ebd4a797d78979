//! Figures in words: bars, rates with their intervals, hours, minutes.

use super::table;
use crate::agencies::AgencyWords;
use crate::figures::{FigureAnswer, GroupedBy, PeriodFigures, ReportAnswer, ReportPart};
use crate::quantity::Share;
use crate::row::Cell as _;
use onus_query::figures::{Measure, Metric};
use std::io::{self, Write};

const BAR_CELLS: f64 = 20.0;
const HIDDEN: &str = "hidden";

/// The figures of a report, as tables.
pub fn write_report(
    out: &mut dyn Write,
    answer: &ReportAnswer,
    agencies: &AgencyWords<'_>,
) -> io::Result<()> {
    if let Some(known_at) = answer.known_at {
        writeln!(out, "As known at {}.", known_at.0.london_alone())?;
    }
    writeln!(out, "{}", days(&answer.period))?;
    if let Some(baseline) = &answer.baseline {
        writeln!(out, "Baseline {}", days(baseline))?;
    }
    let policies = &answer.period.policies;
    let cited = if policies.is_empty() { "none".to_owned() } else { policies.join(", ") };
    writeln!(out, "Policies that decisions cite: {cited}.")?;
    let figures = answer.rows();
    for metric in Metric::ALL {
        let rows = figures.iter().filter(|figure| figure.metric.0 == *metric);
        let rows = rows.filter_map(|figure| {
            Some([vec![agencies.say(&group(figure)?).into_owned()], cells(figure)].concat())
        });
        writeln!(out, "\n{}\n{}", metric.title(), table(heads(*metric), rows))?;
        if let Some(silent) = silent(&figures, *metric) {
            writeln!(out, "{silent}")?;
        }
    }
    if answer.baseline.is_some() {
        writeln!(out, "\nAgainst the baseline, a month")?;
        match answer.against_the_baseline {
            Some(saved) => writeln!(
                out,
                "    deployments avoided  {:.1}\n    officer hours saved  {:.1}",
                saved.deployments_avoided_a_month, saved.officer_hours_saved_a_month
            )?,
            None => writeln!(out, "    {HIDDEN}")?,
        }
    }
    if let Some(assumed) = answer.period.officers_assumed.filter(|assumed| *assumed > 0) {
        writeln!(out, "\nOfficer hours of {assumed} incidents count one officer, none being stated.")?;
    }
    writeln!(out, "\n{} docs/report.md defines them; --list METRIC names the incidents.", answer.note)
}

/// How many incidents a figure excludes because of what their sources never carry.
fn silent(figures: &[FigureAnswer], metric: Metric) -> Option<String> {
    let of_all = |figure: &&FigureAnswer| {
        let is_whole = matches!((figure.period, figure.by), (ReportPart::Period, GroupedBy::All));
        is_whole && figure.metric.0 == metric
    };
    let never = figures.iter().find(of_all)?.excluded_never_carried.filter(|count| *count > 0)?;
    Some(format!("    of the excluded, {never} because their source never carries what this is made of"))
}

fn days(period: &PeriodFigures) -> String {
    let incidents = period.incidents.map_or_else(|| HIDDEN.into(), |count| count.to_string());
    format!("{} to {}: {incidents} incidents.", period.from.0.british(), period.to.0.british())
}

/// What a row is of; `None` for a group of the baseline, which has one row alone.
fn group(figure: &FigureAnswer) -> Option<String> {
    match (figure.period, figure.by) {
        (ReportPart::Baseline, GroupedBy::All) => Some(figure.period.cell()),
        (ReportPart::Baseline, _) => None,
        (ReportPart::Period, GroupedBy::All) => Some(figure.by.cell()),
        (ReportPart::Period, by) => Some(format!("{} {}", by.cell(), figure.group)),
    }
}

fn heads(metric: Metric) -> &'static [&'static str] {
    match metric.measure() {
        Measure::Share => &["", "", "rate", "95 % interval", "counted", "of", "excluded"],
        Measure::Total => &["", "", "hours", "", "incidents with any", "of", "excluded"],
        Measure::Spread => &["", "", "median, min", "90 % within, min", "counted", "of", "excluded"],
    }
}

fn cells(figure: &FigureAnswer) -> Vec<String> {
    if figure.hidden {
        return vec![String::new(), HIDDEN.into()];
    }
    let (value, beside) = match figure.metric.0.measure() {
        Measure::Share => {
            let interval = figure.wilson_low.zip(figure.wilson_high);
            let interval = interval.map(|(low, high)| format!("{} to {}", low.shown(), high.shown()));
            (figure.rate.shown(), interval.unwrap_or_default())
        }
        Measure::Total => (figure.hours.shown(), String::new()),
        Measure::Spread => (figure.median_minutes.shown(), figure.p90_minutes.shown()),
    };
    let counts = [figure.numerator, figure.denominator, figure.excluded].map(|count| count.shown());
    [vec![figure.rate.map(bar).unwrap_or_default(), value, beside], counts.to_vec()].concat()
}

fn bar(Share(share): Share) -> String {
    let mut bar = String::new();
    let mut filled = 0.5;
    while filled < BAR_CELLS {
        bar.push(if filled <= share * BAR_CELLS { '█' } else { '·' });
        filled += 1.0;
    }
    bar
}
