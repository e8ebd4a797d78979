//! `onus show`: one incident's history, then who held what, then what an auditor would look at. Texts stay sealed unless they are asked for with a reason.

use super::vantage::{not_found, parse, within_knowledge};
use super::{caller, format, history_failure, ledger, open_failure, parse_code, unlocked, who};
use crate::args::{Cli, Format, ShowArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::flags::write_lines;
use crate::render::history::{Content, Shown, Text, Told, heading, write_csv, write_json, write_text};
use crate::render::holding::write_spans;
use crate::render::lanes::{Drawn, write_lanes};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::codec::DecodeError;
use onus_core::entry::EntryHead;
use onus_core::history::{Entry, History};
use onus_core::ids::Incident;
use onus_core::record::Record;
use onus_core::sealed::Plain;
use onus_ledger::{EntryTexts, Ledger, RevealError, RevealRequest, Revealed};
use onus_query::flags::INDICATOR;
use onus_query::handover::mark;
use onus_query::holding::holding;
use onus_query::policy::Policies;
use onus_store::{Note, Reader};

pub(crate) fn run(cli: &Cli, args: &ShowArgs) -> Result<(), Failure> {
    let incident = parse(&args.incident)?;
    let ledger = ledger(cli);
    let opened = ledger.read_even_damaged().map_err(|e| open_failure(&ledger, &e))?;
    let (reader, damaged) = (opened.readable(), opened.damage().is_some());
    tell_notes(reader);
    let mut entries = history(reader, &incident)?;
    if entries.is_empty() {
        return Err(if damaged { cannot_say(reader, &incident) } else { not_found(&incident) });
    }
    let vantage = args.known.vantage(args.as_at);
    within_knowledge(reader, &vantage)?;
    let history = History::new(incident.clone(), entries.iter().map(Shown::entry).collect());
    let policies = Policies::read(reader, vantage.known_by).map_err(|e| history_failure(&e))?;
    let held = holding(&history, &vantage, &policies);
    entries.retain(|entry| entry.is_seen_from(&vantage));
    if args.reveal {
        reveal(cli, args, &ledger, &mut entries)?;
    }
    if let Some(path) = &args.keys {
        super::disclose::open_by_keys(&ledger, path, &mut entries)?;
    }
    // Half a story told as at an instant is not judged.
    let judged = match vantage.as_at {
        None => Some(super::flags::of_history(&ledger, reader, &history, &vantage, &policies)?),
        Some(_) => None,
    };
    let flags = judged.as_ref().map_or(&[][..], |(flags, _)| flags);
    terminal::data(|out| match format(args.format) {
        Format::Table => {
            let width = terminal::width();
            if entries.is_empty() {
                return writeln!(out, "{incident}: nothing of it had happened, or was known, by then");
            }
            writeln!(
                out,
                "{}\n",
                heading(&incident.to_string(), reader.identity().origin.as_str(), &entries)
            )?;
            write_text(out, &entries, width)?;
            if !held.is_empty() {
                let known = history.speaking_at(&vantage);
                let drawn = Drawn { held: &held, entries: &known, vantage };
                writeln!(out)?;
                write_lanes(out, &drawn, terminal::brush(args.ascii), width)?;
                writeln!(out)?;
                write_spans(out, &held)?;
            }
            if !flags.is_empty() {
                writeln!(out, "\nWhat an auditor would look at (each an {INDICATOR}):")?;
                write_lines(out, flags, width)?;
            }
            Ok(())
        }
        Format::Json => {
            let told = Told { incident: &incident, vantage: &vantage, held: &held, judged: judged.as_ref() };
            write_json(out, &told, &entries)
        }
        Format::Csv => write_csv(out, &entries, judged.as_ref().map(|(flags, _)| flags.as_slice())),
    })?;
    // What was shown is what can be read; a script must not take it for the whole.
    if damaged { Err(Failure::told(Cause::Found)) } else { Ok(()) }
}

/// The entries of the incident may be among those that a damaged ledger lost.
fn cannot_say(left: &Reader, incident: &Incident) -> Failure {
    let problem = format_args!(
        "only the first {} entries can be read; none of them is under {incident}, but later ones may be",
        left.size()
    );
    Failure::new(Cause::Found, problem).hint("run `onus verify` for the first bad place")
}

/// Says what the reader has to say besides its answers.
pub(super) fn tell_notes(reader: &Reader) {
    let mut told: Vec<Note> = Vec::new();
    for note in reader.notes() {
        if !told.contains(&note) {
            terminal::say(&format_args!("onus: {note}"));
            told.push(note);
        }
    }
}

/// The incident's entries, in the order of the ledger, with what their notes are worth.
pub(super) fn history(reader: &Reader, incident: &Incident) -> Result<Vec<Shown>, Failure> {
    let failure = |e: &onus_store::ReadError| Failure::new(e.blame().into(), chain(e));
    let seqs = reader.incident(&incident.key()).map_err(|e| failure(&e))?;
    let read = |seq| {
        let entry = reader.entry(seq).map_err(|e| failure(&e))?;
        read_entry(entry.bytes()).map_err(|e| Failure::new(Cause::Found, format_args!("entry {seq}: {e}")))
    };
    let mut shown = seqs.into_iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    let mut entries: Vec<Entry> = shown.iter().map(Shown::entry).collect();
    let mut standings = mark(reader, &mut entries).map_err(|e| history_failure(&e))?;
    for one in &mut shown {
        one.standing = standings.remove(&one.head.seq);
    }
    Ok(shown)
}

/// Decodes an entry to be shown, its texts closed.
pub(super) fn read_entry(entry: &[u8]) -> Result<Shown, DecodeError> {
    let (head, record) = EntryHead::parse(entry)?;
    match Record::decode(&head, record) {
        Ok(record) => Ok(Shown::closed(head, record)),
        Err(DecodeError::UnknownKind) => {
            let common = Record::decode_common(&head, record)?;
            Ok(Shown { head, content: Content::Unknown(Box::new(common)), standing: None })
        }
        Err(e) => Err(e),
    }
}

fn reveal(cli: &Cli, args: &ShowArgs, ledger: &Ledger, entries: &mut [Shown]) -> Result<(), Failure> {
    who(cli, "--reveal")?;
    let purpose = args.purpose.as_deref().map(|text| parse_code("--for", text)).transpose()?;
    let why = args.why.as_deref().filter(|why| !why.trim().is_empty()).and_then(Plain::new);
    let why =
        why.ok_or_else(|| Failure::new(Cause::Usage, "--why: expected a reason, of at most 16,384 bytes"))?;
    let wanted: Vec<EntryTexts> =
        entries.iter().map(|entry| EntryTexts { seq: entry.head.seq, fields: Vec::new() }).collect();
    let revealed = unlocked(ledger)?
        .reveal(&caller(cli), &RevealRequest { why: &why, purpose }, &wanted)
        .map_err(|e| reveal_failure(ledger, &e))?;
    for Revealed { seq, field, text } in revealed {
        let place = entries.iter_mut().find(|entry| entry.head.seq == seq).and_then(|entry| match &mut entry
            .content
        {
            Content::Known { texts, .. } => texts.iter_mut().find(|(number, _)| *number == field),
            Content::Unknown(_) => None,
        });
        if let Some((_, shown)) = place {
            *shown = match (text, &shown) {
                (Ok(text), _) => Text::Open(text),
                (Err(why), Text::Sealed { chars }) => {
                    Text::Unreadable { chars: *chars, why: why.to_string() }
                }
                (Err(_), _) => continue,
            };
        }
    }
    Ok(())
}

pub(super) fn reveal_failure(ledger: &Ledger, error: &RevealError) -> Failure {
    match error {
        RevealError::Open(error) => open_failure(ledger, error),
        RevealError::Access(cause) => Failure::new(open_failure(ledger, cause).cause, chain(error)).hint(
            "nothing was revealed; restore DIR.private/access from its backup, or run `onus verify --access`",
        ),
        RevealError::Entry { .. } => Failure::new(Cause::Found, error),
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}
