//! A signing key that stands alone: one file, of whoever answers offers without a ledger of their own.
//!
//! The file is one line, `onus-key/v1 NAME HEX`, the hexadecimal being the 32 secret bytes. It is **not encrypted**: it
//! is made for its owner's account alone, and whoever can read it can sign in that name.

use crate::events::MakeEventError;
use onus_proof::{KeyError, NoteSigner};
use zeroize::Zeroizing;

const FORM: &str = "onus-key/v1";

/// Why a text is not a key. Nothing was taken from it, and it is not repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The text is not the one line of a key.
    #[error("not a key file: one line, `{FORM} NAME HEX`")]
    Form,
    /// The name is none of a key.
    #[error(transparent)]
    Name(#[from] KeyError),
    /// There is no randomness. Nothing was made.
    #[error(transparent)]
    Random(#[from] MakeEventError),
}

/// A new key under `name`, as the text of its file.
pub fn make_key_file(name: &str) -> Result<(NoteSigner, Zeroizing<String>), KeyFileError> {
    let mut seed = Zeroizing::new([0_u8; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| MakeEventError::NoRandomness)?;
    let signer = NoteSigner::from_seed(name, &seed)?;
    let mut text = Zeroizing::new(String::with_capacity(FORM.len() + name.len() + 67));
    text.push_str(FORM);
    text.push(' ');
    text.push_str(name);
    text.push(' ');
    text.extend(hex(seed.as_slice()));
    text.push('\n');
    Ok((signer, text))
}

/// 32 hexadecimal digits that nobody can guess.
pub fn unguessable() -> Result<String, MakeEventError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| MakeEventError::NoRandomness)?;
    Ok(hex(&bytes).collect())
}

fn hex(bytes: &[u8]) -> impl Iterator<Item = char> {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.filter_map(|half| char::from_digit(u32::from(half), 16))
}

/// The key that a key file holds.
pub fn read_key_file(text: &str) -> Result<NoteSigner, KeyFileError> {
    let mut parts = text.strip_suffix('\n').unwrap_or(text).split(' ');
    let (Some(FORM), Some(name), Some(hex), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(KeyFileError::Form);
    };
    let mut seed = Zeroizing::new([0_u8; 32]);
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = Zeroizing::new(digits.filter(|digits| digits.len() == 64).ok_or(KeyFileError::Form)?);
    for (byte, pair) in seed.iter_mut().zip(digits.chunks_exact(2)) {
        let value = pair.iter().fold(0, |value, digit| value * 16 + digit);
        *byte = u8::try_from(value).map_err(|_| KeyFileError::Form)?;
    }
    Ok(NoteSigner::from_seed(name, &seed)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_proof::Algorithm;

    #[test]
    fn a_key_is_read_from_the_file_that_was_made_of_it_and_from_no_other() -> Result<(), KeyFileError> {
        let (signer, text) = make_key_file("mh_trust:RV5/handover")?;
        let key = |signer: &NoteSigner| signer.verifier(Algorithm::Ed25519);
        assert_eq!(key(&read_key_file(&text)?), key(&signer));
        for wrong in [
            text.replace("onus-key/v1", "onus-key/v2"),
            text.replace("RV5/handover ", "RV5/handover 0"),
            format!("{} more", text.trim_end()),
            text.trim_end().chars().take(text.len() - 3).collect(),
        ] {
            assert!(read_key_file(&wrong).is_err());
        }
        Ok(())
    }
}
