//! `onus export s136`: the annual return's fields as CSV, its dictionary, and what is missing.

use super::super::reveal_failure;
use super::super::{history_failure, parse_code, trust};
use super::case::{counts, events};
use super::leaving::{Leaving, Said};
use crate::args::export::S136Args;
use crate::args::{Cli, Format};
use crate::exit::{Cause, Failure, chain};
use crate::render::rows::write_rows;
use onus_core::code::Code;
use onus_core::time::LocalDate;
use onus_export::data::{Event, TextState};
use onus_export::returns::s136::{Cell, Fields, Missing, Opened, Use, uses};
use onus_ledger::{Disclosure, EntryTexts, open_disclosed};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(cli: &Cli, args: &S136Args) -> Result<(), Failure> {
    let (from, to) = year(args.year)?;
    let ground = args.ground.as_deref().map(|text| parse_code("--ground", text)).transpose()?;
    let fields = match &args.fields {
        None => Fields::built_in(),
        Some(path) => Fields::parse(&String::from_utf8_lossy(&trust::file(path)?)),
    };
    let fields = fields.map_err(|e| Failure::new(Cause::Refused, format_args!("--fields: {e}")))?;
    let mut leaving = Leaving::begin(cli, "s136", &args.leaving)?;
    let uses =
        uses(&leaving.reader, &fields, (from, to), args.force.as_ref()).map_err(|e| history_failure(&e))?;
    if let (true, Some(force)) = (uses.is_empty(), &args.force) {
        let all = onus_export::returns::s136::uses(&leaving.reader, &fields, (from, to), None);
        let all = all.map_err(|e| history_failure(&e))?;
        if !all.is_empty() {
            return Err(Failure::new(
                Cause::Refused,
                format_args!(
                    "--force: {force} states no use of the power in that year, and others state {}",
                    all.len()
                ),
            )
            .hint("without --force the return has every use that is recorded"));
        }
    }
    let seqs: BTreeSet<u64> = uses.iter().flat_map(Use::entries).collect();
    let mut events = events(&leaving, &seqs.into_iter().collect::<Vec<_>>())?;
    let opened = open(&leaving, &uses, ground.as_ref(), &mut events)?;

    let rows: Vec<Vec<Cell>> = uses.iter().map(|one| one.row(&fields, &opened)).collect();
    let columns: Vec<&str> = fields.field.iter().map(|field| field.name.as_str()).collect();
    let cells = |row: &Vec<Cell>| {
        let cell = |cell: &Cell| match cell {
            Cell::Stated(text) => json!(text),
            Cell::NotAsked | Cell::Missing(_) => Value::Null,
        };
        row.iter().map(cell).collect::<Vec<_>>()
    };
    let table: Vec<_> = rows.iter().map(cells).collect();
    leaving.write("return.csv", |out| write_rows(out, Format::Csv, &columns, &table))?;
    let dictionary: Vec<_> = fields
        .field
        .iter()
        .map(|field| {
            let words: Vec<String> =
                field.words.iter().map(|(value, words)| format!("{value} = {words}")).collect();
            vec![
                json!(field.name),
                json!(field.title),
                json!(field.means),
                json!(words),
                json!(field.citation),
            ]
        })
        .collect();
    leaving.write("dictionary.csv", |out| {
        write_rows(out, Format::Csv, &["field", "title", "means", "words", "citation"], &dictionary)
    })?;
    let missing = missing(&uses, &rows, &columns);
    leaving.write("missing.csv", |out| {
        write_rows(out, Format::Csv, &["row", "incident", "entry", "field", "why"], &missing)
    })?;
    let summary = summary(&rows, &columns);
    leaving.write("missing-by-field.csv", |out| {
        write_rows(
            out,
            Format::Csv,
            &["field", "asked", "stated", "not_stated", "no_field_in_onus", "withheld", "erased"],
            &summary,
        )
    })?;
    let mut filters = vec![format!("occurred={from}..{to}")];
    filters.extend(args.force.as_ref().map(|force| format!("force={force}")));
    let counts = counts(&events);
    leaving.finish(Said {
        filters,
        rules: vec![format!("s136 {}", fields.version)],
        incident: None,
        ground: ground.filter(|_| counts.opened > 0),
        counts: counts.into(),
    })
}

