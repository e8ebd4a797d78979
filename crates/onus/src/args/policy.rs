//! What can be typed after `onus policy`.

use super::values::agency;
use super::{FormatArgs, instant};
use clap::{Args, Subcommand};
use onus_core::code::Code;
use onus_core::ids::AgencyId;
use onus_core::model::PolicyRef;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgeBand, Strand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Publish a version from a TOML file; it is recorded, and never changed afterwards
    #[command(
        after_help = "Example:\n  onus policy show template > rcrp.toml\n  onus --as police:sussex/sro policy publish rcrp.toml\n\nThe first version of a force is published by the role sro; who may publish the next is what the last one says."
    )]
    Publish(PublishArgs),
    /// List every version, and which is in force
    List(ListArgs),
    /// Show one version; `default` and `template` show the files that Onus comes with
    #[command(
        after_help = "Examples:\n  onus policy show sussex-rcrp/2026-04\n  onus policy show default\n  onus policy show template"
    )]
    Show(ShowPolicyArgs),
    /// What was in force for an agency, and where each limit comes from
    #[command(
        name = "in-force",
        after_help = "Examples:\n  onus policy in-force --agency police:sussex\n  onus policy in-force --agency police:sussex --strand walkout_healthcare --at 2026-10-30T22:44+00:00\n\nWhat was entered after --known-at does not exist; unless stated it is --at."
    )]
    InForce(InForceArgs),
    /// What differs between two versions, or files; of one file, what it would change
    #[command(
        after_help = "Examples:\n  onus policy diff sussex-rcrp/2026-04 sussex-rcrp/2026-12\n  onus policy diff new.toml"
    )]
    Diff(DiffArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// The policy's file
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only this force's, such as police:sussex
    #[arg(long, value_parser = agency)]
    pub(crate) agency: Option<AgencyId>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ShowPolicyArgs {
    /// policy/version, `default` or `template`
    #[arg(value_name = "POLICY/VERSION", value_parser = shown)]
    pub(crate) policy: Shown,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InForceArgs {
    /// Whose policy, such as police:sussex
    #[arg(long, value_parser = agency)]
    pub(crate) agency: AgencyId,
    /// Of which strand, such as concern_for_welfare
    #[arg(long, value_parser = strand)]
    pub(crate) strand: Option<Strand>,
    /// Of which age band, such as under_18
    #[arg(long, value_name = "BAND", value_parser = age_band)]
    pub(crate) age_band: Option<AgeBand>,
    /// In force then; now unless given
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Timestamp>,
    /// As known then
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) known_at: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// policy/version, or a file
    pub(crate) before: String,
    /// policy/version, or a file; if left out, the first is compared with what is in force for its force
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// What `policy show` can print.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// The file of Onus's own choices.
    Default,
    /// A file to start from.
    Template,
    /// A published version.
    Published(PolicyRef),
}

fn shown(text: &str) -> Result<Shown, String> {
    match text {
        "default" => Ok(Shown::Default),
        "template" => Ok(Shown::Template),
        text => version(text).map(Shown::Published),
    }
}

/// The name of a published version.
pub(crate) fn version(text: &str) -> Result<PolicyRef, String> {
    let parts =
        text.split_once('/').and_then(|(policy, version)| Some((Code::new(policy)?, Code::new(version)?)));
    let (policy, version) = parts
        .ok_or_else(|| format!("{text} is neither a file nor policy/version, such as sussex-rcrp/2026-04"))?;
    Ok(PolicyRef { policy, version })
}

fn strand(text: &str) -> Result<Strand, String> {
    Strand::parse(text).ok_or_else(|| format!("expected one of {}", Strand::SPELLINGS.join(", ")))
}

fn age_band(text: &str) -> Result<AgeBand, String> {
    AgeBand::parse(text).ok_or_else(|| format!("expected one of {}", AgeBand::SPELLINGS.join(", ")))
}
