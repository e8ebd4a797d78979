//! The peer: the same events in SQLite, chained by the caller.
//!
//! One table with an index on incident, WAL, `synchronous=FULL`, one transaction a batch, statements
//! prepared once, everything else as SQLite comes. It is asked for less than Onus: it looks up no version and
//! notices no retry.

use onus_core::entry::EncodedEvent;
use onus_core::ids::IncidentKey;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_ledger::Machine;
use onus_proof::Link;
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;

const SCHEMA: &str = "
    CREATE TABLE entry (seq INTEGER PRIMARY KEY, incident BLOB NOT NULL, entry BLOB NOT NULL, link BLOB NOT NULL);
    CREATE INDEX entry_incident ON entry (incident);
";
const INSERT: &str = "INSERT INTO entry (seq, incident, entry, link) VALUES (?1, ?2, ?3, ?4)";
const OF_INCIDENT: &str = "SELECT entry FROM entry WHERE incident = ?1 ORDER BY seq";

/// A database in the place of a ledger.
#[derive(Debug)]
pub(crate) struct Peer {
    connection: Connection,
    machine: Machine,
    next_seq: u64,
    link: Link,
}

impl Peer {
    /// A new one.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection, machine: Machine::this(), next_seq: 0, link: genesis() })
    }

    /// Records a batch in one transaction.
    pub(crate) fn append(&mut self, events: &[EncodedEvent]) -> anyhow::Result<()> {
        let recorded_at = self.machine.now();
        let (mut seq, mut link) = (self.next_seq, self.link);
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for event in events {
                let entry = entry_of(event, seq, recorded_at);
                link = link.next(&entry);
                insert.execute(params![
                    seq,
                    event.incident().as_bytes(),
                    entry,
                    link.as_bytes().as_slice()
                ])?;
                seq += 1;
            }
        }
        transaction.commit()?;
        (self.next_seq, self.link) = (seq, link);
        Ok(())
    }

    /// Puts what the write-ahead log holds where it belongs.
    pub(crate) fn settle(&self) -> anyhow::Result<()> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }
}

/// A database that is only read.
#[derive(Debug)]
pub(crate) struct ReadOnly(Connection);

impl ReadOnly {
    /// Opens it.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Self(Connection::open_with_flags(path, flags)?))
    }

    /// The entries of an incident, in order.
    pub(crate) fn incident(&self, incident: &IncidentKey) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut select = self.0.prepare(OF_INCIDENT)?;
        let entries = select.query_map([incident.as_bytes()], |row| row.get(0))?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// Reads every entry and chains it again; how many there are.
    pub(crate) fn verify(&self) -> anyhow::Result<u64> {
        let mut select = self.0.prepare("SELECT entry, link FROM entry ORDER BY seq")?;
        let mut rows = select.query([])?;
        let (mut link, mut count) = (genesis(), 0);
        while let Some(row) = rows.next()? {
            link = link.next(row.get_ref(0)?.as_blob()?);
            anyhow::ensure!(
                row.get_ref(1)?.as_blob()? == link.as_bytes(),
                "the chain of SQLite's copy is broken"
            );
            count += 1;
        }
        Ok(count)
    }
}

/// The link before the first entry.
pub(crate) fn genesis() -> Link {
    Link::genesis(&[0x0b; 16], "bench.invalid/sqlite")
}

/// An entry as a writer would lay it out, but for its version.
pub(crate) fn entry_of(event: &EncodedEvent, seq: u64, recorded_at: Timestamp) -> Vec<u8> {
    let head = event.head(Seq::new(seq), recorded_at, 1);
    [head.to_bytes().as_slice(), event.record()].concat()
}
