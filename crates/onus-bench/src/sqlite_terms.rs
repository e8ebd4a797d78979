//! The peer for finding: the same events in SQLite, with a column for each field of terms.
//!
//! As in `sqlite` otherwise: WAL, `synchronous=FULL`, one transaction a batch, chained by the caller, no version
//! looked up. Of several values of a field one is kept.

use crate::sqlite::{entry_of, genesis};
use anyhow::Context as _;
use onus_core::entry::{EncodedEvent, EntryHead};
use onus_core::terms::{TermField, TermReader};
use onus_ledger::Machine;
use onus_proof::Link;
use rusqlite::{Connection, params_from_iter, types::Value};
use std::path::Path;

/// A database in the place of a ledger and its index.
#[derive(Debug)]
pub(crate) struct TermPeer {
    connection: Connection,
    machine: Machine,
    next_seq: u64,
    link: Link,
    reader: TermReader,
}

impl TermPeer {
    /// A new one, without an index.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        let columns = TermField::NAMES.map(|name| format!("{name} BLOB")).join(", ");
        connection.execute_batch(&format!(
            "CREATE TABLE entry (seq INTEGER PRIMARY KEY, {columns}, entry BLOB NOT NULL, link BLOB NOT NULL)"
        ))?;
        let (machine, link) = (Machine::this(), genesis());
        Ok(Self { connection, machine, next_seq: 0, link, reader: TermReader::new() })
    }

    /// An index on each of these fields.
    pub(crate) fn index(&self, fields: &[TermField]) -> anyhow::Result<()> {
        for name in fields.iter().map(|field| field.name()) {
            self.connection.execute_batch(&format!("CREATE INDEX entry_{name} ON entry ({name})"))?;
        }
        Ok(())
    }

    /// Records a batch in one transaction.
    pub(crate) fn append(&mut self, events: &[EncodedEvent]) -> anyhow::Result<()> {
        let places = vec!["?"; TermField::ALL.len() + 3].join(", ");
        let insert = format!("INSERT INTO entry VALUES ({places})");
        let recorded_at = self.machine.now();
        let (mut seq, mut link) = (self.next_seq, self.link);
        let reader = &mut self.reader;
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(&insert)?;
            let mut row: Vec<Value> = Vec::new();
            for event in events {
                let entry = entry_of(event, seq, recorded_at);
                link = link.next(&entry);
                row.clear();
                row.resize(TermField::ALL.len() + 3, Value::Null);
                let (head, record) = EntryHead::parse(&entry)?;
                reader.read(&head, record, |field, term| {
                    let value = term.split_first().map(|(_, value)| value.to_vec()).unwrap_or_default();
                    if let Some(cell) = row.get_mut(usize::from(field.byte())) {
                        *cell = Value::Blob(value);
                    }
                })?;
                if let [first, .., stored, chained] = row.as_mut_slice() {
                    *first = Value::Integer(i64::try_from(seq)?);
                    *stored = Value::Blob(entry);
                    *chained = Value::Blob(link.as_bytes().to_vec());
                }
                insert.execute(params_from_iter(row.iter()))?;
                seq += 1;
            }
        }
        transaction.commit()?;
        (self.next_seq, self.link) = (seq, link);
        Ok(())
    }

    /// How many entries have all of these terms.
    pub(crate) fn count(&self, terms: &[&[u8]]) -> anyhow::Result<u64> {
        let sql = format!("SELECT count(*) FROM entry WHERE {}", condition(terms)?);
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row(params_from_iter(values(terms)), |row| row.get(0))?)
    }

    /// The first so many of them, whole.
    pub(crate) fn page(&self, terms: &[&[u8]], limit: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let sql = format!("SELECT entry FROM entry WHERE {} ORDER BY seq LIMIT {limit}", condition(terms)?);
        let mut select = self.connection.prepare_cached(&sql)?;
        let entries = select.query_map(params_from_iter(values(terms)), |row| row.get(0))?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

fn condition(terms: &[&[u8]]) -> anyhow::Result<String> {
    let each = terms.iter().enumerate().map(|(n, term)| {
        let field = TermField::of_term(term).context("a term of no field")?;
        Ok(format!("{} = ?{}", field.name(), n + 1))
    });
    Ok(each.collect::<anyhow::Result<Vec<_>>>()?.join(" AND "))
}

fn values<'a>(terms: &'a [&'a [u8]]) -> impl Iterator<Item = &'a [u8]> {
    terms.iter().filter_map(|term| term.get(1..))
}
