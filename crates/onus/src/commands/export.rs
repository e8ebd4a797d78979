//! `onus export`: records leave in files. The access ledger has it before the folder appears under its name.

use super::show::reveal_failure;
use super::show::tell_notes;
use super::{identity, ledger, open_failure, passphrase};
use crate::args::Cli;
use crate::args::export::{DataFormat as Typed, ExportArgs};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::code::Code;
use onus_core::flat::{Holds, columns};
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_core::sealed::Plain;
use onus_core::terms::{TermField, Wanted as WantedTerm};
use onus_export::data::{self, Chosen, Data, DataError, DataFormat, Event, TextState};
use onus_export::folder::{Folder, MakeError};
use onus_export::statement::Statement;
use onus_ledger::{Disclosure, Export, Identity, Ledger, Passphrase, Wanted, open_disclosed};
use onus_query::erased::Erasures;
use onus_query::find::{Filter, FindError, Finder};
use onus_query::period::Period;
use onus_query::sample::root_at;
use onus_store::Reader;
use std::collections::BTreeSet;

pub(crate) fn run(cli: &Cli, args: &ExportArgs) -> Result<(), Failure> {
    let who = identity(cli)?.ok_or_else(|| {
        Failure::new(Cause::Usage, "export needs --as agency/role[/token]: who hands the records out")
            .hint("profiles.toml in the private directory says which account may use which identity")
    })?;
    let fields = disclosed(&args.disclose)?;
    if args.format == Typed::Fhir && !fields.is_empty() {
        return Err(Failure::new(Cause::Usage, "--disclose: no text leaves in the fhir format")
            .hint("csv, ndjson, sqlite and parquet hold texts that are disclosed"));
    }
    let plain = |option: &str, text: Option<&String>| -> Result<Option<Plain>, Failure> {
        let read = |text: &String| {
            Plain::new(text).ok_or_else(|| {
                Failure::new(Cause::Usage, format_args!("{option}: expected a text of at most 16,384 bytes"))
            })
        };
        text.map(read).transpose()
    };
    let (recipient, why) =
        (plain("--recipient", args.recipient.as_ref())?, plain("--why", args.why.as_ref())?);
    let ground = args.ground.as_deref().map(|text| {
        Code::new(text)
            .ok_or_else(|| Failure::new(Cause::Usage, format_args!("--ground: expected {}", Code::EXPECTED)))
    });
    let ground = ground.transpose()?;

    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    if tell_notes(&reader) {
        return Err(Failure::new(Cause::Found, "a damaged ledger is not exported")
            .hint("run `onus verify` for the first bad place"));
    }
    ledger.check_allowed(&who).map_err(|e| open_failure(&ledger, &e))?;
    let chosen = chosen(&reader, args)?;
    let erasures = Erasures::of(&reader).map_err(|e| Failure::new(Cause::Found, chain(&e)))?;
    let passphrase = passphrase(&ledger)?;
    let folder = Folder::begin(&args.out).map_err(|e| make_failure(&e))?;

    let bar = terminal::entries_bar(reader.size());
    let mut unopened = 0;
    let mut open = |events: &mut [Event]| {
        if let (Some(recipients), Some(ground), false) = (&recipient, &ground, fields.is_empty()) {
            let disclosure = Disclosure { who: &who, recipients, ground: ground.clone(), why: why.as_ref() };
            unopened += open_texts(&ledger, &disclosure, &fields, passphrase.as_ref(), events)?;
        }
        Ok(())
    };
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let mut data = Data {
        reader: &reader,
        chosen: &chosen,
        erased: &|key| erasures.on(key),
        open: &mut open,
        progress: &progress,
    };
    let (format, name) = format(args.format);
    let written = data::write(format, folder.path(), &mut data).map_err(|e| failure(&e))?;
    bar.finish_and_clear();

    let statement = statement(&reader, &name, args, &who, &folder, &written)?;
    let export = Export {
        who: &who,
        incident: None,
        format: name.clone(),
        filters: None,
        size: reader.size(),
        included: written.counts.entries,
        withheld: written.counts.withheld,
        erased: written.counts.erased,
        recipients: recipient.as_ref(),
        why: why.as_ref(),
    };
    ledger.record_export(&export, passphrase.as_ref()).map_err(|e| reveal_failure(&ledger, &e))?;
    folder.finish(&statement).map_err(|e| make_failure(&e))?;
    if unopened > 0 {
        terminal::say(&format_args!(
            "onus: {unopened} texts that were to be opened could not be, and stand there as withheld"
        ));
    }
    let counts = written.counts;
    terminal::say(&format_args!(
        "{} entries in {}; texts: {} opened, {} withheld, {} erased",
        counts.entries,
        args.out.display(),
        counts.opened,
        counts.withheld,
        counts.erased
    ));
    Ok(())
}

