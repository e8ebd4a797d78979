//! What each sealed text of an entry is, in a word or two.

use onus_core::kinds::Body;
use onus_core::stage::Stored;

/// What the sealed text of a field is, by the field's number in this body.
#[must_use]
pub fn label(body: &Body<Stored>, field: u16) -> &'static str {
    super::text_label(body.kind(), field)
}
