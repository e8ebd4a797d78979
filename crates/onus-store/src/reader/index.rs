//! The index as a whole: what of it cannot be used, making it anew, and comparing it with the log.
//!
//! # Promises
//! * Every term is computed from the log, on several threads, one segment each at a time.
//! * A file is renamed over the earlier one when it is whole. Another process may do the same at the same time: what
//!   it leaves is checked by whoever opens it, like every derived file.
//!
//! # Never
//! * Nothing of the log is written, and no lock is needed.

use crate::follower::Follower;
use crate::index::{Files, Unusable};
use crate::outcome::ReadError;
use crate::reader::Reader;
use crate::spans;
use crate::terms::{Ranges, Spans};
use crate::walk::Fault;
use onus_core::blame::{Blame, Blamed};
use onus_core::seq::Seq;
use onus_core::storage::OpenHow;
use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Why index files were not made or not compared. The log is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The log could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An index file could not be written. Whatever stands there is checked before use.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Blamed for IndexError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::Write { .. } => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::Write { .. } => Some(
                "index files are beside the segments in DIR/log; making them needs write access there".into(),
            ),
        }
    }
}

impl From<Fault> for IndexError {
    fn from(fault: Fault) -> Self {
        Self::Read(fault.into())
    }
}

/// Where an index differs from what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexDifference {
    /// The files of a segment cannot be used at all.
    Unusable {
        /// The segment's first entry.
        segment: Seq,
        /// Why.
        why: Unusable,
    },
    /// They are whole, and the first term that differs is this one.
    Term {
        /// The segment's first entry.
        segment: Seq,
        /// The term, its field byte included.
        term: Vec<u8>,
        /// The first entry that one of the two has and the other has not; `None` if they differ in form alone.
        entry: Option<Seq>,
    },
    /// The file that says which incidents each segment can hold cannot be used at all.
    Spans(Unusable),
    /// It says something else of this segment than the log.
    Span {
        /// The segment's first entry.
        segment: Seq,
    },
    /// Kept nodes of the tree, at this level, are not those of the log.
    Nodes {
        /// The level: a node of it stands over 2^level entries.
        level: u32,
    },
    /// Where the blocks start differs.
    Places {
        /// The segment's first entry.
        segment: Seq,
    },
}

/// One segment to work on: its first entry, the byte at which its last block ends, whether it is finished, the seq
/// after it.
#[derive(Clone, Copy, Debug)]
struct Job {
    segment: u64,
    end_bytes: u64,
    end_seq: Option<u64>,
}

impl Reader {
    /// Finished segments whose index cannot be used, with the reason. Heads alone are looked at: a page that is
    /// damaged shows when it is used.
    pub fn unusable(&self) -> Result<Vec<(Seq, Unusable)>, ReadError> {
        let hands = self.hands();
        let mut found = Vec::new();
        for (first_seq, end_seq) in self.seen.segments.finished() {
            if let Some(why) = hands.shelf.unusable(first_seq, end_seq)? {
                found.push((Seq::new(first_seq), why));
            }
        }
        let met: Vec<_> = hands
            .shelf
            .unindexed()
            .map(|(segment, why)| (Seq::new(segment), why))
            .filter(|(met, _)| found.iter().all(|(segment, _)| segment != met))
            .collect();
        found.extend(met);
        found.sort_unstable_by_key(|(segment, _)| *segment);
        Ok(found)
    }

