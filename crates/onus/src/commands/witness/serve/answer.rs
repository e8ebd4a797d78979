//! What the witness answers to one request.

use super::{BODY_TIME_MAX, TEXT};
use crate::exit::chain;
use crate::terminal;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use onus_ledger::{NotCosigned, Witness, WitnessError};
use onus_proof::{
    AddCheckpoint, NoteSignature, REQUEST_BYTES_MAX, SIZE_CONTENT_TYPE, SignatureLines, WitnessRefusal,
};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

pub(super) async fn answer(
    witness: Arc<Witness>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if path == "/add-checkpoint" {
        return Ok(if request.method() == Method::POST {
            add(witness, request).await
        } else {
            not_allowed()
        });
    }
    match path.strip_prefix('/').and_then(|path| path.strip_suffix("/checkpoint")) {
        Some(origin) if request.method() == Method::GET => Ok(shown(witness, origin.to_owned()).await),
        Some(_) => Ok(not_allowed()),
        None => Ok(words(StatusCode::NOT_FOUND, "not found")),
    }
}

async fn add(witness: Arc<Witness>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let body = Limited::new(request.into_body(), REQUEST_BYTES_MAX).collect();
    let body = match timeout(BODY_TIME_MAX, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(e)) if e.is::<LengthLimitError>() => {
            return words(StatusCode::PAYLOAD_TOO_LARGE, "the request is longer than any checkpoint");
        }
        Ok(Err(_)) => return words(StatusCode::BAD_REQUEST, "the request broke off"),
        Err(_) => return words(StatusCode::REQUEST_TIMEOUT, "the request took too long"),
    };
    let request = match AddCheckpoint::parse(&body) {
        Ok(request) => request,
        Err(e) => return words(StatusCode::BAD_REQUEST, &e.to_string()),
    };
    // It syncs files, which must hold nobody else up. A caller who leaves does not end it half-way.
    match spawn_blocking(move || cosign(&witness, &request)).await {
        Ok(response) => response,
        Err(_) => internal_error(),
    }
}

fn cosign(witness: &Witness, request: &AddCheckpoint) -> Response<Full<Bytes>> {
    let answer = witness.add_checkpoint(request);
    log(request, &answer);
    match answer {
        Ok(line) => response(StatusCode::OK, TEXT, SignatureLines(&[line]).to_string()),
        // A ledger that keeps our cosignatures sees from the size that this witness has forgotten.
        Err(
            NotCosigned::Refused(WitnessRefusal::Conflict { size })
            | NotCosigned::Witness(WitnessError::Forgot { remembered: size, .. }),
        ) => response(StatusCode::CONFLICT, SIZE_CONTENT_TYPE, format!("{size}\n")),
        Err(NotCosigned::Refused(refusal)) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            words(status, &refusal.to_string())
        }
        Err(_) => internal_error(),
    }
}

/// A line for the witness's administrator. What strangers call themselves is not repeated.
fn log(request: &AddCheckpoint, answer: &Result<NoteSignature, NotCosigned>) {
    let checkpoint = request.checkpoint.unchecked();
    let (origin, size) = (checkpoint.origin(), checkpoint.head().size);
    match answer {
        Ok(_) => terminal::say(&format_args!("{origin}: cosigned {size} entries")),
        Err(NotCosigned::Refused(WitnessRefusal::UnknownOrigin)) => {
            terminal::say(&"a request for a ledger that is not known here");
        }
        Err(NotCosigned::Refused(refusal)) => {
            terminal::say(&format_args!("{origin}: {size} entries not cosigned: {refusal}"));
        }
        Err(NotCosigned::Witness(e)) => report(e),
        Err(e) => report(e),
    }
}

fn report(error: &dyn std::error::Error) {
    terminal::say(&format_args!("onus: the witness cannot answer: {}", chain(error)));
}

async fn shown(witness: Arc<Witness>, origin_sha256: String) -> Response<Full<Bytes>> {
    match spawn_blocking(move || witness.checkpoint(&origin_sha256)).await {
        Ok(Ok(Some(last))) => response(StatusCode::OK, TEXT, last.to_string()),
        Ok(Ok(None)) => words(StatusCode::NOT_FOUND, "nothing was cosigned for such a ledger"),
        Ok(Err(e)) => {
            report(&e);
            internal_error()
        }
        Err(_) => internal_error(),
    }
}

fn not_allowed() -> Response<Full<Bytes>> {
    words(StatusCode::METHOD_NOT_ALLOWED, "this method is not allowed here")
}

/// The cause is on standard error: strangers do not need it.
fn internal_error() -> Response<Full<Bytes>> {
    words(StatusCode::INTERNAL_SERVER_ERROR, "this witness cannot answer; tell its administrator")
}

fn words(status: StatusCode, words: &str) -> Response<Full<Bytes>> {
    response(status, TEXT, format!("{words}\n"))
}

fn response(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
