//! `onus policy`: policies are published into the log, and read out of it again.

use super::tell_notes;
use super::{caller, format, ledger, open_failure, record_cause, unlocked_if_here};
use crate::args::policy::{DiffArgs, InForceArgs, ListArgs, PolicyCommand, PublishArgs, ShowPolicyArgs};
use crate::args::{Cli, Format};
use crate::exit::{Cause, Failure, chain};
use crate::render::policies::{Row, members, standing_words, write_rows};
use crate::terminal;
use onus_core::bodies::policy::PolicyPublished;
use onus_core::history::KnownBy;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::record::Draft;
use onus_core::stage::Stored;
use onus_ledger::Ledger;
use onus_query::policy::{Policies, Question, Standing, Version, body_of, default_file, template_file};
use onus_service::members::differences;
use onus_store::Expect;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

pub(crate) fn run(cli: &Cli, command: &PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::Publish(args) => publish(cli, args),
        PolicyCommand::List(args) => list(cli, args),
        PolicyCommand::Show(args) => show(cli, args),
        PolicyCommand::InForce(args) => in_force(cli, args),
        PolicyCommand::Diff(args) => diff(cli, args),
    }
}

fn publish(cli: &Cli, args: &PublishArgs) -> Result<(), Failure> {
    let (body, policy) = read_file(&args.file)?;
    let who = cli.identity.clone();
    let role = who.as_ref().and_then(onus_ledger::Identity::role);
    let (Some(who), Some(role)) = (who, role) else {
        return Err(Failure::new(Cause::Usage, "policy publish needs --as agency/role: who publishes")
            .hint(format_args!("the first version of a force is published as {}/sro", policy.scope.force)));
    };
    let ledger = ledger(cli);
    let before = policies(&ledger)?;
    if let Some(there) = before.versions().find(|version| *version.policy() == policy.policy) {
        return Err(Failure::new(
            Cause::Refused,
            format_args!(
                "{} {} was published as entry {}; a published version is never changed",
                policy.policy.policy,
                policy.policy.version,
                there.seq()
            ),
        )
        .hint("give the new text a new version, and let it supersede this one"));
    }
    let mut actor = json!({ "agency": who.agency().to_string(), "role": role.as_str() });
    if let (Some(staff), Some(members)) = (who.staff(), actor.as_object_mut()) {
        members.insert("staff".into(), staff.to_string().into());
    }
    let draft = json!({
        "event": "PolicyPublished",
        "occurred_at": ledger.machine().now().rfc3339(),
        "actor": actor,
        "source": { "system": "onus-policy" },
        "body": body,
    });
    let draft = Draft::parse(draft.to_string().as_bytes())
        .map_err(|e| Failure::new(Cause::Refused, format_args!("{}: {e}", args.file.display())))?;
    let keys = unlocked_if_here(&ledger)?;
    let (recorder, _) = ledger.record(&caller(cli), keys.as_ref()).map_err(|e| open_failure(&ledger, &e))?;
    let failure = |e: onus_ledger::RecordError| Failure::new(record_cause(&e), chain(&e));
    let done = recorder.record(vec![draft], Expect::Any).map_err(failure)?;
    recorder.close().map_err(failure)?;
    let after = policies(&ledger)?;
    for receipt in done.iter().map(|done| &done.receipt) {
        let version = after.versions().find(|version| version.seq() == receipt.seq);
        let (policy, version_name) = (&policy.policy.policy, &policy.policy.version);
        terminal::say(&format_args!("{policy} {version_name} is recorded as entry {}.", receipt.seq));
        if let Some(version) = version {
            let standing = after.standing(version, &own_question(&ledger, version));
            warn(version, standing);
        }
    }
    Ok(())
}

/// Says what the publisher may not have meant.
fn warn(version: &Version, standing: Standing) {
    if let Standing::Uncounted(_) = standing {
        terminal::say(&format_args!("onus: recorded, and {}", standing_words(standing)));
    }
    if version.is_retroactive() {
        terminal::say(
            &"onus: it was entered after its own start, and excuses no decision taken before it was entered",
        );
    }
}

fn list(cli: &Cli, args: &ListArgs) -> Result<(), Failure> {
    let only = args.agency.as_deref().map(|text| agency("--agency", text)).transpose()?;
    let ledger = ledger(cli);
    let policies = policies(&ledger)?;
    let versions = policies
        .versions()
        .filter(|version| only.as_ref().is_none_or(|only| version.body().scope.force == *only));
    let rows = versions.map(|version| {
        let body = version.body();
        let from = body.effective_from;
        vec![
            ("force", json!(body.scope.force.to_string())),
            ("policy", json!(body.policy.policy.as_str())),
            ("version", json!(body.policy.version.as_str())),
            ("from", json!(from.rfc3339())),
            ("entered", json!(version.entered_at().rfc3339())),
            ("by", json!(version.publisher().as_str())),
            ("retroactive", json!(version.is_retroactive())),
            ("standing", json!(standing_words(policies.standing(version, &own_question(&ledger, version))))),
            ("entry", json!(version.seq())),
        ]
    });
    let rows: Vec<Row> = rows.collect();
    terminal::data(|out| write_rows(out, format(args.format), &rows))
}

