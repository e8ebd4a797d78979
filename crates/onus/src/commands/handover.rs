//! `onus handover`: an offer goes to its receiver, is shown, checked and signed there, and the answer is recorded here.

mod sign;

use super::new_file::NewFile;
use super::show::reveal_failure;
use super::{
    caller, checkpoint, format, history_failure, ledger, open_failure, parse_code, record_cause, trust,
    unlocked, unlocked_if_here, who,
};
use crate::args::handover::{HandoverCommand, KeyArgs, RecordArgs, RequestArgs};
use crate::args::{Cli, Format};
use crate::exit::{Cause, Failure, chain};
use crate::render::cells::printable;
use crate::render::history::{signature_json, signature_words};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId};
use onus_core::keys::handover_key_name;
use onus_core::kinds::Kind;
use onus_core::sealed::Plain;
use onus_export::handover::{Answered, AnsweredError, Asked, Incoming, RequestError, request};
use onus_ledger::{Ledger, make_key_file};
use onus_proof::Algorithm;
use onus_query::handover::{Standing, mark};
use onus_query::incident::history;
use onus_store::{Expect, Reader};
use serde_json::json;

pub(crate) fn run(cli: &Cli, command: &HandoverCommand) -> Result<(), Failure> {
    match command {
        HandoverCommand::Request(args) => ask(cli, args),
        HandoverCommand::Read(args) => sign::read(args),
        HandoverCommand::Sign(args) => sign::run(cli, args),
        HandoverCommand::Record(args) => record(cli, args),
        HandoverCommand::Key(args) => make_key(args),
    }
}

fn plain(option: &str, text: Option<&String>) -> Result<Option<Plain>, Failure> {
    let read = |text: &String| {
        let plain = Some(text).filter(|text| !text.trim().is_empty()).and_then(|text| Plain::new(text));
        plain.ok_or_else(|| {
            Failure::new(Cause::Usage, format_args!("{option}: expected a text of at most 16,384 bytes"))
        })
    };
    text.map(read).transpose()
}

fn ask(cli: &Cli, args: &RequestArgs) -> Result<(), Failure> {
    who(cli, "a request")?;
    let (ground, why) = (parse_code("--ground", &args.ground)?, plain("--why", args.why.as_ref())?);
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    let seq = offer_seq(&reader, &args.offer)?;
    let keys = unlocked(&ledger)?;
    // The name is taken before anything is opened for it.
    let file = NewFile::create(&args.output)?;
    let signed = keys.sign_checkpoint().map_err(|e| checkpoint::failure(&ledger, &e))?;
    let asked = Asked { seq, ground: &ground, why: why.as_ref() };
    let made = request(&keys, &caller(cli), &signed, &asked);
    let made = made.map_err(|e| request_failure(&ledger, &e))?;
    file.finish(made.text.as_bytes())?;
    if let Some(why) = &made.withheld {
        terminal::say(&format_args!("onus: the risk summary stays sealed: {}", printable(why)));
    }
    terminal::say(&format_args!(
        "onus: {} is for {}; the access ledger says so. Hand over its verifier key by another way: onus key show",
        args.output.display(),
        made.to
    ));
    Ok(())
}

/// Where the offer stands that a number or an event id names.
fn offer_seq(reader: &Reader, text: &str) -> Result<u64, Failure> {
    if let Ok(seq) = text.parse::<u64>() {
        return Ok(seq);
    }
    let id = EventId::parse(text).ok_or_else(|| {
        Failure::new(Cause::Usage, "expected the offer's entry as a number, or its event id")
    })?;
    let failure = |e: onus_store::ReadError| Failure::new(e.blame().into(), chain(&e));
    let mut found = Vec::new();
    for seq in reader.of_kind(Kind::HandoverOffered.number()).map_err(failure)? {
        let stored = reader.entry(seq).map_err(failure)?;
        if Entry::parse(stored.bytes()).is_ok_and(|entry| entry.id() == id) {
            found.push(seq);
        }
    }
    match found.as_slice() {
        [seq] => Ok(*seq),
        [] => Err(Failure::new(Cause::Refused, "the ledger has no offer of that id")
            .hint("`onus show INCIDENT` says which entry an offer is")),
        _ => Err(Failure::new(Cause::Refused, "several offers have that id")
            .hint("name the one by its entry's number")),
    }
}

fn request_failure(ledger: &Ledger, error: &RequestError) -> Failure {
    match error {
        RequestError::Open(error) => open_failure(ledger, error),
        RequestError::Reveal(error) => reveal_failure(ledger, error),
        RequestError::Read(error) => Failure::new(error.blame().into(), chain(error)),
        RequestError::Prove(error) => super::prove::failure(error),
        RequestError::NotAnOffer { .. } => {
            Failure::new(Cause::Refused, error).hint("`onus show INCIDENT` says which entry an offer is")
        }
        _ => Failure::new(Cause::Refused, error),
    }
}

