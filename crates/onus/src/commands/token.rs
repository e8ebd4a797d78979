//! `onus token`: the token under which an identifier stands in this ledger.

use super::{ledger, open_failure, unlocked};
use crate::args::{Cli, TokenArgs};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::sealed::Plain;
use onus_ledger::KeysError;
use std::io::BufRead;

pub(crate) fn run(cli: &Cli, args: &TokenArgs) -> Result<(), Failure> {
    let text = if args.text == "-" {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read standard input: {e}")))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        args.text.clone()
    };
    let identifier = Plain::new(&text)
        .ok_or_else(|| Failure::new(Cause::Refused, "expected an identifier of 1 to 16,384 bytes"))?;
    let ledger = ledger(cli);
    let token = unlocked(&ledger)?.token(identifier.expose()).map_err(|e| failure(&ledger, &e))?;
    terminal::data(|out| writeln!(out, "{token}"))
}

pub(super) fn failure(ledger: &onus_ledger::Ledger, error: &KeysError) -> Failure {
    match error {
        KeysError::Open(error) => open_failure(ledger, error),
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}
