//! `onus find`: entries by their terms, counted, divided, or a page of them.

use super::index::mend;
use super::show::{read_entry, tell_notes};
use super::{format, ledger, open_failure};
use crate::args::{Cli, FindArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::find::{write_count, write_groups, write_page};
use crate::render::history::Shown;
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::terms::{TermField, Wanted};
use onus_query::find::{Filter, FindError, Finder};
use onus_query::period::Period;
use std::collections::BTreeSet;

const PAGE: u32 = 50;

pub(crate) fn run(cli: &Cli, args: &FindArgs) -> Result<(), Failure> {
    let filter = filter(args)?;
    let group_by = args.group_by.as_deref().map(|name| field("--group-by", name)).transpose()?;
    let ledger = ledger(cli);
    let opened = ledger.read_even_damaged().map_err(|e| open_failure(&ledger, &e))?;
    let reader = opened.readable();
    mend(reader)?;
    let filter = if args.flag.is_empty() {
        filter
    } else {
        let mut named = BTreeSet::new();
        super::flags::each(&ledger, reader, |finding| {
            if args.flag.contains(&finding.code) {
                named.insert(finding.entry);
            }
        })?;
        filter.only(named)
    };
    let finder = Finder::new(reader, &filter).map_err(|e| failure(&e))?;
    let format = format(args.format);
    let mut disagreeing = Vec::new();
    if args.count {
        let count = finder.count().map_err(|e| failure(&e))?;
        terminal::data(|out| write_count(out, format, count))?;
    } else if let Some(field) = group_by {
        let groups = finder.group(field).map_err(|e| failure(&e))?;
        let limit = args.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        terminal::data(|out| write_groups(out, format, field, &groups, limit))?;
    } else {
        let limit = usize::try_from(args.limit.unwrap_or(PAGE)).unwrap_or(usize::MAX);
        let page = finder.page(args.after, limit).map_err(|e| failure(&e))?;
        let entries: Result<Vec<Shown>, Failure> = page
            .entries
            .iter()
            .map(|entry| {
                read_entry(entry.bytes())
                    .map_err(|e| Failure::new(Cause::Found, format_args!("entry {}: {e}", entry.seq())))
            })
            .collect();
        let entries = entries?;
        terminal::data(|out| write_page(out, format, &entries, page.next_after, terminal::width()))?;
        if let Some(after) = page.next_after {
            terminal::say(&format_args!("onus: there are more; the next page: --after {after}"));
        }
        disagreeing = page.disagreeing;
    }
    // A page that turned out damaged while it was used.
    mend(reader)?;
    tell_notes(reader);
    if let Some(first) = disagreeing.first() {
        return Err(Failure::new(
            Cause::Found,
            format_args!("the index named entry {first}, which does not hold what was asked; it was left out"),
        )
        .hint("`onus index verify` says where the index differs from the log, `onus index rebuild` makes it anew"));
    }
    if opened.damage().is_some() { Err(Failure::told(Cause::Found)) } else { Ok(()) }
}

fn filter(args: &FindArgs) -> Result<Filter, Failure> {
    let mut filter = Filter::everything();
    for (field, texts) in args.values() {
        for text in texts {
            filter = filter.with(value(&format!("--{}", field.name()), field, text)?);
        }
    }
    for text in &args.not {
        let (name, text) = text.split_once('=').ok_or_else(|| {
            Failure::new(Cause::Usage, "--not: expected FIELD=VALUE, such as outcome=deploy")
        })?;
        let field = field("--not", name)?;
        filter = filter.without(value(&format!("--not {}", field.name()), field, text)?);
    }
    let period = |option: &str, text: &Option<String>| -> Result<Period, Failure> {
        text.as_deref().map_or(Ok(Period::default()), |text| {
            Period::parse(text).map_err(|e| Failure::new(Cause::Usage, format_args!("{option}: {e}")))
        })
    };
    Ok(filter
        .occurred(period("--occurred", &args.occurred)?)
        .entered(period("--entered", &args.entered)?)
        .recorded(period("--recorded", &args.recorded)?))
}

fn value(option: &str, field: TermField, text: &str) -> Result<Wanted, Failure> {
    Wanted::parse(field, text).map_err(|e| Failure::new(Cause::Usage, format_args!("{option}: {e}")))
}

fn field(option: &str, name: &str) -> Result<TermField, Failure> {
    TermField::from_name(name).ok_or_else(|| {
        let names = TermField::NAMES.join(", ");
        Failure::new(Cause::Usage, format_args!("{option}: expected one of the fields {names}"))
    })
}

fn failure(error: &FindError) -> Failure {
    match error {
        FindError::Read(e) => Failure::new(e.blame().into(), chain(e)),
        _ => Failure::new(Cause::Found, chain(error)).hint("run `onus verify` for the first bad place"),
    }
}
