//! CSV, as RFC 4180 has it: cells, quotes doubled inside quotes, rows over several lines.
//!
//! A quote inside an unquoted cell is text. Empty lines are skipped. What cannot be told apart with
//! certainty (an unclosed quote, text after a closing one) is a fault, never a guess.

use super::source::Feed;
use super::{Encoding, Fault, Problem, Row};
use crate::limits::{CELL_BYTES_MAX, COLUMNS_MAX, ROW_BYTES_MAX};
use memchr::{memchr, memchr_iter, memchr2};

/// Reads rows of cells.
pub(crate) struct Reader {
    delimiter: u8,
    encoding: Encoding,
    /// The line on which the next byte stands.
    line: u64,
}

/// Where in a row the reader stands.
#[derive(Clone, Copy, PartialEq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside quotes: it closed the cell, or the next one makes it text.
    Closing,
    /// After a carriage return behind a quoted cell: the line ends.
    LineEnd,
}

/// A row while it grows.
struct Growing {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Where the current cell starts.
    start: usize,
}

impl Growing {
    fn push(&mut self, part: &[u8]) -> Result<(), Problem> {
        self.bytes.extend_from_slice(part);
        if self.bytes.len() - self.start > CELL_BYTES_MAX {
            return Err(Problem::CellTooLong);
        }
        if self.bytes.len() > ROW_BYTES_MAX { Err(Problem::RowTooLong) } else { Ok(()) }
    }

    fn end_cell(&mut self) -> Result<(), Problem> {
        self.start = self.bytes.len();
        self.ends.push(self.start);
        if self.ends.len() > COLUMNS_MAX { Err(Problem::TooManyColumns) } else { Ok(()) }
    }

    /// Ends an unquoted cell at a line feed: the carriage return before it is part of the line's end.
    fn end_plain_row(&mut self) -> Result<(), Problem> {
        if self.bytes.len() > self.start && self.bytes.last() == Some(&b'\r') {
            self.bytes.pop();
        }
        self.end_cell()
    }

    fn is_empty_line(&self) -> bool {
        self.bytes.is_empty() && self.ends.len() <= 1
    }
}

/// What a step over some bytes came to.
struct Step {
    used: usize,
    state: State,
    ended: bool,
}

impl Reader {
    pub(crate) fn new(delimiter: u8, encoding: Encoding) -> Self {
        Self { delimiter, encoding, line: 1 }
    }

    /// Reads the next row; `false` at the end.
    pub(crate) fn read(&mut self, feed: &mut Feed, row: &mut Row) -> Result<bool, Fault> {
        let (bytes, ends) = row.take();
        let mut growing = Growing { bytes, ends, start: 0 };
        let mut state = State::CellStart;
        let mut first_line = self.line;
        let mut quote_line = self.line;
        let mut was_quoted = false;
        loop {
            let line = self.line;
            let chunk = feed.fill().map_err(|problem| Fault { line, column: None, problem })?;
            if chunk.is_empty() {
                if state == State::Quoted {
                    let column = Some(growing.ends.len() + 1);
                    return Err(Fault { line: quote_line, column, problem: Problem::UnclosedQuote });
                }
                if state == State::CellStart && growing.ends.is_empty() {
                    return Ok(false);
                }
                let ended = if state == State::Plain { growing.end_plain_row() } else { growing.end_cell() };
                ended.map_err(|problem| Fault { line, column: None, problem })?;
                break;
            }
            let step = self.step(chunk, state, &mut growing).map_err(|problem| {
                let line = if state == State::Quoted { quote_line } else { line };
                Fault { line, column: Some(growing.ends.len() + 1), problem }
            })?;
            if step.state == State::Quoted && state == State::CellStart {
                quote_line = line;
                was_quoted = true;
            }
            feed.consume(step.used);
            state = step.state;
            if step.ended {
                if growing.is_empty_line() && !was_quoted {
                    growing.ends.clear();
                    first_line = self.line;
                    continue;
                }
                break;
            }
        }
        let (text, ends) = self.encoding.decode(first_line, growing.bytes, growing.ends)?;
        row.fill(first_line, text, ends);
        Ok(true)
    }

    /// Uses up some of the bytes: at most to the end of the row, or to the next change of state.
    fn step(&mut self, chunk: &[u8], state: State, growing: &mut Growing) -> Result<Step, Problem> {
        match state {
            State::CellStart if chunk.first() == Some(&b'"') => {
                Ok(Step { used: 1, state: State::Quoted, ended: false })
            }
            State::CellStart | State::Plain => self.step_plain(chunk, growing),
            State::Quoted => {
                let (run, closes) = memchr(b'"', chunk).map_or((chunk.len(), false), |at| (at, true));
                let cell = chunk.get(..run).unwrap_or_default();
                self.line += lines(cell);
                growing.push(cell)?;
                let state = if closes { State::Closing } else { State::Quoted };
                Ok(Step { used: run + usize::from(closes), state, ended: false })
            }
            State::Closing => match chunk.first() {
                Some(b'"') => {
                    growing.push(b"\"")?;
                    Ok(Step { used: 1, state: State::Quoted, ended: false })
                }
                Some(byte) if *byte == self.delimiter => {
                    growing.end_cell()?;
                    Ok(Step { used: 1, state: State::CellStart, ended: false })
                }
                Some(b'\n') => self.end_row(growing),
                Some(b'\r') => Ok(Step { used: 1, state: State::LineEnd, ended: false }),
                _ => Err(Problem::TextAfterQuote),
            },
            State::LineEnd if chunk.first() == Some(&b'\n') => self.end_row(growing),
            State::LineEnd => Err(Problem::TextAfterQuote),
        }
    }

    /// Ends a row at the line feed behind a quoted cell.
    fn end_row(&mut self, growing: &mut Growing) -> Result<Step, Problem> {
        self.line += 1;
        growing.end_cell()?;
        Ok(Step { used: 1, state: State::CellStart, ended: true })
    }

    /// Plain cells, as many as there are up to the end of the row or of the chunk.
    fn step_plain(&mut self, chunk: &[u8], growing: &mut Growing) -> Result<Step, Problem> {
        let mut rest = chunk;
        let used = |rest: &[u8]| chunk.len() - rest.len();
        loop {
            let Some(at) = memchr2(self.delimiter, b'\n', rest) else {
                growing.push(rest)?;
                return Ok(Step { used: chunk.len(), state: State::Plain, ended: false });
            };
            let (cell, after) = rest.split_at(at);
            growing.push(cell)?;
            let Some((end, after)) = after.split_first() else { continue };
            rest = after;
            if *end == b'\n' {
                self.line += 1;
                growing.end_plain_row()?;
                return Ok(Step { used: used(rest), state: State::CellStart, ended: true });
            }
            growing.end_cell()?;
            if rest.first().is_none_or(|byte| *byte == b'"') {
                return Ok(Step { used: used(rest), state: State::CellStart, ended: false });
            }
        }
    }
}

fn lines(bytes: &[u8]) -> u64 {
    u64::try_from(memchr_iter(b'\n', bytes).count()).unwrap_or(u64::MAX)
}
