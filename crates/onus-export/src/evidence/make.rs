//! Making an evidence file of one incident. The access ledger has it first: who was handed which texts, and that
//! the entries left.

use super::backing::{Backing, BackingError, of_ledger};
use super::block::{Block, FORMAT, Item, Opened, SchemaText, Withheld};
use super::check::digest_of;
use super::exhibits::sealed_texts;
use super::manifest::Manifest;
use super::page::page;
use super::selection::{Selection, select};
use super::signed::Hash;
use onus_core::blame::{Blame, Blamed};
use onus_core::code;
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::ids::Incident;
use onus_core::kinds::{Body, Kind};
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_ledger::{
    Caller, Disclosure, Export, FieldKey, HandedKey, NotOpened, OpenError, RevealError, SignCheckpointError,
    SigningError, Unlocked,
};
use onus_proof::base64_text;
use onus_proof::leaf_hash;
use onus_query::erased::Erasures;
use onus_query::incident::HistoryError;
use onus_query::{ReadError, StoredEntry, stored};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes that one schema may have before compression; as published, a little over 40,000.
const SCHEMA_TEXT_BYTES_MAX: usize = 1 << 20;

/// What an evidence file is asked for.
#[derive(Debug)]
pub struct Request<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Which texts are opened.
    pub disclose: &'a [Selection],
    /// For whom. Unstated, it is anyone who holds the file.
    pub recipient: Option<&'a Plain>,
    /// The ground on which texts are opened, as a code.
    pub ground: Option<&'a Code>,
    /// Why.
    pub why: Option<&'a Plain>,
}

/// A file, made and recorded.
#[derive(Debug)]
pub struct Evidence {
    /// The page.
    pub html: String,
    /// What the exporter signed.
    pub manifest: Manifest,
}

