//! NDJSON: one draft a line, as `onus record` takes it, in the order of the ledger.
//!
//! `entered_at` is stated where the ledger's clock was the only one; a text is the text where it was disclosed, else
//! `{"withheld": n, "ground": …}` or `{"erased": n, "on": …}`. Where the source has no name of its own for an event,
//! `source` says which entry of which ledger it was first. Recorded into another ledger and exported again, the lines
//! are the same. What the software records of itself is no draft: it stands in a file of its own.

use crate::data::event::{Event, TextState};
use crate::data::sink::{Made, Sink, SinkError};
use crate::data::table::{NOT_DISCLOSED, NOT_STATED};
use onus_core::code::Code;
use onus_core::kinds::Maker;
use onus_core::record::origin_and_seq;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const FILE: &str = "events.ndjson";
const OF_THE_LEDGER: &str = "ledger.ndjson";

/// Two files of lines: drafts, and what the software recorded of itself.
pub(crate) struct NdjsonFile {
    origin: String,
    drafts: Lines,
    of_the_ledger: Option<Lines>,
    folder: PathBuf,
}

struct Lines {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Lines {
    fn new(path: PathBuf) -> Result<Self, SinkError> {
        let file = File::create_new(&path).map_err(|e| SinkError::write(&path, e))?;
        Ok(Self { path, out: BufWriter::with_capacity(1 << 16, file) })
    }

    fn put(&mut self, draft: &Value) -> Result<(), SinkError> {
        let wrote = serde_json::to_writer(&mut self.out, draft)
            .map_err(std::io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"));
        wrote.map_err(|e| SinkError::write(&self.path, e))
    }

    fn finish(self) -> Result<(), SinkError> {
        let synced = self.out.into_inner().map_err(std::io::IntoInnerError::into_error);
        synced.and_then(|file| file.sync_all()).map_err(|e| SinkError::write(&self.path, e))
    }
}

impl NdjsonFile {
    pub(crate) fn new(folder: &Path, origin: &str) -> Result<Self, SinkError> {
        let drafts = Lines::new(folder.join(FILE))?;
        Ok(Self { origin: origin.to_owned(), drafts, of_the_ledger: None, folder: folder.to_path_buf() })
    }
}

impl Sink for NdjsonFile {
    fn put(&mut self, event: &Event) -> Result<(), SinkError> {
        let draft = draft(event, &self.origin);
        if event.kind().maker() == Maker::Draft {
            return self.drafts.put(&draft);
        }
        let lines = match &mut self.of_the_ledger {
            Some(lines) => lines,
            none => none.insert(Lines::new(self.folder.join(OF_THE_LEDGER))?),
        };
        lines.put(&draft)
    }

    fn finish(self: Box<Self>) -> Result<Made, SinkError> {
        let mut files = vec![FILE.to_owned()];
        self.drafts.finish()?;
        if let Some(lines) = self.of_the_ledger {
            lines.finish()?;
            files.push(OF_THE_LEDGER.into());
        }
        Ok(Made { files })
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
            let reference = event.record.common.source.reference.as_ref();
            let first = reference.map_or_else(
                || Some((origin.to_owned(), event.head.seq)),
                |reference| origin_and_seq(reference).map(|(origin, seq)| (origin.to_string(), seq)),
            );
            if let Some((origin, seq)) = first {
                source.remove("reference");
                source.insert("origin".into(), origin.into());
                source.insert("seq".into(), seq.get().into());
            }
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
            TextState::WithheldAtSource { ground } => json!({
                "withheld": text.sealed.chars, "ground": ground.as_ref().map_or(NOT_STATED, Code::as_str)
            }),
            TextState::Erased { on } => json!({ "erased": text.sealed.chars, "on": on.to_string() }),
        };
        return;
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| put_texts(member, event)),
        Value::Array(items) => items.iter_mut().for_each(|item| put_texts(item, event)),
        _ => {}
    }
}
