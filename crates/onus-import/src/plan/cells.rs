//! One row under a mapping: its cells by column, and the texts that values come to.

use super::moment::Moment;
use super::{Place, Rejected};
use crate::mapping::{Blank, ColumnId, Condition, Form, FromColumn, Part, Plan, Scalar, TimeId, Typed};
use crate::reason::Reason;
use crate::rows::Row;
use onus_core::ids::EventId;
use onus_core::time::LocalDate;
use std::borrow::Cow;

/// A row's cells by the mapping's columns.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'r> {
    pub(crate) plan: &'r Plan,
    pub(crate) row: &'r Row,
    pub(crate) positions: &'r [usize],
    /// Whether columns have an order.
    pub(crate) is_ordered: bool,
}

impl<'r> Cells<'r> {
    /// The cell as it stands.
    pub(crate) fn raw(&self, column: ColumnId) -> &'r str {
        self.positions.get(column.0).and_then(|place| self.row.cell(*place)).unwrap_or_default()
    }

    /// The cell without outer spaces; `None` where it is blank or a placeholder for that.
    pub(crate) fn present(&self, column: ColumnId) -> Option<&'r str> {
        let cell = self.raw(column).trim();
        let is_missing = cell.is_empty() || self.plan.missing.iter().any(|missing| **missing == *cell);
        (!is_missing).then_some(cell)
    }

    pub(crate) fn reject(&self, column: ColumnId, reason: Reason) -> Rejected {
        let number = self.positions.get(column.0).filter(|_| self.is_ordered).map(|place| place + 1);
        let name = self.plan.columns.get(column.0).map(|column| column.name.clone()).unwrap_or_default();
        Rejected { line: self.row.line(), column: Some(Place { number, name }), reason }
    }

    pub(crate) fn reject_row(&self, reason: Reason) -> Rejected {
        Rejected { line: self.row.line(), column: None, reason }
    }

    pub(crate) fn holds(&self, condition: &Condition, moments: &[Option<Moment>]) -> bool {
        let has_time = |time: &TimeId| moments.get(time.0).is_some_and(Option::is_some);
        match condition {
            Condition::Present(columns) => columns.iter().all(|column| self.present(*column).is_some()),
            Condition::Absent(columns) => columns.iter().all(|column| self.present(*column).is_none()),
            Condition::Times(times) => times.iter().all(has_time),
            Condition::NoTimes(times) => !times.iter().any(has_time),
            Condition::Is(column, texts, is) => {
                let cell = self.present(*column).unwrap_or_default();
                texts.iter().any(|text| **text == *cell) == *is
            }
            Condition::Any(any) => any.iter().any(|condition| self.holds(condition, moments)),
            Condition::All(all) => all.iter().all(|condition| self.holds(condition, moments)),
        }
    }
}

/// The values of one event.
pub(crate) struct Values<'r> {
    pub(crate) cells: Cells<'r>,
    pub(crate) moments: &'r [Option<Moment>],
    /// The ids of the events that the row makes, by template.
    pub(crate) ids: &'r [Option<EventId>],
    /// Whether a value was inferred.
    pub(crate) inferred: bool,
}

impl<'r> Values<'r> {
    /// The text of a value; `None` where the source says nothing.
    pub(crate) fn text(&mut self, scalar: &'r Scalar, form: &Form) -> Result<Option<Cow<'r, str>>, Rejected> {
        match scalar {
            Scalar::Constant(text) => Ok(Some(Cow::Borrowed(text))),
            Scalar::Column(from) => self.column(from, form),
            Scalar::Joined(parts) => self.joined(parts, form),
            Scalar::Time(time) => Ok(self.moment(*time).map(|moment| Cow::Owned(moment.at.rfc3339()))),
            Scalar::Day(time) => {
                let day = self.moment(*time).and_then(|moment| LocalDate::from_days(moment.day));
                Ok(day.map(|day| Cow::Owned(day.to_string())))
            }
            Scalar::Event(template) => Ok(self.id(*template).map(|id| Cow::Owned(id.to_string()))),
        }
    }

    pub(crate) fn typed<T: Clone>(
        &mut self,
        typed: &'r Typed<T>,
        form: &Form,
    ) -> Result<Option<T>, Rejected> {
        if let Some(constant) = &typed.constant {
            return Ok(Some(constant.clone()));
        }
        let Some(text) = self.text(&typed.scalar, form)? else { return Ok(None) };
        let not_of_form = || self.wrong(&typed.scalar, form);
        (typed.parse)(&text).map(Some).ok_or_else(not_of_form)
    }

    pub(crate) fn need<T: Clone>(
        &mut self,
        typed: &'r Typed<T>,
        form: &Form,
        what: &str,
    ) -> Result<T, Rejected> {
        self.typed(typed, form)?.ok_or_else(|| self.blank(&typed.scalar, what))
    }

    pub(crate) fn blank(&self, scalar: &Scalar, what: &str) -> Rejected {
        self.at(scalar, Reason::Blank { needed_by: what.to_owned() })
    }

    pub(crate) fn id(&self, template: usize) -> Option<EventId> {
        self.ids.get(template).copied().flatten()
    }

    fn moment(&self, time: TimeId) -> Option<&'r Moment> {
        self.moments.get(time.0).and_then(Option::as_ref)
    }

