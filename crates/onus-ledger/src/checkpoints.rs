//! Signing the ledger's head: what was signed once is never contradicted by this room.
//!
//! `DIR.private/keys/last-signed` holds the size, the chain link and the frontier that were signed last. Before
//! anything new is signed, that frontier is checked against the signed root, the link against the log, and the
//! leaves since are hashed from stored bytes; nothing derived is believed.
//!
//! # Promises
//! * Only what is acknowledged is signed.
//! * `last-signed` is durable before a note leaves, so that a machine that comes back knows what it has said.
//! * A ledger that is shorter than what was signed, or another one, is not signed for.

use crate::error::OpenError;
use crate::ledger::Ledger;
use crate::signing::SigningError;
use crate::small_files;
use crate::unlocked::Unlocked;
use onus_core::blame::{Blame, Blamed};
use onus_core::seq::Seq;
use onus_core::storage::{Audience, OpenHow};
use onus_core::vocabulary::KeyPurpose;
use onus_proof::{
    Checkpoint, CheckpointError, Frontier, Hash, Link, Note, NoteSigner, SignedCheckpoint, Statement,
    TreeHead, leaf_hash,
};
use onus_store::Reader;
use std::io;
use std::path::{Path, PathBuf};

/// What a receipt's note is signed for: its first line is `onus/receipt/v1`.
const RECEIPT: &str = "receipt";
const FIRST_LINE: &str = "onus last signed v1";

