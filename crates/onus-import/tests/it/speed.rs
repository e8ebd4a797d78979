//! How fast rows become drafts. Run by hand, in release: `cargo test -p onus-import --release -- --ignored --nocapture`.

use crate::support::{read, shipped};
use std::fmt::Write;
use std::time::Instant;

/// Rows in the shape of `mcslc`, all with every time.
pub(crate) fn mcslc_shaped(rows: u32) -> String {
    let mut file = String::from(
        "ID,End Point of Dispatch,City,Dispatch Request Date & Time,Dispatch Date & Time,\
         Arrival on Scene Date & Time,Engagement with Client Date & Time,MCIT Departure Date & Time,\
         Reason for Dispatch #1,Reason for Dispatch #2,Reason for Dispatch #3,Reason for Dispatch #4,\
         Reason for Dispatch #5,Disposition,Minutes: Request ? Dispatch,Minutes: Dispatch ? Arrival,\
         Minutes: Arrival ? Engagement,Minutes: Arrival ? Departure\r\n",
    );
    for n in 0..rows {
        let (day, hour, minute) = (1 + n / 144 % 28, 3 + n % 20, n % 50);
        let reason = ["Substance use", "Paranoia", "Trauma", "Running away"][usize::try_from(n % 4).unwrap()];
        let at = |more: u32| format!("{}/{day}/2025 {hour}:{:02}", 1 + n / 5_000 % 12, minute + more);
        writeln!(
            file,
            "{n},Engaged client,Eugene,{},{},{},{},{},{reason},Other,,,,Remained in community,2,3,1,5\r",
            at(0),
            at(2),
            at(5),
            at(6),
            at(9),
        )
        .unwrap();
    }
    file
}

#[test]
#[ignore = "by hand alone: a figure, not a check"]
fn by_hand_rows_become_drafts_at_so_many_nanoseconds_each() {
    let mapping = shipped("mcslc.toml");
    let file = mcslc_shaped(400_000);
    let bytes = file.len();
    for round in 0..3 {
        let start = Instant::now();
        let survey = read(&mapping.input(), file.clone()).unwrap().survey(&|_| {}).unwrap();
        let surveyed = start.elapsed();
        let start = Instant::now();
        let mut rows = read(&mapping.input(), file.clone()).unwrap();
        let mut bound = mapping.bind(rows.header()).unwrap();
        let mut events = 0;
        while let Some(row) = rows.next_row().unwrap() {
            events += bound.events(row).unwrap().len();
        }
        let took = start.elapsed();
        println!(
            "round {round}: {} rows, {bytes} bytes; surveyed in {surveyed:?}; {events} events in {took:?}: {} ns/event, \
             {} ns/row; a draft is {} bytes",
            survey.rows,
            took.as_nanos() / u128::try_from(events).unwrap(),
            took.as_nanos() / u128::from(survey.rows),
            size_of::<onus_core::record::Draft>(),
        );
    }
}

/// A file of any size that is nowhere: its header, then the same rows over and over.
struct Endless {
    header: std::io::Cursor<Vec<u8>>,
    rows: Vec<u8>,
    at: usize,
    rounds: usize,
}

impl std::io::Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.header.read(into)?;
        if bytes > 0 || self.rounds == 0 {
            return Ok(bytes);
        }
        let rest = &self.rows[self.at..];
        let bytes = rest.len().min(into.len());
        into[..bytes].copy_from_slice(&rest[..bytes]);
        self.at += bytes;
        if self.at == self.rows.len() {
            (self.at, self.rounds) = (0, self.rounds - 1);
        }
        Ok(bytes)
    }
}

/// The largest memory that this process ever had, where the system says so.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
#[ignore = "by hand alone: a figure, not a check; nothing else may run beside it"]
fn by_hand_memory_does_not_grow_with_the_file() {
    let mapping = shipped("mcslc.toml");
    let file = mcslc_shaped(20_000);
    let (header, rows) = file.split_at(file.find('\n').unwrap() + 1);
    let mut peaks = Vec::new();
    for rounds in [1, 50] {
        let endless = Endless {
            header: std::io::Cursor::new(header.as_bytes().to_vec()),
            rows: rows.as_bytes().to_vec(),
            at: 0,
            rounds,
        };
        let mut rows = onus_import::Rows::read(Box::new(endless), &mapping.input()).unwrap();
        let mut bound = mapping.bind(rows.header()).unwrap();
        let mut events = 0;
        while let Some(row) = rows.next_row().unwrap() {
            events += bound.events(row).unwrap().len();
        }
        peaks.push(peak_kib());
        println!("{} rows, {events} events: at most {:?} KiB", rows.progress().rows, peak_kib());
    }
    if let [Some(few), Some(many)] = peaks.as_slice() {
        assert!(*many < few + 1_024, "{few} KiB, then {many} KiB");
    }
}
