//! Joins checked stretches, in the order of the log, into one verdict.
//!
//! Memory: for each incident its hash and last version, for each entry one hash of eight bytes. Hashes only
//! raise suspicion; whether a version or an id is really wrong is decided by `recheck`, on the entries.

use crate::damage::{Damage, Problem};
use crate::number::memory;
use crate::verify::check::{Checked, Stamp};
use onus_core::seq::Seq;
use onus_proof::{Frontier, Hash, Link};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

const PARTS: usize = 64;

/// A place in the log, and what is vouched for before it.
#[derive(Clone, Debug)]
pub(super) struct Vouched {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) link: Link,
}

/// The joined stretches.
#[derive(Debug)]
pub(super) struct Join {
    next_seq: u64,
    link: Link,
    leaves: Frontier,
    last: Option<Stamp>,
    epoch: u64,
    segment: u64,
    at: u64,
    /// Up to and with the entry that `head` names.
    at_head: Option<(Vouched, u64, u64)>,
    head_seq: Option<u64>,
    /// Where the last whole commit ends: segment, byte, seq.
    whole: Option<(u64, u64, u64)>,
    versions: HashMap<u64, u32, BuildHasherDefault<AlreadyHashed>>,
    ids: Vec<Vec<u64>>,
    suspects: HashSet<u64>,
    bad: Option<Damage>,
}

impl Join {
    /// Nothing yet; the chain begins with `genesis`.
    pub(super) fn new(genesis: Link, head_seq: Option<u64>) -> Self {
        Self {
            next_seq: 0,
            link: genesis,
            leaves: Frontier::empty(),
            last: None,
            epoch: 0,
            segment: 0,
            at: 0,
            at_head: None,
            head_seq,
            whole: None,
            versions: HashMap::default(),
            ids: vec![Vec::new(); PARTS],
            suspects: HashSet::new(),
            bad: None,
        }
    }

    /// Adds the next stretch. After the first bad place nothing is added any more.
    pub(super) fn add(&mut self, checked: Checked) {
        if self.bad.is_some() {
            return;
        }
        if let Some(problem) = self.does_not_follow(&checked) {
            let place = checked.place.clone();
            let of_the_entry = problem == Problem::TimeBack;
            let place = if of_the_entry { place.with_entry(checked.first_seq) } else { place };
            self.bad = Some(Damage::new(place, problem));
            return;
        }
        self.join_incidents(&checked);
        for id in checked.ids {
            if let Some(part) = self.ids.get_mut(part_of(id)) {
                part.push(id);
            }
        }
        if checked.leaves.is_none_or(|leaves| self.leaves.append(&leaves).is_err()) {
            // Further than any log can go: the first seq was checked above.
            self.bad = Some(Damage::new(checked.place, Problem::Limit));
            return;
        }
        if checked.link_before.is_some() {
            self.link = checked.link;
        }
        self.next_seq = checked.next_seq;
        (self.segment, self.at) = (checked.segment, checked.at);
        self.last = checked.last.or(self.last);
        self.epoch = self.epoch.max(checked.epoch);
        if let Some((at, seq)) = checked.whole {
            self.whole = Some((checked.segment, at, seq));
        }
        if self.head_seq.is_some_and(|seq| seq.checked_add(1) == Some(self.next_seq)) {
            self.at_head = Some((self.here(), self.segment, self.at));
        }
        self.bad = checked.bad;
    }

    fn does_not_follow(&self, checked: &Checked) -> Option<Problem> {
        if checked.first_seq != self.next_seq {
            return Some(Problem::FirstSeq {
                expected: Seq::new(self.next_seq),
                found: Seq::new(checked.first_seq),
            });
        }
        if checked.link_before.is_some_and(|link| link != self.link) {
            return Some(Problem::LinkBefore);
        }
        if checked.link_before.is_some() && checked.first_epoch < self.epoch {
            return Some(Problem::Epoch);
        }
        let (last, first) = (self.last?, checked.first_time?);
        (!last.allows(first)).then_some(Problem::TimeBack)
    }

    fn join_incidents(&mut self, checked: &Checked) {
        self.suspects.extend(checked.suspects.iter().copied());
        for (incident, span) in &checked.versions {
            let last = self.versions.entry(*incident).or_insert(0);
            if last.checked_add(1) != Some(span.first) {
                self.suspects.insert(*incident);
            }
            *last = span.last;
        }
    }

    /// Ends the log here, if nothing ended it before.
    pub(super) fn stop(&mut self, damage: Damage) {
        self.bad.get_or_insert(damage);
    }

    /// What is vouched for up to here.
    pub(super) fn here(&self) -> Vouched {
        Vouched { size: self.next_seq, root: self.leaves.root(), link: self.link }
    }

    /// Up to the entry that `head` names, and where that ends; `None` if the log was not good so far.
    pub(super) fn at_head(&self) -> Option<&(Vouched, u64, u64)> {
        self.at_head.as_ref()
    }

    /// Where the last whole commit ends: segment, byte, seq.
    pub(super) fn whole(&self) -> Option<(u64, u64, u64)> {
        self.whole
    }

    /// The first bad place.
    pub(super) fn bad(&self) -> Option<&Damage> {
        self.bad.as_ref()
    }

    /// Where the joined stretches end: segment and byte.
    pub(super) fn end(&self) -> (u64, u64) {
        (self.segment, self.at)
    }

    /// Hashes of incidents whose versions are not dense.
    pub(super) fn suspects(&self) -> &HashSet<u64> {
        &self.suspects
    }

    /// Hashes of incident and id that came more than once.
    pub(super) fn repeated(&mut self, threads: usize) -> HashSet<u64> {
        let parts: Vec<Mutex<Vec<u64>>> = std::mem::take(&mut self.ids).into_iter().map(Mutex::new).collect();
        let next = AtomicUsize::new(0);
        let found = Mutex::new(HashSet::new());
        let many = parts.iter().any(|part| part.lock().is_ok_and(|ids| ids.len() > 1_000));
        std::thread::scope(|scope| {
            for _ in 0..if many { threads } else { 1 } {
                scope.spawn(|| {
                    while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut ids = part.lock().unwrap_or_else(PoisonError::into_inner);
                        ids.sort_unstable();
                        let twice = ids.iter().zip(ids.iter().skip(1)).filter(|(one, next)| one == next);
                        found
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .extend(twice.map(|(one, _)| *one));
                    }
                });
            }
        });
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

fn part_of(id: u64) -> usize {
    memory(id >> 58)
}

/// Takes a hash for what it is.
#[derive(Debug, Default)]
pub(super) struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
