//! What the receiver does: the request is checked and shown, and only then signed. No ledger of the sender is needed.

use super::super::{ledger, unlocked_session};
use super::KEY_PASSPHRASE;
use crate::args::handover::{ReadArgs, SignArgs};
use crate::args::{Cli, TrustArgs};
use crate::exit::{Cause, Failure};
use crate::new_file::NewFile;
use crate::render::offer::words;
use crate::{output, terminal, trust};
use onus_export::handover::{Offer, open_request};
use onus_ledger::{KeyFile, KeyFileError};
use onus_proof::NoteSigner;
use onus_service::{AnswerQuestion, OfferShown, answer_offer};
use std::path::Path;

pub(super) fn read(args: &ReadArgs) -> Result<(), Failure> {
    let (_, shown) = checked(&args.file, &args.trust)?;
    output::one(args.format, &shown, |out| words(out, &shown))
}

fn checked(file: &Path, trusted: &TrustArgs) -> Result<(Offer, OfferShown), Failure> {
    let policy = trust::policy(trusted)?.ok_or_else(|| {
        Failure::new(
            Cause::Usage,
            "no trusted key given. Add the sender's --key NAME+ID+KEY or --policy FILE",
        )
        .hint("the key must come from its owner by a separate channel (paper, phone), not with the request")
    })?;
    let bytes = trust::file(file)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::new(Cause::Refused, format_args!("{}: it is not text in UTF-8", file.display()))
    })?;
    let found = |why: &dyn std::fmt::Display| {
        Failure::new(Cause::Found, format_args!("{}: {why}; nothing was signed", file.display()))
    };
    let offer = open_request(text, &policy).map_err(|e| found(&e))?;
    let shown = OfferShown::of(&offer).ok_or_else(|| found(&"the entry is not an offer"))?;
    Ok((offer, shown))
}

pub(super) fn run(cli: &Cli, args: &SignArgs) -> Result<(), Failure> {
    let (request, shown) = checked(&args.file, &args.trust)?;
    terminal::data(|out| words(out, &shown))?;
    let signer = signer(cli, args)?;
    // The ledger that `-l` names may not be there; the machine is.
    let now = ledger(cli).machine().now();
    let question = AnswerQuestion {
        said: args.answer,
        role: args.role,
        facets: args.facets.clone(),
        reference: args.reference.clone(),
        reason: args.reason,
        conditions: args.conditions.clone(),
        at: args.at.unwrap_or(now),
    };
    let answer = answer_offer(&request, &question, &signer)?;
    NewFile::create(&args.out)?.finish(answer.text.as_bytes())?;
    if question.at > now || !answer.is_after_offer {
        terminal::say(&format_args!(
            "onus: you signed that you answered on {}; the offer was made on {}, and it is {} now",
            question.at.london(),
            shown.occurred_at.0.london(),
            now.london()
        ));
    }
    let clear = if args.conditions.is_some() { "; it holds your conditions in clear" } else { "" };
    terminal::say(&format_args!(
        "onus: signed by {} as {}: {}. Send {} back{clear}.",
        signer.name(),
        args.role.as_str(),
        args.answer.as_str(),
        args.out.display()
    ));
    Ok(())
}

fn signer(cli: &Cli, args: &SignArgs) -> Result<NoteSigner, Failure> {
    let Some(path) = &args.key_file else {
        let no_key =
            |e: Failure| e.hint("name your key with --key-file FILE, or your own ledger with -l DIR");
        let session = unlocked_session(cli).map_err(no_key)?;
        return session.handover_signer().map_err(|e| no_key(e.into()));
    };
    let refused = |e: KeyFileError| {
        let failure = Failure::from(e);
        failure.about(path)
    };
    let bytes = trust::file(path)?;
    match KeyFile::parse(std::str::from_utf8(&bytes).unwrap_or_default()).map_err(refused)? {
        KeyFile::Open(signer) => Ok(signer),
        KeyFile::Locked(locked) => {
            let passphrase = terminal::passphrase(KEY_PASSPHRASE, "Passphrase of this key: ")?;
            locked.unlock(&passphrase).map_err(refused)
        }
    }
}
