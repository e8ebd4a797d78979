//! The terms of one entry, read off its bytes.

use super::TermField;
use super::days::Days;
use super::forms::{FORMS, Form, Step};
use crate::codec::DecodeError;
use crate::entry::EntryHead;
use crate::time::Timestamp;

/// Reads terms, one entry after another; its buffers are used again and again.
#[derive(Clone, Debug)]
pub struct TermReader {
    /// The term that is being put together.
    term: Vec<u8>,
    /// The agency of whoever acted, as the value of its term.
    actor: Vec<u8>,
    days: Days,
}

impl Default for TermReader {
    fn default() -> Self {
        Self::new()
    }
}

impl TermReader {
    /// One that has read nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { term: Vec::with_capacity(256), actor: Vec::with_capacity(64), days: Days::new() }
    }

    /// Hands every term of an entry to `each`, its field byte included. One may come twice; every entry has a term
    /// of [`TermField::Incident`] and one of [`TermField::Kind`].
    ///
    /// What follows the last term is not looked at, and values of enumerations that this release does not know
    /// pass: whether a record is canonical is for the codec to say.
    pub fn read(
        &mut self,
        head: &EntryHead,
        record: &[u8],
        mut each: impl FnMut(TermField, &[u8]),
    ) -> Result<(), DecodeError> {
        let [high, low] = head.kind.to_be_bytes();
        each(TermField::Kind, &[TermField::Kind.byte(), high, low]);
        self.actor.clear();
        let mut rest = record;
        self.run(FORMS.way(head), &mut rest, &mut each).ok_or(DecodeError::Malformed)
    }

    /// The key of a record's incident, as [`IncidentKey`](crate::ids::IncidentKey) has it; empty for ledger-wide events.
    /// Nothing else is read.
    pub fn incident_key(&mut self, record: &[u8]) -> Result<&[u8], DecodeError> {
        let mut rest = record;
        let event_id = take(&mut rest, 16);
        event_id
            .and_then(|_| self.take(TermField::Incident, Form::Incident, &mut rest, &mut |_, _| ()))
            .ok_or(DecodeError::Malformed)?;
        Ok(self.term.get(1..).unwrap_or_default())
    }

    fn run(
        &mut self,
        steps: &[Step],
        rest: &mut &[u8],
        each: &mut impl FnMut(TermField, &[u8]),
    ) -> Option<()> {
        let mut steps = steps;
        while let Some((step, after)) = steps.split_first() {
            steps = after;
            match *step {
                Step::Number => {
                    number(rest)?;
                }
                Step::Counted => {
                    counted(rest)?;
                }
                Step::Array(bytes) => {
                    take(rest, bytes)?;
                }
                Step::Option(inner) => {
                    if !flag(rest)? {
                        steps = steps.get(inner..)?;
                    }
                }
                Step::List(inner) => {
                    let (item, after) = steps.split_at_checked(inner)?;
                    for _ in 0..number(rest)? {
                        self.run(item, rest, each)?;
                    }
                    steps = after;
                }
                Step::Take(field, form) => self.take(field, form, rest, each)?,
            }
        }
        Some(())
    }

    fn take(
        &mut self,
        field: TermField,
        form: Form,
        rest: &mut &[u8],
        each: &mut impl FnMut(TermField, &[u8]),
    ) -> Option<()> {
        self.term.clear();
        self.term.push(field.byte());
        match form {
            Form::Enumerated(which) => {
                self.term.extend(which);
                self.term.push(u8::try_from(number(rest)?).ok()?);
            }
            Form::Token => self.term.extend_from_slice(take(rest, 16)?),
            Form::Instant => {
                let at = Timestamp::from_us(zigzag(number(rest)?))?;
                self.term.extend_from_slice(&day_bytes(self.days.day_of(at)));
            }
            Form::Code => self.term.extend_from_slice(counted(rest)?),
            Form::Agency => {
                self.term.push(u8::try_from(number(rest)?).ok()?);
                self.term.extend_from_slice(counted(rest)?);
            }
            Form::Policy => {
                self.term.extend_from_slice(counted(rest)?);
                self.term.push(0);
                self.term.extend_from_slice(counted(rest)?);
            }
            Form::Incident => {
                if flag(rest)? {
                    self.term.push(u8::try_from(number(rest)?).ok()?);
                    self.term.extend_from_slice(counted(rest)?);
                    self.term.push(0);
                    let day = i32::try_from(zigzag(number(rest)?)).ok()?;
                    self.term.extend_from_slice(&day_bytes(day));
                    self.term.extend_from_slice(counted(rest)?);
                }
            }
        }
        let value = self.term.get(1..)?;
        match field {
            TermField::Agency => {
                self.actor.clear();
                self.actor.extend_from_slice(value);
            }
            // Nobody is their own counterpart: of the two sides of an offer the other one is meant.
            TermField::Counterpart if value == self.actor.as_slice() => return Some(()),
            _ => {}
        }
        each(field, &self.term);
        Some(())
    }
}

/// A day as bytes that sort as days do.
pub(super) fn day_bytes(days_since_1970: i32) -> [u8; 4] {
    (days_since_1970 ^ i32::MIN).to_be_bytes()
}

fn take<'a>(rest: &mut &'a [u8], bytes: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(bytes)?;
    *rest = after;
    Some(taken)
}

fn flag(rest: &mut &[u8]) -> Option<bool> {
    match take(rest, 1)? {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

fn counted<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let bytes = usize::try_from(number(rest)?).ok()?;
    take(rest, bytes)
}

fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// A varint of the codec: one byte up to 250; else 251, 252 or 253 and two, four or eight bytes.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    match first {
        251 => chunk(rest).map(|bytes| u64::from(u16::from_le_bytes(bytes))),
        252 => chunk(rest).map(|bytes| u64::from(u32::from_le_bytes(bytes))),
        253 => chunk(rest).map(u64::from_le_bytes),
        254.. => None,
        small => Some(u64::from(*small)),
    }
}

fn chunk<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}
