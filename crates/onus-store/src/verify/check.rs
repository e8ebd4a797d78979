//! The check of one stretch of the log by itself, and what must be known of it to join it to the others.

use crate::block::{Block, BlockHeader, BodyReader};
use crate::canonical::{Forms, Front};
use crate::damage::{Damage, Place, Problem};
use crate::hashing::QuickState;
use crate::head::Slots;
use crate::identity::LedgerIdentity;
use crate::layout::Layout;
use crate::number::memory;
use crate::verify::join::AlreadyHashed;
use crate::verify::plan::Stretch;
use crate::walk::{Fault, check_head};
use onus_core::codec::DecodeError;
use onus_core::entry::EntryHead;
use onus_core::kinds::{Body, Kind};
use onus_core::limits::ENTRY_HEAD_BYTES;
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_proof::{CompactRange, Link, leaf_hash};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher as _, BuildHasherDefault};

/// What every thread checks by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checker<'a> {
    pub(super) layout: &'a Layout,
    pub(super) identity: &'a LedgerIdentity,
    pub(super) slots: Slots,
    pub(super) forms: &'a Forms,
    /// The same for all threads, another at each run: nobody can prepare entries that collide.
    pub(super) hasher: &'a QuickState,
}

/// What a thread uses again and again.
#[derive(Debug)]
pub(super) struct Hands {
    bytes: Vec<u8>,
    bodies: BodyReader,
}

impl Default for Hands {
    fn default() -> Self {
        Self { bytes: Vec::new(), bodies: BodyReader::new() }
    }
}

/// When and as what the entry before was recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) recorded_at: Timestamp,
    pub(super) kind: u16,
}

impl Stamp {
    /// Whether `next` may be recorded after this.
    pub(super) fn allows(self, next: Timestamp) -> bool {
        next >= self.recorded_at || self.kind == Kind::ClockCorrected.number()
    }
}

/// First and last version of an incident in a stretch, dense between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) first: u32,
    pub(super) last: u32,
}

/// A stretch, checked up to its end or to its first bad place.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) segment: u64,
    /// Where its first block is, and what that says of what comes before.
    pub(super) place: Place,
    pub(super) first_seq: u64,
    pub(super) link_before: Option<Link>,
    pub(super) first_time: Option<Timestamp>,
    pub(super) first_epoch: u64,
    /// At its end.
    pub(super) at: u64,
    pub(super) next_seq: u64,
    pub(super) link: Link,
    pub(super) last: Option<Stamp>,
    pub(super) epoch: u64,
    /// Where the last whole commit ends, if one does: byte and seq.
    pub(super) whole: Option<(u64, u64)>,
    pub(super) leaves: Option<CompactRange>,
    /// By the hash of the incident.
    pub(super) versions: HashMap<u64, Span, BuildHasherDefault<AlreadyHashed>>,
    /// Hashes of incident and event id, one for each entry.
    pub(super) ids: Vec<u64>,
    /// Hashes of incidents whose versions are not dense here.
    pub(super) suspects: Vec<u64>,
    pub(super) bad: Option<Damage>,
}

