//! One text, sealed and opened. Pure: bytes in, bytes out (`docs/format.md` §8).
//!
//! With *place* = the 16 bytes of the event id ‖ field u16, integers little-endian:
//!
//! | what | is |
//! |---|---|
//! | salt key | BLAKE3 derive_key(`onus 2026-11 sealed salt`, slot key) |
//! | salt | first 16 bytes of BLAKE3 keyed_hash(salt key, place ‖ text) |
//! | field key | BLAKE3 derive_key(`onus 2026-11 sealed field`, slot key ‖ place ‖ salt) |
//! | commitment | SHA-256(`onus sealed field v1` ‖ field key) |
//! | ciphertext | AES-256-GCM under the field key, nonce zero, associated data place ‖ chars u32; the tag follows |
//!
//! The salt depends on the text, the field key on the salt: another text has another key, so the nonce
//! can be zero, and the same text under the same place and slot gives the same bytes (a retry is equal).
//! The commitment binds the key: AES-GCM alone lets someone craft one ciphertext that opens to two texts
//! under two keys. It is compared first, in constant time.

use crate::key::{KEY_BYTES, Secret};
use crate::slot_error::SlotError;
use crate::slots::KeyId;
use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, Nonce};
use onus_core::field_no::FieldNo;
use onus_core::ids::EventId;
use onus_core::limits::TEXT_BYTES_MAX;
use onus_core::sealed::{Bytes, COMMITMENT_BYTES, Plain, SALT_BYTES, Sealed, TAG_BYTES};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

const SALT_CONTEXT: &str = "onus 2026-11 sealed salt";
const FIELD_CONTEXT: &str = "onus 2026-11 sealed field";
const COMMITMENT_PREFIX: &[u8] = b"onus sealed field v1";
const PLACE_BYTES: usize = 16 + 2;

/// Why a text was not sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Nothing was sealed. A fault of this program: every [`Plain`] is within the cipher's limits.
    #[error("the cipher refused a text of {chars} characters: this program is at fault, please report it")]
    Cipher {
        /// Length of the text in Unicode scalar values.
        chars: u32,
    },
}

/// Why a sealed text was not opened. The ledger and the vault are as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenTextError {
    /// No key can open it: the text stayed at, or was erased at, its source. Ask there.
    #[error("the text was withheld at its source, {chars} characters: ask there")]
    Withheld {
        /// Its length in Unicode scalar values, as recorded.
        chars: u32,
    },

    /// Its slot gives no key; the message inside says why and what to do.
    #[error(transparent)]
    Slot(#[from] SlotError),

    /// The key is not the one that this text was sealed under: another vault, a slot made anew after a
    /// restore, a text moved from its event or field, or altered bytes. Compare the entry with a verified
    /// copy of the ledger; if it is whole, restore the vault from its backup.
    #[error(
        "the key does not fit this text: check that the entry verifies and that the vault belongs to this ledger"
    )]
    OtherKey,

    /// The key fits, the ciphertext or its stated length was altered. Compare the entry with a verified
    /// copy of the ledger.
    #[error("the sealed text was altered after sealing: verify the ledger")]
    Altered,

    /// It opened, but not to a text of the stated length: whoever sealed it broke the format. Nothing of
    /// it is shown.
    #[error("the sealed text is not of the form that its entry states: it was not sealed by this program")]
    Malformed,
}

/// A slot in use: seals and opens the texts of one (incident, subject) pair, on any number of threads.
///
/// Wiped when dropped. Drop it when its slot is erased: a copy in memory outlives the erasure.
#[derive(Clone)]
pub struct SlotKey {
    id: KeyId,
    key: Secret,
    salt_key: Secret,
}

impl SlotKey {
    pub(crate) fn new(id: KeyId, key: Secret) -> Self {
        let salt_key = Secret::new(blake3::derive_key(SALT_CONTEXT, key.expose()));
        Self { id, key, salt_key }
    }

    /// Which slot this is: what the entries name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Seals one field of one event. The same text gives the same bytes.
    ///
    /// `field` is the field's number within the record, unique among the event's sealed fields.
    pub fn seal(&self, event_id: &EventId, field: FieldNo, text: &Plain) -> Result<Sealed, SealError> {
        let place = place_of(event_id, field);
        let chars = text.chars();
        let text = text.expose().as_bytes();
        // One buffer: hashed as place ‖ text, then encrypted where it stands, so no copy of the text is left.
        let mut buffer = Vec::with_capacity(PLACE_BYTES + text.len() + TAG_BYTES);
        buffer.extend_from_slice(&place);
        buffer.extend_from_slice(text);
        let hash = blake3::keyed_hash(self.salt_key.expose(), &buffer);
        let mut salt = [0; SALT_BYTES];
        salt.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);

