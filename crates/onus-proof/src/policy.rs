//! Whom a reader trusts: logs, witnesses, and how many of which must have cosigned. C2SP tlog-policy.
//!
//! # Promises
//! * A [`Policy`] is whole: every name is defined before it is used, no key and no member stands twice, and
//!   there is exactly one quorum.
//! * [`Policy::check`] hands out a [`VerifiedCheckpoint`] only if a listed log signed it and the quorum is
//!   met; a signature that names a listed key falsely refuses the note, even where it was not needed.
//!
//! # Limits
//! * [`POLICY_BYTES_MAX`] bytes, which is far more than the 32 logs, witnesses and groups that the
//!   specification asks for.
//! * Keys of types 0x01 (logs) and 0x04 (witnesses) only. Another type is refused, not skipped: a policy that
//!   is read in part would be another policy.

use crate::{
    checkpoint::{SignedCheckpoint, VerifiedCheckpoint},
    keys::{Algorithm, KeyError, VerifierKey},
    note::UntrustedNote,
};

/// The longest policy that is read, in bytes.
pub const POLICY_BYTES_MAX: usize = 1 << 16;

/// Why a text is not a policy. Nothing was taken from it: mend the line and read it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Too long to be read.
    #[error("longer than {POLICY_BYTES_MAX} bytes")]
    TooLong,
    /// A control character.
    #[error("line {line} holds a control character")]
    Control {
        /// Which one, from 1.
        line: usize,
    },
    /// Not one of the four kinds of line, or with the wrong number of words.
    #[error(
        "line {line} is none of: log KEY [URL]; witness NAME KEY [URL]; group NAME all|any|K NAME…; quorum NAME"
    )]
    Line {
        /// Which one, from 1.
        line: usize,
    },
    /// The key is not usable here.
    #[error("line {line}: {reason}")]
    Key {
        /// Which one, from 1.
        line: usize,
        /// What is wrong with it.
        reason: KeyError,
    },
    /// A log's key where a witness's must stand, or the other way round.
    #[error("line {line}: a log's key has signature type 0x01, a witness's 0x04")]
    Purpose {
        /// Which one, from 1.
        line: usize,
    },
    /// A key, a name, a member or the quorum stands twice.
    #[error("line {line} repeats what an earlier line has defined or used")]
    Twice {
        /// Which one, from 1.
        line: usize,
    },
    /// A name is used that no earlier line defines.
    #[error("line {line} uses a name that no line before it defines")]
    Unknown {
        /// Which one, from 1.
        line: usize,
    },
    /// A group asks for none of its members, or for more than it has.
    #[error("line {line}: a group asks for 1 up to as many of its members as it has")]
    Threshold {
        /// Which one, from 1.
        line: usize,
    },
    /// No line says which quorum is needed.
    #[error("there is no quorum line; `quorum none` asks for no witness")]
    NoQuorum,
}

/// Why a checkpoint does not meet a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyRefusal {
    /// It is not signed as it has to be.
    #[error(transparent)]
    Untrusted(#[from] UntrustedNote),
    /// The log's signature is good, but too few witnesses have cosigned.
    #[error(
        "signed by its log, but only {cosigned} of the {known} known witnesses cosigned, and the quorum is not met"
    )]
    Quorum {
        /// How many different witnesses of the policy cosigned.
        cosigned: usize,
        /// How many witnesses the policy knows.
        known: usize,
    },
}

/// A witness that a policy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    key: VerifierKey,
    url: Option<String>,
}

impl Witness {
    /// Its key.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Its submission prefix, if the policy gives one.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

/// Which checkpoints are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Member>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    threshold: usize,
    members: Vec<Member>,
}

impl Policy {
    /// Trusts the keys of logs among `keys`, and needs no witness; cosignatures by the witnesses among them
    /// are checked and counted all the same.
    pub fn trusting(keys: impl IntoIterator<Item = VerifierKey>) -> Self {
        let (logs, witnesses): (Vec<_>, Vec<_>) =
            keys.into_iter().partition(|key| key.algorithm() == Algorithm::Ed25519);
        let witnesses = witnesses.into_iter().map(|key| Witness { key, url: None }).collect();
        Self { logs, witnesses, groups: Vec::new(), quorum: None }
    }

    /// Reads a policy.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_BYTES_MAX {
            return Err(PolicyError::TooLong);
        }
        let mut reading = Reading::default();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            reading.take(at + 1, line)?;
        }
        let quorum = match reading.quorum {
            Quorum::Unsaid => return Err(PolicyError::NoQuorum),
            Quorum::Nobody => None,
            Quorum::Of(member) => Some(member),
        };
        let Reading { logs, witnesses, groups, .. } = reading;
        Ok(Self { logs, witnesses, groups, quorum })
    }

    /// The keys of the logs.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether any cosignature is asked for.
    pub fn needs_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Checks the signatures of `checkpoint`, and that the quorum is met.
    pub fn check(&self, checkpoint: SignedCheckpoint) -> Result<VerifiedCheckpoint, PolicyRefusal> {
        let witnesses = self.witnesses.iter().map(|witness| &witness.key);
        let keys: Vec<VerifierKey> = self.logs.iter().chain(witnesses).cloned().collect();
        let verified = checkpoint.verify(&keys)?;
        let signers = verified.note().signers();
        let cosigned: Vec<bool> = self
            .witnesses
            .iter()
            .map(|witness| signers.iter().any(|signer| signer.key == witness.key))
            .collect();
        let met = self.quorum.is_none_or(|quorum| self.has_witnessed(quorum, &cosigned));
        if met {
            return Ok(verified);
        }
        let known = cosigned.len();
        Err(PolicyRefusal::Quorum { cosigned: cosigned.iter().filter(|yes| **yes).count(), known })
    }

    /// Groups refer to earlier ones only, so this ends.
    fn has_witnessed(&self, member: Member, cosigned: &[bool]) -> bool {
        match member {
            Member::Witness(at) => cosigned.get(at).copied().unwrap_or(false),
            Member::Group(at) => self.groups.get(at).is_some_and(|group| {
                let met = group.members.iter().filter(|member| self.has_witnessed(**member, cosigned));
                met.count() >= group.threshold
            }),
        }
    }
}

