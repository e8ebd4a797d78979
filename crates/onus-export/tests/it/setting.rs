//! A ledger of one published case with its keys registered, and everything that vouches for a file of it. The
//! tree is computed here from all leaves, and notes are signed here, by none of the code that is tested.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use onus_core::bodies::ledger_wide::{KeyRegistered, KeyRevoked};
use onus_core::bytes::PublicKey;
use onus_core::code::{Code, Origin};
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::Body;
use onus_core::record::Draft;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Channel, KeyPurpose};
use onus_export::evidence::{Backing, Evidence, MakeError, Request, Selection, make_evidence_under};
use onus_ledger::{Caller, Identity, Ledger, Machine, NewLedger, Wrapping, create};
use onus_proof::{Hash, leaf_hash, node_hash};
use onus_store::{ClockAnswer, ClockQuestion, Expect, OpenOptions, OsFiles, Writer};
use onus_testkit::events::Event;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const ORIGIN: &str = "demo.onus.example/ledger";
pub(crate) const INCIDENT: &str = "police:met/2024-06-12/1";
pub(crate) const DISPUTE: &str = include_str!("../../../onus/cases/lambeth-2024-dispute.ndjson");

/// The published cases, one after another.
pub(crate) const CASES: &str = concat!(
    include_str!("../../../onus/cases/sussex-2023.ndjson"),
    include_str!("../../../onus/cases/manchester-north-2025.ndjson"),
    include_str!("../../../onus/cases/met-2023-go-live.ndjson"),
    include_str!("../../../onus/cases/norfolk-2024.ndjson"),
    include_str!("../../../onus/cases/lambeth-2024-section136.ndjson"),
    include_str!("../../../onus/cases/lambeth-2024-dispute.ndjson"),
);

/// A key, and how it signs.
pub(crate) struct TestKey {
    name: String,
    kind: u8,
    key: SigningKey,
}

impl TestKey {
    pub(crate) fn new(name: &str, kind: u8, seed: u8) -> Self {
        Self { name: name.into(), kind, key: SigningKey::from_bytes(&[seed; 32]) }
    }

    fn point(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(format!("{}\n", self.name))
            .chain_update([self.kind])
            .chain_update(self.point());
        hash.finalize()[..4].try_into().unwrap()
    }

    pub(crate) fn verifier(&self) -> String {
        let id = u32::from_be_bytes(self.id());
        let key = [&[self.kind][..], &self.point()].concat();
        format!("{}+{id:08x}+{}", self.name, STANDARD.encode(key))
    }

    fn line(&self, blob: &[u8]) -> String {
        format!("\u{2014} {} {}\n", self.name, STANDARD.encode([&self.id(), blob].concat()))
    }

    /// The whole note.
    pub(crate) fn sign(&self, text: &str) -> String {
        format!("{text}\n{}", self.line(&self.key.sign(text.as_bytes()).to_bytes()))
    }

    /// A cosignature line.
    pub(crate) fn cosign(&self, text: &str, time: u64) -> String {
        let signature = self.key.sign(format!("cosignature/v1\ntime {time}\n{text}").as_bytes());
        self.line(&[&time.to_be_bytes()[..], &signature.to_bytes()].concat())
    }
}

pub(crate) struct Setting {
    pub(crate) _folder: tempfile::TempDir,
    pub(crate) ledger: Ledger,
    pub(crate) log: TestKey,
    pub(crate) manifest: TestKey,
    pub(crate) witness: TestKey,
}

impl Setting {
    /// A ledger of these drafts.
    pub(crate) fn of(drafts: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::parse("2024-06-13T09:00:00+01:00").unwrap();
        let machine = Machine::new(Arc::new(OsFiles), Arc::new(move || now));
        let dir = folder.path().join("ledger");
        let agency = AgencyId::parse("police:met").unwrap();
        let new = NewLedger { origin: Origin::new(ORIGIN).unwrap(), agency };
        let nobody = Caller::of_this_process(None, Channel::Cli);
        create(&machine, &nobody, &dir, &new, Wrapping::KeyFile).unwrap();
        let ledger = Ledger::at(machine, &dir, Duration::from_secs(5));
        let drafts = drafts.lines().map(|line| Draft::parse(line.as_bytes()).unwrap()).collect();
        let keys = ledger.unlock(None).unwrap();
        let (recorder, _) = ledger.record(&nobody, Some(&keys)).unwrap();
        recorder.record(drafts, Expect::Any).unwrap();
        recorder.close().unwrap();
        let setting = Self {
            _folder: folder,
            ledger,
            log: TestKey::new(ORIGIN, 1, 1),
            manifest: TestKey::new(&format!("{ORIGIN}/manifest"), 1, 2),
            witness: TestKey::new("witness.example/w", 4, 3),
        };
        setting.register(&setting.manifest, KeyPurpose::Manifest);
        setting
    }

