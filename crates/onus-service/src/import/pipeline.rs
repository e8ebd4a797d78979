//! One file's rows on their way to the log: read in parcels, mapped, sealed and encoded by several threads,
//! put in order again, handed to the writer with several parcels under way, and settled.
//!
//! A fixed number of parcels goes round, each bounded in rows and bytes: memory does not grow with the file.

use super::settle::{Fate, Settling, Submitted};
use super::survey::Surveyed;
use super::{ImportError, ImportProgress};
use onus_core::blame::{Blame, Blamed as _, chain};
use onus_core::entry::EncodedEvent;
use onus_import::{Bound, Mapping, Planned, Rejected, Row, Rows};
use onus_ledger::Recorder;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

const PARCEL_ROWS: usize = 1_024;
/// A parcel ends with the row that takes its cells past this.
const PARCEL_BYTES: usize = 1_048_576;
/// Parcels that go round, in whatever state.
const PARCELS: usize = 24;
const MAPPERS_MAX: usize = 4;

struct Parcel {
    number: u64,
    rows: Vec<Row>,
}

/// What the mapping made of one row.
enum Mapped {
    Events(Vec<EncodedEvent>),
    Rejected(Rejected),
    Unsealed(String),
    Broken(ImportError),
}

/// What goes from thread to thread; each end hangs up when it is done or has failed.
type Numbered = (Parcel, Vec<Mapped>);

pub(super) fn run(
    mapping: &Mapping,
    file: &Surveyed,
    settling: &mut Settling<'_>,
    progress: &dyn Fn(ImportProgress),
) -> Result<(), ImportError> {
    let mut rows = Rows::open(&file.path, &mapping.input()).map_err(ImportError::Rows)?;
    if *rows.header() != file.header {
        return Err(changed_meanwhile(file));
    }
    let (permit, permits) = channel();
    for _ in 0..PARCELS {
        let _other_end_is_here = permit.send(()).is_ok();
    }
    let (work, parcels) = channel::<Parcel>();
    let (done, mapped) = channel::<Numbered>();
    let (submit, submitted) = channel::<Submitted>();
    let parcels = Mutex::new(parcels);
    let recorder = settling.recorder;
    let read = thread::scope(|scope| {
        let reader = scope.spawn(move || read_parcels(&mut rows, &work, &permits));
        let mappers = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAPPERS_MAX);
        for _ in 0..mappers {
            let (bound, parcels, done) = (file.bound.clone(), &parcels, done.clone());
            scope.spawn(move || map_parcels(recorder, bound, parcels, &done));
        }
        drop(done);
        scope.spawn(move || submit_in_order(recorder, mapped, &submit));
        let mut bound = file.bound.clone();
        let mut count = 0_u64;
        for parcel in submitted {
            count += u64::try_from(parcel.rows.len()).unwrap_or(u64::MAX);
            settling.settle(file, &mut bound, parcel)?;
            progress(ImportProgress::Rows(count, file.rows));
            // A reader that is at the end has hung up, and needs no more permits.
            let _hung_up = permit.send(()).is_err();
        }
        drop(permit);
        reader.join().unwrap_or(Err(ImportError::Stopped))
    });
    progress(ImportProgress::Rows(file.rows, file.rows));
    if read? == file.rows { Ok(()) } else { Err(changed_meanwhile(file)) }
}

fn changed_meanwhile(file: &Surveyed) -> ImportError {
    ImportError::Changed { path: file.path.clone() }
}

/// Reads to the end, or until nobody takes parcels any more; how many rows there were.
fn read_parcels(rows: &mut Rows, work: &Sender<Parcel>, permits: &Receiver<()>) -> Result<u64, ImportError> {
    let (mut number, mut count) = (0, 0_u64);
    let mut more = true;
    while more {
        let (mut parcel, mut bytes) = (Vec::with_capacity(PARCEL_ROWS), 0);
        while parcel.len() < PARCEL_ROWS && bytes < PARCEL_BYTES {
            let mut row = Row::default();
            more = rows.next_into(&mut row).map_err(ImportError::Rows)?;
            if !more {
                break;
            }
            bytes += row.cells().map(str::len).sum::<usize>();
            parcel.push(row);
        }
        count += u64::try_from(parcel.len()).unwrap_or(u64::MAX);
        if permits.recv().is_err() || work.send(Parcel { number, rows: parcel }).is_err() {
            break;
        }
        number += 1;
    }
    Ok(count)
}

fn map_parcels(
    recorder: &Recorder,
    mut bound: Bound,
    parcels: &Mutex<Receiver<Parcel>>,
    done: &Sender<Numbered>,
) {
    let mut planned = Vec::new();
    loop {
        let next = parcels.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(parcel) = next else { return };
        let mapped = parcel.rows.iter().map(|row| map_row(recorder, &mut bound, &mut planned, row)).collect();
        if done.send((parcel, mapped)).is_err() {
            return;
        }
    }
}

fn map_row(recorder: &Recorder, bound: &mut Bound, planned: &mut Vec<Planned>, row: &Row) -> Mapped {
    if let Err(rejected) = bound.events_into(row, planned) {
        return Mapped::Rejected(rejected);
    }
    match planned.drain(..).map(|planned| recorder.seal(planned.draft)).collect() {
        Ok(events) => Mapped::Events(events),
        Err(e) if e.blame() == Blame::Caller => Mapped::Unsealed(chain(&e)),
        Err(e) => Mapped::Broken(ImportError::Seal(e)),
    }
}

/// Hands parcels to the writer in the file's order.
fn submit_in_order(recorder: &Recorder, mapped: Receiver<Numbered>, submit: &Sender<Submitted>) {
    let mut early: BTreeMap<u64, Numbered> = BTreeMap::new();
    let mut next = 0;
    for parcel in mapped {
        early.insert(parcel.0.number, parcel);
        while let Some((parcel, mapped)) = early.remove(&next) {
            next += 1;
            let mut requests = Vec::with_capacity(mapped.len());
            let fates = mapped.into_iter().map(|mapped| match mapped {
                Mapped::Events(events) => {
                    requests.push(events);
                    None
                }
                Mapped::Rejected(rejected) => Some(Fate::Rejected(rejected)),
                Mapped::Unsealed(reason) => Some(Fate::Unsealed(reason)),
                Mapped::Broken(error) => Some(Fate::Broken(error)),
            });
            let fates: Vec<Option<Fate>> = fates.collect();
            let mut awaited = recorder.submit_each(requests).into_iter();
            let fates =
                fates.into_iter().filter_map(|fate| fate.or_else(|| awaited.next().map(Fate::Submission)));
            if submit.send(Submitted { fates: fates.collect(), rows: parcel.rows }).is_err() {
                return;
            }
        }
    }
}
