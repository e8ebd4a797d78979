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

mod answer;

use crate::exit::{Cause, Failure};
use crate::terminal;
use answer::answer;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use onus_ledger::Witness;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
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

/// Serves until SIGTERM or SIGINT; callers that are being answered then still get their answer.
pub(super) fn run(witness: Witness, listen: SocketAddr) -> Result<(), Failure> {
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