/// The sealed fields that `--disclose` names, as kind and number.
fn disclosed(names: &[String]) -> Result<BTreeSet<(Kind, u16)>, Failure> {
    let mut fields = BTreeSet::new();
    for name in names {
        let unknown = |listed: Vec<String>| {
            Failure::new(Cause::Usage, "--disclose: expected Kind.field of a sealed text")
                .hint(format_args!("such as {}", listed.join(", ")))
        };
        let Some((kind, field)) = name.split_once('.') else {
            return Err(unknown(vec!["AttendanceDecided.rationale".into()]));
        };
        let Some(kind) = Kind::from_name(kind) else {
            return Err(unknown(vec!["AttendanceDecided.rationale".into()]));
        };
        let sealed: Vec<(String, u16)> = columns(kind)
            .into_iter()
            .filter_map(|column| match column.holds {
                Holds::Sealed(number) => Some((column.name.trim_start_matches("body_").to_owned(), number)),
                _ => None,
            })
            .collect();
        let Some((_, number)) = sealed.iter().find(|(name, _)| name == field) else {
            return Err(unknown(sealed.iter().map(|(name, _)| format!("{}.{name}", kind.name())).collect()));
        };
        fields.insert((kind, *number));
    }
    Ok(fields)
}

/// The entries that are asked for; all of them if nothing is.
fn chosen(reader: &Reader, args: &ExportArgs) -> Result<Chosen, Failure> {
    const PAGE: usize = 65_536;
    let mut filter = Filter::everything();
    let mut is_everything = true;
    for (option, field, texts) in
        [("--incident", TermField::Incident, &args.incident), ("--kind", TermField::Kind, &args.kind)]
    {
        for text in texts {
            let value = WantedTerm::parse(field, text)
                .map_err(|e| Failure::new(Cause::Usage, format_args!("{option}: {e}")))?;
            filter = filter.with(value);
            is_everything = false;
        }
    }
    if let Some(text) = &args.occurred {
        let period =
            Period::parse(text).map_err(|e| Failure::new(Cause::Usage, format_args!("--occurred: {e}")))?;
        filter = filter.occurred(period);
        is_everything = false;
    }
    if is_everything {
        return Ok(Chosen::All);
    }
    let failed = |e: &FindError| Failure::new(Cause::Found, chain(e));
    let finder = Finder::new(reader, &filter).map_err(|e| failed(&e))?;
    let mut seqs = Vec::new();
    let mut after = None;
    loop {
        let page = finder.page(after, PAGE).map_err(|e| failed(&e))?;
        if !page.disagreeing.is_empty() {
            return Err(Failure::new(
                Cause::Found,
                "the index names entries that do not hold what was asked",
            )
            .hint("`onus index rebuild` makes it anew; nothing was handed out"));
        }
        seqs.extend(page.entries.iter().map(onus_store::StoredEntry::seq));
        after = page.next_after;
        if after.is_none() {
            break;
        }
    }
    if seqs.is_empty() {
        return Err(Failure::new(Cause::Refused, "nothing is recorded that was asked for")
            .hint("`onus find` takes the same --incident, --kind and --occurred, and shows what there is"));
    }
    Ok(Chosen::Some(seqs))
}

/// Every policy that the ledger published, as policy@version.
fn policies(reader: &Reader) -> Result<Vec<String>, Failure> {
    let failed = |e: &onus_store::ReadError| Failure::new(e.kind().into(), chain(e));
    let mut found = BTreeSet::new();
    for seq in reader.of_kind(Kind::PolicyPublished.number()).map_err(|e| failed(&e))? {
        let stored = reader.entry(seq).map_err(|e| failed(&e))?;
        if let Ok(Entry { body: Some(Body::PolicyPublished(policy)), .. }) = Entry::parse(stored.bytes()) {
            found.insert(format!("{}@{}", policy.policy.policy, policy.policy.version));
        }
    }
    Ok(found.into_iter().collect())
}

