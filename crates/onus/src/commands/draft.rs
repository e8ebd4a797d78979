//! `onus draft`, `onus new` and `onus schema`: drafts written by hand, and what they may say. Nothing is recorded.

use crate::args::draft::{DraftArgs, NewArgs, SchemaArgs};
use crate::exit::{Cause, Failure};
use crate::terminal;
use onus_core::kinds::Kind;
use onus_core::phrase::Phrase;
use onus_core::vocabulary::Strand;
use onus_core::{example, schema};
use onus_import::case;
use onus_service::sentences::table;
use std::fs;

pub(crate) fn run(args: &DraftArgs) -> Result<(), Failure> {
    let cannot = |problem: &dyn std::fmt::Display| {
        Failure::new(Cause::Environment, format_args!("cannot read {}: {problem}", args.file.display()))
    };
    let bytes = fs::read(&args.file).map_err(|e| cannot(&e))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::new(Cause::Refused, format_args!("{} is not UTF-8; save it as that", args.file.display()))
    })?;
    match case::expand(&text) {
        Ok(drafts) => {
            terminal::data(|out| drafts.iter().try_for_each(|draft| writeln!(out, "{}", draft.json)))
        }
        Err(error) => {
            for fault in error.faults() {
                terminal::say(&format_args!("{fault}"));
            }
            Err(Failure::new(Cause::Refused, "nothing was expanded: the case has faults"))
        }
    }
}

pub(crate) fn new(args: &NewArgs) -> Result<(), Failure> {
    match (args.template, args.kind) {
        (Some(Some(strand)), _) => terminal::data(|out| out.write_all(case::template(strand).as_bytes())),
        (Some(None), _) => terminal::data(|out| {
            let rows = Strand::ALL
                .iter()
                .map(|strand| vec![strand.as_str().to_owned(), case::template_title(*strand).to_owned()]);
            writeln!(out, "{}", table(&["strand", "case"], rows))
        }),
        (None, Some(kind)) => new_kind(kind),
        (None, None) => Ok(()),
    }
}

fn new_kind(kind: Kind) -> Result<(), Failure> {
    let draft = Phrase::of(kind).map(Phrase::shortest_draft);
    let line = draft.and_then(|draft| case::say(&draft)).map(|said| said.line).unwrap_or_default();
    terminal::data(|out| {
        writeln!(
            out,
            "# As a line of a case, after a line `---` (docs/by-hand.md):\n# {line}\n#\n# As a table:"
        )?;
        out.write_all(example::form(kind).as_bytes())
    })
}

pub(crate) fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let described = args.kind.map_or_else(schema::json_schema, schema::json_schema_of);
    terminal::data(|out| {
        serde_json::to_writer_pretty(&mut *out, &described)?;
        writeln!(out)
    })
}
