//! What a log says of its own state when it is read.

use onus_store::{Reader, ReaderNote};

/// What the reader has to say besides its answers, each thing once, in words.
pub(crate) fn notes(reader: &Reader) -> Vec<String> {
    let mut notes: Vec<ReaderNote> = Vec::new();
    for note in reader.notes() {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes.iter().map(ToString::to_string).collect()
}
