//! `onus demo`: a ledger of the published cases: built, verified, summed up, one case whole.

mod build;
mod case;
mod cases;
mod countersign;
mod words;

use crate::args::DemoArgs;
use crate::exit::{Cause, Failure};
use crate::new_file::NewFile;
use crate::terminal;
use build::{Built, build};
use cases::CASES;
use onus_core::ids::Incident;
use onus_core::sealed::Plain;
use onus_service::{
    EvidenceQuestion, FlagAnswer, FlagsQuestion, Known, Session, Show, ShowQuestion, Texts, VerifyQuestion,
};
use std::collections::BTreeMap;
use words::{Shown, ShownCase, write_all};

/// Incidents of one case that are shown in full.
const SHOWN_MAX: usize = 3;

/// The flags of each incident.
type Flags = BTreeMap<Incident, Vec<FlagAnswer>>;

pub(crate) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let Built { session, recorded, checkpoint_key } = build(&args.folder)?;
    write_evidence(args, &session)?;
    let verdict = session.verify(&VerifyQuestion::default(), &|_, _| {})?;
    let mut flags = Flags::new();
    session.each_flag(&FlagsQuestion::default(), |flag| {
        if let Some(incident) = &flag.incident {
            flags.entry(incident.0.clone()).or_default().push(flag);
        }
    })?;
    let mut cases = Vec::new();
    for (index, case) in CASES.iter().enumerate() {
        let incidents = case.incidents();
        let full = match (args.all || index == 0, incidents.len()) {
            (false, _) => 0,
            (true, 1..=SHOWN_MAX) => incidents.len(),
            (true, _) => 1,
        };
        let whole = incidents.iter().take(full).map(|incident| show(&session, incident));
        cases.push(ShownCase { case, whole: whole.collect::<Result<_, _>>()?, incidents });
    }
    let agencies = session.agency_words()?;
    let shown = Shown {
        recorded,
        cases: &cases,
        flags: &flags,
        verdict: &verdict,
        checkpoint_key: &checkpoint_key,
        agencies,
    };
    terminal::data(|out| write_all(out, args, &shown))?;
    if verdict.sound { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
}

/// One incident with its texts opened; the access ledger says so.
fn show(session: &Session, incident: &Incident) -> Result<Show, Failure> {
    let texts = match Plain::new("onus demo") {
        Some(why) => Texts::Opened { why, purpose: None },
        None => Texts::Closed,
    };
    let question = ShowQuestion { incident: incident.clone(), as_at: None, known: Known::default(), texts };
    Ok(session.show(&question)?)
}

/// The first case as one page that checks itself.
fn write_evidence(args: &DemoArgs, session: &Session) -> Result<(), Failure> {
    let incident = CASES.iter().flat_map(case::Case::incidents).next();
    let Some(incident) = incident else { return Ok(()) };
    let file = NewFile::create(&args.folder.join(build::EVIDENCE))?;
    let page = session.evidence(&EvidenceQuestion {
        incident,
        disclose: Vec::new(),
        recipient: None,
        ground: None,
        why: None,
    })?;
    file.finish(page.html.as_bytes())
}
