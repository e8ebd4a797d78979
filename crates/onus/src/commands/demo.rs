//! `onus demo`: a ledger of the published cases, built, verified and told.

mod cases;
mod countersign;

use super::{open_failure, record_cause};
use crate::args::DemoArgs;
use crate::exit::{Cause, Failure, chain};
use crate::render::cells::wrapped;
use crate::render::flags::write_lines;
use crate::render::history::{heading, write_entries};
use crate::render::holding::write_spans;
use crate::render::lanes::{Drawn, write_lanes};
use crate::terminal;
use cases::{CASES, Case};
use onus_core::code::Origin;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, Incident};
use onus_core::record::Draft;
use onus_core::sealed::Plain;
use onus_core::stage::Asserted;
use onus_core::vocabulary::Channel;
use onus_ledger::{Account, Caller, Identity, Ledger, Machine, NewLedger, Profiles, Wrapping, create};
use onus_query::flags::INDICATOR;
use onus_service::{
    Drawing, EntryAnswer, FlagAnswer, FlagsQuestion, Known, Session, Show, ShowQuestion, Texts, sentences,
};
use onus_store::Expect;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

const MARK: &str = "MADE-BY-ONUS-DEMO";
const ORIGIN: &str = "demo.onus.example/ledger";
const AGENCY: &str = "inspectorate:demo";
const INSPECTOR: &str = "inspectorate:demo/inspector";
const WAIT: Duration = Duration::from_secs(5);
/// Incidents of one case that are told in full.
const TOLD_MAX: usize = 3;

pub(crate) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let folder = &args.folder;
    make_folder(folder)?;
    let ledger = make_ledger(folder)?;
    let mut recorded = 0;
    for case in CASES {
        recorded += record(&ledger, case)?;
    }
    let verdict = ledger
        .verify(super::verify::threads(), &|_, _| {})
        .map_err(|e| Failure::new(Cause::Environment, chain(&e)))?;
    let session = Session::new(ledger, Caller::of_this_process(Identity::parse(INSPECTOR), Channel::Cli));
    let told = CASES
        .iter()
        .map(|case| Ok((case, told_incidents(&session, case)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut flags: Flags = BTreeMap::new();
    session.each_flag(&FlagsQuestion::default(), |flag| {
        if let Some(incident) = &flag.incident {
            flags.entry(incident.0.clone()).or_default().push(flag);
        }
    })?;
    terminal::data(|out| {
        let width = terminal::width();
        writeln!(
            out,
            "{recorded} events of {} published and constructed cases recorded in {}.\n",
            CASES.len(),
            folder.display()
        )?;
        for (case, (incidents, others)) in &told {
            tell_case(out, case, incidents, others, &flags, width)?;
        }
        rule(out, "What was verified", width)?;
        super::verify::write_words(out, &verdict)?;
        rule(out, "What to try next", width)?;
        write_next(out, folder)
    })?;
    if verdict.is_sound() { Ok(()) } else { Err(Failure::told(Cause::Found)) }
}

/// An empty folder that carries the demo's mark. One that the demo made before is made anew.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    let cannot = |what: &str| {
        let what = format!("cannot {what} {}", folder.display());
        move |e: std::io::Error| Failure::new(Cause::Environment, format_args!("{what}: {e}"))
    };
    let mark = folder.join(MARK);
    if mark.is_file() {
        let foreign = fs::read_dir(folder).map_err(cannot("read"))?.flatten().map(|entry| entry.file_name());
        let own = [MARK, "ledger", "ledger.private"];
        if let Some(name) = foreign.filter(|name| own.iter().all(|own| name != own)).last() {
            let problem =
                format!("{} holds {}, which the demo did not make", folder.display(), name.display());
            return Err(Failure::new(Cause::Refused, problem)
                .hint("move it away, or name another folder: onus demo FOLDER"));
        }
        terminal::say(&format_args!(
            "onus: {} was made by an earlier demo and is made anew",
            folder.display()
        ));
        fs::remove_dir_all(folder).map_err(cannot("clear"))?;
    } else if folder.exists() {
        return Err(Failure::new(
            Cause::Refused,
            format_args!("{} exists and the demo did not make it", folder.display()),
        )
        .hint("name another folder: onus demo FOLDER"));
    }
    fs::create_dir_all(folder).map_err(cannot("make"))?;
    fs::write(mark, "This folder was made by `onus demo`, which may remove it.\n").map_err(cannot("write in"))
}