    /// Registers a key.
    pub(crate) fn register(&self, key: &TestKey, purpose: KeyPurpose) {
        let (name, public_key) = (Code::new(&key.name).unwrap(), PublicKey::from_bytes(key.point()));
        self.append_own(Body::KeyRegistered(KeyRegistered { purpose, name, public_key }));
    }

    /// Revokes it.
    pub(crate) fn revoke(&self, key: &TestKey, purpose: KeyPurpose) {
        let (name, public_key) = (Code::new(&key.name).unwrap(), PublicKey::from_bytes(key.point()));
        let reason = Code::new("lost").unwrap();
        self.append_own(Body::KeyRevoked(KeyRevoked { purpose, name, public_key, reason }));
    }

    fn append_own(&self, body: Body<Stored>) {
        let at = Timestamp::parse("2024-06-13T09:00:00+01:00").unwrap();
        let next = self.ledger.read().unwrap().size();
        self.append(&onus_testkit::events::ledger_wide("police:met", at, next, body));
    }

    /// Appends an event as it is; its place.
    pub(crate) fn append(&self, event: &Event) -> u64 {
        let clock =
            Box::new(|question: ClockQuestion| ClockAnswer { recorded_at: question.previous, first: None });
        let (writer, _) =
            Writer::open(Arc::new(OsFiles), self.ledger.dir(), clock, OpenOptions::default()).unwrap();
        writer.append(vec![event.clone().encode()], Expect::Any).unwrap();
        writer.close().unwrap();
        self.ledger.read().unwrap().size() - 1
    }

    /// A file of the incident with these texts opened.
    pub(crate) fn evidence(&self, disclose: &[&str]) -> Result<Evidence, MakeError> {
        self.evidence_of(INCIDENT, disclose)
    }

    /// The same of another incident.
    pub(crate) fn evidence_of(&self, incident: &str, disclose: &[&str]) -> Result<Evidence, MakeError> {
        let reader = self.ledger.read().unwrap();
        let leaves: Vec<Hash> =
            (0..reader.size()).map(|seq| leaf_hash(reader.entry(Seq::new(seq)).unwrap().bytes())).collect();
        let root = STANDARD.encode(root(&leaves).as_bytes());
        let text = format!("{ORIGIN}\n{}\n{root}\n", leaves.len());
        let note = format!("{}{}", self.log.sign(&text), self.witness.cosign(&text, 1_718_265_600));
        let paths = |seqs: &[Seq]| {
            let path = |seq: &Seq| (*seq, path(usize::try_from(seq.get()).unwrap(), &leaves));
            Ok(seqs.iter().map(path).collect())
        };
        let sign = |text: &str| Ok(self.manifest.sign(text));
        let keys = [&self.log, &self.manifest, &self.witness].map(TestKey::verifier).to_vec();
        let backing = Backing { note, keys, paths: &paths, sign: &sign };
        let selections: Vec<Selection> =
            disclose.iter().map(|text| Selection::parse(text).unwrap()).collect();
        let request = Request {
            incident: &Incident::parse(incident).unwrap(),
            disclose: &selections,
            recipient: Some(&Plain::new("HM Coroner, Inner South London").unwrap()),
            ground: Some(&Code::new("coroner").unwrap()),
            why: Some(&Plain::new("inquest 2024/17").unwrap()),
        };
        let who = Identity::parse("police:met/supervisor").unwrap();
        let caller = Caller::of_this_process(Some(who), Channel::Cli);
        make_evidence_under(&self.ledger.unlock(None).unwrap(), &caller, &backing, &request)
    }
}

fn split(leaves: &[Hash]) -> usize {
    leaves.len().next_power_of_two() / 2
}

fn root(leaves: &[Hash]) -> Hash {
    if let [leaf] = leaves {
        return *leaf;
    }
    let (left, right) = leaves.split_at(split(leaves));
    node_hash(&root(left), &root(right))
}

fn path(at: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let half = split(leaves);
    let (left, right) = leaves.split_at(half);
    let (mut rest, other) =
        if at < half { (path(at, left), root(right)) } else { (path(at - half, right), root(left)) };
    rest.push(other);
    rest
}