    /// Makes the index files of these segments anew, those of the unfinished one up to the reader's head.
    /// `progress` is told how many bytes of the log were read, of how many.
    pub fn rebuild_index(
        &self,
        segments: &[Seq],
        threads: NonZeroUsize,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<(), IndexError> {
        let jobs: Vec<Job> =
            self.jobs()?.into_iter().filter(|job| segments.contains(&Seq::new(job.segment))).collect();
        let made = in_parallel(&jobs, threads, progress, |job| self.rebuild_one(*job));
        let mut hands = self.hands();
        for segment in segments {
            hands.shelf.forget(segment.get());
        }
        drop(hands);
        made?;
        let path = self.layout.spans();
        spans::keep(&*self.storage, &self.layout).map_err(|fault| match fault {
            Fault::Read { source, .. } => IndexError::Write { path, source },
            damaged @ Fault::Damage(_) => damaged.into(),
        })
    }

    /// Why the file that says which incidents each segment can hold cannot be used; `None` if it can, or if it is missing
    /// and no two segments are finished, which need none.
    pub fn unusable_spans(&self) -> Result<Option<Unusable>, ReadError> {
        let is_needed = self.seen.segments.finished().nth(1).is_some();
        let opened = spans::open(&*self.storage, &self.layout, &self.seen.segments)?;
        Ok(opened.err().filter(|why| is_needed || *why != Unusable::Missing))
    }

    /// The first entry of every segment, the unfinished one included.
    pub fn segments(&self) -> Vec<Seq> {
        self.seen.segments.firsts().iter().copied().map(Seq::new).collect()
    }

    /// Recomputes every term and every block place from the log and compares them with the files: the first
    /// difference of each segment. The files of the unfinished segment are compared as far as they go, and may be
    /// missing.
    pub fn verify_index(
        &self,
        threads: NonZeroUsize,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Vec<IndexDifference>, IndexError> {
        let opened =
            spans::open(&*self.storage, &self.layout, &self.seen.segments).map_err(ReadError::from)?;
        let spans: BTreeMap<u64, Ranges> =
            opened.map(Spans::into_rows).unwrap_or_default().into_iter().collect();
        let compare = |job: &Job| self.compare_one(*job, spans.get(&job.segment));
        let found = in_parallel(&self.jobs()?, threads, progress, compare)?;
        let unusable = self.unusable_spans()?.map(IndexDifference::Spans);
        let nodes = self.differing_nodes()?.into_iter().map(|level| IndexDifference::Nodes { level });
        Ok(unusable.into_iter().chain(found.into_iter().flatten()).chain(nodes).collect())
    }

    fn jobs(&self) -> Result<Vec<Job>, IndexError> {
        let mut jobs = Vec::new();
        for (segment, end_seq) in self.seen.segments.finished() {
            let path = self.layout.segment(segment);
            let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
            let end_bytes = file.len().map_err(Fault::reading(&path))?;
            jobs.push(Job { segment, end_bytes, end_seq: Some(end_seq) });
        }
        if let Some(segment) = self.seen.segments.last() {
            jobs.push(Job { segment, end_bytes: self.seen.last.rest.end_bytes(), end_seq: None });
        }
        Ok(jobs)
    }

    fn rebuild_one(&self, job: Job) -> Result<(), IndexError> {
        let path = self.layout.segment(job.segment);
        let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let (positions, terms) =
            Follower::anew(job.segment).bytes_up_to(job.end_bytes, &self.layout, &*file)?;
        let put = |path: &Path, bytes: &[u8]| {
            crate::follower::put(&*self.storage, path, bytes)
                .map_err(|source| IndexError::Write { path: path.to_owned(), source })
        };
        put(&self.layout.positions(job.segment), &positions)?;
        put(&self.layout.terms(job.segment), &terms)
    }

    fn compare_one(&self, job: Job, span: Option<&Ranges>) -> Result<Option<IndexDifference>, IndexError> {
        let segment = job.segment;
        let files = match Files::open(&*self.storage, &self.layout, segment) {
            Err(Unusable::Missing) if job.end_seq.is_none() => return Ok(None),
            Err(why) => return Ok(Some(IndexDifference::Unusable { segment: Seq::new(segment), why })),
            Ok(files) => files,
        };
        let path = self.layout.segment(segment);
        let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let foreign = Some(IndexDifference::Unusable { segment: Seq::new(segment), why: Unusable::Foreign });
        let len = file.len().map_err(Fault::reading(&path))?;
        let covered = files.covered_bytes();
        if covered == 0 || covered > len || (job.end_seq.is_some() && covered != job.end_bytes) {
            return Ok(foreign);
        }
        let mut follower = Follower::anew(segment);
        let made = follower.bytes_up_to(covered, &self.layout, &*file);
        let (positions, _) = match (made, job.end_seq) {
            (Ok(made), _) => made,
            // A partial file that ends within a block speaks of another segment than this one.
            (Err(Fault::Damage(_)), None) => return Ok(foreign),
            (Err(fault), _) => return Err(fault.into()),
        };
        if files.end_seq() != follower.growing().end_seq()
            || files.last_link() != follower.last_link(&*file, &path)?
        {
            return Ok(foreign);
        }
        if span.is_some_and(|span| *span != follower.growing().ranges()) {
            return Ok(Some(IndexDifference::Span { segment: Seq::new(segment) }));
        }
        Ok(match compare(&files, &follower, &positions) {
            Ok(difference) => difference,
            Err(e) => Some(IndexDifference::Unusable { segment: Seq::new(segment), why: e.into() }),
        })
    }
}

/// The first term that differs, or the block places.
fn compare(
    files: &Files,
    follower: &Follower,
    positions: &[u8],
) -> Result<Option<IndexDifference>, crate::terms::DerivedError> {
    let segment = follower.first_seq();
    let (place_file, term_file) = files.parts();
    let again = crate::positions::Builder::resume(place_file)?;
    if again.finish(files.last_link())? != positions {
        return Ok(Some(IndexDifference::Places { segment: Seq::new(segment) }));
    }
    let mut stored = term_file.prefix(&[]);
    for (term, expected) in follower.growing().all_terms() {
        let Some(found) = stored.next().transpose()? else {
            let entry = expected.and_then(|postings| postings.iter().next()).map(Seq::new);
            return Ok(Some(IndexDifference::Term {
                segment: Seq::new(segment),
                term: term.to_vec(),
                entry,
            }));
        };
        let held = found.postings()?;
        if found.term() != term {
            // The lower of the two is the one that the other side lacks.
            let lacking = found.term() > term;
            let (name, postings) = if lacking { (term, expected) } else { (found.term(), Some(held)) };
            let entry = postings.and_then(|postings| postings.iter().next()).map(Seq::new);
            return Ok(Some(IndexDifference::Term {
                segment: Seq::new(segment),
                term: name.to_vec(),
                entry,
            }));
        }
        let (held, expected) =
            (held.into_bitmap(), expected.map(crate::terms::Postings::into_bitmap).unwrap_or_default());
        if held != expected {
            let entry =
                (held ^ expected).min().map(|offset| Seq::new(segment.saturating_add(u64::from(offset))));
            return Ok(Some(IndexDifference::Term {
                segment: Seq::new(segment),
                term: term.to_vec(),
                entry,
            }));
        }
    }
    Ok(match stored.next().transpose()? {
        None => None,
        Some(extra) => {
            let entry = extra.postings()?.iter().next().map(Seq::new);
            Some(IndexDifference::Term { segment: Seq::new(segment), term: extra.term().to_vec(), entry })
        }
    })
}

/// Does a job for each segment, several at a time; the results in the order of the jobs. The first error ends it.
fn in_parallel<T: Send>(
    jobs: &[Job],
    threads: NonZeroUsize,
    progress: &(dyn Fn(u64, u64) + Sync),
    act: impl Fn(&Job) -> Result<T, IndexError> + Sync,
) -> Result<Vec<T>, IndexError> {
    let total: u64 = jobs.iter().map(|job| job.end_bytes).sum();
    let (next, done) = (AtomicUsize::new(0), AtomicU64::new(0));
    let results: Mutex<Vec<(u64, Result<T, IndexError>)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = act(job);
            if result.is_err() {
                next.store(jobs.len(), Ordering::Relaxed);
            }
            results.lock().unwrap_or_else(PoisonError::into_inner).push((job.segment, result));
            progress(done.fetch_add(job.end_bytes, Ordering::Relaxed) + job.end_bytes, total);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get().min(jobs.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(segment, _)| *segment);
    results.into_iter().map(|(_, result)| result).collect()
}
