//! For the annual return on sections 135 and 136: its fields as CSV, a dictionary, and what is missing.

use super::events::{counts, events};
use super::package::Package;
use super::texts::stated;
use super::{Contents, ExportError, ExportQuestion};
use crate::answer::Name;
use crate::row::{row, write_cells};
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_core::time::LocalDate;
use onus_export::data::{Event, TextState};
use onus_export::returns::s136::{Cell, Fields, Missing, Opened, Use, uses};
use onus_ledger::{EntryTexts, open_disclosed};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of sealed values: by entry and field.
type Values = BTreeMap<(Seq, FieldNo), Opened>;

/// The return of one year.
#[derive(Clone, Debug)]
pub struct S136Bundle {
    /// The year.
    pub year: ReturnYear,
    /// Only uses of the power that this agency states.
    pub force: Option<AgencyId>,
    /// The fields of the return.
    pub fields: Fields,
    /// On what ground age, sex and ethnicity, which are sealed, are opened; without it they are left out and counted.
    pub ground: Option<Code>,
}

/// A year that ends on 31 March.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnYear {
    from: LocalDate,
    to: LocalDate,
}

impl ReturnYear {
    /// The year that ends on 31 March of this one: 2024 for 1 April 2023 to 31 March 2024. `None` outside 1901 to 2199.
    #[must_use]
    pub fn ending(year: u16) -> Option<Self> {
        let day = |text: String| LocalDate::parse(&text).ok();
        let from = day(format!("{:04}-04-01", year.checked_sub(1)?))?;
        Some(Self { from, to: day(format!("{year:04}-03-31"))? })
    }
}

/// A field of the return, explained.
struct Explained {
    field: String,
    title: String,
    means: String,
    words: Vec<String>,
    citation: String,
}

row!(Explained { field, title, means, words, citation });

/// A cell of the return that is empty.
struct Absent {
    row: u64,
    incident: Option<Name<Incident>>,
    seq: Seq,
    field: String,
    why: &'static str,
}

row!(Absent { row, incident, seq, field, why });

/// How a field of the return is filled.
struct Filled {
    field: String,
    asked: usize,
    stated: usize,
    not_stated: usize,
    no_field_in_onus: usize,
    withheld: usize,
    erased: usize,
}

row!(Filled { field, asked, stated, not_stated, no_field_in_onus, withheld, erased });

impl S136Bundle {
    pub(super) fn check(&self, question: &ExportQuestion) -> Result<(), ExportError> {
        if self.ground.is_some() { stated(question.recipient.as_ref(), "the recipient") } else { Ok(()) }
    }

    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let uses = self.uses(package)?;
        let seqs: BTreeSet<Seq> = uses.iter().flat_map(Use::entries).collect();
        let mut events = events(package, &seqs.into_iter().collect::<Vec<_>>())?;
        let opened = self.open(package, &uses, &mut events)?;

