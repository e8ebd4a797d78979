//! The log of a ledger: an append-only, hash-chained run of entries in one directory, and the files that
//! find entries in it.
//!
//! The crate does four things: make a ledger, append to it, read it, verify it. What an entry *means* is
//! `onus-core`; what the hashes mean is `onus-proof`; who may append what is `onus-ledger`.
//!
//! # Promises
//! * When an append is answered with a [`Receipt`], the entry survives a power cut.
//! * An entry that was acknowledged is never rewritten. There is no function that could.
//! * A request is recorded whole or not at all; the same event handed in again gets its first receipt.
//! * [`verify`] reads every byte of the log and trusts no index, no cache and no file name.
//! * Bytes from a disk, whatever they are, cause neither a panic nor memory beyond the limits.
//!
//! # Never
//! * It opens no sealed text, knows no rule of the domain, and reads no clock: time is handed in.
//! * Nothing but [`OsFiles`] touches the file system.
//!
//! # Not promised
//! * Whoever can rewrite the whole directory, `head` included, can present another history. A signed
//!   checkpoint kept elsewhere finds that out.
//!
//! # Start reading at
//! `block` (the bytes), then `commit`, then `survey` and `recover` (what a crash leaves), then `writer`.

mod block;
mod canonical;
mod commit;
mod commits;
mod create;
mod damage;
mod follower;
mod hashing;
mod head;
mod identity;
mod index;
mod layout;
mod limits;
mod lock;
mod number;
mod os_files;
mod outcome;
pub mod positions;
mod reader;
mod recent;
mod recover;
mod segment;
mod segments;
mod shelf;
mod spans;
mod survey;
pub mod terms;
mod verify;
mod walk;
mod writer;

pub use commits::{Appended, CommitLog, CommitStore, NewCommit, StoredCommit, StoredCommits, Tip};
pub use create::create;
pub use damage::{Damage, Place, Problem};
pub use identity::LedgerIdentity;
pub use index::Unusable;
pub use limits::{COMMIT_ENTRIES_MAX, COMMIT_RAW_BYTES_MAX, SEGMENT_BYTES, SEGMENT_ENTRIES};
pub use lock::LockHolder;
pub use os_files::OsFiles;
pub use outcome::{
    AppendError, CommitStoreError, CreateError, Expect, OpenError, ReadError, Receipt, Recorded,
};
pub use reader::{
    DamagedReader, Entries, IndexDifference, IndexError, Opening, Reader, ReaderNote, Stats, StoredEntry,
    Stretch,
};
pub use recover::{Recovery, TornTail, recover};
pub use verify::{Remark, Verdict, VerifyError, verify};
pub use writer::{
    Clock, ClockAnswer, ClockQuestion, Comparison, OpenOptions, PendingReceipts, SameContent, Writer,
};
