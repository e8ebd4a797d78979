//! Asking witnesses to cosign a checkpoint of this ledger (C2SP tlog-witness), all of them at once.
//!
//! An answer counts only if it is a good cosignature, over this checkpoint, of a key that was known beforehand.
//! What a witness finds is said; a witness that does not answer is named, and hinders nobody else.
//!
//! # Limits
//! * 10 seconds for a witness.
//! * Plain HTTP: nothing that is sent is secret, and the answer is believed by its signature alone.

use super::trust;
use crate::args::WitnessesArgs;
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_ledger::Ledger;
use onus_proof::{
    AddCheckpoint, Algorithm, NoteSignature, Policy, REQUEST_BYTES_MAX, SIZE_CONTENT_TYPE, SignedCheckpoint,
    VerifierKey, read_answer,
};
use onus_query::proofs;
use onus_store::Reader;
use std::time::Duration;

const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// How many checkpoints back the last one that a witness cosigned is looked for. Past that the witness is asked.
const LOOKED_BACK_MAX: usize = 64;

/// A witness to ask, and the keys that it may answer with.
pub(super) struct Witness {
    url: String,
    keys: Vec<VerifierKey>,
}

/// What came of asking.
pub(super) struct Asked {
    /// The checkpoint with the cosignatures that came.
    pub(super) checkpoint: SignedCheckpoint,
    /// How many witnesses cosigned.
    pub(super) cosigned: usize,
    worst: Option<Cause>,
}

impl Asked {
    /// How the command ends; why was said.
    pub(super) fn end(self) -> Result<(), Failure> {
        self.worst.map_or(Ok(()), |cause| Err(Failure::told(cause)))
    }
}

/// Why there is no cosignature of a witness.
struct Missing {
    cause: Cause,
    words: String,
}

/// It did not answer, or not as a witness does.
fn silent(words: impl Into<String>) -> Missing {
    Missing { cause: Cause::Environment, words: words.into() }
}

/// Something is wrong with this ledger, with the witness, or on the way between them.
fn found(words: impl Into<String>) -> Missing {
    Missing { cause: Cause::Found, words: words.into() }
}

/// The witnesses that were typed.
pub(super) fn named(args: &WitnessesArgs) -> Result<Vec<Witness>, Failure> {
    let policy = args.policy.as_ref().map(|path| {
        let policy = Policy::parse(&trust::file(path)?);
        policy.map_err(|e| Failure::new(Cause::Refused, format_args!("{}: {e}", path.display())))
    });
    let policy = policy.transpose()?;
    let known = policy.as_ref().map(Policy::witnesses).unwrap_or_default();
    if let Some(key) = args.keys.iter().find(|key| key.algorithm() != Algorithm::Cosignature) {
        return Err(Failure::new(
            Cause::Usage,
            format_args!("--witness-key {key} is not the key of a witness"),
        ));
    }
    let urls: Vec<&str> = if args.witnesses.is_empty() {
        known.iter().filter_map(|witness| witness.url()).collect()
    } else {
        args.witnesses.iter().map(String::as_str).collect()
    };
    if urls.is_empty() && (policy.is_some() || !args.keys.is_empty()) {
        return Err(Failure::new(Cause::Usage, "no witness has an address: give --witness URL"));
    }
    urls.into_iter()
        .map(|url| {
            if !url.starts_with("http://") {
                return Err(Failure::new(Cause::Usage, format_args!("a witness's address begins http://, not {url}"))
                    .hint("where the network asks for TLS, a proxy on this machine adds it; nothing sent is secret, and answers are believed by their signature"));
            }
            let keys: Vec<VerifierKey> = match known.iter().find(|witness| witness.url() == Some(url)) {
                Some(witness) => vec![witness.key().clone()],
                None => known.iter().map(onus_proof::Witness::key).chain(&args.keys).cloned().collect(),
            };
            if keys.is_empty() {
                return Err(Failure::new(Cause::Usage, format_args!("the key of {url} is not known: give --witness-key or --policy"))
                    .hint("its owner gives it to you, by a way that is not the network: onus key show"));
            }
            Ok(Witness { url: url.trim_end_matches('/').to_owned(), keys })
        })
        .collect()
}

/// Asks every witness to cosign, and keeps what they answer beside the ledger.
pub(super) fn cosigned(
    ledger: &Ledger,
    signed: SignedCheckpoint,
    witnesses: &[Witness],
) -> Result<Asked, Failure> {
    if witnesses.is_empty() {
        return Ok(Asked { checkpoint: signed, cosigned: 0, worst: None });
    }
    let reader = ledger.read().map_err(|e| super::open_failure(ledger, &e))?;
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER_TIME_MAX))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent("onus")
            .build(),
    );
    let asking = Asking { ledger, reader: &reader, agent: &agent, signed: &signed };
    let answers: Vec<Result<NoteSignature, Missing>> = std::thread::scope(|scope| {
        let asked: Vec<_> = witnesses.iter().map(|witness| scope.spawn(|| asking.one(witness))).collect();
        let joined = asked.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|answer| answer.unwrap_or_else(|_| Err(silent("asking it broke off")))).collect()
    });
    let mut worst = None;
    let mut cosignatures = Vec::new();
    for (witness, answer) in witnesses.iter().zip(answers) {
        match answer {
            Ok(cosignature) => cosignatures.push(cosignature),
            Err(missing) => {
                terminal::say(&format_args!("onus: no cosignature of {}: {}", witness.url, missing.words));
                // What a check found weighs more than a witness that was not there.
                worst = if worst == Some(Cause::Found) { worst } else { Some(missing.cause) };
            }
        }
    }
    let checkpoint = ledger
        .keep_cosignatures(signed, &cosignatures)
        .map_err(|e| Failure::new(Cause::Environment, chain(&e)))?;
    Ok(Asked { checkpoint, cosigned: cosignatures.len(), worst })
}

