//! The lock under which one process at a time appends.
//!
//! The operating system holds it and lets go when the process ends, however it ends. What the file says
//! (process and host) is for the message to whoever waits, and is never believed beyond that.

use crate::layout::Layout;
use crate::number::memory;
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a waiting process tries. A holder that shares lets go for 20 ms, so this finds the gap.
const POLL: Duration = Duration::from_millis(2);
const HOLDER_BYTES_MAX: u64 = 512;

/// Who holds the lock, as far as its file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockHolder {
    /// The process id.
    pub process: Option<u32>,
    /// The host's name.
    pub host: Option<String>,
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.process, &self.host) {
            (Some(process), Some(host)) => write!(f, "process {process} on {host}"),
            _ => f.write_str("another process"),
        }
    }
}

impl LockHolder {
    fn this() -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { process: Some(std::process::id()), host: Some(host) }
    }

    fn to_line(&self) -> String {
        format!("{} {}\n", self.process.unwrap_or(0), self.host.as_deref().unwrap_or("?"))
    }

    fn parse(line: &str) -> Self {
        let (process, host) = line.trim_end().split_once(' ').unzip();
        let host =
            host.filter(|host| !host.is_empty() && !host.contains(char::is_control)).map(str::to_owned);
        Self { process: process.and_then(|process| process.parse().ok()), host }
    }

    fn read(file: &dyn StoredFile) -> Self {
        let mut bytes = vec![0; memory(file.len().unwrap_or(0).min(HOLDER_BYTES_MAX))];
        let read = file.read_exact_at(&mut bytes, 0).map(|()| String::from_utf8(bytes));
        Self::parse(read.ok().and_then(Result::ok).as_deref().unwrap_or(""))
    }
}

/// The lock, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock(
    #[expect(dead_code, reason = "held for its lock, which ends with it")] Arc<dyn StoredFile>,
);

/// Why the lock was not taken.
#[derive(Debug)]
pub(crate) enum LockError {
    Held(LockHolder),
    File(io::Error),
}

impl Lock {
    /// Takes the lock, trying for as long as `wait`.
    pub(crate) fn take(storage: &dyn Storage, layout: &Layout, wait: Duration) -> Result<Self, LockError> {
        let open = || storage.open(&layout.lock(), OpenHow::OpenOrCreate(Audience::Shared));
        let file = open().map_err(LockError::File)?;
        let until = Instant::now() + wait;
        loop {
            if file.try_lock().map_err(LockError::File)? {
                write_holder(&*file).map_err(LockError::File)?;
                return Ok(Self(file));
            }
            if Instant::now() >= until {
                return Err(LockError::Held(LockHolder::read(&*file)));
            }
            std::thread::sleep(POLL.min(until.saturating_duration_since(Instant::now())));
        }
    }
}

fn write_holder(file: &dyn StoredFile) -> io::Result<()> {
    let line = LockHolder::this().to_line();
    if LockHolder::read(file) != LockHolder::this() {
        file.set_len(0)?;
        file.write_at(line.as_bytes(), 0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os_files::OsFiles;

    #[test]
    fn the_second_to_come_is_told_who_holds_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path());
        let first = Lock::take(&OsFiles, &layout, Duration::ZERO).unwrap();

        let Err(LockError::Held(holder)) = Lock::take(&OsFiles, &layout, Duration::from_millis(5)) else {
            panic!("the lock was given twice");
        };

        assert_eq!(holder, LockHolder::this());
        assert!(holder.to_string().contains(&std::process::id().to_string()), "{holder}");
        drop(first);
        Lock::take(&OsFiles, &layout, Duration::ZERO).unwrap();
    }

    #[test]
    fn who_waits_gets_the_lock_when_it_is_let_go() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path());
        let first = Lock::take(&OsFiles, &layout, Duration::ZERO).unwrap();

        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::take(&OsFiles, &layout, Duration::from_secs(10)).is_ok());
            std::thread::sleep(Duration::from_millis(20));
            drop(first);
            assert!(waiting.join().unwrap());
        });
    }

    #[test]
    fn a_lock_file_with_anything_in_it_names_nobody() {
        for text in ["", "x", "12", "\u{1b}[2J host", "99999999999 \u{7}"] {
            assert_eq!(LockHolder::parse(text).to_string(), "another process", "{text:?}");
        }
    }
}
