//! What can be typed about keys, checkpoints and proofs.

use super::FormatArgs;
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
        #[command(flatten)]
        format: FormatArgs,
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
    /// An entry's number, an incident as owner/date/number, or OLDER..NEWER: that the ledger of NEWER entries begins with
    /// the OLDER ones
    pub(crate) what: String,
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
    pub(crate) trust: TrustArgs,
}

fn purpose(text: &str) -> Result<KeyPurpose, String> {
    KeyPurpose::parse(text)
        .filter(|purpose| *purpose != KeyPurpose::Other)
        .ok_or_else(|| "expected checkpoint, manifest, handover or witness".into())
}