impl Checker<'_> {
    /// Checks the blocks of a stretch.
    pub(super) fn check(&self, stretch: &Stretch, hands: &mut Hands) -> Result<Checked, Fault> {
        let mut checked = Checked::new(stretch);
        self.each_block(stretch, hands, |at, block| {
            self.check_block(&mut checked, stretch.segment, at, block)
        })?
        .unwrap_or_else(|damage| checked.bad = Some(damage));
        Ok(checked)
    }

    /// Reads a stretch and hands over its blocks; the inner error is the first damage.
    pub(super) fn each_block(
        &self,
        stretch: &Stretch,
        hands: &mut Hands,
        mut with: impl FnMut(u64, &Block) -> Result<(), Damage>,
    ) -> Result<Result<(), Damage>, Fault> {
        let path = self.layout.segment(stretch.segment);
        hands.bytes.resize(memory(stretch.bytes()), 0);
        stretch.file.read_exact_at(&mut hands.bytes, stretch.from).map_err(Fault::reading(&path))?;
        let mut rest = hands.bytes.as_slice();
        let mut at = stretch.from;
        while let Some((header, body)) = rest.split_first_chunk() {
            let place = Place::segment(stretch.segment, at);
            let opened = BlockHeader::parse(header).and_then(|header| {
                let stored =
                    body.split_at_checked(crate::number::small(header.stored_len)).ok_or(Problem::BodyCut)?;
                Ok((header, stored))
            });
            let (header, (stored, after)) = match opened {
                Ok(opened) => opened,
                Err(problem) => return Ok(Err(Damage::new(place, problem))),
            };
            let block = match Block::check(header, stored, &mut hands.bodies) {
                Ok(block) => block,
                Err(problem) => return Ok(Err(Damage::new(place.with_block(header.first_seq), problem))),
            };
            if let Err(damage) = with(at, &block) {
                return Ok(Err(damage));
            }
            at += u64::from(header.block_bytes());
            rest = after;
        }
        Ok(Ok(()))
    }

    fn check_block(&self, checked: &mut Checked, segment: u64, at: u64, block: &Block) -> Result<(), Damage> {
        let header = block.header();
        let place = || Place::segment(segment, at).with_block(header.first_seq);
        match checked.link_before {
            None => {
                checked.link_before = Some(header.link_before);
                checked.link = header.link_before;
                checked.first_epoch = header.epoch;
            }
            Some(_) if header.link_before != checked.link => {
                return Err(Damage::new(place(), Problem::LinkBefore));
            }
            Some(_) => {}
        }
        if header.first_seq != checked.next_seq {
            let problem =
                Problem::FirstSeq { expected: Seq::new(checked.next_seq), found: Seq::new(header.first_seq) };
            return Err(Damage::new(place(), problem));
        }
        if header.epoch < checked.epoch {
            return Err(Damage::new(place(), Problem::Epoch));
        }
        checked.epoch = header.epoch;
        for (seq, entry) in block.numbered() {
            let bad = |problem| Damage::new(place().with_entry(seq), problem);
            let head = check_head(seq, entry).map_err(|broken| bad(broken.problem))?;
            let link = checked.link.next(entry);
            for slot in self.slots.0.iter().flatten().filter(|slot| slot.seq == seq) {
                if slot.link != link {
                    return Err(bad(Problem::HeadLink));
                }
                if seq.checked_add(1) != Some(header.end_seq()) || header.goes_on {
                    return Err(bad(Problem::HeadInsideCommit));
                }
            }
            let record = entry.get(ENTRY_HEAD_BYTES..).unwrap_or_default();
            let front = self.check_record(&head, record).map_err(bad)?;
            if checked.last.is_some_and(|last| !last.allows(head.recorded_at)) {
                return Err(bad(Problem::TimeBack));
            }
            self.note(checked, &head, front).map_err(bad)?;
            checked.first_time.get_or_insert(head.recorded_at);
            checked.last = Some(Stamp { recorded_at: head.recorded_at, kind: head.kind });
            if let Some(leaves) = &mut checked.leaves {
                leaves.push(leaf_hash(entry));
            }
            checked.link = link;
            checked.next_seq = seq.saturating_add(1);
        }
        checked.at = at.saturating_add(u64::from(header.block_bytes()));
        if !header.goes_on {
            checked.whole = Some((checked.at, checked.next_seq));
        }
        Ok(())
    }

    /// The record decodes, and is written as this release writes it, where this release knows its kind.
    fn check_record<'e>(&self, head: &EntryHead, record: &'e [u8]) -> Result<Front<'e>, Problem> {
        let told = self.forms.check(head, record);
        if let Some(front) = told.filter(|_| head.seq > Seq::new(0)) {
            return Ok(front);
        }
        match Record::decode(head, record) {
            Ok(decoded) if head.seq == Seq::new(0) => self.check_opening(&decoded.body)?,
            Ok(_) | Err(DecodeError::UnknownKind) => {}
            Err(e) => return Err(Problem::Entry(e)),
        }
        // Of a kind that is not known, what every record begins with must be well formed all the same.
        self.front(record)
    }

    /// What the record begins with.
    pub(super) fn front<'e>(&self, record: &'e [u8]) -> Result<Front<'e>, Problem> {
        self.forms.front(record).ok_or(Problem::Entry(DecodeError::Malformed))
    }

    fn check_opening(&self, body: &Body<onus_core::stage::Stored>) -> Result<(), Problem> {
        match body {
            Body::LedgerOpened(opened)
                if *opened.id.as_bytes() == self.identity.id
                    && opened.origin == self.identity.origin
                    && opened.created == self.identity.created =>
            {
                Ok(())
            }
            _ => Err(Problem::OtherLedger),
        }
    }

    fn note(&self, checked: &mut Checked, head: &EntryHead, front: Front<'_>) -> Result<(), Problem> {
        let (incident, id) = self.hashes(front);
        checked.ids.push(id);
        let found = head.incident_version;
        if front.incident.is_none() != (found == 0) {
            return Err(Problem::Version { expected: u32::from(front.incident.is_some()), found });
        }
        if front.incident.is_none() {
            return Ok(());
        }
        match checked.versions.entry(incident) {
            Entry::Vacant(vacant) => {
                vacant.insert(Span { first: found, last: found });
            }
            Entry::Occupied(mut span) => {
                let span = span.get_mut();
                if span.last.checked_add(1) != Some(found) {
                    checked.suspects.push(incident);
                }
                span.last = found;
            }
        }
        Ok(())
    }

    /// Of the incident, and of incident and event id.
    pub(super) fn hashes(&self, front: Front<'_>) -> (u64, u64) {
        let incident = self.hasher.hash_one(front.incident);
        (incident, self.hasher.hash_one((incident, front.event_id)))
    }
}

impl Checked {
    fn new(stretch: &Stretch) -> Self {
        Self {
            segment: stretch.segment,
            place: Place::segment(stretch.segment, stretch.from).with_block(stretch.first_seq),
            first_seq: stretch.first_seq,
            link_before: None,
            first_time: None,
            first_epoch: 0,
            at: stretch.from,
            next_seq: stretch.first_seq,
            link: Link::from_bytes([0; 32]),
            last: None,
            epoch: 0,
            whole: None,
            leaves: CompactRange::new(stretch.first_seq).ok(),
            versions: HashMap::default(),
            ids: Vec::new(),
            suspects: Vec::new(),
            bad: None,
        }
    }
}
