//! The entries of an evidence file: their place under the checkpoint, what they say, and their sealed texts.

use super::block::{Block, Item};
use super::signed::{self, Hash};
use super::verdict::{EntryVerdict, State, Text, TextFinding};
use onus_core::code::Origin;
use onus_core::entry::EntryHead;
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::keys::keys;
use onus_core::kinds::Body;
use onus_core::record::Record;
use onus_core::sealed::Sealed;
use onus_core::seq::Seq;
use onus_ledger::{FieldKey, OpenTextError, open_disclosed};
use onus_proof::base64_text;
use onus_proof::{Checkpoint, leaf_hash};
use onus_query::handover::{Claim, CounterSignature, KnownKeys, Original};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// One entry, as far as it could be checked.
pub(super) struct Exhibit {
    pub(super) seq: Seq,
    pub(super) leaf: Option<Hash>,
    bytes: Vec<u8>,
    pub(super) entry: Option<Entry>,
    pub(super) reasons: Vec<String>,
    texts: Vec<Text>,
    signature: Option<CounterSignature>,
}

impl Exhibit {
    /// Reads an item, and checks that its bytes stand at their place under the checkpoint.
    pub(super) fn place(item: &Item, checkpoint: Option<&Checkpoint>, nodes: Option<&[Hash]>) -> Self {
        let mut exhibit = Self {
            seq: item.seq,
            leaf: None,
            bytes: Vec::new(),
            entry: None,
            reasons: Vec::new(),
            texts: Vec::new(),
            signature: None,
        };
        if let Err(reason) = exhibit.find(item, checkpoint, nodes) {
            exhibit.reasons.push(reason.into());
        }
        exhibit
    }

    fn find(
        &mut self,
        item: &Item,
        checkpoint: Option<&Checkpoint>,
        nodes: Option<&[Hash]>,
    ) -> Result<(), &'static str> {
        self.bytes = base64_text::decode(&item.bytes).ok_or("its bytes are not base64")?;
        let leaf = leaf_hash(&self.bytes);
        self.leaf = Some(leaf);
        let checkpoint = checkpoint.ok_or("there is no checkpoint to check it against")?;
        let nodes = nodes.ok_or("its proof cannot be read")?;
        let path: Option<Vec<Hash>> = item.path.iter().map(|at| nodes.get(*at).copied()).collect();
        let path = path.ok_or("its proof names a hash that is not here")?;
        if signed::is_included(&leaf, item.seq, &checkpoint.head(), &path) {
            Ok(())
        } else {
            Err("its bytes are not those at this place under the checkpoint")
        }
    }

    pub(super) fn holds(&self) -> bool {
        self.reasons.is_empty()
    }

    pub(super) fn body(&self) -> Option<&Body<onus_core::stage::Stored>> {
        self.entry.as_ref().filter(|_| self.holds()).and_then(|entry| entry.body.as_ref())
    }

    /// Decodes it, as an entry of `incident` if one is named.
    pub(super) fn read(&mut self, has_schema: bool, incident: Option<&str>) {
        if self.leaf.is_none() {
            return;
        }
        match self.decode(has_schema, incident) {
            Ok(entry) => self.entry = Some(entry),
            Err(reason) => self.reasons.push(reason),
        }
    }

    fn decode(&self, has_schema: bool, incident: Option<&str>) -> Result<Entry, String> {
        if !has_schema {
            return Err("there is no layout to read it by".into());
        }
        let entry = Entry::parse(&self.bytes).map_err(|e| format!("it cannot be decoded: {e}"))?;
        if entry.seq() != self.seq {
            return Err("it states another place than it was found at".into());
        }
        let own = entry.common.incident.as_ref().map(ToString::to_string);
        if incident.is_some() && own.as_deref() != incident {
            return Err("it belongs to another incident".into());
        }
        Ok(entry)
    }

    /// Every sealed text: opened, or withheld and said to be.
    pub(super) fn read_texts(&mut self, block: &Block) {
        let Some(entry) = &self.entry else { return };
        let texts = sealed_texts(&self.bytes);
        for (field, sealed) in &texts {
            let finding = finding(block, self.seq, *field, sealed, &entry.id());
            if let TextFinding::Bad(why) = &finding {
                self.reasons.push(format!("field {field}: {why}"));
            }
            self.texts.push(Text { field: *field, chars: sealed.chars, finding });
        }
        let opened = block.opened.iter().filter(|item| item.seq == self.seq).map(|item| item.field);
        let withheld = block.withheld.iter().filter(|item| item.seq == self.seq).map(|item| item.field);
        let is_stranger = |field: FieldNo| !texts.iter().any(|(own, _)| *own == field);
        if opened.chain(withheld).any(is_stranger) {
            self.reasons.push("the file speaks of a text that this entry does not have".into());
        }
    }

    pub(super) fn verdict(self) -> EntryVerdict {
        let state = if self.reasons.is_empty() { State::Holds } else { State::Fails };
        EntryVerdict {
            seq: self.seq,
            version: self.entry.as_ref().map(|entry| entry.head.incident_version),
            kind: self.entry.as_ref().and_then(|entry| entry.body.as_ref()).map(|body| body.kind().name()),
            state,
            reasons: self.reasons,
            texts: self.texts,
            signature: self.signature,
        }
    }
}

