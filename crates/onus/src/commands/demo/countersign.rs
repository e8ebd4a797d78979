//! The Lambeth handover as it would be done: the offer is requested, checked by its receiver, signed there, and the same
//! acceptance is recorded with the signature in it. The demo plays both sides, with a key that it throws away.

use super::build::malformed;
use crate::exit::{Cause, Failure, chain};
use onus_core::bytes::NoteBytes;
use onus_core::code;
use onus_core::code::Origin;
use onus_core::keys::handover_key_name;
use onus_core::kinds::{Body, Kind};
use onus_core::record::Draft;
use onus_core::vocabulary::Role;
use onus_export::handover::open_request;
use onus_ledger::make_key_file;
use onus_proof::{Algorithm, Policy, VerifierKey};
use onus_query::handover::{Answer, Said};
use onus_service::{OfferName, RequestQuestion, Session};

/// Whether a draft accepts an offer.
pub(super) fn is_acceptance(draft: &Draft) -> bool {
    matches!(draft.body, Body::HandoverAccepted(_))
}

/// The same drafts, the first acceptance among them signed by whom the ledger's last offer was made to.
pub(super) fn signed(
    owner: &Session,
    inspector: &Session,
    checkpoint_key: &VerifierKey,
    mut drafts: Vec<Draft>,
) -> Result<Vec<Draft>, Failure> {
    let offers = owner.ledger().read()?.of_kind(Kind::HandoverOffered.number())?;
    let offer = OfferName::Seq(*offers.last().ok_or_else(malformed)?);
    let question = RequestQuestion { offer, ground: code!("handover"), why: None };
    let request = inspector.handover_request(&question)?;

    // The receiver's side: the request, the sender's key, and a key of its own.
    let checked = open_request(&request.text, &Policy::trusting([checkpoint_key.clone()]))?;
    let (signer, _) = make_key_file(&handover_key_name(&request.to), None)?;
    owner.register_partner_key(&signer.verifier(Algorithm::Ed25519))?;
    let draft = drafts.iter_mut().find(|draft| is_acceptance(draft)).ok_or_else(malformed)?;
    let at = draft.common.occurred_at;
    let incident = draft.common.incident.clone().ok_or_else(malformed)?;
    let Body::HandoverAccepted(accepted) = &mut draft.body else { return Err(malformed()) };
    let answer = Answer {
        origin: Origin::new(checked.checkpoint.origin()).ok_or_else(malformed)?,
        incident,
        offer: checked.original.entry().id(),
        entry_sha256: checked.original.digest(),
        facets: accepted.facets.clone(),
        said: Said::Accepted,
        by: request.to,
        role: accepted.by_role.unwrap_or(Role::Unknown),
        reference: accepted.reference.clone(),
        reason: None,
        at,
        conditions_sha256: None,
        entry: Some(checked.original.bytes().to_vec()),
    };
    let note = answer.sign(&signer).map_err(|e| Failure::new(Cause::Environment, chain(&e)))?;
    accepted.signed_note = Some(NoteBytes::new(note.to_string().into_bytes()).ok_or_else(malformed)?);
    Ok(drafts)
}
