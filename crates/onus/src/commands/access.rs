//! `onus access`: what the access ledger says, and whether it fits the ledger.

use super::show::reveal_failure;
use super::{
    caller, format, ledger, open_failure, parse_code, parse_identity, parse_incident, unlocked, who,
};
use crate::args::access::{AccessCommand, FindArgs, LabelArg, ReportArgs, Span};
use crate::args::{Cli, Format, TableArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::rows::write_rows;
use crate::render::says::{label_of_kind, person_named};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::kinds::Kind;
use onus_core::sealed::Plain;
use onus_core::time::Timestamp;
use onus_ledger::{AccessFilter, AccessLine, EntryTexts, Label, Ledger, Named, RevealRequest};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const REPORT_COLUMNS: [&str; 9] =
    ["label", "event", "who", "account", "for", "citation", "times", "entries", "texts"];

pub(super) const LINE_COLUMNS: [&str; 16] = [
    "line",
    "recorded_at",
    "event",
    "who",
    "account",
    "host",
    "incident",
    "subject",
    "entries",
    "texts",
    "for",
    "rights",
    "regime",
    "label",
    "citation",
    "reasons",
];

/// What was opened of each line: what it is, and the text.
type Reasons = BTreeMap<u64, Vec<(&'static str, String)>>;

/// How many lines' reasons are opened at once: one reading has to name them all.
const REASONS_MAX: usize = 1_000;

pub(crate) fn run(cli: &Cli, command: &AccessCommand) -> Result<(), Failure> {
    match command {
        AccessCommand::Find(args) => find(cli, args),
        AccessCommand::Report(args) => report(cli, args),
        AccessCommand::Verify(args) => verify(cli, args),
    }
}

fn find(cli: &Cli, args: &FindArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let filter = filter(args)?;
    let lines = ledger.access_lines(&filter).map_err(|e| open_failure(&ledger, &e))?;
    let mut reasons = if args.reasons { open_reasons(cli, args, &ledger, &lines)? } else { Reasons::new() };
    let rows: Vec<_> = lines.iter().map(|line| row(line, reasons.remove(&line.seq))).collect();
    terminal::data(|out| write_rows(out, format(args.format), &LINE_COLUMNS, &rows))
}

/// A line of the access ledger as a row.
pub(super) fn row(line: &AccessLine, reasons: Option<Vec<(&'static str, String)>>) -> Vec<Value> {
    let named = |name: &Option<Named>| match name {
        Some(Named::Clear(code)) => json!(code.as_str()),
        Some(Named::Sealed) => json!("[sealed]"),
        None => Value::Null,
    };
    let places: Vec<u64> = line.entries.iter().map(|one| one.seq).collect();
    let reasons = match reasons {
        Some(opened) => {
            json!(opened.iter().map(|(label, text)| format!("{label}: {text}")).collect::<Vec<_>>())
        }
        None if line.texts.is_empty() => Value::Null,
        None => json!(format!("[{} sealed]", line.texts.len())),
    };
    vec![
        json!(line.seq),
        json!(line.recorded_at.london()),
        json!(line.kind.name()),
        json!(person_named(&line.who)),
        named(&line.account),
        named(&line.host),
        json!(line.incident.as_ref().map(ToString::to_string)),
        json!(line.subject.map(|token| token.to_string())),
        if places.is_empty() { json!(line.counts.0) } else { json!(places) },
        json!(line.counts.1),
        json!(line.what_for.as_ref().map(ToString::to_string)),
        json!(line.rights.as_ref().map(ToString::to_string)),
        json!(line.regime.as_str()),
        json!(line.label.as_str()),
        json!(line.citation),
        reasons,
    ]
}

/// Opens the texts of these lines: the access ledger has that first.
fn open_reasons(
    cli: &Cli,
    args: &FindArgs,
    ledger: &Ledger,
    lines: &[AccessLine],
) -> Result<Reasons, Failure> {
    who(cli, "--reasons")?;
    let why = args.why.as_deref().filter(|why| !why.trim().is_empty()).and_then(Plain::new);
    let why =
        why.ok_or_else(|| Failure::new(Cause::Usage, "--why: expected a reason, of at most 16,384 bytes"))?;
    let wanted: Vec<EntryTexts> = lines
        .iter()
        .filter(|line| !line.texts.is_empty())
        .map(|line| EntryTexts { seq: line.seq, fields: Vec::new() })
        .collect();
    if wanted.len() > REASONS_MAX {
        let problem =
            format_args!("{} lines have reasons; at most {REASONS_MAX} are opened at once", wanted.len());
        return Err(Failure::new(Cause::Refused, problem)
            .hint("narrow the question, with --from and --until for instance"));
    }
    let purpose = args.what_for.as_deref().map(|text| parse_code("--for", text)).transpose()?;
    let request = RevealRequest { why: &why, purpose };
    let opened = unlocked(ledger)?
        .reveal_access(&caller(cli), &request, &wanted)
        .map_err(|e| reveal_failure(ledger, &e))?;
    let mut reasons = Reasons::new();
    for one in opened {
        let kind = lines.iter().find(|line| line.seq == one.seq).map_or(Kind::TextRevealed, |line| line.kind);
        let text = one.text.map_or_else(|why| format!("[sealed; {why}]"), |text| text.expose().to_owned());
        reasons.entry(one.seq).or_default().push((label_of_kind(kind, one.field), text));
    }
    Ok(reasons)
}

fn filter(args: &FindArgs) -> Result<AccessFilter, Failure> {
    let (from, until) = span(&args.span)?;
    let kind = |text: &str| {
        Kind::from_name(text).ok_or_else(|| {
            Failure::new(Cause::Usage, "--event: expected a kind of event, such as TextRevealed")
        })
    };
    Ok(AccessFilter {
        incident: args.incident.as_deref().map(parse_incident).transpose()?,
        entry: args.entry,
        who: args.by.as_deref().map(|text| parse_identity("--by", text)).transpose()?,
        account: args.account.as_deref().map(|text| parse_code("--account", text)).transpose()?,
        kind: args.event.as_deref().map(kind).transpose()?,
        what_for: args.what_for.as_deref().map(|text| parse_code("--for", text)).transpose()?,
        label: args.label.map(|label| match label {
            LabelArg::Required => Label::Required,
            LabelArg::Policy => Label::Policy,
        }),
        from,
        until,
    })
}

/// From when until when.
pub(super) fn span(span: &Span) -> Result<(Option<Timestamp>, Option<Timestamp>), Failure> {
    let time = |option: &str, text: &Option<String>| {
        let Some(text) = text else { return Ok(None) };
        // A day alone is its first instant in London.
        let whole = if text.len() == 10 { format!("{text}T00:00:00") } else { text.clone() };
        Timestamp::parse(&whole).map(Some).map_err(|e| {
            Failure::new(
                Cause::Usage,
                format_args!("{option}: expected a day or a time such as 2026-06-01: {e}"),
            )
        })
    };
    let (from, until) = (time("--from", &span.from)?, time("--until", &span.until)?);
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        return Err(Failure::new(
            Cause::Usage,
            format_args!(
                "the period ends before it starts: --from is {}, --until is {}",
                from.london(),
                until.london()
            ),
        )
        .hint("give --from a day or time no later than --until"));
    }
    Ok((from, until))
}

fn report(cli: &Cli, args: &ReportArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let (from, until) = span(&args.span)?;
    let filter = AccessFilter { from, until, ..AccessFilter::default() };
    let lines = ledger.access_lines(&filter).map_err(|e| open_failure(&ledger, &e))?;
    terminal::data(|out| write_rows(out, format(args.format), &REPORT_COLUMNS, &counted(&lines)))
}

/// How often who did what.
pub(super) fn counted(lines: &[AccessLine]) -> Vec<Vec<Value>> {
    let mut counts: BTreeMap<[String; 6], [u64; 3]> = BTreeMap::new();
    for line in lines {
        let account = match (&line.account, &line.host) {
            (None, None) => String::new(),
            (account, host) => format!("{}@{}", shown(account.as_ref()), shown(host.as_ref())),
        };
        let key = [
            line.label.as_str().to_owned(),
            line.kind.name().to_owned(),
            person_named(&line.who),
            account,
            line.what_for.as_ref().map(ToString::to_string).unwrap_or_default(),
            line.citation.clone(),
        ];
        let [times, entries, texts] = counts.entry(key).or_default();
        *times += 1;
        *entries += line.counts.0;
        *texts += line.counts.1;
    }
    counts
        .into_iter()
        .map(|(key, counts)| {
            key.iter().map(|text| json!(text)).chain(counts.iter().map(|n| json!(n))).collect()
        })
        .collect()
}

fn shown(name: Option<&Named>) -> &str {
    match name {
        Some(Named::Clear(code)) => code.as_str(),
        Some(Named::Sealed) => "[sealed]",
        None => "",
    }
}

fn verify(cli: &Cli, args: &TableArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let access = ledger.access();
    let bar = terminal::bytes_bar();
    let verdict = access
        .verify(super::verify::threads(), &|done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })
        .map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    bar.finish_and_clear();
    let compared = ledger.compare_access().map_err(|e| open_failure(&ledger, &e))?;
    let fits = verdict.is_sound() && compared.mismatches.is_empty();
    terminal::data(|out| match format(args.format) {
        Format::Table => {
            super::verify::write_words(out, &verdict)?;
            writeln!(out, "\n{} lines compared with the ledger.", compared.lines)?;
            for mismatch in &compared.mismatches {
                writeln!(out, "  {mismatch}")?;
            }
            for line in &compared.not_carried_out {
                writeln!(out, "  note: line {line} asks for an erasure that was not carried out")?;
            }
            for file in &compared.changeable {
                writeln!(out, "  note: this account can change {file}, and so what it is allowed")?;
            }
            Ok(())
        }
        Format::Json => {
            let about = json!({
                "sound": verdict.is_sound(), "fits_the_ledger": compared.mismatches.is_empty(), "lines": compared.lines,
                "size": verdict.size, "root": verdict.root.to_string(), "last_link": verdict.last_link.to_string(),
                "mismatches": compared.mismatches.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "not_carried_out": compared.not_carried_out, "changeable_by_this_account": compared.changeable,
            });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["sound", "fits_the_ledger", "lines", "mismatches", "not_carried_out"])?;
            csv.write_record([
                verdict.is_sound().to_string(),
                compared.mismatches.is_empty().to_string(),
                compared.lines.to_string(),
                compared.mismatches.len().to_string(),
                compared.not_carried_out.len().to_string(),
            ])?;
            csv.flush()
        }
    })?;
    if fits { Ok(()) } else { Err(Failure::told(Cause::Found)) }
}
