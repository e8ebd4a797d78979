//! `onus token`: the token under which an identifier is recorded in this ledger.

use super::unlocked_session;
use crate::args::{Cli, TokenArgs};
use crate::exit::{Cause, Failure};
use crate::terminal;
use onus_core::limits::DRAFT_LINE_BYTES_MAX;
use onus_core::sealed::Plain;
use std::io::{BufRead, Read as _};

pub(crate) fn run(cli: &Cli, args: &TokenArgs) -> Result<(), Failure> {
    let text = if args.text == "-" { first_line()? } else { args.text.clone() };
    let identifier = Plain::new(&text)
        .ok_or_else(|| Failure::new(Cause::Refused, "expected an identifier of 1 to 16,384 bytes"))?;
    let token = unlocked_session(cli)?.token(&identifier)?;
    terminal::data(|out| writeln!(out, "{token}"))
}

/// The first line of standard input, as far as an identifier can be long.
fn first_line() -> Result<String, Failure> {
    let mut line = String::new();
    let limit = u64::try_from(DRAFT_LINE_BYTES_MAX).unwrap_or(u64::MAX);
    let read = std::io::stdin().lock().take(limit).read_line(&mut line);
    read.map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read standard input: {e}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
