//! What the receiver does: the request is checked and shown, and only then signed. No ledger of the sender is needed.

use super::super::{format, key, ledger, open_failure, parse_code, trust, unlocked};
use super::KEY_PASSPHRASE;
use super::plain;
use crate::args::handover::{ReadArgs, SignArgs};
use crate::args::{Cli, Format, TrustArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::offer;
use crate::terminal;
use onus_core::keys::handover_key_agency;
use onus_core::sealed::Plain;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, KeyPurpose};
use onus_export::handover::{Answered, Offer, open_request};
use onus_ledger::{KeyFile, KeyFileError, unguessable};
use onus_proof::NoteSigner;
use onus_query::handover::{Answer, Said, conditions_digest};
use std::path::Path;

pub(super) fn read(args: &ReadArgs) -> Result<(), Failure> {
    let request = checked(&args.file, &args.trust)?;
    terminal::data(|out| offer::write(out, format(args.format), &request))
}

fn checked(file: &Path, trusted: &TrustArgs) -> Result<Offer, Failure> {
    let policy = trust::policy(trusted)?.ok_or_else(|| {
        Failure::new(
            Cause::Usage,
            "whose offer is it to be? Give the sender's --key NAME+ID+KEY, or --policy FILE",
        )
        .hint("the key must come from its owner by another way than the request did")
    })?;
    let bytes = trust::file(file)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::new(Cause::Refused, format_args!("{}: it is not text in UTF-8", file.display()))
    })?;
    open_request(text, &policy)
        .map_err(|e| Failure::new(Cause::Found, format_args!("{}: {e}; nothing was signed", file.display())))
}

pub(super) fn run(cli: &Cli, args: &SignArgs) -> Result<(), Failure> {
    let request = checked(&args.file, &args.trust)?;
    terminal::data(|out| offer::write(out, Format::Table, &request))?;
    let signer = signer(cli, args)?;
    // The ledger that `-l` names may not be there; the machine is.
    let now = ledger(cli).machine().now();
    let answer = answer(&request, args, &signer, now)?;
    let note = answer.0.sign(&signer).map_err(|e| Failure::new(Cause::Environment, e))?;
    let text = Answered::new(&note, answer.1.as_ref()).to_text();
    let text = text.map_err(|e| Failure::new(Cause::Environment, e))?;
    super::super::new_file::NewFile::create(&args.output)?.finish(text.as_bytes())?;
    let clear = if args.conditions.is_some() { "; it holds your conditions in clear" } else { "" };
    let offered = request.original.entry().common.occurred_at;
    if let Some(at) = args.at.filter(|at| *at > now || *at < offered) {
        terminal::say(&format_args!(
            "onus: you signed that you answered on {}; the offer was made on {}, and it is {} now",
            at.london(),
            offered.london(),
            now.london()
        ));
    }
    terminal::say(&format_args!(
        "onus: signed by {} as {}: {}. Send {} back{clear}.",
        signer.name(),
        args.role.as_str(),
        args.answer.as_str(),
        args.output.display()
    ));
    Ok(())
}

fn signer(cli: &Cli, args: &SignArgs) -> Result<NoteSigner, Failure> {
    let Some(path) = &args.key_file else {
        let ledger = ledger(cli);
        let reader = ledger.read().map_err(|e| {
            open_failure(&ledger, &e)
                .hint("name your key with --key-file FILE, or your own ledger with -l DIR")
        })?;
        return unlocked(&ledger)?
            .signer(&reader, KeyPurpose::Handover)
            .map_err(|e| key::failure(&ledger, &e));
    };
    let bytes = trust::file(path)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let refused =
        |e: KeyFileError| Failure::new(Cause::Refused, format_args!("{}: {}", path.display(), chain(&e)));
    match KeyFile::parse(text).map_err(refused)? {
        KeyFile::Open(signer) => Ok(signer),
        KeyFile::Locked(locked) => {
            let passphrase = terminal::passphrase(KEY_PASSPHRASE, "Passphrase of this key: ")?;
            locked.unlock(&passphrase).map_err(refused)
        }
    }
}

/// The answer and its conditions, which must be whom, what and how they can be.
fn answer(
    request: &Offer,
    args: &SignArgs,
    signer: &NoteSigner,
    now: Timestamp,
) -> Result<(Answer, Option<Plain>), Failure> {
    let refused = |words: String| Failure::new(Cause::Refused, format_args!("{words}; nothing was signed"));
    let usage = |words: &str| Failure::new(Cause::Usage, format_args!("{words}; nothing was signed"));
    let (original, entry) = (&request.original, request.original.entry());
    let offer = original.offer().ok_or_else(|| refused("the entry is no offer".into()))?;
    let by = handover_key_agency(signer.name())
        .ok_or_else(|| refused(format!("{} is not a key for handovers", signer.name())))?;
    if by != offer.to {
        return Err(refused(format!("the offer was made to {}, and the key is {by}'s", offer.to)));
    }
    let chosen = |facet: &&Facet| args.facets.is_empty() || args.facets.contains(facet);
    let facets: Vec<Facet> = offer.facets.iter().filter(chosen).copied().collect();
    if args.facets.iter().any(|facet| !offer.facets.contains(facet)) || facets.is_empty() {
        return Err(usage("--facets: some of them were not offered"));
    }
    match (args.answer, &args.conditions, args.reason) {
        (Said::AcceptedWithConditions, None, _) => return Err(usage("--conditions: which are they?")),
        (Said::Accepted, Some(_), _) => {
            return Err(usage("with --conditions the answer is accepted-with-conditions"));
        }
        (Said::Accepted | Said::AcceptedWithConditions, _, Some(_)) => {
            return Err(usage("--reason belongs to a refusal"));
        }
        _ => {}
    }
    let conditions = match plain("--conditions", args.conditions.as_ref())? {
        None => None,
        Some(text) => {
            // Its digest stands in clear in the ledger: the last line keeps it from being guessed.
            let salt = unguessable().map_err(|e| Failure::new(Cause::Environment, e))?;
            let text = Plain::new(&format!("{}\n[signed {salt}]", text.expose()));
            Some(text.ok_or_else(|| usage("--conditions: at most 16,000 bytes"))?)
        }
    };
    let incident = entry.common.incident.clone();
    let origin = onus_core::code::Origin::new(request.checkpoint.origin());
    let answer = Answer {
        origin: origin.ok_or_else(|| refused("the ledger's name is none".into()))?,
        incident: incident.ok_or_else(|| refused("the offer stands under no incident".into()))?,
        offer: entry.id(),
        entry_sha256: original.digest(),
        facets,
        said: args.answer,
        by,
        role: args.role,
        reference: args.reference.as_deref().map(|text| parse_code("--reference", text)).transpose()?,
        reason: args.reason,
        at: args.at.unwrap_or(now),
        conditions_sha256: conditions.as_ref().map(conditions_digest),
        entry: Some(original.bytes().to_vec()),
    };
    Ok((answer, conditions))
}
