//! Asking witnesses over HTTP to cosign a checkpoint of this ledger, all of them at once.
//!
//! What a witness finds is said; a witness that does not answer is named, and holds up nobody else.
//!
//! # Limits
//! * 10 seconds for a witness.
//! * Plain HTTP: nothing that is sent is secret, and the answer is believed by its signature alone.

use crate::args::WitnessesArgs;
use crate::exit::{Cause, Failure};
use crate::{terminal, trust};
use onus_core::blame::Blamed as _;
use onus_proof::{
    AddCheckpoint, Algorithm, NoteSignature, Policy, REQUEST_BYTES_MAX, SIZE_CONTENT_TYPE, SignedCheckpoint,
    VerifierKey,
};
use onus_service::{CosigningError, Session, WitnessAnswer};
use std::time::Duration;

const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// A witness to ask, and the keys that it may answer with.
pub(crate) struct Witness {
    url: String,
    keys: Vec<VerifierKey>,
}

/// What came of asking.
pub(crate) struct Answers {
    /// The checkpoint with the cosignatures that came.
    pub(crate) checkpoint: SignedCheckpoint,
    /// How many witnesses cosigned.
    pub(crate) cosigned: usize,
    worst: Option<Cause>,
}

impl Answers {
    /// How the command ends; why is already on standard error.
    pub(crate) fn end(self) -> Result<(), Failure> {
        self.worst.map_or(Ok(()), |cause| Err(Failure::already_shown(cause)))
    }
}

/// The witnesses that were typed.
pub(crate) fn named(args: &WitnessesArgs) -> Result<Vec<Witness>, Failure> {
    let policy = args.policy.as_deref().map(trust::policy_file).transpose()?;
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
                return Err(Failure::new(Cause::Usage, format_args!("a witness's address starts with http://, not {url}"))
                    .hint("where the network asks for TLS, a proxy on this machine adds it; nothing sent is secret, and answers are believed by their signature"));
            }
            let keys: Vec<VerifierKey> = match known.iter().find(|witness| witness.url() == Some(url)) {
                Some(witness) => vec![witness.key().clone()],
                None => known.iter().map(onus_proof::Witness::key).chain(&args.keys).cloned().collect(),
            };
            if keys.is_empty() {
                return Err(Failure::new(Cause::Usage, format_args!("the key of {url} is not known: give --witness-key or --policy"))
                    .hint("its owner gives it to you, by a separate channel: onus key show"));
            }
            Ok(Witness { url: url.trim_end_matches('/').to_owned(), keys })
        })
        .collect()
}

/// Asks every witness to cosign, and keeps what they answer beside the ledger.
pub(crate) fn ask(
    session: &Session,
    signed: SignedCheckpoint,
    witnesses: &[Witness],
) -> Result<Answers, Failure> {
    if witnesses.is_empty() {
        return Ok(Answers { checkpoint: signed, cosigned: 0, worst: None });
    }
    let cosigning = session.cosigning(signed)?;
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER_TIME_MAX))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent("onus")
            .build(),
    );
    let one = |witness: &Witness| {
        let url = format!("{}/add-checkpoint", witness.url);
        cosigning.ask(&witness.keys, &|request| post(&agent, &url, request))
    };
    let answers: Vec<Result<NoteSignature, CosigningError>> = std::thread::scope(|scope| {
        let asked: Vec<_> = witnesses.iter().map(|witness| scope.spawn(move || one(witness))).collect();
        let joined = asked.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined
            .map(|answer| {
                answer.unwrap_or_else(|_| Err(CosigningError::NoAnswer("asking it broke off".into())))
            })
            .collect()
    });
    let mut worst = None;
    let mut cosignatures = Vec::new();
    for (witness, answer) in witnesses.iter().zip(answers) {
        match answer {
            Ok(cosignature) => cosignatures.push(cosignature),
            Err(missing) => {
                terminal::say(&format_args!("onus: no cosignature of {}: {missing}", witness.url));
                // What a check found weighs more than a witness that was not there.
                worst = if worst == Some(Cause::Found) { worst } else { Some(missing.blame().into()) };
            }
        }
    }
    let checkpoint = cosigning.keep(&cosignatures)?;
    Ok(Answers { checkpoint, cosigned: cosignatures.len(), worst })
}

fn post(agent: &ureq::Agent, url: &str, request: &AddCheckpoint) -> Result<WitnessAnswer, CosigningError> {
    let unreachable = |e: ureq::Error| CosigningError::Unreachable(e.to_string());
    let mut answer = agent.post(url).send(request.to_string()).map_err(unreachable)?;
    let is_size = answer
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes() == SIZE_CONTENT_TYPE.as_bytes());
    let limit = u64::try_from(REQUEST_BYTES_MAX).unwrap_or(u64::MAX);
    let body = answer.body_mut().with_config().limit(limit).read_to_vec().map_err(unreachable)?;
    Ok(WitnessAnswer { status: answer.status().as_u16(), is_size, body })
}
