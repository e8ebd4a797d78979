//! What a case says once: who acts, where, on which day, from which source; and an event completed by it.

use super::fault::Fault;
use super::statement::Statement;
use crate::mapping::declarable;
use jiff::civil::Date;
use onus_core::ids::EventId;
use onus_core::kinds::{Kind, Scope};
use onus_core::nearest::nearest;
use onus_core::toml_file::{Item, Node};
use onus_core::vocabulary::Role;
use serde_json::{Map, Value, json};

/// What may stand at the top of a case.
const KEYS: &[&str] = &[
    "agency",
    "role",
    "staff",
    "people",
    "incident",
    "date",
    "zone",
    "entered",
    "asserted_by",
    "subject",
    "location",
    "system",
    "reference",
    "retold",
    "regime",
    "silent",
    "event",
];

const SILENT: &str = "silent";

/// What an event may say in a case's own words, beside the fields of a draft.
const BY: &str = "by";
const AT: &str = "at";

const TIME_FORM: &str = "expected a time of the case's day such as \"02:05\", or of a later one: \"+1 02:05\", \"2026-01-31 02:05\"";

/// The header of a case.
pub(super) struct Header(Map<String, Value>);

/// A case's header, read by an event that happened on a day.
pub(super) struct CaseDay<'h> {
    pub(super) header: &'h Header,
    pub(super) date: Option<Date>,
}

impl CaseDay<'_> {
    /// An instant, of a time as the case writes it.
    pub(super) fn instant(&self, written: &str) -> Result<String, &'static str> {
        self.header.instant(written, self.date)
    }
}

impl Header {
    /// Reads what is known, and says what is not.
    pub(super) fn read(root: &Node, faults: &mut Vec<Fault>) -> Self {
        let mut known = Map::new();
        let Item::Table(entries) = &root.item else { return Self(known) };
        for (name, node) in entries.iter().filter(|(name, _)| name != "event") {
            if KEYS.contains(&name.as_str()) {
                match node.json() {
                    Some(value) => drop(known.insert(name.clone(), value)),
                    None => faults.push(Fault::on(node.line, format!("{name}: write it as a string"))),
                }
            } else {
                // What is not known is not repeated: it may be personal text in the wrong place.
                let near = nearest(KEYS, name).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
                let known = KEYS.join(", ");
                faults.push(Fault::on(node.line, format!("this key is not known{near}; known: {known}")));
            }
        }
        Self(known)
    }

    /// An event as a draft: its own members, and the header's where it says nothing.
    pub(super) fn complete(
        &self,
        statement: &Statement,
        id: Option<EventId>,
        faults: &mut Vec<Fault>,
    ) -> Map<String, Value> {
        let mut event = statement.event.clone();
        let mut refuse = |path: &str, problem: &str| faults.push(statement.fault(path, problem));
        if let Some(at) = event.remove(AT) {
            match at.as_str().ok_or(TIME_FORM).and_then(|at| self.instant(at, self.day())) {
                Ok(instant) => self.set_times(&mut event, instant),
                Err(problem) => refuse(AT, problem),
            }
        }
        let by = event.remove(BY);
        if !event.contains_key("actor") {
            match self.actor(by.as_ref()) {
                Ok(actor) => drop(actor.map(|actor| event.insert("actor".into(), actor))),
                Err(problem) => {
                    refuse(BY, &problem);
                    // In the place of somebody who is not known, so that nothing else is said of it.
                    event.insert("actor".into(), json!({ "agency": "other:unknown", "role": "unknown" }));
                }
            }
        }
        let kind = statement.kind();
        for name in ["incident", "asserted_by", "regime"] {
            // What concerns the ledger as a whole is in no incident.
            let fits = name != "incident" || kind.is_none_or(|kind| kind.scope() != Scope::Ledger);
            if let (Some(value), false, true) = (self.0.get(name), event.contains_key(name), fits) {
                event.insert(name.into(), value.clone());
            }
        }
        for name in ["subject", "location"] {
            if let (Some(value), false) = (self.0.get(name), event.contains_key(name)) {
                event.insert(name.into(), identifier(value));
            }
        }
        self.set_source(&mut event);
        if kind == Some(Kind::IncidentOpened) {
            self.set_silent(&mut event, &mut refuse);
        }
        if let (Some(id), false) = (id, event.contains_key("event_id")) {
            event.insert("event_id".into(), id.to_string().into());
        }
        event
    }

