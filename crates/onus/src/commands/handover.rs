//! `onus handover`: an offer goes to its receiver, is shown, checked and signed there, and the answer is recorded here.

mod sign;

use super::{acting_identity, session_to_append, unlocked_session};
use crate::args::Cli;
use crate::args::handover::{HandoverCommand, KeyArgs, RecordArgs, RequestArgs};
use crate::exit::{Cause, Failure};
use crate::new_file::NewFile;
use crate::{output, terminal, trust};
use onus_core::keys::handover_key_name;
use onus_ledger::make_key_file;
use onus_proof::Algorithm;
use onus_service::sentences::printable;
use onus_service::{RecordAnswerQuestion, RequestQuestion};

pub(crate) fn run(cli: &Cli, command: &HandoverCommand) -> Result<(), Failure> {
    match command {
        HandoverCommand::Request(args) => request(cli, args),
        HandoverCommand::Read(args) => sign::read(args),
        HandoverCommand::Sign(args) => sign::run(cli, args),
        HandoverCommand::Record(args) => record_answer(cli, args),
        HandoverCommand::Key(args) => make_key(args),
    }
}

fn request(cli: &Cli, args: &RequestArgs) -> Result<(), Failure> {
    acting_identity(cli, "a request")?;
    let session = unlocked_session(cli)?;
    // The file's name is taken before anything is opened for it.
    let file = NewFile::create(&args.out)?;
    let question = RequestQuestion { offer: args.offer, ground: args.ground.clone(), why: args.why.clone() };
    let made = session.handover_request(&question)?;
    file.finish(made.text.as_bytes())?;
    if let Some(why) = &made.withheld {
        terminal::say(&format_args!("onus: the risk summary stays sealed: {}", printable(why)));
    }
    terminal::say(&format_args!(
        "onus: {} is for {}; the access ledger says so. Send your verifier key by a separate channel (paper, phone): onus key show",
        args.out.display(),
        made.to
    ));
    Ok(())
}

fn record_answer(cli: &Cli, args: &RecordArgs) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(&trust::file(&args.file)?).into_owned();
    let question = RecordAnswerQuestion { text, offer: args.offer, entered_at: args.entered_at };
    let recorded = session_to_append(cli)?.record_answer(&question)?;
    terminal::recovery(&recorded.recovery);
    let seq = recorded.seq;
    output::one(args.format, &recorded, |out| writeln!(out, "Recorded as entry {seq}. {}", recorded.words))?;
    if recorded.signature.counter_signed {
        return Ok(());
    }
    Err(Failure::new(Cause::Found, format_args!("recorded as entry {seq}. {}", recorded.words)).hint(
        "nothing is lost: the entry holds the note; once its cause is put right, record the answer again",
    ))
}

/// Where the passphrase of a key in a file of its own can be given.
const KEY_PASSPHRASE: &str = "ONUS_KEY_PASSPHRASE";

fn make_key(args: &KeyArgs) -> Result<(), Failure> {
    // The place first: nobody types a passphrase for a file that cannot be made.
    let file = NewFile::create(&args.out)?;
    let passphrase = if args.no_passphrase { None } else { Some(terminal::new_passphrase(KEY_PASSPHRASE)?) };
    let (signer, text) = make_key_file(&handover_key_name(&args.agency), passphrase.as_ref())?;
    file.finish(text.as_bytes())?;
    let how = if passphrase.is_some() {
        format!("under its passphrase: without it nobody can sign as {}", args.agency)
    } else {
        format!("not encrypted: anyone who reads it can sign as {}", args.agency)
    };
    terminal::say(&format_args!(
        "onus: {} is the secret, {how}. Send the verifier key below to every agency that makes you offers.",
        args.out.display()
    ));
    terminal::data(|out| writeln!(out, "{}", signer.verifier(Algorithm::Ed25519)))
}
