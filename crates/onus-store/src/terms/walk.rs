//! Walks the terms of a file in order, page by page: every kind with its count, every incident of a day.
//!
//! Promise: at most one page is held at a time; the first error ends the walk.

use super::page::Walk;
use super::{Postings, TermFile};
use crate::terms::DerivedError;

/// The terms of a file that begin with a prefix, ascending.
#[derive(Debug)]
pub struct Terms<'a> {
    file: &'a TermFile,
    prefix: Box<[u8]>,
    page: Vec<u8>,
    at: usize,
    next_page: usize,
    walk: Walk,
    done: bool,
}

/// One term and the entries that hold it.
#[derive(Debug)]
pub struct Term<'a> {
    file: &'a TermFile,
    bytes: Vec<u8>,
    count: u32,
    postings: Vec<u8>,
}

impl Term<'_> {
    /// The term, its field byte included.
    pub fn term(&self) -> &[u8] {
        &self.bytes
    }

    /// How many entries hold it.
    pub fn count(&self) -> u64 {
        u64::from(self.count)
    }

    /// Which ones.
    pub fn postings(&self) -> Result<Postings, DerivedError> {
        self.file.decode(self.count, &self.postings)
    }
}

impl<'a> Terms<'a> {
    pub(super) fn new(file: &'a TermFile, prefix: &[u8], first_page: usize) -> Self {
        Self {
            file,
            prefix: prefix.into(),
            page: Vec::new(),
            at: 0,
            next_page: first_page,
            walk: Walk::default(),
            done: false,
        }
    }

    fn advance(&mut self) -> Result<Option<Term<'a>>, DerivedError> {
        loop {
            let mut rest = self.page.get(self.at..).unwrap_or_default();
            let Some(row) = self.walk.step(&mut rest)? else {
                let Some(page) = self.file.paged.page(self.next_page)? else { return Ok(None) };
                self.page = page;
                self.at = 0;
                self.next_page += 1;
                self.walk = Walk::default();
                continue;
            };
            self.at = self.page.len() - rest.len();
            let term = self.walk.term();
            if term.starts_with(&self.prefix) {
                let (bytes, postings) = (term.to_vec(), row.postings.to_vec());
                return Ok(Some(Term { file: self.file, bytes, count: row.count, postings }));
            }
            if *term > *self.prefix {
                return Ok(None);
            }
        }
    }
}

impl<'a> Iterator for Terms<'a> {
    type Item = Result<Term<'a>, DerivedError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let found = self.advance().transpose();
        self.done = !matches!(found, Some(Ok(_)));
        found
    }
}
