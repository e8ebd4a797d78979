//! Index files, made behind the writer's back: from the segment alone, on a thread of their own where there
//! is one.
//!
//! They are derived, so nothing waits for them but the end of a second segment and the closing of the
//! ledger, and nothing fails when they do: a segment without them is read instead.

use crate::follower::Follower;
use crate::layout::Layout;
use crate::spans;
use onus_core::storage::{OpenHow, Storage};
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Which segment to index, and up to which byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    pub(super) segment: u64,
    /// A block ends here, and all before it was synced. `None`: the segment is finished.
    pub(super) up_to: Option<u64>,
}

/// Makes index files.
#[derive(Debug)]
pub(super) struct Indexer {
    worker: Worker,
    /// Finished segments that were handed in and not reported back yet.
    waiting: BTreeSet<u64>,
}

#[derive(Debug)]
enum Worker {
    Here(Box<Hands>),
    Apart { tasks: Sender<Task>, done: Receiver<u64>, thread: Option<JoinHandle<()>> },
}

#[derive(Debug)]
struct Hands {
    storage: Arc<dyn Storage>,
    layout: Layout,
    /// Of the segment that is being followed.
    follower: Option<Follower>,
}

impl Indexer {
    /// On a thread of its own, or at once whenever asked.
    pub(super) fn new(storage: Arc<dyn Storage>, layout: Layout, apart: bool) -> io::Result<Self> {
        let mut hands = Hands { storage, layout, follower: None };
        if !apart {
            return Ok(Self { worker: Worker::Here(Box::new(hands)), waiting: BTreeSet::new() });
        }
        let (tasks, inbox) = channel::<Task>();
        let (outbox, done) = channel();
        let run = move || {
            while let Ok(task) = inbox.recv() {
                let mut tasks = vec![task];
                tasks.extend(inbox.try_iter());
                for task in overtaken(tasks) {
                    hands.index(task);
                    if task.up_to.is_none() && outbox.send(task.segment).is_err() {
                        return;
                    }
                }
            }
        };
        let thread = std::thread::Builder::new().name("onus-index".into()).spawn(run)?;
        let worker = Worker::Apart { tasks, done, thread: Some(thread) };
        Ok(Self { worker, waiting: BTreeSet::new() })
    }

    /// Hands in a task.
    pub(super) fn hand_in(&mut self, task: Task) {
        if task.up_to.is_none() && !self.waiting.insert(task.segment) {
            return;
        }
        match &mut self.worker {
            Worker::Here(hands) => hands.index(task),
            // A worker that is gone indexes nothing; segments are then read instead.
            Worker::Apart { tasks, .. } => drop(tasks.send(task)),
        }
    }

    /// Finished segments that were done since last asked.
    pub(super) fn done(&mut self) -> Vec<u64> {
        let done: Vec<u64> = match &self.worker {
            Worker::Here(_) => self.waiting.iter().copied().collect(),
            Worker::Apart { done, .. } => done.try_iter().collect(),
        };
        for segment in &done {
            self.waiting.remove(segment);
        }
        done
    }

    /// Waits until a finished segment was done (or cannot be).
    pub(super) fn wait_for(&mut self, segment: u64) -> Vec<u64> {
        let mut all = self.done();
        while self.waiting.contains(&segment) {
            let Worker::Apart { done, .. } = &self.worker else { break };
            let Ok(next) = done.recv() else { break };
            self.waiting.remove(&next);
            all.push(next);
        }
        all
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        if let Worker::Apart { tasks, thread, .. } = &mut self.worker {
            *tasks = channel().0;
            if let Some(thread) = thread.take() {
                // A worker that panicked has nothing left to say.
                drop(thread.join());
            }
        }
    }
}

/// Without tasks that a later one of the same segment makes needless.
fn overtaken(tasks: Vec<Task>) -> Vec<Task> {
    let mut kept: Vec<Task> = Vec::new();
    for task in tasks {
        kept.retain(|earlier| earlier.segment != task.segment);
        kept.push(task);
    }
    kept
}

impl Hands {
    /// Does what can be done. What cannot leaves no files, or the earlier ones; readers check them.
    fn index(&mut self, task: Task) {
        let path = self.layout.segment(task.segment);
        let Ok(file) = self.storage.open(&path, OpenHow::Read) else { return };
        let Some(end) = task.up_to.or_else(|| file.len().ok()) else { return };
        let mut follower = match self.follower.take() {
            Some(follower) if follower.first_seq() == task.segment && follower.end_bytes() <= end => follower,
            _ => Follower::of(&*self.storage, &self.layout, task.segment, &*file),
        };
        let written = follower.write_up_to(end, &*self.storage, &self.layout, &*file);
        match (written, task.up_to) {
            (Ok(()), Some(_)) => self.follower = Some(follower),
            // A segment that has just been finished may have none after it yet, and is added with the next.
            (Ok(()), None) => drop(spans::keep(&*self.storage, &self.layout)),
            (Err(_), _) => {}
        }
    }
}
