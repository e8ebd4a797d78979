//! Everything that can be done to a ledger's files behind its back is found against `head`, and named; and
//! opening for writing never moves aside what `head` says was acknowledged.

#![expect(clippy::expect_used, clippy::panic, reason = "a test's panic is its verdict")]
#![expect(clippy::indexing_slicing, reason = "a test's panic is its verdict")]

use onus_core::seq::Seq;
use onus_store::{Damage, Expect, OpenError, Opening, Problem, VerifyError};
use onus_testkit::fault_fs::FaultFs;
use onus_tests::surgery::{self, Block};
use onus_tests::torture::{self, contact, ledger_of, log_bytes, many, path, places, reader, verify};
use std::num::NonZeroUsize;
use std::path::Path;

/// Commits of one entry and of several, and one of two blocks.
fn ledger() -> FaultFs {
    ledger_of([
        vec![contact(1, 1)],
        vec![contact(1, 2), contact(2, 1)],
        vec![contact(2, 2)],
        many(0, 130),
        vec![contact(3, 1), contact(3, 2), contact(1, 3)],
        vec![contact(3, 3)],
    ])
}

/// The same, its process killed: `head` says that it was not closed.
fn killed_ledger() -> FaultFs {
    let fs = ledger();
    let (writer, _) = torture::open(&fs).expect("it opens");
    writer.append(vec![contact(4, 1)], Expect::Any).expect("it records");
    fs.restart().fork()
}

/// Commits small enough to be stored as they are.
fn plain_ledger() -> FaultFs {
    ledger_of((0..7).map(|n| vec![contact(n, 1), contact(n, 2), contact(1, 10 + n)]))
}

fn first_segment(fs: &FaultFs) -> Vec<u8> {
    fs.read(&torture::segment(0)).expect("a segment")
}

fn with_segment(fs: &FaultFs, bytes: Vec<u8>) -> FaultFs {
    let fs = fs.fork();
    fs.put(&torture::segment(0), bytes);
    fs
}

/// What verify finds; and that opening for writing finds something too, or at least touches nothing that was
/// acknowledged, and that reading never panics.
fn found(fs: &FaultFs, case: &str) -> Damage {
    let verdict = verify(fs);
    let Some(damage) = verdict.first_bad else { panic!("{case}: verify finds nothing ({:?})", verdict.head) };
    let before = log_bytes(fs);
    // Opening starts near `head`: what is bad before that may open, as it is.
    match torture::open(fs) {
        Ok(_) | Err(OpenError::Damage(_)) => {}
        Err(other) => panic!("{case}: {other}"),
    }
    assert_eq!(log_bytes(fs), before, "{case}: opening for writing moved nothing");
    read_all(fs);
    damage
}

fn read_all(fs: &FaultFs) {
    if let Ok(reader) = reader(fs) {
        for entry in reader.entries(0..reader.size()) {
            if entry.is_err() {
                break;
            }
        }
    }
}

/// Where each block starts.
fn starts(blocks: &[Block]) -> Vec<u64> {
    let mut at = 0;
    let mut starts = Vec::new();
    for block in blocks {
        starts.push(at);
        at += u64::try_from(block.bytes().len()).expect("a small block");
    }
    starts.push(at);
    starts
}

#[test]
fn every_flipped_bit_of_the_log_is_found_in_its_block() {
    for fs in [ledger(), killed_ledger()] {
        let whole = first_segment(&fs);
        let starts = starts(&surgery::blocks(&whole));
        for bit in places(whole.len() * 8, 1_200) {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let case = format!("bit {bit}");
            let damage = found(&with_segment(&fs, bytes), &case);
            let at = u64::try_from(bit / 8).expect("a small file");
            let block = starts.iter().rev().find(|start| **start <= at).copied();
            assert_eq!(
                (damage.place.offset(), damage.place.file_name()),
                (block, "log/00000000000000000000.seg"),
                "{case}: {damage}"
            );
        }
    }
}

