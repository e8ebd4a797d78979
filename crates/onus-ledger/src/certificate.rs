//! What an erasure did and what it could not reach, told from the two ledgers alone: it can be made again at any time.
//!
//! It holds no text that was erased. It opens the recipients of disclosures, since nobody else can be asked to erase
//! their copies; that is a reading, and the access ledger has it first.
//!
//! Never: it says that nothing is left. What this software cannot see (file systems, disks, backups, what somebody
//! wrote down) it names and leaves to people.

use crate::access::RevealError;
use crate::caller::Caller;
use crate::erasure::{CERTIFICATE, ErasureRequest, ErasureScope, TextAt, restricting, texts_of};
use crate::error::OpenError;
use crate::ledger::erased;
use crate::permit::{NotOpened, entries_of};
use crate::reveal::{EntryTexts, RevealRequest};
use crate::unlocked::Unlocked;
use onus_core::bodies::access::FieldsOf;
use onus_core::code::{Code, Origin};
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::{Body, Kind};
use onus_core::model::Actor;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_proof::Link;
use onus_store::Reader;
use onus_vault::KeyId;
use std::collections::BTreeSet;

/// The sealed field `recipients`.
const RECIPIENTS: FieldNo = FieldNo::new(16);

/// What was erased, and what was not reached.
#[derive(Debug)]
pub struct Certificate {
    /// The ledger's name.
    pub origin: Origin,
    /// Its size when this was made.
    pub size: u64,
    /// The chain link after its last entry then: it commits to everything before.
    pub last_link: Link,
    /// When this was made, by the machine's clock.
    pub made_at: Timestamp,
    /// Which texts.
    pub scope: ErasureScope,
    /// The entries that record it.
    pub erasures: Vec<Erasure>,
    /// The texts that can no longer be opened with this ledger's vault.
    pub texts: Vec<TextAt>,
    /// What was not reached.
    pub not_reached: NotReached,
}

/// One `PersonalDataErased`.
#[derive(Clone, Debug, PartialEq)]
pub struct Erasure {
    /// Its place.
    pub seq: Seq,
    /// Its name.
    pub event_id: EventId,
    /// Under which incident.
    pub incident: Incident,
    /// When the ledger recorded it.
    pub recorded_at: Timestamp,
    /// On what legal basis.
    pub basis: Code,
    /// Who authorised it.
    pub authorised_by: Vec<Actor<Stored>>,
    /// How many key slots it destroyed.
    pub slots: usize,
    /// The chain link after it, as in its receipt.
    pub link: Link,
}

/// What an erasure cannot reach.
#[derive(Debug)]
pub struct NotReached {
    /// How many masters the vault has had. Copies of the vault made before the next rotation still open the texts.
    pub vault_generation: u64,
    /// Whoever received the text or its key, by the access ledger.
    pub recipients: Vec<Left>,
    /// Whoever read the text, by the access ledger.
    pub readings: Vec<Left>,
    /// Texts of the same incidents under other slots, for a person to decide on.
    pub other_texts: Vec<TextAt>,
    /// Entries of the access ledger about these incidents whose own texts (reasons, recipients) stand under slots of
    /// the access ledger.
    pub access_texts: Vec<Seq>,
    /// Entries that restrict the processing of what was erased.
    pub restrictions: Vec<Seq>,
}

/// What the access ledger says left.
#[derive(Debug)]
pub struct Left {
    /// The line of the access ledger.
    pub access_entry: Seq,
    /// When.
    pub recorded_at: Timestamp,
    /// What it tells of: `TextRevealed`, `Disclosed` or `Exported`.
    pub kind: Kind,
    /// Who did it.
    pub who: Actor<Stored>,
    /// The ground of a disclosure, the format of an export.
    pub how: Option<Code>,
    /// To whom, if anybody is named.
    pub recipients: Option<Result<Plain, NotOpened>>,
}

impl Unlocked {
    /// Step 5 of an erasure.
    pub(crate) fn certificate(
        &self,
        caller: &Caller,
        request: &ErasureRequest<'_>,
        incidents: &[Incident],
    ) -> Result<Certificate, RevealError> {
        let ledger = self.ledger();
        let reader = ledger.read()?;
        let gone: BTreeSet<u64> = erased(&reader)?.into_iter().map(KeyId::get).collect();
        let (mut texts, mut other_texts, mut erasures, mut restrictions) = (vec![], vec![], vec![], vec![]);
        for incident in incidents {
            let (own, others) = texts_of(&reader, incident, request.scope.subject())?;
            texts.extend(own.into_iter().filter(|text| gone.contains(&text.key_id)));
            let (under_the_same, left): (Vec<TextAt>, Vec<TextAt>) =
                others.into_iter().partition(|text| gone.contains(&text.key_id));
            // No slot serves two; were one to, its other texts are gone as well, and that is said.
            texts.extend(under_the_same);
            other_texts.extend(left);
            erasures.extend(erasures_of(&reader, incident, request.scope)?);
            restrictions.extend(restricting(&reader, incident)?);
        }
        let access = ledger.access().read().map_err(RevealError::Access)?;
        let (mut recipients, readings) = what_left(&access, &texts, incidents)?;
        self.open_recipients(caller, request, &mut recipients)?;
        let vault_generation = self.secrets(&reader)?.generation();
        Ok(Certificate {
            origin: reader.identity().origin.clone(),
            size: reader.size(),
            last_link: reader.last_link(),
            made_at: ledger.machine.now(),
            scope: request.scope.clone(),
            erasures,
            texts,
            not_reached: NotReached {
                vault_generation,
                recipients,
                readings,
                other_texts,
                access_texts: access_texts(&access, incidents)?,
                restrictions,
            },
        })
    }