/// Why no file was made. Where texts were to be opened, the access ledger may say that they were: nothing was
/// handed out all the same.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeError {
    /// The incident has no entry as far as the ledger is signed.
    #[error("nothing is recorded under {0}, as far as the ledger's last checkpoint goes")]
    NotFound(Incident),
    /// No entry has such a text.
    #[error("no entry of the incident has a sealed text `{0}`: nothing was opened")]
    NoSuchText(String),
    /// The ledger did not open, or did not allow it.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The texts' keys were not handed out, or the export was not recorded.
    #[error(transparent)]
    Reveal(#[from] RevealError),
    /// The log did not answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was erased could not be read; it says who must act.
    #[error(transparent)]
    Erased(#[from] HistoryError),
    /// No checkpoint, proof or signature could be had.
    #[error(transparent)]
    Backing(#[from] BackingError),
    /// No checkpoint was signed; it says who must act.
    #[error(transparent)]
    Checkpoint(Box<SignCheckpointError>),
    /// The exporter's key did not sign; it says who must act.
    #[error(transparent)]
    Key(Box<SigningError>),
    /// An entry that must be read cannot be.
    #[error("entry {seq} cannot be read by this release")]
    Entry {
        /// The entry.
        seq: Seq,
    },
    /// The manifest cannot be stated on lines: a fault of this program.
    #[error("the manifest could not be written: this program is at fault, please report it")]
    Manifest(#[source] onus_proof::StatementError),
    /// A fault of this program.
    #[error("the file could not be made: this program is at fault, please report it")]
    Fault,
    /// A fault of this program.
    #[error("the block of evidence could not be written: this program is at fault, please report it")]
    Spelling(#[source] serde_json::Error),
}

impl From<SignCheckpointError> for MakeError {
    fn from(error: SignCheckpointError) -> Self {
        Self::Checkpoint(Box::new(error))
    }
}

impl From<SigningError> for MakeError {
    fn from(error: SigningError) -> Self {
        Self::Key(Box::new(error))
    }
}

impl Blamed for MakeError {
    fn blame(&self) -> Blame {
        match self {
            Self::NotFound(_) | Self::NoSuchText(_) => Blame::NotFound,
            Self::Open(e) => e.blame(),
            Self::Reveal(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Erased(e) => e.blame(),
            Self::Checkpoint(e) => e.blame(),
            Self::Key(e) => e.blame(),
            Self::Entry { .. } => Blame::Damage,
            Self::Backing(e) => e.blame(),
            Self::Manifest(_) | Self::Fault | Self::Spelling(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound(_) => {
                Some("the owner is the agency that numbered the incident, the date its local day".into())
            }
            Self::NoSuchText(_) => Some(
                "`onus show INCIDENT` says which texts there are; the names are those of the drafts".into(),
            ),
            Self::Open(e) => e.hint(),
            Self::Reveal(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Erased(e) => e.hint(),
            Self::Checkpoint(e) => e.hint(),
            Self::Key(e) => e.hint(),
            Self::Entry { .. } => Some("run `onus verify` for the first bad place".into()),
            Self::Backing(e) => e.hint(),
            Self::Manifest(_) | Self::Fault | Self::Spelling(_) => None,
        }
    }
}

/// Makes the file for the caller under a checkpoint that is signed now, after the access ledger has it.
pub fn make_evidence(keys: &Unlocked, caller: &Caller, request: &Request<'_>) -> Result<Evidence, MakeError> {
    of_ledger(keys, |backing| make_evidence_under(keys, caller, backing, request))
}

/// The same under what somebody else vouches with.
pub fn make_evidence_under(
    keys: &Unlocked,
    caller: &Caller,
    backing: &Backing<'_>,
    request: &Request<'_>,
) -> Result<Evidence, MakeError> {
    let ledger = keys.ledger();
    let identity = ledger.identity_of(caller)?;
    let reader = ledger.read()?;
    let checkpoint = backing.checkpoint()?;
    let size = checkpoint.head().size;
    let entries = stored::of_incident(&reader, request.incident, size)?;
    if entries.is_empty() {
        return Err(MakeError::NotFound(request.incident.clone()));
    }
    let mut support = stored::of_kind(&reader, Kind::LedgerOpened, size)?;
    let schemas = schemas_for(&entries, &stored::of_kind(&reader, Kind::SchemaPublished, size)?)?;
    support.extend(schemas.iter().map(|(stored, _)| stored.clone()));
    for kind in [Kind::KeyRegistered, Kind::KeyRevoked] {
        support.extend(stored::of_kind(&reader, kind, size)?);
    }
    let erasures = Erasures::of(&reader)?;

    let decoded = decode(&entries)?;
    let texts: Vec<Text> = entries
        .iter()
        .flat_map(|one| {
            sealed_texts(one.bytes()).into_iter().map(|(field, sealed)| Text {
                seq: one.seq(),
                field,
                sealed,
            })
        })
        .collect();
    let handed = disclose(keys, caller, request, &decoded)?;
    let (opened, withheld) = sort(&texts, handed, &erasures);
    let is_erased = |one: &&Withheld| one.ground == Ground::Erased.as_str();
    keys.record_export(
        caller,
        &Export {
            incident: Some(request.incident),
            format: code!("evidence-html"),
            filters: None,
            size,
            included: count(entries.len()),
            withheld: count(withheld.len()),
            erased: count(withheld.iter().filter(is_erased).count()),
            recipients: request.recipient,
            why: request.why,
        },
    )?;

    let seqs: Vec<Seq> = entries.iter().chain(&support).map(StoredEntry::seq).collect();
    let paths = (backing.paths)(&seqs)?;
    let mut nodes = Nodes::default();
    let mut item = |one: &StoredEntry| {
        let path = paths.get(&one.seq()).ok_or(BackingError::NoProof { seq: one.seq() })?;
        Ok(Item { seq: one.seq(), bytes: base64_text::encode(one.bytes()), path: nodes.places(path) })
    };
    let entry_items: Result<Vec<Item>, BackingError> = entries.iter().map(&mut item).collect();
    let support_items: Result<Vec<Item>, BackingError> = support.iter().map(&mut item).collect();
    let manifest = Manifest {
        origin: checkpoint.origin().to_owned(),
        incident: request.incident.to_string(),
        size,
        root: base64_text::encode(checkpoint.head().root.as_bytes()),
        entries: count(entries.len()),
        digest: digest_of(entries.iter().map(|one| leaf_hash(one.bytes()))),
        opened: count(opened.len()),
        withheld: count(withheld.len()),
        exported_at: ledger.machine().now().rfc3339(),
        exported_by: identity.to_string(),
        recipient: request.recipient.map(|text| text.expose().to_owned()),
        ground: request.ground.filter(|_| !opened.is_empty()).map(|code| code.as_str().to_owned()),
        why: request.why.map(|text| text.expose().to_owned()),
    };
    let block = Block {
        format: FORMAT.into(),
        incident: request.incident.to_string(),
        checkpoint: backing.note.clone(),
        manifest: (backing.sign)(&manifest.to_text().map_err(MakeError::Manifest)?)?,
        keys: backing.keys.clone(),
        schemas: schemas.into_iter().map(|(stored, text)| SchemaText { seq: stored.seq(), text }).collect(),
        entries: entry_items?,
        support: support_items?,
        nodes: nodes.in_base64(),
        opened,
        withheld,
    };
    Ok(Evidence { html: page(&block.spell().map_err(MakeError::Spelling)?), manifest })
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

fn decode(entries: &[StoredEntry]) -> Result<Vec<(Entry, Vec<FieldNo>)>, MakeError> {
    let read = |one: &StoredEntry| {
        let entry = Entry::parse(one.bytes()).map_err(|_| MakeError::Entry { seq: one.seq() })?;
        let fields = sealed_texts(one.bytes()).into_iter().map(|(field, _)| field).collect();
        Ok((entry, fields))
    };
    entries.iter().map(read).collect()
}

/// The schemas that these entries are read by, each with its text.
fn schemas_for(
    entries: &[StoredEntry],
    published: &[StoredEntry],
) -> Result<Vec<(StoredEntry, String)>, MakeError> {
    let counts = |seq: Seq| {
        let before = published.iter().rev().find(|one| one.seq() < seq);
        before.or(published.first()).map(StoredEntry::seq)
    };
    let needed: BTreeSet<Seq> = entries.iter().filter_map(|one| counts(one.seq())).collect();
    let text = |one: &StoredEntry| {
        let unreadable = MakeError::Entry { seq: one.seq() };
        let Ok(Some(Body::SchemaPublished(body))) = Entry::parse(one.bytes()).map(|entry| entry.body) else {
            return Err(unreadable);
        };
        let text = zstd::bulk::decompress(body.schema.as_slice(), SCHEMA_TEXT_BYTES_MAX);
        match text.map(String::from_utf8) {
            Ok(Ok(text)) => Ok((one.clone(), text)),
            _ => Err(unreadable),
        }
    };
    published.iter().filter(|one| needed.contains(&one.seq())).map(text).collect()
}

/// A sealed text of the incident.
struct Text {
    seq: Seq,
    field: FieldNo,
    sealed: onus_core::sealed::Sealed,
}

/// Why a text is not opened.
enum Ground {
    NotDisclosed,
    AtSource,
    Erased,
    /// Its processing is restricted, and the ground is none of the purposes allowed.
    Restricted,
    /// No reading right covers the person who made the file.
    NoRight,
    Unreadable,
}

impl Ground {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::NotDisclosed => "not_disclosed",
            Self::AtSource => "withheld_at_source",
            Self::Erased => "erased",
            Self::Restricted => "restricted",
            Self::NoRight => "no_right",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The keys that were handed out, by entry and field.
type Keys = BTreeMap<(Seq, FieldNo), Result<FieldKey, NotOpened>>;

fn disclose(
    keys: &Unlocked,
    caller: &Caller,
    request: &Request<'_>,
    entries: &[(Entry, Vec<FieldNo>)],
) -> Result<Keys, MakeError> {
    let (wanted, idle) = select(request.disclose, entries);
    if let Some(selection) = idle.first() {
        return Err(MakeError::NoSuchText(selection.to_string()));
    }
    if wanted.is_empty() {
        return Ok(Keys::new());
    }
    let anyone = Plain::new("anyone who holds the file").ok_or(MakeError::Fault)?;
    let recipients = request.recipient.unwrap_or(&anyone);
    let ground = request.ground.cloned().unwrap_or(code!("not-stated"));
    let disclosure = Disclosure { recipients, ground, why: request.why };
    let handed = keys.disclose(caller, &disclosure, &wanted)?;
    Ok(handed.into_iter().map(|HandedKey { seq, field, key, .. }| ((seq, field), key)).collect())
}

/// Which texts are opened, and on which ground the others are withheld.
fn sort(texts: &[Text], mut handed: Keys, erasures: &Erasures) -> (Vec<Opened>, Vec<Withheld>) {
    let (mut opened, mut withheld) = (Vec::new(), Vec::new());
    for Text { seq, field, sealed } in texts {
        let ground = match handed.remove(&(*seq, *field)) {
            Some(Ok(key)) => {
                opened.push(Opened { seq: *seq, field: *field, key: base64_text::encode(key.expose()) });
                continue;
            }
            _ if sealed.is_withheld() => Ground::AtSource,
            _ if erasures.on(sealed.key_id).is_some() => Ground::Erased,
            Some(Err(NotOpened::Restricted { .. })) => Ground::Restricted,
            Some(Err(NotOpened::NoRight { .. })) => Ground::NoRight,
            Some(Err(_)) => Ground::Unreadable,
            None => Ground::NotDisclosed,
        };
        withheld.push(Withheld {
            seq: *seq,
            field: *field,
            chars: sealed.chars,
            ground: ground.as_str().into(),
        });
    }
    (opened, withheld)
}

/// The hashes that proofs name, each once.
#[derive(Default)]
struct Nodes {
    hashes: Vec<Hash>,
    places: BTreeMap<[u8; 32], usize>,
}

impl Nodes {
    fn places(&mut self, path: &[Hash]) -> Vec<usize> {
        let mut place = |hash: &Hash| {
            let next = self.hashes.len();
            let at = *self.places.entry(*hash.as_bytes()).or_insert(next);
            if at == next {
                self.hashes.push(*hash);
            }
            at
        };
        path.iter().map(&mut place).collect()
    }

    fn in_base64(&self) -> Vec<String> {
        self.hashes.iter().map(|hash| base64_text::encode(hash.as_bytes())).collect()
    }
}