/// Judges every answer with a note among the entries, by the keys that the support registers.
pub(super) fn judge_answers(entries: &mut [Exhibit], support: &[Exhibit], origin: &Origin) {
    let mut own: Vec<&Entry> =
        support.iter().filter(|one| one.holds()).filter_map(|one| one.entry.as_ref()).collect();
    own.sort_by_key(|entry| entry.seq());
    let known = KnownKeys { origin: origin.clone(), keys: keys(own) };
    let mut offers: BTreeMap<EventId, Vec<(Seq, Original)>> = BTreeMap::new();
    for one in entries.iter().filter(|one| matches!(one.body(), Some(Body::HandoverOffered(_)))) {
        if let Ok(offer) = Original::new(one.bytes.clone()) {
            offers.entry(offer.entry().id()).or_default().push((one.seq, offer));
        }
    }
    for one in entries.iter_mut().filter(|one| one.reasons.is_empty()) {
        let Some(claim) = one.entry.as_ref().and_then(Claim::of) else { continue };
        let of_id = claim.offer.and_then(|offer| offers.get(&offer)).into_iter().flatten();
        let named = of_id.filter(|(seq, _)| *seq < claim.seq).map(|(_, offer)| offer).next();
        one.signature = Some(known.judge(&claim, named));
    }
}

/// The sealed texts of stored bytes; none for a kind that this release does not know.
pub(super) fn sealed_texts(bytes: &[u8]) -> Vec<(FieldNo, Sealed)> {
    EntryHead::parse(bytes)
        .and_then(|(head, record)| Record::decode(&head, record))
        .map(|record| record.sealed_texts())
        .unwrap_or_default()
}

fn finding(
    block: &Block,
    seq: Seq,
    field: FieldNo,
    sealed: &Sealed,
    event_id: &onus_core::ids::EventId,
) -> TextFinding {
    let opened = block.opened.iter().find(|item| (item.seq, item.field) == (seq, field));
    let withheld = block.withheld.iter().find(|item| (item.seq, item.field) == (seq, field));
    match (opened, withheld) {
        (Some(_), Some(_)) => TextFinding::Bad("a text is both opened and withheld".into()),
        (None, None) => TextFinding::Bad("a text is neither opened nor said to be withheld".into()),
        (None, Some(item)) if item.chars == sealed.chars => TextFinding::Withheld(item.ground.clone()),
        (None, Some(_)) => {
            TextFinding::Bad("a withheld text is said to have another length than its entry states".into())
        }
        (Some(item), None) => match open(sealed, event_id, field, &item.key) {
            Ok(text) => TextFinding::Opened(text),
            Err(why) => TextFinding::Bad(why.into()),
        },
    }
}

fn open(
    sealed: &Sealed,
    event_id: &onus_core::ids::EventId,
    field: FieldNo,
    key: &str,
) -> Result<String, &'static str> {
    let key: Option<[u8; FieldKey::BYTES]> = base64_text::decode(key).and_then(|key| key.try_into().ok());
    let key = FieldKey::from_bytes(key.ok_or("the key handed out for this text has the wrong length")?);
    match open_disclosed(sealed, event_id, field, &key) {
        Ok(text) => Ok(text.expose().to_owned()),
        Err(OpenTextError::Altered) => Err("the sealed text was altered after sealing"),
        Err(OpenTextError::Malformed) => Err("the text does not have the length that its entry states"),
        Err(_) => Err("the key handed out is not the one that this text was sealed under"),
    }
}

/// Whether every schema text is the one that its entry published.
pub(super) fn check_schemas(block: &Block, support: &[Exhibit]) -> Result<String, String> {
    if block.schemas.is_empty() {
        return Err("The file holds none.".into());
    }
    for schema in &block.schemas {
        let seq = schema.seq;
        let unusable = |why: String| format!("It cannot be used: {why}.");
        let exhibit = support.iter().find(|one| one.seq == seq).filter(|one| one.leaf.is_some());
        let exhibit = exhibit
            .ok_or_else(|| unusable(format!("entry {seq}, which published it, is not in this file")))?;
        if !exhibit.holds() {
            return Err(unusable(format!("entry {seq}, which published it, is not under the checkpoint")));
        }
        let published = Entry::parse(&exhibit.bytes).ok().and_then(|entry| match entry.body {
            Some(Body::SchemaPublished(body)) => Some(body),
            _ => None,
        });
        let published = published.ok_or_else(|| unusable(format!("entry {seq} publishes no layout")))?;
        let digest: [u8; 32] = Sha256::digest(&schema.text).into();
        if digest != *published.sha256.as_bytes() {
            return Err(unusable(format!("it is not the one that entry {seq} published")));
        }
    }
    let seqs: Vec<String> = block.schemas.iter().map(|schema| schema.seq.to_string()).collect();
    Ok(format!("It is the one that the ledger published of itself in entry {}.", seqs.join(", ")))
}
