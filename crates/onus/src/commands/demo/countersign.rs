//! The Lambeth handover as it would be done: the offer is requested, shown to its receiver, signed there, and the same
//! acceptance is recorded with the signature in it. The demo plays both sides, with keys that it throws away.

use super::{AGENCY, by};
use crate::exit::{Cause, Failure, chain};
use onus_core::bytes::NoteBytes;
use onus_core::code::{Code, Origin};
use onus_core::keys::handover_key_name;
use onus_core::kinds::{Body, Kind};
use onus_core::record::Draft;
use onus_core::vocabulary::{KeyPurpose, Role};
use onus_export::handover::{OfferRequest, open_request, request};
use onus_ledger::{Identity, Ledger, make_key_file};
use onus_proof::{Algorithm, Policy};
use onus_query::handover::{Answer, Said};

/// Whether a draft accepts an offer.
pub(super) fn is_acceptance(draft: &Draft) -> bool {
    matches!(draft.body, Body::HandoverAccepted(_))
}

/// The same drafts, the first acceptance among them signed by whom the ledger's last offer was made to.
pub(super) fn signed(ledger: &Ledger, mut drafts: Vec<Draft>) -> Result<Vec<Draft>, Failure> {
    let failure = |e: &dyn std::error::Error| Failure::new(Cause::Environment, chain(e));
    let inside = || Failure::new(Cause::Refused, "the demo's own handover is malformed");
    let keys = ledger.unlock(None).map_err(|e| super::open_failure(ledger, &e))?;
    let own = keys.generate_key(&by(None), KeyPurpose::Checkpoint)?;
    let reader = ledger.read().map_err(|e| super::open_failure(ledger, &e))?;
    let offers = reader.of_kind(Kind::HandoverOffered.number()).map_err(|e| failure(&e))?;
    let seq = *offers.last().ok_or_else(inside)?;
    let checkpoint = keys.sign_checkpoint()?;
    let who = Identity::parse(&format!("{AGENCY}/inspector")).ok_or_else(inside)?;
    let ground = Code::new("handover").ok_or_else(inside)?;
    let asked = OfferRequest { seq, ground: &ground, why: None };
    let made = request(&keys, &by(Some(who)), &checkpoint, &asked).map_err(|e| failure(&e))?;

    // The receiver's side: the request, the sender's key, and a key of its own.
    let checked = open_request(&made.text, &Policy::trusting([own])).map_err(|e| failure(&e))?;
    let (signer, _) = make_key_file(&handover_key_name(&made.to), None).map_err(|e| failure(&e))?;
    let partner = signer.verifier(Algorithm::Ed25519);
    ledger.register_partner_key(&by(None), &partner).map_err(|e| failure(&e))?;
    let draft = drafts.iter_mut().find(|draft| is_acceptance(draft)).ok_or_else(inside)?;
    let at = draft.common.occurred_at;
    let incident = draft.common.incident.clone().ok_or_else(inside)?;
    let Body::HandoverAccepted(accepted) = &mut draft.body else { return Err(inside()) };
    let answer = Answer {
        origin: Origin::new(checked.checkpoint.origin()).ok_or_else(inside)?,
        incident,
        offer: checked.original.entry().id(),
        entry_sha256: checked.original.digest(),
        facets: accepted.facets.clone(),
        said: Said::Accepted,
        by: made.to,
        role: accepted.by_role.unwrap_or(Role::Unknown),
        reference: accepted.reference.clone(),
        reason: None,
        at,
        conditions_sha256: None,
        entry: Some(checked.original.bytes().to_vec()),
    };
    let note = answer.sign(&signer).map_err(|e| failure(&e))?;
    accepted.signed_note = Some(NoteBytes::new(note.to_string().into_bytes()).ok_or_else(inside)?);
    Ok(drafts)
}
