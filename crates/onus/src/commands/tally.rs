//! `onus tally`: what a source says it sent, recorded as `SourceTallied`.

use super::import::{read_mapping, rows};
use super::{identity, ledger, open_failure};
use crate::args::{Cli, TallyArgs};
use crate::exit::{Cause, Failure};
use onus_core::kinds::Kind;
use onus_import::tally_mapping;

pub(crate) fn run(cli: &Cli, args: &TallyArgs) -> Result<(), Failure> {
    let mapping = if let Some(path) = &args.map {
        read_mapping(path)?
    } else {
        let agency = if let Some(identity) = identity(cli)? {
            identity.agency().clone()
        } else {
            let ledger = ledger(cli);
            ledger.agency().map_err(|e| open_failure(&ledger, &e))?
        };
        tally_mapping(&agency).map_err(|e| Failure::new(Cause::Environment, e))?
    };
    if let Some(kind) = mapping.kinds().find(|kind| *kind != Kind::SourceTallied) {
        return Err(Failure::new(
            Cause::Refused,
            format_args!("the mapping makes {}; control totals are SourceTallied alone", kind.name()),
        )
        .hint("onus import --map takes any mapping"));
    }
    rows(cli, &mapping, &args.rows)
}
