//! A session: one ledger, opened for one caller, and its keys once they are needed.

use crate::listener::Listener;
use onus_ledger::{AgencyNames, Caller, Identity, Ledger, Machine, OpenError, Passphrase, Unlocked};
use onus_store::{Opening, Reader, ReaderNote};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

/// One ledger, who asks, and its keys once they are open. Each question or act is a method, in a room of its own.
#[derive(Clone, Debug)]
pub struct Session {
    ledger: Ledger,
    caller: Caller,
    keys: OnceLock<Unlocked>,
    names: OnceLock<AgencyNames>,
    listener: Listener,
}

impl Session {
    /// A session on a ledger. Nothing is opened yet.
    #[must_use]
    pub fn new(ledger: Ledger, caller: Caller) -> Self {
        Self { ledger, caller, keys: OnceLock::new(), names: OnceLock::new(), listener: Listener::default() }
    }

    /// A session on the ledger in `dir`, on this machine. An act waits so long for another process that appends.
    #[must_use]
    pub fn at(dir: &Path, caller: Caller, wait: Duration) -> Self {
        Self::new(Ledger::at(Machine::this(), dir, wait), caller)
    }

    /// The same with somebody who hears notes and progress.
    #[must_use]
    pub fn with_listener(self, listener: Listener) -> Self {
        Self { listener, ..self }
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Who asks.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Opens the keys, for as long as this session lives; once open, nothing more is asked. The edge asks for the
    /// passphrase, where [`Ledger::guarded_by`] says that one is needed.
    pub fn unlock(&self, passphrase: Option<&Passphrase>) -> Result<&Unlocked, OpenError> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys);
        }
        let keys = self.ledger.unlock(passphrase)?;
        Ok(self.keys.get_or_init(|| keys))
    }

    /// What agencies are called, read once for as long as this session lives.
    pub(crate) fn agency_names(&self) -> Result<&AgencyNames, OpenError> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let names = self.ledger.agency_names()?;
        Ok(self.names.get_or_init(|| names))
    }

    /// Whether the keys are open.
    pub(crate) fn is_unlocked(&self) -> bool {
        self.keys.get().is_some()
    }

    /// The keys, opened here if no passphrase guards them.
    pub fn keys(&self) -> Result<&Unlocked, OpenError> {
        self.unlock(None)
    }

    /// The same; `None` where the private directory is not here, and with it every key.
    pub(crate) fn keys_if_here(&self) -> Result<Option<&Unlocked>, OpenError> {
        match self.keys() {
            Ok(keys) => Ok(Some(keys)),
            Err(OpenError::NoKeys) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The identity that acts.
    pub(crate) fn identity(&self) -> Result<&Identity, OpenError> {
        self.ledger.identity_of(&self.caller)
    }

    /// Says something beside the answer.
    pub(crate) fn note(&self, words: &str) {
        (self.listener.note)(words);
    }

    /// Says how far long work has come.
    pub(crate) fn progress(&self) -> fn(u64, u64) {
        self.listener.progress
    }

    /// The same for work over every entry of a log.
    pub(crate) fn progress_of(&self, reader: &Reader) -> impl Fn(u64) + Sync + use<> {
        let (progress, size) = (self.listener.progress, reader.size());
        move |done| progress(done, size)
    }

    /// The log, and what it says of its own state.
    pub(crate) fn read(&self) -> Result<Reader, OpenError> {
        let reader = self.ledger.read()?;
        self.note_state(&reader);
        Ok(reader)
    }

    /// The log, or what is left of a damaged one, and what it says of its own state. The answer says so too.
    pub(crate) fn read_even_damaged(&self) -> Result<Opening, OpenError> {
        let opening = self.ledger.read_even_damaged()?;
        self.note_state(opening.readable());
        Ok(opening)
    }

    fn note_state(&self, reader: &Reader) {
        let mut notes: Vec<ReaderNote> = Vec::new();
        for note in reader.notes() {
            if !notes.contains(&note) {
                self.note(&note.to_string());
                notes.push(note);
            }
        }
    }
}

/// As many threads as the machine runs at once.
pub(crate) fn threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
