//! Whether the access ledger and the ledger tell the same story, beyond each verifying by itself.
//!
//! Checked: every erasure in the ledger has its line, under the same name; every line names entries that are there. Said
//! besides: what was asked and not carried out, and whether the account at work could change who acts as whom.
//!
//! Not checked, because nothing can: that nobody read a text past this software. Whoever has the private directory and
//! other tools leaves no line.

use crate::account::{may_change, others_may_change};
use crate::error::OpenError;
use crate::ledger::Ledger;
use crate::lines::{line, seqs};
use onus_core::entry::EntryOutline;
use onus_core::ids::EventId;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_store::Reader;
use std::collections::BTreeSet;
use std::fmt;

/// What does not fit between the two ledgers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// An erasure without its line: it was not made by this software as it stands, or the access ledger was replaced.
    ErasedWithoutLine {
        /// The entry of the ledger.
        entry: Seq,
    },
    /// A line names an entry that is not there under that name: one of the two ledgers was replaced.
    NamesNothing {
        /// The line of the access ledger.
        line: u64,
        /// The entry it names.
        entry: Seq,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ErasedWithoutLine { entry } => {
                write!(f, "entry {entry} erased personal data, and the access ledger has no line of it")
            }
            Self::NamesNothing { line, entry } => {
                write!(
                    f,
                    "line {line} of the access ledger names entry {entry}, which is not there under that name"
                )
            }
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// How many lines there are.
    pub lines: u64,
    /// What does not fit.
    pub mismatches: Vec<Mismatch>,
    /// Lines of erasures that were asked for and not carried out.
    pub not_carried_out: Vec<Seq>,
    /// Files that say who may do what, and that the account at work can change.
    pub changeable: Vec<String>,
}

impl Ledger {
    /// Compares the access ledger with the ledger. Needs no key.
    pub fn compare_access(&self) -> Result<Compared, OpenError> {
        let (reader, access) = (self.read()?, self.access().read()?);
        let rights = self.rights()?;
        let mut found = Compared {
            lines: 0,
            mismatches: Vec::new(),
            not_carried_out: Vec::new(),
            changeable: Vec::new(),
        };
        let done: BTreeSet<EventId> = names_of(&reader, Kind::PersonalDataErased)?;
        let asked: BTreeSet<EventId> = names_of(&access, Kind::PersonalDataErased)?;
        for seq in reader.of_kind(Kind::PersonalDataErased.number())? {
            if name_of(&reader, seq)?.is_none_or(|id| !asked.contains(&id)) {
                found.mismatches.push(Mismatch::ErasedWithoutLine { entry: seq });
            }
        }
        for seq in seqs(&access)? {
            let Some(line) = line(&access, seq, &rights)? else { continue };
            found.lines += 1;
            if line.kind == Kind::PersonalDataErased && !done.contains(&line.event_id) {
                found.not_carried_out.push(seq);
            }
            let of = if line.of_access { &access } else { &reader };
            for one in &line.entries {
                if one.seq >= Seq::new(of.size()) || name_of(of, one.seq)? != Some(one.event_id) {
                    found.mismatches.push(Mismatch::NamesNothing { line: seq.get(), entry: one.seq });
                }
            }
        }
        for path in [self.paths.profiles(), self.paths.rights()] {
            if may_change(&path) || others_may_change(&path) {
                found.changeable.push(path.display().to_string());
            }
        }
        Ok(found)
    }
}

fn names_of(reader: &Reader, kind: Kind) -> Result<BTreeSet<EventId>, OpenError> {
    let mut names = BTreeSet::new();
    for seq in reader.of_kind(kind.number())? {
        names.extend(name_of(reader, seq)?);
    }
    Ok(names)
}

fn name_of(reader: &Reader, seq: Seq) -> Result<Option<EventId>, OpenError> {
    let entry = reader.entry(seq)?;
    Ok(EntryOutline::parse(entry.bytes()).ok().map(|outline| outline.event_id))
}
