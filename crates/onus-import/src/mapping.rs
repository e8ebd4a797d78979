//! A mapping: what a source's columns mean, declared in TOML.
//!
//! [`Mapping::parse`] reads and checks everything that can be checked without a file: every key, every
//! field of every kind, every constant and every value that a map can give. What is left for a row to
//! get wrong is its cells. `docs/mappings/README.md` documents every key.

mod compile;
mod condition;
mod event;
mod form;
mod silent;
mod time;
mod value;

use crate::civil;
use crate::limits::{MAPPING_BYTES_MAX, TEMPLATES_MAX};
use crate::rows::{Encoding, Format, Input};
use crate::zone::{Repeated, Zone};
pub(crate) use compile::{ColumnId, ColumnUse, TimeId};
use compile::{Compiler, compile_maps};
pub(crate) use condition::Condition;
use event::compile_event;
pub(crate) use event::{At, CommonPlan, Template, Typed};
pub(crate) use form::Form;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::{Code, IncidentNumber};
use onus_core::ids::AgencyId;
use onus_core::kinds::Kind;
use onus_core::toml_file::{self, Item, Node, Table, TomlFault};
pub(crate) use silent::declarable;
use silent::declare_silent;
use std::sync::Arc;
pub(crate) use time::TimeRule;
use time::{compile_repeated, compile_times};
pub(crate) use value::{Blank, BodyValue, FromColumn, Member, Otherwise, Part, Scalar};

/// Why a mapping was refused. Nothing of any file was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Not TOML, or a key or a value is missing, unknown, or not of the expected form.
    #[error(transparent)]
    File(#[from] TomlFault),
    /// Over the limit.
    #[error("expected a mapping of at most 4 MiB")]
    TooLong,
}

impl Blamed for MappingError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn hint(&self) -> Option<String> {
        Some("every key is in docs/mappings/README.md".into())
    }
}

/// What a source's columns mean. Bind it to a file's header to use it.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub(crate) plan: Arc<Plan>,
    input: Input,
}

/// A mapping as it is carried out.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) source: Code,
    pub(crate) zone: Zone,
    pub(crate) missing: Vec<Box<str>>,
    pub(crate) columns: Vec<ColumnUse>,
    pub(crate) ignored: Vec<String>,
    pub(crate) key: Vec<ColumnId>,
    pub(crate) times: Vec<TimeRule>,
    /// The order in which times are read: those that others count from come first.
    pub(crate) time_order: Vec<TimeId>,
    pub(crate) incident: Option<IncidentPlan>,
    pub(crate) templates: Vec<Template>,
}

/// Which incident a row belongs to.
#[derive(Debug)]
pub(crate) struct IncidentPlan {
    pub(crate) owner: Typed<AgencyId>,
    /// The first of these times that the row has names the day.
    pub(crate) day: Vec<TimeId>,
    pub(crate) number: Typed<IncidentNumber>,
}

const KEYS: &[&str] = &[
    "mapping",
    "source",
    "silent",
    "zone",
    "repeated_hour",
    "missing",
    "key",
    "ignore",
    "input",
    "time",
    "map",
    "incident",
    "actor",
    "asserted_by",
    "entered_at",
    "late_reason",
    "subject",
    "location",
    "reference",
    "policy",
    "regime",
    "event",
];

impl Mapping {
    /// The kinds of event that it can make.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.plan.templates.iter().map(|template| template.kind)
    }

    /// Reads and checks a mapping.
    pub fn parse(toml: &str) -> Result<Self, MappingError> {
        if toml.len() > MAPPING_BYTES_MAX {
            return Err(MappingError::TooLong);
        }
        Ok(Self::read(toml)?)
    }

    fn read(toml: &str) -> Result<Self, TomlFault> {
        let root = toml_file::parse(toml)?;
        let top = root.table("")?;
        top.only(KEYS)?;
        if top.need("mapping")?.u32("mapping")? != 1 {
            return Err(top.need("mapping")?.refuse("mapping", "expected 1, the version of this language"));
        }
        let source = read_source(&top)?;
        let zone =
            Zone::named(top.need_text("zone")?).ok_or("expected a time zone by name, such as Europe/London");
        let zone = zone.or_else(|problem| Err(top.need("zone")?.refuse("zone", problem)))?;
        let repeated = top.get("repeated_hour").map_or(Ok(Repeated::Refuse), compile_repeated)?;

        let events = event_tables(&top)?;
        let time_table = top.table("time")?;
        let names = |table: &Option<Table<'_>>| -> Vec<String> {
            table.iter().flat_map(|t| t.entries.iter().map(|(name, _)| name.clone())).collect()
        };
        let mut compiler = Compiler {
            columns: Vec::new(),
            times: names(&time_table),
            maps: compile_maps(top.table("map")?.as_ref())?,
            templates: events
                .iter()
                .map(|table| table.need_text("name").map(str::to_owned))
                .collect::<Result<_, _>>()?,
        };

        let (times, time_order) = compile_times(&mut compiler, time_table.as_ref(), repeated)?;
        let key = compile_key(&mut compiler, &top)?;
        let incident =
            top.table("incident")?.map(|table| compile_incident(&mut compiler, &table)).transpose()?;
        let mut templates = Vec::with_capacity(events.len());
        for table in &events {
            templates.push(compile_event(&mut compiler, &top, table, incident.is_some())?);
        }
        compiler.check_all_used()?;
        declare_silent(&top, &mut templates)?;

        let ignored: Vec<String> = top.texts("ignore")?.into_iter().map(str::to_owned).collect();
        let input = compile_input(&top, &compiler.columns, &ignored)?;
        let plan = Plan {
            source,
            zone,
            missing: top.texts("missing")?.into_iter().map(|text| text.trim().into()).collect(),
            columns: compiler.columns,
            ignored,
            key,
            times,
            time_order,
            incident,
            templates,
        };
        Ok(Self { plan: Arc::new(plan), input })
    }

    /// How the files that this mapping is for are written.
    #[must_use]
    pub fn input(&self) -> Input {
        self.input.clone()
    }

    /// The source system, which stands in every event and in every event's id.
    #[must_use]
    pub fn source(&self) -> &Code {
        &self.plan.source
    }

    /// The names of its templates, in the mapping's order.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        self.plan.templates.iter().map(|template| &*template.name)
    }
}

