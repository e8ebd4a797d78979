//! What `onus find` may be asked.

use super::FormatArgs;
use super::values::entry;
use clap::Args;
use onus_core::seq::Seq;
use onus_core::terms::TermField;

pub(crate) const EXAMPLES: &str = "Several values of one flag are alternatives; different flags must all hold.\n\nExamples:\n  onus find --kind AttendanceDecided --outcome no_deploy_refer --occurred 2023-11-01..2023-11-30\n  onus find --strand concern_for_welfare --risk yes --count\n  onus find --kind HandoverOffered --counterpart mh_trust --group-by counterpart\n  onus find --agency police:sussex --not source=onus --limit 100 --after 4711 --format csv";

#[derive(Debug, Args)]
pub(crate) struct FindArgs {
    /// The kind of event, such as AttendanceDecided
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Vec<String>,
    /// The agency that acted, such as police:sussex, or all of a kind: police
    #[arg(long, value_name = "AGENCY")]
    pub(crate) agency: Vec<String>,
    /// The other agency of a notification, an offer or a release to it
    #[arg(long, value_name = "AGENCY")]
    pub(crate) counterpart: Vec<String>,
    /// What the person who acted was doing, such as dispatcher
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Vec<String>,
    /// The strand that a triage put the call under, such as concern_for_welfare
    #[arg(long, value_name = "STRAND")]
    pub(crate) strand: Vec<String>,
    /// What was decided (deploy, no_deploy_refer …) or what became of the person (death, located_safe …)
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Vec<String>,
    /// A limb of the threshold that a decision says was met, such as art2_life
    #[arg(long, value_name = "LIMB")]
    pub(crate) limb: Vec<String>,
    /// The answer to the question of risk to life: yes, no, unknown, not_asked
    #[arg(long, value_name = "ANSWER")]
    pub(crate) risk: Vec<String>,
    /// The policy cited: all its versions (mps-rcrp), or one (mps-rcrp@2023-11)
    #[arg(long, value_name = "POLICY[@VERSION]")]
    pub(crate) policy: Vec<String>,
    /// The person concerned, as the token that `onus token` prints
    #[arg(long, value_name = "TOKEN")]
    pub(crate) subject: Vec<String>,
    /// The place concerned, as the token that `onus token` prints
    #[arg(long, value_name = "TOKEN")]
    pub(crate) location: Vec<String>,
    /// The system that the event comes from
    #[arg(long, value_name = "SYSTEM")]
    pub(crate) source: Vec<String>,
    /// An incident (owner/date/number), all of a day (owner/date), all of an owner, or none: the ledger's own
    #[arg(long, value_name = "INCIDENT")]
    pub(crate) incident: Vec<String>,
    /// The day in Europe/London on which it happened
    #[arg(long, value_name = "DATE")]
    pub(crate) day: Vec<String>,
    /// Leave out what has this value, such as outcome=deploy; may be repeated
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) not: Vec<String>,

    /// Named by this flag, such as F07 or REVERSAL_NOT_TOLD, as known and judged now; may be repeated
    #[arg(long, value_name = "CODE", value_parser = super::flags::code)]
    pub(crate) flag: Vec<onus_query::flags::Code>,

    /// When it happened: A..B, A.., ..B or one date; a date is the whole day in Europe/London, both ends count
    #[arg(long, value_name = "A..B")]
    pub(crate) occurred: Option<String>,
    /// When it was entered, as the source claims; entries whose source does not say are left out
    #[arg(long, value_name = "A..B")]
    pub(crate) entered: Option<String>,
    /// When it was recorded, by the ledger's clock
    #[arg(long, value_name = "A..B")]
    pub(crate) recorded: Option<String>,

    /// Print how many there are, and nothing else
    #[arg(long, conflicts_with_all = ["group_by", "limit", "after"])]
    pub(crate) count: bool,
    /// Count by the values of a field instead of listing entries
    #[arg(
        long,
        value_name = "FIELD",
        conflicts_with = "after",
        value_parser = clap::builder::PossibleValuesParser::new(TermField::NAMES)
    )]
    pub(crate) group_by: Option<String>,
    /// At most so many entries (50 unless stated) or groups (all unless stated)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: Option<u32>,
    /// The next page: entries after this one
    #[arg(long, value_name = "SEQ", value_parser = entry())]
    pub(crate) after: Option<Seq>,

    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

impl FindArgs {
    /// What was asked of each field that has a flag of its own.
    pub(crate) fn values(&self) -> [(TermField, &[String]); 14] {
        [
            (TermField::Kind, &self.kind),
            (TermField::Agency, &self.agency),
            (TermField::Counterpart, &self.counterpart),
            (TermField::Role, &self.role),
            (TermField::Strand, &self.strand),
            (TermField::Outcome, &self.outcome),
            (TermField::Limb, &self.limb),
            (TermField::Risk, &self.risk),
            (TermField::Policy, &self.policy),
            (TermField::Subject, &self.subject),
            (TermField::Location, &self.location),
            (TermField::Source, &self.source),
            (TermField::Incident, &self.incident),
            (TermField::Day, &self.day),
        ]
    }
}
