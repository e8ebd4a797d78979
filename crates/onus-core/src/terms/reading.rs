//! The terms of one entry, read off its bytes.

use super::TermField;
use super::days::Days;
use super::forms::{FORMS, Form, Mark};
use crate::codec::DecodeError;
use crate::entry::EntryHead;
use crate::time::Timestamp;
use crate::walk::{Walker, counted, flag, number, signed, take, walk};

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
        walk(FORMS.way(head), &mut rest, &mut Taking { reader: self, each: &mut each })
            .ok_or(DecodeError::Malformed)
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
                let at = Timestamp::from_us(signed(rest)?)?;
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
                    let day = i32::try_from(signed(rest)?).ok()?;
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

/// A reader on its way through one record.
struct Taking<'r, F> {
    reader: &'r mut TermReader,
    each: &'r mut F,
}

impl<F: FnMut(TermField, &[u8])> Walker for Taking<'_, F> {
    type Mark = Mark;
    // Whether a record is canonical is for the codec to say.
    const CHECKS: bool = false;

    fn take(&mut self, (field, form): Mark, rest: &mut &[u8]) -> Option<()> {
        self.reader.take(field, form, rest, self.each)
    }
}

/// A day as bytes that sort as days do.
pub(super) fn day_bytes(days_since_1970: i32) -> [u8; 4] {
    (days_since_1970 ^ i32::MIN).to_be_bytes()
}
