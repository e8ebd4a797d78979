//! `onus export dispute`: one incident for the parties to a dispute. Lanes, what is contested, who says what, and the
//! page of evidence with the same lanes and the proofs. No text is opened, and no side is taken.

use super::case::{Case, counts, events};
use super::leaving::{Leaving, Said};
use crate::args::Cli;
use crate::args::export::CaseArgs;
use crate::exit::{Failure, output};
use crate::output::{csv, json};
use crate::render::dispute::write_words;
use crate::render::picture::picture;
use onus_core::history::Vantage;
use onus_export::document::{self, Part};
use onus_query::holding::holding;
use onus_service::disputes;

/// Columns of the words.
const WIDTH: usize = 110;

pub(super) fn run(cli: &Cli, args: &CaseArgs) -> Result<(), Failure> {
    let mut leaving = Leaving::begin(cli, "dispute", &args.leaving)?;
    let case = Case::read(&leaving, &args.incident)?;
    let vantage = Vantage::default();
    let held = holding(&case.history, &vantage, &case.policies);
    let laid = disputes(&case.history, vantage, &case.policies, None, None);
    let facts: Vec<_> = laid.facts().cloned().collect();

    let page = case.page(&leaving, &[], None)?;
    leaving.put("evidence.html", page.html.as_bytes())?;
    leaving.write("dispute.json", |out| json(out, &laid))?;
    leaving.write("facts.csv", |out| csv(out, &facts))?;
    leaving.write("lanes.json", |out| {
        serde_json::to_writer_pretty(&mut *out, &case.held())?;
        writeln!(out)
    })?;
    let lanes = case.lanes()?;
    let mut words = Vec::new();
    write_words(&mut words, &laid, WIDTH).map_err(|e| output(&e))?;
    let incident = case.incident.to_string();
    let drawn = picture("Who held what", &held, &case.history.speaking_at(&vantage));
    leaving.write("dispute.html", |out| {
        document::write(
            out,
            &format!("Dispute: {incident}"),
            &[
                Part::Words(
                    "What each agency states stands side by side. Nothing here takes a side; texts are withheld. \
                     evidence.html has every entry with its proof, and checks itself.",
                ),
                Part::Heading("Who held what"),
                Part::Words(
                    "The established account first, then each agency's own statements, last where accounts differ. Every \
                     recorded moment is one step wide; the drawing in characters below is to scale. Times of day are \
                     London's.",
                ),
                Part::Picture(&drawn),
                Part::Drawn(&String::from_utf8_lossy(&lanes)),
                Part::Heading("What is in dispute"),
                Part::Drawn(&String::from_utf8_lossy(&words)),
            ],
        )
    })?;
    let counts = counts(&events(&leaving, &case.seqs())?).into();
    let filters = vec![format!("incident={}", case.incident)];
    leaving.finish(Said { filters, rules: Vec::new(), incident: Some(case.incident), ground: None, counts })
}
