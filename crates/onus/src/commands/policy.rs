//! `onus policy`: policies are published into the log, and read out of it again.

use super::{acting_identity, session, session_to_append};
use crate::args::Cli;
use crate::args::policy::{DiffArgs, InForceArgs, PolicyCommand, PublishArgs, ShowPolicyArgs, Shown};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_query::policy::{default_file, template_file};
use onus_service::row::{Cell as _, Row};
use onus_service::sentences::table;
use onus_service::{InForceQuestion, PolicyFile, PolicySide, PolicyStatus, PolicyVersion};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

pub(crate) fn run(cli: &Cli, command: &PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::Publish(args) => publish(cli, args),
        PolicyCommand::List(args) => {
            let answer = session(cli).policies(args.agency.as_ref())?;
            output::listed(args.format, &answer, &answer, |out| list(out, &answer))
        }
        PolicyCommand::Show(args) => show(cli, args),
        PolicyCommand::InForce(args) => in_force(cli, args),
        PolicyCommand::Diff(args) => diff(cli, args),
    }
}

fn publish(cli: &Cli, args: &PublishArgs) -> Result<(), Failure> {
    let file = read_file(&args.file)?;
    let hint = format!("the first version of a force is published as {}/sro", file.force());
    if acting_identity(cli, "policy publish").map_err(|failure| failure.hint(&hint))?.role().is_none() {
        let problem = "policy publish needs --as agency/role: who publishes";
        return Err(Failure::new(Cause::Usage, problem).hint(hint));
    }
    let (published, recovery) = session_to_append(cli)?.publish_policy(&file)?;
    terminal::recovery(&recovery);
    for PolicyVersion { policy, version, seq, status, says, retroactive, .. } in
        published.iter().map(|one| &one.version)
    {
        terminal::say(&format_args!("{} {} is recorded as entry {seq}.", policy.0, version.0));
        if *status == PolicyStatus::NotCounted {
            terminal::note(&format!("recorded, and {says}"));
        }
        if *retroactive {
            terminal::note(
                "it was entered after its own start, and excuses no decision taken before it was entered",
            );
        }
    }
    Ok(())
}

fn list(out: &mut dyn Write, versions: &[PolicyVersion]) -> io::Result<()> {
    const COLUMNS: [&str; 9] =
        ["force", "policy", "version", "from", "entered", "by", "retroactive", "now", "entry"];
    let rows = versions.iter().map(|one| {
        vec![
            one.force.shown(),
            one.policy.shown(),
            one.version.shown(),
            one.effective_from.shown(),
            one.entered_at.shown(),
            one.published_by.shown(),
            one.retroactive.shown(),
            one.says.shown(),
            one.seq.shown(),
        ]
    });
    writeln!(out, "{}", table(&COLUMNS, rows))
}

fn show(cli: &Cli, args: &ShowPolicyArgs) -> Result<(), Failure> {
    let file = match &args.policy {
        Shown::Default => default_file(),
        Shown::Template => template_file(),
        Shown::Published(name) => {
            let answer = session(cli).policy(name)?;
            let members = answer.members();
            return output::listed(args.format, &answer, &members, |out| rows(out, &members));
        }
    };
    terminal::data(|out| out.write_all(file.as_bytes()))
}

fn in_force(cli: &Cli, args: &InForceArgs) -> Result<(), Failure> {
    let answer = session(cli).policy_in_force(&InForceQuestion {
        agency: args.agency.clone(),
        strand: args.strand,
        age_band: args.age_band,
        at: args.at,
        known_at: args.known_at,
    })?;
    let (force, at) = (&answer.agency.0, answer.at.0.london_alone());
    match &answer.in_force {
        Some(policy) => terminal::say(&format_args!("In force for {force} on {at}: {policy}")),
        None => terminal::say(&format_args!(
            "Nothing is in force for {force} on {at}; what follows is Onus's own choice."
        )),
    }
    output::listed(args.format, &answer, &answer.members, |out| rows(out, &answer.members))
}

fn diff(cli: &Cli, args: &DiffArgs) -> Result<(), Failure> {
    let (before, after) = (side(&args.before)?, args.after.as_deref().map(side).transpose()?);
    let answer = session(cli).policy_differences(&before, after.as_ref())?;
    if answer.is_empty() {
        terminal::say(&"they say the same");
    }
    output::rows(args.format, &answer)
}

fn rows<R: Row>(out: &mut dyn Write, rows: &[R]) -> io::Result<()> {
    writeln!(out, "{}", table(R::COLUMNS, rows.iter().map(Row::shown)))
}

/// A file if it is one, else the name of a published version.
fn side(text: &str) -> Result<PolicySide, Failure> {
    let path = Path::new(text);
    if path.is_file() {
        return read_file(path).map(|file| PolicySide::File(Box::new(file)));
    }
    let name = crate::args::policy::version(text);
    name.map(PolicySide::Published).map_err(|problem| Failure::new(Cause::Usage, problem))
}

fn read_file(file: &Path) -> Result<PolicyFile, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read {}: {e}", file.display())))?;
    PolicyFile::parse(&text).map_err(|e| {
        Failure::of(&e).about(file).hint("`onus policy show template` prints a file to start from")
    })
}
