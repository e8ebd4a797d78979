//! `onus restrict`, `onus lift`, `onus restrictions`: text that opens for named purposes only.

use super::hold::{keep_failure, tell};
use super::{caller, format, ledger, open_failure, parse_code, parse_identity, parse_incident, who};
use crate::args::Cli;
use crate::args::hold::StandingArgs;
use crate::args::restrict::{LiftArgs, RestrictArgs};
use crate::exit::Failure;
use crate::render::rows::write_rows;
use crate::terminal;
use onus_core::code::Code;
use onus_ledger::{LiftRequest, RestrictionRequest};
use serde_json::json;

const COLUMNS: [&str; 7] =
    ["incident", "entry", "purposes", "basis", "events", "recorded_at", "authorised_by"];

pub(crate) fn restrict(cli: &Cli, args: &RestrictArgs) -> Result<(), Failure> {
    who(cli, "a restriction")?;
    let incident = parse_incident(&args.incident)?;
    let purposes: Vec<Code> =
        args.purposes.iter().map(|text| parse_code("--purpose", text)).collect::<Result<_, _>>()?;
    let authorised_by = parse_identity("--authorised-by", &args.authorised_by)?;
    let ledger = ledger(cli);
    let asked = RestrictionRequest {
        incident: &incident,
        entries: &args.entries,
        purposes: &purposes,
        basis: parse_code("--basis", &args.basis)?,
        authorised_by: &authorised_by,
    };
    let done = ledger.restrict(&caller(cli), &asked).map_err(|e| keep_failure(&ledger, &e))?;
    let allowed: Vec<String> = purposes.iter().map(Code::to_string).collect();
    let for_what = if allowed.is_empty() { "no purpose".into() } else { allowed.join(", ") };
    tell(&done, &format!("texts open for {for_what} until this entry is lifted"));
    Ok(())
}

pub(crate) fn lift(cli: &Cli, args: &LiftArgs) -> Result<(), Failure> {
    who(cli, "lifting a restriction")?;
    let incident = parse_incident(&args.incident)?;
    let authorised_by = parse_identity("--authorised-by", &args.authorised_by)?;
    let ledger = ledger(cli);
    let asked = LiftRequest {
        incident: &incident,
        restriction: args.restriction,
        basis: parse_code("--basis", &args.basis)?,
        authorised_by: &authorised_by,
    };
    let done = ledger.lift(&caller(cli), &asked).map_err(|e| keep_failure(&ledger, &e))?;
    tell(&done, "the restriction is lifted; others may stand");
    Ok(())
}

pub(crate) fn list(cli: &Cli, args: &StandingArgs) -> Result<(), Failure> {
    let incident = args.incident.as_deref().map(parse_incident).transpose()?;
    let ledger = ledger(cli);
    let all = ledger.restrictions(incident.as_ref()).map_err(|e| open_failure(&ledger, &e))?;
    let codes = |codes: &[Code]| json!(codes.iter().map(Code::to_string).collect::<Vec<_>>());
    let rows: Vec<_> = all
        .iter()
        .flat_map(|over| over.items.iter().map(|restriction| (&over.incident, restriction)))
        .map(|(incident, one)| {
            vec![
                json!(incident.to_string()),
                json!(one.seq),
                codes(&one.purposes_allowed),
                json!(one.basis.as_str()),
                match one.entries.len() {
                    0 => json!("all"),
                    _ => json!(one.entries.iter().map(ToString::to_string).collect::<Vec<_>>()),
                },
                json!(one.recorded_at.london()),
                json!(one.authorised_by.as_ref().map(crate::render::says::person_named)),
            ]
        })
        .collect();
    terminal::data(|out| write_rows(out, format(args.format), &COLUMNS, &rows))
}