#[derive(Clone, Copy, Default)]
enum Quorum {
    #[default]
    Unsaid,
    Nobody,
    Of(Member),
}

/// A policy as far as it has been read. Names are opaque bytes, as the specification has it.
#[derive(Default)]
struct Reading {
    logs: Vec<VerifierKey>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    names: Vec<(Vec<u8>, Member)>,
    grouped: Vec<Member>,
    quorum: Quorum,
}

impl Reading {
    fn take(&mut self, line: usize, text: &[u8]) -> Result<(), PolicyError> {
        if text.iter().any(|byte| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f) {
            return Err(PolicyError::Control { line });
        }
        let words: Vec<&[u8]> =
            text.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] | [b"log", key, _] => self.log(line, key),
            [b"witness", name, key] => self.witness(line, name, key, None),
            [b"witness", name, key, url] => self.witness(line, name, key, Some(url)),
            [b"group", name, threshold, members @ ..] if !members.is_empty() => {
                self.group(line, name, threshold, members)
            }
            [b"quorum", name] => self.quorum(line, name),
            _ => Err(PolicyError::Line { line }),
        }
    }

    fn log(&mut self, line: usize, key: &[u8]) -> Result<(), PolicyError> {
        let key = key_of(line, key, Algorithm::Ed25519)?;
        if self.logs.iter().any(|known| known.public() == key.public()) {
            return Err(PolicyError::Twice { line });
        }
        self.logs.push(key);
        Ok(())
    }

    fn witness(
        &mut self,
        line: usize,
        name: &[u8],
        key: &[u8],
        url: Option<&[u8]>,
    ) -> Result<(), PolicyError> {
        let key = key_of(line, key, Algorithm::Cosignature)?;
        if self.witnesses.iter().any(|known| known.key.public() == key.public()) {
            return Err(PolicyError::Twice { line });
        }
        let url = match url.map(|url| String::from_utf8(url.to_vec())) {
            Some(Err(_)) => return Err(PolicyError::Line { line }),
            Some(Ok(url)) => Some(url),
            None => None,
        };
        self.define(line, name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { key, url });
        Ok(())
    }

    fn group(
        &mut self,
        line: usize,
        name: &[u8],
        threshold: &[u8],
        members: &[&[u8]],
    ) -> Result<(), PolicyError> {
        let mut found = Vec::new();
        for member in members {
            let member = self.find(member).ok_or(PolicyError::Unknown { line })?;
            if self.grouped.contains(&member) {
                return Err(PolicyError::Twice { line });
            }
            self.grouped.push(member);
            found.push(member);
        }
        let threshold = match threshold {
            b"all" => found.len(),
            b"any" => 1,
            digits if digits.iter().all(u8::is_ascii_digit) => {
                let digits = std::str::from_utf8(digits).unwrap_or_default();
                digits.parse().map_err(|_| PolicyError::Threshold { line })?
            }
            _ => return Err(PolicyError::Line { line }),
        };
        if !(1..=found.len()).contains(&threshold) {
            return Err(PolicyError::Threshold { line });
        }
        self.define(line, name, Member::Group(self.groups.len()))?;
        self.groups.push(Group { threshold, members: found });
        Ok(())
    }

    fn quorum(&mut self, line: usize, name: &[u8]) -> Result<(), PolicyError> {
        if !matches!(self.quorum, Quorum::Unsaid) {
            return Err(PolicyError::Twice { line });
        }
        self.quorum = match name {
            b"none" => Quorum::Nobody,
            name => Quorum::Of(self.find(name).ok_or(PolicyError::Unknown { line })?),
        };
        Ok(())
    }

    fn define(&mut self, line: usize, name: &[u8], member: Member) -> Result<(), PolicyError> {
        if name == b"none" || self.find(name).is_some() {
            return Err(PolicyError::Twice { line });
        }
        self.names.push((name.to_vec(), member));
        Ok(())
    }

    fn find(&self, name: &[u8]) -> Option<Member> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, member)| *member)
    }
}

fn key_of(line: usize, key: &[u8], purpose: Algorithm) -> Result<VerifierKey, PolicyError> {
    let text = std::str::from_utf8(key).map_err(|_| PolicyError::Key { line, reason: KeyError::Name })?;
    let key: VerifierKey = text.parse().map_err(|reason| PolicyError::Key { line, reason })?;
    if key.algorithm() == purpose { Ok(key) } else { Err(PolicyError::Purpose { line }) }
}
