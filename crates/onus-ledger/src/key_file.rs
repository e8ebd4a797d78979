//! A signing key in a file of its own, of an agency that answers offers without a ledger.
//!
//! The file is one line. Under a passphrase it reads `onus-key/v2 NAME MEMORY-KIB PASSES LANES HEX`: the costs of Argon2id,
//! then salt, nonce and wrapped secret. Without one it reads `onus-key/v1 NAME HEX`, the hexadecimal being the 32 secret
//! bytes: then whoever can read the file can sign in that name.

use crate::events::MakeEventError;
use onus_core::blame::{Blame, Blamed};
use onus_core::hex::{Hex, bytes_of};
use onus_proof::{KeyError, NoteSigner};
use onus_vault::{Costs, LOCKED_SECRET_BYTES, LockedSecret, Passphrase};
use std::fmt::Write as _;
use zeroize::Zeroizing;

const OPEN: &str = "onus-key/v1";
const LOCKED: &str = "onus-key/v2";

/// Why a text is not a key. Nothing was taken from it, and it is not repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The text is not the one line of a key.
    #[error("not a key file: one line, as `onus handover key` writes it")]
    Form,
    /// Not the passphrase, or the file was changed. Type it again.
    #[error("wrong passphrase, or the key file was changed: type it again, capitals and spaces count")]
    WrongPassphrase,
    /// The name is none of a key.
    #[error(transparent)]
    Name(#[from] KeyError),
    /// There is no randomness. Nothing was made.
    #[error(transparent)]
    Random(#[from] MakeEventError),
    /// The machine could not compute with the passphrase.
    #[error(transparent)]
    Host(#[from] onus_vault::HostError),
}

impl Blamed for KeyFileError {
    fn blame(&self) -> Blame {
        match self {
            Self::Form | Self::WrongPassphrase | Self::Name(_) => Blame::Caller,
            Self::Random(_) | Self::Host(_) => Blame::Environment,
        }
    }
}

/// A new key under `name`, as the text of its file: locked, or readable to whoever reads the file.
pub fn make_key_file(
    name: &str,
    passphrase: Option<&Passphrase>,
) -> Result<(NoteSigner, Zeroizing<String>), KeyFileError> {
    let mut seed = Zeroizing::new([0_u8; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| MakeEventError::NoRandomness)?;
    let signer = NoteSigner::from_seed(name, &seed)?;
    // With room for all of it: no copy of the secret is left behind by growing.
    let mut text = Zeroizing::new(String::with_capacity(name.len() + 2 * LOCKED_SECRET_BYTES + 64));
    match passphrase {
        None => {
            text.push_str(OPEN);
            text.push(' ');
            text.push_str(name);
            text.push(' ');
            text.extend(secret_digits(seed.as_slice()));
        }
        Some(passphrase) => {
            let locked = LockedSecret::lock(passphrase, Costs::RECOMMENDED, name, &seed)?;
            let costs = locked.costs();
            let (memory_kib, passes, lanes) = (costs.memory_kib(), costs.passes(), costs.lanes());
            let _infallible = write!(text, "{LOCKED} {name} {memory_kib} {passes} {lanes} ");
            let _infallible = write!(text, "{}", Hex(locked.as_bytes()));
        }
    }
    text.push('\n');
    Ok((signer, text))
}

/// 32 hexadecimal digits that nobody can guess.
pub fn unguessable() -> Result<String, MakeEventError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| MakeEventError::NoRandomness)?;
    Ok(Hex(&bytes).to_string())
}

/// The digits of a secret, one by one: [`Hex`] would leave them behind in its buffer.
fn secret_digits(bytes: &[u8]) -> impl Iterator<Item = char> {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.filter_map(|half| char::from_digit(u32::from(half), 16))
}

/// What a key file holds.
#[derive(Debug)]
pub enum KeyFile {
    /// The key.
    Open(NoteSigner),
    /// The key, under a passphrase.
    Locked(LockedKey),
}

/// A key under a passphrase.
#[derive(Debug)]
pub struct LockedKey {
    name: String,
    secret: LockedSecret,
}

impl KeyFile {
    /// Reads the text of a key file.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let parts: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split(' ').collect();
        match parts.as_slice() {
            [OPEN, name, hex] => {
                let mut seed = Zeroizing::new([0_u8; 32]);
                read_secret(hex, seed.as_mut_slice())?;
                Ok(Self::Open(NoteSigner::from_seed(name, &seed)?))
            }
            [LOCKED, name, memory_kib, passes, lanes, hex] => {
                let number = |text: &str| text.parse::<u32>().map_err(|_| KeyFileError::Form);
                let costs = Costs::new(number(memory_kib)?, number(passes)?, number(lanes)?)
                    .map_err(|_| KeyFileError::Form)?;
                let bytes = bytes_of::<LOCKED_SECRET_BYTES>(hex).ok_or(KeyFileError::Form)?;
                let secret = LockedSecret::from_parts(costs, bytes);
                Ok(Self::Locked(LockedKey { name: (*name).to_owned(), secret }))
            }
            _ => Err(KeyFileError::Form),
        }
    }
}

