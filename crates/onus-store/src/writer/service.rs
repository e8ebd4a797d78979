//! The writer's thread: gathers what waits, keeps the lock or shares it, and keeps the hours of `head`.

use crate::commits::files::FileCommits;
use crate::identity::LedgerIdentity;
use crate::layout::Layout;
use crate::lock::Lock;
use crate::outcome::{AppendError, OpenError};
use crate::recover::{self, Recovery, read_identity, take_lock};
use crate::writer::answers::{Answers, MANY};
use crate::writer::engine::{Engine, Size};
use crate::writer::log::{Log, Making};
use crate::writer::{Clock, Message, OpenOptions, Request};
use onus_core::kinds::Kind;
use onus_core::storage::{OpenHow, Storage};
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

/// A shared ledger is let go after so long …
const HOLD_MAX: Duration = Duration::from_millis(900);
/// … for so long.
const LET_GO: Duration = Duration::from_millis(20);
/// With nothing to do, a shared ledger is let go after so long, until there is something to do.
const IDLE_MAX: Duration = Duration::from_millis(50);

/// How long those who are expected back are waited for: a fraction of a sync.
const CROWD_WAIT: Duration = Duration::from_micros(80);

/// The ledger while it is held.
#[derive(Debug)]
struct Held {
    // Let go last.
    log: Log,
    since: Instant,
    #[expect(dead_code, reason = "held for its lock, which ends with it")]
    lock: Lock,
}

/// The writer's thread, before and while it runs.
pub(super) struct Service {
    storage: Arc<dyn Storage>,
    layout: Layout,
    identity: LedgerIdentity,
    clock: Clock,
    wait: Duration,
    share: bool,
    making: Making,
    engine: Engine,
    answers: Answers,
    held: Option<Held>,
    /// What was known when the ledger was let go.
    resting: Option<Log>,
    poisoned: bool,
    /// How many requests the last two commits had.
    crowd: [usize; 2],
    /// Requests that wait already: those that came together, and one that did not fit into the last commit.
    carried: VecDeque<Request>,
}

impl Service {
    pub(super) fn open(
        storage: Arc<dyn Storage>,
        layout: Layout,
        clock: Clock,
        options: OpenOptions,
    ) -> Result<(Self, Recovery), OpenError> {
        let OpenOptions { wait, share, threads, same, segment_entries, commit_store } = options;
        let making = Making { threads, segment_entries, commit_store };
        let identity = read_identity(&*storage, &layout)?;
        let lock = take_lock(&*storage, &layout, wait)?;
        let (log, recovery) = open_log(&storage, &layout, &identity, &making)?;
        let starting = |source| OpenError::Write { path: layout.dir().to_owned(), source };
        let engine = Engine::new(same, threads).map_err(&starting)?;
        let answers = Answers::new(threads).map_err(starting)?;
        let held = Some(Held { log, since: Instant::now(), lock });
        let (resting, carried) = (None, VecDeque::new());
        let service = Self {
            storage,
            layout,
            identity,
            clock,
            wait,
            share,
            making,
            engine,
            answers,
            held,
            resting,
            poisoned: false,
            crowd: [0; 2],
            carried,
        };
        Ok((service, recovery))
    }

    /// Serves until every sender is gone, or one asks to close.
    pub(super) fn run(mut self, inbox: &Receiver<Message>) {
        loop {
            let message = match self.carried.pop_front() {
                Some(request) => Ok(Message::Append(request)),
                None => self.next(inbox),
            };
            match message {
                Ok(Message::AppendEach(requests)) => {
                    self.carried.extend(requests);
                    continue;
                }
                Ok(Message::Append(request)) => {
                    let last = self.gather_and_commit(request, inbox);
                    if let Some(reply) = last {
                        // Whoever closes may have stopped waiting.
                        drop(reply.send(self.finish()));
                        return;
                    }
                }
                Ok(Message::Close(reply)) => {
                    drop(reply.send(self.finish()));
                    return;
                }
                Err(RecvTimeoutError::Timeout) => self.on_time(),
                Err(RecvTimeoutError::Disconnected) => {
                    // Nobody is left to be told; the next opening finds out.
                    drop(self.finish());
                    return;
                }
            }
            self.let_others_in();
        }
    }

