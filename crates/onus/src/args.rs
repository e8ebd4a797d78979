//! What can be typed. Words and shapes only: nothing is opened or decided here.

pub(crate) mod access;
pub(crate) mod disclose;
mod dispute;
pub(crate) mod erase;
mod evidence;
pub(crate) mod export;
mod find;
pub(crate) mod flags;
mod format;
pub(crate) mod handover;
pub(crate) mod hold;
mod import;
mod index;
pub(crate) mod policy;
mod proof;
mod report;
pub(crate) mod restrict;
pub(crate) mod retention;
pub(crate) mod sample;
pub(crate) mod values;
mod vantage;
mod viewer;
mod views;
mod who;
mod witness;

pub(crate) use dispute::DisputeArgs;
pub(crate) use evidence::EvidenceArgs;
pub(crate) use find::FindArgs;
pub(crate) use format::{Format, FormatArgs};
pub(crate) use import::{ImportArgs, RowsArgs, TallyArgs};
pub(crate) use index::{IndexCommand, IndexVerifyArgs};
pub(crate) use proof::{CheckArgs, KeyCommand, Provable, ProveArgs, TrustArgs};
pub(crate) use report::ReportArgs;
pub(crate) use sample::SampleArgs;
pub(crate) use vantage::{KnownArgs, instant};
pub(crate) use viewer::ViewerArgs;
pub(crate) use views::ViewsCommand;
pub(crate) use who::WhoArgs;
pub(crate) use witness::{CheckpointArgs, HeartbeatArgs, WitnessCommand, WitnessesArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use onus_core::code::{Code, Origin};
use onus_core::ids::{AgencyId, Incident};
use onus_core::sealed::Plain;
use onus_core::time::Timestamp;
use onus_ledger::Identity;
use onus_store::Expect;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the check found something (tampering, damage, a failed proof)
  2  usage: the command line is not understood
  3  input refused
  4  environment: I/O, lock, full disk
  5  conflict: expected version not met, event id reused
Of several causes the first of 4, 5, 3 counts.";

/// Who held the onus, when, on what grounds, and the proof.
#[derive(Debug, Parser)]
#[command(name = "onus", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    /// The ledger's directory
    #[arg(
        short = 'l',
        long = "ledger",
        env = "ONUS_LEDGER",
        default_value = "./ledger",
        global = true,
        value_name = "DIR"
    )]
    pub(crate) ledger: PathBuf,

    /// Who asks: agency, agency/role or agency/role/token; profiles.toml says which account may say so
    #[arg(long = "as", env = "ONUS_AS", global = true, value_name = "IDENTITY", value_parser = values::identity)]
    pub(crate) identity: Option<Identity>,

    /// Seconds to wait for another process that is appending
    #[arg(long, default_value_t = 5.0, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: f64,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build a ledger of published cases in ./onus-demo, verify it, and tell what happened in each
    Demo(DemoArgs),
    /// Make a new ledger
    #[command(
        after_help = "Example:\n  onus -l ledger init --origin police.example/onus --agency police:sussex"
    )]
    Init(InitArgs),
    /// Record drafts, one JSON object per line, and print one receipt per line
    #[command(
        after_help = "Examples:\n  onus record docs/examples/evening.ndjson\n  cad-extract | onus record\n  onus record --expect 7 < decision.ndjson\n\nA line that is refused is reported and the rest go on; the exit code is then 3.\nOnly drafts that bring their own event_id can be recorded again safely."
    )]
    Record(RecordArgs),
    /// Record the rows of a foreign file, CSV or NDJSON, by a declared mapping
    #[command(
        after_help = "Examples:\n  onus import --map docs/mappings/mcslc.toml MCSLC.csv\n  onus import --map cad.toml --rejects rejects.csv extract-*.csv.zst\n  onus import --map cad.toml --on-change correct extract.csv\n  onus import --map cad.toml --dry-run extract.csv\n\nA file is read through before anything is written; one that cannot be trusted as a whole is refused as a whole.\nA row that does not fit is rejected whole and the rest go on: the exit code is then 3, or 5 where rows have changed.\nImporting again, after a crash too, adds nothing that is there."
    )]
    Import(ImportArgs),
    /// Record what a source says it sent: control totals, which `report --coverage` compares with what is here
    #[command(
        after_help = "Example:\n  onus tally totals.csv\n\ntotals.csv:\n  system,from,to,kind,count,tallied_at\n  cad,2024-03-01,2024-03-01,IncidentOpened,412,2024-03-02 06:00"
    )]
    Tally(TallyArgs),
    /// Show one incident: what was decided and told, minute by minute, and who held what
    #[command(
        after_help = "Examples:\n  onus show police:sussex/2023-05-01/142\n  onus show police:sussex/2023-05-01/142 --format json\n  onus show police:sussex/2023-05-01/142 --known-at 2023-05-01T20:31\n  onus --as police:sussex/supervisor show police:sussex/2023-05-01/142 --reveal --why \"complaint 2023/88\""
    )]
    Show(ShowArgs),
    /// The figures of a period: attendance, handovers, time unowned, outcomes, officer hours
    #[command(
        after_help = "Examples:\n  onus report --from 2024-03-01 --to 2024-03-31\n  onus report --from 2024-03-01 --to 2024-03-31 --baseline-from 2023-03-01 --baseline-to 2023-03-31\n  onus report --from 2024-03-01 --to 2024-03-31 --list deployment_rate --format csv\n  onus report --from 2024-01-01 --to 2024-12-31 --suppress 5 --format csv\n\ndocs/report.md defines every figure."
    )]
    Report(ReportArgs),
    /// Draw decisions for review, so that anybody can draw the same again
    #[command(
        after_help = "Examples:\n  onus sample --size 6 --agency police:norfolk --checkpoint norfolk.checkpoint --public \"lottery of 02/03/2024: 4 8 15 16 23 42\"\n  onus sample --size 50 --strand concern_for_welfare --from 2024-03-01 --to 2024-03-31\n  onus sample --frame --outcome no_deploy_refer --format csv\n\nPublish a checkpoint first, then take a public value that nobody knew at that time. docs/sampling.md says how\nto draw the same with other tools."
    )]
    Sample(SampleArgs),
    /// Say who held a facet of an incident at an instant, since when, on which entry, and who disagrees
    Who(WhoArgs),
    /// Lay out a dispute: what both sides say, what only one does, what was known when
    Dispute(DisputeArgs),
    /// Find entries by their terms: list them, count them, or count them by value
    #[command(
        after_help = "Several values of one flag are alternatives; different flags must all hold.\n\nExamples:\n  onus find --kind AttendanceDecided --outcome no_deploy_refer --occurred 2023-11-01..2023-11-30\n  onus find --strand concern_for_welfare --risk yes --count\n  onus find --kind HandoverOffered --counterpart mh_trust --group-by counterpart\n  onus find --agency police:sussex --not source=onus --limit 100 --after 4711 --format csv"
    )]
    Find(Box<FindArgs>),
    /// The index by which entries are found; everything in it can be made anew from the log
    #[command(subcommand)]
    Index(IndexCommand),
    /// Read every byte again and say whether anything changed
    Verify(VerifyArgs),
    /// The keys that the ledger signs with
    #[command(
        subcommand,
        after_help = "Examples:\n  onus key generate checkpoint\n  onus key register mh_trust:RV5/handover+ID+KEY\n  onus key show\n  onus --as police:sussex/administrator key revoke checkpoint --reason laptop_stolen"
    )]
    Key(KeyCommand),
    /// Sign the ledger's head, so that nobody can change what is under it unseen
    #[command(
        after_help = "Examples:\n  onus checkpoint > sussex.checkpoint   (give copies to others; beside the ledger alone it proves nothing)\n  onus checkpoint --policy partners.policy\n  onus checkpoint --witness http://witness.nhs.example --witness-key nhs.example/onus/witness+8d66cf3f+BH…\n\nWhere a witness does not answer, the checkpoint is printed without it and the exit code is 4; where one finds\nsomething, it is 1."
    )]
    Checkpoint(CheckpointArgs),
    /// A sign of life, for a timer: cosigned by witnesses, or recorded in the ledger
    #[command(
        after_help = "Examples:\n  onus heartbeat\n  onus heartbeat --policy partners.policy\n  onus verify --max-silence 5m --policy partners.policy   (which silences there were)\n\ndocs/systemd has a timer."
    )]
    Heartbeat(HeartbeatArgs),
    /// Be a witness for other ledgers: cosign their checkpoints, as long as they continue what they signed before
    #[command(
        subcommand,
        after_help = "Examples:\n  onus key generate witness\n  onus witness add nhs.example/onus+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n  onus witness serve --listen 127.0.0.1:7370\n\ndocs/witness.md says how two agencies set each other up."
    )]
    Witness(WitnessCommand),
    /// Prove to anyone that an entry, or an incident's entries, stand under a signed checkpoint
    #[command(
        after_help = "Examples:\n  onus prove 7 > entry-7.tlog-proof\n  onus prove police:sussex/2023-05-01/142 > incident.json"
    )]
    Prove(ProveArgs),
    /// Check proofs, checkpoints, evidence pages and exports; needs no ledger
    #[command(
        after_help = "Examples:\n  onus check entry-7.tlog-proof --key police.example/onus+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n  onus check sussex.checkpoint incident.json --policy partners.policy"
    )]
    Check(CheckArgs),
    /// Have a handover signed by whoever takes over: request, sign, record
    #[command(subcommand, after_help = handover::EXAMPLES)]
    Handover(handover::HandoverCommand),
    /// Count what the ledger holds
    Stats(TableArgs),
    /// Say how the ledger is: size, head, last checkpoint, last scrub, keys, key slots, disk
    #[command(
        after_help = "Example:\n  onus status\n\nThe exit code is 1 where the log, the key slots or the last scrub show damage. It reads what is there and\nverifies nothing: `onus verify` and `onus scrub` do."
    )]
    Status(TableArgs),
    /// Check ledger, access ledger, key slots and keys, once or from time to time; `onus status` shows the last result
    #[command(
        after_help = "Examples:\n  onus scrub\n  onus scrub --every 24h   (goes on until it is ended; at each interval on one thread)\n\nWhere a passphrase guards the keys, ONUS_PASSPHRASE or the terminal gives it; without it the slots are not opened,\nand the result says so."
    )]
    Scrub(ScrubArgs),
    /// Put one incident into one file that anyone can check, without a network and with nothing installed
    #[command(
        after_help = "Examples:\n  onus --as police:sussex/supervisor evidence police:sussex/2023-05-01/142 -o case.html\n  onus --as police:sussex/supervisor evidence police:sussex/2023-05-01/142 --disclose rationale --to \"HM Coroner\" --ground coroner --why \"inquest 2023/88\" -o case.html\n\nThe access ledger has it first. An opened text stays open for whoever holds the file."
    )]
    Evidence(EvidenceArgs),
    /// Write the viewer of evidence files, and print its SHA-256
    #[command(
        after_help = "Example:\n  onus viewer -o onus-viewer.html\n\nThe SHA-256 of this release's viewer is published in docs/evidence.md."
    )]
    Viewer(ViewerArgs),
    /// Print the JSON Schema of a draft
    Schema,
    /// Print the token under which a staff number, subject or place stands in this ledger
    #[command(
        after_help = "Example:\n  onus token \"PC 1234\"\n  onus token -   (reads one line, so that the identifier is not in the shell's history)"
    )]
    Token(TokenArgs),
    /// The read models that spare a report from reading the whole log
    #[command(subcommand)]
    Views(ViewsCommand),
    /// What an auditor would look at: indicators, not findings
    #[command(
        after_help = "Examples:\n  onus flags\n  onus flags police:sussex/2023-05-01/142\n  onus flags --severity critical,high --agency police:sussex --from 2023-05-01 --to 2023-05-31\n  onus flags --explain F07\n\nEvery flag is an indicator, not a finding; docs/flags.md says what each looks for."
    )]
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
    #[command(
        after_help = "Example:\n  onus --as police:sussex/data_protection_officer lift police:sussex/2023-05-01/142 --restriction 412 --basis accuracy_settled --authorised-by police:sussex/data_protection_officer/00112233445566778899aabbccddeeff"
    )]
    Lift(restrict::LiftArgs),
    /// Which restrictions are in force
    Restrictions(hold::StandingArgs),
    /// The ledger's clock
    #[command(subcommand)]
    Clock(ClockCommand),
    /// Hand records out in a folder of files: data formats, returns and bundles
    #[command(
        subcommand,
        after_help = "Examples:\n  onus --as police:sussex/administrator export csv -o evening --why \"quarterly return\"\n  onus --as police:sussex/administrator export ndjson -o case --incident police:sussex/2023-05-01/142 --disclose AttendanceDecided.rationale --recipient \"HMICFRS\" --ground inspection\n\nTexts are withheld unless named with --disclose. The folder holds manifest.json: what is included and withheld, and the SHA-256 of every file. It is signed where the ledger has a key for that (onus key generate manifest), and onus check FOLDER checks it."
    )]
    Export(export::ExportCommand),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the demo's ledger is built; a folder that the demo did not make is refused
    #[arg(default_value = "./onus-demo")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The ledger's name: a schema-less URL such as police.example/onus, at most 41 characters
    #[arg(long, value_parser = values::origin)]
    pub(crate) origin: Origin,
    /// Whose ledger it is, such as police:sussex
    #[arg(long, value_parser = values::agency)]
    pub(crate) agency: AgencyId,
    /// Guard the keys of sealed text by a passphrase (asked for, or from ONUS_PASSPHRASE) instead of a key file
    #[arg(long)]
    pub(crate) passphrase: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The drafts; standard input unless given
    pub(crate) file: Option<PathBuf>,
    /// All or nothing: one commit, at most 65,536 events or 16 MiB
    #[arg(long)]
    pub(crate) atomic: bool,
    /// Record only if the incident is new, or its last version is N; implies --atomic
    #[arg(long, value_name = "new|N", value_parser = expectation)]
    pub(crate) expect: Option<Expect>,
    /// signed: after the receipts of each batch, a signed note over all that is recorded so far; needs a key for checkpoints
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    pub(crate) receipts: Receipts,
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

