//! `onus now`: what needs somebody, the most urgent first; and `onus ls`: which incidents are open.

use super::{agency_words, session};
use crate::args::{Cli, Format, now};
use crate::exit::Failure;
use crate::render::now::{turn, words};
use crate::{output, terminal};
use onus_service::row::{write_csv, write_csv_rows};
use onus_service::{NeedChange, NowQuestion};
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

/// How often `--follow` looks whether anything turned.
const LOOK_EVERY: Duration = Duration::from_secs(2);

pub(crate) fn run(cli: &Cli, args: &now::NowArgs) -> Result<(), Failure> {
    if args.follow {
        return follow(cli, args);
    }
    let session = session(cli);
    let answer =
        session.now(&NowQuestion { at: args.at, within_minutes: args.within, who: args.who.clone() })?;
    let agencies = agency_words(&session, args.format)?;
    output::listed(args.format, &answer, &answer.needs, |out| {
        agencies.say_lines(out, |out| words(out, &answer))
    })
}

/// Goes on until it is ended, or until what it writes to is closed.
fn follow(cli: &Cli, args: &now::NowArgs) -> Result<(), Failure> {
    let session = session(cli);
    let agencies = agency_words(&session, args.format)?;
    let mut follower = session.follow_needs(args.within, args.who.clone());
    let mut write_rows: fn(&mut dyn Write, &[NeedChange]) -> io::Result<()> = write_csv;
    loop {
        let turns = follower.turns()?;
        terminal::data(|out| match args.format.chosen() {
            Format::Table => {
                agencies.begin_again();
                agencies.say_lines(out, |out| turns.iter().try_for_each(|change| turn(out, change)))
            }
            Format::Json => turns.iter().try_for_each(|change| {
                serde_json::to_writer(&mut *out, change)?;
                writeln!(out)
            }),
            Format::Csv => write_rows(out, &turns),
        })?;
        write_rows = write_csv_rows;
        thread::sleep(LOOK_EVERY);
    }
}

pub(crate) fn ls(cli: &Cli, args: &now::LsArgs) -> Result<(), Failure> {
    let session = session(cli);
    let agencies = agency_words(&session, args.format)?;
    output::named_rows(args.format, &agencies, &session.open_incidents(args.at)?)
}
