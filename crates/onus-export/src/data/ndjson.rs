//! NDJSON: one draft a line, as `onus record` takes it, in the order of the ledger.
//!
//! `entered_at` is stated where the ledger's clock was the only one; a text is the text where it was disclosed, else
//! `{"withheld": n, "ground": …}` or `{"erased": n, "on": …}`; `source` says which entry of which ledger it was.

use crate::data::event::{Event, TextState};
use crate::data::sink::{Made, Sink, SinkError};
use crate::data::table::NOT_DISCLOSED;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const FILE: &str = "events.ndjson";

/// One file of lines.
pub(crate) struct NdjsonFile {
    path: PathBuf,
    origin: String,
    out: BufWriter<File>,
}

impl NdjsonFile {
    pub(crate) fn new(folder: &Path, origin: &str) -> Result<Self, SinkError> {
        let path = folder.join(FILE);
        let file = File::create_new(&path).map_err(|e| SinkError::write(&path, e))?;
        Ok(Self { path, origin: origin.to_owned(), out: BufWriter::with_capacity(1 << 16, file) })
    }
}

impl Sink for NdjsonFile {
    fn put(&mut self, event: &Event) -> Result<(), SinkError> {
        let draft = draft(event, &self.origin);
        let wrote = serde_json::to_writer(&mut self.out, &draft)
            .map_err(std::io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"));
        wrote.map_err(|e| SinkError::write(&self.path, e))
    }

    fn finish(self: Box<Self>) -> Result<Made, SinkError> {
        let synced = self.out.into_inner().map_err(std::io::IntoInnerError::into_error);
        synced.and_then(|file| file.sync_all()).map_err(|e| SinkError::write(&self.path, e))?;
        Ok(Made { files: vec![FILE.into()] })
    }
}

/// The event as a draft.
pub(crate) fn draft(event: &Event, origin: &str) -> Value {
    // Each sealed text is numbered, so that its place in the JSON is known whatever the order of members there.
    let mut numbered = event.record.clone();
    let mut next = 0;
    numbered.visit_sealed(&mut |_, sealed| {
        sealed.key_id = next;
        next += 1;
    });
    let mut draft = numbered.to_json();
    put_texts(&mut draft, event);
    if let Some(members) = draft.as_object_mut() {
        members.remove("submitted_by");
        members.entry("entered_at").or_insert_with(|| event.head.recorded_at.rfc3339().into());
        if let Some(source) = members.get_mut("source").and_then(Value::as_object_mut) {
            source.insert("origin".into(), origin.into());
            source.insert("seq".into(), event.head.seq.into());
        }
    }
    draft
}

fn put_texts(value: &mut Value, event: &Event) {
    let number = value.get("sealed").and_then(|about| about.get("key_id")).and_then(Value::as_u64);
    if let Some(text) = number.and_then(|number| event.texts.get(usize::try_from(number).ok()?)) {
        *value = match &text.state {
            TextState::Opened(plain) => plain.expose().into(),
            TextState::Withheld => json!({ "withheld": text.sealed.chars, "ground": NOT_DISCLOSED }),
            TextState::Erased { on } => {
                json!({ "erased": text.sealed.chars, "on": on.london_day().to_string() })
            }
        };
        return;
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| put_texts(member, event)),
        Value::Array(items) => items.iter_mut().for_each(|item| put_texts(item, event)),
        _ => {}
    }
}
