//! `onus scrub`: ledger, access ledger, key slots and keys checked, once or from time to time.

use super::{passphrase, session};
use crate::args::{Cli, ScrubArgs};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_service::{Scrub, ScrubResult, sentences};
use std::num::NonZeroUsize;
use std::thread;
use std::time::Instant;

pub(crate) fn run(cli: &Cli, args: &ScrubArgs) -> Result<(), Failure> {
    let Some(every) = args.every else {
        let scrub = once(cli, terminal::threads())?;
        print(args, &scrub)?;
        return match scrub.result {
            ScrubResult::Faulty => Err(Failure::already_shown(Cause::Found)),
            ScrubResult::Good | ScrubResult::Incomplete => Ok(()),
        };
    };
    loop {
        let started = Instant::now();
        // One thread: recording goes on meanwhile.
        match once(cli, NonZeroUsize::MIN) {
            Ok(scrub) => print(args, &scrub)?,
            Err(failure) => terminal::say(&failure),
        }
        thread::sleep(every.saturating_sub(started.elapsed()));
    }
}

fn once(cli: &Cli, threads: NonZeroUsize) -> Result<Scrub, Failure> {
    let session = session(cli);
    // Without the passphrase the slots are not opened, and the result says so.
    let passphrase = passphrase(session.ledger()).unwrap_or_default();
    let bar = terminal::bytes_bar();
    let scrub = session.scrub(passphrase.as_ref(), threads, &|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    Ok(scrub?)
}

fn print(args: &ScrubArgs, scrub: &Scrub) -> Result<(), Failure> {
    output::one(args.format, scrub, |out| {
        sentences::scrub(scrub).iter().try_for_each(|line| writeln!(out, "{line}"))
    })
}
