//! Bytes that are anything: no panic, whoever reads them. A seeded mutator on stable; `tests/fuzz` has the same
//! doors for a fuzzer.
//!
//! Where a check sum would turn the garbage away at the door, it is made right first, so that what stands behind
//! it meets the garbage too.

use onus_core::entry::{EntryHead, EntryOutline};
use onus_core::kinds::Kind;
use onus_core::record::{Draft, Record};
use onus_proof::{
    AddCheckpoint, Algorithm, Checkpoint, Equivocation, NoteSigner, SignatureLines, Statement, TlogProof,
    TreeHead, leaf_hash, node_hash,
};
use onus_testkit::events::{self, incident};
use onus_testkit::fault_fs::FaultFs;
use onus_testkit::samples::{Fullness, record_bytes};
use onus_testkit::seed::Seed;
use onus_testkit::workload::Workload;
use onus_tests::doors;
use onus_tests::surgery;
use onus_tests::torture::{contact, ledger_of, long_form, many, path, segment};

fn rounds(short: u64) -> u64 {
    if long_form() { short * 100 } else { short }
}

/// Changes a few bytes: values, order, length.
fn mutated(of: &[u8], seed: &mut Seed) -> Vec<u8> {
    let mut bytes = of.to_vec();
    for _ in 0..=seed.below(4) {
        let at = seed.index(bytes.len() + 1);
        let [value, ..] = seed.bits().to_le_bytes();
        match seed.below(7) {
            0 => bytes.insert(at, value),
            1 => bytes.truncate(at),
            2 => {
                let from = seed.index(bytes.len() + 1);
                let piece: Vec<u8> = bytes.iter().skip(from).take(seed.index(40)).copied().collect();
                bytes.splice(at..at, piece);
            }
            3 => drop(bytes.drain(at..(at + seed.index(9)).min(bytes.len()))),
            _ => {
                let interesting = *seed.pick(&[value, 0, 1, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xff]);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = interesting;
                }
            }
        }
    }
    bytes
}

fn random(seed: &mut Seed, len_max: usize) -> Vec<u8> {
    let len = seed.index(len_max);
    (0..len).map(|_| seed.bits().to_le_bytes()[0]).collect()
}

fn head(kind: Kind) -> EntryHead {
    EntryHead { incident_version: 1, ..onus_testkit::samples::head(kind) }
}

/// Garbage that states great lengths must not be believed: what this process ever held at once stays small.
fn memory_stayed_small() {
    // Where there is no /proc, other machines check this.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.is_none_or(|kib| kib < 256 * 1_024), "{peak:?} KiB at the peak");
}

#[test]
fn records_of_every_kind() {
    let mut seed = Seed::new(1);
    for kind in Kind::ALL {
        for fullness in [Fullness::Bare, Fullness::Full] {
            let whole = record_bytes(*kind, fullness);
            for _ in 0..rounds(60) {
                doors::record(&head(*kind), &mutated(&whole, &mut seed));
            }
        }
        for _ in 0..rounds(10) {
            doors::record(&head(*kind), &random(&mut seed, 300));
        }
    }
}

#[test]
fn a_record_that_decodes_is_the_one_that_was_encoded() {
    let mut seed = Seed::new(2);
    let mut decoded = 0;
    for kind in Kind::ALL {
        let whole = record_bytes(*kind, Fullness::Full);
        for _ in 0..rounds(60) {
            let bytes = mutated(&whole, &mut seed);
            if let Ok(record) = Record::decode(&head(*kind), &bytes) {
                decoded += 1;
                let again = record.encode(onus_core::entry::IdOrigin::Source).expect("within the limits");
                assert_eq!(again.record(), bytes, "{} has one encoding", kind.name());
            }
        }
    }
    assert!(decoded > 100, "the mutator leaves some that decode: {decoded}");
}

#[test]
fn entries() {
    let mut seed = Seed::new(3);
    let whole = [head(Kind::ContactReceived).to_bytes().as_slice(), contact(1, 1).record()].concat();
    for _ in 0..rounds(20_000) {
        let bytes = mutated(&whole, &mut seed);
        doors::entry(&bytes);
        if let Ok((head, _)) = EntryHead::parse(&bytes) {
            assert_eq!(
                head.to_bytes().as_slice(),
                bytes.get(..28).expect("a head"),
                "an entry's head has one encoding"
            );
        }
        drop(EntryOutline::parse(&random(&mut seed, 80)));
    }
}

#[test]
fn drafts() {
    let mut seed = Seed::new(4);
    let mut call = incident("police:sussex/2023-05-01/1");
    let told = [call.contact(), call.opened(), call.triage(onus_core::vocabulary::Strand::Transport)];
    let mut lines: Vec<Vec<u8>> =
        told.iter().map(|event| event.record().to_json().to_string().into_bytes()).collect();
    lines.extend(Workload::new(1, 6).take(40).map(|event| event.record().to_json().to_string().into_bytes()));
    for line in &lines {
        for _ in 0..rounds(150) {
            doors::draft(&mutated(line, &mut seed));
        }
    }
    for opening in ["[", "{\"a\":", "{\"body\":[", "[[\"", "{\"\\u"] {
        for times in [1, 15, 16, 17, 1_000, 100_000] {
            doors::draft(opening.repeat(times).as_bytes());
        }
    }
    for _ in 0..rounds(3_000) {
        doors::draft(&random(&mut seed, 200));
    }
}

