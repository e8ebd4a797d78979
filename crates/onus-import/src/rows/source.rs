//! The bytes of a file: compressed or not, by its first bytes, and never more than the limits allow.

use super::Problem;
use crate::limits::{
    DECOMPRESSED_BYTES_MAX, DECOMPRESSED_FREE_BYTES, DECOMPRESSED_RATIO_MAX, ZSTD_WINDOW_LOG_MAX,
};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const CHUNK_BYTES: usize = 256 * 1024;
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A file's bytes as text has them, and how many of the stored ones were read.
pub(crate) struct Source {
    pub(crate) feed: Feed,
    stored: Arc<AtomicU64>,
}

impl Source {
    pub(crate) fn open(from: Box<dyn Read + Send>) -> Result<Self, Problem> {
        let stored = Arc::new(AtomicU64::new(0));
        let mut from = Counted { inner: from, bytes: Arc::clone(&stored) };
        let mut start = Vec::new();
        (&mut from).take(4).read_to_end(&mut start).map_err(Problem::Io)?;
        let is_zstd = start == ZSTD_MAGIC;
        let is_gzip = start.starts_with(&GZIP_MAGIC);
        let whole = io::Cursor::new(start).chain(from);
        let guard = |inner: Box<dyn Read + Send>| Guarded { inner, stored: Arc::clone(&stored), bytes: 0 };
        let inner: Box<dyn Read + Send> = if is_zstd {
            let mut decoder = zstd::stream::read::Decoder::new(whole).map_err(Problem::Io)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(Problem::Io)?;
            Box::new(guard(Box::new(decoder)))
        } else if is_gzip {
            Box::new(guard(Box::new(flate2::read::MultiGzDecoder::new(io::BufReader::new(whole)))))
        } else {
            Box::new(whole)
        };
        let feed =
            Feed { inner, is_compressed: is_zstd || is_gzip, chunk: vec![0; CHUNK_BYTES], from: 0, to: 0 };
        Ok(Self { feed, stored })
    }

    pub(crate) fn stored_bytes(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }
}

/// Hands out a file's bytes in chunks.
pub(crate) struct Feed {
    inner: Box<dyn Read + Send>,
    is_compressed: bool,
    chunk: Vec<u8>,
    from: usize,
    to: usize,
}

impl Feed {
    /// What is there and not yet used; empty at the end only.
    pub(crate) fn fill(&mut self) -> Result<&[u8], Problem> {
        while self.from == self.to {
            match self.inner.read(&mut self.chunk) {
                Ok(0) => return Ok(&[]),
                Ok(bytes) => (self.from, self.to) = (0, bytes),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.problem(error)),
            }
        }
        Ok(self.chunk.get(self.from..self.to).unwrap_or_default())
    }

    pub(crate) fn consume(&mut self, bytes: usize) {
        self.from = self.to.min(self.from + bytes);
    }

    /// Skips a UTF-8 byte-order mark and says whether there was one; refuses those of UTF-16 and UTF-32.
    pub(crate) fn skip_byte_order_mark(&mut self) -> Result<bool, Problem> {
        // A mark that a first, tiny chunk cuts through is filled up before it is judged.
        const MARK_BYTES: usize = 4;
        self.fill()?;
        while self.to - self.from < MARK_BYTES && self.from == 0 {
            let Some(free) = self.chunk.get_mut(self.to..) else { break };
            match self.inner.read(free) {
                Ok(0) => break,
                Ok(bytes) => self.to += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.problem(error)),
            }
        }
        let start = self.fill()?;
        if start.starts_with(&[0xef, 0xbb, 0xbf]) {
            self.consume(3);
            return Ok(true);
        }
        let is_wide = start.starts_with(&[0xff, 0xfe])
            || start.starts_with(&[0xfe, 0xff])
            || start.starts_with(&[0, 0, 0xfe, 0xff]);
        if is_wide { Err(Problem::Utf16) } else { Ok(false) }
    }

    fn problem(&self, error: io::Error) -> Problem {
        if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Swells>) {
            Problem::Swells
        } else if self.is_compressed && error.raw_os_error().is_none() {
            Problem::Damaged
        } else {
            Problem::Io(error)
        }
    }
}

/// Counts the bytes as they lie on the disk.
struct Counted {
    inner: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(into)?;
        self.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(bytes)
    }
}

/// Stops a compressed stream that swells beyond the limits.
struct Guarded {
    inner: Box<dyn Read + Send>,
    stored: Arc<AtomicU64>,
    bytes: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("swells beyond its limit")]
struct Swells;

impl Read for Guarded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(into)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let by_ratio = self.stored.load(Ordering::Relaxed).saturating_mul(DECOMPRESSED_RATIO_MAX);
        if self.bytes > DECOMPRESSED_BYTES_MAX
            || self.bytes > by_ratio.saturating_add(DECOMPRESSED_FREE_BYTES)
        {
            return Err(io::Error::other(Swells));
        }
        Ok(bytes)
    }
}
