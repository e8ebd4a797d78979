//! One event as a case states it, as a table or as a line, on its way to a draft. A line is
//!
//! ```text
//! TIME VERB VALUE… FIELD=VALUE… "TEXT" by WHO about LABEL… as LABEL
//! ```
//!
//! Promise: every fault of a line is named with its column, and what would be accepted; nothing of it is repeated.

use super::fault::Fault;
use super::header::{CaseDay, Header};
use super::value::{self, field_at};
use super::words::{AtColumn, Form, Word, words};
use jiff::civil::Date;
use onus_core::kinds::{Kind, Maker};
use onus_core::nearest::nearest;
use onus_core::phrase::{PHRASES, Phrase};
use onus_core::shape::FieldDef;
use serde_json::{Map, Value};

const TIME: &str = "a line begins with its time: 02:05, `+1 02:05` on the next day, or `2026-01-31 02:05`";

/// What a line says in other words than FIELD=VALUE.
const ELSEWHERE: &[(&str, &str)] = &[
    ("actor", "say who acted with `by`"),
    ("occurred_at", "a line begins with when it happened"),
    ("event", "the verb says what happened"),
];

/// One event.
pub(super) struct Statement {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// The draft's members, and what a case says in its own words: `at`, `by`, `as`, `about`.
    pub(super) event: Map<String, Value>,
    /// The columns of what a line says, by the path of the member that it became.
    columns: Vec<(String, usize)>,
    /// Whether enough of it is known to read it as a draft, for what else is wrong with it.
    pub(super) is_readable: bool,
}

impl Statement {
    /// Of a table.
    pub(super) fn of_table(line: usize, event: Map<String, Value>) -> Self {
        Self { line, event, columns: Vec::new(), is_readable: true }
    }

    /// Of a line; `None` where it has none or only a comment. Its faults are added.
    pub(super) fn of_line(line: usize, text: &str, header: &Header, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut wrong = Vec::new();
        let found = words(text, &mut wrong);
        if found.is_empty() && wrong.is_empty() {
            return None;
        }
        let is_read = wrong.is_empty();
        let mut read = Reader {
            day: CaseDay { header, date: None },
            statement: Self::of_table(line, Map::new()),
            faults: wrong,
        };
        let has_kind = read.statement_of(&found).is_some();
        let at = |(column, says): AtColumn| Fault::at(line, Some(column), says);
        faults.extend(read.faults.into_iter().map(at));
        Some(Self { is_readable: has_kind && is_read, ..read.statement })
    }

    /// Its kind, where it names one.
    pub(super) fn kind(&self) -> Option<Kind> {
        Kind::from_name(self.event.get("event")?.as_str()?)
    }

    /// Lets a member that a word became stand for another one that it became too.
    pub(super) fn say_also(&mut self, path: &str, other: &str) {
        let column = self.columns.iter().find(|(known, _)| known == path).map(|(_, column)| *column);
        self.columns.extend(column.map(|column| (other.to_owned(), column)));
    }

    /// A fault of a member of it.
    pub(super) fn fault(&self, path: &str, problem: &str) -> Fault {
        let within = |known: &str| {
            path == known || path.strip_prefix(known).is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        let columns = self.columns.iter().filter(|(known, _)| within(known));
        let column = columns.max_by_key(|(known, _)| known.len()).map(|(_, column)| *column);
        Fault::at(self.line, column, format!("{path}: {problem}"))
    }
}

/// A line on its way to a statement.
struct Reader<'h> {
    day: CaseDay<'h>,
    statement: Statement,
    faults: Vec<AtColumn>,
}

