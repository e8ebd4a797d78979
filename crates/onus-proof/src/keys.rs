//! The keys of signed notes: C2SP signed-note and tlog-cosignature, Ed25519 only.
//!
//! A key is known by its name and its id, the id being computed from name, algorithm and public key. So one
//! key pair under two algorithms has two ids, and a signature made for one purpose never passes for another.
//!
//! # Promises
//! * A [`VerifierKey`] is whole: its id matches, and its point is not one of low order.
//! * Signatures are checked with `verify_strict`: low-order and non-canonical points are refused, so one
//!   signature that verifies here verifies everywhere.
//! * A [`NoteSigner`]'s secret is wiped when it is dropped, and no format of this crate can print it.
//!
//! # Never
//! * It keeps no key, and makes none: the 32 secret bytes come from whoever owns the randomness.

use crate::base64_text;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// The longest name a key may have, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 255;

/// What a signature by a key means, and over which bytes it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Type 0x01: Ed25519 over the note's text.
    Ed25519,
    /// Type 0x04: `cosignature/v1`, Ed25519 over a time and the text of a checkpoint.
    Cosignature,
}

impl Algorithm {
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

/// Why a text is not a key. Nothing was taken from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name cannot stand in a signature line.
    #[error("a key's name is 1 to {KEY_NAME_BYTES_MAX} bytes without spaces, control characters or `+`")]
    Name,
    /// The text does not have the three parts.
    #[error("a verifier key is written NAME+ID+KEY: a name, 8 lower-case hexadecimal digits, base64")]
    Shape,
    /// The type is none that this program checks.
    #[error("signature type 0x{found:02x} is not supported here; 0x01 and 0x04 are")]
    Algorithm {
        /// The type byte found.
        found: u8,
    },
    /// The point is none, or one under which anybody can sign.
    #[error("the public key is not a usable Ed25519 point")]
    Point,
    /// The id was changed, or the name or the key was.
    #[error("the key's id does not belong to its name and key: a part was changed or mistyped")]
    Id,
}

/// The four bytes that, with the name, say which key signed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    pub(crate) const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The bytes as they begin a signature.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    fn of(name: &str, algorithm: Algorithm, public: &[u8; 32]) -> Self {
        let hash = Sha256::new()
            .chain_update(name.as_bytes())
            .chain_update([b'\n', algorithm.byte()])
            .chain_update(public)
            .finalize();
        let [first, second, third, fourth, ..]: [u8; 32] = hash.into();
        Self([first, second, third, fourth])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A public key with its name and purpose: what a reader trusts.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    algorithm: Algorithm,
    public: VerifyingKey,
}

impl VerifierKey {
    /// The key `public`, as the 32 bytes of RFC 8032, under `name` for `algorithm`.
    pub fn new(name: &str, algorithm: Algorithm, public: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        let point = VerifyingKey::from_bytes(public).map_err(|_| KeyError::Point)?;
        if point.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.to_owned(), id: KeyId::of(name, algorithm, public), algorithm, public: point })
    }

    /// The name, as in signature lines.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id, as in signature lines.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What its signatures mean.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The 32 bytes of the public key.
    pub fn public(&self) -> &[u8; 32] {
        self.public.as_bytes()
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn is_signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.public.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![self.algorithm.byte()];
        typed.extend_from_slice(self.public.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.id, base64_text::encode(&typed))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // Base64 may hold a `+`, so only the first two part anything.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Shape);
        };
        let typed = base64_text::decode(key).ok_or(KeyError::Shape)?;
        let (kind, public) = typed.split_first().ok_or(KeyError::Shape)?;
        let algorithm = match *kind {
            0x01 => Algorithm::Ed25519,
            0x04 => Algorithm::Cosignature,
            found => return Err(KeyError::Algorithm { found }),
        };
        let public = public.try_into().map_err(|_| KeyError::Shape)?;
        let key = Self::new(name, algorithm, public)?;
        if key.id.to_string() == id { Ok(key) } else { Err(KeyError::Id) }
    }
}

/// A secret key with its name: it signs notes, and as a witness it cosigns checkpoints.
pub struct NoteSigner {
    name: String,
    secret: SigningKey,
}

impl NoteSigner {
    /// The key pair that grows from `seed`, 32 bytes nobody else knows, under `name`.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), secret: SigningKey::from_bytes(seed) })
    }

    /// The name, as in signature lines.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What others need to check signatures made for `algorithm`.
    pub fn verifier(&self, algorithm: Algorithm) -> VerifierKey {
        let public = self.secret.verifying_key();
        let id = KeyId::of(&self.name, algorithm, public.as_bytes());
        VerifierKey { name: self.name.clone(), id, algorithm, public }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteSigner").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Whether `name` can stand in a signature line.
pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    let fits = (1..=KEY_NAME_BYTES_MAX).contains(&name.len());
    let plain = !name.chars().any(|letter| letter == '+' || letter.is_whitespace() || letter.is_control());
    if fits && plain { Ok(()) } else { Err(KeyError::Name) }
}

#[cfg(test)]
mod tests;
