//! Erasing: the keys of an incident's or a subject's texts destroyed, and a certificate of it.

mod certificate;

use crate::session::Session;
use certificate::{DOCUMENT, document};
use onus_core::blame::{Blame, Blamed};
use onus_export::signature::Signing;
use onus_export::signer::{Signer, SignerError};
use onus_ledger::{EraseError, ErasureRequest, OpenError};

pub use certificate::{
    ErasedFrom, ErasedText, ErasureCertificate, ErasureEntry, LeftTheLedger, NotReached, Recipients,
};

/// Why nothing was erased, or what is missing of a certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErasureError {
    /// The ledger or its keys did not open. Nothing was erased.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Nothing, or not everything, was erased; it says who must act.
    #[error(transparent)]
    Erase(#[from] EraseError),
    /// The texts are erased, and the certificate is not signed.
    #[error("the texts are erased, but the certificate could not be signed")]
    Sign(#[from] SignerError),
}

impl Blamed for ErasureError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Erase(e) => e.blame(),
            Self::Sign(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Erase(e) => e.hint(),
            Self::Sign(_) => {
                Some("run the same command again: it erases nothing more, and certifies it".into())
            }
        }
    }
}

impl Session {
    /// Erases, and certifies what was erased and what was not reached. Run again, it erases what has been added since. It
    /// cannot be undone.
    pub fn erase(&self, request: &ErasureRequest<'_>) -> Result<ErasureCertificate, ErasureError> {
        let who = self.identity()?;
        let made = self.keys()?.erase(self.caller(), request)?;
        let mut certificate = ErasureCertificate::of(&made);
        if let Some(signer) = Signer::of(self.keys()?)? {
            let signing = Signing {
                origin: made.origin.as_str(),
                document: DOCUMENT,
                size: made.size,
                made_at: &made.made_at.utc(),
                made_by: &format!("{}/{}", who.agency(), who.role().map_or("-", |role| role.as_str())),
            };
            certificate.sign(signer.sign(&signing, &document(&certificate))?);
        }
        Ok(certificate)
    }
}
