//! How what needs somebody looks: a line for each, the most urgent first, and what is left out.

use onus_query::flags::JudgedOn;
use onus_service::sentences::counted;
use onus_service::{NeedAnswer, NeedChange, NeedTurn, NowAnswer};
use std::io::{self, Write};

pub(crate) fn words(out: &mut dyn Write, answer: &NowAnswer) -> io::Result<()> {
    writeln!(out, "{}", answer.at.0.london_alone())?;
    for need in &answer.needs {
        line(out, need)?;
    }
    if answer.needs.is_empty() {
        let span = left(i64::from(answer.within_minutes)).replacen("in ", "in the next ", 1);
        writeln!(out, "  Nothing due {span}.")?;
    }
    let open = usize::try_from(answer.open_incidents).unwrap_or(usize::MAX);
    let is = if open == 1 { "is" } else { "are" };
    write!(out, "{} {is} open.", counted(open, "incident"))?;
    for (many, what) in
        [(answer.due_later, "due later"), (answer.long_overdue, "overdue by more than 14 days, not listed")]
    {
        if many > 0 {
            write!(out, " {many} {what}.")?;
        }
    }
    writeln!(out)
}

/// One need that turned, in a line.
pub(crate) fn turn(out: &mut dyn Write, change: &NeedChange) -> io::Result<()> {
    let turned = match change.turn.0 {
        NeedTurn::Came => "needed",
        NeedTurn::Passed => "overdue",
        NeedTurn::Ended => "ended",
    };
    write!(out, "{}  {turned:<8}", change.at.0.london_alone())?;
    line(out, &change.need)
}

fn line(out: &mut dyn Write, need: &NeedAnswer) -> io::Result<()> {
    writeln!(
        out,
        "  {:>16}  {:<8}  {}  {}: {} ({}, entry {}{})",
        left(need.minutes_left),
        need.severity.0.as_str(),
        need.incident.0,
        need.who.0,
        need.needs,
        need.code.0,
        need.seq,
        on(need)
    )
}

fn on(need: &NeedAnswer) -> String {
    match &need.account.0 {
        JudgedOn::Established => String::new(),
        JudgedOn::Agency(agency) => format!(", by {agency}'s account"),
    }
}

/// `in 7 min`, `3 h 5 min past`.
fn left(minutes: i64) -> String {
    let span = minutes.unsigned_abs();
    let words = match (span / 1_440, span / 60 % 24, span % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    };
    if minutes < 0 { format!("{words} past") } else { format!("in {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_and_what_has_passed_read_as_such() {
        let cases = [
            (7, "in 7 min"),
            (0, "in 0 min"),
            (-1, "1 min past"),
            (-185, "3 h 5 min past"),
            (2_945, "in 2 d 1 h"),
        ];
        for (minutes, expected) in cases {
            assert_eq!(left(minutes), expected);
        }
    }
}