#[test]
fn every_flipped_bit_of_head_is_named_and_costs_no_entry() {
    for fs in [ledger(), killed_ledger()] {
        let whole = fs.read(&path("head")).expect("a head");
        let size = verify(&fs).size;
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let fs = fs.fork();
            fs.put(&path("head"), bytes);
            let slot = u8::from(bit >= 512);
            let verdict = verify(&fs);
            assert_eq!(verdict.first_bad, None, "bit {bit}");
            assert!(
                matches!(verdict.head.as_slice(), [Damage { problem: Problem::HeadSlot { slot: s }, .. }] if *s == slot),
                "bit {bit}: {:?}",
                verdict.head
            );
            let before = log_bytes(&fs);
            let (writer, recovery) = torture::open(&fs).expect("the other slot is used");
            assert_eq!((recovery.bad_head_slot, recovery.torn), (Some(slot), None), "bit {bit}");
            assert_eq!(log_bytes(&fs), before, "bit {bit}: nothing was moved");
            writer.append(vec![contact(9, 9)], Expect::NewIncident).expect("it goes on");
            writer.close().expect("it closes");
            let verdict = verify(&fs);
            assert!(verdict.is_sound(), "bit {bit}: {:?} {:?}", verdict.first_bad, verdict.head);
            assert_eq!(verdict.size, size + 1, "bit {bit}");
        }
    }
}

#[test]
fn without_a_readable_head_the_whole_log_is_read_and_that_is_said() {
    let fs = ledger();
    let size = verify(&fs).size;
    for len in [None, Some(0), Some(1), Some(63)] {
        let fs = fs.fork();
        match len {
            None => fs.take_away(&path("head")),
            Some(len) => fs.put(&path("head"), vec![0; len]),
        }
        let verdict = verify(&fs);
        assert!(
            matches!(verdict.head.as_slice(), [Damage { problem: Problem::NoHead, .. }]),
            "{:?}",
            verdict.head
        );
        let refused = reader(&fs).expect_err("it cannot be told whether entries are missing");
        assert!(matches!(refused, OpenError::Damage(Damage { problem: Problem::NoHead, .. })), "{refused}");
        let opening = Opening::open(fs.storage(), Path::new(torture::DIR)).expect("what is left is readable");
        assert!(opening.damage().is_some(), "it is said");
        assert_eq!(opening.readable().size(), size);
        let (writer, recovery) = torture::open(&fs).expect("the whole log parses");
        assert!(recovery.head_rebuilt);
        writer.append(vec![contact(9, 9)], Expect::NewIncident).expect("it goes on");
        writer.close().expect("it closes");
        let verdict = verify(&fs);
        assert!(verdict.is_sound() && verdict.size == size + 1);
    }
}

#[test]
fn without_a_readable_head_a_log_that_does_not_parse_is_not_opened_for_writing() {
    let fs = ledger();
    fs.take_away(&path("head"));
    let whole = first_segment(&fs);
    let commits = starts(&surgery::blocks(&whole));
    for len in places(whole.len(), 400) {
        let cut = with_segment(&fs, whole[..len].to_vec());
        let at_a_block = commits.contains(&u64::try_from(len).expect("a small file"));
        assert_eq!(
            torture::open(&cut).is_err(),
            !at_a_block || len == 0 || in_a_commit(&whole, len),
            "cut to {len}"
        );
    }
}

/// Whether the block before this byte says that its commit goes on.
fn in_a_commit(whole: &[u8], len: usize) -> bool {
    surgery::blocks(&whole[..len]).last().is_some_and(|block| block.header[4] & 2 != 0)
}

#[test]
fn every_truncation_of_the_log_is_found() {
    for fs in [ledger(), killed_ledger()] {
        let whole = first_segment(&fs);
        for len in places(whole.len(), 1_200).into_iter().filter(|len| *len < whole.len()) {
            found(&with_segment(&fs, whole[..len].to_vec()), &format!("cut to {len} bytes"));
        }
    }
}

#[test]
fn bytes_after_a_clean_end_are_found_and_after_an_unclean_one_are_set_aside() {
    for garbage in [vec![0; 1], vec![0; 200], b"ONB1".to_vec(), first_segment(&ledger())] {
        let clean = ledger();
        let damage =
            found(&with_segment(&clean, [first_segment(&clean), garbage.clone()].concat()), "a longer log");
        assert!(matches!(damage.problem, Problem::BeyondClean { .. }), "{damage}");

        let killed = killed_ledger();
        let fs = with_segment(&killed, [first_segment(&killed), garbage.clone()].concat());
        let (writer, recovery) = torture::open(&fs).expect("a torn tail is not damage");
        let torn = recovery.torn.expect("it is reported");
        assert_eq!(fs.read(&path(&torn.copy.expect("a copy"))), Some(garbage));
        assert_eq!(first_segment(&fs), first_segment(&killed));
        writer.close().expect("it closes");
        assert!(verify(&fs).is_sound());
    }
}

