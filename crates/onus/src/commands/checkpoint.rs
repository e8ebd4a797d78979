//! `onus checkpoint`: the ledger's head, signed, on standard output and beside the ledger; cosigned by the witnesses that
//! were named and answered.

use super::unlocked_session;
use crate::args::{CheckpointArgs, Cli};
use crate::exit::Failure;
use crate::{terminal, witnesses};

pub(crate) fn run(cli: &Cli, args: &CheckpointArgs) -> Result<(), Failure> {
    let witnesses = witnesses::named(&args.witnesses)?;
    let session = unlocked_session(cli)?;
    let asked = witnesses::ask(&session, session.sign_checkpoint()?, &witnesses)?;
    terminal::data(|out| write!(out, "{}", asked.checkpoint))?;
    asked.end()
}
