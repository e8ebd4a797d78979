//! A file of keys that were handed out: each opens one text of one entry, in any copy of the ledger. No vault is needed.

use crate::entry::EntryAnswer;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Origin;
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_ledger::{FieldKey, open_disclosed};
use onus_proof::base64_text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Keys of texts, as `onus disclose` writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldKeys {
    /// `onus/field-keys/v1`.
    pub format: String,
    /// The ledger.
    pub origin: String,
    /// The incident.
    pub incident: String,
    /// When the keys were handed out: RFC 3339.
    pub made_at: String,
    /// By whom.
    pub made_by: String,
    /// To whom.
    pub recipient: String,
    /// On which ground.
    pub ground: String,
    /// The keys.
    pub keys: Vec<KeyOfText>,
    /// Texts that stay closed.
    pub withheld: Vec<WithheldText>,
}

/// One key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyOfText {
    /// The entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Its event.
    pub event_id: String,
    /// The kind of event.
    pub event: String,
    /// The number of the text's field.
    #[schemars(with = "u16")]
    pub field: FieldNo,
    /// What the text is.
    pub text: String,
    /// Its length in characters.
    pub chars: u32,
    /// 32 bytes in base64.
    pub key: String,
}

/// A key is a secret: it is in no log.
impl fmt::Debug for KeyOfText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("KeyOfText");
        shown.field("seq", &self.seq).field("field", &self.field).finish_non_exhaustive()
    }
}

/// One text that stays closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithheldText {
    /// The entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The number of the text's field.
    #[schemars(with = "u16")]
    pub field: FieldNo,
    /// Its length in characters.
    pub chars: u32,
    /// Why.
    pub why: String,
}

/// Why keys open nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldKeysError {
    /// It is something else.
    #[error("this is not a file of keys that `onus disclose` writes")]
    Form,
    /// A later release wrote it.
    #[error("the keys are in a form that this release does not read")]
    Format,
    /// The keys are of another ledger.
    #[error("the keys are of another ledger")]
    OtherLedger,
    /// A key is not 32 bytes in base64.
    #[error("a key in the file is malformed")]
    Key,
}

impl Blamed for FieldKeysError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

impl FieldKeys {
    /// The form that is written.
    pub const FORMAT: &'static str = "onus/field-keys/v1";

    /// Reads a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldKeysError> {
        let keys: Self = serde_json::from_slice(bytes).map_err(|_| FieldKeysError::Form)?;
        if keys.format == Self::FORMAT { Ok(keys) } else { Err(FieldKeysError::Format) }
    }

    /// Opens the texts of these answers for which there is a key.
    pub(crate) fn open(
        &self,
        origin: &Origin,
        entries: &[Entry],
        answers: &mut [EntryAnswer],
    ) -> Result<(), FieldKeysError> {
        if self.origin != origin.as_str() {
            return Err(FieldKeysError::OtherLedger);
        }
        for key in &self.keys {
            let bytes = base64_text::decode(&key.key).and_then(|bytes| bytes.try_into().ok());
            let bytes: [u8; FieldKey::BYTES] = bytes.ok_or(FieldKeysError::Key)?;
            let entry =
                entries.binary_search_by_key(&key.seq, Entry::seq).ok().and_then(|at| entries.get(at));
            let record = entry
                .and_then(|entry| Some(Record { common: entry.common.clone(), body: entry.body.clone()? }));
            let Some(record) = record else { continue };
            let sealed = record.sealed_texts().into_iter().find(|(field, _)| *field == key.field);
            let at = answers.binary_search_by_key(&key.seq, |answer| answer.seq).ok();
            let answer = at.and_then(|at| answers.get_mut(at));
            let text = answer.and_then(|answer| answer.texts.iter_mut().find(|text| text.field == key.field));
            if let (Some((_, sealed)), Some(text)) = (sealed, text) {
                let key = FieldKey::from_bytes(bytes);
                match open_disclosed(&sealed, &record.common.event_id, text.field, &key) {
                    Ok(plain) => text.text = Some(plain),
                    Err(why) => text.unreadable = Some(why.to_string()),
                }
            }
        }
        Ok(())
    }
}
