//! The stretches in which nothing shows that the ledger was running.
//!
//! An entry shows it by the ledger's own clock, a cosignature by its witness's. Only cosignatures by keys that the reader
//! trusts count. A silence is an indicator, not a finding: nothing was running, or nothing could sign, or what was there
//! is gone.

use super::{VerificationError, VerifyQuestion, kept_sizes};
use crate::answer::{Name, Time};
use onus_core::entry::EntryHead;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_ledger::Ledger;
use onus_proof::{Policy, SignedCheckpoint, VerifierKey};
use onus_query::incident::HistoryError;
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;

/// A silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Silence {
    /// When it began.
    pub from: Time,
    /// The last sign of life before it.
    pub after: Name<SilenceEnd>,
    /// When it ended.
    pub to: Time,
    /// The first sign of life after it.
    pub before: Name<SilenceEnd>,
    /// How long it was, in whole seconds.
    pub seconds: i64,
}

/// What shows that the ledger was running. In JSON it is its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SilenceEnd {
    /// An entry, by its number.
    Entry(Seq),
    /// A witness's cosignature over so many entries.
    Cosigned {
        /// The witness's key.
        by: String,
        /// How many entries.
        size: u64,
    },
    /// The end of the stretch that is looked at: now.
    Now,
}

/// A stretch in which signs of life follow each other closely enough.
#[derive(Clone, Debug)]
struct Stretch {
    from: (Timestamp, SilenceEnd),
    to: (Timestamp, SilenceEnd),
}

/// The silences longer than asked for; `None` if none were asked for.
pub(super) fn silences(
    ledger: &Ledger,
    question: &VerifyQuestion,
) -> Result<Option<Vec<Silence>>, VerificationError> {
    let Some(longest) = question.silence_max else { return Ok(None) };
    let mut stretches = of_entries(ledger, longest)?;
    stretches.extend(of_cosignatures(ledger, question.trusted.as_ref())?);
    let now = (ledger.machine().now(), SilenceEnd::Now);
    stretches.push(Stretch { from: now.clone(), to: now });
    Ok(Some(between(stretches, longest)))
}

fn of_entries(ledger: &Ledger, longest: Duration) -> Result<Vec<Stretch>, VerificationError> {
    let reader = ledger.read()?;
    let mut stretches: Vec<Stretch> = Vec::new();
    for entry in reader.entries(0..reader.size()) {
        let entry = entry?;
        let seq = entry.seq();
        let (head, _) = EntryHead::parse(entry.bytes()).map_err(|why| HistoryError::Entry { seq, why })?;
        let sign = (head.recorded_at, SilenceEnd::Entry(seq));
        match stretches.last_mut() {
            Some(last) if follows(last.to.0, sign.0, longest) => last.to = sign,
            _ => stretches.push(Stretch { from: sign.clone(), to: sign }),
        }
    }
    Ok(stretches)
}

/// Whether `next` is no earlier than `previous`, and soon enough after it.
fn follows(previous: Timestamp, next: Timestamp, longest: Duration) -> bool {
    let between_us = next.as_us() - previous.as_us();
    u128::try_from(between_us).is_ok_and(|between_us| between_us <= longest.as_micros())
}

/// What trusted witnesses saw, and when.
fn of_cosignatures(ledger: &Ledger, trusted: Option<&Policy>) -> Result<Vec<Stretch>, VerificationError> {
    let witnesses = trusted.map(Policy::witnesses).unwrap_or_default();
    let keys: Vec<VerifierKey> = witnesses.iter().map(|witness| witness.key().clone()).collect();
    let mut stretches = Vec::new();
    if keys.is_empty() {
        return Ok(stretches);
    }
    for size in kept_sizes(ledger)? {
        // Files beside the ledger may be damaged; what does not verify says nothing.
        let Ok(Some(bytes)) = ledger.kept_checkpoint(size) else { continue };
        let Ok(mut alone) = SignedCheckpoint::parse(&bytes) else { continue };
        let mut lines = alone.note().signatures().to_vec();
        let path = ledger.dir().join("checkpoints");
        lines.extend(ledger.cosignatures(size).map_err(|source| VerificationError::Kept { path, source })?);
        for line in lines {
            alone.retain(|_| false);
            let Ok(()) = alone.add([line]) else { continue };
            let Ok(seen) = alone.note().clone().verify(&keys) else { continue };
            for signer in seen.signers() {
                let at = signer.time_s.and_then(|time_s| time_s.checked_mul(1_000_000));
                let at = at.and_then(|us| i64::try_from(us).ok()).and_then(Timestamp::from_us);
                if let Some(at) = at {
                    let by = signer.key.name().to_owned();
                    let sign = (at, SilenceEnd::Cosigned { by, size: alone.unchecked().head().size });
                    stretches.push(Stretch { from: sign.clone(), to: sign });
                }
            }
        }
    }
    Ok(stretches)
}

/// What is left between stretches, which may lie anyhow.
fn between(mut stretches: Vec<Stretch>, longest: Duration) -> Vec<Silence> {
    stretches.sort_by_key(|stretch| stretch.from.0);
    let mut silences = Vec::new();
    let mut reached: Option<(Timestamp, SilenceEnd)> = None;
    for stretch in stretches {
        if let Some((from, after)) = &reached
            && stretch.from.0 > *from
            && !follows(*from, stretch.from.0, longest)
        {
            let (to, before) = stretch.from;
            silences.push(Silence {
                from: Time(*from),
                after: Name(after.clone()),
                to: Time(to),
                before: Name(before),
                seconds: (to.as_us() - from.as_us()) / 1_000_000,
            });
        }
        if reached.as_ref().is_none_or(|(from, _)| stretch.to.0 > *from) {
            reached = Some(stretch.to);
        }
    }
    silences
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_US: i64 = 1_698_840_000_000_000;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_us(NOON_US + minutes * 60_000_000).unwrap()
    }

    fn stretch(from: i64, to: i64) -> Stretch {
        Stretch {
            from: (at(from), SilenceEnd::Entry(Seq::new(1))),
            to: (at(to), SilenceEnd::Entry(Seq::new(2))),
        }
    }

    fn found(stretches: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let stretches = stretches.iter().map(|(from, to)| stretch(*from, *to)).collect();
        let minutes = |at: Time| (at.0.as_us() - NOON_US) / 60_000_000;
        between(stretches, Duration::from_mins(5))
            .iter()
            .map(|silence| (minutes(silence.from), minutes(silence.to)))
            .collect()
    }

    #[test]
    fn a_silence_is_what_no_stretch_covers_for_longer_than_was_asked() {
        assert_eq!(found(&[(0, 10), (15, 20)]), [], "exactly as long is not longer");
        assert_eq!(found(&[(0, 10), (16, 20)]), [(10, 16)]);
        assert_eq!(found(&[(16, 20), (0, 10), (13, 13)]), [], "a cosignature fills it, in whatever order");
        assert_eq!(found(&[(0, 30), (5, 6), (40, 40)]), [(30, 40)], "what lies within another ends nothing");
        assert_eq!(found(&[]), []);
    }
}
