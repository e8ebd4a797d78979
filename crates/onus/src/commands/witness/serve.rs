//! `onus witness serve`: the witness over HTTP, until SIGTERM or SIGINT.
//!
//! `POST /add-checkpoint` asks for a cosignature, `GET /<SHA-256 of the origin>/checkpoint` shows the last one.
//! The rules are those of `onus_proof::judge`, the memory that of `onus_ledger::Witness`; here are only the bounds
//! that keep strangers from holding the service up.
//!
//! # Limits
//! * 64 connections at once, each for at most a minute; 10 seconds for a head, and for a body.
//! * A body as long as the longest note, and no longer.
//!
//! # Never
//! * It speaks TLS, or asks who is calling: a checkpoint is believed by its signature.

use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use onus_ledger::{NotCosigned, Witness, WitnessError};
use onus_proof::{
    AddCheckpoint, NoteSignature, REQUEST_BYTES_MAX, SIZE_CONTENT_TYPE, SignatureLines, WitnessRefusal,
};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

const CONNECTIONS_MAX: usize = 64;
const CONNECTION_TIME_MAX: Duration = Duration::from_mins(1);
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
const BODY_TIME_MAX: Duration = Duration::from_secs(10);
/// How long those that are being answered are waited for at the end.
const ENDING_TIME_MAX: Duration = Duration::from_secs(10);
/// How long to wait where the system has no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(100);

const TEXT: &str = "text/plain; charset=utf-8";

/// Serves until it is told to end; whoever is being answered then still gets an answer.
pub(super) fn until_told(witness: Witness, listen: SocketAddr) -> Result<(), Failure> {
    let failed = |e: io::Error| {
        Failure::new(Cause::Environment, format_args!("cannot serve on {listen}: {e}"))
            .hint("another program may listen there; name another address with --listen")
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(serve(Arc::new(witness), listen)).map_err(failed)
}

async fn serve(witness: Arc<Witness>, listen: SocketAddr) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener = TcpListener::bind(listen).await?;
    terminal::say(&format_args!("Witness {} listens on http://{}", witness.key(), listener.local_addr()?));
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let ending = GracefulShutdown::new();
    loop {
        let next = async {
            // The semaphore is never closed.
            let place = Arc::clone(&room).acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        };
        let Ok((stream, _)) = accepted else {
            sleep(NO_ROOM).await;
            continue;
        };
        let witness = Arc::clone(&witness);
        let service = service_fn(move |request| answer(Arc::clone(&witness), request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME_MAX)
            .serve_connection(TokioIo::new(stream), service);
        let connection = ending.watch(connection);
        tokio::spawn(async move {
            // A caller who goes away or sends no HTTP is nobody's failure.
            let _gone = timeout(CONNECTION_TIME_MAX, connection).await.is_err();
            drop(place);
        });
    }
    drop(listener);
    let _late = timeout(ENDING_TIME_MAX, ending.shutdown()).await.is_err();
    terminal::say(&"Witness ended.");
    Ok(())
}

async fn answer(
    witness: Arc<Witness>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if path == "/add-checkpoint" {
        return Ok(if request.method() == Method::POST { add(witness, request).await } else { not_so() });
    }
    match path.strip_prefix('/').and_then(|path| path.strip_suffix("/checkpoint")) {
        Some(origin) if request.method() == Method::GET => Ok(shown(witness, origin.to_owned()).await),
        Some(_) => Ok(not_so()),
        None => Ok(words(StatusCode::NOT_FOUND, "there is nothing under this path")),
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
        Err(_) => own_fault(),
    }
}

fn cosign(witness: &Witness, request: &AddCheckpoint) -> Response<Full<Bytes>> {
    let answer = witness.add_checkpoint(request);
    tell(request, &answer);
    match answer {
        Ok(line) => response(StatusCode::OK, TEXT, SignatureLines(&[line]).to_string()),
        // Whoever keeps our cosignatures sees from the size that this witness has forgotten.
        Err(
            NotCosigned::Refused(WitnessRefusal::Conflict { size })
            | NotCosigned::Witness(WitnessError::Forgot { remembered: size, .. }),
        ) => response(StatusCode::CONFLICT, SIZE_CONTENT_TYPE, format!("{size}\n")),
        Err(NotCosigned::Refused(refusal)) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            words(status, &refusal.to_string())
        }
        Err(_) => own_fault(),
    }
}

/// A line for whoever runs the witness. What strangers call themselves is not repeated.
fn tell(request: &AddCheckpoint, answer: &Result<NoteSignature, NotCosigned>) {
    let asked = request.checkpoint.unchecked();
    let (origin, size) = (asked.origin(), asked.head().size);
    match answer {
        Ok(_) => terminal::say(&format_args!("{origin}: cosigned {size} entries")),
        Err(NotCosigned::Refused(WitnessRefusal::UnknownOrigin)) => {
            terminal::say(&"a ledger that is not known here asked");
        }
        Err(NotCosigned::Refused(refusal)) => {
            terminal::say(&format_args!("{origin}: {size} entries not cosigned: {refusal}"));
        }
        Err(NotCosigned::Witness(e)) => told(e),
        Err(e) => told(e),
    }
}

fn told(error: &dyn std::error::Error) {
    terminal::say(&format_args!("onus: the witness cannot answer: {}", chain(error)));
}

async fn shown(witness: Arc<Witness>, origin_sha256: String) -> Response<Full<Bytes>> {
    match spawn_blocking(move || witness.checkpoint(&origin_sha256)).await {
        Ok(Ok(Some(last))) => response(StatusCode::OK, TEXT, last.to_string()),
        Ok(Ok(None)) => words(StatusCode::NOT_FOUND, "nothing was cosigned for such a ledger"),
        Ok(Err(e)) => {
            told(&e);
            own_fault()
        }
        Err(_) => own_fault(),
    }
}

fn not_so() -> Response<Full<Bytes>> {
    words(StatusCode::METHOD_NOT_ALLOWED, "not by this method")
}

/// Why stands on standard error: it is nothing for strangers.
fn own_fault() -> Response<Full<Bytes>> {
    words(StatusCode::INTERNAL_SERVER_ERROR, "this witness cannot answer; tell whoever runs it")
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
