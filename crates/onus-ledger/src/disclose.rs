//! What leaves the ledger: the keys of named fields, for one recipient, and the note that records left.
//!
//! Both are written to the access ledger, and synced, before anything is handed out (DPA 2018 s.62). If that
//! cannot be written, nothing leaves.
//!
//! The key of one field opens that field of that event and nothing else. Whoever holds it reads the text for
//! ever, erased or not: that is why the access ledger says who was given it.

use crate::access::{Line, RevealError, os_account, seal};
use crate::caller::Caller;
use crate::ledger::agency_of;
use crate::permit::{Candidate, NotOpened};
use crate::reveal::{EntryTexts, candidates, entries};
use crate::unlocked::Unlocked;
use onus_core::bodies::access::{Disclosed, Exported};
use onus_core::bytes::Digest;
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::Body;
use onus_core::rights::regime_of;
use onus_core::sealed::{Plain, Sealed};
use onus_core::seq::Seq;
use onus_core::vocabulary::Regime;
use onus_vault::{FieldKey, OpenTextError, open_with_field_key};

/// The sealed fields `recipients` and `why`, of `Disclosed` and of `Exported`.
const RECIPIENTS: FieldNo = FieldNo::new(16);
const WHY: FieldNo = FieldNo::new(17);

/// To whom keys are handed out, on what ground, and why.
#[derive(Debug)]
pub struct Disclosure<'a> {
    /// Who receives them.
    pub recipients: &'a Plain,
    /// The ground, as a code.
    pub ground: Code,
    /// The reason, where one is given.
    pub why: Option<&'a Plain>,
}

/// The key of one text, for the recipient.
#[derive(Debug)]
pub struct HandedKey {
    /// The entry.
    pub seq: Seq,
    /// The field.
    pub field: FieldNo,
    /// The text's length in Unicode scalar values.
    pub chars: u32,
    /// The key, or why there is none.
    pub key: Result<FieldKey, NotOpened>,
}

/// Records that leave in a file.
#[derive(Debug)]
pub struct Export<'a> {
    /// The incident that they belong to; `None` if they are of several.
    pub incident: Option<&'a Incident>,
    /// In which format.
    pub format: Code,
    /// SHA-256 of the filters that chose them.
    pub filters: Option<Digest>,
    /// The ledger's size.
    pub size: u64,
    /// How many entries leave.
    pub included: u64,
    /// How many of their texts are withheld.
    pub withheld: u64,
    /// How many of their texts were erased.
    pub erased: u64,
    /// Who receives them, where that is stated.
    pub recipients: Option<&'a Plain>,
    /// The reason, where one is given.
    pub why: Option<&'a Plain>,
}

impl Unlocked {
    /// Hands out the keys of sealed texts. The access ledger says so first, durably.
    ///
    /// A text whose processing is restricted, or that no reading right covers for this ground, is not handed out and
    /// says why. Nothing is written if nothing is handed out.
    pub fn disclose(
        &self,
        caller: &Caller,
        disclosure: &Disclosure<'_>,
        texts: &[EntryTexts],
    ) -> Result<Vec<HandedKey>, RevealError> {
        let ledger = self.ledger();
        let identity = ledger.identity_of(caller)?;
        let reader = ledger.read()?;
        let vault = self.slots(&reader)?;
        let (candidates, incidents) = candidates(&reader, texts)?;
        // The ground is the purpose that restrictions and reading rights ask for.
        let purpose = Some(&disclosure.ground);
        let permit = ledger.permit(&reader, identity, purpose, &incidents)?;
        let asked: Vec<(Option<NotOpened>, Candidate)> =
            candidates.into_iter().map(|one| (permit.refusal(&one), one)).collect();
        let handed = || asked.iter().filter(|(refusal, _)| refusal.is_none()).map(|(_, one)| one);
        if handed().next().is_some() {
            let incident = ledger.concerned(&incidents, &agency_of(&reader)?);
            let regime = regime_of(handed().map(|one| one.regime));
            let line = Line {
                purpose: purpose.cloned(),
                policy: permit.policy(),
                ..Line::of(caller, incident, regime)
            };
            ledger.write_access(&line, vault, |slot, event_id| {
                Ok(Body::Disclosed(Disclosed {
                    entries: entries(handed()),
                    account: os_account(caller, slot, event_id)?,
                    ground: disclosure.ground.clone(),
                    recipients: seal(slot, event_id, RECIPIENTS, disclosure.recipients)?,
                    why: disclosure.why.map(|why| seal(slot, event_id, WHY, why)).transpose()?,
                    operator: caller.operator(Some(vault)),
                }))
            })?;
        }
        let hand = |(refusal, candidate): (Option<NotOpened>, Candidate)| HandedKey {
            seq: candidate.seq,
            field: candidate.field,
            chars: candidate.sealed.chars,
            key: match refusal {
                Some(refusal) => Err(refusal),
                None => vault
                    .field_key(&candidate.sealed, &candidate.event_id, candidate.field)
                    .map_err(NotOpened::Text),
            },
        };
        Ok(asked.into_iter().map(hand).collect())
    }

    /// Writes to the access ledger, durably, that records leave. Whoever makes a file calls this before the
    /// file can be read by anybody.
    pub fn record_export(&self, caller: &Caller, export: &Export<'_>) -> Result<(), RevealError> {
        let ledger = self.ledger();
        ledger.identity_of(caller)?;
        let reader = ledger.read()?;
        let vault = self.slots(&reader)?;
        let incident = match export.incident {
            Some(incident) => Some(incident.clone()),
            None => ledger.concerned(&[None, None], &agency_of(&reader)?),
        };
        let line = Line::of(caller, incident, Regime::Undetermined);
        ledger.write_access(&line, vault, |slot, event_id| {
            let text = |field, text: Option<&Plain>| text.map(|t| seal(slot, event_id, field, t)).transpose();
            Ok(Body::Exported(Exported {
                format: export.format.clone(),
                filters: export.filters,
                size: export.size,
                included: export.included,
                withheld: export.withheld,
                erased: export.erased,
                account: os_account(caller, slot, event_id)?,
                recipients: text(RECIPIENTS, export.recipients)?,
                why: text(WHY, export.why)?,
                operator: caller.operator(Some(vault)),
            }))
        })?;
        Ok(())
    }
}

/// Opens one text with the key that a recipient was handed; no ledger and no vault is needed.
pub fn open_disclosed(
    sealed: &Sealed,
    event_id: &EventId,
    field: FieldNo,
    key: &FieldKey,
) -> Result<Plain, OpenTextError> {
    open_with_field_key(sealed, event_id, field, key)
}
