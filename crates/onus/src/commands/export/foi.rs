//! `onus export foi`: figures alone, small numbers hidden, and the exemptions that are used.

use super::super::{session, trust};
use super::leaving::{Leaving, Said};
use crate::args::export::FoiArgs;
use crate::args::{Cli, Format};
use crate::exit::{Cause, Failure};

use crate::questions::period;
use crate::render::figures::write;
use crate::render::rows::write_rows;
use onus_export::returns::foi::Rules;
use onus_export::statement::Included;
use onus_service::ReportQuestion;
use onus_service::row::write_csv;
use serde_json::json;

pub(super) fn run(cli: &Cli, args: &FoiArgs) -> Result<(), Failure> {
    let period = period(("--from", args.from), ("--until", args.until))?;
    let rules = match &args.rules {
        None => Rules::built_in(),
        Some(path) => Rules::parse(&String::from_utf8_lossy(&trust::file(path)?)),
    };
    let rules = rules.map_err(|e| Failure::new(Cause::Refused, format_args!("--rules: {e}")))?;
    let mut leaving = Leaving::begin(cli, "foi", &args.export)?;
    let question = ReportQuestion { suppress: Some(rules.suppress_below), ..ReportQuestion::of(period) };
    let answer = session(cli).report_of(&leaving.reader, &question)?;
    leaving.write("figures.csv", |out| write_csv(out, &answer.rows()))?;
    leaving.write("figures.txt", |out| write(out, &answer))?;
    let exemptions: Vec<_> = rules
        .exemption
        .iter()
        .map(|one| vec![json!(one.section), json!(one.title), json!(one.citation), json!(one.used_for)])
        .collect();
    leaving.write("exemptions.csv", |out| {
        write_rows(out, Format::Csv, &["section", "title", "citation", "used_for"], &exemptions)
    })?;
    leaving.write("method.txt", |out| {
        writeln!(
            out,
            "Numbers from 1 to {} are hidden ({}), and so are those from which they could be worked out: {} of {} figures.\n\
             No record, no token and no text is in these files. docs/report.md defines every figure.",
            rules.suppress_below - 1,
            rules.suppress_citation,
            answer.period.figures_hidden,
            answer.period.figures_in_all
        )
    })?;
    let filters = vec![format!("from={}", args.from), format!("until={}", args.until)];
    let said = vec![format!("foi {}", rules.version), format!("suppress_below {}", rules.suppress_below)];
    leaving.finish(Said { filters, rules: said, incident: None, ground: None, counts: Included::default() })
}
