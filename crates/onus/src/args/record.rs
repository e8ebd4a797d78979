//! What can be typed after `onus record`.

use clap::{Args, ValueEnum};
use onus_store::Expect;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus record docs/examples/evening.ndjson\n  cad-extract | onus record\n  onus record --expect 7 < decision.ndjson\n\nA file with one fault is refused whole, with every fault of every line; of a pipe the line that is refused is reported and the rest go on. The exit code is then 3.\nA file can be recorded again, after a crash too: its drafts without an event_id have ids that go with the file's content and the line, so a file that was changed is another file. Of a pipe, only drafts that bring their own event_id can be recorded again safely.";

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The drafts; standard input unless given. A file is recorded whole, or nothing of it
    pub(crate) file: Option<PathBuf>,
    /// All or nothing of any input: one commit, at most 65,536 events or 16 MiB
    #[arg(long)]
    pub(crate) atomic: bool,
    /// Record a file as a pipe is: a line that is refused is reported and the rest go on
    #[arg(long, requires = "file", conflicts_with_all = ["atomic", "expect"])]
    pub(crate) stream: bool,
    #[command(flatten)]
    pub(crate) dry: DryRunArgs,
    /// Record only if the incident is new, or its last version is N; implies --atomic
    #[arg(long, value_name = "new|N", value_parser = expectation)]
    pub(crate) expect: Option<Expect>,
    /// signed: after the receipts of each batch, a signed note over all that is recorded so far; needs a key for checkpoints
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    pub(crate) receipts: Receipts,
}

/// What a file would record, found out without recording it.
#[derive(Debug, Args)]
pub(crate) struct DryRunArgs {
    /// Record nothing: say what a file would record, which flags would rise or end by it, and what would count little
    #[arg(long = "dry-run", requires = "file", conflicts_with_all = ["atomic", "expect", "stream"])]
    pub(crate) is_asked: bool,
    /// With --dry-run: the answer as data
    #[arg(long = "json", requires = "is_asked")]
    pub(crate) as_data: bool,
}

/// What `--receipts` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Receipts {
    #[default]
    Plain,
    Signed,
}

fn expectation(text: &str) -> Result<Expect, String> {
    match text {
        "new" => Ok(Expect::NewIncident),
        number => number
            .parse()
            .ok()
            .filter(|version| *version > 0)
            .map(Expect::Version)
            .ok_or_else(|| "expected `new` or the incident's last version, such as 7".into()),
    }
}
