//! Commits in memory: the smallest commit log that keeps every promise, for tests.
//!
//! Several may share one memory, as writers on different machines share a store.

use crate::commits::{Appended, CommitLog, NewCommit, StoredCommit, StoredCommits, Tip};
use onus_proof::Link;
use std::sync::{Arc, Mutex, PoisonError};

/// What every commit log over this memory sees.
#[derive(Debug)]
struct Kept {
    genesis: Link,
    commits: Vec<(StoredCommit, Tip)>,
}

/// One writer's way to the memory.
#[derive(Clone, Debug)]
pub(crate) struct MemoryCommits(Arc<Mutex<Kept>>);

impl MemoryCommits {
    /// An empty one, for the ledger whose first link follows `genesis`.
    pub(crate) fn new(genesis: Link) -> Self {
        Self(Arc::new(Mutex::new(Kept { genesis, commits: Vec::new() })))
    }

    /// Loses the last commit, as a store does that acknowledged what it had not kept.
    pub(crate) fn lose_last(&self) {
        self.with(|kept| drop(kept.commits.pop()));
    }

    /// Changes a byte of the last commit.
    pub(crate) fn damage_last(&self) {
        self.with(|kept| {
            let byte = kept.commits.last_mut().and_then(|(commit, _)| commit.bytes.last_mut());
            if let Some(byte) = byte {
                *byte ^= 1;
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl CommitLog for MemoryCommits {
    fn append(&mut self, commit: &NewCommit<'_>) -> Appended {
        let tip = self.tip();
        let fenced = Appended::Fenced { by_epoch: tip.epoch, at: tip.next_seq };
        self.with(|kept| {
            if let Some((there, _)) = kept.commits.iter().find(|(c, _)| c.first_seq == commit.first_seq) {
                return if there.bytes == commit.bytes { Appended::Acked } else { fenced };
            }
            if (commit.first_seq, commit.link_before) != (tip.next_seq, tip.link) || commit.epoch < tip.epoch
            {
                return fenced;
            }
            let NewCommit { first_seq, link_before, epoch, bytes, next_seq, link_after } = *commit;
            let stored = StoredCommit { first_seq, link_before, epoch, bytes: bytes.to_vec() };
            kept.commits.push((stored, Tip { next_seq, link: link_after, epoch }));
            Appended::Acked
        })
    }

    fn tip(&self) -> Tip {
        self.with(|kept| {
            let empty = Tip { next_seq: 0, link: kept.genesis, epoch: 0 };
            kept.commits.last().map_or(empty, |(_, tip)| *tip)
        })
    }

    fn read(&self, from_seq: u64) -> StoredCommits<'_> {
        let mut commits = self.with(|kept| kept.commits.clone());
        commits.retain(|(commit, _)| commit.first_seq >= from_seq);
        Box::new(commits.into_iter().map(|(commit, _)| Ok(commit)))
    }
}