/// Why no checkpoint was signed. None left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignCheckpointError {
    /// The key, the ledger or the vault.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The ledger could not be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Another process is signing. Try again.
    #[error("another process is signing a checkpoint of this ledger")]
    Busy,
    /// The ledger has lost entries since: an older copy was put in its place. Find the newer one.
    #[error("size {signed} was signed, and the ledger has {size} entries: an older copy has taken its place")]
    RolledBack {
        /// What was signed last.
        signed: u64,
        /// What there is.
        size: u64,
    },
    /// The entries up to the last signed size are not those that were signed for. Keep both directories.
    #[error("the first {signed} entries are not those that were signed for: nothing is signed over them")]
    OtherHistory {
        /// What was signed last.
        signed: u64,
    },
    /// The note of what was signed last is damaged or gone. Restore it from its backup.
    #[error("{path} does not say what was signed last: restore it from the backup of the private directory")]
    LastSigned {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The origin cannot stand in a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl Blamed for SignCheckpointError {
    fn blame(&self) -> Blame {
        match self {
            Self::Signing(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::RolledBack { .. } | Self::OtherHistory { .. } | Self::LastSigned { .. } => Blame::Damage,
            Self::Busy | Self::File { .. } | Self::Checkpoint(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signing(e) => e.hint(),
            Self::Open(e) => e.hint(),
            _ => None,
        }
    }
}

impl Unlocked {
    /// Signs the head as far as it is acknowledged, and keeps the note beside the ledger.
    pub fn sign_checkpoint(&self) -> Result<SignedCheckpoint, SignCheckpointError> {
        self.signing_head(|reader, head, _, key| {
            let signed = Checkpoint::new(reader.identity().origin.as_str(), head)?.sign(key)?;
            self.ledger().keep_checkpoint(signed)
        })
    }

    /// Signs a receipt over everything acknowledged so far: origin, last entry, its link, and the tree's root
    /// (`docs/format.md` §7.2). `None` if there is nothing yet.
    pub fn sign_receipt(&self) -> Result<Option<Note>, SignCheckpointError> {
        self.signing_head(|reader, head, link, key| {
            let Some(seq) = head.size.checked_sub(1) else { return Ok(None) };
            let statement = Statement::new(RECEIPT)
                .and_then(|one| one.with("origin", &reader.identity().origin))
                .and_then(|one| one.with("seq", seq))
                .and_then(|one| one.with("link", link))
                .and_then(|one| one.with("root", head.root.to_base64()));
            let text = statement.map_err(|_| CheckpointError::Shape)?.to_string();
            Ok(Some(Note::sign(&text, key).map_err(CheckpointError::from)?))
        })
    }

    /// Hands the head to whoever signs it, once it is sure that it continues what was signed before and that this
    /// machine will know that it was signed.
    fn signing_head<T>(
        &self,
        sign: impl FnOnce(&Reader, TreeHead, Link, &NoteSigner) -> Result<T, SignCheckpointError>,
    ) -> Result<T, SignCheckpointError> {
        let ledger = self.ledger();
        let reader = ledger.read_to_sign()?;
        let key = self.signer(&reader, KeyPurpose::Checkpoint)?;
        let storage = ledger.machine.storage().as_ref();
        let lock = ledger.paths.keys().join("lock");
        let locked = storage
            .open(&lock, OpenHow::OpenOrCreate(Audience::Private))
            .and_then(|file| Ok((file.try_lock()?, file)))
            .map_err(at(&lock))?;
        if !locked.0 {
            return Err(SignCheckpointError::Busy);
        }
        let (frontier, before) = ledger.continued(&reader)?;
        let head = TreeHead { size: frontier.size(), root: frontier.root() };
        let link = link_at(&reader, head.size)?;
        if before != Some(head.size) {
            let path = ledger.last_signed();
            let text = written(&frontier, &link);
            small_files::replace(storage, &path, text.as_bytes(), Audience::Private).map_err(at(&path))?;
        }
        sign(&reader, head, link, &key)
    }
}

impl Ledger {
    /// Where this ledger's notes stand: `DIR/checkpoints/<size>/checkpoint`.
    pub fn checkpoint_file(&self, size: u64) -> PathBuf {
        self.paths.checkpoints().join(size.to_string()).join("checkpoint")
    }

    /// The sizes for which a checkpoint stands beside the ledger, ascending.
    pub fn checkpoint_sizes(&self) -> io::Result<Vec<u64>> {
        let folder = self.paths.checkpoints();
        let storage = self.machine.storage();
        if !storage.exists(&folder)? {
            return Ok(Vec::new());
        }
        let mut sizes: Vec<u64> =
            storage.names(&folder)?.iter().filter_map(|name| name.parse().ok()).collect();
        sizes.sort_unstable();
        Ok(sizes)
    }

    /// The note kept for a size; `None` if there is none. **Nobody has checked it.**
    pub fn kept_checkpoint(&self, size: u64) -> io::Result<Option<Vec<u8>>> {
        small_files::read(self.machine.storage().as_ref(), &self.checkpoint_file(size))
    }

    /// Keeps a note beside the ledger; signatures that stand under it already stay.
    pub(crate) fn keep_checkpoint(
        &self,
        mut signed: SignedCheckpoint,
    ) -> Result<SignedCheckpoint, SignCheckpointError> {
        let path = self.checkpoint_file(signed.unchecked().head().size);
        let storage = self.machine.storage().as_ref();
        let folders = [self.paths.checkpoints(), path.parent().unwrap_or(&path).to_owned()];
        for folder in &folders {
            small_files::make_folder(storage, folder, Audience::Shared).map_err(at(folder))?;
        }
        let kept = small_files::read(storage, &path).map_err(at(&path))?;
        if let Some(Ok(kept)) = kept.map(|bytes| SignedCheckpoint::parse(&bytes))
            && kept.unchecked() == signed.unchecked()
        {
            signed.add(kept.note().signatures().to_vec()).map_err(CheckpointError::from)?;
        }
        small_files::replace(storage, &path, signed.to_string().as_bytes(), Audience::Shared)
            .map_err(at(&path))?;
        Ok(signed)
    }

    /// What was signed last; none if nothing was.
    pub(crate) fn last_signed_head(&self) -> Result<Option<TreeHead>, SignCheckpointError> {
        let path = self.last_signed();
        let bytes = small_files::read(self.machine.storage().as_ref(), &path).map_err(at(&path))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let (frontier, _) = std::str::from_utf8(&bytes)
            .ok()
            .and_then(read)
            .ok_or(SignCheckpointError::LastSigned { path })?;
        Ok(Some(TreeHead { size: frontier.size(), root: frontier.root() }))
    }

    fn last_signed(&self) -> PathBuf {
        self.paths.keys().join("last-signed")
    }

    /// Whether the note of what was signed last is whole, and the log continues it.
    pub(crate) fn check_last_signed(&self, reader: &Reader) -> Result<(), SignCheckpointError> {
        self.last_frontier(reader).map(|_| ())
    }

    /// The frontier at the ledger's size, continued from what was signed last, and the size of that.
    fn continued(&self, reader: &Reader) -> Result<(Frontier, Option<u64>), SignCheckpointError> {
        let (mut frontier, before) = self.last_frontier(reader)?;
        for entry in reader.entries(frontier.size()..reader.size()) {
            frontier.push(leaf_hash(entry.map_err(OpenError::from)?.bytes()));
        }
        Ok((frontier, before))
    }

    /// What was signed last, of which the log is known to be a continuation; empty if nothing was.
    fn last_frontier(&self, reader: &Reader) -> Result<(Frontier, Option<u64>), SignCheckpointError> {
        let path = self.last_signed();
        let bytes = small_files::read(self.machine.storage().as_ref(), &path).map_err(at(&path))?;
        let sizes = self.checkpoint_sizes().map_err(at(&self.paths.checkpoints()))?;
        match (bytes, sizes.last()) {
            (None, None) => Ok((Frontier::empty(), None)),
            (None, Some(_)) => Err(SignCheckpointError::LastSigned { path }),
            (Some(bytes), _) => {
                let read = std::str::from_utf8(&bytes).ok().and_then(read);
                let (frontier, link) = read.ok_or(SignCheckpointError::LastSigned { path })?;
                let (signed, size) = (frontier.size(), reader.size());
                if signed > size {
                    return Err(SignCheckpointError::RolledBack { signed, size });
                }
                if link_at(reader, signed)? != link {
                    return Err(SignCheckpointError::OtherHistory { signed });
                }
                Ok((frontier, Some(signed)))
            }
        }
    }
}

/// The chain link after the first `size` entries.
fn link_at(reader: &Reader, size: u64) -> Result<Link, OpenError> {
    match size.checked_sub(1) {
        Some(last) => Ok(reader.receipt(Seq::new(last))?.link),
        None => Ok(Link::genesis(&reader.identity().id, reader.identity().origin.as_str())),
    }
}

fn written(frontier: &Frontier, link: &Link) -> String {
    let mut text = format!("{FIRST_LINE}\n{}\n{}\n{link}\n", frontier.size(), frontier.root());
    for hash in frontier.hashes() {
        text = format!("{text}{hash}\n");
    }
    text
}

/// What [`written`] wrote; `None` unless the frontier leads to the root that was signed.
fn read(text: &str) -> Option<(Frontier, Link)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    if lines.next()? != FIRST_LINE {
        return None;
    }
    let size = lines.next()?.parse().ok()?;
    let root: Hash = lines.next()?.parse().ok()?;
    let link = lines.next()?.parse().ok()?;
    let hashes = lines.map(|line| line.parse().ok()).collect::<Option<Vec<Hash>>>()?;
    let frontier = Frontier::from_parts(size, hashes).ok()?;
    (frontier.root() == root).then_some((frontier, link))
}

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> SignCheckpointError + use<> {
    let path = path.to_owned();
    move |source| SignCheckpointError::File { path, source }
}
