//! The large ledger and SQLite's copy of it, built once in a run when the first row needs them.

use crate::args::Arguments;
use crate::child::{Built, SEED, batches_of};
use crate::output::{number, say};
use crate::scratch::Scratch;
use crate::sqlite::Peer;
use crate::stand::{Clear, Stand};
use crate::statistics::float;
use crate::workload::{EVENTS, Texts, Tokens, Workload};
use anyhow::{Context as _, bail};
use onus_core::entry::EntryOutline;
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

/// A ledger of as many entries as asked for, closed cleanly.
#[derive(Debug)]
pub(crate) struct Large {
    pub(crate) stand: Stand,
    pub(crate) events: u64,
    pub(crate) built: Built,
}

impl Large {
    /// Builds it in a child, whose memory is counted.
    pub(crate) fn build(scratch: &Scratch, arguments: &Arguments) -> anyhow::Result<Self> {
        Self::build_at(scratch, "large", arguments.events)
    }

    /// The same under another name, of so many events.
    pub(crate) fn build_at(scratch: &Scratch, name: &str, events: u64) -> anyhow::Result<Self> {
        let dir = scratch.path(name);
        say(&format_args!("a ledger of {} …", number(float(events), "events")));
        let count = events.to_string();
        let built: Built = serde_json::from_slice(&child(&["build", "--events", &count, "--ledger"], &dir)?)?;
        Ok(Self { stand: Stand::at(&dir), events, built })
    }

    /// How many, for a note.
    pub(crate) fn at(&self) -> String {
        format!("at {}", number(float(self.events), "events"))
    }

    /// So many incidents of six events each, from all over the ledger.
    pub(crate) fn incidents(&self, wanted: usize) -> anyhow::Result<Vec<Incident>> {
        let reader = self.stand.reader()?;
        let mut found = Vec::with_capacity(wanted);
        let mut place = 0x9e37_79b9_u64;
        // Steps by a large number, not by one: entries from all over the ledger.
        for _ in 0..wanted.saturating_mul(20) {
            place = place.wrapping_add(2_147_483_647 * 1_000_003) % reader.size();
            let Some(incident) = EntryOutline::parse(reader.entry(Seq::new(place))?.bytes())?.incident else {
                continue;
            };
            if u64::try_from(reader.incident(&incident.key())?.len())? == EVENTS {
                found.push(incident);
            }
            if found.len() == wanted {
                return Ok(found);
            }
        }
        bail!("the ledger holds too few whole incidents")
    }
}

/// The same events in SQLite.
#[derive(Debug)]
pub(crate) struct LargePeer {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) seconds: f64,
}

impl LargePeer {
    /// Builds it in batches of the same size, encoding on another thread as for Onus.
    pub(crate) fn build(scratch: &Scratch, events: u64) -> anyhow::Result<Self> {
        say(&format_args!("the same in SQLite …"));
        let path = scratch.path("large.sqlite");
        let mut peer = Peer::create(&path)?;
        let mut workload = Workload::new(SEED, Texts::Clear, Tokens::Once)?;
        let mut clear = Clear::new()?;
        let start = Instant::now();
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let (batches, encoded) = sync_channel(1);
            scope.spawn(move || {
                batches_of(events)
                    .map(|count| clear.encode_all(workload.batch(count)))
                    .try_for_each(|batch| batches.send(batch))
            });
            encoded.into_iter().try_for_each(|batch| peer.append(&batch?))
        })?;
        peer.settle()?;
        drop(peer);
        let bytes = std::fs::metadata(&path)?.len();
        Ok(Self { path, bytes, seconds: start.elapsed().as_secs_f64() })
    }
}

/// Starts this program anew as a child and returns what it printed.
pub(crate) fn child(arguments: &[&str], ledger: &Path) -> anyhow::Result<Vec<u8>> {
    let output = command(arguments, ledger)?.output()?;
    if !output.status.success() {
        bail!("a child failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}

/// This program as a child; `ledger` is the last argument.
pub(crate) fn command(arguments: &[&str], ledger: &Path) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("this program does not know where it stands")?;
    let mut command = Command::new(program);
    command.arg("child").args(arguments).arg(ledger);
    Ok(command)
}
