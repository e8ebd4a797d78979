//! `onus check` for an evidence file: the verdicts of the viewer, in another program and another language.
//!
//! Nothing that the file says of itself is believed. The keys that count are those that the caller brings.

use super::block::{Block, BlockError};
use super::exhibits::{Exhibit, check_schemas, judge_answers};
use super::manifest::Manifest;
use super::page::{PageError, take_apart};
use super::signed::{self, Hash, Signed};
use super::verdict::{Check, State, Verdict};
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Origin;
use onus_core::kinds::Body;
use onus_proof::base64_text;
use onus_proof::{Checkpoint, Note, VerifierKey};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Why a file is no evidence at all: nothing in it was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// The page.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The block in it.
    #[error(transparent)]
    Block(#[from] BlockError),
}

impl Blamed for EvidenceError {
    fn blame(&self) -> Blame {
        match self {
            Self::Page(e) => e.blame(),
            Self::Block(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Page(e) => e.hint(),
            Self::Block(e) => e.hint(),
        }
    }
}

/// Everything that can be said of a page, `trusted` being the verifier keys that the caller brought.
pub fn check(page: &str, trusted: &[VerifierKey]) -> Result<Verdict, EvidenceError> {
    let parts = take_apart(page)?;
    let block = Block::parse(parts.block)?;
    let mut checks =
        Checks { block: &block, trusted, keys: enclosed_keys(&block), signer: None, found: Vec::new() };
    let checkpoint = checks.checkpoint();
    let nodes: Option<Vec<Hash>> = block.nodes.iter().map(|node| Hash::from_base64(node)).collect();
    let place = |item| Exhibit::place(item, checkpoint.as_ref(), nodes.as_deref());

    let mut support: Vec<Exhibit> = block.support.iter().map(place).collect();
    let schemas = check_schemas(&block, &support);
    let has_schema = schemas.is_ok();
    checks.say_result("schema", schemas);
    for one in &mut support {
        one.read(has_schema, None);
    }
    checks.support(&support);

    let mut entries: Vec<Exhibit> = block.entries.iter().map(place).collect();
    for one in &mut entries {
        one.read(has_schema, Some(&block.incident));
        one.read_texts(&block);
    }
    checks.revoked(checkpoint.as_ref(), &support);
    if let Some(origin) = checkpoint.as_ref().and_then(|checkpoint| Origin::new(checkpoint.origin())) {
        judge_answers(&mut entries, &support, &origin);
    }
    let manifest = checks.manifest(checkpoint.as_ref(), &support, &entries);
    checks.whole(&entries, manifest.as_ref());
    let mut verdict = Verdict {
        checks: checks.found,
        entries: entries.into_iter().map(Exhibit::verdict).collect(),
        manifest,
        is_own_viewer: parts.is_own_viewer,
        incident: block.incident,
        checkpoint: block.checkpoint,
    };
    verdict.rest_on_checkpoint();
    Ok(verdict)
}

fn enclosed_keys(block: &Block) -> Vec<VerifierKey> {
    block.keys.iter().filter_map(|key| key.parse().ok()).collect()
}

/// The checks of the whole file, as they are made.
struct Checks<'a> {
    block: &'a Block,
    trusted: &'a [VerifierKey],
    keys: Vec<VerifierKey>,
    /// The log's key under whose signature the checkpoint stands.
    signer: Option<VerifierKey>,
    found: Vec<Check>,
}

