//! The text of a checkpoint, as C2SP tlog-checkpoint lays it down: origin, size, root, each on a line.
//!
//! What a signature adds stands after a blank line, and is neither read nor judged here.

use onus_core::blame::{Blame, Blamed};
use onus_proof::base64_text;
use onus_proof::{Frontier, Hash, leaf_hash};
use onus_store::{ReadError, Reader};

/// A checkpoint's text: which ledger, at which size, with which root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointText {
    text: String,
    origin: String,
    size: u64,
    root: Hash,
}

/// Why a text is not a checkpoint of this ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Another form.
    #[error(
        "not a checkpoint: expected the ledger's origin, its size and its root in base64, each on a line"
    )]
    Form,
    /// Of another ledger.
    #[error("the checkpoint is of another ledger")]
    OtherOrigin,
    /// Later than what the ledger holds.
    #[error("the checkpoint speaks of {size} entries, the ledger holds {held}")]
    Ahead {
        /// Entries of the checkpoint.
        size: u64,
        /// Entries of the ledger.
        held: u64,
    },
    /// The ledger's entries give another root: the two do not tell the same history.
    #[error("the first {size} entries of the ledger have another root than the checkpoint states")]
    OtherRoot {
        /// Entries of the checkpoint.
        size: u64,
    },
}

impl Blamed for CheckpointError {
    fn blame(&self) -> Blame {
        match self {
            Self::Form | Self::OtherOrigin | Self::Ahead { .. } => Blame::Caller,
            // Either the text or the ledger is not what it was.
            Self::OtherRoot { .. } => Blame::Damage,
        }
    }
}

impl CheckpointText {
    /// Of a ledger's first `size` entries.
    #[must_use]
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        let text = format!("{origin}\n{size}\n{}\n", base64_text::encode(root.as_bytes()));
        Self { text, origin: origin.to_owned(), size, root }
    }

    /// Reads a checkpoint, signed or not.
    pub fn parse(note: &str) -> Result<Self, CheckpointError> {
        // Signatures follow the first blank line; a text that was never signed has none.
        let text = note.find("\n\n").and_then(|end| note.get(..=end)).unwrap_or(note);
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Form)?.split('\n');
        let mut line = || lines.next().ok_or(CheckpointError::Form);
        let (origin, size, root) = (line()?, line()?, line()?);
        let number: u64 = size.parse().map_err(|_| CheckpointError::Form)?;
        let root = base64_text::decode(root).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let (Some(root), true, false) = (root, number.to_string() == size, origin.is_empty()) else {
            return Err(CheckpointError::Form);
        };
        let root = Hash::from_bytes(root);
        Ok(Self { text: text.to_owned(), origin: origin.to_owned(), size: number, root })
    }

    /// The text, with the line end after each of its lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many entries it speaks of.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Their root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Whether it can be of a ledger that holds so many entries; its root is not looked at.
    pub fn fits(&self, origin: &str, held: u64) -> Result<(), CheckpointError> {
        match self.size {
            _ if self.origin != origin => Err(CheckpointError::OtherOrigin),
            size if size > held => Err(CheckpointError::Ahead { size, held }),
            _ => Ok(()),
        }
    }

    /// Whether the ledger's entries have the root that it states.
    pub fn agrees(&self, root: Hash) -> Result<(), CheckpointError> {
        if self.root == root { Ok(()) } else { Err(CheckpointError::OtherRoot { size: self.size }) }
    }
}

/// The RFC 6962 root of a ledger's first `size` entries, from their bytes alone. `progress` is told now and then
/// how many are done.
pub fn root_at(reader: &Reader, size: u64, progress: &dyn Fn(u64)) -> Result<Hash, ReadError> {
    const STEP: u64 = 65_536;
    let mut tree = Frontier::empty();
    for entry in reader.entries(0..size) {
        let entry = entry?;
        tree.push(leaf_hash(entry.bytes()));
        if entry.seq().get().is_multiple_of(STEP) {
            progress(entry.seq().get());
        }
    }
    Ok(tree.root())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    #[test]
    fn a_checkpoint_is_read_as_it_is_written_and_its_signatures_are_left_aside() {
        let body = format!("police.example/onus\n42\n{ROOT}\n");
        let plain = CheckpointText::parse(&body).unwrap();
        assert_eq!(CheckpointText::new("police.example/onus", 42, plain.root()), plain);
        let signed = CheckpointText::parse(&format!("{body}\n— police.example/onus AAAA\n")).unwrap();
        assert_eq!((signed.text(), signed.size()), (body.as_str(), 42));
        let extended = format!("{body}an extension\n");
        let with_extension = CheckpointText::parse(&format!("{extended}\n— a AAAA\n")).unwrap();
        assert_eq!(with_extension.text(), extended);
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        for text in [
            String::new(),
            "police.example/onus\n42\n".into(),
            format!("police.example/onus\n042\n{ROOT}\n"),
            format!("police.example/onus\n-1\n{ROOT}\n"),
            format!("\n1\n{ROOT}\n"),
            format!("police.example/onus\n42\n{ROOT}"),
            "police.example/onus\n42\nAAAA\n".into(),
        ] {
            assert_eq!(CheckpointText::parse(&text), Err(CheckpointError::Form), "{text:?}");
        }
    }

    #[test]
    fn a_checkpoint_of_another_ledger_or_of_more_entries_is_refused() {
        let of = CheckpointText::parse(&format!("police.example/onus\n42\n{ROOT}\n")).unwrap();
        assert_eq!(of.fits("police.example/onus", 42), Ok(()));
        assert_eq!(of.fits("police.example/other", 42), Err(CheckpointError::OtherOrigin));
        assert_eq!(of.fits("police.example/onus", 41), Err(CheckpointError::Ahead { size: 42, held: 41 }));
        assert_eq!(of.agrees(Hash::from_bytes([1; 32])), Err(CheckpointError::OtherRoot { size: 42 }));
    }
}
