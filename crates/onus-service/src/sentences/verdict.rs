//! What was found of a ledger, in sentences.

use crate::verify::{
    AssertedAlone, Contradiction, Damage, EquivocationEvidence, LogVerdict, PrivateFinding, PrivateState,
    SignatureFault, Silence, SilenceEnd, StatedBy, Verdict,
};
use onus_core::seq::Seq;
use std::fmt;

/// A verdict as lines of text.
#[must_use]
pub fn verdict(verdict: &Verdict) -> Vec<String> {
    let log = &verdict.log;
    let mut lines = Vec::new();
    if verdict.sound {
        lines.push(sound(log));
    } else {
        lines.push("Something is wrong with this ledger.".into());
        lines.extend(faults(verdict).into_iter().map(|fault| format!("  {fault}")));
        lines.push(if log.is_sound() {
            format!("The log itself is whole: {} entries of {}, every byte read again.", log.size, log.origin)
        } else {
            vouched_for(log)
        });
    }
    lines.extend(figures(log));
    let alone = verdict.signatures.asserted_alone.iter().map(|alone| format!("  note: {}", alone.0));
    lines.extend(alone);
    match (&verdict.access, verdict.access_not_verified) {
        (Some(access), _) if access.is_sound() => {
            lines.push("The access ledger is sound too.".into());
        }
        (Some(access), _) => lines.push(format!("The access ledger is damaged. {}", vouched_for(access))),
        (None, Some(why)) => lines.push(format!("The access ledger was not verified: {why}.")),
        (None, None) => {}
    }
    let not_checked = verdict.private.iter().flatten().filter(|one| one.state == PrivateState::NotChecked);
    lines.extend(not_checked.map(|one| format!("  note: not checked: {one}")));
    for one in verdict.checkpoints.iter().filter(|one| one.continues) {
        lines.push(format!("{}: the ledger begins with what was signed there.", one.file));
    }
    if verdict.silences.as_ref().is_some_and(Vec::is_empty) {
        lines.push("No silence was longer than the time given.".into());
    }
    lines.push(COMPARE.into());
    lines
}

/// What one log was found to be, as lines of text.
#[must_use]
pub fn log_verdict(log: &LogVerdict) -> Vec<String> {
    let mut lines = Vec::new();
    if log.is_sound() {
        lines.push(sound(log));
    } else {
        lines.push("Something is wrong with this ledger.".into());
        lines.extend(log.found.iter().map(|damage| format!("  {damage}")));
        lines.push(vouched_for(log));
    }
    lines.extend(figures(log));
    lines.push(COMPARE.into());
    lines
}

/// Everything that makes a ledger unsound, a sentence each.
#[must_use]
pub fn faults(verdict: &Verdict) -> Vec<String> {
    let mut faults: Vec<String> = verdict.log.found.iter().map(ToString::to_string).collect();
    let access = verdict.access.iter().flat_map(|access| &access.found);
    faults.extend(access.map(|damage| format!("access ledger: {damage}")));
    let private = verdict.private.iter().flatten().filter(|one| one.state == PrivateState::Faulty);
    faults.extend(private.map(ToString::to_string));
    faults.extend(verdict.signatures.wrong.iter().map(|fault| fault.0.to_string()));
    for one in &verdict.checkpoints {
        faults.extend(one.problem.iter().map(|problem| format!("{}: {}", one.file, problem.0)));
    }
    faults.extend(verdict.silences.iter().flatten().map(ToString::to_string));
    faults
}

const COMPARE: &str = "Compare size and root, or the last link, with a copy kept elsewhere: only that shows whether \
                       this whole\ndirectory, `head` included, was replaced.";

fn sound(log: &LogVerdict) -> String {
    format!("Sound: {} entries of {}. Every byte was read again and nothing is wrong.", log.size, log.origin)
}

fn vouched_for(log: &LogVerdict) -> String {
    match log.size {
        0 => "No entry is vouched for.".into(),
        1 => "Vouched for: entry 0, before that.".into(),
        size => format!("Vouched for: the {size} entries before that, 0 to {}.", size - 1),
    }
}

fn figures(log: &LogVerdict) -> Vec<String> {
    let mut lines = vec![
        format!("  size       {}", log.size),
        format!("  root       {}", log.root.0),
        format!("  last link  {}", log.last_link.0),
    ];
    lines.extend(log.remarks.iter().map(|remark| format!("  note: {remark}")));
    lines
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        let parts =
            [("byte", self.byte), ("block", self.block.map(Seq::get)), ("entry", self.seq.map(Seq::get))];
        for (what, number) in parts.iter().filter_map(|(what, number)| Some((what, (*number)?))) {
            write!(f, ", {what} {number}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl fmt::Display for PrivateFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "private directory, {}", self.part.0)?;
        self.why.as_ref().map_or(Ok(()), |why| write!(f, ": {why}"))
    }
}

impl fmt::Display for StatedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint(size) => write!(f, "the checkpoint of {size} entries beside the ledger"),
            Self::Heartbeat(seq) => write!(f, "entry {seq}, a heartbeat,"),
        }
    }
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { size } => write!(
                f,
                "{} cannot be read; `onus checkpoint` writes the newest again",
                StatedBy::Checkpoint(*size)
            ),
            Self::NoKnownKey { size } => write!(
                f,
                "{} is signed by no key that the ledger registered, or was changed",
                StatedBy::Checkpoint(*size)
            ),
            Self::AfterRevocation { size, revoked_seq } => write!(
                f,
                "{} was signed with a key that entry {revoked_seq} had revoked",
                StatedBy::Checkpoint(*size)
            ),
            Self::TooLong { by, size, entries } => {
                write!(f, "{by} names {size} entries, and there are {entries}")
            }
            Self::OtherRoot { by, size, stated, here } => {
                write!(f, "{by} names {size} entries with root {}; those here have {}", stated.0, here.0)
            }
        }
    }
}

impl fmt::Display for AssertedAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} is asserted alone: {}", self.seq, self.reason)
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCompared => f.write_str("not compared: the log is damaged"),
            Self::NotTrusted(why) => write!(f, "not to be relied on: {why}"),
            Self::OtherLedger { of, here } => write!(f, "a checkpoint of {of}, not of {here}"),
            Self::Shorter { signed, here } => write!(
                f,
                "{signed} entries were signed, and {here} are here: entries are missing at the end, or this is an older copy"
            ),
            Self::OtherEntries { size, signed, here, evidence } => {
                let (signed, here) = (&signed.0, &here.0);
                write!(
                    f,
                    "the first {size} entries are not those that were signed: root {here}, signed {signed}"
                )?;
                match evidence {
                    EquivocationEvidence::NotAsked => Ok(()),
                    EquivocationEvidence::NotFound => {
                        f.write_str("; no signed checkpoint of the history here was found")
                    }
                    EquivocationEvidence::Made => f.write_str("; both were signed"),
                }
            }
        }
    }
}

impl fmt::Display for SilenceEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(seq) => write!(f, "entry {seq}"),
            Self::Cosigned { by, size } => write!(f, "{by} cosigned {size} entries"),
            Self::Now => f.write_str("now"),
        }
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "silent for {} s: {} ({}) to {} ({})",
            self.seconds,
            self.from.0.london(),
            self.after.0,
            self.to.0.london(),
            self.before.0
        )
    }
}
