//! What witnesses said of this ledger's checkpoints, kept beside them.
//!
//! The note `DIR/checkpoints/<size>/checkpoint` carries the last cosignature of each witness; the file
//! `cosignatures` beside it has all of them, a line each, so that their times show when the ledger was seen.
//!
//! # Promises
//! * A cosignature that was kept is durable, and none is taken away.
//!
//! # Never
//! * Nothing here was checked: whoever reads a line asks the keys that he trusts.

use crate::checkpoints::{SignCheckpointError, at};
use crate::ledger::Ledger;
use crate::small_files;
use onus_core::storage::{Audience, OpenHow, StoredFile};
use onus_proof::{CheckpointError, NoteSignature, SignatureLines, SignedCheckpoint, read_answer};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait between two tries for the file's lock.
const STEP: Duration = Duration::from_millis(10);

/// More than all cosignatures of one checkpoint take, in bytes: a million or so.
const FILE_BYTES_MAX: u64 = 1 << 28;

impl Ledger {
    /// Adds cosignatures to a checkpoint of this ledger. **Check them first.**
    pub fn keep_cosignatures(
        &self,
        signed: SignedCheckpoint,
        cosignatures: &[NoteSignature],
    ) -> Result<SignedCheckpoint, SignCheckpointError> {
        let mut signed = self.keep_checkpoint(signed)?;
        if cosignatures.is_empty() {
            return Ok(signed);
        }
        let path = self.checkpoint_file(signed.unchecked().head().size);
        let lines = path.with_file_name("cosignatures");
        let storage = self.machine.storage().as_ref();
        let file = storage.open(&lines, OpenHow::OpenOrCreate(Audience::Shared)).map_err(at(&lines))?;
        self.lock(&file).map_err(at(&lines))?;
        append(&file, &SignatureLines(cosignatures).to_string()).map_err(at(&lines))?;
        let by_same = |old: &NoteSignature| {
            cosignatures.iter().any(|new| new.name() == old.name() && new.id() == old.id())
        };
        signed.retain(|old| !by_same(old));
        signed.add(cosignatures.iter().cloned()).map_err(CheckpointError::from)?;
        small_files::replace(storage, &path, signed.to_string().as_bytes(), Audience::Shared)
            .map_err(at(&path))?;
        Ok(signed)
    }

    /// Every cosignature that was kept for the checkpoint of this size. **Nobody has checked them.**
    pub fn cosignatures(&self, size: u64) -> io::Result<Vec<NoteSignature>> {
        let path = self.checkpoint_file(size).with_file_name("cosignatures");
        let file = match self.machine.storage().open(&path, OpenHow::Read) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut bytes = vec![0; usize::try_from(file.len()?.min(FILE_BYTES_MAX)).map_err(io::Error::other)?];
        file.read_exact_at(&mut bytes, 0)?;
        // A line that a crash cut short says nothing.
        Ok(bytes
            .split_inclusive(|byte| *byte == b'\n')
            .flat_map(|line| read_answer(line).unwrap_or_default())
            .collect())
    }

    fn lock(&self, file: &Arc<dyn StoredFile>) -> io::Result<()> {
        let mut waited = Duration::ZERO;
        while !file.try_lock()? {
            if waited >= self.wait {
                return Err(io::Error::other("another process keeps cosignatures there"));
            }
            std::thread::sleep(STEP);
            waited += STEP;
        }
        Ok(())
    }
}

/// Writes lines at the file's end, durably.
fn append(file: &Arc<dyn StoredFile>, lines: &str) -> io::Result<()> {
    let end = file.len()?;
    let mut last = [b'\n'];
    if let Some(at) = end.checked_sub(1) {
        file.read_exact_at(&mut last, at)?;
    }
    let torn = if last == [b'\n'] { "" } else { "\n" };
    file.write_at(format!("{torn}{lines}").as_bytes(), end)?;
    file.sync()
}
