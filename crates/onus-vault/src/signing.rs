//! The narrow door for signing keys: a secret is made here, leaves wrapped, and is lent unwrapped to one call.
//!
//! The wrapping key is BLAKE3 derive_key(`onus 2026-11 signing key`, token key). The token key stands under the
//! master and outlives its rotations, so a rotation does not strand a ledger's signing keys; what strands those
//! is their own rotation.
//!
//! # Promises
//! * A wrapped secret opens in this ledger, under this name, and nowhere else.
//!
//! # Never
//! * It keeps no file and knows no signature.

use crate::host::HostError;
use crate::key::{NONCE_BYTES, Secret, WRAPPED_BYTES, fill_random, unwrap, wrap};
use crate::vault::Vault;
use aes_gcm::Aes256Gcm;

/// Separates this use of the token key from every other. It is part of the format: never change it.
const CONTEXT: &str = "onus 2026-11 signing key";

/// A wrapped secret, in bytes: a nonce, the secret, a tag.
pub const WRAPPED_SECRET_BYTES: usize = NONCE_BYTES + WRAPPED_BYTES;

impl Vault {
    /// A new random secret of 32 bytes, wrapped; it belongs to `name`.
    pub fn make_secret(&self, name: &str) -> Result<[u8; WRAPPED_SECRET_BYTES], HostError> {
        let mut nonce = [0; NONCE_BYTES];
        fill_random(&mut nonce)?;
        let wrapped = wrap(&self.signing_cipher(), &nonce, &self.place_of(name), &Secret::random()?)?;
        let mut whole = [0; WRAPPED_SECRET_BYTES];
        whole.iter_mut().zip(nonce.iter().chain(&wrapped)).for_each(|(to, from)| *to = *from);
        Ok(whole)
    }

    /// Lends the secret to `use_it`; `None` if it is not one of this ledger and this name, or was changed.
    pub fn with_secret<T>(
        &self,
        name: &str,
        wrapped: &[u8; WRAPPED_SECRET_BYTES],
        use_it: impl FnOnce(&[u8; 32]) -> T,
    ) -> Option<T> {
        let (nonce, wrapped) = wrapped.split_first_chunk::<NONCE_BYTES>()?;
        let wrapped = wrapped.first_chunk::<WRAPPED_BYTES>()?;
        let secret = unwrap(&self.signing_cipher(), nonce, &self.place_of(name), wrapped)?;
        Some(use_it(secret.expose()))
    }

    fn signing_cipher(&self) -> Aes256Gcm {
        Secret::new(blake3::derive_key(CONTEXT, self.keys.token.expose())).cipher()
    }

    fn place_of(&self, name: &str) -> Vec<u8> {
        [&self.owner.ledger_id[..], name.as_bytes()].concat()
    }
}
