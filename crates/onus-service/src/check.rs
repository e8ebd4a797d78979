//! Files that prove something, judged without any ledger. Each is recognised by how it begins.
//!
//! Promise: nothing is good because of what a file says of itself; it takes keys that the reader brings. What was not
//! checked is never called good.

mod basis;
mod documents;
mod page;
mod receipt;

use crate::row::{Cell, row};
use onus_ledger::Ledger;
use onus_proof::{Equivocation, Policy, SignedCheckpoint, VerifiedCheckpoint, purpose_of};
use receipt::Consistency;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::Path;

pub use basis::BasisError;

/// What one file was found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileVerdict {
    /// The file or folder, as it was named.
    pub file: String,
    /// What it was recognised as; null for nothing that this release knows.
    pub kind: Option<FileKind>,
    /// The verdict.
    pub verdict: CheckVerdict,
    /// The ledger that it is of, where the verdict is good.
    pub origin: Option<String>,
    /// The size of that ledger which it reaches, where the verdict is good.
    pub size: Option<u64>,
    /// What it proves, or why it does not.
    pub why: String,
}

row!(FileVerdict { file, kind, verdict, origin, size, why });

/// A verdict on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// It was checked, and holds.
    Good,
    /// It was checked, and does not hold.
    False,
    /// It was not checked to the end; the reason says what it would take.
    NotChecked,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A signed checkpoint.
    Checkpoint,
    /// A proof of one entry.
    EntryProof,
    /// A proof of an incident's entries.
    IncidentProof,
    /// Evidence that a ledger signed two histories.
    Equivocation,
    /// Signed receipts.
    Receipts,
    /// A page of evidence.
    EvidencePage,
    /// A certificate of an erasure.
    ErasureCertificate,
    /// A folder of an export.
    Export,
}

impl Cell for CheckVerdict {
    fn cell(&self) -> String {
        match self {
            Self::Good => "good",
            Self::False => "false",
            Self::NotChecked => "not_checked",
        }
        .into()
    }

    fn shown(&self) -> String {
        self.cell().replace('_', " ")
    }
}

impl Cell for FileKind {
    fn cell(&self) -> String {
        match self {
            Self::Checkpoint => "checkpoint",
            Self::EntryProof => "entry_proof",
            Self::IncidentProof => "incident_proof",
            Self::Equivocation => "equivocation",
            Self::Receipts => "receipts",
            Self::EvidencePage => "evidence_page",
            Self::ErasureCertificate => "erasure_certificate",
            Self::Export => "export",
        }
        .into()
    }
}

/// What a good file proves.
struct Good {
    origin: String,
    size: u64,
    words: String,
}

/// Why a file is not good.
enum NotGood {
    False(String),
    NotChecked(String),
}

type Judged = Result<Good, NotGood>;

fn wrong(error: impl std::fmt::Display) -> NotGood {
    NotGood::False(error.to_string())
}

/// Judges files by what the reader brings: keys, other files of the same ledger, and revocations.
#[derive(Debug)]
pub struct Checker {
    policy: Policy,
    checkpoints: Vec<VerifiedCheckpoint>,
    consistency: Vec<Consistency>,
    /// Public keys, and the entries that revoke them.
    revoked: Vec<([u8; 32], u64)>,
    ledger: Option<Ledger>,
}

impl Checker {
    /// Relies on the keys of a policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, checkpoints: Vec::new(), consistency: Vec::new(), revoked: Vec::new(), ledger: None }
    }

    /// Asks this ledger, where it is the one of a page of evidence, what it has erased since. It is no basis of a verdict.
    #[must_use]
    pub fn with_ledger(self, ledger: Ledger) -> Self {
        Self { ledger: Some(ledger), ..self }
    }

    /// Judges a file.
    #[must_use]
    pub fn file(&self, name: &str, bytes: &[u8]) -> FileVerdict {
        let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first_line = std::str::from_utf8(first_line).unwrap_or_default();
        if Equivocation::starts(bytes) {
            return verdict(name, Some(FileKind::Equivocation), documents::equivocation(&self.policy, bytes));
        }
        if first_line == "c2sp.org/tlog-proof@v1" {
            return verdict(name, Some(FileKind::EntryProof), documents::entry(self, bytes));
        }
        if purpose_of(first_line) == Some("receipt") {
            let judged = std::str::from_utf8(bytes).map_err(wrong);
            let judged = judged.and_then(|text| receipt::check(self, &[text.to_owned()], &[]));
            return verdict(name, Some(FileKind::Receipts), judged);
        }
        if purpose_of(first_line).is_some() {
            let why = "a note for a purpose that this release does not check alone";
            return verdict(name, None, Err(NotGood::NotChecked(why.into())));
        }
        if first_line.starts_with('<') {
            return verdict(name, Some(FileKind::EvidencePage), page::page(self, bytes));
        }
        if first_line.starts_with('{') {
            if let Some(notes) = receipt::notes(bytes) {
                let judged = receipt::check(self, &notes, &receipt::plain(bytes));
                return verdict(name, Some(FileKind::Receipts), judged);
            }
            if documents::certifies(bytes).as_deref() == Some("erasure") {
                let judged = documents::certificate(&self.policy, bytes);
                return verdict(name, Some(FileKind::ErasureCertificate), judged);
            }
            return verdict(name, Some(FileKind::IncidentProof), documents::incident(self, bytes));
        }
        let judged = SignedCheckpoint::parse(bytes)
            .map_err(wrong)
            .and_then(|signed| self.trusted(signed))
            .map(|under| good_under(&under, checkpoint(&under)));
        verdict(name, Some(FileKind::Checkpoint), judged)
    }

    /// Judges the folder of an export.
    #[must_use]
    pub fn folder(&self, name: &str, path: &Path) -> FileVerdict {
        verdict(name, Some(FileKind::Export), documents::folder(&self.policy, path))
    }
}

fn verdict(name: &str, kind: Option<FileKind>, judged: Judged) -> FileVerdict {
    let file = name.to_owned();
    match judged {
        Ok(Good { origin, size, words }) => FileVerdict {
            file,
            kind,
            verdict: CheckVerdict::Good,
            origin: Some(origin),
            size: Some(size),
            why: words,
        },
        Err(NotGood::False(why)) => {
            FileVerdict { file, kind, verdict: CheckVerdict::False, origin: None, size: None, why }
        }
        Err(NotGood::NotChecked(why)) => {
            FileVerdict { file, kind, verdict: CheckVerdict::NotChecked, origin: None, size: None, why }
        }
    }
}

fn good_under(under: &VerifiedCheckpoint, words: String) -> Good {
    Good { origin: under.origin().to_owned(), size: under.head().size, words }
}

fn checkpoint(checkpoint: &VerifiedCheckpoint) -> String {
    let head = checkpoint.head();
    let cosigned = checkpoint.note().signers().iter().filter(|signer| signer.time_s.is_some()).count();
    format!(
        "{}'s checkpoint of {} entries, root {}, with {cosigned} cosignatures by trusted witnesses",
        checkpoint.origin(),
        head.size,
        head.root
    )
}