fn seconds(text: &str) -> Result<f64, String> {
    const WAIT_SECONDS_MAX: f64 = 86_400.0;
    text.parse()
        .ok()
        .filter(|seconds: &f64| (0.0..=WAIT_SECONDS_MAX).contains(seconds))
        .ok_or_else(|| "expected seconds from 0 to 86400, such as 5 or 0.5".into())
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    #[arg(value_parser = values::incident)]
    pub(crate) incident: Incident,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    /// Only what had happened by then
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) as_at: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
    /// Draw with ASCII characters alone
    #[arg(long)]
    pub(crate) ascii: bool,
    /// Open the sealed texts; the reading is written to the access ledger first
    #[arg(long, requires = "why")]
    pub(crate) reveal: bool,
    /// Why they are opened
    #[arg(long, requires = "reveal", value_name = "REASON", value_parser = values::text)]
    pub(crate) why: Option<Plain>,
    /// Open texts by the keys in a file of `onus disclose`; nothing is written anywhere
    #[arg(long, value_name = "FILE", conflicts_with = "reveal")]
    pub(crate) keys: Option<PathBuf>,
    /// For which purpose, as a code: what restrictions and reading rights ask for
    #[arg(long = "for", requires = "reveal", value_name = "PURPOSE", value_parser = values::code)]
    pub(crate) purpose: Option<Code>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    /// Verify the access ledger alone
    #[arg(long)]
    pub(crate) access: bool,
    /// Verify the ledger alone, not the access ledger beside it
    #[arg(long, conflicts_with = "access")]
    pub(crate) log_only: bool,
    /// A checkpoint kept elsewhere: the ledger must begin with what it signed; may be given again
    #[arg(long = "checkpoint", value_name = "FILE", conflicts_with = "access")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// List the silences longer than this between entries, heartbeats and trusted cosignatures: 90s, 5m, 2h, 1d
    #[arg(long, value_name = "TIME", value_parser = witness::duration, conflicts_with = "access")]
    pub(crate) max_silence: Option<std::time::Duration>,
    /// Where to write the evidence, if two histories were signed
    #[arg(long, value_name = "FILE", requires = "checkpoints")]
    pub(crate) equivocation: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ScrubArgs {
    /// Again after this time, until ended: 12h, 24h, 7d
    #[arg(long, value_name = "TIME", value_parser = witness::duration)]
    pub(crate) every: Option<std::time::Duration>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// The identifier, or - to read one line from standard input
    pub(crate) text: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SealCommand {
    /// How many key slots there are, and how their master is guarded
    #[command(
        after_help = "A slot holds the key of the texts of one incident and subject. Slots are taken in runs, so more may be live than hold a text."
    )]
    Status(TableArgs),
    /// Make a new master and wrap every slot again, which strands stray copies of the old slot file
    Rotate,
    /// Guard the master by another passphrase, or by a key file with --keyfile
    Passphrase {
        /// Guard it by a key file instead
        #[arg(long)]
        keyfile: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// After a clock fault, set the ledger's time back to the machine's; two people answer for it
    #[command(
        after_help = "Example:\n  onus --as police:sussex/administrator/0011…eeff clock correct --second police:sussex/supervisor/ffee…1100 --why ntp_fault"
    )]
    Correct {
        /// The second person, as agency/role/token
        #[arg(long, value_name = "IDENTITY", value_parser = values::identity)]
        second: Identity,
        /// Why, as a code
        #[arg(long, value_name = "CODE", value_parser = values::code)]
        why: Code,
    },
}