    fn open_recipients(
        &self,
        caller: &Caller,
        request: &ErasureRequest<'_>,
        left: &mut [Left],
    ) -> Result<(), RevealError> {
        let named = left.iter().filter(|left| left.kind != Kind::TextRevealed);
        let texts: Vec<EntryTexts> =
            named.map(|left| EntryTexts { seq: left.access_entry, fields: vec![RECIPIENTS] }).collect();
        if texts.is_empty() {
            return Ok(());
        }
        let reading = RevealRequest { why: request.why, purpose: Some(CERTIFICATE) };
        for revealed in self.reveal_access(caller, &reading, &texts)? {
            if let Some(left) = left.iter_mut().find(|left| left.access_entry == revealed.seq) {
                left.recipients = Some(revealed.text);
            }
        }
        Ok(())
    }
}

/// The erasures under an incident that cover these texts: those of the incident as a whole, and the subject's.
fn erasures_of(
    reader: &Reader,
    incident: &Incident,
    scope: &ErasureScope,
) -> Result<Vec<Erasure>, OpenError> {
    let mut found = Vec::new();
    for entry in entries_of(reader, &incident.key())? {
        let Some(Body::PersonalDataErased(body)) = entry.body else { continue };
        let covers = scope.subject().is_none()
            || entry.common.subject.is_none()
            || entry.common.subject == scope.subject();
        if covers {
            found.push(Erasure {
                seq: entry.head.seq,
                event_id: entry.common.event_id,
                incident: incident.clone(),
                recorded_at: entry.head.recorded_at,
                basis: body.basis,
                authorised_by: body.authorisers,
                slots: body.key_ids.len(),
                link: reader.receipt(entry.head.seq)?.link,
            });
        }
    }
    Ok(found)
}

/// Who received these texts, and who read them.
fn what_left(
    access: &Reader,
    texts: &[TextAt],
    incidents: &[Incident],
) -> Result<(Vec<Left>, Vec<Left>), RevealError> {
    let at: BTreeSet<(Seq, EventId)> = texts.iter().map(|text| (text.seq, text.event_id)).collect();
    let touches = |entries: &[FieldsOf]| entries.iter().any(|one| at.contains(&(one.seq, one.event_id)));
    let (mut recipients, mut readings) = (Vec::new(), Vec::new());
    for kind in [Kind::TextRevealed, Kind::Exported, Kind::Disclosed] {
        for seq in access.of_kind(kind.number()).map_err(OpenError::from)? {
            let stored = access.entry(seq).map_err(OpenError::from)?;
            let entry = Entry::parse(stored.bytes()).map_err(|why| OpenError::Entry { seq, why })?;
            let left = |how| Left {
                access_entry: seq,
                recorded_at: entry.head.recorded_at,
                kind,
                who: entry.common.actor.clone(),
                how,
                recipients: None,
            };
            match &entry.body {
                Some(Body::TextRevealed(body)) if touches(&body.entries) => readings.push(left(None)),
                Some(Body::Disclosed(body)) if touches(&body.entries) => {
                    recipients.push(left(Some(body.ground.clone())));
                }
                Some(Body::Exported(body))
                    if body.format != CERTIFICATE
                        && entry.common.incident.as_ref().is_some_and(|of| incidents.contains(of)) =>
                {
                    recipients.push(left(Some(body.format.clone())));
                }
                _ => {}
            }
        }
    }
    Ok((recipients, readings))
}

/// The lines of the access ledger about these incidents that have texts of their own.
fn access_texts(access: &Reader, incidents: &[Incident]) -> Result<Vec<Seq>, OpenError> {
    let mut found = Vec::new();
    for incident in incidents {
        for entry in entries_of(access, &incident.key())? {
            let tells = matches!(
                entry.body,
                Some(Body::TextRevealed(_) | Body::Exported(_) | Body::Disclosed(_) | Body::DataCombined(_))
            );
            found.extend(tells.then_some(entry.head.seq));
        }
    }
    Ok(found)
}
