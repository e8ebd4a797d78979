//! Figures as they are shown: bars and words for people, rows and objects for machines.

use crate::args::Format;
use crate::render::cells::{spreadsheet_safe, table};
use onus_core::history::Vantage;
use onus_core::time::Timestamp;
use onus_query::figures::{
    Dimension, Figure, Listed, Measure, Metric, Part, Published, Report, Saved, hours,
};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

const BAR_CELLS: f64 = 20.0;
const MINUTE_US: i64 = 60_000_000;
const INDICATOR: &str =
    "Figures are indicators, not findings: each says what was recorded, not what should have been.";

/// What is to be shown.
pub(crate) struct Shown {
    pub(crate) report: Report,
    pub(crate) baseline: Option<Report>,
    pub(crate) saved: Option<Saved>,
    pub(crate) suppress: Option<u64>,
    pub(crate) ledger_size: u64,
    /// What was known.
    pub(crate) vantage: Vantage,
}

/// One figure of a period.
struct Line<'a> {
    period: &'static str,
    published: Published<'a>,
}

impl Line<'_> {
    fn dimension(&self) -> &'static str {
        self.published.dimension.map_or("all", Dimension::as_str)
    }
}

fn lines<'a>(period: &'static str, report: &'a Report, suppress: Option<u64>) -> Vec<Line<'a>> {
    report.published(suppress).into_iter().map(|published| Line { period, published }).collect()
}

impl Shown {
    fn lines(&self) -> Vec<Line<'_>> {
        let mut all = lines("period", &self.report, self.suppress);
        if let Some(baseline) = &self.baseline {
            all.extend(lines("baseline", baseline, self.suppress));
        }
        all
    }

    fn saved(&self) -> Option<Saved> {
        self.saved?.published([&self.report, self.baseline.as_ref()?], self.suppress)
    }

    fn incidents(&self, report: &Report) -> Option<u64> {
        report.published_incidents(self.suppress)
    }
}

/// How many figures are hidden, of how many.
pub(crate) fn hidden_lines(shown: &Shown) -> (usize, usize) {
    let lines = shown.lines();
    (lines.iter().filter(|line| line.published.figure.is_none()).count(), lines.len())
}

pub(crate) fn write(out: &mut dyn Write, format: Format, shown: &Shown) -> io::Result<()> {
    match format {
        Format::Table => write_table(out, shown),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &to_json(shown))?;
            writeln!(out)
        }
        Format::Csv => write_csv(out, shown),
    }
}

fn count(count: Option<u64>) -> String {
    count.map_or_else(|| "hidden".into(), |count| count.to_string())
}

fn write_table(out: &mut dyn Write, shown: &Shown) -> io::Result<()> {
    let report = &shown.report;
    let (from, to) = (report.period.from.british(), report.period.to.british());
    if let Some(known_at) = shown.vantage.known_at {
        writeln!(out, "As known at {}.", known_at.london_to_the_second())?;
    }
    writeln!(out, "{from} to {to}: {} incidents.", count(shown.incidents(report)))?;
    if let Some(baseline) = &shown.baseline {
        let (from, to) = (baseline.period.from.british(), baseline.period.to.british());
        writeln!(out, "Baseline {from} to {to}: {} incidents.", count(shown.incidents(baseline)))?;
    }
    let policies: Vec<&str> = report.policies.iter().map(String::as_str).collect();
    let cited = if policies.is_empty() { "none".to_owned() } else { policies.join(", ") };
    writeln!(out, "Policies that decisions cite: {cited}.")?;
    let lines = shown.lines();
    for metric in Metric::ALL {
        writeln!(out, "\n{}", metric.title())?;
        let rows =
            lines.iter().filter(|line| line.published.metric == *metric && !is_empty(line)).map(|line| {
                let group = match (line.period, line.dimension()) {
                    ("baseline", "all") => "baseline".to_owned(),
                    (_, "all") => "all".to_owned(),
                    ("baseline", _) => return Vec::new(),
                    (_, dimension) => format!("{dimension} {}", line.published.group),
                };
                [vec![group], figure_cells(*metric, line.published.figure)].concat()
            });
        let heads: &[&str] = match metric.measure() {
            Measure::Share => &["", "", "rate", "95 % interval", "counted", "of", "excluded"],
            Measure::Total => &["", "", "hours", "", "incidents with any", "of", "excluded"],
            Measure::Spread => &["", "", "median, min", "90 % within, min", "counted", "of", "excluded"],
        };
        writeln!(out, "{}", table(heads, rows.filter(|row| !row.is_empty())))?;
    }
    if shown.saved.is_some() {
        writeln!(out, "\nAgainst the baseline, a month")?;
        match shown.saved() {
            Some(saved) => writeln!(
                out,
                "    deployments avoided  {:.1}\n    officer hours saved  {:.1}",
                saved.deployments_a_month, saved.officer_hours_a_month
            )?,
            None => writeln!(out, "    hidden")?,
        }
    }
    if shown.suppress.is_none() && report.officers_assumed > 0 {
        writeln!(
            out,
            "\nOfficer hours of {} incidents count one officer, none being stated.",
            report.officers_assumed
        )?;
    }
    writeln!(out, "\n{INDICATOR} docs/report.md defines them; --list METRIC names the incidents.")
}

