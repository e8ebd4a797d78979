//! What can be typed after `onus handover`.

use super::values::{agency, code, entry, text};
use super::{FormatArgs, TrustArgs, instant};
use clap::{Args, Subcommand};
use onus_core::code::Code;
use onus_core::ids::{AgencyId, EventId};
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{DeclineReason, Facet, Role};
use onus_query::handover::Said;
use onus_service::OfferName;
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  the receiver, once:  onus handover key mh_trust:RV5 -o rv5.key
  who offers, once:    onus key register mh_trust:RV5/handover+ID+KEY
  who offers:          onus --as police:met/supervisor handover request 57 -o offer.json
  the receiver:        onus handover sign offer.json --key police.example/onus+ID+KEY --key-file rv5.key --answer accepted --role nurse_in_charge -o answer.json
  who offers:          onus handover record answer.json

docs/handover.md says it in plain words.";

#[derive(Debug, Subcommand)]
pub(crate) enum HandoverCommand {
    /// Make the file that an offer's receiver signs; the access ledger has it first
    Request(RequestArgs),
    /// Show what a request offers, and whether it holds; nothing is signed and no ledger is needed
    Read(ReadArgs),
    /// Show what a request offers, check it, and sign the answer with the receiver's own key
    Sign(Box<SignArgs>),
    /// Record an answer: counter-signed if everything holds, else asserted alone, with the reason
    Record(RecordArgs),
    /// Make a key for an agency that answers offers without a ledger, and print its verifier key
    Key(KeyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RequestArgs {
    /// The offer: its entry's number, or its event id
    #[arg(value_parser = offer)]
    pub(crate) offer: OfferName,
    /// On what ground the risk summary is opened for the receiver, as a code
    #[arg(long, value_name = "CODE", default_value = "handover", value_parser = code)]
    pub(crate) ground: Code,
    /// Why
    #[arg(long, value_name = "REASON", value_parser = text)]
    pub(crate) why: Option<Plain>,
    /// Where to write it; a file that is there is left alone
    #[arg(short, long, alias = "output", value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// The request
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The request
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
    /// accepted, accepted-with-conditions or refused
    #[arg(long, value_parser = said)]
    pub(crate) answer: Said,
    /// The role of the person who answers, such as nurse_in_charge
    #[arg(long, value_parser = role)]
    pub(crate) role: Role,
    /// Only these of the facets offered
    #[arg(long, value_delimiter = ',', value_parser = facet)]
    pub(crate) facets: Vec<Facet>,
    /// The receiver's own reference, as a code
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) reference: Option<Code>,
    /// Why it is refused, as a code such as no_capacity
    #[arg(long, value_parser = reason)]
    pub(crate) reason: Option<DeclineReason>,
    /// What the acceptance depends on, or what would change a refusal
    #[arg(long, value_name = "TEXT", value_parser = text)]
    pub(crate) conditions: Option<Plain>,
    /// When it was answered, if that was earlier
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Timestamp>,
    /// The receiver's key, of `onus handover key`; without it, the key for handovers of the ledger that -l names
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to write the answer; a file that is there is left alone
    #[arg(short, long, alias = "output", value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The answer that came back
    pub(crate) file: PathBuf,
    /// The offer's entry, where the answer does not say which it is
    #[arg(long, value_name = "SEQ", value_parser = entry())]
    pub(crate) offer: Option<Seq>,
    /// When it was entered in the source system, if it was
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) entered_at: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Whose key it is, such as mh_trust:RV5
    #[arg(value_parser = agency)]
    pub(crate) agency: AgencyId,
    /// Where to write the secret; for your account alone, under a passphrase (ONUS_KEY_PASSPHRASE, or asked for)
    #[arg(short, long, alias = "output", value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write it without a passphrase: anyone who reads the file can sign in that name
    #[arg(long)]
    pub(crate) no_passphrase: bool,
}

fn offer(text: &str) -> Result<OfferName, String> {
    let seq = text.parse().ok().map(Seq::new).map(OfferName::Seq);
    let name = seq.or_else(|| EventId::parse(text).map(OfferName::Event));
    name.ok_or_else(|| "expected the offer's entry as a number, or its event id".into())
}

fn said(text: &str) -> Result<Said, String> {
    let said = Said::ALL.iter().copied().find(|said| said.as_str() == text);
    said.ok_or_else(|| "expected accepted, accepted-with-conditions or refused".into())
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| format!("expected one of {}", Role::SPELLINGS.join(", ")))
}

fn facet(text: &str) -> Result<Facet, String> {
    Facet::parse(text).ok_or_else(|| format!("expected some of {}", Facet::SPELLINGS.join(", ")))
}

fn reason(text: &str) -> Result<DeclineReason, String> {
    DeclineReason::parse(text)
        .ok_or_else(|| format!("expected one of {}", DeclineReason::SPELLINGS.join(", ")))
}
