//! Who held what, asked of a history: how good each statement is, which outcomes open the follow-up, and what follows.
//!
//! An outcome opens the follow-up where the policy of the agency that states it says so; an agency that has none in force
//! is asked about under the policy of the incident's owner. In force means: as of the outcome, for the strand and age
//! band last assessed before it, and entered before it (`docs/responsibility.md`).
//!
//! Never: no signature is taken at its word. A statement counts as counter-signed only where its note was verified.

use crate::incident::HistoryError;
use crate::knowledge::Knowledge;
use crate::policy::{Policies, PolicyQuestion};
use onus_core::history::{Entry, History, KnownBy, Vantage};
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::{Binding, Grounds, Quality, Responsibility, responsibility};
use onus_core::seq::Seq;
use onus_core::vocabulary::{Outcome, Role};
use onus_store::Reader;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// Who held what, as seen from a vantage, on the qualities that the record itself shows. `policies` are the ledger's, by
/// the vantage's clock; those of [`policies_for`] are enough.
#[must_use]
pub fn holding(history: &History, vantage: &Vantage, policies: &Policies) -> Responsibility {
    let known_then: OnceCell<Cow<'_, History>> = OnceCell::new();
    let knowledge = OnceCell::new();
    let opens = |entry: &Entry| match &entry.body {
        Some(Body::OutcomeRecorded(outcome)) if !policies.is_empty() => {
            let known = known_then.get_or_init(|| match vantage.known_at {
                Some(_) => Cow::Owned(history.known(vantage)),
                None => Cow::Borrowed(history),
            });
            let knowledge = knowledge.get_or_init(|| Knowledge::of(known));
            let owner = &history.incident().owner;
            opens_follow_up(owner, knowledge, vantage, policies, entry, outcome.outcome)
        }
        _ => false,
    };
    responsibility(history, vantage, &Grounds { quality: &quality, opens_follow_up: &opens })
}

/// The policies on which who held what in a history may depend: none are read where it states no outcome.
pub fn policies_for(reader: &Reader, history: &History, known_by: KnownBy) -> Result<Policies, HistoryError> {
    let outcome = Kind::OutcomeRecorded.number();
    if history.entries().iter().any(|entry| entry.head.kind == outcome) {
        Policies::read(reader, known_by)
    } else {
        Ok(Policies::default())
    }
}

fn opens_follow_up(
    owner: &AgencyId,
    knowledge: &Knowledge<'_>,
    vantage: &Vantage,
    policies: &Policies,
    entry: &Entry,
    outcome: Outcome,
) -> bool {
    for force in [&entry.common.asserted_by, owner] {
        if policies.of(force).is_empty() {
            continue;
        }
        let mut question = PolicyQuestion::about(entry, knowledge, force);
        question.known_at = vantage.known_at.map_or(question.known_at, |at| at.min(question.known_at));
        if let Some(version) = policies.in_force(&question).first() {
            return version.body().follow_up_after.contains(&outcome);
        }
    }
    false
}

/// How good a statement is that makes a holder.
///
/// *Counter-signed* where the note was verified (`handover`); *own* where whom it binds said and submitted it;
/// *evidenced* where an acceptance names the receiver's role, and either its reference or an offer that said what the
/// risk is; else *asserted alone*. With the time of leaving these are the facts that *Webley* asks for: content passed,
/// and accepted.
#[must_use]
pub fn quality(binding: &Binding<'_>) -> Quality {
    if binding.entry.counter_signed {
        return Quality::CounterSigned;
    }
    let common = &binding.entry.common;
    if common.asserted_by == common.submitted_by.agency && *binding.receiver == common.asserted_by {
        return Quality::Own;
    }
    match &binding.entry.body {
        // What was handed in as a signature and is none lends an acceptance nothing.
        Some(Body::HandoverAccepted(accepted)) if accepted.signed_note.is_some() => Quality::AssertedAlone,
        Some(Body::HandoverAccepted(accepted)) => {
            let names_a_role = accepted.by_role.is_some_and(|role| role != Role::Unknown);
            let content_passed = binding.offer.is_some_and(|offer| offer.risk_summary.is_some());
            if names_a_role && (accepted.reference.is_some() || content_passed) {
                Quality::Evidenced
            } else {
                Quality::AssertedAlone
            }
        }
        _ => Quality::AssertedAlone,
    }
}

/// The entries that make a holder on the word of somebody else alone, each with what it lacks.
#[must_use]
pub fn asserted_alone(history: &History) -> BTreeMap<Seq, &'static str> {
    let found = RefCell::new(BTreeMap::new());
    let look = |binding: &Binding<'_>| {
        let how_good = quality(binding);
        if how_good == Quality::AssertedAlone {
            found.borrow_mut().insert(binding.entry.seq(), lacks(binding.entry));
        }
        how_good
    };
    let opens = |_: &Entry| false;
    let _folded =
        responsibility(history, &Vantage::default(), &Grounds { quality: &look, opens_follow_up: &opens });
    found.into_inner()
}

fn lacks(entry: &Entry) -> &'static str {
    match &entry.body {
        Some(Body::HandoverAccepted(accepted)) if accepted.signed_note.is_some() => {
            "its signature is not verified before it is recorded"
        }
        Some(Body::HandoverAccepted(accepted))
            if accepted.by_role.is_none_or(|role| role == Role::Unknown) =>
        {
            "it names no role that accepted"
        }
        Some(Body::HandoverAccepted(_)) => "no reference of the receiver, and no offer with a risk summary",
        _ => "the agency that it binds does not say so itself",
    }
}
