//! The ids of drafts that name none, in a file: the same line of the same file has the same id every time.
//!
//! A UUID of version 8 (RFC 9562 §5.8) from the first 16 bytes of BLAKE3 `keyed_hash`, whose key is
//! `derive_key("onus 2026-12 event id of a line of drafts", "")`, over the BLAKE3 digest of the whole file and the
//! line's number from 1 as `u64`, little-endian.

use onus_core::ids::EventId;
use onus_core::record::Draft;
use onus_core::stage::Given;

const CONTEXT: &str = "onus 2026-12 event id of a line of drafts";

/// Gives ids to the drafts of one file.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineIds {
    key: [u8; 32],
    file: blake3::Hash,
}

impl LineIds {
    pub(super) fn of(file: blake3::Hash) -> Self {
        Self { key: blake3::derive_key(CONTEXT, b""), file }
    }

    /// Gives the draft of a line its id, unless it brings one.
    pub(super) fn give(&self, draft: &mut Draft, line: u64) {
        if draft.common.event_id == Given::Nobody
            && let Some(id) = self.id(line)
        {
            draft.common.event_id = Given::Source(id);
        }
    }

    fn id(&self, line: u64) -> Option<EventId> {
        let mut input = blake3::Hasher::new_keyed(&self.key);
        input.update(self.file.as_bytes()).update(&line.to_le_bytes());
        let hash = input.finalize();
        let (bytes, _) = hash.as_bytes().split_first_chunk::<16>()?;
        EventId::from_bytes(uuid::Builder::from_custom_bytes(*bytes).into_uuid().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_8_and_hangs_on_file_and_line() {
        let id = |file: &[u8], line| LineIds::of(blake3::hash(file)).id(line).map(|id| id.to_string());
        let first = id(b"file", 1).unwrap();
        assert_eq!(first, "2f143bf3-f1e0-85ac-816f-7a1c460bb55e", "it never changes");
        assert_ne!(id(b"file", 2), id(b"file", 1));
        assert_ne!(id(b"other", 1), id(b"file", 1));
    }
}
