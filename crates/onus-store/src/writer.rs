//! The one writer: a thread that owns the tail of the log and commits for all who wait.
//!
//! Callers hand in encoded events and wait for receipts; they hold no lock and see no file. Whatever waits
//! when a commit ends goes into the next one, so that many callers share one sync.
//!
//! # Promises
//! * A receipt is given only after the sync that covers its entry has returned; where the record is elsewhere, after it
//!   has acknowledged the entry too.
//! * After a failed write or sync nothing more is written until the ledger is opened again: what the disk
//!   then holds is not known, and a second sync would not tell.
//! * Requests are taken in the order in which they were handed in.
//!
//! # Never
//! * It reads no clock of its own: [`ClockQuestion`] asks for one, once for each commit.

mod answers;
mod engine;
mod incidents;
mod indexer;
mod log;
mod plan;
mod service;

pub(crate) use plan::receipt_of;

use crate::commits::CommitStore;
use crate::layout::Layout;
use crate::limits::SEGMENT_ENTRIES;
use crate::outcome::{AppendError, Expect, OpenError, Receipt};
use crate::recover::Recovery;
use onus_core::entry::{EncodedEvent, EntryHead};
use onus_core::storage::Storage;
use onus_core::time::Timestamp;
use service::Service;
use std::fmt;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Requests that may wait before a caller is made to wait as well.
const QUEUE_MAX: usize = 256;

/// What the writer asks the ledger's clock before a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockQuestion {
    /// When the last entry was recorded.
    pub previous: Timestamp,
    /// Its kind: after a clock correction, and only then, time may go back.
    pub previous_kind: u16,
}

/// What the clock answers.
#[derive(Clone, Debug)]
pub struct ClockAnswer {
    /// The time of the commit. Where it may not be before `previous`, the writer sees to it.
    pub recorded_at: Timestamp,
    /// A ledger-wide event to put before the commit's own.
    pub first: Option<EncodedEvent>,
}

/// The ledger's clock. It may be asked for a commit that then does not come about.
pub type Clock = Box<dyn FnMut(ClockQuestion) -> ClockAnswer + Send>;

/// Compares an event with the bytes of a stored entry.
pub type Comparison = Box<dyn Fn(&EncodedEvent, &[u8]) -> bool + Send>;

/// Whether an event is the same as the stored entry that has its id.
pub struct SameContent(pub Comparison);

impl SameContent {
    /// Version, kind, schema and record byte for byte.
    pub fn bytes() -> Self {
        Self(Box::new(|event, entry| {
            EntryHead::parse(entry).is_ok_and(|(head, record)| {
                head == event.head(head.seq, head.recorded_at, head.incident_version)
                    && record == event.record()
            })
        }))
    }
}

impl fmt::Debug for SameContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SameContent")
    }
}

/// How a ledger is opened for writing.
#[derive(Debug)]
pub struct OpenOptions {
    /// How long to wait for the lock.
    pub wait: Duration,
    /// Let others append in between: the lock is let go for 20 ms at least once a second, and whenever
    /// nothing is to be done.
    pub share: bool,
    /// Helpers for hashing, compressing and indexing. Without them everything is done on the writer's own
    /// thread, in an order that does not change from run to run.
    pub threads: bool,
    /// When the same id means the same event.
    pub same: SameContent,
    /// A new segment begins after so many entries: the format's number, but for tests of what happens then.
    pub segment_entries: u64,
    /// Where the record of commits is, if not in these files: a receipt then means that the record has acknowledged the
    /// entry, and the files are its copy. `None`: the files are the record.
    pub commit_store: Option<CommitStore>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        let (wait, same) = (Duration::from_secs(5), SameContent::bytes());
        Self { wait, share: false, threads: true, same, segment_entries: SEGMENT_ENTRIES, commit_store: None }
    }
}

type Answer = Result<Vec<Receipt>, AppendError>;
type Reply = SyncSender<(Answer, Vec<EncodedEvent>)>;

/// Events that wait to be recorded together.
#[derive(Debug)]
struct Request {
    events: Vec<EncodedEvent>,
    expect: Expect,
    reply: Reply,
}

