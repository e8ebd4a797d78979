//! What can be typed about keys, checkpoints and proofs.

use super::Format;
use clap::{Args, Subcommand};
use onus_core::vocabulary::KeyPurpose;
use onus_proof::VerifierKey;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key and register it in the ledger
    Generate {
        /// checkpoint, manifest, handover or witness
        #[arg(value_parser = purpose)]
        purpose: KeyPurpose,
    },
    /// Register another agency's key for handovers, which you have from that agency by a way that is not this ledger
    Register {
        /// The key, such as mh_trust:RV5/handover+ID+KEY
        #[arg(value_name = "NAME+ID+KEY")]
        key: VerifierKey,
    },
    /// Show every key the ledger registered, and which were revoked
    Show {
        /// How to print: a table on a terminal, JSON elsewhere
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Put a new key in the place of the one in force; what the old one signed keeps verifying
    Rotate {
        /// checkpoint, manifest, handover or witness
        #[arg(value_parser = purpose)]
        purpose: KeyPurpose,
    },
    /// Revoke the key in force; what is signed with it from here on is marked
    Revoke {
        /// checkpoint, manifest, handover or witness
        #[arg(value_parser = purpose)]
        purpose: KeyPurpose,
        /// Another agency's key that was registered here, not the ledger's own
        #[arg(long, value_name = "NAME+ID+KEY")]
        of: Option<VerifierKey>,
        /// Why, as a code
        #[arg(long, value_name = "CODE")]
        reason: String,
    },
}

/// Whom a reader trusts.
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
    /// An entry's number, or an incident as owner/date/number
    pub(crate) what: String,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Proofs, checkpoints, equivocation files and evidence pages, each known by its first line; and folders of `onus export`
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

fn purpose(text: &str) -> Result<KeyPurpose, String> {
    KeyPurpose::parse(text)
        .filter(|purpose| *purpose != KeyPurpose::Other)
        .ok_or_else(|| "expected checkpoint, manifest, handover or witness".into())
}