fn show(cli: &Cli, args: &ShowPolicyArgs) -> Result<(), Failure> {
    let file = match args.policy.as_str() {
        "default" => Some(default_file()),
        "template" => Some(template_file()),
        _ => None,
    };
    if let Some(file) = file {
        return terminal::data(|out| out.write_all(file.as_bytes()));
    }
    let policies = policies(&ledger(cli))?;
    let body = json_of(published(&policies, &args.policy)?);
    terminal::data(|out| match format(args.format) {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &body)?;
            writeln!(out)
        }
        other => write_rows(out, other, &members(&body)),
    })
}

fn in_force(cli: &Cli, args: &InForceArgs) -> Result<(), Failure> {
    let force = agency("--agency", &args.agency)?;
    let ledger = ledger(cli);
    let policies = policies(&ledger)?;
    let at = args.at.unwrap_or_else(|| ledger.machine().now());
    let known_at = args.known_at.unwrap_or(at);
    let question = Question { force: &force, strand: args.strand, age_band: args.age_band, at, known_at };
    let stated = policies.in_force(&question).first().map(|version| json_of(version.body()));
    let default = body_of(default_file()).map(|(body, _)| body).unwrap_or_default();
    let rows = crate::render::policies::effective(stated.as_ref(), &default);
    match &stated {
        Some(body) => terminal::say(&format_args!(
            "In force for {force} on {}: {}",
            at.london(),
            crate::render::policies::name(body)
        )),
        None => terminal::say(&format_args!(
            "Nothing is in force for {force} on {}; what follows is Onus's own choice.",
            at.london()
        )),
    }
    terminal::data(|out| write_rows(out, format(args.format), &rows))
}

fn diff(cli: &Cli, args: &DiffArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let policies = || policies(&ledger);
    let (before, after) = if let Some(after) = &args.after {
        (either(policies, &args.before)?, either(policies, after)?)
    } else {
        let new = either(policies, &args.before)?;
        let force = new.pointer("/scope/force").and_then(Value::as_str).unwrap_or_default();
        let force = agency("scope.force", force)?;
        let at = ledger.machine().now();
        let question = Question { force: &force, strand: None, age_band: None, at, known_at: at };
        let all = policies()?;
        let now =
            all.in_force(&question).first().map_or_else(|| json!({}), |version| json_of(version.body()));
        (now, new)
    };
    let rows: Vec<Row> = differences(&before, &after)
        .into_iter()
        .map(|change| {
            vec![("member", json!(change.member)), ("before", change.before), ("after", change.after)]
        })
        .collect();
    if rows.is_empty() {
        terminal::say(&"they say the same");
    }
    terminal::data(|out| write_rows(out, format(args.format), &rows))
}

/// A file if it is one, else a published version.
fn either(policies: impl Fn() -> Result<Policies, Failure>, text: &str) -> Result<Value, Failure> {
    if Path::new(text).is_file() {
        return read_file(Path::new(text)).map(|(_, policy)| json_of(&policy));
    }
    let policies = policies()?;
    published(&policies, text).map(json_of)
}

fn published<'a>(policies: &'a Policies, text: &str) -> Result<&'a PolicyPublished, Failure> {
    let (policy, version) = text.split_once('/').unwrap_or((text, ""));
    let found = policies
        .versions()
        .find(|known| known.policy().policy.as_str() == policy && known.policy().version.as_str() == version);
    found.map(Version::body).ok_or_else(|| {
        let known: Vec<String> = policies
            .versions()
            .map(|version| format!("{}/{}", version.policy().policy, version.policy().version))
            .collect();
        let expected = if known.is_empty() { "none is published".to_owned() } else { known.join(", ") };
        Failure::new(
            Cause::Refused,
            format_args!("there is no such policy; expected policy/version: {expected}"),
        )
        .hint("`default` and `template` show the files that Onus comes with")
    })
}

fn read_file(file: &Path) -> Result<(Value, PolicyPublished), Failure> {
    let text = fs::read_to_string(file)
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read {}: {e}", file.display())))?;
    body_of(&text).map_err(|e| {
        Failure::new(Cause::Refused, format_args!("{}: {e}", file.display()))
            .hint("`onus policy show template` prints a file to start from")
    })
}

/// Every policy of a ledger.
pub(super) fn policies(ledger: &Ledger) -> Result<Policies, Failure> {
    let reader = ledger.read().map_err(|e| open_failure(ledger, &e))?;
    tell_notes(&reader);
    Policies::read(&reader, KnownBy::Entered).map_err(|e| super::history_failure(&e))
}

/// How a version stands now, for what it covers itself.
fn own_question<'a>(ledger: &Ledger, version: &'a Version) -> Question<'a> {
    let now = ledger.machine().now();
    let scope = &version.body().scope;
    Question {
        force: &scope.force,
        strand: scope.strands.first().copied(),
        age_band: scope.age_bands.first().copied(),
        at: now,
        known_at: now,
    }
}

fn json_of(policy: &PolicyPublished) -> Value {
    Body::<Stored>::PolicyPublished(policy.clone()).to_json()
}

/// An agency as it is typed.
pub(super) fn agency(option: &str, text: &str) -> Result<AgencyId, Failure> {
    AgencyId::parse(text).ok_or_else(|| {
        Failure::new(
            Cause::Usage,
            format_args!("{option}: expected an agency as kind:code, such as police:sussex"),
        )
        .hint(format_args!("the kinds are {}", onus_core::vocabulary::AgencyKind::SPELLINGS.join(", ")))
    })
}
