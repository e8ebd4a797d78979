//! Questions that several commands ask, made of what was typed.

use crate::args::sample::FrameArgs;
use crate::exit::{Cause, Failure};
use crate::trust;
use onus_core::time::LocalDate;
use onus_query::figures::Days;
use onus_query::sample::{CheckpointText, FrameDefinition};
use onus_service::SampleQuestion;
use std::num::NonZeroUsize;
use std::path::Path;

/// The days from one to another, both included; the options are named where the second comes first.
pub(crate) fn period(
    (from_name, from): (&str, LocalDate),
    (to_name, to): (&str, LocalDate),
) -> Result<Days, Failure> {
    Days::new(from, to).ok_or_else(|| {
        Failure::new(Cause::Usage, format_args!("{to_name}: {to} lies before {from_name}, {from}"))
            .hint("both days are included; name the same day twice for one day")
    })
}

/// A sample of so many decisions; the whole frame if `None`.
pub(crate) fn sample(args: &FrameArgs, size: Option<NonZeroUsize>) -> Result<SampleQuestion, Failure> {
    if let (Some(from), Some(to)) = (args.from, args.until) {
        period(("--from", from), ("--until", to))?;
    }
    Ok(SampleQuestion {
        frame: FrameDefinition {
            kind: args.kind,
            agency: args.agency.clone(),
            owner: args.owner.clone(),
            strand: args.strand,
            outcome: args.outcome,
            from: args.from,
            to: args.until,
        },
        size,
        checkpoint: args.checkpoint.as_deref().map(checkpoint).transpose()?,
        public: args.public.clone(),
        seed: args.seed.clone(),
    })
}

fn checkpoint(path: &Path) -> Result<CheckpointText, Failure> {
    let text = trust::file(path)?;
    CheckpointText::parse(&String::from_utf8_lossy(&text)).map_err(|e| Failure::of(&e).about(path))
}
