//! `onus heartbeat`: a sign of life, for a timer. Witnesses cosign the head as it is; where there are none, or
//! none answers, the ledger itself records that it is alive, and signs that.

use super::{caller, checkpoint::failure, ledger, unlocked, witnesses};
use crate::args::{Cli, HeartbeatArgs};
use crate::exit::Failure;
use crate::terminal;

pub(crate) fn run(cli: &Cli, args: &HeartbeatArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let witnesses = witnesses::named(&args.witnesses)?;
    let keys = unlocked(&ledger)?;
    let own = || keys.heartbeat(&caller(cli)).map_err(|e| failure(&ledger, &e));
    if witnesses.is_empty() {
        let signed = own()?;
        return terminal::data(|out| write!(out, "{signed}"));
    }
    let signed = keys.sign_checkpoint().map_err(|e| failure(&ledger, &e))?;
    let mut asked = witnesses::cosigned(&ledger, signed, &witnesses)?;
    if asked.cosigned == 0 {
        terminal::say(&"onus: no witness cosigned, so the ledger's own heartbeat is recorded instead");
        asked.checkpoint = own()?;
    }
    terminal::data(|out| write!(out, "{}", asked.checkpoint))?;
    asked.end()
}
