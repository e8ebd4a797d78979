//! `onus now`: what needs somebody, the most urgent first; and `onus ls`: which incidents are open.

use super::session;
use crate::args::{Cli, now};
use crate::exit::Failure;
use crate::output;
use crate::render::now::words;
use onus_service::NowQuestion;

pub(crate) fn run(cli: &Cli, args: &now::NowArgs) -> Result<(), Failure> {
    let answer =
        session(cli).now(&NowQuestion { at: args.at, within_minutes: args.within, who: args.who.clone() })?;
    output::listed(args.format, &answer, &answer.needs, |out| words(out, &answer))
}

pub(crate) fn ls(cli: &Cli, args: &now::LsArgs) -> Result<(), Failure> {
    output::rows(args.format, &session(cli).open_incidents(args.at)?)
}