/// A canary in every string of a draft does not come back in any error.
#[test]
fn no_error_repeats_what_a_draft_says() {
    const CANARY: &str = "cAnArY";
    let line = events::incident("police:sussex/2023-05-01/1").opened().record().to_json();
    let mut places = Vec::new();
    strings(&line, &mut Vec::new(), &mut places);
    assert!(places.len() > 10, "{} strings", places.len());
    for place in places {
        let mut poisoned = line.clone();
        let mut at = &mut poisoned;
        for name in &place {
            at = at.get_mut(name).expect("a place in the draft");
        }
        for text in
            [format!("{CANARY} x"), CANARY.repeat(400), format!("{CANARY}\u{0}"), format!("2023-{CANARY}")]
        {
            *at = text.into();
            if let Err(error) = Draft::parse(poisoned.to_string().as_bytes()) {
                let words = format!("{error} {error:?}");
                assert!(!words.contains(CANARY), "{place:?}: {words}");
            }
            at = &mut poisoned;
            for name in &place {
                at = at.get_mut(name).expect("a place in the draft");
            }
        }
    }
}

fn strings(json: &serde_json::Value, at: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match json {
        serde_json::Value::String(_) => found.push(at.clone()),
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                at.push(name.clone());
                strings(value, at, found);
                at.pop();
            }
        }
        _ => {}
    }
}

fn small_ledger() -> FaultFs {
    ledger_of([vec![contact(1, 1)], vec![contact(1, 2), contact(2, 1)], many(0, 60)])
}

#[test]
fn segments_whose_check_sums_are_right_again() {
    let mut seed = Seed::new(5);
    let fs = small_ledger();
    let whole = surgery::blocks(&fs.read(&segment(0)).expect("a segment"));
    for _ in 0..rounds(1_500) {
        let mut blocks = whole.clone();
        let index = seed.index(blocks.len());
        let block = blocks.get_mut(index).expect("a block");
        if seed.one_in(2) {
            block.body = mutated(&block.body, &mut seed);
        } else {
            let header = mutated(&block.header, &mut seed);
            block.header.iter_mut().zip(header).for_each(|(old, new)| *old = new);
        }
        // Some lengths are left lying, with a header check sum that vouches for them.
        blocks = blocks
            .iter()
            .map(|block| if seed.one_in(3) { block.crcs_only() } else { block.resealed() })
            .collect();
        doors::log(&fs, surgery::segment(&blocks));
    }
    for _ in 0..rounds(300) {
        doors::log(&fs, random(&mut seed, 2_000));
    }
    memory_stayed_small();
}

#[test]
fn heads_whose_check_sums_are_right_again() {
    let mut seed = Seed::new(6);
    let fs = small_ledger();
    let whole = fs.read(&path("head")).expect("a head");
    for _ in 0..rounds(400) {
        let mut bytes = mutated(&whole, &mut seed);
        if seed.one_in(2) {
            bytes = bytes.chunks(64).flat_map(surgery::resealed_slot).collect();
        }
        doors::head(&fs, bytes);
    }
}

#[test]
fn identities() {
    let mut seed = Seed::new(7);
    let fs = small_ledger();
    let whole = fs.read(&path("LEDGER")).expect("an identity");
    for _ in 0..rounds(1_000) {
        doors::identity(&fs, mutated(&whole, &mut seed));
    }
}

#[test]
fn term_and_position_files() {
    let mut seed = Seed::new(8);
    let terms = doors::some_terms();
    let positions = doors::some_positions();
    for _ in 0..rounds(4_000) {
        doors::terms(mutated(&terms, &mut seed));
        doors::positions(mutated(&positions, &mut seed));
        doors::terms(surgery::resealed_index(&mutated(&terms, &mut seed)));
        doors::positions(surgery::resealed_index(&mutated(&positions, &mut seed)));
    }
    memory_stayed_small();
}

#[test]
fn proofs_of_every_format() {
    let signer = NoteSigner::from_seed("example.com/log", &[1; 32]).expect("a good name");
    let head = TreeHead { size: 2, root: node_hash(&leaf_hash(b"0"), &leaf_hash(b"1")) };
    let noted = Checkpoint::new("example.com/log", head).and_then(|head| head.sign(&signer)).expect("good");
    let checkpoint = || noted.clone();
    let path = vec![leaf_hash(b"1")];
    let key = signer.verifier(Algorithm::Ed25519);
    let files = [
        noted.to_string(),
        TlogProof::new(Some(vec![1, 2]), 0, path.clone(), checkpoint()).to_string(),
        AddCheckpoint { old_size: 1, proof: path.clone(), checkpoint: checkpoint() }.to_string(),
        SignatureLines(noted.note().signatures()).to_string(),
        format!("log {key}\nquorum none\n"),
        Equivocation::different_sizes(checkpoint(), checkpoint(), leaf_hash(b"0"), path).to_string(),
        key.to_string(),
        "tile/0/x001/000.p/3".to_owned(),
        Statement::new("receipt").and_then(|said| said.with("seq", 1)).expect("good").to_string(),
    ];
    let mut seed = Seed::new(6);
    for _ in 0..rounds(4_000) {
        let bytes = mutated(seed.pick(&files).as_bytes(), &mut seed);
        doors::proof::note(&bytes);
        doors::proof::checkpoint(&bytes);
        doors::proof::tlog_proof(&bytes);
        doors::proof::add_checkpoint(&bytes);
        doors::proof::witness_answer(&bytes);
        doors::proof::policy(&bytes);
        doors::proof::equivocation(&bytes);
        doors::proof::tile(&bytes);
        doors::proof::verifier_key(&bytes);
        doors::proof::statement(&bytes);
    }
}