fn read_source(top: &Table<'_>) -> Result<Code, TomlFault> {
    let node = top.need("source")?;
    Code::new(node.text("source")?)
        .ok_or_else(|| node.refuse("source", format!("expected {}", Code::EXPECTED)))
}

fn event_tables<'n>(top: &Table<'n>) -> Result<Vec<Table<'n>>, TomlFault> {
    let node = top.need("event")?;
    let Item::List(items) = &node.item else { return Err(node.refuse("", "expected [[event]] tables")) };
    if !(1..=TEMPLATES_MAX).contains(&items.len()) {
        return Err(node.refuse("", format!("expected 1 to {TEMPLATES_MAX} [[event]] tables")));
    }
    items
        .iter()
        .map(|item| {
            let mut table = item.table("event")?;
            let name = table.need_text("name")?;
            if Code::new(name).is_none() {
                return Err(table
                    .need("name")?
                    .refuse("event, name", format!("expected {}", Code::EXPECTED)));
            }
            table.place = format!("event {name}");
            Ok(table)
        })
        .collect()
}

fn compile_key(compiler: &mut Compiler, top: &Table<'_>) -> Result<Vec<ColumnId>, TomlFault> {
    let node = top.need("key")?;
    let names = node.texts("key")?;
    if names.is_empty() {
        return Err(node.refuse("key", "expected the column or columns that name a row"));
    }
    Ok(names.into_iter().map(|name| compiler.column(name, node.line, "key")).collect())
}

fn compile_incident(compiler: &mut Compiler, table: &Table<'_>) -> Result<IncidentPlan, TomlFault> {
    table.only(&["owner", "day", "number"])?;
    let day = table.need("day")?;
    Ok(IncidentPlan {
        owner: compiler.typed(table.need("owner")?, &table.at("owner"), &Form::Agency, AgencyId::parse)?,
        day: day
            .texts(&table.at("day"))?
            .into_iter()
            .map(|name| compiler.time(name, day, &table.at("day")))
            .collect::<Result<_, _>>()?,
        number: compiler.typed(
            table.need("number")?,
            &table.at("number"),
            &Form::IncidentNumber,
            IncidentNumber::new,
        )?,
    })
}

fn compile_input(top: &Table<'_>, columns: &[ColumnUse], ignored: &[String]) -> Result<Input, TomlFault> {
    let columns = columns.iter().map(|column| column.name.clone()).collect();
    let mut input = Input { columns, ignored: ignored.to_vec(), ..Input::default() };
    let Some(table) = top.table("input")? else { return Ok(input) };
    table.only(&["format", "delimiter", "encoding"])?;
    let refuse = |name: &str, expected: &str| -> Result<(), TomlFault> {
        Err(table.need(name)?.refuse(&table.at(name), format!("expected {expected}")))
    };
    match table.text("format")? {
        None | Some("csv") => {}
        Some("ndjson") => input.format = Format::Ndjson,
        Some(_) => refuse("format", "\"csv\" or \"ndjson\"")?,
    }
    match table.text("delimiter")? {
        None => {}
        Some("tab" | "\t") => input.delimiter = b'\t',
        Some(text) => match text.as_bytes() {
            [byte @ (b',' | b';' | b'|')] => input.delimiter = *byte,
            _ => refuse("delimiter", "\",\", \";\", \"|\" or \"tab\"")?,
        },
    }
    match table.text("encoding")? {
        None | Some("utf-8") => {}
        Some("latin-1") => input.encoding = Encoding::Latin1,
        Some("windows-1252") => input.encoding = Encoding::Windows1252,
        Some(_) => refuse("encoding", "\"utf-8\", \"latin-1\" or \"windows-1252\"")?,
    }
    if input.format == Format::Ndjson && input.encoding != Encoding::Utf8 {
        refuse("encoding", "\"utf-8\", which NDJSON always is")?;
    }
    Ok(input)
}

/// Compiles a format, or says on which line it is wrong.
fn compile_format(node: &Node, text: &str, place: &str) -> Result<civil::Format, TomlFault> {
    civil::Format::parse(text).map_err(|problem| node.refuse(place, problem))
}