impl Request {
    /// Answers. The events go back too: memory is given back where it was taken, which is cheaper.
    fn answer(self, answer: Answer) {
        // A caller that stopped waiting gets no receipt; its events stand all the same.
        drop(self.reply.send((answer, self.events)));
    }
}

/// What goes over the channel.
#[derive(Debug)]
enum Message {
    Append(Request),
    /// Several, each on its own, in this order.
    AppendEach(Vec<Request>),
    Close(SyncSender<Result<(), AppendError>>),
}

/// A request that was handed in.
#[derive(Debug)]
pub struct PendingReceipts(Receiver<(Answer, Vec<EncodedEvent>)>);

impl PendingReceipts {
    /// Waits until the request is durable, or refused.
    pub fn wait(self) -> Result<Vec<Receipt>, AppendError> {
        self.0.recv().map_or(Err(AppendError::Closed), |(answer, _events)| answer)
    }
}

/// A ledger that is open for writing. Clones share one thread, which ends with the last of them.
#[derive(Clone, Debug)]
pub struct Writer(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    // Before the thread: it ends when this is gone.
    messages: Mutex<Option<SyncSender<Message>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Takes the lock, looks at what the last writer left, mends what may be mended, and reports.
    pub fn open(
        storage: Arc<dyn Storage>,
        dir: &Path,
        clock: Clock,
        options: OpenOptions,
    ) -> Result<(Self, Recovery), OpenError> {
        let layout = Layout::new(dir);
        let (service, recovery) = Service::open(storage, layout, clock, options)?;
        let (messages, inbox) = sync_channel(QUEUE_MAX);
        let started =
            std::thread::Builder::new().name("onus-writer".into()).spawn(move || service.run(&inbox));
        let thread = started.map_err(|source| OpenError::Write { path: dir.to_owned(), source })?;
        let handle = Handle { messages: Mutex::new(Some(messages)), thread: Mutex::new(Some(thread)) };
        Ok((Self(Arc::new(handle)), recovery))
    }

    /// Records the events, all or none, and waits until they are durable.
    pub fn append(&self, events: Vec<EncodedEvent>, expect: Expect) -> Result<Vec<Receipt>, AppendError> {
        self.submit(events, expect).wait()
    }

    /// Hands the events in; several requests may be under way at once, and are recorded in this order.
    pub fn submit(&self, events: Vec<EncodedEvent>, expect: Expect) -> PendingReceipts {
        let (reply, answer) = sync_channel(1);
        if let Some(messages) = self.messages() {
            // If the thread is gone, so is the reply's other end, and waiting says so.
            drop(messages.send(Message::Append(Request { events, expect, reply })));
        }
        PendingReceipts(answer)
    }

    /// Hands in several requests at once, which costs less than one by one. Each is recorded or refused on its
    /// own, in this order.
    pub fn submit_each(&self, requests: Vec<Vec<EncodedEvent>>, expect: Expect) -> Vec<PendingReceipts> {
        let (requests, pending) = requests
            .into_iter()
            .map(|events| {
                let (reply, answer) = sync_channel(1);
                (Request { events, expect, reply }, PendingReceipts(answer))
            })
            .unzip();
        if let Some(messages) = self.messages() {
            // If the thread is gone, so are the replies' other ends, and waiting says so.
            drop(messages.send(Message::AppendEach(requests)));
        }
        pending
    }

    /// Records what was handed in before, states a clean end, and lets the lock go. Later requests, of other
    /// clones too, are answered with [`AppendError::Closed`].
    pub fn close(self) -> Result<(), AppendError> {
        let (reply, answer) = sync_channel(1);
        let messages = self.0.messages.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(messages) = messages else { return Ok(()) };
        drop(messages.send(Message::Close(reply)));
        let closed = answer.recv().unwrap_or(Err(AppendError::Closed));
        drop(messages);
        self.0.join();
        closed
    }

    fn messages(&self) -> Option<SyncSender<Message>> {
        self.0.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Handle {
    fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A writer that panicked has answered nobody; each caller was told so.
            drop(thread.join());
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        drop(self.messages.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.join();
    }
}