    /// Somebody of `[people]`, as an actor.
    pub(super) fn person(&self, name: &str) -> Option<Value> {
        let people = self.0.get("people").and_then(Value::as_object);
        let mut actor = people.and_then(|people| people.get(name)).cloned()?;
        if let (Some(person), Some(agency)) = (actor.as_object_mut(), self.0.get("agency")) {
            person.entry("agency").or_insert_with(|| agency.clone());
        }
        let staff = actor.get("staff").cloned();
        add_staff(&mut actor, staff.as_ref());
        Some(actor)
    }

    /// `02:05` on a day, `+1 02:05` on the day after the case's, `2026-01-31 02:05`; in the case's zone unless it states
    /// one.
    pub(super) fn instant(&self, written: &str, on: Option<Date>) -> Result<String, &'static str> {
        let (day, time) = match written.strip_prefix('+') {
            Some(rest) => {
                let (days, time) = rest.split_once(' ').ok_or(TIME_FORM)?;
                (self.day().and_then(|day| days_after(day, days)), time)
            }
            None => {
                match written.split_once([' ', 'T']).and_then(|(day, time)| Some((day.parse().ok()?, time))) {
                    Some((day, time)) => (Some(day), time),
                    None => (on, written),
                }
            }
        };
        let day = day.ok_or("the case says no day: write date = \"2026-01-31\" at its top")?;
        let has_offset = time.ends_with('Z') || time.contains(['+', '-']);
        let zone = match self.text("zone") {
            None | Some("Europe/London") => "",
            Some(_) if has_offset => "",
            Some(zone) => zone,
        };
        Ok(format!("{day}T{time}{zone}"))
    }

    /// The day of a time as a line writes it.
    pub(super) fn day_of(&self, written: &str) -> Option<Date> {
        self.instant(written, self.day()).ok()?.split_once('T')?.0.parse().ok()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn set_times(&self, event: &mut Map<String, Value>, instant: String) {
        if self.0.get("entered") == Some(&Value::Bool(true)) && !event.contains_key("entered_at") {
            event.insert("entered_at".into(), instant.clone().into());
        }
        event.insert("occurred_at".into(), instant.into());
    }

    /// The case's date, or that of its incident.
    fn day(&self) -> Option<Date> {
        let of_incident = || self.text("incident").and_then(|incident| incident.split('/').nth(1));
        self.text("date").or_else(of_incident)?.parse().ok()
    }

    /// Who acted: the header's person, or one of `[people]`, a role of the header's agency, an agency and its role.
    fn actor(&self, by: Option<&Value>) -> Result<Option<Value>, String> {
        let Some(by) = by else {
            let Some(agency) = self.0.get("agency") else { return Ok(None) };
            let mut actor = json!({ "agency": agency, "role": self.0.get("role") });
            add_staff(&mut actor, self.0.get("staff"));
            return Ok(Some(actor));
        };
        let words: Vec<&str> = by.as_str().unwrap_or_default().split_whitespace().collect();
        if let [name] = words.as_slice()
            && let Some(person) = self.person(name)
        {
            return Ok(Some(person));
        }
        let (agency, rest) = match words.split_first() {
            Some((agency, rest)) if agency.contains(':') => (Some(Value::from(*agency)), rest),
            _ => (self.0.get("agency").cloned(), words.as_slice()),
        };
        match (agency, rest) {
            (Some(agency), [role]) if Role::parse(role).is_some() => {
                Ok(Some(json!({ "agency": agency, "role": role })))
            }
            (Some(agency), [role, staff]) if Role::parse(role).is_some() => {
                Ok(Some(json!({ "agency": agency, "role": role, "staff": identifier(&(*staff).into()) })))
            }
            (_, rest) => Err(self.nobody(rest.first().copied().unwrap_or_default())),
        }
    }

    fn nobody(&self, given: &str) -> String {
        // A name of `[people]` may be somebody's, so it is not repeated.
        let people = self.0.get("people").and_then(Value::as_object);
        let people: Vec<&str> =
            people.into_iter().flat_map(|people| people.keys().map(String::as_str)).collect();
        let known: Vec<&str> = people.iter().copied().chain(Role::SPELLINGS.iter().copied()).collect();
        let near = match nearest(&known, given) {
            Some(near) if people.contains(&near) => " (nearest: one of [people])".to_owned(),
            Some(near) => format!(" (nearest: {near})"),
            None => String::new(),
        };
        format!(
            "expected a name of [people], a role, or an agency and its role such as mh_trust:RV5 nurse_in_charge, each with a staff number or without{near}"
        )
    }

    /// The header's source, with what an event says of it unless that names another system.
    fn set_source(&self, event: &mut Map<String, Value>) {
        let mut source = self.source();
        match event.remove("source") {
            Some(Value::Object(stated)) if !stated.contains_key("system") => source.extend(stated),
            Some(stated) => {
                event.insert("source".into(), stated);
                return;
            }
            None => {}
        }
        event.insert("source".into(), source.into());
    }

    /// What the source never carries, said once in the header or by an opening itself; each a kind.
    fn set_silent(&self, event: &mut Map<String, Value>, refuse: &mut dyn FnMut(&str, &str)) {
        let Some(Value::Object(body)) = event.get_mut("body") else { return };
        match (body.get("silent"), self.0.get(SILENT)) {
            (Some(stated), _) => not_carried(stated, &mut |problem| refuse("body.silent", problem)),
            (None, Some(silent)) => drop(body.insert("silent".into(), silent.clone())),
            (None, None) => {}
        }
    }

    /// Whether what the header says of its source's silence can be recorded, and is so as far as this case says.
    pub(super) fn check_silent(&self, root: &Node, statements: &[Statement], faults: &mut Vec<Fault>) {
        let Some(silent) = self.0.get(SILENT) else { return };
        let Item::Table(entries) = &root.item else { return };
        let line = entries.iter().find(|(name, _)| name == SILENT).map_or(1, |(_, node)| node.line);
        let mut refuse = |problem: &str| faults.push(Fault::on(line, format!("{SILENT}: {problem}")));
        not_carried(silent, &mut refuse);
        if !statements.iter().any(|said| said.kind() == Some(Kind::IncidentOpened)) {
            refuse(
                "it is recorded with the opening of an incident, and this case has none: 02:05 opened CODE",
            );
        }
        let is_silent = |kind: &Kind| silent.as_array().into_iter().flatten().any(|name| name == kind.name());
        for said in statements {
            if let Some(kind) = said.kind().filter(is_silent) {
                refuse(&format!("{} is said on line {}, so the source carries it", kind.name(), said.line));
            }
        }
    }

    fn source(&self) -> Map<String, Value> {
        let mut source = Map::new();
        source.insert("system".into(), self.0.get("system").cloned().unwrap_or_else(|| "by-hand".into()));
        for name in ["reference", "retold"] {
            if let Some(value) = self.0.get(name) {
                source.insert(name.into(), value.clone());
            }
        }
        source
    }
}

/// A token as it is; any other string as an identifier that the ledger turns into one.
pub(super) fn identifier(value: &Value) -> Value {
    const TOKEN_DIGITS: usize = 32;
    match value.as_str() {
        Some(text) if text.len() != TOKEN_DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            json!({ "id": text })
        }
        _ => value.clone(),
    }
}

/// Refuses what is no kind that a source can be said never to carry.
fn not_carried(silent: &Value, refuse: &mut dyn FnMut(&str)) {
    let known: Vec<&str> = declarable().map(Kind::name).collect();
    for name in silent.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !known.contains(&name) {
            let near = nearest(&known, name).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
            let known = known.join(", ");
            refuse(&format!("expected kinds of event that the source never carries{near}; known: {known}"));
        }
    }
}

fn days_after(day: Date, days: &str) -> Option<Date> {
    day.checked_add(jiff::Span::new().try_days(days.parse::<i64>().ok()?).ok()?).ok()
}

fn add_staff(actor: &mut Value, staff: Option<&Value>) {
    if let (Some(actor), Some(staff)) = (actor.as_object_mut(), staff) {
        actor.insert("staff".into(), identifier(staff));
    }
}
