//! One commit in the making: entries are numbered, chained and laid into blocks; the blocks are hashed into
//! leaves and compressed, on a second thread where there is enough to do.
//!
//! What is made here is not durable and touches no file. A commit that is dropped never happened.

use crate::block::{BlockWriter, RawBlock};
use crate::limits::{BLOCK_RAW_BYTES, LENGTH_BYTES};
use crate::number::wide;
use crate::walk::Chain;
use onus_core::entry::EntryHead;
use onus_core::limits::ENTRY_HEAD_BYTES;
use onus_proof::{Hash, Link, leaf_hash};
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Blocks handed to the helper at a time.
const PARCEL: usize = 4;
/// Bodies whose memory is kept for the next commit.
const SPARE_MAX: usize = 128;

/// A block as it is stored, and the leaves of its entries.
#[derive(Debug)]
pub(crate) struct Pressed {
    pub(crate) count: u32,
    pub(crate) stored: Vec<u8>,
    pub(crate) leaves: Vec<Hash>,
    /// The body's memory, to be used again.
    spare: Vec<u8>,
}

fn press(block: RawBlock, writer: &mut BlockWriter) -> io::Result<Pressed> {
    let leaves = block.entries().map(leaf_hash).collect();
    let mut stored = Vec::with_capacity(block.raw.len() / 3 + 128);
    writer.put(&block, &mut stored)?;
    Ok(Pressed { count: block.count, stored, leaves, spare: block.raw })
}

/// Presses blocks: at once, or on its own thread while the next ones are chained.
#[derive(Debug)]
pub(crate) struct Press {
    writer: BlockWriter,
    helper: Option<Helper>,
    /// Parcels that the helper has not given back yet.
    out: usize,
    /// Memory of bodies, to be used again.
    spare: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Helper {
    work: Sender<Vec<RawBlock>>,
    done: Receiver<io::Result<Vec<Pressed>>>,
    thread: JoinHandle<()>,
}

impl Press {
    /// With a helper, if it is to be had.
    pub(crate) fn new(with_helper: bool) -> io::Result<Self> {
        let helper = if with_helper { Some(Helper::start()?) } else { None };
        Ok(Self { writer: BlockWriter::new()?, helper, out: 0, spare: Vec::new() })
    }
}

impl Helper {
    fn start() -> io::Result<Self> {
        let (work, blocks) = channel::<Vec<RawBlock>>();
        let (results, done) = channel();
        let mut writer = BlockWriter::new()?;
        let run = move || {
            for parcel in blocks {
                let pressed = parcel.into_iter().map(|block| press(block, &mut writer)).collect();
                if results.send(pressed).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("onus-press".into()).spawn(run)?;
        Ok(Self { work, done, thread })
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        if let Some(Helper { work, done, thread }) = self.helper.take() {
            drop((work, done));
            // A helper that panicked has nothing left to say.
            drop(thread.join());
        }
    }
}

/// A commit that can be written: its bytes, and where its blocks are in them.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    pub(crate) bytes: Vec<u8>,
    /// Entries and bytes of each block.
    pub(crate) blocks: Vec<(u32, u32)>,
    /// Of each entry, in order.
    pub(crate) leaves: Vec<Hash>,
}

/// A commit in the making.
#[derive(Debug)]
pub(crate) struct Commit<'a> {
    press: &'a mut Press,
    chain: Chain,
    block: RawBlock,
    links: Vec<Link>,
    /// Blocks that wait to be handed to the helper together.
    parcel: Vec<RawBlock>,
    pressed: Vec<Pressed>,
    failed: Option<io::Error>,
}

impl<'a> Commit<'a> {
    /// To follow what the chain has come to.
    pub(crate) fn new(press: &'a mut Press, chain: Chain) -> Self {
        let block = empty_block(chain, press.spare.pop());
        let (links, parcel, pressed) = (Vec::new(), Vec::new(), Vec::new());
        Self { press, chain, block, links, parcel, pressed, failed: None }
    }

    /// Adds an entry; its seq is the chain's next.
    pub(crate) fn push(&mut self, head: &EntryHead, record: &[u8]) {
        let length = ENTRY_HEAD_BYTES + record.len();
        let full = self.block.raw.len() + LENGTH_BYTES + length > BLOCK_RAW_BYTES;
        if full && self.block.count > 0 {
            self.end_block(true);
        }
        let start = self.block.raw.len() + LENGTH_BYTES;
        // A record is within its limit by its type.
        let stated = u16::try_from(length).unwrap_or(u16::MAX);
        self.block.raw.extend_from_slice(&stated.to_be_bytes());
        self.block.raw.extend_from_slice(&head.to_bytes());
        self.block.raw.extend_from_slice(record);
        self.block.count += 1;
        let link = self.chain.link.next(self.block.raw.get(start..).unwrap_or_default());
        self.chain = Chain { next_seq: self.chain.next_seq + 1, link };
        self.links.push(link);
    }

    fn end_block(&mut self, goes_on: bool) {
        let mut block = std::mem::replace(&mut self.block, empty_block(self.chain, self.press.spare.pop()));
        block.goes_on = goes_on;
        self.parcel.push(block);
        match &self.press.helper {
            Some(helper) if self.parcel.len() >= PARCEL => {
                match helper.work.send(std::mem::take(&mut self.parcel)) {
                    Ok(()) => self.press.out += 1,
                    Err(_) => self.failed = Some(helper_gone()),
                }
            }
            _ => {}
        }
    }

    /// Presses here what is left: for a small commit all of it, since waking another thread costs more.
    fn press_the_rest(&mut self) -> io::Result<Vec<Pressed>> {
        self.parcel.drain(..).map(|block| press(block, &mut self.press.writer)).collect()
    }

    /// Ends the commit: its bytes, where the chain has come to, and the link after each entry.
    pub(crate) fn seal(mut self) -> io::Result<(Sealed, Chain, Vec<Link>)> {
        if self.block.count > 0 {
            self.end_block(false);
        }
        let rest = self.press_the_rest();
        while self.press.out > 0 {
            self.press.out -= 1;
            let done = self.press.helper.as_ref().and_then(|helper| helper.done.recv().ok());
            match done.unwrap_or_else(|| Err(helper_gone())) {
                Ok(pressed) => self.pressed.extend(pressed),
                Err(e) => self.failed = Some(e),
            }
        }
        if let Some(e) = self.failed {
            return Err(e);
        }
        self.pressed.extend(rest?);
        let mut sealed = Sealed::default();
        for block in self.pressed {
            let len = u32::try_from(block.stored.len()).unwrap_or(u32::MAX);
            sealed.blocks.push((block.count, len));
            sealed.bytes.extend_from_slice(&block.stored);
            sealed.leaves.extend_from_slice(&block.leaves);
            if self.press.spare.len() < SPARE_MAX && block.spare.capacity() <= 2 * BLOCK_RAW_BYTES {
                self.press.spare.push(block.spare);
            }
        }
        debug_assert_eq!(wide(sealed.leaves.len()), wide(self.links.len()));
        Ok((sealed, self.chain, self.links))
    }
}

fn helper_gone() -> io::Error {
    io::Error::other("the thread that compresses blocks has ended")
}

fn empty_block(chain: Chain, spare: Option<Vec<u8>>) -> RawBlock {
    let mut raw = spare.unwrap_or_default();
    raw.clear();
    RawBlock { first_seq: chain.next_seq, count: 0, link_before: chain.link, goes_on: false, raw }
}