        let rows: Vec<Vec<Cell>> = uses.iter().map(|one| one.row(&self.fields, &opened)).collect();
        let columns: Vec<&str> = self.fields.field.iter().map(|field| field.name.as_str()).collect();
        let cells = |row: &Vec<Cell>| {
            let cell = |cell: &Cell| match cell {
                Cell::Stated(text) => text.clone(),
                Cell::NotAsked | Cell::Missing(_) => String::new(),
            };
            row.iter().map(cell).collect::<Vec<_>>()
        };
        package.write("return.csv", |out| write_cells(out, &columns, rows.iter().map(cells)))?;
        package.put_rows("dictionary.csv", &self.dictionary())?;
        package.put_rows("missing.csv", &absent(&uses, &rows, &columns))?;
        package.put_rows("missing-by-field.csv", &filled(&rows, &columns))?;
        let mut filters = vec![format!("occurred={}..{}", self.year.from, self.year.to)];
        filters.extend(self.force.as_ref().map(|force| format!("force={force}")));
        let counts = counts(&events);
        Ok(Contents {
            filters,
            rules: vec![format!("s136 {}", self.fields.version)],
            incident: None,
            ground: self.ground.clone().filter(|_| counts.opened > 0),
            counts: counts.into(),
        })
    }

    fn uses(&self, package: &Package<'_>) -> Result<Vec<Use>, ExportError> {
        let year = (self.year.from, self.year.to);
        let found = uses(&package.reader, &self.fields, year, self.force.as_ref())?;
        if let (true, Some(force)) = (found.is_empty(), &self.force) {
            let others = uses(&package.reader, &self.fields, year, None)?.len();
            if others > 0 {
                return Err(ExportError::NotFound {
                    what: format!(
                        "{force} states no use of the power in that year, and others state {others}"
                    ),
                    hint: "without --force the return has every use that is recorded",
                });
            }
        }
        Ok(found)
    }

    fn dictionary(&self) -> Vec<Explained> {
        let explained = self.fields.field.iter().map(|field| Explained {
            field: field.name.clone(),
            title: field.title.clone(),
            means: field.means.clone(),
            words: field.words.iter().map(|(value, words)| format!("{value} = {words}")).collect(),
            citation: field.citation.clone(),
        });
        explained.collect()
    }

    /// Opens what the rows need of sealed values; the access ledger has it first. Without a ground nothing is opened.
    fn open(&self, package: &Package<'_>, uses: &[Use], events: &mut [Event]) -> Result<Values, ExportError> {
        let (mut opened, wanted) = sealed(uses, events);
        let Some(ground) = self.ground.as_ref().filter(|_| !wanted.is_empty()) else { return Ok(opened) };
        let disclosure = package.disclosure(ground)?;
        let session = package.session;
        for one in session.keys()?.disclose(session.caller(), &disclosure, &wanted)? {
            let Some(event) = events.iter_mut().find(|event| event.head.seq == one.seq) else { continue };
            let id = event.id();
            let Some(text) = event.texts.iter_mut().find(|text| text.field == one.field) else { continue };
            let Ok(key) = one.key else { continue };
            let plain = open_disclosed(&text.sealed, &id, one.field, &key)
                .map_err(|e| ExportError::Text { seq: one.seq, source: e.into() })?;
            opened.insert((one.seq, one.field), Opened::Text(plain.expose().to_owned()));
            text.state = TextState::Opened(plain);
        }
        Ok(opened)
    }
}

/// Which of the sealed values are erased, and which are to be opened.
fn sealed(uses: &[Use], events: &[Event]) -> (Values, Vec<EntryTexts>) {
    let mut erased = Values::new();
    let mut wanted: BTreeMap<Seq, Vec<FieldNo>> = BTreeMap::new();
    for (seq, fields) in uses.iter().filter_map(Use::sealed) {
        let event = events.iter().find(|event| event.head.seq == seq);
        for text in event.into_iter().flat_map(|event| &event.texts) {
            if !fields.contains(&text.field) {
                continue;
            }
            if matches!(text.state, TextState::Erased { .. }) {
                erased.insert((seq, text.field), Opened::Not(Missing::Erased));
                continue;
            }
            let named = wanted.entry(seq).or_default();
            if !named.contains(&text.field) {
                named.push(text.field);
            }
        }
    }
    (erased, wanted.into_iter().map(|(seq, fields)| EntryTexts { seq, fields }).collect())
}

fn absent(uses: &[Use], rows: &[Vec<Cell>], columns: &[&str]) -> Vec<Absent> {
    let mut found = Vec::new();
    for (row, (one, cells)) in (1_u64..).zip(uses.iter().zip(rows)) {
        for (column, cell) in columns.iter().zip(cells) {
            if let Cell::Missing(why) = cell {
                found.push(Absent {
                    row,
                    incident: one.exercised.common.incident.clone().map(Name),
                    seq: one.exercised.seq(),
                    field: (*column).to_owned(),
                    why: why.as_str(),
                });
            }
        }
    }
    found
}

fn filled(rows: &[Vec<Cell>], columns: &[&str]) -> Vec<Filled> {
    let of = |(index, column): (usize, &&str)| {
        let cells = || rows.iter().filter_map(move |row| row.get(index));
        let count = |wanted: &dyn Fn(&Cell) -> bool| cells().filter(|cell| wanted(cell)).count();
        let why = |wanted: Missing| count(&|cell| *cell == Cell::Missing(wanted));
        Filled {
            field: (*column).to_owned(),
            asked: count(&|cell| *cell != Cell::NotAsked),
            stated: count(&|cell| matches!(cell, Cell::Stated(_))),
            not_stated: why(Missing::NotStated),
            no_field_in_onus: why(Missing::NoField),
            withheld: why(Missing::Withheld),
            erased: why(Missing::Erased),
        }
    };
    columns.iter().enumerate().map(of).collect()
}
