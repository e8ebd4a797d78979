//! What `onus sample` can be asked.

use super::FormatArgs;
use clap::Args;
use onus_core::ids::AgencyId;
use onus_core::time::LocalDate;
use onus_core::vocabulary::{Attendance, Spelt as _, Strand};
use onus_query::sample::{FrameKind, PUBLIC_VALUE_BYTES_MAX, Seed};
use std::num::NonZeroUsize;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus sample --size 6 --agency police:norfolk --checkpoint norfolk.checkpoint --public \"lottery of 02/03/2024: 4 8 15 16 23 42\"\n  onus sample --size 50 --strand concern_for_welfare --from 2024-03-01 --until 2024-03-31\n  onus sample --frame --kind AttendanceDecided --format csv\n\nPublish a checkpoint first, then take a public value that nobody knew at that time. docs/sampling.md says how\nto draw the same with other tools.";

#[derive(Debug, Args)]
#[command(mut_arg("until", |arg| arg.alias("to")))]
pub(crate) struct SampleArgs {
    /// How many to draw
    #[arg(long, value_name = "N", required_unless_present = "frame", value_parser = sample_size)]
    pub(crate) size: Option<NonZeroUsize>,
    /// Print the whole frame instead of drawing from it
    #[arg(long, conflicts_with_all = ["size", "seed", "public"])]
    pub(crate) frame: bool,
    #[command(flatten)]
    pub(crate) of: FrameArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// From what is drawn, and under which seed.
#[derive(Debug, Args)]
pub(crate) struct FrameArgs {
    /// From what is drawn: every refusal to attend, by whatever name, or every decision about attending: refusal,
    /// AttendanceDecided
    #[arg(long, default_value = "refusal", value_parser = frame_kind)]
    pub(crate) kind: FrameKind,
    /// Only refusals by this agency, or decisions that it states, such as police:norfolk
    #[arg(long, value_name = "AGENCY", value_parser = agency)]
    pub(crate) agency: Option<AgencyId>,
    /// Only those in incidents that this agency numbered
    #[arg(long, value_name = "AGENCY", value_parser = agency)]
    pub(crate) owner: Option<AgencyId>,
    /// Only those under this strand, as the last assessment before them states it
    #[arg(long, value_parser = strand)]
    pub(crate) strand: Option<Strand>,
    /// Only decisions with this outcome, which no answer or closing has, such as no_deploy_refer
    #[arg(long, value_parser = outcome)]
    pub(crate) outcome: Option<Attendance>,
    /// Only those of this day or later, in Europe/London
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) from: Option<LocalDate>,
    /// Only those of this day or earlier
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) until: Option<LocalDate>,
    /// A checkpoint of this ledger: the sample is drawn as the ledger stood then
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// A value that nobody could know when the checkpoint was published, such as a lottery's numbers
    #[arg(long, value_name = "TEXT", value_parser = public_value)]
    pub(crate) public: Option<String>,
    /// Draw under this seed, in hexadecimal, instead of one made from frame, checkpoint and public value
    #[arg(long, value_name = "HEX", conflicts_with = "public", value_parser = seed)]
    pub(crate) seed: Option<Seed>,
}

pub(crate) fn sample_size(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected how many to draw, from 1".into())
}

pub(crate) fn agency(text: &str) -> Result<AgencyId, String> {
    AgencyId::parse(text).ok_or_else(|| {
        format!(
            "expected an agency as kind:code, such as police:sussex; kinds: {}",
            onus_core::vocabulary::AgencyKind::SPELLINGS.join(", ")
        )
    })
}

pub(crate) fn strand(text: &str) -> Result<Strand, String> {
    Strand::parse(text).ok_or_else(|| format!("expected one of {}", Strand::SPELLINGS.join(", ")))
}

fn frame_kind(text: &str) -> Result<FrameKind, String> {
    let kind = FrameKind::ALL.into_iter().find(|kind| kind.spelling() == text);
    kind.ok_or_else(|| format!("expected one of {}", FrameKind::SPELLINGS.join(", ")))
}

fn outcome(text: &str) -> Result<Attendance, String> {
    Attendance::parse(text).ok_or_else(|| format!("expected one of {}", Attendance::SPELLINGS.join(", ")))
}

pub(crate) fn day(text: &str) -> Result<LocalDate, String> {
    LocalDate::parse(text).map_err(|_| "expected a day from 1900 to 2199, such as 2024-03-31".into())
}

fn public_value(text: &str) -> Result<String, String> {
    let fits = (1..=PUBLIC_VALUE_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("expected 1 to {PUBLIC_VALUE_BYTES_MAX} bytes without control characters"))
}

fn seed(text: &str) -> Result<Seed, String> {
    Seed::stated(text)
        .ok_or_else(|| "expected 1 to 64 bytes as pairs of hexadecimal digits, such as 6e6f72666f6c6b".into())
}
