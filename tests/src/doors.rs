//! Every door through which bytes come in that nobody vouches for. Behind each one anything may be answered; a
//! panic is what these are for. Tests and fuzz targets share them.

#![expect(clippy::expect_used, reason = "what is built here is built rightly")]
#![expect(clippy::missing_panics_doc, reason = "a panic here is a finding")]

pub mod proof;

use crate::torture::{self, path, reader, segment};
use onus_core::entry::{EncodedEvent, EntryHead, EntryOutline};
use onus_core::kinds::Kind;
use onus_core::record::{Draft, Record};
use onus_core::seq::Seq;
use onus_core::storage::{Audience, OpenHow, Storage as _, StoredFile};
use onus_proof::Link;
use onus_store::positions::{self, PositionFile};
use onus_store::terms::{self, TermFile};
use onus_store::{Expect, Reader};
use onus_testkit::fault_fs::FaultFs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

/// One line of NDJSON.
pub fn draft(line: &[u8]) {
    if let Err(error) = Draft::parse(line) {
        assert!(error.to_string().len() < 2_000, "an error is a sentence");
    }
}

/// A record, its kind known from the head.
pub fn record(head: &EntryHead, bytes: &[u8]) {
    if let Ok(record) = Record::decode(head, bytes) {
        drop((record.to_json(), record.sealed_texts(), record.without_texts()));
    }
    drop(Record::decode_common(head, bytes));
}

/// A whole entry.
pub fn entry(bytes: &[u8]) {
    drop(EntryOutline::parse(bytes));
    if let Ok((head, rest)) = EntryHead::parse(bytes) {
        record(&head, rest);
        for kind in [Kind::IncidentOpened, Kind::AttendanceDecided, Kind::PolicyPublished] {
            record(&EntryHead { kind: kind.number(), ..head }, rest);
        }
    }
}

/// A log of one segment.
pub fn log(ledger: &FaultFs, bytes: Vec<u8>) {
    let fs = ledger.fork();
    fs.put(&segment(0), bytes);
    ask(&fs);
}

/// What `head` says.
pub fn head(ledger: &FaultFs, bytes: Vec<u8>) {
    let fs = ledger.fork();
    fs.put(&path("head"), bytes);
    ask(&fs);
}

/// What `LEDGER` says.
pub fn identity(ledger: &FaultFs, bytes: Vec<u8>) {
    let fs = ledger.fork();
    fs.put(&path("LEDGER"), bytes);
    ask(&fs);
}

/// Everything that can be asked of a ledger: check it, read it, write to it.
fn ask(fs: &FaultFs) {
    drop(onus_store::verify(fs, Path::new(torture::DIR), NonZeroUsize::MIN, &|_, _| {}));
    if let Ok(reader) = reader(fs) {
        read(&reader);
    }
    if let Ok((writer, _)) = torture::open(fs) {
        drop(writer.append(vec![torture::contact(1, 1), torture::contact(40, 1)], Expect::Any));
        drop(writer.close());
    }
}

fn read(reader: &Reader) {
    for found in reader.entries(0..reader.size().min(10_000)) {
        if let Ok(found) = found {
            entry(found.bytes());
        } else {
            break;
        }
    }
    drop(reader.incident(torture::contact(1, 1).incident()));
    drop(reader.of_kind(Kind::ContactReceived.number()));
    drop((reader.receipt(Seq::new(reader.size().saturating_sub(1))), reader.stats(), reader.notes()));
}

/// A term file of a few hundred entries.
///
/// # Panics
/// Never: what is added is in order.
pub fn some_terms() -> Vec<u8> {
    let mut builder = terms::Builder::new(100);
    for seq in 100..900 {
        let event: EncodedEvent = torture::contact(seq % 70, seq);
        builder.add(seq, &terms::incident_term(event.incident())).expect("in order");
        builder.add(seq, &terms::kind_term(16)).expect("in order");
        builder.add(seq, &terms::kind_term(u16::try_from(20 + seq % 3).expect("small"))).expect("in order");
    }
    builder.finish(800, Link::from_bytes([1; 32]), 99_999).expect("in order")
}

/// A position file of a few hundred blocks.
///
/// # Panics
/// Never: no block is empty.
pub fn some_positions() -> Vec<u8> {
    let mut builder = positions::Builder::new(100);
    for n in 1..400 {
        builder.add(n % 7 + 1, n * 80).expect("no block is empty");
    }
    builder.finish(Link::from_bytes([1; 32])).expect("no block is empty")
}

fn file(bytes: Vec<u8>) -> Arc<dyn StoredFile> {
    let fs = FaultFs::new(0);
    fs.put(Path::new("/f"), bytes);
    fs.open(Path::new("/f"), OpenHow::OpenOrCreate(Audience::Shared)).expect("it was put there")
}

/// A term file.
pub fn terms(bytes: Vec<u8>) {
    let Ok(file) = TermFile::open(file(bytes)) else { return };
    let event = torture::contact(1, 1);
    drop((file.may_hold(event.incident()), file.lookup(&terms::incident_term(event.incident()))));
    for prefix in [&[][..], &terms::any_kind(), &[0xff]] {
        for term in file.prefix(prefix) {
            let Ok(term) = term else { break };
            if let Ok(postings) = term.postings() {
                assert_eq!(postings.len(), term.count());
                assert!(postings.iter().is_sorted());
                drop(postings.to_bitmap());
            }
        }
    }
    drop(terms::Builder::resume(&file));
}

/// A position file.
pub fn positions(bytes: Vec<u8>) {
    let Ok(file) = PositionFile::open(file(bytes)) else { return };
    for seq in (file.first_seq()..).take(2_000).chain([u64::MAX]) {
        if let Ok(Some(place)) = file.block_of(seq) {
            assert!(place.first_seq <= seq && seq - place.first_seq < u64::from(place.count));
        }
    }
    drop(positions::Builder::resume(&file));
}
