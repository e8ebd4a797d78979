//! Every command, with the line that the help says of it.

use super::{
    CheckArgs, CheckpointArgs, ClockCommand, DemoArgs, DisputeArgs, EvidenceArgs, FindArgs, HeartbeatArgs,
    ImportArgs, IndexCommand, InitArgs, KeyCommand, ProveArgs, RecordArgs, ReportArgs, SampleArgs, ScrubArgs,
    SealCommand, ShowArgs, TableArgs, TallyArgs, TokenArgs, VerifyArgs, ViewerArgs, ViewsCommand, WhoArgs,
    WitnessCommand,
};
use super::{
    access, disclose, draft, erase, evidence, export, find, flags, handover, hold, import, init, now, policy,
    proof, record, report, restrict, retention, sample, scrub, show, status, token, viewer, witness,
};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build a ledger of published cases in ./onus-demo, verify it, and say what each shows
    Demo(DemoArgs),
    /// Make a new ledger
    #[command(after_help = init::EXAMPLES)]
    Init(InitArgs),
    /// Record drafts, one JSON object per line, and print one receipt per line
    #[command(after_help = record::EXAMPLES)]
    Record(RecordArgs),
    /// Print a draft of one kind to fill in, in TOML with comments
    #[command(after_help = draft::NEW_EXAMPLES)]
    New(draft::NewArgs),
    /// Expand a case written by hand in TOML to drafts, one JSON object per line; records nothing
    #[command(after_help = draft::DRAFT_EXAMPLES)]
    Draft(draft::DraftArgs),
    /// Record the rows of a foreign file, CSV or NDJSON, by a declared mapping
    #[command(after_help = import::EXAMPLES)]
    Import(ImportArgs),
    /// Record what a source says it sent: control totals, which `report --coverage` compares with what is here
    #[command(after_help = import::TALLY_EXAMPLES)]
    Tally(TallyArgs),
    /// Show one incident: what was decided and who was told, minute by minute, and who held what
    #[command(after_help = show::EXAMPLES)]
    Show(ShowArgs),
    /// What needs somebody now, the most urgent first: who must act, by when, and which flag rises otherwise
    #[command(after_help = now::EXAMPLES)]
    Now(now::NowArgs),
    /// The incidents that are open, the one with the latest event first
    #[command(after_help = now::LS_EXAMPLES)]
    Ls(now::LsArgs),
    /// The figures of a period: attendance, handovers, time unowned, outcomes, officer hours
    #[command(after_help = report::EXAMPLES)]
    Report(ReportArgs),
    /// Draw decisions for review, so that anyone can draw the same sample
    #[command(after_help = sample::EXAMPLES)]
    Sample(SampleArgs),
    /// Say who held a facet of an incident at an instant, since when, on which entry, and who disagrees
    Who(WhoArgs),
    /// Lay out a dispute: what both sides say, what only one does, what was known when
    Dispute(DisputeArgs),
    /// Find entries by their terms: list them, count them, or count them by value
    #[command(after_help = find::EXAMPLES)]
    Find(Box<FindArgs>),
    /// The index by which entries are found; it can be rebuilt from the log at any time
    #[command(subcommand)]
    Index(IndexCommand),
    /// Read every byte again and say whether anything has changed
    Verify(VerifyArgs),
    /// The keys that the ledger signs with
    #[command(subcommand, after_help = proof::KEY_EXAMPLES)]
    Key(KeyCommand),
    /// Sign the ledger's head, so that nobody can change what is under it unseen
    #[command(after_help = witness::CHECKPOINT_EXAMPLES)]
    Checkpoint(CheckpointArgs),
    /// A sign of life, for a timer: cosigned by witnesses, or recorded in the ledger
    #[command(after_help = witness::HEARTBEAT_EXAMPLES)]
    Heartbeat(HeartbeatArgs),
    /// Be a witness for other ledgers: cosign their checkpoints, as long as they continue what they signed before
    #[command(subcommand, after_help = witness::WITNESS_EXAMPLES)]
    Witness(WitnessCommand),
    /// Prove to anyone that an entry, or an incident's entries, are under a signed checkpoint
    #[command(after_help = proof::PROVE_EXAMPLES)]
    Prove(ProveArgs),
    /// Check proofs, checkpoints, evidence pages and exports; needs no ledger
    #[command(after_help = proof::CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Have a handover signed by the agency that takes over: request, sign, record
    #[command(subcommand, after_help = handover::EXAMPLES)]
    Handover(handover::HandoverCommand),
    /// Count what the ledger holds
    Stats(TableArgs),
    /// Say how the ledger is: size, head, last checkpoint, last scrub, keys, key slots, disk
    #[command(after_help = status::EXAMPLES)]
    Status(TableArgs),
    /// Check ledger, access ledger, key slots and keys, once or from time to time; `onus status` shows the last result
    #[command(after_help = scrub::EXAMPLES)]
    Scrub(ScrubArgs),
    /// Put one incident into one file that anyone can check, without a network and with nothing installed
    #[command(after_help = evidence::EXAMPLES)]
    Evidence(EvidenceArgs),
    /// Write the viewer of evidence files, and print its SHA-256
    #[command(after_help = viewer::EXAMPLES)]
    Viewer(ViewerArgs),
    /// Print the JSON Schema of a draft, or of one kind of draft with an example
    #[command(after_help = draft::SCHEMA_EXAMPLES)]
    Schema(draft::SchemaArgs),
    /// Print the token that replaces a staff number, subject or place in this ledger
    #[command(after_help = token::EXAMPLES)]
    Token(TokenArgs),
    /// The read models that spare a report from reading the whole log
    #[command(subcommand)]
    Views(ViewsCommand),
    /// Points that an auditor would check: indicators, not findings
    #[command(after_help = flags::EXAMPLES)]
    Flags(flags::FlagsArgs),
    /// Policies: publish, list, compare, and what was in force
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// The keys of sealed text
    #[command(subcommand)]
    Seal(SealCommand),
    /// Destroy the keys of an incident's or a subject's texts, and certify it
    #[command(after_help = erase::EXAMPLES)]
    Erase(erase::EraseArgs),
    /// Hand the keys of named texts to one recipient, in a file
    #[command(after_help = disclose::EXAMPLES)]
    Disclose(disclose::DiscloseArgs),
    /// The access ledger: who read, exported, disclosed or erased what
    #[command(subcommand)]
    Access(access::AccessCommand),
    /// What a retention schedule makes due
    #[command(subcommand)]
    Retention(retention::RetentionCommand),
    /// Legal holds: what must be kept
    #[command(subcommand)]
    Hold(hold::HoldCommand),
    /// Let the texts of an incident be opened for named purposes only
    #[command(after_help = restrict::EXAMPLES)]
    Restrict(restrict::RestrictArgs),
    /// Lift a restriction
    #[command(after_help = restrict::LIFT_EXAMPLES)]
    Lift(restrict::LiftArgs),
    /// Which restrictions are in force
    Restrictions(hold::StandingArgs),
    /// The ledger's clock
    #[command(subcommand)]
    Clock(ClockCommand),
    /// Hand records out in a folder of files: data formats, returns and bundles
    #[command(subcommand, after_help = export::EXAMPLES)]
    Export(export::ExportCommand),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}
