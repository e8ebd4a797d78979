//! What a source never carries, declared once in a mapping and recorded with the opening of each incident.
//!
//! Promise: only kinds that drafts can be and that no template of the mapping makes are taken.

use super::Form;
use super::event::Template;
use super::value::{BodyValue, Member, Scalar};
use onus_core::kinds::{Kind, Maker, Scope};
use onus_core::toml_file::{Table, TomlFault, not_known};

const FIELD: &str = "silent";

/// The kinds that a source can be said never to carry.
pub(crate) fn declarable() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.maker() == Maker::Draft && kind.scope() != Scope::Ledger)
}

/// Adds the kinds that the source never carries to every opening of an incident.
pub(super) fn declare_silent(top: &Table<'_>, templates: &mut [Template]) -> Result<(), TomlFault> {
    let of_opening = |template: &&mut Template| template.kind == Kind::IncidentOpened;
    let states_it = |template: &Template| template.body.iter().any(|member| member.name == FIELD);
    if let Some(template) = templates.iter().find(|template| states_it(template)) {
        let problem = format!(
            "event {}: what the source never carries is stated once, as `silent` at the top",
            template.name
        );
        return Err(top.refuse(problem));
    }
    let Some(node) = top.get(FIELD) else { return Ok(()) };
    let mut names = Vec::new();
    for name in node.texts(FIELD)? {
        let Some(kind) = declarable().find(|kind| kind.name() == name) else {
            let known: Vec<&str> = declarable().map(Kind::name).collect();
            return Err(node.refuse(FIELD, not_known("kind", name, &known)));
        };
        if let Some(maker) = templates.iter().find(|template| template.kind == kind) {
            let problem = format!("event {} makes {name}, so the source carries it", maker.name);
            return Err(node.refuse(FIELD, problem));
        }
        names.push(name);
    }
    let mut has_opening = false;
    for opening in templates.iter_mut().filter(of_opening) {
        has_opening = true;
        let constant = |name: &&str| BodyValue::One(Scalar::Constant((*name).into()), Form::Code);
        let value = BodyValue::List(names.iter().map(constant).collect());
        opening.body.push(Member { name: FIELD, required: false, value });
    }
    if has_opening {
        return Ok(());
    }
    let problem =
        "it is recorded with the opening of an incident: the mapping needs an event of kind IncidentOpened";
    Err(node.refuse(FIELD, problem))
}
