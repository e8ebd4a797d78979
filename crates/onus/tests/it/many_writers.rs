//! Several processes at once, and processes killed in the middle of their work.

use crate::ledger::{Ledger, contact};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

fn seqs(ledger: &Ledger, number: u32) -> Vec<u64> {
    let shown = ledger.run(&["show", &format!("police:sussex/2023-05-01/{number}"), "--format", "json"], "");
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap_or_default();
    shown["entries"].as_array().into_iter().flatten().map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

#[test]
fn twenty_processes_of_one_event_each_all_succeed() {
    let ledger = Ledger::new();
    thread::scope(|scope| {
        for n in 1..=20 {
            let ledger = &ledger;
            scope.spawn(move || {
                let run = ledger.run(&["--wait", "30", "record"], &contact(142, n));
                assert_eq!(run.code, 0, "{}", run.stderr);
            });
        }
    });
    assert_eq!(seqs(&ledger, 142).len(), 20);
    assert_eq!(ledger.run(&["verify"], "").code, 0);
}

#[test]
fn one_event_is_recorded_while_a_long_stream_runs_and_a_reader_reads() {
    let ledger = Ledger::new();
    let mut stream = ledger
        .command(&["record"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = stream.stdin.take().unwrap();
    let output = stream.stdout.take().unwrap();
    let receipts = thread::spawn(move || BufReader::new(output).lines().count());
    let feeder = thread::spawn(move || {
        let mut fed = 0;
        let end = std::time::Instant::now() + Duration::from_secs(4);
        while std::time::Instant::now() < end {
            fed += 1;
            writeln!(input, "{}", contact(142, fed)).unwrap();
            if fed % 50 == 0 {
                thread::sleep(Duration::from_millis(1));
            }
        }
        fed
    });
    thread::sleep(Duration::from_millis(500));

    let other = ledger.run(&["record"], &contact(143, 1));
    assert_eq!(other.code, 0, "within the usual wait: {}", other.stderr);
    assert_eq!(seqs(&ledger, 143).len(), 1, "and can be read while the stream goes on");

    let fed = feeder.join().unwrap();
    assert!(stream.wait().unwrap().success());
    assert_eq!(receipts.join().unwrap(), usize::try_from(fed).unwrap());
    assert_eq!(seqs(&ledger, 142).len(), usize::try_from(fed).unwrap());
    assert_eq!(ledger.run(&["verify"], "").code, 0);
}

#[test]
fn a_second_writer_names_lock_process_and_host_when_it_waited_in_vain() {
    let ledger = Ledger::new();
    let lock = std::fs::File::open(ledger.dir().join("lock")).unwrap();
    lock.lock().unwrap();
    let run = ledger.run(&["--wait", "0.2", "record"], &contact(142, 1));
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("ledger/lock is held by process"), "{}", run.stderr);
    assert!(run.stderr.contains(" on ") && run.stderr.contains("--wait"), "{}", run.stderr);
}

/// Eight processes record under load and are killed at random, again and again. What they acknowledged
/// is there, under the seq that the receipt named; nothing is damaged.
#[test]
fn no_acknowledged_event_is_lost_to_sigkill() {
    let kills: u64 = if std::env::var_os("ONUS_TORTURE").is_some() { 200 } else { 24 };
    let ledger = Ledger::new();
    let mut acknowledged: BTreeMap<String, u64> = BTreeMap::new();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for round in 0..kills.div_ceil(8) {
        let mut children = Vec::new();
        for caller in 0..8_u64 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let delay_ms = 30 + (random >> 33) % 220;
            let mut child = ledger
                .command(&["--wait", "30", "record"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            let output = child.stdout.take().unwrap();
            let first = u32::try_from((round * 8 + caller) * 1_000_000 + 1).unwrap();
            let number = u32::try_from(caller).unwrap() + 1;
            let feeder = thread::spawn(move || {
                (first..first + 900_000).find(|n| writeln!(input, "{}", contact(number, *n)).is_err())
            });
            let reader = thread::spawn(move || {
                BufReader::new(output)
                    .lines()
                    .map_while(Result::ok)
                    .filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok())
                    .map(|receipt| {
                        (receipt["event_id"].as_str().unwrap().to_owned(), receipt["seq"].as_u64().unwrap())
                    })
                    .collect::<Vec<_>>()
            });
            children.push((child, delay_ms, feeder, reader));
        }
        for (mut child, delay_ms, feeder, reader) in children {
            thread::sleep(Duration::from_millis(delay_ms));
            child.kill().unwrap();
            child.wait().unwrap();
            assert!(feeder.join().is_ok());
            acknowledged.extend(reader.join().unwrap());
        }
    }
    assert!(acknowledged.len() > 100, "the load was real: {}", acknowledged.len());

    let opened = ledger.run(&["--wait", "30", "record"], &contact(9, 999_999_999));
    assert_eq!(opened.code, 0, "the next append works: {}", opened.stderr);
    assert_eq!(ledger.run(&["verify"], "").code, 0);
    let mut recorded = BTreeMap::new();
    for number in 1..=8 {
        let shown =
            ledger.run(&["show", &format!("police:sussex/2023-05-01/{number}"), "--format", "csv"], "");
        for line in shown.stdout.lines().skip(1) {
            let mut cells = line.split(',');
            let seq: u64 = cells.nth(1).unwrap().parse().unwrap();
            recorded.insert(cells.nth(1).unwrap().to_owned(), seq);
        }
    }
    for (id, seq) in &acknowledged {
        assert_eq!(recorded.get(id), Some(seq), "event {id} was acknowledged as entry {seq}");
    }
}
