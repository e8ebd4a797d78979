//! A mapping bound to the header of one file.

use super::body::Bodies;
use super::cells::Cells;
use super::row::Scratch;
use super::{Planned, Rejected};
use crate::ids::EventIds;
use crate::mapping::{ColumnUse, Mapping, Plan};
use crate::rows::{Format, Header, Row};
use crate::zone::Zone;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::EventId;
use onus_core::model::Corrects;
use onus_core::nearest::nearest;
use onus_core::stage::Given;
use std::sync::Arc;

/// What the names of the columns of a rejects file begin with, which a mapping ignores.
const OWN_PREFIX: &str = "onus_";

/// Why a mapping does not fit a file. Nothing was read beyond the header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// Columns that the mapping uses are not there.
    #[error("the file lacks columns that the mapping uses: {}", .0.join("; "))]
    Missing(Vec<String>),
    /// Columns that the mapping does not know.
    #[error(
        "the mapping neither uses nor ignores column {} of the file: its header has changed, or lacks its names; \
         add what may be left out to ignore (\"*\" for all)",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    Unknown(Vec<usize>),
    /// A column that the mapping uses is there more than once.
    #[error(
        "columns {first} and {second} of the file are both named {name:?}, which the mapping uses; rename one"
    )]
    Twice {
        /// As the mapping spells it.
        name: String,
        /// Counted from 1.
        first: usize,
        /// Counted from 1.
        second: usize,
    },
}

impl Blamed for BindError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// A mapping bound to a file: makes the events of its rows.
///
/// It remembers what rows have in common, so each thread needs its own: clone it.
#[derive(Clone)]
pub struct Bound {
    pub(super) plan: Arc<Plan>,
    pub(super) positions: Vec<usize>,
    /// Cells that every row has; `None` where rows are objects.
    pub(super) width: Option<usize>,
    pub(super) ids: EventIds,
    pub(super) zone: Zone,
    pub(super) bodies: Vec<Bodies>,
    pub(super) names: Vec<Arc<str>>,
    pub(super) scratch: Scratch,
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bound({} columns, {} events)", self.positions.len(), self.names.len())
    }
}

impl Mapping {
    /// Finds the mapping's columns in a file's header.
    ///
    /// A column that is missing, or that the mapping does not know, is an error: a header that has
    /// changed may mean something else now.
    pub fn bind(&self, header: &Header) -> Result<Bound, BindError> {
        let plan = Arc::clone(&self.plan);
        let names: Vec<&str> = header.names().collect();
        let is_object = header.format() == Format::Ndjson;
        let positions = if is_object { (0..names.len()).collect() } else { find_columns(&plan, &names)? };
        Ok(Bound {
            positions,
            width: (!is_object).then_some(names.len()),
            ids: EventIds::of(plan.source.as_str()),
            zone: plan.zone.clone(),
            bodies: plan.templates.iter().map(Bodies::of).collect(),
            names: plan.templates.iter().map(|template| Arc::from(&*template.name)).collect(),
            scratch: Scratch::default(),
            plan,
        })
    }
}

fn find_columns(plan: &Plan, names: &[&str]) -> Result<Vec<usize>, BindError> {
    let is_known = |name: &str| {
        plan.columns.iter().any(|column| column.name.trim() == name)
            || plan.ignored.iter().any(|ignored| ignored.trim() == name || ignored == "*")
            || name.starts_with(OWN_PREFIX)
    };
    let unknown: Vec<usize> =
        (1..).zip(names).filter(|(_, name)| !is_known(name)).map(|(place, _)| place).collect();
    let mut positions = Vec::with_capacity(plan.columns.len());
    let mut missing = Vec::new();
    for column in &plan.columns {
        let mut found =
            (0..).zip(names).filter(|(_, name)| **name == column.name.trim()).map(|(place, _)| place);
        match (found.next(), found.next()) {
            (Some(place), None) => positions.push(place),
            (Some(first), Some(second)) => {
                return Err(BindError::Twice {
                    name: column.name.clone(),
                    first: first + 1,
                    second: second + 1,
                });
            }
            (None, _) => missing.push(describe_missing(column, names, &unknown)),
        }
    }
    if !missing.is_empty() {
        return Err(BindError::Missing(missing));
    }
    if unknown.is_empty() { Ok(positions) } else { Err(BindError::Unknown(unknown)) }
}

/// The mapping's own words, and the place of a column that may be meant: never that column's name.
fn describe_missing(column: &ColumnUse, names: &[&str], unknown: &[usize]) -> String {
    let candidates: Vec<&str> =
        unknown.iter().filter_map(|place| names.get(place.saturating_sub(1)).copied()).collect();
    let near = nearest(&candidates, column.name.trim())
        .and_then(|near| names.iter().position(|name| *name == near))
        .map(|place| format!("; column {} of the file has a similar name", place + 1))
        .unwrap_or_default();
    format!("{:?} (line {} of the mapping, {}{near})", column.name, column.line, column.used_for)
}

impl Bound {
    /// The events of one row, ordered by time; those of one time in the mapping's order.
    pub fn events(&mut self, row: &Row) -> Result<Vec<Planned>, Rejected> {
        let mut planned = Vec::new();
        self.events_into(row, &mut planned).map(|()| planned)
    }

    /// The same, put into memory that was used before; what it held goes. After an error it holds nothing of
    /// use.
    pub fn events_into(&mut self, row: &Row, planned: &mut Vec<Planned>) -> Result<(), Rejected> {
        planned.clear();
        let plan = Arc::clone(&self.plan);
        let mut scratch = std::mem::take(&mut self.scratch);
        let positions = std::mem::take(&mut self.positions);
        let cells = Cells { plan: &plan, row, positions: &positions, is_ordered: self.width.is_some() };
        let done = self.plan_row(cells, &mut scratch, planned);
        (self.scratch, self.positions) = (scratch, positions);
        done
    }

    /// The same event in its next form, after the row's content changed: it corrects the one before.
    ///
    /// For `revision` 1 and up; the draft's own revision does not matter.
    #[must_use]
    pub fn revise(&mut self, planned: &Planned, revision: u32) -> Planned {
        let mut revised = planned.clone();
        let mut id = |revision| self.ids.id(&planned.key, &planned.template, revision);
        revised.revision = revision;
        revised.draft.common.event_id = id(revision).map_or(Given::Nobody, Given::Source);
        revised.draft.common.corrects =
            revision.checked_sub(1).and_then(id).map(|event_id| Corrects { event_id, reason: None });
        revised
    }

    /// The events that the mapping has for a row and this row does not make, by template and first id: what stands
    /// under one of them, the row said once and says no more.
    #[must_use]
    pub fn silent(&mut self, planned: &[Planned]) -> Vec<(Arc<str>, EventId)> {
        let Some(key) = planned.first().map(|planned| planned.key.clone()) else { return Vec::new() };
        let is_made = |name: &Arc<str>| planned.iter().any(|planned| planned.template == *name);
        let silent = self.names.iter().filter(|name| !is_made(name));
        silent.filter_map(|name| Some((Arc::clone(name), self.ids.id(&key, name, 0)?))).collect()
    }
}
