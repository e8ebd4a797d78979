//! The ledger against what it signed before, kept elsewhere.
//!
//! This is what finds a ledger that was rewritten with everything recomputed, cut short, or replaced by an older copy:
//! none of those leaves a trace in the directory itself.

use super::{KeptElsewhere, LogVerdict, Root, VerificationError, VerifyQuestion, kept_sizes};
use crate::answer::Name;
use crate::proofs::own_keys;
use onus_ledger::Ledger;
use onus_proof::{
    Equivocation, Policy, PolicyRefusal, SignedCheckpoint, TreeHead, VerifiedCheckpoint, verify_consistency,
};
use onus_query::proofs;
use onus_store::Reader;
use schemars::JsonSchema;
use serde::Serialize;

/// What one checkpoint says of the ledger.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ComparedCheckpoint {
    /// The file that holds it.
    pub file: String,
    /// Whether the ledger begins with what was signed there.
    pub continues: bool,
    /// What is wrong; null if it continues.
    pub problem: Option<Name<Contradiction>>,
    /// Evidence for anyone that two histories were signed, where it was asked for and could be made.
    #[serde(skip)]
    pub equivocation: Option<Box<Equivocation>>,
}

/// How a checkpoint and the ledger contradict each other. In JSON it is its sentence.
#[derive(Debug)]
#[non_exhaustive]
pub enum Contradiction {
    /// The log is damaged, so nothing was compared.
    NotCompared,
    /// The checkpoint is not signed as the reader asks.
    NotTrusted(PolicyRefusal),
    /// It is of another ledger.
    OtherLedger {
        /// Of which.
        of: String,
        /// This one.
        here: String,
    },
    /// More entries were signed than there are.
    Shorter {
        /// How many were signed.
        signed: u64,
        /// How many there are.
        here: u64,
    },
    /// The entries are not those that were signed.
    OtherEntries {
        /// How many were signed.
        size: u64,
        /// The root that was signed.
        signed: Root,
        /// The root of the entries here.
        here: Root,
        /// Whether evidence that both were signed was asked for, and found.
        evidence: EquivocationEvidence,
    },
}

/// Whether there is evidence that two histories were signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EquivocationEvidence {
    /// It was not asked for.
    NotAsked,
    /// No signed checkpoint of the history here was found.
    NotFound,
    /// There is.
    Made,
}

/// Compares the ledger with each checkpoint.
pub(super) fn compare(
    ledger: &Ledger,
    log: &LogVerdict,
    question: &VerifyQuestion,
) -> Result<Vec<ComparedCheckpoint>, VerificationError> {
    if question.checkpoints.is_empty() {
        return Ok(Vec::new());
    }
    if !log.is_sound() {
        let not_compared = |kept: &KeptElsewhere| (kept.file.clone(), Some(Contradiction::NotCompared), None);
        return Ok(question.checkpoints.iter().map(not_compared).map(answer).collect());
    }
    let reader = ledger.read()?;
    let policy = match &question.trusted {
        Some(policy) => policy.clone(),
        None => own_keys(&reader)?,
    };
    let comparing = Comparing {
        ledger,
        reader: &reader,
        policy: &policy,
        is_evidence_wanted: question.wants_equivocation,
    };
    question
        .checkpoints
        .iter()
        .map(|kept| {
            let (contradiction, equivocation) = comparing.one(kept)?;
            Ok(answer((kept.file.clone(), contradiction, equivocation)))
        })
        .collect()
}

fn answer(
    (file, contradiction, equivocation): (String, Option<Contradiction>, Option<Equivocation>),
) -> ComparedCheckpoint {
    ComparedCheckpoint {
        file,
        continues: contradiction.is_none(),
        problem: contradiction.map(Name),
        equivocation: equivocation.map(Box::new),
    }
}

struct Comparing<'a> {
    ledger: &'a Ledger,
    reader: &'a Reader,
    policy: &'a Policy,
    is_evidence_wanted: bool,
}

impl Comparing<'_> {
    fn one(
        &self,
        kept: &KeptElsewhere,
    ) -> Result<(Option<Contradiction>, Option<Equivocation>), VerificationError> {
        let signed = SignedCheckpoint::parse(&kept.bytes)
            .map_err(|why| VerificationError::NotACheckpoint { file: kept.file.clone(), why })?;
        let theirs = match self.policy.check(signed) {
            Ok(theirs) => theirs,
            Err(e) => return Ok((Some(Contradiction::NotTrusted(e)), None)),
        };
        let origin = self.reader.identity().origin.as_str();
        if theirs.origin() != origin {
            let of = theirs.origin().to_owned();
            return Ok((Some(Contradiction::OtherLedger { of, here: origin.to_owned() }), None));
        }
        let (head, here) = (theirs.head(), self.reader.size());
        if head.size > here {
            return Ok((Some(Contradiction::Shorter { signed: head.size, here }), None));
        }
        let root = proofs::root(self.reader, head.size)?;
        if root == head.root {
            return Ok((None, None));
        }
        let made = if self.is_evidence_wanted { self.equivocation(&theirs)? } else { None };
        let evidence = match (&made, self.is_evidence_wanted) {
            (Some(_), _) => EquivocationEvidence::Made,
            (None, true) => EquivocationEvidence::NotFound,
            (None, false) => EquivocationEvidence::NotAsked,
        };
        let (signed, here) = (Name(head.root), Name(root));
        Ok((Some(Contradiction::OtherEntries { size: head.size, signed, here, evidence }), made))
    }

    /// Evidence that the history here was signed as well, if a checkpoint beside the ledger shows it.
    fn equivocation(&self, theirs: &VerifiedCheckpoint) -> Result<Option<Equivocation>, VerificationError> {
        let old = theirs.head();
        let sizes = kept_sizes(self.ledger)?;
        for size in sizes.into_iter().filter(|size| (old.size..=self.reader.size()).contains(size)) {
            let Ok(Some(bytes)) = self.ledger.kept_checkpoint(size) else { continue };
            let Ok(signed) = SignedCheckpoint::parse(&bytes) else { continue };
            let Ok(ours) = self.policy.check(signed) else { continue };
            let evidence = if size == old.size {
                Equivocation::same_size(theirs.to_signed(), ours.to_signed())
            } else {
                let root = proofs::root(self.reader, old.size)?;
                let proof = proofs::consistency(self.reader, old.size, &ours.head())?;
                let begins = TreeHead { size: old.size, root };
                if verify_consistency(&begins, &ours.head(), &proof).is_err() {
                    continue;
                }
                Equivocation::different_sizes(theirs.to_signed(), ours.to_signed(), root, proof)
            };
            if evidence.check(self.policy.logs()).is_ok() {
                return Ok(Some(evidence));
            }
        }
        Ok(None)
    }
}
