//! A file of drafts: read through before anything is recorded, and refused whole where one line has a fault.
//!
//! Promise: a draft that names no id has the same one each time the same file is recorded, so that recording it again
//! adds nothing and completes what a crash cut short.

use super::ids::LineIds;
use super::input::Lines;
use super::{Outcome, Outcomes, RecordSummary, Recording, RecordingError, RefusedLine};
use onus_core::blame::Blame;
use onus_core::record::Draft;
use onus_store::{COMMIT_ENTRIES_MAX, COMMIT_RAW_BYTES_MAX, Expect};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Bytes read at once.
const BUFFER_BYTES: usize = 1 << 18;

/// How a file is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRule {
    /// All of it or nothing, as one request; what does not fit one commit is refused.
    OneCommit(Expect),
    /// Nothing where one line has a fault. What fits one commit is one request; a longer file is recorded line by line
    /// after it was read through.
    Whole,
    /// Line by line: one that is refused is reported, and the rest go on.
    LineByLine,
}

/// What reading a file through says of it.
struct Survey {
    ids: LineIds,
    digest: blake3::Hash,
    drafts: usize,
    bytes: u64,
}

impl Recording<'_> {
    /// Records the drafts of a file, as the rule says, and hands over what becomes of each.
    pub fn file<F: Read + Seek + Send>(
        &self,
        file: &mut F,
        rule: FileRule,
        outcomes: Outcomes<'_>,
    ) -> (RecordSummary, Result<(), RecordingError>) {
        let mut summary = RecordSummary::default();
        let survey = match survey(file, rule, outcomes, &mut summary) {
            Ok(survey) => survey,
            Err(error) => return (summary, Err(error)),
        };
        let fits = survey.drafts <= COMMIT_ENTRIES_MAX
            && usize::try_from(survey.bytes).is_ok_and(|bytes| bytes <= COMMIT_RAW_BYTES_MAX / 2);
        let mut reading =
            Hashing { file: BufReader::with_capacity(BUFFER_BYTES, file), hasher: blake3::Hasher::new() };
        let (summary, ended) = match rule {
            FileRule::OneCommit(expect) => {
                self.drafts_together(&mut reading, Some(survey.ids), expect, outcomes)
            }
            FileRule::Whole if fits => {
                self.drafts_together(&mut reading, Some(survey.ids), Expect::Any, outcomes)
            }
            FileRule::Whole | FileRule::LineByLine => {
                self.drafts_one_by_one(&mut reading, Some(survey.ids), outcomes)
            }
        };
        // After a failed write the rest of the file is not read.
        let is_read = ended.is_ok() && summary.blame != Some(Blame::Environment);
        let changed = is_read && reading.hasher.finalize() != survey.digest;
        (summary, if changed { Err(RecordingError::FileChanged) } else { ended })
    }
}

/// Reads a file through and goes back to its start. Unless the rule is line by line, every fault of every line is
/// handed over, and one is enough to refuse the file.
fn survey<F: Read + Seek + Send>(
    file: &mut F,
    rule: FileRule,
    outcomes: Outcomes<'_>,
    summary: &mut RecordSummary,
) -> Result<Survey, RecordingError> {
    let mut reading =
        Hashing { file: BufReader::with_capacity(BUFFER_BYTES, &mut *file), hasher: blake3::Hasher::new() };
    let mut lines = Lines::new(&mut reading);
    let mut drafts = 0_usize;
    while let Some((number, line)) = lines.next()? {
        drafts = drafts.saturating_add(1);
        if rule != FileRule::LineByLine
            && let Err(error) = Draft::parse(&line)
        {
            summary.refuse(Blame::Caller);
            let refused =
                RefusedLine { line: number, blame: Blame::Caller, problems: error.faults(), hint: None };
            outcomes(Outcome::Refused(refused)).map_err(RecordingError::NotDelivered)?;
        }
    }
    if let Some(blame) = summary.blame {
        return Err(RecordingError::LinesRefused(blame));
    }
    let (digest, bytes) = (reading.hasher.finalize(), reading.hasher.count());
    file.seek(SeekFrom::Start(0)).map_err(|source| RecordingError::Read { line: 1, source })?;
    Ok(Survey { ids: LineIds::of(digest), digest, drafts, bytes })
}

/// The drafts of a file that fits one commit, each with its line and its id; every fault of every line is handed over.
pub(super) fn read_all<F: Read + Seek + Send>(
    file: &mut F,
    outcomes: Outcomes<'_>,
    summary: &mut RecordSummary,
) -> Result<Vec<(u64, Draft)>, RecordingError> {
    let survey = survey(file, FileRule::Whole, outcomes, summary)?;
    if survey.drafts > COMMIT_ENTRIES_MAX {
        return Err(RecordingError::TooMany);
    }
    let mut reading = BufReader::with_capacity(BUFFER_BYTES, file);
    let mut lines = Lines::new(&mut reading);
    let mut drafts = Vec::with_capacity(survey.drafts);
    while let Some((number, line)) = lines.next()? {
        let mut draft = Draft::parse(&line).map_err(|_| RecordingError::FileChanged)?;
        survey.ids.give(&mut draft, number);
        drafts.push((number, draft));
    }
    Ok(drafts)
}

/// A file whose bytes are hashed as they are read.
struct Hashing<F> {
    file: BufReader<F>,
    hasher: blake3::Hasher,
}

impl<F: Read> Read for Hashing<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.hasher.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<F: Read> BufRead for Hashing<F> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.hasher.update(self.file.buffer().get(..amount).unwrap_or_default());
        self.file.consume(amount);
    }
}
