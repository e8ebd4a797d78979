//! From one row to its drafts.

use super::bind::Bound;
use super::cells::{Cells, Values};
use super::moment::{self, Moment};
use super::{Planned, Rejected};
use crate::ids::{RowKey, append_part};
use crate::mapping::{At, CommonPlan, Form, IncidentPlan, Plan, Scalar, Template, TimeId};
use crate::reason::Reason;
use onus_core::code::Code;
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::{Body, Scope};
use onus_core::model::{Actor, Common, PolicyRef, Source};
use onus_core::record::Draft;
use onus_core::sealed::{DraftText, Plain};
use onus_core::stage::{Asserted, DraftToken, Drafted, Given, NotStated};
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{Regime, Role};
use std::sync::Arc;

/// What is filled anew by every row.
#[derive(Clone, Default)]
pub(super) struct Scratch {
    moments: Vec<Option<Moment>>,
    ids: Vec<Option<EventId>>,
    order: Vec<(When, usize)>,
    key: Vec<u8>,
}

/// When an event happened, as a template takes it from a row.
#[derive(Clone, Copy)]
struct When {
    at: Timestamp,
    uncertainty_s: u32,
    inferred: bool,
}

impl Bound {
    pub(super) fn plan_row(
        &mut self,
        cells: Cells<'_>,
        scratch: &mut Scratch,
        planned: &mut Vec<Planned>,
    ) -> Result<(), Rejected> {
        let plan = cells.plan;
        if let Some(defect) = cells.row.defect() {
            return Err(cells.reject_row(defect.clone()));
        }
        if let Some(expected) = self.width.filter(|width| *width != cells.row.width()) {
            return Err(cells.reject_row(Reason::CellCount { expected, found: cells.row.width() }));
        }
        let key = read_key(cells, &mut scratch.key)?;
        self.read_times(cells, &mut scratch.moments)?;

        scratch.ids.clear();
        scratch.order.clear();
        for (place, (template, name)) in plan.templates.iter().zip(&self.names).enumerate() {
            let when = template_time(cells, template, &scratch.moments)?;
            scratch.ids.push(when.and_then(|_| self.ids.id(&key, name, 0)));
            scratch.order.extend(when.map(|when| (when, place)));
        }
        if scratch.order.is_empty() {
            return Err(cells.reject_row(Reason::NoEvent));
        }
        scratch.order.sort_by_key(|(when, _)| when.at);

        let mut values = Values { cells, moments: &scratch.moments, ids: &scratch.ids, inferred: false };
        let needs_incident = |(_, place): &(When, usize)| {
            plan.templates.get(*place).is_some_and(|t| t.kind.scope() != Scope::Ledger)
        };
        let incident = match &plan.incident {
            Some(incident) if scratch.order.iter().any(needs_incident) => {
                Some(read_incident(incident, &mut values)?)
            }
            _ => None,
        };
        let inferred_incident = values.inferred;
        for (when, place) in &scratch.order {
            let (Some(template), Some(bodies), Some(name)) =
                (plan.templates.get(*place), self.bodies.get_mut(*place), self.names.get(*place))
            else {
                continue;
            };
            values.inferred = inferred_incident || when.inferred || template.inferred;
            let body = bodies.read(template, &mut values)?;
            let incident = incident.clone().filter(|_| template.kind.scope() != Scope::Ledger);
            let event_id = values.id(*place);
            let draft = read_draft(plan, template, &mut values, *when, incident, event_id, body)?;
            planned.push(Planned { template: Arc::clone(name), draft, key: key.clone(), revision: 0 });
        }
        Ok(())
    }

    fn read_times(&mut self, cells: Cells<'_>, moments: &mut Vec<Option<Moment>>) -> Result<(), Rejected> {
        moments.clear();
        moments.resize(cells.plan.times.len(), None);
        for time in &cells.plan.time_order {
            let Some(rule) = cells.plan.times.get(time.0) else { continue };
            let after = rule.after.and_then(|(other, _)| moments.get(other.0).copied().flatten());
            let moment = moment::read(cells, rule, after.as_ref(), &mut self.zone)?;
            if let Some(place) = moments.get_mut(time.0) {
                *place = moment;
            }
        }
        Ok(())
    }
}

/// What names the row: its key cells, of which some may be blank, but not all.
fn read_key(cells: Cells<'_>, bytes: &mut Vec<u8>) -> Result<RowKey, Rejected> {
    bytes.clear();
    let mut is_blank = true;
    for column in &cells.plan.key {
        let cell = cells.present(*column);
        is_blank &= cell.is_none();
        append_part(bytes, cell.unwrap_or_default().as_bytes());
    }
    match cells.plan.key.first() {
        Some(column) if is_blank => {
            Err(cells.reject(*column, Reason::Blank { needed_by: "the row's key".into() }))
        }
        _ => Ok(RowKey::of(bytes)),
    }
}

