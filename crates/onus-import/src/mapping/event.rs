//! Event templates: of which kind, when, at which time, said by whom, with which body.

use super::condition::compile_when;
use super::value::{Member, compile_members, compile_scalar};
use super::{Compiler, Condition, Form, Scalar, TimeId};
use onus_core::code::Code;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Kind, Maker, Scope};
use onus_core::toml_file::{Item, Node, Table, TomlFault, not_known};
use onus_core::vocabulary::{Regime, Role};

/// What one template makes of a row.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: Box<str>,
    pub(crate) kind: Kind,
    pub(crate) when: Option<Condition>,
    pub(crate) at: At,
    /// Whether a row without its time, or without what it needs, is rejected.
    pub(crate) required: bool,
    pub(crate) inferred: bool,
    pub(crate) uncertainty_s: Option<u32>,
    pub(crate) common: CommonPlan,
    pub(crate) body: Vec<Member>,
}

/// When it happened.
#[derive(Debug)]
pub(crate) enum At {
    Time(TimeId),
    /// The first that the row has; another than the first of the list is an inference.
    First(Vec<TimeId>),
    /// An inference.
    Earliest(Vec<TimeId>),
    /// An inference.
    Latest(Vec<TimeId>),
}

/// A value of one type.
#[derive(Debug)]
pub(crate) struct Typed<T> {
    pub(crate) scalar: Scalar,
    pub(crate) constant: Option<T>,
    pub(crate) parse: fn(&str) -> Option<T>,
}

/// What every event says.
#[derive(Debug)]
pub(crate) struct CommonPlan {
    pub(crate) agency: Typed<AgencyId>,
    pub(crate) role: Typed<Role>,
    pub(crate) staff: Option<Scalar>,
    pub(crate) asserted_by: Option<Typed<AgencyId>>,
    pub(crate) entered_at: Option<TimeId>,
    pub(crate) late_reason: Option<Scalar>,
    pub(crate) subject: Option<Scalar>,
    pub(crate) location: Option<Scalar>,
    pub(crate) reference: Option<Typed<Code>>,
    pub(crate) policy: Option<(Typed<Code>, Typed<Code>)>,
    pub(crate) regime: Option<Typed<Regime>>,
    pub(crate) causes: Vec<usize>,
}

const KEYS: &[&str] = &[
    "name",
    "kind",
    "when",
    "at",
    "required",
    "inferred",
    "uncertainty_s",
    "actor",
    "asserted_by",
    "entered_at",
    "late_reason",
    "subject",
    "location",
    "reference",
    "policy",
    "regime",
    "causes",
    "body",
];

pub(crate) fn compile_event(
    compiler: &mut Compiler,
    top: &Table<'_>,
    table: &Table<'_>,
    has_incident: bool,
) -> Result<Template, TomlFault> {
    table.only(KEYS)?;
    let name = table.need_text("name")?;
    if compiler.templates.iter().filter(|other| *other == name).count() > 1 {
        return Err(table.refuse("two events have this name; a name is part of its events' ids"));
    }
    let kind = compile_kind(table)?;
    if kind.scope() == Scope::Incident && !has_incident {
        return Err(
            table.refuse(format!("{} stands in an incident: the mapping needs [incident]", kind.name()))
        );
    }
    let none = Node { line: table.line, item: Item::Table(Vec::new()) };
    let body = table.get("body").unwrap_or(&none).table(table.at("body"))?;
    Ok(Template {
        name: name.into(),
        kind,
        when: table.get("when").map(|node| compile_when(compiler, node, &table.at("when"))).transpose()?,
        at: compile_at(compiler, table.need("at")?, &table.at("at"))?,
        required: table.bool("required")?,
        inferred: table.bool("inferred")?,
        uncertainty_s: table.u32("uncertainty_s")?,
        common: compile_common(compiler, top, table)?,
        body: compile_members(compiler, &body, &kind.body_shape().fields())?,
    })
}

