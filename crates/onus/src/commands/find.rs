//! `onus find`: entries by their terms, counted, divided, or a page of them.

use super::{agency_words, session};
use crate::args::{Cli, FindArgs};
use crate::exit::{Cause, Failure};
use crate::render::find::{write_groups, write_page};
use crate::{output, terminal};
use onus_core::terms::{TermField, Wanted};
use onus_query::find::Filter;
use onus_query::period::Period;
use onus_service::FindQuestion;

const PAGE: u32 = 50;

pub(crate) fn run(cli: &Cli, args: &FindArgs) -> Result<(), Failure> {
    let question = FindQuestion { filter: filter(args)?, flags: args.flag.clone() };
    let group_by = args.group_by.as_deref().map(|name| field("--group-by", name)).transpose()?;
    let limit = |unless: Option<u32>| {
        args.limit.or(unless).map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
    };
    let session = session(cli);
    let agencies = agency_words(&session, args.format)?;
    if args.count {
        let answer = session.count(&question)?;
        output::one(args.format, &answer, |out| writeln!(out, "{}", answer.count))?;
        return whole(&answer.damage);
    }
    if let Some(field) = group_by {
        let answer = session.groups(&question, field, limit(None))?;
        output::listed(args.format, &answer, &answer.groups, |out| write_groups(out, &answer, &agencies))?;
        return whole(&answer.damage);
    }
    let answer = session.page(&question, args.after, limit(Some(PAGE)))?;
    output::listed(args.format, &answer, &answer.entries, |out| {
        write_page(out, &answer.entries, &agencies, terminal::width())
    })?;
    if let Some(after) = answer.next_after {
        terminal::say(&format_args!("onus: there are more; the next page: --after {after}"));
    }
    if let Some(first) = answer.disagreeing_seqs.first() {
        let problem = format_args!(
            "the index named entry {first}, which does not hold what was asked; it was left out"
        );
        return Err(Failure::new(Cause::Found, problem).hint(
            "`onus index verify` says where the index differs from the log, `onus index rebuild` makes it again",
        ));
    }
    whole(&answer.damage)
}

/// What was found is what can be read; a script must not take it for the whole.
fn whole(damage: &[String]) -> Result<(), Failure> {
    if damage.is_empty() { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
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