fn make_ledger(folder: &Path) -> Result<Ledger, Failure> {
    let inside = || Failure::new(Cause::Refused, "the demo's own names are malformed");
    let new = NewLedger {
        origin: Origin::new(ORIGIN).ok_or_else(inside)?,
        agency: AgencyId::parse(AGENCY).ok_or_else(inside)?,
    };
    let machine = Machine::this();
    let dir = folder.join("ledger");
    create(&machine, &by(None), &dir, &new, Wrapping::KeyFile)
        .map_err(|e| Failure::new(Cause::Environment, chain(&e)))?;
    let ledger = Ledger::at(machine, &dir, WAIT);
    allow_all_agencies(&ledger, &new.agency)?;
    Ok(ledger)
}

/// One account plays every agency here, so its profile allows it to.
fn allow_all_agencies(ledger: &Ledger, own: &AgencyId) -> Result<(), Failure> {
    let account = Account::of_this_process();
    let agencies: BTreeSet<AgencyId> = CASES.iter().flat_map(drafts).map(|draft| asserting(&draft)).collect();
    let profiles = agencies.into_iter().fold(Profiles::for_creator(&account, own), |profiles, agency| {
        profiles.with(&account, Identity::agency_alone(agency))
    });
    fs::write(ledger.profiles_path(), profiles.to_toml())
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot write the profiles: {e}")))
}

/// A case's drafts. A test holds that every line parses.
fn drafts(case: &Case) -> Vec<Draft> {
    case.drafts.lines().filter_map(|line| Draft::parse(line.as_bytes()).ok()).collect()
}

/// Whose statement a draft is.
fn asserting(draft: &Draft) -> AgencyId {
    match &draft.common.asserted_by {
        Asserted::By(agency) => agency.clone(),
        Asserted::BySubmitter => draft.common.actor.agency.clone(),
    }
}

/// Records a case: each run of lines of one agency is submitted by that agency.
fn record(ledger: &Ledger, case: &Case) -> Result<u64, Failure> {
    let mut count = 0;
    let mut drafts = drafts(case);
    if case.counter_signed {
        // Up to the offer first: what is signed is the offer as it then stands in the ledger.
        let answered = drafts.iter().position(countersign::is_acceptance).unwrap_or(0);
        let rest = drafts.split_off(answered);
        count += submit(ledger, case, &drafts)?;
        drafts = countersign::signed(ledger, rest)?;
    }
    Ok(count + submit(ledger, case, &drafts)?)
}

/// This process's account, as this identity.
fn by(identity: Option<Identity>) -> Caller {
    Caller::of_this_process(identity, Channel::Cli)
}

fn submit(ledger: &Ledger, case: &Case, drafts: &[Draft]) -> Result<u64, Failure> {
    let mut count = 0;
    for run in drafts.chunk_by(|a, b| asserting(a) == asserting(b)) {
        let Some(first) = run.first() else { continue };
        let caller = by(Some(Identity::agency_alone(asserting(first))));
        let keys = ledger.unlock(None).map_err(|e| open_failure(ledger, &e))?;
        let (recorder, _) = ledger.record(&caller, Some(&keys)).map_err(|e| open_failure(ledger, &e))?;
        let failure = |e: &onus_ledger::RecordError| {
            Failure::new(record_cause(e), format_args!("{}: {}", case.name, chain(e)))
        };
        let receipts = recorder.record(run.to_vec(), Expect::Any).map_err(|e| failure(&e))?;
        count += u64::try_from(receipts.len()).unwrap_or(u64::MAX);
        recorder.close().map_err(|e| failure(&e))?;
    }
    Ok(count)
}

type Told = (Vec<Show>, Vec<Incident>);
type Flags = BTreeMap<Incident, Vec<FlagAnswer>>;

/// The incidents told in full, with their texts opened, and the others.
fn told_incidents(session: &Session, case: &Case) -> Result<Told, Failure> {
    let mut incidents: Vec<Incident> = Vec::new();
    for incident in drafts(case).into_iter().filter_map(|draft| draft.common.incident) {
        if !incidents.contains(&incident) {
            incidents.push(incident);
        }
    }
    let others = if incidents.len() > TOLD_MAX { incidents.split_off(1) } else { Vec::new() };
    let mut told = Vec::new();
    for incident in incidents {
        let texts = match Plain::new("onus demo") {
            Some(why) => Texts::Opened { why, purpose: None },
            None => Texts::Closed,
        };
        told.push(session.show(&ShowQuestion { incident, as_at: None, known: Known::default(), texts })?);
    }
    Ok((told, others))
}