impl Reader<'_> {
    fn statement_of(&mut self, words: &[Word<'_>]) -> Option<()> {
        let words = self.time(words)?;
        let Some((verb, words)) = words.split_first() else {
            let end = self.statement.columns.iter().map(|(_, column)| *column).max().unwrap_or(1);
            self.faults.push((end, format!("after the time, expected {}", a_verb("")).to_owned()));
            return None;
        };
        let phrase = match &verb.form {
            Form::Bare(word) => Phrase::by_verb(word).ok_or(*word),
            Form::Field(..) | Form::Text(_) => Err(""),
        };
        let phrase = match phrase {
            Ok(phrase) => phrase,
            Err(word) => {
                self.faults.push((verb.column, format!("expected {}", a_verb(word))));
                return None;
            }
        };
        self.put("event", verb.column, phrase.kind.name().into());
        self.rest(phrase, words);
        Some(())
    }

    /// When; and the words after it.
    fn time<'w, 't>(&mut self, words: &'w [Word<'t>]) -> Option<&'w [Word<'t>]> {
        let (first, rest) = words.split_first()?;
        let Form::Bare(time) = first.form else {
            self.faults.push((first.column, TIME.into()));
            return None;
        };
        let is_day = time.starts_with('+') || time.parse::<Date>().is_ok();
        let (at, rest) = match rest.split_first() {
            Some((Word { form: Form::Bare(second), .. }, rest)) if is_day => {
                (format!("{time} {second}"), rest)
            }
            _ => (time.to_owned(), rest),
        };
        if !time.starts_with(|c: char| c == '+' || c.is_ascii_digit()) {
            self.faults.push((first.column, TIME.into()));
            return None;
        }
        self.day.date = self.day.header.day_of(&at);
        self.put("at", first.column, at.into());
        self.statement.columns.push(("occurred_at".into(), first.column));
        Some(rest)
    }

    fn rest(&mut self, phrase: &Phrase, words: &[Word<'_>]) {
        let (body, common) = (phrase.body_fields(), phrase.common_fields());
        let mut leads = phrase.leads.iter();
        let mut clause = None;
        let mut clauses: Vec<(&str, usize, Vec<&str>)> = Vec::new();
        for word in words {
            match &word.form {
                Form::Bare(name @ ("by" | "about" | "as")) => {
                    clause = Some(clauses.len());
                    clauses.push((*name, word.column, Vec::new()));
                }
                Form::Bare(said) => {
                    if let Some((_, _, words)) = clause.and_then(|at| clauses.get_mut(at)) {
                        words.push(*said);
                    } else if let Some(lead) = leads.next() {
                        self.field(("body", &body), &[*lead], said, word.column);
                    } else {
                        self.faults.push((word.column, one_too_many(phrase)));
                    }
                }
                Form::Field(name, said) => self.named(phrase, (&body, &common), name, said, word.column),
                Form::Text(text) => match phrase.text {
                    Some(field) => self.field(("body", &body), &[field], text, word.column),
                    None => self.faults.push((
                        word.column,
                        format!(
                            "`{}` takes no text of its own; `noted note \"…\"` is a line for it",
                            phrase.verb
                        ),
                    )),
                },
            }
        }
        for (name, column, words) in clauses {
            self.clause(name, column, &words);
        }
    }

    /// FIELD=VALUE: of the body, else of what every event has.
    fn named(
        &mut self,
        phrase: &Phrase,
        (body, common): (&[FieldDef], &[FieldDef]),
        name: &str,
        said: &str,
        column: usize,
    ) {
        let path: Vec<&str> = name.split('.').collect();
        if field_at(body, &path).is_some() {
            self.field(("body", body), &path, said, column);
        } else if let Some((_, instead)) = ELSEWHERE.iter().find(|(known, _)| path.first() == Some(known)) {
            self.faults.push((column, (*instead).to_owned()));
        } else if field_at(common, &path).is_some() {
            self.field(("", common), &path, said, column);
        } else {
            let known: Vec<&str> = body.iter().chain(common).map(|field| field.name).collect();
            let known: Vec<&str> =
                known.into_iter().filter(|name| !ELSEWHERE.iter().any(|(other, _)| other == name)).collect();
            let near = nearest(&known, name).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
            let known = known.join(", ");
            self.faults
                .push((column, format!("this field is not known{near}; `{}` takes {known}", phrase.verb)));
        }
    }

    fn field(&mut self, (top, fields): (&str, &[FieldDef]), path: &[&str], said: &str, column: usize) {
        let Some(of) = field_at(fields, path) else { return };
        let value = value::value(&of, said, &self.day);
        let whole: Vec<&str> =
            [top].into_iter().filter(|top| !top.is_empty()).chain(path.iter().copied()).collect();
        if !insert(&mut self.statement.event, &whole, value) {
            self.faults.push((column, format!("{} is stated twice; state it once", path.join("."))));
        }
        self.statement.columns.push((whole.join("."), column));
    }

    fn clause(&mut self, name: &str, column: usize, words: &[&str]) {
        let value: Value = match (name, words) {
            ("as", [label]) => (*label).into(),
            ("by", [_, ..]) => words.join(" ").into(),
            ("about", [_, ..]) => words.iter().flat_map(|word| word.split(',')).map(Value::from).collect(),
            _ => {
                let expected = match name {
                    "as" => "one label, such as `as refusal1`",
                    "by" => "who acted: a name of [people], a role, or an agency and its role",
                    _ => "the labels of what it is about, such as `about refusal1`",
                };
                self.faults.push((column, format!("after `{name}`, expected {expected}")));
                return;
            }
        };
        if self.statement.event.contains_key(name) {
            self.faults.push((column, format!("`{name}` is said twice; say it once")));
        } else {
            self.put(name, column, value);
            if name == "by" {
                self.statement.columns.push(("actor".into(), column));
            }
        }
    }

    fn put(&mut self, name: &str, column: usize, value: Value) {
        self.statement.columns.push((name.to_owned(), column));
        self.statement.event.insert(name.to_owned(), value);
    }
}

/// Adds a value at a path; parts of one object come together. `false` where it is stated already.
pub(super) fn insert(members: &mut Map<String, Value>, path: &[&str], value: Value) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    match (members.get_mut(*first), value) {
        (None, value) if rest.is_empty() => members.insert((*first).to_owned(), value).is_none(),
        (None, value) => {
            let mut inner = Map::new();
            let inserted = insert(&mut inner, rest, value);
            members.insert((*first).to_owned(), inner.into());
            inserted
        }
        (Some(Value::Object(there)), Value::Object(parts)) if rest.is_empty() => {
            parts.into_iter().all(|(name, value)| there.insert(name, value).is_none())
        }
        (Some(Value::Object(there)), value) if !rest.is_empty() => insert(there, rest, value),
        (Some(_), _) => false,
    }
}

/// `a verb (nearest: decided)`, or `a verb: called, opened, …`
fn a_verb(given: &str) -> String {
    let verbs: Vec<&str> = PHRASES.iter().map(|phrase| phrase.verb).collect();
    let of_kind = Kind::from_name(given).filter(|kind| kind.maker() == Maker::Draft).and_then(Phrase::of);
    let near = of_kind.map(|phrase| phrase.verb).or_else(|| nearest(&verbs, given));
    match near {
        Some(near) => format!("a verb (nearest: {near}); docs/by-hand.md has them all"),
        None => format!("a verb: {}", verbs.join(", ")),
    }
}

fn one_too_many(phrase: &Phrase) -> String {
    let takes = match phrase.leads {
        [] => "no value without a name".to_owned(),
        leads => format!("{} after it", leads.join(", then ")),
    };
    format!(
        "one value too many: `{}` takes {takes}; write every other as FIELD=VALUE, a text in quotation marks",
        phrase.verb
    )
}
