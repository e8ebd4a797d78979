//! `onus heartbeat`: a sign of life, for a timer. Witnesses cosign the head as it is; where there are none, or none
//! answers, the ledger itself records that it is alive, and signs that.

use super::unlocked_session;
use crate::args::{Cli, HeartbeatArgs};
use crate::exit::Failure;
use crate::{terminal, witnesses};

pub(crate) fn run(cli: &Cli, args: &HeartbeatArgs) -> Result<(), Failure> {
    let witnesses = witnesses::named(&args.witnesses)?;
    let session = unlocked_session(cli)?;
    if witnesses.is_empty() {
        let signed = session.heartbeat()?;
        return terminal::data(|out| write!(out, "{signed}"));
    }
    let mut asked = witnesses::ask(&session, session.sign_checkpoint()?, &witnesses)?;
    if asked.cosigned == 0 {
        terminal::say(&"onus: no witness cosigned, so the ledger's own heartbeat is recorded instead");
        asked.checkpoint = session.heartbeat()?;
    }
    terminal::data(|out| write!(out, "{}", asked.checkpoint))?;
    asked.end()
}
