//! Every bound of the model, with its unit in its name. `docs/format.md` states the same numbers,
//! and a test compares the two.

/// An entry, head included: the C2SP entry-bundle length is a `u16`.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// The entry head that the writer puts before the common record.
pub const ENTRY_HEAD_BYTES: usize = 28;
/// Common record and body of one event.
pub const RECORD_BYTES_MAX: usize = ENTRY_BYTES_MAX - ENTRY_HEAD_BYTES;
/// A `Code`.
pub const CODE_BYTES_MAX: usize = 64;
/// The code half of an agency identifier.
pub const AGENCY_CODE_BYTES_MAX: usize = 32;
/// An incident's number.
pub const INCIDENT_NUMBER_BYTES_MAX: usize = 32;
/// A ledger's origin line.
pub const ORIGIN_BYTES_MAX: usize = 48;
/// One free text, in UTF-8 before sealing.
pub const TEXT_BYTES_MAX: usize = 16_384;
/// Items of one list in a record.
pub const LIST_ITEMS_MAX: usize = 256;
/// A signed note carried in a record.
pub const NOTE_BYTES_MAX: usize = 4_096;
/// A published schema, compressed.
pub const SCHEMA_BYTES_MAX: usize = 60_000;
/// One line of NDJSON drafts.
pub const DRAFT_LINE_BYTES_MAX: usize = 1_048_576;
/// Nesting of one JSON draft.
pub const DRAFT_DEPTH_MAX: usize = 16;
