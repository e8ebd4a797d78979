//! Many batches, one caller: the next batch is encoded while the last one is committed.
//!
//! At most two requests are under way, so that the writer finds one at a time and a commit is a batch.

use onus_core::entry::EncodedEvent;
use onus_store::{Expect, PendingReceipts, Writer};

/// Events of one batch, and so of one commit.
pub(crate) const BATCH: usize = 8_192;

/// Hands in batches until there are no more, and returns when all are durable.
pub(crate) fn append_all(
    writer: &Writer,
    batches: impl IntoIterator<Item = anyhow::Result<Vec<EncodedEvent>>>,
) -> anyhow::Result<()> {
    let mut under_way: Option<PendingReceipts> = None;
    for batch in batches {
        let next = writer.submit(batch?, Expect::Any);
        if let Some(last) = under_way.replace(next) {
            last.wait()?;
        }
    }
    under_way.map_or(Ok(()), |last| Ok(last.wait().map(drop)?))
}
