//! `onus prove`: one entry as a C2SP proof with the entry in it, or an incident as one JSON file, or that a longer ledger
//! begins with a shorter one.

use super::session;
use crate::args::{Cli, Provable, ProveArgs};
use crate::exit::Failure;
use crate::{output, terminal};

pub(crate) fn run(cli: &Cli, args: &ProveArgs) -> Result<(), Failure> {
    let session = session(cli);
    match &args.what {
        Provable::Entry(seq) => {
            let proof = session.prove_entry(*seq)?;
            terminal::data(|out| write!(out, "{proof}"))
        }
        Provable::Incident(incident) => output::document(&session.prove_incident(incident)?),
        Provable::Growth { older, newer } => output::document(&session.prove_consistency(*older, *newer)?),
    }
}