impl LockedKey {
    /// The key, if this is its passphrase.
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<NoteSigner, KeyFileError> {
        let signer = |secret: &[u8; 32]| NoteSigner::from_seed(&self.name, secret);
        let opened = self.secret.with_secret(passphrase, &self.name, signer)?;
        Ok(opened.ok_or(KeyFileError::WrongPassphrase)??)
    }
}

/// The bytes of a secret from its digits, without a copy that stays behind.
fn read_secret(hex: &str, into: &mut [u8]) -> Result<(), KeyFileError> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits =
        Zeroizing::new(digits.filter(|digits| digits.len() == 2 * into.len()).ok_or(KeyFileError::Form)?);
    for (byte, pair) in into.iter_mut().zip(digits.chunks_exact(2)) {
        let value = pair.iter().fold(0, |value, digit| value * 16 + digit);
        *byte = u8::try_from(value).map_err(|_| KeyFileError::Form)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_proof::Algorithm;

    fn key(signer: &NoteSigner) -> onus_proof::VerifierKey {
        signer.verifier(Algorithm::Ed25519)
    }

    #[test]
    fn a_key_is_read_from_the_file_that_was_made_of_it_and_from_no_other() {
        let (signer, text) = make_key_file("mh_trust:RV5/handover", None).unwrap();
        let KeyFile::Open(read) = KeyFile::parse(&text).unwrap() else { panic!("it is not locked") };
        assert_eq!(key(&read), key(&signer));
        for wrong in [
            text.replace("onus-key/v1", "onus-key/v3"),
            text.replace("RV5/handover ", "RV5/handover 0"),
            format!("{} more", text.trim_end()),
            text.trim_end().chars().take(text.len() - 3).collect(),
        ] {
            assert!(KeyFile::parse(&wrong).is_err());
        }
    }

    #[test]
    fn a_locked_key_opens_under_its_passphrase_and_name_alone() {
        let passphrase = Passphrase::new("capitals And spaces count".into()).unwrap();
        let (signer, text) = make_key_file("mh_trust:RV5/handover", Some(&passphrase)).unwrap();
        let locked = |text: &str| match KeyFile::parse(text) {
            Ok(KeyFile::Locked(locked)) => locked,
            other => panic!("{other:?}"),
        };
        assert_eq!(key(&locked(&text).unlock(&passphrase).unwrap()), key(&signer));
        let other = Passphrase::new("capitals and spaces count".into()).unwrap();
        assert!(matches!(locked(&text).unlock(&other), Err(KeyFileError::WrongPassphrase)));
        let renamed = text.replace("RV5", "RV6");
        assert!(matches!(locked(&renamed).unlock(&passphrase), Err(KeyFileError::WrongPassphrase)));
        assert!(KeyFile::parse(&text.replace(" 3 ", " 0 ")).is_err(), "costs out of bounds");
    }
}