    fn column(&mut self, from: &'r FromColumn, form: &Form) -> Result<Option<Cow<'r, str>>, Rejected> {
        let Some(cell) = self.cells.present(from.column) else {
            return Ok(match &from.blank {
                Blank::Missing => None,
                Blank::Says(text) => Some(Cow::Borrowed(text)),
                Blank::Inferred(text) => {
                    self.inferred = true;
                    Some(Cow::Borrowed(text))
                }
            });
        };
        if let Some(map) = &from.map {
            return match (map.values.get(cell), &map.otherwise) {
                (Some(text), _) | (None, crate::mapping::Otherwise::Default(text)) => {
                    Ok(Some(Cow::Borrowed(text)))
                }
                (None, crate::mapping::Otherwise::Missing) => Ok(None),
                (None, crate::mapping::Otherwise::Refuse) => {
                    Err(self.cells.reject(from.column, Reason::Unlisted))
                }
            };
        }
        // What a person wrote is kept as it stands, spaces and all.
        let cell = if *form == Form::FreeText { self.cells.raw(from.column) } else { cell };
        let text = match &from.prefix {
            None => Cow::Borrowed(cell),
            Some(prefix) => Cow::Owned(format!("{prefix}{cell}")),
        };
        if form.fits(&text) {
            return Ok(Some(text));
        }
        Err(self.cells.reject(from.column, Reason::NotOfForm { expected: form.expected() }))
    }

    fn joined(&self, parts: &'r [Part], form: &Form) -> Result<Option<Cow<'r, str>>, Rejected> {
        let mut joined = String::new();
        let mut column = None;
        for part in parts {
            match part {
                Part::Text(text) => joined.push_str(text),
                Part::Column(id) => {
                    column = Some(*id);
                    let Some(cell) = self.cells.present(*id) else { return Ok(None) };
                    joined.push_str(cell);
                }
            }
        }
        if form.fits(&joined) {
            return Ok(Some(Cow::Owned(joined)));
        }
        let reason = Reason::NotOfForm { expected: form.expected() };
        Err(column.map_or_else(
            || self.cells.reject_row(reason.clone()),
            |id| self.cells.reject(id, reason.clone()),
        ))
    }

    fn wrong(&self, scalar: &Scalar, form: &Form) -> Rejected {
        self.at(scalar, Reason::NotOfForm { expected: form.expected() })
    }

    fn at(&self, scalar: &Scalar, reason: Reason) -> Rejected {
        match scalar {
            Scalar::Column(from) => self.cells.reject(from.column, reason),
            Scalar::Joined(parts) => {
                let blank = parts.iter().find_map(|part| match part {
                    Part::Column(id) if self.cells.present(*id).is_none() => Some(*id),
                    _ => None,
                });
                blank.map_or_else(
                    || self.cells.reject_row(reason.clone()),
                    |id| self.cells.reject(id, reason.clone()),
                )
            }
            Scalar::Time(time) | Scalar::Day(time) => match self.cells.plan.times.get(time.0) {
                Some(rule) => self.cells.reject(rule.column, reason),
                None => self.cells.reject_row(reason),
            },
            Scalar::Constant(_) | Scalar::Event(_) => self.cells.reject_row(reason),
        }
    }
}
