//! One page of a term file: terms in ascending order, each with its postings.
//!
//! A term stands as what differs from the one before it in the page:
//!
//! | field | form | meaning |
//! |---|---|---|
//! | shared | varint | bytes that it begins with in common with the term before, as many as there are; 0 for a page's first |
//! | rest_len | varint | bytes that follow |
//! | rest | bytes | the rest of the term |
//! | count | varint | how many entries hold it, at least 1 |
//! | postings_len | varint | bytes of the postings |
//! | postings | bytes | see `postings` |
//!
//! Never: it knows no file and no segment; it decodes no postings.

use super::TERM_BYTES_MAX;
use super::bytes::{common_prefix, put_varint, take_bytes, take_varint};
use crate::terms::DerivedError;

const MALFORMED: DerivedError = DerivedError::Damaged("the terms of a page");

/// A term's row in a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    shared: usize,
    rest: &'a [u8],
    pub(super) count: u32,
    pub(super) postings: &'a [u8],
}

/// Appends a term to a page; `before` is the one before it, empty for the first.
pub(super) fn push(
    page: &mut Vec<u8>,
    before: &[u8],
    term: &[u8],
    count: u32,
    postings: &[u8],
) -> Result<(), DerivedError> {
    let shared = common_prefix(before, term);
    let (_, rest) = term.split_at_checked(shared).unwrap_or((&[], term));
    put_varint(page, length(shared)?);
    put_varint(page, length(rest.len())?);
    page.extend_from_slice(rest);
    put_varint(page, count);
    put_varint(page, length(postings.len())?);
    page.extend_from_slice(postings);
    Ok(())
}

fn length(bytes: usize) -> Result<u32, DerivedError> {
    u32::try_from(bytes).map_err(|_| DerivedError::TooLarge)
}

/// Takes the next row of a page; `None` at its end.
fn next<'a>(page: &mut &'a [u8]) -> Result<Option<Row<'a>>, DerivedError> {
    if page.is_empty() { Ok(None) } else { row(page).map(Some).ok_or(MALFORMED) }
}

fn row<'a>(page: &mut &'a [u8]) -> Option<Row<'a>> {
    let shared = usize::try_from(take_varint(page)?).ok()?;
    let rest_len = usize::try_from(take_varint(page)?).ok()?;
    let rest = take_bytes(page, rest_len)?;
    let count = take_varint(page).filter(|count| *count > 0)?;
    let postings_len = usize::try_from(take_varint(page)?).ok()?;
    let postings = take_bytes(page, postings_len)?;
    Some(Row { shared, rest, count, postings })
}

/// Finds a term, without putting any other one together.
pub(super) fn find<'a>(page: &'a [u8], term: &[u8]) -> Result<Option<Row<'a>>, DerivedError> {
    // Bytes that `term` begins with in common with the row before, which is below it.
    let mut matched = 0_usize;
    let mut rows = page;
    while let Some(row) = next(&mut rows)? {
        if row.shared > matched {
            continue; // differs where the row before did
        }
        if row.shared < matched {
            return Ok(None); // rises above `term` where the row before still agreed
        }
        let wanted = term.get(matched..).unwrap_or_default();
        let common = common_prefix(row.rest, wanted);
        match (row.rest.get(common), wanted.get(common)) {
            (None, None) => return Ok(Some(row)),
            (None, Some(_)) => {}
            (Some(here), Some(there)) if here < there => {}
            _ => return Ok(None),
        }
        matched += common;
    }
    Ok(None)
}

/// Walks a page from its first term on, putting each together.
#[derive(Debug, Default)]
pub(super) struct Walk {
    term: Vec<u8>,
}

impl Walk {
    pub(super) fn term(&self) -> &[u8] {
        &self.term
    }

    /// Moves to the next row of `page`; refuses a term that is too long or not above the one before.
    pub(super) fn step<'a>(&mut self, page: &mut &'a [u8]) -> Result<Option<Row<'a>>, DerivedError> {
        let Some(row) = next(page)? else { return Ok(None) };
        let (shared, tail) = self.term.split_at_checked(row.shared).ok_or(MALFORMED)?;
        let ascends = match (tail.first(), row.rest.first()) {
            (None, Some(_)) => true,
            (Some(before), Some(here)) => before < here,
            _ => false,
        };
        if !ascends || shared.len() + row.rest.len() > TERM_BYTES_MAX {
            return Err(MALFORMED);
        }
        self.term.truncate(row.shared);
        self.term.extend_from_slice(row.rest);
        Ok(Some(row))
    }
}