impl Checks<'_> {
    fn say(&mut self, id: &'static str, state: State, reason: impl Into<String>) {
        self.found.push(Check { id, state, reason: reason.into() });
    }

    fn say_result(&mut self, id: &'static str, result: Result<String, String>) {
        match result {
            Ok(reason) => self.say(id, State::Holds, reason),
            Err(reason) => self.say(id, State::Fails, reason),
        }
    }

    fn checkpoint(&mut self) -> Option<Checkpoint> {
        let Some((note, checkpoint)) = signed::checkpoint(&self.block.checkpoint) else {
            self.say("checkpoint", State::Fails, "It cannot be read: it is no signed checkpoint.");
            return None;
        };
        self.log_key(&note, &checkpoint);
        self.witnesses(&note);
        Some(checkpoint)
    }

    /// A checkpoint whose key one of the entries under it revoked was signed by somebody who should not have.
    fn revoked(&mut self, checkpoint: Option<&Checkpoint>, support: &[Exhibit]) {
        let Some(checkpoint) = checkpoint else { return };
        let Some(key) = &self.signer else { return };
        let revoked = support.iter().filter(|one| one.seq.get() < checkpoint.head().size).find(
            |one| matches!(one.body(), Some(Body::KeyRevoked(b)) if b.public_key.as_bytes() == key.public()),
        );
        let check = self.found.iter_mut().find(|check| check.id == "checkpoint");
        if let (Some(revoked), Some(check)) = (revoked, check.filter(|check| check.state != State::Fails)) {
            check.state = State::Fails;
            check.reason = format!("It was signed with a key that entry {} had revoked.", revoked.seq);
        }
    }

    fn log_key(&mut self, note: &Note, checkpoint: &Checkpoint) {
        // A key that was rotated has a successor of its name: the one counts that stands on the note.
        let of = |keys: &[VerifierKey]| {
            let is_log_key =
                |key: &&VerifierKey| !signed::is_cosigner(key) && key.name() == checkpoint.origin();
            let stands = |key: &&VerifierKey| !matches!(signed::signed_by(note, key), Signed::No);
            let mut named = keys.iter().filter(is_log_key);
            named.clone().find(stands).or_else(|| named.next()).cloned()
        };
        let (brought, enclosed) = (of(self.trusted), of(&self.keys));
        let stands = format!("It is {}, {} entries", checkpoint.origin(), checkpoint.head().size);
        let (key, whose) = match (&brought, &enclosed) {
            (Some(key), _) => (key, "the key that you gave"),
            (None, Some(key)) => (key, "the key in this file"),
            (None, None) => {
                let reason =
                    format!("{stands}. No key of that name is here, so its signature was not checked.");
                return self.say("checkpoint", State::Open, reason);
            }
        };
        let signed = signed::signed_by(note, key);
        self.signer = matches!(signed, Signed::Yes { .. }).then(|| key.clone());
        match (signed, &brought) {
            (Signed::Yes { .. }, Some(_)) => {
                self.say("checkpoint", State::Holds, format!("{stands}, signed by the key that you gave."));
            }
            (Signed::Yes { .. }, None) => self.say(
                "checkpoint",
                State::Open,
                format!(
                    "{stands}, signed by a key that came with this file. Whether that is the ledger's key, only you can tell: give the key that you trust."
                ),
            ),
            (Signed::No, _) => self.say(
                "checkpoint",
                State::Fails,
                format!("It does not stand under {whose}: there is no signature by that key."),
            ),
            (Signed::Bad, _) => self.say(
                "checkpoint",
                State::Fails,
                format!("It does not stand under {whose}: its signature is wrong."),
            ),
        }
    }

    fn witnesses(&mut self, note: &Note) {
        let own: Vec<VerifierKey> =
            self.trusted.iter().filter(|key| signed::is_cosigner(key)).cloned().collect();
        let known = own.iter().chain(self.keys.iter().filter(|key| signed::is_cosigner(key)));
        let mut cosigned: BTreeMap<String, String> = BTreeMap::new();
        let mut bad = None;
        for key in known {
            match signed::signed_by(note, key) {
                Signed::Yes { time_s } => {
                    let enclosed = if own.contains(key) { "" } else { " (a key from this file)" };
                    let said = format!("{} at {}{enclosed}", key.name(), signed::time(time_s));
                    cosigned.entry(key.to_string()).or_insert(said);
                }
                Signed::Bad => bad = Some(key.name().to_owned()),
                Signed::No => {}
            }
        }
        let said: Vec<String> = cosigned.values().cloned().collect();
        let said = said.join("; ");
        let missing: Vec<&str> = own
            .iter()
            .filter(|key| !cosigned.contains_key(&key.to_string()))
            .map(VerifierKey::name)
            .collect();
        if let Some(name) = bad {
            self.say("witnesses", State::Fails, format!("The cosignature of {name} is wrong."));
        } else if !missing.is_empty() {
            let reason = format!("There is no cosignature by {}, whose key you gave.", missing.join(", "));
            self.say("witnesses", State::Fails, reason);
        } else if !own.is_empty() {
            self.say("witnesses", State::Holds, format!("Cosigned by {said}."));
        } else if !said.is_empty() {
            let reason = format!("Cosigned by {said}. To have this checked, give the witness's key.");
            self.say("witnesses", State::Open, reason);
        } else {
            self.say("witnesses", State::Open, "No witness whose key is here has cosigned it.");
        }
    }

    fn support(&mut self, support: &[Exhibit]) {
        let bad: Vec<String> =
            support.iter().filter(|one| !one.holds()).map(|one| one.seq.to_string()).collect();
        if let Some(reason) = support.iter().find_map(|one| one.reasons.first()) {
            let reason = format!("Entry {} does not hold: {reason}.", bad.join(", "));
            return self.say("support", State::Fails, reason);
        }
        let listed: Vec<String> = support
            .iter()
            .map(|one| match one.body() {
                Some(body) => format!("{} ({})", one.seq, body.kind().name()),
                None => one.seq.to_string(),
            })
            .collect();
        self.say("support", State::Holds, format!("Entry {}.", listed.join(", ")));
    }

    fn manifest(
        &mut self,
        checkpoint: Option<&Checkpoint>,
        support: &[Exhibit],
        entries: &[Exhibit],
    ) -> Option<Manifest> {
        let note = signed::note(&self.block.manifest);
        let Some((note, manifest)) =
            note.and_then(|note| Manifest::parse(note.text()).map(|manifest| (note, manifest)))
        else {
            self.say("manifest", State::Fails, "It cannot be read: it is not of the form onus/manifest/v1.");
            return None;
        };
        if let Err(why) = self.fits(&manifest, checkpoint, entries) {
            self.say("manifest", State::Fails, format!("It does not fit this file: {why}."));
            return Some(manifest);
        }
        let result = self.signed_manifest(&note, &manifest, support);
        self.say_result("manifest", result);
        Some(manifest)
    }

    fn fits(
        &self,
        manifest: &Manifest,
        checkpoint: Option<&Checkpoint>,
        entries: &[Exhibit],
    ) -> Result<(), &'static str> {
        let checkpoint = checkpoint.ok_or("there is no checkpoint to compare it with")?;
        let of = |holds: bool, what| if holds { Ok(()) } else { Err(what) };
        of(manifest.origin == checkpoint.origin(), "it is of another ledger")?;
        of(manifest.incident == self.block.incident, "it is of another incident")?;
        let root = base64_text::encode(checkpoint.head().root.as_bytes());
        of(manifest.size == checkpoint.head().size && manifest.root == root, "it is of another checkpoint")?;
        of(
            manifest.digest == digest_of(entries.iter().filter_map(|one| one.leaf)),
            "it is not about the entries that are here",
        )?;
        let is = |stated: u64, held: usize| u64::try_from(held) == Ok(stated);
        of(is(manifest.opened, self.block.opened.len()), "it states another number of opened texts")?;
        of(is(manifest.withheld, self.block.withheld.len()), "it states another number of withheld texts")
    }

    fn signed_manifest(
        &self,
        note: &Note,
        manifest: &Manifest,
        support: &[Exhibit],
    ) -> Result<String, String> {
        let name = format!("{}/manifest", manifest.origin);
        let key = self.keys.iter().find(|key| !signed::is_cosigner(key) && key.name() == name);
        let key = key.ok_or("The file holds no key of the manifest's name.")?;
        if !matches!(signed::signed_by(note, key), Signed::Yes { .. }) {
            return Err("Its signature is wrong or missing.".into());
        }
        let of = |registered: &str, point: &[u8; 32]| registered == key.name() && *point == *key.public();
        let registered = support.iter().find(|one| {
            matches!(one.body(), Some(Body::KeyRegistered(b)) if of(b.name.as_str(), b.public_key.as_bytes()))
        });
        let revoked = support.iter().find(|one| {
            matches!(one.body(), Some(Body::KeyRevoked(b)) if of(b.name.as_str(), b.public_key.as_bytes()))
        });
        match (registered, revoked) {
            (None, _) => Err("Its key is not registered in the ledger, as far as this file shows.".into()),
            (Some(_), Some(one)) => Err(format!("Its key was revoked in entry {}.", one.seq)),
            (Some(one), None) => {
                Ok(format!("It fits this file and is signed by the key that entry {} registered.", one.seq))
            }
        }
    }

    /// Whether all of the incident is here: versions run from 1 without gaps, and to the number stated.
    fn whole(&mut self, entries: &[Exhibit], manifest: Option<&Manifest>) {
        let Some(manifest) = manifest else {
            return self.say("whole", State::Open, "Not checked: there is no manifest to compare with.");
        };
        let result = whole(entries, manifest);
        self.say_result("whole", result);
    }
}