/// The year that ends on 31 March.
fn year(ends: u16) -> Result<(LocalDate, LocalDate), Failure> {
    let day = |text: String| {
        LocalDate::parse(&text).map_err(|e| Failure::new(Cause::Usage, format_args!("--year: {e}")))
    };
    Ok((day(format!("{:04}-04-01", ends - 1))?, day(format!("{ends:04}-03-31"))?))
}

/// Opens what the rows need of sealed values; the access ledger has it first. Without a ground nothing is opened.
fn open(
    leaving: &Leaving<'_>,
    uses: &[Use],
    ground: Option<&Code>,
    events: &mut [Event],
) -> Result<BTreeMap<(u64, u16), Opened>, Failure> {
    let mut opened = BTreeMap::new();
    let mut wanted: BTreeMap<u64, Vec<u16>> = BTreeMap::new();
    for (seq, fields) in uses.iter().filter_map(Use::sealed) {
        let event = events.iter().find(|event| event.head.seq == seq);
        for text in event.into_iter().flat_map(|event| &event.texts) {
            if !fields.contains(&text.field) {
                continue;
            }
            if matches!(text.state, TextState::Erased { .. }) {
                opened.insert((seq, text.field), Opened::Not(Missing::Erased));
            } else {
                let named = wanted.entry(seq).or_default();
                if !named.contains(&text.field) {
                    named.push(text.field);
                }
            }
        }
    }
    let (Some(ground), Some(recipients), false) = (ground, &leaving.recipient, wanted.is_empty()) else {
        return Ok(opened);
    };
    let wanted: Vec<EntryTexts> =
        wanted.into_iter().map(|(seq, fields)| EntryTexts { seq, fields }).collect();
    let disclosure = Disclosure { recipients, ground: ground.clone(), why: leaving.why.as_ref() };
    let handed = leaving
        .keys
        .disclose(&leaving.caller, &disclosure, &wanted)
        .map_err(|e| reveal_failure(&leaving.ledger, &e))?;
    for one in handed {
        let Some(event) = events.iter_mut().find(|event| event.head.seq == one.seq) else { continue };
        let id = event.id();
        let Some(text) = event.texts.iter_mut().find(|text| text.field == one.field) else { continue };
        let Ok(key) = one.key else { continue };
        let plain = open_disclosed(&text.sealed, &id, one.field, &key)
            .map_err(|e| Failure::new(Cause::Found, format_args!("entry {}: {}", one.seq, chain(&e))))?;
        opened.insert((one.seq, one.field), Opened::Text(plain.expose().to_owned()));
        text.state = TextState::Opened(plain);
    }
    Ok(opened)
}

fn missing(uses: &[Use], rows: &[Vec<Cell>], columns: &[&str]) -> Vec<Vec<Value>> {
    let mut found = Vec::new();
    for (row, (one, cells)) in (1_u64..).zip(uses.iter().zip(rows)) {
        for (column, cell) in columns.iter().zip(cells) {
            if let Cell::Missing(why) = cell {
                let incident = one.exercised.common.incident.as_ref().map(ToString::to_string);
                found.push(vec![
                    json!(row),
                    json!(incident),
                    json!(one.exercised.seq()),
                    json!(column),
                    json!(why.as_str()),
                ]);
            }
        }
    }
    found
}

fn summary(rows: &[Vec<Cell>], columns: &[&str]) -> Vec<Vec<Value>> {
    let of = |(index, column): (usize, &&str)| {
        let cells = || rows.iter().filter_map(move |row| row.get(index));
        let count = |wanted: &dyn Fn(&Cell) -> bool| json!(cells().filter(|cell| wanted(cell)).count());
        let why = |wanted: Missing| count(&|cell| *cell == Cell::Missing(wanted));
        vec![
            json!(column),
            count(&|cell| *cell != Cell::NotAsked),
            count(&|cell| matches!(cell, Cell::Stated(_))),
            why(Missing::NotStated),
            why(Missing::NoField),
            why(Missing::Withheld),
            why(Missing::Erased),
        ]
    };
    columns.iter().enumerate().map(of).collect()
}
