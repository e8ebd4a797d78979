//! 32 secret bytes, and the wrapping of one such key under another.
//!
//! A wrapped key is AES-256-GCM under a random nonce; what it belongs to (ledger, place, purpose) is its
//! associated data, so a wrapped key moved elsewhere does not unwrap.

use crate::host::HostError;
use aes_gcm::aead::{AeadInOut, Key, KeyInit, Nonce};
use aes_gcm::{Aes256Gcm, Tag};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of every key here.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes of a wrapped key: the key and its tag.
pub(crate) const WRAPPED_BYTES: usize = KEY_BYTES + 16;

/// A key. Wiped when dropped, never printed, never compared.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret([u8; KEY_BYTES]);

impl Secret {
    pub(crate) fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) fn random() -> Result<Self, HostError> {
        let mut fresh = Self([0; KEY_BYTES]);
        fill_random(&mut fresh.0)?;
        Ok(fresh)
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    pub(crate) fn expose_mut(&mut self) -> &mut [u8; KEY_BYTES] {
        &mut self.0
    }

    /// The cipher under this key. Its round keys are wiped when it is dropped.
    pub(crate) fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(<&Key<Aes256Gcm>>::from(&self.0))
    }
}

/// Fills `into` from the operating system.
pub(crate) fn fill_random(into: &mut [u8]) -> Result<(), HostError> {
    getrandom::fill(into).map_err(|source| HostError::Random { source })
}

/// `key` under `cipher`, tag included.
pub(crate) fn wrap(
    cipher: &Aes256Gcm,
    nonce: &[u8; NONCE_BYTES],
    belongs_to: &[u8],
    key: &Secret,
) -> Result<[u8; WRAPPED_BYTES], HostError> {
    let mut wrapped = [0; WRAPPED_BYTES];
    let (body, tag_place) = wrapped.split_at_mut(KEY_BYTES);
    body.copy_from_slice(&key.0);
    let sealed = cipher.encrypt_inout_detached(<&Nonce<Aes256Gcm>>::from(nonce), belongs_to, body.into());
    let Ok(tag) = sealed else {
        wrapped.zeroize();
        return Err(HostError::Cipher);
    };
    tag_place.copy_from_slice(&tag);
    Ok(wrapped)
}

/// The key inside; `None` if anything differs from what was wrapped.
pub(crate) fn unwrap(
    cipher: &Aes256Gcm,
    nonce: &[u8; NONCE_BYTES],
    belongs_to: &[u8],
    wrapped: &[u8; WRAPPED_BYTES],
) -> Option<Secret> {
    let (body, tag) = wrapped.split_first_chunk::<KEY_BYTES>()?;
    let tag = Tag::try_from(tag).ok()?;
    let mut key = Secret(*body);
    cipher
        .decrypt_inout_detached(
            <&Nonce<Aes256Gcm>>::from(nonce),
            belongs_to,
            key.0.as_mut_slice().into(),
            &tag,
        )
        .ok()
        .map(|()| key)
}

/// The first `N` bytes of the plain BLAKE3 hash: tells a damaged record from a whole one. It is not
/// integrity: whoever can write the file can write this too.
pub(crate) fn check_of<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut check = [0; N];
    let hash = blake3::hash(bytes);
    check.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    check
}
