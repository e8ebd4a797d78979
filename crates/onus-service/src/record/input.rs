//! Lines of drafts, one at a time, in bounded memory.

use super::RecordingError;
use onus_core::limits::DRAFT_LINE_BYTES_MAX;
use std::io::{self, BufRead, Read as _};

/// The lines of an input that are not blank, with their numbers.
pub(super) struct Lines<'a> {
    input: &'a mut (dyn BufRead + Send),
    number: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(input: &'a mut (dyn BufRead + Send)) -> Self {
        Self { input, number: 0 }
    }

    /// The next one; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, RecordingError> {
        loop {
            let number = self.number + 1;
            let line =
                next_line(self.input).map_err(|source| RecordingError::Read { line: number, source })?;
            let Some(line) = line else { return Ok(None) };
            self.number = number;
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some((number, line)));
            }
        }
    }
}

/// A line over the limit is read to its end and kept only as far as the limit, so that it is refused and the next one is
/// found.
fn next_line(input: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let limit = u64::try_from(DRAFT_LINE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(2);
    if input.take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && line.len() > DRAFT_LINE_BYTES_MAX {
        input.skip_until(b'\n')?;
    }
    while matches!(line.last(), Some(b'\n' | b'\r')) {
        line.pop();
    }
    Ok(Some(line))
}