fn compile_kind(table: &Table<'_>) -> Result<Kind, TomlFault> {
    let node = table.need("kind")?;
    let name = table.need_text("kind")?;
    let drafts = || Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft);
    Kind::from_name(name).filter(|kind| kind.maker() == Maker::Draft).ok_or_else(|| {
        let known: Vec<&str> = drafts().map(|kind| kind.name()).collect();
        node.refuse(&table.at("kind"), not_known("kind", name, &known))
    })
}

fn compile_at(compiler: &Compiler, node: &Node, place: &str) -> Result<At, TomlFault> {
    if let Item::Text(name) = &node.item {
        return compiler.time(name, node, place).map(At::Time);
    }
    let table = node.table(place)?;
    table.only(&["first", "earliest", "latest"])?;
    let [(how, times)] = table.entries else {
        return Err(table.refuse("expected a time, or one of first, earliest, latest"));
    };
    let times: Vec<TimeId> = times
        .texts(place)?
        .into_iter()
        .map(|name| compiler.time(name, times, place))
        .collect::<Result<_, _>>()?;
    Ok(match how.as_str() {
        "first" => At::First(times),
        "earliest" => At::Earliest(times),
        _ => At::Latest(times),
    })
}

/// What every event says: from the template, else from the mapping's top.
fn compile_common(
    compiler: &mut Compiler,
    top: &Table<'_>,
    table: &Table<'_>,
) -> Result<CommonPlan, TomlFault> {
    let either = |name: &str| -> Option<(&Node, String)> {
        let own = table.get(name).map(|node| (node, table.at(name)));
        own.or_else(|| top.get(name).map(|node| (node, name.to_owned())))
    };
    let (actor, place) =
        either("actor").ok_or_else(|| table.refuse("actor is required, here or at the top"))?;
    let actor = actor.table(place)?;
    actor.only(&["agency", "role", "staff"])?;
    let policy = match either("policy") {
        None => None,
        Some((node, place)) => {
            let policy = node.table(place)?;
            policy.only(&["policy", "version"])?;
            let of = |compiler: &mut Compiler, name: &str| {
                compiler.typed(policy.need(name)?, &policy.at(name), &Form::Code, Code::new)
            };
            Some((of(compiler, "policy")?, of(compiler, "version")?))
        }
    };
    let optional = |compiler: &mut Compiler, name: &str, form: &Form| -> Result<Option<Scalar>, TomlFault> {
        either(name).map(|(node, place)| compile_scalar(compiler, node, &place, form)).transpose()
    };
    let staff = actor.get("staff");
    let causes = table.get("causes");
    Ok(CommonPlan {
        agency: compiler.typed(actor.need("agency")?, &actor.at("agency"), &Form::Agency, AgencyId::parse)?,
        role: compiler.typed(
            actor.need("role")?,
            &actor.at("role"),
            &Form::OneOf(Role::SPELLINGS),
            Role::parse,
        )?,
        staff: staff
            .map(|n| compile_scalar(compiler, n, &actor.at("staff"), &Form::Identifier))
            .transpose()?,
        asserted_by: either("asserted_by")
            .map(|(node, place)| compiler.typed(node, &place, &Form::Agency, AgencyId::parse))
            .transpose()?,
        entered_at: either("entered_at")
            .map(|(node, place)| compiler.time(node.text(&place)?, node, &place))
            .transpose()?,
        late_reason: optional(compiler, "late_reason", &Form::FreeText)?,
        subject: optional(compiler, "subject", &Form::Identifier)?,
        location: optional(compiler, "location", &Form::Identifier)?,
        reference: either("reference")
            .map(|(node, place)| compiler.typed(node, &place, &Form::Code, Code::new))
            .transpose()?,
        policy,
        regime: either("regime")
            .map(|(node, place)| compiler.typed(node, &place, &Form::OneOf(Regime::SPELLINGS), Regime::parse))
            .transpose()?,
        causes: match causes {
            None => Vec::new(),
            Some(node) => {
                let place = table.at("causes");
                let names = node.texts(&place)?.into_iter();
                names.map(|name| compiler.template(name, node, &place)).collect::<Result<_, _>>()?
            }
        },
    })
}