#[test]
fn a_block_deleted_doubled_or_moved_is_found_where_it_was() {
    let fs = ledger();
    let whole = surgery::blocks(&first_segment(&fs));
    let starts = starts(&whole);
    let check = |blocks: Vec<Block>, at: usize, case: String| {
        let damage = found(&with_segment(&fs, surgery::segment(&blocks)), &case);
        assert_eq!(damage.place.offset(), Some(starts[at]), "{case}: {damage}");
    };
    for i in 0..whole.len() {
        let mut deleted = whole.clone();
        deleted.remove(i);
        check(deleted, i, format!("block {i} deleted"));
        let mut doubled = whole.clone();
        doubled.insert(i, whole[i].clone());
        check(doubled, i + 1, format!("block {i} doubled"));
        for j in i + 1..whole.len() {
            let mut swapped = whole.clone();
            swapped.swap(i, j);
            check(swapped, i, format!("blocks {i} and {j} swapped"));
        }
    }
}

#[test]
fn blocks_changed_and_all_that_follows_numbered_and_chained_anew_are_found_against_head() {
    let fs = plain_ledger();
    let whole = surgery::blocks(&first_segment(&fs));
    for i in 1..whole.len() {
        let mut deleted = whole.clone();
        deleted.remove(i);
        let mut doubled = whole.clone();
        doubled.insert(i, whole[i].clone());
        let mut swapped = whole.clone();
        swapped.swap(i, if i + 1 < whole.len() { i + 1 } else { 1 });
        for (what, blocks) in [("deleted", deleted), ("doubled", doubled), ("swapped", swapped)] {
            let forged = surgery::segment(&surgery::rechained(&blocks));
            let damage = found(&with_segment(&fs, forged), &format!("block {i} {what}, all chained anew"));
            assert!(damage.place.entry().is_some() || damage.place.offset().is_some(), "{damage}");
        }
    }
}

#[test]
fn an_entry_rewritten_anywhere_with_every_check_sum_right_is_found() {
    let fs = plain_ledger();
    let whole = surgery::blocks(&first_segment(&fs));
    let starts = starts(&whole);
    let last = whole.iter().map(|block| u64::from(block.count())).sum::<u64>() - 1;
    for (i, block) in whole.iter().enumerate().skip(1) {
        for (k, entry) in block.entries().iter().enumerate() {
            // Another event of the same kind, in every way a valid one.
            let other = contact(1, 90 + u64::try_from(i * 10 + k).expect("few"));
            let forged = [&entry[..28], other.record()].concat();
            let mut entries = block.entries();
            entries[k] = forged;
            let mut blocks = whole.clone();
            blocks[i] = block.with_entries(&entries);

            let case = format!("entry {k} of block {i} rewritten");
            let damage = found(&with_segment(&fs, surgery::segment(&blocks)), &case);
            let at = damage.place.offset().expect("a place");
            assert!((starts[i]..=starts[i + 1]).contains(&at), "{case}: {damage}");

            let case = format!("{case} and all chained anew");
            let damage = found(&with_segment(&fs, surgery::segment(&surgery::rechained(&blocks))), &case);
            let by_head = damage.place.entry() == Some(Seq::new(last)) && damage.problem == Problem::HeadLink;
            let by_itself = matches!(damage.problem, Problem::Version { .. }) && at >= starts[i];
            assert!(by_head || by_itself, "{case}: {damage}");
        }
    }
}

/// The ledger cut into segments at these blocks: what a rotated ledger looks like, at a size that can be
/// tried in every way.
fn in_segments(fs: &FaultFs, cuts: &[usize]) -> (FaultFs, Vec<u64>) {
    let fs = fs.fork();
    let blocks = surgery::blocks(&first_segment(&fs));
    let ends = cuts.iter().copied().skip(1).chain([blocks.len()]);
    let mut firsts = Vec::new();
    for (start, end) in cuts.iter().copied().zip(ends) {
        let first_seq = blocks[start].first_seq();
        fs.put(&torture::segment(first_seq), surgery::segment(&blocks[start..end]));
        firsts.push(first_seq);
    }
    assert!(verify(&fs).is_sound(), "a ledger of several segments");
    (fs, firsts)
}

