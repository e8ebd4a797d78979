//! A record that is kept elsewhere, with the local files as its copy.
//!
//! # Promises
//! * A commit goes to the record first. The files get it after the record has acknowledged it.
//! * Opening brings the files to where the record ends, byte for byte. Every commit that is taken from it is checked:
//!   the record is trusted to keep commits, never to keep them unchanged.
//!
//! # Never
//! * Files that hold more than the record, or other entries, are left as they are. One of the two has lost or changed
//!   what was acknowledged, and nothing is written until a person has looked.

use crate::block::{Block, BlockHeader, BodyReader};
use crate::commits::files::FileCommits;
use crate::commits::{Appended, CommitLog, NewCommit, StoredCommit, Tip};
use crate::damage::Problem;
use crate::layout::Layout;
use crate::number::small;
use crate::outcome::{AppendError, CommitStoreError, OpenError};
use crate::recover::{self, read_identity, take_lock};
use crate::walk::Chain;
use onus_core::seq::Seq;
use onus_core::storage::Storage;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A commit log that holds the record of a ledger. Clones are the same log.
#[derive(Clone, Debug)]
pub struct CommitStore(Arc<Mutex<dyn CommitLog + Send>>);

impl CommitStore {
    /// The record that this commit log keeps.
    pub fn new(log: impl CommitLog + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(log)))
    }

    /// Copies the entries of the ledger at `dir` to the record, which holds none of them yet, or the first of them.
    /// Afterwards the ledger can be opened for writing with it. `wait` is how long to wait for the ledger's lock.
    pub fn fill_from(
        &self,
        storage: &Arc<dyn Storage>,
        dir: &Path,
        wait: Duration,
    ) -> Result<Tip, OpenError> {
        let layout = Layout::new(dir);
        let identity = read_identity(&**storage, &layout)?;
        let _lock = take_lock(&**storage, &layout, wait)?;
        let (tail, _) = recover::open(&**storage, &layout, &identity)?;
        let files = FileCommits::new(Arc::clone(storage), layout, tail, u64::MAX).0;
        let mut record = self.lock();
        let Tip { next_seq, link, .. } = record.tip();
        let mut chain = Chain { next_seq, link };
        for commit in files.read(chain.next_seq) {
            let commit = commit.map_err(CommitStoreError::Read)?;
            let end = end_of(&commit, chain)?;
            acknowledged(record.append(&new_commit(&commit, end))).map_err(CommitStoreError::Append)?;
            chain = end;
        }
        let tip = record.tip();
        ends_alike(tip, files.tip())?;
        Ok(tip)
    }

    /// Where the record ends.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.lock().tip()
    }

    /// Brings files that are held for writing to where the record ends. They must then be opened again.
    pub(crate) fn bring_up(&self, files: &mut FileCommits) -> Result<(), OpenError> {
        let record = self.lock();
        let (there, here) = (record.tip(), files.tip());
        if there.next_seq <= here.next_seq {
            ends_alike(there, here)?;
            return Ok(());
        }
        let mut chain = Chain { next_seq: here.next_seq, link: here.link };
        for commit in record.read(chain.next_seq) {
            let commit = commit.map_err(CommitStoreError::Read)?;
            let end = end_of(&commit, chain)?;
            acknowledged(files.append(&new_commit(&commit, end))).map_err(CommitStoreError::Append)?;
            chain = end;
        }
        ends_alike(there, files.tip())?;
        Ok(files.close().map_err(CommitStoreError::Append)?)
    }

    pub(crate) fn append(&self, commit: &NewCommit<'_>) -> Result<(), AppendError> {
        acknowledged(self.lock().append(commit))
    }

    fn lock(&self) -> MutexGuard<'_, dyn CommitLog + Send + 'static> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only what was acknowledged is durable: anything else is the error of every request that waited for it.
pub(crate) fn acknowledged(appended: Appended) -> Result<(), AppendError> {
    match appended {
        Appended::Acked => Ok(()),
        Appended::Fenced { by_epoch, at } => Err(AppendError::Fenced { by_epoch, at }),
        Appended::Unknown(e) => Err(e),
    }
}

fn ends_alike(record: Tip, files: Tip) -> Result<(), CommitStoreError> {
    if record.next_seq < files.next_seq {
        return Err(CommitStoreError::Behind { record: record.next_seq, files: files.next_seq });
    }
    if (record.next_seq, record.link) != (files.next_seq, files.link) {
        return Err(CommitStoreError::Differs { size: files.next_seq });
    }
    Ok(())
}

/// Where a commit ends, if it is whole and follows.
fn end_of(commit: &StoredCommit, mut chain: Chain) -> Result<Chain, CommitStoreError> {
    let (first_seq, mut bodies) = (commit.first_seq, BodyReader::new());
    let bad = |problem| CommitStoreError::Bad { first_seq: Seq::new(first_seq), problem };
    let mut rest = commit.bytes.as_slice();
    loop {
        let (header, after) = rest.split_first_chunk().ok_or_else(|| bad(Problem::HeaderCut))?;
        let header = BlockHeader::parse(header).map_err(bad)?;
        let (body, after) =
            after.split_at_checked(small(header.stored_len)).ok_or_else(|| bad(Problem::BodyCut))?;
        let block = Block::check(header, body, &mut bodies).map_err(bad)?;
        chain.accept(&block).map_err(|broken| bad(broken.problem))?;
        if !header.goes_on {
            return if after.is_empty() { Ok(chain) } else { Err(bad(Problem::Limit)) };
        }
        rest = after;
    }
}

fn new_commit(commit: &StoredCommit, end: Chain) -> NewCommit<'_> {
    NewCommit {
        first_seq: commit.first_seq,
        link_before: commit.link_before,
        epoch: commit.epoch,
        bytes: &commit.bytes,
        next_seq: end.next_seq,
        link_after: end.link,
    }
}
