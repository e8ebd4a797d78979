//! `onus export disclosure-schedule`: what there is on an incident, described and not shown, for a prosecutor (CPIA
//! 1996). Whether an item is to be disclosed is for a disclosure officer to write down.

use super::case::{Case, counts, events};
use super::leaving::{Leaving, Said};
use crate::args::export::CaseArgs;
use crate::args::{Cli, Format};
use crate::exit::{Failure, chain};
use crate::render::rows::write_rows;
use onus_core::blame::Blamed as _;
use onus_core::record::Record;
use onus_export::data::TextState;
use onus_service::sentences::{label, person};
use serde_json::json;

const COLUMNS: [&str; 11] = [
    "item",
    "entry",
    "event_id",
    "date",
    "description",
    "made_by",
    "asserted_by",
    "texts",
    "leaf",
    "disclosed",
    "reason",
];

pub(super) fn run(cli: &Cli, args: &CaseArgs) -> Result<(), Failure> {
    let mut leaving = Leaving::begin(cli, "disclosure-schedule", &args.leaving)?;
    let case = Case::read(&leaving, &args.incident)?;
    let events = events(&leaving, &case.seqs())?;
    let mut rows = Vec::new();
    for (item, event) in (1_u64..).zip(&events) {
        let Record { common, body } = &event.record;
        let texts: Vec<String> = event
            .texts
            .iter()
            .map(|text| {
                let state = match &text.state {
                    TextState::Erased { on } => format!(", erased on {}", on.british()),
                    _ => String::new(),
                };
                format!("{}, {} characters{state}", label(body, text.field), text.sealed.chars)
            })
            .collect();
        let receipt =
            leaving.reader.receipt(event.head.seq).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
        rows.push(vec![
            json!(item),
            json!(event.head.seq),
            json!(event.id().to_string()),
            json!(common.occurred_at.london()),
            json!(format!("Entry of the kind {} in the decision ledger", event.kind().name())),
            json!(person(&common.actor)),
            json!(common.asserted_by.to_string()),
            json!(texts),
            json!(receipt.leaf.to_string()),
            json!(""),
            json!(""),
        ]);
    }
    leaving.write("schedule.csv", |out| write_rows(out, Format::Csv, &COLUMNS, &rows))?;
    leaving.write("method.txt", |out| {
        writeln!(
            out,
            "Each item is one entry of the ledger, described by its kind, its author and the length of its texts: not what it \
             says.\nThe leaf is the SHA-256 by which the entry is found again, and by which a later copy of it is shown to be the \
             same.\nThe columns `disclosed` and `reason` are empty: a disclosure officer fills them in (Criminal Procedure and \
             Investigations Act 1996, Code of Practice)."
        )
    })?;
    let filters = vec![format!("incident={}", case.incident)];
    let counts = counts(&events).into();
    leaving.finish(Said { filters, rules: Vec::new(), incident: Some(case.incident), ground: None, counts })
}