/// When a template's event happened; `None` where the row makes no such event.
fn template_time(
    cells: Cells<'_>,
    template: &Template,
    moments: &[Option<Moment>],
) -> Result<Option<When>, Rejected> {
    if template.when.as_ref().is_some_and(|when| !cells.holds(when, moments)) {
        return Ok(None);
    }
    let moment = |time: &TimeId| moments.get(time.0).copied().flatten();
    let (found, chosen) = match &template.at {
        At::Time(time) => (moment(time), false),
        At::First(times) => {
            let found = times.iter().enumerate().find_map(|(n, time)| moment(time).map(|m| (m, n > 0)));
            (found.map(|(moment, _)| moment), found.is_some_and(|(_, is_later)| is_later))
        }
        At::Earliest(times) => (times.iter().filter_map(moment).min_by_key(|moment| moment.at), true),
        // The first of those that are equally late: `max_by_key` would take the last.
        At::Latest(times) => (times.iter().rev().filter_map(moment).max_by_key(|moment| moment.at), true),
    };
    match found {
        None if template.required => {
            Err(cells.reject_row(Reason::NoTime { template: template.name.to_string() }))
        }
        None => Ok(None),
        Some(moment) => Ok(Some(When {
            at: moment.at,
            uncertainty_s: template
                .uncertainty_s
                .map_or(moment.uncertainty_s, |s| s.max(moment.uncertainty_s)),
            inferred: chosen || moment.inferred,
        })),
    }
}

fn read_incident<'r>(incident: &'r IncidentPlan, values: &mut Values<'r>) -> Result<Incident, Rejected> {
    let day = incident.day.iter().find_map(|time| values.moments.get(time.0).copied().flatten());
    let date = day.and_then(|moment| LocalDate::from_days(moment.day)).ok_or_else(|| {
        let rules = incident.day.iter().filter_map(|time| values.cells.plan.times.get(time.0));
        let times = rules.map(|rule| rule.name.as_str()).collect::<Vec<_>>().join(", ");
        values.cells.reject_row(Reason::NoDay { times })
    })?;
    Ok(Incident {
        owner: values.need(&incident.owner, &Form::Agency, "the incident's owner")?,
        date,
        number: values.need(&incident.number, &Form::IncidentNumber, "the incident's number")?,
    })
}

fn read_draft<'r>(
    plan: &'r Plan,
    template: &'r Template,
    values: &mut Values<'r>,
    when: When,
    incident: Option<Incident>,
    event_id: Option<EventId>,
    body: Body<Drafted>,
) -> Result<Draft, Rejected> {
    let common: &'r CommonPlan = &template.common;
    let agency = values.need(&common.agency, &Form::Agency, "actor.agency")?;
    let role = values.need(&common.role, &Form::OneOf(Role::SPELLINGS), "actor.role")?;
    let staff = token(values, common.staff.as_ref())?;
    let asserted_by = match &common.asserted_by {
        Some(typed) => Asserted::By(values.need(typed, &Form::Agency, "asserted_by")?),
        None => Asserted::BySubmitter,
    };
    let policy = match &common.policy {
        Some((policy, version)) => {
            let both = (values.typed(policy, &Form::Code)?, values.typed(version, &Form::Code)?);
            if let (Some(policy), Some(version)) = both { Some(PolicyRef { policy, version }) } else { None }
        }
        None => None,
    };
    let regime = match &common.regime {
        Some(typed) => values.typed(typed, &Form::OneOf(Regime::SPELLINGS))?,
        None => None,
    };
    let reference: Option<Code> = match &common.reference {
        Some(typed) => values.typed(typed, &Form::Code)?,
        None => None,
    };
    let late_reason = match &common.late_reason {
        Some(scalar) => {
            values.text(scalar, &Form::FreeText)?.and_then(|text| Plain::new(&text)).map(DraftText::Plain)
        }
        None => None,
    };
    let subject = token(values, common.subject.as_ref())?;
    let location = token(values, common.location.as_ref())?;
    let entered_at = common.entered_at.and_then(|time| values.moments.get(time.0).copied().flatten());
    let common = Common {
        event_id: event_id.map_or(Given::Nobody, Given::Source),
        incident,
        occurred_at: when.at,
        uncertainty_s: when.uncertainty_s,
        entered_at: entered_at.map(|moment| moment.at),
        late_reason,
        actor: Actor { agency, role, staff },
        asserted_by,
        submitted_by: NotStated,
        subject,
        location,
        source: Source { system: plan.source.clone(), reference, inferred: values.inferred, retold: None },
        policy,
        regime: regime.unwrap_or(Regime::Undetermined),
        corrects: None,
        causes: common.causes.iter().filter_map(|template| values.id(*template)).collect(),
    };
    Ok(Draft { common, body })
}

fn token<'r>(values: &mut Values<'r>, scalar: Option<&'r Scalar>) -> Result<Option<DraftToken>, Rejected> {
    let Some(scalar) = scalar else { return Ok(None) };
    Ok(values.text(scalar, &Form::Identifier)?.and_then(|id| Plain::new(&id)).map(DraftToken::Id))
}