        let field_key = self.derive(&place, &salt);
        let commitment = field_key.commitment();
        let associated = associated_of(&place, chars);
        let body = buffer.get_mut(PLACE_BYTES..).unwrap_or_default();
        let cipher = field_key.0.cipher();
        let nonce = Nonce::<Aes256Gcm>::default();
        let Ok(tag) = cipher.encrypt_inout_detached(&nonce, &associated, body.into()) else {
            buffer.zeroize();
            return Err(SealError::Cipher { chars });
        };
        buffer.extend_from_slice(&tag);
        buffer.drain(..PLACE_BYTES);
        Ok(Sealed { key_id: self.id.get(), chars, salt, commitment, ciphertext: Bytes::new(buffer) })
    }

    /// Opens one field of one event.
    pub fn open_text(
        &self,
        sealed: &Sealed,
        event_id: &EventId,
        field: FieldNo,
    ) -> Result<Plain, OpenTextError> {
        open_with_field_key(sealed, event_id, field, &self.field_key(sealed, event_id, field)?)
    }

    /// The key that opens this one field of this one event, and nothing else: what is handed to a
    /// recipient to whom the field is disclosed.
    pub fn field_key(
        &self,
        sealed: &Sealed,
        event_id: &EventId,
        field: FieldNo,
    ) -> Result<FieldKey, OpenTextError> {
        if sealed.is_withheld() {
            return Err(OpenTextError::Withheld { chars: sealed.chars });
        }
        if sealed.key_id != self.id.get() {
            return Err(OpenTextError::OtherKey);
        }
        let field_key = self.derive(&place_of(event_id, field), &sealed.salt);
        if field_key.fits(sealed) { Ok(field_key) } else { Err(OpenTextError::OtherKey) }
    }

    fn derive(&self, place: &[u8; PLACE_BYTES], salt: &[u8; SALT_BYTES]) -> FieldKey {
        let mut material = Zeroizing::new([0; KEY_BYTES + PLACE_BYTES + SALT_BYTES]);
        let parts = self.key.expose().iter().chain(place).chain(salt);
        material.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        FieldKey(Secret::new(blake3::derive_key(FIELD_CONTEXT, material.as_slice())))
    }
}

impl fmt::Debug for SlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The key of one field of one event. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct FieldKey(Secret);

impl FieldKey {
    /// Bytes of a field key.
    pub const BYTES: usize = KEY_BYTES;

    /// From the bytes that a recipient was given.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The bytes, for the one recipient. Whoever holds them reads the field for ever, erased or not.
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.expose()
    }

    fn commitment(&self) -> [u8; COMMITMENT_BYTES] {
        let mut hasher = Sha256::new();
        hasher.update(COMMITMENT_PREFIX);
        hasher.update(self.0.expose());
        hasher.finalize().into()
    }

    /// Whether the text was sealed under this key. `blake3::Hash` compares in constant time.
    fn fits(&self, sealed: &Sealed) -> bool {
        blake3::Hash::from_bytes(self.commitment()) == blake3::Hash::from_bytes(sealed.commitment)
    }
}

impl fmt::Debug for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldKey(not shown)")
    }
}

/// Opens one field of one event for a recipient who holds its key and no vault.
pub fn open_with_field_key(
    sealed: &Sealed,
    event_id: &EventId,
    field: FieldNo,
    key: &FieldKey,
) -> Result<Plain, OpenTextError> {
    if sealed.is_withheld() {
        return Err(OpenTextError::Withheld { chars: sealed.chars });
    }
    if !key.fits(sealed) {
        return Err(OpenTextError::OtherKey);
    }
    let (body, tag) =
        sealed.ciphertext.as_slice().split_last_chunk::<TAG_BYTES>().ok_or(OpenTextError::Altered)?;
    if body.len() > TEXT_BYTES_MAX {
        return Err(OpenTextError::Malformed);
    }
    let mut text = Zeroizing::new(body.to_vec());
    let associated = associated_of(&place_of(event_id, field), sealed.chars);
    key.0
        .cipher()
        .decrypt_inout_detached(
            &Nonce::<Aes256Gcm>::default(),
            &associated,
            text.as_mut_slice().into(),
            tag.into(),
        )
        .map_err(|aes_gcm::Error| OpenTextError::Altered)?;
    let text = str::from_utf8(&text).map_err(|_| OpenTextError::Malformed)?;
    let plain = Plain::new(text).ok_or(OpenTextError::Malformed)?;
    if plain.chars() == sealed.chars { Ok(plain) } else { Err(OpenTextError::Malformed) }
}

fn place_of(event_id: &EventId, field: FieldNo) -> [u8; PLACE_BYTES] {
    let mut place = [0; PLACE_BYTES];
    let parts = event_id.as_bytes().iter().copied().chain(field.get().to_le_bytes());
    place.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    place
}

fn associated_of(place: &[u8; PLACE_BYTES], chars: u32) -> [u8; PLACE_BYTES + 4] {
    let mut associated = [0; PLACE_BYTES + 4];
    let parts = place.iter().copied().chain(chars.to_le_bytes());
    associated.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    associated
}

#[cfg(test)]
mod tests;
