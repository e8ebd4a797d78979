//! `onus sample`: decisions drawn so that anyone can draw the same again.

use super::session;
use crate::args::{Cli, SampleArgs};
use crate::exit::Failure;
use crate::render::sample::write;
use crate::{output, questions};

pub(crate) fn run(cli: &Cli, args: &SampleArgs) -> Result<(), Failure> {
    let answer = session(cli).sample(&questions::sample(&args.of, args.size)?)?;
    output::listed(args.format, &answer, &answer.rows(), |out| write(out, &answer))
}