fn is_empty(line: &Line<'_>) -> bool {
    line.published.dimension.is_some()
        && line.published.figure.is_some_and(|figure| figure.of == 0 && figure.excluded == 0)
}

fn figure_cells(metric: Metric, figure: Option<&Figure>) -> Vec<String> {
    let Some(figure) = figure else { return vec![String::new(), "hidden".into()] };
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let minutes = |us: Option<i64>| us.map(minutes).unwrap_or_default();
    let (bar, value, beside) = match metric.measure() {
        Measure::Share => (
            figure.rate().map(bar).unwrap_or_default(),
            figure.rate().map(percent).unwrap_or_default(),
            figure
                .wilson()
                .map(|(low, high)| format!("{} to {}", percent(low), percent(high)))
                .unwrap_or_default(),
        ),
        Measure::Total => (String::new(), format!("{:.1}", hours(figure.total_us)), String::new()),
        Measure::Spread => {
            (String::new(), minutes(figure.percentile_us(50)), minutes(figure.percentile_us(90)))
        }
    };
    vec![bar, value, beside, figure.hits.to_string(), figure.of.to_string(), figure.excluded.to_string()]
}

/// Minutes with one decimal, rounded half up.
fn minutes(us: i64) -> String {
    let tenths = (us + MINUTE_US / 20).div_euclid(MINUTE_US / 10);
    format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10)
}

fn bar(share: f64) -> String {
    let mut bar = String::new();
    let mut filled = 0.5;
    while filled < BAR_CELLS {
        bar.push(if filled <= share * BAR_CELLS { '█' } else { '·' });
        filled += 1.0;
    }
    bar
}

fn to_json(shown: &Shown) -> Value {
    let period = |name: &'static str, report: &Report| {
        let figures: Vec<Value> = lines(name, report, shown.suppress)
            .into_iter()
            .filter(|line| !is_empty(line))
            .map(|line| line_json(&line))
            .collect();
        json!({
            "from": report.period.from.to_string(), "to": report.period.to.to_string(),
            "incidents": shown.incidents(report),
            "policies": report.policies,
            "officers_assumed": if shown.suppress.is_some() { Value::Null } else { json!(report.officers_assumed) },
            "figures": figures,
        })
    };
    let definitions: Map<String, Value> = Metric::ALL
        .iter()
        .map(|metric| {
            let says = json!({
                "title": metric.title(), "numerator": metric.numerator(), "denominator": metric.denominator(),
                "excluded": metric.excluded(),
            });
            (metric.as_str().to_owned(), says)
        })
        .collect();
    json!({
        "ledger_size": shown.ledger_size,
        "known_at": shown.vantage.known_at.map(Timestamp::utc),
        "suppressed_below": shown.suppress,
        "period": period("period", &shown.report),
        "baseline": shown.baseline.as_ref().map(|baseline| period("baseline", baseline)),
        "against_the_baseline": shown.saved().map(|saved| json!({
            "deployments_avoided_a_month": saved.deployments_a_month,
            "officer_hours_saved_a_month": saved.officer_hours_a_month,
        })),
        "definitions": definitions,
        "note": INDICATOR,
    })
}

fn line_json(line: &Line<'_>) -> Value {
    let mut value = json!({ "metric": line.published.metric.as_str(), "by": line.dimension(), "group": line.published.group });
    let Some(object) = value.as_object_mut() else { return value };
    let Some(figure) = line.published.figure else {
        object.insert("hidden".into(), json!(true));
        return value;
    };
    object.insert("numerator".into(), json!(figure.hits));
    object.insert("denominator".into(), json!(figure.of));
    object.insert("excluded".into(), json!(figure.excluded));
    match line.published.metric.measure() {
        Measure::Share => {
            object.insert("rate".into(), json!(figure.rate()));
            object.insert("wilson_95".into(), json!(figure.wilson().map(|(low, high)| [low, high])));
        }
        Measure::Total => {
            object.insert("hours".into(), json!(hours(figure.total_us)));
        }
        Measure::Spread => {
            object.insert("median_minutes".into(), json!(figure.percentile_us(50).map(minutes_exact)));
            object.insert("p90_minutes".into(), json!(figure.percentile_us(90).map(minutes_exact)));
        }
    }
    value
}

