//! The keys of other agencies: registered in the ledger of whoever relies on them, so that a reader finds with which key
//! an answer to an offer was checked, since when that key was known here, and when it no longer was.
//!
//! # Never
//! * Such a key signs anything here: its secret stays with its owner.
//!
//! # Not promised
//! * That the key is its owner's. Whoever registers it got it from there, by a way that is not this ledger.

use crate::caller::Caller;
use crate::error::OpenError;
use crate::ledger::{Ledger, agency_of};
use crate::signing::{SigningError, SigningKey, registered, revoked, signing_keys};
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::keys::handover_key_agency;
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_proof::{Algorithm, VerifierKey};

/// Why a partner's key was neither registered nor revoked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartnerError {
    /// The name is none of another agency's key for handovers.
    #[error("a partner's key is named AGENCY/handover after another agency, such as mh_trust:RV5/handover")]
    Name,
    /// It is registered already.
    #[error("this key is registered already, by entry {seq}")]
    Known {
        /// The entry.
        seq: Seq,
    },
    /// It was revoked here, and what was revoked is never taken back. Its owner makes a new one.
    #[error("this key was revoked by entry {seq}: ask its owner for a new one")]
    Revoked {
        /// The entry.
        seq: Seq,
    },
    /// No such key is in force.
    #[error("no such key is registered and in force")]
    Unknown,
    /// The ledger did not open, or did not acknowledge the event.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The ledger did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Blamed for PartnerError {
    fn blame(&self) -> Blame {
        match self {
            Self::Name | Self::Revoked { .. } => Blame::Caller,
            Self::Known { .. } => Blame::Conflict,
            Self::Unknown => Blame::NotFound,
            Self::Signing(e) => e.blame(),
            Self::Open(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signing(e) => e.hint(),
            Self::Open(e) => e.hint(),
            _ => None,
        }
    }
}

impl Ledger {
    /// Registers another agency's key for handovers. The caller answers for its being that agency's.
    pub fn register_partner_key(&self, caller: &Caller, key: &VerifierKey) -> Result<(), PartnerError> {
        let reader = self.read()?;
        let own = agency_of(&reader)?;
        let agency = handover_key_agency(key.name()).filter(|agency| *agency != own);
        if agency.is_none() || key.algorithm() != Algorithm::Ed25519 {
            return Err(PartnerError::Name);
        }
        if let Some(known) = signing_keys(&reader)?.into_iter().find(|known| known.key == *key) {
            return Err(match known.revoked {
                Some(revoked) => PartnerError::Revoked { seq: revoked.seq },
                None => PartnerError::Known { seq: known.seq },
            });
        }
        let body = Body::KeyRegistered(registered(KeyPurpose::Handover, key)?);
        Ok(self.record_keys(caller, &reader, vec![body])?)
    }

    /// Revokes another agency's key: no answer that is recorded from here on counts as signed by it.
    pub fn revoke_partner_key(
        &self,
        caller: &Caller,
        key: &VerifierKey,
        reason: Code,
    ) -> Result<(), PartnerError> {
        let reader = self.read()?;
        let own = agency_of(&reader)?;
        let is_theirs =
            |known: &SigningKey| handover_key_agency(known.key.name()).is_some_and(|agency| agency != own);
        let known = signing_keys(&reader)?
            .into_iter()
            .find(|known| known.key == *key && known.revoked.is_none() && is_theirs(known))
            .ok_or(PartnerError::Unknown)?;
        Ok(self.record_keys(caller, &reader, vec![Body::KeyRevoked(revoked(&known, reason)?)])?)
    }
}
