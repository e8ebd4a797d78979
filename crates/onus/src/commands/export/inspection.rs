//! `onus export inspection`: the sample of an inspection as one folder. What was drawn and how, a page of evidence for
//! each incident of it, their entries as tables, their flags, and the figures of the period.

use super::super::{session, who};
use super::case::{Case, events, file_name};
use super::data;
use super::leaving::{Leaving, Said, flag_rules};
use crate::args::export::InspectionArgs;
use crate::args::{Cli, Format};
use crate::exit::Failure;
use crate::output::json;
use crate::questions;
use crate::render::figures::write as write_figures;
use crate::render::rows::write_rows;
use onus_export::data::{Chosen, DataFormat, Event};
use onus_export::evidence::Selection;
use onus_export::statement::Included;
use onus_query::flags::RULES;
use onus_service::row::write_csv;
use serde_json::json;
use std::collections::BTreeSet;

const METHOD: &str = "\
sample.csv       the decisions drawn; sample.json says from which frame, under which seed and checkpoint, so that anybody
                 who has the ledger draws the same again (docs/sampling.md says how, with other tools as well)
evidence/        a page for each incident of the sample: every entry as it was recorded, with its proof
data/            the same entries as tables, one for each kind of event; datapackage.json explains every column
flags.csv        what the rules of flags say of these incidents; each is an indicator, not a finding
rules.csv        those rules, their versions, and where they come from
figures.csv      the figures of the period, over all incidents of the ledger, not the sample alone

What is withheld is stated where it stands. Where no public value was given, the draw is not independent of whoever made
it, and sample.json says so.
";

pub(super) fn run(cli: &Cli, args: &InspectionArgs) -> Result<(), Failure> {
    who(cli, "export")?;
    let (disclose, ground) = (&args.disclose, &args.ground);
    let mut leaving = Leaving::begin(cli, "inspection", &args.export)?;
    let question = questions::sample(&args.frame, Some(args.size))?;
    let sample = session(cli).sample_of(&leaving.reader, &question)?;
    leaving.write("sample.csv", |out| write_csv(out, &sample.rows()))?;
    leaving.write("sample.json", |out| json(out, &sample))?;

    let (mut seqs, mut flags) = (BTreeSet::new(), Vec::new());
    let (mut opened, mut withheld) = (0, 0);
    for incident in &sample.incidents() {
        let case = Case::read(&leaving, incident)?;
        seqs.extend(case.seqs());
        flags.extend(case.flags(&leaving)?);
        let events = events(&leaving, &case.seqs())?;
        let stands = |one: &&Selection| {
            let texts = |event: &Event| {
                event.texts.iter().any(|text| one.names(event.head.seq, event.kind(), text.field))
            };
            events.iter().any(texts)
        };
        let named: Vec<Selection> = disclose.iter().filter(stands).cloned().collect();
        let page = case.page(&leaving, &named, ground.as_ref().filter(|_| !named.is_empty()))?;
        opened += page.manifest.opened;
        withheld += page.manifest.withheld;
        leaving.put(&format!("evidence/{}.html", file_name(incident)), page.html.as_bytes())?;
    }
    let tables = leaving.below("data")?;
    let seqs: Vec<u64> = seqs.into_iter().collect();
    let written = data::write_into(&leaving, &tables, DataFormat::Csv, &Chosen::Some(seqs))?;
    leaving.made(written.files.into_iter().map(|name| format!("data/{name}")));
    leaving.write("flags.csv", |out| write_csv(out, &flags))?;
    let rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            vec![
                json!(rule.code.to_string()),
                json!(rule.name),
                json!(rule.version),
                json!(rule.says),
                json!(rule.basis),
            ]
        })
        .collect();
    leaving.write("rules.csv", |out| {
        write_rows(out, Format::Csv, &["code", "name", "version", "says", "basis"], &rules)
    })?;
    figures(cli, &mut leaving, args)?;
    leaving.put("method.txt", METHOD.as_bytes())?;
    let counts = Included {
        entries: written.counts.entries,
        unknown: written.counts.unknown,
        opened,
        withheld: withheld.saturating_sub(written.counts.erased),
        erased: written.counts.erased,
    };
    leaving.finish(Said {
        filters: filters(args),
        rules: flag_rules(),
        incident: None,
        ground: ground.clone().filter(|_| opened > 0),
        counts,
    })
}

/// The figures of the days that the frame names, else of all that there are.
fn figures(cli: &Cli, leaving: &mut Leaving<'_>, args: &InspectionArgs) -> Result<(), Failure> {
    let days = (args.frame.from, args.frame.to);
    let Some(answer) = session(cli).report_of_days(&leaving.reader, days)? else { return Ok(()) };
    leaving.write("figures.csv", |out| write_csv(out, &answer.rows()))?;
    leaving.write("figures.txt", |out| write_figures(out, &answer))
}

/// What was asked for, in the words of the command.
fn filters(args: &InspectionArgs) -> Vec<String> {
    let frame = &args.frame;
    let mut filters = vec![format!("size={}", args.size)];
    filters.extend(frame.agency.as_ref().map(|agency| format!("agency={agency}")));
    filters.extend(frame.owner.as_ref().map(|owner| format!("owner={owner}")));
    filters.extend(frame.strand.map(|strand| format!("strand={}", strand.as_str())));
    filters.extend(frame.outcome.map(|outcome| format!("outcome={}", outcome.as_str())));
    filters.extend(frame.from.map(|day| format!("from={day}")));
    filters.extend(frame.to.map(|day| format!("to={day}")));
    filters
}