fn whole(entries: &[Exhibit], manifest: &Manifest) -> Result<String, String> {
    let read: Vec<u32> = entries
        .iter()
        .filter_map(|one| one.entry.as_ref())
        .map(|entry| entry.head.incident_version)
        .collect();
    if read.len() < entries.len() {
        return Err(format!("{} of the entries cannot be read.", entries.len() - read.len()));
    }
    if !entries.is_sorted_by(|a, b| a.seq < b.seq) {
        return Err("The entries are not in the ledger's order.".into());
    }
    if let Some((expected, _)) = (1_u32..).zip(&read).find(|(expected, version)| expected != *version) {
        return Err(format!("The incident's entry number {expected} is missing."));
    }
    if u64::try_from(entries.len()) != Ok(manifest.entries) {
        return Err(format!(
            "The manifest states {} entries, the file holds {}.",
            manifest.entries,
            entries.len()
        ));
    }
    Ok(format!(
        "The incident's {} entries are numbered without a gap, as many as the exporter states. That none was left off the end rests on the exporter's signed word; the ledger can show it.",
        entries.len()
    ))
}

/// SHA-256 over leaf hashes, one after another, in base64.
pub(super) fn digest_of(leaves: impl Iterator<Item = Hash>) -> String {
    let mut hasher = Sha256::new();
    for leaf in leaves {
        hasher.update(leaf.as_bytes());
    }
    base64_text::encode(hasher.finalize())
}
