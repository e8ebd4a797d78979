//! `onus evidence`: one incident in one file that anyone can check. The access ledger has it first.

use super::new_file::NewFile;
use super::show::reveal_failure;
use super::{identity, ledger, open_failure, unlocked};
use crate::args::{Cli, EvidenceArgs};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::Body;
use onus_core::sealed::Plain;
use onus_core::vocabulary::{Channel, KeyPurpose};
use onus_export::evidence::{Evidence, MakeError, Request, Selection, Standing, StandingError, make};
use onus_ledger::{Caller, Identity, Ledger, SignCheckpointError, SigningError, Unlocked, signing_keys};
use onus_proof::Note;
use onus_query::proofs;

pub(crate) fn run(cli: &Cli, args: &EvidenceArgs) -> Result<(), Failure> {
    let usage = |message: String| Failure::new(Cause::Usage, message);
    let incident = Incident::parse(&args.incident).ok_or_else(|| {
        usage("expected an incident as owner/date/number, such as police:sussex/2023-05-01/142".into())
    })?;
    let disclose = args
        .disclose
        .iter()
        .map(|text| Selection::parse(text))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| usage(format!("--disclose: expected {}", Selection::EXPECTED)))?;
    let text = |option: &str, given: &Option<String>| {
        let plain = |text: &String| {
            let plain = Some(text).filter(|text| !text.trim().is_empty()).and_then(|text| Plain::new(text));
            plain.ok_or_else(|| usage(format!("{option}: expected a text of at most 16,384 bytes")))
        };
        given.as_ref().map(plain).transpose()
    };
    let (recipient, why) = (text("--to", &args.to)?, text("--why", &args.why)?);
    if !disclose.is_empty() && why.is_none() {
        return Err(usage("--disclose needs --why: the access ledger says why a text was opened".into()));
    }
    let ground = args.ground.as_ref().map(|text| {
        Code::new(text).ok_or_else(|| usage(format!("--ground: expected a code, {}", Code::EXPECTED)))
    });
    let ground = ground.transpose()?;
    let ledger = ledger(cli);
    let who = match identity(cli)? {
        Some(who) => who,
        None if disclose.is_empty() => Identity::agency_alone(own_agency(&ledger)?),
        None => {
            return Err(Failure::new(
                Cause::Usage,
                "--disclose needs --as agency/role[/token]: who opens them",
            )
            .hint("profiles.toml in the private directory says which account may use which identity"));
        }
    };
    let caller = Caller::of_this_process(Some(who), Channel::Cli);
    let keys = unlocked(&ledger)?;
    // The name is taken before anything is opened for it.
    let file = NewFile::create(&args.output)?;
    let request = Request {
        incident: &incident,
        disclose: &disclose,
        recipient: recipient.as_ref(),
        ground: ground.as_ref(),
        why: why.as_ref(),
    };
    let Evidence { html, manifest } = made(&keys, &caller, &request)?;
    file.finish(html.as_bytes())?;
    terminal::say(&format_args!(
        "onus: {} holds {} entries of {incident}, {} texts opened and {} withheld; the access ledger says so",
        args.output.display(),
        manifest.entries,
        manifest.opened,
        manifest.withheld
    ));
    Ok(())
}

/// The agency whose ledger it is: it hands out what nobody is named for.
fn own_agency(ledger: &Ledger) -> Result<AgencyId, Failure> {
    let reader = ledger.read().map_err(|e| open_failure(ledger, &e))?;
    let first = reader.entry(0).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    match Entry::parse(first.bytes()).map(|entry| entry.body) {
        Ok(Some(Body::LedgerOpened(opened))) => Ok(opened.agency),
        _ => Err(Failure::new(Cause::Found, "entry 0 does not say whose ledger this is")
            .hint("run `onus verify` for the first bad place")),
    }
}

/// The file, under a checkpoint that is signed now.
pub(super) fn made(
    keys_of_ledger: &Unlocked,
    caller: &Caller,
    request: &Request<'_>,
) -> Result<Evidence, Failure> {
    let ledger = keys_of_ledger.ledger();
    let checkpoint = keys_of_ledger.sign_checkpoint().map_err(|e| checkpoint_failure(ledger, &e))?;
    let head = checkpoint.unchecked().head();
    let reader = ledger.read().map_err(|e| open_failure(ledger, &e))?;
    let signer =
        keys_of_ledger.signer(&reader, KeyPurpose::Manifest).map_err(|e| signing_failure(ledger, &e))?;
    let known = signing_keys(&reader).map_err(|e| open_failure(ledger, &e))?;
    let signs_here = |purpose| matches!(purpose, KeyPurpose::Checkpoint | KeyPurpose::Manifest);
    let keys = known.into_iter().filter(|one| signs_here(one.purpose) && one.revoked.is_none());
    let standing = Standing {
        note: checkpoint.to_string(),
        keys: keys.map(|one| one.key.to_string()).collect(),
        paths: &|seqs| {
            proofs::inclusions(&reader, seqs.iter().copied(), &head)
                .map_err(|e| StandingError::Other(Box::new(e)))
        },
        sign: &|text| {
            let note = Note::sign(text, &signer).map_err(|e| StandingError::Other(Box::new(e)))?;
            Ok(note.to_string())
        },
    };
    make(keys_of_ledger, caller, &standing, request).map_err(|e| make_failure(ledger, &e))
}

pub(super) fn make_failure(ledger: &Ledger, error: &MakeError) -> Failure {
    match error {
        MakeError::Open(error) => open_failure(ledger, error),
        MakeError::Reveal(error) => reveal_failure(ledger, error),
        MakeError::Nothing(_) => Failure::new(Cause::Refused, error)
            .hint("the owner is the agency that numbered the incident, the date its local day"),
        MakeError::NoSuchText(_) => Failure::new(Cause::Refused, error)
            .hint("`onus show INCIDENT` says which texts there are; the names are those of the drafts"),
        MakeError::Entry { .. } | MakeError::Stored(_) => {
            Failure::new(Cause::Found, chain(error)).hint("run `onus verify` for the first bad place")
        }
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}

pub(super) fn checkpoint_failure(ledger: &Ledger, error: &SignCheckpointError) -> Failure {
    match error {
        SignCheckpointError::Signing(error) => signing_failure(ledger, error),
        SignCheckpointError::Open(error) => open_failure(ledger, error),
        SignCheckpointError::RolledBack { .. } | SignCheckpointError::OtherHistory { .. } => {
            Failure::new(Cause::Found, error)
        }
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}

pub(super) fn signing_failure(ledger: &Ledger, error: &SigningError) -> Failure {
    match error {
        SigningError::Open(error) => open_failure(ledger, error),
        SigningError::NoneInForce { purpose } => Failure::new(Cause::Refused, error)
            .hint(format_args!("make one: onus key generate {}", purpose.as_str())),
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}
