//! Signed notes: text, and who signed it. C2SP signed-note v1.0.0.
//!
//! # Promises
//! * A [`Note`] is well formed and nothing more: **nobody has signed it yet** as far as this program knows.
//!   Its text is for programs that verify it next, never for people.
//! * A [`VerifiedNote`] was signed by at least one key that was handed in, and by none of those falsely.
//! * Writing a note that was read gives the same bytes.
//!
//! # Limits of this verifier
//! * At most [`NOTE_BYTES_MAX`] bytes and [`SIGNATURES_MAX`] signatures (the specification asks for 16).
//! * One signature by a known key that fails rejects the whole note.

use crate::{
    base64_text,
    keys::{Algorithm, KeyId, NoteSigner, VerifierKey, check_name},
    range::POSITION_MAX,
};
use std::fmt;

/// The longest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 1_000_000;

/// The most signatures a note may carry.
pub const SIGNATURES_MAX: usize = 100;

const DASH: &str = "\u{2014} ";

/// Why bytes are not a note. Nothing was taken from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Too long to be read.
    #[error("longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// Not text.
    #[error("not UTF-8, or a control character other than the line feed")]
    NotText,
    /// There are no two parts.
    #[error("a note is text, an empty line, and signature lines, each ended by a line feed")]
    Shape,
    /// A line after the last empty one is not a signature.
    #[error("line {line} after the text is not a signature: a dash, the key's name, base64")]
    Signature {
        /// Which one, from 1.
        line: usize,
    },
    /// More signatures than are read.
    #[error("more than {SIGNATURES_MAX} signatures")]
    TooManySignatures,
}

/// Why a note is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UntrustedNote {
    /// None of the signatures is by a key that was handed in.
    #[error("none of its signatures is by a key that is trusted here")]
    NoKnownKey,
    /// A signature that names a trusted key was not made by it: text, signature or name were changed.
    #[error("the signature that names key {name} ({id}) was not made by it over this text")]
    BadSignature {
        /// The key's name.
        name: String,
        /// The key's id.
        id: KeyId,
    },
}

/// One line under a note: whose key, and what it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl NoteSignature {
    /// The name the line gives.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id the line gives.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What follows the id: for Ed25519 the signature, for a cosignature the time before it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
        check_name(name).ok()?;
        let blob = base64_text::decode(signature)?;
        let (id, bytes) = blob.split_first_chunk::<4>().filter(|(_, bytes)| !bytes.is_empty())?;
        Some(Self { name: name.to_owned(), id: KeyId::from_bytes(*id), bytes: bytes.to_vec() })
    }

    fn is_named_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }

    /// What `key` says by this signature over `text`; none, if it did not make it.
    fn said_by(&self, key: &VerifierKey, text: &str) -> Option<Signer> {
        let time_s = match key.algorithm() {
            Algorithm::Ed25519 => {
                let signature = self.bytes.as_slice().try_into().ok()?;
                key.is_signed(text.as_bytes(), signature).then_some(None)?
            }
            Algorithm::Cosignature => {
                let (time, signature) = self.bytes.split_first_chunk::<8>()?;
                let time_s = u64::from_be_bytes(*time);
                let message = cosigned(text, time_s);
                let signature = signature.try_into().ok()?;
                let made = time_s <= POSITION_MAX && key.is_signed(message.as_bytes(), signature);
                made.then_some(Some(time_s))?
            }
        };
        Some(Signer { key: key.clone(), time_s })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = [self.id.as_bytes(), self.bytes.as_slice()].concat();
        write!(f, "{DASH}{} {}", self.name, base64_text::encode(&blob))
    }
}

/// A key that signed a note, and when, if it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub key: VerifierKey,
    /// For a cosignature, the second since 1970 it was made in, by the cosigner's clock.
    pub time_s: Option<u64>,
}

