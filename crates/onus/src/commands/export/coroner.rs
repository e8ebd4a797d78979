//! `onus export coroner`: everything on an incident, after a legal hold is placed on it.
//!
//! The hold comes first: it stands even where the export then fails.

use super::super::{history_failure, open_failure, parse_code, parse_identity, parse_incident};
use super::case::Case;
use super::data;
use super::leaving::{Leaving, Said, flag_rules};
use super::texts::every_text;
use crate::args::Cli;
use crate::args::export::CoronerArgs;
use crate::exit::{Cause, Failure};
use crate::output::csv;
use crate::terminal;
use onus_export::data::{Chosen, DataFormat};
use onus_export::evidence::Selection;
use onus_ledger::HoldRequest;
use onus_query::incident::history;

pub(super) fn run(cli: &Cli, args: &CoronerArgs) -> Result<(), Failure> {
    let incident = parse_incident(&args.incident)?;
    let reference = parse_code("--reference", &args.reference)?;
    let authorised_by = parse_identity("--authorised-by", &args.authorised_by)?;
    let ground = parse_code("--ground", &args.ground)?;
    let who = super::super::who(cli, "export")?;
    let ledger = super::super::ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    if history(&reader, &incident).map_err(|e| history_failure(&e))?.entries().is_empty() {
        return Err(super::super::vantage::not_found(&incident));
    }
    if args.leaving.out.symlink_metadata().is_ok() {
        return Err(Failure::new(
            Cause::Refused,
            format_args!("{} is there already; an export goes into a new folder", args.leaving.out.display()),
        )
        .hint("name a folder that is not there yet; no hold was placed"));
    }
    let stands = ledger.holds(Some(&incident)).map_err(|e| open_failure(&ledger, &e))?;
    let stands = stands.iter().flat_map(|over| &over.items);
    if !stands.into_iter().any(|hold| hold.reference == reference && hold.agency == *who.agency()) {
        let asked = HoldRequest { incident: &incident, reference, authorised_by: &authorised_by };
        let done = ledger.place_hold(&super::super::caller(cli), &asked)?;
        terminal::say(&format_args!(
            "onus: a legal hold stands over {incident}, entry {}: nothing under it can be erased",
            done.receipt.seq
        ));
    }

    let mut leaving = Leaving::begin(cli, "coroner", &args.leaving)?;
    let case = Case::read(&leaving, &args.incident)?;
    let page = case.page(&leaving, &[Selection::All], Some(&ground))?;
    leaving.put("evidence.html", page.html.as_bytes())?;
    let written =
        data::write(&leaving, DataFormat::Ndjson, &Chosen::Some(case.seqs()), &every_text(), Some(&ground))?;
    leaving.made(written.files);
    let (lanes, flags) = (case.lanes()?, case.flags(&leaving)?);
    leaving.put("lanes.txt", &lanes)?;
    leaving.write("flags.csv", |out| csv(out, &flags))?;
    let filters = vec![format!("incident={}", case.incident)];
    leaving.finish(Said {
        filters,
        rules: flag_rules(),
        incident: Some(case.incident),
        ground: Some(ground),
        counts: written.counts.into(),
    })
}
