//! What can be typed about keys, checkpoints and proofs.

use super::FormatArgs;
use super::values::code;
use clap::{Args, Subcommand};
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_proof::VerifierKey;
use std::path::PathBuf;

pub(crate) const KEY_EXAMPLES: &str = "Examples:\n  onus key generate checkpoint\n  onus key register mh_trust:RV5/handover+ID+KEY\n  onus key show\n  onus --as police:sussex/administrator key revoke checkpoint --reason laptop_stolen";

pub(crate) const PROVE_EXAMPLES: &str = "Examples:\n  onus prove 7 > entry-7.tlog-proof\n  onus prove police:sussex/2023-05-01/142 > incident.json";

pub(crate) const CHECK_EXAMPLES: &str = "Examples:\n  onus check entry-7.tlog-proof --key police.example/onus+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n  onus check sussex.checkpoint incident.json --policy partners.policy";

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key and register it in the ledger
    Generate {
        /// checkpoint, manifest, handover or witness
        #[arg(value_parser = purpose)]
        purpose: KeyPurpose,
    },
    /// Register another agency's key for handovers, which you have from that agency by a separate channel (paper, phone)
    Register {
        /// The key, such as mh_trust:RV5/handover+ID+KEY
        #[arg(value_name = "NAME+ID+KEY")]
        key: VerifierKey,
    },
    /// Show every key the ledger registered, and which were revoked
    Show {
        #[command(flatten)]
        format: FormatArgs,
    },
    /// Replace the key in force by a new one; what the old one signed stays valid
    Rotate {
        /// checkpoint, manifest, handover or witness
        #[arg(value_parser = purpose)]
        purpose: KeyPurpose,
    },
    /// Revoke the key in force; what is signed with it from now on is marked
    Revoke {
        /// checkpoint, manifest, handover or witness
        #[arg(value_parser = purpose)]
        purpose: KeyPurpose,
        /// Another agency's key that was registered here, not the ledger's own
        #[arg(long, value_name = "NAME+ID+KEY")]
        of: Option<VerifierKey>,
        /// Why, as a code
        #[arg(long, value_name = "CODE", value_parser = code)]
        reason: Code,
    },
}

/// Whose keys a reader trusts.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// A verifier key that you trust, from its owner; may be given again
    #[arg(long = "key", value_name = "NAME+ID+KEY")]
    pub(crate) keys: Vec<VerifierKey>,
    /// A policy (C2SP tlog-policy): logs, witnesses and the quorum
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// An entry's number, an incident as owner/date/number, or OLDER..NEWER: that the ledger of NEWER entries begins with
    /// the OLDER ones
    #[arg(value_parser = provable)]
    pub(crate) what: Provable,
}

/// What can be proven.
#[derive(Clone, Debug)]
pub(crate) enum Provable {
    /// One entry.
    Entry(Seq),
    /// An incident's entries.
    Incident(Incident),
    /// That a longer ledger begins with a shorter one.
    Growth {
        /// The entries of the shorter one.
        older: u64,
        /// The entries of the longer one.
        newer: u64,
    },
}

fn provable(text: &str) -> Result<Provable, String> {
    if let Ok(seq) = text.parse() {
        return Ok(Provable::Entry(Seq::new(seq)));
    }
    if let Some((older, newer)) = text.split_once("..")
        && let (Ok(older), Ok(newer)) = (older.parse(), newer.parse())
    {
        if older > newer {
            return Err(format!("the older size comes first, as in {newer}..{older}"));
        }
        return Ok(Provable::Growth { older, newer });
    }
    let expected = "expected an entry's number, an incident as owner/date/number such as police:sussex/2023-05-01/142, or \
                    OLDER..NEWER";
    Incident::parse(text).map(Provable::Incident).ok_or_else(|| expected.into())
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Proofs, checkpoints, equivocation files and evidence pages, each known by its first line; and folders of `onus export`
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// A checkpoint of the same ledger: does it hold what a receipt signs for? May be given again
    #[arg(long = "checkpoint", value_name = "FILE")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// A consistency proof, of `onus prove OLDER..NEWER`; may be given again
    #[arg(long = "consistency", value_name = "FILE")]
    pub(crate) consistency: Vec<PathBuf>,
    /// The proof of a KeyRevoked entry, of `onus prove SEQ`: what that key signed after it is marked; may be given again
    #[arg(long = "revoked", value_name = "FILE")]
    pub(crate) revoked: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

fn purpose(text: &str) -> Result<KeyPurpose, String> {
    KeyPurpose::parse(text)
        .filter(|purpose| *purpose != KeyPurpose::Other)
        .ok_or_else(|| "expected checkpoint, manifest, handover or witness".into())
}