struct Asking<'a> {
    ledger: &'a Ledger,
    reader: &'a Reader,
    agent: &'a ureq::Agent,
    signed: &'a SignedCheckpoint,
}

impl Asking<'_> {
    fn one(&self, witness: &Witness) -> Result<NoteSignature, Missing> {
        let size = self.signed.unchecked().head().size;
        let last = self.last_cosigned(&witness.keys)?;
        let (mut status, mut body) = self.post(witness, last)?;
        if let (409, Some(known)) = (status, size_in(&body)) {
            if known > size {
                return Err(found(format!(
                    "it has cosigned {known} entries of this ledger, and {size} are signed here: an older copy stands here, or this ledger is kept twice"
                )));
            }
            if known < last {
                return Err(found(format!(
                    "it says that it has cosigned {known} entries, and its own signature over {last} stands here: it was put back to an older state. Tell whoever runs it"
                )));
            }
            (status, body) = self.post(witness, known)?;
        }
        match status {
            200 => self.checked(witness, &body),
            409 => Err(silent("it has moved on meanwhile; ask again")),
            422 => Err(found(
                "it says that this ledger does not continue what it cosigned before: two histories. Keep this directory as it is, and compare",
            )),
            403 => Err(silent(
                "it does not trust the key that this checkpoint is signed with; its owner adds it: onus witness add",
            )),
            404 => Err(silent("it does not witness this ledger; its owner adds it: onus witness add")),
            status => Err(silent(format!("it answers with status {status}"))),
        }
    }

    /// The size of the last checkpoint kept here that one of these keys cosigned; 0 if there is none.
    fn last_cosigned(&self, keys: &[VerifierKey]) -> Result<u64, Missing> {
        let io = |e: std::io::Error| silent(format!("the checkpoints beside the ledger cannot be read: {e}"));
        let now = self.signed.unchecked().head().size;
        let sizes = self.ledger.checkpoint_sizes().map_err(io)?;
        for size in sizes.into_iter().rev().filter(|size| *size <= now).take(LOOKED_BACK_MAX) {
            let Ok(bytes) = trust::file(&self.ledger.checkpoint_file(size)) else { continue };
            let Ok(kept) = SignedCheckpoint::parse(&bytes) else { continue };
            if kept.unchecked().head().size == size && kept.note().clone().verify(keys).is_ok() {
                return Ok(size);
            }
        }
        Ok(0)
    }

    fn post(&self, witness: &Witness, old_size: u64) -> Result<(u16, Vec<u8>), Missing> {
        let proof = match old_size {
            0 => Vec::new(),
            _ => proofs::consistency(self.reader, old_size, &self.signed.unchecked().head())
                .map_err(|e| silent(format!("no proof could be made for it: {}", chain(&e))))?,
        };
        let request = AddCheckpoint { old_size, proof, checkpoint: self.signed.clone() };
        let unreachable = |e: ureq::Error| silent(format!("it cannot be reached: {e}"));
        let url = format!("{}/add-checkpoint", witness.url);
        let mut answer = self.agent.post(&url).send(request.to_string()).map_err(unreachable)?;
        let status = answer.status().as_u16();
        let is_size = answer
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes() == SIZE_CONTENT_TYPE.as_bytes());
        let limit = u64::try_from(REQUEST_BYTES_MAX).unwrap_or(u64::MAX);
        let body = answer.body_mut().with_config().limit(limit).read_to_vec().map_err(unreachable)?;
        // A conflict without a size says nothing: earlier versions of the protocol answered a fork so.
        Ok((if status == 409 && !is_size { 422 } else { status }, body))
    }

    /// The cosignature in an answer, if it is good.
    fn checked(&self, witness: &Witness, body: &[u8]) -> Result<NoteSignature, Missing> {
        let lines = read_answer(body).map_err(|e| silent(e.to_string()))?;
        let of = |line: &NoteSignature, key: &VerifierKey| line.name() == key.name() && line.id() == key.id();
        let known = lines.into_iter().find(|line| witness.keys.iter().any(|key| of(line, key)));
        let line = known.ok_or_else(|| silent("its answer is not signed by a key that is known for it"))?;
        let mut alone = self.signed.clone();
        alone.retain(|_| false);
        let good = alone.add([line.clone()]).is_ok() && alone.note().clone().verify(&witness.keys).is_ok();
        if good {
            Ok(line)
        } else {
            Err(found(format!(
                "its cosignature names key {} ({}), which did not make it",
                line.name(),
                line.id()
            )))
        }
    }
}

/// The size in the body of a conflict.
fn size_in(body: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(body).ok()?.strip_suffix('\n')?;
    let size: u64 = digits.parse().ok()?;
    (size.to_string() == digits).then_some(size)
}