fn record(cli: &Cli, args: &RecordArgs) -> Result<(), Failure> {
    let bytes = trust::file(&args.file)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| answered_failure(&AnsweredError::Form))?;
    let file = Answered::parse(text).map_err(|e| answered_failure(&e))?;
    let ledger = ledger(cli);
    let keys = unlocked_if_here(&ledger)?;
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    let now = ledger.machine().now();
    let incoming = Incoming::read(&reader, &file, args.offer, now, args.entered_at);
    let incoming = incoming.map_err(|e| answered_failure(&e))?;
    let (recorder, recovery) =
        ledger.record(&caller(cli), keys.as_ref()).map_err(|e| open_failure(&ledger, &e))?;
    terminal::recovery(&recovery);
    let failure = |e: &onus_ledger::RecordError| Failure::new(record_cause(e), chain(e));
    let done = recorder.record(vec![incoming.draft], Expect::Any).map_err(|e| failure(&e))?;
    recorder.close().map_err(|e| failure(&e))?;
    let Some(done) = done.first() else {
        return Err(Failure::new(Cause::Environment, "the ledger acknowledged nothing"));
    };
    // What it is worth is read from the ledger as it now is, not from what was expected.
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    let mut entries = history(&reader, &incoming.incident).map_err(|e| history_failure(&e))?.into_entries();
    let standings = mark(&reader, &mut entries).map_err(|e| history_failure(&e))?;
    let standing = standings.get(&done.receipt.seq).unwrap_or(&incoming.standing);
    let seq = done.receipt.seq;
    terminal::data(|out| match format(args.format) {
        Format::Json => {
            let about = json!({
                "seq": seq,
                "event_id": done.event_id.to_string(),
                "incident": incoming.incident.to_string(),
                "link": done.receipt.link.to_string(),
                "already_recorded": done.receipt.outcome == onus_store::Recorded::AlreadyThere,
                "signature": signature_json(standing),
            });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Table => writeln!(out, "Recorded as entry {seq}. {}", signature_words(standing)),
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["seq", "incident", "signature"])?;
            csv.write_record([seq.to_string(), incoming.incident.to_string(), signature_words(standing)])?;
            csv.flush()
        }
    })?;
    match standing {
        Standing::Signed { .. } => Ok(()),
        Standing::Alone(reason) => Err(Failure::new(
            Cause::Found,
            format_args!("recorded as entry {seq}, as asserted alone: {reason}"),
        )
        .hint("nothing is lost: the note stands in the entry; once its cause is mended, record the answer again")),
    }
}

fn answered_failure(error: &AnsweredError) -> Failure {
    match error {
        AnsweredError::Read(error) => Failure::new(error.blame().into(), chain(error)),
        AnsweredError::History(error) => history_failure(error),
        AnsweredError::OtherOffer { .. } => {
            Failure::new(Cause::Refused, format_args!("{error}; nothing was recorded"))
                .hint("without --offer it is recorded for the offer that it names")
        }
        AnsweredError::NoOffer => Failure::new(Cause::Refused, format_args!("{error}; nothing was recorded"))
            .hint("say which with --offer SEQ"),
        _ => Failure::new(Cause::Refused, format_args!("{error}; nothing was recorded"))
            .hint("what you were told can be recorded as a draft of its own: onus record"),
    }
}

/// Where the passphrase of a key that stands alone may stand.
const KEY_PASSPHRASE: &str = "ONUS_KEY_PASSPHRASE";

fn make_key(args: &KeyArgs) -> Result<(), Failure> {
    let agency = AgencyId::parse(&args.agency)
        .ok_or_else(|| Failure::new(Cause::Usage, "expected an agency as kind:code, such as mh_trust:RV5"))?;
    // The place first: nobody types a passphrase for a file that cannot be made.
    let file = NewFile::create(&args.output)?;
    let passphrase = if args.no_passphrase { None } else { Some(terminal::new_passphrase(KEY_PASSPHRASE)?) };
    let (signer, text) = make_key_file(&handover_key_name(&agency), passphrase.as_ref())
        .map_err(|e| Failure::new(Cause::Environment, chain(&e)))?;
    file.finish(text.as_bytes())?;
    let how = if passphrase.is_some() {
        format!("under its passphrase: without that nobody signs as {agency}, you neither")
    } else {
        format!("not encrypted: whoever reads it signs as {agency}")
    };
    terminal::say(&format_args!(
        "onus: {} is the secret, {how}. Give the verifier key below to whoever makes you offers.",
        args.output.display()
    ));
    terminal::data(|out| writeln!(out, "{}", signer.verifier(Algorithm::Ed25519)))
}
