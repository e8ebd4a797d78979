//! Documents signed by the ledger's key for manifests, where it has one.

use super::evidence::{checkpoint_failure, signing_failure};
use super::open_failure;
use crate::exit::{Cause, Failure, chain};
use onus_core::blame::Blamed as _;
use onus_core::vocabulary::KeyPurpose;
use onus_export::signature::{Signature, Signing};
use onus_ledger::{SignCheckpointError, SigningError, Unlocked, signing_keys};
use onus_proof::{Note, NoteSigner, TlogProof};
use onus_query::proofs;

/// Signs documents of one ledger.
pub(super) struct Signer {
    signer: NoteSigner,
    key_proof: Option<String>,
}

impl Signer {
    /// The ledger's, with the proof of its key where the ledger signs checkpoints; none if it has no key for this.
    pub(super) fn of(keys: &Unlocked) -> Result<Option<Self>, Failure> {
        let ledger = keys.ledger();
        let reader = ledger.read().map_err(|e| open_failure(ledger, &e))?;
        let signer = match keys.signer(&reader, KeyPurpose::Manifest) {
            Ok(signer) => signer,
            Err(SigningError::NoneInForce { .. }) => return Ok(None),
            Err(e) => return Err(signing_failure(ledger, &e)),
        };
        let checkpoint = match keys.sign_checkpoint() {
            Ok(checkpoint) => checkpoint,
            Err(SignCheckpointError::Signing(SigningError::NoneInForce { .. })) => {
                return Ok(Some(Self { signer, key_proof: None }));
            }
            Err(e) => return Err(checkpoint_failure(ledger, &e)),
        };
        let reader = ledger.read().map_err(|e| open_failure(ledger, &e))?;
        let keys = signing_keys(&reader).map_err(|e| open_failure(ledger, &e))?;
        let head = checkpoint.unchecked().head();
        let own = keys
            .iter()
            .rev()
            .find(|key| key.purpose == KeyPurpose::Manifest && key.revoked.is_none() && key.seq < head.size);
        let Some(own) = own else { return Ok(Some(Self { signer, key_proof: None })) };
        let entry = reader.entry(own.seq).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
        let path = proofs::inclusion(&reader, own.seq, &head).map_err(|e| super::prove::failure(&e))?;
        let proof = TlogProof::new(Some(entry.bytes().to_vec()), own.seq, path, checkpoint);
        Ok(Some(Self { signer, key_proof: Some(proof.to_string()) }))
    }

    /// The signature over a document.
    pub(super) fn sign(&self, signing: &Signing<'_>, document: &[u8]) -> Result<Signature, Failure> {
        let failed = |e: &dyn std::error::Error| Failure::new(Cause::Environment, chain(e));
        let text = signing.text(document).map_err(|e| failed(&e))?;
        let note = Note::sign(&text, &self.signer).map_err(|e| failed(&e))?;
        Ok(Signature { note: note.to_string(), key_proof: self.key_proof.clone() })
    }
}

/// What is said of a document that nobody signed.
pub(super) fn is_unsigned(what: &str) -> String {
    format!(
        "onus: NOT SIGNED: this ledger has no key for manifests, so nobody can tell who made {what}, and `onus check` will \
         not call it good; make the key: onus key generate manifest"
    )
}
