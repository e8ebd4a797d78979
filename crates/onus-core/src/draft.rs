//! Reading drafts: from JSON to typed values, with errors that name the place and the cure.
//!
//! Promise: an error is built from the path, the expected form and the nearest *known* spelling. It
//! never repeats anything that was read, neither a value nor an unknown name, because either may be
//! personal text in the wrong place. Of one draft every fault is named, not the first alone.

use crate::faults::{Fault, Faults};
use crate::json::Json;
use crate::nearest::nearest;

pub use crate::faults::DraftError;

/// A value that a draft can state.
pub(crate) trait FromDraft: Sized {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError>;
    /// What an absent (or null) member means; `None` where it must be stated.
    fn absent() -> Option<Self> {
        None
    }
    /// What to say where it must be stated and is not.
    fn required(at: &At<'_>) -> DraftError {
        at.problem("is required".into())
    }
}

/// A place in a draft.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    above: Option<&'a At<'a>>,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Top,
    Member(&'static str),
    Item(usize),
}

pub(crate) type Members<'j> = &'j [(String, Json)];

impl At<'_> {
    pub(crate) const TOP: At<'static> = At { above: None, step: Step::Top };

    pub(crate) fn below(&self, name: &'static str) -> At<'_> {
        At { above: Some(self), step: Step::Member(name) }
    }

    fn item(&self, index: usize) -> At<'_> {
        At { above: Some(self), step: Step::Item(index) }
    }

    fn path(&self) -> String {
        let mut path = self.above.map(At::path).unwrap_or_default();
        match self.step {
            Step::Top => {}
            Step::Member(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            Step::Item(index) => path = format!("{path}[{index}]"),
        }
        path
    }

    pub(crate) fn problem(&self, problem: String) -> DraftError {
        let path = self.path();
        let path = if path.is_empty() { "the draft".into() } else { path };
        DraftError::Fields(vec![Fault { path, problem }])
    }

    pub(crate) fn expected(&self, expected: &str) -> DraftError {
        self.problem(format!("expected {expected}"))
    }

    pub(crate) fn expected_not(&self, expected: &str, found: &Json) -> DraftError {
        self.problem(format!("expected {expected}, found {}", found.form()))
    }

    pub(crate) fn not_one_of(&self, known: &[&'static str], given: &str) -> DraftError {
        let nearest = nearest(known, given).map(|name| format!(" (nearest: {name})")).unwrap_or_default();
        self.problem(format!("expected one of {}{nearest}", known.join(", ")))
    }

    /// There are too many kinds to list them all in an error.
    pub(crate) fn not_a_kind(&self, known: &[&'static str], given: &str) -> DraftError {
        let nearest = nearest(known, given).map(|name| format!(" (nearest: {name})")).unwrap_or_default();
        self.problem(format!("expected the name of a kind of event, such as AttendanceDecided{nearest}; `onus schema` lists them"))
    }

    pub(crate) fn text<'j>(&self, json: &'j Json, expected: &str) -> Result<&'j str, DraftError> {
        match json {
            Json::Text(text) => Ok(text),
            other => Err(self.expected_not(expected, other)),
        }
    }

    pub(crate) fn list<T: FromDraft>(&self, json: &Json, items_max: usize) -> Result<Vec<T>, DraftError> {
        match json {
            Json::List(items) if items.len() <= items_max => {
                let mut faults = Faults::default();
                let read = items.iter().enumerate().map(|(i, item)| T::read(item, &self.item(i)));
                let read = read.filter_map(|item| faults.taken(item)).collect();
                faults.or(read)
            }
            Json::List(_) => Err(self.expected(&format!("at most {items_max} items"))),
            other => Err(self.expected_not("a list", other)),
        }
    }

    /// The members of an object of these names and no others; what is no object is told the form.
    pub(crate) fn object<'r>(
        &'r self,
        json: &'r Json,
        known: &[&'static str],
    ) -> Result<Reading<'r>, DraftError> {
        const SHOWN_MAX: usize = 6;
        let Json::Object(members) = json else {
            let named = |name: &&str| format!("\"{name}\": …");
            let shown: Vec<String> = known.iter().take(SHOWN_MAX).map(named).collect();
            let more = if known.len() > SHOWN_MAX { ", …" } else { "" };
            let form = format!("an object such as {{{}{more}}}", shown.join(", "));
            return Err(self.expected_not(&form, json));
        };
        let mut faults = Faults::default();
        self.strangers(members, known, &mut faults);
        Ok(Reading { at: self, members, faults })
    }

    /// The members of an object, none of them unknown.
    pub(crate) fn members<'j>(
        &self,
        json: &'j Json,
        known: &[&'static str],
        expected: &str,
    ) -> Result<Members<'j>, DraftError> {
        let Json::Object(members) = json else { return Err(self.expected_not(expected, json)) };
        let mut faults = Faults::default();
        self.strangers(members, known, &mut faults);
        faults.or(members)
    }

    /// Every member of another name is a fault.
    fn strangers(&self, members: Members<'_>, known: &[&'static str], faults: &mut Faults) {
        for (place, (name, _)) in members.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                faults.add(self.stranger(place, name, known));
            }
        }
    }

    /// A member of a name that is not known here, by its place, counted from 0.
    pub(crate) fn stranger(&self, place: usize, name: &str, known: &[&'static str]) -> DraftError {
        let nearest = nearest(known, name).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
        self.problem(format!(
            "the name of member {} is not known here{nearest}; known are {}",
            place + 1,
            known.join(", ")
        ))
    }

    /// One member, or its default where a draft may leave it out.
    pub(crate) fn member<T: FromDraft>(
        &self,
        members: &[(String, Json)],
        name: &'static str,
        default: Option<T>,
    ) -> Result<T, DraftError> {
        let at = self.below(name);
        match members.iter().find(|(other, _)| other == name) {
            Some((_, json)) if *json != Json::Null => T::read(json, &at),
            _ => default.or_else(T::absent).ok_or_else(|| T::required(&at)),
        }
    }
}

/// One object on its way to a struct: its members are read one after another, and every fault is kept.
pub(crate) struct Reading<'r> {
    at: &'r At<'r>,
    members: Members<'r>,
    faults: Faults,
}

impl Reading<'_> {
    /// One member, or its default where a draft may leave it out; `None` after a fault.
    pub(crate) fn member<T: FromDraft>(&mut self, name: &'static str, default: Option<T>) -> Option<T> {
        let read = self.at.member(self.members, name, default);
        self.faults.taken(read)
    }

    /// Whether no fault was found.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults that were found.
    pub(crate) fn refusal(self) -> DraftError {
        self.faults.into_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_like_a_path() {
        let (body, top) = (At::TOP.below("body"), At::TOP);
        assert_eq!(body.below("considered").item(2).path(), "body.considered[2]");
        assert_eq!(top.problem("x".into()).to_string(), "the draft: x");
    }
}
