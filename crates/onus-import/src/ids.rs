//! The id of an imported event: the same row makes the same id, in whatever file it stands.
//!
//! A UUID of version 8 (RFC 9562 §5.8) from the first 16 bytes of BLAKE3 `keyed_hash`, whose key is
//! `derive_key("onus 2026-11 imported event id", "")`, over three parts and a number: the source, the
//! row's key, the template's name, each after its length as `u32`; then the revision as `u32`. All
//! little-endian. The row's key is its key cells in the mapping's order, each after its length likewise.

use onus_core::ids::EventId;
use std::sync::Arc;

const CONTEXT: &str = "onus 2026-11 imported event id";

/// What names a row among those of its source: its key cells.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RowKey(Arc<[u8]>);

impl RowKey {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

// A key cell can be an identifier of a person: only its presence is shown.
impl std::fmt::Debug for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RowKey({} bytes)", self.0.len())
    }
}

/// Makes the ids of one source's events.
#[derive(Clone, Debug)]
pub(crate) struct EventIds {
    key: [u8; 32],
    source: Box<str>,
    input: Vec<u8>,
}

impl EventIds {
    pub(crate) fn of(source: &str) -> Self {
        Self { key: blake3::derive_key(CONTEXT, b""), source: source.into(), input: Vec::new() }
    }

    pub(crate) fn id(&mut self, key: &RowKey, template: &str, revision: u32) -> Option<EventId> {
        self.input.clear();
        append_part(&mut self.input, self.source.as_bytes());
        append_part(&mut self.input, &key.0);
        append_part(&mut self.input, template.as_bytes());
        self.input.extend_from_slice(&revision.to_le_bytes());
        let hash = blake3::keyed_hash(&self.key, &self.input);
        let (bytes, _) = hash.as_bytes().split_first_chunk::<16>()?;
        EventId::from_bytes(uuid::Builder::from_custom_bytes(*bytes).into_uuid().into_bytes())
    }
}

/// Appends a part after its length, so that no two lists of parts have the same bytes.
pub(crate) fn append_part(bytes: &mut Vec<u8>, part: &[u8]) {
    // A part is a cell or a name, both far below 4 GiB.
    bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(cells: &[&str]) -> RowKey {
        let mut bytes = Vec::new();
        for cell in cells {
            append_part(&mut bytes, cell.as_bytes());
        }
        RowKey::of(&bytes)
    }

    #[test]
    fn an_id_is_a_uuid_of_version_8_and_never_changes() {
        let id = EventIds::of("mcslc").id(&key(&["12485"]), "opened", 0).unwrap().to_string();
        assert_eq!(id, "dd3d88cd-d13a-804f-921f-720276cd2fbc");
    }

    #[test]
    fn cells_that_run_together_do_not_meet() {
        let mut ids = EventIds::of("s");
        assert_ne!(ids.id(&key(&["ab", "c"]), "t", 0), ids.id(&key(&["a", "bc"]), "t", 0));
        assert_ne!(ids.id(&key(&["ab"]), "t", 0), ids.id(&key(&["ab"]), "t", 1));
    }

    #[test]
    fn a_key_shows_no_cell() {
        assert_eq!(format!("{:?}", key(&["Jane Smith"])), "RowKey(14 bytes)");
    }
}
