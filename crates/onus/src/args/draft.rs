//! What can be typed after `onus new`, `onus draft` and `onus schema`.

use clap::Args;
use onus_core::kinds::{Kind, Maker};
use onus_core::nearest::nearest;
use onus_core::vocabulary::Strand;
use std::path::PathBuf;

pub(crate) const NEW_EXAMPLES: &str = "Examples:\n  onus new AttendanceDecided > decision.toml\n  onus draft decision.toml > decision.ndjson\n  onus record decision.ndjson\n  onus new --template\n  onus new --template s136_handover > case.toml\n\nWhat must be said is filled in; everything else is in comments, with what it says and what it takes.";
pub(crate) const DRAFT_EXAMPLES: &str = "Examples:\n  onus draft case.toml > case.ndjson && onus record case.ndjson\n\nWhat every event has in common is said once, at the top: agency, role, staff, people, incident, date, zone, entered,\nasserted_by, subject, location, system, reference, retold, regime, silent. After a line `---` each event is a line:\n\n  02:05 decided no_deploy \"no limb of the threshold is met\" as refusal\n  +1 00:10 reviewed ratified by supervisor about refusal\n\ndocs/by-hand.md has every verb; `onus new KIND` prints a kind as a line. An event can be a table too, [[event]], with\n`at`, `by`, `as`, `about` and its fields. One fault, and nothing is printed.";
pub(crate) const SCHEMA_EXAMPLES: &str =
    "Examples:\n  onus schema > draft.schema.json\n  onus schema AttendanceDecided";

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The kind of event
    #[arg(value_parser = drafted, required_unless_present = "template")]
    pub(crate) kind: Option<Kind>,
    /// A whole case to begin with, in lines, for a strand of the policy; without a strand, which there are
    #[arg(long, value_name = "STRAND", num_args = 0..=1, value_parser = strand, conflicts_with = "kind")]
    #[expect(clippy::option_option, reason = "not asked for, asked which there are, asked for one")]
    pub(crate) template: Option<Option<Strand>>,
}

#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// The case, in TOML
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// One kind of event alone, with an example
    #[arg(value_parser = drafted)]
    pub(crate) kind: Option<Kind>,
}

/// A strand, by its spelling.
fn strand(name: &str) -> Result<Strand, String> {
    Strand::parse(name).ok_or_else(|| {
        let near =
            nearest(Strand::SPELLINGS, name).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
        format!("expected one of {}{near}", Strand::SPELLINGS.join(", "))
    })
}

/// A kind that drafts can be of.
fn drafted(name: &str) -> Result<Kind, String> {
    let of_drafts = || Kind::ALL.iter().copied().filter(|kind| kind.maker() == Maker::Draft);
    of_drafts().find(|kind| kind.name() == name).ok_or_else(|| {
        let known: Vec<&str> = of_drafts().map(Kind::name).collect();
        let near = nearest(&known, name).map(|near| format!(" (nearest: {near})")).unwrap_or_default();
        format!("expected a kind of event that drafts can be{near}; known are {}", known.join(", "))
    })
}