fn rule(out: &mut dyn Write, title: &str, width: usize) -> std::io::Result<()> {
    let line = "─".repeat(width.saturating_sub(title.chars().count() + 4));
    writeln!(out, "── {title} {line}\n")
}

fn tell_case(
    out: &mut dyn Write,
    case: &Case,
    incidents: &[Show],
    others: &[Incident],
    flags: &Flags,
    width: usize,
) -> std::io::Result<()> {
    rule(out, case.name, width)?;
    for told in incidents {
        let entries: Vec<&EntryAnswer> = told.entries.iter().map(|shown| &shown.entry).collect();
        writeln!(out, "{}\n", heading(&told.incident.0.to_string(), ORIGIN, &entries))?;
        write_entries(out, &entries, width)?;
        writeln!(out)?;
        tell_holding(out, told, width)?;
        writeln!(out)?;
    }
    if !others.is_empty() {
        writeln!(out, "And {} more incidents:", others.len())?;
        others.iter().try_for_each(|incident| writeln!(out, "    {incident}"))?;
        writeln!(out)?;
    }
    writeln!(out, "What an auditor would look at (each an {INDICATOR}):")?;
    let flagged = incidents.iter().map(|told| &told.incident.0).chain(others);
    let flagged: Vec<_> = flagged.filter_map(|incident| Some((incident, flags.get(incident)?))).collect();
    for (incident, flags) in &flagged {
        if incidents.len() + others.len() > 1 {
            writeln!(out, "  {incident}")?;
        }
        write_lines(out, flags, width)?;
    }
    if flagged.is_empty() {
        writeln!(out, "  nothing")?;
    }
    writeln!(out)?;
    writeln!(out, "What was found ({}):", case.source)?;
    for line in wrapped(case.found, width.saturating_sub(4)) {
        writeln!(out, "    {line}")?;
    }
    writeln!(out)
}

/// The lanes, who held what when, and what was told without anybody coming to hold anything by it.
fn tell_holding(out: &mut dyn Write, told: &Show, width: usize) -> std::io::Result<()> {
    let Drawing { held, speaking, vantage } = &told.drawing;
    let speaking: Vec<&Entry> = speaking.iter().collect();
    let drawn = Drawn { held, entries: &speaking, vantage: *vantage };
    write_lanes(out, &drawn, crate::render::lanes::Brush::for_terminal(false), width)?;
    writeln!(out)?;
    write_spans(out, held)?;
    for entry in &speaking {
        let (at, seq) = (entry.common.occurred_at.london_to_the_second(), entry.seq());
        if let Some(what) = sentences::no_holder(entry) {
            writeln!(out, "    {at}  {what}  [entry {seq}]")?;
        }
    }
    let end = told.entries.iter().map(|shown| shown.entry.occurred_at.0).max();
    match end.and_then(|end| sentences::unowned(held, end)) {
        Some(words) => writeln!(out, "{words}"),
        None => Ok(()),
    }
}

fn write_next(out: &mut dyn Write, folder: &Path) -> std::io::Result<()> {
    let ledger = folder.join("ledger");
    let ledger = ledger.display();
    let run = "cargo run --release --";
    let next = [
        ("the same incident; its texts stay sealed", format!("-l {ledger} show police:sussex/2023-02-14/1")),
        (
            "who was to get someone there, at five in the morning",
            format!("-l {ledger} who police:sussex/2023-02-14/1 --facet response --at 2023-02-15T05:00"),
        ),
        ("two accounts of one handover", format!("-l {ledger} dispute police:met/2024-06-12/1")),
        ("who read those texts", format!("-l {ledger}.private/access show police:sussex/2023-02-14/1")),
        ("every byte again", format!("-l {ledger} verify")),
        ("a ledger of your own", "-l my-ledger init --origin police.example/onus --agency police:mps".into()),
        ("an evening in one control room", "-l my-ledger record docs/examples/evening.ndjson".into()),
    ];
    for (what, command) in next {
        writeln!(out, "    {what}:\n        {run} {command}")?;
    }
    writeln!(
        out,
        "\nThe texts above were opened by this demo as {AGENCY}/inspector; the access ledger says so.\n\
         A later `onus demo` makes this folder anew: keep nothing of your own in it."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_case_parses() {
        for case in CASES {
            assert_eq!(drafts(case).len(), case.drafts.lines().count(), "{}", case.name);
        }
    }
}
