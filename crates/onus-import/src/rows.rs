//! The rows of a foreign file, one at a time, in flat memory.
//!
//! CSV (quoted; `,`, `;`, `|` or tab; UTF-8 with or without a byte-order mark, Latin-1 or Windows-1252)
//! and NDJSON, either of them plain or compressed with gzip or zstd, which their first bytes tell.
//!
//! A file that cannot be trusted as a whole (an unclosed quote, a cell over the limit, a NUL, bytes
//! that are not of the declared encoding, a compressed file that is damaged or swells beyond its limit)
//! is a [`RowsError`] and ends the reading. [`Rows::survey`] reads a file to its end for exactly that, so
//! that an importer can know before it writes. A row that is merely wrong by itself is handed on, and
//! the mapping rejects it.

mod csv;
mod encoding;
mod fault;
mod ndjson;
mod row;
mod source;

pub(crate) use fault::Fault;
pub use fault::{Problem, RowsError};
pub use row::Row;
use source::{Feed, Source};
use std::io::Read;
use std::path::Path;

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// CSV or NDJSON.
    pub format: Format,
    /// Between the cells of a CSV file.
    pub delimiter: u8,
    /// Of a CSV file without a byte-order mark.
    pub encoding: Encoding,
    /// The members of an NDJSON object that are wanted; a dot goes into an object.
    pub columns: Vec<String>,
    /// Those that may be there as well; `*` for any.
    pub ignored: Vec<String>,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            format: Format::Csv,
            delimiter: b',',
            encoding: Encoding::Utf8,
            columns: Vec::new(),
            ignored: Vec::new(),
        }
    }
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Rows of cells under a header.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

/// How a file's bytes stand for characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// ISO 8859-1.
    Latin1,
    /// Microsoft's extension of it, which most spreadsheets mean by *ANSI*.
    Windows1252,
}

/// The names of a file's columns.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
    format: Format,
}

// A file without a header has a row of data where its names should be.
impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Header({} columns)", self.names.len())
    }
}

impl Header {
    /// Of a CSV file.
    #[must_use]
    pub fn of_csv(names: Vec<String>) -> Self {
        Self { names, format: Format::Csv }
    }

    /// The names, outer spaces aside.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| name.trim())
    }

    /// What the file is.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    pub(crate) fn raw_names(&self) -> &[String] {
        &self.names
    }
}

/// How far the reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read.
    pub rows: u64,
    /// Bytes read of the file as it lies on the disk, compressed or not.
    pub stored_bytes: u64,
}

/// What a whole file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSurvey {
    /// Its rows, the header aside.
    pub rows: u64,
    /// Its bytes as they lie on the disk.
    pub stored_bytes: u64,
}

/// Reads the rows of one file.
pub struct Rows {
    file: String,
    source: Source,
    header: Header,
    reader: Reader,
    row: Row,
    count: u64,
}

enum Reader {
    Csv(csv::Reader),
    Ndjson(ndjson::Reader),
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("file", &self.file).field("rows", &self.count).finish_non_exhaustive()
    }
}

impl Rows {
    /// Opens a file and reads its header.
    pub fn open(path: &Path, input: &Input) -> Result<Self, RowsError> {
        let name = path.display().to_string();
        match std::fs::File::open(path) {
            Ok(file) => Self::named(name, Box::new(file), input),
            Err(error) => Err(RowsError { file: name, line: 0, column: None, problem: Problem::Io(error) }),
        }
    }

    /// Reads from elsewhere, such as standard input.
    pub fn read(from: Box<dyn Read + Send>, input: &Input) -> Result<Self, RowsError> {
        Self::named("the input".to_owned(), from, input)
    }

    fn named(file: String, from: Box<dyn Read + Send>, input: &Input) -> Result<Self, RowsError> {
        let placed = |fault: Fault| RowsError {
            file: file.clone(),
            line: fault.line,
            column: fault.column,
            problem: fault.problem,
        };
        let whole = |problem| Fault { line: 0, column: None, problem };
        let mut source = Source::open(from).map_err(|problem| placed(whole(problem)))?;
        let has_mark = source.feed.skip_byte_order_mark().map_err(|problem| placed(whole(problem)))?;
        let encoding = if has_mark { Encoding::Utf8 } else { input.encoding };
        let (reader, header) = match input.format {
            Format::Csv => {
                let mut reader = csv::Reader::new(input.delimiter, encoding);
                let mut row = Row::default();
                if !reader.read(&mut source.feed, &mut row).map_err(placed)? {
                    return Err(placed(whole(Problem::Empty)));
                }
                let names = row.cells().map(str::to_owned).collect();
                (Reader::Csv(reader), Header::of_csv(names))
            }
            Format::Ndjson => {
                let header = Header { names: input.columns.clone(), format: Format::Ndjson };
                (Reader::Ndjson(ndjson::Reader::new(input)), header)
            }
        };
        Ok(Self { file, source, header, reader, row: Row::default(), count: 0 })
    }

    /// The names of its columns.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The file, as it was named.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// How far the reading has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { rows: self.count, stored_bytes: self.source.stored_bytes() }
    }

    /// The next row; `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<&Row>, RowsError> {
        Ok(if self.advance()? { Some(&self.row) } else { None })
    }

    /// Reads the next row into one of the caller's, so that several can be held; `false` at the end.
    pub fn next_into(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        std::mem::swap(row, &mut self.row);
        let more = self.advance();
        std::mem::swap(row, &mut self.row);
        more
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        let feed: &mut Feed = &mut self.source.feed;
        let more = match &mut self.reader {
            Reader::Csv(reader) => reader.read(feed, &mut self.row),
            Reader::Ndjson(reader) => reader.read(feed, &mut self.row),
        };
        let more = more.map_err(|fault| RowsError {
            file: self.file.clone(),
            line: fault.line,
            column: fault.column,
            problem: fault.problem,
        })?;
        self.count += u64::from(more);
        Ok(more)
    }

    /// Reads to the end, calling `progress` now and then: what the file holds, or why it cannot be read.
    pub fn survey(mut self, progress: &dyn Fn(Progress)) -> Result<FileSurvey, RowsError> {
        const ROWS_BETWEEN: u64 = 8_192;
        while self.advance()? {
            if self.count.is_multiple_of(ROWS_BETWEEN) {
                progress(self.progress());
            }
        }
        Ok(FileSurvey { rows: self.count, stored_bytes: self.source.stored_bytes() })
    }
}
