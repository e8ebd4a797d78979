//! The blocks that were read last, open. A handful: they serve the neighbours of an entry just read.

use crate::block::Block;
use std::collections::VecDeque;
use std::sync::Arc;

const BLOCKS_MAX: usize = 16;

/// The last few blocks.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<Arc<Block>>);

impl Recent {
    /// The block that holds the entry, if it was read lately.
    pub(crate) fn holding(&self, seq: u64) -> Option<Arc<Block>> {
        self.0
            .iter()
            .find(|block| (block.header().first_seq..block.header().end_seq()).contains(&seq))
            .cloned()
    }

    pub(crate) fn put(&mut self, block: Block) -> Arc<Block> {
        let block = Arc::new(block);
        if self.0.len() >= BLOCKS_MAX {
            self.0.pop_back();
        }
        self.0.push_front(Arc::clone(&block));
        block
    }
}