#[test]
fn a_segment_deleted_renamed_swapped_or_doubled_is_found() {
    let (fs, firsts) = in_segments(&plain_ledger(), &[0, 2, 4, 6]);
    let bytes = |seq: u64| fs.read(&torture::segment(seq)).expect("a segment");
    for (i, seq) in firsts.iter().copied().enumerate() {
        let deleted = fs.fork();
        deleted.take_away(&torture::segment(seq));
        found(&deleted, &format!("segment {i} deleted"));

        let emptied = fs.fork();
        emptied.put(&torture::segment(seq), Vec::new());
        found(&emptied, &format!("segment {i} emptied"));

        let renamed = fs.fork();
        renamed.take_away(&torture::segment(seq));
        renamed.put(&torture::segment(seq + 1), bytes(seq));
        found(&renamed, &format!("segment {i} renamed"));

        let doubled = fs.fork();
        doubled.put(&torture::segment(seq + 1), bytes(seq));
        found(&doubled, &format!("segment {i} there twice"));

        for (j, other) in firsts.iter().copied().enumerate().skip(i + 1) {
            let swapped = fs.fork();
            swapped.put(&torture::segment(seq), bytes(other));
            swapped.put(&torture::segment(other), bytes(seq));
            found(&swapped, &format!("segments {i} and {j} swapped"));
        }
    }
}

#[test]
fn another_ledgers_log_under_this_ones_name_is_found() {
    let fs = ledger();
    let whole = fs.read(&path("LEDGER")).expect("an identity");
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let fs = fs.fork();
        fs.put(&path("LEDGER"), bytes);
        match onus_store::verify(&fs, Path::new(torture::DIR), NonZeroUsize::MIN, &|_, _| {}) {
            Err(VerifyError::Identity(_)) => {}
            Ok(verdict) => assert!(verdict.first_bad.is_some(), "bit {bit} of LEDGER"),
            Err(other) => panic!("bit {bit} of LEDGER: {other}"),
        }
    }
}

#[test]
fn index_files_that_lie_change_no_answer_of_verify_and_lose_no_entry() {
    let (fs, firsts) = in_segments(&plain_ledger(), &[0, 3]);
    // Opening for writing makes the index files of the finished segment.
    let (writer, _) = torture::open(&fs).expect("it opens");
    writer.append(vec![contact(50, 1)], Expect::NewIncident).expect("it records");
    writer.close().expect("it closes");
    let expected: Vec<Vec<u8>> = entries_of(&fs);
    let derived: Vec<_> = fs
        .files(&path("log"))
        .into_iter()
        .filter(|file| file.extension().is_none_or(|end| end != "seg"))
        .collect();
    assert!(!derived.is_empty(), "index files of segment {}", firsts[0]);
    for file in derived {
        let whole = fs.read(&file).expect("an index file");
        for bit in places(whole.len() * 8, 300) {
            let fs = fs.fork();
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs.put(&file, bytes);
            assert!(verify(&fs).is_sound(), "bit {bit} of {}", file.display());
            assert_eq!(entries_of(&fs), expected, "bit {bit} of {}", file.display());
            let (writer, _) = torture::open(&fs).expect("it opens");
            let again = writer.append(vec![contact(1, 1), contact(50, 1)], Expect::Any).expect("it records");
            assert!(
                again.iter().all(|receipt| receipt.outcome == onus_store::Recorded::AlreadyThere),
                "bit {bit}"
            );
        }
    }
}

fn entries_of(fs: &FaultFs) -> Vec<Vec<u8>> {
    let reader = reader(fs).expect("it reads");
    let incident = onus_core::ids::Incident::parse("police:sussex/2023-11-01/1").expect("an incident");
    let seqs = reader.incident(&incident.key()).expect("it finds");
    seqs.into_iter().map(|seq| reader.entry(seq).expect("it reads").bytes().to_vec()).collect()
}
