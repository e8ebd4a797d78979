//! The block of evidence: one JSON object, in one spelling.
//!
//! Members stand in this order and nothing else does; a reader refuses another spelling, so that no two readers
//! see two things in one file (`docs/evidence.md`).

use onus_core::blame::{Blame, Blamed};
use onus_core::field_no::FieldNo;
use onus_core::seq::Seq;
use serde::{Deserialize, Serialize};

/// The format that this release writes and reads.
pub(super) const FORMAT: &str = "onus-evidence/1";

/// Why a block is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// Not an object of these members.
    #[error("its block of evidence is not of its form")]
    Form,
    /// The same, spelt in another way.
    #[error("its block of evidence is not spelt as an exporter spells it")]
    Spelling,
    /// A later format.
    #[error("its evidence is of a format that this release does not know")]
    Format,
}

impl Blamed for BlockError {
    fn blame(&self) -> Blame {
        match self {
            Self::Form | Self::Spelling => Blame::Damage,
            Self::Format => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Form | Self::Spelling => None,
            Self::Format => Some("check it with the release that made it, or a later one".into()),
        }
    }
}

/// Everything that an evidence file holds beside its viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub(super) format: String,
    /// The incident, as text.
    pub(super) incident: String,
    /// The signed checkpoint, with its cosignatures, verbatim.
    pub(super) checkpoint: String,
    /// The exporter's signed note.
    pub(super) manifest: String,
    /// Verifier keys: the log's, the manifest's, witnesses'. The file's word, until a reader brings their own.
    pub(super) keys: Vec<String>,
    /// The published schemas that the entries are read by.
    pub(super) schemas: Vec<SchemaText>,
    /// The incident's entries, in the ledger's order.
    pub(super) entries: Vec<Item>,
    /// Entries about the ledger: its opening, its schemas, its keys.
    pub(super) support: Vec<Item>,
    /// The hashes that the proofs name, each once, in base64.
    pub(super) nodes: Vec<String>,
    /// Keys of the texts that were opened for this file.
    pub(super) opened: Vec<Opened>,
    /// The texts that were not.
    pub(super) withheld: Vec<Withheld>,
}

/// A schema before compression, and the entry that published it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaText {
    pub(super) seq: Seq,
    pub(super) text: String,
}

/// One entry: stored bytes in base64, and its inclusion proof as places in `nodes`, leaf sibling first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) seq: Seq,
    pub(super) bytes: String,
    pub(super) path: Vec<usize>,
}

/// The key of one text, in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opened {
    pub(super) seq: Seq,
    pub(super) field: FieldNo,
    pub(super) key: String,
}

/// A text that stays sealed: its length in Unicode scalar values, and the ground, as a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Withheld {
    pub(super) seq: Seq,
    pub(super) field: FieldNo,
    pub(super) chars: u32,
    pub(super) ground: String,
}

impl Block {
    /// The one spelling: compact, in UTF-8, and without `<`, which would end the block in a page.
    pub(super) fn spell(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)?.replace('<', "\\u003c"))
    }

    /// Reads a block that is so spelt.
    pub(super) fn parse(text: &str) -> Result<Self, BlockError> {
        let block: Self = serde_json::from_str(text).map_err(|_| BlockError::Form)?;
        if block.format != FORMAT {
            return Err(BlockError::Format);
        }
        match block.spell() {
            Ok(spelling) if spelling == text => Ok(block),
            _ => Err(BlockError::Spelling),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        Block {
            format: FORMAT.into(),
            incident: "police:sussex/2023-05-01/142".into(),
            checkpoint: "a\n\n\u{2014} b c\n".into(),
            manifest: "</script><script>".into(),
            keys: vec![],
            schemas: vec![SchemaText { seq: Seq::new(1), text: "{\"a\":\"\u{e9}\u{2028}\\\"}".into() }],
            entries: vec![Item { seq: Seq::new(2), bytes: "AA==".into(), path: vec![0, 1] }],
            support: vec![],
            nodes: vec!["AA==".into()],
            opened: vec![],
            withheld: vec![Withheld {
                seq: Seq::new(2),
                field: FieldNo::new(16),
                chars: 3,
                ground: "not_disclosed".into(),
            }],
        }
    }

    #[test]
    fn a_block_is_read_as_it_was_spelt_and_holds_nothing_that_ends_it() -> Result<(), serde_json::Error> {
        let text = block().spell()?;
        assert!(!text.contains('<'));
        assert_eq!(Block::parse(&text), Ok(block()));
        Ok(())
    }

    #[test]
    fn another_spelling_a_stranger_or_a_later_format_is_refused() -> Result<(), serde_json::Error> {
        let text = block().spell()?;
        let cases = [
            (text.replace("\"seq\":2,\"bytes\"", "\"seq\": 2,\"bytes\""), BlockError::Spelling),
            (text.replace("\"keys\":[]", "\"keys\":[],\"keys\":[]"), BlockError::Form),
            (text.replace("\"keys\":[]", "\"keys\":[],\"more\":1"), BlockError::Form),
            (text.replace("onus-evidence/1", "onus-evidence/2"), BlockError::Format),
            (text.replace("\\u003c", "\\u003C"), BlockError::Spelling),
        ];
        for (changed, error) in cases {
            assert_ne!(changed, text);
            assert_eq!(Block::parse(&changed), Err(error), "{changed}");
        }
        Ok(())
    }
}