fn minutes_exact(us: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "whole below 2^53 microseconds, 285 years"
    )]
    {
        us as f64 / 60_000_000.0
    }
}

fn write_csv(out: &mut dyn Write, shown: &Shown) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "period",
        "metric",
        "by",
        "group",
        "numerator",
        "denominator",
        "excluded",
        "rate",
        "wilson_low",
        "wilson_high",
        "hours",
        "median_minutes",
        "p90_minutes",
        "hidden",
    ])?;
    for line in shown.lines().iter().filter(|line| !is_empty(line)) {
        let figure = line.published.figure;
        let measure = line.published.metric.measure();
        let cell = |is: bool, text: Option<String>| if is { text.unwrap_or_default() } else { String::new() };
        let share = measure == Measure::Share;
        let spread = measure == Measure::Spread;
        let wilson = figure.and_then(Figure::wilson);
        let percentile = |percent| figure.and_then(|figure| figure.percentile_us(percent)).map(minutes);
        csv.write_record([
            line.period.to_owned(),
            line.published.metric.as_str().to_owned(),
            line.dimension().to_owned(),
            spreadsheet_safe(line.published.group),
            cell(true, figure.map(|figure| figure.hits.to_string())),
            cell(true, figure.map(|figure| figure.of.to_string())),
            cell(true, figure.map(|figure| figure.excluded.to_string())),
            cell(share, figure.and_then(Figure::rate).map(|rate| format!("{rate:.6}"))),
            cell(share, wilson.map(|(low, _)| format!("{low:.6}"))),
            cell(share, wilson.map(|(_, high)| format!("{high:.6}"))),
            cell(measure == Measure::Total, figure.map(|figure| format!("{:.3}", hours(figure.total_us)))),
            cell(spread, percentile(50)),
            cell(spread, percentile(90)),
            figure.is_none().to_string(),
        ])?;
    }
    csv.flush()
}

/// The incidents of one figure.
pub(crate) fn write_list<'a>(
    out: &mut dyn Write,
    format: Format,
    metric: Metric,
    listed: impl Iterator<Item = Listed<'a>>,
) -> io::Result<()> {
    let rows = listed.map(|Listed { row, part }| {
        let (counts, value) = match part {
            Part::Outside | Part::Excluded => ("excluded", String::new()),
            Part::Counts { hits: 0, .. } => ("no", String::new()),
            Part::Counts { hits, of } if of > 1 => ("yes", format!("{hits} of {of}")),
            Part::Counts { .. } => ("yes", String::new()),
            Part::Time(us) => ("yes", minutes(us)),
        };
        vec![
            row.incident.to_string(),
            row.day.to_string(),
            row.strand.map(|strand| strand.as_str().to_owned()).unwrap_or_default(),
            row.age_band.map(|band| band.as_str().to_owned()).unwrap_or_default(),
            counts.to_owned(),
            value,
        ]
    });
    let heads = ["incident", "day", "strand", "age band", "counted", "value, min"];
    match format {
        Format::Table => {
            writeln!(out, "{}: {}\nout of: {}\n", metric.title(), metric.numerator(), metric.denominator())?;
            writeln!(out, "{}", table(&heads, rows))
        }
        Format::Json => {
            let rows: Vec<Value> = rows
                .filter_map(|row| {
                    let [incident, day, strand, age_band, counted, value] =
                        <[String; 6]>::try_from(row).ok()?;
                    Some(json!({
                        "incident": incident, "day": day, "strand": strand, "age_band": age_band,
                        "counted": counted, "value": value,
                    }))
                })
                .collect();
            serde_json::to_writer_pretty(
                &mut *out,
                &json!({ "metric": metric.as_str(), "incidents": rows }),
            )?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["incident", "day", "strand", "age_band", "counted", "value_minutes"])?;
            for row in rows {
                csv.write_record(row.iter().map(|cell| spreadsheet_safe(cell)))?;
            }
            csv.flush()
        }
    }
}