/// Opens the named texts of these events; the access ledger has it first. Returns how many could not be opened.
fn open_texts(
    ledger: &Ledger,
    disclosure: &Disclosure<'_>,
    fields: &BTreeSet<(Kind, u16)>,
    passphrase: Option<&Passphrase>,
    events: &mut [Event],
) -> Result<u64, DataError> {
    let wanted: Vec<Wanted> = events
        .iter()
        .filter_map(|event| {
            let named = |field: u16| fields.contains(&(event.kind(), field));
            let texts = event.texts.iter().filter(|text| matches!(text.state, TextState::Withheld));
            let fields: Vec<u16> = texts.map(|text| text.field).filter(|field| named(*field)).collect();
            (!fields.is_empty()).then_some(Wanted { seq: event.head.seq, fields })
        })
        .collect();
    if wanted.is_empty() {
        return Ok(0);
    }
    let mut unopened = 0;
    let handed = ledger.disclose(disclosure, &wanted, passphrase).map_err(|e| DataError::Open(chain(&e)))?;
    for one in handed {
        let Ok(at) = events.binary_search_by_key(&one.seq, |event| event.head.seq) else { continue };
        let Some(event) = events.get_mut(at) else { continue };
        let id = event.id();
        let text = event.texts.iter_mut().find(|text| text.field == one.field);
        if let (Some(text), Ok(key)) = (text, &one.key)
            && let Ok(plain) = open_disclosed(&text.sealed, &id, one.field, key)
        {
            text.state = TextState::Opened(plain);
        } else {
            unopened += 1;
        }
    }
    Ok(unopened)
}

fn format(typed: Typed) -> (DataFormat, Code) {
    let (format, name) = match typed {
        Typed::Csv => (DataFormat::Csv, "csv"),
        Typed::Ndjson => (DataFormat::Ndjson, "ndjson"),
        Typed::Sqlite => (DataFormat::Sqlite, "sqlite"),
        Typed::Parquet => (DataFormat::Parquet, "parquet"),
        Typed::Fhir => (DataFormat::Fhir, "fhir"),
    };
    (format, Code::new(name).unwrap_or(Code::ONUS))
}

fn statement(
    reader: &Reader,
    format: &Code,
    args: &ExportArgs,
    who: &Identity,
    folder: &Folder,
    written: &data::Written,
) -> Result<Statement, Failure> {
    let named = |name: &'static str, values: &[String]| {
        values.iter().map(|value| format!("{name}={value}")).collect::<Vec<_>>()
    };
    let mut filters = named("incident", &args.incident);
    filters.extend(named("kind", &args.kind));
    filters.extend(args.occurred.iter().map(|period| format!("occurred={period}")));
    let root = root_at(reader, reader.size(), &|_| {})
        .map_err(|e| Failure::new(e.kind().into(), chain(&e)))?
        .to_string();
    let policies = policies(reader)?;
    let files = folder.list(&written.files).map_err(|e| make_failure(&e))?;
    Ok(Statement {
        onus_export: Statement::version(),
        format: format.to_string(),
        origin: reader.identity().origin.to_string(),
        size: reader.size(),
        root,
        filters,
        made_at: onus_ledger::Machine::this().now().rfc3339(),
        made_by: format!("{}/{}", who.agency(), who.role().map_or("-", |role| role.as_str())),
        release: env!("CARGO_PKG_VERSION").into(),
        policies,
        rules: Vec::new(),
        counts: written.counts.into(),
        files,
    })
}

fn make_failure(error: &MakeError) -> Failure {
    match error {
        MakeError::Exists { .. } => {
            Failure::new(Cause::Refused, chain(error)).hint("name a folder that is not there yet")
        }
        _ => Failure::new(Cause::Environment, chain(error))
            .hint("nothing was handed out; see to the place that -o names"),
    }
}

fn failure(error: &DataError) -> Failure {
    let cause = match error {
        DataError::Read(e) => e.kind().into(),
        DataError::Entry { .. } => Cause::Found,
        _ => Cause::Environment,
    };
    Failure::new(cause, chain(error)).hint("nothing was handed out, and the unfinished folder was removed")
}