/// A well-formed note that nobody has checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteError::NotText);
        }
        let at = note.rfind("\n\n").ok_or(NoteError::Shape)?;
        let (text, lines) = note.split_at_checked(at + 1).ok_or(NoteError::Shape)?;
        let lines = lines.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
        let signatures = signature_lines(lines.ok_or(NoteError::Shape)?)?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// `text`, which ends in a line feed, signed by `signer`.
    pub fn sign(text: &str, signer: &NoteSigner) -> Result<Self, NoteError> {
        let id = signer.verifier(Algorithm::Ed25519).id();
        let bytes = signer.sign(text.as_bytes()).to_vec();
        let signatures = vec![NoteSignature { name: signer.name().to_owned(), id, bytes }];
        let note = Self { text: text.to_owned(), signatures };
        // What cannot be read back must not be signed.
        if Self::parse(note.to_string().as_bytes())? == note { Ok(note) } else { Err(NoteError::Shape) }
    }

    /// The text with its final line feed. **Nobody has checked it.**
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order. Nobody has checked them.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds signatures, leaving out lines that are there already.
    pub fn add(&mut self, signatures: impl IntoIterator<Item = NoteSignature>) -> Result<(), NoteError> {
        let mut all = self.signatures.clone();
        for signature in signatures {
            if !all.contains(&signature) {
                all.push(signature);
            }
        }
        if all.len() > SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures = all;
        Ok(())
    }

    /// Takes away the signatures that `stays` is false of.
    pub(crate) fn retain(&mut self, stays: impl FnMut(&NoteSignature) -> bool) {
        self.signatures.retain(stays);
    }

    /// Checks every signature that names one of `keys`; the others are left as they are.
    pub fn verify(self, keys: &[VerifierKey]) -> Result<VerifiedNote, UntrustedNote> {
        let mut signers = Vec::new();
        for signature in &self.signatures {
            let Some(key) = keys.iter().find(|key| signature.is_named_by(key)) else { continue };
            let Some(signer) = signature.said_by(key, &self.text) else {
                let (name, id) = (signature.name.clone(), signature.id);
                return Err(UntrustedNote::BadSignature { name, id });
            };
            signers.push(signer);
        }
        if signers.is_empty() {
            return Err(UntrustedNote::NoKnownKey);
        }
        Ok(VerifiedNote { note: self, signers })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.text, SignatureLines(&self.signatures))
    }
}

/// A note that keys handed in have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedNote {
    note: Note,
    signers: Vec<Signer>,
}

impl VerifiedNote {
    /// The signed text, with its final line feed.
    pub fn text(&self) -> &str {
        &self.note.text
    }

    /// The keys that signed, in the order of the lines; a key stands here once for each signature.
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// The note as it was read.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// `signer`'s word, as a witness, that this was the largest consistent tree it knew at `time_s`.
    ///
    /// Only for the text of a checkpoint: see `checkpoint`.
    pub(crate) fn cosign(&self, signer: &NoteSigner, time_s: u64) -> NoteSignature {
        let signature = signer.sign(cosigned(self.text(), time_s).as_bytes());
        let bytes = [&time_s.to_be_bytes()[..], &signature[..]].concat();
        NoteSignature {
            name: signer.name().to_owned(),
            id: signer.verifier(Algorithm::Cosignature).id(),
            bytes,
        }
    }
}

/// Signature lines as a witness answers with them, each ended by a line feed.
#[derive(Clone, Copy, Debug)]
pub struct SignatureLines<'lines>(pub &'lines [NoteSignature]);

impl fmt::Display for SignatureLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// Reads signature lines, without the last line feed.
pub(crate) fn signature_lines(lines: &str) -> Result<Vec<NoteSignature>, NoteError> {
    let mut signatures = Vec::new();
    for (at, line) in lines.split('\n').enumerate() {
        if at >= SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        signatures.push(NoteSignature::parse(line).ok_or(NoteError::Signature { line: at + 1 })?);
    }
    Ok(signatures)
}

fn cosigned(text: &str, time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}