    fn next(&self, inbox: &Receiver<Message>) -> Result<Message, RecvTimeoutError> {
        let head_due = self.held.as_ref().and_then(|held| held.log.head_due());
        let idle = (self.share && self.held.is_some()).then(|| Instant::now() + IDLE_MAX);
        match head_due.into_iter().chain(idle).min() {
            Some(due) => inbox.recv_timeout(due.saturating_duration_since(Instant::now())),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Takes what else waits, as far as it fits, and commits. Returns who asked to close meanwhile.
    fn gather_and_commit(
        &mut self,
        first: Request,
        inbox: &Receiver<Message>,
    ) -> Option<std::sync::mpsc::SyncSender<Result<(), AppendError>>> {
        let mut size = Size::of(&first.events);
        if !size.fits() {
            let too_large = AppendError::TooLarge { events: size.entries, raw_bytes: size.raw_bytes };
            first.answer(Err(too_large));
            return None;
        }
        let mut ends = ends_commit(&first);
        let mut requests = vec![first];
        let mut closing = None;
        // Many who were just answered are about to come back. A sync is best shared by half of them, while the
        // other half is being answered.
        let [before, last] = self.crowd;
        let half = before.midpoint(last);
        let patience = (half >= MANY).then(|| Instant::now() + CROWD_WAIT);
        while !ends && closing.is_none() {
            let message = match self.carried.pop_front() {
                Some(request) => Ok(Message::Append(request)),
                None => inbox.try_recv(),
            };
            match message {
                Ok(Message::AppendEach(requests)) => self.carried.extend(requests),
                Ok(Message::Append(request)) => {
                    let with = size.plus(Size::of(&request.events));
                    if !with.fits() {
                        self.carried.push_front(request);
                        break;
                    }
                    size = with;
                    ends = ends_commit(&request);
                    requests.push(request);
                }
                Ok(Message::Close(reply)) => closing = Some(reply),
                Err(TryRecvError::Empty)
                    if requests.len() < half && patience.is_some_and(|until| Instant::now() < until) =>
                {
                    std::thread::yield_now();
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        self.crowd = [last, requests.len()];
        self.commit(requests);
        closing
    }

    fn commit(&mut self, requests: Vec<Request>) {
        if let Err(e) = self.take_up() {
            for request in requests {
                request.answer(Err(e.clone()));
            }
            return;
        }
        let Some(held) = &mut self.held else { return };
        let (answers, broken) = self.engine.commit(&mut held.log, &mut self.clock, &requests);
        self.poisoned |= broken.is_some();
        self.answers.give(requests.into_iter().zip(answers).collect());
    }

    /// Sees to it that the ledger is held.
    fn take_up(&mut self) -> Result<(), AppendError> {
        if self.poisoned {
            return Err(AppendError::Poisoned);
        }
        if self.held.is_some() {
            return Ok(());
        }
        let reopen = |e| AppendError::Reopen(Arc::new(e));
        let lock = take_lock(&*self.storage, &self.layout, self.wait).map_err(reopen)?;
        let log = match self.resting.take() {
            Some(log) if self.is_as_it_was(&log) => log,
            _ => {
                self.engine.forget();
                open_log(&self.storage, &self.layout, &self.identity, &self.making).map_err(reopen)?.0
            }
        };
        self.held = Some(Held { log, since: Instant::now(), lock });
        Ok(())
    }

    /// Whether `head` is the one that was left. Whoever wrote has moved it.
    fn is_as_it_was(&self, log: &Log) -> bool {
        recover::read_head(&*self.storage, &self.layout, OpenHow::Read)
            .is_ok_and(|(_, slots)| slots.newest() == Some(log.stated()))
    }

    /// Nothing came for a while.
    fn on_time(&mut self) {
        let Some(held) = &mut self.held else { return };
        if held.log.head_due().is_some_and(|due| due <= Instant::now()) && !self.poisoned {
            self.poisoned |= held.log.sync_head().is_err();
        }
        if self.share {
            self.let_go();
        }
    }

    /// After a commit: keeps `head` young, and a shared ledger open to others.
    fn let_others_in(&mut self) {
        let now = Instant::now();
        let Some(held) = &mut self.held else { return };
        if held.log.head_due().is_some_and(|due| due <= now) && !self.poisoned {
            self.poisoned |= held.log.sync_head().is_err();
        }
        if self.share && now.duration_since(held.since) >= HOLD_MAX {
            self.let_go();
            std::thread::sleep(LET_GO);
        }
    }

    fn let_go(&mut self) {
        if let Some(held) = self.held.take() {
            self.resting = Some(held.log);
        }
    }

    fn finish(&mut self) -> Result<(), AppendError> {
        if self.poisoned {
            return Err(AppendError::Poisoned);
        }
        match &mut self.held {
            Some(held) => held.log.close(),
            None if self.resting.is_some() => {
                self.take_up()?;
                self.held.as_mut().map_or(Ok(()), |held| held.log.close())
            }
            None => Ok(()),
        }
    }
}

/// After a clock correction time may go back, which only the next commit can do.
fn ends_commit(request: &Request) -> bool {
    request.events.iter().any(|event| event.kind() == Kind::ClockCorrected.number())
}

fn open_log(
    storage: &Arc<dyn Storage>,
    layout: &Layout,
    identity: &LedgerIdentity,
    making: &Making,
) -> Result<(Log, Recovery), OpenError> {
    let (mut tail, mut recovery) = recover::open(&**storage, layout, identity)?;
    if let Some(store) = &making.commit_store {
        let mut files = FileCommits::new(Arc::clone(storage), layout.clone(), tail, making.segment_entries).0;
        store.bring_up(&mut files)?;
        drop(files);
        let again = recover::open(&**storage, layout, identity)?;
        tail = again.0;
        recovery = again.1.after(recovery);
    }
    let opening = |path: &Path| {
        let path = path.to_owned();
        move |source: io::Error| OpenError::Read { path, source }
    };
    let log = Log::new(Arc::clone(storage), layout.clone(), tail, making).map_err(opening(&layout.log()))?;
    Ok((log, recovery))
}
