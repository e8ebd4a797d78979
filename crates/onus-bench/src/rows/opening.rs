//! `open_clean`, `open_killed`: from starting a process until it has found and read one incident.

use crate::bounds::Name;
use crate::child::read_incident;
use crate::large::{Large, LargePeer, child, command};
use crate::output::{number, say};
use crate::rows::Row;
use crate::sqlite::ReadOnly;
use crate::statistics::{float, median, ms};
use anyhow::{Context as _, ensure};
use onus_core::ids::Incident;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

const CLEAN: usize = 25;
const KILLED: usize = 9;

pub(super) fn rows(large: &Large, peer: Option<&LargePeer>) -> anyhow::Result<[Row; 2]> {
    say(&"opening …");
    let incidents = large.incidents(CLEAN.max(KILLED))?;
    let mut clean =
        incidents.iter().take(CLEAN).map(|one| show(large, one)).collect::<Result<Vec<_>, _>>()?;
    let note = format!("median of {CLEAN} new processes, {}, file cache warm", large.at());
    let mut open_clean = Row::new(Name::OpenClean, median(&mut clean), note);
    if let Some(peer) = peer {
        let of_one = |incident: &Incident| -> anyhow::Result<f64> {
            let start = Instant::now();
            ensure!(ReadOnly::open(&peer.path)?.incident(&incident.key())?.len() == 6);
            Ok(ms(start.elapsed()))
        };
        let mut sqlite = incidents.iter().take(CLEAN).map(of_one).collect::<Result<Vec<_>, _>>()?;
        open_clean = open_clean.beside_sqlite(median(&mut sqlite));
        open_clean.note.push_str("; SQLite's is without starting a process");
    }
    Ok([open_clean, after_a_kill(large, &incidents)?])
}

/// Kills a process that appends, each time a little later, and looks how soon another answers.
fn after_a_kill(large: &Large, incidents: &[Incident]) -> anyhow::Result<Row> {
    let (mut shown, mut opened) = (Vec::new(), Vec::new());
    for (round, incident) in incidents.iter().enumerate().take(KILLED) {
        kill_one(large, Duration::from_millis(u64::try_from(round)? * 37))?;
        shown.push(show(large, incident)?);
        let start = Instant::now();
        let (writer, recovery) = large.stand.writer()?;
        opened.push(ms(start.elapsed()));
        ensure!(recovery.unclean, "the killed process closed the ledger");
        writer.close()?;
    }
    // A last one, so that the slowest of what a kill leaves is looked at by a reader of this process too.
    kill_one(large, Duration::from_millis(400))?;
    let start = Instant::now();
    let reader = large.stand.reader()?;
    read_incident(&reader, incidents.first().context("no incident")?)?;
    let here = ms(start.elapsed());
    let slowest = shown.iter().copied().fold(0.0, f64::max);
    let note = format!(
        "median of {KILLED} processes killed while they appended to the same ledger, {} in the end; slowest {}; {here:.0} ms \
         without starting a process; a writer has mended and opened it after {}",
        number(float(reader.size()), "events"),
        number(slowest, "ms"),
        number(median(&mut opened), "ms")
    );
    Ok(Row::new(Name::OpenKilled, median(&mut shown), note))
}

/// Milliseconds from starting a process until it has ended, an incident read.
fn show(large: &Large, incident: &Incident) -> anyhow::Result<f64> {
    let start = Instant::now();
    let out = child(&["show", "--incident", &incident.to_string(), "--ledger"], large.stand.dir())?;
    let took = ms(start.elapsed());
    let entries: usize = std::str::from_utf8(&out)?.trim().parse()?;
    // A killed process may have added to an incident of the same number.
    ensure!(entries >= 6, "an incident of six events is shown with {entries}");
    Ok(took)
}

/// Starts a process that appends without end, and kills it so long after its first commit.
fn kill_one(large: &Large, after: Duration) -> anyhow::Result<()> {
    let mut appender =
        command(&["endless", "--ledger"], large.stand.dir())?.stdout(Stdio::piped()).spawn()?;
    let mut said = String::new();
    let out = appender.stdout.take().context("the child has no output")?;
    BufReader::new(out).read_line(&mut said)?;
    std::thread::sleep(after);
    appender.kill()?;
    appender.wait()?;
    ensure!(!said.is_empty(), "a child that was to append did not");
    Ok(())
}
